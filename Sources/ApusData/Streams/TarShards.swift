import ApusCore
import ApusFormats
import ApusMedia

/// An example of a shard as WebDataset stores it: the files of one name, told apart by what follows its first dot.
public struct TarSample: Sendable {
  /// The name of the files, without their endings.
  public let key: String
  /// The bytes of each file, by its ending in small letters: `jpg`, `cls`, `seg.png`.
  public let files: [String: [UInt8]]
  /// The archive.
  public let shard: String

  /// The bytes of the file with one of the endings, which `;` separates: `"jpg;jpeg;png"`.
  /// - Throws: `TensorError` naming the endings that are there.
  public func bytes(_ endings: String) throws(TensorError) -> [UInt8] {
    for ending in endings.split(separator: ";") { if let found = files[ending.lowercased()] { return found } }
    throw TensorError(
      .value, "\(shard): \(key)", "the example has no file .\(endings), only \(files.keys.sorted().map { "." + $0 })")
  }

  /// The text of a file.
  public func text(_ endings: String) throws(TensorError) -> String {
    String(decoding: try bytes(endings), as: UTF8.self)
  }

  /// The whole number that a file holds as text, as `cls` does.
  public func int(_ endings: String) throws(TensorError) -> Int {
    let text = try text(endings)
    guard let value = Int(text.filter { !$0.isWhitespace }) else {
      throw TensorError(
        .value, "\(shard): \(key)", "the file .\(endings) holds no whole number, but '\(text.prefix(40))'")
    }
    return value
  }

  /// The picture that a file holds, uint8 `[channels, height, width]`.
  public func image(_ endings: String = "jpg;jpeg;png;webp", mode: ImageReadMode = .rgb) throws(TensorError) -> Tensor {
    try decodeImage(try bytes(endings), mode: mode, name: "\(shard): \(key)")
  }
}

/// Examples in tar archives as the library WebDataset (https://github.com/webdataset/webdataset) writes them: files that lie one after the other
/// and have one name up to the first dot are an example. Archives may be compressed.
///
///     let stream = try TarShards("train-{000000..000146}.tar", shuffle: true)
///       .map { (try $0.image("jpg"), try $0.int("cls")) }
public struct TarShards: ResumableStream {
  public typealias Element = TarSample
  private let stream: ShardedStream<TarSample>

  /// The archives of a pattern, see ``shardPaths(_:)``; other parameters as of ``ShardedStream``.
  /// - Throws: `TensorError` where no file matches.
  public init(_ pattern: String, shuffle: Bool = false, seed: Int? = nil, rank: Int = 0, worldSize: Int = 1) throws {
    self.init(try shardPaths(pattern), shuffle: shuffle, seed: seed, rank: rank, worldSize: worldSize)
  }

  /// The given archives.
  public init(_ shards: [String], shuffle: Bool = false, seed: Int? = nil, rank: Int = 0, worldSize: Int = 1) {
    stream = ShardedStream(shards, shuffle: shuffle, seed: seed, rank: rank, worldSize: worldSize) {
      Pass(try readFile($0))
    }
  }

  public func begin() -> StreamPass<TarSample> { stream.begin() }

  private final class Pass: StreamPass<TarSample> {
    let contents: FileContents
    var position = 0

    init(_ contents: FileContents) { self.contents = contents }

    override func next() throws -> TarSample? {
      var key: String?
      var files: [String: [UInt8]] = [:]
      var after = position
      while let entry = try TarEntry(contents, at: after) {
        guard let name = entry.sampleName else {
          after = entry.end
          continue
        }
        if let key, key != name.key { break }
        key = name.key
        files[name.ending] = contents.withBytes { Array($0[entry.data]) }
        after = entry.end
      }
      position = after
      return key.map { TarSample(key: $0, files: files, shard: contents.path) }
    }
    override var state: StreamState { .number(position) }
    override func restore(_ state: StreamState) throws {
      position = try state.number()
      guard (0...contents.bytes.count).contains(position) else { throw StreamState.foreign }
    }
  }
}

/// A record of a tar archive (POSIX.1-1988 ustar, with the long names of GNU tar and of pax).
private struct TarEntry {
  let name: String
  let isFile: Bool
  let data: Range<Int>
  let end: Int

  /// Key and ending of a file that belongs to an example.
  var sampleName: (key: String, ending: String)? {
    let file = name.split(separator: "/").last ?? ""
    guard isFile, !file.hasPrefix("."), let dot = file.firstIndex(of: ".") else { return nil }
    let folder = name.dropLast(file.count)
    return (String(folder + file[..<dot]), file[file.index(after: dot)...].lowercased())
  }

