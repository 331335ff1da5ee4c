import ApusCore
import ApusFunctional
import ApusNumerics

/// True and false positives and negatives, as accuracy, precision, recall, F and others are made of: a number each, or one
/// for each class, label or sample.
public struct DecisionCounts: Sendable {
  /// True positives, false positives, true negatives, false negatives.
  public var tp: Tensor
  /// False positives.
  public var fp: Tensor
  /// True negatives.
  public var tn: Tensor
  /// False negatives.
  public var fn: Tensor

  /// The true positives and false negatives: how many there are.
  public var support: Tensor { tp + fn }

  func summed(_ dim: Int) -> DecisionCounts {
    DecisionCounts(tp: tp.sum([dim]), fp: fp.sum([dim]), tn: tn.sum([dim]), fn: fn.sum([dim]))
  }
}

/// The circumstances under which scores become one.
public struct ScoreContext: Sendable {
  var task: MetricTask
  var average: MetricAverage = .macro
  var isSamplewise = false
  var topK = 1
  var zeroDivision = 0.0

  /// Where the scores of classes are added up, the dimension of the classes: the first, or the second after samples.
  var classDim: Int { isSamplewise ? 1 : 0 }
  var isMultilabel: Bool { task == .multilabel }

  /// What `score` makes of scores: of those of all classes together, or of each class, averaged.
  func reduce(_ scores: DecisionCounts, _ score: (DecisionCounts) -> Tensor) -> Tensor {
    if task == .binary { return score(scores) }
    if average == .micro { return score(scores.tp.rank > classDim ? scores.summed(classDim) : scores) }
    return averaged(score(scores), scores)
  }

  /// The mean over classes, of which those that do not occur are left out; weighted by how often they occur.
  func averaged(_ score: Tensor, _ scores: DecisionCounts) -> Tensor {
    if average == .none { return score }
    var weights = onesLike(score)
    if average == .weighted {
      weights = scores.support.floating
    } else if !isMultilabel {
      let occurring = topK == 1 ? scores.tp + scores.fp + scores.fn : scores.support
      weights = weights.maskedFill(occurring.eq(0), 0)
    }
    return safeDivide(weights * score, weights.sum([-1], keepDim: true)).sum([-1])
  }
}

/// What a metric makes of ``DecisionCounts``.
public protocol StatScoreRule: Sendable {
  /// The name of the metric without its task: `Accuracy`.
  static var name: String { get }
  /// Whether larger values are better.
  static var higherIsBetter: Bool? { get }
  /// The value of scores.
  func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor
}

/// A rule without arguments.
public protocol PlainStatScoreRule: StatScoreRule {
  /// The rule.
  init()
}

/// What metrics of stat scores share: the states.
public class StatScoreMetric<Rule: StatScoreRule>: Metric {
  let rule: Rule
  let context: ScoreContext
  let ignoreIndex: Int?
  let validateArgs: Bool
  private let tp: MetricState
  private let fp: MetricState
  private let tn: MetricState
  private let fn: MetricState

  init(_ rule: Rule, _ context: ScoreContext, size: Int?, ignoreIndex: Int?, validateArgs: Bool) {
    self.rule = rule
    self.context = context
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    func state() -> MetricState {
      if context.isSamplewise { return .list() }
      return MetricState(Tensor.zeros(size.map { [max(1, $0)] } ?? [], dtype: .int64))
    }
    (tp, fp, tn, fn) = (state(), state(), state(), state())
    super.init()
    expect(
      context.zeroDivision == 0 || context.zeroDivision == 1,
      "zeroDivision is 0 or 1, and found \(context.zeroDivision)")
  }

  public override var name: String {
    let task = context.task.rawValue
    return task.prefix(1).uppercased() + task.dropFirst() + Rule.name
  }
  public override var higherIsBetter: Bool? { Rule.higherIsBetter }

