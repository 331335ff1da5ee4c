import ApusCore
import ApusFormats

/// A layer before its weights are there: what it has and what it computes.
final class KerasPlan {
  /// A weight that a layer has.
  struct Weight {
    let name: String
    /// The sizes that follow from the settings; a file decides the others.
    let shape: KerasShape
    var isTrainable = true
    /// Whether it is converted to the type of the computation, as most are.
    var isConverted = true
    /// Whether the layer keeps it; what Keras stores a second time it does not.
    var isKept = true
    /// The type where it is not the layer's.
    var dtype: DType?
    /// What it is where a file need not have it.
    var tensor: Tensor?
  }

  /// How a layer treats the masks of its inputs.
  enum Masking {
    /// Results have none.
    case drops
    /// Results have that of the first input.
    case passes
    /// The layer gives its results theirs.
    case own
  }

  typealias Compute = @Sendable (KerasCall) throws(TensorError) -> KerasValue

  let config: KerasConfig
  var weights: [Weight]
  /// Layers inside, by the attribute of Keras' object that holds them (`cell`, `layers/dense`).
  var parts: [(attribute: String, plan: KerasPlan)]
  var outputs: [KerasShape]
  let masking: Masking
  let compute: Compute
  /// Whether floating point inputs are converted to the type of the computation.
  var convertsInputs = true
  /// Whether the names of the layers inside begin with its own.
  var namesParts = true
  /// Whether those names begin with its own, whatever is around it.
  var startsPaths = false
  /// What the weights inside follow in a file of Keras 3, where it is not its name in snake case.
  var snakeName: String?

  init(
    _ config: KerasConfig, weights: [Weight] = [], parts: [(attribute: String, plan: KerasPlan)] = [],
    outputs: [KerasShape], masking: Masking = .drops, compute: @escaping Compute
  ) {
    self.config = config
    self.weights = weights
    self.parts = parts
    self.outputs = outputs
    self.masking = masking
    self.compute = compute
  }

  /// A layer without weights that makes a tensor from a tensor.
  convenience init(
    _ config: KerasConfig, _ output: KerasShape, masking: Masking = .drops,
    _ function: @escaping @Sendable (Tensor) throws(TensorError) -> Tensor
  ) {
    self.init(config, outputs: [output], masking: masking) { call throws(TensorError) in
      KerasValue(try function(try call.tensor()))
    }
  }

  /// A layer with weights that makes a tensor from a tensor.
  convenience init(
    _ config: KerasConfig, _ output: KerasShape, masking: Masking = .drops, weights: [Weight],
    _ function: @escaping @Sendable (Tensor, [Tensor]) throws(TensorError) -> Tensor
  ) {
    self.init(config, weights: weights, outputs: [output], masking: masking) { call throws(TensorError) in
      KerasValue(try function(try call.tensor(), call.weights))
    }
  }
}

/// A layer that is to be planned: its settings and the shapes of what it is called with.
struct KerasRequest {
  let config: KerasConfig
  /// The shapes of the tensors in the arguments.
  let inputs: [KerasShape]
  /// Plans other layers that this one holds.
  let builder: KerasBuilder

  var input: KerasShape { inputs.first ?? .unknown }

  func weight(_ name: String, _ sizes: [Int?], trainable: Bool = true, converted: Bool = true) -> KerasPlan.Weight {
    KerasPlan.Weight(name: name, shape: KerasShape(sizes), isTrainable: trainable, isConverted: converted)
  }
}

/// A call of a layer: what it is given, and what it has.
struct KerasCall {
  let layer: KerasLayer
  let arguments: [KerasValue]
  let options: [String: KerasValue]
  /// Its weights, in the type of the computation.
  let weights: [Tensor]

  var parts: [KerasLayer] { layer.parts }

  func fail(_ message: String) -> TensorError { layer.config.fail(.shape, message) }

  /// The tensors of the first argument.
  var inputs: [KerasValue] { arguments.first?.flat ?? [] }

  /// The one tensor that it is called with.
  func tensor() throws(TensorError) -> Tensor { try tensor(0) }

  /// A tensor of the arguments, counted over all of them.
  func tensor(_ index: Int) throws(TensorError) -> Tensor {
    let all = arguments.flatMap(\.flat)
    guard all.indices.contains(index), let tensor = all[index].tensor else {
      throw fail("is called with \(all.count) tensors, and needs another")
    }
    return tensor
  }

  /// The mask that comes with the first tensor, or is given apart.
  var mask: Tensor? {
    if let given = options["mask"], let tensor = given.flat.first?.tensor { return tensor.to(.bool) }
    return inputs.first?.mask
  }

  /// An argument by name or position.
  func argument(_ name: String, _ position: Int) -> KerasValue? {
    let value = options[name] ?? (arguments.indices.contains(position) ? arguments[position] : nil)
    return value?.isNone == true ? nil : value
  }

  func flag(_ name: String) -> Bool {
    if case .constant(let json)? = options[name] { return json.bool ?? false }
    return false
  }
}
