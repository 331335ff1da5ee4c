import ApusCore
import ApusFormats
import ApusNN

/// A network that Keras wrote, as a module that computes what Keras computes in inference.
///
///     let model = try KerasModel(path: "classifier.keras")
///     let probabilities = model(images)   // [batch, height, width, channels], as in Keras
///
/// Read are `.keras` files, whole models in the older `.h5`, and weights (`.weights.h5`, or the older form) for a model whose
/// architecture is given as JSON; files of Keras 2 and 3. Tensors keep Keras' order: channels come last unless a layer says
/// `channels_first`. Parameters are named by Keras' paths with points between the parts: `dense_1.kernel`; they can be trained,
/// where dropout and batch statistics stay as in inference. A layer that is not known here is refused by its class and name; a
/// file's Python code is never run.
public final class KerasModel: Layer {
  /// What the model is called with.
  public struct Input: Sendable, Hashable {
    /// The name of the input layer.
    public let name: String
    /// The sizes; nil for those that a call decides, such as the batch.
    public let shape: [Int?]
    /// The type that inputs are converted to.
    public let dtype: DType
  }

  /// A weight under its path in Keras.
  public struct Weight: Sendable {
    /// `lstm_1/lstm_cell/kernel`.
    public let path: String
    /// The weight itself.
    public let tensor: Tensor
  }

  /// The inputs in the order in which they are given.
  public let inputs: [Input]
  /// The names of the outputs, where the model gives a dictionary; in its order.
  public let outputNames: [String]
  /// The version of Keras that wrote the file, where it says so.
  public let kerasVersion: String?
  let root: KerasLayer

  public static var stateNames: [String: String] { ["root": ""] }

  /// Reads a whole model: a `.keras` file or an older `.h5`.
  /// - Throws: `TensorError` when the file is damaged, holds no whole model, or a layer is not known.
  public convenience init(path: String) throws(TensorError) {
    try self.init(KerasFile(path: path))
  }

  /// Makes the model of an architecture, the JSON that Keras' `model.to_json()` gives, in the file `architecture`, and reads its
  /// weights from `weights`: a `.weights.h5`, an older file of weights, or a whole model.
  /// - Throws: as ``init(path:)``, and where the weights are not those of the model.
  public convenience init(architecture: String, weights: String) throws(TensorError) {
    try self.init(KerasFile(architecture: architecture, weights: weights))
  }

  /// ``init(architecture:weights:)`` with the JSON itself.
  public convenience init(json: String, weights: String) throws(TensorError) {
    try self.init(KerasFile(json: Array(json.utf8), name: "architecture", weights: weights))
  }

  private init(_ file: KerasFile) throws(TensorError) {
    kerasVersion = file.version
    let config = try KerasConfig(file.model, file: file.path, isOld: file.isOld)
    guard ["Sequential", "Functional", "Model"].contains(config.className) else {
      throw config.fail(
        .unsupported,
        "a model of a class of somebody's own cannot be made from a file; Sequential and Functional models can")
    }
    let plan = try KerasBuilder(file: file.path, isOld: file.isOld).plan(config, [])
    inputs = try KerasModels.inputs(of: file.model, config)
    if case .dictionary(let names)? = try? KerasGraph(config).outputs {
      outputNames = names.keys.sorted()
    } else {
      outputNames = []
    }
    try KerasWeights(file.weights).load(into: plan)
    root = try KerasLayer(plan)
  }

  /// The weights in Keras' order, under Keras' paths.
  public var weights: [Weight] { root.paths(outside: "").map { Weight(path: $0.path, tensor: $0.tensor) } }

  /// The first output for one input.
  public func forward(_ x: Tensor) -> Tensor { forward([x]).first ?? x }

  /// All outputs for all inputs, in the order of ``inputs`` and of the outputs (a dictionary's by name).
  public func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
    callModule(self, inputs) { self.forward($0) }
  }

  /// All outputs for all inputs.
  public func forward(_ inputs: [Tensor]) -> [Tensor] {
    let values = zip(inputs, inputs.indices).map { tensor, i -> KerasValue in
      let wanted = self.inputs.indices.contains(i) ? self.inputs[i].dtype : tensor.dtype
      return KerasValue(tensor.dtype == wanted ? tensor : tensor.to(wanted))
    }
    do throws(TensorError) {
      return try root.call([values.count == 1 ? values[0] : .list(values)]).flat.compactMap(\.tensor)
    } catch {
      report(error)
      return inputs
    }
  }
}

extension KerasLayer {
  /// The weights with their paths, own ones first.
  func paths(outside: String) -> [(path: String, tensor: Tensor)] {
    let inner = settings.namesParts ? joined(settings.startsPaths ? "" : outside, name) : outside
    let isModel = settings.isModel
    let own = joined(outside, name)
    return order.names.compactMap { weight in weights[weight].map { (joined(own, weight), $0) } }
      + parts.flatMap { $0.paths(outside: isModel ? inner : own) }
  }

  private func joined(_ a: String, _ b: String) -> String { a.isEmpty ? b : "\(a)/\(b)" }
}
