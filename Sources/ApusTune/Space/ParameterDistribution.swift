import ApusCore
import ApusTrain

/// What values a parameter may take: a range of numbers or one of several choices.
///
/// A study keeps every value as one `Double`, its *internal* value: the number itself, or the position of the choice. The forms,
/// and what they mean, are those of Optuna's `FloatDistribution`, `IntDistribution` and `CategoricalDistribution`.
public enum ParameterDistribution: Sendable, Hashable {
  /// Numbers from `low` to `high`, both possible. With a `step` only `low`, `low + step` ...; with `log` the logarithm is spread
  /// evenly, and `low` must be positive.
  case float(low: Double, high: Double, log: Bool = false, step: Double? = nil)
  /// Whole numbers from `low` to `high`, both possible, in steps; with `log` the step must be 1 and `low` at least 1.
  case int(low: Int, high: Int, log: Bool = false, step: Int = 1)
  /// One of several values.
  case categorical([SettingValue])

  /// The distribution with its end lowered to the last step.
  /// - Throws: `TensorError` of kind `value` where it is none: an empty range, a step that is not positive, a logarithm of what
  ///   is not positive, no choices.
  public func validated(_ name: String) throws -> ParameterDistribution {
    func mistake(_ message: String) -> TensorError { TensorError(.value, "parameter '\(name)'", message) }
    switch self {
    case .float(let low, let high, let log, let step):
      guard low.isFinite, high.isFinite else { throw mistake("the range \(low)...\(high) is not finite") }
      guard low <= high else { throw mistake("the range is empty: its low end \(low) lies above its high end \(high)") }
      if log {
        guard step == nil else { throw mistake("a range has a step or is logarithmic, not both") }
        guard low > 0 else { throw mistake("a logarithmic range needs a positive low end, not \(low)") }
      }
      guard let step else { return self }
      guard step > 0, step.isFinite else { throw mistake("the step must be positive, not \(step)") }
      return .float(low: low, high: Self.lastStep(low: low, high: high, step: step), log: false, step: step)
    case .int(let low, let high, let log, let step):
      guard low <= high else { throw mistake("the range is empty: its low end \(low) lies above its high end \(high)") }
      guard step > 0 else { throw mistake("the step must be positive, not \(step)") }
      guard max(low.magnitude, high.magnitude) <= 1 << 53 else {
        throw mistake("\(low)...\(high) has numbers that a Double does not hold exactly; the largest is 2^53")
      }
      if log {
        guard step == 1 else { throw mistake("a logarithmic range of whole numbers has steps of 1, not \(step)") }
        guard low > 0 else { throw mistake("a logarithmic range needs a low end of at least 1, not \(low)") }
      }
      return .int(low: low, high: low + (high - low) / step * step, log: log, step: step)
    case .categorical(let choices):
      guard !choices.isEmpty else { throw mistake("there are no choices") }
      return self
    }
  }

  /// Whether only one value is possible.
  public var isSingle: Bool {
    switch self {
    case .float(let low, let high, _, let step): low == high || step.map { high - low < $0 } ?? false
    case .int(let low, let high, let log, let step): low == high || (!log && high - low < step)
    case .categorical(let choices): choices.count == 1
    }
  }

  /// The internal value of the only possible value, where ``isSingle``.
  var singleValue: Double {
    switch self {
    case .float(let low, _, _, _): low
    case .int(let low, _, _, _): Double(low)
    case .categorical: 0
    }
  }

  /// Whether an internal value is one of this distribution.
  public func contains(_ value: Double) -> Bool {
    switch self {
    case .float(let low, let high, _, let step):
      guard low <= value, value <= high else { return false }
      guard let step else { return true }
      let steps = (value - low) / step
      return abs(steps - steps.rounded()) < 1e-8
    case .int(let low, let high, _, let step):
      guard let whole = Int(exactly: value), low <= whole, whole <= high else { return false }
      return (whole - low) % step == 0
    case .categorical(let choices):
      guard let position = Int(exactly: value) else { return false }
      return choices.indices.contains(position)
    }
  }

