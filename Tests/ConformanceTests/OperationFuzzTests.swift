import ConformanceKit
import Foundation
import Testing

/// Operations that are called with arguments that nobody chose.
@Suite struct OperationFuzz {
  private let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/cases").path

  /// Each call ends in a value or in an error that says what is wrong; `scripts/fuzz.sh operations` makes a million of them, in
  /// processes of their own.
  @Test func callsEndInAValueOrAnError() throws {
    let fuzzing = try OperationFuzzing(seed: 7, cases: [cases])
    var values = 0
    for number in 0..<1000 {
      if case .value = try fuzzing.attempt(number, in: NSTemporaryDirectory()) { values += 1 }
    }
    // Neither is everything refused, nor is everything taken.
    #expect((200..<900).contains(values))
  }
}
