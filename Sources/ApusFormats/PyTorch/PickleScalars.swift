import ApusCore

extension PickleMachine {
  /// Numbers, texts and bytes.
  mutating func pushScalar(_ code: UInt8) throws(TensorError) -> Bool {
    switch UnicodeScalar(code) {
    case "N": try push(.none)
    case "\u{88}": try push(.bool(true))
    case "\u{89}": try push(.bool(false))
    case "K": try push(.int(Int(try input.byte())))
    case "M": try push(.int(Int(try input.integer(UInt16.self))))
    case "J": try push(.int(Int(try input.integer(Int32.self))))
    case "\u{8a}": try push(try long(Int(try input.byte())))
    case "\u{8b}": try push(try long(Int(try input.integer(Int32.self))))
    case "I", "L": try push(try integerLine())
    case "F":
      let text = try input.line()
      guard let number = Double(text) else { throw input.failure("'\(text.prefix(40))' is no number") }
      try push(.float(number))
    case "G": try push(.float(Double(bitPattern: try input.integer(UInt64.self).byteSwapped)))
    case "X": try push(try text(Int(try input.integer(UInt32.self))))
    case "\u{8c}": try push(try text(Int(try input.byte())))
    case "\u{8d}": try push(try text(try input.length()))
    case "V": try push(.string(try escaped(try input.line(), unicode: true)))
    case "S": try push(.string(try quoted(try input.line())))
    case "T": try push(try oldText(Int(try input.integer(Int32.self))))
    case "U": try push(try oldText(Int(try input.byte())))
    case "B": try push(.bytes([UInt8](try input.take(Int(try input.integer(UInt32.self))))))
    case "C": try push(.bytes([UInt8](try input.take(Int(try input.byte())))))
    case "\u{8e}": try push(.bytes([UInt8](try input.take(try input.length()))))
    case "\u{96}": try push(.byteArray([UInt8](try input.take(try input.length()))))
    default: return false
    }
    return true
  }

  private mutating func text(_ count: Int) throws(TensorError) -> PickledValue {
    .string(try input.text(try input.take(count)))
  }

  /// A text of Python 2: UTF-8, or bytes where it is not.
  private mutating func oldText(_ count: Int) throws(TensorError) -> PickledValue {
    let bytes = try input.take(count)
    return String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes([UInt8](bytes))
  }

  private mutating func long(_ count: Int) throws(TensorError) -> PickledValue {
    guard let value = decimal(twosComplement: try input.take(count)) else {
      throw input.failure("an integer of \(count) bytes is more than can be read")
    }
    return value
  }

  /// `01` and `00` are truth values; integers may have an L behind them.
  private mutating func integerLine() throws(TensorError) -> PickledValue {
    var text = try input.line()
    if text == "01" { return .bool(true) }
    if text == "00" { return .bool(false) }
    if text.hasSuffix("L") { text.removeLast() }
    if let value = Int(text) { return .int(value) }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.count <= 4300, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw input.failure("'\(text.prefix(40))' is no integer")
    }
    return .bigInt(text)
  }

  /// A text in quotes, as Python 2's `repr` writes it.
  private func quoted(_ line: String) throws(TensorError) -> String {
    guard line.utf8.count >= 2, let first = line.first, first == line.last, first == "'" || first == "\"" else {
      throw input.failure("a text has no quotes")
    }
    return try escaped(String(line.dropFirst().dropLast()), unicode: false)
  }

  /// A text with `\x41`, `\u0041`, `\n` ... in it.
  private func escaped(_ text: String, unicode: Bool) throws(TensorError) -> String {
    guard text.contains("\\") else { return text }
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    func hex(_ count: Int) throws(TensorError) -> UnicodeScalar {
      let digits = rest.prefix(count)
      guard digits.count == count, let code = UInt32(String(digits), radix: 16) else {
        throw input.failure("a text has a damaged escape")
      }
      rest = rest.dropFirst(count)
      return UnicodeScalar(code) ?? "\u{fffd}"
    }
    while let scalar = rest.popFirst() {
      guard scalar == "\\", let kind = rest.first else {
        result.append(scalar)
        continue
      }
      switch kind {
      case "u" where unicode, "U" where unicode, "x" where !unicode:
        rest = rest.dropFirst()
        result.append(try hex(kind == "u" ? 4 : kind == "U" ? 8 : 2))
      case "n" where !unicode, "r" where !unicode, "t" where !unicode:
        rest = rest.dropFirst()
        result.append(kind == "n" ? "\n" : kind == "r" ? "\r" : "\t")
      case "\\" where !unicode, "'" where !unicode, "\"" where !unicode:
        rest = rest.dropFirst()
        result.append(kind)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
