import Apus
import ApusCore
import ApusFormats

/// A package of one's own with the source of a recipe, to be changed.
enum RecipePackage {
  static func write(_ entry: RecipeEntry, to folder: String) throws {
    guard !fileExists(folder) || isFolder(folder) && folderContents(folder).isEmpty else {
      throw TensorError(
        .file, folder, "this is there already, and stays as it is; give the path of a folder that is new or empty")
    }
    let sources = try NewCommand.sources(nil)
    let package = try PackageName(of: folder)
    let recipe = try readText("\(sources)/Sources/ApusRecipes/Recipes/\(entry.file)")
    try makeFolders(folder)
    let here = try resolved(folder)
    let type = String(entry.file.dropLast(".swift".count))
    let settings = type.replacing("Recipe", with: "Settings")
    let presets = entry.presets.map { "try settings.set(\(quotedJSON($0.path)), \(quotedJSON($0.value)))\n" }.joined()
    let files = [
      (
        "Package.swift",
        """
        // swift-tools-version: 6.0
        import PackageDescription

        let package = Package(
          name: "\(package.name)",
          dependencies: [.package(path: "\(relativePath(from: here, to: sources))")],
          targets: [
            .executableTarget(
              name: "\(package.module)", dependencies: [.product(name: "Apus", package: "\(splitPath(sources).name)")])
          ]
        )

        """
      ),
      (
        "Sources/\(package.module)/main.swift",
        """
        import Apus

        // swift run -c release \(package.module) model.path=MODEL data.files=FILE lora.rank=16 [--resume]

        let words = CommandLine.arguments.dropFirst()
        var settings = \(settings)()
        \(presets)for word in words where word != "--resume" { try settings.set(word) }
        let report = try \(type)(settings).run(resumes: words.contains("--resume"))
        print("\\(report.steps) steps in \\(report.seconds) s, wrote \\(report.written.joined(separator: ", "))")

        """
      ),
      (
        "Sources/\(package.module)/\(entry.file)",
        "import Apus\n"
          + recipe.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("import ") }
          .joined(separator: "\n")
      ),
    ]
    for (path, text) in files {
      try makeFolder(of: "\(here)/\(path)")
      try writeText(text, to: "\(here)/\(path)")
    }
    print(
      """
      \(folder) has the recipe '\(entry.name)' in Sources/\(package.module)/\(entry.file), to be changed. Try it:

        cd \(folder)
        swift run -c release \(package.module) model.path=MODEL data.files=FILE

      The first build takes some minutes, since Apus is built with it.
      """)
  }
}
