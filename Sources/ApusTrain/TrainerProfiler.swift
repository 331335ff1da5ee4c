import ApusCore
import ApusProfiling

/// What a trainer measures of a run and tells at its end, Lightning's `profiler=`: `trainer.profiler = "simple"`.
public struct TrainerProfiler: ExpressibleByStringLiteral {
  enum Kind {
    case simple
    case advanced
    case given(Profiler)
  }
  let kind: Kind

  /// The time of what a run consists of: loading, passes, steps, validation, callbacks.
  public static var simple: TrainerProfiler { TrainerProfiler(kind: .simple) }
  /// ``simple``, and operations, modules and the largest costs of the 20 steps after the first two.
  public static var advanced: TrainerProfiler { TrainerProfiler(kind: .advanced) }

  /// ``simple``, and `profiler`, with a schedule of its own, for the training steps of the run.
  public static func profiler(_ profiler: Profiler) -> TrainerProfiler { TrainerProfiler(kind: .given(profiler)) }

  private init(kind: Kind) { self.kind = kind }

  /// `"simple"` or `"advanced"`.
  public init(stringLiteral name: String) {
    switch name {
    case "simple": self = .simple
    case "advanced": self = .advanced
    default:
      report(
        TensorError(
          .value, "Trainer.profiler",
          "there is no profiler called '\(name)'; there are \"simple\" and \"advanced\", and .profiler(...) for one of your own"
        ))
      self = .simple
    }
  }
}

/// The times of a run by what was done in them.
final class ActionTimes {
  private var actions: [(name: String, seconds: Double, count: Int)] = []
  private let start = Clock.seconds
  /// Sees the training steps.
  private let profiler: Profiler?
  private let isAdvanced: Bool

  init(_ kind: TrainerProfiler.Kind) {
    switch kind {
    case .simple: (profiler, isAdvanced) = (nil, false)
    case .advanced:
      (profiler, isAdvanced) = (Profiler(schedule: schedule(wait: 1, warmup: 1, active: 20, repeat: 1)), true)
    case .given(let given): (profiler, isAdvanced) = (given, false)
    }
    profiler?.start()
  }

  func measure<R>(_ name: String, _ body: () throws -> R) rethrows -> R {
    let start = Clock.seconds
    defer { add(name, Clock.seconds - start) }
    return try recordFunction("[Trainer]\(name)", body)
  }

  private func add(_ name: String, _ seconds: Double) {
    let place = actions.firstIndex { $0.name == name } ?? actions.count
    if place == actions.count { actions.append((name, 0, 0)) }
    actions[place].seconds += seconds
    actions[place].count += 1
  }

  /// A training step is over.
  func endStep() { profiler?.step() }

  /// Ends the run.
  /// - Returns: what was measured, as text.
  func finish() throws -> String {
    try profiler?.stop()
    var text = table
    if isAdvanced, let profiler {
      let averages = profiler.keyAverages()
      if profiler.stepNumber < 3 {
        text += "\nThe run was too short for the tables of operations and modules: they are of steps 3 to 22.\n"
      } else {
        text += "\n" + averages.table(sortBy: .selfCPUTimeTotal, rowLimit: 15, header: "Operations of steps 3 to 22")
        text += "\nModules of the same steps\n" + profiler.moduleAverages().table(depth: 3)
        text += "\n\(profiler.whySlow())\n"
      }
    }
    return text
  }

  /// Lightning's report.
  private var table: String {
    let total = Clock.seconds - start
    let heads = ["Action", "Mean duration (s)", "Num calls", "Total time (s)", "Percentage %"]
    var rows = [["Total", "-", "-", number(total, 5), "100.00"]]
    for action in actions.sorted(by: { ($1.seconds, $0.name) < ($0.seconds, $1.name) }) {
      rows.append([
        action.name, number(action.seconds / Double(action.count), 6), "\(action.count)", number(action.seconds, 5),
        number(100 * action.seconds / max(total, 1e-9), 2),
      ])
    }
    let widths = heads.indices.map { c in max(heads[c].count, rows.map { $0[c].count }.max() ?? 0) }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).enumerated().map { c, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return c == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ") + "\n"
    }
    let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1)) + "\n"
    return "Profiler Report\n" + rule + line(heads) + rule + rows.map(line).joined() + rule
  }

  private func number(_ value: Double, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    let all = Int((value * Double(scale)).rounded())
    let rest = String(all % scale)
    return "\(all / scale).\(String(repeating: "0", count: digits - rest.count))\(rest)"
  }
}

extension Trainer {
  /// Measures `body` where a profiler is asked for.
  @inline(__always)
  func measured<R>(_ action: String, _ body: () throws -> R) rethrows -> R {
    guard let actionTimes else { return try body() }
    return try actionTimes.measure(action, body)
  }
}
