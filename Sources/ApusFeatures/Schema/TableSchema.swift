import ApusCore
import ApusFormats

/// What data should be like: TensorFlow Data Validation's `Schema`, whose files, `schema.pbtxt`, it reads and writes. What it does
/// not interpret stays where it is.
///
///     var schema = try TableSchema(inferredFrom: statistics)
///     schema["age"]?.intDomain = IntDomain(0...120)
///     schema["label"]?.notInEnvironment = ["SERVING"]
///     try schema.write(to: "schema.pbtxt")
public struct TableSchema: StoredMessage {
  package static let messageName = "Schema"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  /// A schema of these features.
  public init(_ features: [SchemaFeature] = []) {
    self.init(message: metadataTypes.message(Self.messageName))
    self.features = features
  }

  /// Reads a file: text where its name ends in `txt`, bytes otherwise.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else.
  public init(contentsOf path: String) throws(TensorError) { try self.init(readingFile: path) }

  /// Reads the text format of protocol buffers; errors call it `name`.
  /// - Throws: `TensorError` of kind `format` when it is damaged or something else.
  public init(text: String, name: String = "schema") throws(TensorError) {
    try self.init(readingText: text, name: name)
  }

  /// Reads bytes, which errors call `name`.
  /// - Throws: `TensorError` of kind `format` when they are damaged or something else.
  public init(bytes: [UInt8], name: String = "schema") throws(TensorError) {
    try self.init(readingBytes: bytes, name: name)
  }

  /// The text format of the protocol buffer: fields in the order of their numbers, behind them those of names that are not known
  /// here.
  public var text: String { message.text }

  /// The bytes of the protocol buffer. Fields of names that are not known here are left out.
  public var bytes: [UInt8] { message.bytes }

  /// Writes a file: text where its name ends in `txt`, bytes otherwise. It is there as a whole or not at all.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws { try writeFile(path) }

  /// The features, each a column.
  public var features: [SchemaFeature] {
    get { self[views: 1] }
    set { self[views: 1] = newValue }
  }

  /// The texts that there may be, under names that features refer to.
  public var textDomains: [TextDomain] {
    get { self[views: 4] }
    set { self[views: 4] = newValue }
  }

  /// The environments in which a feature is where it says nothing else. An environment is a use of the data, such as `TRAINING` and
  /// `SERVING`.
  public var defaultEnvironments: [String] {
    get { self[texts: 5] }
    set { self[texts: 5] = newValue }
  }

  /// How many rows there may be.
  public var datasetConstraints: DatasetConstraints? {
    get { self[view: 11] }
    set { self[view: 11] = newValue }
  }

  /// The feature at a path; nil where there is none, and setting it adds one to the structure that the path names. Nil takes it out.
  public subscript(path: FeaturePath) -> SchemaFeature? {
    get { Self.find(path.steps[...], features) }
    set { Self.change(path.steps[...], &features, newValue) }
  }

  private static func find(_ steps: ArraySlice<String>, _ features: [SchemaFeature]) -> SchemaFeature? {
    guard let name = steps.first, let found = features.first(where: { $0.name == name }) else { return nil }
    return steps.count == 1 ? found : find(steps.dropFirst(), found.structure?.features ?? [])
  }

  private static func change(_ steps: ArraySlice<String>, _ features: inout [SchemaFeature], _ value: SchemaFeature?) {
    guard let name = steps.first else { return }
    let place = features.firstIndex { $0.name == name }
    if steps.count > 1 {
      guard let place else { return }
      var domain = features[place].structure ?? StructureDomain([])
      change(steps.dropFirst(), &domain.features, value)
      features[place].structure = domain
    } else if let place {
      if let value { features[place] = value } else { features.remove(at: place) }
    } else if let value {
      features.append(value)
    }
  }

  /// The features with their paths, structures before what is in them.
  package var paths: [(path: FeaturePath, feature: SchemaFeature)] {
    func all(_ features: [SchemaFeature], _ parent: [String]) -> [(FeaturePath, SchemaFeature)] {
      features.flatMap { feature -> [(FeaturePath, SchemaFeature)] in
        let path = parent + [feature.name]
        return [(FeaturePath(path), feature)] + all(feature.structure?.features ?? [], path)
      }
    }
    return all(features, [])
  }

  /// The features whose values are byte strings that are not looked into.
  var byteStringPaths: Set<FeaturePath> { Set(paths.filter { $0.feature.imageDomain != nil }.map(\.path)) }

  /// The whole numbers that are counted as texts are.
  var categoryPaths: Set<FeaturePath> {
    Set(
      paths.filter { _, feature in
        feature.type == .int
          && (feature.intDomain?.isCategorical == true || feature.boolDomain != nil
            || feature.naturalLanguageDomain != nil)
      }.map(\.path))
  }
}
