import ApusCore
import ApusFormats

/// How a feature is spread over the rows: how many rows have it, and how many values a row has.
public struct CommonStatistics: MessageView {
  package static let messageName = "CommonStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// In how many rows the feature is. Within a structure: of how many values of the structure it is a part.
  public var presentCount: Int {
    get { self[integer: 1] }
    set { self[integer: 1] = newValue }
  }

  /// In how many rows it is missing.
  public var missingCount: Int {
    get { self[integer: 2] }
    set { self[integer: 2] = newValue }
  }

  /// The fewest values of a row that has the feature; of nested lists, the innermost ones.
  public var fewestValues: Int {
    get { self[integer: 3] }
    set { self[integer: 3] = newValue }
  }

  /// The most values of a row.
  public var mostValues: Int {
    get { self[integer: 4] }
    set { self[integer: 4] = newValue }
  }

  /// How many values a row that has the feature has on average.
  public var averageValues: Double {
    get { self[single: 5] }
    set { self[single: 5] = newValue }
  }

  /// How many values there are.
  public var valueCount: Int {
    get { self[integer: 8] }
    set { self[integer: 8] = newValue }
  }

  /// How many values rows have, in ten groups of as many rows each.
  public var valuesHistogram: Histogram? {
    get { self[view: 6] }
    set { self[view: 6] = newValue }
  }

  /// The counts by weight; nil where rows have none.
  public var weighted: WeightedCommonStatistics? {
    get { self[view: 7] }
    set { self[view: 7] = newValue }
  }

  /// The counts for each level of nested lists, the outermost first; none for lists that are not nested.
  public var levels: [PresenceStatistics] {
    get { self[views: 10] }
    set { self[views: 10] = newValue }
  }

  /// The counts by weight for each level of nested lists.
  public var weightedLevels: [WeightedCommonStatistics] {
    get { self[views: 11] }
    set { self[views: 11] = newValue }
  }
}

/// The counts of ``CommonStatistics`` with rows counted by their weight.
public struct WeightedCommonStatistics: MessageView {
  package static let messageName = "WeightedCommonStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The weight of the rows that have the feature.
  public var presentWeight: Double {
    get { self[real: 1] }
    set { self[real: 1] = newValue }
  }

  /// The weight of the rows that lack it.
  public var missingWeight: Double {
    get { self[real: 2] }
    set { self[real: 2] = newValue }
  }

  /// The weight of values for a unit of weight of the rows that have the feature.
  public var averageValues: Double {
    get { self[real: 3] }
    set { self[real: 3] = newValue }
  }

  /// The weight of all values.
  public var valueWeight: Double {
    get { self[real: 4] }
    set { self[real: 4] = newValue }
  }
}

/// The counts of one level of nested lists.
public struct PresenceStatistics: MessageView {
  package static let messageName = "PresenceAndValencyStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// How many lists of this level are there.
  public var presentCount: Int {
    get { self[integer: 1] }
    set { self[integer: 1] = newValue }
  }

  /// How many are missing.
  public var missingCount: Int {
    get { self[integer: 2] }
    set { self[integer: 2] = newValue }
  }

  /// The fewest items of a list.
  public var fewestValues: Int {
    get { self[integer: 3] }
    set { self[integer: 3] = newValue }
  }

  /// The most items of a list.
  public var mostValues: Int {
    get { self[integer: 4] }
    set { self[integer: 4] = newValue }
  }

  /// How many items all lists have.
  public var valueCount: Int {
    get { self[integer: 5] }
    set { self[integer: 5] = newValue }
  }
}

/// Numbers: `INT` and `FLOAT` features. NaN is counted apart and is in none of the other figures.
public struct NumericStatistics: MessageView {
  package static let messageName = "NumericStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// How rows and values are spread.
  public var common: CommonStatistics {
    get { self[existing: 1] }
    set { self[existing: 1] = newValue }
  }

  /// The mean of all values.
  public var mean: Double {
    get { self[real: 2] }
    set { self[real: 2] = newValue }
  }

  /// The standard deviation, with n below the fraction.
  public var standardDeviation: Double {
    get { self[real: 3] }
    set { self[real: 3] = newValue }
  }

