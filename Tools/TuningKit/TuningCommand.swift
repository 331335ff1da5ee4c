import FormatsKit
import Foundation

/// Compares pruners, samplers, importances and storages with what is recorded:
///
///     DIR [--group G] [--failures N]
///
/// or trains the networks of the recorded tables anew and writes these:
///
///     --record-tables FILE
package struct TuningCommand {
  private var folder: String?
  private var group: String?
  private var shownFailures = 20
  private var tables: String?

  package static let usage = "usage: DIR [--group G] [--failures N], or --record-tables FILE"

  /// What compares a file of a folder.
  private static let checks: [(name: String, file: String, check: @Sendable (String) throws -> Tally)] = [
    ("pruners", "pruners.jsonl", checkPruners), ("sequences", "sobol_halton.jsonl", checkSequences),
    ("grid", "grid.jsonl", checkGrids),
    ("importances", "importances.jsonl", checkImportances), ("storages", "storage", checkStorageFolder),
    ("problems", "regret.json", checkProblems), ("tables", "digit_tables.json", checkTables),
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
      case "--record-tables": tables = words.next()
      case _ where !word.hasPrefix("-") && folder == nil: folder = word
      default: return nil
      }
    }
    if (folder == nil) == (tables == nil) { return nil }
  }

  /// Does it; a comparison prints what came of it and leaves the program, with 1 after failures.
  package func run() throws {
    if let tables {
      return try DigitTables.recorded { name, row in if row % 100 == 0 { print(name, row) } }
        .write(toFile: tables, atomically: true, encoding: .utf8)
    }
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
