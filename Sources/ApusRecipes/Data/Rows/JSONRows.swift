import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lines of a file with an object of JSON on each; empty lines are none.
struct JSONLineRows: RowSource {
  private let contents: FileContents
  private let path: String
  private var position: Int
  private var line = 0

  init(_ contents: FileContents, path: String) {
    (self.contents, self.path) = (contents, path)
    position = TextBytes.start(contents)
  }

  mutating func next() -> RawRow? {
    while let range = TextBytes.line(contents, from: position) {
      position = range.upperBound + 1
      line += 1
      let bytes = contents.withBytes { Array($0[range]) }
      if bytes.allSatisfy(TextBytes.isSpace) { continue }
      return RawRow(place: RowPlace(file: path, line: line), content: .json(bytes))
    }
    return nil
  }
}

/// The items of the outermost list of a file of JSON, each with the line that it begins on.
struct JSONListRows: RowSource {
  private let contents: FileContents
  private let path: String
  private var position: Int
  private var line = 1
  private var hasEnded = false

  /// - Parameter start: the byte behind the bracket that opens the list.
  init(_ contents: FileContents, path: String, start: Int) {
    (self.contents, self.path) = (contents, path)
    position = TextBytes.start(contents)
    skip(to: start)
  }

  mutating func next() throws -> RawRow? {
    if hasEnded { return nil }
    let (bytes, count) = (contents.bytes, contents.bytes.count)
    while position < count, TextBytes.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: ",") {
      skip(to: position + 1)
    }
    guard position < count, bytes[position] != UInt8(ascii: "]") else {
      hasEnded = true
      if position >= count { throw TensorError(.format, path, "the list of rows does not end; the file is cut short") }
      return nil
    }
    let (start, place) = (position, RowPlace(file: path, line: line))
    let end = Self.end(of: bytes, from: start)
    skip(to: end)
    return RawRow(place: place, content: .json(contents.withBytes { Array($0[start..<end]) }))
  }

  /// Goes on to `place` and counts the lines on the way.
  private mutating func skip(to place: Int) {
    for i in position..<place where contents.bytes[i] == 10 { line += 1 }
    position = place
  }

  /// Where the item that begins at `start` ends: before the comma or bracket behind it.
  private static func end(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var (depth, i, isText) = (0, start, false)
    while i < bytes.count {
      let c = bytes[i]
      if isText {
        if c == UInt8(ascii: "\\") { i += 1 } else if c == UInt8(ascii: "\"") { isText = false }
      } else if c == UInt8(ascii: "\"") {
        isText = true
      } else if c == UInt8(ascii: "{") || c == UInt8(ascii: "[") {
        depth += 1
      } else if c == UInt8(ascii: "}") || c == UInt8(ascii: "]") {
        if depth == 0 { return i }
        depth -= 1
      } else if c == UInt8(ascii: ","), depth == 0 {
        return i
      }
      i += 1
    }
    return bytes.count
  }
}

/// A plain text as rows with a column `text`.
struct TextRows: RowSource {
  private let contents: FileContents
  private let path: String
  private let split: TextSplit
  private var position: Int
  private var line = 0

  init(_ contents: FileContents, path: String, split: TextSplit) {
    (self.contents, self.path, self.split) = (contents, path, split)
    position = TextBytes.start(contents)
  }

  mutating func next() -> RawRow? {
    var (first, end, at) = (-1, 0, line + 1)
    while let range = TextBytes.line(contents, from: position) {
      let isEmpty = contents.withBytes { $0[range].allSatisfy(TextBytes.isSpace) }
      if isEmpty, first >= 0, split == .paragraph { break }
      position = range.upperBound + 1
      line += 1
      if first < 0, isEmpty, split != .file { continue }
      if first < 0 { (first, at) = (range.lowerBound, line) }
      end = range.upperBound
      if split == .line { break }
    }
    if split == .file { end = max(end, contents.bytes.count) }
    guard first >= 0, first < end else { return nil }
    let place = RowPlace(file: path, line: at)
    return contents.withBytes { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[first..<end])
      guard isUTF8(part) else { return RawRow(place: place, content: .problem(.notUTF8, "")) }
      let text = String(decoding: part, as: UTF8.self)
      return RawRow(place: place, content: .columns([.init("text", .string(text))]))
    }
  }
}

/// Bytes of texts.
enum TextBytes {
  static func isSpace(_ c: UInt8) -> Bool { c == 32 || (9...13).contains(c) }

  /// Where the text begins: behind the mark of UTF-8, if there is one.
  static func start(_ contents: FileContents) -> Int { contents.bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0 }

  /// The line that begins at `start`, without its end; nil at the end of the file.
  static func line(_ contents: FileContents, from start: Int) -> Range<Int>? {
    contents.withBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress else { return nil }
      guard let found = memchr(base + start, 10, bytes.count - start) else { return start..<bytes.count }
      return start..<(UnsafeRawPointer(found) - base)
    }
  }
}
