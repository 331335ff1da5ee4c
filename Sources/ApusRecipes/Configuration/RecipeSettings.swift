import ApusCore
import ApusFormats
import ApusNN
import ApusTrain

/// What a recipe can be told, as a structure: its properties are the fields, their initial values the defaults. A property that is
/// such a structure itself is a group (`lora.rank`).
///
///     struct LoraSettings: RecipeSettings {
///       @Field("how many rows and columns the matrices of adapters have", 1...4096) var rank = 8
///       @Field("what the adapters' part is multiplied by, divided by the rank") var alpha = 16.0
///     }
///
///     var settings = try LoraSettings(path: "lora.json")
///     try settings.set("rank", "16")
///
/// One structure says what a file of settings, the command line and help know.
public protocol RecipeSettings: Sendable {
  /// The defaults.
  init()
  /// What no field says alone.
  /// - Throws: `TensorError` of kind `value` that names the fields.
  func validate() throws
}

/// A field of a ``RecipeSettings``, however deep it lies.
public struct SettingField: Sendable {
  /// The names on the way, by dots: `lora.rank`.
  public let path: String
  /// What it is.
  public let help: String
  /// What it may be: `a whole number from 1 to 4096`.
  public let words: String
  let value: @Sendable () -> SettingValue
  /// Takes a value for the field of that path; the last argument is the file that errors name.
  let take: @Sendable (SettingValue, String, String) throws -> Void
  let isText: Bool

  /// The present value.
  public var present: SettingValue { value() }
}

extension RecipeSettings {
  public func validate() throws {}

  /// ``validate()`` of all groups, and of this.
  func validateAll() throws {
    for child in Mirror(reflecting: self).children { try (child.value as? any AnyField)?.validate() }
    try validate()
  }

  /// All fields, groups unfolded, in the order in which they are declared.
  public var fields: [SettingField] {
    Mirror(reflecting: self).children.flatMap { child -> [SettingField] in
      guard let label = child.label else { return [] }
      if let setting = child.value as? any AnyField {
        return setting.fields(label.hasPrefix("_") ? String(label.dropFirst()) : label)
      }
      return []
    }
  }

  /// The defaults but for what `values` say; groups are dictionaries, or names with dots.
  /// - Parameter file: what errors name.
  /// - Throws: `TensorError` of kind `value` for a name that is no field, with the nearest that is, and for a value that is not the
  ///   field's.
  public init(_ values: SettingValue, from file: String = "the configuration") throws {
    self.init()
    try take(values, "", file)
    try validateAll()
  }

  /// The defaults but for what the JSON file at `path` says.
  /// - Throws: as ``init(_:from:)``, and where the file is not there or is no JSON.
  public init(path: String) throws { try self.init(SettingValue(path: path), from: path) }

  /// Sets the fields that `values` name; the others stay.
  /// - Throws: as ``init(_:from:)``.
  public mutating func take(_ values: SettingValue, from file: String) throws {
    // Another copy's fields shall not be set.
    let own = Self()
    try own.take(self.values, "", file)
    try own.take(values, "", file)
    try own.validateAll()
    self = own
  }

