import ApusCore
import ApusFunctional

/// Attention of `query` `[batch, heads, queries, width]` to `key` and `value` `[batch, shared heads, keys, width]`, of which
/// neighbouring heads share one: `softmax(query @ key^T * scale, capped and masked) @ value`.
///
/// One fused kernel that never holds the scores, unless the weights are asked for.
/// - Returns: `[batch, heads, queries, width]`, and the weights `[batch, heads, queries, keys]` if `wantsWeights`.
package func attend(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: AttentionMask, scale: Double, softCap: Double? = nil,
  dropout rate: Double = 0, wantsWeights: Bool = false
) -> (output: Tensor, weights: Tensor?) {
  // Of a query that sees nothing the gradient is that of its scores all the same, which the kernel does not hold.
  let isRecorded = Context.isGradientEnabled && (query.requiresGrad || key.requiresGrad)
  guard wantsWeights || mask.seeing != nil && isRecorded else {
    let query = mask.seeing.map { query * $0 } ?? query
    let isOne = query.size(-2) == 1 && mask.bias == nil && mask.window == nil
    let isSpelled = mask.bias != nil
    let output = scaledDotProductAttention(
      query, key, value, attnMask: mask.bias, dropoutP: rate, isCausal: mask.isCausal && !isSpelled && !isOne,
      scale: scale, enableGQA: query.size(1) != key.size(1), slidingWindow: isSpelled ? nil : mask.window,
      softCap: softCap, position: isSpelled ? 0 : mask.position)
    return (output, nil)
  }
  let group = query.size(1) / max(1, key.size(1))
  let keys = group == 1 ? key : key.repeatInterleave(group, dim: 1)
  let values = group == 1 ? value : value.repeatInterleave(group, dim: 1)
  var scores = matmul(query, keys.mT) * scale
  if let softCap { scores = (scores / softCap).tanh() * softCap }
  if let bias = mask.spelled(queries: query.size(-2), keys: keys.size(-2)) { scores = scores + bias }
  if let seeing = mask.seeing { scores = scores + (1 - seeing) * AttentionMask.hidden }
  var weights = scores.softmax(-1)
  if rate > 0 { weights = dropout(weights, p: rate) }
  return (matmul(weights.to(values.dtype), values), wantsWeights ? weights : nil)
}

extension Tensor {
  /// `[batch, length, heads * width]` as `[batch, heads, length, width]`.
  package func splitHeads(_ heads: Int) -> Tensor {
    reshape([size(0), size(1), heads, size(2) / Swift.max(1, heads)]).transpose(1, 2)
  }

  /// `[batch, length, heads * width]` as `[batch, heads, length, width]`, as many heads as there are: a process may hold some alone.
  package func splitHeads(width: Int) -> Tensor { splitHeads(size(2) / Swift.max(1, width)) }

  /// `[batch, heads, length, width]` as `[batch, length, heads * width]`.
  package func mergedHeads() -> Tensor { transpose(1, 2).reshape([size(0), size(2), size(1) * size(3)]) }
}
