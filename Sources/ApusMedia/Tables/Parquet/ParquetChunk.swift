import ApusCore
import ApusFormats

/// Reads a column of a row group: the levels of all its entries, and the values that are there.
struct ParquetChunk {
  let leaf: ParquetLeaf
  private(set) var definitions: [UInt8] = []
  private(set) var repetitions: [UInt8] = []
  private(set) var values: ParquetValues
  private var entries = 0
  private let name: String

  init(
    _ leaf: ParquetLeaf, _ chunk: ParquetMetadata.Chunk, in file: UnsafeRawBufferPointer, name: String,
    budget: DecodeBudget
  ) throws(TensorError) {
    self.leaf = leaf
    self.name = name
    values = ParquetValues(width: leaf.length)
    guard chunk.path == nil else {
      throw TensorError(
        .unsupported, name, "column '\(leaf.field.name)' lies in another file; read that one, or write one file")
    }
    // Columns without values lie nowhere.
    if chunk.hasMetadata, chunk.values == 0 { return }
    let start = min(chunk.dictionaryOffset ?? chunk.dataOffset, chunk.dataOffset)
    let first = start > 0 ? start : chunk.dataOffset
    guard chunk.hasMetadata, first >= 4, chunk.size >= 0, chunk.values >= 0, first <= file.count,
      chunk.size <= Int64(file.count) - first
    else {
      throw TensorError(
        .format, name, "column '\(leaf.field.name)' lies at \(first), outside of the file; the file is damaged")
    }
    let end = Int(first + chunk.size)
    var position = Int(first)
    var dictionary: ParquetValues?
    while Int64(entries) < chunk.values {
      guard position < end else { throw damaged("its pages have \(entries) values, and it has \(chunk.values)") }
      var reader = ThriftReader(UnsafeRawBufferPointer(rebasing: file[..<end]), from: position, name: name)
      let header = try ParquetPageHeader(&reader)
      position = reader.position
      guard header.compressedSize <= end - position else {
        throw damaged("a page of \(header.compressedSize) bytes is longer than the rest")
      }
      let bytes = UnsafeRawBufferPointer(rebasing: file[position..<position + header.compressedSize])
      position += header.compressedSize
      if let checksum = header.checksum, UInt32(truncatingIfNeeded: checksum) != CRC32.of(bytes) {
        throw damaged("the checksum of a page is wrong")
      }
      switch header.kind {
      case 1: continue
      case 2:
        guard dictionary == nil else { throw damaged("it has two dictionaries") }
        dictionary = try self.dictionary(header, bytes, codec: chunk.codec, budget)
      default:
        guard Int64(header.values) <= chunk.values - Int64(entries) else { throw damaged("a page has too many values") }
        try data(header, bytes, codec: chunk.codec, dictionary, budget)
      }
    }
  }

  private func damaged(_ what: String) -> TensorError {
    TensorError(.format, name, "column '\(leaf.field.name)': \(what); the file is damaged")
  }

  private func dictionary(
    _ header: ParquetPageHeader, _ bytes: UnsafeRawBufferPointer, codec: Int, _ budget: DecodeBudget
  ) throws(TensorError) -> ParquetValues {
    var result = ParquetValues(width: leaf.length)
    let plain = try ParquetCompression.plain(
      bytes, codec: codec, size: header.uncompressedSize, name: name, budget: budget)
    defer { withExtendedLifetime(plain) {} }
    var source = ParquetBytes(plain.bytes, name: name)
    try budget.spend(header.values, of: max(8, leaf.length))
    try result.plain(&source, header.values, leaf)
    return result
  }

  private mutating func data(
    _ header: ParquetPageHeader, _ bytes: UnsafeRawBufferPointer, codec: Int, _ dictionary: ParquetValues?,
    _ budget: DecodeBudget
  ) throws(TensorError) {
    let count = header.values
    try budget.spend(count, of: max(8, leaf.length) + 2)
    let plain: ParquetPage
    var source: ParquetBytes
    let levels: (repetition: [UInt8], definition: [UInt8])
    if header.kind == 3 {
      // The levels of version 2 are never compressed.
      var head = ParquetBytes(bytes, name: name)
      var repetition = ParquetBytes(try head.take(header.repetitionSize), name: name)
      var definition = ParquetBytes(try head.take(header.definitionSize), name: name)
      levels = (
        try Self.levels(&repetition, leaf.repetition, count), try Self.levels(&definition, leaf.definition, count)
      )
      let size = header.uncompressedSize - header.repetitionSize - header.definitionSize
      guard size >= 0 else { throw damaged("a page has \(header.uncompressedSize) bytes and longer levels") }
      let rest = try head.take(head.rest)
      plain = try ParquetCompression.plain(
        rest, codec: header.isCompressed ? codec : 0, size: size, name: name, budget: budget)
      source = ParquetBytes(plain.bytes, name: name)
    } else {
      plain = try ParquetCompression.plain(
        bytes, codec: codec, size: header.uncompressedSize, name: name, budget: budget)
      source = ParquetBytes(plain.bytes, name: name)
      levels = (
        try Self.sizedLevels(&source, leaf.repetition, count, header.repetitionEncoding),
        try Self.sizedLevels(&source, leaf.definition, count, header.definitionEncoding)
      )
    }
    defer { withExtendedLifetime(plain) {} }
    var present = count
    if leaf.definition > 0 {
      present = 0
      for level in levels.definition {
        guard level <= leaf.definition else { throw damaged("a definition level is \(level)") }
        if level == leaf.definition { present += 1 }
      }
      definitions += levels.definition
    }
    if leaf.repetition > 0 {
      guard levels.repetition.allSatisfy({ $0 <= leaf.repetition }) else {
        throw damaged("a repetition level is too high")
      }
      repetitions += levels.repetition
    }
    entries += count
    let before = values.count
    try values.decode(
      &source, encoding: header.encoding, count: present, leaf: leaf, dictionary: dictionary, budget: budget)
    guard values.count - before == present else { throw damaged("a page has not as many values as it says") }
  }

