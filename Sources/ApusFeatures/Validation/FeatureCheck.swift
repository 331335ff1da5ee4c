/// What other data a feature is compared with.
struct ComparedDatasets {
  var previous: CheckedDataset?
  var serving: CheckedDataset?
  var previousVersion: CheckedDataset?
}

/// Holds a feature of a schema against statistics, and changes it so that they fit: what has to change is what is wrong. The
/// rules and their words are those of TensorFlow Data Validation's `ValidateFeatureStatistics`.
struct FeatureCheck {
  /// The feature, as the statistics want it after ``run(_:)``.
  var feature: SchemaFeature
  /// The shared texts that the feature refers to.
  var sharedDomain: TextDomain?
  let environment: String?
  let defaultEnvironments: [String]
  let others: ComparedDatasets
  private(set) var reasons: [AnomalyReason] = []
  private(set) var drift: [DriftMeasurement] = []
  private(set) var skew: [DriftMeasurement] = []
  /// Whether the shared texts are of no use any more.
  private(set) var clearsSharedDomain = false

  init(
    _ feature: SchemaFeature, sharedDomain: TextDomain?, environment: String?, defaultEnvironments: [String],
    others: ComparedDatasets = ComparedDatasets()
  ) {
    self.feature = feature
    self.sharedDomain = sharedDomain
    self.environment = environment
    self.defaultEnvironments = defaultEnvironments
    self.others = others
  }

  private mutating func add(_ type: AnomalyType, _ short: String, _ long: String = "") {
    reasons.append(AnomalyReason(type, short, long))
  }

  /// Whether the feature is in an environment; it is in all where none is asked for.
  static func isIn(_ feature: SchemaFeature, _ environment: String?, defaults: [String]) -> Bool {
    guard let environment else { return true }
    if feature.inEnvironment.contains(environment) { return true }
    if feature.notInEnvironment.contains(environment) { return false }
    return defaults.contains(environment)
  }

  /// Whether data without the feature is wrong.
  static func isRequired(_ feature: SchemaFeature, _ environment: String?, defaults: [String]) -> Bool {
    if feature.isDeprecated { return false }
    if feature.presence?.minCount ?? 0 <= 0, feature.presence?.minFraction ?? 0 <= 0 { return false }
    return isIn(feature, environment, defaults: defaults)
  }

  mutating func run(_ view: CheckedFeature) {
    checkSchema()
    if feature.isDeprecated { return }
    if view.present == 0 {
      if Self.isRequired(feature, environment, defaults: defaultEnvironments) {
        add(.featureTypeNotPresent, "Column dropped", "The feature was not present in any examples.")
        feature.lifecycleStage = .deprecated
      }
      return
    }
    checkEnvironment(view)
    checkCounts(view)
    checkPresence(view)
    if view.type != feature.type {
      let wanted = feature.type?.name ?? SchemaType.unknown.name
      feature.lifecycleStage = .deprecated
      add(.unexpectedDataType, "Unexpected data type", "Expected data of type: \(wanted) but got \(view.kind.name)")
    }
    checkDomain(view)
    checkUnique(view)
    (drift, feature.driftComparator) = compare(
      view, feature.driftComparator, others.previous, treatment: "current", control: "previous")
    (skew, feature.skewComparator) = compare(
      view, feature.skewComparator, others.serving, treatment: "training", control: "serving")
  }

  // MARK: - The schema itself

  private mutating func checkSchema() {
    if feature.isDeprecated { return }
    if !feature.message.has(1) {
      add(
        .featureMissingName,
        "unspecified name (maybe meant to be the empty string): find name rather than deprecating.")
      feature.lifecycleStage = .deprecated
      return
    }
    if feature.type == nil {
      guard feature.domain != nil || feature.textDomain != nil else {
        add(.featureMissingType, "unspecified type: determine the type and set it, rather than deprecating.")
        feature.lifecycleStage = .deprecated
        return
      }
      add(.featureMissingType, "unspecified type: inferring the type to be BYTES, given the domain specified.")
      feature.type = .bytes
    }
    if let fraction = feature.presence?.minFraction, fraction < 0 {
      feature.presence?.minFraction = nil
      add(.invalidSchemaSpecification, "min_fraction should not be negative: clear is equal to zero")
    }
    if let fraction = feature.presence?.minFraction, fraction > 1 {
      feature.presence?.minFraction = 1
      add(.invalidSchemaSpecification, "min_fraction should not greater than 1")
    }
    checkValueCounts()
    if let shape = feature.shape, shape.contains(where: { $0 <= 0 }) {
      feature.shape = nil
      add(.invalidSchemaSpecification, "Shape.dim.size must be a positive integer")
    }
    checkDomainFits()
  }

