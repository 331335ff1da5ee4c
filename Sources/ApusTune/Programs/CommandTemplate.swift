import ApusCore
import ApusTrain

/// The words of a command with braces in which settings are put: `train --lr={lr} --out runs/{trial}`.
///
/// `{{` and `}}` stand for braces. A word with a setting that a trial does not have is left out, with the option before it where the
/// word is nothing else: `--momentum {momentum}` as well as `--momentum={momentum}`.
public struct CommandTemplate: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case setting(String)
  }

  private let words: [[Piece]]
  /// The names in braces, in their order, each once.
  public let names: [String]

  /// - Parameter known: the names that may stand in braces, besides `trial` and `study`.
  /// - Throws: `TensorError` of kind `value` for a name that is not known, a brace without another, or no words at all.
  public init(_ command: [String], known: [String]) throws {
    guard !command.isEmpty else {
      throw TensorError(.value, "command", "there is none; give a program and its options, such as -- train --lr={lr}")
    }
    words = try command.map(Self.pieces)
    var names: [String] = []
    for case .setting(let name) in words.joined() where !names.contains(name) { names.append(name) }
    self.names = names
    for name in names where !known.contains(name) && name != "trial" && name != "study" {
      throw TensorError(
        .value, "command",
        "'{\(name)}' is no setting; there are \(known.joined(separator: ", ")), trial and study; write {{\(name)}} for the text itself"
      )
    }
  }

  /// The program, where its name is the same in every trial.
  var program: String? {
    let text = words[0].map { if case .text(let part) = $0 { part } else { nil } as String? }
    return text.contains(nil) ? nil : text.compactMap { $0 }.joined()
  }

  private static func pieces(_ word: String) throws -> [Piece] {
    var pieces: [Piece] = []
    var text = ""
    var rest = word[...]
    while let character = rest.popFirst() {
      switch character {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        text.append(character)
        rest.removeFirst()
      case "{":
        guard let end = rest.firstIndex(of: "}") else {
          throw TensorError(.value, "command", "'\(word)' has a '{' without a '}'; write {{ for the brace itself")
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(.setting(String(rest[..<end])))
        rest = rest[rest.index(after: end)...]
      default: text.append(character)
      }
    }
    if !text.isEmpty || pieces.isEmpty { pieces.append(.text(text)) }
    return pieces
  }

  /// The command of a trial.
  public func words(_ settings: NamedValues<SettingValue>, trial: Int, study: String) -> [String] {
    var result: [String] = []
    var isOptionAlone = false
    for word in words {
      var text = ""
      var isMissing = false
      for piece in word {
        switch piece {
        case .text(let part): text += part
        case .setting("trial"): text += "\(trial)"
        case .setting("study"): text += study
        case .setting(let name):
          if let value = settings[name] { text += value.plain } else { isMissing = true }
        }
      }
      if isMissing {
        if word.count == 1, isOptionAlone { result.removeLast() }
        isOptionAlone = false
        continue
      }
      if case .text(let first)? = word.first, word.count == 1 {
        isOptionAlone = first.hasPrefix("-") && !first.contains("=")
      } else {
        isOptionAlone = false
      }
      result.append(text)
    }
    return result
  }
}
