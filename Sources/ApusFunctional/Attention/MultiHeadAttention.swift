import ApusCore

// Attention of several heads with its projections (Vaswani et al., 2017).

/// Attention of several heads: queries, keys and values are projected, taken apart into `numHeads` parts of their features, attend
/// each for itself and are projected back together. PyTorch's `nn.functional.multi_head_attention_forward`; the layer
/// `MultiheadAttention` holds the parameters.
///
/// - Parameters:
///   - query: `[L, N, E]`, or `[L, E]` without a batch; key and value: `[S, N, E]` or `[S, E]`, of other widths where
///     `useSeparateProjWeight`.
///   - embedDimToCheck: E, which the width of the query must be; `numHeads` must divide it.
///   - inProjWeight: `[3 E, E]`, the projections of query, key and value below each other; with `useSeparateProjWeight` nil, and
///     `qProjWeight` `[E, E]`, `kProjWeight` `[E, width of key]` and `vProjWeight` `[E, width of value]` are given.
///   - inProjBias: `[3 E]`, or nil.
///   - biasK: with `biasV` of E elements, both or none: a key and a value that are added to each sequence.
///   - addZeroAttn: whether a key and a value of zeros are added.
///   - dropoutP: the probability that a weight of attention is dropped, where `training`.
///   - outProjWeight: `[E, E]`; outProjBias: `[E]` or nil.
///   - keyPaddingMask: `[N, S]` or `[S]`: bool with true where a key is left out, or floating point, added to the scores.
///   - needWeights: whether the weights of attention are wanted, which keeps the fast way from being taken. A query that sees no key
///     gives NaN then, and zeros otherwise.
///   - attnMask: `[L, S]` or `[N numHeads, L, S]`: bool with true where a query does not see a key, or floating point, added.
///   - staticK: `[N numHeads, S, E / numHeads]`, in place of the projected keys; `staticV` likewise.
///   - averageAttnWeights: whether the weights are the mean of those of the heads.
///   - isCausal: says that `attnMask`, which is needed, is the causal one, so that it need not be read.
/// - Returns: the result, of the shape of the query, and where they are wanted the weights: `[N, L, S]` or `[L, S]`, with
///   a dimension of `numHeads` before L where they are not averaged.
public func multiHeadAttentionForward(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?,
  _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double,
  _ outProjWeight: Tensor, _ outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil,
  needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil,
  kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil,
  averageAttnWeights: Bool = true, isCausal: Bool = false
) -> (Tensor, Tensor?) {
  let heads = AttentionHeads(
    width: embedDimToCheck, count: numHeads,
    inProjections: useSeparateProjWeight
      ? .separate(qProjWeight, kProjWeight, vProjWeight) : .packed(inProjWeight),
    inBias: inProjBias, outWeight: outProjWeight, outBias: outProjBias, biasK: biasK, biasV: biasV,
    addsZeros: addZeroAttn, staticK: staticK, staticV: staticV, dropoutP: training ? dropoutP : 0)
  return heads(
    query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
    averageAttnWeights: averageAttnWeights, isCausal: isCausal)
}

