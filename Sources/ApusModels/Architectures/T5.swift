import ApusCore
import ApusFunctional
import ApusNN

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a configuration of T5 says.
struct T5Configuration {
  let features, headWidth, inner, layers, decoderLayers, heads, vocabulary: Int
  let buckets, farthest: Int
  let eps, dropout: Double
  let activation: Activation
  let isGated, scalesOutputs: Bool
  let start, padding: Int
  let end: Int

  init(_ configuration: ModelConfiguration) throws(TensorError) {
    features = try configuration.width("d_model", default: 512)
    headWidth = try configuration.size("d_kv", default: 64)
    inner = try configuration.size("d_ff", default: 2048)
    layers = try configuration.layers("num_layers", default: 6)
    decoderLayers = try configuration.layers("num_decoder_layers", default: layers)
    heads = try configuration.size("num_heads", default: 8)
    vocabulary = try configuration.vocabulary(default: 32128)
    buckets = try configuration.int("relative_attention_num_buckets", default: 32, in: 4...4096)
    farthest = try configuration.int("relative_attention_max_distance", default: 128, in: 1...(1 << 20))
    guard farthest > buckets / 2 else {
      throw configuration.wrong("relative_attention_max_distance", "more than half of relative_attention_num_buckets")
    }
    eps = try configuration.double("layer_norm_epsilon", default: 1e-6)
    dropout = try configuration.probability("dropout_rate", default: 0.1)
    let words = try configuration.string("feed_forward_proj", default: "relu").split(separator: "-").map(String.init)
    guard let name = words.last, words.count == 1 || (words.count == 2 && words[0] == "gated"),
      let activation = Activation(words == ["gated", "gelu"] ? "gelu_new" : name)
    else { throw configuration.unsupported("feed_forward_proj", "a function (relu) or a gated one (gated-gelu)") }
    self.activation = activation
    isGated = words.count == 2
    // The first T5 scales what its head gets; later ones say that they do not by a head of their own.
    let isTied = try configuration.bool("tie_word_embeddings", default: true)
    scalesOutputs = try configuration.bool("scale_decoder_outputs", default: isTied)
    padding = try configuration.paddingToken(default: 0) ?? 0
    start = try configuration.int("decoder_start_token_id", default: padding)
    end = try configuration.firstInt("eos_token_id", default: 1)
  }
}

/// Attention whose scores are not scaled, and to which a number for each distance between query and key is added.
public final class T5Attention: Module {
  public let state = ModuleState()
  let q, k, v, o: Projection
  /// `[buckets, heads]`, in the first layer alone, for all.
  public let relativeAttentionBias: TokenEmbedding?
  let core: AttentionCore
  private let buckets, farthest: Int
  private let isBidirectional: Bool

  init(_ c: T5Configuration, hasBias: Bool, isBidirectional: Bool) {
    let inner = c.heads * c.headWidth
    q = Projection(c.features, inner)
    k = Projection(c.features, inner)
    v = Projection(c.features, inner)
    o = Projection(inner, c.features)
    relativeAttentionBias = hasBias ? TokenEmbedding(c.buckets, c.heads) : nil
    core = AttentionCore(heads: c.heads, features: inner, scale: 1, dropout: c.dropout)
    (buckets, farthest, self.isBidirectional) = (c.buckets, c.farthest, isBidirectional)
  }

  /// What is added to the scores of queries from `position` on, `[1, heads, queries, keys]`.
  func bias(queries: Int, keys: Int, position: Int) -> Tensor? {
    guard let relativeAttentionBias else { return nil }
    // The bucket of every distance once; rows of the matrix are pieces of it.
    let known = (0..<max(0, keys + queries - 1)).map { bucket($0 - position - queries + 1) }
    var numbers: [Int64] = []
    numbers.reserveCapacity(queries * keys)
    for query in 0..<queries {
      let first = queries - 1 - query
      numbers += known[first..<first + keys]
    }
    return relativeAttentionBias(Tensor(numbers).reshape([queries, keys])).permute([2, 0, 1]).unsqueeze(0)
  }

