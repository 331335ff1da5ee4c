import ApusCore

/// A message of protocol buffers of any type, which reads and writes both formats, bytes and text. What its type does not have
/// stays with it: fields of unknown numbers, and of unknown names in texts.
///
///     var feature = types.message("Feature")
///     feature.set(1, .text("age"))
///     print(feature.text, feature.bytes)
package struct ProtobufMessage: Sendable, Equatable {
  /// A value of a field.
  package enum Value: Sendable, Equatable {
    /// Whole numbers of any type, truth values and values of enumerations.
    case integer(Int64)
    /// Numbers of single and double precision.
    case real(Double)
    case text(String)
    case bytes([UInt8])
    case message(ProtobufMessage)
  }

  /// What a type does not have.
  private enum Unknown: Sendable, Equatable {
    /// A field as it stands in bytes, with its number.
    case bytes(number: Int, [UInt8])
    case text(TextMessage.Field)
  }

  private struct Entry: Sendable, Equatable {
    let number: Int
    var values: [Value]
  }

  package let types: MessageTypes
  private let place: Int
  /// In the order of their numbers; none is empty.
  private var entries: [Entry] = []
  private var unknown: [Unknown] = []

  init(_ types: MessageTypes, _ place: Int) {
    self.types = types
    self.place = place
  }

  /// What fields it can have.
  package var type: MessageTypes.Message { types.messages[place] }

  /// Whether it has no field.
  package var isEmpty: Bool { entries.isEmpty && unknown.isEmpty }

  package static func == (a: ProtobufMessage, b: ProtobufMessage) -> Bool {
    a.types === b.types && a.place == b.place && a.entries == b.entries && a.unknown == b.unknown
  }

  // MARK: - Fields

  private func index(_ number: Int) -> Int? { entries.firstIndex { $0.number == number } }

  /// Whether a field is set.
  package func has(_ number: Int) -> Bool { index(number) != nil }

  /// All values of a field.
  package func values(_ number: Int) -> [Value] { index(number).map { entries[$0].values } ?? [] }

  /// The value of a field; nil where it is not set.
  package subscript(number: Int) -> Value? { index(number).flatMap { entries[$0].values.last } }

  /// The number of the set field among those that share a group; nil where none is set.
  package func member(of group: String) -> Int? {
    entries.first { type.field($0.number)?.group == group }?.number
  }

  /// An empty message of the type that a field has.
  package func emptyMessage(_ number: Int) -> ProtobufMessage {
    guard case .message(let place)? = type.field(number)?.kind else {
      preconditionFailure("field \(number) of \(type.name) is no message")
    }
    return ProtobufMessage(types, place)
  }

  /// Sets a field, or clears it with nil. What shares a group with it is cleared.
  package mutating func set(_ number: Int, _ value: Value?) { setAll(number, value.map { [$0] } ?? []) }

  /// Sets all values of a field.
  package mutating func setAll(_ number: Int, _ values: [Value]) {
    guard let field = type.field(number) else { preconditionFailure("\(type.name) has no field \(number)") }
    let first = values.first
    if first == nil || type.isImplicit && !field.isRepeated && field.group == nil && first.map(Self.isNothing) == true {
      if let i = index(number) { entries.remove(at: i) }
      return
    }
    if let group = field.group {
      let type = self.type
      entries.removeAll { $0.number != number && type.field($0.number)?.group == group }
    }
    let place = entries.firstIndex { $0.number >= number } ?? entries.count
    if place < entries.count, entries[place].number == number {
      entries[place].values = values
    } else {
      entries.insert(Entry(number: number, values: values), at: place)
    }
  }

  private static func isNothing(_ value: Value) -> Bool {
    switch value {
    case .integer(let value): value == 0
    case .real(let value): value == 0 && value.sign == .plus
    case .text(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .message: false
    }
  }

  private mutating func append(_ number: Int, _ value: Value) {
    if let last = entries.last, last.number == number {
      entries[entries.count - 1].values.append(value)
    } else {
      setAll(number, values(number) + [value])
    }
  }

  // MARK: - Bytes

  /// Reads bytes, which errors call `name`.
  /// - Throws: `TensorError` of kind `format` where they are damaged or something else.
  package mutating func read(_ source: ByteSlice, name: String) throws(TensorError) {
    var reader = ProtobufReader(source, name: name, message: type.name)
    try read(&reader, source)
  }

  private mutating func read(_ reader: inout ProtobufReader, _ source: ByteSlice) throws(TensorError) {
    let type = self.type
    while let field = try reader.next() {
      guard let known = type.field(field.number) else {
        try reader.skip(field)
        unknown.append(.bytes(number: field.number, source[field.position..<reader.position].array))
        continue
      }
      switch known.kind {
      case .message(let place):
        var inner = try reader.inner(field, types.messages[place].name)
        var message = ProtobufMessage(types, place)
        // A message that is given twice is both, one over the other.
        if !known.isRepeated, case .message(let before)? = self[field.number] { message = before }
        try message.read(&inner, source)
        add(known, .message(message))
      case .string: add(known, .text(try reader.string(field)))
      case .bytes: add(known, .bytes(try reader.bytes(field).array))
      case .double:
        var numbers: [Double] = []
        try reader.append(field, to: &numbers)
        for number in numbers { add(known, .real(number)) }
      case .float:
        var numbers: [Float] = []
        try reader.append(field, to: &numbers)
        for number in numbers { add(known, .real(Double(number))) }
      case .int32, .int64, .uint64, .bool, .enumeration:
        var numbers: [Int64] = []
        try reader.append(field, to: &numbers)
        for number in numbers {
          add(known, .integer(known.kind == .bool ? (number == 0 ? 0 : 1) : number))
        }
      }
    }
  }

  private mutating func add(_ field: MessageTypes.Field, _ value: Value) {
    if field.isRepeated { append(field.number, value) } else { set(field.number, value) }
  }

  /// The message as bytes. Unknown fields of texts are left out: bytes have numbers, not names.
  package var bytes: [UInt8] { writer.bytes }

  private var writer: ProtobufWriter {
    var writer = ProtobufWriter()
    for entry in entries {
      guard let field = type.field(entry.number) else { continue }
      if type.isImplicit, field.isRepeated, field.kind == .int64 || field.kind == .int32 || field.kind == .uint64 {
        let numbers = entry.values.map { value -> Int64 in if case .integer(let number) = value { number } else { 0 } }
        writer.add(field.number, packed: numbers)
        continue
      }
      for value in entry.values {
        switch value {
        case .integer(let value): writer.add(field.number, int64: value)
        case .real(let value):
          if field.kind == .float {
            writer.add(field.number, float: Float(value))
          } else {
            writer.add(field.number, double: value)
          }
        case .text(let text): writer.add(field.number, string: text)
        case .bytes(let bytes): writer.add(field.number, bytes: bytes)
        case .message(let message): writer.add(field.number, message: message.writer)
        }
      }
    }
    for case .bytes(_, let bytes) in unknown { writer.add(raw: bytes) }
    return writer
  }

  // MARK: - Text

  /// Reads a text, which errors call `name`.
  /// - Throws: `TensorError` of kind `format` where it is no text of this format, or a value is none of its field's type.
  package mutating func read(text: String, name: String) throws(TensorError) {
    let message: TextMessage
    do throws(TextFormatMistake) {
      message = try TextMessage(parsing: text)
    } catch {
      throw TensorError(.format, name, "this is no text of a message: \(error)")
    }
    try read(message, name: name)
  }

  private mutating func read(_ message: TextMessage, name: String) throws(TensorError) {
    let type = self.type
    for field in message.fields {
      guard let known = type.field(named: field.name) else {
        unknown.append(.text(field))
        continue
      }
      guard known.isRepeated || !has(known.number) else {
        throw TensorError(.format, name, "'\(known.name)' of \(type.name) is given twice, and can be set once")
      }
      add(known, try value(field.value, known, name))
    }
  }

  private func value(
    _ value: TextMessage.Value, _ field: MessageTypes.Field, _ name: String
  ) throws(TensorError) -> Value {
    switch (field.kind, value) {
    case (.message(let place), .message(let inner)):
      var message = ProtobufMessage(types, place)
      try message.read(inner, name: name)
      return .message(message)
    case (.string, .text(let bytes)): return .text(String(decoding: bytes, as: UTF8.self))
    case (.bytes, .text(let bytes)): return .bytes(bytes)
    case (.double, .word(let word)), (.float, .word(let word)):
      if let number = Self.real(word) { return .real(field.kind == .float ? Double(Float(number)) : number) }
    case (.bool, .word(let word)):
      if ["true", "True", "t", "1"].contains(word) { return .integer(1) }
      if ["false", "False", "f", "0"].contains(word) { return .integer(0) }
    case (.enumeration(let place), .word(let word)):
      if let number = types.enumerations[place].values[word] ?? Self.integer(word) { return .integer(number) }
    case (.int32, .word(let word)), (.int64, .word(let word)):
      if let number = Self.integer(word), field.kind == .int64 || Int32(exactly: number) != nil {
        return .integer(number)
      }
    case (.uint64, .word(let word)):
      if let number = UInt64(word) { return .integer(Int64(bitPattern: number)) }
    default: break
    }
    throw TensorError(
      .format, name, "'\(field.name)' of \(type.name) is \(Self.shown(value)), and should be \(wanted(field.kind))")
  }

  private static func integer(_ word: String) -> Int64? {
    let isNegative = word.hasPrefix("-")
    let digits = isNegative ? word.dropFirst() : word[...]
    let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
    let radix = isHexadecimal ? 16 : digits.hasPrefix("0") && digits.count > 1 ? 8 : 10
    return Int64((isNegative ? "-" : "") + (radix == 16 ? digits.dropFirst(2) : digits), radix: radix)
  }

  private static func real(_ word: String) -> Double? {
    let lower = word.lowercased()
    switch lower {
    case "inf", "infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan", "-nan": return .nan
    default: return Double(lower.hasSuffix("f") && !lower.hasPrefix("0x") ? String(lower.dropLast()) : lower)
    }
  }

  private static func shown(_ value: TextMessage.Value) -> String {
    switch value {
    case .word(let word): "'\(word.prefix(60))'"
    case .text: "a text in quotes"
    case .message: "a message"
    }
  }

  private func wanted(_ kind: MessageTypes.Kind) -> String {
    switch kind {
    case .double, .float: "a number"
    case .int32, .int64, .uint64: "a whole number"
    case .bool: "true or false"
    case .string, .bytes: "a text in quotes"
    case .enumeration(let place): "one of \(types.enumerations[place].values.keys.sorted().joined(separator: ", "))"
    case .message(let place): "a message \(types.messages[place].name) in braces"
    }
  }

  /// The message as text: fields in the order of their numbers, behind them what its type does not have.
  package var text: String { textMessage.text }

  private var textMessage: TextMessage {
    var message = TextMessage()
    for entry in entries {
      guard let field = type.field(entry.number) else { continue }
      for value in entry.values { message.fields.append(TextMessage.Field(field.name, textValue(value, field.kind))) }
    }
    for case .text(let field) in unknown { message.fields.append(field) }
    return message
  }

  private func textValue(_ value: Value, _ kind: MessageTypes.Kind) -> TextMessage.Value {
    switch value {
    case .integer(let value):
      switch kind {
      case .bool: .word(value == 0 ? "false" : "true")
      case .enumeration(let place): .word(types.enumerations[place].names[value] ?? "\(value)")
      case .uint64: .word("\(UInt64(bitPattern: value))")
      default: .word("\(value)")
      }
    case .real(let value): .word(kind == .float ? "\(Float(value))" : "\(value)")
    case .text(let text): .text(Array(text.utf8))
    case .bytes(let bytes): .text(bytes)
    case .message(let message): .message(message.textMessage)
    }
  }
}
