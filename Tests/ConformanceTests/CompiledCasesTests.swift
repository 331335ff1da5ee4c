import Apus
import ConformanceKit
import Foundation
import Testing

/// Recorded cases as compiled functions agree with the operations themselves, for elements that the capture has not seen.
@Suite(.serialized) struct CompiledCases {
  private static let areas = [
    "elementwise", "special", "other", "reductions", "shape_indexing", "sorting", "nn_functional", "linalg",
  ]

  @Test(arguments: areas)
  func compilingChangesNothing(area name: String) throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    var failures: [String] = []
    var compared = 0
    for item in try Area(name: name, in: fixtures.appendingPathComponent("cases").path).cases {
      let outcome = item.runCompiled(.chunks)
      failures += outcome.failures.map { "\(item.id): \($0)" }
      compared += outcome.compared
    }
    #expect(failures.joined(separator: "\n") == "")
    #expect(compared > 0)
  }
}
