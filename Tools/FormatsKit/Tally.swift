import Foundation

/// Counts outcomes and remembers what failed and what is missing.
package struct Tally: Sendable {
  package private(set) var passed = 0
  package private(set) var failures: [(id: String, reason: String)] = []
  /// How often each missing thing was asked for, and the first reason.
  package private(set) var missing: [String: (count: Int, reason: String)] = [:]

  package init() {}

  package var skipped: Int { missing.values.reduce(0) { $0 + $1.count } }

  package mutating func add(_ outcome: Outcome, id: String) {
    switch outcome {
    case .passed: passed += 1
    case .failed(let reason): failures.append((id, reason))
    case .skipped(let name, let reason): missing[name, default: (0, reason)].count += 1
    }
  }

  package mutating func add(_ other: Tally) {
    passed += other.passed
    failures += other.failures
    for (name, entry) in other.missing { missing[name, default: (0, entry.reason)].count += entry.count }
  }

  /// The line that ends a report.
  package var summary: String { "\(passed) passed, \(failures.count) failed, \(skipped) skipped" }

  /// Prints the result under `name`, what is missing and the first `most` failures.
  package func report(_ name: String, most: Int = .max) {
    print("\(name): \(summary)")
    for line in missingLines { print(line) }
    for failure in failures.prefix(most) { print("  FAILED \(failure.id): \(failure.reason)") }
    if failures.count > most { print("  ... and \(failures.count - most) more failures") }
  }

  /// Prints the line that ends a report and leaves the program, with 1 after failures.
  package func finish() -> Never {
    print(summary)
    exit(failures.isEmpty ? 0 : 1)
  }

  /// What is missing, the most wanted first.
  package var missingLines: [String] {
    missing.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { "  \($0.value.count) x \($0.key): \($0.value.reason)" }
  }
}
