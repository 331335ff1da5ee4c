import ApusCore
import FormatsKit
import Foundation

/// What is done with the operations of the registry as a whole.
///
///     [DIR] --fuzz N [--op NAME] [--seed S] [--first K] [--seconds T]    calls with drawn arguments, and with those of the cases in DIR, changed
///     [DIR] --one K [--op NAME] [--seed S]                               one of them, without protection
///     DIR... --derivatives [--op NAME]                                   the first and second derivatives of every operation, checked numerically
///     DIR... --page                                                      docs/operations.md, from the cases in the folders
package struct OperationsCommand {
  private var folders: [String] = []
  private var only: String?
  private var writesPage = false
  private var checksDerivatives = false
  private var fuzzing = FuzzOptions()

  package static let usage =
    "usage: [DIR] --fuzz N|--one K [--op NAME] [--seed S] [--first K] [--seconds T], or DIR... --page|--derivatives"

  /// Takes the words of a command line; nil where they make no sense.
  package init?(_ arguments: some Sequence<String>) {
    var words = arguments.makeIterator()
    while let word = words.next() {
      switch word {
      case "--op": only = words.next()
      case "--page": writesPage = true
      case "--derivatives": checksDerivatives = true
      case _ where !word.hasPrefix("-"): folders.append(word)
      default:
        guard fuzzing.take(word, &words) else { return nil }
      }
    }
  }

  /// Does it, prints what came of it and gives the exit status: 1 after failures, 2 where nothing was asked for.
  package func run() throws -> Int32 {
    if let only, knownOperations.operations(named: only).isEmpty {
      print("conformance operations: there is no operation \(only)")
      return 2
    }
    if checksDerivatives, !folders.isEmpty {
      var tally = Tally()
      for operation in OperationDerivatives.all(try folders.flatMap(Self.areas), only: only) {
        tally.add(operation.outcome, id: operation.name)
      }
      tally.report("derivatives of operations", most: 200)
      return tally.failures.isEmpty ? 0 : 1
    }
    if writesPage, !folders.isEmpty {
      let rules = OperationRules.all(try folders.flatMap(Self.areas))
      print(OperationRules.page(rules), terminator: "")
      for line in OperationRules.disagreements(rules) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
      return 0
    }
    if let status = try fuzzing.run({ try OperationFuzzing(seed: $0, cases: folders, only: only) }) { return status }
    print("conformance operations: \(Self.usage)")
    return 2
  }

  /// The areas in a folder whose cases call operations.
  package static func areas(_ folder: String) throws -> [Area] {
    try Area.names(in: folder).filter { !["modules", "optim", "distributions"].contains($0) }.map {
      try Area(name: $0, in: folder)
    }
  }
}
