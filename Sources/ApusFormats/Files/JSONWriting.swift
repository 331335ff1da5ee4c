/// A text as JSON writes it, with the short escapes of Python's `json` and Rust's `serde_json`.
/// - Parameter ensuresASCII: whether what is not ASCII is written as escapes.
package func quotedJSON(_ text: String, ensuresASCII: Bool = false) -> String {
  let isPlain = text.utf8.allSatisfy {
    $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && !(ensuresASCII && $0 > 126)
  }
  if isPlain { return "\"\(text)\"" }
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\":
      out.unicodeScalars.append("\\")
      out.unicodeScalars.append(scalar)
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "\u{8}": out += "\\b"
    case "\u{c}": out += "\\f"
    case _ where scalar.value < 32 || ensuresASCII && scalar.value > 126:
      for unit in scalar.utf16 {
        let digits = String(unit, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

extension ByteJSON {
  /// The value as JSON without spaces.
  package var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .real(let digits): String(decoding: digits, as: UTF8.self)
    case .string(let bytes): quotedJSON(String(decoding: bytes, as: UTF8.self))
    case .array(let items): "[\(items.map(\.text).joined(separator: ","))]"
    case .object(let members):
      "{" + members.map { "\(quotedJSON($0.name)):\($0.value.text)" }.joined(separator: ",") + "}"
    }
  }
}

extension JSON {
  /// The value as JSON, on one line or indented by two spaces a level, the members of objects in alphabetical order.
  package func text(indented: Bool = false) -> String {
    var out = ""
    write(to: &out, indented ? "\n" : nil)
    return out
  }

  private func write(to out: inout String, _ newline: String?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .double(let value):
      out += value.isFinite ? "\(value)" : value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
    case .string(let value): out += quotedJSON(value)
    case .array(let items):
      let inner = newline.map { $0 + "  " }
      out += "["
      for (i, item) in items.enumerated() {
        out += (i == 0 ? "" : newline == nil ? ", " : ",") + (inner ?? "")
        item.write(to: &out, inner)
      }
      out += (items.isEmpty ? "" : newline ?? "") + "]"
    case .object(let members):
      let inner = newline.map { $0 + "  " }
      out += "{"
      for (i, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        out += (i == 0 ? "" : newline == nil ? ", " : ",") + (inner ?? "") + quotedJSON(member.key) + ": "
        member.value.write(to: &out, inner)
      }
      out += (members.isEmpty ? "" : newline ?? "") + "}"
    }
  }
}
