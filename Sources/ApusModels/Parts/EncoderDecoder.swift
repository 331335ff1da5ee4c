import ApusCore
import ApusFunctional

/// What a decoder beside an encoder keeps: keys and values of its own positions, which grow, and those of the encoder's, which are
/// computed once.
public final class EncoderDecoderCache: AttentionCache, @unchecked Sendable {
  // One decoding at a time uses a cache.
  private let own: KeyValueCache
  private var encoded: [Int: (keys: Tensor, values: Tensor)] = [:]

  /// An empty cache.
  /// - Parameter capacity: how many positions of the decoder it holds before it grows.
  public init(capacity: Int? = nil) { own = KeyValueCache(capacity: capacity) }

  public var length: Int { own.length }

  public func update(_ keys: Tensor, _ values: Tensor, layer: Int, window: Int?) -> (keys: Tensor, values: Tensor) {
    own.update(keys, values, layer: layer, window: window)
  }

  /// The encoder's keys and values for a layer: what `make` gives the first time.
  func encoded(
    layer: Int, _ make: () -> (keys: Tensor, values: Tensor)
  ) -> (keys: Tensor, values: Tensor) {
    if let known = encoded[layer] { return known }
    let (keys, values) = make()
    // Each step reads all of them.
    let made = (keys: keys.contiguous(), values: values.contiguous())
    encoded[layer] = made
    return made
  }

  public func reorder(_ rows: [Int]) {
    own.reorder(rows)
    guard let count = encoded.values.first?.keys.size(0), rows != Array(0..<count) else { return }
    let index = Tensor(rows.map { Int64($0) })
    for (layer, seen) in encoded {
      encoded[layer] = (seen.keys.indexSelect(0, index), seen.values.indexSelect(0, index))
    }
  }

  public func truncate(to length: Int) { own.truncate(to: length) }
  public func canGoBack(to length: Int) -> Bool { own.canGoBack(to: length) }
}

extension AttentionCore {
  /// A decoder's attention to the positions so far, of which `key` and `value` are the new ones.
  func decode(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: AttentionMask, _ cache: (any AttentionCache)?, layer: Int,
    _ weights: inout [Tensor]?, isTraining: Bool
  ) -> Tensor {
    var seen = (keys: key.splitHeads(width: width), values: value.splitHeads(width: width))
    if let cache { seen = cache.update(seen.keys, seen.values, layer: layer, window: nil) }
    return attend(query, seen, mask, &weights, isTraining: isTraining)
  }

  /// A decoder's attention to the encoder.
  /// - Parameter project: keys and values `[batch, length, features]` of what the encoder gave; not asked where a cache has them.
  func cross(
    _ query: Tensor, _ mask: AttentionMask, _ cache: (any AttentionCache)?, layer: Int, _ weights: inout [Tensor]?,
    isTraining: Bool, _ project: () -> (Tensor, Tensor)
  ) -> Tensor {
    func make() -> (keys: Tensor, values: Tensor) {
      let (keys, values) = project()
      return (keys.splitHeads(width: width), values.splitHeads(width: width))
    }
    let seen = (cache as? EncoderDecoderCache)?.encoded(layer: layer, make) ?? make()
    return attend(query, seen, mask, &weights, isTraining: isTraining)
  }
}

/// What the two halves of a model gave.
struct EncoderDecoderTrace {
  var encoded: Tensor
  var encoder: LayerTrace
  var decoder: LayerTrace
  var last: Tensor

  /// The output of a model without a head.
  var output: ModelOutput {
    var output = ModelOutput()
    output.lastHiddenState = last
    output.encoderLastHiddenState = encoded
    output.encoderHiddenStates = encoder.states(endingWith: encoded)
    output.encoderAttentions = encoder.attentions
    output.decoderHiddenStates = decoder.states(endingWith: last)
    output.decoderAttentions = decoder.attentions
    output.crossAttentions = decoder.crossAttentions
    return output
  }
}

extension ModelInputs {
  /// The inputs of the decoder alone, under the names of a model without an encoder.
  var ofDecoder: ModelInputs {
    var inputs = self
    (inputs.inputIds, inputs.inputsEmbeds) = (decoderInputIds, decoderInputsEmbeds)
    (inputs.attentionMask, inputs.positionIds) = (decoderAttentionMask, decoderPositionIds)
    return inputs
  }

  /// Where the decoder has nothing to start with: `tokens` (labels or the encoder's) moved to the right by one, behind `start`; -100
  /// becomes padding.
  func shifted(_ tokens: Tensor?, start: Int, padding: Int) -> ModelInputs {
    guard decoderInputIds == nil, decoderInputsEmbeds == nil, let tokens, tokens.rank == 2 else { return self }
    var result = self
    let first = Tensor.full([tokens.size(0), 1], Double(start), dtype: .int64)
    let others = tokens.narrow(1, 0, max(0, tokens.size(1) - 1)).to(.int64)
    result.decoderInputIds = cat([first, others.maskedFill(others.eq(-100), Double(padding))], dim: 1)
    return result
  }
}

extension Tensor {
  /// The states `[batch, length, features]` at the last place of each row where `tokens` `[batch, length]` is `token`; those of
  /// the last place where there is none.
  func atLast(_ token: Int, of tokens: Tensor) -> Tensor {
    let length = tokens.size(1)
    let places = `where`(tokens.eq(token), arange(length), Tensor.full([], -1, dtype: .int64)).amax([1])
    let last = `where`(places.lt(0), Tensor.full([], Double(length - 1), dtype: .int64), places)
    return gather(1, last.reshape([-1, 1, 1]).expand([size(0), 1, size(2)])).squeeze(1)
  }
}

/// Names of the one table of tokens that both halves use.
let sharedTokenTables = [
  "encoder.embed_tokens.weight": "shared.weight", "decoder.embed_tokens.weight": "shared.weight",
]
