/// A subcommand of `apus`.
protocol Command {
  static var name: String { get }
  /// What it does, in a line.
  static var abstract: String { get }
  /// The text of `--help`.
  static var usage: String { get }
  static func run(_ options: inout Options) throws
}

/// A call that does not fit the usage.
struct UsageError: Error {
  var message: String
}

/// The arguments of a subcommand, taken one by one; what is left at the end is a mistake.
struct Options {
  private var arguments: [String]

  init(_ arguments: [String], usage: String) { self.arguments = arguments }

  /// Whether `name` was given.
  mutating func flag(_ name: String) -> Bool {
    guard let i = arguments.firstIndex(of: name) else { return false }
    arguments.remove(at: i)
    return true
  }

  /// The text behind `name` (`--name VALUE` or `--name=VALUE`), or nil.
  mutating func text(_ name: String) throws(UsageError) -> String? {
    if let i = arguments.firstIndex(where: { $0.hasPrefix(name + "=") }) {
      return String(arguments.remove(at: i).dropFirst(name.count + 1))
    }
    guard let i = arguments.firstIndex(of: name) else { return nil }
    guard i + 1 < arguments.count else { throw UsageError(message: "\(name) needs a value") }
    let value = arguments[i + 1]
    arguments.removeSubrange(i...(i + 1))
    return value
  }

  /// The whole number behind `name`, or nil.
  mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = try text(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw UsageError(
        message: "\(name) needs a whole number from \(range.lowerBound) to \(range.upperBound), and found '\(text)'")
    }
    return value
  }

  /// Says no to what nothing has taken.
  func finish() throws(UsageError) {
    if let rest = arguments.first { throw UsageError(message: "unknown argument '\(rest)'") }
  }
}
