import ApusCore
import ApusFormats
import ApusNN
import ApusTrain

/// A space that a file describes:
///
///     {
///       "lr": {"type": "float", "low": 1e-5, "high": 0.1, "log": true, "default": 1e-3},
///       "layers": {"type": "int", "low": 1, "high": 4},
///       "optimizer": {"type": "categorical", "choices": ["sgd", "adam"]},
///       "momentum": {"type": "float", "low": 0, "high": 0.99, "when": {"optimizer": "sgd"}}
///     }
///
/// A parameter with `when` exists only where those before it have the given values: one value, a list of which one, or
/// `{"low": 2, "high": 4}` for numbers (either end may be missing). With several all must hold.
public struct SpaceFile: Sendable {
  /// When a parameter exists.
  public enum Condition: Sendable, Hashable {
    /// The other parameter has one of these values.
    case oneOf([SettingValue])
    /// The other parameter is a number of this range.
    case range(ClosedRange<Double>)

    func holds(_ value: SettingValue) -> Bool {
      switch self {
      case .oneOf(let values):
        values.contains { $0.isSameChoice(as: value) || ($0.number != nil && $0.number == value.number) }
      case .range(let range): value.number.map { range.contains($0) } ?? false
      }
    }
  }

  /// A parameter of the space.
  public struct Parameter: Sendable, Hashable {
    /// Its name, as the program gets it.
    public var name: String
    public var distribution: ParameterDistribution
    /// What must hold of other parameters, by their names.
    public var conditions: [String: Condition]
    /// What the first trial has, where every parameter has such a value.
    public var defaultValue: SettingValue?
  }

  /// In the order of the file.
  public private(set) var parameters: [Parameter] = []

  /// Reads a file.
  /// - Throws: `TensorError` of kind `file` or `format`; the message names the parameter and what it should say.
  public init(path: String) throws { try self.init(ByteJSON(file: path, refusesRepeatedNames: true), path) }

  /// Reads a text.
  public init(json text: String) throws {
    let json: ByteJSON
    do {
      json = try ByteJSON(parsing: Array(text.utf8), refusesRepeatedNames: true)
    } catch {
      throw TensorError(.format, "space", "this is not JSON: \(error.description)")
    }
    try self.init(json, "space")
  }

  private init(_ json: ByteJSON, _ place: String) throws {
    guard let members = json.members, !members.isEmpty else {
      throw TensorError(
        .format, place,
        "it should be an object of parameters, such as {\"lr\": {\"type\": \"float\", \"low\": 1e-5, \"high\": 0.1}}")
    }
    for member in members {
      let parameter = try Self.parameter(member.name, member.value, "\(place): '\(member.name)'")
      for other in parameter.conditions.keys.sorted() where !parameters.contains(where: { $0.name == other }) {
        let known = parameters.isEmpty ? "none" : parameters.map(\.name).joined(separator: ", ")
        throw TensorError(
          .format, "\(place): '\(member.name)'",
          "'when' names '\(other)', which does not stand before it; there: \(known)")
      }
      parameters.append(parameter)
    }
  }

  private static let fields = ["type", "low", "high", "log", "step", "choices", "when", "default"]

  private static func parameter(_ name: String, _ json: ByteJSON, _ place: String) throws -> Parameter {
    func mistake(_ message: String) -> TensorError { TensorError(.format, place, message) }
    guard let members = json.members else { throw mistake("it should be an object with 'type'") }
    if let unknown = members.first(where: { !fields.contains($0.name) })?.name {
      let hint = nearest(to: unknown, among: fields).map { "; did you mean '\($0)'?" } ?? ""
      throw mistake("there is no field '\(unknown)'\(hint) (fields: \(fields.joined(separator: ", ")))")
    }
    func flag(_ field: String) throws -> Bool {
      guard let value = json[field] else { return false }
      guard let flag = value.bool else { throw mistake("'\(field)' should be true or false, not \(value.kind)") }
      return flag
    }
    func real(_ field: String) throws -> Double {
      guard let value = json[field]?.double, value.isFinite else {
        throw mistake("'\(field)' should be a number, not \(json[field]?.kind ?? "missing")")
      }
      return value
    }
    func whole(_ field: String) throws -> Int {
      guard let value = Int(exactly: try real(field)) else { throw mistake("'\(field)' should be a whole number") }
      return value
    }
    let distribution: ParameterDistribution
    switch json["type"]?.string {
    case "float":
      distribution = .float(
        low: try real("low"), high: try real("high"), log: try flag("log"),
        step: json["step"] == nil ? nil : try real("step"))
    case "int":
      distribution = .int(
        low: try whole("low"), high: try whole("high"), log: try flag("log"),
        step: json["step"] == nil ? 1 : try whole("step"))
    case "categorical":
      guard let choices = json["choices"]?.array else { throw mistake("'choices' should be a list of values") }
      distribution = .categorical(choices.map { SettingValue($0) })
    case "bool": distribution = .categorical([false, true])
    case let type:
      throw mistake("'type' should be float, int, categorical or bool, not \(type.map { "'\($0)'" } ?? "missing")")
    }
    var parameter = Parameter(name: name, distribution: try distribution.validated(name), conditions: [:])
    if let value = json["default"] {
      let value = SettingValue(value)
      guard parameter.distribution.contains(try parameter.distribution.internalValue(value, name)) else {
        throw mistake("the default \(value.json) is none of its values: \(parameter.distribution.words)")
      }
      parameter.defaultValue = value
    }
    if let when = json["when"] {
      guard let members = when.members else {
        throw mistake("'when' should be an object, such as {\"optimizer\": \"sgd\"}, not \(when.kind)")
      }
      for member in members { parameter.conditions[member.name] = try condition(member.value, mistake) }
    }
    return parameter
  }

  private static func condition(_ json: ByteJSON, _ mistake: (String) -> TensorError) throws -> Condition {
    if let values = json.array { return .oneOf(values.map { SettingValue($0) }) }
    guard let members = json.members else { return .oneOf([SettingValue(json)]) }
    let low = json["low"]?.double ?? -.infinity
    let high = json["high"]?.double ?? .infinity
    guard members.allSatisfy({ ["low", "high"].contains($0.name) && $0.value.double != nil }), low <= high else {
      throw mistake("a condition is a value, a list of values, or a range {\"low\": 2, \"high\": 4}")
    }
    return .range(low...high)
  }

  /// The values of a trial, of those parameters that exist in it.
  public func settings(of trial: Trial) throws -> NamedValues<SettingValue> {
    var values = NamedValues<SettingValue>()
    for parameter in parameters {
      let exists = parameter.conditions.allSatisfy { name, condition in
        values[name].map { condition.holds($0) } ?? false
      }
      guard exists else { continue }
      values[parameter.name] = parameter.distribution.value(try trial.suggest(parameter.name, parameter.distribution))
    }
    return values
  }

  /// The defaults, where every parameter that would exist then has one.
  public var defaults: [String: SettingValue]? {
    var values: [String: SettingValue] = [:]
    for parameter in parameters {
      let exists = parameter.conditions.allSatisfy { name, condition in
        values[name].map { condition.holds($0) } ?? false
      }
      guard exists else { continue }
      guard let value = parameter.defaultValue else { return nil }
      values[parameter.name] = value
    }
    return values
  }
}
