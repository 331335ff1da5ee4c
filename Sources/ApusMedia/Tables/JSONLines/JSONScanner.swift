import ApusCore
import ApusFormats

/// Reads JSON objects behind each other into columns.
struct JSONScanner {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0
  private let name: String
  private let firstLine: Int
  private var scratch: [UInt8] = []

  /// The most values inside each other.
  static let deepest = 256

  init(_ bytes: UnsafeRawBufferPointer, name: String, firstLine: Int) {
    text = bytes.bindMemory(to: UInt8.self)
    self.name = name
    self.firstLine = firstLine
  }

  /// Reads objects until the bytes end.
  mutating func rows(into root: JSONBuilder) throws(TensorError) {
    while true {
      skipSpace()
      guard position < text.count else { return }
      guard text[position] == UInt8(ascii: "{") else {
        throw failure("expected '{': every line is a JSON object")
      }
      try value(into: root, depth: 0)
    }
  }

  private func failure(_ message: String) -> TensorError {
    let line = firstLine + text[..<min(position, text.count)].reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
    let end = text[..<min(position, text.count)].lastIndex(of: 10).map { $0 + 1 } ?? 0
    return TensorError(.format, name, "line \(line), column \(position - end + 1): \(message)")
  }

  @inline(__always)
  private mutating func skipSpace() {
    while position < text.count, case let c = text[position], c == 32 || c == 10 || c == 13 || c == 9 { position += 1 }
  }

  private mutating func value(into builder: JSONBuilder, depth: Int) throws(TensorError) {
    guard depth < Self.deepest else { throw failure("values are nested more than \(Self.deepest) deep") }
    skipSpace()
    guard position < text.count else { throw failure("the text ends within a value; the file is cut short") }
    switch text[position] {
    case UInt8(ascii: "{"): try object(into: builder, depth: depth)
    case UInt8(ascii: "["): try list(into: builder, depth: depth)
    case UInt8(ascii: "\""):
      try expect(.string, builder)
      try string { builder.append(text: $0) }
    case UInt8(ascii: "t"):
      try expect(.boolean, builder)
      try word("true")
      builder.append(true)
    case UInt8(ascii: "f"):
      try expect(.boolean, builder)
      try word("false")
      builder.append(false)
    case UInt8(ascii: "n"):
      try word("null")
      try builder.pad(to: builder.count + 1)
    default: try number(into: builder)
    }
  }

  @inline(__always)
  private func expect(_ kind: JSONBuilder.Kind, _ builder: JSONBuilder) throws(TensorError) {
    if !builder.begin(kind) {
      throw failure(
        "column '\(builder.path)' changes from \(builder.kind.rawValue) to \(kind.rawValue); all its values need one type"
      )
    }
  }

  private mutating func object(into builder: JSONBuilder, depth: Int) throws(TensorError) {
    try expect(.object, builder)
    position += 1
    skipSpace()
    if take(UInt8(ascii: "}")) {
      builder.endObject()
      return
    }
    while true {
      skipSpace()
      guard position < text.count, text[position] == UInt8(ascii: "\"") else {
        throw failure("expected a key in quotes")
      }
      var field: JSONBuilder?
      var reason: TensorError?
      var label = ""
      try string { key in
        do throws(TensorError) {
          field = try builder.field(key)
          if field == nil { label = String(decoding: key, as: UTF8.self) }
        } catch {
          reason = error
        }
      }
      if let reason { throw reason }
      guard let field else { throw failure("the key '\(label)' is given twice") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
      try value(into: field, depth: depth + 1)
      skipSpace()
      if take(UInt8(ascii: "}")) { break }
      guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}'") }
    }
    builder.endObject()
  }

  private mutating func list(into builder: JSONBuilder, depth: Int) throws(TensorError) {
    try expect(.array, builder)
    position += 1
    let items = builder.items()
    skipSpace()
    if !take(UInt8(ascii: "]")) {
      while true {
        try value(into: items, depth: depth + 1)
        skipSpace()
        if take(UInt8(ascii: "]")) { break }
        guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']'") }
      }
    }
    builder.endList()
  }

