import Apus
import ConformanceKit
import Foundation
import Testing

/// Recorded cases under the transformations of functions agree with the operations themselves.
@Suite(.serialized) struct TransformedCases {
  private static let areas = [
    "elementwise", "special", "other", "reductions", "shape_indexing", "sorting", "nn_functional", "linalg", "masked",
    "fft",
  ]

  private func cases(of area: String, on device: Device? = nil) throws -> [Case] {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    return try Area(name: area, in: fixtures.appendingPathComponent("cases").path, on: device).cases
  }

  /// Mapped over samples they come to the same as one call after the other, in as many operations for many samples as for
  /// few.
  @Test(arguments: areas)
  func mappingAgreesWithALoop(area: String) throws {
    var failures: [String] = []
    var compared = 0
    for item in try cases(of: area) {
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

  /// Compiled they come to the same for elements that the capture has not seen, on the host and on a device.
  @Test(arguments: areas, [nil, "guarded"] as [Device?])
  func compilingChangesNothing(area: String, device: Device?) throws {
    installGuardedDevice()
    var failures: [String] = []
    var compared = 0
    for item in try cases(of: area, on: device) {
      let outcome = item.runCompiled(.chunks)
      failures += outcome.failures.map { "\(item.id): \($0)" }
      compared += outcome.compared
    }
    #expect(failures.joined(separator: "\n") == "")
    #expect(compared > 0)
  }

  /// Modules, those of recorded cases and those that none has, go through compile, vmap, jvp and second derivatives.
  @Test(arguments: TransformCheck.allCases)
  func modulesGoThrough(check: TransformCheck) throws {
    let recorded = try cases(of: "modules").compactMap { CheckedModule($0) }
    #expect(Set(recorded.map(\.name)).count > 130)
    let (tally, met) = checkModules(recorded + modulesBesides, check)
    let failures = tally.failures.map { "\($0.id): \($0.reason)" }
    #expect(failures.joined(separator: "\n") == "")
    // The list of what falls back is exact.
    let listed = Set(moduleFallBacks.filter { $0.check == check }.flatMap(\.met))
    #expect(listed.subtracting(met).map(\.description).sorted() == [])
    // Packed sequences, random numbers and the like have no dual numbers.
    #expect(tally.skipped * (check == .dual ? 1 : 4) < tally.passed, "\(tally.summary)")
  }

  /// The guide has what falls back as the list has it.
  @Test func theGuideTellsWhatFallsBack() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    let guide = try String(contentsOf: root.appendingPathComponent("docs/transforms.md"), encoding: .utf8)
    let rows = guide.split(separator: "\n").filter { line in
      TransformCheck.allCases.contains { line.hasPrefix("| `\($0.rawValue)` |") }
    }
    #expect(rows.map(String.init) == moduleFallBacks.map(\.row))
  }
}
