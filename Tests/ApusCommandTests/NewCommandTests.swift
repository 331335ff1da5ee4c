import Foundation
import Testing

/// `apus new`.
@Suite struct NewCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-new-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
  }

  @Test func aPackageHasItsNames() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (status, output, _) = try runTool(["new", "my-net"], in: folder)
    #expect(status == 0 && output.contains("cd my-net") && output.contains("Sources/MyNet/Network.swift"))

    let manifest = try text("my-net/Package.swift")
    #expect(manifest.contains("name: \"my-net\"") && manifest.contains(".target(name: \"MyNet\""))
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = try #require(manifest.firstMatch(of: /path: "([^"]+)"\)\]/)).1
    let named = folder.resolvingSymlinksInPath().appendingPathComponent("my-net/\(path)").standardizedFileURL
    #expect(named.path == root.resolvingSymlinksInPath().path)
    #expect(manifest.contains("package: \"\(root.lastPathComponent)\""))

    #expect(try text("my-net/Sources/Train/main.swift").hasPrefix("import ApusEssentials\nimport MyNet\n"))
    #expect(manifest.contains(".product(name: \"ApusEssentials\""))
    #expect(try text("my-net/Tests/MyNetTests/NetworkTests.swift").contains("import MyNet"))
    #expect(try text("my-net/README.md").hasPrefix("# my-net\n"))
    #expect(try text("my-net/.gitignore").contains("runs"))
    for file in ["Package.swift", "README.md", "Sources/Train/main.swift", "Sources/MyNet/Network.swift"] {
      let content = try text("my-net/" + file)
      #expect(!content.contains("NewPackage") && !content.contains("NAME") && !content.contains("IDENTITY"))
    }
  }

  @Test func theWholeLibraryIsOneWord() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (status, _, _) = try runTool(["new", "my-net", "--whole"], in: folder)
    #expect(status == 0)
    #expect(try text("my-net/Package.swift").contains(".product(name: \"Apus\""))
    for file in ["Sources/Train/main.swift", "Sources/MyNet/Network.swift", "Tests/MyNetTests/NetworkTests.swift"] {
      #expect(try text("my-net/" + file).hasPrefix("import Apus\n"))
    }
  }

  @Test func whatIsThereStays() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let note = folder.appendingPathComponent("flowers/notes.txt")
    try FileManager.default.createDirectory(
      at: note.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: note)
    let (status, _, errors) = try runTool(["new", "flowers"], in: folder)
    #expect(status == 1 && errors.contains("is there already"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/flowers") == ["notes.txt"])
  }

  @Test(arguments: [
    (["new", "7up"], "a letter first"), (["new", "a b"], "a letter first"), (["new", "train"], "is a module already"),
    (["new"], "FOLDER is missing"), (["new", "net", "--apus", "/"], "in which the Package.swift of Apus lies"),
  ])
  func mistakesAreNamed(_ arguments: [String], _ part: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (status, _, errors) = try runTool(arguments, in: folder)
    #expect(status == 2 && errors.contains(part))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
