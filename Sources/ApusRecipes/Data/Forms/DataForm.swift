import ApusCore
import ApusText

/// What the columns of rows mean.
public enum DataForm: String, Sendable, CaseIterable, SettingFieldValue {
  /// `instruction`, `input` (may be empty), `output`; `system` if there is one.
  case instruct
  /// `messages` with role and content, or `conversations` with from and value; `tools` if there are any.
  case chat
  /// `prompt` and `completion`, both texts or both messages.
  case completion
  /// `text`, learned as it is; long ones are cut into pieces.
  case text
  /// `chosen` and `rejected`, with `prompt` or beginning alike; `margin` if there is one.
  case preference
  /// `prompt`, `completion` and `label`: whether the answer is liked.
  case feedback
  /// `prompt`, and whatever rewards need beside it.
  case prompt
  /// `text`, `label`, and a second text if there is one.
  case labelled
  /// `anchor`, `positive` and any number of `negative`; or `sentence1`, `sentence2` and `score`.
  case pairs
}

/// What a column of a form is called, and what else it may be called.
struct FormColumn: Sendable {
  let name: String
  let others: [String]
  init(_ name: String, _ others: String...) { (self.name, self.others) = (name, others) }

  static let instruction = FormColumn("instruction")
  static let input = FormColumn("input", "context")
  static let output = FormColumn("output", "response")
  static let system = FormColumn("system", "system_prompt")
  static let messages = FormColumn("messages", "conversations", "conversation")
  static let tools = FormColumn("tools")
  static let text = FormColumn("text")
  static let prompt = FormColumn("prompt", "question", "query")
  static let completion = FormColumn("completion", "response", "answer")
  static let chosen = FormColumn("chosen")
  static let rejected = FormColumn("rejected")
  static let margin = FormColumn("margin")
  static let feedback = FormColumn("label", "desirable")
  static let firstText = FormColumn("text", "sentence", "sentence1", "premise")
  static let secondText = FormColumn("text_pair", "text2", "sentence2", "hypothesis")
  static let label = FormColumn("label", "labels")
  static let anchor = FormColumn("anchor", "query", "question")
  static let positive = FormColumn("positive", "passage", "answer")
  static let sentence1 = FormColumn("sentence1", "sentence_a")
  static let sentence2 = FormColumn("sentence2", "sentence_b")
  static let score = FormColumn("score", "similarity", "label")
}

extension DataForm {
  /// The columns that make the form out.
  private var needed: [FormColumn] {
    switch self {
    case .instruct: [.instruction, .output]
    case .chat: [.messages]
    case .completion: [.prompt, .completion]
    case .text: [.text]
    case .preference: [.chosen, .rejected]
    case .feedback: [.prompt, .completion, .feedback]
    case .prompt: [.prompt]
    case .labelled: [.firstText, .label]
    case .pairs: [.anchor, .positive]
    }
  }

  /// The form of rows with these columns.
  /// - Parameters:
  ///   - forms: those that may be, those that need more columns first.
  /// - Throws: `TensorError` of kind `value` that names the columns that are there and those that would do.
  static func found(_ row: DataRow, among forms: [DataForm], _ names: ColumnNames) throws(TensorError) -> DataForm {
    // The first names of columns make a form out before others do.
    for exact in [true, false] {
      for form in forms {
        if form.needed.allSatisfy({ names.find($0, row, isExact: exact) != nil }) { return form }
        let isScored =
          form == .pairs
          && [FormColumn.sentence1, .sentence2, .score].allSatisfy {
            names.find($0, row, isExact: exact) != nil
          }
        if isScored { return form }
      }
    }
    let there = row.columns.map { "'\($0.name)'" }.joined(separator: ", ")
    let would = forms.map { form in
      "\(form.rawValue) (\(form.needed.map { $0.name }.joined(separator: ", ")))"
    }.joined(separator: ", ")
    throw TensorError(
      .value, "\(row.place.file):\(row.place.line)",
      "the columns are \(there.isEmpty ? "none" : there), which is no form that is asked for: \(would). "
        + "Name other columns with columns, as prompt=question")
  }
}

/// The names of columns, those of the settings included.
struct ColumnNames: Sendable {
  private let given: [String: String]

  init(_ settings: DataSettings) {
    var given: [String: String] = [:]
    for pair in settings.columns.compactMap(DataSettings.renaming) { given[pair.ours] = pair.theirs }
    self.given = given
  }

  /// The value of a column; nil where it is not there.
  func find(_ column: FormColumn, _ row: DataRow, isExact: Bool = false) -> ChatValue? {
    if let name = given[column.name] { return row[name] }
    if let value = row[column.name] { return value }
    return isExact ? nil : column.others.lazy.compactMap { row[$0] }.first
  }

  /// What the column is called for messages.
  func name(_ column: FormColumn) -> String { given[column.name] ?? column.name }

  /// The text of a column.
  func text(_ column: FormColumn, _ row: DataRow) throws(RowProblem) -> String {
    guard let value = find(column, row) else { throw RowProblem(.missingColumn, "'\(name(column))'") }
    return try Self.text(value, name(column))
  }

  /// The text of a column; nil where it is not there.
  func optionalText(_ column: FormColumn, _ row: DataRow) throws(RowProblem) -> String? {
    guard let value = find(column, row) else { return nil }
    return try Self.text(value, name(column))
  }

  /// The text that a value is; numbers are written as JSON has them.
  static func text(_ value: ChatValue, _ name: String) throws(RowProblem) -> String {
    switch value {
    case .string(let text): return text
    case .int, .double, .bool: return value.json
    case .null: throw RowProblem(.missingColumn, "'\(name)'")
    case .array, .object: throw RowProblem(.wrongValue, "'\(name)' is no text")
    }
  }

  /// The number of a column; nil where it is not there.
  func number(_ column: FormColumn, _ row: DataRow) throws(RowProblem) -> Double? {
    guard let value = find(column, row) else { return nil }
    let found: Double?
    switch value {
    case .int(let number): found = Double(number)
    case .double(let number): found = number
    case .string(let text): found = Double(text)
    case .bool(let truth): found = truth ? 1 : 0
    case .null, .array, .object: found = nil
    }
    guard let found, found.isFinite else { throw RowProblem(.wrongValue, "'\(name(column))' is no number") }
    return found
  }
}
