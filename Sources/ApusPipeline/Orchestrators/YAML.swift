/// A value that is written as YAML 1.1 and 1.2 read it alike.
package enum YAML: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  case text(String)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case list([YAML])
  /// In this order.
  case map([(key: String, value: YAML)])

  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: YAML...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, YAML)...) { self = .map(elements.map { (key: $0.0, value: $0.1) }) }

  /// Texts in a list.
  package init(_ texts: [String]) { self = .list(texts.map { .text($0) }) }

  /// The document.
  package var document: String {
    var out = ""
    write(to: &out, indent: 0, isAfterDash: true)
    return out
  }

  /// Writes the value from the place where a line has its indentation, or a dash.
  private func write(to out: inout String, indent: Int, isAfterDash: Bool) {
    let margin = String(repeating: " ", count: indent)
    switch self {
    case .list(let items) where !items.isEmpty:
      for (i, item) in items.enumerated() {
        out += (i == 0 && isAfterDash ? "" : margin) + "- "
        item.write(to: &out, indent: indent + 2, isAfterDash: true)
      }
    case .map(let members) where !members.isEmpty:
      for (i, (key, value)) in members.enumerated() {
        out += (i == 0 && isAfterDash ? "" : margin) + Self.scalar(key) + ":"
        if value.isBlock {
          out += "\n"
          value.write(to: &out, indent: indent + 2, isAfterDash: false)
        } else {
          out += " "
          value.write(to: &out, indent: 0, isAfterDash: true)
        }
      }
    case .list: out += "[]\n"
    case .map: out += "{}\n"
    case .text(let text): out += Self.scalar(text) + "\n"
    case .int(let number): out += "\(number)\n"
    case .double(let number):
      out += (number.isFinite ? Self.number(number) : number.isNaN ? ".nan" : number > 0 ? ".inf" : "-.inf") + "\n"
    case .bool(let truth): out += "\(truth)\n"
    }
  }

  /// YAML 1.1 knows an exponent only behind a point and with a sign.
  private static func number(_ value: Double) -> String {
    let text = "\(value)"
    guard let exponent = text.firstIndex(of: "e") else { return text }
    let mantissa = text[..<exponent]
    return mantissa + (mantissa.contains(".") ? "" : ".0") + text[exponent...]
  }

  private var isBlock: Bool {
    switch self {
    case .list(let items): !items.isEmpty
    case .map(let members): !members.isEmpty
    case .text, .int, .double, .bool: false
    }
  }

  /// Words that are no texts without quotes.
  private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

  /// A text: bare where nobody can take it for anything else, else in quotes.
  static func scalar(_ text: String) -> String {
    func isPlain(_ byte: UInt8, _ further: StaticString) -> Bool {
      (97...122).contains(byte) || (65...90).contains(byte) || further.withUTF8Buffer { $0.contains(byte) }
    }
    if let first = text.utf8.first, isPlain(first, "/"), text.utf8.allSatisfy({ isPlain($0, "0123456789_-./") }),
      !words.contains(text.lowercased())
    {
      return text
    }
    return quoted(text)
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where isUnsafe(scalar): out += "\\U" + hexadecimal(scalar.value, digits: 8)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

/// Whether a character is none that can be seen: controls, marks of lines and directions, what is no character at all.
func isUnsafe(_ scalar: UnicodeScalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
  default: false
  }
}

/// The number in hexadecimal digits, with zeros in front.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
