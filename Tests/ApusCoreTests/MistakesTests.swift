import Apus
import TestSupport
import Testing

/// What a user gets wrong with tensors: each mistake is reported inside `withErrors`, with a message that says what was
/// asked, what was found and, where there is one, the way out. PyTorch raises an error for each of them.
@Suite struct MistakesTests {
  @Test(arguments: shapes + types + places + sizes + gradientMistakes + kernels + losses + draws)
  func isReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  /// Outside of a module no message speaks of one, and the first of several mistakes is the one that is thrown.
  @Test func theFirstMistakeIsThrown() {
    let error = #expect(throws: TensorError.self) {
      try withErrors {
        let broken = ones(2) + ones(3)
        #expect(broken.isPoisoned)
        return (broken * 2.0).reshape([7]).matmul(ones(5, 5)) + Tensor([1.0]).item()
      }
    }
    #expect(error?.operation == "Add" && error?.message.contains("[2]") == true)
  }

  /// A mistake leaves no trace: the same program goes on.
  @Test func theProgramGoesOn() throws {
    for _ in 0..<3 {
      #expect(throws: TensorError.self) { try withErrors { matmul(ones(2, 3), ones(4, 5)) } }
      #expect(try withErrors { matmul(ones(2, 3), ones(3, 5)).sum().item() } == 30)
    }
  }
}

private func ones(_ shape: Int...) -> Tensor { Tensor.ones(shape) }
private func leaf(_ shape: Int...) -> Tensor { Tensor(Tensor.ones(shape), requiresGrad: true) }
private let whole = Tensor([0, 1, 2])

private let shapes: [Mistake] = [
  .init("add", .shape, "Add", "[2]", "[3]", "sizes 2 and 3") { ones(2) + ones(3) },
  .init("compare", .shape, "[4, 2]", "[4, 3]") { ones(4, 2) .< ones(4, 3) },
  .init("where", .shape, "[2]", "[3]") { `where`(ones(2) .> 0, ones(3), ones(3)) },
  .init("matmul", .shape, "[2, 3]", "[4, 5]", "3 and 4 differ") { matmul(ones(2, 3), ones(4, 5)) },
  .init("matmul of batches", .shape, "[2, 3, 4]", "[5, 4, 3]") { matmul(ones(2, 3, 4), ones(5, 4, 3)) },
  .init("matmul of a scalar", .shape, "at least one dimension", "*") { matmul(Tensor(2.0), ones(3)) },
  .init("mm of a batch", .shape, "[2, 3, 4]", "2 dimensions", "matmul") { mm(ones(2, 3, 4), ones(4, 3)) },
  .init("bmm", .shape, "[2, 3, 4]", "[3, 4, 5]") { bmm(ones(2, 3, 4), ones(3, 4, 5)) },
  .init("dot", .shape, "[2]", "[3]") { dot(ones(2), ones(3)) },
  .init("linear", .shape, "[5, 3]", "[..., 3]", "[2, 4]") { linear(ones(2, 4), ones(5, 3)) },
  .init("cat of ranks", .shape, "number of dimensions", "[2, 2]", "[2]") { cat([ones(2, 2), ones(2)]) },
  .init("cat of sizes", .shape, "except in dimension 0", "[2, 2]", "[2, 3]") { cat([ones(2, 2), ones(2, 3)]) },
  .init("cat of nothing", .value, "at least one") { cat([]) },
  .init("stack", .shape, "one shape", "[2]", "[3]") { stack([ones(2), ones(3)]) },
  .init("view", .shape, "[2, 3]", "6 elements", "[4, 2]", "8 elements") { ones(2, 3).view([4, 2]) },
  .init("view of a transpose", .shape, "[3, 2]", "[6]", "reshape") { ones(2, 3).t().view([6]) },
  .init("reshape", .shape, "[2, 3]", "[5, -1]", "not a multiple of 5") { ones(2, 3).reshape([5, -1]) },
  .init("reshape with two unknowns", .shape, "only one size can be -1", "[-1, -1]") { ones(2, 3).reshape([-1, -1]) },
  .init("reshape to a negative size", .shape, "-2") { ones(2, 3).reshape([-2, 3]) },
  .init("reshape beyond all numbers", .shape, "[2, 3]") { ones(2, 3).reshape([1 << 62, 4]) },
  .init("expand", .shape, "[2, 3]", "[4, 3]", "size 1") { ones(2, 3).expand([4, 3]) },
  .init("expand to fewer dimensions", .shape, "[2, 3]", "[3]") { ones(2, 3).expand([3]) },
  .init("permute", .dimension, "rank 2", "[0]") { ones(2, 3).permute(0) },
  .init("permute twice", .dimension, "appears twice", "[0, 0]") { ones(2, 3).permute(0, 0) },
  .init("t", .dimension, "at most 2", "[2, 3, 4]", "transpose") { ones(2, 3, 4).t() },
  .init("split", .value, "[1, 1]", "add up to the 3") { ones(3).split([1, 1]) },
  .init("chunk", .value, "positive", "0") { ones(3).chunk(0) },
  .init("nested arrays", .shape, "equal lengths", "1", "2") { Tensor([[1.0, 2.0], [3.0]]) },
  .init("in place", .shape, "[2]", "[3, 2]", "in-place") {
    var x = ones(2)
    x += ones(3, 2)
  },
  .init("assign", .shape, "[3]", "[2]") {
    var x = ones(2)
    x.assign(ones(3))
  },
  .init("store in a slice", .shape, "[3]", "[2]") {
    var x = ones(4, 2)
    x[0] = ones(3)
  },
]

