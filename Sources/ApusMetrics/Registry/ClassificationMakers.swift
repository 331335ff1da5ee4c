import ApusCore

// Metrics of classification by their names.

extension MetricArguments {
  fileprivate func ignoreIndex() throws(TensorError) -> Int? { try optionalInt("ignore_index") }
  fileprivate func validateArgs() throws(TensorError) -> Bool { try bool("validate_args", true) }
  fileprivate func zeroDivision() throws(TensorError) -> Double { try double("zero_division", 0) }
  fileprivate func threshold() throws(TensorError) -> Double { try double("threshold", 0.5) }
  fileprivate func multidim() throws(TensorError) -> MultidimAverage { try choice("multidim_average", .global) }
  fileprivate func average(_ standard: MetricAverage = .macro) throws(TensorError) -> MetricAverage {
    try choice("average", standard)
  }
  fileprivate func classes() throws(TensorError) -> Int { try int("num_classes") }
  fileprivate func labels() throws(TensorError) -> Int { try int("num_labels") }
  fileprivate func normalization() throws(TensorError) -> ScoreNormalization? {
    try optionalChoice("normalization", .sigmoid)
  }
}

private func binary<Rule: StatScoreRule>(_ rule: Rule, _ a: MetricArguments) throws(TensorError) -> Metric {
  BinaryScore(
    rule: rule, try a.threshold(), try a.multidim(), try a.ignoreIndex(), try a.validateArgs(), try a.zeroDivision())
}

private func multiclass<Rule: StatScoreRule>(_ rule: Rule, _ a: MetricArguments) throws(TensorError) -> Metric {
  MulticlassScore(
    rule: rule, try a.optionalInt("num_classes"), try a.int("top_k", 1), try a.average(), try a.multidim(),
    try a.ignoreIndex(), try a.validateArgs(), try a.zeroDivision())
}

private func multilabel<Rule: StatScoreRule>(_ rule: Rule, _ a: MetricArguments) throws(TensorError) -> Metric {
  MultilabelScore(
    rule: rule, try a.labels(), try a.threshold(), try a.average(), try a.multidim(), try a.ignoreIndex(),
    try a.validateArgs(), try a.zeroDivision())
}

private func fBeta(_ a: MetricArguments) throws(TensorError) -> FBetaRule {
  let beta = try a.double("beta")
  guard beta > 0 else { throw TensorError(.value, a.metric, "needs a positive beta, and found \(beta)") }
  return FBetaRule(beta: beta)
}

extension Metric {
  private static func makers<Rule: PlainStatScoreRule>(_ type: Rule.Type) -> [String: Maker] {
    [
      "Binary" + Rule.name: { a throws(TensorError) in try binary(Rule(), a) },
      "Multiclass" + Rule.name: { a throws(TensorError) in try multiclass(Rule(), a) },
      "Multilabel" + Rule.name: { a throws(TensorError) in try multilabel(Rule(), a) },
    ]
  }

