import ApusCore
import ApusFormats
import ApusTrain

/// What is asked of a model.
public enum EvaluationKind: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
  /// How well a language model foretells texts: column `text`.
  case perplexity
  /// Which of several answers a language model finds likeliest: columns `prompt`, `choices`, `answer`.
  case multipleChoice = "multiple-choice"
  /// What a language model answers: columns `prompt` or `messages`, `answer`.
  case generation
  /// The class of a text, or a number: columns `text`, `label`.
  case classification
  /// How alike two texts are: columns `sentence1`, `sentence2`, `score`.
  case similarity
  /// Which of all texts belong to a question: columns `query`, `positive`, and rows with a `passage` alone.
  case retrieval
}

/// A file of questions: JSON Lines, or whatever else data are read from.
public struct EvaluationTask: Sendable {
  /// A line that says something.
  public struct Row: Sendable {
    /// The number of the line, from 1.
    public let line: Int
    /// The columns by name.
    public let values: [String: SettingValue]
  }

  /// Lines that cannot be used.
  public struct Problem: Sendable, Hashable {
    /// The number of the line, from 1.
    public let line: Int
    /// What is wrong with it.
    public let message: String

    /// A line and what is wrong with it.
    public init(line: Int, message: String) { (self.line, self.message) = (line, message) }
  }

  /// The name of the file without what it ends in.
  public let name: String
  /// Where it lies.
  public let path: String
  public let kind: EvaluationKind
  /// The lines that are JSON objects, at most as many as were asked for.
  public let rows: [Row]
  /// The lines that are none.
  public let problems: [Problem]

  /// Reads the file at `path`, which may be compressed.
  /// - Parameters:
  ///   - kind: what is asked; nil: as the names of the columns say.
  ///   - columns: other names of columns, `prompt=question`.
  ///   - limit: only so many lines are read.
  /// - Throws: `TensorError` where the file cannot be read or the columns fit no kind.
  public init(path: String, kind: EvaluationKind? = nil, columns: [String] = [], limit: Int? = nil) throws {
    let names = try Self.names(columns)
    var rows: [Row] = []
    var problems: [Problem] = []
    var reader = try RowReader([path], split: .file)
    while limit.map({ rows.count < $0 }) ?? true, let raw = try reader.next() {
      do throws(RowProblem) {
        let row = try raw.row()
        var values = Dictionary(row.columns.map { ($0.name, SettingValue($0.value)) }, uniquingKeysWith: { $1 })
        for (name, column) in names { if let value = values[column] { values[name] = value } }
        rows.append(Row(line: row.place.line, values: values))
      } catch {
        let detail = error.detail.isEmpty ? "" : ": \(error.detail)"
        problems.append(Problem(line: raw.place.line, message: error.kind.rawValue + detail))
      }
    }
    guard !rows.isEmpty else {
      let first = problems.first.map { "; line \($0.line): \($0.message)" } ?? ""
      throw TensorError(.format, path, "a task has rows with named columns, and there is none\(first)")
    }
    let file = splitPath(path).name
    name = file.split(separator: ".").first.map(String.init) ?? file
    (self.path, self.rows, self.problems) = (path, rows, problems)
    self.kind = try kind ?? Self.kind(of: rows, path)
  }

  /// `prompt=question` by the first name.
  private static func names(_ columns: [String]) throws(TensorError) -> [String: String] {
    var names: [String: String] = [:]
    for text in columns {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw TensorError(.value, "columns", "names of columns are given as prompt=question, and found '\(text)'")
      }
      names[parts[0]] = parts[1]
    }
    return names
  }

  /// What the columns of the first line that is anything are columns of.
  private static func kind(of rows: [Row], _ path: String) throws(TensorError) -> EvaluationKind {
    for row in rows.prefix(100) { if let found = row.kind { return found } }
    throw TensorError(
      .value, path,
      "the columns \(rows[0].values.keys.sorted().joined(separator: ", ")) fit no kind of task; say which by the kind, one of "
        + "\(EvaluationKind.allCases.map(\.rawValue).joined(separator: ", ")), and by names of columns")
  }
}

/// What a column holds, under the names that data sets give it.
struct EvaluationColumn {
  let names: [String]

