import Foundation

/// The words of a command line that ask for damaged files, and the runs that they ask for.
package struct FuzzOptions {
  private var count: Int?
  private var seed: UInt64 = 1
  private var first = 0
  private var seconds = Double.infinity
  private var keep: String?
  private var one: Int?

  package static let usage = "--fuzz N [--group G] [--seed S] [--first K] [--seconds T] [--keep FOLDER]"

  package init() {}

  /// Takes a word and what belongs to it; false where it is another one.
  package mutating func take(_ word: String, _ words: inout some IteratorProtocol<String>) -> Bool {
    switch word {
    case "--fuzz": count = words.next().flatMap { Int($0) }
    case "--seed": seed = words.next().flatMap { UInt64($0) } ?? seed
    case "--first": first = words.next().flatMap { Int($0) } ?? first
    case "--seconds": seconds = words.next().flatMap { Double($0) } ?? seconds
    case "--keep": keep = words.next()
    case "--one": one = words.next().flatMap { Int($0) }
    default: return false
    }
    return true
  }

  /// Reads damaged files of the groups and prints what came of it. Gives the exit status, 1 after failures; nil where nothing of
  /// the kind was asked for.
  package func run(_ groups: [String], _ target: (String) throws -> any FuzzTarget) throws -> Int32? {
    if let one, let group = groups.first {
      print(try Fuzzing(target(group), seed: seed).readOne(one))
      return 0
    }
    guard let count else { return nil }
    var failures = 0
    for group in groups { failures += try run(target(group), count) }
    return failures == 0 ? 0 : 1
  }

  /// Makes attempts, as ``run(_:_:)`` reads files.
  package func run(_ attempts: (_ seed: UInt64) throws -> any FuzzAttempts) throws -> Int32? {
    let attempts = try attempts(seed)
    let fuzzing = FuzzRun(attempts, seed: seed)
    if let one {
      print(attempts.details(one))
      fflush(nil)
      print(try fuzzing.makeOne(one))
      return 0
    }
    guard let count else { return nil }
    let report = try fuzzing.run(first: first, count: count, seconds: seconds) { line in
      print(line)
      fflush(nil)
    }
    for line in report.sharedReasons { print("  \(line)") }
    print(
      "\(attempts.name): \(report.count) attempts, \(report.read) came to a value, \(report.refused) refused, "
        + "\(report.failures.count) failed")
    return report.failures.isEmpty ? 0 : 1
  }

  private func run(_ target: any FuzzTarget, _ count: Int) throws -> Int {
    let fuzzing = Fuzzing(target, seed: seed)
    guard fuzzing.isPossible else {
      print("\(target.name): nothing to read, or nothing that reads it")
      return 0
    }
    let report = try fuzzing.run(first: first, count: count, seconds: seconds, keep: keep) { line in
      print(line)
      fflush(nil)
    }
    for line in report.sharedReasons { print("  \(line)") }
    print(
      "\(target.name): \(report.count) damaged files, \(report.read) read, \(report.refused) refused, "
        + "\(report.failures.count) failed")
    fflush(nil)
    return report.failures.count
  }
}
