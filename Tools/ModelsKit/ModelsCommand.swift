import FormatsKit
import Foundation

/// What the runner of recorded models does: runs what is recorded of models, generations, tokenisers, chat templates, GGUF files and
/// adapters, and compares; or reads damaged forms of their files.
///
///     DIR [--group G] [--case NAME] [--failures N]
///     DIR --fuzz N [--group G] [--seed S] [--first K] [--seconds T] [--keep FOLDER]
///     DIR --one K --group G [--seed S]
///     --measure-tokenizer PATH --text FILE
package struct ModelsCommand {
  private var folder = ""
  private var group: String?
  private var only: String?
  private var shownFailures = 20
  private var measured: String?
  private var text = ""
  private var fuzzing = FuzzOptions()

  package static let usage = "usage: DIR [--group G] [--case NAME] [--failures N], or DIR \(FuzzOptions.usage)"

  /// Takes the words of a command line; nil where they make no sense.
  package init?(_ arguments: some Sequence<String>) {
    var words = arguments.makeIterator()
    while let word = words.next() {
      switch word {
      case "--measure-tokenizer": measured = words.next()
      case "--text": text = words.next() ?? ""
      case "--group": group = words.next()
      case "--case": only = words.next()
      case "--failures": shownFailures = words.next().flatMap { Int($0) } ?? shownFailures
      case _ where !word.hasPrefix("-") && folder.isEmpty: folder = word
      default:
        guard fuzzing.take(word, &words) else { return nil }
      }
    }
    if folder.isEmpty, measured == nil { return nil }
  }

  /// Does it, prints what came of it and leaves the program, with 1 after failures.
  package func run() throws -> Never {
    if let measured {
      try measureTokenizer(measured, text: text)
      exit(0)
    }
    let wanted = group.map { [$0] } ?? FuzzedGroups.names
    if let status = try fuzzing.run(wanted, { try FuzzedGroups.target($0, in: folder) }) { exit(status) }
    var total = Tally()
    for name in ModelGroup.names where group == nil || name == group {
      guard let tally = try ModelGroup.run(name, in: folder, only: only) else { continue }
      tally.report(name, most: shownFailures)
      total.add(tally)
    }
    total.finish()
  }
}
