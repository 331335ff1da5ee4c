import ApusCore
import ApusFormats

extension ONNXOperatorTable {
  /// Recurrent layers, attention and what language models have beside it.
  static let sequenceModels: [ONNXOperator] = [
    .reading("RNN", inputs: 3...6, outputs: 0...2, ONNXOperators.rnn),
    .reading("GRU", inputs: 3...6, outputs: 0...2, ONNXOperators.gru),
    .reading("LSTM", inputs: 3...8, outputs: 0...3, ONNXOperators.lstm),
    .reading("Attention", since: 23, inputs: 3...7, outputs: 1...4, ONNXOperators.attention),
    .reading("FlexAttention", domain: "ai.onnx.preview", inputs: 3...3, ONNXOperators.flexAttention),
    .reading("LinearAttention", since: 27, inputs: 3...6, outputs: 1...2, ONNXOperators.linearAttention),
    .reading("CausalConvWithState", since: 27, inputs: 2...4, outputs: 1...2, ONNXOperators.causalConvolution),
    .reading("RotaryEmbedding", since: 23, inputs: 3...4, ONNXOperators.rotaryEmbedding),
    .reading("TensorScatter", since: 24, inputs: 2...3, ONNXOperators.tensorScatter),
    .reading("SwiGLU", since: 28, inputs: 2...2, ONNXOperators.swiGLU),
  ]

  /// Numbers as small integers.
  static let quantisation: [ONNXOperator] = [
    .reading("QuantizeLinear", since: 10, inputs: 2...3, settings: [1, 2], ONNXOperators.quantizeLinear),
    .reading("DequantizeLinear", since: 10, inputs: 2...3, settings: [1, 2], ONNXOperators.dequantizeLinear),
    .reading("DynamicQuantizeLinear", since: 11, inputs: 1...1, outputs: 3...3, ONNXOperators.dynamicQuantizeLinear),
    .reading("MatMulInteger", since: 10, inputs: 2...4, ONNXOperators.matMulInteger),
    .reading("ConvInteger", since: 10, inputs: 2...4, ONNXOperators.convInteger),
    .reading("QLinearMatMul", since: 10, inputs: 8...8, settings: [1, 2, 4, 5, 6, 7], ONNXOperators.qLinearMatMul),
    .reading("QLinearConv", since: 10, inputs: 8...9, settings: [1, 2, 4, 5, 6, 7], ONNXOperators.qLinearConv),
    runtime("QuantizeLinear", 2...3, settings: [1, 2], ONNXOperators.quantizeLinear),
    runtime("DequantizeLinear", 2...3, settings: [1, 2], ONNXOperators.dequantizeLinear),
    runtime("QLinearAdd", 7...8, ONNXOperators.ofTwo { $0 + $1 }),
    runtime("QLinearMul", 7...8, ONNXOperators.ofTwo { $0 * $1 }),
    runtime("QLinearSigmoid", 4...5, ONNXOperators.onBytes { $1.sigmoid() }),
    runtime(
      "QLinearLeakyRelu", 4...5, ONNXOperators.onBytes { $1.leakyRelu(negativeSlope: try $0.float("alpha", 0.01)) }),
    runtime("QLinearSoftmax", 5...5, ONNXOperators.onBytes { $1.softmax(try $0.axis("axis", -1, rank: $1.rank)) }),
    runtime("QLinearGlobalAveragePool", 5...5, ONNXOperators.onBytes(ONNXOperators.globalMean)),
    runtime("QLinearReduceMean", 4...5, ONNXOperators.qLinearReduceMean),
    runtime("QLinearConcat", .atLeast(5), ONNXOperators.qLinearConcat),
    runtime("QLinearWhere", 9...9, ONNXOperators.qLinearWhere),
    runtime("QGemm", 6...9, ONNXOperators.qGemm),
    runtime("MatMulIntegerToFloat", 4...7, ONNXOperators.matMulIntegerToFloat),
    runtime("DynamicQuantizeMatMul", 3...5, ONNXOperators.dynamicQuantizeMatMul),
    runtime("DynamicQuantizeLSTM", 12...12, outputs: 0...3, ONNXOperators.dynamicQuantizeLSTM),
    runtime("MatMulNBits", 3...6, ONNXOperators.matMulNBits),
  ]

