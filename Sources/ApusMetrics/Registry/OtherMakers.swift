import ApusCore

// Metrics of clusters, nominal variables, images, segmentations, boxes, sound and shapes by their names.

extension MetricArguments {
  fileprivate func reduction(_ standard: MetricReduction = .elementwiseMean) throws(TensorError) -> MetricReduction {
    try choice("reduction", standard)
  }

  fileprivate func dataRange() throws(TensorError) -> DataRange? {
    guard let argument = self["data_range"], !argument.isNull else { return nil }
    if let width = argument.asDouble { return .width(width) }
    let bounds = try doubles("data_range")
    guard bounds.count == 2 else {
      throw TensorError(.value, metric, "data_range is a width or two bounds, and found \(bounds)")
    }
    return .bounds(bounds[0], bounds[1])
  }

  fileprivate func requiredRange() throws(TensorError) -> DataRange {
    guard let range = try dataRange() else { throw TensorError(.value, metric, "needs the argument data_range") }
    return range
  }

  fileprivate func nominal() throws(TensorError) -> (Int, Bool, NominalNanStrategy, Double?) {
    (
      try int("num_classes"), try bool("bias_correction", true), try choice("nan_strategy", .replace),
      try optionalDouble("nan_replace_value", 0)
    )
  }

  fileprivate func format() throws(TensorError) -> SegmentationFormat { try choice("input_format", .oneHot) }
  fileprivate func background(_ standard: Bool = true) throws(TensorError) -> Bool {
    try bool("include_background", standard)
  }
  fileprivate func boxes() throws(TensorError) -> (BoxFormat, Double?, Bool, Bool) {
    (
      try choice("box_format", .xyxy), try optionalDouble("iou_threshold"), try bool("class_metrics", false),
      try bool("respect_labels", true)
    )
  }
}

extension Metric {
  static let clusterMakers: [String: Maker] = [
    "MutualInfoScore": { _ throws(TensorError) in MutualInfoScore() },
    "NormalizedMutualInfoScore": { a throws(TensorError) in
      NormalizedMutualInfoScore(averageMethod: try a.choice("average_method", .arithmetic))
    },
    "AdjustedMutualInfoScore": { a throws(TensorError) in
      AdjustedMutualInfoScore(averageMethod: try a.choice("average_method", .arithmetic))
    },
    "RandScore": { _ throws(TensorError) in RandScore() },
    "AdjustedRandScore": { _ throws(TensorError) in AdjustedRandScore() },
    "FowlkesMallowsIndex": { _ throws(TensorError) in FowlkesMallowsIndex() },
    "HomogeneityScore": { _ throws(TensorError) in HomogeneityScore() },
    "CompletenessScore": { _ throws(TensorError) in CompletenessScore() },
    "VMeasureScore": { a throws(TensorError) in VMeasureScore(beta: try a.double("beta", 1)) },
    "ClusterAccuracy": { a throws(TensorError) in ClusterAccuracy(numClasses: try a.int("num_classes")) },
    "CalinskiHarabaszScore": { _ throws(TensorError) in CalinskiHarabaszScore() },
    "DaviesBouldinScore": { _ throws(TensorError) in DaviesBouldinScore() },
    "DunnIndex": { a throws(TensorError) in DunnIndex(p: try a.double("p", 2)) },
  ]

  static let nominalMakers: [String: Maker] = [
    "CramersV": { a throws(TensorError) in
      let (classes, correction, strategy, value) = try a.nominal()
      return CramersV(
        numClasses: classes, biasCorrection: correction, nanStrategy: strategy, nanReplaceValue: value)
    },
    "TschuprowsT": { a throws(TensorError) in
      let (classes, correction, strategy, value) = try a.nominal()
      return TschuprowsT(
        numClasses: classes, biasCorrection: correction, nanStrategy: strategy, nanReplaceValue: value)
    },
    "PearsonsContingencyCoefficient": { a throws(TensorError) in
      let (classes, _, strategy, value) = try a.nominal()
      return PearsonsContingencyCoefficient(numClasses: classes, nanStrategy: strategy, nanReplaceValue: value)
    },
    "TheilsU": { a throws(TensorError) in
      let (classes, _, strategy, value) = try a.nominal()
      return TheilsU(numClasses: classes, nanStrategy: strategy, nanReplaceValue: value)
    },
    "FleissKappa": { a throws(TensorError) in FleissKappa(mode: try a.choice("mode", .counts)) },
  ]

