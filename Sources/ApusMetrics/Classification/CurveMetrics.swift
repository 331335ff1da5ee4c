import ApusCore
import ApusFunctional
import ApusNumerics

// What metrics of curves share: scores and targets, or counts at given thresholds.

/// What the metrics of curves gather.
public class CurveMetric: Metric {
  let thresholds: Tensor?
  let ignoreIndex: Int?
  let validateArgs: Bool
  fileprivate let preds = MetricState.list()
  fileprivate let target = MetricState.list()
  fileprivate let confmat: MetricState

  fileprivate init(_ thresholds: Thresholds?, _ groups: Int, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    var fault: TensorError?
    do throws(TensorError) { self.thresholds = try thresholds?.resolved("\(Self.self)") } catch {
      fault = error
      self.thresholds = Tensor([0.0, 1.0])
    }
    confmat = MetricState(Tensor.zeros([self.thresholds?.count ?? 0, max(1, groups), 2, 2], dtype: .int64))
    super.init()
    if let fault { report(fault) }
  }

  fileprivate func requireIntegerTargets(_ target: Tensor) throws(TensorError) {
    if target.dtype.isFloatingPoint {
      throw mistake(.dtype, "targets are integers, and found \(target.dtype)")
    }
  }

  /// All that was gathered: scores and targets.
  fileprivate var samples: (preds: Tensor, target: Tensor) { (preds.value, target.value) }

  fileprivate func counts(_ group: Int) -> Tensor { confmat.value.select(1, group) }
}

/// A metric of the curve of yes and no.
public class BinaryCurveMetric: CurveMetric {
  private let normalization: ScoreNormalization?

  init(
    _ thresholds: Thresholds?, _ ignoreIndex: Int?, _ validateArgs: Bool,
    _ normalization: ScoreNormalization? = .sigmoid
  ) {
    self.normalization = normalization
    super.init(thresholds, 1, ignoreIndex, validateArgs)
  }

  /// Adds predictions (probabilities or logits) and targets (0 and 1) of one shape.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      try requireScores(preds, name)
      try requireIntegerTargets(target)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      let (kept, wanted) = dropIgnored(preds.reshape([-1]), target.reshape([-1]), ignoreIndex)
      let scores = probabilities(kept, normalization)
      if let thresholds {
        confmat.add(countsAtThresholds(scores, wanted.eq(1), zerosLike(wanted).to(.int64), groups: 1, thresholds))
      } else {
        self.preds.append(scores)
        self.target.append(wanted)
      }
    }
  }

  var source: CurveSource {
    if let thresholds { return .counts(counts(0), thresholds: thresholds) }
    return .scores(samples.preds, samples.target, positive: 1)
  }

  /// A tensor that has failed, where nothing was gathered.
  var failure: Tensor? { thresholds == nil ? samples.preds.failed : nil }
}

/// A metric of a curve for each class or label.
public class ManyCurvesMetric: CurveMetric {
  let classes: Int
  let average: MetricAverage

  fileprivate init(
    _ classes: Int, _ thresholds: Thresholds?, _ average: MetricAverage, groups: Int, _ ignoreIndex: Int?,
    _ validateArgs: Bool
  ) {
    self.classes = max(1, classes)
    self.average = average
    super.init(thresholds, groups, ignoreIndex, validateArgs)
  }

  /// A curve for each class.
  var sources: [CurveSource] { [] }
  /// All decisions together.
  var together: CurveSource { sources[0] }
  /// How often each class is a target.
  var support: Tensor { Tensor.zeros([classes]) }

  var failure: Tensor? { thresholds == nil ? samples.preds.failed : nil }

  /// The curves of the classes, or that of their average.
  fileprivate func curves(descending: Bool, _ curve: (CurveSource) -> Curve) -> (PerClass, PerClass, PerClass) {
    if let failure { return (.together(failure), .together(failure), .together(failure)) }
    if average == .micro { return single(curve(together)) }
    let each = sources.map(curve)
    if average == .macro {
      return single(Curve.mean(each, descending: descending))
    }
    guard thresholds != nil else { return (.each(each.map(\.x)), .each(each.map(\.y)), .each(each.map(\.thresholds))) }
    return (
      .together(stack(each.map(\.x), dim: 0)), .together(stack(each.map(\.y), dim: 0)),
      .together(each[0].thresholds)
    )
  }

  private func single(_ curve: Curve) -> (PerClass, PerClass, PerClass) {
    (.together(curve.x), .together(curve.y), .together(curve.thresholds))
  }

