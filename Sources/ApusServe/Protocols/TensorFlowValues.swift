import ApusCore
import ApusFormats

/// Values as TensorFlow Serving writes them in JSON: nested lists, by row or by column.
enum TensorFlowValues {
  private struct Reading {
    let port: ServedPort
    var buffer: ElementBuffer
    /// Of one row.
    var shape: [Int?] = []
    var rows = 0

    init(_ port: ServedPort) {
      self.port = port
      buffer = ElementBuffer(port.type)
      buffer.takesBase64 = true
    }
  }

  /// Reads `[value, ...]`, where a value is that of the only input or an object with those of all.
  static func rows(
    _ cursor: inout JSONCursor, _ ports: [ServedPort]
  ) throws(ServeError) -> (values: [(name: String, value: ServedValue)], count: Int) {
    guard cursor.peek() == UInt8(ascii: "[") else { throw cursor.mistake("a list of instances") }
    var inner = cursor
    inner.position += 1
    guard inner.peek() == UInt8(ascii: "{"), !isBase64(inner) else {
      guard let port = only(ports) else {
        throw ServeError(400, "the model has \(ports.count) inputs; each instance must be an object with their names")
      }
      let value = try nested(&cursor, port)
      return ([(port.name, value)], value.shape.first ?? 0)
    }
    var readings: [String: Reading] = [:]
    var count = 0
    try cursor.list { cursor throws(ServeError) in
      count += 1
      try cursor.object { key, cursor throws(ServeError) in
        var reading = readings[key]
        readings[key] = nil
        if reading == nil { reading = Reading(try port(key, ports)) }
        guard var reading, reading.rows == count - 1 else {
          throw ServeError(400, "the input '\(key)' is not in each instance once")
        }
        reading.rows += 1
        // The dimension of rows goes before those of a row.
        var shape = [nil] + reading.shape
        try reading.buffer.readNested(&cursor, shape: &shape, depth: 1)
        if reading.buffer.hasMissing, !reading.port.allowsMissing { throw reading.port.missesValue }
        reading.shape = Array(shape.dropFirst())
        readings[key] = reading
      }
    }
    var values: [(name: String, value: ServedValue)] = []
    for (name, reading) in readings.sorted(by: { $0.key < $1.key }) {
      guard reading.rows == count else { throw ServeError(400, "the input '\(name)' is not in each instance") }
      values.append((name, try reading.buffer.value([count] + reading.shape.map { $0 ?? 0 }, name: name)))
    }
    return (values, count)
  }

  /// Reads the value of the only input, or an object with those of all.
  static func columns(
    _ cursor: inout JSONCursor, _ ports: [ServedPort]
  ) throws(ServeError) -> [(name: String, value: ServedValue)] {
    guard cursor.peek() == UInt8(ascii: "{"), !isBase64(cursor) else {
      guard let port = only(ports) else {
        throw ServeError(400, "the model has \(ports.count) inputs; 'inputs' must be an object with their names")
      }
      return [(port.name, try nested(&cursor, port))]
    }
    var values: [(name: String, value: ServedValue)] = []
    try cursor.object { key, cursor throws(ServeError) in
      values.append((key, try nested(&cursor, try port(key, ports))))
    }
    return values
  }

  private static func only(_ ports: [ServedPort]) -> ServedPort? {
    let needed = ports.filter { !$0.isOptional }
    return needed.count == 1 ? needed[0] : nil
  }

  private static func port(_ name: String, _ ports: [ServedPort]) throws(ServeError) -> ServedPort {
    guard let found = ports.first(where: { $0.name == name }) else {
      throw ServeError(400, "there is no input '\(name)'; the model has \(ports.map(\.name).joined(separator: ", "))")
    }
    return found
  }

  private static func nested(_ cursor: inout JSONCursor, _ port: ServedPort) throws(ServeError) -> ServedValue {
    var reading = Reading(port)
    try reading.buffer.readNested(&cursor, shape: &reading.shape)
    if reading.buffer.hasMissing, !port.allowsMissing { throw port.missesValue }
    return try reading.buffer.value(reading.shape.map { $0 ?? 0 }, name: port.name)
  }

  /// Whether an object is a text of any bytes, and no set of inputs.
  private static func isBase64(_ cursor: JSONCursor) -> Bool {
    var cursor = cursor
    guard cursor.take("{"), let key = try? cursor.string() else { return false }
    return key == "b64"
  }

  /// Appends the value of the only output, or an object with those of all.
  static func append(_ values: [(name: String, value: ServedValue)], to out: inout [UInt8]) throws(ServeError) {
    if values.count == 1, let only = values.first { return try append(only.value, only.name, to: &out) }
    out.append(UInt8(ascii: "{"))
    for (i, (name, value)) in values.enumerated() {
      out += "\(i > 0 ? "," : "")\(quotedJSON(name)):".utf8
      try append(value, name, to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  /// Texts are written as `{"b64": "..."}` where the output's name says that they are bytes, as TensorFlow Serving
  /// does.
  private static func append(_ value: ServedValue, _ name: String, to out: inout [UInt8]) throws(ServeError) {
    if case .texts(let texts, let shape) = value, name.hasSuffix("_bytes") {
      let encoded = texts.map { "{\"b64\":\"\(encodeBase64($0))\"}" }
      func nest(_ shape: ArraySlice<Int>, _ range: Range<Int>) -> String {
        guard let size = shape.first else { return encoded[range.lowerBound] }
        let each = size == 0 ? 0 : range.count / size
        let parts = (0..<size).map { i in
          nest(shape.dropFirst(), range.lowerBound + i * each..<range.lowerBound + (i + 1) * each)
        }
        return "[\(parts.joined(separator: ","))]"
      }
      out += nest(shape[...], 0..<texts.count).utf8
    } else {
      try ElementText(value).appendNested(to: &out)
    }
  }
}
