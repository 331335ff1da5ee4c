import ApusCore

/// How the scores of classes or labels become one.
public enum MetricAverage: String, Sendable, Hashable, NamedChoice {
  /// All decisions together, whatever their class.
  case micro
  /// The mean over the classes.
  case macro
  /// The mean over the classes, weighted by how often each is a target.
  case weighted
  /// One score for each class.
  case none
}

/// What becomes of further dimensions of predictions and targets.
public enum MultidimAverage: String, Sendable, Hashable, NamedChoice {
  /// All positions count as examples.
  case global
  /// One score for each sample.
  case samplewise
}

/// What is classified: yes or no, one of several classes, or several labels that may go together.
public enum MetricTask: String, Sendable, Hashable, NamedChoice {
  /// Yes or no, one of several classes, several labels.
  case binary, multiclass, multilabel
}

/// Where a curve is measured: at so many thresholds evenly between 0 and 1, or at these. Without thresholds a curve has a
/// point for each different score, which is exact, and all scores are kept.
public enum Thresholds: Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// So many, evenly between 0 and 1.
  case count(Int)
  /// These.
  case values([Double])
  /// Those of a tensor.
  case tensor(Tensor)

  public init(integerLiteral value: Int) { self = .count(value) }
  public init(arrayLiteral elements: Double...) { self = .values(elements) }

  /// - Throws: `TensorError` where they are no thresholds.
  func resolved(_ name: String) throws(TensorError) -> Tensor {
    switch self {
    case .count(let n):
      guard n >= 2 else {
        throw TensorError(.value, name, "needs 2 or more thresholds, and found \(n)")
      }
      return linspace(0.0, 1.0, n)
    case .values(let values):
      guard values.allSatisfy({ (0...1).contains($0) }) else {
        throw TensorError(.value, name, "thresholds lie between 0 and 1, and found \(values)")
      }
      return Tensor(values, shape: [values.count], dtype: .float32)
    case .tensor(let tensor):
      guard tensor.rank == 1 else {
        throw TensorError(.shape, name, "a tensor of thresholds has one dimension, and found the shape \(tensor.shape)")
      }
      return tensor
    }
  }
}

/// How scores that are no probabilities become such: where one lies outside of 0 to 1, all are taken for logits.
public enum ScoreNormalization: String, Sendable, Hashable, NamedChoice {
  /// Each score by itself, the scores of the classes together.
  case sigmoid, softmax
}

/// How an estimate over several samples or images is reduced.
public enum MetricReduction: String, Sendable, Hashable, NamedChoice {
  /// Their mean.
  case elementwiseMean = "elementwise_mean"
  /// Their mean.
  case mean
  /// Their sum.
  case sum
  /// One value for each.
  case none

  func callAsFunction(_ values: Tensor) -> Tensor {
    switch self {
    case .elementwiseMean, .mean: values.mean()
    case .sum: values.sum()
    case .none: values
    }
  }
}
