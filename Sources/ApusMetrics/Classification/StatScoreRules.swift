import ApusCore
import ApusNumerics

// The rules of metrics that are made of true and false positives and negatives, and the names of these metrics.

/// The share of right predictions: `(TP + TN) / all`; of several classes `TP / (TP + FN)`.
public struct AccuracyRule: PlainStatScoreRule {
  public static let name = "Accuracy"
  public static let higherIsBetter: Bool? = true
  public init() {}
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor {
    context.reduce(scores) { rightShare($0, context) }
  }
}

private func rightShare(_ s: DecisionCounts, _ context: ScoreContext) -> Tensor {
  if context.task == .multiclass { return safeDivide(s.tp, s.tp + s.fn) }
  return safeDivide(s.tp + s.tn, s.tp + s.tn + s.fp + s.fn)
}

/// The share of wrong predictions.
public struct HammingDistanceRule: PlainStatScoreRule {
  public static let name = "HammingDistance"
  public static let higherIsBetter: Bool? = false
  public init() {}
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor {
    var context = context
    context.topK = 1
    return context.reduce(scores) { 1 - rightShare($0, context) }
  }
}

/// Of what was found, the share that is right: `TP / (TP + FP)`.
public struct PrecisionRule: PlainStatScoreRule {
  public static let name = "Precision"
  public static let higherIsBetter: Bool? = true
  public init() {}
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor {
    context.reduce(scores) { safeDivide($0.tp, $0.tp + $0.fp, context.zeroDivision) }
  }
}

/// Of what is there, the share that was found: `TP / (TP + FN)`.
public struct RecallRule: PlainStatScoreRule {
  public static let name = "Recall"
  public static let higherIsBetter: Bool? = true
  public init() {}
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor {
    context.reduce(scores) { safeDivide($0.tp, $0.tp + $0.fn, context.zeroDivision) }
  }
}

/// Of what is not there, the share that was not found: `TN / (TN + FP)`.
public struct SpecificityRule: PlainStatScoreRule {
  public static let name = "Specificity"
  public static let higherIsBetter: Bool? = true
  public init() {}
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor {
    var context = context
    context.topK = 1
    return context.reduce(scores) { safeDivide($0.tn, $0.tn + $0.fp) }
  }
}

/// Of what was not found, the share that is not there: `TN / (TN + FN)`.
public struct NegativePredictiveValueRule: PlainStatScoreRule {
  public static let name = "NegativePredictiveValue"
  public static let higherIsBetter: Bool? = true
  public init() {}
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor {
    context.reduce(scores) { safeDivide($0.tn, $0.tn + $0.fn, context.zeroDivision) }
  }
}

private func fBeta(_ beta: Double, _ scores: DecisionCounts, _ context: ScoreContext) -> Tensor {
  let square = beta * beta
  var context = context
  context.topK = 1
  return context.reduce(scores) { s in
    let hits = (1 + square) * s.tp.to(.float32)
    return safeDivide(hits, hits + square * s.fn + s.fp, context.zeroDivision)
  }
}

/// The weighted harmonic mean of precision and recall: `(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)`.
public struct FBetaRule: StatScoreRule {
  public static let name = "FBetaScore"
  public static let higherIsBetter: Bool? = true
  /// How much more recall counts than precision.
  public let beta: Double
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor { fBeta(beta, scores, context) }
}

/// The harmonic mean of precision and recall: `2 TP / (2 TP + FN + FP)`.
public struct F1Rule: PlainStatScoreRule {
  public static let name = "F1Score"
  public static let higherIsBetter: Bool? = true
  public init() {}
  public func value(_ scores: DecisionCounts, _ context: ScoreContext) -> Tensor { fBeta(1, scores, context) }
}

