import ApusCore

/// Where a row comes from.
public struct RowPlace: Sendable, Hashable {
  public let file: String
  /// The number of the line, or of the row in tables, from 1.
  public let line: Int

  /// A line of a file.
  public init(file: String, line: Int) { (self.file, self.line) = (file, line) }
}

/// What can be wrong with a row of data.
public enum DataProblem: String, Sendable, CaseIterable {
  /// Bytes that are no text.
  case notUTF8 = "not UTF-8"
  /// A line that is no JSON.
  case notJSON = "not JSON"
  /// JSON that is no object.
  case notAnObject = "not an object"
  /// A column that the form needs is not there.
  case missingColumn = "missing column"
  /// A value of another kind than the form needs.
  case wrongValue = "wrong value"
  /// Somebody speaks whom the chat template does not know.
  case unknownRole = "unknown role"
  /// A prompt without text.
  case emptyPrompt = "empty prompt"
  /// An answer without text.
  case emptyAnswer = "empty answer"
  /// A chosen and a rejected answer that are one.
  case sameAnswers = "both answers alike"
  /// A conversation that does not end with the model.
  case lastNotAssistant = "last message not the assistant's"
  /// The chat template refuses the conversation.
  case template = "refused by the template"
  /// More tokens than there may be.
  case tooLong = "too long"
  /// Nothing of the example is learned.
  case nothingLearned = "no token to learn"
}

/// Why a row does not become an example.
struct RowProblem: Error {
  let kind: DataProblem
  /// What of the row: a column, a role, words of the template.
  let detail: String

  init(_ kind: DataProblem, _ detail: String = "") { (self.kind, self.detail) = (kind, detail) }
}

/// What was read, and what was wrong with it: every row is an example, or is counted here.
public struct DataReport: Sendable {
  /// What became of rows.
  public enum Outcome: String, Sendable {
    /// They stop the reading, or are left out where the settings say so.
    case problem
    /// They are shorter now, as the settings say.
    case cut
    /// They were left out, as the settings say.
    case dropped
  }

  /// Rows with the same thing about them.
  public struct Entry: Sendable {
    /// What is wrong.
    public let problem: DataProblem
    /// What of the row: a column, a role, words of the template.
    public let detail: String
    /// What became of the rows.
    public let outcome: Outcome
    /// How many rows.
    public internal(set) var count: Int
    /// The first of them.
    public internal(set) var places: [RowPlace]
  }

  /// How many rows were read.
  public internal(set) var rows = 0
  /// How many examples they became.
  public internal(set) var examples = 0
  /// The form of the rows.
  public internal(set) var form: DataForm?
  /// What was wrong, in the order in which it was met.
  public internal(set) var entries: [Entry] = []

  init() {}

  /// How many rows of this kind there are.
  public func count(_ problem: DataProblem) -> Int {
    entries.reduce(0) { $0 + ($1.problem == problem ? $1.count : 0) }
  }

  /// How many rows are no examples because of mistakes in them.
  public var problems: Int { entries.reduce(0) { $0 + ($1.outcome == .problem ? $1.count : 0) } }

  mutating func add(_ problem: RowProblem, _ outcome: Outcome, at place: RowPlace) {
    func find(_ detail: String) -> Int? {
      entries.firstIndex { $0.problem == problem.kind && $0.detail == detail && $0.outcome == outcome }
    }
    // Details without end are one entry.
    let detail = find(problem.detail) != nil || entries.count < Self.mostEntries ? problem.detail : "others"
    if let i = find(detail) {
      entries[i].count += 1
      if entries[i].places.count < Self.shownPlaces { entries[i].places.append(place) }
    } else {
      entries.append(Entry(problem: problem.kind, detail: detail, outcome: outcome, count: 1, places: [place]))
    }
  }

  private static let shownPlaces = 5
  private static let mostEntries = 40
}

extension DataReport {
  /// The problems as a table: how many rows, what is wrong, what became of them, where the first of them are. What is too long for
  /// a line of the table stands in full behind it.
  public var table: String {
    var lines = [["rows", "what", "became", "first lines"]]
    var notes: [String] = []
    for entry in entries {
      let what = entry.detail.isEmpty ? entry.problem.rawValue : "\(entry.problem.rawValue): \(entry.detail)"
      let shown = Self.line(what, 60)
      if shown.hasSuffix("...") { notes.append(what) }
      let became =
        switch entry.outcome {
        case .problem: "no example"
        case .cut: "cut"
        case .dropped: "dropped"
        }
      lines.append([String(entry.count), shown, became, Self.text(entry.places, entry.count)])
    }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let rows = lines.map { cells in
      cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? space + cell : column == cells.count - 1 ? cell : cell + space
      }.joined(separator: "  ")
    }
    return (rows + notes).joined(separator: "\n")
  }

  /// Places, those of one file together.
  private static func text(_ places: [RowPlace], _ count: Int) -> String {
    var parts: [String] = []
    var last: String?
    for place in places {
      parts.append(place.file == last ? "\(place.line)" : "\(place.file):\(place.line)")
      last = place.file
    }
    return parts.joined(separator: ", ") + (count > places.count ? ", ..." : "")
  }

  /// One line of at most `width` characters.
  private static func line(_ text: String, _ width: Int) -> String {
    let plain = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return plain.count > width ? plain.prefix(width - 3) + "..." : plain
  }
}

extension DataReport: CustomStringConvertible {
  /// How much was read, and the table of problems where there are any.
  public var description: String {
    let form = form.map { " of the form \($0.rawValue)" } ?? ""
    let head = "\(rows) row\(rows == 1 ? "" : "s")\(form), \(examples) example\(examples == 1 ? "" : "s")"
    return entries.isEmpty ? head : "\(head)\n\(table)"
  }
}
