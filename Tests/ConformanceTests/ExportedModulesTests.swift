import ConformanceKit
import Foundation
import Testing

/// Modules of recorded cases as ONNX models. Whether others compute what they should is checked by hand, with
/// scripts/peers/check_onnx_export.py.
@Suite struct ExportedModulesTests {
  private static let cases =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/") + "/Fixtures/cases"

  @Test func everyModuleHasAForm() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-export-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var exports = try ModuleExports(to: folder)
    for item in try Area(name: "modules", in: Self.cases).cases { exports.export(item) }
    exports.exportOpen()
    try exports.finish()
    let refused = exports.tally.failures.filter { !$0.reason.contains("elements of type complex") }
    #expect(refused.isEmpty, "\(refused)")
    #expect(exports.tally.passed > 100)
  }
}
