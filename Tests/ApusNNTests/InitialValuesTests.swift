import Apus
import Testing

/// All tests here draw from one generator of their own process-wide seed: they run one after the other.
@Suite(.serialized) struct InitialValuesTests {
  private func close(_ tensor: Tensor?, _ expected: [Double], _ tolerance: Double = 1e-6) -> Bool {
    guard let found = tensor?.array(as: Double.self), found.count == expected.count else { return false }
    return zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }
  }

  /// Numbers of `torch.manual_seed(0)` and the same layers in the same order.
  @Test func layersStartAsInPyTorch() {
    manualSeed(0)
    let linear = Linear(3, 2)
    let convolution = Conv2d(2, 2, kernelSize: 2)
    let embedding = Embedding(4, 3, paddingIdx: 1)
    let bilinear = Bilinear(2, 2, 1)
    let transposed = ConvTranspose1d(2, 3, kernelSize: 2)
    #expect(
      close(linear.weight, [-0.0043225177, 0.30971584, -0.47518533, -0.4248946, -0.22236897, 0.15482073]))
    #expect(close(linear.bias, [-0.011439145, 0.45777494]))
    #expect(
      close(
        convolution.weight,
        [
          -0.031375758, 0.093554668, -0.10684846, -0.069496356, -0.33776671, -0.23415208, -0.14574288, 0.01309688,
          0.1397721, 0.21214008, -0.23968837, -0.15395936, 0.12841664, 0.29358646, -0.072761349, 0.26456815,
        ]))
    #expect(close(convolution.bias, [-0.056986921, 0.037410934]))
    #expect(
      close(
        embedding.weight,
        [
          -0.82646871, -0.79493666, -0.95283514, 0, 0, 0, 0.149397, -0.67086005, -0.21418615, -0.43196887, -0.7078777,
          -0.10643402,
        ]))
    #expect(close(bilinear.weight, [0.4522377, 0.70295823, 0.28063807, 0.095525071]))
    #expect(close(bilinear.bias, [0.47410542]))
    #expect(
      close(
        transposed.weight,
        [
          -0.24037756, 0.07607463, -0.31651717, -0.28295124, -0.21089436, 0.18472135, 0.16418131, -0.24182691,
          0.12333471, 0.22411689, -0.051528025, 0.015587551,
        ]))
    #expect(close(transposed.bias, [0.094593056, 0.25326768, 0.39199761]))
  }

  /// Numbers of `torch.manual_seed(1)`.
  @Test func dropoutDrawsAsPyTorch() {
    manualSeed(1)
    let kept = 1.6666666
    #expect(
      close(
        Dropout(0.4)(Tensor.ones([12])),
        [kept, kept, kept, kept, kept, kept, kept, 0, kept, kept, kept, kept]))
    #expect(close(Dropout2d(0.5)(Tensor.ones([2, 4, 1, 1])), [0, 2, 2, 2, 0, 2, 0, 0]))
    #expect(
      close(
        AlphaDropout(0.3)(Tensor.ones([6])),
        [-1.0595483, -1.0595483, -1.0595483, -1.0595483, -1.0595483, 1.3150446]))
    let evaluated = Dropout(0.4).eval()
    #expect(close(evaluated(Tensor.ones([3])), [1, 1, 1]))
  }

  /// Numbers of `torch.manual_seed(2)`.
  @Test func initialisersDrawAsPyTorch() {
    manualSeed(2)
    let weight = parameter(Tensor.zeros([3, 4]))
    Init.xavierUniform(weight)
    #expect(
      close(
        weight,
        [
          0.212374, -0.22032139, 0.25388643, -0.047288895, 0.39549896, 0.22041254, -0.10640884, -0.74849105,
          0.21137807, -0.81966984, 0.12167869, 0.061528031,
        ]))
    Init.xavierNormal(weight)
    #expect(
      close(
        weight,
        [
          0.30633843, 0.28914857, -0.20948249, -0.55733526, 0.70483059, 0.39962983, -0.70903373, -0.66350126,
          -0.054951545, -0.50766975, 0.33039096, -0.12747025,
        ]))
    Init.kaimingNormal(weight)
    #expect(
      close(
        weight,
        [
          0.017330511, -0.34735182, -0.041814331, -1.1068035, 0.30108884, -1.0477896, -0.33698559, 0.1753933,
          0.11025576, -0.1136571, 0.29502878, 0.70736367,
        ]))
    Init.kaimingUniform(weight)
    #expect(
      close(
        weight,
        [
          0.62118131, -1.0467393, 0.35827732, 1.1768258, 1.0878723, -0.019246578, 0.40631384, -1.1488739, -0.39044982,
          0.59723377, -1.1156973, 1.0670017,
        ]))
    Init.truncNormal(weight)
    #expect(
      close(
        weight,
        [
          -1.3256446, 1.4205228, -0.41900748, 0.35768658, -0.15081224, 0.10868089, -0.11352438, -1.3955414, -1.3766499,
          -0.096805923, -0.96562183, 0.2583479,
        ], 1e-5))
    #expect(
      close(RReLU()(-Tensor.ones([4])), [-0.31611538, -0.18001497, -0.23714642, -0.15216631]))
  }

  @Test func constantsAndShapes() {
    let weight = parameter(Tensor.zeros([4, 2, 3]))
    Init.dirac(weight)
    #expect(weight.sum().item() == 2)
    #expect(Init.calculateGain(.relu) == 2.0.squareRoot())
    let square = parameter(Tensor.zeros([3, 2]))
    Init.eye(square)
    #expect(square.array(as: Float.self) == [1, 0, 0, 1, 0, 0])
    Init.orthogonal(square)
    let product = matmul(square.t(), square)
    #expect(close(product, [1, 0, 0, 1], 1e-5))
    #expect(throws: TensorError.self) { try withErrors { Init.xavierUniform(parameter(Tensor.zeros([3]))) } }
  }
}