  static let text = EvaluationColumn(names: ["text", "sentence", "document", "content", "sentence1", "premise"])
  static let textPair = EvaluationColumn(names: ["text2", "text_pair", "sentence2", "hypothesis"])
  static let label = EvaluationColumn(names: ["label", "labels", "class"])
  static let prompt = EvaluationColumn(
    names: ["prompt", "question", "query", "instruction", "context", "ctx", "input", "goal"])
  static let messages = EvaluationColumn(names: ["messages"])
  static let choices = EvaluationColumn(names: ["choices", "endings", "options"])
  static let answer = EvaluationColumn(
    names: ["answer", "answers", "reference", "target", "completion", "output"])
  static let gold = EvaluationColumn(names: ["answer", "label", "answerKey", "gold", "answer_index", "correct"])
  static let check = EvaluationColumn(names: ["check"])
  static let pattern = EvaluationColumn(names: ["pattern", "regex"])
  static let query = EvaluationColumn(names: ["query", "question", "anchor"])
  static let positive = EvaluationColumn(names: ["positive", "positives", "relevant"])
  static let negative = EvaluationColumn(names: ["negative", "negatives"])
  static let passage = EvaluationColumn(names: ["passage", "document"])
  static let identifier = EvaluationColumn(names: ["id", "_id", "pid"])
  static let first = EvaluationColumn(names: ["sentence1", "text1", "sentence_A", "anchor"])
  static let second = EvaluationColumn(names: ["sentence2", "text2", "sentence_B", "positive"])
  static let score = EvaluationColumn(names: ["score", "similarity", "relatedness_score"])
}

extension EvaluationTask.Row {
  /// What its columns are columns of; nil where they are no kind's.
  var kind: EvaluationKind? {
    func has(_ column: EvaluationColumn) -> Bool { column.names.contains { values[$0] != nil } }
    if has(.choices) { return .multipleChoice }
    if has(.query), has(.positive) { return .retrieval }
    if has(.first), has(.second), has(.score) { return .similarity }
    if has(.messages) || has(.prompt), has(.answer) || has(.check) { return .generation }
    if has(.text), has(.label) { return .classification }
    if values["passage"] != nil { return .retrieval }
    return has(.text) ? .perplexity : nil
  }

  /// Why a line cannot be used.
  struct Mistake: Error { let message: String }

  /// The value of the column; nil where there is none.
  func value(_ column: EvaluationColumn) -> SettingValue? {
    for name in column.names { if let value = values[name], value != .none { return value } }
    return nil
  }

  /// The value of a column that must be there.
  func required(_ column: EvaluationColumn) throws(Mistake) -> SettingValue {
    guard let found = value(column) else {
      throw Mistake(message: "column '\(column.names[0])' is missing")
    }
    return found
  }

  /// A column of text.
  func text(_ column: EvaluationColumn) throws(Mistake) -> String {
    let found = try required(column)
    guard case .string(let text) = found else {
      throw Mistake(message: "column '\(column.names[0])' is to be a text, and is \(found.excerpt)")
    }
    return text
  }

  /// A column of texts: one, or a list.
  func texts(_ column: EvaluationColumn) throws(Mistake) -> [String] {
    switch try required(column) {
    case .string(let text): return [text]
    case .int(let number): return ["\(number)"]
    case .double(let number): return ["\(number)"]
    case .list(let values):
      var texts: [String] = []
      for value in values {
        guard let text = value.plainText else {
          throw Mistake(message: "column '\(column.names[0])' is to be a list of texts, and has \(value.excerpt)")
        }
        texts.append(text)
      }
      guard !texts.isEmpty else { throw Mistake(message: "column '\(column.names[0])' is an empty list") }
      return texts
    case .none, .bool, .dictionary:
      throw Mistake(message: "column '\(column.names[0])' is to be a text or a list of texts")
    }
  }

  /// A column of numbers.
  func number(_ column: EvaluationColumn) throws(Mistake) -> Double {
    switch try required(column) {
    case .int(let value): return Double(value)
    case .double(let value): return value
    case .string(let text):
      if let value = Double(text) { return value }
      throw Mistake(message: "column '\(column.names[0])' is to be a number, and is '\(text.prefix(40))'")
    case .none, .bool, .list, .dictionary:
      throw Mistake(message: "column '\(column.names[0])' is to be a number")
    }
  }
}

extension SettingValue {
  /// A text or a number as text; nil where it is something else.
  var plainText: String? {
    switch self {
    case .string(let text): text
    case .int(let number): "\(number)"
    case .double(let number): "\(number)"
    case .bool(let truth): "\(truth)"
    case .none, .list, .dictionary: nil
    }
  }

  /// The beginning of its JSON text.
  var excerpt: String { json.count > 40 ? json.prefix(40) + "..." : json }
}