  /// How many values are 0.
  public var zeroCount: Int {
    get { self[integer: 4] }
    set { self[integer: 4] = newValue }
  }

  /// The least value.
  public var minimum: Double {
    get { self[real: 5] }
    set { self[real: 5] = newValue }
  }

  /// The median, exact for up to some thousand different values.
  public var median: Double {
    get { self[real: 6] }
    set { self[real: 6] = newValue }
  }

  /// The greatest value.
  public var maximum: Double {
    get { self[real: 7] }
    set { self[real: 7] = newValue }
  }

  /// The histograms: ten buckets of one width, and ten of as many values each.
  public var histograms: [Histogram] {
    get { self[views: 8] }
    set { self[views: 8] = newValue }
  }

  /// The figures with values counted by the weight of their row.
  public var weighted: WeightedNumericStatistics? {
    get { self[view: 9] }
    set { self[view: 9] = newValue }
  }

  /// The histogram of a kind.
  public func histogram(_ kind: HistogramKind) -> Histogram? { histograms.first { $0.kind == kind } }

  /// How many values are NaN.
  public var nanCount: Int { histograms.first?.nanCount ?? 0 }
}

/// Numbers with values counted by the weight of their row.
public struct WeightedNumericStatistics: MessageView {
  package static let messageName = "WeightedNumericStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The mean.
  public var mean: Double {
    get { self[real: 1] }
    set { self[real: 1] = newValue }
  }

  /// The standard deviation.
  public var standardDeviation: Double {
    get { self[real: 2] }
    set { self[real: 2] = newValue }
  }

  /// The median.
  public var median: Double {
    get { self[real: 3] }
    set { self[real: 3] = newValue }
  }

  /// The histograms.
  public var histograms: [Histogram] {
    get { self[views: 4] }
    set { self[views: 4] = newValue }
  }
}

/// Texts: `STRING` features, and numbers that the schema calls categories.
public struct TextStatistics: MessageView {
  package static let messageName = "StringStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// How rows and values are spread.
  public var common: CommonStatistics {
    get { self[existing: 1] }
    set { self[existing: 1] = newValue }
  }

  /// How many values differ. Exact for up to ``StatisticsOptions/exactValues`` values, an estimate beyond.
  public var uniqueCount: Int {
    get { self[integer: 2] }
    set { self[integer: 2] = newValue }
  }

  /// The most frequent values, the most frequent first; of equals the greater text.
  public var topValues: [ValueFrequency] {
    get { self[views: 3] }
    set { self[views: 3] = newValue }
  }

  /// How many bytes a value has on average.
  public var averageLength: Double {
    get { self[single: 4] }
    set { self[single: 4] = newValue }
  }

  /// The frequencies of the first thousand values.
  public var ranks: RankHistogram {
    get { self[existing: 5] }
    set { self[existing: 5] = newValue }
  }

  /// The values by the weight of their rows.
  public var weighted: WeightedTextStatistics? {
    get { self[view: 6] }
    set { self[view: 6] = newValue }
  }

  /// How many values are no texts in UTF-8.
  public var invalidTextCount: Int {
    get { self[integer: 8] }
    set { self[integer: 8] = newValue }
  }
}

/// Texts by the weight of their rows.
public struct WeightedTextStatistics: MessageView {
  package static let messageName = "WeightedStringStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The values of the greatest weight.
  public var topValues: [ValueFrequency] {
    get { self[views: 1] }
    set { self[views: 1] = newValue }
  }

  /// The weights of the first thousand values.
  public var ranks: RankHistogram {
    get { self[existing: 2] }
    set { self[existing: 2] = newValue }
  }
}

/// A value and how often it comes.
public struct ValueFrequency: MessageView {
  package static let messageName = "FreqAndValue"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The value as text; `__BYTES_VALUE__` for what is no UTF-8.
  public var value: String {
    get { self[text: 2] }
    set { self[text: 2] = newValue }
  }

  /// How often it comes, or the weight of its rows.
  public var frequency: Double {
    get { self[real: 3] }
    set { self[real: 3] = newValue }
  }
}

