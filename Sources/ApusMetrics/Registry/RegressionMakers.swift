import ApusCore

// Aggregations and metrics of regression by their names.

private func nanStrategy(_ a: MetricArguments) throws(TensorError) -> NanStrategy {
  guard let argument = a["nan_strategy"] else { return .warn }
  if let number = argument.asDouble { return .replace(number) }
  let known: [String: NanStrategy] = ["error": .error, "warn": .warn, "ignore": .ignore, "disable": .disable]
  guard let strategy = argument.asText.flatMap({ known[$0] }) else {
    throw TensorError(
      .value, a.metric, "nan_strategy is error, warn, ignore, disable or a number, and found \(argument)")
  }
  return strategy
}

extension Metric {
  static let aggregationMakers: [String: Maker] = [
    "MaxMetric": { a throws(TensorError) in MaxMetric(nanStrategy: try nanStrategy(a)) },
    "MinMetric": { a throws(TensorError) in MinMetric(nanStrategy: try nanStrategy(a)) },
    "SumMetric": { a throws(TensorError) in SumMetric(nanStrategy: try nanStrategy(a)) },
    "MeanMetric": { a throws(TensorError) in MeanMetric(nanStrategy: try nanStrategy(a)) },
    "CatMetric": { a throws(TensorError) in CatMetric(nanStrategy: try nanStrategy(a)) },
    "RunningMean": { a throws(TensorError) in
      RunningMean(window: try a.int("window", 5), nanStrategy: try nanStrategy(a))
    },
    "RunningSum": { a throws(TensorError) in
      RunningSum(window: try a.int("window", 5), nanStrategy: try nanStrategy(a))
    },
  ]

  static let regressionMakers: [String: Maker] = [
    "MeanSquaredError": { a throws(TensorError) in
      MeanSquaredError(squared: try a.bool("squared", true), numOutputs: try a.int("num_outputs", 1))
    },
    "MeanAbsoluteError": { a throws(TensorError) in MeanAbsoluteError(numOutputs: try a.int("num_outputs", 1)) },
    "MeanAbsolutePercentageError": { _ throws(TensorError) in MeanAbsolutePercentageError() },
    "SymmetricMeanAbsolutePercentageError": { _ throws(TensorError) in SymmetricMeanAbsolutePercentageError() },
    "WeightedMeanAbsolutePercentageError": { _ throws(TensorError) in WeightedMeanAbsolutePercentageError() },
    "MeanSquaredLogError": { _ throws(TensorError) in MeanSquaredLogError() },
    "LogCoshError": { a throws(TensorError) in LogCoshError(numOutputs: try a.int("num_outputs", 1)) },
    "MinkowskiDistance": { a throws(TensorError) in MinkowskiDistance(p: try a.double("p")) },
    "TweedieDevianceScore": { a throws(TensorError) in TweedieDevianceScore(power: try a.double("power", 0)) },
    "R2Score": { a throws(TensorError) in
      R2Score(adjusted: try a.int("adjusted", 0), multioutput: try a.choice("multioutput", .uniformAverage))
    },
    "ExplainedVariance": { a throws(TensorError) in
      ExplainedVariance(multioutput: try a.choice("multioutput", .uniformAverage))
    },
    "RelativeSquaredError": { a throws(TensorError) in
      RelativeSquaredError(numOutputs: try a.int("num_outputs", 1), squared: try a.bool("squared", true))
    },
    "NormalizedRootMeanSquaredError": { a throws(TensorError) in
      NormalizedRootMeanSquaredError(
        normalization: try a.choice("normalization", .mean), numOutputs: try a.int("num_outputs", 1))
    },
    "CriticalSuccessIndex": { a throws(TensorError) in
      CriticalSuccessIndex(
        threshold: try a.double("threshold"), keepSequenceDim: try a.optionalInt("keep_sequence_dim"))
    },
    "PearsonCorrCoef": { a throws(TensorError) in PearsonCorrCoef(numOutputs: try a.int("num_outputs", 1)) },
    "ConcordanceCorrCoef": { a throws(TensorError) in ConcordanceCorrCoef(numOutputs: try a.int("num_outputs", 1)) },
    "SpearmanCorrCoef": { a throws(TensorError) in SpearmanCorrCoef(numOutputs: try a.int("num_outputs", 1)) },
    "KendallRankCorrCoef": { a throws(TensorError) in
      KendallRankCorrCoef(
        variant: try a.choice("variant", .b), tTest: try a.bool("t_test", false),
        alternative: try a.optionalChoice("alternative", .twoSided) ?? .twoSided,
        numOutputs: try a.int("num_outputs", 1))
    },
    "CosineSimilarity": { a throws(TensorError) in CosineSimilarityMetric(reduction: try a.choice("reduction", .sum)) },
    "KLDivergence": { a throws(TensorError) in
      KLDivergence(logProb: try a.bool("log_prob", false), reduction: try a.choice("reduction", .mean))
    },
    "JensenShannonDivergence": { a throws(TensorError) in
      JensenShannonDivergence(logProb: try a.bool("log_prob", false), reduction: try a.choice("reduction", .mean))
    },
    "ContinuousRankedProbabilityScore": { _ throws(TensorError) in ContinuousRankedProbabilityScore() },
  ]
}
