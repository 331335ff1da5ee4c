import ApusCore

// Attention: what it computes, by other operations, and the choice between these and the fused kernel.

/// `softmax(query @ key^T * scale + mask) @ value`, PyTorch's `nn.functional.scaled_dot_product_attention`.
///
/// In float32, bfloat16 and float16 (computed in float32) it is one kernel, forward and backward, that never holds the matrix of
/// scores: its memory is linear in L and S (Dao et al., 2022). With dropout it keeps a bit for each score.
///
/// - Parameters:
///   - query: `[..., L, E]`; key: `[..., S, E]`; value: `[..., S, Ev]`. Leading dimensions broadcast.
///   - attnMask: `[..., L, S]`: added to the scores, or bool with true where a key takes part. A query that sees no key (all
///     false, or all -infinity) gives zeros, and its gradients are zero.
///   - dropoutP: the probability that a weight is dropped.
///   - isCausal: whether position i sees only positions up to i.
///   - scale: 1 / sqrt(E) if nil.
///   - enableGQA: whether key and value have fewer heads (dimension -3), each shared by a group of query heads.
///   - slidingWindow: how many positions a query sees, itself among them: i sees j where `|i - j| < slidingWindow`. All if nil.
///   - softCap: scores become `softCap * tanh(score / softCap)` before they are masked, as in Gemma 2; not if nil.
///   - position: that of the first query among the keys, for `isCausal` and `slidingWindow`: `S - L` where the keys of
///     earlier positions come from a cache.
/// - Returns: `[..., L, Ev]`.
public func scaledDotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0,
  isCausal: Bool = false, scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil,
  softCap: Double? = nil, position: Int = 0, generator: Generator = .default
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.lowerPrecision, query, key, value, attnMask) {
      scaledDotProductAttention(
        $0, $1, $2, attnMask: $3, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
        slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
    }
  }
  return attempt(query, key, value, attnMask) { () throws(TensorError) in
    let operation = "scaled_dot_product_attention"
    guard query.rank >= 2, key.rank >= 2, value.rank >= 2, query.size(-1) == key.size(-1),
      key.size(-2) == value.size(-2)
    else {
      throw TensorError(
        .shape, operation,
        "needs query [..., L, E], key [..., S, E] and value [..., S, Ev], and found \(query.shape), \(key.shape) and \(value.shape)"
      )
    }
    guard !isCausal || attnMask == nil else {
      throw TensorError(.value, operation, "a mask and isCausal exclude each other; put the causal part in the mask")
    }
    if let attnMask, attnMask.dtype != .bool, !attnMask.dtype.isFloatingPoint {
      throw TensorError(
        .dtype, operation,
        "attnMask must be bool (true where a key takes part) or floating point (added to the scores), and is "
          + "\(attnMask.dtype)")
    }
    let form = try AttentionForm(
      scale: scale ?? 1 / Double(query.size(-1)).squareRoot(), isCausal: isCausal, window: slidingWindow,
      softCap: softCap, position: position, operation)
    if enableGQA { try checkGroups(query, key, value, operation) }
    if let replacement = AttentionReplacements.current {
      return try replacement.attention(
        AttentionCall(
          query: query, key: key, value: value, mask: attnMask, dropout: dropoutP, isCausal: isCausal,
          scale: form.scale, isGrouped: enableGQA, window: slidingWindow, softCap: softCap, position: position))
    }
    if dropoutP >= 0, dropoutP < 1,
      let result = fused(query, key, value, attnMask, enableGQA, form, dropoutP, generator)
    {
      return result
    }
    let type = narrowType(query, key, value)
    var parts = [query, key, value]
    if type != nil { parts = parts.map(\.widened) }
    if enableGQA {
      for i in 1...2 { parts[i] = parts[i].repeatInterleave(query.size(-3) / parts[i].size(-3), dim: -3) }
    }
    let mask = type == nil ? attnMask : attnMask?.widened
    let result = form.composed(parts[0], parts[1], parts[2], mask) { weights in
      dropoutP > 0 ? dropout(weights, p: dropoutP, generator: generator) : weights
    }
    return type.map { result.to($0) } ?? result
  }
}

/// That heads of `query` can share those of `key` and `value`.
private func checkGroups(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ operation: String
) throws(TensorError) {
  for shared in [key, value] {
    guard query.rank >= 3, shared.rank >= 3, shared.size(-3) > 0, query.size(-3) % shared.size(-3) == 0 else {
      throw TensorError(
        .shape, operation, "the heads of \(query.shape) cannot be shared out to those of \(shared.shape)")
    }
  }
}

/// The result of the fused kernel; nil for what it does not compute.
private func fused(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ isGrouped: Bool, _ form: AttentionForm,
  _ dropout: Double, _ generator: Generator
) -> Tensor? {
  let type = query.dtype
  guard type == .float32 || type == .bfloat16 || type == .float16, key.dtype == type, value.dtype == type,
    query.count > 0, key.count > 0, value.count > 0
  else { return nil }
  // The gradient of a mask is a matrix of scores.
  if let mask, mask.count == 0 || (mask.requiresGrad && Context.isGradientEnabled) { return nil }
  var form = form
  let inner = isGrouped ? 3 : 2
  if isGrouped {
    guard key.size(-3) == value.size(-3) else { return nil }
    form.group = query.size(-3) / key.size(-3)
  }
  guard
    let pair = broadcastShapes(Array(query.shape.dropLast(inner)), Array(key.shape.dropLast(inner))),
    let lead = broadcastShapes(pair, Array(value.shape.dropLast(inner)))
  else { return nil }
  func spread(_ x: Tensor) -> Tensor {
    let shape = lead + x.shape.suffix(inner)
    return x.shape == shape ? x : x.expand(shape)
  }
  // Keys and values stay 16 bits wide: reading them is most of the time of few queries.
  var inputs = [spread(query.widened), spread(key), spread(value)]
  if let mask {
    let scores = lead + query.shape.suffix(inner).dropLast() + [key.size(-2)]
    guard broadcastShapes(mask.shape, scores) == scores else { return nil }
    inputs.append((mask.dtype == .bool || mask.dtype == .float32 ? mask : mask.to(.float32)).expand(scores))
  }
  if dropout > 0 {
    form.keptFactor = 1 / (1 - dropout)
    inputs.append(coins(lead + query.shape.suffix(inner).dropLast() + [key.size(-2)], 1 - dropout, generator))
  }
  let result = apply(FusedAttention(form: form), inputs)[0]
  return type == .float32 ? result : result.to(type)
}

