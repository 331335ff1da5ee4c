import ApusCompiler
import ApusCore
import ApusFunctional
import ApusNN
import ApusNumbers
import ApusNumerics
import Testing

/// An operation and what it is called with: tensors of these shapes.
struct NumberOperation: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Int]]
  let function: @Sendable ([Tensor]) -> [Tensor]
  var testDescription: String { name }

  init(_ name: String, _ shapes: [Int]..., function: @escaping @Sendable ([Tensor]) -> Tensor) {
    self.init(name, shapes) { [function($0)] }
  }
  init(_ name: String, _ shapes: [[Int]], _ function: @escaping @Sendable ([Tensor]) -> [Tensor]) {
    (self.name, self.shapes, self.function) = (name, shapes, function)
  }

  /// Operands of no two equal elements, in float64.
  var operands: [Tensor] {
    shapes.enumerated().map { i, shape in
      let count = shape.reduce(1, *)
      return
        ((arange(count, dtype: .float64) * Double(7 + 2 * i) + Double(i)).remainder(Double(2 * count + 1)) * 0.37 - 1.3)
        .sin().reshape(shape)
    }
  }
}

/// Convolutions, pooling, normalisation and the rest of a network.
private let layers: [NumberOperation] = [
  NumberOperation("conv1d", [2, 3, 9], [4, 3, 3], [4]) { conv1d($0[0], $0[1], $0[2], stride: 2, padding: 1) },
  NumberOperation("conv2d", [2, 4, 6, 7], [6, 2, 3, 2], [6]) {
    conv2d($0[0], $0[1], $0[2], stride: (2, 1), padding: (2, 1), dilation: (1, 2), groups: 2)
  },
  NumberOperation("conv2d, same", [1, 2, 5, 5], [3, 2, 4, 3]) { conv2d($0[0], $0[1], padding: .same) },
  NumberOperation("conv3d", [1, 2, 4, 5, 3], [2, 2, 2, 3, 2]) { conv3d($0[0], $0[1], padding: 1) },
  NumberOperation("conv2d of one image", [2, 5, 5], [3, 2, 3, 3]) { conv2d($0[0], $0[1]) },
  NumberOperation("convTranspose1d", [2, 3, 5], [3, 4, 3], [4]) {
    convTranspose1d($0[0], $0[1], $0[2], stride: 2, padding: 1, outputPadding: 1)
  },
  NumberOperation("convTranspose2d", [1, 4, 3, 4], [4, 3, 3, 2]) {
    convTranspose2d($0[0], $0[1], stride: (3, 2), padding: (1, 0), groups: 2, dilation: (1, 2))
  },
  NumberOperation("convTranspose3d", [1, 2, 2, 3, 2], [2, 1, 2, 2, 3]) { convTranspose3d($0[0], $0[1], stride: 2) },
  NumberOperation("maxPool1d", [2, 3, 9]) { maxPool1d($0[0], 3, stride: 2, padding: 1) },
  NumberOperation("maxPool2d", [2, 2, 7, 6]) { maxPool2d($0[0], (3, 2), stride: 2, padding: (1, 0), ceilMode: true) },
  NumberOperation("maxPool2d, dilated", [1, 2, 7, 7]) { maxPool2d($0[0], 2, stride: 1, dilation: 2) },
  NumberOperation("maxPool3d", [1, 2, 4, 5, 6]) { maxPool3d($0[0], 2, stride: 2, padding: 1) },
  NumberOperation("avgPool1d", [2, 3, 8]) { avgPool1d($0[0], 3, stride: 2, padding: 1) },
  NumberOperation("avgPool2d", [2, 2, 7, 6]) {
    avgPool2d($0[0], 3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false)
  },
  NumberOperation("avgPool3d", [1, 2, 4, 5, 6]) { avgPool3d($0[0], 2) },
  NumberOperation("adaptiveAvgPool2d", [2, 2, 7, 5]) { adaptiveAvgPool2d($0[0], (3, 2)) },
  NumberOperation("adaptiveMaxPool2d", [2, 2, 7, 5]) { adaptiveMaxPool2d($0[0], (3, 2)) },
  NumberOperation("layerNorm", [4, 6], [6], [6]) { layerNorm($0[0], [6], weight: $0[1], bias: $0[2]) },
  NumberOperation("rmsNorm", [4, 6], [6]) { rmsNorm($0[0], [6], weight: $0[1], eps: 1e-5) },
  NumberOperation("batchNorm", [4, 3, 2, 2], [3], [3]) {
    batchNorm($0[0], weight: $0[1], bias: $0[2], training: true)
  },
  NumberOperation("groupNorm", [2, 4, 3], [4], [4]) { groupNorm($0[0], 2, weight: $0[1], bias: $0[2]) },
  NumberOperation("instanceNorm", [2, 3, 5]) { instanceNorm($0[0]) },
  NumberOperation("localResponseNorm", [2, 5, 4]) { localResponseNorm($0[0], 3) },
  NumberOperation("softmax", [3, 5]) { softmax($0[0], dim: 1) },
  NumberOperation("logSoftmax", [3, 5]) { logSoftmax($0[0], dim: 0) },
  NumberOperation("crossEntropy", [4, 5]) { crossEntropy($0[0], Tensor([1, 4, 0, 2])) },
  NumberOperation("nllLoss", [4, 5]) { nllLoss($0[0], Tensor([1, 4, -100, 2])) },
  NumberOperation("mseLoss", [4, 5], [4, 5]) { mseLoss($0[0], $0[1]) },
  NumberOperation("attention", [2, 3, 4, 5], [2, 3, 6, 5], [2, 3, 6, 5]) {
    scaledDotProductAttention($0[0], $0[1], $0[2])
  },
  NumberOperation("causal attention", [2, 4, 5], [2, 4, 5], [2, 4, 3]) {
    scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true)
  },
  NumberOperation("embedding", [5, 3]) { embedding(Tensor([[0, 4], [2, 2]]), $0[0], paddingIdx: 2) },
  NumberOperation("embedding by frequency", [5, 3]) {
    embedding(Tensor([0, 4, 2, 2]), $0[0], scaleGradByFreq: true)
  },
  NumberOperation("embeddingBag", [5, 3]) { embeddingBag(Tensor([[0, 4], [2, 1]]), $0[0], mode: .max) },
  NumberOperation("interpolate", [1, 2, 4, 5]) { interpolate($0[0], size: [7, 3], mode: .bilinear) },
  NumberOperation("gridSample", [1, 2, 4, 5], [1, 3, 3, 2]) { gridSample($0[0], $0[1]) },
  NumberOperation("unfold", [1, 2, 4, 5]) { unfold($0[0], (2, 3)) },
  NumberOperation("bilinear", [2, 3], [2, 4], [5, 3, 4]) { bilinear($0[0], $0[1], $0[2]) },
  NumberOperation("pdist", [5, 3]) { pdist($0[0]) },
]

