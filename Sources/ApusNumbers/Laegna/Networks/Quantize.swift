import ApusCore
import ApusNN

/// Networks of numbers of few bits, made of trained ones.
public enum Quantize {
  /// A network of Laegna numbers for one of real numbers (post-training quantisation): weights, and what goes from layer to layer,
  /// are rounded to R digits, with steps for which the calibration data loses least.
  ///
  /// - Parameters:
  ///   - model: layers in a row: `Conv2d`, `BatchNorm2d` behind it (folded into it), `ReLU`, `MaxPool2d`, `Flatten`, `Linear`, `Dropout`,
  ///     `Identity`, and `Sequential`s of these.
  ///   - digits, fraction: the format of weights and activations, R and F, up to 7 digits. With ``LaegnaScaling/real`` steps F
  ///     says only what the printed numbers mean.
  ///   - formats: formats of layers of their own, by name in the state dictionary.
  ///   - calibration: inputs as they are to be expected.
  /// - Throws: for a layer that cannot be converted, by name.
  public static func laegna(
    _ model: Sequential, digits: Int, fraction: Int? = nil, formats: [String: LaegnaFormat] = [:],
    scaling: LaegnaScaling = .real, calibration: [Tensor]
  ) throws(TensorError) -> LaegnaNetwork {
    try laegna(
      trained: laegnaTraining(
        model, digits: digits, fraction: fraction, formats: formats, scaling: scaling, calibration: calibration))
  }

  /// A network to be trained further with the rounding of Laegna numbers in it (quantisation-aware training): every `Linear` and `Conv2d`
  /// is a ``LaegnaTrainingLayer`` around a copy of it, into which a normalisation behind it is folded.
  ///
  /// Parameters are those of ``laegna(_:digits:fraction:formats:scaling:calibration:)``; the model itself is not changed.
  public static func laegnaTraining(
    _ model: Sequential, digits: Int, fraction: Int? = nil, formats: [String: LaegnaFormat] = [:],
    scaling: LaegnaScaling = .real, calibration: [Tensor]
  ) throws(TensorError) -> Sequential {
    let format = try LaegnaFormat(digits: digits, fraction: fraction)
    if let other = formats.keys.first(where: { name in !flattened(model).contains { $0.name == name } }) {
      throw TensorError(
        .value, "Quantize",
        "there is no layer '\(other)'; there are \(flattened(model).map(\.name).joined(separator: ", "))")
    }
    let wasTraining = model.isTraining
    model.eval()
    defer { model.train(wasTraining) }
    let folded = try folded(flattened(model))
    guard folded.contains(where: { $0.layer is Linear || $0.layer is Conv2d }), !calibration.isEmpty else {
      throw TensorError(
        .value, "Quantize", "needs a network with Linear or Conv2d layers, and inputs to calibrate it with")
    }
    // Each layer sees the calibration data as it comes out of those before, still in real numbers.
    var inputs = calibration
    var result: [(String, any Layer)] = []
    for (name, layer) in folded {
      var next = layer
      if layer is Linear || layer is Conv2d {
        let format = formats[name] ?? format
        guard format.digits <= 7, format.isSigned else {
          throw TensorError(
            .value, "Quantize", "layers have signed formats of up to 7 digits, and '\(name)' is to have \(format)")
        }
        let step = format.steps(for: sample(inputs), scaling)
        next = LaegnaTrainingLayer(layer, format, inputStep: step, scaling: scaling)
      }
      let seen = inputs
      inputs = noGrad { seen.map { layer($0) } }
      if let bad = inputs.first(where: \.hasFailed) { inputs = [bad] }
      result.append((name, next))
    }
    let network = Sequential(result)
    network.train(wasTraining)
    return network
  }

