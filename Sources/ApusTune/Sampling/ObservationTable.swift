import ApusCore
import ApusTrain

/// What a sampler has learned from the ended trials of a study: their parameters by column, how good they were, and which
/// parameters occur together. Each ended trial is read once.
struct ObservationTable: Sendable {
  /// How good an ended trial is. Smaller is better: complete feasible ones by their loss, then pruned ones by how far they came
  /// and their last report, then those that break constraints by how much.
  struct Rank: Comparable {
    var group: Int
    var first: Double
    var second: Double

    static func < (a: Rank, b: Rank) -> Bool { (a.group, a.first, a.second) < (b.group, b.first, b.second) }
  }

  /// An ended trial.
  struct Row {
    var number: Int
    var rank: Rank
    /// Its values, those to become large negated.
    var losses: [Double]
  }

  /// The values of a parameter.
  struct Column {
    /// One for each row: not a number where the trial lacks the parameter.
    private(set) var values: [Double]
    /// The rows that have one, in ascending order of their values, earlier rows first among equals.
    private(set) var order: [Int32] = []

    init(rows: Int) { values = [Double](repeating: .nan, count: rows) }

    mutating func insert(_ value: Double, at row: Int) {
      if row < values.count { for i in order.indices where order[i] >= row { order[i] += 1 } }
      values.insert(value, at: row)
      guard !value.isNaN else { return }
      var low = 0
      var high = order.count
      while low < high {
        let middle = (low + high) / 2
        let other = values[Int(order[middle])]
        if other < value || (other == value && order[middle] < row) { low = middle + 1 } else { high = middle }
      }
      order.insert(Int32(row), at: low)
    }
  }

  private var reader = FinishedTrialReader()
  /// By number.
  private(set) var rows: [Row] = []
  private(set) var columns: [String: Column] = [:]
  /// The largest sets of parameters that occur together or not at all, with the distributions last seen.
  private var groups: [[String: ParameterDistribution]] = []

  /// Reads what has ended since the last call.
  /// - Returns: the trials that run or wait.
  mutating func update(_ study: StudyView) throws -> [TrialRecord] {
    let (areAll, trials, open) = try reader.read(study)
    if areAll { (rows, columns, groups) = ([], [:], []) }
    let signs = study.signs
    for trial in trials { insert(trial, signs) }
    return open
  }

  private mutating func insert(_ trial: TrialRecord, _ signs: [Double]) {
    guard trial.state != .failed, trial.state == .pruned || trial.values.count == signs.count else { return }
    let losses = zip(trial.values, signs).map { $0 * $1 }
    var position = rows.count
    while position > 0, rows[position - 1].number > trial.number { position -= 1 }
    rows.insert(Row(number: trial.number, rank: Self.rank(trial, losses, signs), losses: losses), at: position)
    for (name, parameter) in trial.parameters {
      columns[name, default: Column(rows: rows.count - 1)].insert(parameter.internal, at: position)
    }
    for name in columns.keys where columns[name]?.values.count != rows.count {
      columns[name]?.insert(.nan, at: position)
    }
    split(by: trial.parameters.dictionary.mapValues(\.distribution))
  }

  private static func rank(_ trial: TrialRecord, _ losses: [Double], _ signs: [Double]) -> Rank {
    let violation = trial.constraints.values.reduce(0) { $0 + max($1, 0) }
    if violation > 0 { return Rank(group: 2, first: violation, second: 0) }
    if trial.state == .complete { return Rank(group: 0, first: losses[0], second: 0) }
    guard let step = trial.lastStep, let last = trial.report(at: step) else {
      return Rank(group: 1, first: 1, second: 0)
    }
    return Rank(group: 1, first: -Double(step), second: last.isNaN ? .infinity : signs[0] * last)
  }

  private mutating func split(by space: [String: ParameterDistribution]) {
    var rest = space
    var next: [[String: ParameterDistribution]] = []
    for group in groups {
      next.append(group.filter { rest[$0.key] != nil })
      next.append(group.filter { rest[$0.key] == nil })
      for name in group.keys { rest[name] = nil }
    }
    next.append(rest)
    groups = next.filter { !$0.isEmpty }
  }

  /// The largest sets of parameters that occur together or not at all, by name; without those of only one value.
  var groupedSpaces: [NamedValues<ParameterDistribution>] {
    groups.map { group in NamedValues(sortedByName(group).filter { !$0.1.isSingle }) }.filter { !$0.isEmpty }
  }
}

/// The entries in the order in which Python sorts their names.
func sortedByName<Value>(_ entries: [String: Value]) -> [(String, Value)] {
  entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
}
