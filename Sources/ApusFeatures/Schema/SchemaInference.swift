import ApusCore

/// What schemas are made of and changed by: the rules of TensorFlow Data Validation's `infer_schema`.
struct SchemaInference {
  /// Features of more different texts have no domain.
  let mostTexts: Int
  /// Whether features whose rows all have the same number of values get a shape.
  let infersShapes: Bool

  /// A feature that the statistics fit, and the shared texts that it refers to. Fields of structures are not in it.
  /// - Parameter usedNames: the names of shared texts that are taken.
  func feature(_ view: CheckedFeature, usedNames: Set<String>) -> (feature: SchemaFeature, domain: TextDomain?) {
    var feature = SchemaFeature(view.path.name, view.type)
    feature.presence = FeaturePresence(minCount: view.present < 1 ? 0 : 1)
    if view.present > 0 {
      if view.missing == 0 { feature.presence?.minFraction = 1 }
      if infersShapes { Self.setShape(&feature, view) }
      if feature.shape == nil { Self.setValueCounts(&feature, view) }
    }
    if view.hasInvalidTexts || view.kind == .bytes { return (feature, nil) }
    if let domain = boolDomain(view) {
      feature.boolDomain = domain
    } else if view.kind == .string, case .range? = DomainCheck.wholeInterval(view) {
      feature.intDomain = IntDomain()
    } else if !view.texts.isEmpty, view.texts.count <= mostTexts {
      var name = view.path.description
      var number = 1
      while usedNames.contains(name) {
        number += 1
        name = "\(view.path)\(number)"
      }
      feature.domain = name
      return (feature, TextDomain(view.texts.map(\.text), name: name))
    }
    return (feature, nil)
  }

  private func boolDomain(_ view: CheckedFeature) -> BoolDomain? {
    if view.kind == .int { return view.minimum >= 0 && view.maximum == 1 ? BoolDomain() : nil }
    guard view.kind == .string, (1...2).contains(view.texts.count) else { return nil }
    var domain = BoolDomain()
    for (text, _) in view.texts {
      if domain.trueText == nil, DomainCheck.trueTexts.contains(text) {
        domain.trueText = text
      } else if domain.falseText == nil, DomainCheck.falseTexts.contains(text) {
        domain.falseText = text
      } else {
        return nil
      }
    }
    return domain
  }

  private static func setShape(_ feature: inout SchemaFeature, _ view: CheckedFeature) {
    guard view.type != .structure else { return }
    let counts = view.valueCounts
    guard view.missingLevels.allSatisfy({ $0 == 0 }), counts.allSatisfy({ $0.fewest == $0.most && $0.fewest > 0 })
    else { return }
    feature.shape = counts.map(\.fewest)
  }

  /// Sets how many values there may be: as many as there are where all rows have the same number, or one at least.
  static func setValueCounts(_ feature: inout SchemaFeature, _ view: CheckedFeature) {
    func count(_ found: (fewest: Int, most: Int)) -> ValueCount {
      if found.fewest <= 0 { return ValueCount() }
      return found.fewest == found.most ? ValueCount(min: found.fewest, max: found.most) : ValueCount(min: 1)
    }
    let counts = view.valueCounts
    if view.common.levels.count > 1 {
      feature.valueCounts = counts.map(count)
    } else if counts.count == 1, counts[0].fewest > 0 {
      feature.valueCount = count(counts[0])
    }
  }
}

extension TableSchema {
  /// The schema that the data of statistics fits: types, how often features are there, how many values they have, truth values, and
  /// the texts of features that have few. It is what TensorFlow Data Validation's `infer_schema` gives; read it before it is kept.
  /// - Parameters:
  ///   - infersShapes: whether features whose rows all have the same number of values get a shape, in place of a number of values.
  ///   - mostTexts: features of more different texts have no list of them.
  /// - Throws: `TensorError` of kind `value` where the statistics have none of all rows.
  public init(
    inferredFrom statistics: TableStatistics, infersShapes: Bool = true, mostTexts: Int = 100
  ) throws(TensorError) {
    self = try TableSchema().update(
      statistics, SchemaInference(mostTexts: mostTexts, infersShapes: infersShapes))
  }