/// Operations on tensors.
private let operations: [NumberOperation] = [
  NumberOperation("cumsum", [3, 4]) { $0[0].cumsum(1) },
  NumberOperation("cumprod", [3, 4]) { $0[0].cumprod(0) },
  NumberOperation("logcumsumexp", [3, 4]) { $0[0].logcumsumexp(1) },
  NumberOperation("cummax", [3, 6]) { $0[0].cummax(1).values },
  NumberOperation("cummin", [6, 3]) { $0[0].cummin(0).values },
  NumberOperation("sort", [4, 5]) { $0[0].sort(0).values },
  NumberOperation("topk", [4, 5]) { $0[0].topk(2, dim: 0, largest: false).values },
  NumberOperation("kthvalue", [4, 5]) { $0[0].kthvalue(3, dim: 1).values },
  NumberOperation("median", [3, 5]) { $0[0].median(1).values },
  NumberOperation("median of all", [3, 5]) { $0[0].median() },
  NumberOperation("quantile", [3, 5]) { $0[0].quantile(0.3, dim: 1) },
  NumberOperation("prod", [3, 4]) { $0[0].prod([1]) },
  NumberOperation("mean", [3, 4]) { $0[0].mean([0]) },
  NumberOperation("variance", [3, 4]) { $0[0].var([1]) },
  NumberOperation("deviation", [3, 4]) { $0[0].std([0]) },
  NumberOperation("norm", [3, 4]) { $0[0].norm(2, [1]) },
  NumberOperation("norm 3", [3, 4]) { $0[0].norm(3) },
  NumberOperation("logsumexp", [3, 4]) { $0[0].logsumexp([1]) },
  NumberOperation("einsum", [3, 4], [4, 5], [3, 5]) { einsum("ij,jk,ik->i", $0[0], $0[1], $0[2]) },
  NumberOperation("outer", [3], [4]) { outer($0[0], $0[1]) },
  NumberOperation("addmm", [3, 5], [3, 4], [4, 5]) { addmm($0[0], $0[1], $0[2], beta: 0.5, alpha: 2) },
  NumberOperation("where", [3, 4], [3, 4]) { `where`($0[0].gt($0[1]), $0[0], $0[1]) },
  NumberOperation("maskedFill", [3, 4]) { $0[0].maskedFill($0[0].lt(0), 0.25) },
  NumberOperation("maskedSelect", [3, 4]) { $0[0].maskedSelect($0[0].gt(0)) },
  NumberOperation("tril", [4, 4]) { $0[0].tril() },
  NumberOperation("roll", [3, 4]) { $0[0].roll([1, 2], [0, 1]) },
  NumberOperation("flip", [3, 4]) { $0[0].flip([0, 1]) },
  NumberOperation("repeat", [3, 4]) { $0[0].repeat([2, 1]) },
  NumberOperation("pad", [3, 4]) { $0[0].pad([1, 2], value: 0.5) },
  NumberOperation("reflected", [1, 3, 4]) { $0[0].pad([1, 2], mode: .reflect) },
  NumberOperation("diff", [3, 4]) { $0[0].diff() },
  NumberOperation("clamp", [3, 4]) { $0[0].clamp(min: -0.4, max: 0.6) },
  NumberOperation("asStrided", [3, 4]) { $0[0].asStrided([2, 3], [1, 2]) },
  NumberOperation("lerp", [3, 4], [3, 4]) { $0[0].lerp($0[1], 0.3) },
  NumberOperation("unique", [3, 4]) { ($0[0] * 2).round().unique().values },
  NumberOperation("pow", [3, 4]) { ($0[0].abs() + 0.5).pow(1.5) },
]

