import FormatsKit
import Foundation
import Testing
import TuningKit

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Fixtures/tuning").path

/// Recorded studies of Optuna; scripts/select-tuning.py chooses them. Its storages are no part of these fixtures.
@Suite struct RecordedStudies {
  @Test(arguments: TuningCommand.groups.filter { $0 != "storages" })
  func recorded(group: String) throws {
    let tally = try #require(try TuningCommand.run(group, in: fixtures))
    #expect(tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n") == "")
    #expect(tally.passed > 0)
  }
}
