import ApusCore
import ApusTrain

/// Computes every combination of given values once, in random order, and ends the run.
///
///     let sampler = GridSampler(["lr": [0.1, 0.01], "optimizer": ["sgd", "adam"]])
///
/// Which combination a trial has is kept in its notes `grid_id` and `search_space`, as Optuna's sampler of the same grid and seed
/// keeps it, so that several processes share the work and a study goes on where it ended.
public final class GridSampler: TrialSampler {
  private static let cellKey = "grid_id"
  private static let spaceKey = "search_space"

  private let names: [String]
  private let space: [String: [SettingValue]]
  /// All combinations in the order of their numbers, values in the order of the names.
  package let cells: [[SettingValue]]
  private let generator: NumPyGenerator
  /// The cells of running trials by the trial's id.
  private let taken = Lock<[Int: Int]>([:])

  /// - Parameters:
  ///   - space: the values of each parameter. A trial may ask for no others.
  ///   - seed: of the order; several processes on one study need the same.
  public init(_ space: [String: [SettingValue]], seed: UInt32 = 0) {
    self.space = space
    names = space.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var cells = names.reduce([[]] as [[SettingValue]]) { cells, name in
      cells.flatMap { cell in (space[name] ?? []).map { cell + [$0] } }
    }
    generator = NumPyGenerator(seed: seed)
    generator.shuffle(&cells)
    self.cells = cells
  }

  /// Whether all combinations are computed or being computed.
  public func isExhausted(_ study: Study) throws -> Bool { try openCells(study.view()).isEmpty }

  public func willBegin(_ study: StudyView, trial: TrialRecord) throws {
    guard trial.systemAttributes[Self.cellKey] == nil, trial.systemAttributes[Trial.fixedKey] == nil else { return }
    guard !cells.isEmpty else {
      throw TensorError(.value, "GridSampler", "the grid is empty: a parameter has no values")
    }
    let cell: Int
    if trial.number < cells.count {
      cell = trial.number
    } else {
      // Where nothing is left, as when others were as fast, one is computed again.
      let open = try openCells(study)
      let choices = open.isEmpty ? Array(cells.indices) : open
      cell = choices[Int(generator.integer(upTo: UInt32(choices.count - 1)))]
    }
    try study.storage.setAttribute(
      Self.spaceKey, .dictionary(space.mapValues { .list($0) }), of: .system, trial: trial.id)
    try study.storage.setAttribute(Self.cellKey, .int(cell), of: .system, trial: trial.id)
    taken.withLock { $0[trial.id] = cell }
  }

  public func sample(
    _ name: String, _ distribution: ParameterDistribution, _ study: StudyView, trial: TrialRecord
  ) throws -> Double {
    guard let cell = taken.withLock({ $0[trial.id] }) ?? trial.systemAttributes[Self.cellKey]?.number.map({ Int($0) }),
      cells.indices.contains(cell)
    else {
      throw TensorError(
        .value, "GridSampler", "an enqueued trial must have values of all parameters; it has none of '\(name)'")
    }
    guard let place = names.firstIndex(of: name) else {
      throw TensorError(
        .value, "GridSampler",
        "the grid has no parameter '\(name)'; it has " + names.map { "'\($0)'" }.joined(separator: ", "))
    }
    let value = cells[cell][place]
    let found = try distribution.internalValue(value, name)
    guard distribution.contains(found) else {
      throw TensorError(
        .value, "GridSampler", "\(value.json) of the grid lies outside of the values that '\(name)' may have")
    }
    return found
  }

  public func willEnd(_ study: StudyView, trial: TrialRecord, state: TrialState, values: [Double]) throws {
    let own = taken.withLock { $0.removeValue(forKey: trial.id) }
    let open = try openCells(study)
    if open.isEmpty || (open.count == 1 && open[0] == own) { study.stop() }
  }

  /// The cells that nobody has begun; where all are begun, those that have not ended. In the order of the sets of Python, of which
  /// a later trial takes one by chance.
  private func openCells(_ study: StudyView) throws -> [Int] {
    var finished: Set<Int> = []
    var running: Set<Int> = []
    // All of the study, also where a pruner shows samplers a part of it.
    for trial in try study.storage.trials(study: study.id) {
      guard let cell = trial.systemAttributes[Self.cellKey]?.number.map({ Int($0) }),
        case .dictionary(let other) = trial.systemAttributes[Self.spaceKey], isSame(other)
      else { continue }
      if trial.state.isFinished { finished.insert(cell) } else if trial.state == .running { running.insert(cell) }
    }
    let all = PythonSet(0..<cells.count)
    let open = all.subtracting(finished).subtracting(running).items
    return open.isEmpty ? all.subtracting(finished).items : open
  }

  private func isSame(_ other: [String: SettingValue]) -> Bool {
    other.count == space.count
      && other.allSatisfy { name, values in
        guard let own = space[name], case .list(let values) = values else { return false }
        return own.count == values.count && zip(own, values).allSatisfy { $0.isSameChoice(as: $1) }
      }
  }
}

/// Whole numbers from 0 on in the order in which a set of CPython has them: places of a table, of which small sets have few.
private struct PythonSet {
  private var table: [Int?] = Array(repeating: nil, count: 8)
  private var count = 0

  init(_ items: some Swift.Sequence<Int>) { for item in items { insert(item) } }

  var items: [Int] { table.compactMap { $0 } }

  mutating func insert(_ item: Int) {
    guard place(item) else { return }
    count += 1
    if count * 5 >= (table.count - 1) * 3 { grow(beyond: count > 50_000 ? count * 2 : count * 4) }
  }

  /// A new set of what is left, or a copy without the few that go.
  func subtracting(_ others: Set<Int>) -> PythonSet {
    guard count >> 2 > others.count else { return PythonSet(items.filter { !others.contains($0) }) }
    var copy = PythonSet([])
    if count * 5 >= 21 { copy.grow(beyond: count * 2) }
    if copy.table.count == table.count {
      copy.table = table
    } else {
      for item in items { _ = copy.place(item) }
    }
    copy.table = copy.table.map { item in item.flatMap { others.contains($0) ? nil : $0 } }
    copy.count = copy.items.count
    return copy
  }

  private mutating func grow(beyond least: Int) {
    let items = items
    var size = 8
    while size <= least { size <<= 1 }
    table = Array(repeating: nil, count: size)
    for item in items { _ = place(item) }
  }

  /// Puts an item into the first free place of those that it may have; false where it is there.
  private mutating func place(_ item: Int) -> Bool {
    let mask = table.count - 1
    var perturbation = item
    var start = item & mask
    while true {
      for i in start...(start + 9 <= mask ? start + 9 : start) {
        guard let other = table[i] else {
          table[i] = item
          return true
        }
        if other == item { return false }
      }
      perturbation >>= 5
      start = (start &* 5 &+ 1 &+ perturbation) & mask
    }
  }
}