@Suite struct OperationsOnNumbersTests {
  /// Values and gradients are those of float64, and of the type itself.
  @Test(arguments: layers + operations)
  func equalThoseOfFloat64(_ operation: NumberOperation) {
    let plain = operation.operands.map { Tensor($0, requiresGrad: true) }
    let wrapped = operation.operands.map { Tensor($0.to(WrappedReal.dtype), requiresGrad: true) }
    let (expected, found) = (operation.function(plain), operation.function(wrapped))
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) {
      #expect(a.dtype == WrappedReal.dtype)
      #expect(distance(a, b) < 1e-9)
    }
    func pull(_ outputs: [Tensor], _ inputs: [Tensor]) -> [Tensor?] {
      let roots = outputs.filter(\.requiresGrad)
      if roots.isEmpty { return [] }
      let weights = roots.map { (arange($0.count, dtype: .float64) + 1).cos().reshape($0.shape).to($0.dtype) }
      return gradients(of: roots, wrt: inputs, cotangents: weights, allowUnused: true)
    }
    let (wanted, made) = (pull(expected, plain), pull(found, wrapped))
    #expect(made.count == wanted.count)
    for (a, b) in zip(made, wanted) {
      guard let a, let b else {
        #expect(a == nil && b == nil)
        continue
      }
      #expect(a.dtype == WrappedReal.dtype)
      #expect(distance(a, b) < 1e-8)
    }
  }

  /// A compiled function of tensors of a registered type gives what the function gives, and has a graph where that of float64
  /// has one.
  @Test(arguments: layers + operations)
  func compile(_ operation: NumberOperation) {
    let inputs = operation.operands.map { $0.to(WrappedReal.dtype) }
    let compiled = ApusCompiler.compile { (x: [Tensor]) in operation.function(x) }
    let plain = ApusCompiler.compile { (x: [Tensor]) in operation.function(x) }
    _ = withWarnings(.silent) { plain(operation.operands) }
    for k in 1...3 {
      let scaled = inputs.map { $0 * Double(k) }
      for (a, b) in zip(withWarnings(.silent) { compiled(scaled) }, operation.function(scaled)) {
        #expect(a.dtype == b.dtype)
        #expect(distance(a, b) < 1e-12)
      }
    }
    let words = "runs eagerly"
    #expect(compiled.explain().contains(words) == plain.explain().contains(words))
  }

  /// Mapped over samples it gives what one call after the other gives.
  @Test(arguments: layers.filter { $0.name != "batchNorm" })
  func vmapped(_ operation: NumberOperation) {
    let inputs = operation.operands.map { $0.to(WrappedReal.dtype) }
    let samples = inputs.map { stack([$0, $0 * 0.5]) }
    let mapped = vmap { (x: [Tensor]) in operation.function(x)[0] }(samples)
    for k in 0..<2 {
      #expect(distance(mapped[k], operation.function(samples.map { $0[k] })[0]) < 1e-10)
    }
  }

  /// The derivative along a direction is that of float64.
  @Test(arguments: layers + operations.filter { $0.name != "unique" })
  func derivativesAlongDirections(_ operation: NumberOperation) {
    let inputs = operation.operands
    let directions = inputs.map { ($0 * 3 + 0.1).cos() }
    func forward(_ dtype: DType) -> Tensor {
      let to = { (x: Tensor) in x.to(dtype) }
      return jvp({ (x: [Tensor]) in operation.function(x)[0] }, primals: inputs.map(to), tangents: directions.map(to)).1
    }
    #expect(distance(forward(WrappedReal.dtype), forward(.float64)) < 1e-8)
  }
}
