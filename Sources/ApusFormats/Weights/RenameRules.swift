import ApusCore

/// Rules that give tensors other names, or leave them out.
///
/// Each line of a file of rules is `PATTERN -> NAME`. In a pattern `*` stands for any part of a name between points and `**` for
/// any part at all; the new name takes what they stood for in their order. The first rule whose pattern is the whole name
/// counts; a name that none fits stays. Nothing behind the arrow leaves the tensor out. `#` begins a comment.
///
///     # from Hugging Face's names to llama.cpp's
///     model.embed_tokens.weight        -> token_embd.weight
///     model.layers.*.self_attn.*_proj.weight -> blk.*.attn_*.weight
///     **.rotary_emb.inv_freq           ->
public struct RenameRules: Sendable {
  /// What a pattern or a new name consists of.
  private enum Part: Hashable {
    case text([UInt8])
    /// Any bytes, or any without a point.
    case wildcard(withPoints: Bool)
  }

  private struct Rule {
    let pattern: [Part]
    /// Nil: the tensor is left out.
    let name: [Part]?
  }

  private var rules: [Rule] = []

  /// No rules: every name stays.
  public init() {}

  /// Reads the rules of the file at `path`.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `value` for a line that is no rule.
  public init(path: String) throws(TensorError) {
    let file = try MappedFile(path: expandedPath(path))
    let text = withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
    try self.init(text, name: path)
  }

  /// Reads rules from their text, which errors call `name`.
  /// - Throws: `TensorError` of kind `value` for a line that is no rule.
  public init(_ text: String, name: String = "rules") throws(TensorError) {
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let rule = trimmed(line.prefix { $0 != "#" })
      if rule.isEmpty { continue }
      let failure = { (problem: String) in TensorError(.value, name, "line \(number + 1), '\(rule)': \(problem)") }
      guard let arrow = Self.arrow(in: rule) else { throw failure("a rule is PATTERN -> NAME") }
      let pattern = Self.parts(trimmed(rule[..<arrow.lowerBound]))
      let target = trimmed(rule[arrow.upperBound...])
      guard !pattern.isEmpty else { throw failure("there is no pattern before the arrow") }
      let new = target.isEmpty ? nil : Self.parts(target)
      guard Self.wildcards(new ?? []) <= Self.wildcards(pattern) else {
        throw failure("the new name has more wildcards than the pattern")
      }
      rules.append(Rule(pattern: pattern, name: new))
    }
  }

  private static func arrow(in rule: Substring) -> Range<Substring.Index>? {
    var start = rule.startIndex
    while start < rule.endIndex {
      let next = rule.index(after: start)
      if rule[start] == "-", next < rule.endIndex, rule[next] == ">" { return start..<rule.index(after: next) }
      start = next
    }
    return nil
  }

  private static func wildcards(_ parts: [Part]) -> Int {
    parts.count { if case .wildcard = $0 { true } else { false } }
  }

  private static func parts(_ text: Substring) -> [Part] {
    var parts: [Part] = []
    var literal: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    func star(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.first == UInt8(ascii: "*") }
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "*") else {
        literal.append(byte)
        continue
      }
      if !literal.isEmpty { parts.append(.text(literal)) }
      literal = []
      let isDouble = star(bytes)
      if isDouble { bytes.removeFirst() }
      parts.append(.wildcard(withPoints: isDouble))
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
    return parts
  }

  /// The new name of a tensor: the same where no rule fits, nil where it is left out.
  public func callAsFunction(_ name: String) -> String? {
    let bytes = Array(name.utf8)
    for rule in rules {
      guard var found = Self.match(rule.pattern[...], bytes[...])?[...] else { continue }
      guard let new = rule.name else { return nil }
      var result: [UInt8] = []
      for part in new {
        switch part {
        case .text(let text): result += text
        case .wildcard: result += found.popFirst() ?? []
        }
      }
      return String(decoding: result, as: UTF8.self)
    }
    return name
  }

  /// What the wildcards stand for, if the pattern fits the whole name. Shortest runs are tried first.
  private static func match(_ pattern: ArraySlice<Part>, _ name: ArraySlice<UInt8>) -> [[UInt8]]? {
    var failed: Set<[Int]> = []
    func match(_ pattern: ArraySlice<Part>, _ name: ArraySlice<UInt8>) -> [[UInt8]]? {
      guard let part = pattern.first else { return name.isEmpty ? [] : nil }
      // What failed once from a place fails again, so that many wildcards take no time.
      let place = [pattern.startIndex, name.startIndex]
      if failed.contains(place) { return nil }
      defer { failed.insert(place) }
      switch part {
      case .text(let text):
        return name.starts(with: text) ? match(pattern.dropFirst(), name.dropFirst(text.count)) : nil
      case .wildcard(let withPoints):
        var end = name.startIndex
        while true {
          if let rest = match(pattern.dropFirst(), name[end...]) { return [Array(name[..<end])] + rest }
          guard end < name.endIndex, withPoints || name[end] != UInt8(ascii: ".") else { return nil }
          end += 1
        }
      }
    }
    return match(pattern, name)
  }
}

private func trimmed(_ text: Substring) -> Substring {
  let start = text.drop { $0.isWhitespace }
  return start.prefix(start.count - start.reversed().prefix { $0.isWhitespace }.count)
}
