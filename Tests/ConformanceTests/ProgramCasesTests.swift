import ConformanceKit
import Foundation
import Testing

/// Modules and operations of recorded cases as program files: exported, loaded, called, and compared with what they give compiled, bit
/// for bit, and eagerly.
@Suite struct ProgramCasesTests {
  private static let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/cases").path

  @Test(arguments: try Area.names(in: cases).filter { !["optim", "distributions"].contains($0) })
  func casesComeBackAsTheyWere(area name: String) throws {
    var programs = try ProgramChecks()
    defer { programs.finish() }
    for item in try Area(name: name, in: Self.cases).cases {
      if name == "modules" { programs.checkModule(item) } else { programs.checkOperation(item) }
    }
    let failures = programs.tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n")
    #expect(failures == "")
    #expect(programs.tally.passed > programs.tally.skipped, "\(name): \(programs.tally.summary)")
    for reason in programs.refusals.keys where name == "modules" {
      #expect(reason.contains("draws random numbers") || reason.contains("the function stores"), "\(reason)")
    }
  }
}