  /// The values of the classes averaged: those that are not a number left out.
  func averaged(_ values: [Tensor], _ average: MetricAverage) -> Tensor {
    let all = stack(values, dim: 0)
    if average == .none { return all }
    let present = all.isnan().logicalNot()
    if present.logicalNot().hasAny { warn(name, "some classes have no value and are left out of the average") }
    let kept = all.kept(present)
    if average == .macro { return kept.mean() }
    let weights = support.to(.float32).kept(present)
    return (kept * safeDivide(weights, weights.sum())).sum()
  }
}

/// A metric of the curves of several classes.
public class MulticlassCurveMetric: ManyCurvesMetric {
  init(
    _ numClasses: Int, _ thresholds: Thresholds?, average: MetricAverage = .none, _ ignoreIndex: Int?,
    _ validateArgs: Bool
  ) {
    super.init(
      numClasses, thresholds, average, groups: average == .micro ? 1 : numClasses, ignoreIndex, validateArgs)
    expect(numClasses >= 2, "needs 2 or more classes, and found \(numClasses)")
  }

  /// Adds scores `[N, C, ...]` (probabilities or logits) and class numbers `[N, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireScores(preds, target, classes, ignoreIndex, name, checksValues: validateArgs)
      try requireIntegerTargets(target)
      let (kept, wanted) = dropIgnored(rowsOfClasses(preds), target.reshape([-1]).to(.int64), ignoreIndex)
      try requireRange(wanted, nil, classes, "targets", name)
      var scores = probabilities(kept, .softmax)
      let numbers = arange(0, classes, 1)
      let isTarget = wanted.unsqueeze(1).eq(numbers)
      if let thresholds {
        let group = average == .micro ? zerosLike(numbers) : numbers
        confmat.add(
          countsAtThresholds(
            scores.reshape([-1]), isTarget.reshape([-1]), group.unsqueeze(0).expand(scores.shape).reshape([-1]),
            groups: average == .micro ? 1 : classes, thresholds))
        return
      }
      if average == .micro { scores = scores.reshape([-1]) }
      self.preds.append(scores)
      self.target.append(average == .micro ? isTarget.reshape([-1]).to(.int64) : wanted)
    }
  }

  override var sources: [CurveSource] {
    if let thresholds { return (0..<classes).map { .counts(counts($0), thresholds: thresholds) } }
    let (preds, target) = samples
    return (0..<classes).map { .scores(preds.select(1, $0), target, positive: $0) }
  }

  override var together: CurveSource {
    if let thresholds { return .counts(counts(0), thresholds: thresholds) }
    return .scores(samples.preds, samples.target, positive: 1)
  }

  override var support: Tensor {
    thresholds == nil
      ? samples.target.bincount(minlength: classes) : confmat.value.select(0, 0).select(1, 1).sum([-1])
  }
}

/// A metric of the curves of several labels.
public class MultilabelCurveMetric: ManyCurvesMetric {
  init(
    _ numLabels: Int, _ thresholds: Thresholds?, average: MetricAverage = .none, _ ignoreIndex: Int?,
    _ validateArgs: Bool
  ) {
    super.init(numLabels, thresholds, average, groups: numLabels, ignoreIndex, validateArgs)
    expect(numLabels >= 2, "needs 2 or more labels, and found \(numLabels)")
  }

  /// Adds scores (probabilities or logits) and targets (0 and 1) of one shape `[N, L, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireLabels(preds, target, classes, name)
      try requireScores(preds, name)
      try requireIntegerTargets(target)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      let (scores, wanted) = (rowsOfClasses(probabilities(preds, .sigmoid)), rowsOfClasses(target))
      guard let thresholds else {
        self.preds.append(scores)
        self.target.append(wanted)
        return
      }
      let group = arange(0, classes, 1).unsqueeze(0).expand(scores.shape)
      var parts = (scores.reshape([-1]), wanted.reshape([-1]), group.reshape([-1]))
      if let ignoreIndex {
        let counts = parts.1.ne(ignoreIndex)
        parts = (parts.0.kept(counts), parts.1.kept(counts), parts.2.kept(counts))
      }
      confmat.add(countsAtThresholds(parts.0, parts.1.eq(1), parts.2, groups: classes, thresholds))
    }
  }

  override var sources: [CurveSource] {
    if let thresholds { return (0..<classes).map { .counts(counts($0), thresholds: thresholds) } }
    let (preds, target) = samples
    return (0..<classes).map {
      let (scores, wanted) = dropIgnored(preds.select(1, $0), target.select(1, $0), ignoreIndex)
      return .scores(scores, wanted, positive: 1)
    }
  }

  override var together: CurveSource {
    if let thresholds { return .counts(confmat.value.sum([1]), thresholds: thresholds) }
    let (scores, wanted) = dropIgnored(samples.preds.reshape([-1]), samples.target.reshape([-1]), ignoreIndex)
    return .scores(scores, wanted, positive: 1)
  }

  override var support: Tensor {
    thresholds == nil ? samples.target.eq(1).sum([0]) : confmat.value.select(0, 0).select(1, 1).sum([-1])
  }
}

