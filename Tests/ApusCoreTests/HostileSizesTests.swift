import Apus
import TestSupport
import Testing

/// Numbers near the ends of Int, as a damaged configuration gives them: an error, never a trap or an endless allocation.
@Suite struct HostileSizesTests {
  @Test(arguments: shapesOfHugeSizes + positions + creations)
  func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}

private let huge = 1 << 62
private func ones(_ shape: Int...) -> Tensor { Tensor.ones(shape) }

private let shapesOfHugeSizes: [Mistake] = [
  .init("reshape", .shape, "[2, 3]") { ones(2, 3).reshape([huge, 4]) },
  .init("reshape with an unknown", .shape, "[2, 3]") { ones(2, 3).reshape([huge, 4, -1]) },
  .init("reshape of nothing", .shape, "[0]", "more than") { ones(0).reshape([huge, 4]) },
  .init("view", .shape, "[2, 3]") { ones(2, 3).view([huge, 8]) },
  .init("unflatten", .shape, "[6]") { ones(6).unflatten(0, [huge, huge, -1]) },
  .init("expand", .memory, "\(huge)") { ones(1).expand([huge, 4]) },
  .init("repeat", .memory, "repeat", "[\(Int.max)]") { ones(4).repeat(huge) },
  .init("tile", .memory, "\(huge)") { ones(4).tile(huge, huge) },
  .init("repeat interleaved", .memory, "repeatInterleave", "[\(Int.max)]") { ones(4).repeatInterleave(huge) },
  .init("repeats in a tensor", .memory, "repeatInterleave", "[\(Int.max)]") {
    ones(2).repeatInterleave(Tensor([huge, huge]))
  },
  .init("pad", .value, "\(Int.max)") { ones(4).pad([Int.max, Int.max]) },
  .init("cut", .value, "\(Int.min)") { ones(4).pad([Int.min, 0]) },
  .init("reflect", .value, "\(Int.max)") { ones(1, 1, 4).pad([Int.max, 1], mode: .reflect) },
  .init("replicate", .memory, "pad") { ones(1, 1, 4).pad([1 << 39, 1], mode: .replicate) },
  .init("wrap", .value, "\(Int.max)") { ones(1, 1, 4).pad([Int.max, 1], mode: .circular) },
  .init("diagonal matrix", .memory) { ones(4).diagEmbed(offset: Int.max) },
  .init("diagonal matrix below", .memory) { ones(4).diagEmbed(offset: Int.min) },
  .init("windows", .value, "\(Int.max)") { ones(4).unfold(0, Int.max, 1) },
  .init("split", .value) { ones(4).split([Int.max, Int.max]) },
  .init("strided", .shape) { ones(4).asStrided([huge, 2], [4, 4]) },
  .init("strided far", .index, "\(Int.max)", "memory of 4") { ones(4).asStrided([2], [Int.max]) },
  .init("strided offset", .index, "memory of 4") { ones(4).asStrided([2], [1], storageOffset: Int.max) },
  .init("strided over all numbers", .index, "memory of 4") {
    ones(4).asStrided([2, 2, 2, 2], [huge, huge, huge, huge])
  },
  .init("upscale", .shape) { pixelShuffle(ones(1, 4, 2, 2), huge) },
  .init("interpolate", .value, "below 2^31") { interpolate(ones(1, 1, 2, 2), size: [huge, 4]) },
  .init("interpolate by a factor", .value) { interpolate(ones(1, 1, 2, 2), scaleFactor: [1e300]) },
  .init("adaptive pooling", .value) { adaptiveAvgPool2d(ones(1, 1, 2, 2), huge) },
  .init("transposed convolution", .value) { convTranspose2d(ones(1, 1, 2, 2), ones(1, 1, 2, 2), stride: huge) },
  .init("group norm", .shape, "\(Int.max)") { groupNorm(ones(1, 4, 2), Int.max) },
]

