import ApusCore

// Attention: a composition of products and softmax.

/// `softmax(query @ key^T * scale + mask) @ value`, PyTorch's `nn.functional.scaled_dot_product_attention`.
///
/// - Parameters:
///   - query: `[..., L, E]`; key: `[..., S, E]`; value: `[..., S, Ev]`. Leading dimensions broadcast.
///   - attnMask: `[..., L, S]`: added to the scores, or bool with true where a key takes part. A query that sees no key (all
///     false, or all -infinity) gives zeros, and its gradients are zero.
///   - dropoutP: the probability that a weight is dropped.
///   - isCausal: whether position i sees only positions up to i.
///   - scale: 1 / sqrt(E) if nil.
///   - enableGQA: whether key and value have fewer heads (dimension -3), each shared by a group of query heads.
/// - Returns: `[..., L, Ev]`.
public func scaledDotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0,
  isCausal: Bool = false, scale: Double? = nil, enableGQA: Bool = false, generator: Generator = .default
) -> Tensor {
  attempt(query, key, value, attnMask) { () throws(TensorError) in
    if let type = narrowType(query, key, value) {
      return scaledDotProductAttention(
        query.widened, key.widened, value.widened, attnMask: attnMask?.widened, dropoutP: dropoutP, isCausal: isCausal,
        scale: scale, enableGQA: enableGQA, generator: generator
      ).to(type)
    }
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
    var (key, value) = (key, value)
    if enableGQA {
      for shared in [key, value] {
        guard query.rank >= 3, shared.rank >= 3, shared.size(-3) > 0, query.size(-3) % shared.size(-3) == 0 else {
          throw TensorError(
            .shape, operation, "the heads of \(query.shape) cannot be shared out to those of \(shared.shape)")
        }
      }
      key = key.repeatInterleave(query.size(-3) / key.size(-3), dim: -3)
      value = value.repeatInterleave(query.size(-3) / value.size(-3), dim: -3)
    }
    if let attnMask, attnMask.dtype != .bool, !attnMask.dtype.isFloatingPoint {
      throw TensorError(
        .dtype, operation,
        "attnMask must be bool (true where a key takes part) or floating point (added to the scores), and is "
          + "\(attnMask.dtype)")
    }
    let (rows, columns) = (query.size(-2), key.size(-2))
    let factor = scale ?? 1 / Double(query.size(-1)).squareRoot()
    var scores = matmul(query * factor, key.mT)
    let never = Tensor.full([], -Double.infinity, dtype: scores.dtype)
    if isCausal {
      let allowed = Tensor.ones([rows, columns], dtype: .bool).tril()
      scores = `where`(allowed, scores, never)
    } else if let attnMask {
      scores = attnMask.dtype == .bool ? `where`(attnMask, scores, never) : scores + attnMask
    }
    var weights = safeSoftmax(scores)
    if dropoutP > 0 { weights = dropout(weights, p: dropoutP, generator: generator) }
    return matmul(weights.to(value.dtype), value)
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
    }
  ]
}
