import ApusCore
import ApusFormats

/// Elements of a tensor on their way from and to JSON.
struct ElementBuffer {
  let type: ServedType
  private var bytes: [UInt8] = []
  private var texts: [[UInt8]] = []
  /// How many there are.
  private(set) var count = 0
  /// Whether a value was missing: `null`, which is NaN, the least whole number of the type, or an empty text.
  private(set) var hasMissing = false
  /// Whether texts may be written as `{"b64": "..."}`.
  var takesBase64 = false

  init(_ type: ServedType) { self.type = type }

  /// Reads numbers or texts in lists of any depth, in their order.
  mutating func readFlat(_ cursor: inout JSONCursor, depth: Int = 0) throws(ServeError) {
    guard cursor.peek() == UInt8(ascii: "[") else { return try readOne(&cursor) }
    guard depth < JSONCursor.deepest else { throw cursor.mistake("fewer lists in each other") }
    try cursor.list { cursor throws(ServeError) in
      if cursor.peek() == UInt8(ascii: "[") {
        try readFlat(&cursor, depth: depth + 1)
      } else {
        try readOne(&cursor)
      }
    }
  }

  /// Reads lists whose nesting is the shape.
  /// - Parameters:
  ///   - shape: the sizes found so far, nil for dimensions not seen; filled in.
  mutating func readNested(_ cursor: inout JSONCursor, shape: inout [Int?], depth: Int = 0) throws(ServeError) {
    guard cursor.peek() == UInt8(ascii: "[") else {
      guard depth == shape.count || count == 0 else { throw cursor.mistake("a list as its neighbours are") }
      return try readOne(&cursor)
    }
    guard depth < JSONCursor.deepest else { throw cursor.mistake("fewer lists in each other") }
    if depth == shape.count {
      guard count == 0 else { throw cursor.mistake("no list, as its neighbours are none") }
      shape.append(nil)
    }
    var size = 0
    try cursor.list { cursor throws(ServeError) in
      size += 1
      try readNested(&cursor, shape: &shape, depth: depth + 1)
    }
    if let known = shape[depth], known != size {
      throw ServeError(400, "the lists of a tensor differ in length: \(known) and \(size)")
    }
    shape[depth] = size
  }

  private mutating func readOne(_ cursor: inout JSONCursor) throws(ServeError) {
    count += 1
    if cursor.peek() == UInt8(ascii: "n") {
      guard cursor.takeNull(), let missing = type.missing else { throw cursor.mistake("a value that is there") }
      hasMissing = true
      if let dtype = type.dtype { append(missing, dtype) } else { texts.append([]) }
      return
    }
    guard let dtype = type.dtype else {
      if takesBase64, cursor.peek() == UInt8(ascii: "{") { return texts.append(try base64(&cursor)) }
      return texts.append(try cursor.bytes())
    }
    append(try cursor.number(), dtype)
    guard !isOutOfRange else { throw cursor.mistake("a number that \(type.protocolName) holds, before the one") }
  }

  private mutating func base64(_ cursor: inout JSONCursor) throws(ServeError) -> [UInt8] {
    let value = try cursor.value()
    guard let text = value["b64"]?.string, let decoded = decodeBase64(text.utf8) else {
      throw cursor.mistake("{\"b64\": \"...\"} before")
    }
    return decoded
  }

  private var isOutOfRange = false

  private mutating func append(_ number: JSONCursor.Number, _ dtype: DType) {
    switch dtype {
    case .float32: put(Float(number.double))
    case .float64: put(number.double)
    // Converted when all are there.
    case _ where dtype.isFloatingPoint: put(Float(number.double))
    case .bool: put(number.double != 0 ? UInt8(1) : 0)
    case .int8: put(whole(number, Int8.self))
    case .int16: put(whole(number, Int16.self))
    case .int32: put(whole(number, Int32.self))
    case .int64: put(whole(number, Int64.self))
    case .uint8: put(whole(number, UInt8.self))
    case .uint16: put(whole(number, UInt16.self))
    case .uint32: put(whole(number, UInt32.self))
    case .uint64: put(whole(number, UInt64.self))
    default: isOutOfRange = true
    }
  }

  private mutating func put<Value>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  private mutating func whole<Value: FixedWidthInteger>(_ number: JSONCursor.Number, _: Value.Type) -> Value {
    let found: Value? =
      switch number {
      case .whole(let magnitude, false): Value(exactly: magnitude)
      case .whole(let magnitude, true):
        magnitude <= 1 << 63 ? Value(exactly: Int64(truncatingIfNeeded: 0 &- magnitude)) : nil
      case .fraction(let value): Value(exactly: value)
      }
    if found == nil { isOutOfRange = true }
    return found ?? 0
  }

  /// The value of that shape.
  /// - Throws: where there are more or fewer elements.
  func value(_ shape: [Int], name: String) throws(ServeError) -> ServedValue {
    let expected = shape.reduce(1) { $0.clampedMultiplying($1) }
    guard expected == count else {
      throw ServeError(
        400,
        "unable to parse 'data' of '\(name)': shape [\(shape.map(String.init).joined(separator: ","))] has \(expected) "
          + "elements, and \(count) were found")
    }
    guard let dtype = type.dtype else { return .texts(texts, shape: shape) }
    let isNarrow = dtype.isFloatingPoint && dtype.size < 4
    do {
      let tensor = try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: shape, dtype: isNarrow ? .float32 : dtype) }
      return .tensor(isNarrow ? try withErrors { tensor.to(dtype) } : tensor)
    } catch { throw ServeError(error) }
  }
}

extension ServedType {
  /// What a missing value is; nil for types that have none. Of texts the number does not count: it is the empty text.
  fileprivate var missing: JSONCursor.Number? {
    switch dtype {
    case nil: .fraction(.nan)
    case .int8: .whole(magnitude: 1 << 7, isNegative: true)
    case .int16: .whole(magnitude: 1 << 15, isNegative: true)
    case .int32: .whole(magnitude: 1 << 31, isNegative: true)
    case .int64: .whole(magnitude: 1 << 63, isNegative: true)
    case let dtype?: dtype.isFloatingPoint ? .fraction(.nan) : nil
    }
  }
}
