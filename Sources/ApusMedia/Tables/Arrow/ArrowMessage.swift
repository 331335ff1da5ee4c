import ApusCore
import ApusFormats

/// A message of Arrow's format: the length of its head (after four bytes of ones, which older files lack), the head as a
/// flatbuffer, and a body of buffers.
struct ArrowMessage {
  private let root: FlatTable
  let body: UnsafeRawBufferPointer
  /// The bytes of all of it.
  let size: Int

  /// Where the head begins and how long it is; nil where this says that there are no more messages.
  private static func head(
    _ bytes: UnsafeRawBufferPointer, name: String
  ) throws(TensorError) -> (start: Int, length: Int)? {
    guard bytes.count >= 4 else { throw tooShort(4, bytes.count, name) }
    var start = 4
    var length = Int32(littleEndian: bytes.loadUnaligned(as: Int32.self))
    if length == -1 {
      guard bytes.count >= 8 else { throw tooShort(8, bytes.count, name) }
      start = 8
      length = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: Int32.self))
    }
    if length == 0 { return nil }
    guard length >= 8 else {
      throw TensorError(
        .format, name, "a message's head is given as \(length) bytes; the file is damaged or of another format")
    }
    return (start, Int(length))
  }

  /// The bytes up to the end of the head; nil where there are no more messages.
  static func headSize(_ bytes: UnsafeRawBufferPointer, name: String) throws(TensorError) -> Int? {
    try head(bytes, name: name).map { $0.start + $0.length }
  }

  /// The bytes of head and body, of a message whose head is here.
  static func totalSize(_ bytes: UnsafeRawBufferPointer, name: String) throws(TensorError) -> Int {
    try parse(bytes, name: name, start: 0).total
  }

  static func tooShort(_ needed: Int, _ found: Int, _ name: String) -> TensorError {
    TensorError(
      .format, name, "a message of \(needed) bytes is announced, and \(found) follow; the file is cut short or damaged")
  }

  private static func parse(
    _ bytes: UnsafeRawBufferPointer, name: String, start: Int
  ) throws(TensorError) -> (root: FlatTable, head: Int, total: Int) {
    guard let (offset, length) = try head(bytes, name: name), length <= bytes.count - offset else {
      throw tooShort((try headSize(bytes, name: name)) ?? 0, bytes.count, name)
    }
    let root = try FlatBuffer(
      UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]), name: name, start: start + offset
    ).root()
    let body = try root.integer(3, default: Int64(0))
    guard body >= 0, body < 1 << 48 else {
      throw root.buffer.failure(root.position, "the body of a message is given as \(body) bytes")
    }
    return (root, offset + length, offset + length + Int(body))
  }

  /// A message at the beginning of `bytes`, which lie at `start` in the file.
  init(_ bytes: UnsafeRawBufferPointer, name: String, start: Int) throws(TensorError) {
    let (root, head, total) = try Self.parse(bytes, name: name, start: start)
    guard total <= bytes.count else { throw Self.tooShort(total, bytes.count, name) }
    self.root = root
    body = UnsafeRawBufferPointer(rebasing: bytes[head..<total])
    size = total
  }

  /// What the message is (1 a schema, 2 a dictionary, 3 a record batch), and its table.
  func header() throws(TensorError) -> (kind: UInt8, table: FlatTable?) {
    (try root.integer(1, default: 0), try root.table(2))
  }
}
