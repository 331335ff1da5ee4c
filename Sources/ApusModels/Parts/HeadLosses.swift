import ApusCore
import ApusFunctional

/// The losses of heads, as `transformers` computes them; labels of -100 do not count.
public enum HeadLoss {
  /// The mean cross entropy of the next tokens: `logits` `[batch, length, tokens]` against `labels` `[batch, length]`, which are
  /// shifted here.
  public static func causal(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    let length = labels.size(-1)
    guard length > 1 else { return tokens(logits, Tensor.full(labels.shape, -100, dtype: .int64)) }
    return tokens(logits.narrow(-2, 0, length - 1), labels.narrow(-1, 1, length - 1))
  }

  /// The cross entropy of each position, `[N, classes]` against `[N]`; 0 where the label is -100.
  static func perToken(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    crossEntropy(logits.to(.float32), labels, reduction: .none)
  }

  /// The mean cross entropy of all positions: `[..., classes]` against `[...]`.
  public static func tokens(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    let classes = logits.size(-1)
    return crossEntropy(logits.reshape([-1, classes]).to(.float32), labels.reshape([-1]))
  }

  /// Of one vector of scores per row: mean squared error, cross entropy or binary cross entropy, as `problem_type` says, or as
  /// number and type of the labels make plain.
  public static func sequence(_ logits: Tensor, _ labels: Tensor, _ configuration: ModelConfiguration) -> Tensor {
    let count = logits.size(-1)
    let type =
      configuration["problem_type"]?.string
      ?? (count == 1
        ? "regression" : labels.dtype.isInteger ? "single_label_classification" : "multi_label_classification")
    switch type {
    case "regression":
      let target = labels.to(logits.dtype)
      return count == 1 ? mseLoss(logits.reshape([-1]), target.reshape([-1])) : mseLoss(logits, target)
    case "multi_label_classification": return binaryCrossEntropyWithLogits(logits, labels.to(logits.dtype))
    default: return crossEntropy(logits.reshape([-1, count]), labels.reshape([-1]))
    }
  }

  /// Half the sum of the cross entropies of both ends: scores `[batch, length]` against `[batch]`; a place outside of the text
  /// does not count.
  public static func span(_ start: Tensor, _ end: Tensor, _ starts: Tensor, _ ends: Tensor) -> Tensor {
    let length = start.size(1)
    func one(_ scores: Tensor, _ places: Tensor) -> Tensor {
      crossEntropy(scores, places.reshape([-1]).clamp(min: 0, max: length), ignoreIndex: length)
    }
    return (one(start, starts) + one(end, ends)) / 2
  }
}