private let types: [Mistake] = [
  .init("index with floats", .dtype, "integer or bool", "float32", ".to(.int64)") { ones(3)[ones(2)] },
  .init("bitwise on floats", .dtype, "integer or bool", "float32", ".to(.int64)") { ones(3) & ones(3) },
  .init("shift of floats", .dtype, "float32") { ones(3) << 1 },
  .init("subtract bools", .dtype, "bool") { Tensor([true]) - Tensor([false]) },
  .init("negate bools", .dtype, "bool") { -Tensor([true]) },
  .init("mean of integers", .dtype, "floating point", "int64", "dtype: .float32") { whole.mean() },
  .init("matmul of types", .dtype, "float32", "int64", ".to") { matmul(ones(3), whole) },
  .init("embedding of floats", .dtype, "integers", "float32", ".to(.int64)") { embedding(ones(2), ones(5, 3)) },
  .init("one-hot of floats", .dtype, "int64", "float32", ".to(.int64)") { oneHot(ones(2)) },
  .init("gather with floats", .dtype, "int64", "float32") { ones(3).gather(0, ones(2)) },
  .init("index select with floats", .dtype, "float32") { ones(3).indexSelect(0, ones(2)) },
  .init("mask of integers", .dtype, "bool", "int64") { ones(3).maskedFill(whole, 1.0) },
  .init("condition of floats", .dtype, "bool", "float32") { `where`(ones(3), ones(3), ones(3)) },
  .init("floats stored in integers", .dtype, "float32", "int64", ".to") {
    var x = Tensor([1, 2])
    x += 0.5
  },
  .init("dropout of integers", .dtype, "floating point", "int64") { dropout(whole, p: 0.5) },
  .init("softmax of integers", .dtype, "int64") { softmax(whole, dim: 0) },
  .init("integers that require gradients", .dtype, "floating point", "int64") { Tensor(whole, requiresGrad: true) },
  .init("integer powers", .value, "negative", ".to(.float32)") { whole.pow(-1) },
  .init("integer division by zero", .value, "zero") { whole.floorDivide(Tensor([1, 0, 1])) },
]