  /// The bucket of a key that is `distance` positions behind the query: one for each small distance, then ever wider ones.
  private func bucket(_ distance: Int) -> Int64 {
    let count = isBidirectional ? buckets / 2 : buckets
    let first = isBidirectional && distance > 0 ? count : 0
    let away = isBidirectional ? abs(distance) : max(0, -distance)
    let exact = count / 2
    if away < exact { return Int64(first + away) }
    let share = logf(Float(away) / Float(exact)) / Float(log(Double(farthest) / Double(exact)))
    return Int64(first + min(exact + Int(share * Float(count - exact)), count - 1))
  }
}

/// Attention of a stack's positions to each other, on normalised states, added to them.
public final class T5SelfAttentionLayer: Module {
  public let state = ModuleState()
  let attention: T5Attention
  let layerNorm: RootMeanSquareNorm
  public static let stateNames = ["attention": "SelfAttention"]

  init(_ c: T5Configuration, hasBias: Bool, isBidirectional: Bool) {
    attention = T5Attention(c, hasBias: hasBias, isBidirectional: isBidirectional)
    layerNorm = RootMeanSquareNorm(c.features, eps: c.eps)
  }
}

/// Attention of the decoder to the encoder, likewise.
public final class T5CrossAttentionLayer: Module {
  public let state = ModuleState()
  let attention: T5Attention
  let layerNorm: RootMeanSquareNorm
  public static let stateNames = ["attention": "EncDecAttention"]

  init(_ c: T5Configuration) {
    attention = T5Attention(c, hasBias: false, isBidirectional: true)
    layerNorm = RootMeanSquareNorm(c.features, eps: c.eps)
  }
}

/// `wo(act(wi(x)))`, or with a gate `wo(act(wi_0(x)) * wi_1(x))`, of normalised states.
public final class T5FeedForward: Layer {
  public let state = ModuleState()
  let wi, gate, up: Projection?
  let wo: Projection
  let layerNorm: RootMeanSquareNorm
  let dropout: Dropout
  private let activation: Activation
  public static let stateNames = [
    "wi": "DenseReluDense.wi", "gate": "DenseReluDense.wi_0", "up": "DenseReluDense.wi_1", "wo": "DenseReluDense.wo",
  ]

  init(_ c: T5Configuration) {
    wi = c.isGated ? nil : Projection(c.features, c.inner)
    gate = c.isGated ? Projection(c.features, c.inner) : nil
    up = c.isGated ? Projection(c.features, c.inner) : nil
    wo = Projection(c.inner, c.features)
    layerNorm = RootMeanSquareNorm(c.features, eps: c.eps)
    dropout = Dropout(p: c.dropout)
    activation = c.activation
  }

  public func forward(_ x: Tensor) -> Tensor {
    let normed = layerNorm(x)
    var inner = normed
    if let wi {
      inner = activation(wi(normed))
    } else if let gate, let up {
      inner = activation(gate(normed)) * up(normed)
    }
    return x + dropout(wo(dropout(inner)))
  }
}

/// One layer of the encoder, or of the decoder.
public final class T5Block: Module {
  public let state = ModuleState()
  let selfAttention: T5SelfAttentionLayer
  let crossAttention: T5CrossAttentionLayer?
  /// Behind the attention: at place 1 in the encoder, at place 2 in the decoder.
  public let encoderFeedForward, decoderFeedForward: T5FeedForward?
  let dropout: Dropout
  private let layer: Int
  public static let stateNames = [
    "selfAttention": "layer.0", "crossAttention": "layer.1", "encoderFeedForward": "layer.1",
    "decoderFeedForward": "layer.2",
  ]

  init(_ c: T5Configuration, layer: Int, isDecoder: Bool) {
    selfAttention = T5SelfAttentionLayer(c, hasBias: layer == 0, isBidirectional: !isDecoder)
    crossAttention = isDecoder ? T5CrossAttentionLayer(c) : nil
    encoderFeedForward = isDecoder ? nil : T5FeedForward(c)
    decoderFeedForward = isDecoder ? T5FeedForward(c) : nil
    dropout = Dropout(p: c.dropout)
    self.layer = layer
  }

