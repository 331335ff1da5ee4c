import ApusText

/// The fields of a request, read with their types and ranges; what is null counts as not there.
struct RequestFields {
  private let value: ChatValue
  /// What stands before the names in errors: `messages[2].`.
  private let path: String

  /// The longest body that is read, in bytes.
  static let longestBody = 1 << 22

  init(_ value: ChatValue, path: String = "") throws(OpenAIError) {
    guard value.object != nil else {
      throw OpenAIError(400, "\(path.isEmpty ? "the body" : path) must be an object of JSON", parameter: path)
    }
    (self.value, self.path) = (value, path.isEmpty ? "" : "\(path).")
  }

  /// Reads the body of a request.
  init(body: [UInt8]) throws(OpenAIError) {
    guard body.count <= Self.longestBody else {
      throw OpenAIError(413, "the body has \(body.count) bytes, and \(Self.longestBody) are read at most")
    }
    let text = String(decoding: body, as: UTF8.self)
    guard let value = try? ChatValue(json: text) else {
      throw OpenAIError(400, "the body is no JSON: an object with the fields of the request was expected")
    }
    try self.init(value)
  }

  subscript(_ name: String) -> ChatValue? {
    guard let found = value[name], found != .null else { return nil }
    return found
  }

  func wrong(_ name: String, _ wanted: String) -> OpenAIError {
    OpenAIError(400, "'\(path)\(name)' must be \(wanted)", parameter: "\(path)\(name)")
  }

  func int(_ name: String, in range: ClosedRange<Int>) throws(OpenAIError) -> Int? {
    guard let found = self[name] else { return nil }
    guard let number = found.int, range.contains(number) else {
      throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func double(_ name: String, in range: ClosedRange<Double>) throws(OpenAIError) -> Double? {
    guard let found = self[name] else { return nil }
    let number: Double? =
      switch found {
      case .int(let value): Double(value)
      case .double(let value): value
      default: nil
      }
    guard let number, range.contains(number) else {
      throw wrong(name, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func bool(_ name: String) throws(OpenAIError) -> Bool? {
    guard let found = self[name] else { return nil }
    guard let value = found.bool else { throw wrong(name, "true or false") }
    return value
  }

  func string(_ name: String) throws(OpenAIError) -> String? {
    guard let found = self[name] else { return nil }
    guard let text = found.string else { throw wrong(name, "a text") }
    return text
  }

  func needed(_ name: String) throws(OpenAIError) -> String {
    guard let text = try string(name) else { throw wrong(name, "there, a text") }
    return text
  }

  func fields(_ name: String) throws(OpenAIError) -> RequestFields? {
    guard let found = self[name] else { return nil }
    return try RequestFields(found, path: "\(path)\(name)")
  }

  /// A list of at most `most` objects.
  func list(_ name: String, most: Int) throws(OpenAIError) -> [RequestFields]? {
    guard let found = self[name] else { return nil }
    guard let items = found.array, items.count <= most else { throw wrong(name, "a list of \(most) objects at most") }
    var result: [RequestFields] = []
    for (i, item) in items.enumerated() { result.append(try RequestFields(item, path: "\(path)\(name)[\(i)]")) }
    return result
  }

  /// A text or a list of texts, at most `most`.
  func strings(_ name: String, most: Int) throws(OpenAIError) -> [String] {
    guard let found = self[name] else { return [] }
    if let text = found.string { return [text] }
    let texts = found.array?.compactMap(\.string) ?? []
    guard let items = found.array, texts.count == items.count, items.count <= most else {
      throw wrong(name, "a text or a list of \(most) texts at most")
    }
    return texts
  }
}
