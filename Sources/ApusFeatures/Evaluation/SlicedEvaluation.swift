import ApusCore
import ApusFunctional
import ApusMedia
import ApusMetrics
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Measures a model over a table, in whole and by slices of its rows: TensorFlow Model Analysis.
///
///     var evaluation = SlicedEvaluation(metrics: [.accuracy, .logLoss], slices: [.whole, .column("sex")])
///     evaluation.confidence = .jackknife()
///     let results = try evaluation.run(test) { part in
///       (model(try fitted(part).dense).softmax(1), try fitted.targets(of: part))
///     }
///     print(results)
public struct SlicedEvaluation: Sendable {
  /// How the uncertainty of a value is estimated.
  public struct Confidence: Sendable, Hashable {
    /// In how many parts the examples go, by turns.
    public let parts: Int
    /// The share of such intervals that hold the value.
    public let level: Double

    /// The delete-a-group jackknife: each value again without one of `parts` parts of the examples, and Student's distribution
    /// with one degree of freedom less than there are parts.
    public static func jackknife(parts: Int = 20, level: Double = 0.95) -> Confidence {
      Confidence(parts: parts, level: level)
    }
  }

  /// What is measured.
  public var metrics: [EvaluationMetric]
  /// Of which rows.
  public var slices: [SliceSpecification]
  /// The column of weights; nil where each row counts as one.
  public var weights: String?
  /// How intervals are estimated; nil for none.
  public var confidence: Confidence?
  /// Slices with fewer rows are marked as small.
  public var smallSlice = 30
  /// The most slices that there may be.
  public var mostSlices = 10_000

  /// An evaluation of these metrics.
  public init(metrics: [EvaluationMetric], slices: [SliceSpecification] = [.whole]) {
    (self.metrics, self.slices) = (metrics, slices)
  }

  /// Measures a model on the rows of a table.
  /// - Parameter predict: the predictions and the targets of some rows, the first dimension of both counts them.
  /// - Throws: `TensorError` that names the column or metric which does not fit, and what `predict` throws.
  public func run(
    _ table: Table, _ predict: (Table) throws -> (predictions: Tensor, targets: Tensor)
  ) throws -> EvaluationResults {
    var parts = [table][...]
    return try run(next: { parts.popFirst() }, predict)
  }

  /// Measures a model on a table in parts, as readers of files give them; what is kept does not grow with their number.
  /// - Parameter next: the next part; nil at the end.
  /// - Throws: as ``run(_:_:)``, and what `next` throws.
  public func run(
    next: () throws -> Table?, _ predict: (Table) throws -> (predictions: Tensor, targets: Tensor)
  ) throws -> EvaluationResults {
    try check()
    var states: [SliceKey: SliceState] = [:]
    var owners: [SliceKey: SliceSpecification] = [:]
    var order: [SliceKey] = []
    var rows = 0
    while let part = try next() {
      guard part.rows > 0 else { continue }
      let (predictions, targets) = try withErrors { try noGrad { try predict(part) } }
      guard predictions.shape.first == part.rows, targets.shape == [part.rows] else {
        throw TensorError(
          .shape, "SlicedEvaluation",
          "\(part.rows) rows have predictions of shape \(predictions.shape) and targets of shape \(targets.shape); give "
            + "[rows] or [rows, classes], and [rows]")
      }
      let weights = try weights.map { try weight($0, part) }
      for specification in slices {
        var places: [SliceKey: [Int]] = [:]
        for (row, key) in try specification.keys(part).enumerated() {
          if let key { places[key, default: []].append(row) }
        }
        for (key, found) in places {
          // Two specifications may give one slice, whose rows count once.
          if let owner = owners[key] {
            guard owner == specification else { continue }
          } else {
            order.append(key)
            owners[key] = specification
            states[key] = SliceState(self)
            guard order.count <= mostSlices else {
              throw TensorError(
                .value, "SlicedEvaluation",
                "there are more than \(mostSlices) slices, the last one \(key); leave out the column, or raise mostSlices"
              )
            }
          }
          try withErrors { try states[key]?.add(self, found, predictions, targets, weights, from: rows) }
        }
      }
      rows += part.rows
    }
    guard rows > 0 else {
      throw TensorError(.value, "SlicedEvaluation", "there are no rows; an evaluation needs at least one")
    }
    order.sort { a, b in
      (a.members.count, a.description) < (b.members.count, b.description)
    }
    return EvaluationResults(
      metrics: metrics.map { .init(name: $0.name, higherIsBetter: $0.higherIsBetter) },
      level: confidence?.level,
      slices: try order.compactMap { key in try states[key].map { try $0.result(key, self) } })
  }

  private func check() throws(TensorError) {
    let names = metrics.map(\.name)
    guard !names.isEmpty, Set(names).count == names.count else {
      throw TensorError(
        .value, "SlicedEvaluation", "the names of metrics must differ, and there has to be one: \(names)")
    }
    guard !slices.isEmpty else {
      throw TensorError(.value, "SlicedEvaluation", "there is no slice; .whole is all rows")
    }
    for slice in slices { try slice.check() }
    if let confidence, confidence.parts < 2 || confidence.parts > 1000 || !(0.5..<1).contains(confidence.level) {
      throw TensorError(
        .value, "SlicedEvaluation",
        "a jackknife has 2 to 1000 parts and a level from 0.5 to less than 1, and found \(confidence.parts) and "
          + "\(confidence.level)")
    }
    if weights != nil, let other = metrics.first(where: { !($0.make() is any WeightedMetric) }) {
      throw TensorError(
        .value, "SlicedEvaluation",
        "'\(other.name)' takes no weights; those that do are \(EvaluationMetric.weighted.map(\.name).joined(separator: ", "))"
      )
    }
  }

