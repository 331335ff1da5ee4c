import Foundation

/// What the runners of recorded files do: reads the files of a set and compares them with what is recorded, or reads damaged forms
/// of them.
///
///     DIR [--group G] [--case ID] [--failures N]
///     DIR --fuzz N [--group G] [--seed S] [--first K] [--seconds T] [--keep FOLDER]
///     DIR --one K --group G [--seed S]
///     --onnx-tests DIR [--case NAME] [--failures N]
package struct FormatsCommand {
  private var folder: String?
  private var group: String?
  private var only: String?
  private var backendTests: String?
  private var shownFailures = 20
  private var fuzzing = FuzzOptions()

  package static let usage =
    "usage: DIR [--group G] [--case ID] [--failures N], DIR \(FuzzOptions.usage), or --onnx-tests DIR [--case NAME]"

  /// Takes the words of a command line; nil where they make no sense.
  package init?(_ arguments: some Sequence<String>) {
    var words = arguments.makeIterator()
    while let word = words.next() {
      switch word {
      case "--group": group = words.next()
      case "--case": only = words.next()
      case "--onnx-tests": backendTests = words.next()
      case "--failures": shownFailures = words.next().flatMap { Int($0) } ?? shownFailures
      case _ where !word.hasPrefix("-") && folder == nil: folder = word
      default:
        guard fuzzing.take(word, &words) else { return nil }
      }
    }
    if folder == nil, backendTests == nil { return nil }
  }

  /// Does it, prints what came of it and gives the exit status: 1 after failures.
  package func run() throws -> Int32 {
    if let backendTests {
      let tally = try FormatsKit.backendTests(in: backendTests, only: only)
      tally.report("onnx", most: shownFailures)
      tally.finish()
    }
    let folder = folder ?? "."
    let names = try FormatGroup.names(in: folder).filter { group == nil || $0 == group }
    if let status = try fuzzing.run(names, { FormatFuzzing(try FormatGroup(name: $0, in: folder)) }) { return status }
    var total = Tally()
    for name in names {
      let cases = try FormatGroup(name: name, in: folder)
      var tally = Tally()
      for item in cases.cases where only == nil || item.id == only { tally.add(cases.run(item), id: item.id) }
      tally.report(name, most: shownFailures)
      total.add(tally)
    }
    total.finish()
  }
}
