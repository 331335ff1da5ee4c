import ApusCore
import ApusExchange
import ApusFormats
import Foundation

/// A file that is damaged.
package struct FuzzFile {
  package let name: String
  package let bytes: [UInt8]

  package init(name: String, _ bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

  /// The file at `path`; nil where there is none, or where it is larger than a megabyte: damage would rarely meet what decides.
  package init?(path: String, name: String? = nil) {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), data.count <= 1 << 20 else { return nil }
    self.init(name: name ?? path, Array(data))
  }
}

/// Files of one group, and what reads damaged forms of them.
package protocol FuzzTarget {
  var name: String { get }
  var files: [FuzzFile] { get }
  /// Texts that are put into damaged files: what is known to hurt readers of this kind.
  var words: [String] { get }
  /// Bytes of memory that reading may take.
  var mostMemory: Int { get }
  /// Whether the absence of a file is damage too.
  var losesFiles: Bool { get }
  /// Whether an error says what is wrong with a file.
  func isRefusal(_ error: any Error) -> Bool
  /// Reads file number `index` with the given bytes in place of its own; nil: the file is not there.
  /// - Parameter folder: where files can be written; nobody else uses it meanwhile.
  /// - Throws: a ``FormatDifference`` where it was read, and is not what was recorded.
  func read(_ index: Int, _ bytes: [UInt8]?, in folder: String) throws
}

extension FuzzTarget {
  package var words: [String] { [] }
  package var mostMemory: Int { 128 << 20 }
  package var losesFiles: Bool { false }
  package func isRefusal(_ error: any Error) -> Bool { (error as? TensorError).map { !$0.message.isEmpty } ?? false }
}

/// Files of a group of recorded ones, read as the group's runner reads them.
package struct FormatFuzzing: FuzzTarget {
  package let name: String
  package let files: [FuzzFile]
  /// Of which case a file is, under which key of its `files`, if it has several.
  private let sources: [(item: FormatCase, form: String?)]

  package init(_ group: FormatGroup) {
    name = group.name
    var sources: [(item: FormatCase, form: String?)] = []
    var files: [FuzzFile] = []
    for item in group.cases where FormatGroup.runners[group.name] != nil {
      var names: [(form: String?, name: String)] = []
      if let name = item.json["file"]?.string { names.append((nil, name)) }
      for (form, name) in (item.json["files"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        if let name = name.string { names.append((form, name)) }
      }
      for (form, name) in names {
        guard let file = FuzzFile(path: "\(item.folder)/\(name)", name: name) else { continue }
        sources.append((item, form))
        files.append(file)
      }
    }
    (self.sources, self.files) = (sources, files)
  }

  /// Programs may compute several results, each below the limit that the reader sets itself.
  package var mostMemory: Int {
    ["onnx", "keras", "keras2", FormatGroup.plainFiles].contains(name) ? 768 << 20 : 128 << 20
  }

  package func isRefusal(_ error: any Error) -> Bool { true }

  package func read(_ index: Int, _ bytes: [UInt8]?, in folder: String) throws {
    guard let runner = FormatGroup.runners[name] else { return }
    // A loop without end is refused before the process has used up its time.
    ONNXModel.maxLoopSteps = 50_000
    let (item, form) = sources[index]
    let suffix = files[index].name.split(separator: ".").last.map(String.init) ?? "bin"
    let path = "\(folder)/damaged.\(suffix)"
    defer { unlink(path) }
    try Data(bytes ?? []).write(to: URL(fileURLWithPath: path))
    for name in item.json["data_files"]?.array?.compactMap(\.string) ?? [] {
      let copy = "\(folder)/\(name.split(separator: "/").last ?? "data")"
      if !FileManager.default.fileExists(atPath: copy) {
        try FileManager.default.copyItem(atPath: "\(item.folder)/\(name)", toPath: copy)
      }
    }
    var members = item.json.object ?? [:]
    if let form {
      members["files"] = .object([form: .string(path)])
    } else {
      members["file"] = .string(path)
    }
    try runner(FormatCase(id: item.id, json: .object(members), folder: item.folder, expectation: .either))
  }
}
