import ApusCore
import ApusNumerics

// Metrics around metrics.

/// A metric, and the least and largest value that it had whenever it was computed: `raw`, `min`, `max`.
public final class MinMaxMetric<Base: PairMetric>: Metric, PairMetric {
  private let baseMetric: Base
  private let minVal = MetricState(.infinity, .min)
  private let maxVal = MetricState(-.infinity, .max)

  /// - Parameter baseMetric: a metric of one number.
  public init(_ baseMetric: Base) { self.baseMetric = baseMetric }

  public override var name: String { "MinMaxMetric(\(baseMetric.name))" }
  public override var higherIsBetter: Bool? { baseMetric.higherIsBetter }
  public override var mergesStates: Bool { false }

  public func update(_ preds: Tensor, _ target: Tensor) { baseMetric.update(preds, target) }

  public func compute() -> [String: Tensor] {
    guard let value = baseMetric.erasedValue.tensor, value.count == 1 else {
      let failed = fail(mistake(.value, "needs a metric of one number, and \(baseMetric.name) has another value"))
      return ["raw": failed, "min": failed, "max": failed]
    }
    minVal.value = minVal.value.minimum(value)
    maxVal.value = maxVal.value.maximum(value)
    return ["raw": value, "min": minVal.value, "max": maxVal.value]
  }
}

/// The values of classes by name: `multiclassaccuracy_horse`.
public final class ClasswiseWrapper<Base: PairMetric>: Metric, PairMetric {
  private let metric: Base
  private let labels: [String]?
  private let prefix: String?
  private let postfix: String?

  /// - Parameters:
  ///   - metric: a metric with a value for each class (average `.none`).
  ///   - labels: the names of the classes; nil for their numbers.
  ///   - prefix: what stands before the names; nil for the name of the metric, unless there is a postfix.
  ///   - postfix: what stands after the names.
  public init(_ metric: Base, labels: [String]? = nil, prefix: String? = nil, postfix: String? = nil) {
    self.metric = metric
    self.labels = labels
    self.prefix = prefix
    self.postfix = postfix
  }

  public override var name: String { "ClasswiseWrapper(\(metric.name))" }
  public override var higherIsBetter: Bool? { metric.higherIsBetter }
  public override var mergesStates: Bool { metric.mergesStates }

  public func update(_ preds: Tensor, _ target: Tensor) { metric.update(preds, target) }

  public func compute() -> [String: Tensor] {
    guard let value = metric.erasedValue.tensor, !value.isPoisoned, value.rank > 0 else {
      return [
        metric.name: fail(
          mistake(.value, "needs a value for each class, and \(metric.name) has one; take the average none"))
      ]
    }
    guard labels?.count ?? value.shape[0] == value.shape[0] else {
      return [
        metric.name: fail(mistake(.value, "there are \(value.shape[0]) classes, and \(labels?.count ?? 0) labels"))
      ]
    }
    let start = prefix ?? (postfix == nil ? metric.name.lowercased() + "_" : "")
    return Dictionary(
      uniqueKeysWithValues: (0..<value.shape[0]).map { (start + (labels?[$0] ?? "\($0)") + (postfix ?? ""), value[$0]) }
    )
  }
}

/// A metric of its own for each of several outputs.
public final class MultioutputWrapper<Base: PairMetric>: Metric, PairMetric where Base.Value == Tensor {
  private let metrics: [Metric]
  private let outputDim: Int
  private let removeNans: Bool
  private let squeezeOutputs: Bool

  /// - Parameters:
  ///   - numOutputs: the number of outputs.
  ///   - outputDim: the dimension along which they lie.
  ///   - removeNans: whether examples with a value that is not a number are left out of an output.
  ///   - squeezeOutputs: whether the dimension is taken away.
  ///   - baseMetric: makes a metric; one is made for each output.
  public init(
    numOutputs: Int, outputDim: Int = -1, removeNans: Bool = true, squeezeOutputs: Bool = true,
    _ baseMetric: () -> Base
  ) {
    metrics = (0..<max(1, numOutputs)).map { _ in baseMetric() }
    self.outputDim = outputDim
    self.removeNans = removeNans
    self.squeezeOutputs = squeezeOutputs
    super.init()
    expect(numOutputs >= 1, "needs 1 or more outputs, and found \(numOutputs)")
  }