  private mutating func checkValueCounts() {
    if let least = feature.valueCount?.min, least < 0 {
      feature.valueCount?.min = nil
      add(.invalidSchemaSpecification, "ValueCount.min should not be negative")
    }
    if let count = feature.valueCount, let most = count.max, most < count.min ?? 0 {
      add(.invalidSchemaSpecification, "ValueCount.max should not be less than min")
      feature.valueCount?.max = count.min ?? 0
    }
    for (i, count) in (feature.valueCounts ?? []).enumerated() {
      if let least = count.min, least < 0 {
        feature.valueCounts?[i].min = nil
        add(
          .invalidSchemaSpecification, "ValueCounts.min should not be negative",
          "ValueCounts.min at level \(i) should not be negative.")
      }
      let least = feature.valueCounts?[i].min ?? 0
      if let most = count.max, most < least {
        feature.valueCounts?[i].max = least
        add(
          .invalidSchemaSpecification, "ValueCounts.max should not be less than min",
          "ValueCounts.max at level \(i) should not be less than min.")
      }
    }
  }

  private static let domains = "domain_info"

  /// The name of the domain that is set.
  private var domainName: String? {
    feature.message.member(of: Self.domains).flatMap { feature.message.type.field($0)?.name }
  }

  private mutating func clearDomain() {
    if let number = feature.message.member(of: Self.domains) { feature.message.set(number, nil) }
  }

  private static func allowedTypes(_ domain: String?) -> Set<SchemaType> {
    switch domain {
    case "domain", "string_domain", "image_domain", "mid_domain", "url_domain": [.bytes]
    case "bool_domain": [.int, .bytes, .float]
    case "int_domain", "natural_language_domain", "time_domain": [.int, .bytes]
    case "float_domain": [.float, .bytes]
    case "struct_domain": [.structure]
    default: [.int, .float, .bytes, .structure]
    }
  }

  private mutating func checkDomainFits() {
    let type = feature.type ?? .unknown
    if !Self.allowedTypes(domainName).contains(type) {
      add(
        .domainInvalidForType, "The domain does not match the type",
        "The domain \"\(domainName ?? "UNSET")\" does not match the type: \(type.name)")
      clearDomain()
    }
    if let domain = feature.domain, sharedDomain == nil {
      clearDomain()
      add(.invalidDomainSpecification, "missing domain: \(domain)")
    }
    if let values = feature.textDomain?.values {
      var seen: Set<String> = []
      let different = values.filter { seen.insert($0).inserted }
      if different.count < values.count { feature.textDomain?.values = different }
    }
    if let domain = feature.boolDomain, domain.trueText != nil, domain.trueText == domain.falseText {
      feature.boolDomain?.falseText = nil
    }
    guard feature.minDomainMass != nil else { return }
    let kind: String
    switch domainName {
    case "domain", "string_domain": return
    case "bool_domain": kind = "not supported for bool domains."
    case "int_domain": kind = "not supported for int domains."
    case "float_domain": kind = "not supported for float domains."
    case "struct_domain": kind = "not supported for struct domains."
    case nil: kind = "require domain or string domain."
    default: kind = "not supported for semantic domains."
    }
    feature.minDomainMass = nil
    add(.invalidSchemaSpecification, "distribution constraints \(kind)")
  }

  // MARK: - Presence and counts

  private mutating func checkEnvironment(_ view: CheckedFeature) {
    guard let environment, !Self.isIn(feature, environment, defaults: defaultEnvironments) else { return }
    feature.notInEnvironment.removeAll { $0 == environment }
    if !Self.isIn(feature, environment, defaults: defaultEnvironments) { feature.inEnvironment.append(environment) }
    add(
      .schemaNewColumn, "Column missing in environment",
      "New column \(view.path) found in data but not in the environment \(environment) in the schema.")
  }

  private mutating func checkCounts(_ view: CheckedFeature) {
    let counts = view.valueCounts
    if let wanted = feature.valueCount {
      if counts.count > 1 {
        add(
          .valueNestednessMismatch, "Mismatched value nest level",
          "This feature has a value_count, but the nestedness level of the feature > 1. For features with nestedness levels "
            + "greater than 1, value_counts, not value_count, should be specified.")
        feature.valueCount = nil
        SchemaInference.setValueCounts(&feature, view)
      } else {
        feature.valueCount = checked(wanted, counts[0], level: nil)
      }
    } else if let wanted = feature.valueCounts {
      if wanted.count != counts.count {
        add(
          .valueNestednessMismatch, "Mismatched value nest level",
          "The values have a different nest level than expected. Value counts will not be checked.")
        feature.valueCounts = nil
        SchemaInference.setValueCounts(&feature, view)
      } else {
        var fitting = wanted
        for i in wanted.indices { fitting[i] = checked(wanted[i], counts[i], level: i) }
        feature.valueCounts = fitting
      }
    }
    if let shape = feature.shape { checkShape(shape, view) }
  }

