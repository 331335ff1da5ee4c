import ApusCore

// The names of the metrics of fixed rates, each with that of its least rate.

/// The best recall at a precision of at least `minPrecision`, and the threshold for it.
public typealias BinaryRecallAtFixedPrecision = BinaryFixedRate<RecallAtPrecisionRule>
/// The best recall at a precision of at least `minPrecision`, and the threshold for it.
public typealias MulticlassRecallAtFixedPrecision = MulticlassFixedRate<RecallAtPrecisionRule>
/// The best recall at a precision of at least `minPrecision`, and the threshold for it.
public typealias MultilabelRecallAtFixedPrecision = MultilabelFixedRate<RecallAtPrecisionRule>
/// The best precision at a recall of at least `minRecall`, and the threshold for it.
public typealias BinaryPrecisionAtFixedRecall = BinaryFixedRate<PrecisionAtRecallRule>
/// The best precision at a recall of at least `minRecall`, and the threshold for it.
public typealias MulticlassPrecisionAtFixedRecall = MulticlassFixedRate<PrecisionAtRecallRule>
/// The best precision at a recall of at least `minRecall`, and the threshold for it.
public typealias MultilabelPrecisionAtFixedRecall = MultilabelFixedRate<PrecisionAtRecallRule>
/// The best sensitivity at a specificity of at least `minSpecificity`, and the threshold for it.
public typealias BinarySensitivityAtSpecificity = BinaryFixedRate<SensitivityAtSpecificityRule>
/// The best sensitivity at a specificity of at least `minSpecificity`, and the threshold for it.
public typealias MulticlassSensitivityAtSpecificity = MulticlassFixedRate<SensitivityAtSpecificityRule>
/// The best sensitivity at a specificity of at least `minSpecificity`, and the threshold for it.
public typealias MultilabelSensitivityAtSpecificity = MultilabelFixedRate<SensitivityAtSpecificityRule>
/// The best specificity at a sensitivity of at least `minSensitivity`, and the threshold for it.
public typealias BinarySpecificityAtSensitivity = BinaryFixedRate<SpecificityAtSensitivityRule>
/// The best specificity at a sensitivity of at least `minSensitivity`, and the threshold for it.
public typealias MulticlassSpecificityAtSensitivity = MulticlassFixedRate<SpecificityAtSensitivityRule>
/// The best specificity at a sensitivity of at least `minSensitivity`, and the threshold for it.
public typealias MultilabelSpecificityAtSensitivity = MultilabelFixedRate<SpecificityAtSensitivityRule>

extension BinaryFixedRate where Rule == RecallAtPrecisionRule {
  /// - Parameters:
  ///   - minPrecision: the least precision.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    minPrecision: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.init(least: minPrecision, thresholds, ignoreIndex, validateArgs)
  }
}

extension MulticlassFixedRate where Rule == RecallAtPrecisionRule {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - minPrecision: the least precision.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numClasses: Int, minPrecision: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.init(numClasses, least: minPrecision, thresholds, ignoreIndex, validateArgs)
  }
}

extension MultilabelFixedRate where Rule == RecallAtPrecisionRule {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - minPrecision: the least precision.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numLabels: Int, minPrecision: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.init(numLabels, least: minPrecision, thresholds, ignoreIndex, validateArgs)
  }
}

extension BinaryFixedRate where Rule == PrecisionAtRecallRule {
  /// - Parameters:
  ///   - minRecall: the least recall.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    minRecall: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.init(least: minRecall, thresholds, ignoreIndex, validateArgs)
  }
}

extension MulticlassFixedRate where Rule == PrecisionAtRecallRule {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - minRecall: the least recall.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numClasses: Int, minRecall: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.init(numClasses, least: minRecall, thresholds, ignoreIndex, validateArgs)
  }
}

extension MultilabelFixedRate where Rule == PrecisionAtRecallRule {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - minRecall: the least recall.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numLabels: Int, minRecall: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.init(numLabels, least: minRecall, thresholds, ignoreIndex, validateArgs)
  }
}

extension BinaryFixedRate where Rule == SensitivityAtSpecificityRule {
  /// - Parameters:
  ///   - minSpecificity: the least specificity.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    minSpecificity: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.init(least: minSpecificity, thresholds, ignoreIndex, validateArgs)
  }
}

extension MulticlassFixedRate where Rule == SensitivityAtSpecificityRule {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - minSpecificity: the least specificity.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numClasses: Int, minSpecificity: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.init(numClasses, least: minSpecificity, thresholds, ignoreIndex, validateArgs)
  }
}

extension MultilabelFixedRate where Rule == SensitivityAtSpecificityRule {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - minSpecificity: the least specificity.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numLabels: Int, minSpecificity: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.init(numLabels, least: minSpecificity, thresholds, ignoreIndex, validateArgs)
  }
}

extension BinaryFixedRate where Rule == SpecificityAtSensitivityRule {
  /// - Parameters:
  ///   - minSensitivity: the least sensitivity.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    minSensitivity: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil, validateArgs: Bool = true
  ) {
    self.init(least: minSensitivity, thresholds, ignoreIndex, validateArgs)
  }
}

extension MulticlassFixedRate where Rule == SpecificityAtSensitivityRule {
  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - minSensitivity: the least sensitivity.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numClasses: Int, minSensitivity: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.init(numClasses, least: minSensitivity, thresholds, ignoreIndex, validateArgs)
  }
}

extension MultilabelFixedRate where Rule == SpecificityAtSensitivityRule {
  /// - Parameters:
  ///   - numLabels: the number of labels.
  ///   - minSensitivity: the least sensitivity.
  ///   - thresholds: where the curve is measured; nil for every different score.
  ///   - ignoreIndex: targets of this value do not count.
  ///   - validateArgs: whether values are checked; without, updates are faster.
  public convenience init(
    numLabels: Int, minSensitivity: Double, thresholds: Thresholds? = nil, ignoreIndex: Int? = nil,
    validateArgs: Bool = true
  ) {
    self.init(numLabels, least: minSensitivity, thresholds, ignoreIndex, validateArgs)
  }
}
