import ConformanceKit
import Foundation
import Testing

/// The folder of recorded cases beside this file.
private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
  .path

/// What failed, a line each, so that a failing expectation shows it.
private func failures(_ tally: Tally) -> String {
  tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n")
}

/// Selected cases of PyTorch's test database agree; scripts/select-conformance.py chooses them.
@Suite(.serialized) struct Conformance {
  @Test(arguments: try Area.names(in: fixtures + "/cases"))
  func recordedCases(area name: String) throws {
    let area = try Area(name: name, in: fixtures + "/cases")
    var tally = Tally()
    for item in area.cases { tally.add(item.run(area: name), id: item.id) }
    #expect(failures(tally) == "")
  }

  /// Operations of the database that those have no cases of.
  @Test(arguments: try Area.names(in: fixtures + "/further"))
  func furtherCases(area name: String) throws {
    let area = try Area(name: name, in: fixtures + "/further")
    var tally = Tally()
    for item in area.cases { tally.add(item.run(area: name), id: item.id) }
    #expect(failures(tally) == "")
    // Errors of Python itself are skipped.
    #expect(tally.passed > tally.skipped * 8, "\(name): \(tally.summary)")
  }

  /// The same on a device whose memory the host cannot read: nobody reads elements past the door.
  @Test(arguments: try Area.names(in: fixtures + "/cases"))
  func recordedCasesOnAGuardedDevice(area name: String) throws {
    installGuardedDevice()
    let area = try Area(name: name, in: fixtures + "/cases", on: "guarded")
    var tally = Tally()
    for item in area.cases { tally.add(item.run(area: name), id: item.id) }
    #expect(failures(tally) == "")
  }

  /// The same on a number type of one's own that wraps a Double.
  @Test(arguments: [
    "elementwise", "special", "other", "reductions", "shape_indexing", "sorting", "nn_functional", "masked",
  ])
  func recordedCasesOnANumberTypeOfOnesOwn(area name: String) throws {
    let area = try Area(name: name, in: fixtures + "/cases")
    var tally = Tally()
    for item in area.cases.compactMap({ $0.withElements(WrappedDouble.dtype, of: .float32) }) {
      tally.add(item.runWithElements(area: name), id: item.id)
    }
    #expect(failures(tally) == "")
    #expect(tally.passed > tally.skipped * 8, "\(name): \(tally.summary)")
  }

  @Test func pointwiseOperationsAreCovered() throws {
    for name in ["elementwise", "special"] {
      let area = try Area(name: name, in: fixtures + "/cases")
      var tally = Tally()
      for item in area.cases { tally.add(item.run(area: name), id: item.id) }
      #expect(tally.passed > tally.skipped * 8, "\(name): \(tally.summary)")
    }
  }

  @Test func printedTensors() throws {
    let tally = try checkPrinting(path: fixtures + "/printing.jsonl")
    #expect(failures(tally) == "")
    #expect(tally.passed == 150 && tally.skipped == 0)
  }

  @Test(arguments: ["parity-0.json", "parity-42.json"])
  func randomStreams(file: String) throws {
    let tally = try checkParity(path: fixtures + "/" + file)
    #expect(failures(tally) == "")
    #expect(tally.passed >= 28)
  }
}
