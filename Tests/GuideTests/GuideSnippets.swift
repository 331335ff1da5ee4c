import Foundation
import Testing

/// Every Swift block of the README and the guides must stand in this folder, among the examples or in what `apus new` writes, as
/// code that is compiled and run.
@Suite struct GuideSnippets {
  private static let root =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/"

  private static func files(_ folder: String, _ ending: String) -> [String] {
    (FileManager.default.subpaths(atPath: root + folder) ?? []).filter { $0.hasSuffix(ending) }.sorted()
      .map { folder + "/" + $0 }
  }

  private static func read(_ path: String) throws -> String {
    try String(contentsOfFile: root + path, encoding: .utf8)
  }

  /// The lines without indentation, empty ones and imports.
  private static func bare(_ text: some Sequence<Substring>) -> [String] {
    text.map { line in String(line.drop { $0 == " " }) }.filter { !$0.isEmpty && !$0.hasPrefix("import ") }
  }

  private static let guides = ["README.md"] + files("docs", ".md")

  private static let code = Result {
    try
      (files("Tests/GuideTests", "Code.swift") + files("Examples/NewPackage", ".swift")
      + files("Examples/Networks", ".swift")).flatMap {
        bare(try read($0).split(separator: "\n"))
      }.joined(separator: "\n")
  }

  @Test(arguments: guides) func blocksAreCompiledCode(_ guide: String) throws {
    let code = try Self.code.get()
    var block: [Substring]?
    for line in try Self.read(guide).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```swift") {
        block = []
      } else if line.hasPrefix("```"), let found = block {
        let wanted = Self.bare(found).joined(separator: "\n")
        #expect(code.contains(wanted), "\(guide): this block is not compiled code:\n\(wanted)")
        block = nil
      } else {
        block?.append(line)
      }
    }
  }

  /// What a guide links to is there.
  @Test(arguments: guides) func linksLeadSomewhere(_ guide: String) throws {
    let folder = (Self.root + guide as NSString).deletingLastPathComponent
    for link in try Self.read(guide).matches(of: #/\]\(([^)\s#:]+)(#[^)]*)?\)/#) {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(link.1)"), "\(guide): \(link.1) is not there")
    }
  }
}