  private func take(_ values: SettingValue, _ path: String, _ file: String) throws {
    guard case .dictionary(let members) = values else {
      let asked = path.isEmpty ? "the settings are" : "'\(path)' is"
      throw TensorError(.value, file, "\(asked) a group of fields, and found \(values)")
    }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let inner = path.isEmpty ? name : "\(path).\(name)"
      if case .dictionary = value, isGroup(inner) {
        try take(value, inner, file)
      } else {
        try field(inner, file).take(value, inner, file)
      }
    }
  }

  private func isGroup(_ path: String) -> Bool { fields.contains { $0.path.hasPrefix(path + ".") } }

  private func field(_ path: String, _ file: String) throws -> SettingField {
    let fields = fields
    if let found = fields.first(where: { $0.path == path }) { return found }
    if isGroup(path) {
      let inner = fields.filter { $0.path.hasPrefix(path + ".") }.map(\.path)
      throw TensorError(.value, file, "'\(path)' is a group of fields: \(inner.joined(separator: ", "))")
    }
    // The last name alone may be known under another group.
    let last = path.split(separator: ".").last.map(String.init) ?? path
    let near =
      nearest(to: path, among: fields.map(\.path)) ?? fields.first { $0.path.hasSuffix(".\(last)") }?.path
    let hint = near.map { "; did you mean '\($0)'?" } ?? "."
    throw TensorError(
      .value, file, "there is no field '\(path)'\(hint) There are \(fields.map(\.path).joined(separator: ", "))")
  }

  /// Sets the field at `path` to what `text` says, as a command line has it.
  /// - Throws: as ``init(json:from:)``.
  public mutating func set(_ path: String, _ text: String) throws {
    let isText = try field(path, "--set \(path)=\(text)").isText
    let value: SettingValue =
      isText ? .string(text) : (try? JSON(parsing: text.utf8)).map { SettingValue($0) } ?? .string(text)
    try take([path: value], from: "--set \(path)=\(text)")
  }

  /// ``set(_:_:)`` of a word as command lines have it: `lora.rank=16`.
  public mutating func set(_ assignment: String) throws {
    guard let sign = assignment.firstIndex(of: "="), sign != assignment.startIndex else {
      throw TensorError(.value, "settings", "'\(assignment)' is no FIELD=VALUE, as lora.rank=16 is")
    }
    try set(String(assignment[..<sign]), String(assignment[assignment.index(after: sign)...]))
  }

  /// The values of all fields, groups as objects.
  public var values: SettingValue {
    typealias Values = [(path: [Substring], value: SettingValue)]
    func nested(_ fields: Values) -> SettingValue {
      var members: [String: SettingValue] = [:]
      var groups: [(name: String, fields: Values)] = []
      for (path, value) in fields {
        let name = String(path[0])
        if path.count == 1 {
          members[name] = value
        } else if let i = groups.firstIndex(where: { $0.name == name }) {
          groups[i].fields.append((Array(path.dropFirst()), value))
        } else {
          groups.append((name, [(Array(path.dropFirst()), value)]))
        }
      }
      for group in groups { members[group.name] = nested(group.fields) }
      return .dictionary(members)
    }
    return nested(fields.map { ($0.path.split(separator: "."), $0.present) })
  }

  /// A line for each field: its name, its value, what it is.
  public var help: String {
    let fields = fields
    let width = fields.map(\.path.count).max() ?? 0
    return fields.map { field in
      let name = field.path + String(repeating: " ", count: width - field.path.count)
      return "  \(name)  \(field.help) (\(field.words); \(field.present))"
    }.joined(separator: "\n")
  }
}

/// A value that a field can have.
public protocol SettingFieldValue: Sendable {
  /// The value that `json` says; nil where it is none of this type.
  init?(setting value: SettingValue)
  /// The value as settings have it.
  var settingValue: SettingValue { get }
  /// What such a value is, in words.
  static var settingWords: String { get }
  /// Whether a word of the command line is the value as it stands.
  static var isText: Bool { get }
}

extension SettingFieldValue {
  public static var isText: Bool { false }
}

extension Int: SettingFieldValue {
  public init?(setting value: SettingValue) {
    switch value {
    case .int(let whole): self = whole
    case .double(let number):
      guard let whole = Int(exactly: number) else { return nil }
      self = whole
    case .none, .bool, .string, .list, .dictionary: return nil
    }
  }
  public var settingValue: SettingValue { .int(self) }
  public static var settingWords: String { "a whole number" }
}

extension Double: SettingFieldValue {
  public init?(setting value: SettingValue) {
    switch value {
    case .int(let whole): self = Double(whole)
    case .double(let number) where number.isFinite: self = number
    case .none, .bool, .double, .string, .list, .dictionary: return nil
    }
  }
  public var settingValue: SettingValue { .double(self) }
  public static var settingWords: String { "a number" }
}

extension Bool: SettingFieldValue {
  public init?(setting value: SettingValue) {
    guard case .bool(let truth) = value else { return nil }
    self = truth
  }
  public var settingValue: SettingValue { .bool(self) }
  public static var settingWords: String { "true or false" }
}

extension String: SettingFieldValue {
  public init?(setting value: SettingValue) {
    guard case .string(let text) = value else { return nil }
    self = text
  }
  public var settingValue: SettingValue { .string(self) }
  public static var settingWords: String { "a text" }
  public static var isText: Bool { true }
}

extension Array: SettingFieldValue where Element: SettingFieldValue {
  /// An array, or a text: one of JSON, or words with commas between them.
  public init?(setting value: SettingValue) {
    let parts: [SettingValue]
    switch value {
    case .list(let values): parts = values
    case .string(let text):
      if text.first == "[", let json = try? JSON(parsing: text.utf8), case .array(let values) = json {
        parts = values.map { SettingValue($0) }
      } else {
        parts = text.split(separator: ",").map { part in
          let word = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
          return Element.isText
            ? .string(word) : (try? JSON(parsing: word.utf8)).map { SettingValue($0) } ?? .string(word)
        }
      }
    case .none, .bool, .int, .double, .dictionary: return nil
    }
    let values = parts.compactMap { Element(setting: $0) }
    guard values.count == parts.count else { return nil }
    self = values
  }
  public var settingValue: SettingValue { .list(map(\.settingValue)) }
  public static var settingWords: String { "a list, each \(Element.settingWords)" }
}