  @inline(__always)
  private mutating func take(_ character: UInt8) -> Bool {
    guard position < text.count, text[position] == character else { return false }
    position += 1
    return true
  }

  private mutating func word(_ word: StaticString) throws(TensorError) {
    let count = word.utf8CodeUnitCount
    guard position + count <= text.count, (0..<count).allSatisfy({ text[position + $0] == word.utf8Start[$0] }) else {
      throw failure("expected a value")
    }
    position += count
  }

  private mutating func number(into builder: JSONBuilder) throws(TensorError) {
    let start = position
    let negative = take(UInt8(ascii: "-"))
    if position < text.count, text[position] == UInt8(ascii: "N") || text[position] == UInt8(ascii: "I") {
      try expect(.number, builder)
      if text[position] == UInt8(ascii: "N") {
        try word("NaN")
        builder.append(Double.nan)
      } else {
        let long = text.count - position >= 8 && text[position + 3] == UInt8(ascii: "i")
        try word(long ? "Infinity" : "Inf")
        builder.append(negative ? -Double.infinity : .infinity)
      }
      return
    }
    let first = position
    digits()
    guard position > first else { throw failure("expected a value") }
    guard text[first] != UInt8(ascii: "0") || position == first + 1 else {
      throw failure("a number begins with a zero; JSON has no such numbers")
    }
    var isReal = false
    if take(UInt8(ascii: ".")) {
      isReal = true
      let fraction = position
      digits()
      guard position > fraction else { throw failure("expected digits behind the point") }
    }
    if position < text.count, text[position] | 32 == UInt8(ascii: "e") {
      isReal = true
      position += 1
      if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
      let exponent = position
      digits()
      guard position > exponent else { throw failure("expected digits of the exponent") }
    }
    try expect(.number, builder)
    guard let base = text.baseAddress else { return }
    if !isReal, let value = NumberParsing.integer(base + start, position - start, as: Int64.self) {
      builder.append(value)
    } else if let value = NumberParsing.double(base + start, position - start), value.isFinite {
      builder.append(value)
    } else {
      throw failure("the number is too large for double precision")
    }
  }

  @inline(__always)
  private mutating func digits() {
    while position < text.count, text[position] &- 48 <= 9 { position += 1 }
  }

  /// Reads a string, whose quote is next, and gives its bytes.
  private mutating func string(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(TensorError) {
    position += 1
    let start = position
    var isPlain = true
    while position < text.count {
      let c = text[position]
      if c == UInt8(ascii: "\"") {
        let bytes = UnsafeBufferPointer(rebasing: text[start..<position])
        guard isPlain || isUTF8(UnsafeRawBufferPointer(bytes)) else { throw failure("the text is not UTF-8") }
        position += 1
        body(bytes)
        return
      }
      if c == UInt8(ascii: "\\") { break }
      guard c >= 32 else { throw failure("a control character stands in a text; write it as an escape") }
      if c >= 128 { isPlain = false }
      position += 1
    }
    scratch.removeAll(keepingCapacity: true)
    scratch += text[start..<position]
    while position < text.count {
      let c = text[position]
      if c == UInt8(ascii: "\"") {
        guard scratch.withUnsafeBytes(isUTF8) else { throw failure("the text is not UTF-8") }
        position += 1
        scratch.withUnsafeBufferPointer { body($0) }
        return
      }
      guard c >= 32 else { throw failure("a control character stands in a text; write it as an escape") }
      position += 1
      if c == UInt8(ascii: "\\") { try escape() } else { scratch.append(c) }
    }
    throw failure("a text does not end; the file is cut short")
  }

  private mutating func escape() throws(TensorError) {
    let code: UInt32
    do { code = try ByteJSON.escape(text, at: &position) } catch { throw failure(error.description) }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair stands alone") }
    scratch += scalar.utf8
  }
}
