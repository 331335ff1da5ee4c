import ApusCore

extension Metric {
  /// A metric by the name of its class and its arguments, as configurations have them: PyTorch's spelling of both.
  ///
  ///     let metric = try Metric.named("MulticlassAccuracy", ["num_classes": 10, "average": "macro"])
  ///
  /// - Throws: `TensorError` where there is no such metric, where an argument is missing, unknown or of another type.
  public static func named(_ name: String, _ arguments: [String: MetricArgument] = [:]) throws -> Metric {
    guard let maker = makers[name] else {
      throw TensorError(.value, "Metric", "there is no metric '\(name)'; Metric.names lists those that there are")
    }
    let reader = MetricArguments(name, arguments)
    return try withErrors {
      let metric = try maker(reader)
      try reader.finish()
      return metric
    }
  }

  /// The names that ``named(_:_:)`` knows.
  public static var names: [String] { makers.keys.sorted() }

  typealias Maker = @Sendable (MetricArguments) throws(TensorError) -> Metric

  private static let makers: [String: Maker] = {
    let families = [
      aggregationMakers, scoreMakers, confusionMakers, curveMakers, fixedRateMakers, otherClassificationMakers,
      regressionMakers, retrievalMakers, textMakers, clusterMakers, nominalMakers, imageMakers, segmentationMakers,
      detectionMakers, audioMakers,
    ]
    return families.reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }
  }()
}
