import ApusCore
import ApusFunctional

/// A language model that says how probable tokens are, without the scores of all tokens at all places ever lying in memory: they take more
/// than all else where a vocabulary is large.
public protocol TokenScoringModel: PretrainedModel {
  /// The states that the head sees, `[batch, length, features]`.
  func lastStates(_ inputs: ModelInputs) -> Tensor
  /// The logarithms of the probabilities of `targets` `[N]` after states `[N, features]`: `[N]`, 0 where a target is -100.
  func tokenLogProbabilities(_ states: Tensor, _ targets: Tensor) -> Tensor
}

extension TokenScoringModel {
  /// The logarithm of the probability of each label after the tokens before it.
  /// - Parameter inputs: with labels `[batch, length]` at their own places; -100 where nothing is asked, which costs nothing.
  /// - Returns: `[batch, length - 1]`: the place of a label is one to the left of its own; 0 where nothing is asked.
  public func tokenLogProbabilities(_ inputs: ModelInputs) -> Tensor {
    guard let labels = inputs.labels, labels.rank == 2 else {
      return fail(TensorError(.value, "tokenLogProbabilities", "needs labels [batch, length]"))
    }
    var inputs = inputs
    inputs.labels = nil
    return shifted(lastStates(inputs), labels)
  }

  /// The mean cross entropy of the labels, which are shifted here.
  func causalLoss(_ states: Tensor, _ labels: Tensor) -> Tensor {
    let count = labels.narrow(-1, min(1, labels.size(-1)), max(0, labels.size(-1) - 1)).ne(-100).sum()
    return -shifted(states, labels).sum() / count.to(.float32)
  }

  private func shifted(_ states: Tensor, _ labels: Tensor) -> Tensor {
    let (rows, length) = (labels.size(0), labels.size(1))
    guard length > 1 else { return Tensor.zeros([rows, 0], dtype: .float32) }
    let flat = states.narrow(1, 0, length - 1).reshape([rows * (length - 1), states.size(2)])
    let targets = labels.narrow(1, 1, length - 1).reshape([rows * (length - 1)])
    return tokenLogProbabilities(flat, targets).reshape([rows, length - 1])
  }
}

extension Projection {
  /// ``TokenScoringModel/tokenLogProbabilities(_:_:)`` of this layer's results.
  func logProbabilities(_ states: Tensor, _ targets: Tensor) -> Tensor {
    if adapter == nil, bias == nil {
      if let packed {
        let rows = MatrixRows(rows: outFeatures, features: inFeatures) { range in
          packed.rows(arange(range.lowerBound, range.upperBound, dtype: .int64))
        }
        return linearLogProbabilities(states, rows, targets)
      }
      if let weight { return linearLogProbabilities(states, isTransposed ? weight.mT : weight, targets) }
    }
    return Self.inParts(states, targets) { states, targets in -HeadLoss.perToken(self(states), targets) }
  }

  /// What `score` gives for some hundred rows at a time, computed again for gradients.
  static func inParts(
    _ states: Tensor, _ targets: Tensor, _ score: @escaping (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    let count = states.size(0)
    let parts = stride(from: 0, to: count, by: 256).map { start -> Tensor in
      let length = min(256, count - start)
      return checkpoint(score, states.narrow(0, start, length), targets.narrow(0, start, length))
    }
    return parts.isEmpty ? Tensor.zeros([0], dtype: .float32) : cat(parts, dim: 0)
  }
}
