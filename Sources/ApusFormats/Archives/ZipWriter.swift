import ApusCore

/// Writes a zip archive, entry after entry. It is part of ``writeZip(to:_:)``.
package final class ZipWriter {
  /// How the content of an entry is stored.
  package enum Method: Sendable {
    /// As it is, its first byte at a multiple of `alignment` in the file.
    case stored(alignment: Int = 1)
    case deflated(level: Int = 6)
  }

  private struct Record {
    let name: [UInt8]
    let method: UInt16
    let checksum: UInt32
    let packed, size, header: Int
  }

  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private let path: String
  private var position = 0
  private var records: [Record] = []
  private var names: Set<String> = []

  /// An archive whose bytes go to `sink`. Errors name `path`.
  package init(path: String, sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.path = path
    self.sink = sink
  }

  /// Adds an entry.
  /// - Throws: `TensorError` of kind `value` for a name that is taken or not allowed; what writing throws.
  package func add(
    _ name: String, _ bytes: UnsafeRawBufferPointer, method: Method = .stored()
  ) throws {
    let text = Array(name.utf8)
    guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains(".."), !text.contains(0),
      !text.contains(UInt8(ascii: "\\")), text.count < 0x8000, names.insert(name).inserted
    else {
      throw TensorError(.value, path, "an entry of a zip archive cannot be called '\(name)', or there are two of them")
    }
    let checksum = CRC32.of(bytes)
    switch method {
    case .stored(let alignment):
      try begin(text, checksum, bytes.count, bytes.count, method: 0, alignment: alignment)
      try emit(bytes)
    case .deflated(let level):
      let packed = try Deflate.compress(bytes, as: .raw, level: level, name: path)
      try begin(text, checksum, packed.count, bytes.count, method: 8, alignment: 1)
      try packed.withUnsafeBytes { try emit($0) }
    }
  }

  /// Adds an entry.
  package func add(_ name: String, _ bytes: [UInt8], method: Method = .stored()) throws {
    try bytes.withUnsafeBytes { try add(name, $0, method: method) }
  }

  private func emit(_ bytes: UnsafeRawBufferPointer) throws {
    try sink(bytes)
    position += bytes.count
  }

  /// Writes the header before the content.
  private func begin(
    _ name: [UInt8], _ checksum: UInt32, _ packed: Int, _ size: Int, method: UInt16, alignment: Int
  ) throws {
    let isLong = packed >= 0xffff_ffff || size >= 0xffff_ffff
    var extra = Bytes()
    if isLong { extra.append(1, 16, [size, packed]) }
    // A field of padding ("FB", as PyTorch calls it) of any length moves the content to where it shall begin.
    let end = position + 30 + name.count + extra.bytes.count
    let padding = alignment > 1 ? (alignment - (end + 4) % alignment) % alignment : 0
    if alignment > 1 && end % alignment != 0 {
      extra.append(0x4246, UInt16(padding), [])
      extra.bytes += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
    }
    var header = Bytes()
    header.u32(0x0403_4b50)
    for value in [isLong ? 45 : 20, 0x0800, method, 0, 0x21] { header.u16(value) }
    header.u32(checksum)
    header.u32(isLong ? .max : UInt32(packed))
    header.u32(isLong ? .max : UInt32(size))
    header.u16(UInt16(name.count))
    header.u16(UInt16(extra.bytes.count))
    header.bytes += name + extra.bytes
    records.append(
      Record(name: name, method: method, checksum: checksum, packed: packed, size: size, header: position))
    try header.bytes.withUnsafeBytes { try emit($0) }
  }

  /// Writes the directory. Nothing can be added after it.
  package func finish() throws {
    let start = position
    for record in records {
      var values: [Int] = []
      func short(_ value: Int) -> UInt32 {
        guard value >= 0xffff_ffff else { return UInt32(value) }
        values.append(value)
        return .max
      }
      let (size, packed, header) = (short(record.size), short(record.packed), short(record.header))
      var extra = Bytes()
      if !values.isEmpty { extra.append(1, UInt16(8 * values.count), values) }
      let version: UInt16 = values.isEmpty ? 20 : 45
      var entry = Bytes()
      entry.u32(0x0201_4b50)
      for value in [version, version, 0x0800, record.method, 0, 0x21] { entry.u16(value) }
      for value in [record.checksum, packed, size] { entry.u32(value) }
      for value in [UInt16(record.name.count), UInt16(extra.bytes.count), 0, 0, 0] { entry.u16(value) }
      entry.u32(0)
      entry.u32(header)
      entry.bytes += record.name + extra.bytes
      try entry.bytes.withUnsafeBytes { try emit($0) }
    }
    try end(directory: start)
  }

  private func end(directory start: Int) throws {
    let (count, size, end) = (records.count, position - start, position)
    var record = Bytes()
    if count >= 0xffff || size >= 0xffff_ffff || start >= 0xffff_ffff {
      record.u32(0x0606_4b50)
      record.u64(44)
      record.u16(45)
      record.u16(45)
      record.u32(0)
      record.u32(0)
      for value in [count, count, size, start] { record.u64(value) }
      record.u32(0x0706_4b50)
      record.u32(0)
      record.u64(end)
      record.u32(1)
    }
    record.u32(0x0605_4b50)
    let short = UInt16(min(count, 0xffff))
    for value in [0, 0, short, short] { record.u16(value) }
    record.u32(UInt32(min(size, 0xffff_ffff)))
    record.u32(UInt32(min(start, 0xffff_ffff)))
    record.u16(0)
    try record.bytes.withUnsafeBytes { try emit($0) }
  }

  /// Bytes of a record, little endian.
  private struct Bytes {
    var bytes: [UInt8] = []
    mutating func u16(_ value: UInt16) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func u32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    mutating func u64(_ value: Int) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    /// An extra field.
    mutating func append(_ kind: UInt16, _ length: UInt16, _ values: [Int]) {
      u16(kind)
      u16(length)
      for value in values { u64(value) }
    }
  }
}

/// Writes a zip archive to `path`, which is replaced only when the new one is wholly on disk.
///
///     try writeZip(to: "weights.npz") { zip in try zip.add("a.npy", bytes, method: .deflated()) }
///
/// - Throws: what `body` throws; `TensorError` of kind `file` when writing fails.
package func writeZip(to path: String, _ body: (ZipWriter) throws -> Void) throws {
  let path = expandedPath(path)
  try replaceFile(at: path) { file in
    // The writer ends before the file does.
    try withUnsafePointer(to: file) { file in
      let writer = ZipWriter(path: path) { bytes in try file.pointee.write(bytes) }
      try body(writer)
      try writer.finish()
    }
  }
}

/// The bytes of a zip archive.
/// - Throws: what `body` throws.
package func zipBytes(_ body: (ZipWriter) throws -> Void) throws -> [UInt8] {
  var result: [UInt8] = []
  let writer = ZipWriter(path: "zip") { bytes in result += bytes }
  try body(writer)
  try writer.finish()
  return result
}
