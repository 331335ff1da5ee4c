import Apus
import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `apus new`: a package of one's own that trains, is tested and runs at once.
struct NewCommand: Command {
  static let name = "new"
  static let summary = "write a package of your own with a network, its training and its tests"
  static let help = """
    usage: apus new FOLDER [--whole] [--apus FOLDER]

    Writes a Swift package that depends on Apus: a network as a library, a program that trains it on handwritten digits, tests and
    a README. The last part of FOLDER names it. A folder that has something in it is left alone.

    The package has what networks of its own and their training need, ApusEssentials, which is built quickly and makes small
    programs. Published models, other formats of models, pictures changed and more are in Apus, which is one word to change, or --whole.

    options:
      --whole         all of Apus
      --apus FOLDER   where the sources of Apus lie; without it those that this program was built in, or those around
                      the current folder
    """

  private let folder: String
  private let package: PackageName
  private let apus: String
  private let isWhole: Bool

  init(_ words: inout Words) throws {
    let given = try words.take("--apus")
    isWhole = words.takeFlag("--whole")
    folder = try words.takeOperand("FOLDER")
    package = try PackageName(of: folder)
    apus = try Self.sources(given)
  }

  func run() throws {
    guard !fileExists(folder) || isFolder(folder) && folderContents(folder).isEmpty else {
      throw TensorError(
        .file, folder, "this is there already, and stays as it is; give the path of a folder that is new or empty")
    }
    try makeFolders(folder)
    let here = try resolved(folder)
    for (path, text) in Template.files {
      let place = here + "/" + package.filled(path, apus: "", identity: "")
      try makeFolder(of: place)
      let content = package.filled(
        isWhole && path.hasSuffix(".swift") ? text.replacing("ApusEssentials", with: "Apus") : text,
        apus: relativePath(from: here, to: apus), identity: splitPath(apus).name)
      try writeText(content + "\n", to: place)
    }
    print(
      """
      \(folder) has a network, a program that trains it, and tests. Try it:

        cd \(folder)
        swift run -c release train
        swift test

      The first build takes some minutes, since Apus is built with it. Begin with Sources/\(package.module)/Network.swift.
      """)
  }

  /// The folder of the sources of Apus.
  static func sources(_ given: String?) throws -> String {
    if let given {
      guard isSources(given) else {
        throw UsageError(message: "--apus needs the folder in which the Package.swift of Apus lies; '\(given)' is none")
      }
      return try resolved(given)
    }
    for start in ["/proc/self/exe", "."] {
      var folder = try resolved(start)
      while folder != "/", folder != "." {
        if isSources(folder) { return folder }
        folder = splitPath(folder).folder
      }
    }
    throw UsageError(message: "this program does not lie in the sources of Apus: say where they are by --apus FOLDER")
  }

  private static func isSources(_ folder: String) -> Bool {
    fileExists(folder + "/Package.swift") && isFolder(folder + "/Sources/ApusCore")
  }
}

/// The names of a new package.
struct PackageName {
  /// As the folder is called.
  let name: String
  /// That of its module: `my-net` has `MyNet`.
  let module: String

  init(of folder: String) throws {
    name = splitPath(String(folder.reversed().drop { $0 == "/" }.reversed())).name
    let parts = name.split { $0 == "-" || $0 == "_" }
    module = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    let isPlain = name.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || $0 == "-" || $0 == "_")
    }
    guard isPlain, module.first?.isLetter == true else {
      throw UsageError(
        message: "a package is named by letters, digits, - and _, a letter first; '\(name)' is not, 'my-net' would be")
    }
    let taken = Self.taken.first { $0.lowercased() == module.lowercased() }
    if let taken {
      throw UsageError(message: "\(taken) is a module already; choose another name, such as 'my-\(name)'")
    }
  }

  /// Modules that there are in a program with Apus.
  private static let taken = [
    "Apus", "ApusEssentials", "Train", "Testing", "Swift", "Foundation", "Main", "Network", "Tensor",
  ]

  /// A text of the template with the names in it.
  func filled(_ text: String, apus: String, identity: String) -> String {
    var result = text
    for (mark, value) in [("NewPackage", module), ("NAME", name), ("APUS", apus), ("IDENTITY", identity)] {
      result = result.replacing(mark, with: value)
    }
    return result
  }
}

/// The path without links, from the root.
func resolved(_ path: String) throws -> String {
  guard let found = realpath(path, nil) else {
    throw TensorError(.file, path, String(cString: strerror(errno)))
  }
  defer { free(found) }
  return String(cString: found)
}

/// The way from one folder to another, both from the root.
func relativePath(from start: String, to end: String) -> String {
  let (from, to) = (start.split(separator: "/"), end.split(separator: "/"))
  let shared = zip(from, to).prefix { $0 == $1 }.count
  let steps = Array(repeating: "..", count: from.count - shared) + to.dropFirst(shared).map(String.init)
  return steps.isEmpty ? "." : steps.joined(separator: "/")
}
