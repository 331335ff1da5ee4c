/// Bytes that lie somewhere in memory that something keeps alive: a part of a mapped file, or bytes of one's own. Copies and
/// parts share the memory.
public struct ByteSlice: Sendable, Hashable {
  private let owner: (any Sendable)?
  private nonisolated(unsafe) let memory: UnsafeRawBufferPointer

  /// The number of bytes.
  public var count: Int { memory.count }
  /// Whether there are no bytes.
  public var isEmpty: Bool { memory.isEmpty }

  /// No bytes.
  public init() {
    owner = nil
    memory = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// The bytes of a mapped file, which lives as long as the slice.
  public init(_ file: MappedFile) {
    owner = file
    memory = file.bytes
  }

  /// A copy of `bytes`.
  public init(_ bytes: [UInt8]) {
    let copy = OwnedBytes(bytes)
    owner = copy
    memory = UnsafeRawBufferPointer(copy.bytes)
  }

  /// Bytes that lie at `memory` as long as `owner` lives.
  package init(_ memory: UnsafeRawBufferPointer, of owner: any Sendable) {
    self.owner = owner
    self.memory = memory
  }

  /// Calls `body` with the bytes, which are valid inside it.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(owner) {} }
    return try body(memory)
  }

  /// The bytes at the positions of `range`, which must lie inside.
  package subscript(range: Range<Int>) -> ByteSlice {
    precondition(range.lowerBound >= 0 && range.upperBound <= memory.count, "a part of a slice lies outside it")
    guard let owner else { return ByteSlice() }
    return ByteSlice(UnsafeRawBufferPointer(rebasing: memory[range]), of: owner)
  }

  /// A copy as an array.
  public var array: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Whether both have the same bytes.
  public static func == (a: ByteSlice, b: ByteSlice) -> Bool {
    a.count == b.count && a.withUnsafeBytes { x in b.withUnsafeBytes { y in x.elementsEqual(y) } }
  }

  public func hash(into hasher: inout Hasher) {
    withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

/// Bytes of our own that do not move.
private final class OwnedBytes: Sendable {
  nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

  init(_ source: [UInt8]) {
    bytes = .allocate(byteCount: source.count, alignment: 64)
    bytes.copyBytes(from: source)
  }

  deinit { bytes.deallocate() }
}
