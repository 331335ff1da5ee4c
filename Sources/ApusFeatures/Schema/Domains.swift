import ApusFormats

/// Whole numbers.
public struct IntDomain: MessageView {
  package static let messageName = "IntDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// What the domain is called.
  public var name: String {
    get { self[text: 1] }
    set { self[text: 1] = newValue }
  }

  /// The least number.
  public var min: Int? {
    get { self[optionalInteger: 3] }
    set { self[optionalInteger: 3] = newValue }
  }

  /// The greatest.
  public var max: Int? {
    get { self[optionalInteger: 4] }
    set { self[optionalInteger: 4] = newValue }
  }

  /// Whether the numbers are names of categories: statistics then count them as texts.
  public var isCategorical: Bool {
    get { self[flag: 5] }
    set { self[flag: 5] = newValue }
  }

  /// Numbers of any size.
  public init() { self.init(message: metadataTypes.message(Self.messageName)) }

  /// The numbers of a range.
  public init(_ range: ClosedRange<Int>) {
    self = .empty
    min = range.lowerBound
    max = range.upperBound
  }
}

/// Numbers.
public struct FloatDomain: MessageView {
  package static let messageName = "FloatDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// What the domain is called.
  public var name: String {
    get { self[text: 1] }
    set { self[text: 1] = newValue }
  }

  /// The least number, in single precision.
  public var min: Double? {
    get { self[optionalSingle: 3] }
    set { self[optionalSingle: 3] = newValue }
  }

  /// The greatest.
  public var max: Double? {
    get { self[optionalSingle: 4] }
    set { self[optionalSingle: 4] = newValue }
  }

  /// Whether NaN is a mistake.
  public var disallowsNaN: Bool {
    get { self[flag: 5] }
    set { self[flag: 5] = newValue }
  }

  /// Whether infinite numbers are.
  public var disallowsInfinity: Bool {
    get { self[flag: 6] }
    set { self[flag: 6] = newValue }
  }

  /// Whether the numbers of a row are an embedding.
  public var isEmbedding: Bool {
    get { self[flag: 7] }
    set { self[flag: 7] = newValue }
  }

  /// Whether the numbers are names of categories.
  public var isCategorical: Bool {
    get { self[flag: 8] }
    set { self[flag: 8] = newValue }
  }

  /// Numbers of any size.
  public init() { self.init(message: metadataTypes.message(Self.messageName)) }

  /// The numbers of a range.
  public init(_ range: ClosedRange<Double>) {
    self = .empty
    min = range.lowerBound
    max = range.upperBound
  }
}

/// The texts that there may be.
public struct TextDomain: MessageView {
  package static let messageName = "StringDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// What the domain is called.
  public var name: String {
    get { self[text: 1] }
    set { self[text: 1] = newValue }
  }

  /// The texts.
  public var values: [String] {
    get { self[texts: 2] }
    set { self[texts: 2] = newValue }
  }

  /// These texts, under a name where features share them.
  public init(_ values: [String], name: String = "") {
    self = .empty
    if !name.isEmpty { self.name = name }
    self.values = values
  }
}

/// Truth values.
public struct BoolDomain: MessageView {
  package static let messageName = "BoolDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// What the domain is called.
  public var name: String {
    get { self[text: 1] }
    set { self[text: 1] = newValue }
  }

  /// The text that stands for true.
  public var trueText: String? {
    get { self[optionalText: 2] }
    set { self[optionalText: 2] = newValue }
  }

  /// The text that stands for false.
  public var falseText: String? {
    get { self[optionalText: 3] }
    set { self[optionalText: 3] = newValue }
  }

  /// 0 and 1, or two texts.
  public init(trueText: String? = nil, falseText: String? = nil) {
    self = .empty
    self.trueText = trueText
    self.falseText = falseText
  }
}

/// The fields of a structure.
public struct StructureDomain: MessageView {
  package static let messageName = "StructDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The fields.
  public var features: [SchemaFeature] {
    get { self[views: 1] }
    set { self[views: 1] = newValue }
  }

  /// A structure of these fields.
  public init(_ features: [SchemaFeature]) {
    self = .empty
    self.features = features
  }
}

/// Texts of a language. What it asks of tokens is kept, and not checked.
public struct NaturalLanguageDomain: MessageView {
  package static let messageName = "NaturalLanguageDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The name of the vocabulary.
  public var vocabulary: String? {
    get { self[optionalText: 1] }
    set { self[optionalText: 1] = newValue }
  }

  /// Texts of any language.
  public init() { self.init(message: metadataTypes.message(Self.messageName)) }
}