  /// Adds a batch's scores.
  func add(_ scores: DecisionCounts) {
    for (state, score) in zip([tp, fp, tn, fn], [scores.tp, scores.fp, scores.tn, scores.fn]) {
      if context.isSamplewise { state.append(score) } else { state.add(score) }
    }
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor {
    let scores = DecisionCounts(tp: tp.value, fp: fp.value, tn: tn.value, fn: fn.value)
    return scores.tp.failed ?? rule.value(scores, context)
  }
}

// MARK: Binary

/// A score of yes and no: ``BinaryAccuracy``, ``BinaryPrecision``, ``BinaryF1Score`` ...
public final class BinaryScore<Rule: StatScoreRule>: StatScoreMetric<Rule>, PairMetric {
  private let threshold: Double

  init(
    rule: Rule, _ threshold: Double, _ multidimAverage: MultidimAverage, _ ignoreIndex: Int?, _ validateArgs: Bool,
    _ zeroDivision: Double
  ) {
    self.threshold = threshold
    super.init(
      rule,
      ScoreContext(task: .binary, isSamplewise: multidimAverage == .samplewise, zeroDivision: zeroDivision),
      size: nil, ignoreIndex: ignoreIndex, validateArgs: validateArgs)
    if validateArgs { expectThreshold(threshold) }
  }

  /// Adds predictions (probabilities, logits or 0 and 1) and targets (0 and 1) of one shape `[N, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      guard preds.rank >= (context.isSamplewise ? 2 : 0) else {
        throw mistake(.shape, "needs two or more dimensions for samplewise values, and found the shape \(preds.shape)")
      }
      let found = labels(preds, threshold: threshold)
      add(binaryScores(found, target, ignoreIndex, context.isSamplewise ? Array(1..<max(2, preds.rank)) : nil))
    }
  }
}

extension BinaryScore where Rule: PlainStatScoreRule {
  /// - Parameters:
  ///   - threshold: above which probability something is positive.
  ///   - multidimAverage: whether positions count as examples, or each sample has a value of its own.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by, 0 or 1.
  public convenience init(
    threshold: Double = 0.5, multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil,
    validateArgs: Bool = true, zeroDivision: Double = 0
  ) {
    self.init(rule: Rule(), threshold, multidimAverage, ignoreIndex, validateArgs, zeroDivision)
  }
}

extension BinaryScore where Rule == FBetaRule {
  /// - Parameters:
  ///   - beta: how much more recall counts than precision.
  ///   - threshold: above which probability something is positive.
  ///   - multidimAverage: whether positions count as examples, or each sample has a value of its own.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by, 0 or 1.
  public convenience init(
    beta: Double, threshold: Double = 0.5, multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil,
    validateArgs: Bool = true, zeroDivision: Double = 0
  ) {
    self.init(rule: FBetaRule(beta: beta), threshold, multidimAverage, ignoreIndex, validateArgs, zeroDivision)
    expect(beta > 0, "needs a positive beta, and found \(beta)")
  }
}

/// The scores of 0 and 1, added over `dims` or all.
func binaryScores(_ preds: Tensor, _ target: Tensor, _ ignoreIndex: Int?, _ dims: [Int]?) -> DecisionCounts {
  var (yes, no) = (target.eq(1), target.eq(0))
  if let ignoreIndex {
    let counts = target.ne(ignoreIndex)
    (yes, no) = (yes.logicalAnd(counts), no.logicalAnd(counts))
  }
  let (found, missed) = (preds.eq(1), preds.eq(0))
  func count(_ a: Tensor, _ b: Tensor) -> Tensor { a.logicalAnd(b).sum(dims) }
  return DecisionCounts(tp: count(yes, found), fp: count(no, found), tn: count(no, missed), fn: count(yes, missed))
}

// MARK: Multiclass

/// A score of several classes: ``MulticlassAccuracy``, ``MulticlassPrecision``, ``MulticlassF1Score`` ...
public final class MulticlassScore<Rule: StatScoreRule>: StatScoreMetric<Rule>, PairMetric {
  private let numClasses: Int?