private let places: [Mistake] = [
  .init("index", .index, "index 3", "dimension 0 of size 3", "[3]") { whole[3] },
  .init("negative index", .index, "index -4", "size 3") { whole[-4] },
  .init("second index", .index, "index 5", "dimension 1 of size 2", "[3, 2]") { ones(3, 2)[0, 5] },
  .init("too many indices", .index, "2 indices", "[3]") { whole[0, 0] },
  .init("index of a scalar", .index, "1 indices", "[]") { Tensor(1.0)[0] },
  .init("step of zero", .index, "step", "0") { whole[.slice(step: 0)] },
  .init("index tensor", .index, "index 7", "size 3") { whole[Tensor([0, 7])] },
  .init("mask", .shape, "mask", "[2]", "[3]") { whole[Tensor([true, false])] },
  .init("select", .index, "index 9", "size 3") { whole.select(0, 9) },
  .init("narrow", .index, "3 elements from 1", "size 3") { whole.narrow(0, 1, 3) },
  .init("gather", .index, "4", "size 3") { whole.gather(0, Tensor([4])) },
  .init("gather of ranks", .shape, "[3]", "[1, 1]") { whole.gather(0, Tensor([[0]])) },
  .init("scatter", .index, "3", "size 3") { ones(3).scatter(0, Tensor([3]), ones(1)) },
  .init("index select", .index, "3") { whole.indexSelect(0, Tensor([3])) },
  .init("take", .index, "6") { ones(2, 3).take(Tensor([6])) },
  .init("embedding", .index, "index 5", "5 rows") { embedding(Tensor([5]), ones(5, 3)) },
  .init("sum over a dimension", .dimension, "dimension 2", "rank 2", "-2...1") { ones(2, 3).sum(2) },
  .init("softmax over a dimension", .dimension, "dimension -3", "rank 2") { softmax(ones(2, 3), dim: -3) },
  .init("unsqueeze", .dimension, "dimension 4", "-3...2") { ones(2, 3).unsqueeze(4) },
  .init("transpose", .dimension, "dimension 2") { ones(2, 3).transpose(0, 2) },
  .init("size", .dimension, "dimension 2") { ones(2, 3).size(2) },
  .init("flatten", .dimension, "startDim 1", "endDim 0") { ones(2, 3).flatten(1, 0) },
  .init("cat along a dimension", .dimension, "dimension 1") { cat([ones(2), ones(2)], dim: 1) },
  .init("stack along a dimension", .dimension, "dimension 2") { stack([ones(2), ones(2)], dim: 2) },
  .init("topk", .value, "topk: k = 4", "3 elements") { whole.topk(4) },
  .init("kthvalue", .value, "kthvalue: k = 0", "3 elements") { whole.kthvalue(0) },
]

private let sizes: [Mistake] = [
  .init("item of many", .shape, "one element", "[3]", "array()") { whole.item() },
  .init("item of none", .shape, "one element", "[0]") { Tensor.zeros([0]).item() },
  .init("maximum of nothing", .shape, "amax", "[0] has no elements") { Tensor.zeros([0]).amax() },
  .init("argmax of nothing", .index, "argmax", "[0] has no elements") { Tensor.zeros([0]).argmax() },
  .init("maximum along nothing", .index, "max: dimension 1 of [2, 0] has no elements") { Tensor.zeros([2, 0]).max(1) },
  .init("median along nothing", .index, "median: dimension 1 of [2, 0] has no elements") {
    Tensor.zeros([2, 0]).median(1)
  },
  .init("negative size", .shape, "must not be negative", "-1 in [2, -1]") { Tensor.zeros([2, -1]) },
  .init("size beyond memory", .memory, "[1099511627776]") { Tensor.zeros([1 << 40]) },
  .init("size beyond all numbers", .memory, "more than any memory holds", "[4611686018427387904, 4]") {
    Tensor.zeros([1 << 62, 4])
  },
  .init("expanded beyond memory", .memory, "MiB") { Tensor(1.0).expand([1 << 42]) + 1.0 },
  .init("repeated beyond all numbers", .memory, "repeat", "\(Int.max)") { ones(4).repeat(1 << 62) },
  .init("range without end", .value, "step", "0") { arange(0, 5, 0) },
  .init("range the wrong way", .value, "-1") { arange(0, 5, -1) },
  .init("linspace", .value, "-1") { linspace(0, 1, -1) },
  .init("eye", .shape, "-2") { eye(-2) },
  .init("one-hot of too few classes", .index, "3 classes", "5") { oneHot(Tensor([5]), numClasses: 3) },
  .init("one-hot of nothing", .value, "numClasses") { oneHot(Tensor.zeros([0], dtype: .int64)) },
  .init("roll", .value, "shift") { whole.roll([]) },
  .init("clamp without bounds", .value, "min", "max") { ones(2).clamp() },
  .init("padding of odd length", .value, "two numbers", "[1]") { ones(2).pad([1]) },
  .init("quantile", .value, "between 0 and 1", "2.0") { ones(2).quantile(2) },
]

