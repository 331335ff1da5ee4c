import ApusCore

/// What becomes of values that are not a number.
public enum NanStrategy: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral
{
  /// They are a mistake; they are left out, with or without a warning; they count as they are.
  case error, warn, ignore, disable
  /// This number takes their place, with a weight of 1.
  case replace(Double)

  public init(floatLiteral value: Double) { self = .replace(value) }
  public init(integerLiteral value: Int) { self = .replace(Double(value)) }
  /// One of `"error"`, `"warn"`, `"ignore"`, `"disable"`; another text is reported as a mistake.
  public init(stringLiteral name: String) {
    let known: [String: NanStrategy] = ["error": .error, "warn": .warn, "ignore": .ignore, "disable": .disable]
    if known[name] == nil {
      report(
        TensorError(
          .value, "NanStrategy", "has no choice \"\(name)\"; there are error, warn, ignore, disable and numbers"))
    }
    self = known[name] ?? .error
  }

  /// Values and weights, flat, without those that are not a number.
  func applied(_ value: Tensor, _ weight: Tensor?, _ name: String) throws(TensorError) -> (Tensor, Tensor) {
    let value = value.to(.default).reshape([-1])
    let weight = weight?.to(.default).reshape([-1]) ?? onesLike(value)
    // Weights are not used then, as in torchmetrics.
    if self == .disable { return (value, onesLike(value)) }
    let missing = value.isnan().logicalOr(weight.isnan())
    guard missing.hasAny else { return (value, weight) }
    switch self {
    case .error: throw TensorError(.value, name, "met values that are not a number; a nanStrategy leaves them out")
    case .replace(let number): return (value.maskedFill(missing, number), weight.maskedFill(missing, 1))
    default:
      if self == .warn { ApusCore.warn(name, "met values that are not a number, which are left out") }
      let present = missing.logicalNot()
      return (value.kept(present), weight.kept(present))
    }
  }
}

/// The largest of all values.
public final class MaxMetric: Metric, ValueMetric {
  private let nanStrategy: NanStrategy
  private let maxValue = MetricState(-.infinity, .max)

  /// - Parameter nanStrategy: what becomes of values that are not a number.
  public init(nanStrategy: NanStrategy = .warn) { self.nanStrategy = nanStrategy }

  public func update(_ value: Tensor) {
    updating(value) { () throws(TensorError) in
      let (value, _) = try nanStrategy.applied(value, nil, name)
      if value.count > 0 { maxValue.value = maxValue.value.maximum(value.amax()) }
    }
  }

  public func compute() -> Tensor { maxValue.value }
}

/// The smallest of all values.
public final class MinMetric: Metric, ValueMetric {
  private let nanStrategy: NanStrategy
  private let minValue = MetricState(.infinity, .min)

  /// - Parameter nanStrategy: what becomes of values that are not a number.
  public init(nanStrategy: NanStrategy = .warn) { self.nanStrategy = nanStrategy }

  public func update(_ value: Tensor) {
    updating(value) { () throws(TensorError) in
      let (value, _) = try nanStrategy.applied(value, nil, name)
      if value.count > 0 { minValue.value = minValue.value.minimum(value.amin()) }
    }
  }

  public func compute() -> Tensor { minValue.value }
}

/// The sum of all values.
public final class SumMetric: Metric, ValueMetric {
  private let nanStrategy: NanStrategy
  private let sumValue = MetricState(0)

  /// - Parameter nanStrategy: what becomes of values that are not a number.
  public init(nanStrategy: NanStrategy = .warn) { self.nanStrategy = nanStrategy }

  public func update(_ value: Tensor) {
    updating(value) { () throws(TensorError) in
      let (value, _) = try nanStrategy.applied(value, nil, name)
      if value.count > 0 { sumValue.add(value.sum()) }
    }
  }

  public func compute() -> Tensor { sumValue.value }
}

/// The mean of all values, weighted where weights are given.
public final class MeanMetric: Metric, ValueMetric {
  private let nanStrategy: NanStrategy
  private let meanValue = MetricState(0)
  private let weight = MetricState(0)

  /// - Parameter nanStrategy: what becomes of values that are not a number.
  public init(nanStrategy: NanStrategy = .warn) { self.nanStrategy = nanStrategy }

  public func update(_ value: Tensor) { update(value, weight: nil) }

  /// Adds values with weights, whose shape broadcasts to that of the values.
  public func update(_ value: Tensor, weight given: Tensor?) {
    updating(value, given) { () throws(TensorError) in
      if let given, broadcastShapes(given.shape, value.shape) != value.shape {
        throw mistake(
          .shape, "the weights must broadcast to the values, and found \(given.shape) and \(value.shape)")
      }
      let (value, weights) = try nanStrategy.applied(value, given?.expand(value.shape), name)
      if value.count == 0 { return }
      meanValue.add((value * weights).sum())
      weight.add(weights.sum())
    }
  }

  /// Adds numbers with a weight.
  public func update(_ value: some ScalarConvertible, weight: some ScalarConvertible) {
    update(Tensor(value.scalar.double), weight: Tensor(weight.scalar.double))
  }

  /// Adds weighted values and gives their mean alone.
  @discardableResult
  public func callAsFunction(_ value: Tensor, weight: Tensor?) -> Tensor { forward { update(value, weight: weight) } }

  public func compute() -> Tensor { meanValue.value / weight.value }
}

/// All values, one after the other.
public final class CatMetric: Metric, ValueMetric {
  private let nanStrategy: NanStrategy
  private let value = MetricState.list()

  /// - Parameter nanStrategy: what becomes of values that are not a number.
  public init(nanStrategy: NanStrategy = .warn) { self.nanStrategy = nanStrategy }

  public func update(_ value: Tensor) {
    updating(value) { () throws(TensorError) in
      let (kept, _) = try nanStrategy.applied(value, nil, name)
      if kept.count > 0 { self.value.append(kept.count == value.count ? kept.reshape(value.shape).atleast1d() : kept) }
    }
  }

  public func compute() -> Tensor { value.isEmpty ? Tensor.zeros([0]) : value.value.squeezedScalar }
}