/// The scores themselves: `[..., 5]` of TP, FP, TN, FN and support.
public struct StatScoresRule: PlainStatScoreRule {
  public static let name = "StatScores"
  public static let higherIsBetter: Bool? = nil
  public init() {}
  public func value(_ s: DecisionCounts, _ context: ScoreContext) -> Tensor {
    let all = stack([s.tp, s.fp, s.tn, s.fn, s.support], dim: -1)
    if context.task == .binary { return all }
    let dim = context.classDim
    switch context.average {
    case .none: return all
    case .micro: return all.rank > dim + 1 ? all.sum([dim]) : all
    case .macro: return all.to(.float32).mean([dim])
    case .weighted:
      let support = s.support.to(.float32)
      // Of labels the weights of all samples together sum to 1, as in torchmetrics.
      let sum = context.isSamplewise && !context.isMultilabel ? support.sum([-1], keepDim: true) : support.sum()
      return (all * (support / sum).unsqueeze(-1)).sum([dim])
    }
  }
}

/// The share of right predictions.
public typealias BinaryAccuracy = BinaryScore<AccuracyRule>
/// The share of right predictions, of each class `TP / (TP + FN)`.
public typealias MulticlassAccuracy = MulticlassScore<AccuracyRule>
/// The share of right predictions.
public typealias MultilabelAccuracy = MultilabelScore<AccuracyRule>
/// The share of wrong predictions.
public typealias BinaryHammingDistance = BinaryScore<HammingDistanceRule>
/// The share of wrong predictions.
public typealias MulticlassHammingDistance = MulticlassScore<HammingDistanceRule>
/// The share of wrong predictions.
public typealias MultilabelHammingDistance = MultilabelScore<HammingDistanceRule>
/// `TP / (TP + FP)`.
public typealias BinaryPrecision = BinaryScore<PrecisionRule>
/// `TP / (TP + FP)`.
public typealias MulticlassPrecision = MulticlassScore<PrecisionRule>
/// `TP / (TP + FP)`.
public typealias MultilabelPrecision = MultilabelScore<PrecisionRule>
/// `TP / (TP + FN)`.
public typealias BinaryRecall = BinaryScore<RecallRule>
/// `TP / (TP + FN)`.
public typealias MulticlassRecall = MulticlassScore<RecallRule>
/// `TP / (TP + FN)`.
public typealias MultilabelRecall = MultilabelScore<RecallRule>
/// `TN / (TN + FP)`.
public typealias BinarySpecificity = BinaryScore<SpecificityRule>
/// `TN / (TN + FP)`.
public typealias MulticlassSpecificity = MulticlassScore<SpecificityRule>
/// `TN / (TN + FP)`.
public typealias MultilabelSpecificity = MultilabelScore<SpecificityRule>
/// `TN / (TN + FN)`.
public typealias BinaryNegativePredictiveValue = BinaryScore<NegativePredictiveValueRule>
/// `TN / (TN + FN)`.
public typealias MulticlassNegativePredictiveValue = MulticlassScore<NegativePredictiveValueRule>
/// `TN / (TN + FN)`.
public typealias MultilabelNegativePredictiveValue = MultilabelScore<NegativePredictiveValueRule>
/// `2 TP / (2 TP + FN + FP)`.
public typealias BinaryF1Score = BinaryScore<F1Rule>
/// `2 TP / (2 TP + FN + FP)`.
public typealias MulticlassF1Score = MulticlassScore<F1Rule>
/// `2 TP / (2 TP + FN + FP)`.
public typealias MultilabelF1Score = MultilabelScore<F1Rule>
/// `(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)`.
public typealias BinaryFBetaScore = BinaryScore<FBetaRule>
/// `(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)`.
public typealias MulticlassFBetaScore = MulticlassScore<FBetaRule>
/// `(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)`.
public typealias MultilabelFBetaScore = MultilabelScore<FBetaRule>
/// TP, FP, TN, FN and support.
public typealias BinaryStatScores = BinaryScore<StatScoresRule>
/// TP, FP, TN, FN and support.
public typealias MulticlassStatScores = MulticlassScore<StatScoresRule>
/// TP, FP, TN, FN and support.
public typealias MultilabelStatScores = MultilabelScore<StatScoresRule>