/// Large numbers that ask for nothing impossible.
@Test func hugeNumbersThatFit() {
  #expect(ones(4)[.slice(step: Int.max)].array() == [1])
  #expect(ones(4)[.slice(step: Int.min)].array() == [1])
  #expect(ones(4)[Int.min..<Int.max].count == 4)
  #expect(ones(4).unfold(0, 4, Int.max).shape == [1, 4])
  #expect(ones(2, 2).tril(Int.max).array() == [1, 1, 1, 1] && ones(2, 2).tril(Int.min).array() == [0, 0, 0, 0])
  #expect(ones(2, 2).triu(Int.min).array() == [1, 1, 1, 1] && ones(2, 2).triu(Int.max).array() == [0, 0, 0, 0])
  #expect(ones(2, 2).diagonal(offset: Int.max).shape == [0] && ones(2, 2).diagonal(offset: Int.min).shape == [0])
  #expect(ones(4).roll(Int.max, 0).count == 4 && ones(4).roll(Int.min, 0).count == 4)
  #expect(ones(4).chunk(Int.max).count == 4 && ones(4).split(Int.max).count == 1)
  #expect(trilIndices(2, 2, offset: Int.max).shape == [2, 4] && triuIndices(2, 2, offset: Int.max).shape == [2, 0])
  #expect(Tensor([Int.max, 1]).amax().itemScalar().int == Int.max)
}

/// Triangles are walked over where they have elements.
@Test func trianglesOfLongMatrices() {
  #expect(trilIndices(1 << 45, 0).shape == [2, 0] && triuIndices(1 << 45, 0, offset: Int.min).shape == [2, 0])
  #expect(triuIndices(1 << 45, 2).array(as: Int.self) == [0, 0, 1, 0, 1, 1])
  #expect(trilIndices(1 << 45, 1, offset: 2 - (1 << 45)).array(as: Int.self) == [(1 << 45) - 2, (1 << 45) - 1, 0, 0])
  // As PyTorch has them.
  #expect(trilIndices(3, 4, offset: 1).array(as: Int.self) == [0, 0, 1, 1, 1, 2, 2, 2, 2, 0, 1, 0, 1, 2, 0, 1, 2, 3])
  #expect(triuIndices(4, 3, offset: -1).array(as: Int.self) == [0, 0, 0, 1, 1, 1, 2, 2, 3, 0, 1, 2, 0, 1, 2, 1, 2, 2])
  #expect(trilIndices(4, 2, offset: -2).array(as: Int.self) == [2, 3, 3, 0, 0, 1])
  #expect(triuIndices(2, 5, offset: 3).array(as: Int.self) == [0, 0, 1, 3, 4, 4])
}

/// Where a view has one element or none, its strides may be any numbers; its gradient does not multiply them.
@Test func stridesThatNobodyWalks() {
  let x = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
  x.asStrided([0, 1, 2, 1, 4], [5, 1, 1 << 62, 3, 5]).sum().backward()
  #expect(x.grad?.array() == [0, 0, 0])
  #expect(Tensor.zeros([0], dtype: .complex64).asStrided([1, 0], [Int.max, 1]).viewAsReal().shape == [1, 0, 2])
}

/// What no allocator gives is told before it is asked for.
@Test func memoryThatIsRefused() {
  #expect(Allocator.shared.canAllocate(1) && Allocator.shared.canAllocate(1 << 20))
  #expect(!Allocator.shared.canAllocate(1 << 50))
}

