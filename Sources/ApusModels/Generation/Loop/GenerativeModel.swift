import ApusCore
import ApusFormats

/// What generation asks of a model.
public protocol GenerativeModel: Sendable {
  /// Whether an encoder reads the prompt, and a decoder begins anew.
  var isEncoderDecoder: Bool { get }
  /// Computes the logits of the positions that the inputs have beyond those of the cache.
  func forward(_ inputs: ModelInputs) -> ModelOutput
  /// An empty cache; nil for a model that has none.
  /// - Parameter capacity: how many positions it shall hold without growing, if that is known.
  func makeCache(capacity: Int?) -> (any ModelCache)?
  /// The options that the model was published with.
  /// - Throws: ``TensorError`` where their file makes no sense.
  func publishedGeneration() throws(TensorError) -> GenerationConfiguration
}

extension GenerativeModel {
  public var isEncoderDecoder: Bool { false }
  public func publishedGeneration() throws(TensorError) -> GenerationConfiguration { GenerationConfiguration() }
}

extension PretrainedModel {
  public var isEncoderDecoder: Bool {
    configuration["is_encoder_decoder"]?.bool ?? (makeCache(capacity: 1) is EncoderDecoderCache)
  }

  /// What `generation_config.json` beside the model's configuration says; without such a file, the special tokens of the
  /// configuration.
  public func publishedGeneration() throws(TensorError) -> GenerationConfiguration {
    let suffix = "config.json"
    if configuration.path.hasSuffix("/\(suffix)") {
      let file = "\(configuration.path.dropLast(suffix.count))generation_config.json"
      if fileExists(file) { return try GenerationConfiguration(path: file) }
    }
    let names = ["bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"]
    let tokens = configuration.values.filter { names.contains($0.key) }
    return try GenerationConfiguration(json: .object(tokens), file: configuration.path)
  }
}
