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
      guard let number = Answers.lastNumber(in: wanted) else {
        throw TensorError(.value, "numberMatch", "there is no number in the column '\(column)', which says '\(wanted)'")
      }
      return Answers.lastNumber(in: answer).map { Answers.isSame($0, number) } == true ? 1 : 0
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
      return Answers.isSame(SettingValue(found), wanted) ? 1 : 0
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