  static let scoreMakers: [String: Maker] = [
    makers(AccuracyRule.self), makers(HammingDistanceRule.self), makers(PrecisionRule.self), makers(RecallRule.self),
    makers(SpecificityRule.self), makers(NegativePredictiveValueRule.self), makers(F1Rule.self),
    makers(StatScoresRule.self),
    [
      "BinaryFBetaScore": { a throws(TensorError) in try binary(fBeta(a), a) },
      "MulticlassFBetaScore": { a throws(TensorError) in try multiclass(fBeta(a), a) },
      "MultilabelFBetaScore": { a throws(TensorError) in try multilabel(fBeta(a), a) },
    ],
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

  static let confusionMakers: [String: Maker] = [
    "BinaryConfusionMatrix": { a throws(TensorError) in
      BinaryConfusionMatrix(
        threshold: try a.threshold(), ignoreIndex: try a.ignoreIndex(), normalize: try a.choice("normalize", .none),
        validateArgs: try a.validateArgs())
    },
    "MulticlassConfusionMatrix": { a throws(TensorError) in
      MulticlassConfusionMatrix(
        numClasses: try a.classes(), ignoreIndex: try a.ignoreIndex(), normalize: try a.choice("normalize", .none),
        validateArgs: try a.validateArgs())
    },
    "MultilabelConfusionMatrix": { a throws(TensorError) in
      MultilabelConfusionMatrix(
        numLabels: try a.labels(), threshold: try a.threshold(), ignoreIndex: try a.ignoreIndex(),
        normalize: try a.choice("normalize", .none), validateArgs: try a.validateArgs())
    },
    "BinaryJaccardIndex": { a throws(TensorError) in
      BinaryJaccardIndex(
        threshold: try a.threshold(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs(),
        zeroDivision: try a.zeroDivision())
    },
    "MulticlassJaccardIndex": { a throws(TensorError) in
      MulticlassJaccardIndex(
        numClasses: try a.classes(), average: try a.average(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs(), zeroDivision: try a.zeroDivision())
    },
    "MultilabelJaccardIndex": { a throws(TensorError) in
      MultilabelJaccardIndex(
        numLabels: try a.labels(), threshold: try a.threshold(), average: try a.average(),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs(), zeroDivision: try a.zeroDivision())
    },
    "BinaryCohenKappa": { a throws(TensorError) in
      BinaryCohenKappa(
        threshold: try a.threshold(), ignoreIndex: try a.ignoreIndex(), weights: try a.choice("weights", .none),
        validateArgs: try a.validateArgs())
    },
    "MulticlassCohenKappa": { a throws(TensorError) in
      MulticlassCohenKappa(
        numClasses: try a.classes(), ignoreIndex: try a.ignoreIndex(), weights: try a.choice("weights", .none),
        validateArgs: try a.validateArgs())
    },
    "BinaryMatthewsCorrCoef": { a throws(TensorError) in
      BinaryMatthewsCorrCoef(
        threshold: try a.threshold(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MulticlassMatthewsCorrCoef": { a throws(TensorError) in
      MulticlassMatthewsCorrCoef(
        numClasses: try a.classes(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelMatthewsCorrCoef": { a throws(TensorError) in
      MultilabelMatthewsCorrCoef(
        numLabels: try a.labels(), threshold: try a.threshold(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
  ]

  static let otherClassificationMakers: [String: Maker] = [
    "MulticlassExactMatch": { a throws(TensorError) in
      MulticlassExactMatch(
        numClasses: try a.classes(), multidimAverage: try a.multidim(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "MultilabelExactMatch": { a throws(TensorError) in
      MultilabelExactMatch(
        numLabels: try a.labels(), threshold: try a.threshold(), multidimAverage: try a.multidim(),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "BinaryHingeLoss": { a throws(TensorError) in
      BinaryHingeLoss(
        squared: try a.bool("squared", false), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MulticlassHingeLoss": { a throws(TensorError) in
      MulticlassHingeLoss(
        numClasses: try a.classes(), squared: try a.bool("squared", false),
        multiclassMode: try a.choice("multiclass_mode", .crammerSinger), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "BinaryCalibrationError": { a throws(TensorError) in
      BinaryCalibrationError(
        nBins: try a.int("n_bins", 15), norm: try a.choice("norm", .l1), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "MulticlassCalibrationError": { a throws(TensorError) in
      MulticlassCalibrationError(
        numClasses: try a.classes(), nBins: try a.int("n_bins", 15), norm: try a.choice("norm", .l1),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelCoverageError": { a throws(TensorError) in
      MultilabelCoverageError(
        numLabels: try a.labels(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelRankingAveragePrecision": { a throws(TensorError) in
      MultilabelRankingAveragePrecision(
        numLabels: try a.labels(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelRankingLoss": { a throws(TensorError) in
      MultilabelRankingLoss(
        numLabels: try a.labels(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "BinaryGroupStatRates": { a throws(TensorError) in
      BinaryGroupStatRates(
        numGroups: try a.int("num_groups"), threshold: try a.threshold(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "BinaryFairness": { a throws(TensorError) in
      BinaryFairness(
        numGroups: try a.int("num_groups"), task: try a.choice("task", .all), threshold: try a.threshold(),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
  ]

  static let curveMakers: [String: Maker] = [
    "BinaryPrecisionRecallCurve": { a throws(TensorError) in
      BinaryPrecisionRecallCurve(
        thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs(),
        normalization: try a.normalization())
    },
    "MulticlassPrecisionRecallCurve": { a throws(TensorError) in
      MulticlassPrecisionRecallCurve(
        numClasses: try a.classes(), thresholds: try a.thresholds(), average: try a.average(.none),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelPrecisionRecallCurve": { a throws(TensorError) in
      MultilabelPrecisionRecallCurve(
        numLabels: try a.labels(), thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "BinaryROC": { a throws(TensorError) in
      BinaryROC(
        thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs(),
        normalization: try a.normalization())
    },
    "MulticlassROC": { a throws(TensorError) in
      MulticlassROC(
        numClasses: try a.classes(), thresholds: try a.thresholds(), average: try a.average(.none),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelROC": { a throws(TensorError) in
      MultilabelROC(
        numLabels: try a.labels(), thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "BinaryAUROC": { a throws(TensorError) in
      BinaryAUROC(
        maxFpr: try a.optionalDouble("max_fpr"), thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "MulticlassAUROC": { a throws(TensorError) in
      MulticlassAUROC(
        numClasses: try a.classes(), average: try a.average(), thresholds: try a.thresholds(),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelAUROC": { a throws(TensorError) in
      MultilabelAUROC(
        numLabels: try a.labels(), average: try a.average(), thresholds: try a.thresholds(),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "BinaryAveragePrecision": { a throws(TensorError) in
      BinaryAveragePrecision(
        thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs(),
        normalization: try a.normalization())
    },
    "MulticlassAveragePrecision": { a throws(TensorError) in
      MulticlassAveragePrecision(
        numClasses: try a.classes(), average: try a.average(), thresholds: try a.thresholds(),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelAveragePrecision": { a throws(TensorError) in
      MultilabelAveragePrecision(
        numLabels: try a.labels(), average: try a.average(), thresholds: try a.thresholds(),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "BinaryEER": { a throws(TensorError) in
      BinaryEER(
        thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs(),
        normalization: try a.normalization())
    },
    "MulticlassEER": { a throws(TensorError) in
      MulticlassEER(
        numClasses: try a.classes(), thresholds: try a.thresholds(), average: try a.average(.none),
        ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelEER": { a throws(TensorError) in
      MultilabelEER(
        numLabels: try a.labels(), thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.validateArgs())
    },
    "BinaryLogAUC": { a throws(TensorError) in
      BinaryLogAUC(
        fprRange: try fprRange(a), thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(),
        validateArgs: try a.bool("validate_args", false))
    },
    "MulticlassLogAUC": { a throws(TensorError) in
      MulticlassLogAUC(
        numClasses: try a.classes(), fprRange: try fprRange(a), average: try a.average(.none),
        thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
    "MultilabelLogAUC": { a throws(TensorError) in
      MultilabelLogAUC(
        numLabels: try a.labels(), fprRange: try fprRange(a), average: try a.average(.none),
        thresholds: try a.thresholds(), ignoreIndex: try a.ignoreIndex(), validateArgs: try a.validateArgs())
    },
  ]

  private static func makers<Rule: FixedRateRule>(_ type: Rule.Type, _ least: String) -> [String: Maker] {
    [
      "Binary" + Rule.name: { a throws(TensorError) in
        BinaryFixedRate<Rule>(
          least: try a.double(least), try a.thresholds(), try a.ignoreIndex(), try a.validateArgs())
      },
      "Multiclass" + Rule.name: { a throws(TensorError) in
        MulticlassFixedRate<Rule>(
          try a.classes(), least: try a.double(least), try a.thresholds(), try a.ignoreIndex(), try a.validateArgs())
      },
      "Multilabel" + Rule.name: { a throws(TensorError) in
        MultilabelFixedRate<Rule>(
          try a.labels(), least: try a.double(least), try a.thresholds(), try a.ignoreIndex(), try a.validateArgs())
      },
    ]
  }

  static let fixedRateMakers: [String: Maker] = [
    makers(RecallAtPrecisionRule.self, "min_precision"), makers(PrecisionAtRecallRule.self, "min_recall"),
    makers(SensitivityAtSpecificityRule.self, "min_specificity"),
    makers(SpecificityAtSensitivityRule.self, "min_sensitivity"),
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }
}

private func fprRange(_ a: MetricArguments) throws(TensorError) -> (Double, Double) {
  let bounds = try a.doubles("fpr_range", [0.001, 0.1])
  guard bounds.count == 2 else {
    throw TensorError(.value, a.metric, "fpr_range has a lower and an upper bound, and found \(bounds)")
  }
  return (bounds[0], bounds[1])
}
