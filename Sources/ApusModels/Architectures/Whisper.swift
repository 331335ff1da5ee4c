import ApusCore
import ApusFunctional
import ApusNN

/// What a configuration of Whisper says.
struct WhisperConfiguration {
  var encoder, decoder: HalfConfiguration
  let features, vocabulary, bands: Int
  /// How many positions a window of sound has, half as many as columns of its spectrogram; and a transcript at most.
  let soundPositions, textPositions: Int
  let padding, start: Int
  let isTied: Bool

  init(_ configuration: ModelConfiguration) throws(TensorError) {
    let configuration = configuration.withDefaults(["d_model": .int(384), "dropout": .int(0)])
    encoder = try HalfConfiguration(configuration, "encoder", defaults: (6, 1536, 4))
    decoder = try HalfConfiguration(configuration, "decoder", defaults: (6, 1536, 4))
    (encoder.isPreNorm, encoder.hasKeyBias) = (true, false)
    (decoder.isPreNorm, decoder.hasKeyBias) = (true, false)
    features = encoder.features
    vocabulary = try configuration.vocabulary(default: 51865)
    bands = try configuration.width("num_mel_bins", default: 80, most: 1 << 10)
    soundPositions = try configuration.size("max_source_positions", default: 1500)
    textPositions = try configuration.size("max_target_positions", default: 448)
    padding = try configuration.paddingToken(default: 50256) ?? 50256
    start = try configuration.int("decoder_start_token_id", default: 50257)
    isTied = try configuration.bool("tie_word_embeddings", default: true)
  }
}

/// The half that listens: two convolutions make positions of a spectrogram, layers look at all of them.
public final class WhisperEncoder: Module {
  public let state = ModuleState()
  let conv1, conv2: Conv1d
  /// Sines and cosines of ever lower frequencies.
  public let embedPositions: TokenEmbedding
  let layers: [BartLayer]
  let layerNorm: LayerNorm
  let dropout: Dropout
  private let positions, bands: Int

  init(_ c: WhisperConfiguration) {
    conv1 = Conv1d(inChannels: c.bands, outChannels: c.features, kernelSize: 3, padding: 1)
    conv2 = Conv1d(inChannels: c.features, outChannels: c.features, kernelSize: 3, stride: 2, padding: 1)
    embedPositions = TokenEmbedding(c.soundPositions, c.features)
    layers = (0..<c.encoder.layers).map { BartLayer(c.encoder, layer: $0, isDecoder: false) }
    layerNorm = LayerNorm(normalizedShape: c.features)
    dropout = Dropout(p: c.encoder.dropout)
    (positions, bands) = (c.soundPositions, c.bands)
  }

  /// - Parameter sound: the spectrogram of a window, `[batch, bands, 2 * positions]`.
  func forward(_ sound: Tensor, _ trace: inout LayerTrace) -> Tensor {
    guard sound.rank == 3, sound.size(1) == bands, sound.size(2) == 2 * positions else {
      return fail(
        TensorError(
          .shape, "Whisper", "needs inputFeatures [batch, \(bands), \(2 * positions)], and found \(sound.shape)"))
    }
    let heard = conv2(conv1(sound).gelu()).gelu().transpose(1, 2)
    var x = dropout(heard + embedPositions(arange(positions)))
    trace.add(x)
    for layer in layers {
      x = callModule(layer, x) { layer.forward($0, AttentionMask(), trace: &trace) }
      trace.add(x)
    }
    return layerNorm(x)
  }
}

/// The half that writes.
public final class WhisperDecoder: Module {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let embedPositions: TokenEmbedding
  let layers: [BartLayer]
  let layerNorm: LayerNorm
  let dropout: Dropout

  init(_ c: WhisperConfiguration) {
    embedTokens = TokenEmbedding(c.vocabulary, c.features, paddingIndex: c.padding)
    embedPositions = TokenEmbedding(c.textPositions, c.features)
    layers = (0..<c.decoder.layers).map { BartLayer(c.decoder, layer: $0, isDecoder: true) }
    layerNorm = LayerNorm(normalizedShape: c.features)
    dropout = Dropout(p: c.decoder.dropout)
  }