private let positions: [Mistake] = [
  .init("index", .index, "\(Int.max)") { ones(3)[Int.max] },
  .init("negative index", .index, "\(Int.min)") { ones(3)[Int.min] },
  .init("dimension", .dimension, "\(Int.max)") { ones(3).sum(Int.max) },
  .init("negative dimension", .dimension, "\(Int.min)") { ones(3).sum(Int.min) },
  .init("new dimension", .dimension, "\(Int.max)") { ones(3).unsqueeze(Int.max) },
  .init("narrow", .index) { ones(3).narrow(0, 1, Int.max) },
  .init("narrow from afar", .index) { ones(3).narrow(0, Int.min, 1) },
  .init("roll", .dimension) { ones(3).roll(Int.min, Int.min) },
  .init("topk", .value, "\(Int.max)") { ones(3).topk(Int.max) },
  .init("kthvalue", .value, "\(Int.min)") { ones(3).kthvalue(Int.min) },
  .init("index tensor", .index, "\(Int.max)") { ones(3)[Tensor([Int.max])] },
  .init("gather", .index, "\(Int.min)") { ones(3).gather(0, Tensor([Int.min])) },
  .init("take", .index, "\(Int.max)") { ones(3).take(Tensor([Int.max])) },
  .init("embedding", .index, "\(Int.max)") { embedding(Tensor([Int.max]), ones(3, 2)) },
  .init("padding of an embedding", .index, "\(Int.min)") { embedding(Tensor([0]), ones(3, 2), paddingIdx: Int.min) },
  .init("target", .index, "\(Int.max)") { crossEntropy(ones(1, 3), Tensor([Int.max])) },
]

private let creations: [Mistake] = [
  .init("system without a side", .shape, "vector or a matrix") { linalg.solve(ones(2, 0, 0), Tensor(1.0)) },
  .init("long triangle", .memory) { trilIndices(1 << 45, 2) },
  .init("mean in whole numbers", .dtype, "int64") { ones(3).mean(dtype: .int64) },
  .init("complex images, real weights", .dtype, "complex64", "float32") {
    conv2d(Tensor.ones([1, 1, 2, 2], dtype: .complex64), ones(1, 1, 2, 2))
  },
  .init("pooling of no channels", .shape, "batch") { maxPool2d(ones(1, 0, 2, 2), 1) },
  .init("normalisation over nothing", .shape, "[]") { rmsNorm(ones(2), []) },
  .init("scores of no class", .shape, "one class or more") { multiMarginLoss(ones(5, 0), ones(5)) },
  .init("triplets of several ranks", .shape, "number of dimensions") {
    tripletMarginWithDistanceLoss(ones(3, 4), ones(3), ones(3, 4))
  },
  .init("zeros", .memory, "\(huge)") { Tensor.zeros([huge, 4]) },
  .init("arange", .memory) { arange(huge) },
  .init("arange of floats", .memory) { arange(0.0, 1e300) },
  .init("arange to infinity", .value, "inf") { arange(0.0, Double.infinity) },
  .init("arange of nan", .value, "nan") { arange(0.0, Double.nan) },
  .init("linspace", .memory) { linspace(0, 1, huge) },
  .init("eye", .memory) { eye(huge) },
  .init("rand", .memory) { rand([huge, 4]) },
  .init("randperm", .memory) { randperm(huge) },
  .init("randint", .memory) { randint(0, 2, [huge]) },
  .init("one-hot", .memory) { oneHot(Tensor([1]), numClasses: Int.max) },
  .init("one-hot by its largest", .memory) { oneHot(Tensor([Int.max - 1])) },
  .init("one-hot beyond the largest", .memory) { oneHot(Tensor([Int.max])) },
  .init("bincount", .memory) { Tensor([1]).bincount(minlength: huge) },
  .init("bincount by its largest", .memory) { Tensor([Int.max - 1]).bincount() },
  .init("histogram", .memory) { ones(3).histc(huge) },
  .init("lower triangle", .memory) { trilIndices(huge, huge) },
  .init("multinomial", .memory) { multinomial(ones(3), huge, replacement: true) },
  .init("window", .memory) { signal.windows.hann(huge) },
  .init("linear layer", .memory) { Linear(huge, 4) },
  .init("embedding table", .memory) { Embedding(huge, 4) },
]
