import Apus
import ApusCore
import Testing

// Expected numbers and texts are PyTorch 2.15's for the same seeds.

private func close(_ tensor: Tensor, _ expected: [Double], _ tolerance: Double = 2e-6) -> Bool {
  let found = tensor.detach().array(as: Double.self)
  return found.count == expected.count && zip(found, expected).allSatisfy { Swift.abs($0 - $1) <= tolerance }
}

@Suite(.serialized) struct LazyTests {
  @Test func texts() {
    let layers: [(any Module, String)] = [
      (LazyLinear(3), "LazyLinear(in_features=0, out_features=3, bias=True)"),
      (LazyConv2d(4, 3, padding: 1), "LazyConv2d(0, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))"),
      (
        LazyConvTranspose1d(4, 3, bias: false),
        "LazyConvTranspose1d(0, 4, kernel_size=(3,), stride=(1,), bias=False)"
      ),
      (
        LazyBatchNorm2d(),
        "LazyBatchNorm2d(0, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
      ),
      (
        nn.LazyInstanceNorm1d(),
        "LazyInstanceNorm1d(0, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
      ),
    ]
    for (layer, text) in layers { #expect("\(layer)" == text) }
  }

  @Test func firstCall() throws {
    manualSeed(0)
    let layer = LazyLinear(2)
    #expect(layer.hasUninitializedParams && layer.parameters().isEmpty)
    #expect(throws: TensorError.self) { try withErrors { layer.weight + 1 } }
    #expect(close(layer(Tensor([[1.0, 2, 3]])), [-0.821886, 0.052605]))
    #expect("\(layer)" == "Linear(in_features=3, out_features=2, bias=True)" && !layer.hasUninitializedParams)
    #expect(layer.stateDict().names == ["weight", "bias"])
  }

  @Test func stateBeforeTheFirstCall() throws {
    let model = Sequential(LazyConv2d(4, 3), LazyBatchNorm2d(), ReLU())
    let other = Sequential(Conv2d(3, 4, kernelSize: 3), BatchNorm2d(4), ReLU())
    try model.loadStateDict(other.stateDict())
    let x = Tensor.ones([2, 3, 5, 5])
    #expect(model.eval()(x).equal(other.eval()(x)))
  }

  @Test func typeAndCopies() {
    let layer = LazyLinear(2)
    layer.double()
    let copy = deepCopy(layer)
    #expect(copy(Tensor.ones([1, 4], dtype: .float64)).dtype == .float64)
    #expect(layer.hasUninitializedParams && layer(Tensor.ones([1, 3], dtype: .float64)).shape == [1, 2])
    #expect(throws: TensorError.self) { try withErrors { LazyConv2d(4, 3)(Tensor.ones([3])) } }
  }

  @Test func buffersThatAreNotSaved() {
    final class Model: Layer {
      let table = buffer(Tensor([1.0]), persistent: false)
      let mean = buffer(Tensor([2.0]))
      func forward(_ x: Tensor) -> Tensor { x * table + mean }
    }
    let model = Model()
    #expect(model.stateDict().names == ["mean"])
    #expect(model.namedBuffers().map(\.name) == ["table", "mean"])
    #expect(deepCopy(model).stateDict().names == ["mean"])
  }

  @Test func classesOfDifferentFrequency() {
    manualSeed(0)
    let layer = AdaptiveLogSoftmaxWithLoss(inFeatures: 8, nClasses: 12, cutoffs: [4, 8], divValue: 2)
    let x = randn([3, 8])
    let (output, loss) = layer(x, Tensor([1, 5, 11]))
    #expect(close(output, [-1.733224, -3.24283, -3.266621], 1e-5) && close(loss, [2.747559], 1e-5))
    #expect(layer.predict(x).array(as: Int.self) == [0, 2, 0])
    let all = layer.logProb(x)
    #expect(close(all.gather(1, Tensor([[1], [5], [11]])), [-1.733224, -3.24283, -3.266621], 1e-5))
    #expect(throws: TensorError.self) { try withErrors { layer(x, Tensor([1, 5, 12])).loss } }
    #expect(throws: TensorError.self) {
      try withErrors { AdaptiveLogSoftmaxWithLoss(inFeatures: 8, nClasses: 12, cutoffs: [8, 4]) }
    }
  }

  @Test func poolingAtRandomDistances() {
    manualSeed(0)
    let pool = FractionalMaxPool2d(kernelSize: 2, outputSize: [2, 3])
    let (output, indices) = pool(arange(42).to(.float32).reshape([1, 1, 6, 7]))
    #expect(close(output, [8, 10, 13, 36, 38, 41]) && indices.array(as: Int.self) == [8, 10, 13, 36, 38, 41])
    #expect(throws: TensorError.self) { try withErrors { FractionalMaxPool2d(kernelSize: 2) } }
  }

  @Test func bags() {
    let bag = EmbeddingBag(numEmbeddings: 4, embeddingDim: 2, mode: .sum, paddingIdx: 3)
    bag.weight = parameter(Tensor([[1.0, 2], [3, 4], [5, 6], [7, 8]]))
    #expect("\(bag)" == "EmbeddingBag(4, 2, mode='sum', padding_idx=3)")
    #expect(close(bag(Tensor([0, 1, 2, 3]), Tensor([0, 1, 1])), [1, 2, 0, 0, 8, 10]))
    #expect(close(bag(Tensor([[0, 1], [2, 3]])), [4, 6, 5, 6]))
    #expect(throws: TensorError.self) { try withErrors { bag(Tensor([0, 1, 9]), Tensor([0])) } }
    #expect(throws: TensorError.self) { try withErrors { bag(Tensor([0, 1]), Tensor([1])) } }
  }

  @Test func initialValuesOfSparseAndOrthogonal() {
    manualSeed(0)
    let weight = parameter(Tensor.zeros([4, 2]))
    Init.sparse_(weight, sparsity: 0.5)
    #expect(close(weight, [0, -0.002934, 0, 0, -0.010845, -0.013986, 0.004033, 0]))
    #expect(
      close(
        Init.orthogonal(Tensor.zeros([3, 3])),
        [0.421852, 0.140081, -0.895778, -0.806331, 0.509726, -0.300018, 0.414574, 0.848856, 0.327981], 5e-6))
    #expect(close(Init.truncNormal(Tensor.zeros([4])), [-0.67086, -0.214186, -0.431969, -0.707878]))
    #expect(throws: TensorError.self) { try withErrors { Init.sparse(Tensor.zeros([4, 2]), sparsity: -1) } }
  }

  @Test func fusing() {
    let (conv, norm) = (Conv2d(2, 3, kernelSize: 2), BatchNorm2d(3))
    _ = norm(randn([4, 3, 3, 3]))
    let x = randn([2, 2, 4, 4])
    let expected = norm.eval()(conv.eval()(x))
    #expect(fuseConvBN(conv, norm)(x).allclose(expected, rtol: 1e-4, atol: 1e-5))
    let (linear, other) = (Linear(2, 3), BatchNorm1d(3))
    _ = other(randn([4, 3]))
    let y = randn([5, 2])
    #expect(fuseLinearBN(linear.eval(), other.eval())(y).allclose(other(linear(y)), rtol: 1e-4, atol: 1e-5))
    #expect(throws: TensorError.self) { try withErrors { fuseConvBN(conv.train(), norm) } }
  }
}