  init(
    rule: Rule, _ numClasses: Int?, _ topK: Int, _ average: MetricAverage, _ multidimAverage: MultidimAverage,
    _ ignoreIndex: Int?, _ validateArgs: Bool, _ zeroDivision: Double
  ) {
    self.numClasses = numClasses
    let context = ScoreContext(
      task: .multiclass, average: average, isSamplewise: multidimAverage == .samplewise, topK: topK,
      zeroDivision: zeroDivision)
    super.init(
      rule, context, size: average == .micro && topK == 1 ? nil : numClasses ?? 1, ignoreIndex: ignoreIndex,
      validateArgs: validateArgs)
    guard validateArgs else { return }
    if let numClasses {
      expect(numClasses >= 2, "needs 2 or more classes, and found \(numClasses)")
    } else {
      expect(average == .micro, "needs numClasses unless the average is micro, and it is \(average)")
    }
    expect(
      topK >= 1 && topK <= numClasses ?? 1,
      "topK must be between 1 and the number of classes, and found \(topK) of \(numClasses ?? 1)")
  }

  /// Adds predictions (class numbers `[N, ...]`, or scores of the classes `[N, C, ...]`) and class numbers `[N, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireClasses(
        preds, target, numClasses, ignoreIndex, name, isSamplewise: context.isSamplewise, checksValues: validateArgs)
      guard context.topK == 1 || preds.rank == target.rank + 1 else {
        throw mistake(.shape, "topK \(context.topK) needs scores of the classes, and found the shape \(preds.shape)")
      }
      add(try scores(predictedClasses(preds, target), target.to(.int64)))
    }
  }

  /// The class of each position: of the first k the target's, if it is among them, else the first.
  private func predictedClasses(_ preds: Tensor, _ target: Tensor) -> Tensor {
    guard preds.rank == target.rank + 1 else { return preds.to(.int64) }
    if context.topK == 1 { return preds.argmax(1) }
    let first = preds.topk(context.topK, dim: 1).indices
    let isAmong = first.eq(target.unsqueeze(1)).any(1)
    return `where`(isAmong, target.to(.int64), first.select(1, 0))
  }

  private func scores(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> DecisionCounts {
    let samples = context.isSamplewise ? target.shape[0] : 1
    let counts = ignoreIndex.map { target.ne($0).reshape([-1]) }
    let (found, wanted) = (preds.reshape([-1]), target.reshape([-1]))
    if !context.isSamplewise && context.average == .micro && context.topK == 1 {
      var (right, wrong) = (found.eq(wanted), found.ne(wanted))
      if let counts { (right, wrong) = (right.logicalAnd(counts), wrong.logicalAnd(counts)) }
      let (tp, fp) = (right.sum(), wrong.sum())
      return DecisionCounts(tp: tp, fp: fp, tn: (tp + fp) * (numClasses ?? 1) - (fp + fp + tp), fn: fp)
    }
    let classes = numClasses ?? max(1, Int(wanted.amax().item()) + 1, Int(found.amax().item()) + 1)
    try requireRange(found, counts, classes, "predictions", name)
    try requireRange(wanted, counts, classes, "targets", name)
    // Each sample has bins of its own.
    let offset = arange(0, samples, 1).repeatInterleave(wanted.count / max(1, samples)) * classes
    func count(_ numbers: Tensor, _ mask: Tensor?) -> Tensor {
      let bins = numbers + offset
      let counted = (mask.map { bins.kept($0) } ?? bins).bincount(minlength: samples * classes)
      return context.isSamplewise ? counted.reshape([samples, classes]) : counted
    }
    let equal = found.eq(wanted)
    let tp = count(wanted, counts.map { equal.logicalAnd($0) } ?? equal)
    let (fp, fn) = (count(found, counts) - tp, count(wanted, counts) - tp)
    let all = (tp + fn).sum([-1], keepDim: true)
    return DecisionCounts(tp: tp, fp: fp, tn: all - (tp + fp + fn), fn: fn)
  }
}

extension MulticlassScore where Rule: PlainStatScoreRule {
  /// - Parameters:
  ///   - numClasses: the number of classes; may be nil for the average `.micro`.
  ///   - topK: an example is right if its class is among the k with the largest scores.
  ///   - average: how the values of classes become one.
  ///   - multidimAverage: whether positions count as examples, or each sample has a value of its own.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by, 0 or 1.
  public convenience init(
    numClasses: Int? = nil, topK: Int = 1, average: MetricAverage = .macro,
    multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    zeroDivision: Double = 0
  ) {
    self.init(rule: Rule(), numClasses, topK, average, multidimAverage, ignoreIndex, validateArgs, zeroDivision)
  }
}