/// The parameters and settings of an attention of several heads.
package struct AttentionHeads {
  /// The weights of the projections of query, key and value.
  package enum InProjections {
    /// `[3 E, E]`, below each other.
    case packed(Tensor?)
    case separate(Tensor?, Tensor?, Tensor?)
  }

  /// E, the number of features of a query.
  let width: Int
  let count: Int
  let inProjections: InProjections
  let inBias: Tensor?
  let outWeight: Tensor
  let outBias: Tensor?
  /// What is added to each sequence of keys and of values.
  let biasK: Tensor?
  let biasV: Tensor?
  let addsZeros: Bool
  /// What stands in place of the projected keys and values.
  let staticK: Tensor?
  let staticV: Tensor?
  let dropoutP: Double
  /// Whether batches are `[N, L, E]`; `[L, N, E]` otherwise.
  let isBatchFirst: Bool

  package init(
    width: Int, count: Int, inProjections: InProjections, inBias: Tensor?, outWeight: Tensor, outBias: Tensor?,
    biasK: Tensor?, biasV: Tensor?, addsZeros: Bool, staticK: Tensor? = nil, staticV: Tensor? = nil, dropoutP: Double,
    isBatchFirst: Bool = false
  ) {
    (self.width, self.count, self.inProjections, self.inBias) = (width, count, inProjections, inBias)
    (self.outWeight, self.outBias, self.biasK, self.biasV) = (outWeight, outBias, biasK, biasV)
    (self.addsZeros, self.staticK, self.staticV) = (addsZeros, staticK, staticV)
    (self.dropoutP, self.isBatchFirst) = (dropoutP, isBatchFirst)
  }

  /// The result and, where they are wanted, the weights: see ``multiHeadAttentionForward``.
  package func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, keyPaddingMask: Tensor?, needWeights: Bool, attnMask: Tensor?,
    averageAttnWeights: Bool, isCausal: Bool
  ) -> (Tensor, Tensor?) {
    let (result, weights) = attempt(query, key, value, keyPaddingMask, attnMask) {
      () throws(TensorError) -> (Tensor, Tensor) in
      let masks = AttentionMasks(
        padding: keyPaddingMask, pairs: attnMask, isCausal: isCausal, needWeights: needWeights)
      try checkShapes(query, key, value, masks)
      try masks.checkTypes(query.dtype)
      let isBatched = query.rank == 3
      let (result, weights) = try attend(
        isBatched ? query : query.unsqueeze(1), isBatched ? key : key.unsqueeze(1),
        isBatched ? value : value.unsqueeze(1), isBatched ? masks : masks.batched,
        isBatchFirst: isBatched && isBatchFirst, needWeights)
      let averaged = averageAttnWeights ? weights?.mean(1) : weights
      return isBatched
        ? (result, averaged ?? result) : (result.squeeze([1]), averaged?.squeeze([0]) ?? result)
    }
    return (result, needWeights ? weights : nil)
  }

  // MARK: Checks

  private func checkShapes(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ masks: AttentionMasks
  ) throws(TensorError) {
    guard query.rank == 2 || query.rank == 3 else {
      throw wrong("query should be unbatched 2D or batched 3D tensor but received \(query.rank)-D query tensor")
    }
    let kind = query.rank == 3 ? "For batched (3-D) `query`" : "For unbatched (2-D) `query`"
    guard key.rank == query.rank, value.rank == query.rank else {
      throw wrong(
        "\(kind), expected `key` and `value` to be \(query.rank)-D but found \(key.rank)-D and \(value.rank)-D tensors "
          + "respectively")
    }
    if let padding = masks.padding, padding.rank != query.rank - 1 {
      throw wrong(
        "\(kind), expected `keyPaddingMask` to be nil or \(query.rank - 1)-D but found \(padding.rank)-D tensor instead"
      )
    }
    if let pairs = masks.pairs, pairs.rank != 2, pairs.rank != 3 {
      throw wrong("\(kind), expected `attnMask` to be nil, 2-D or 3-D but found \(pairs.rank)-D tensor instead")
    }
    guard query.size(-1) == width else {
      throw wrong("was expecting embedding dimension of \(width), but got \(query.size(-1)): query is \(query.shape)")
    }
    guard count > 0, width % count == 0, width > 0 || count == 1 else {
      throw TensorError(.value, attentionName, "embedDim \(width) not divisible by numHeads \(count)")
    }
    switch inProjections {
    case .packed:
      guard key.shape == value.shape else {
        throw wrong("key shape \(key.shape) does not match value shape \(value.shape)")
      }
    case .separate:
      guard key.shape.dropLast() == value.shape.dropLast() else {
        throw wrong(
          "key's sequence and batch dims \(Array(key.shape.dropLast())) do not match value's "
            + "\(Array(value.shape.dropLast()))")
      }
    }
    let batch = isBatchFirst ? 0 : 1
    if query.rank == 3, query.shape[batch] != key.shape[batch] {
      throw wrong(
        "the batches of query and key differ: \(query.shape[batch]) and \(key.shape[batch]) in \(query.shape) and "
          + "\(key.shape)\(isBatchFirst ? "" : "; sequences come first unless batchFirst is true")")
    }
  }

  private func wrong(_ message: String) -> TensorError { TensorError(.shape, attentionName, message) }

  // MARK: Computing

  /// The features of the heads that the weights are of: all, or those of some heads, which is what a process has of an attention
  /// whose heads are divided.
  private var ownWidth: Int {
    guard !outWeight.hasFailed, outWeight.rank == 2, count > 0, width >= count else { return width }
    let own = outWeight.shape[1]
    return own > 0 && own < width && own % (width / count) == 0 ? own : width
  }

  /// How many heads these are.
  private var ownCount: Int { width >= count && count > 0 ? ownWidth / (width / count) : count }

  /// The result and the weights of all heads `[N, H, L, S]` for a batch.
  private func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ masks: AttentionMasks, isBatchFirst: Bool, _ needWeights: Bool
  ) throws(TensorError) -> (Tensor, Tensor?) {
    let (sequence, batch) = isBatchFirst ? (1, 0) : (0, 1)
    let count = ownCount
    let (length, samples, keys) = (query.shape[sequence], query.shape[batch], key.shape[sequence])
    try masks.checkPairs([length, keys], samples: samples, heads: count)
    var masks = masks

    let (qWeight, kWeight, vWeight) = try inWeights(query, key, value)
    let biases = try inBiases()
    let q = apart(linear(query, qWeight, biases?[0]), isBatchFirst)
    var k = linear(key, kWeight, biases?[1])
    var v = linear(value, vWeight, biases?[2])
    let width = ownWidth
    if let bias = try extraPair() {
      k = cat([k, bias.key.expand(isBatchFirst ? [samples, 1, width] : [1, samples, width])], dim: sequence)
      v = cat([v, bias.value.expand(isBatchFirst ? [samples, 1, width] : [1, samples, width])], dim: sequence)
      masks = masks.withAnotherKey()
    }
    k = try fixed(staticK, "staticK", samples) ?? apart(k, isBatchFirst)
    v = try fixed(staticV, "staticV", samples) ?? apart(v, isBatchFirst)
    if addsZeros {
      let zeros = Tensor.zeros([samples, count, 1, width / count], dtype: k.dtype)
      k = cat([k, zeros], dim: 2)
      v = cat([v, zeros], dim: 2)
      masks = masks.withAnotherKey()
    }
    if !k.isPoisoned { try masks.checkPadding(samples: samples, keys: k.size(2)) }

    var weights: Tensor?
    let result: Tensor
    if needWeights {
      var scores = matmul(q * (1 / Double(max(1, width / count))).squareRoot(), k.mT)
      if let mask = masks.added(samples: samples, heads: count, q.dtype) { scores = scores + mask }
      var all = softmax(scores, dim: -1)
      if dropoutP > 0 { all = dropout(all, p: dropoutP) }
      result = matmul(all, v)
      weights = all
    } else {
      result = scaledDotProductAttention(
        q, k, v, attnMask: masks.forProduct(samples: samples, heads: count, q.dtype), dropoutP: dropoutP,
        isCausal: masks.isCausalOnly)
    }
    let joined = isBatchFirst ? result.permute(0, 2, 1, 3) : result.permute(2, 0, 1, 3)
    return (linear(joined.reshape(query.shape.dropLast() + [width]), outWeight, outBias), weights)
  }

  /// `[N, L, E]` or `[L, N, E]` as `[N, H, L, E / H]`.
  private func apart(_ x: Tensor, _ isBatchFirst: Bool) -> Tensor {
    if x.hasFailed { return x }
    let heads = x.reshape([x.shape[0], x.shape[1], ownCount, width / count])
    return isBatchFirst ? heads.permute(0, 2, 1, 3) : heads.permute(1, 2, 0, 3)
  }

  private func inWeights(
    _ query: Tensor, _ key: Tensor, _ value: Tensor
  ) throws(TensorError) -> (Tensor, Tensor, Tensor) {
    switch inProjections {
    case .packed(let weight):
      guard let weight else {
        throw TensorError(.value, attentionName, "useSeparateProjWeight is false but inProjWeight is nil")
      }
      let rows = ownWidth.clampedMultiplying(3)
      if weight.hasFailed { return (weight, weight, weight) }
      guard weight.shape == [rows, width] else {
        throw wrong("expecting inProjWeight of shape [\(rows), \(width)], but got \(weight.shape)")
      }
      let parts = weight.chunk(3)
      return (parts[0], parts[1], parts[2])
    case .separate(let q, let k, let v):
      func checked(_ weight: Tensor?, _ name: String, _ input: Tensor) throws(TensorError) -> Tensor {
        guard let weight else {
          throw TensorError(.value, attentionName, "useSeparateProjWeight is true but \(name) is nil")
        }
        guard weight.hasFailed || weight.shape == [ownWidth, input.size(-1)] else {
          throw wrong("expecting \(name) of shape [\(ownWidth), \(input.size(-1))], but got \(weight.shape)")
        }
        return weight
      }
      return try (
        checked(q, "qProjWeight", query), checked(k, "kProjWeight", key), checked(v, "vProjWeight", value)
      )
    }
  }

  private func inBiases() throws(TensorError) -> [Tensor]? {
    guard let inBias else { return nil }
    if inBias.hasFailed { return [inBias, inBias, inBias] }
    guard inBias.shape == [ownWidth.clampedMultiplying(3)] else {
      throw wrong("expecting inProjBias of shape [\(ownWidth.clampedMultiplying(3))], but got \(inBias.shape)")
    }
    return inBias.chunk(3)
  }

  /// The key and the value that are added to each sequence, as `[1, 1, E]`.
  private func extraPair() throws(TensorError) -> (key: Tensor, value: Tensor)? {
    guard biasK != nil || biasV != nil else { return nil }
    guard let biasK, let biasV else {
      throw TensorError(
        .value, attentionName, biasK == nil ? "biasV is set but biasK is nil" : "biasK is set but biasV is nil")
    }
    for (fixed, name) in [(staticK, "key"), (staticV, "value")] where fixed != nil {
      throw TensorError(.value, attentionName, "bias cannot be added to static \(name)")
    }
    for (bias, name) in [(biasK, "biasK"), (biasV, "biasV")] where !bias.hasFailed && bias.count != ownWidth {
      throw wrong("expecting \(ownWidth) elements in \(name), but got \(bias.shape)")
    }
    return (biasK.reshape([1, 1, ownWidth]), biasV.reshape([1, 1, ownWidth]))
  }

  /// `[N H, S, E / H]` as `[N, H, S, E / H]`.
  private func fixed(_ tensor: Tensor?, _ name: String, _ samples: Int) throws(TensorError) -> Tensor? {
    guard let tensor else { return nil }
    if tensor.hasFailed { return tensor }
    guard tensor.rank == 3, tensor.shape[0] == samples.clampedMultiplying(ownCount), tensor.shape[2] == width / count
    else {
      throw wrong(
        "expecting \(name) of shape [\(samples.clampedMultiplying(ownCount)), S, \(width / count)], but got \(tensor.shape)"
      )
    }
    return tensor.reshape([samples, ownCount, tensor.shape[1], tensor.shape[2]])
  }
}

