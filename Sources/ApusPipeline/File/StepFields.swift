import Apus

/// The fields of a step in a pipeline's file; each must be asked for, so that a misspelt one is found.
struct StepFields {
  let place: String
  private let fields: [String: SettingValue]
  private var known: [String] = []

  init(_ value: SettingValue, _ place: String) throws(TensorError) {
    guard let fields = value.asDictionary else {
      throw TensorError(.format, place, "this must be an object, and is \(value.json.prefix(40))")
    }
    self.fields = fields
    self.place = place
  }

  func mistake(_ name: String, _ what: String) -> TensorError {
    let found = fields[name].map { "is \($0.json.prefix(60))" } ?? "is missing"
    return TensorError(.format, place, "'\(name)' must be \(what), and \(found)")
  }

  /// The value of a field as `read` takes it; nil where it is missing.
  mutating func take<Value>(_ name: String, _ what: String, _ read: (SettingValue) -> Value?) throws(TensorError)
    -> Value?
  {
    known.append(name)
    guard let value = fields[name], value != .none else { return nil }
    guard let read = read(value) else { throw mistake(name, what) }
    return read
  }

  /// The value of a field that must be there.
  mutating func need<Value>(_ name: String, _ what: String, _ read: (SettingValue) -> Value?) throws(TensorError)
    -> Value
  {
    guard let value = try take(name, what, read) else { throw mistake(name, what) }
    return value
  }

  mutating func text(_ name: String) throws(TensorError) -> String? { try take(name, "a text") { $0.asString } }
  mutating func number(_ name: String) throws(TensorError) -> Double? { try take(name, "a number") { $0.asDouble } }
  mutating func flag(_ name: String) throws(TensorError) -> Bool? { try take(name, "true or false") { $0.asBool } }
  mutating func list(_ name: String) throws(TensorError) -> [SettingValue]? { try take(name, "a list") { $0.asList } }

  mutating func whole(_ name: String, in range: ClosedRange<Int>) throws(TensorError) -> Int? {
    try take(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
      value.asInt.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func texts(_ name: String) throws(TensorError) -> [String]? {
    try take(name, "a list of texts") { value in
      if let text = value.asString { return [text] }
      guard let list = value.asList else { return nil }
      let texts = list.compactMap(\.asString)
      return texts.count == list.count ? texts : nil
    }
  }

  mutating func numbers(_ name: String) throws(TensorError) -> [Double]? {
    try take(name, "a list of numbers") { value in
      guard let list = value.asList else { return nil }
      let numbers = list.compactMap(\.asDouble)
      return numbers.count == list.count ? numbers : nil
    }
  }

  /// One of some words.
  mutating func choice<Choice>(_ name: String, _ choices: [(String, Choice)]) throws(TensorError) -> Choice? {
    try take(name, "one of \(choices.map(\.0).joined(separator: ", "))") { value in
      value.asString.flatMap { text in choices.first { $0.0 == text }?.1 }
    }
  }

  /// Checks that no field is left over.
  func finish() throws(TensorError) {
    guard let name = fields.keys.sorted().first(where: { !known.contains($0) }) else { return }
    throw TensorError(.format, place, "'\(name)' is no field here; there are \(known.joined(separator: ", "))")
  }
}