  /// The network of Laegna numbers that a trained one of ``LaegnaTrainingLayer``s stands for: it gives what that one gives in
  /// evaluation, up to the rounding of what was a real factor between layers.
  ///
  /// - Throws: for a layer that cannot be converted, by name.
  public static func laegna(trained model: Sequential) throws(TensorError) -> LaegnaNetwork {
    let entries = flattened(model)
    let weighted = entries.indices.filter { entries[$0].layer is LaegnaTrainingLayer }
    guard let first = weighted.first, let source = entries[first].layer as? LaegnaTrainingLayer else {
      throw TensorError(.value, "Quantize", "needs a network of Quantize.laegnaTraining")
    }
    var layers: [(String, any Layer)] = []
    var outputStep = 1.0
    for (i, (name, layer)) in entries.enumerated() {
      switch layer {
      case let layer as LaegnaTrainingLayer:
        let next = weighted.first { $0 > i }
        let behind = entries[(i + 1)..<(next ?? entries.count)].map(\.layer)
        let isRectified = behind.contains { $0 is ReLU }
        let target = next.flatMap { entries[$0].layer as? LaegnaTrainingLayer }
        let output = target.map { (format: $0.format, step: Double($0.usedInputStep.detach().item(as: Float.self))) }
        let made: LaegnaWeightedLayer
        if let convolution = layer.layer as? Conv2d {
          made = try LaegnaConv2d(layer, convolution, output: output, isRectified: isRectified)
        } else {
          made = try LaegnaLinear(layer, output: output, isRectified: isRectified)
        }
        outputStep = made.outputStep
        layers.append((name, made))
      case let pool as MaxPool2d: layers.append((name, try LaegnaMaxPool2d(pool)))
      case is Flatten: layers.append((name, layer))
      case is ReLU where i > first: continue
      case is Dropout, is Identity: continue
      default: throw unsupported(name, layer)
      }
    }
    let made = LaegnaNetwork(
      Sequential(layers), source.format, inputStep: Double(source.usedInputStep.detach().item(as: Float.self)),
      outputStep: outputStep)
    made.eval()
    return made
  }

  private static func unsupported(_ name: String, _ layer: any Layer) -> TensorError {
    TensorError(
      .value, "Quantize",
      "layer '\(name)' (\(type(of: layer).typeName)) is not converted; Conv2d, BatchNorm2d behind it, ReLU, MaxPool2d, "
        + "Flatten, Linear, Dropout, Identity and Sequentials of these are")
  }

  /// The layers in a row, with their names in the state dictionary.
  private static func flattened(_ model: Sequential) -> [(name: String, layer: any Layer)] {
    model.namedChildren().flatMap { name, module -> [(name: String, layer: any Layer)] in
      if let inner = module as? Sequential { return flattened(inner).map { ("\(name).\($0.name)", $0.layer) } }
      guard let layer = module as? any Layer else { return [] }
      return [(name, layer)]
    }
  }

  /// Copies of the layers, without normalisations, which are folded into what stands before.
  private static func folded(
    _ layers: [(name: String, layer: any Layer)]
  ) throws(TensorError) -> [(name: String, layer: any Layer)] {
    var result: [(name: String, layer: any Layer)] = []
    for (name, layer) in layers {
      switch layer {
      case let norm as BatchNorm2d:
        guard let before = result.last, let convolution = before.layer as? Conv2d else {
          throw unsupported(name, layer)
        }
        result[result.count - 1].layer = fuseConvBN(convolution, norm)
      case let norm as BatchNorm1d:
        guard let before = result.last, let linear = before.layer as? Linear else { throw unsupported(name, layer) }
        result[result.count - 1].layer = fuseLinearBN(linear, norm)
      case let linear as Linear: result.append((name, deepCopy(linear)))
      case let convolution as Conv2d: result.append((name, deepCopy(convolution)))
      case is ReLU, is MaxPool2d, is Flatten, is Dropout, is Identity: result.append((name, layer))
      default: throw unsupported(name, layer)
      }
    }
    return result
  }

  /// Some of the numbers of tensors, as one row.
  private static func sample(_ tensors: [Tensor]) -> Tensor {
    let whole = concat(tensors.map { $0.detach().to(.float32).flatten(0) })
    let most = 65536
    if whole.count <= most { return whole.unsqueeze(0) }
    let step = whole.count / most
    return whole.narrow(0, 0, most * step).reshape([most, step]).narrow(1, 0, 1).reshape([1, most])
  }

}
