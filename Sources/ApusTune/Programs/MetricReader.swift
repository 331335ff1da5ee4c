import ApusCore

/// What a program says of itself: the values of its objectives in the lines that it prints.
///
/// A line such as `accuracy=0.93` gives a value, `step=3 accuracy=0.91` one before the end. Which name is the objective: those that
/// were asked for; else `metric`, where it is there; else the last name of a line without others.
struct MetricReader {
  private let names: [String]
  private let pattern: Pattern?
  /// The last value of each name, without and with a step.
  private var finals: [String: Double] = [:]
  private var steps: [String: Double] = [:]
  private var lastName: String?

  /// A regular expression with one group for the value, or two for step and value.
  struct Pattern: @unchecked Sendable {
    // A compiled expression is not changed by matching.
    private let expression: Regex<AnyRegexOutput>

    /// - Throws: `TensorError` of kind `value` where it is none, or has no group.
    init(_ text: String) throws {
      do {
        expression = try Regex(text)
      } catch {
        throw TensorError(.value, "pattern", "'\(text)' is no regular expression: \(error)")
      }
      guard text.contains("(") else {
        throw TensorError(
          .value, "pattern", "'\(text)' has no group; the value stands in one, such as 'loss: ([0-9.]+)'")
      }
    }

    func match(_ line: String) -> (step: Int?, value: Double)? {
      guard let match = try? expression.firstMatch(in: line) else { return nil }
      let groups = match.output.dropFirst().compactMap { $0.substring.map(String.init) }
      switch groups.count {
      case 1: return Double(groups[0]).map { (nil, $0) }
      case 2...:
        guard let step = Int(groups[0]), let value = Double(groups[1]) else { return nil }
        return (step, value)
      default: return nil
      }
    }
  }

  init(names: [String], pattern: Pattern?) {
    self.names = names
    self.pattern = pattern
  }

  /// Takes a line.
  /// - Returns: the values of the objectives at a step, where the line has them all.
  mutating func read(_ line: String) -> (step: Int, values: [Double])? {
    if let pattern {
      guard let (step, value) = pattern.match(line) else { return nil }
      lastName = ""
      guard let step else {
        finals[""] = value
        return nil
      }
      steps[""] = value
      return (step, [value])
    }
    var found: [(name: String, value: Double)] = []
    var step: Int?
    for word in line.split(whereSeparator: { " \t,;".contains($0) }) {
      guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { continue }
      let text = word[word.index(after: sign)...]
      let name = String(word[..<sign])
      if name == "step" {
        step = Int(text)
      } else if let value = Double(text) {
        found.append((name, value))
      }
    }
    for (name, value) in found {
      if step == nil { finals[name] = value } else { steps[name] = value }
    }
    if found.count == 1 { lastName = found[0].name }
    guard let step else { return nil }
    let wanted = objectives
    let values = wanted.compactMap { name in found.last { $0.name == name }?.value }
    return values.count == wanted.count && !values.isEmpty ? (step, values) : nil
  }

  private var objectives: [String] {
    if !names.isEmpty { return names }
    if finals["metric"] != nil || steps["metric"] != nil { return ["metric"] }
    return lastName.map { [$0] } ?? []
  }

  /// The values at the end: those without a step, else the last ones with one.
  /// - Throws: `TensorError` of kind `value` where one is missing.
  func values() throws -> [Double] {
    let wanted = objectives
    guard !wanted.isEmpty else {
      throw TensorError(
        .value, "program",
        pattern == nil ? "it printed no value; a line such as 'metric=0.93' gives it" : "no line matches the pattern")
    }
    return try wanted.map { name in
      if let value = finals[name] ?? steps[name] { return value }
      let known = Set(finals.keys).union(steps.keys).sorted().joined(separator: ", ")
      throw TensorError(
        .value, "program", "it printed no '\(name)=...'" + (known.isEmpty ? "" : "; it printed \(known)"))
    }
  }
}