private let attentionName = "multi_head_attention_forward"

/// Which keys a query does not see: for all queries of a sample, and for each pair.
private struct AttentionMasks {
  /// `[N, S]`.
  var padding: Tensor?
  /// `[L, S]` or `[N H, L, S]`.
  var pairs: Tensor?
  /// Whether `pairs` is the causal mask, there is no other one and nobody asks for what it holds.
  let isCausalOnly: Bool

  init(padding: Tensor?, pairs: Tensor?, isCausal: Bool, needWeights: Bool) {
    (self.padding, self.pairs) = (padding, pairs)
    needsPairs = isCausal
    isCausalOnly = isCausal && padding == nil && !needWeights && pairs?.requiresGrad == false
  }
  private let needsPairs: Bool

  func checkTypes(_ type: DType) throws(TensorError) {
    for (mask, name) in [(padding, "keyPaddingMask"), (pairs, "attnMask")] {
      guard let mask else { continue }
      guard mask.dtype == .bool || mask.dtype.isFloatingPoint else {
        throw TensorError(
          .dtype, attentionName, "only bool and floating types of \(name) are supported, and found \(mask.dtype)")
      }
      guard mask.dtype == .bool || mask.dtype == type || mask.dtype == .float32 && type.size < 4 else {
        throw TensorError(
          .dtype, attentionName, "expected \(name) to be bool or of the query's type \(type), but found \(mask.dtype)")
      }
    }
    if let padding, let pairs, padding.dtype != pairs.dtype {
      warn(
        attentionName,
        "Support for mismatched keyPaddingMask and attnMask is deprecated. Use same type for both instead.")
    }
    if needsPairs && pairs == nil {
      throw TensorError(
        .value, attentionName,
        "Need attnMask if specifying the isCausal hint. You may use Transformer.generateSquareSubsequentMask to create "
          + "this mask.")
    }
  }

