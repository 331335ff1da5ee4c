import ApusCore

// Metrics by their task, as torchmetrics' users call them: `Accuracy(task: .multiclass, numClasses: 5)`.

extension Metric {
  /// The metric of a task by its name; with a mistake, which is reported, an empty metric.
  static func of(
    _ task: MetricTask, _ name: String, _ arguments: [String: MetricArgument?], numClasses: Int?, numLabels: Int?
  ) -> TaskMetric {
    var given = arguments.compactMapValues { $0 }
    if task == .multiclass { given["num_classes"] = numClasses.map { .int($0) } }
    if task == .multilabel { given["num_labels"] = numLabels.map { .int($0) } }
    let drop: [String] =
      switch task {
      case .binary: ["average", "top_k", "multiclass_mode"]
      case .multiclass: ["threshold", "max_fpr"]
      case .multilabel: ["top_k", "max_fpr"]
      }
    for key in drop { given[key] = nil }
    let full = task.rawValue.prefix(1).uppercased() + task.rawValue.dropFirst() + name
    do { return TaskMetric(try Metric.named(full, given), full) } catch {
      report(error as? TensorError ?? TensorError(.value, full, "\(error)"))
      return TaskMetric(nil, full)
    }
  }
}

/// A metric whose task was chosen at run time.
public final class TaskMetric: Metric, PairMetric {
  /// The metric of the task; nil after a mistake in its arguments.
  public let metric: Metric?
  private let title: String

  fileprivate init(_ metric: Metric?, _ title: String) {
    self.metric = metric
    self.title = title
  }

  public override var name: String { title }
  public override var higherIsBetter: Bool? { metric?.higherIsBetter }
  public override var mergesStates: Bool { metric?.mergesStates ?? true }

  public func update(_ preds: Tensor, _ target: Tensor) { (metric as? any PairMetric)?.update(preds, target) }

  /// The value: a tensor, except for curves and the like.
  public func compute() -> MetricValue {
    metric?.computedValue ?? .tensor(fail(mistake(.state, "was made with arguments that do not fit")))
  }

  /// The number, where the value is one.
  public func item() -> Double { compute().number ?? .nan }
}

extension Thresholds {
  /// As an argument of a metric that is made by its name.
  var argument: MetricArgument {
    switch self {
    case .count(let n): .int(n)
    case .values(let values): .list(values.map { .double($0) })
    case .tensor(let tensor): .tensor(tensor)
    }
  }
}
