import ApusFormats

/// What a feature should be like. All constraints are optional: what is not set is not checked.
///
///     schema.features[0].presence = FeaturePresence(minFraction: 1)
///     schema["age"]?.intDomain = IntDomain(0...120)
public struct SchemaFeature: MessageView {
  package static let messageName = "Feature"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The name of the column, or of the field within a structure.
  public var name: String {
    get { self[text: 1] }
    set { self[text: 1] = newValue }
  }

  /// How often the feature has to be there.
  public var presence: FeaturePresence? {
    get { self[view: 14] }
    set { self[view: 14] = newValue }
  }

  /// How many values a row may have; of values that are no lists of lists.
  public var valueCount: ValueCount? {
    get { self[view: 5] }
    set { self[view: 5] = newValue }
  }

  /// The values of this name in ``TableSchema/textDomains`` are the only ones.
  public var domain: String? {
    get { self[optionalText: 7] }
    set { self[optionalText: 7] = newValue }
  }

  /// Whole numbers of a range, also as texts.
  public var intDomain: IntDomain? {
    get { self[view: 9] }
    set { self[view: 9] = newValue }
  }

  /// Numbers of a range, also as texts.
  public var floatDomain: FloatDomain? {
    get { self[view: 10] }
    set { self[view: 10] = newValue }
  }

  /// The texts that there may be.
  public var textDomain: TextDomain? {
    get { self[view: 11] }
    set { self[view: 11] = newValue }
  }

  /// Truth values: 0 and 1, or two texts.
  public var boolDomain: BoolDomain? {
    get { self[view: 13] }
    set { self[view: 13] = newValue }
  }

  /// The fields of a structure.
  public var structure: StructureDomain? {
    get { self[view: 29] }
    set { self[view: 29] = newValue }
  }

  /// Texts of a language.
  public var naturalLanguageDomain: NaturalLanguageDomain? {
    get { self[view: 24] }
    set { self[view: 24] = newValue }
  }

  /// Pictures in files of their own.
  public var imageDomain: ImageDomain? {
    get { self[view: 25] }
    set { self[view: 25] = newValue }
  }

  /// Times.
  public var timeDomain: TimeDomain? {
    get { self[view: 28] }
    set { self[view: 28] = newValue }
  }

  /// How far the values may differ from those of serving.
  public var skewComparator: FeatureComparator? {
    get { self[view: 18] }
    set { self[view: 18] = newValue }
  }

  /// How far they may differ from those before.
  public var driftComparator: FeatureComparator? {
    get { self[view: 21] }
    set { self[view: 21] = newValue }
  }

  /// The environments in which the feature is, whatever the default.
  public var inEnvironment: [String] {
    get { self[texts: 20] }
    set { self[texts: 20] = newValue }
  }

  /// The environments in which it is not.
  public var notInEnvironment: [String] {
    get { self[texts: 19] }
    set { self[texts: 19] = newValue }
  }

  /// How many different texts there may be.
  public var uniqueConstraints: UniqueConstraints? {
    get { self[view: 31] }
    set { self[view: 31] = newValue }
  }

  /// A feature called `name` of a type.
  public init(_ name: String, _ type: SchemaType) {
    self = .empty
    self.name = name
    self.type = type
  }

  /// What the values are; nil where the schema does not say.
  public var type: SchemaType? {
    get { self[enumeration: 6] }
    set { self[enumeration: 6] = newValue }
  }

  /// How far the feature is on its way into models and out of them. One that is planned, in its first trial, only for finding
  /// mistakes, deprecated or disabled is not checked.
  public var lifecycleStage: LifecycleStage? {
    get { self[enumeration: 22] }
    set { self[enumeration: 22] = newValue }
  }

  /// The shape that the values of every row have; nil where rows can have different numbers of values.
  public var shape: [Int]? {
    get {
      let shape: FixedShape? = self[view: 23]
      return shape?.sizes
    }
    set { self[view: 23] = newValue.map { FixedShape($0) } }
  }

  /// How many items lists of each level may have, the outermost first; of lists of lists.
  public var valueCounts: [ValueCount]? {
    get {
      let counts: ValueCountList? = self[view: 32]
      return counts?.counts
    }
    set { self[view: 32] = newValue.map { ValueCountList($0) } }
  }

  /// Which part of the texts has to be among those of the domain; all where it is nil.
  public var minDomainMass: Double? {
    get {
      let constraints: DistributionConstraints? = self[view: 15]
      return constraints?.minDomainMass
    }
    set { self[view: 15] = newValue.map { DistributionConstraints($0) } }
  }

