import Apus
import ConformanceKit
import Foundation
import Testing

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
  .path
/// A device of the machine's drivers, which is PoCL's where there is no card.
private let device: Device? = Devices.available.first { $0.type == "cuda" || $0.type == "opencl" }

/// What was recorded from PyTorch, computed by the kernels of a device.
@Suite(
  "Recorded cases on a device", .serialized,
  .enabled(if: device != nil, "needs a CUDA or OpenCL device; pocl-opencl-icd is one"))
struct DeviceCasesTests {
  @Test("The cases of PyTorch's database", arguments: try Area.names(in: fixtures + "/cases"))
  func recordedCases(area name: String) throws {
    Devices.missing = .copySilently
    defer { Devices.missing = .copy }
    let area = try Area(name: name, in: fixtures + "/cases", on: device)
    var tally = Tally()
    for item in area.cases { tally.add(item.run(area: name), id: item.id) }
    #expect(tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n") == "")
    #expect(tally.passed > tally.skipped * 8, "\(name): \(tally.summary)")
  }

  @Test("Five networks are trained as PyTorch trains them, and nothing of that is the host's")
  func trainingRuns() throws {
    Devices.missing = .error
    defer { Devices.missing = .copy }
    let tally = try checkParity(path: fixtures + "/parity-0.json", on: device ?? .cpu)
    #expect(tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n") == "")
    #expect(tally.passed >= 28)
  }
}