  func forward(_ inputs: ModelInputs, encoded: Tensor?, _ trace: inout LayerTrace) -> Tensor {
    guard let embedded = inputs.inputsEmbeds ?? inputs.inputIds.map({ embedTokens($0) }) else {
      return fail(TensorError(.value, "Whisper", "needs decoderInputIds, decoderInputsEmbeds or labels"))
    }
    let length = embedded.size(1)
    let cache = inputs.cache as? any AttentionCache
    let seen = cache?.length ?? 0
    var masked = inputs
    masked.positionIds = nil
    let mask = CausalMasks(masked, length: length).mask(window: nil)
    var x = dropout(embedded + embedPositions(inputs.positionIds ?? arange(seen, seen + length)))
    trace.add(x)
    for layer in layers {
      x = callModule(layer, x) { layer.forward($0, mask, encoded: encoded, AttentionMask(), cache, trace: &trace) }
      trace.add(x)
    }
    return layerNorm(x)
  }
}

/// Whisper: speech to text with an encoder and a decoder (Radford et al., 2022, arXiv:2212.04356), without a head.
public final class WhisperModel: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let encoder: WhisperEncoder
  let decoder: WhisperDecoder
  let c: WhisperConfiguration

  public static let baseModelPrefix = "model"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    c = try WhisperConfiguration(configuration)
    self.configuration = configuration
    encoder = WhisperEncoder(c)
    decoder = WhisperDecoder(c)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var (first, second) = (LayerTrace(inputs), LayerTrace(inputs))
    guard let encoded = inputs.encoderOutput ?? inputs.inputFeatures.map({ encoder.forward($0, &first) }) else {
      return .failed("Whisper", "needs inputFeatures or encoderOutput")
    }
    let last = decoder.forward(inputs.ofDecoder, encoded: encoded, &second)
    return EncoderDecoderTrace(encoded: encoded, encoder: first, decoder: second, last: last).output
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { EncoderDecoderCache(capacity: capacity) }
}

/// Whisper that writes what it hears.
public final class WhisperForConditionalGeneration: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: WhisperModel
  let projOut: Projection

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try WhisperModel(configuration)
    projOut =
      base.c.isTied
      ? Projection(tiedTo: base.decoder.embedTokens) : Projection(base.c.features, base.c.vocabulary)
  }

  func prepared(_ inputs: ModelInputs) -> ModelInputs {
    inputs.shifted(inputs.labels, start: base.c.start, padding: base.c.padding)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    output.setTokens(projOut(states.lastPositions(inputs.logitsToKeep)), inputs.labels)
  }

  /// What the encoder makes of a spectrogram, for ``ModelInputs/encoderOutput``.
  public func encode(_ sound: Tensor) -> Tensor {
    var trace = LayerTrace(ModelInputs())
    return base.encoder.forward(sound, &trace)
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { base.makeCache(capacity: capacity) }
}

/// Whisper's encoder with a label for each window of sound: languages, commands.
public final class WhisperForAudioClassification: PretrainedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let encoder: WhisperEncoder
  /// How much each layer's states count, before a softmax.
  public let layerWeights: Tensor?
  let projector: Projection
  let classifier: Projection

  public static let baseModelPrefix = "model"

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    let c = try WhisperConfiguration(configuration)
    self.configuration = configuration
    encoder = WhisperEncoder(c)
    let weighs = try configuration.bool("use_weighted_layer_sum", default: false)
    let count = c.encoder.layers + 1
    layerWeights = weighs ? parameter(Tensor.full([count], 1 / Double(count))) : nil
    let inner = try configuration.width("classifier_proj_size", default: 256)
    projector = Projection(c.features, inner, bias: true)
    classifier = Projection(inner, try configuration.labelCount(), bias: true)
  }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var asked = inputs
    if layerWeights != nil { asked.outputHiddenStates = true }
    var trace = LayerTrace(asked)
    guard let last = inputs.encoderOutput ?? inputs.inputFeatures.map({ encoder.forward($0, &trace) }) else {
      return .failed("Whisper", "needs inputFeatures or encoderOutput")
    }
    var output = trace.output(last)
    var states = last
    if let layerWeights, let all = output.hiddenStates, all.count == layerWeights.size(0) {
      states = (stack(all, dim: 1) * layerWeights.softmax(-1).reshape([-1, 1, 1])).sum(1)
    }
    output.setTokens(classifier(projector(states).mean(1)), inputs.labels)
    return output
  }
}