  func forward(
    _ x: Tensor, _ mask: AttentionMask, encoded: Tensor?, _ encodedMask: AttentionMask, _ cache: (any AttentionCache)?,
    _ trace: inout LayerTrace
  ) -> Tensor {
    let own = selfAttention.attention
    let normed = selfAttention.layerNorm(x)
    var x =
      x
      + dropout(
        own.o(
          own.core.decode(
            own.q(normed), own.k(normed), own.v(normed), mask, cache, layer: layer, &trace.attentions,
            isTraining: isTraining)))
    if let encoded, let crossAttention {
      let other = crossAttention.attention
      let seen = other.core.cross(
        other.q(crossAttention.layerNorm(x)), encodedMask, cache, layer: layer, &trace.crossAttentions,
        isTraining: isTraining
      ) { (other.k(encoded), other.v(encoded)) }
      x = x + dropout(other.o(seen))
    }
    return encoderFeedForward?(x) ?? decoderFeedForward?(x) ?? x
  }
}

/// The encoder, or the decoder.
public final class T5Stack: Module {
  public let state = ModuleState()
  let embedTokens: TokenEmbedding
  let block: [T5Block]
  let finalLayerNorm: RootMeanSquareNorm
  let dropout: Dropout
  private let isDecoder: Bool

  init(_ c: T5Configuration, _ tokens: TokenEmbedding, isDecoder: Bool) {
    embedTokens = tokens
    block = (0..<(isDecoder ? c.decoderLayers : c.layers)).map { T5Block(c, layer: $0, isDecoder: isDecoder) }
    finalLayerNorm = RootMeanSquareNorm(c.features, eps: c.eps)
    dropout = Dropout(p: c.dropout)
    self.isDecoder = isDecoder
  }

  /// - Parameter encodedMask: which of the encoder's positions are no padding.
  func forward(
    _ inputs: ModelInputs, encoded: Tensor? = nil, encodedMask: Tensor? = nil, _ trace: inout LayerTrace
  ) -> Tensor {
    guard let embedded = inputs.inputsEmbeds ?? inputs.inputIds.map({ embedTokens($0) }) else {
      let names = isDecoder ? "decoderInputIds, decoderInputsEmbeds or labels" : "inputIds or inputsEmbeds"
      return fail(TensorError(.value, "T5", "needs \(names)"))
    }
    let length = embedded.size(1)
    let cache = isDecoder ? inputs.cache as? any AttentionCache : nil
    let seen = cache?.length ?? 0
    var mask =
      isDecoder ? CausalMasks(inputs, length: length).mask(window: nil) : AttentionMask.padding(inputs.attentionMask)
    if let bias = block.first?.selfAttention.attention.bias(queries: length, keys: seen + length, position: seen) {
      // What sees nothing weighs all keys alike, however far they are.
      let added = mask.seeing.map { bias * $0 } ?? bias
      mask.bias = mask.spelled(queries: length, keys: seen + length).map { added + $0 } ?? added
    }
    let other = AttentionMask.padding(encodedMask)
    var x = dropout(embedded)
    trace.add(x)
    for layer in block {
      x = callModule(layer, x) { layer.forward($0, mask, encoded: encoded, other, cache, &trace) }
      trace.add(x)
    }
    return dropout(finalLayerNorm(x))
  }
}

/// Both halves of T5, which every head stands on.
struct T5Halves {
  let shared: TokenEmbedding
  let encoder, decoder: T5Stack

  init(_ c: T5Configuration) {
    shared = TokenEmbedding(c.vocabulary, c.features)
    encoder = T5Stack(c, shared, isDecoder: false)
    decoder = T5Stack(c, shared, isDecoder: true)
  }

  func run(_ inputs: ModelInputs) -> EncoderDecoderTrace { run(encoder, decoder, inputs) }

  func run(_ encoder: T5Stack, _ decoder: T5Stack, _ inputs: ModelInputs) -> EncoderDecoderTrace {
    var (first, second) = (LayerTrace(inputs), LayerTrace(inputs))
    let encoded = inputs.encoderOutput ?? encoder.forward(inputs, &first)
    let last = decoder.forward(inputs.ofDecoder, encoded: encoded, encodedMask: inputs.attentionMask, &second)
    return EncoderDecoderTrace(encoded: encoded, encoder: first, decoder: second, last: last)
  }
}
