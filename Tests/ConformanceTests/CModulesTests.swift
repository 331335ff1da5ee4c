import ConformanceKit
import Foundation
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

/// Modules as C libraries, compiled with warnings as errors and compared with themselves.
@Suite struct CModulesTests {
  @Test func modulesInCGiveWhatTheyGive() throws {
    guard CProgramCheck.canCompile else { return }
    var check = CProgramCheck()
    for item in try Area(name: "modules", in: fixtures + "/cases").cases { check.add(item) }
    check.run()
    #expect(check.tally.passed > 100)
    // C has no complex numbers here.
    let wrong = check.tally.failures.filter { !$0.reason.contains("complex64") }
    #expect(wrong.isEmpty, "\(wrong.map { "\($0.id): \($0.reason)" }.joined(separator: "\n"))")
  }
}