// MARK: The curves themselves

/// Precision and recall of yes and no at rising thresholds, with the point of precision 1 and recall 0 at the end.
public final class BinaryPrecisionRecallCurve: BinaryCurveMetric, PairMetric {
  /// - Parameters:
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - normalization: how logits become probabilities; nil to take scores as they are.
  public init(
    thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    normalization: ScoreNormalization? = .sigmoid
  ) {
    super.init(thresholds, ignoreIndex, validateArgs, normalization)
  }

  public func compute() -> (precision: Tensor, recall: Tensor, thresholds: Tensor) {
    if let failure { return (failure, failure, failure) }
    let curve = source.precisionRecall()
    return (curve.x, curve.y, curve.thresholds)
  }
}

/// Precision and recall of several classes at rising thresholds.
public final class MulticlassPrecisionRecallCurve: MulticlassCurveMetric, PairMetric {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - average: a curve for each class (`.none`), of all decisions (`.micro`), or the mean curve (`.macro`).
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, thresholds: Thresholds? = nil, average: MetricAverage = .none, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    super.init(numClasses, thresholds, average: average, ignoreIndex, validateArgs)
    expect(average != .weighted, "the average of curves is none, micro or macro, and found \(average)")
  }

  public func compute() -> (precision: PerClass, recall: PerClass, thresholds: PerClass) {
    let (precision, recall, thresholds) = curves(descending: false) { $0.precisionRecall() }
    return (precision, recall, thresholds)
  }
}

/// Precision and recall of several labels at rising thresholds.
public final class MultilabelPrecisionRecallCurve: MultilabelCurveMetric, PairMetric {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    super.init(numLabels, thresholds, ignoreIndex, validateArgs)
  }

  public func compute() -> (precision: PerClass, recall: PerClass, thresholds: PerClass) {
    let (precision, recall, thresholds) = curves(descending: false) { $0.precisionRecall() }
    return (precision, recall, thresholds)
  }
}

/// The receiver operating characteristic of yes and no: the rates of false and true positives at falling thresholds.
public final class BinaryROC: BinaryCurveMetric, PairMetric {
  /// - Parameters:
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - normalization: how logits become probabilities; nil to take scores as they are.
  public init(
    thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    normalization: ScoreNormalization? = .sigmoid
  ) {
    super.init(thresholds, ignoreIndex, validateArgs, normalization)
  }

  public func compute() -> (fpr: Tensor, tpr: Tensor, thresholds: Tensor) {
    if let failure { return (failure, failure, failure) }
    let curve = source.roc()
    return (curve.x, curve.y, curve.thresholds)
  }
}

/// The receiver operating characteristics of several classes.
public final class MulticlassROC: MulticlassCurveMetric, PairMetric {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - average: a curve for each class (`.none`), of all decisions (`.micro`), or the mean curve (`.macro`).
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numClasses: Int, thresholds: Thresholds? = nil, average: MetricAverage = .none, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    super.init(numClasses, thresholds, average: average, ignoreIndex, validateArgs)
    expect(average != .weighted, "the average of curves is none, micro or macro, and found \(average)")
  }

  public func compute() -> (fpr: PerClass, tpr: PerClass, thresholds: PerClass) {
    let (fpr, tpr, thresholds) = curves(descending: true) { $0.roc() }
    return (fpr, tpr, thresholds)
  }
}

/// The receiver operating characteristics of several labels.
public final class MultilabelROC: MultilabelCurveMetric, PairMetric {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numLabels: Int, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    super.init(numLabels, thresholds, ignoreIndex, validateArgs)
  }

  public func compute() -> (fpr: PerClass, tpr: PerClass, thresholds: PerClass) {
    let (fpr, tpr, thresholds) = curves(descending: true) { $0.roc() }
    return (fpr, tpr, thresholds)
  }
}

extension ManyCurvesMetric {
  /// The curves of the characteristic, of the classes or their average.
  var characteristics: [Curve] {
    if average == .micro { return [together.roc()] }
    let each = sources.map { $0.roc() }
    return average == .macro
      ? [Curve.mean(each, descending: true)] : each
  }
}
