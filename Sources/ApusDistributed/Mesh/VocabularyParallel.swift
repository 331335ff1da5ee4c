import ApusCore
import ApusFunctional

/// Tables and losses whose vocabulary is divided among the processes of a group (Shoeybi et al., 2019).
public enum VocabularyParallel {
  /// The rows at `indices` that lie in `rows` of the whole table, zeros for others: summed over the processes, the embedding.
  ///
  /// - Parameters:
  ///   - indices: numbers of rows of the whole table.
  ///   - part: the rows of this process, `[rows, width]`.
  ///   - paddingIndex: the row of the whole that gets no gradient.
  static func embedding(_ indices: Tensor, _ part: Tensor, rows: Range<Int>, paddingIndex: Int?) -> Tensor {
    if rows.isEmpty {
      // Still part of the graph, so that all processes have the same collectives in the backward pass.
      return Tensor.zeros(indices.shape + [part.size(1)], dtype: part.dtype) + part.sum()
    }
    let isHere = indices.ge(rows.lowerBound) & indices.lt(rows.upperBound)
    let own = (indices - rows.lowerBound).clamp(min: 0, max: rows.count - 1)
    let padding = paddingIndex.flatMap { rows.contains($0) ? $0 - rows.lowerBound : nil }
    let found = ApusFunctional.embedding(own, part, paddingIdx: padding)
    return found * isHere.unsqueeze(-1).to(part.dtype)
  }

  /// The cross entropy of each row, of scores whose classes are divided: PyTorch's `loss_parallel`. Only sums and extremes of rows are
  /// sent. Results and gradients are the same on all processes.
  ///
  /// - Parameters:
  ///   - logits: this process's classes, `[..., classes of this process]`.
  ///   - target: numbers of classes among all, `[...]`.
  ///   - sizes: how many classes each process has; nil: as many as here.
  ///   - ignoreIndex: a class whose rows give 0.
  /// - Returns: `[...]`.
  public static func crossEntropy(
    _ logits: Tensor, _ target: Tensor, group: ProcessGroup, sizes: [Int]? = nil, ignoreIndex: Int = -100
  ) -> Tensor {
    if logits.hasFailed || target.hasFailed { return logits.hasFailed ? logits : target }
    do throws(TensorError) {
      guard logits.rank > 0, target.shape == Array(logits.shape.dropLast()) else {
        throw TensorError(
          .shape, "crossEntropy",
          "needs scores [..., classes] and classes [...], and found \(logits.shape) and \(target.shape)")
      }
      let cut = Cut(
        dim: logits.rank - 1, sizes: sizes ?? Array(repeating: logits.size(-1), count: group.size))
      try cut.check(group, "crossEntropy")
      guard cut.sizes[group.rank] == logits.size(-1) else {
        throw TensorError(
          .shape, "crossEntropy",
          "rank \(group.rank) should have \(cut.sizes[group.rank]) of the classes \(cut.sizes), and has \(logits.size(-1))"
        )
      }
      return crossEntropy(logits, target, cut, group, ignoreIndex: ignoreIndex)
    } catch { return fail(error) }
  }

  static func crossEntropy(
    _ logits: Tensor, _ target: Tensor, _ cut: Cut, _ group: ProcessGroup, ignoreIndex: Int
  ) -> Tensor {
    let f = group.functional
    let (first, count) = (cut.start(group.rank), cut.sizes[group.rank])
    let lowest = Tensor.full(target.shape + [1], -Double.infinity, dtype: logits.dtype)
    let greatest = noGrad { f.allReduce(count > 0 ? logits.detach().amax([-1], keepDim: true) : lowest, .max) }
    let shifted = logits - greatest
    let total = f.reduceFromGroup(shifted.exp().sum([-1]))
    let own: Tensor
    if count > 0 {
      let isHere = target.ge(first) & target.lt(first + count)
      let place = (target - first).clamp(min: 0, max: count - 1).unsqueeze(-1)
      own = shifted.gather(-1, place).squeeze(-1) * isHere.to(logits.dtype)
    } else {
      own = shifted.sum([-1])
    }
    let counts = target.ne(ignoreIndex).to(logits.dtype)
    return (total.log() - f.reduceFromGroup(own)) * counts
  }
}
