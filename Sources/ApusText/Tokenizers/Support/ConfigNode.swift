import ApusCore
import ApusFormats

/// A place in the configuration of a tokeniser: a value, and what errors about it name.
struct ConfigNode: Sendable {
  let json: ByteJSON
  /// The file.
  let file: String
  /// The way to the value: `pre_tokenizer.pretokenizers[1]`.
  let place: String

  /// The root of a document.
  init(_ json: ByteJSON, file: String, place: String = "") { (self.json, self.file, self.place) = (json, file, place) }

  /// Reads the JSON file at `path`.
  init(path: String) throws(TensorError) {
    (json, file, place) = (try ByteJSON(file: path), path, "")
  }

  /// The error that something else was expected here.
  func error(_ text: String, _ kind: TensorError.Kind = .format) -> TensorError {
    TensorError(kind, file, place.isEmpty ? text : "'\(place)': \(text)")
  }

  /// The error that this value is of another kind.
  func expected(_ what: String) -> TensorError { error("expected \(what), found \(json.kind)") }

  /// A member that is there and not null.
  func child(_ name: StaticString) -> ConfigNode? {
    guard let value = json[name] else { return nil }
    if case .null = value { return nil }
    return ConfigNode(value, file: file, place: place.isEmpty ? "\(name)" : "\(place).\(name)")
  }

  /// A member that must be there.
  func needed(_ name: StaticString) throws(TensorError) -> ConfigNode {
    guard let node = child(name) else { throw error("there is no '\(name)'") }
    return node
  }

  /// The items of a list.
  func items() throws(TensorError) -> [ConfigNode] {
    guard case .array(let values) = json else { throw expected("a list") }
    var nodes: [ConfigNode] = []
    nodes.reserveCapacity(values.count)
    for (i, value) in values.enumerated() { nodes.append(ConfigNode(value, file: file, place: "\(place)[\(i)]")) }
    return nodes
  }

  func bytes() throws(TensorError) -> [UInt8] {
    guard case .string(let bytes) = json else { throw expected("a text") }
    return Array(bytes)
  }
  func string() throws(TensorError) -> String { text(try bytes()) }
  func bool() throws(TensorError) -> Bool {
    guard case .bool(let value) = json else { throw expected("true or false") }
    return value
  }
  func double() throws(TensorError) -> Double {
    guard let value = json.double else { throw expected("a number") }
    return value
  }
  /// A whole number in `range`.
  func int(in range: ClosedRange<Int> = 0...Int(UInt32.max)) throws(TensorError) -> Int {
    guard case .int(let value) = json, range.contains(value) else {
      throw expected("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
  /// The one scalar that a text is.
  func scalar() throws(TensorError) -> UInt32 {
    let scalars = try bytes().scalars
    guard scalars.count == 1 else { throw expected("one character") }
    return scalars[0]
  }

  func bool(_ name: StaticString, default value: Bool) throws(TensorError) -> Bool { try child(name)?.bool() ?? value }
  func string(_ name: StaticString, default value: String) throws(TensorError) -> String {
    try child(name)?.string() ?? value
  }
}

/// The bytes of a file.
func fileBytes(_ path: String) throws(TensorError) -> [UInt8] {
  let file = try MappedFile(path: path)
  return withExtendedLifetime(file) { Array(file.bytes) }
}