/// Byte strings that are not to be looked into: features that the schema gives pictures.
public struct BytesStatistics: MessageView {
  package static let messageName = "BytesStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// How rows and values are spread.
  public var common: CommonStatistics {
    get { self[existing: 1] }
    set { self[existing: 1] = newValue }
  }

  /// How many bytes a value has on average.
  public var averageLength: Double {
    get { self[single: 3] }
    set { self[single: 3] = newValue }
  }

  /// The fewest bytes of a value.
  public var leastLength: Double {
    get { self[single: 4] }
    set { self[single: 4] = newValue }
  }

  /// The most bytes of a value.
  public var mostLength: Int {
    get { self[integer: 6] }
    set { self[integer: 6] = newValue }
  }
}

/// Structures.
public struct StructureStatistics: MessageView {
  package static let messageName = "StructStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// How rows and values are spread.
  public var common: CommonStatistics {
    get { self[existing: 1] }
    set { self[existing: 1] = newValue }
  }
}

/// How the buckets of a histogram are made.
public enum HistogramKind: Int, Sendable, Hashable {
  /// Buckets of one width, and buckets of as many values each.
  case standard, quantiles
}

/// How often values lie in which range.
public struct Histogram: MessageView {
  package static let messageName = "Histogram"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// How many values are NaN.
  public var nanCount: Int {
    get { self[integer: 1] }
    set { self[integer: 1] = newValue }
  }

  /// The ranges, the lowest first.
  public var buckets: [HistogramBucket] {
    get { self[views: 3] }
    set { self[views: 3] = newValue }
  }

  /// A name, where it has one.
  public var name: String {
    get { self[text: 5] }
    set { self[text: 5] = newValue }
  }

  /// How the buckets are made.
  public var kind: HistogramKind {
    get { self[enumeration: 4] ?? .standard }
    set { self[integer: 4] = newValue.rawValue }
  }
}

/// A range of values.
public struct HistogramBucket: MessageView {
  package static let messageName = "HistogramBucket"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// Where it begins.
  public var low: Double {
    get { self[real: 1] }
    set { self[real: 1] = newValue }
  }

  /// Where it ends; the last bucket has this value too.
  public var high: Double {
    get { self[real: 2] }
    set { self[real: 2] = newValue }
  }

  /// How many values it has: no whole number where values were shared out between buckets.
  public var count: Double {
    get { self[real: 4] }
    set { self[real: 4] = newValue }
  }

  init(_ low: Double, _ high: Double, _ count: Double) {
    self.init()
    self.low = low
    self.high = high
    self.count = count
  }
}

/// Values in the order of their frequencies.
public struct RankHistogram: MessageView {
  package static let messageName = "RankHistogram"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// A bucket for each value.
  public var buckets: [RankBucket] {
    get { self[views: 1] }
    set { self[views: 1] = newValue }
  }
}

/// A value, its place in the order, how often it comes.
public struct RankBucket: MessageView {
  package static let messageName = "RankHistogramBucket"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The place, 0 for the most frequent.
  public var lowRank: Int {
    get { self[integer: 1] }
    set { self[integer: 1] = newValue }
  }

  /// The last place of the bucket.
  public var highRank: Int {
    get { self[integer: 2] }
    set { self[integer: 2] = newValue }
  }

  /// The value as text.
  public var label: String {
    get { self[text: 4] }
    set { self[text: 4] = newValue }
  }

  /// How often it comes.
  public var count: Double {
    get { self[real: 5] }
    set { self[real: 5] = newValue }
  }
}

/// A figure that has no field of its own.
public struct CustomStatistic: MessageView {
  package static let messageName = "CustomStatistic"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// What it is called.
  public var name: String {
    get { self[text: 1] }
    set { self[text: 1] = newValue }
  }

  /// Its number.
  public var number: Double? {
    get { self[optionalReal: 2] }
    set { self[optionalReal: 2] = newValue }
  }

  /// Its text.
  public var text: String? {
    get { self[optionalText: 3] }
    set { self[optionalText: 3] = newValue }
  }

  /// Its histogram.
  public var histogram: Histogram? {
    get { self[view: 4] }
    set { self[view: 4] = newValue }
  }

  /// Its frequencies.
  public var ranks: RankHistogram? {
    get { self[view: 5] }
    set { self[view: 5] = newValue }
  }
}
