import ApusCore
import ApusFormats

/// Reads the rows of files, one file after the other.
struct RowReader {
  private var files: ArraySlice<String>
  private let split: TextSplit
  private var source: (any RowSource)?

  /// - Parameter paths: files, folders or patterns of files; `~` is the home folder and `-` JSON lines of the standard input.
  /// - Throws: `TensorError` where nothing is there or a file is of no kind that is read.
  init(_ paths: [String], split: TextSplit) throws {
    guard !paths.isEmpty else {
      throw TensorError(.value, "data", "no file of examples is given; give a .jsonl, .csv, .parquet or .txt file")
    }
    var found: [String] = []
    for path in paths {
      if path == "-" {
        found.append(path)
        continue
      }
      for match in try matchingPaths(path) {
        if isFolder(match) {
          let inside = Self.files(in: match)
          guard !inside.isEmpty else {
            throw TensorError(.file, match, "the folder has no file of examples; \(Self.kinds) are read")
          }
          found += inside
        } else {
          found.append(match)
        }
      }
    }
    (files, self.split) = (found[...], split)
  }

  /// The next row; nil behind the last one of the last file.
  mutating func next() throws -> RawRow? {
    while true {
      if source == nil {
        guard let file = files.popFirst() else { return nil }
        source = try Self.source(file, split)
      }
      if let row = try source?.next() { return row }
      source = nil
    }
  }

  private static let kinds = ".jsonl, .json, .csv, .tsv, .parquet, .arrow, .txt and .md"

  private enum Kind { case lines, json, csv, tsv, parquet, arrow, text }

  private static func kind(_ path: String) -> Kind? {
    if path == "-" { return .lines }
    var name = splitPath(path).name.lowercased()
    for wrapper in [".gz", ".zst", ".zip"] where name.hasSuffix(wrapper) {
      name = String(name.dropLast(wrapper.count))
    }
    let kinds: [(String, Kind)] = [
      (".jsonl", .lines), (".ndjson", .lines), (".json", .json), (".csv", .csv), (".tsv", .tsv),
      (".parquet", .parquet), (".arrow", .arrow), (".feather", .arrow), (".txt", .text), (".md", .text),
      (".text", .text),
    ]
    return kinds.first { name.hasSuffix($0.0) }?.1
  }

  /// The files of examples in a folder and those in it, in alphabetical order.
  private static func files(in folder: String) -> [String] {
    folderContents(folder).filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      return isFolder(path) ? files(in: path) : kind(path) == nil ? [] : [path]
    }
  }

  private static func source(_ path: String, _ split: TextSplit) throws -> any RowSource {
    switch kind(path) {
    case .lines: return JSONLineRows(try readFile(path, unwrapsZip: true), path: path)
    case .json: return try json(path)
    case .csv: return try TableRows(csv: path, delimiter: ",")
    case .tsv: return try TableRows(csv: path, delimiter: "\t")
    case .parquet: return try TableRows(parquet: path)
    case .arrow: return try TableRows(arrow: path)
    case .text: return TextRows(try readFile(path, unwrapsZip: true), path: path, split: split)
    case nil: throw TensorError(.file, path, "the name says no kind of file that is read; \(kinds) are")
    }
  }

  /// A file of JSON: a list, an object with a list of rows in it, or objects on lines of their own.
  private static func json(_ path: String) throws -> any RowSource {
    let contents = try readFile(path, unwrapsZip: true)
    let bytes = contents.bytes
    let start = TextBytes.start(contents)
    let first = bytes[start...].firstIndex { !TextBytes.isSpace($0) } ?? bytes.count
    if first < bytes.count, bytes[first] == UInt8(ascii: "[") {
      return JSONListRows(contents, path: path, start: first + 1)
    }
    if let list = listBehindName(bytes, from: first) { return JSONListRows(contents, path: path, start: list + 1) }
    return JSONLineRows(contents, path: path)
  }

  /// What an object calls its rows.
  private static let listNames = ["data", "train", "rows", "examples", "instances", "items"]

  /// Where the list begins in `{"data": [`; nil where the file begins otherwise.
  private static func listBehindName(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var rest = bytes[start...]
    func next(_ expected: UInt8) -> Bool {
      rest = rest.drop(while: TextBytes.isSpace)
      return rest.popFirst() == expected
    }
    guard next(UInt8(ascii: "{")), next(UInt8(ascii: "\"")) else { return nil }
    let name = String(decoding: rest.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    guard listNames.contains(name) else { return nil }
    rest = rest.drop { $0 != UInt8(ascii: "\"") }
    guard next(UInt8(ascii: "\"")), next(UInt8(ascii: ":")), next(UInt8(ascii: "[")) else { return nil }
    return rest.startIndex - 1
  }
}
