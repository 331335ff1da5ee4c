import ApusCore

/// The directory at the end of a zip archive, checked against the headers before the contents.
struct ZipDirectory {
  private(set) var entries: [ZipArchive.Entry] = []
  private let bytes: UnsafeRawBufferPointer
  private let path: String

  private static let entryMark: UInt32 = 0x0201_4b50
  private static let headerMark: UInt32 = 0x0403_4b50
  private static let endMark: UInt32 = 0x0605_4b50
  private static let end64Mark: UInt32 = 0x0606_4b50
  private static let locatorMark: UInt32 = 0x0706_4b50

  init(bytes: UnsafeRawBufferPointer, path: String) throws(TensorError) {
    self.bytes = bytes
    self.path = path
    guard let end = endRecord() else {
      let start = bytes.starts(with: [0x50, 0x4b]) ? "it is cut short" : "this is no zip archive"
      throw failure("the directory at the end of a zip archive is missing; \(start)")
    }
    let (count, range) = try location(end: end)
    // An entry has 46 bytes at least.
    guard count <= range.count / 46 else {
      throw failure("the directory says \(count) entries, which do not fit into its \(range.count) bytes")
    }
    var headers: [Int] = []
    entries.reserveCapacity(count)
    headers.reserveCapacity(count)
    var position = range.lowerBound
    for number in 0..<count { headers.append(try readEntry(number, &position, range)) }
    guard position == range.upperBound else {
      throw failure("the directory has \(range.upperBound - position) bytes behind its \(count) entries")
    }
    try checkOverlap(headers)
  }

  private func failure(_ message: String) -> TensorError { TensorError(.format, path, message) }

  private func u16(_ at: Int) -> Int {
    Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
  }
  private func u32(_ at: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
  }
  /// A number of 64 bits; one that no file can hold is `Int.max`.
  private func u64(_ at: Int) -> Int {
    Int(clamping: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
  }

  /// Where the record that ends the archive begins: behind it there is only a comment of a length that it tells.
  private func endRecord() -> Int? {
    guard bytes.count >= 22 else { return nil }
    for position in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xffff), by: -1)
    where u32(position) == Self.endMark && position + 22 + u16(position + 20) == bytes.count {
      return position
    }
    return nil
  }

  /// The number of entries and where they are described.
  private func location(end: Int) throws(TensorError) -> (count: Int, range: Range<Int>) {
    var disks = [u16(end + 4), u16(end + 6)]
    var counts = [u16(end + 8), u16(end + 10)]
    var (size, start, limit) = (Int(u32(end + 12)), Int(u32(end + 16)), end)
    let isFull = counts[1] == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff
    if end >= 20, u32(end - 20) == Self.locatorMark {
      let record = u64(end - 12)
      guard record <= end - 20 - 56, u32(record) == Self.end64Mark else {
        throw failure("the zip64 record is said to be at byte \(record), and it is not there")
      }
      disks = [Int(u32(record + 16)), Int(u32(record + 20))]
      counts = [u64(record + 24), u64(record + 32)]
      (size, start, limit) = (u64(record + 40), u64(record + 48), record)
    } else if isFull, start == 0xffff_ffff || size == 0xffff_ffff {
      throw failure("the directory needs a zip64 record, which is missing")
    }
    guard disks == [0, 0], counts[0] == counts[1] else {
      throw TensorError(.unsupported, path, "the zip archive is split into several files; join them before")
    }
    guard start <= limit, size <= limit - start else {
      throw failure("the directory is said to have \(size) bytes from byte \(start) on, and ends at \(limit)")
    }
    return (counts[1], start..<start + size)
  }

  /// Reads one entry and gives the position of its header.
  private mutating func readEntry(
    _ number: Int, _ position: inout Int, _ directory: Range<Int>
  ) throws(TensorError) -> Int {
    let at = position
    guard directory.upperBound - at >= 46, u32(at) == Self.entryMark else {
      throw failure("entry \(number) of the directory is not at byte \(at), where it should be")
    }
    let (nameLength, extraLength, commentLength) = (u16(at + 28), u16(at + 30), u16(at + 32))
    guard directory.upperBound - at - 46 >= nameLength + extraLength + commentLength else {
      throw failure("entry \(number) of the directory ends behind it")
    }
    position = at + 46 + nameLength + extraLength + commentLength
    let nameBytes = UnsafeRawBufferPointer(rebasing: bytes[at + 46..<at + 46 + nameLength])
    let name = try checkedName(nameBytes, number)
    let (size, packed, header) = try sizes(at, name)
    let flags = u16(at + 8)
    let method = u16(at + 10)
    guard header <= directory.lowerBound - 30, u32(header) == Self.headerMark else {
      throw failure("the content of '\(name)' is said to be at byte \(header), and it is not there")
    }
    let start = header + 30 + u16(header + 26) + u16(header + 28)
    guard u16(header + 26) == nameLength, start <= directory.lowerBound,
      nameBytes.elementsEqual(bytes[header + 30..<header + 30 + nameLength])
    else {
      throw failure("the directory says '\(name)', and the content at byte \(header) is called otherwise")
    }
    guard u16(header + 8) == method else {
      throw failure("the directory and the header of '\(name)' tell different compression methods")
    }
    guard packed <= directory.lowerBound - start else {
      throw failure(
        "the content of '\(name)' is said to have \(packed) bytes, and the file ends before; it is cut short")
    }
    entries.append(
      ZipArchive.Entry(
        name: name, size: size, checksum: u32(at + 16), range: start..<start + packed, method: method,
        isEncrypted: flags & 1 != 0))
    return header
  }

  /// The sizes of content and stored bytes and the header's place, from the zip64 field where they do not fit elsewhere.
  private func sizes(_ at: Int, _ name: String) throws(TensorError) -> (size: Int, packed: Int, header: Int) {
    var values = [Int(u32(at + 24)), Int(u32(at + 20)), Int(u32(at + 42))]
    guard values.contains(0xffff_ffff) else { return (values[0], values[1], values[2]) }
    var field = at + 46 + u16(at + 28)
    let end = field + u16(at + 30)
    while end - field >= 4 {
      let (kind, length) = (u16(field), u16(field + 2))
      field += 4
      guard length <= end - field else { break }
      if kind == 1 {
        var position = field
        for i in 0..<3 where values[i] == 0xffff_ffff && field + length - position >= 8 {
          values[i] = u64(position)
          position += 8
        }
        return (values[0], values[1], values[2])
      }
      field += length
    }
    return (values[0], values[1], values[2])
  }

  /// The text of a name, if it stays in the folder where the archive would be unpacked.
  private func checkedName(_ bytes: UnsafeRawBufferPointer, _ number: Int) throws(TensorError) -> String {
    // Names that are not UTF-8 are of an old code page: any reading that keeps them apart will do.
    let name =
      String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.isEmpty, !name.hasPrefix("/"), !parts.contains(".."), !name.contains("\\"), !bytes.contains(0) else {
      throw failure("entry \(number) is called '\(name.prefix(200))', which leads out of the archive's folder")
    }
    return name
  }

  /// Refuses entries that share bytes: a small archive could give any amount of data.
  private func checkOverlap(_ headers: [Int]) throws(TensorError) {
    let order = headers.indices.sorted { headers[$0] < headers[$1] }
    var end = 0
    for i in order {
      guard headers[i] >= end else {
        throw failure("the content of '\(entries[i].name)' overlaps that of another entry")
      }
      end = entries[i].range.upperBound
    }
  }
}