  func checkPairs(_ shape: [Int], samples: Int, heads: Int) throws(TensorError) {
    guard let pairs else { return }
    let expected = pairs.rank == 2 ? shape : [samples.clampedMultiplying(heads)] + shape
    guard pairs.shape == expected else {
      throw TensorError(
        .shape, attentionName,
        "The shape of the \(pairs.rank)D attnMask is \(pairs.shape), but should be \(expected).")
    }
  }

  func checkPadding(samples: Int, keys: Int) throws(TensorError) {
    guard let padding, !padding.hasFailed, padding.shape != [samples, keys] else { return }
    throw TensorError(
      .shape, attentionName, "Expected keyPaddingMask of shape [\(samples), \(keys)], but got \(padding.shape)")
  }

  /// Those of an input without a batch as of a batch of one.
  var batched: AttentionMasks {
    var masks = self
    masks.padding = padding?.unsqueeze(0)
    return masks
  }

  /// With one more key at the end, which every query sees.
  func withAnotherKey() -> AttentionMasks {
    func wider(_ mask: Tensor?) -> Tensor? {
      guard let mask, !mask.hasFailed else { return mask }
      return cat([mask, Tensor.zeros(mask.shape.dropLast() + [1], dtype: mask.dtype)], dim: -1)
    }
    var masks = self
    (masks.padding, masks.pairs) = (wider(padding), wider(pairs))
    return masks
  }

