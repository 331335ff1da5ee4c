import ApusCore

// What the losses share: the check of shapes, and how the losses of elements become one.

/// How the losses of single elements become the result.
public enum LossReduction: String, Sendable, Hashable, NamedChoice {
  /// One loss for each element.
  case none
  /// Their mean, weighted where the loss has weights.
  case mean
  /// The sum of all losses.
  case sum
  /// The sum divided by the size of the first dimension.
  case batchMean = "batchmean"
}

extension Tensor {
  /// The losses of elements reduced as `reduction` says.
  public func reduced(_ reduction: LossReduction) -> Tensor {
    if reduction == .batchMean, let type = narrowType(self) { return widened.reduced(reduction).to(type) }
    return switch reduction {
    case .none: self
    case .mean: mean()
    case .sum: sum()
    case .batchMean: hasFailed ? self : sum() / Swift.max(1, shape.first ?? 1)
    }
  }
}

/// Warns of a target that has not the shape of the input, but broadcasts with it.
func warnOfBroadcasting(_ x: Tensor, _ target: Tensor, _ operation: String) {
  if x.shape == target.shape || x.isPoisoned || target.isPoisoned { return }
  warn(
    operation,
    "Using a target size (\(target.shape)) that is different to the input size (\(x.shape)). This will likely lead to "
      + "incorrect results due to broadcasting. Please ensure they have the same size.")
}

/// Reports inputs whose shapes differ.
func requireEqualShapes(_ x: Tensor, _ target: Tensor, _ operation: String) throws(TensorError) {
  guard x.shape == target.shape else {
    throw TensorError(
      .shape, operation, "input and target must have one shape, and found \(x.shape) and \(target.shape)")
  }
}
