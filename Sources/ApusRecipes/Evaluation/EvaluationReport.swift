import ApusCore
import ApusFormats
import ApusTrain

/// What models scored in tasks, side by side.
public struct EvaluationReport: Sendable {
  /// A model's part in a task.
  public struct Entry: Sendable {
    /// The model.
    public let model: EvaluatedModel
    /// What it scored.
    public let scores: EvaluationScores
    /// How long it took.
    public let seconds: Double
    /// Each measure with its spread.
    public fileprivate(set) var estimates: [Bootstrap.Estimate] = []
    /// How much more each measure is than that of the first model; empty of that one.
    public fileprivate(set) var differences: [Bootstrap.Estimate] = []
  }

  /// A task and what came of it.
  public struct Task: Sendable {
    /// What the task is called.
    public let name: String
    /// Its file.
    public let path: String
    /// What is asked.
    public let kind: EvaluationKind
    /// The models in their order.
    public fileprivate(set) var entries: [Entry] = []
    /// Lines that could not be used.
    public private(set) var problems: [EvaluationTask.Problem]

    init(_ task: EvaluationTask) {
      (name, path, kind, problems) = (task.name, task.path, task.kind, task.problems)
    }

    mutating func add(
      _ scores: EvaluationScores, of model: EvaluatedModel, seconds: Double, _ found: [EvaluationTask.Problem]
    ) {
      entries.append(Entry(model: model, scores: scores, seconds: seconds))
      for problem in found where !problems.contains(problem) { problems.append(problem) }
      problems.sort { $0.line < $1.line }
    }
  }

  public private(set) var tasks: [Task]

  init(_ tasks: [Task], _ settings: EvaluationSettings) {
    self.tasks = tasks
    for t in tasks.indices {
      guard let base = tasks[t].entries.first?.scores else { continue }
      let draws = Bootstrap(count: base.items.count, resamples: settings.resamples, seed: settings.seed)
      for e in tasks[t].entries.indices {
        let scores = tasks[t].entries[e].scores
        // Items that a model cannot be asked (a label that it has not) make two models' items different ones.
        let own =
          scores.items.count == base.items.count
          ? draws : Bootstrap(count: scores.items.count, resamples: settings.resamples, seed: settings.seed)
        self.tasks[t].entries[e].estimates = scores.measures.map { own.estimate($0) }
        guard e > 0, scores.items.count == base.items.count else { continue }
        self.tasks[t].entries[e].differences = scores.measures.compactMap { measure in
          base.measures.first { $0.name == measure.name }.map { draws.difference(measure, from: $0) }
        }
      }
    }
  }

  /// A table for people: a line for each measure, a column for each model, and how each model differs from the first one with the
  /// interval that holds 95 % of the draws.
  public func table() -> String { tasks.map(table).joined(separator: "\n") }

  private func table(_ task: Task) -> String {
    guard let first = task.entries.first else { return "" }
    var lines = ["\(task.name)  (\(task.kind.rawValue), \(first.scores.items.count) items)"]
    var rows: [[String]] = [[""] + task.entries.map(\.model.name)]
    for name in first.scores.measures.map(\.name) {
      rows.append(
        [name]
          + task.entries.map { entry in
            guard let i = entry.scores.measures.firstIndex(where: { $0.name == name }) else { return "" }
            let estimate = entry.estimates[i]
            let error = estimate.error.isFinite ? " ±\(Self.text(estimate.error))" : ""
            return Self.text(estimate.value) + error
          })
    }
    lines += Self.columns(rows)
    for entry in task.entries.dropFirst() {
      if entry.differences.isEmpty {
        lines.append("\(entry.model.name) answered other items than \(first.model.name); they are not compared")
        continue
      }
      lines.append("\(entry.model.name) against \(first.model.name):")
      lines += Self.columns(
        zip(entry.scores.measures, entry.differences).map { measure, found in
          let isOutside = found.low > 0 || found.high < 0
          let better = (found.value > 0) == measure.isHigherBetter ? "better" : "worse"
          return [
            "  \(measure.name)", (found.value >= 0 ? "+" : "") + Self.text(found.value),
            found.low.isFinite ? "[\(Self.text(found.low)), \(Self.text(found.high))]" : "",
            isOutside && found.low.isFinite ? better : "",
          ]
        })
    }
    for note in first.scores.notes { lines.append(note) }
    let shown = task.problems.prefix(5)
    if !task.problems.isEmpty {
      lines.append("\(task.problems.count) lines could not be used:")
      lines += shown.map { "  line \($0.line): \($0.message)" }
      if shown.count < task.problems.count { lines.append("  and \(task.problems.count - shown.count) more") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Cells in columns of one width, the first to the left and the others to the right.
  private static func columns(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell -> String in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Four digits that count.
  private static func text(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let size = abs(value)
    let digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4
    return NumberText.fixed(value, decimals: digits)
  }

  /// All of it as JSON.
  public var json: String { values.description }

  /// All of it but the items.
  public var values: SettingValue {
    .dictionary(["tasks": .list(tasks.map { Self.values($0) })])
  }

  private static func values(_ task: Task) -> SettingValue {
    func values(_ estimate: Bootstrap.Estimate) -> SettingValue {
      [
        "value": .double(estimate.value), "stderr": .double(estimate.error), "low": .double(estimate.low),
        "high": .double(estimate.high),
      ]
    }
    func named(_ entry: Entry, _ estimates: [Bootstrap.Estimate]) -> SettingValue {
      .dictionary(
        Dictionary(zip(entry.scores.measures.map(\.name), estimates.map(values)), uniquingKeysWith: { $1 }))
    }
    return [
      "task": .string(task.name), "path": .string(task.path), "kind": .string(task.kind.rawValue),
      "models": .list(
        task.entries.map { entry in
          var fields: [String: SettingValue] = [
            "model": .string(entry.model.name), "path": .string(entry.model.path),
            "items": .int(entry.scores.items.count), "seconds": .double(entry.seconds),
            "measures": named(entry, entry.estimates),
          ]
          if let adapter = entry.model.adapter { fields["adapter"] = .string(adapter) }
          if !entry.differences.isEmpty { fields["difference"] = named(entry, entry.differences) }
          return .dictionary(fields)
        }),
      "problems": .list(
        task.problems.map { ["line": .int($0.line), "message": .string($0.message)] }),
    ]
  }

  /// What each model gave for each item, a JSON object a line.
  public var items: String {
    tasks.flatMap { task in
      task.entries.flatMap { entry in
        entry.scores.items.enumerated().map { number, item in
          let head: [String: SettingValue] = [
            "task": .string(task.name), "model": .string(entry.model.name), "item": .int(number),
          ]
          return "\(SettingValue.dictionary(head.merging(item) { $1 }))\n"
        }
      }
    }.joined()
  }
}