  /// What is added to the scores `[N, H, L, S]`.
  func added(samples: Int, heads: Int, _ type: DType) -> Tensor? {
    let both = aligned(samples, heads).map { mask in
      guard mask.dtype == .bool else { return mask.to(type) }
      return Tensor.zeros(mask.shape, dtype: type).maskedFill(mask, -Double.infinity)
    }
    return both.count == 2 ? both[0] + both[1] : both.first
  }

  /// The mask as ``scaledDotProductAttention`` takes it: where all are bool, true where a key takes part.
  func forProduct(samples: Int, heads: Int, _ type: DType) -> Tensor? {
    if isCausalOnly { return nil }
    let both = aligned(samples, heads)
    guard both.allSatisfy({ $0.dtype == .bool }) else { return added(samples: samples, heads: heads, type) }
    return both.isEmpty ? nil : (both.count == 2 ? both[0].logicalOr(both[1]) : both[0]).logicalNot()
  }

  /// The masks that there are, so that they broadcast to `[N, H, L, S]`.
  private func aligned(_ samples: Int, _ heads: Int) -> [Tensor] {
    var all: [Tensor] = []
    if let pairs {
      all.append(
        pairs.hasFailed || pairs.rank == 2
          ? pairs : pairs.reshape([samples, heads, pairs.shape[1], pairs.shape[2]]))
    }
    if let padding { all.append(padding.hasFailed ? padding : padding.unsqueeze(1).unsqueeze(1)) }
    return all
  }
}

extension Registry {
  /// Attention with its projections.
  static let headedAttentions: [Operation] = [
    .tensors(
      "nn.functional.multi_head_attention_forward",
      "query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, "
        + "dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, "
        + "attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, "
        + "static_k=None, static_v=None, average_attn_weights=True, is_causal=False"
    ) {
      let (result, weights) = try multiHeadAttentionForward(
        $0.tensor("query"), $0.tensor("key"), $0.tensor("value"), $0.int("embed_dim_to_check"), $0.int("num_heads"),
        $0.optionalTensor("in_proj_weight"), $0.optionalTensor("in_proj_bias"), $0.optionalTensor("bias_k"),
        $0.optionalTensor("bias_v"), $0.bool("add_zero_attn"), $0.double("dropout_p"), $0.tensor("out_proj_weight"),
        $0.optionalTensor("out_proj_bias"), training: $0.bool("training"),
        keyPaddingMask: $0.optionalTensor("key_padding_mask"), needWeights: $0.bool("need_weights"),
        attnMask: $0.optionalTensor("attn_mask"), useSeparateProjWeight: $0.bool("use_separate_proj_weight"),
        qProjWeight: $0.optionalTensor("q_proj_weight"), kProjWeight: $0.optionalTensor("k_proj_weight"),
        vProjWeight: $0.optionalTensor("v_proj_weight"), staticK: $0.optionalTensor("static_k"),
        staticV: $0.optionalTensor("static_v"), averageAttnWeights: $0.bool("average_attn_weights"),
        isCausal: $0.bool("is_causal"))
      return [result] + (weights.map { [$0] } ?? [])
    }
  ]
}