  private mutating func checked(_ wanted: ValueCount, _ found: (fewest: Int, most: Int), level: Int?) -> ValueCount {
    var wanted = wanted
    let place = level.map { " at nestedness level \($0)" } ?? ""
    if let least = wanted.min, found.fewest < least {
      add(
        .featureTypeLowNumberValues, "Missing values", "Some examples have fewer values than expected\(place).")
      wanted.min = found.fewest == 0 ? nil : found.fewest
    }
    if let most = wanted.max, found.most > most {
      add(
        .featureTypeHighNumberValues, "Superfluous values", "Some examples have more values than expected\(place).")
      wanted.max = found.most
    }
    return wanted
  }

  private mutating func checkShape(_ shape: [Int], _ view: CheckedFeature) {
    let isFixed = view.valueCounts.allSatisfy { $0.fewest == $0.most && $0.fewest != 0 }
    if !isFixed || view.missingLevels.contains(where: { $0 != 0 }) {
      feature.shape = nil
      add(
        .invalidFeatureShape, "Feature shape dropped",
        "The feature has a shape, but it's not always present (if the feature is nested, then it should always be present at "
          + "each nested level) or its value lengths vary.")
      return
    }
    let found = Self.product(view.valueCounts.map(\.fewest))
    if found != Self.product(shape) {
      feature.shape = nil
      add(
        .invalidFeatureShape, "Feature shape dropped",
        "The feature has fixed value length \(found) but it's not compatible with the specified shape.")
    }
  }

  private static func product(_ sizes: [Int]) -> Int {
    sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
  }

  private mutating func checkPresence(_ view: CheckedFeature) {
    guard let presence = feature.presence else { return }
    if let least = presence.minCount, view.present < Double(least) {
      let found = Int(exactly: view.present.rounded(.towardZero)) ?? 0
      feature.presence?.minCount = found
      add(
        .featureTypeLowNumberPresent, "Column dropped",
        "The feature was present in fewer examples than expected: minimum count = \(least), actual = \(found)")
    }
    if let least = presence.minFraction, let part = view.presentPart {
      if part < least {
        feature.presence?.minFraction = part
        add(
          .featureTypeLowFractionPresent, "Column dropped",
          "The feature was present in fewer examples than expected: minimum fraction = "
            + "\(CText.text("%f", Double(Float(least)))), actual = \(CText.text("%f", part))")
      }
      if feature.presence?.minFraction == 1, view.missing != 0 {
        feature.presence?.minFraction = 0.9999
        add(
          .featureTypeLowFractionPresent, "Column dropped",
          "The feature was expected everywhere, but was missing in \(SixDigits.text(view.missing)) examples.")
      }
    }
  }

  private mutating func checkUnique(_ view: CheckedFeature) {
    guard let wanted = feature.uniqueConstraints else { return }
    guard let count = view.uniqueCount else {
      add(
        .featureTypeNoUnique, "No unique values",
        "UniqueConstraints specified for the feature, but unique values were not counted (i.e., feature is not string or "
          + "categorical).")
      feature.uniqueConstraints = nil
      return
    }
    if count < wanted.min {
      add(
        .featureTypeLowUnique, "Low number of unique values",
        "Expected at least \(wanted.min) unique values but found only \(count).")
      feature.uniqueConstraints?.min = count
    }
    if count > wanted.max {
      add(
        .featureTypeHighUnique, "High number of unique values",
        "Expected no more than \(wanted.max) unique values but found \(count).")
      feature.uniqueConstraints?.max = count
    }
  }

  // MARK: - Domains

  private mutating func checkDomain(_ view: CheckedFeature) {
    if view.kind == .bytes, let domain = domainName,
      !["natural_language_domain", "image_domain", "url_domain"].contains(domain)
    {
      clearDomain()
      add(
        .domainInvalidForType, "Invalid domain type",
        "Data is marked as BYTES with incompatible domain_info: \(feature.message.text)")
    }
    let maxOff = feature.minDomainMass.map { 1 - $0 } ?? 0
    switch domainName {
    case "domain":
      guard var domain = sharedDomain else { return }
      let check = DomainCheck.texts(view, &domain, maxOff: maxOff)
      reasons += check.reasons
      sharedDomain = domain
      if check.clears {
        clearDomain()
        clearsSharedDomain = true
      }
    case "string_domain":
      guard var domain = feature.textDomain else { return }
      let check = DomainCheck.texts(view, &domain, maxOff: maxOff)
      take(check) { $0.textDomain = domain }
    case "int_domain":
      guard var domain = feature.intDomain else { return }
      let check = DomainCheck.wholeNumbers(view, &domain)
      take(check) { $0.intDomain = domain }
    case "float_domain":
      guard var domain = feature.floatDomain else { return }
      let check = DomainCheck.numbers(view, &domain)
      take(check) { $0.floatDomain = domain }
    case "bool_domain":
      if let reason = DomainCheck.truthValues(view, &feature) { reasons.append(reason) }
    case "image_domain": checkPictures(view)
    default: break
    }
  }

