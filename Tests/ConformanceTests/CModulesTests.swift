import ConformanceKit
import Foundation
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

/// Modules as C libraries, compiled with warnings as errors and compared with themselves.
@Suite struct CModulesTests {
  @Test func modulesInCGiveWhatTheyGive() throws {
    guard CProgramCheck.canCompile else { return }
    var check = CProgramCheck(.c)
    for item in try Area(name: "modules", in: fixtures + "/cases").cases { check.add(item) }
    check.run()
    #expect(check.tally.passed > 100)
    // C has no complex numbers here.
    let wrong = check.tally.failures.filter { !$0.reason.contains("complex64") }
    #expect(wrong.isEmpty, "\(wrong.map { "\($0.id): \($0.reason)" }.joined(separator: "\n"))")
  }

  @Test func modulesOfIntegersGiveWhatTheyGive() throws {
    guard CProgramCheck.canCompile else { return }
    var check = CProgramCheck(.integers)
    for item in try Area(name: "modules", in: fixtures + "/cases").cases { check.add(item) }
    check.run()
    #expect(check.tally.passed > 10 && check.withoutLayers > 100)
    #expect(check.tally.failures.isEmpty, "\(check.tally.failures.map { "\($0.id): \($0.reason)" })")
  }

  @Test func modulesInTheWebGiveWhatTheyGive() throws {
    guard CProgramCheck.canCompile, CProgramCheck.canRunModules else { return }
    var check = CProgramCheck(.wasm)
    let cases = try Area(name: "modules", in: fixtures + "/cases").cases
    for item in cases.enumerated().filter({ $0.offset % 4 == 0 }).map(\.element) { check.add(item) }
    check.run()
    // What needs a C library's functions, or complex numbers, has no module.
    #expect(Double(check.tally.passed) > 0.95 * Double(check.tally.passed + check.tally.failures.count))
  }
}
