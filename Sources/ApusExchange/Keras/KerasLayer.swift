import ApusCore
import ApusFormats
import ApusNN

/// One layer of a network that Keras wrote, with its weights under Keras' names: `kernel`, `bias`, `gamma`. It computes what Keras
/// computes in inference.
public final class KerasLayer: Module {
  /// The class in Keras: `Dense`.
  public let className: String
  /// The name in the network: `dense_1`.
  public let name: String
  /// The weights by name.
  let weights: [String: Tensor]
  /// The layers inside, by name.
  let layers: [String: KerasLayer]

  let order: WeightOrder
  let settings: Settings

  public static var stateNames: [String: String] { ["weights": "", "layers": ""] }
  public var extraRepresentation: String {
    weights.isEmpty ? "" : order.names.map { "\($0)=\(weights[$0]?.shape ?? [])" }.joined(separator: ", ")
  }

  /// The names of the weights in Keras' order, and whether each is converted to the type of the computation.
  struct WeightOrder: Sendable {
    let names: [String]
    let isConverted: [Bool]
    /// Names of the layers inside, in order.
    let layers: [String]
  }

  struct Settings: Sendable {
    let config: KerasConfig
    let compute: KerasPlan.Compute
    let masking: KerasPlan.Masking
    let type: DType
    let convertsInputs: Bool
    /// Whether it is a model, and whether the paths of its layers begin with its name.
    let isModel: Bool
    let namesParts: Bool
    /// Whether the paths of its layers begin with its name and not with those of models around it.
    let startsPaths: Bool
  }

  var config: KerasConfig { settings.config }
  var parts: [KerasLayer] { order.layers.compactMap { layers[$0] } }

  init(_ plan: KerasPlan) throws(TensorError) {
    className = plan.config.className
    name = plan.config.name
    var weights: [String: Tensor] = [:]
    for weight in plan.weights where weight.isKept {
      guard let tensor = weight.tensor else {
        throw plan.config.fail(.format, "the weight '\(weight.name)' was not loaded")
      }
      weights[weight.name] =
        weight.isTrainable && tensor.dtype.isFloatingPoint
        ? parameter(tensor, requiresGrad: plan.config["trainable"]?.bool != false) : buffer(tensor)
    }
    self.weights = weights
    var layers: [String: KerasLayer] = [:]
    var names: [String] = []
    for part in plan.parts {
      let layer = try KerasLayer(part.plan)
      // Cells of one class in a stack may have the same name.
      var name = layer.name
      var count = 0
      while layers[name] != nil {
        count += 1
        name = "\(layer.name)_\(count)"
      }
      layers[name] = layer
      names.append(name)
    }
    self.layers = layers
    let kept = plan.weights.filter(\.isKept)
    order = WeightOrder(names: kept.map(\.name), isConverted: kept.map(\.isConverted), layers: names)
    settings = Settings(
      config: plan.config, compute: plan.compute, masking: plan.masking, type: try plan.config.types().compute,
      convertsInputs: plan.convertsInputs && !plan.config.isOperation,
      isModel: plan.parts.contains { $0.attribute.hasPrefix("layers/") }, namesParts: plan.namesParts,
      startsPaths: plan.startsPaths)
  }

  /// What the layer makes of its arguments.
  func call(_ arguments: [KerasValue], _ options: [String: KerasValue] = [:]) throws(TensorError) -> KerasValue {
    // Behind an operation that failed there is nothing to compute; its error is known to whoever called the model.
    if let failed = arguments.lazy.flatMap(\.flat).compactMap(\.tensor).first(where: { $0.hasFailed }) {
      return KerasValue(failed)
    }
    let type = settings.type
    let converts = settings.convertsInputs && type.isFloatingPoint
    func converted(_ value: KerasValue) -> KerasValue {
      value.map { tensor, mask in
        .tensor(tensor.dtype.isFloatingPoint && tensor.dtype != type ? tensor.to(type) : tensor, mask: mask)
      }
    }
    let inputs = converts ? arguments.map(converted) : arguments
    let call = KerasCall(
      layer: self, arguments: inputs, options: converts ? options.mapValues(converted) : options,
      weights: self.converted)
    let result = try settings.compute(call)
    switch settings.masking {
    case .own: return result
    case .drops: return result.map { tensor, _ in KerasValue(tensor) }
    case .passes:
      let mask = call.mask
      return result.map { tensor, _ in .tensor(tensor, mask: mask) }
    }
  }
}

extension KerasLayer {
  /// Its weights in Keras' order, in the type of the computation.
  var converted: [Tensor] {
    let type = settings.type
    return zip(order.names, order.isConverted).compactMap { name, isConverted -> Tensor? in
      guard let tensor = weights[name] else { return nil }
      return isConverted && type.isFloatingPoint && tensor.dtype.isFloatingPoint && tensor.dtype != type
        ? tensor.to(type) : tensor
    }
  }
}
