import ApusCore

// Metrics of classification whose task is an argument.

/// The share of right predictions.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func Accuracy(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, ignoreIndex: Int? = nil,
  validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "Accuracy",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// `TP / (TP + FP)`.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - zeroDivision: the value where there is nothing to divide by.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func Precision(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, zeroDivision: Double = 0,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "Precision",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK), "zero_division": .double(zeroDivision),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// `TP / (TP + FN)`.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - zeroDivision: the value where there is nothing to divide by.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func Recall(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, zeroDivision: Double = 0,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "Recall",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK), "zero_division": .double(zeroDivision),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// `2 TP / (2 TP + FN + FP)`.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - zeroDivision: the value where there is nothing to divide by.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func F1Score(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, zeroDivision: Double = 0,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "F1Score",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK), "zero_division": .double(zeroDivision),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// `(1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP)`.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - beta: how much more recall counts than precision.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - zeroDivision: the value where there is nothing to divide by.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func FBetaScore(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, beta: Double = 1, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, zeroDivision: Double = 0,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "FBetaScore",
    [
      "beta": .double(beta), "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK), "zero_division": .double(zeroDivision),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// `TN / (TN + FP)`.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func Specificity(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, ignoreIndex: Int? = nil,
  validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "Specificity",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// `TN / (TN + FN)`.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - zeroDivision: the value where there is nothing to divide by.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func NegativePredictiveValue(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, zeroDivision: Double = 0,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "NegativePredictiveValue",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK), "zero_division": .double(zeroDivision),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The share of wrong predictions.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func HammingDistance(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, ignoreIndex: Int? = nil,
  validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "HammingDistance",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// TP, FP, TN, FN and support.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - multidimAverage: whether positions count as examples.
///   - topK: an example is right if its class is among the k with the largest scores.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func StatScores(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .micro, multidimAverage: MultidimAverage = .global, topK: Int = 1, ignoreIndex: Int? = nil,
  validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "StatScores",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue),
      "multidim_average": .text(multidimAverage.rawValue), "top_k": .int(topK),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// How often each class is predicted for each target.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - normalize: what the counts are divided by.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func ConfusionMatrix(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  normalize: ConfusionNormalization = .none, ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "ConfusionMatrix",
    [
      "threshold": .double(threshold), "normalize": .text(normalize.rawValue),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// `TP / (TP + FP + FN)`.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - average: how the values of classes become one.
///   - zeroDivision: the value where there is nothing to divide by.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func JaccardIndex(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  average: MetricAverage = .macro, zeroDivision: Double = 0, ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "JaccardIndex",
    [
      "threshold": .double(threshold), "average": .text(average.rawValue), "zero_division": .double(zeroDivision),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// Agreement beyond chance, of yes and no or several classes.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - threshold: above which probability something is positive.
///   - weights: how much disagreements count.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func CohenKappa(
  task: MetricTask, numClasses: Int? = nil, threshold: Double = 0.5, weights: KappaWeights = .none,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "CohenKappa",
    [
      "threshold": .double(threshold), "weights": .text(weights.rawValue), "ignore_index": ignoreIndex.map { .int($0) },
      "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: nil)
}

/// The correlation coefficient of Matthews.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func MatthewsCorrCoef(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5, ignoreIndex: Int? = nil,
  validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "MatthewsCorrCoef",
    [
      "threshold": .double(threshold), "ignore_index": ignoreIndex.map { .int($0) },
      "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The share of samples of which everything is right, of several classes or labels.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - threshold: above which probability something is positive.
///   - multidimAverage: whether positions count as examples.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func ExactMatch(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, threshold: Double = 0.5,
  multidimAverage: MultidimAverage = .global, ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "ExactMatch",
    [
      "threshold": .double(threshold), "multidim_average": .text(multidimAverage.rawValue),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The mean hinge loss, of yes and no or several classes.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - squared: whether each loss is squared.
///   - multiclassMode: how losses of several classes are counted.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func HingeLoss(
  task: MetricTask, numClasses: Int? = nil, squared: Bool = false, multiclassMode: HingeMode = .crammerSinger,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "HingeLoss",
    [
      "squared": .bool(squared), "multiclass_mode": .text(multiclassMode.rawValue),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: nil)
}

/// How far confidence and accuracy lie apart, of yes and no or several classes.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - nBins: the number of bins.
///   - norm: how the errors of bins become one.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func CalibrationError(
  task: MetricTask, numClasses: Int? = nil, nBins: Int = 15, norm: CalibrationNorm = .l1, ignoreIndex: Int? = nil,
  validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "CalibrationError",
    [
      "n_bins": .int(nBins), "norm": .text(norm.rawValue), "ignore_index": ignoreIndex.map { .int($0) },
      "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: nil)
}

/// The area under the receiver operating characteristic.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - average: how the values of classes become one.
///   - maxFpr: of yes and no, the area up to this rate of false positives.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func AUROC(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  average: MetricAverage = .macro, maxFpr: Double? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "AUROC",
    [
      "thresholds": thresholds?.argument, "average": .text(average.rawValue), "max_fpr": maxFpr.map { .double($0) },
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The mean precision over the steps of recall.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - average: how the values of classes become one.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func AveragePrecision(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  average: MetricAverage = .macro, ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "AveragePrecision",
    [
      "thresholds": thresholds?.argument, "average": .text(average.rawValue),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// Precision and recall at rising thresholds.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func PrecisionRecallCurve(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "PrecisionRecallCurve",
    [
      "thresholds": thresholds?.argument, "ignore_index": ignoreIndex.map { .int($0) },
      "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The rates of false and true positives at falling thresholds.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func ROC(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "ROC",
    [
      "thresholds": thresholds?.argument, "ignore_index": ignoreIndex.map { .int($0) },
      "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The equal error rate.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func EER(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "EER",
    [
      "thresholds": thresholds?.argument, "ignore_index": ignoreIndex.map { .int($0) },
      "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The area under the characteristic over a logarithmic axis.
/// - Parameters:
///   - task: what is classified.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - fprRange: the rates of false positives between which the area is taken.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func LogAUC(
  task: MetricTask, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  fprRange: (Double, Double) = (0.001, 0.1), ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "LogAUC",
    [
      "thresholds": thresholds?.argument, "fpr_range": .list([.double(fprRange.0), .double(fprRange.1)]),
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The best precision at a least recall.
/// - Parameters:
///   - task: what is classified.
///   - minRecall: the least recall.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func PrecisionAtFixedRecall(
  task: MetricTask, minRecall: Double, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "PrecisionAtFixedRecall",
    [
      "min_recall": .double(minRecall), "thresholds": thresholds?.argument,
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The best recall at a least precision.
/// - Parameters:
///   - task: what is classified.
///   - minPrecision: the least precision.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func RecallAtFixedPrecision(
  task: MetricTask, minPrecision: Double, numClasses: Int? = nil, numLabels: Int? = nil, thresholds: Thresholds? = nil,
  ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "RecallAtFixedPrecision",
    [
      "min_precision": .double(minPrecision), "thresholds": thresholds?.argument,
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The best sensitivity at a least specificity.
/// - Parameters:
///   - task: what is classified.
///   - minSpecificity: the least specificity.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func SensitivityAtSpecificity(
  task: MetricTask, minSpecificity: Double, numClasses: Int? = nil, numLabels: Int? = nil,
  thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "SensitivityAtSpecificity",
    [
      "min_specificity": .double(minSpecificity), "thresholds": thresholds?.argument,
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}

/// The best specificity at a least sensitivity.
/// - Parameters:
///   - task: what is classified.
///   - minSensitivity: the least sensitivity.
///   - numClasses: the number of classes, of several classes.
///   - numLabels: the number of labels, of several labels.
///   - thresholds: where the curve is measured; nil for every different score.
///   - ignoreIndex: targets of this value do not count.
///   - validateArgs: whether values are checked.
public func SpecificityAtSensitivity(
  task: MetricTask, minSensitivity: Double, numClasses: Int? = nil, numLabels: Int? = nil,
  thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
) -> TaskMetric {
  Metric.of(
    task, "SpecificityAtSensitivity",
    [
      "min_sensitivity": .double(minSensitivity), "thresholds": thresholds?.argument,
      "ignore_index": ignoreIndex.map { .int($0) }, "validate_args": .bool(validateArgs),
    ], numClasses: numClasses, numLabels: numLabels)
}
