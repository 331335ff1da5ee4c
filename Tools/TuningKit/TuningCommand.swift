import FormatsKit
import Foundation

/// Compares pruners, samplers, importances and storages with what is recorded:
///
///     DIR [--group G] [--failures N]
package struct TuningCommand {
  private var folder: String?
  private var group: String?
  private var shownFailures = 20

  package static let usage = "usage: DIR [--group G] [--failures N]"

  /// What compares a file of a folder.
  private static let checks: [(name: String, file: String, check: @Sendable (String) throws -> Tally)] = [
    ("pruners", "pruners.jsonl", checkPruners), ("sequences", "sobol_halton.jsonl", checkSequences),
    ("grid", "grid.jsonl", checkGrids),
    ("importances", "importances.jsonl", checkImportances), ("storages", "storage", checkStorageFolder),
    ("problems", "regret.json", checkProblems),
  ]

  /// Names of what is compared.
  package static var groups: [String] { checks.map(\.name) }

  /// Compares one group of a folder; nil where the folder has no file of it.
  package static func run(_ group: String, in folder: String) throws -> Tally? {
    guard let (_, file, check) = checks.first(where: { $0.name == group }) else { return nil }
    let path = "\(folder)/\(file)"
    return FileManager.default.fileExists(atPath: path) ? try check(path) : nil
  }

  /// Takes the words of a command line; nil where they make no sense.
  package init?(_ arguments: some Sequence<String>) {
    var words = arguments.makeIterator()
    while let word = words.next() {
      switch word {
      case "--group": group = words.next()
      case "--failures": shownFailures = words.next().flatMap { Int($0) } ?? shownFailures
      case _ where !word.hasPrefix("-") && folder == nil: folder = word
      default: return nil
      }
    }
    if folder == nil { return nil }
  }

  /// Does it, prints what came of it and leaves the program: with 1 after failures.
  package func run() throws {
    let folder = folder ?? "."
    var total = Tally()
    for name in Self.groups where group == nil || name == group {
      guard let tally = try Self.run(name, in: folder) else { continue }
      tally.report(name, most: shownFailures)
      total.add(tally)
    }
    total.finish()
  }
}

@Sendable private func checkStorageFolder(_ folder: String) -> Tally {
  let (passed, failed, skipped) = checkStorages(folder: folder)
  var tally = Tally()
  for i in 0..<passed { tally.add(.passed, id: "storages/\(i)") }
  for reason in failed { tally.add(.failed(reason), id: "storages") }
  for i in 0..<skipped { tally.add(.skipped("storages", "the library is not installed"), id: "storages/\(i)") }
  return tally
}
