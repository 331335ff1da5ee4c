import ApusCore
import ApusFormats
import ApusTrain

extension SettingValue {
  /// The value as Python's `json.dumps` writes it, which is what Optuna keeps: ASCII only, `NaN` and `Infinity` where a number is
  /// not finite, and a number with a point where it is a `Double`. Names of dictionaries stand in alphabetical order.
  /// - Parameter isCompact: whether the spaces after commas and colons are left out.
  package func pythonJSON(isCompact: Bool = false) -> String {
    var out = ""
    writePythonJSON(to: &out, isCompact: isCompact)
    return out
  }

  private func writePythonJSON(to out: inout String, isCompact: Bool) {
    switch self {
    case .none: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .double(let value): out += pythonNumber(value)
    case .string(let value): out += quotedJSON(value, ensuresASCII: true)
    case .list(let values):
      out += "["
      for (i, value) in values.enumerated() {
        if i > 0 { out += isCompact ? "," : ", " }
        value.writePythonJSON(to: &out, isCompact: isCompact)
      }
      out += "]"
    case .dictionary(let members):
      out += "{"
      for (i, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if i > 0 { out += isCompact ? "," : ", " }
        out += quotedJSON(member.key, ensuresASCII: true) + (isCompact ? ":" : ": ")
        member.value.writePythonJSON(to: &out, isCompact: isCompact)
      }
      out += "}"
    }
  }

  /// Reads what Python's `json.dumps` wrote. Whole numbers that `Int` does not hold become `Double`.
  /// - Parameter place: what the text belongs to, for messages.
  /// - Throws: `TensorError` of kind `format` where it is not JSON.
  package init(pythonJSON text: String, _ place: @autoclosure () -> String) throws {
    do {
      self.init(try ByteJSON(parsing: Array(text.utf8)))
    } catch {
      throw TensorError(.format, place(), "its value is not JSON (\(error.description)): \(text.prefix(80))")
    }
  }

  /// The value of a JSON document.
  package init(_ json: ByteJSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    // The reader has let numbers only through, among them NaN and the infinities.
    case .real: self = .double(json.double ?? .nan)
    case .string(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .array(let items): self = .list(items.map { SettingValue($0) })
    case .object(let members):
      self = .dictionary(Dictionary(members.map { ($0.name, SettingValue($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }
}

/// A number as Python's `json` writes it: the shortest decimal that reads as the same, or `NaN`, `Infinity`, `-Infinity`.
func pythonNumber(_ value: Double) -> String {
  guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity" }
  let text = "\(value)"
  // Swift writes an exponent above 2 to the 53rd, Python from 10 to the 16th on: between them lie whole numbers of 16 digits.
  guard value.magnitude > 9_007_199_254_740_992, value.magnitude < 1e16 else { return text }
  let digits = text.prefix { $0 != "e" }.filter { $0.isNumber }
  return (value < 0 ? "-" : "") + digits + String(repeating: "0", count: max(0, 16 - digits.count)) + ".0"
}
