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

  /// What is missing, the most wanted first.
  package var missingLines: [String] {
    missing.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { "  \($0.value.count) x \($0.key): \($0.value.reason)" }
  }
}
