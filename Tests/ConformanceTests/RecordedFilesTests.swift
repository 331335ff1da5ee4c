import ApusFormats
import ConformanceKit
import FormatsKit
import Foundation
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Fixtures/formats").path

/// Recorded files of other programs give what their own libraries read from them, and hostile ones are refused;
/// scripts/select-formats.py chooses them.
@Suite(.serialized) struct RecordedFiles {
  @Test(arguments: try FormatGroup.names(in: fixtures))
  func recordedFiles(group name: String) throws {
    let group = try FormatGroup(name: name, in: fixtures)
    var tally = Tally()
    for item in group.cases { tally.add(group.run(item), id: item.id) }
    #expect(tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n") == "")
    // Libraries of the system may be missing.
    #expect(tally.passed > 0)
  }

  /// Damaged forms of the same files neither crash nor take much time or memory. A program of its own reads them: what it
  /// starts for them are children, which a process with threads cannot have.
  @Test func damagedFiles() throws {
    let (status, text) = try conformance("formats", fixtures, "--fuzz", "300")
    #expect(status == 0, "\(text)")
  }
}

/// Runs the runner as a program of its own: its status, and what it prints.
func conformance(_ arguments: String...) throws -> (status: Int32, text: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("conformance")
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}
