import ApusCore

/// The bytes of a flatbuffer, which are never believed: every position is checked when it is followed.
///
/// The format (https://flatbuffers.dev/internals/): little endian; the root's offset in the first 4 bytes; tables that
/// begin with the distance to their vtable, which tells where each field lies; offsets to tables, vectors and strings.
/// The bytes have to outlive this value and all that comes from it.
package struct FlatBuffer {
  package let bytes: UnsafeRawBufferPointer
  /// The file that errors name.
  package let name: String
  /// Where `bytes` begin in that file, so that errors tell places in the file.
  package let start: Int
  private let budget: Budget

  /// The most tables inside each other; the reference implementation's limit.
  static let deepest = 64
  /// The most tables that are followed in one buffer: tables may be shared, so that a small buffer could hold very many.
  static let mostTables = 1_000_000

  private final class Budget {
    var tables = 0
  }

  package init(_ bytes: UnsafeRawBufferPointer, name: String, start: Int = 0) {
    self.bytes = bytes
    self.name = name
    self.start = start
    budget = Budget()
  }

  /// Whether the four letters that may follow the root's offset are these.
  package func hasIdentifier(_ letters: String) -> Bool {
    bytes.count >= 8 && bytes[4..<8].elementsEqual(letters.utf8)
  }

  /// The table that the buffer begins with.
  package func root() throws(TensorError) -> FlatTable {
    try table(at: follow(0, "the root table"), depth: 0, "the root table")
  }

  /// The error for what is wrong at a position of the buffer.
  package func failure(_ position: Int, _ message: String) -> TensorError {
    TensorError(.format, name, "at byte \(start &+ position): \(message); the file is damaged or of another format")
  }

  /// The number at `position`.
  func load<T: FixedWidthInteger>(_ position: Int, as type: T.Type, _ what: @autoclosure () -> String)
    throws(TensorError)
    -> T
  {
    guard position >= 0, position <= bytes.count - MemoryLayout<T>.size else {
      throw failure(position, "\(what()) lies outside of the \(bytes.count) bytes")
    }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }

  /// The position that the offset at `position` leads to.
  func follow(_ position: Int, _ what: @autoclosure () -> String) throws(TensorError) -> Int {
    let offset = Int(try load(position, as: UInt32.self, what()))
    guard offset >= 4, offset <= bytes.count - position else {
      throw failure(position, "the offset of \(what()) is \(offset), which leads out of the \(bytes.count) bytes")
    }
    return position + offset
  }

  /// The table at `position`.
  func table(at position: Int, depth: Int, _ what: @autoclosure () -> String) throws(TensorError) -> FlatTable {
    guard depth < Self.deepest else {
      throw failure(position, "\(what()) is more than \(Self.deepest) tables deep")
    }
    budget.tables += 1
    guard budget.tables <= Self.mostTables else {
      throw failure(position, "more than \(Self.mostTables) tables are followed")
    }
    let back = Int(try load(position, as: Int32.self, what()))
    let vtable = position - back
    let size = Int(try load(vtable, as: UInt16.self, "the vtable of \(what())"))
    guard size >= 4, size % 2 == 0, size <= bytes.count - vtable else {
      throw failure(vtable, "the vtable of \(what()) has \(size) bytes")
    }
    let extent = Int(try load(vtable + 2, as: UInt16.self, "the vtable of \(what())"))
    guard extent >= 4, extent <= bytes.count - position else {
      throw failure(position, "\(what()) has \(extent) bytes, more than there are")
    }
    return FlatTable(
      buffer: self, position: position, vtable: vtable, fields: size / 2 - 2, extent: extent, depth: depth)
  }

  /// Where the elements of the vector at `position` begin, and how many there are.
  func vector(at position: Int, stride: Int, _ what: @autoclosure () -> String) throws(TensorError) -> (
    start: Int, count: Int
  ) {
    let count = Int(try load(position, as: UInt32.self, what()))
    guard count <= (bytes.count - position - 4) / stride else {
      throw failure(position, "\(what()) has \(count) elements, more than there are")
    }
    return (position + 4, count)
  }
}
