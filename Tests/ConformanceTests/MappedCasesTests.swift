import ConformanceKit
import Foundation
import Testing

/// Recorded cases mapped over samples agree with one call after the other.
@Suite(.serialized) struct MappedCases {
  private static let areas = [
    "elementwise", "special", "other", "reductions", "shape_indexing", "sorting", "nn_functional", "linalg",
  ]

  @Test(arguments: areas)
  func mappingAgreesWithALoop(area name: String) throws {
    let path =
      ProcessInfo.processInfo.environment["MAPPED_PATH"]
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/cases").path
    var failures: [String] = []
    var compared = 0
    for item in try Area(name: name, in: path).cases {
      if ProcessInfo.processInfo.environment["MAPPED_REPORT"] != nil { print("CASE \(item.id)") }
      let outcome = item.runMapped()
      failures += outcome.failures.map { "\(item.id): \($0)" }
      if outcome.isCompared { compared += 1 }
      if ProcessInfo.processInfo.environment["MAPPED_REPORT"] != nil {
        if let refusal = outcome.refusal { print("REFUSED \(item.id): \(refusal)") }
        if outcome.goesSampleBySample { print("EACH \(item.id)") }
        for f in outcome.failures { print("WRONG \(item.id): \(f)") }
      }
    }
    print("AREA", name, compared)
    #expect(failures.joined(separator: "\n") == "")
  }
}