  /// This schema changed so that the data of statistics fits it, as TensorFlow Data Validation's `update_schema` does: limits
  /// become wider, texts and features come in, features that are missing or of another type are deprecated.
  /// - Parameter mostTexts: new features of more different texts have no list of them.
  /// - Throws: `TensorError` of kind `value` where the statistics have none of all rows.
  public func updated(from statistics: TableStatistics, mostTexts: Int = 100) throws(TensorError) -> TableSchema {
    try update(statistics, SchemaInference(mostTexts: mostTexts, infersShapes: false))
  }

  private func update(_ statistics: TableStatistics, _ inference: SchemaInference) throws(TensorError) -> TableSchema {
    var change = SchemaChange(self, CheckedDataset(try statistics.all), inference)
    for root in change.dataset.roots { change.update(root) }
    change.deprecateMissing()
    return change.result
  }
}

/// A schema while it is changed: features by path, put together in the end.
private struct SchemaChange {
  let dataset: CheckedDataset
  private let inference: SchemaInference
  private let schema: TableSchema
  private var features: [FeaturePath: SchemaFeature]
  /// The names of new features by the structure that they are in; of columns by the empty path.
  private var added: [FeaturePath: [String]] = [:]
  private var domains: [TextDomain]
  private var clearedDomains: Set<String> = []

  init(_ schema: TableSchema, _ dataset: CheckedDataset, _ inference: SchemaInference) {
    self.schema = schema
    self.dataset = dataset
    self.inference = inference
    features = Dictionary(schema.paths.map { ($0.path, $0.feature) }, uniquingKeysWith: { first, _ in first })
    domains = schema.textDomains
  }

  mutating func update(_ view: CheckedFeature) {
    if let known = features[view.path] {
      if schema.isComposite(view.path) { return }
      let place = domains.firstIndex { $0.name == known.domain }
      var check = FeatureCheck(
        known, sharedDomain: place.map { domains[$0] }, environment: nil,
        defaultEnvironments: schema.defaultEnvironments)
      check.run(view)
      features[view.path] = check.feature
      if let place, let domain = check.sharedDomain { domains[place] = domain }
      if check.clearsSharedDomain, let name = known.domain { clearedDomains.insert(name) }
      if check.feature.isDeprecated { return }
    } else {
      if schema.isComposite(view.path) { return }
      let (feature, domain) = inference.feature(view, usedNames: Set(domains.map(\.name)))
      features[view.path] = feature
      added[view.path.parent ?? FeaturePath([]), default: []].append(view.path.name)
      if let domain { domains.append(domain) }
    }
    for child in dataset.children(of: view.path) { update(child) }
  }

  mutating func deprecateMissing() {
    for path in schema.requiredPaths(nil) where dataset[path] == nil { features[path]?.lifecycleStage = .deprecated }
  }

  var result: TableSchema {
    var result = schema
    result.features = assembled(schema.features, FeaturePath([]))
    result.textDomains = domains.filter { !clearedDomains.contains($0.name) }
    return result
  }

  private func assembled(_ known: [SchemaFeature], _ parent: FeaturePath) -> [SchemaFeature] {
    let all = known.map { ($0.name, $0) } + (added[parent] ?? []).map { ($0, SchemaFeature($0, .unknown)) }
    return all.map { name, original in
      let path = parent.child(name)
      guard var feature = features[path] else { return original }
      if let domain = feature.domain, clearedDomains.contains(domain) { feature.domain = nil }
      let fields = original.structure?.features ?? []
      if feature.structure != nil || added[path] != nil {
        var structure = feature.structure ?? StructureDomain([])
        structure.features = assembled(fields, path)
        feature.structure = structure
      }
      return feature
    }
  }
}