  /// Whether nothing is checked of the feature.
  public var isDeprecated: Bool {
    get {
      self[flag: 2] || [.planned, .alpha, .deprecated, .debugOnly, .disabled].contains(lifecycleStage ?? .unknown)
    }
    set { lifecycleStage = newValue ? .deprecated : nil }
  }
}

/// What the values of a feature are, as a schema tells.
public enum SchemaType: Int, Sendable, Hashable {
  /// Something else; texts or byte strings; whole numbers; numbers; structures.
  case unknown, bytes, int, float, structure

  /// The name in files.
  public var name: String {
    switch self {
    case .unknown: "TYPE_UNKNOWN"
    case .bytes: "BYTES"
    case .int: "INT"
    case .float: "FLOAT"
    case .structure: "STRUCT"
    }
  }
}

/// How far a feature is on its way into models and out of them.
public enum LifecycleStage: Int, Sendable, Hashable {
  /// Not said, planned, in a first and a second trial, in use, on its way out, for finding mistakes, out of use.
  case unknown, planned, alpha, beta, production, deprecated, debugOnly, disabled
  /// Made for checking alone.
  case validationDerived = 9
}

/// How often a feature has to be there.
public struct FeaturePresence: MessageView {
  package static let messageName = "FeaturePresence"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The least part of the rows that have the feature, 1 for all of them.
  public var minFraction: Double? {
    get { self[optionalReal: 1] }
    set { self[optionalReal: 1] = newValue }
  }

  /// The fewest rows that have it.
  public var minCount: Int? {
    get { self[optionalInteger: 2] }
    set { self[optionalInteger: 2] = newValue }
  }

  /// A feature that is in so many rows at least.
  public init(minFraction: Double? = nil, minCount: Int? = nil) {
    self = .empty
    self.minFraction = minFraction
    self.minCount = minCount
  }
}

/// How many values there may be.
public struct ValueCount: MessageView {
  package static let messageName = "ValueCount"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The fewest.
  public var min: Int? {
    get { self[optionalInteger: 1] }
    set { self[optionalInteger: 1] = newValue }
  }

  /// The most.
  public var max: Int? {
    get { self[optionalInteger: 2] }
    set { self[optionalInteger: 2] = newValue }
  }

  /// From `min` to `max` values; nil for no limit.
  public init(min: Int? = nil, max: Int? = nil) {
    self = .empty
    self.min = min
    self.max = max
  }
}

struct ValueCountList: MessageView {
  static let messageName = "ValueCountList"
  var message: ProtobufMessage
  init(message: ProtobufMessage) { self.message = message }

  init(_ counts: [ValueCount]) {
    self = .empty
    self.counts = counts
  }

  var counts: [ValueCount] {
    get { self[views: 1] }
    set { self[views: 1] = newValue }
  }
}

struct FixedShape: MessageView {
  static let messageName = "FixedShape"
  var message: ProtobufMessage
  init(message: ProtobufMessage) { self.message = message }

  init(_ sizes: [Int]) {
    self = .empty
    self[views: 2] = sizes.map { size in
      var dimension = Dimension()
      dimension[integer: 1] = size
      return dimension
    }
  }

  var sizes: [Int] {
    let dimensions: [Dimension] = self[views: 2]
    return dimensions.map { $0[integer: 1] }
  }

  private struct Dimension: MessageView {
    static let messageName = "Dim"
    var message: ProtobufMessage
    init(message: ProtobufMessage) { self.message = message }
  }
}

struct DistributionConstraints: MessageView {
  static let messageName = "DistributionConstraints"
  var message: ProtobufMessage
  init(message: ProtobufMessage) { self.message = message }

  init(_ minDomainMass: Double) {
    self = .empty
    self[real: 1] = minDomainMass
  }

  var minDomainMass: Double { self[optionalReal: 1] ?? 1 }
}

/// How many different values there may be; of texts and categories.
public struct UniqueConstraints: MessageView {
  package static let messageName = "UniqueConstraints"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The fewest.
  public var min: Int {
    get { self[integer: 1] }
    set { self[integer: 1] = newValue }
  }

  /// The most.
  public var max: Int {
    get { self[integer: 2] }
    set { self[integer: 2] = newValue }
  }

  /// From `min` to `max` different values.
  public init(min: Int, max: Int) {
    self = .empty
    self.min = min
    self.max = max
  }
}