extension MulticlassScore where Rule == FBetaRule {
  /// - Parameters:
  ///   - beta: how much more recall counts than precision.
  ///   - numClasses: the number of classes.
  ///   - topK: an example is right if its class is among the k with the largest scores.
  ///   - average: how the values of classes become one.
  ///   - multidimAverage: whether positions count as examples, or each sample has a value of its own.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by, 0 or 1.
  public convenience init(
    beta: Double, numClasses: Int?, topK: Int = 1, average: MetricAverage = .macro,
    multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    zeroDivision: Double = 0
  ) {
    self.init(
      rule: FBetaRule(beta: beta), numClasses, topK, average, multidimAverage, ignoreIndex, validateArgs, zeroDivision)
    expect(beta > 0, "needs a positive beta, and found \(beta)")
  }
}

// MARK: Multilabel

/// A score of several labels that may go together: ``MultilabelAccuracy``, ``MultilabelPrecision``, ``MultilabelF1Score`` ...
public final class MultilabelScore<Rule: StatScoreRule>: StatScoreMetric<Rule>, PairMetric {
  private let numLabels: Int
  private let threshold: Double

  init(
    rule: Rule, _ numLabels: Int, _ threshold: Double, _ average: MetricAverage, _ multidimAverage: MultidimAverage,
    _ ignoreIndex: Int?, _ validateArgs: Bool, _ zeroDivision: Double
  ) {
    self.numLabels = numLabels
    self.threshold = threshold
    super.init(
      rule,
      ScoreContext(
        task: .multilabel, average: average, isSamplewise: multidimAverage == .samplewise, zeroDivision: zeroDivision),
      size: numLabels, ignoreIndex: ignoreIndex, validateArgs: validateArgs)
    guard validateArgs else { return }
    expect(numLabels >= 2, "needs 2 or more labels, and found \(numLabels)")
    expectThreshold(threshold)
  }

  /// Adds predictions (probabilities, logits or 0 and 1) and targets (0 and 1) of one shape `[N, L, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireLabels(preds, target, numLabels, name)
      if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
      guard preds.rank >= (context.isSamplewise ? 3 : 2) else {
        throw mistake(
          .shape, "needs three or more dimensions for samplewise values, and found the shape \(preds.shape)")
      }
      let further = Array(2..<max(2, preds.rank))
      let found = labels(preds, threshold: threshold)
      add(binaryScores(found, target, ignoreIndex, context.isSamplewise ? further : [0] + further))
    }
  }
}

extension MultilabelScore where Rule: PlainStatScoreRule {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - threshold: above which probability a label is positive.
  ///   - average: how the values of labels become one.
  ///   - multidimAverage: whether positions count as examples, or each sample has a value of its own.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by, 0 or 1.
  public convenience init(
    numLabels: Int, threshold: Double = 0.5, average: MetricAverage = .macro,
    multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    zeroDivision: Double = 0
  ) {
    self.init(rule: Rule(), numLabels, threshold, average, multidimAverage, ignoreIndex, validateArgs, zeroDivision)
  }
}

extension MultilabelScore where Rule == FBetaRule {
  /// - Parameters:
  ///   - beta: how much more recall counts than precision.
  ///   - numLabels: the number of labels.
  ///   - threshold: above which probability a label is positive.
  ///   - average: how the values of labels become one.
  ///   - multidimAverage: whether positions count as examples, or each sample has a value of its own.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  ///   - zeroDivision: the value where there is nothing to divide by, 0 or 1.
  public convenience init(
    beta: Double, numLabels: Int, threshold: Double = 0.5, average: MetricAverage = .macro,
    multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil, validateArgs: Bool = true,
    zeroDivision: Double = 0
  ) {
    self.init(
      rule: FBetaRule(beta: beta), numLabels, threshold, average, multidimAverage, ignoreIndex, validateArgs,
      zeroDivision)
    expect(beta > 0, "needs a positive beta, and found \(beta)")
  }
}
