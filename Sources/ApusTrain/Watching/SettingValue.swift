import ApusCore
import ApusFormats

/// A setting of a run, such as a hyperparameter: written as a literal, `["lr": 0.1, "optimizer": "adam", "layers": [64, 64]]`.
public enum SettingValue: Sendable, Hashable, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  /// No value: `nil`.
  case none
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number.
  case double(Double)
  /// A text.
  case string(String)
  /// Values in an order.
  case list([SettingValue])
  /// Values by name.
  case dictionary([String: SettingValue])

  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: SettingValue...) { self = .list(elements) }
  public init(nilLiteral: ()) { self = .none }
  public init(dictionaryLiteral elements: (String, SettingValue)...) {
    self = .dictionary(Dictionary(elements, uniquingKeysWith: { $1 }))
  }

  /// The value as JSON text, names of dictionaries in alphabetical order. Numbers that are none become texts, as JSON has none.
  package var json: String {
    switch self {
    case .none: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): jsonNumber(value)
    case .string(let value): quotedJSON(value)
    case .list(let values): "[" + values.map(\.json).joined(separator: ", ") + "]"
    case .dictionary(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { "\(quotedJSON($0.key)): \($0.value.json)" }.joined(separator: ", ")
        + "}"
    }
  }

  /// The value as people read it, and as Python's `str` writes it.
  var text: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .list, .dictionary: json
    }
  }
}

extension SettingValue: CustomStringConvertible {
  /// The value as JSON text: `0.1`, `"adam"`, `[64, 64]`.
  public var description: String { json }
}

/// A number as JSON has it; what is not finite as "NaN", "Infinity" or "-Infinity" in quotes.
package func jsonNumber(_ value: Double) -> String {
  value.isFinite ? "\(value)" : value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\""
}