  private func weight(_ name: String, _ table: Table) throws(TensorError) -> Tensor {
    let numbers = try table.column(name, "SlicedEvaluation").numbers(name, "SlicedEvaluation")
    if let wrong = numbers.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw TensorError(
        .value, "SlicedEvaluation", "the column of weights '\(name)' has \(wrong); weights are finite and not below 0")
    }
    return Tensor(numbers, shape: [numbers.count], dtype: .float64)
  }
}

/// What is gathered of a slice.
private struct SliceState {
  private var examples = 0
  private var weight = 0.0
  /// A metric for each part of the jackknife, one where there is none.
  private var metrics: [[any ComputedMetric]]

  init(_ evaluation: SlicedEvaluation) {
    let parts = evaluation.confidence?.parts ?? 1
    metrics = evaluation.metrics.map { metric in (0..<parts).map { _ in metric.make() } }
  }

  /// - Parameter start: how many rows came before.
  mutating func add(
    _ evaluation: SlicedEvaluation, _ rows: [Int], _ predictions: Tensor, _ targets: Tensor, _ weights: Tensor?,
    from start: Int
  ) throws {
    let parts = metrics.first?.count ?? 1
    for part in 0..<parts {
      let own = parts == 1 ? rows : rows.filter { (start + $0) % parts == part }
      guard !own.isEmpty else { continue }
      let isAll = own.count == targets.count
      let places = Tensor(own, shape: [own.count], dtype: .int64)
      func chosen(_ tensor: Tensor) -> Tensor { isAll ? tensor : tensor.indexSelect(0, places) }
      let (preds, target, weight) = (chosen(predictions), chosen(targets), weights.map(chosen))
      examples += own.count
      self.weight += weight.map { $0.sum().item() } ?? Double(own.count)
      for metric in metrics {
        switch metric[part] {
        case let metric as any WeightedMetric: metric.update(preds, target, weights: weight)
        case let metric as any PairMetric: metric.update(preds, target)
        default: break
        }
      }
    }
  }

  func result(_ key: SliceKey, _ evaluation: SlicedEvaluation) throws -> EvaluationResults.Slice {
    var values: [String: EvaluationResults.Estimate] = [:]
    for (described, parts) in zip(evaluation.metrics, metrics) {
      values[described.name] = try estimate(described, parts, evaluation.confidence)
    }
    return EvaluationResults.Slice(
      key: key, examples: examples, weight: weight, isSmall: examples < evaluation.smallSlice, values: values)
  }

  private func estimate(
    _ described: EvaluationMetric, _ parts: [any ComputedMetric], _ confidence: SlicedEvaluation.Confidence?
  ) throws -> EvaluationResults.Estimate {
    func value(_ metric: any ComputedMetric) throws -> Double {
      guard metric.updateCount > 0 else { return .nan }
      guard let number = try withErrors({ metric.erasedValue }).number else {
        throw TensorError(
          .value, "SlicedEvaluation",
          "the metric '\(described.name)' gives \(metric.erasedValue), and a single number is needed; choose an average"
        )
      }
      return number
    }
    func joined(_ metrics: some Sequence<any ComputedMetric>) -> any ComputedMetric {
      let sum = described.make()
      for metric in metrics where metric.updateCount > 0 { sum.merge(metric) }
      return sum
    }
    guard let confidence else { return .init(value: try value(parts[0])) }
    let whole = try value(joined(parts))
    // What lies before and behind each part, so that each merges with few others.
    var behind: [any ComputedMetric] = [described.make()]
    for part in parts.reversed() { behind.append(joined([part, behind[behind.count - 1]])) }
    var before = described.make()
    var others: [Double] = []
    for (i, part) in parts.enumerated() where part.updateCount > 0 {
      others.append(try value(joined([before, behind[parts.count - 1 - i]])))
      before = joined([before, part])
    }
    guard whole.isFinite, others.count > 1, others.allSatisfy(\.isFinite) else { return .init(value: whole) }
    let count = Double(others.count)
    let mean = others.reduce(0, +) / count
    let squares = others.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let distance =
      StudentQuantile.value((1 + confidence.level) / 2, freedom: count - 1)
      * (squares * (count - 1) / count).squareRoot()
    guard distance.isFinite else { return .init(value: whole) }
    return .init(value: whole, interval: whole - distance...whole + distance)
  }
}

/// Quantiles of Student's distribution.
enum StudentQuantile {
  /// The number below which a share of the distribution lies, by Simpson's rule and bisection.
  /// - Parameter share: from a half to less than 1.
  static func value(_ share: Double, freedom: Double) -> Double {
    // By sin: t = sqrt(freedom) tan(a) makes the density cos(a)^(freedom - 1), over a from 0 to a quarter of the circle.
    let steps = 2000
    func integral(_ end: Double) -> Double {
      let width = end / Double(steps)
      var sum = 0.0
      for i in 0...steps {
        let factor = i == 0 || i == steps ? 1.0 : i % 2 == 1 ? 4 : 2
        sum += factor * pow(cos(Double(i) * width), freedom - 1)
      }
      return sum * width / 3
    }
    let all = integral(.pi / 2)
    var (low, high) = (0.0, Double.pi / 2)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if integral(middle) / all < 2 * share - 1 { low = middle } else { high = middle }
    }
    return freedom.squareRoot() * tan((low + high) / 2)
  }
}
