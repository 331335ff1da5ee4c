import ApusCore
import ApusFormats
import ApusMedia
import ApusNN
import ApusText

/// Writes down what is said in sound, with a published Whisper (Radford et al. 2022).
///
///     let transcriber = try SpeechTranscriber(path: "whisper-tiny.en")
///     print(try transcriber.transcribe(file: "speech.wav"))
///
/// Reads folders as `transformers` saves them, and those of CTranslate2 (`model.bin`).
public struct SpeechTranscriber: Sendable {
  /// What listens and writes.
  public let model: any PretrainedModel
  /// What makes text of its tokens.
  public let tokenizer: Tokenizer
  /// What makes features of sound.
  public let extractor: WhisperFeatureExtractor
  private let configuration: GenerationConfiguration
  private let isMultilingual: Bool

  /// Loads the model in the folder at `path`.
  /// - Throws: `TensorError` that names the file and what is wrong with it.
  public init(path: String, _ loading: ModelLoading = ModelLoading()) throws {
    let path = expandedPath(path)
    tokenizer = try Tokenizer(path: path)
    if fileExists("\(path)/model.bin"), !fileExists("\(path)/model.safetensors") {
      let weights = try CTranslate2Weights(path: "\(path)/model.bin")
      let source = ModelSource(path: path, configuration: try weights.whisperConfiguration(), weights: weights)
      model = try AutoModel.load(source, loading)
      extractor = try WhisperFeatureExtractor(
        ModelConfiguration(
          ["feature_size": .int(weights.shape(of: "model.encoder.conv1.weight")?[1] ?? 80)], path: path))
      let options = try JSON(file: "\(path)/config.json")
      configuration = try GenerationConfiguration(
        json: .object([
          "suppress_tokens": options["suppress_ids"] ?? .array([]),
          "begin_suppress_tokens": options["suppress_ids_begin"] ?? .array([]),
        ]), file: "\(path)/config.json")
    } else {
      model = try AutoModel.load(path, head: .seq2seqLM, loading)
      extractor = try WhisperFeatureExtractor(path: path)
      configuration = try model.publishedGeneration()
    }
    // English-only models know fewer languages than one: the vocabulary lacks its last token.
    isMultilingual = (model.configuration["vocab_size"]?.int ?? 0) >= 51865
  }

  /// What is said in a file of sound.
  /// - Parameters:
  ///   - language: a code such as "en"; models of many languages find it out if nil.
  ///   - translates: whether models of many languages write English, whatever is spoken.
  ///   - onPiece: called with the text of each piece; returning false ends it there.
  /// - Throws: `TensorError` where the file cannot be read, or a token that the model needs is not in the vocabulary.
  public func transcribe(
    file: String, language: String? = nil, translates: Bool = false, onPiece: (String) -> Bool = { _ in true }
  ) throws -> String {
    let sound = try readSound(file)
    let rate = extractor.samplingRate
    var samples = (sound.waveform.size(0) > 1 ? sound.waveform.mean(0) : sound.waveform).reshape([-1]).to(.float32)
      .array()
    if sound.sampleRate != rate { samples = resampled(samples, from: sound.sampleRate, to: rate) }
    return try transcribe(samples, language: language, translates: translates, onPiece: onPiece)
  }

  /// What is said in samples of one channel, at the model's rate. More than 30 seconds are heard as ``segments(_:language:translates:onSegment:)``
  /// hears them.
  /// - Throws: as ``transcribe(file:language:translates:onPiece:)``.
  public func transcribe(
    _ samples: [Float], language: String? = nil, translates: Bool = false, onPiece: (String) -> Bool = { _ in true }
  ) throws -> String {
    guard !samples.isEmpty else { return "" }
    func trimmed(_ text: String) -> String { String(text.drop { $0 == " " }) }
    if samples.count > extractor.sampleCount {
      let found = try segments(samples, language: language, translates: translates) { onPiece(trimmed($0.text)) }
      return trimmed(found.map(\.text).joined())
    }
    let text = try withErrors {
      try noGrad {
        let features = try extractor(Tensor(samples))
        return try trimmed(
          tokenizer.decode(tokens(features, opening(features, language, translates), nil), skipsSpecialTokens: true))
      }
    }
    _ = onPiece(text)
    return text
  }

  /// The tokens in front of what is written: the start, the language and the task.
  func opening(_ features: Tensor, _ language: String?, _ translates: Bool) throws -> [Int] {
    let start = try number("<|startoftranscript|>")
    guard isMultilingual else { return [start] }
    return [
      start, try language.map { try number("<|\($0)|>") } ?? spokenLanguage(features, start),
      try number(translates ? "<|translate|>" : "<|transcribe|>"),
    ]
  }

  /// The tokens that are written for features `[1, bands, frames]` of 30 seconds, with times where there are rules for these.
  func tokens(_ features: Tensor, _ opening: [Int], _ rules: TimestampRules?) throws -> [Int] {
    var inputs = ModelInputs()
    inputs.inputFeatures = features
    let prompt = try rules == nil ? opening + [number("<|notimestamps|>")] : opening
    inputs.decoderInputIds = Tensor([prompt], dtype: .int64)
    var options = configuration
    options.decoderStartTokenIds = [prompt[0]]
    options.eosTokenIds = [try number("<|endoftext|>")]
    options.padTokenId = options.eosTokenIds[0]
    options.maxLength = nil
    options.maxNewTokens = 224
    let output = try model.generate(inputs, options, GenerationExtras(processors: rules.map { [$0] } ?? []))
    return output.newTokens.first ?? []
  }

  /// The language whose token the model thinks the likeliest.
  private func spokenLanguage(_ features: Tensor, _ start: Int) throws -> Int {
    var inputs = ModelInputs()
    inputs.inputFeatures = features
    inputs.decoderInputIds = Tensor([[start]], dtype: .int64)
    let first = try number("<|en|>")
    let last = try number("<|translate|>")
    guard last > first, let logits = model(inputs).logits, logits.size(-1) > last else { return first }
    return first + logits.reshape([-1]).narrow(0, first, last - first).argmax(0).item()
  }

  func number(_ token: String) throws -> Int {
    guard let number = tokenizer.tokenToId(token) else {
      throw TensorError(.format, tokenizer.path, "the token \(token) is not in the vocabulary")
    }
    return number
  }
}
