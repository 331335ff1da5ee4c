import ApusCore
import ApusNN

/// A model whose weights the world publishes, as Hugging Face's `transformers` names its parts.
///
/// What its module tree calls a parameter (``Module/namedParameters()``) is what the weight files call it.
public protocol PretrainedModel: Module, GenerativeModel {
  /// Makes the model that `configuration` describes: with random weights, or inside of `Init.skipped` with unset ones.
  /// - Throws: `TensorError` of kind `format` or `unsupported` that names the file and the key.
  init(_ configuration: ModelConfiguration) throws(TensorError)

  /// What the model was made of.
  var configuration: ModelConfiguration { get }

  /// Where a model with a head holds the one without: `model`, `bert`, `transformer`. Files of the one load as the other.
  static var baseModelPrefix: String { get }

  /// Names of weights that are others' too (a head that shares the table of tokens), and the others' names.
  var tiedWeights: [String: String] { get }

  /// What a name in older files is today; nil for what is not a weight of the model (buffers that are computed).
  static func presentName(_ name: String) -> String?

  /// Changes the model, before weights are put into it, where these say something that the configuration does not: a head of its
  /// own beside the table of tokens.
  func adapt(to weights: any ModelWeights) throws

  /// Computes the outputs; with labels, the loss as well.
  func forward(_ inputs: ModelInputs) -> ModelOutput

  /// An empty cache for decoding token by token; nil for a model that has none.
  /// - Parameter capacity: how many positions it shall hold without growing, if that is known.
  func makeCache(capacity: Int?) -> (any ModelCache)?
}

extension PretrainedModel {
  public var tiedWeights: [String: String] { [:] }
  public func adapt(to weights: any ModelWeights) throws {}
  public static var baseModelPrefix: String { "" }
  public static func presentName(_ name: String) -> String? { name }
  public func makeCache(capacity: Int?) -> (any ModelCache)? { nil }
  /// An empty cache that grows.
  public func makeCache() -> (any ModelCache)? { makeCache(capacity: nil) }

  /// Computes the outputs of `inputs`, with the hooks of the model: what is sharded comes for the call.
  public func callAsFunction(_ inputs: ModelInputs) -> ModelOutput { callModule(self) { forward(inputs) } }
}