extension Optional: SettingFieldValue where Wrapped: SettingFieldValue {
  public init?(setting value: SettingValue) {
    if case .none = value {
      self = nil
    } else if let value = Wrapped(setting: value) {
      self = value
    } else {
      return nil
    }
  }
  public var settingValue: SettingValue { self?.settingValue ?? SettingValue.none }
  public static var settingWords: String { "\(Wrapped.settingWords) or null" }
  public static var isText: Bool { Wrapped.isText }
}

/// A choice of names is a field where it is an enumeration of texts.
extension SettingFieldValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  public init?(setting value: SettingValue) {
    guard case .string(let text) = value, let found = Self(rawValue: text) else { return nil }
    self = found
  }
  public var settingValue: SettingValue { .string(rawValue) }
  public static var settingWords: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }
  public static var isText: Bool { true }
}

/// A field of whatever type.
protocol AnyField {
  func fields(_ name: String) -> [SettingField]
  /// What a group says of its fields together.
  func validate() throws
}

/// A field of a ``RecipeSettings``: its value, and what it is. Of a group it holds the structure.
@propertyWrapper
public struct Field<Value: Sendable>: AnyField, Sendable {
  /// The value is changed in place only while nobody else sees it: a copy that is changed gets a place of its own.
  private final class Place: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private var place: Place
  private let describe: @Sendable (Place, String) -> [SettingField]
  private let check: @Sendable (Place) throws -> Void

  public var wrappedValue: Value {
    get { place.value }
    set {
      if !isKnownUniquelyReferenced(&place) { place = Place(newValue) } else { place.value = newValue }
    }
  }

  func fields(_ name: String) -> [SettingField] { describe(place, name) }
  func validate() throws { try check(place) }

  /// A field of any value of the type.
  public init(wrappedValue: Value, _ help: String) where Value: SettingFieldValue {
    self.init(wrappedValue, help, Value.settingWords) { _ in true }
  }

  /// A number of a range.
  public init(wrappedValue: Value, _ help: String, _ range: ClosedRange<Value>)
  where Value: SettingFieldValue & Comparable {
    self.init(wrappedValue, help, Self.words(range)) { range.contains($0) }
  }

  /// A number of a range, or nothing.
  public init<Wrapped: SettingFieldValue & Comparable>(
    wrappedValue: Value, _ help: String, _ range: ClosedRange<Wrapped>
  )
  where Value == Wrapped? {
    self.init(wrappedValue, help, "\(Field<Wrapped>.words(range)) or null") { $0.map { range.contains($0) } ?? true }
  }

  /// A group of fields.
  public init(wrappedValue: Value) where Value: RecipeSettings {
    place = Place(wrappedValue)
    check = { try $0.value.validateAll() }
    describe = { place, name in
      place.value.fields.map { field in
        SettingField(
          path: "\(name).\(field.path)", help: field.help, words: field.words, value: field.value, take: field.take,
          isText: field.isText)
      }
    }
  }

  private init(
    _ value: Value, _ help: String, _ words: String, _ accepts: @escaping @Sendable (Value) -> Bool
  ) where Value: SettingFieldValue {
    place = Place(value)
    check = { _ in }
    describe = { place, name in
      [
        SettingField(
          path: name, help: help, words: words, value: { place.value.settingValue },
          take: { value, path, file in
            guard let found = Value(setting: value), accepts(found) else {
              throw TensorError(.value, file, "'\(path)' must be \(words), and found \(value)")
            }
            place.value = found
          }, isText: Value.isText)
      ]
    }
  }

  private static func words(_ range: ClosedRange<Value>) -> String where Value: SettingFieldValue & Comparable {
    func text(_ value: Value) -> String { value.settingValue.description }
    if let high = range.upperBound as? Int, high == .max {
      return "\(Value.settingWords) of \(text(range.lowerBound)) or more"
    }
    if let high = range.upperBound as? Double, high >= .greatestFiniteMagnitude {
      return "\(Value.settingWords) of \(text(range.lowerBound)) or more"
    }
    return "\(Value.settingWords) from \(text(range.lowerBound)) to \(text(range.upperBound))"
  }
}

extension SettingValue {
  /// What the JSON file at `path` says.
  init(path: String) throws { self.init(try JSON(file: expandedPath(path))) }

  /// What a JSON document says.
  init(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .array(let values): self = .list(values.map { SettingValue($0) })
    case .object(let members): self = .dictionary(members.mapValues { SettingValue($0) })
    }
  }
}