  /// An operator of ONNX Runtime's own.
  private static func runtime(
    _ name: String, _ inputs: ClosedRange<Int>, outputs: ClosedRange<Int> = 1...1, settings: Set<Int> = [],
    _ run: @escaping ONNXOperator.Kernel
  ) -> ONNXOperator {
    .reading(name, domain: "com.microsoft", inputs: inputs, outputs: outputs, settings: settings, run)
  }

  /// Spectra, random numbers, regions of images, losses and optimisers.
  static let further: [ONNXOperator] = [
    .reading("DFT", since: 17, inputs: 1...3, ONNXOperators.dft),
    .reading("STFT", since: 17, inputs: 2...4, ONNXOperators.stft),
    .reading("HannWindow", since: 17, inputs: 1...1, ONNXOperators.window([0.5, -0.5])),
    .reading("HammingWindow", since: 17, inputs: 1...1, ONNXOperators.window([25.0 / 46, -21.0 / 46])),
    .reading("BlackmanWindow", since: 17, inputs: 1...1, ONNXOperators.window([0.42, -0.5, 0.08])),
    .reading("MelWeightMatrix", since: 17, inputs: 5...5, ONNXOperators.melWeights),
    .reading("RandomNormal", inputs: 0...0, isPure: false, ONNXOperators.randomNormal),
    .reading("RandomNormalLike", inputs: 1...1, isPure: false, ONNXOperators.randomNormalLike),
    .reading("RandomUniform", inputs: 0...0, isPure: false, ONNXOperators.randomUniform),
    .reading("RandomUniformLike", inputs: 1...1, isPure: false, ONNXOperators.randomUniformLike),
    .reading("Bernoulli", since: 15, inputs: 1...1, isPure: false, ONNXOperators.bernoulli),
    .reading("Multinomial", since: 7, inputs: 1...1, isPure: false, ONNXOperators.multinomial),
    .reading("NonMaxSuppression", since: 10, inputs: 2...5, ONNXOperators.nonMaxSuppression),
    .reading("RoiAlign", since: 10, inputs: 3...3, ONNXOperators.roiAlign),
    .reading("MaxRoiPool", inputs: 2...2, ONNXOperators.maxRoiPool),
    .reading("MaxUnpool", since: 9, inputs: 2...3, ONNXOperators.maxUnpool),
    .reading("CenterCropPad", since: 18, inputs: 2...2, ONNXOperators.centerCropPad),
    .reading("Col2Im", since: 18, inputs: 3...3, ONNXOperators.columnsToImage),
    .reading("DeformConv", since: 19, inputs: 3...5, ONNXOperators.deformableConvolution),
    .reading("Det", since: 11, inputs: 1...1, ONNXOperators.determinant),
    .reading("Hardmax", inputs: 1...1, ONNXOperators.hardmax),
    .reading("MeanVarianceNormalization", since: 9, inputs: 1...1, ONNXOperators.meanVarianceNormalization),
    .reading("NegativeLogLikelihoodLoss", since: 12, inputs: 2...3, ONNXOperators.negativeLogLikelihood),
    .reading("SoftmaxCrossEntropyLoss", since: 12, inputs: 2...3, outputs: 1...2, ONNXOperators.softmaxCrossEntropy),
    training("Adagrad", ONNXOperators.adagrad),
    training("Adam", ONNXOperators.adam),
    training("Momentum", ONNXOperators.momentum),
    ONNXOperator(
      "Gradient", domain: "ai.onnx.preview.training", inputs: .atLeast(1), outputs: .atLeast(1),
      prepare: ONNXOperators.gradient),
  ]

  private static func training(_ name: String, _ run: @escaping ONNXOperator.Kernel) -> ONNXOperator {
    .reading(name, domain: "ai.onnx.preview.training", inputs: .atLeast(3), outputs: .atLeast(1), run)
  }

  /// What is not in the families of classical networks.
  static let furtherFamilies: [[ONNXOperator]] = [
    sequenceModels, quantisation, runtimeFusions, further, controlFlow, sequences, text, learned, features,
  ]
}