private let gradientMistakes: [Mistake] = [
  .init("backward twice", .autograd, "given up", "retainGraph: true") {
    let y = leaf(2).exp().sum()
    y.backward()
    y.backward()
  },
  .init("backward of many", .autograd, "one element", "[2]", "sum") { (leaf(2) * 2.0).backward() },
  .init("backward without a gradient", .autograd, "requiresGrad: true", "noGrad") { ones(1).backward() },
  .init("backward after noGrad", .autograd, "noGrad") { noGrad { leaf(1) * 2.0 }.backward() },
  .init("backward after detach", .autograd, "detach") { (leaf(1) * 2.0).detach().backward() },
  .init("cotangent of another shape", .shape, "[3]", "[2]") { (leaf(2) * 2.0).backward(ones(3)) },
  .init("gradient of another shape", .shape, "[3]", "[2]") {
    var x = leaf(2)
    x.grad = ones(3)
  },
  .init("gradient of a plain tensor", .autograd, "requiresGrad: true") {
    var x = ones(2)
    x.grad = ones(2)
  },
  .init("in place on a leaf", .autograd, "in place", "noGrad") {
    var x = leaf(2)
    x += 1.0
  },
  .init("stored in a leaf", .autograd, "in place", "noGrad") {
    var x = leaf(2)
    x[0] = Tensor(1.0)
  },
  .init("gradient for a plain tensor", .autograd, "input 0", "requiresGrad: true") {
    gradients(of: [leaf(2).sum()], wrt: [ones(2)])
  },
  .init("gradient of what is not used", .autograd, "input 0", "allowUnused: true") {
    gradients(of: [leaf(2).sum()], wrt: [leaf(2)])
  },
  .init("hook on a plain tensor", .autograd, "does not require a gradient") { ones(2).registerHook { $0 } },
]

private let kernels: [Mistake] = [
  .init("convolution channels", .shape, "conv2d", "3", "4") { conv2d(ones(1, 3, 8, 8), ones(8, 4, 3, 3)) },
  .init("convolution ranks", .shape, "conv2d", "[8, 8]") { conv2d(ones(8, 8), ones(8, 4, 3, 3)) },
  .init("kernel larger than the input", .shape, "[3, 3]", "[1, 1, 2, 2]") {
    conv2d(ones(1, 1, 2, 2), ones(1, 1, 3, 3))
  },
  .init("convolution stride", .value, "stride", "0") { conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), stride: 0) },
  .init("convolution padding", .value, "padding", "-1") { conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), padding: -1) },
  .init("convolution groups", .value, "groups", "0") { conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), groups: 0) },
  .init("convolution bias", .shape, "bias", "[2]", "[8]") { conv2d(ones(1, 4, 8, 8), ones(8, 4, 3, 3), ones(2)) },
  .init("convolution types", .dtype, "float32", "float64") {
    conv2d(ones(1, 1, 4, 4), Tensor.ones([1, 1, 3, 3], dtype: .float64))
  },
  .init("strides of too many dimensions", .value, "[1, 1, 1]") {
    conv2d(ones(1, 1, 4, 4), ones(1, 1, 3, 3), stride: [1, 1, 1])
  },
  .init("pooling window", .shape, "max_pool2d", "[1, 1, 2, 2]", "[0, 0]") { maxPool2d(ones(1, 1, 2, 2), 3) },
  .init("pooling window of nothing", .value, "0") { maxPool2d(ones(1, 1, 2, 2), 0) },
  .init("pooling padding", .value, "padding", "half") { maxPool2d(ones(1, 1, 4, 4), 2, padding: 2) },
  .init("batch norm of one value", .value, "more than 1 value", "[1, 3]") { batchNorm(ones(1, 3), training: true) },
  .init("batch norm channels", .shape, "3", "[4]") { batchNorm(ones(2, 3), weight: ones(4), training: true) },
  .init("layer norm", .shape, "[4]", "[2, 3]") { layerNorm(ones(2, 3), [4]) },
  .init("group norm", .shape, "2 groups", "[2, 3, 4]") { groupNorm(ones(2, 3, 4), 2) },
  .init("dropout", .value, "from 0 to 1", "1.5") { dropout(ones(2), p: 1.5) },
  .init("dropout of nan", .value, "from 0 to 1", "nan") { dropout(ones(2), p: .nan) },
  .init("attention", .shape, "[1, 2, 4]", "[1, 2, 5]") {
    scaledDotProductAttention(ones(1, 2, 4), ones(1, 2, 5), ones(1, 2, 4))
  },
  .init("interpolate", .value, "size", "scaleFactor") { interpolate(ones(1, 1, 2, 2)) },
  .init("pixel shuffle", .shape, "3 channels", "square of the factor 2") { pixelShuffle(ones(1, 3, 2, 2), 2) },
]

