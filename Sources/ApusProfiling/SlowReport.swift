import ApusCore

/// The largest costs of a program by a trace of it, and what helps: `apus info --why-slow FILE`.
public struct SlowReport: Sendable, CustomStringConvertible {
  /// One cost.
  public struct Cost: Sendable {
    /// What takes the time.
    public let title: String
    /// How much, in microseconds.
    public let time: Double
    /// The part of the loop's thread, from its first event to its last.
    public let share: Double
    /// What was seen.
    public let finding: String
    /// What helps.
    public let advice: String
  }

  /// The largest costs, at most three, the largest first; those below one percent are left out.
  public let costs: [Cost]
  /// What was read, in a line.
  public let heading: String

  /// Reads a trace in Chrome's format, plain or compressed: one of ``Profiler/exportChromeTrace(_:)`` or of PyTorch's profiler.
  /// - Throws: `TensorError` of kind `file` or `format` for what is no such trace.
  public init(trace path: String) throws {
    self.init(try TraceSpans(file: path), name: path)
  }

  init(_ trace: TraceSpans, name: String) {
    let lane = trace.mainLane
    let own = trace.spans.filter { $0.lane == lane && $0.kind != .module }
    let start = own.first?.start ?? 0
    let duration = max((own.map(\.end).max() ?? start) - start, 1e-3)
    let operations = own.filter { $0.kind == .operation }.count
    heading =
      "\(name): \(durationText(duration)) of the training loop's thread, \(grouped(operations)) operations"
      + (trace.isPyTorch ? " (a trace of PyTorch)" : "")
    var tally = CostTally(trace)
    tally.addSpans(in: lane)
    tally.addGaps(duration)
    costs = tally.costs(duration).filter { $0.share >= 0.01 }.prefix(3).map(\.self)
  }

  /// The costs as text for people.
  public var description: String {
    var lines = [heading, ""]
    if costs.isEmpty { lines.append("Nothing takes a hundredth of the time by itself.") }
    for (i, cost) in costs.enumerated() {
      lines.append("\(i + 1). \(cost.title): \(durationText(cost.time)), \(decimal(100 * cost.share, 1)) %")
      lines += wrapped(cost.finding, indent: "   ")
      lines += wrapped(cost.advice, indent: "   ")
      if i < costs.count - 1 { lines.append("") }
    }
    return lines.joined(separator: "\n")
  }
}

extension Profiler {
  /// The largest costs of what it has seen, and what helps.
  public func whySlow() -> SlowReport { SlowReport(TraceSpans(trace), name: "profile") }
}

/// A time as people say it: `1.20 s`, `35.0 ms`, `12.0 us`.
func durationText(_ microseconds: Double) -> String {
  microseconds >= 1e6
    ? decimal(microseconds / 1e6, 2) + " s"
    : microseconds >= 1e3 ? decimal(microseconds / 1e3, 1) + " ms" : decimal(microseconds, 1) + " us"
}

/// A number with its thousands set apart: 1,234,567.
func grouped(_ number: Int) -> String {
  let digits = Array(String(number))
  return digits.indices.map { i in
    (i > 0 && (digits.count - i) % 3 == 0 ? "," : "") + String(digits[i])
  }.joined()
}

/// `text` in lines of at most 100 characters.
private func wrapped(_ text: String, indent: String) -> [String] {
  var lines = [indent]
  for word in text.split(separator: " ") {
    if lines[lines.count - 1].count + word.count + 1 > 100, lines[lines.count - 1] != indent { lines.append(indent) }
    let line = lines.count - 1
    lines[line] += (lines[line] == indent ? "" : " ") + word
  }
  return lines
}
