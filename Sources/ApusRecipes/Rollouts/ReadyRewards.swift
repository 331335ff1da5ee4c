import ApusCore
import ApusFormats
import ApusTrain

extension Reward {
  /// 1 where the answer is the text of `column`, blanks at both ends left out; else 0.
  public static func exactMatch(column: String) -> Reward {
    Reward("exact_match") { _, answer, columns in
      try answer.trimmed == text(of: column, columns, "exactMatch").trimmed ? 1 : 0
    }
  }

  /// 1 where the last number in the answer is the last one in `column`; else 0.
  public static func numberMatch(column: String) -> Reward {
    Reward("number_match") { _, answer, columns in
      let wanted = try text(of: column, columns, "numberMatch")
      guard let number = lastNumber(in: wanted) else {
        throw TensorError(.value, "numberMatch", "there is no number in the column '\(column)', which says '\(wanted)'")
      }
      return lastNumber(in: answer).map { abs($0 - number) <= 1e-6 * max(1, abs(number)) } == true ? 1 : 0
    }
  }

  /// 1 where the answer is JSON and nothing else; else 0.
  public static func validJSON() -> Reward {
    Reward("valid_json") { _, answer, _ in (try? JSON(parsing: answer.trimmed.utf8)) == nil ? 0 : 1 }
  }

  /// 1 where the answer is JSON that says what `column` says, whatever the order of members; else 0.
  public static func jsonMatch(column: String) -> Reward {
    Reward("json_match") { _, answer, columns in
      guard let value = columns[column] else { throw missing(column, columns, "jsonMatch") }
      var wanted = value
      if case .string(let text) = value, let json = try? JSON(parsing: text.utf8) { wanted = SettingValue(json) }
      guard let found = try? JSON(parsing: answer.trimmed.utf8) else { return 0 }
      return saysTheSame(SettingValue(found), wanted) ? 1 : 0
    }
  }

  /// 1 where a regular expression finds something in the answer; else 0. `^` and `$` make it the whole answer.
  /// - Throws: `TensorError` of kind `value` where it is none.
  public static func pattern(_ expression: String) throws -> Reward {
    let compiled: Regex<AnyRegexOutput>
    do { compiled = try Regex(expression) } catch {
      throw TensorError(.value, "pattern", "'\(expression)' is no regular expression: \(error)")
    }
    nonisolated(unsafe) let regex = compiled
    return Reward("pattern") { _, answer, _ in try regex.firstMatch(in: answer) == nil ? 0 : 1 }
  }

  /// 1 up to `count` characters, then falling to 0 at twice as many.
  public static func lengthAtMost(_ count: Int) -> Reward {
    Reward("length") { _, answer, _ in
      count <= 0 ? (answer.isEmpty ? 1 : 0) : min(1, max(0, 2 - Double(answer.count) / Double(count)))
    }
  }

  /// A reward by its name and what it needs, as settings say: `exactMatch:COLUMN`, `numberMatch:COLUMN`, `validJSON`,
  /// `jsonMatch:COLUMN`, `pattern:EXPRESSION`, `length:CHARACTERS`, `program:WORDS`.
  /// - Throws: `TensorError` of kind `value` that lists those there are.
  public static func named(_ text: String) throws -> Reward {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let argument = parts.count > 1 ? parts[1] : ""
    switch (parts[0], argument.isEmpty) {
    case ("exactMatch", false): return exactMatch(column: argument)
    case ("numberMatch", false): return numberMatch(column: argument)
    case ("validJSON", true): return validJSON()
    case ("jsonMatch", false): return jsonMatch(column: argument)
    case ("pattern", false): return try pattern(argument)
    case ("length", false):
      if let count = Int(argument) { return lengthAtMost(count) }
    case ("program", false): return try program(argument.split(separator: " ").map(String.init))
    default: break
    }
    throw TensorError(
      .value, "rewards",
      "there is no reward '\(text)'. There are exactMatch:COLUMN, numberMatch:COLUMN, validJSON, jsonMatch:COLUMN, "
        + "pattern:EXPRESSION, length:CHARACTERS and program:WORDS")
  }

  private static func text(
    of column: String, _ columns: [String: SettingValue], _ operation: String
  ) throws(TensorError) -> String {
    switch columns[column] {
    case nil: throw missing(column, columns, operation)
    case .string(let text): return text
    case .some(let value): return "\(value)"
    }
  }

  private static func missing(_ column: String, _ columns: [String: SettingValue], _ operation: String) -> TensorError {
    TensorError(
      .value, operation,
      "a prompt has no column '\(column)' to be compared with; there are \(columns.keys.sorted().joined(separator: ", "))"
    )
  }

  /// Whole numbers and others are the same where their values are.
  private static func saysTheSame(_ a: SettingValue, _ b: SettingValue) -> Bool {
    switch (a, b) {
    case (.int(let x), .double(let y)), (.double(let y), .int(let x)): return Double(x) == y
    case (.list(let x), .list(let y)): return x.count == y.count && zip(x, y).allSatisfy { saysTheSame($0, $1) }
    case (.dictionary(let x), .dictionary(let y)):
      return x.count == y.count
        && x.allSatisfy { name, value in y[name].map { saysTheSame(value, $0) } ?? false }
    case (.none, _), (.bool, _), (.int, _), (.double, _), (.string, _), (.list, _), (.dictionary, _): return a == b
    }
  }
}

/// The last number in a text: `-1,234.5` is one; nil without any.
func lastNumber(in text: String) -> Double? {
  let bytes = Array(text.utf8)
  func isDigit(_ i: Int) -> Bool { bytes.indices.contains(i) && bytes[i] >= 48 && bytes[i] <= 57 }
  guard var end = bytes.lastIndex(where: { $0 >= 48 && $0 <= 57 }) else { return nil }
  end += 1
  var start = end
  while start > 0 {
    let isJoint = (bytes[start - 1] == 46 || bytes[start - 1] == 44) && isDigit(start - 2) && start < end
    guard isDigit(start - 1) || isJoint else { break }
    start -= 1
  }
  // Behind the second point another number has begun.
  let points = (start..<end).filter { bytes[$0] == 46 }
  if points.count > 1 { start = points[points.count - 2] + 1 }
  if start > 0, bytes[start - 1] == 45, !isDigit(start - 2) { start -= 1 }
  return Double(String(decoding: bytes[start..<end].filter { $0 != 44 }, as: UTF8.self))
}

extension String {
  /// Without blanks and ends of lines at both ends.
  fileprivate var trimmed: String {
    var rest = Substring(self)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
