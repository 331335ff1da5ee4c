import ApusText

/// Finds calls of functions in what a model writes, in the forms that models are trained on: `<tool_call>{...}</tool_call>` (Qwen, Hermes, SmolLM),
/// `[TOOL_CALLS][{...}]` (Mistral), and an object or a list of objects of JSON alone (Llama), each with `name` and `arguments` or `parameters`.
/// What may become a call is held back; what turns out to be none is text.
package struct ToolCallReader: Sendable {
  /// A call of a function.
  package struct Call: Sendable, Hashable {
    package let name: String
    /// The arguments as JSON.
    package let arguments: String

    /// A call of the function `name`.
    package init(name: String, arguments: String) { (self.name, self.arguments) = (name, arguments) }
  }

  private static let begin = "<tool_call>"
  private static let end = "</tool_call>"
  private static let list = "[TOOL_CALLS]"
  private static let longestHeld = 1 << 20

  private let names: Set<String>
  private var held = ""
  private var hasText = false

  /// - Parameter names: the functions that there are; a call of another one is text.
  package init(names: some Sequence<String>) { self.names = Set(names) }

  /// Takes what the model writes.
  /// - Returns: what is text for sure.
  package mutating func append(_ text: String) -> String {
    held += text
    let trimmed = held.drop(while: \.isWhitespace)
    if !hasText {
      // JSON alone is a call only if nothing stands before it.
      if trimmed.isEmpty || trimmed.first == "{" || trimmed.first == "[" {
        return held.utf8.count > Self.longestHeld ? release(held.endIndex) : ""
      }
    }
    if let place = held.firstRange(of: Self.begin) { return release(place.lowerBound) }
    // The end of the text may be the beginning of a mark.
    for count in (1..<Self.begin.count).reversed() where held.hasSuffix(Self.begin.prefix(count)) {
      return release(held.index(held.endIndex, offsetBy: -count))
    }
    return release(held.endIndex)
  }

  /// What is left at the end: text, and the calls.
  package mutating func finish() -> (text: String, calls: [Call]) {
    defer { held = "" }
    let calls = marked() ?? alone()
    return calls.map { ("", $0) } ?? (held, [])
  }

  private mutating func release(_ end: String.Index) -> String {
    let found = String(held[..<end])
    if !found.allSatisfy(\.isWhitespace) { hasText = true }
    held = String(held[end...])
    return found
  }

  /// Calls between marks; nil where there is none, or one of them is no call.
  private func marked() -> [Call]? {
    var rest = held[...]
    var calls: [Call] = []
    while let start = rest.firstRange(of: Self.begin) {
      rest = rest[start.upperBound...]
      let stop = rest.firstRange(of: Self.end)
      guard let found = read(rest[..<(stop?.lowerBound ?? rest.endIndex)]) else { return nil }
      calls += found
      rest = rest[(stop?.upperBound ?? rest.endIndex)...]
    }
    return calls.isEmpty ? nil : calls
  }

  private func alone() -> [Call]? {
    if hasText { return nil }
    var text = held[...].drop(while: \.isWhitespace)
    if text.hasPrefix(Self.list) { text = text.dropFirst(Self.list.count) }
    return read(text)
  }

  /// Calls of an object of JSON or a list of them.
  private func read(_ text: Substring) -> [Call]? {
    guard let value = try? ChatValue(json: String(text)) else { return nil }
    var calls: [Call] = []
    for item in value.array ?? [value] {
      guard let name = item["name"]?.string, names.contains(name) else { return nil }
      let arguments = item["arguments"] ?? item["parameters"] ?? .object([])
      calls.append(Call(name: name, arguments: arguments.string ?? arguments.json))
    }
    return calls.isEmpty ? nil : calls
  }
}
