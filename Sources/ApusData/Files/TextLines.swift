import ApusCore
import ApusFormats

/// The lines of a text file, also compressed (`.gz`, `.zst`), an example each. The file is mapped, not copied, and lines are made
/// into texts when they are asked for.
public struct TextLines: Dataset {
  private let contents: FileContents
  /// Where each line begins, and the end of the file.
  private let starts: [Int]

  /// The file at `path`; `~` is the home folder. Bytes that are no UTF-8 become U+FFFD.
  /// - Throws: `TensorError` when it cannot be read.
  public init(_ path: String) throws(TensorError) {
    contents = try readFile(path)
    starts = contents.withBytes { bytes in
      var starts = [0]
      for (i, byte) in bytes.enumerated() where byte == 10 { starts.append(i + 1) }
      if starts.last != bytes.count { starts.append(bytes.count) }
      return starts
    }
  }

  public var count: Int { starts.count - 1 }

  /// All lines.
  public var all: [String] { (0..<count).map(line) }

  public subscript(index: Int) -> String {
    get throws {
      try checkIndex(index, count, "TextLines")
      return line(index)
    }
  }

  private func line(_ index: Int) -> String {
    contents.withBytes { bytes in
      var end = starts[index + 1]
      if end > starts[index], bytes[end - 1] == 10 { end -= 1 }
      if end > starts[index], bytes[end - 1] == 13 { end -= 1 }
      return String(decoding: bytes[starts[index]..<end], as: UTF8.self)
    }
  }
}