private let losses: [Mistake] = [
  .init("cross entropy of a class too many", .index, "target 5", "position 1", "3 classes") {
    crossEntropy(ones(2, 3), Tensor([0, 5]))
  },
  .init("cross entropy of a negative class", .index, "target -1", "3 classes") {
    crossEntropy(ones(1, 3), Tensor([-1]))
  },
  .init("cross entropy shapes", .shape, "[2, 3]", "[2]", "[3]") { crossEntropy(ones(2, 3), Tensor([0, 1, 2])) },
  .init("cross entropy of columns", .shape, "[2, 3]", "[2]", "[2, 1]") {
    crossEntropy(ones(2, 3), Tensor([[0], [1]]))
  },
  .init("cross entropy of probabilities", .shape, "[2, 3]", "[2]") { crossEntropy(ones(2, 3), ones(2)) },
  .init("cross entropy weights", .shape, "3 classes", "[2]") {
    crossEntropy(ones(2, 3), Tensor([0, 1]), weight: ones(2))
  },
  .init("cross entropy smoothing", .value, "labelSmoothing", "1.5") {
    crossEntropy(ones(2, 3), Tensor([0, 1]), labelSmoothing: 1.5)
  },
  .init("cross entropy of integers", .dtype, "floating point", "int64") {
    crossEntropy(Tensor([[1, 2]]), Tensor([0]))
  },
  .init("nll loss", .index, "nll_loss: target 3", "3 classes") { nllLoss(ones(1, 3), Tensor([3])) },
  .init("mse loss", .shape, "[2]", "[3]") { mseLoss(ones(2), ones(3)) },
  .init("binary cross entropy", .shape, "[2]", "[2, 1]") { binaryCrossEntropy(ones(2), ones(2, 1)) },
  .init("binary cross entropy of logits", .value, "0", "1") { binaryCrossEntropy(ones(2) * 3.0, ones(2)) },
]

private let draws: [Mistake] = [
  .init("randint", .value, "low 5", "high 5") { randint(5, 5, [2]) },
  .init("bernoulli", .value, "1.5", "index 1") { bernoulli(Tensor([0.5, 1.5])) },
  .init("multinomial", .value, "3 samples", "2 categories") { multinomial(ones(2), 3) },
  .init("multinomial of negative weights", .value, "-1.0", "index 1") { multinomial(Tensor([1.0, -1.0]), 1) },
  .init("normal", .value, "-1.0") { normal(0.0, -1.0, [2]) },
  .init("uniform of integers", .dtype, "floating point", "int64") { rand([2], dtype: .int64) },
  .init("randperm", .shape, "must not be negative", "-1") { randperm(-1) },
]
