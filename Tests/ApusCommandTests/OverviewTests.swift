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

  @Test func unknownCommandsAreAnsweredWithTheKnown() throws {
    let (status, _, errors) = try runTool(["trian"], in: folder)
    #expect(status == 2 && errors.contains("no command 'trian'") && errors.contains("demo"))
  }
}
