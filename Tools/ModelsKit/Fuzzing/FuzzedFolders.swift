import FormatsKit
import Foundation

/// Files of folders, one of which is damaged at a time: readers are given a folder that has all others.
struct FuzzedFolders {
  let files: [FuzzFile]
  /// The folder that each file lies in, and the name that readers look for it under.
  private let places: [(folder: String, name: String)]

  /// - Parameter sources: folders, with files that are damaged under the names that readers look for.
  init(_ sources: [(folder: String, file: String, name: String)]) {
    var (files, places) = ([FuzzFile](), [(folder: String, name: String)]())
    for (folder, file, name) in sources {
      guard let found = FuzzFile(path: "\(folder)/\(file)") else { continue }
      files.append(found)
      places.append((folder, name))
    }
    (self.files, self.places) = (files, places)
  }

  /// All files in the folders in `path` for which `isWanted` says so.
  init(in path: String, where isWanted: (String) -> Bool) {
    var sources: [(folder: String, file: String, name: String)] = []
    for folder in contents(path) {
      for file in contents("\(path)/\(folder)") where isWanted(file) {
        sources.append(("\(path)/\(folder)", file, file))
      }
    }
    self.init(sources)
  }

  func folder(_ index: Int) -> String { places[index].folder }

  /// The name under which readers look for a file.
  func name(_ index: Int) -> String { places[index].name }

  /// Gives `body` a folder with the damaged file beside links to the others.
  func withDamaged(
    _ index: Int, _ bytes: [UInt8]?, in scratch: String, _ body: (_ folder: String) throws -> Void
  ) throws {
    let (folder, name) = places[index]
    let copy = "\(scratch)/damaged"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for file in contents(folder) where file != name {
      try FileManager.default.createSymbolicLink(atPath: "\(copy)/\(file)", withDestinationPath: "\(folder)/\(file)")
    }
    if let bytes { try Data(bytes).write(to: URL(fileURLWithPath: "\(copy)/\(name)")) }
    try body(copy)
  }
}

/// The names in a folder, in alphabetical order; none where there is no such folder.
func contents(_ path: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
}