  public override var name: String { "MultioutputWrapper(\(metrics[0].name))" }
  public override var higherIsBetter: Bool? { metrics[0].higherIsBetter }
  public override var mergesStates: Bool { metrics[0].mergesStates }

  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      for (i, metric) in metrics.enumerated() {
        let parts = try [preds, target].map { x throws(TensorError) -> Tensor in
          let dim = outputDim < 0 ? outputDim + x.rank : outputDim
          guard x.shape.indices.contains(dim), x.shape[dim] == metrics.count else {
            throw mistake(.shape, "needs \(metrics.count) outputs along dimension \(outputDim), and found \(x.shape)")
          }
          return x.narrow(dim, i, 1)
        }
        var (a, b) = (parts[0], parts[1])
        if removeNans {
          func isMissing(_ x: Tensor) -> Tensor { x.isnan().reshape([x.shape[0], -1]).any(1) }
          let isPresent = isMissing(a).logicalOr(isMissing(b)).logicalNot()
          (a, b) = (a.kept(isPresent), b.kept(isPresent))
        }
        if squeezeOutputs {
          (a, b) = (
            a.squeeze([outputDim < 0 ? outputDim + a.rank : outputDim]),
            b.squeeze([outputDim < 0 ? outputDim + b.rank : outputDim])
          )
        }
        (metric as? Base)?.update(a, b)
      }
    }
  }

  public func compute() -> Tensor { stack(metrics.compactMap { ($0 as? Base)?.compute() }, dim: 0) }
}

/// How a sample is drawn again.
public enum BootstrapSampling: String, Sendable, Hashable, NamedChoice {
  /// Each example as often as a Poisson variable says; as many examples as there are, with repetition.
  case poisson, multinomial
}

/// A metric of samples that are drawn again from each batch, which tells how sure its value is: `mean`, `std`, and if they are asked
/// for `quantile` and `raw`.
public final class BootStrapper<Base: PairMetric>: Metric, PairMetric where Base.Value == Tensor {
  private let metrics: [Metric]
  private let mean: Bool
  private let std: Bool
  private let quantile: [Double]
  private let raw: Bool
  private let samplingStrategy: BootstrapSampling
  private let generator: Generator

  /// - Parameters:
  ///   - numBootstraps: the number of samples.
  ///   - mean: whether the mean of their values is given.
  ///   - std: whether their standard deviation is given.
  ///   - quantile: which quantiles of them are given.
  ///   - raw: whether the values themselves are given.
  ///   - samplingStrategy: how samples are drawn.
  ///   - generator: draws them.
  ///   - baseMetric: makes a metric; one is made for each sample.
  public init(
    numBootstraps: Int = 10, mean: Bool = true, std: Bool = true, quantile: [Double] = [], raw: Bool = false,
    samplingStrategy: BootstrapSampling = .poisson, generator: Generator = .default, _ baseMetric: () -> Base
  ) {
    metrics = (0..<max(1, numBootstraps)).map { _ in baseMetric() }
    self.mean = mean
    self.std = std
    self.quantile = quantile
    self.raw = raw
    self.samplingStrategy = samplingStrategy
    self.generator = generator
    super.init()
    expect(numBootstraps >= 1, "needs 1 or more samples, and found \(numBootstraps)")
  }

  public override var name: String { "BootStrapper(\(metrics[0].name))" }
  public override var higherIsBetter: Bool? { metrics[0].higherIsBetter }
  public override var mergesStates: Bool { metrics[0].mergesStates }

  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      guard preds.rank > 0, target.rank > 0, preds.shape[0] == target.shape[0] else {
        throw mistake(.shape, "needs as many predictions as targets, and found \(preds.shape) and \(target.shape)")
      }
      let n = preds.shape[0]
      if n == 0 { return }
      for metric in metrics {
        let rows: Tensor
        if samplingStrategy == .poisson {
          let counts = poisson(Tensor.ones([n]), generator: generator).to(.int64)
          rows = arange(0, n, 1).repeatInterleave(counts)
        } else {
          rows = randint(0, n, [n], generator: generator)
        }
        if rows.count > 0 { (metric as? Base)?.update(preds.indexSelect(0, rows), target.indexSelect(0, rows)) }
      }
    }
  }

  public func compute() -> [String: Tensor] {
    let values = stack(metrics.compactMap { ($0 as? Base)?.compute() }, dim: 0)
    if let failed = values.failed { return ["raw": failed] }
    var found: [String: Tensor] = [:]
    if mean { found["mean"] = values.mean([0]) }
    if std { found["std"] = values.std([0]) }
    if !quantile.isEmpty {
      let points = Tensor(quantile, shape: quantile.count == 1 ? [] : [quantile.count], dtype: values.dtype)
      found["quantile"] = values.quantile(points, dim: 0)
    }
    if raw { found["raw"] = values }
    return found
  }
}

/// A metric of predictions and targets that are changed first.
public final class LambdaInputTransformer<Base: PairMetric>: Metric, PairMetric {
  private let wrappedMetric: Base
  private let transformPred: (Tensor) -> Tensor
  private let transformTarget: (Tensor) -> Tensor

  /// - Parameters:
  ///   - wrappedMetric: the metric.
  ///   - transformPred: changes predictions.
  ///   - transformTarget: changes targets.
  public init(
    _ wrappedMetric: Base, transformPred: @escaping (Tensor) -> Tensor = { $0 },
    transformTarget: @escaping (Tensor) -> Tensor = { $0 }
  ) {
    self.wrappedMetric = wrappedMetric
    self.transformPred = transformPred
    self.transformTarget = transformTarget
  }

