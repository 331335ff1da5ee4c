import ConformanceKit
import Foundation
import Testing

/// Recorded cases mapped over samples agree with one call after the other, in as many operations for many samples as for
/// few.
@Suite(.serialized) struct MappedCases {
  private static let areas = [
    "elementwise", "special", "other", "reductions", "shape_indexing", "sorting", "nn_functional", "linalg",
  ]

  @Test(arguments: areas)
  func mappingAgreesWithALoop(area name: String) throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    var failures: [String] = []
    var compared = 0
    for item in try Area(name: name, in: fixtures.appendingPathComponent("cases").path).cases {
      let outcome = item.runMapped()
      failures += outcome.failures.map { "\(item.id): \($0)" }
      if outcome.goesSampleBySample { failures.append("\(item.id): sample by sample") }
      // What cannot be mapped says why.
      if let refusal = outcome.refusal,
        !["sample to sample", "random numbers", "last sample"].contains(where: refusal.contains)
      {
        failures.append("\(item.id): \(refusal)")
      }
      if outcome.isCompared { compared += 1 }
    }
    #expect(failures.joined(separator: "\n") == "")
    #expect(compared > 0)
  }
}
