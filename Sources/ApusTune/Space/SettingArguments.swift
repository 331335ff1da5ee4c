import ApusCore
import ApusTrain

extension SearchSpace {
  /// Settings from the words of a command line: `--lr 0.01 --layers=3 --shuffle false`. What is not given keeps its default.
  /// - Throws: `TensorError` of kind `value` for a word that is no setting (the message names the nearest one), a missing value, and
  ///   a value outside the range.
  public init(arguments: [String]) throws {
    self.init()
    var words = arguments[...]
    while let word = words.popFirst() {
      guard word.hasPrefix("--") else {
        throw TensorError(.value, "command line", "'\(word)' is no setting; settings begin with '--'")
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      let name = parts[0]
      let property = try property(name, of: "command line")
      guard let text = parts.count > 1 ? parts[1] : words.popFirst() else {
        throw TensorError(.value, "command line", "--\(name) needs a value: \(property.distribution.words)")
      }
      let distribution = try property.distribution.validated(name)
      guard let number = distribution.internalValue(text: text), distribution.contains(number) else {
        throw TensorError(.value, "command line", "--\(name) takes \(distribution.words), and got '\(text)'")
      }
      property.set(number)
    }
  }

  /// The settings with what they are, their defaults and what they may be, a line each.
  public static var help: String {
    let all = Self().properties
    let width = all.map { $0.name.count }.max() ?? 0
    return all.map { name, property in
      let value = property.distribution.value(property.internal)?.plain ?? "none"
      let help = property.help.isEmpty ? "" : property.help + ": "
      return "  --" + name + String(repeating: " ", count: width - name.count + 2) + help
        + "\(property.distribution.words) (default \(value))"
    }.joined(separator: "\n")
  }
}

extension ParameterDistribution {
  /// What it allows, in words.
  var words: String {
    switch self {
    case .float(let low, let high, let log, let step):
      "a number from \(low) to \(high)" + (step.map { " in steps of \($0)" } ?? "") + (log ? ", by its logarithm" : "")
    case .int(let low, let high, let log, let step):
      "a whole number from \(low) to \(high)" + (step > 1 ? " in steps of \(step)" : "")
        + (log ? ", by its logarithm" : "")
    case .categorical(let choices): "one of " + choices.map(\.plain).joined(separator: ", ")
    }
  }

  /// The internal value of what somebody typed; nil where it is none.
  func internalValue(text: String) -> Double? {
    switch self {
    case .float: Double(text).flatMap { $0.isNaN ? nil : $0 }
    case .int: Int(text).map { Double($0) }
    case .categorical(let choices): choices.firstIndex { $0.plain == text }.map { Double($0) }
    }
  }
}

extension SettingValue {
  /// The value without quotes.
  package var plain: String {
    switch self {
    case .none: "none"
    case .string(let text): text
    case .bool, .int, .double, .list, .dictionary: json
    }
  }
}
