import ApusCore
import ApusFormats

/// What is in a data set, feature by feature: how much is missing, how numbers and texts are distributed. It is TensorFlow Data
/// Validation's `DatasetFeatureStatisticsList`, and its files are that system's.
///
///     let statistics = try TableStatistics(of: Table(csv: "train.csv"))
///     print(statistics["age"]?.numeric?.mean ?? 0)
///     try statistics.write(to: "statistics/FeatureStats.pb")
public struct TableStatistics: StoredMessage {
  package static let messageName = "DatasetFeatureStatisticsList"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// Reads a file: bytes, or text where its name ends in `txt`.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else.
  public init(contentsOf path: String) throws(TensorError) { try self.init(readingFile: path) }

  /// Reads bytes, which errors call `name`.
  /// - Throws: `TensorError` of kind `format` when they are damaged or something else.
  public init(bytes: [UInt8], name: String = "statistics") throws(TensorError) {
    try self.init(readingBytes: bytes, name: name)
  }

  /// Reads the text format of protocol buffers; errors call it `name`.
  /// - Throws: `TensorError` of kind `format` when it is damaged or something else.
  public init(text: String, name: String = "statistics") throws(TensorError) {
    try self.init(readingText: text, name: name)
  }

  /// The bytes of the protocol buffer.
  public var bytes: [UInt8] { message.bytes }

  /// The text format of the protocol buffer.
  public var text: String { message.text }

  /// Writes a file: bytes, or text where its name ends in `txt`. It is there as a whole or not at all.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws { try writeFile(path) }

  /// The statistics of all rows, and behind them those of slices.
  public var datasets: [DatasetStatistics] {
    get { self[views: 1] }
    set { self[views: 1] = newValue }
  }

  /// The name of the statistics of all rows where there are slices too.
  package static let allRows = "All Examples"

  /// The statistics of all rows: the only ones, or those called `All Examples`.
  /// - Throws: `TensorError` of kind `value` where there are none.
  public var all: DatasetStatistics {
    get throws(TensorError) {
      let datasets = datasets
      if datasets.count == 1 { return datasets[0] }
      if let found = datasets.first(where: { $0.name == Self.allRows }) { return found }
      throw TensorError(
        .value, "TableStatistics",
        "there are statistics of \(datasets.count) data sets, and none is called '\(Self.allRows)'; one data set, or slices "
          + "together with that of all rows, works")
    }
  }

  /// The statistics of the slice with a name, such as `country_US`.
  public func slice(_ name: String) -> DatasetStatistics? { datasets.first { $0.name == name } }

  /// The statistics of a feature over all rows; nil where there are none.
  public subscript(path: FeaturePath) -> FeatureStatistics? { (try? all)?[path] }
}

/// The statistics of one set of rows.
public struct DatasetStatistics: MessageView {
  package static let messageName = "DatasetFeatureStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// The slice's name; empty where there are no slices.
  public var name: String {
    get { self[text: 1] }
    set { self[text: 1] = newValue }
  }
  /// How many rows there are.
  public var rows: Int {
    get { self[integer: 2] }
    set { self[integer: 2] = newValue }
  }
  /// The weight of all rows; 0 where rows have no weights.
  public var weight: Double {
    get { self[real: 4] }
    set { self[real: 4] = newValue }
  }
  /// The features, structures before what is in them.
  public var features: [FeatureStatistics] {
    get { self[views: 3] }
    set { self[views: 3] = newValue }
  }

  /// The statistics of a feature; nil where there are none.
  public subscript(path: FeaturePath) -> FeatureStatistics? { features.first { $0.path == path } }
}

/// What the values of a feature are.
public enum FeatureKind: Int, Sendable, Hashable {
  /// Whole numbers, numbers, texts, byte strings that are not looked into, structures.
  case int, float, string, bytes, structure

  /// The name in files.
  public var name: String {
    switch self {
    case .int: "INT"
    case .float: "FLOAT"
    case .string: "STRING"
    case .bytes: "BYTES"
    case .structure: "STRUCT"
    }
  }
}

/// The statistics of one feature.
public struct FeatureStatistics: MessageView {
  package static let messageName = "FeatureNameStatistics"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// Where the feature is.
  public var path: FeaturePath {
    get {
      if let path: PathMessage = self[view: 8] { return path.path }
      return FeaturePath([self[text: 1]])
    }
    set { self[existing: 8] = PathMessage(newValue) }
  }

  /// What its values are.
  public var kind: FeatureKind {
    get { self[enumeration: 2] ?? .int }
    set { self[integer: 2] = newValue.rawValue }
  }

  /// Of numbers; nil where values are something else.
  public var numeric: NumericStatistics? {
    get { self[view: 3] }
    set { self[view: 3] = newValue }
  }
  /// Of texts; nil where values are something else.
  public var text: TextStatistics? {
    get { self[view: 4] }
    set { self[view: 4] = newValue }
  }
  /// Of byte strings; nil where values are something else.
  public var bytes: BytesStatistics? {
    get { self[view: 5] }
    set { self[view: 5] = newValue }
  }
  /// Of structures; nil where values are something else.
  public var structure: StructureStatistics? {
    get { self[view: 7] }
    set { self[view: 7] = newValue }
  }
  /// Figures that have no field of their own.
  public var custom: [CustomStatistic] {
    get { self[views: 6] }
    set { self[views: 6] = newValue }
  }

  /// How rows and values are spread; nil where a file has no statistics of the feature.
  public var common: CommonStatistics? {
    numeric?.common ?? text?.common ?? bytes?.common ?? structure?.common
  }
}

extension TableStatistics: CustomStringConvertible {
  /// The number of rows of each data set, and a line for each feature: what is missing, how numbers lie, the most frequent texts.
  public var description: String { datasets.map(\.description).joined(separator: "\n") }
}

extension DatasetStatistics: CustomStringConvertible {
  /// The number of rows, and a line for each feature.
  public var description: String {
    let head = name.isEmpty ? "\(rows) rows" : "\(name): \(rows) rows"
    return ([head] + features.map { "  \($0)" }).joined(separator: "\n")
  }
}

extension FeatureStatistics: CustomStringConvertible {
  /// The path, the kind, what is missing, how numbers lie or which texts are the most frequent.
  public var description: String {
    var parts = ["\(path): \(kind.name)"]
    if let common, common.missingCount > 0 { parts.append("\(common.missingCount) missing") }
    if let numeric, numeric.common.valueCount > numeric.nanCount {
      let figures = [numeric.minimum, numeric.median, numeric.maximum].map { NumberText.short($0) }
      parts.append("\(figures.joined(separator: " – ")), mean \(NumberText.short(numeric.mean))")
    }
    if let numeric, numeric.nanCount > 0 { parts.append("\(numeric.nanCount) NaN") }
    if let text {
      parts.append("\(text.uniqueCount) different")
      let total = Double(max(1, text.common.valueCount))
      parts += text.topValues.prefix(3).map { value in
        "'\(value.value)' \(NumberText.fixed(value.frequency / total * 100, decimals: 1)) %"
      }
    }
    return parts.joined(separator: ", ")
  }
}