  private mutating func take(_ check: DomainCheck.Result, _ change: (inout SchemaFeature) -> Void) {
    reasons += check.reasons
    if check.clears { clearDomain() } else { change(&feature) }
  }

  private mutating func checkPictures(_ view: CheckedFeature) {
    guard let domain = feature.imageDomain else { return }
    if let wanted = domain.minimumSupportedFraction,
      let formats = view.statistics.custom.first(where: { $0.name == "image_format_histogram" })?.ranks?.buckets
    {
      let known = formats.reduce(0) { $0 + ($1.label == "UNKNOWN" ? 0 : $1.count) }
      let part = Float(known / formats.reduce(0) { $0 + $1.count })
      if part < Float(wanted) {
        feature.imageDomain?.minimumSupportedFraction = Double(part)
        add(
          .lowSupportedImageFraction, "Low supported image fraction",
          "Fraction of values containing TensorFlow supported images: \(CText.text("%f", Double(part))) is lower than the "
            + "threshold set in the Schema: \(CText.text("%f", wanted)).")
      }
    }
    if let most = domain.mostBytes, let found = view.statistics.bytes?.mostLength, found > most {
      feature.imageDomain?.mostBytes = found
      add(
        .maxImageByteSizeExceeded, "Num bytes exceeds the max byte size.",
        "The largest image has bytes: \(found). The max allowed byte size is: \(most).")
    }
  }

  // MARK: - Other data

  private mutating func compare(
    _ view: CheckedFeature, _ comparator: FeatureComparator?, _ other: CheckedDataset?, treatment: String,
    control: String
  ) -> ([DriftMeasurement], FeatureComparator?) {
    guard var comparator, let other else { return ([], comparator) }
    let norm = comparator.infinityNorm
    let divergence = comparator.jensenShannonDivergence
    let difference = comparator.normalizedAbsoluteDifference
    if norm == nil, divergence == nil, difference == nil { return ([], comparator) }
    guard let theirs = other[view.path] else {
      comparator.infinityNorm = nil
      comparator.jensenShannonDivergence = nil
      add(.comparatorControlDataMissing, "\(control) data missing", "\(control) data is missing.")
      return ([], comparator)
    }
    var measurements: [DriftMeasurement] = []
    let between = "between \(treatment) and \(control)"
    if let norm {
      let (text, value) = Distance.infinityNorm(view, theirs)
      measurements.append(DriftMeasurement(.infinityNorm, value, norm))
      if value > norm {
        comparator.infinityNorm = value
        add(
          .comparatorLInftyHigh, "High Linfty distance \(between)",
          "The Linfty distance \(between) is \(SixDigits.text(value)) (up to six significant digits), above the threshold "
            + "\(SixDigits.text(norm)). The feature value with maximum difference is: \(text)")
      }
    }
    if let difference {
      let (text, value) = Distance.normalizedDifference(view, theirs)
      measurements.append(DriftMeasurement(.normalizedAbsoluteDifference, value, difference))
      if value > difference {
        comparator.normalizedAbsoluteDifference = value
        add(
          .comparatorNormalizedAbsoluteDifferenceHigh, "High normalized absolute difference \(between)",
          "The normalized absolute difference \(between) is \(SixDigits.text(value)) (up to six significant digits), above "
            + "the threshold \(SixDigits.text(difference)). The feature value with maximum difference is: \(text)")
      }
    }
    if let divergence,
      let value = Distance.jensenShannon(view, theirs, kind: comparator.usesQuantiles ? .quantiles : .standard)
    {
      measurements.append(DriftMeasurement(.jensenShannonDivergence, value, divergence))
      if value > divergence {
        comparator.jensenShannonDivergence = value
        add(
          .comparatorJensenShannonDivergenceHigh, "High approximate Jensen-Shannon divergence \(between)",
          "The approximate Jensen-Shannon divergence \(between) is \(SixDigits.text(value)) (up to six significant digits), "
            + "above the threshold \(SixDigits.text(divergence)).")
      }
    }
    return (measurements, comparator)
  }
}
