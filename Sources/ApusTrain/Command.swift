/// A command of the tool.
package protocol Command {
  static var name: String { get }
  /// One line for the list of commands.
  static var summary: String { get }
  static var help: String { get }

  /// Runs the command with the words after its name.
  static func execute(_ arguments: [String]) throws

  /// Takes the options that it knows.
  init(_ words: inout Words) throws
  func run() throws
}

extension Command {
  /// Runs the command, or prints its help.
  package static func execute(_ arguments: [String]) throws {
    var words = Words(arguments)
    if words.takeFlag("--help") || words.takeFlag("-h") {
      print(help)
      return
    }
    let command = try Self(&words)
    try words.finish()
    try command.run()
  }
}

/// A call that makes no sense.
package struct UsageError: Error {
  package let message: String
  /// The part of the command that was called, where it has parts.
  package var part: String?

  package init(message: String, part: String? = nil) {
    self.message = message
    self.part = part
  }
}

/// The words after a command, from which options are taken.
package struct Words {
  private var words: [String]
  private var known: [String] = []

  package init(_ words: [String]) {
    // `--epochs=5` is `--epochs 5`.
    self.words = words.flatMap { word -> [String] in
      guard word.hasPrefix("--"), let sign = word.firstIndex(of: "=") else { return [word] }
      return [String(word[..<sign]), String(word[word.index(after: sign)...])]
    }
  }

  /// Whether `name` is there.
  package mutating func takeFlag(_ name: String) -> Bool {
    known.append(name)
    guard let i = words.firstIndex(of: name) else { return false }
    words.remove(at: i)
    return true
  }

  /// The word after `name`, if that is there.
  package mutating func take(_ name: String) throws -> String? {
    known.append(name)
    guard let i = words.firstIndex(of: name) else { return nil }
    guard i + 1 < words.count else { throw UsageError(message: "\(name) needs a value") }
    let value = words[i + 1]
    words.removeSubrange(i...(i + 1))
    return value
  }

  /// The names and values after `name`, written `NAME=VALUE`, as often as it is there.
  package mutating func takePairs(_ name: String) throws -> [(path: String, value: String)] {
    var pairs: [(path: String, value: String)] = []
    while let text = try take(name) {
      guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
        throw UsageError(message: "\(name) needs NAME=VALUE, and got '\(text)'")
      }
      pairs.append((String(text[..<sign]), String(text[text.index(after: sign)...])))
    }
    return pairs
  }

  /// Takes all sizes `--size NAME=N`.
  package mutating func takeSizes() throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    for (name, text) in try takePairs("--size") {
      guard let size = Int(text), (1...1 << 20).contains(size) else {
        throw UsageError(message: "--size needs NAME=N with a number from 1 to \(1 << 20), and got '\(name)=\(text)'")
      }
      sizes[name] = size
    }
    return sizes
  }

  /// The whole number after `name`, if that is there, which must be in `range`.
  package mutating func takeNumber(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = try take(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      let bound =
        range.upperBound == .max ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
      throw UsageError(message: "\(name) needs a whole number \(bound), and got '\(text)'")
    }
    return number
  }

  /// The next word that is no option (a negative number is none), called `name` in the help.
  package mutating func takeOperand(_ name: String) throws -> String {
    guard let i = words.firstIndex(where: { !$0.hasPrefix("-") || $0 == "-" || Double($0) != nil }) else {
      throw UsageError(message: "\(name) is missing")
    }
    return words.remove(at: i)
  }

  /// Checks that nothing is left over.
  package func finish() throws {
    guard let word = words.first else { return }
    throw UsageError(message: "'\(word)' is no option; there are \(known.joined(separator: ", "))")
  }
}