  /// The value that an internal value stands for; nil for a position that no choice has.
  public func value(_ internal: Double) -> SettingValue? {
    switch self {
    case .float: .double(`internal`)
    case .int: Int(exactly: `internal`.rounded(.towardZero)).map { .int($0) }
    case .categorical(let choices):
      Int(exactly: `internal`).flatMap { choices.indices.contains($0) ? choices[$0] : nil }
    }
  }

  /// The internal value of a value.
  /// - Throws: `TensorError` of kind `value` where it has none: a text for a number, a choice that is not there.
  public func internalValue(_ value: SettingValue, _ name: String) throws -> Double {
    func mistake(_ wanted: String) -> TensorError {
      TensorError(.value, "parameter '\(name)'", "\(value.json) is not \(wanted)")
    }
    switch self {
    case .float:
      switch value {
      case .double(let number) where !number.isNaN: return number
      case .int(let number): return Double(number)
      case .bool(let truth): return truth ? 1 : 0
      case .string(let text):
        guard let number = Double(text), !number.isNaN else { throw mistake("a number") }
        return number
      case .none, .double, .list, .dictionary: throw mistake("a number")
      }
    case .int:
      switch value {
      case .int(let number): return Double(number)
      case .double(let number) where number.isFinite: return number.rounded(.towardZero)
      case .bool(let truth): return truth ? 1 : 0
      case .string(let text):
        guard let number = Int(text) else { throw mistake("a whole number") }
        return Double(number)
      case .none, .double, .list, .dictionary: throw mistake("a whole number")
      }
    case .categorical(let choices):
      guard let position = choices.firstIndex(where: { $0.isSameChoice(as: value) }) else {
        throw mistake("one of the choices " + choices.map(\.json).joined(separator: ", "))
      }
      return Double(position)
    }
  }

  /// Whether a study may have both for one parameter: ranges may change, the kind, the logarithm and the choices may not.
  /// - Throws: `TensorError` of kind `value` that says what differs.
  func requireCompatible(with other: ParameterDistribution, _ name: String) throws {
    func mistake(_ message: String) -> TensorError { TensorError(.value, "parameter '\(name)'", message) }
    switch (self, other) {
    case (.float(_, _, let a, _), .float(_, _, let b, _)), (.int(_, _, let a, _), .int(_, _, let b, _)):
      guard a == b else {
        throw mistake("it was \(a ? "logarithmic" : "linear") before and is \(b ? "logarithmic" : "linear") now")
      }
    case (.categorical(let a), .categorical(let b)):
      guard a.count == b.count, zip(a, b).allSatisfy({ $0.isSameChoice(as: $1) }) else {
        func text(_ choices: [SettingValue]) -> String { "[" + choices.map(\.json).joined(separator: ", ") + "]" }
        throw mistake("its choices were \(text(a)) before and are \(text(b)) now; a study keeps a parameter's choices")
      }
    case (.float, _), (.int, _), (.categorical, _):
      throw mistake("it was \(kind) before and is \(other.kind) now; give the new one another name")
    }
  }

  private var kind: String {
    switch self {
    case .float: "a range of numbers"
    case .int: "a range of whole numbers"
    case .categorical: "a choice"
    }
  }

  /// The last of `low`, `low + step` ... that is not above `high`, in decimal arithmetic: from 0 to 0.35 in steps of 0.1 it is
  /// 0.3.
  private static func lastStep(low: Double, high: Double, step: Double) -> Double {
    let quotient = (high - low) / step
    let nearest = quotient.rounded()
    if abs(quotient - nearest) <= 1e-9 * max(1, abs(quotient)) { return high }
    let last = low + quotient.rounded(.down) * step
    let digits = max(decimals(low), decimals(step))
    guard digits <= 15, abs(last) < 1e6 else { return last }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return (last * scale).rounded() / scale
  }

  /// Digits after the point of the shortest decimal of a number.
  private static func decimals(_ value: Double) -> Int {
    let parts = "\(value)".split(separator: "e")
    let fraction = parts[0].split(separator: ".").dropFirst().first ?? "0"
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    return max(0, (fraction == "0" ? 0 : fraction.count) - exponent)
  }
}

extension SettingValue {
  /// Whether two choices are the same: equal, or both not a number.
  func isSameChoice(as other: SettingValue) -> Bool {
    if case .double(let a) = self, case .double(let b) = other { return a == b || (a.isNaN && b.isNaN) }
    return self == other
  }
}