  static let imageMakers: [String: Maker] = [
    "PeakSignalNoiseRatio": { a throws(TensorError) in
      PeakSignalNoiseRatio(
        dataRange: try a.requiredRange(), base: try a.double("base", 10), reduction: try a.reduction(),
        dim: try a.optionalInts("dim"))
    },
    "PeakSignalNoiseRatioWithBlockedEffect": { a throws(TensorError) in
      PeakSignalNoiseRatioWithBlockedEffect(
        dataRange: try a.requiredRange(), blockSize: try a.int("block_size", 8))
    },
    "StructuralSimilarityIndexMeasure": { a throws(TensorError) in
      StructuralSimilarityIndexMeasure(
        gaussianKernel: try a.bool("gaussian_kernel", true), sigma: .init(try a.doubles("sigma", [1.5])),
        kernelSize: .init(try a.ints("kernel_size", [11])), reduction: try a.reduction(), dataRange: try a.dataRange(),
        k1: try a.double("k1", 0.01), k2: try a.double("k2", 0.03),
        returnFullImage: try a.bool("return_full_image", false),
        returnContrastSensitivity: try a.bool("return_contrast_sensitivity", false))
    },
    "MultiScaleStructuralSimilarityIndexMeasure": { a throws(TensorError) in
      MultiScaleStructuralSimilarityIndexMeasure(
        gaussianKernel: try a.bool("gaussian_kernel", true), kernelSize: .init(try a.ints("kernel_size", [11])),
        sigma: .init(try a.doubles("sigma", [1.5])), reduction: try a.reduction(), dataRange: try a.dataRange(),
        k1: try a.double("k1", 0.01), k2: try a.double("k2", 0.03),
        betas: try a.doubles("betas", [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]),
        normalize: try a.optionalChoice("normalize", .relu))
    },
    "UniversalImageQualityIndex": { a throws(TensorError) in
      UniversalImageQualityIndex(
        kernelSize: try a.ints("kernel_size", [11, 11]), sigma: try a.doubles("sigma", [1.5, 1.5]),
        reduction: try a.reduction())
    },
    "SpectralAngleMapper": { a throws(TensorError) in SpectralAngleMapper(reduction: try a.reduction()) },
    "ErrorRelativeGlobalDimensionlessSynthesis": { a throws(TensorError) in
      ErrorRelativeGlobalDimensionlessSynthesis(ratio: try a.double("ratio", 4), reduction: try a.reduction())
    },
    "RootMeanSquaredErrorUsingSlidingWindow": { a throws(TensorError) in
      RootMeanSquaredErrorUsingSlidingWindow(windowSize: try a.int("window_size", 8))
    },
    "RelativeAverageSpectralError": { a throws(TensorError) in
      RelativeAverageSpectralError(windowSize: try a.int("window_size", 8))
    },
    "SpatialCorrelationCoefficient": { a throws(TensorError) in
      SpatialCorrelationCoefficient(
        highPassFilter: try a.optionalTensor("high_pass_filter"), windowSize: try a.int("window_size", 8))
    },
    "TotalVariation": { a throws(TensorError) in TotalVariation(reduction: try a.reduction(.sum)) },
    "SpectralDistortionIndex": { a throws(TensorError) in
      SpectralDistortionIndex(p: try a.int("p", 1), reduction: try a.reduction())
    },
    "SpatialDistortionIndex": { a throws(TensorError) in
      SpatialDistortionIndex(
        normOrder: try a.int("norm_order", 1), windowSize: try a.int("window_size", 7), reduction: try a.reduction())
    },
    "QualityWithNoReference": { a throws(TensorError) in
      QualityWithNoReference(
        alpha: try a.double("alpha", 1), beta: try a.double("beta", 1), normOrder: try a.int("norm_order", 1),
        windowSize: try a.int("window_size", 7), reduction: try a.reduction())
    },
    "VisualInformationFidelity": { a throws(TensorError) in
      VisualInformationFidelity(sigmaNSq: try a.double("sigma_n_sq", 2), reduction: try a.reduction(.mean))
    },
  ]

  static let segmentationMakers: [String: Maker] = [
    "DiceScore": { a throws(TensorError) in
      DiceScore(
        numClasses: try a.int("num_classes"), includeBackground: try a.background(),
        average: try a.choice("average", .macro), aggregationLevel: try a.choice("aggregation_level", .samplewise),
        inputFormat: try a.format())
    },
    "GeneralizedDiceScore": { a throws(TensorError) in
      GeneralizedDiceScore(
        numClasses: try a.int("num_classes"), includeBackground: try a.background(),
        perClass: try a.bool("per_class", false), weightType: try a.choice("weight_type", .square),
        inputFormat: try a.format())
    },
    "MeanIoU": { a throws(TensorError) in
      MeanIoU(
        numClasses: try a.optionalInt("num_classes"), includeBackground: try a.background(),
        perClass: try a.bool("per_class", false), inputFormat: try a.format())
    },
    "HausdorffDistance": { a throws(TensorError) in
      HausdorffDistance(
        numClasses: try a.int("num_classes"), includeBackground: try a.background(false),
        distanceMetric: try a.choice("distance_metric", .euclidean), spacing: try a.optionalDoubles("spacing"),
        directed: try a.bool("directed", false), inputFormat: try a.format())
    },
  ]