  /// The record at a position, or nil at the end.
  init?(_ contents: FileContents, at start: Int) throws(TensorError) {
    let bytes = contents.bytes
    defer { withExtendedLifetime(contents) {} }
    var position = start
    var longName: String?
    while true {
      guard bytes.count - position >= 512, bytes[position] != 0 else { return nil }
      func text(_ offset: Int, _ count: Int) -> String {
        String(decoding: bytes[position + offset..<position + offset + count].prefix { $0 != 0 }, as: UTF8.self)
      }
      let digits = text(124, 12).filter { ("0"..."7").contains($0) }
      let first = position + 512
      guard let size = Int(digits, radix: 8), size <= bytes.count - first else {
        throw TensorError(
          .format, contents.path, "the tar record at byte \(position) is damaged or cut short: '\(text(0, 100))'")
      }
      let next = min(bytes.count, first + (size + 511) / 512 * 512)
      let range = first..<first + size
      switch bytes[position + 156] {
      case UInt8(ascii: "L"): longName = String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
      case UInt8(ascii: "x"): longName = Self.paxPath(bytes[range]) ?? longName
      case UInt8(ascii: "g"): break
      case let kind:
        let prefix = text(257, 5) == "ustar" ? text(345, 155) : ""
        name = longName ?? (prefix.isEmpty ? text(0, 100) : prefix + "/" + text(0, 100))
        isFile = kind == 0 || kind == UInt8(ascii: "0")
        (data, end) = (range, next)
        return
      }
      position = next
    }
  }

  /// The path among the lines `length key=value` of a pax record.
  private static func paxPath(_ bytes: Swift.Slice<UnsafeRawBufferPointer>) -> String? {
    let lines = bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
    return lines.compactMap { line -> String? in
      guard let space = line.firstIndex(of: " ") else { return nil }
      let record = line[line.index(after: space)...]
      return record.hasPrefix("path=") ? String(record.dropFirst(5)) : nil
    }.last
  }
}

/// Writes examples into numbered tar archives, as WebDataset's `ShardWriter`.
///
///     let writer = try ShardWriter("train-%06d.tar", maxCount: 1000)
///     for (i, (image, label)) in pictures.enumerated() {
///       try writer.write(key: "\(i)", files: ["png": try encodePNG(image), "cls": Array("\(label)".utf8)])
///     }
///     try writer.close()
public final class ShardWriter {
  private let pattern: (front: String, width: Int, back: String)
  private let maxCount: Int
  private let maxSize: Int
  private var archive: [UInt8] = []
  private var count = 0
  /// The archives that have been written.
  public private(set) var shards: [String] = []

  /// - Parameters:
  ///   - pattern: the path with `%06d` (or another width) for the number.
  ///   - maxCount: the most examples of an archive.
  ///   - maxSize: the bytes after which a new archive is begun.
  /// - Throws: `TensorError` where the pattern has no place for a number.
  public init(_ pattern: String, maxCount: Int = 100_000, maxSize: Int = 3_000_000_000) throws {
    guard let percent = pattern.firstIndex(of: "%"), let end = pattern[percent...].firstIndex(of: "d"),
      let width = Int("0" + pattern[pattern.index(after: percent)..<end]), width < 20
    else {
      throw TensorError(.value, pattern, "the pattern has no place for the number of the archive, as %06d")
    }
    self.pattern = (String(pattern[..<percent]), width, String(pattern[pattern.index(after: end)...]))
    self.maxCount = Swift.max(1, maxCount)
    self.maxSize = maxSize
  }

  /// Adds an example: a file for each ending.
  /// - Throws: `TensorError` where the name has a dot or is too long, or a full archive cannot be written.
  public func write(key: String, files: [String: [UInt8]]) throws {
    guard !key.isEmpty, !(key.split(separator: "/").last ?? ".").contains(".") else {
      throw TensorError(.value, "ShardWriter", "the name '\(key)' of an example must not be empty or have a dot")
    }
    if count == maxCount || archive.count >= maxSize { try finish() }
    for (ending, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let name = Array("\(key).\(ending)".utf8)
      guard name.count <= 100 else {
        throw TensorError(.value, "ShardWriter", "the name '\(key).\(ending)' has more than 100 bytes")
      }
      archive += Self.header(name, bytes.count) + bytes
      archive += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }
    count += 1
  }

  /// Writes the last archive.
  /// - Throws: `TensorError` when it cannot be written.
  public func close() throws { if count > 0 { try finish() } }

  private func finish() throws {
    let number = String(shards.count)
    let path =
      pattern.front + String(repeating: "0", count: Swift.max(0, pattern.width - number.count)) + number + pattern.back
    try makeFolder(of: path)
    archive += [UInt8](repeating: 0, count: 1024)
    try replaceFile(at: path) { file in try file.write(archive) }
    shards.append(path)
    (archive, count) = ([], 0)
  }

  private static func header(_ name: [UInt8], _ size: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ bytes: some Sequence<UInt8>, _ at: Int) { for (i, byte) in bytes.enumerated() { header[at + i] = byte } }
    func octal(_ value: Int, _ width: Int) -> [UInt8] {
      let digits = String(value, radix: 8)
      return Array((String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits).utf8)
    }
    put(name, 0)
    put(octal(0o644, 7), 100)
    put(octal(0, 7), 108)
    put(octal(0, 7), 116)
    put(octal(size, 11), 124)
    put(octal(0, 11), 136)
    put([UInt8](repeating: 32, count: 8), 148)
    header[156] = UInt8(ascii: "0")
    put(Array("ustar".utf8) + [0, 48, 48], 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + [0, 32], 148)
    return header
  }
}