  public override var name: String { wrappedMetric.name }
  public override var higherIsBetter: Bool? { wrappedMetric.higherIsBetter }
  public override var mergesStates: Bool { wrappedMetric.mergesStates }
  public func update(_ preds: Tensor, _ target: Tensor) {
    wrappedMetric.update(transformPred(preds), transformTarget(target))
  }
  public func compute() -> Base.Value { wrappedMetric.compute() }
  public var erasedValue: MetricValue { wrappedMetric.erasedValue }
}

/// A metric of targets that count as positive above a threshold.
public func BinaryTargetTransformer<Base: PairMetric>(
  _ wrappedMetric: Base, threshold: Double = 0
) -> LambdaInputTransformer<Base> {
  LambdaInputTransformer(wrappedMetric, transformTarget: { $0.gt(threshold).to($0.dtype) })
}

/// Metrics of several tasks, each with its predictions and targets.
public final class MultitaskWrapper: Metric, ComputedMetric {
  private let tasks: [(name: String, metric: Metric)]
  private let prefix: String
  private let postfix: String

  /// - Parameters:
  ///   - taskMetrics: the metrics by their tasks.
  ///   - prefix: what stands before the names.
  ///   - postfix: what stands after them.
  public init(_ taskMetrics: KeyValuePairs<String, Metric>, prefix: String = "", postfix: String = "") {
    tasks = taskMetrics.map { (name: $0.key, metric: $0.value) }
    self.prefix = prefix
    self.postfix = postfix
    super.init()
    for (name, metric) in tasks where !(metric is any PairMetric) {
      expect(false, "takes metrics of predictions and targets, and that of '\(name)' is none")
    }
  }

  public override var mergesStates: Bool { tasks.allSatisfy { $0.metric.mergesStates } }

  /// Adds the predictions and targets of all tasks.
  public func update(_ preds: [String: Tensor], _ target: [String: Tensor]) {
    updating { () throws(TensorError) in
      let names = tasks.map(\.name).sorted()
      guard preds.keys.sorted() == names, target.keys.sorted() == names else {
        throw mistake(.value, "the tasks are \(names), and found \(preds.keys.sorted()) and \(target.keys.sorted())")
      }
      for (name, metric) in tasks {
        if let x = preds[name], let y = target[name] { (metric as? any PairMetric)?.update(x, y) }
      }
    }
  }

  /// Adds the predictions and targets of all tasks and gives their values alone.
  @discardableResult
  public func callAsFunction(_ preds: [String: Tensor], _ target: [String: Tensor]) -> [String: MetricValue] {
    forward { update(preds, target) }
  }

  public func compute() -> [String: MetricValue] {
    Dictionary(
      uniqueKeysWithValues: tasks.compactMap { name, metric in
        metric.computedValue.map { (prefix + name + postfix, $0) }
      })
  }
}

/// The values of a metric over epochs, and the best of them.
///
///     let tracker = MetricTracker(MulticlassAccuracy(numClasses: 10))
///     for epoch in 0..<5 {
///       tracker.increment()
///       tracker.update(preds, target)
///     }
///     let (best, epoch) = tracker.bestMetric
public final class MetricTracker<Base: PairMetric>: Metric, PairMetric {
  /// The metric of the present epoch.
  public let metric: Base
  private let maximize: Bool
  private var earlier: [MetricValue] = []
  private var hasBegun = false

  /// - Parameters:
  ///   - metric: the metric.
  ///   - maximize: whether larger values are better; nil to ask the metric.
  public init(_ metric: Base, maximize: Bool? = nil) {
    self.metric = metric
    self.maximize = maximize ?? metric.higherIsBetter ?? true
  }

  public override var name: String { "MetricTracker(\(metric.name))" }
  public override var mergesStates: Bool { metric.mergesStates }

  /// The number of epochs that have begun.
  public var nSteps: Int { earlier.count + (hasBegun ? 1 : 0) }

  /// Begins an epoch: keeps the present value and sets the metric back.
  public func increment() {
    if hasBegun { earlier.append(metric.erasedValue) }
    hasBegun = true
    metric.reset()
  }

  public func update(_ preds: Tensor, _ target: Tensor) {
    guard hasBegun else {
      report(mistake(.state, "call increment before update"))
      return
    }
    metric.update(preds, target)
  }

  public func compute() -> Base.Value { metric.compute() }
  public var erasedValue: MetricValue { metric.erasedValue }

  /// The values of all epochs.
  public func computeAll() -> [MetricValue] { earlier + (hasBegun ? [metric.erasedValue] : []) }

  /// The best value and its epoch, from 0; nil where no value is a number.
  public var bestMetric: (value: Double, step: Int)? {
    let numbers = computeAll().enumerated().compactMap { step, value in
      value.number.flatMap { $0.isNaN ? nil : (value: $0, step: step) }
    }
    return maximize
      ? numbers.max { ($0.value, -$0.step) < ($1.value, -$1.step) }
      : numbers.min { ($0.value, $0.step) < ($1.value, $1.step) }
  }

  /// Forgets all epochs.
  public func resetAll() {
    earlier = []
    hasBegun = false
    metric.reset()
  }
}