  static let detectionMakers: [String: Maker] = [
    "IntersectionOverUnion": { a throws(TensorError) in
      let (format, threshold, classes, labels) = try a.boxes()
      return IntersectionOverUnion(
        boxFormat: format, iouThreshold: threshold, classMetrics: classes, respectLabels: labels)
    },
    "GeneralizedIntersectionOverUnion": { a throws(TensorError) in
      let (format, threshold, classes, labels) = try a.boxes()
      return GeneralizedIntersectionOverUnion(
        boxFormat: format, iouThreshold: threshold, classMetrics: classes, respectLabels: labels)
    },
    "DistanceIntersectionOverUnion": { a throws(TensorError) in
      let (format, threshold, classes, labels) = try a.boxes()
      return DistanceIntersectionOverUnion(
        boxFormat: format, iouThreshold: threshold, classMetrics: classes, respectLabels: labels)
    },
    "CompleteIntersectionOverUnion": { a throws(TensorError) in
      let (format, threshold, classes, labels) = try a.boxes()
      return CompleteIntersectionOverUnion(
        boxFormat: format, iouThreshold: threshold, classMetrics: classes, respectLabels: labels)
    },
    "MeanAveragePrecision": { a throws(TensorError) in
      // There is one evaluation, whatever the backend is called.
      _ = try a.text("backend", "pycocotools")
      let types = try a.texts("iou_type", ["bbox"]).map { name throws(TensorError) in
        guard let type = MeanAveragePrecision.IoUType(rawValue: name) else {
          throw TensorError(.value, a.metric, "iou_type is bbox or segm, and found \(name)")
        }
        return type
      }
      return MeanAveragePrecision(
        boxFormat: try a.choice("box_format", .xyxy), iouType: types,
        iouThresholds: try a.optionalDoubles("iou_thresholds"), recThresholds: try a.optionalDoubles("rec_thresholds"),
        maxDetectionThresholds: try a.optionalInts("max_detection_thresholds"),
        classMetrics: try a.bool("class_metrics", false), extendedSummary: try a.bool("extended_summary", false),
        average: try a.choice("average", .macro))
    },
    "PanopticQuality": { a throws(TensorError) in
      PanopticQuality(
        things: try a.ints("things"), stuffs: try a.ints("stuffs"),
        allowUnknownPredsCategory: try a.bool("allow_unknown_preds_category", false),
        returnSqAndRq: try a.bool("return_sq_and_rq", false), returnPerClass: try a.bool("return_per_class", false))
    },
    "ModifiedPanopticQuality": { a throws(TensorError) in
      ModifiedPanopticQuality(
        things: try a.ints("things"), stuffs: try a.ints("stuffs"),
        allowUnknownPredsCategory: try a.bool("allow_unknown_preds_category", false))
    },
  ]

  static let audioMakers: [String: Maker] = [
    "SignalNoiseRatio": { a throws(TensorError) in SignalNoiseRatio(zeroMean: try a.bool("zero_mean", false)) },
    "ScaleInvariantSignalNoiseRatio": { _ throws(TensorError) in ScaleInvariantSignalNoiseRatio() },
    "ScaleInvariantSignalDistortionRatio": { a throws(TensorError) in
      ScaleInvariantSignalDistortionRatio(zeroMean: try a.bool("zero_mean", false))
    },
    "ComplexScaleInvariantSignalNoiseRatio": { a throws(TensorError) in
      ComplexScaleInvariantSignalNoiseRatio(zeroMean: try a.bool("zero_mean", false))
    },
    "SourceAggregatedSignalDistortionRatio": { a throws(TensorError) in
      SourceAggregatedSignalDistortionRatio(
        scaleInvariant: try a.bool("scale_invariant", true), zeroMean: try a.bool("zero_mean", false))
    },
    "SignalDistortionRatio": { a throws(TensorError) in
      SignalDistortionRatio(
        useCgIter: try a.optionalInt("use_cg_iter"), filterLength: try a.int("filter_length", 512),
        zeroMean: try a.bool("zero_mean", false), loadDiag: try a.optionalDouble("load_diag"))
    },
    "ProcrustesDisparity": { a throws(TensorError) in ProcrustesDisparity(reduction: try a.reduction(.mean)) },
    "LipVertexError": { a throws(TensorError) in
      LipVertexError(mouthMap: try a.ints("mouth_map"), validateArgs: try a.bool("validate_args", true))
    },
  ]
}
