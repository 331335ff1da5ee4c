import ApusCore
import ApusFormats
import ApusTrain

/// How far a study is: lines that are drawn in place in a terminal, and a line for each ended trial elsewhere.
///
///     digits  23 of 60  ━━━━━━━━━━╸━━━━━━━━━━━━━━━  4 pruned, 1 failed, 1:12 left
///     best    0.9844 (trial 17)  lr=0.0031 layers=2 optimizer=adam
///     running 22 at 0.9712 (step 5), 24
public final class TuningProgress: Sendable {
  private struct State {
    var running: [Int: Trial] = [:]
    var counts: [TrialState: Int] = [:]
    var best: TrialRecord?
    var drawnLines = 0
    var lastDrawn = -Double.infinity
  }

  private let study: Study
  private let total: Int?
  private let timeout: Double?
  private let terminal: Terminal
  private let write: @Sendable (String) -> Void
  private let clock: @Sendable () -> Double
  private let started: Double
  private let state = Lock(State())

  /// - Parameters:
  ///   - total: how many trials this run will make; nil where that is not known.
  ///   - timeout: seconds after which no trial begins.
  ///   - write: takes the text.
  ///   - clock: seconds from any fixed moment.
  public init(
    _ study: Study, total: Int?, timeout: Double? = nil, terminal: Terminal = .standardOutput,
    write: @escaping @Sendable (String) -> Void = Terminal.write,
    clock: @escaping @Sendable () -> Double = ProgressBar.seconds
  ) throws {
    (self.study, self.total, self.timeout, self.terminal, self.write, self.clock) =
      (study, total, timeout, terminal, write, clock)
    started = clock()
    // Earlier runs count for the best, not for the numbers.
    let best = study.directions.count == 1 ? try? study.bestTrial : nil
    state.withLock { $0.best = best }
  }

  /// A trial begins.
  public func begin(_ trial: Trial) {
    state.withLock { $0.running[trial.number] = trial }
    draw(isForced: false)
  }

  /// Something may have happened; drawn at most ten times a second.
  public func tick() { draw(isForced: false) }

  /// A trial has ended.
  public func end(_ trial: TrialRecord) {
    let isBest = state.withLock { state -> Bool in
      state.running[trial.number] = nil
      state.counts[trial.state, default: 0] += 1
      guard study.directions.count == 1, trial.state == .complete, trial.isFeasible, let value = trial.value else {
        return false
      }
      let sign = study.directions[0] == .maximize ? -1.0 : 1
      guard state.best?.value.map({ sign * value < sign * $0 }) ?? true else { return false }
      state.best = trial
      return true
    }
    if terminal.isInteractive {
      draw(isForced: isBest)
    } else {
      let best = state.withLock { $0.best }
      write(
        line(of: trial) + (best?.value.map { "  best \(NumberText.steady($0)) (trial \(best?.number ?? 0))" } ?? "")
          + "\n")
    }
  }

  /// A line that stays, above what is drawn.
  public func say(_ line: String) {
    state.withLock { state in write(Self.clearing(&state) + line + "\n") }
    draw(isForced: true)
  }

  /// The run is over: what is drawn stays.
  public func finish() {
    draw(isForced: true)
    state.withLock { $0.drawnLines = 0 }
  }

  private func line(of trial: TrialRecord) -> String {
    let value: String
    switch trial.state {
    case .complete: value = trial.values.map(NumberText.steady).joined(separator: ", ")
    case .pruned: value = "pruned" + (trial.lastStep.map { " at step \($0)" } ?? "")
    case .failed: value = "failed" + Self.reason(trial)
    case .running, .waiting: value = trial.state.rawValue
    }
    return "trial \(trial.number): \(value)  \(Self.settings(trial))"
  }

  private static func reason(_ trial: TrialRecord) -> String {
    guard case .string(let text)? = trial.userAttributes["error"] else { return "" }
    return " (" + (text.split(separator: "\n").first.map(String.init) ?? "") + ")"
  }

  static func settings(_ trial: TrialRecord) -> String {
    trial.parameters.map { name, parameter in
      if case .double(let value) = parameter.value { return "\(name)=\(NumberText.steady(value))" }
      return "\(name)=\(parameter.value.plain)"
    }.joined(separator: " ")
  }

  private static func clearing(_ state: inout State) -> String {
    guard state.drawnLines > 0 else { return "" }
    defer { state.drawnLines = 0 }
    return "\u{1b}[\(state.drawnLines)A\u{1b}[0J"
  }

  private func draw(isForced: Bool) {
    guard terminal.isInteractive else { return }
    state.withLock { state in
      let now = clock()
      guard isForced || now - state.lastDrawn >= 0.1 else { return }
      state.lastDrawn = now
      let lines = lines(state, now).map { String($0.prefix(max(20, terminal.width - 1))) }
      write(Self.clearing(&state) + lines.map { $0 + "\n" }.joined())
      state.drawnLines = lines.count
    }
  }

  private func lines(_ state: State, _ now: Double) -> [String] {
    let done = state.counts.values.reduce(0, +)
    var first = study.name + "  " + (total.map { "\(done) of \($0)" } ?? "\(done) trials")
    if let total, total > 0 {
      let width = 26
      let filled = min(width, done * width / total)
      let (full, empty) = terminal.hasUnicode ? ("━", "─") : ("#", "-")
      first += "  " + String(repeating: full, count: filled) + String(repeating: empty, count: width - filled)
    }
    let notes = [(TrialState.pruned, "pruned"), (.failed, "failed")].compactMap { key, word in
      state.counts[key].map { "\($0) \(word)" }
    }
    first += "  " + (notes + [timeLeft(done, now)].compactMap { $0 }).joined(separator: ", ")
    var lines = [first]
    if let best = state.best, let value = best.value {
      lines.append("best  \(NumberText.steady(value)) (trial \(best.number))  \(Self.settings(best))")
    } else if study.directions.count > 1, let front = try? study.bestTrials, !front.isEmpty {
      lines.append("front  \(front.count) trials: " + front.suffix(8).map { "\($0.number)" }.joined(separator: ", "))
    }
    if !state.running.isEmpty {
      let running = state.running.values.sorted { $0.number < $1.number }.map { trial in
        let record = trial.current
        guard let step = record.lastStep, let value = record.report(at: step) else { return "\(trial.number)" }
        return "\(trial.number) at \(NumberText.steady(value)) (step \(step))"
      }
      lines.append("running  " + running.joined(separator: ", "))
    }
    return lines
  }

  private func timeLeft(_ done: Int, _ now: Double) -> String? {
    let passed = now - started
    var left: [Double] = []
    if let total, done > 0 { left.append(passed / Double(done) * Double(total - done)) }
    if let timeout { left.append(timeout - passed) }
    guard let seconds = left.min() else { return nil }
    let whole = Int(max(0, seconds).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return whole < 3600
      ? "\(whole / 60):\(two(whole % 60)) left" : "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60)) left"
  }
}