  private static func bits(_ most: Int) -> Int { Int.bitWidth - most.leadingZeroBitCount }

  private static func levels(
    _ source: inout ParquetBytes, _ most: Int, _ count: Int
  ) throws(TensorError) -> [UInt8] {
    guard most > 0 else { return [] }
    return try ParquetEncodings.hybrid(&source, width: bits(most), count: count, as: UInt8.self)
  }

  /// Levels of version 1: their size before them.
  private static func sizedLevels(
    _ source: inout ParquetBytes, _ most: Int, _ count: Int, _ encoding: Int
  ) throws(TensorError) -> [UInt8] {
    guard most > 0 else { return [] }
    guard encoding == 3 else {
      throw TensorError(
        .unsupported, source.name, "the levels of a column have the old encoding \(encoding); write the file again")
    }
    let size = try source.uint32()
    var part = ParquetBytes(try source.take(size), name: source.name)
    return try levels(&part, most, count)
  }

  /// How many entries there are: values, nulls and empty lists.
  var count: Int { entries }
}

/// The bytes of a page: in the file, or decompressed.
final class ParquetPage {
  let bytes: UnsafeRawBufferPointer
  /// Where to write the bytes of a decompressed page.
  let room: UnsafeMutableRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  init(size: Int) {
    room = .allocate(byteCount: size, alignment: 64)
    bytes = UnsafeRawBufferPointer(room)
  }

  deinit { room.deallocate() }
}

/// Decompresses pages.
enum ParquetCompression {
  /// The page's `size` bytes.
  static func plain(
    _ bytes: UnsafeRawBufferPointer, codec: Int, size: Int, name: String, budget: DecodeBudget
  ) throws(TensorError) -> ParquetPage {
    if codec == 0 {
      guard bytes.count == size else {
        throw TensorError(.format, name, "a page has \(bytes.count) bytes, and is to have \(size); the file is damaged")
      }
      return ParquetPage(bytes)
    }
    try budget.spend(size)
    let result = ParquetPage(size: size)
    let target = result.room
    switch codec {
    case 1: try Snappy.decompress(bytes, into: target, name: name)
    case 2: try Deflate.decompress(bytes, as: .gzip, into: target, name: name)
    case 4: try Brotli.decompress(bytes, into: target, name: name)
    case 5: try hadoop(bytes, into: target, name: name)
    case 6:
      let plain = try Zstandard.decompress(bytes, limit: size, name: name)
      guard plain.count == size else {
        throw TensorError(.format, name, "a page has \(plain.count) bytes, and is to have \(size); the file is damaged")
      }
      target.copyBytes(from: plain)
    case 7: try LZ4.decompressBlock(bytes, into: target, name: name)
    default:
      throw TensorError(
        .unsupported, name,
        "pages are compressed by method \(codec)\(codec == 3 ? " (LZO)" : ""), which is not read; write the file with zstd"
      )
    }
    return result
  }

  /// The older form of LZ4: blocks with their sizes before them, big endian; or a block alone.
  private static func hadoop(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, name: String
  ) throws(TensorError) {
    var (input, output) = (0, 0)
    while input + 8 <= source.count {
      let plain = Int(UInt32(bigEndian: source.loadUnaligned(fromByteOffset: input, as: UInt32.self)))
      let packed = Int(UInt32(bigEndian: source.loadUnaligned(fromByteOffset: input + 4, as: UInt32.self)))
      guard packed <= source.count - input - 8, plain <= target.count - output else { break }
      do throws(TensorError) {
        try LZ4.decompressBlock(
          UnsafeRawBufferPointer(rebasing: source[(input + 8)..<(input + 8 + packed)]),
          into: UnsafeMutableRawBufferPointer(rebasing: target[output..<output + plain]), name: name)
      } catch { break }
      input += 8 + packed
      output += plain
    }
    if input == source.count, output == target.count { return }
    try LZ4.decompressBlock(source, into: target, name: name)
  }
}
