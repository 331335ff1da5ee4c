/// The statistics of a data set as checks read them: by paths, and by weight where all features have figures by weight.
struct CheckedDataset {
  let statistics: DatasetStatistics
  let isWeighted: Bool
  /// The features that have statistics, in their order.
  let features: [CheckedFeature]
  private let places: [FeaturePath: Int]

  /// - Parameter isWeighted: whether figures by weight are read; nil where the statistics decide.
  init(_ statistics: DatasetStatistics, isWeighted: Bool? = nil) {
    self.statistics = statistics
    let described = Self.paths(statistics.features)
    let all = described.compactMap { path, feature in feature.common.map { ($0, path, feature) } }
    let weighted =
      isWeighted
      ?? (statistics.weight != 0
        && all.allSatisfy { $0.0.weighted != nil && $0.0.levels.count == $0.0.weightedLevels.count })
    self.isWeighted = weighted
    let rows = weighted ? statistics.weight : Double(statistics.rows)
    features = all.map { CheckedFeature($0.2, path: $0.1, common: $0.0, isWeighted: weighted, rows: rows) }
    places = Dictionary(features.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var rows: Double { isWeighted ? statistics.weight : Double(statistics.rows) }

  subscript(path: FeaturePath) -> CheckedFeature? { places[path].map { features[$0] } }

  /// The features that lie in no structure of the statistics.
  var roots: [CheckedFeature] { features.filter { feature in feature.path.parent.map { places[$0] == nil } ?? true } }

  /// The features of a structure, in the order of their names.
  func children(of path: FeaturePath) -> [CheckedFeature] {
    features.filter { $0.path.parent == path }.sorted { $0.path < $1.path }
  }

  /// The features with their paths. Files of old have names in place of paths: what begins with the name of a structure and a
  /// point lies in it.
  private static func paths(_ features: [FeatureStatistics]) -> [(FeaturePath, FeatureStatistics)] {
    guard features.allSatisfy({ !$0.message.has(8) }) else { return features.map { ($0.path, $0) } }
    let names = features.map { $0.path.name }
    let structures = zip(names, features).filter { $1.kind == .structure }.map(\.0)
    func path(_ name: String) -> FeaturePath {
      let outer = structures.filter { name.hasPrefix($0 + ".") }.max { $0.utf8.count < $1.utf8.count }
      guard let outer else { return FeaturePath([name]) }
      return path(outer).child(String(name.dropFirst(outer.count + 1)))
    }
    return zip(names, features).map { (path($0), $1) }
  }
}

/// The statistics of a feature as checks read them.
struct CheckedFeature {
  let statistics: FeatureStatistics
  let path: FeaturePath
  let common: CommonStatistics
  let isWeighted: Bool
  let rows: Double
  /// The texts in the order of their bytes, and how often each comes.
  let texts: [(text: String, count: Double)]

  init(_ statistics: FeatureStatistics, path: FeaturePath, common: CommonStatistics, isWeighted: Bool, rows: Double) {
    self.statistics = statistics
    self.path = path
    self.common = common
    self.isWeighted = isWeighted
    self.rows = rows
    let ranks = isWeighted ? statistics.text?.weighted?.ranks : statistics.text?.ranks
    var seen: Set<String> = []
    texts = (ranks?.buckets ?? []).filter { seen.insert($0.label).inserted }.map { ($0.label, $0.count) }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
  }

  var kind: FeatureKind { statistics.kind }

  var type: SchemaType {
    switch kind {
    case .int: .int
    case .float: .float
    case .string, .bytes: .bytes
    case .structure: .structure
    }
  }

  var present: Double { isWeighted ? common.weighted?.presentWeight ?? 0 : Double(common.presentCount) }
  var missing: Double { isWeighted ? common.weighted?.missingWeight ?? 0 : Double(common.missingCount) }

  /// The part of the rows that have the feature.
  var presentPart: Double? { rows <= 0 ? nil : missing == 0 ? 1 : present / rows }

  /// How many lists of each level are missing.
  var missingLevels: [Double] {
    let levels = isWeighted ? common.weightedLevels.map(\.missingWeight) : common.levels.map { Double($0.missingCount) }
    return levels.isEmpty ? [missing] : levels
  }

  /// The fewest and the most values of each level of lists.
  var valueCounts: [(fewest: Int, most: Int)] {
    let levels = common.levels.map { (max($0.fewestValues, 0), $0.mostValues) }
    return levels.isEmpty ? [(max(common.fewestValues, 0), common.mostValues)] : levels
  }

  var valueCount: Double {
    if isWeighted { return common.weighted?.valueWeight ?? 0 }
    return common.valueCount == 0 ? Double(common.presentCount) * common.averageValues : Double(common.valueCount)
  }

  var hasInvalidTexts: Bool { (statistics.text?.invalidTextCount ?? 0) > 0 }
  var uniqueCount: Int? { statistics.text?.uniqueCount }
  var minimum: Double { statistics.numeric?.minimum ?? 0 }
  var maximum: Double { statistics.numeric?.maximum ?? 0 }

  var histograms: [Histogram] {
    (isWeighted ? statistics.numeric?.weighted?.histograms : statistics.numeric?.histograms) ?? []
  }
}