@Suite struct LayerTests {
  @Test func namesAreThoseOfPyTorch() {
    let net = Sequential(Conv2d(1, 2, kernelSize: 3), BatchNorm2d(2), ReLU(), Flatten(), Linear(8, 2))
    #expect(
      net.stateDict().map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
        "4.weight", "4.bias",
      ])
    #expect(net(Tensor.ones([3, 1, 4, 4])).shape == [3, 2])
    #expect(net.layers.count == 5)
  }

  @Test func batchNormTracksStatistics() {
    let layer = BatchNorm1d(2)
    let x = Tensor([[1.0, 2.0], [3.0, 6.0]])
    _ = layer(x)
    #expect(layer.runningMean?.array(as: Float.self).map { ($0 * 100).rounded() } == [20, 40])
    #expect(layer.runningVar?.array(as: Float.self).map { ($0 * 100).rounded() } == [110, 170])
    #expect(layer.numBatchesTracked?.item() == 1)
    layer.eval()
    _ = layer(x)
    #expect(layer.numBatchesTracked?.item() == 1)
  }

  @Test func imagesOfConvolutionsCanBeViewed() {
    let y = Conv2d(1, 6, kernelSize: 3)(Tensor.ones([2, 1, 6, 6]))
    #expect(y.view(2, -1).shape == [2, 96])
    #expect(y.view(2, -1).array(as: Float.self) == y.contiguous().array(as: Float.self))
  }

  @Test func lossesReduce() {
    let (x, t) = (Tensor([[0.2, 0.8], [0.6, 0.4]]), Tensor([[0.0, 1.0], [1.0, 0.0]]))
    #expect(MSELoss(reduction: .none)(x, t).shape == [2, 2])
    #expect(abs(MSELoss()(x, t).item() - 0.1) < 1e-6)
    #expect(abs(L1Loss(reduction: .sum)(x, t).item() - 1.2) < 1e-6)
    #expect(throws: TensorError.self) { try withErrors { BCELoss()(x * 3, t) } }
    #expect(throws: TensorError.self) { try withErrors { BCELoss()(x, Tensor([1.0, 0.0])) } }
  }
}
