import ApusCore
import ApusFormats

/// What is wrong with data in comparison with a schema: TensorFlow Data Validation's `Anomalies`, whose files it reads and writes.
///
///     let anomalies = try schema.validate(statistics)
///     for anomaly in anomalies.features { print(anomaly.path, anomaly.shortDescription, anomaly.description) }
///     try anomalies.write(to: "anomalies/SchemaDiff.pb")
public struct Anomalies: StoredMessage {
  package static let messageName = "Anomalies"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// Reads a file: bytes, or text where its name ends in `txt`.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else.
  public init(contentsOf path: String) throws(TensorError) { try self.init(readingFile: path) }

  /// Reads the text format of protocol buffers; errors call it `name`.
  /// - Throws: `TensorError` of kind `format` when it is damaged or something else.
  public init(text: String, name: String = "anomalies") throws(TensorError) {
    try self.init(readingText: text, name: name)
  }

  /// Reads bytes, which errors call `name`.
  /// - Throws: `TensorError` of kind `format` when they are damaged or something else.
  public init(bytes: [UInt8], name: String = "anomalies") throws(TensorError) {
    try self.init(readingBytes: bytes, name: name)
  }

  /// The text format of the protocol buffer.
  public var text: String { message.text }

  /// The bytes of the protocol buffer.
  public var bytes: [UInt8] { message.bytes }

  /// Writes a file: bytes, or text where its name ends in `txt`. It is there as a whole or not at all.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws { try writeFile(path) }

  /// The schema that data was held against.
  public internal(set) var schema: TableSchema? {
    get { self[view: 1] }
    set { self[view: 1] = newValue }
  }

  /// The features with which something is wrong, in the order of their paths.
  public internal(set) var features: [Anomaly] {
    get {
      let entries: [Entry] = self[views: 2]
      return entries.map(\.value).sorted { $0.path < $1.path }
    }
    set {
      let entries = newValue.map { anomaly in
        var entry = Entry()
        entry[text: 1] = anomaly.path.description
        entry[existing: 2] = anomaly
        return entry
      }
      self[views: 2] = entries.sorted { $0[text: 1].utf8.lexicographicallyPrecedes($1[text: 1].utf8) }
    }
  }

  private struct Entry: MessageView {
    static let messageName = "AnomalyInfoEntry"
    var message: ProtobufMessage
    init(message: ProtobufMessage) { self.message = message }

    /// The anomaly, which has no path of its own in files of old.
    var value: Anomaly {
      var anomaly: Anomaly = self[existing: 2]
      if !anomaly.message.has(8) { anomaly.path = FeaturePath([self[text: 1]]) }
      return anomaly
    }
  }

  /// What is wrong with the data as a whole; nil where nothing is.
  public internal(set) var dataset: Anomaly? {
    get { self[view: 8] }
    set { self[view: 8] = newValue }
  }

  /// Whether there are no rows at all; nothing else is checked then.
  public internal(set) var dataMissing: Bool {
    get { self[flag: 3] }
    set { self[flag: 3] = newValue }
  }

  /// The distances from other data that were measured, anomalies or not.
  public internal(set) var measurements: [FeatureMeasurements] {
    get { self[views: 9] }
    set { self[views: 9] = newValue }
  }

  /// Whether nothing is wrong.
  public var isEmpty: Bool { !dataMissing && dataset == nil && !message.has(2) }

  /// Whether something is wrong that is more than a warning.
  public var hasErrors: Bool {
    dataMissing || (features + [dataset].compactMap { $0 }).contains { $0.severity == .error }
  }

  /// What is wrong with a feature; nil where nothing is.
  public subscript(path: FeaturePath) -> Anomaly? { features.first { $0.path == path } }
}

extension Anomalies: CustomStringConvertible {
  /// A line for each anomaly: the feature, the short and the long description.
  public var description: String {
    if isEmpty { return "No anomalies found." }
    var lines = dataMissing ? ["The data has no rows."] : []
    if let dataset { lines.append("data set: \(dataset.shortDescription): \(dataset.description)") }
    lines += features.map { "'\($0.path)': \($0.shortDescription): \($0.description)" }
    return lines.joined(separator: "\n")
  }
}

/// How bad something is.
public enum AnomalySeverity: Int, Sendable, Hashable, Comparable {
  /// Not known, something to look at, something wrong.
  case unknown, warning, error

  /// By how bad it is.
  public static func < (a: AnomalySeverity, b: AnomalySeverity) -> Bool { a.rawValue < b.rawValue }
}

/// What is wrong with a feature, or with a data set as a whole.
public struct Anomaly: MessageView {
  package static let messageName = "AnomalyInfo"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  init(_ reasons: [AnomalyReason], path: FeaturePath?, severity: AnomalySeverity) {
    self.init()
    // Fields of a new structure are one new feature.
    let isNew = !reasons.isEmpty && reasons.allSatisfy { $0.type == .schemaNewColumn }
    let shown = isNew ? Array(reasons.prefix(1)) : reasons
    self[views: 7] = shown
    let described = shown.filter { !$0.description.isEmpty }
    self[text: 2] = described.map(\.description).joined(separator: " ")
    self[text: 6] =
      described.count > 1 ? "Multiple errors" : (described.first ?? shown.last)?.shortDescription ?? ""
    self[integer: 5] = severity.rawValue
    if let path { self.path = path }
  }

  /// Where the feature is; empty for a data set.
  public internal(set) var path: FeaturePath {
    get {
      let path: PathMessage? = self[view: 8]
      return path?.path ?? FeaturePath([])
    }
    set { self[existing: 8] = PathMessage(newValue) }
  }

  /// How bad it is.
  public var severity: AnomalySeverity { self[enumeration: 5] ?? .unknown }
  /// Sentences with the figures, one for each reason.
  public var description: String { self[text: 2] }
  /// A few words.
  public var shortDescription: String { self[text: 6] }
  /// The reasons, one or several.
  public var reasons: [AnomalyReason] { self[views: 7] }
}

/// The distances of a feature from other data.
public struct FeatureMeasurements: MessageView {
  package static let messageName = "DriftSkewInfo"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  init(_ path: FeaturePath, drift: [DriftMeasurement], skew: [DriftMeasurement]) {
    self.init()
    self[existing: 1] = PathMessage(path)
    self[views: 2] = drift
    self[views: 3] = skew
  }

  /// The feature.
  public var path: FeaturePath {
    let path: PathMessage? = self[view: 1]
    return path?.path ?? FeaturePath([])
  }
  /// From the data before.
  public var drift: [DriftMeasurement] { self[views: 2] }
  /// From the data of serving.
  public var skew: [DriftMeasurement] { self[views: 3] }
}

/// A distance between two distributions.
public struct DriftMeasurement: MessageView {
  package static let messageName = "Measurement"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// What was measured.
  public enum Kind: Int, Sendable, Hashable {
    /// Something else; see ``FeatureComparator`` for the others.
    case unknown, infinityNorm, jensenShannonDivergence, normalizedAbsoluteDifference
  }

  init(_ kind: Kind, _ value: Double, _ threshold: Double) {
    self.init()
    self[integer: 1] = kind.rawValue
    self[real: 2] = value
    self[real: 3] = threshold
  }

  /// What was measured.
  public var kind: Kind { self[enumeration: 1] ?? .unknown }
  /// The distance.
  public var value: Double { self[real: 2] }
  /// The most that the schema allows.
  public var threshold: Double { self[real: 3] }
}