/// Which weights of a matrix of scores of `shape` are kept, drawn as `dropout` draws them: bits `[..., L / 16, S]`, a word for 16
/// queries.
private func coins(_ shape: [Int], _ p: Double, _ generator: Generator) -> Tensor {
  let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
  let lead = Array(shape.dropLast(2))
  let matrices = elementCount(lead)
  return Draw.tensor("dropout", TensorType(lead + [(rows + 15) / 16, columns], .uint16)) { data, _, _ in
    try generator.fillCoinPanels(data, matrices: matrices, rows: rows, columns: columns, p: p)
  }
}

/// What is done to scores between the two products.
package struct AttentionForm: Hashable, Sendable {
  package var scale: Double
  package var softCap: Double?
  /// The keys that a query sees: how many before its own position, and how many behind; nil: all.
  package var before: Int?
  package var after: Int?
  /// The position of the first query among the keys.
  package var position: Int
  /// How many heads of queries share one of keys and values.
  package var group = 1
  /// What weights that dropout keeps are multiplied by; nil: none are dropped.
  package var keptFactor: Double?

  package init(
    scale: Double, isCausal: Bool, window: Int?, softCap: Double?, position: Int, _ operation: String
  ) throws(TensorError) {
    if let window, window < 1 {
      throw TensorError(.value, operation, "slidingWindow must be at least 1, and found \(window)")
    }
    if let softCap, !(softCap > 0 && softCap.isFinite) {
      throw TensorError(.value, operation, "softCap must be a finite number above 0, and found \(softCap)")
    }
    guard (0...AttentionForm.farthest).contains(position) else {
      throw TensorError(
        .value, operation, "position must be from 0 to \(AttentionForm.farthest), and found \(position)")
    }
    self.scale = scale
    self.softCap = softCap
    self.position = position
    before = window.map { min($0 - 1, AttentionForm.farthest) }
    after = isCausal ? 0 : before
  }

  /// Beyond all positions.
  package static let farthest = 1 << 40

  /// Attention by other operations, with as many heads of keys as of queries: the definition. `drop` is applied to the weights.
  package func composed(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, drop: (Tensor) -> Tensor = { $0 }
  ) -> Tensor {
    var scores = matmul(query * scale, key.mT)
    if scores.hasFailed { return scores }
    if let softCap { scores = (scores / softCap).tanh() * softCap }
    let never = Tensor.full([], -Double.infinity, dtype: scores.dtype)
    if let mask { scores = mask.dtype == .bool ? `where`(mask, scores, never) : scores + mask }
    if before != nil || after != nil {
      let (rows, columns) = (query.size(-2), key.size(-2))
      let away = arange(columns) - (arange(rows) + position).unsqueeze(1)
      var seen = Tensor.ones([rows, columns], dtype: .bool)
      if let after { seen = seen & away.le(after) }
      if let before { seen = seen & away.ge(-before) }
      scores = `where`(seen, scores, never)
    }
    return matmul(drop(safeSoftmax(scores)).to(value.dtype), value)
  }
}

extension Registry {
  /// Attention.
  static let attentions: [Operation] = [
    .tensor(
      "nn.functional.scaled_dot_product_attention",
      "query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False"
    ) {
      try scaledDotProductAttention(
        $0.tensor("query"), $0.tensor("key"), $0.tensor("value"), attnMask: $0.optionalTensor("attn_mask"),
        dropoutP: $0.double("dropout_p"), isCausal: $0.bool("is_causal"), scale: $0.optionalDouble("scale"),
        enableGQA: $0.bool("enable_gqa"))
    },
    .tensors(
      "_scaled_dot_product_flash_attention_for_cpu aten._scaled_dot_product_flash_attention_for_cpu",
      "query, key, value, dropout_p=0.0, is_causal=False, *, attn_mask=None, scale=None"
    ) {
      let (query, key) = (try $0.tensor("query"), try $0.tensor("key"))
      let (mask, isCausal) = (try $0.optionalTensor("attn_mask"), try $0.bool("is_causal"))
      let output = try scaledDotProductAttention(
        query, key, $0.tensor("value"), attnMask: mask, dropoutP: $0.double("dropout_p"), isCausal: isCausal,
        scale: $0.optionalDouble("scale"))
      if output.hasFailed { return [output] }
      let scale = try $0.optionalDouble("scale") ?? 1 / Double(query.size(-1)).squareRoot()
      var scores = noGrad { matmul(query.detach().widened, key.detach().widened.mT) * scale }
      if isCausal {
        let (rows, columns) = (arange(query.size(-2)).unsqueeze(1), arange(key.size(-2)))
        scores = scores.maskedFill(columns.gt(rows).placed(with: scores), -Double.infinity)
      }
      if let mask {
        scores =
          mask.dtype == .bool ? scores.maskedFill(mask.logicalNot(), -Double.infinity) : scores + mask.detach().widened
      }
      return [output, scores.logsumexp([-1])]
    },
  ]
}
