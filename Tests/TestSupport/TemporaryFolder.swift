import Foundation

/// A folder of its own for one test, in the place that `TMPDIR` names, removed with all that is in it.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() {
    let name = "apus-test-\(UUID().uuidString)"
    path = FileManager.default.temporaryDirectory.appendingPathComponent(name, isDirectory: true).path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      fatalError("no folder for the files of a test: \(error)")
    }
  }

  /// The path of a file called `name` in the folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// What is in the folder, sorted.
  package var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Writes a file without the library under test.
package func put(_ bytes: [UInt8], at path: String) {
  precondition(FileManager.default.createFile(atPath: path, contents: Data(bytes)), "\(path) cannot be written")
}

/// All bytes of a file; empty when it cannot be read.
package func contents(of path: String) -> [UInt8] {
  FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
}
