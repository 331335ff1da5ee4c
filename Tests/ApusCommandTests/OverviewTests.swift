import Apus
import Foundation
import Testing

/// What the command says of itself.
@Suite struct OverviewTests {
  private let folder = FileManager.default.temporaryDirectory

  @Test func versionIsThatOfTheChanges() throws {
    let (status, output, _) = try runTool(["--version"], in: folder)
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let changes = try String(contentsOf: root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
    let newest = try #require(changes.firstMatch(of: /\n## ([0-9.]+)/)).1
    #expect(status == 0 && output == "apus \(newest)\n")
  }

  @Test func everyCommandHasAHelp() throws {
    let (_, overview, _) = try runTool(["--help"], in: folder)
    let names = overview.matches(of: #/\n  ([a-z]+)  /#).map { String($0.1) }
    #expect(names.count > 10 && names.contains("new"))
    for name in names {
      let (status, help, _) = try runTool([name, "--help"], in: folder)
      #expect(status == 0 && help.hasPrefix("usage: apus \(name)"), "\(name)")
    }
  }

  @Test func aDefaultDeviceThatIsNotThereIsTold() throws {
    let (status, _, errors) = try runTool(["demo"], in: folder, environment: ["APUS_DEVICE": "cuda:63"])
    #expect(status != 0 && errors.contains("APUS_DEVICE: there is no device cuda:63; this program has cpu"))
  }

  @Test(.enabled(if: Devices.available.contains("opencl:0"), "pocl-opencl-icd is such a device"))
  func theDemoComputesOnTheDefaultDevice() throws {
    let output = NSTemporaryDirectory() + "apus-demo-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: output) }
    func losses(_ environment: [String: String]) throws -> [Double] {
      let (status, text, errors) = try runTool(
        ["demo", "--epochs", "1", "--output", output], in: folder, environment: environment)
      #expect(status == 0, "\(errors)")
      #expect(text.contains("on opencl:0") == !environment.isEmpty)
      return text.matches(of: /epoch 1\/1 +loss ([0-9.]+)/).compactMap { Double($0.1) }
    }
    let (here, there) = (try losses([:]), try losses(["APUS_DEVICE": "opencl:0"]))
    #expect(here.count == 1 && there.count == 1)
    // Pictures with much background have equal numbers in a window of a pooling; which of them is the greatest is a matter of rounding.
    for (a, b) in zip(here, there) { #expect(abs(a - b) < 0.02) }
  }

  @Test func unknownCommandsAreAnsweredWithTheKnown() throws {
    let (status, _, errors) = try runTool(["trian"], in: folder)
    #expect(status == 2 && errors.contains("no command 'trian'") && errors.contains("demo"))
  }
}
