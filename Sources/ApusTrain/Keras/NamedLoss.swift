import ApusCore
import ApusFunctional
import ApusMetrics
import ApusNN

/// A loss by Keras' name, or another one.
struct NamedLoss: Sendable {
  /// The losses of the examples, one each; nil where only their mean is known.
  let each: (@Sendable (Tensor, Tensor) -> Tensor)?
  /// The mean over the examples.
  let mean: @Sendable (Tensor, Tensor) -> Tensor
  /// What "accuracy" means beside it.
  let accuracy: Accuracy
  /// Whether outputs must be probabilities.
  let takesProbabilities: Bool

  init(mean: @escaping @Sendable (Tensor, Tensor) -> Tensor, accuracy: Accuracy = .sparse(1)) {
    self.mean = mean
    self.accuracy = accuracy
    each = nil
    takesProbabilities = false
  }

  init(_ loss: any BinaryLayer) {
    let isBinary = loss is BCELoss || loss is BCEWithLogitsLoss
    self.init(
      mean: { loss($0, $1) },
      accuracy: isBinary ? .binary(threshold: loss is BCELoss ? 0.5 : 0) : .sparse(1))
  }

  private init(
    each: @escaping @Sendable (Tensor, Tensor) -> Tensor, _ accuracy: Accuracy = .categorical(1),
    takesProbabilities: Bool = false
  ) {
    self.each = each
    mean = { each($0, $1).mean() }
    self.accuracy = accuracy
    self.takesProbabilities = takesProbabilities
  }

  /// - Throws: `TensorError` with the known names.
  init(_ name: String) throws(TensorError) {
    switch name.lowercased() {
    case "mse", "mean_squared_error": self.init(each: { meanOfLast(($1.like($0) - $0).square()) })
    case "mae", "mean_absolute_error": self.init(each: { meanOfLast(($1.like($0) - $0).abs()) })
    case "mape", "mean_absolute_percentage_error":
      self.init(each: {
        let target = $1.like($0)
        return meanOfLast((target - $0).abs() / target.abs().clamp(min: epsilon)) * 100
      })
    case "msle", "mean_squared_logarithmic_error":
      self.init(each: {
        meanOfLast((($1.like($0).clamp(min: epsilon) + 1).log() - ($0.clamp(min: epsilon) + 1).log()).square())
      })
    case "huber", "huber_loss": self.init(each: { meanOfLast(F.huberLoss($0, $1.like($0), reduction: .none)) })
    case "log_cosh", "logcosh":
      self.init(each: {
        let distance = $0 - $1.like($0)
        return meanOfLast(distance + F.softplus(distance * -2) - 0.6931471805599453)
      })
    case "cosine_similarity":
      self.init(each: { -(F.normalize($0, dim: -1) * F.normalize($1.like($0), dim: -1)).sum(-1) })
    case "hinge": self.init(each: { meanOfLast((1 - signs($1.like($0)) * $0).relu()) })
    case "squared_hinge": self.init(each: { meanOfLast((1 - signs($1.like($0)) * $0).relu().square()) })
    case "poisson":
      self.init(each: { meanOfLast($0 - $1.like($0) * ($0 + epsilon).log()) })
    case "kl_divergence", "kld", "kullback_leibler_divergence":
      self.init(each: {
        let (p, q) = ($1.like($0).clamp(min: epsilon, max: 1), $0.clamp(min: epsilon, max: 1))
        return (p * (p / q).log()).sum(-1)
      })
    case "binary_crossentropy":
      self.init(
        each: {
          let (p, target) = ($0.clamp(min: epsilon, max: 1 - epsilon), $1.like($0))
          return meanOfLast(-(target * p.log() + (1 - target) * (1 - p).log()))
        }, .binary(threshold: 0.5), takesProbabilities: true)
    case "categorical_crossentropy":
      self.init(each: { -($1.like($0) * logProbabilities($0)).sum(-1) }, takesProbabilities: true)
    case "sparse_categorical_crossentropy":
      self.init(
        each: {
          let classes = $1.rank == $0.rank ? $1.squeeze(-1) : $1
          return -logProbabilities($0).gather(-1, classes.to(.int64).unsqueeze(-1)).squeeze(-1)
        }, .sparse(1), takesProbabilities: true)
    default:
      throw TensorError(
        .value, "compile",
        "there is no loss '\(name)'; known are binary_crossentropy, categorical_crossentropy, cosine_similarity, hinge, huber, "
          + "kl_divergence, log_cosh, mae, mape, mse, msle, poisson, sparse_categorical_crossentropy, squared_hinge, and a loss "
          + "itself: compile(loss: CrossEntropyLoss())")
    }
  }

  /// - Throws: `TensorError` where outputs that must be probabilities are not.
  func check(_ output: Tensor) throws(TensorError) {
    guard takesProbabilities, !output.hasFailed, output.count > 0 else { return }
    let (low, high): (Double, Double) = (output.detach().amin().item(), output.detach().amax().item())
    if low < -1e-6 || high > 1 + 1e-3 {
      throw TensorError(
        .value, "fit",
        "this loss takes probabilities, and the model's outputs go from \(low) to \(high); end the model with Softmax(dim: -1) or "
          + "Sigmoid(), or compile it with CrossEntropyLoss() or BCEWithLogitsLoss(), which take them as they are")
    }
  }
}

/// What Keras keeps away from logarithms and divisions.
private let epsilon = 1e-7

/// The mean over what belongs to one example at each place, as Keras' losses take it.
private func meanOfLast(_ x: Tensor) -> Tensor { x.rank > 1 ? x.mean(-1) : x }

/// Targets of hinge losses: 0 and 1 count as -1 and 1.
private func signs(_ target: Tensor) -> Tensor { `where`(target.eq(0), Tensor(-1.0, dtype: target.dtype), target) }

/// The logarithms of probabilities that need not add up to one exactly.
private func logProbabilities(_ output: Tensor) -> Tensor {
  (output / output.sum(-1, keepDim: true)).clamp(min: epsilon, max: 1 - epsilon).log()
}

extension Tensor {
  /// Targets in the type of outputs, and in their shape where that is a matter of ones: `[n]` beside `[n, 1]`.
  func like(_ output: Tensor) -> Tensor {
    let typed = to(output.dtype)
    if typed.rank == output.rank - 1 && output.shape.last == 1 { return typed.unsqueeze(-1) }
    if output.rank == typed.rank - 1 && typed.shape.last == 1 { return typed.squeeze(-1) }
    return typed
  }
}

/// What "accuracy" means, after the form of the targets.
enum Accuracy: Sendable {
  /// The class of the target, a number, is among the `k` largest outputs.
  case sparse(Int)
  /// The largest of the target, which has a place for each class, is among the `k` largest outputs.
  case categorical(Int)
  /// Outputs, of which an example may have several, are on the right side of a threshold.
  case binary(threshold: Double)

  func metric(_ name: String) -> Metric {
    switch self {
    case .sparse(let k): ExampleMean(name) { rightInTop(k, $0, $1.rank == $0.rank ? $1.squeeze(-1) : $1) }
    case .categorical(let k): ExampleMean(name) { rightInTop(k, $0, $1.rank == $0.rank ? $1.argmax(-1) : $1) }
    case .binary(let threshold): exampleMean(name, isLoss: false) { $0.gt(threshold).eq($1.like($0).gt(0.5)) }
    }
  }
}