/// Pictures in files of their own, whose bytes are the values.
public struct ImageDomain: MessageView {
  package static let messageName = "ImageDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The least part of the values that are pictures of known formats. It is kept, and not checked.
  public var minimumSupportedFraction: Double? {
    get { self[optionalSingle: 1] }
    set { self[optionalSingle: 1] = newValue }
  }

  /// The most bytes of a picture.
  public var mostBytes: Int? {
    get { self[optionalInteger: 2] }
    set { self[optionalInteger: 2] = newValue }
  }

  /// Pictures of any size.
  public init() { self.init(message: metadataTypes.message(Self.messageName)) }
}

/// Times, as texts of a format or as whole numbers of a unit.
public struct TimeDomain: MessageView {
  package static let messageName = "TimeDomain"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// How texts are written, in the signs of `strptime`.
  public var textFormat: String? {
    get { self[optionalText: 1] }
    set { self[optionalText: 1] = newValue }
  }

  /// Times as texts.
  public init(textFormat: String) {
    self = .empty
    self.textFormat = textFormat
  }
}

/// How far the values of a feature may differ from those of other data. A distance is measured where its threshold is set.
public struct FeatureComparator: MessageView {
  package static let messageName = "FeatureComparator"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// A comparison with these thresholds.
  public init(
    infinityNorm: Double? = nil, jensenShannonDivergence: Double? = nil, normalizedAbsoluteDifference: Double? = nil
  ) {
    self = .empty
    self.infinityNorm = infinityNorm
    self.jensenShannonDivergence = jensenShannonDivergence
    self.normalizedAbsoluteDifference = normalizedAbsoluteDifference
  }

  /// The most by which the part of the rows that have a text may differ, for any text.
  public var infinityNorm: Double? {
    get { threshold(1) }
    set { set(1, newValue) }
  }

  /// The greatest Jensen-Shannon divergence between the distributions, from 0 to 1.
  public var jensenShannonDivergence: Double? {
    get { threshold(2) }
    set { set(2, newValue) }
  }

  /// The most by which the number of rows that have a text may differ, in parts of the rows of both, for any text.
  public var normalizedAbsoluteDifference: Double? {
    get { threshold(3) }
    set { set(3, newValue) }
  }

  /// Whether the divergence of numbers is that of the histograms of quantiles, in place of those of one width.
  public var usesQuantiles: Bool {
    get {
      guard case .message(let divergence)? = message[2], case .message(let source)? = divergence[2] else {
        return false
      }
      return source[1] == .integer(1)
    }
    set {
      var divergence = message.emptyMessage(2)
      if case .message(let known)? = message[2] { divergence = known }
      var source = divergence.emptyMessage(2)
      source.set(1, .integer(newValue ? 1 : 2))
      divergence.set(2, .message(source))
      message.set(2, .message(divergence))
    }
  }

  private func threshold(_ number: Int) -> Double? {
    guard case .message(let measure)? = message[number], case .real(let value)? = measure[1] else { return nil }
    return value
  }

  private mutating func set(_ number: Int, _ value: Double?) {
    var measure = message.emptyMessage(number)
    if case .message(let known)? = message[number] { measure = known }
    if value == nil, measure.isEmpty { return }
    measure.set(1, value.map { .real($0) })
    message.set(number, .message(measure))
  }
}

/// How many rows a data set may have.
public struct DatasetConstraints: MessageView {
  package static let messageName = "DatasetConstraints"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The fewest rows.
  public var minRows: Int? {
    get { self[optionalInteger: 3] }
    set { self[optionalInteger: 3] = newValue }
  }

  /// The most rows.
  public var mostRows: Int? {
    get { self[optionalInteger: 4] }
    set { self[optionalInteger: 4] = newValue }
  }

  /// How many rows there may be for each row of the data before.
  public var driftComparator: RowCountComparator? {
    get { self[view: 1] }
    set { self[view: 1] = newValue }
  }

  /// How many rows there may be for each row of the version before.
  public var versionComparator: RowCountComparator? {
    get { self[view: 2] }
    set { self[view: 2] = newValue }
  }

  /// Any number of rows.
  public init() { self.init(message: metadataTypes.message(Self.messageName)) }
}

/// The number of rows in comparison with other data.
public struct RowCountComparator: MessageView {
  package static let messageName = "NumericValueComparator"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The fewest rows for each row of the other data.
  public var minFraction: Double? {
    get { self[optionalReal: 1] }
    set { self[optionalReal: 1] = newValue }
  }

  /// The most rows.
  public var maxFraction: Double? {
    get { self[optionalReal: 2] }
    set { self[optionalReal: 2] = newValue }
  }

  /// From `minFraction` to `maxFraction` rows for each row of the other data.
  public init(minFraction: Double? = nil, maxFraction: Double? = nil) {
    self = .empty
    self.minFraction = minFraction
    self.maxFraction = maxFraction
  }
}
