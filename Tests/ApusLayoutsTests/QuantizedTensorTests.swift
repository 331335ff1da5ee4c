import Apus
import Testing

/// Quantised tensors have PyTorch's integers, and numbers rounded in training its values and gradients.
@Suite(.serialized) struct QuantizedTensorTests {
  private let x = Recorded["quantized.x"]

  @Test func perTensor() {
    for (dtype, scale, zero) in [(QuantizedType.quint8, 0.1, 10), (.qint8, 0.037, -3), (.qint32, 0.001, 5)] {
      let q = quantizePerTensor(x, scale: scale, zeroPoint: zero, dtype: dtype)
      #expect(q.intRepr().dtype == dtype.storage && q.qScale() == scale && q.qZeroPoint() == zero)
      expectRecorded(q.intRepr(), "quantized.\(dtype.rawValue)", 0)
      expectRecorded(q.dequantize(), "quantized.\(dtype.rawValue).values", 1e-7)
    }
  }

  @Test func perChannel() {
    let q = quantizePerChannel(
      x, scales: tensor([0.1, 0.2, 0.05, 0.3, 0.01, 1.0]), zeroPoints: tensor([0, 3, -5, 1, 0, 2]), axis: 1,
      dtype: .qint8)
    expectRecorded(q.intRepr(), "quantized.channels", 0)
    expectRecorded(q.dequantize(), "quantized.channels.values", 1e-7)
    #expect(q.qPerChannelAxis() == 1 && q.qPerChannelZeroPoints().array(as: Int.self) == [0, 3, -5, 1, 0, 2])
  }

  @Test func scalesFromTheNumbers() {
    for (name, reduces) in [("dynamic", false), ("dynamicReduced", true)] {
      let q = quantizePerTensorDynamic(x, dtype: .quint8, reduceRange: reduces)
      expectRecorded(q.intRepr(), "quantized.\(name)", 0)
      expectRecorded(
        tensor([q.qScale(), Double(q.qZeroPoint())], dtype: .float64), "quantized.\(name).parameters", 1e-7)
    }
  }

  @Test func texts() {
    let x = tensor([0.5, 1.5, 2.5, -0.5, -1.5, 0.25, 100.0, -100.0])
    #expect(
      "\(quantizePerTensor(x, scale: 1, zeroPoint: 10, dtype: .quint8))" == """
        tensor([  0.,   2.,   2.,   0.,  -2.,   0., 100., -10.], size=(8,),
               dtype=torch.quint8, quantization_scheme=torch.per_tensor_affine,
               scale=1.0, zero_point=10)
        """)
  }

  @Test func roundedInTraining() {
    let (x, s, z) = (
      Tensor(x, requiresGrad: true), tensor([0.1], requiresGrad: true), tensor([9.7], requiresGrad: true)
    )
    let (scales, zeros) = (tensor([0.1, 0.2, 0.05, 0.3, 0.01, 1.0]), tensor([0, 3, -5, 1, 0, 2]))
    expectRecorded(
      fakeQuantizePerTensorAffine(x, scale: 0.1, zeroPoint: 10, quantMin: 0, quantMax: 255), "fake",
      gradients: ["x": x],
      1e-6)
    expectRecorded(
      fakeQuantizePerChannelAffine(x, scale: scales, zeroPoint: zeros, axis: 1, quantMin: -128, quantMax: 127),
      "fakeChannels", gradients: ["x": x], 1e-6)
    let off = Tensor(self.x + 0.013, requiresGrad: true)
    expectRecorded(
      fakeQuantizeLearnablePerTensorAffine(off, scale: s, zeroPoint: z, quantMin: 0, quantMax: 255, gradFactor: 0.5),
      "fakeLearnt", gradients: ["x": off, "s": s, "z": z], 1e-4)
    let (cs, cz) = (Tensor(scales, requiresGrad: true), Tensor(zeros.float(), requiresGrad: true))
    expectRecorded(
      fakeQuantizeLearnablePerChannelAffine(
        off, scale: cs, zeroPoint: cz, axis: 1, quantMin: -128, quantMax: 127, gradFactor: 0.5),
      "fakeLearntChannels", gradients: ["x": off, "s": cs, "z": cz], 1e-4)
    let many = vmap({ fakeQuantizePerTensorAffine($0, scale: 0.1, zeroPoint: 10, quantMin: 0, quantMax: 255) })(
      x.detach())
    expectRecorded(many, "fake", 1e-6)
  }

  @Test func observers() {
    let all: [(String, any QuantizationObserver)] = [
      ("minMax", MinMaxObserver(dtype: .quint8)),
      ("minMaxSymmetric", MinMaxObserver(dtype: .qint8, qscheme: .symmetric)),
      ("minMaxReduced", MinMaxObserver(dtype: .quint8, reduceRange: true)),
      ("moving", MovingAverageMinMaxObserver(averagingConstant: 0.1)),
      ("channels", PerChannelMinMaxObserver(chAxis: 1, dtype: .qint8, qscheme: .symmetric)),
      ("channelsAffine", PerChannelMinMaxObserver(chAxis: 0, dtype: .quint8)),
      ("movingChannels", MovingAveragePerChannelMinMaxObserver(averagingConstant: 0.1, chAxis: 1)),
    ]
    for (name, observer) in all {
      #expect(observer.calculateQparams().scale.array(as: Double.self) == [1])
      let parts =
        name == "channelsAffine" ? [x, x * 0.5 + 1] : [x.narrow(0, 0, 4), x.narrow(0, 4, 4) * 0.5]
      for part in parts { #expect(observer(part).equal(part)) }
      let (scale, zero) = observer.calculateQparams()
      expectRecorded(scale, "observer.\(name).scale", 1e-7)
      expectRecorded(zero, "observer.\(name).zero", 0)
    }
  }

  @Test func layersThatRound() {
    let layer = FakeQuantize(MinMaxObserver(dtype: .quint8))
    let y = layer(x)
    let (scale, zero) = layer.calculateQparams()
    let same = fakeQuantizePerTensorAffine(x, scale: scale, zeroPoint: zero, quantMin: 0, quantMax: 255)
    #expect(y.equal(same))
    layer.disableObserver()
    _ = layer(x * 10)
    #expect(layer.scale.equal(scale))
    layer.disableFakeQuant()
    #expect(layer(x).equal(x))
    #expect(
      layer.stateDict().map(\.name).sorted() == [
        "activation_post_process.max_val", "activation_post_process.min_val", "fake_quant_enabled", "observer_enabled",
        "scale", "zero_point",
      ])
  }
}
