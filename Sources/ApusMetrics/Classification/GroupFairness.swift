import ApusCore
import ApusNumerics

// How classifications differ between groups of people.

/// What the metrics of groups share: the scores of each group.
public class GroupScoresMetric: Metric {
  fileprivate let numGroups: Int
  private let threshold: Double
  private let ignoreIndex: Int?
  private let validateArgs: Bool
  private let scores: MetricState

  fileprivate init(_ numGroups: Int, _ threshold: Double, _ ignoreIndex: Int?, _ validateArgs: Bool) {
    self.numGroups = max(1, numGroups)
    self.threshold = threshold
    self.ignoreIndex = ignoreIndex
    self.validateArgs = validateArgs
    scores = MetricState(Tensor.zeros([self.numGroups, 4], dtype: .int64))
    super.init()
    expect(numGroups >= 2, "needs 2 or more groups, and found \(numGroups)")
    if validateArgs { expectThreshold(threshold) }
  }

  /// TP, FP, TN, FN of each group: `[groups, 4]`.
  fileprivate var counts: Tensor { scores.value }

  fileprivate func add(_ preds: Tensor, _ target: Tensor, _ groups: Tensor) throws(TensorError) {
    try requireSameShape(preds, target, name)
    try requireSameShape(preds, groups, name)
    if validateArgs { try requireBinaryLabels(preds, target, ignoreIndex, name) }
    guard !groups.dtype.isFloatingPoint else {
      throw mistake(.dtype, "groups are integers, and found \(groups.dtype)")
    }
    let (found, group) = (labels(preds, threshold: threshold).reshape([-1]), groups.reshape([-1]).to(.int64))
    try requireRange(group, nil, numGroups, "groups", name)
    let wanted = target.reshape([-1])
    var counts = wanted.eq(0).logicalOr(wanted.eq(1))
    if let ignoreIndex { counts = counts.logicalAnd(wanted.ne(ignoreIndex)) }
    func count(_ yes: Int, _ hit: Int) -> Tensor {
      let mask = counts.logicalAnd(wanted.eq(yes)).logicalAnd(found.eq(hit))
      return group.kept(mask).bincount(minlength: numGroups)
    }
    scores.add(stack([count(1, 1), count(0, 1), count(0, 0), count(1, 0)], dim: 1))
  }
}

/// The rates of true and false positives and negatives of each group: `group_0` ... with TP, FP, TN, FN.
public final class BinaryGroupStatRates: GroupScoresMetric, GroupedMetric {
  /// - Parameters:
  ///   - numGroups: the number of groups.
  ///   - threshold: above which probability something is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(numGroups: Int, threshold: Double = 0.5, ignoreIndex: Int? = nil, validateArgs: Bool = true) {
    super.init(numGroups, threshold, ignoreIndex, validateArgs)
  }

  /// Adds predictions (probabilities, logits or 0 and 1), targets (0 and 1) and group numbers of one shape.
  public func update(_ preds: Tensor, _ target: Tensor, _ groups: Tensor) {
    updating(preds, target, groups) { () throws(TensorError) in try add(preds, target, groups) }
  }

  public func compute() -> [String: Tensor] {
    let rates = counts.to(.float32) / counts.sum([1], keepDim: true)
    return Dictionary(uniqueKeysWithValues: (0..<numGroups).map { ("group_\($0)", rates[$0]) })
  }
}

/// What fairness compares.
public enum FairnessTask: String, Sendable, Hashable, NamedChoice {
  /// How often groups are predicted positive.
  case demographicParity = "demographic_parity"
  /// How often the positives of groups are found.
  case equalOpportunity = "equal_opportunity"
  /// Both.
  case all
}

/// The smallest rate of a group over the largest: `DP_i_j` of positive predictions, `EO_i_j` of found positives, with the
/// groups of the smallest and the largest.
public final class BinaryFairness: GroupScoresMetric, GroupedMetric {
  private let task: FairnessTask

  /// - Parameters:
  ///   - numGroups: the number of groups.
  ///   - task: what is compared.
  ///   - threshold: above which probability something is positive.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public init(
    numGroups: Int, task: FairnessTask = .all, threshold: Double = 0.5, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.task = task
    super.init(numGroups, threshold, ignoreIndex, validateArgs)
  }

  /// Adds predictions (probabilities, logits or 0 and 1), targets (0 and 1) and group numbers of one shape. Demographic
  /// parity does not need targets.
  public func update(_ preds: Tensor, _ target: Tensor, _ groups: Tensor) {
    updating(preds, target, groups) { () throws(TensorError) in
      try add(preds, task == .demographicParity ? zerosLike(preds) : target, groups)
    }
  }

  public func compute() -> [String: Tensor] {
    let scores = counts.unbind(1)
    var found: [String: Tensor] = [:]
    func compare(_ name: String, _ part: Tensor, _ all: Tensor) {
      let rates = safeDivide(part, all)
      let (least, most) = (rates.argmin().item(as: Int.self), rates.argmax().item(as: Int.self))
      found["\(name)_\(least)_\(most)"] = safeDivide(rates[least], rates[most])
    }
    if task != .equalOpportunity { compare("DP", scores[0] + scores[1], counts.sum([1])) }
    if task != .demographicParity { compare("EO", scores[0], scores[0] + scores[3]) }
    return found
  }
}
