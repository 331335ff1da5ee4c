import ApusCore

/// What the header of an object says: a list of messages of numbered kinds, each with bytes of its own.
struct HDF5ObjectHeader: Sendable {
  struct Message: Sendable {
    let kind: Int
    /// The message stands elsewhere, and this is its address.
    let isShared: Bool
    let body: HDF5Cursor
  }

  private(set) var messages: [Message] = []
  let address: UInt64

  func first(_ kind: Int) -> Message? { messages.first { $0.kind == kind } }

  /// Reads the header at `address`, with the parts of it that lie elsewhere.
  init(_ address: UInt64, in file: HDF5Bytes) throws(TensorError) {
    self.address = address
    var first = try file.cursor(address, 16, "the object header")
    let isNew = file.slice(first.position..<first.position + 4).elementsEqual("OHDR".utf8)
    // Parts that the headers' messages lead to; that they do not go in circles is seen by their bytes in all.
    var waiting: [HDF5Cursor] = []
    var total = 0
    var flags = 0
    if isNew {
      try first.skip(4)
      guard try first.byte() == 2 else { throw first.failure("the object header is of an unknown version") }
      flags = try first.byte()
      let before = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
      var size = try file.cursor(address + UInt64(before), UInt64(1 << (flags & 3)), "the object header")
      let length = try size.number(1 << (flags & 3))
      waiting = [try file.cursor(UInt64(size.position), length, "the object header")]
    } else {
      guard try first.byte() == 1 else { throw first.failure("the object header is of an unknown version") }
      try first.skip(7)
      waiting = [try file.cursor(address + 16, UInt64(try first.word()), "the object header")]
    }
    while let part = waiting.popLast() {
      total += part.remaining + 16
      guard total <= 2 * file.count else { throw part.failure("its parts lead to one another in a circle") }
      for next in try read(part, isNew: isNew, flags: flags) {
        var next = next
        let (start, length) = (try next.address(), try next.address())
        guard isNew else {
          waiting.append(try file.cursor(start, length, "the object header"))
          continue
        }
        guard length >= 8 else { throw next.failure("a part of the object header has \(length) bytes") }
        var block = try file.cursor(start, length - 4, "the object header")
        try block.expect("OCHK")
        waiting.append(block)
      }
    }
  }

  /// Adds the messages of one part; gives those that lead to others.
  private mutating func read(_ part: HDF5Cursor, isNew: Bool, flags: Int) throws(TensorError) -> [HDF5Cursor] {
    var part = part
    var continuations: [HDF5Cursor] = []
    let headerSize = isNew ? 4 + (flags & 4 != 0 ? 2 : 0) : 8
    while part.remaining >= headerSize {
      let kind = isNew ? try part.byte() : try part.short()
      let size = try part.short()
      let messageFlags = try part.byte()
      try part.skip(isNew ? headerSize - 4 : 3)
      let body = try part.part(size)
      if kind == 0x10 {
        continuations.append(body)
      } else if kind != 0 {
        messages.append(Message(kind: kind, isShared: messageFlags & 2 != 0, body: body))
      }
    }
    return continuations
  }

  /// The header that a shared message's bytes lead to.
  static func shared(_ body: HDF5Cursor, in file: HDF5Bytes) throws(TensorError) -> HDF5ObjectHeader {
    var body = body
    let version = try body.byte()
    let kind = try body.byte()
    guard (version == 2 || version == 3) && kind != 1 else {
      throw body.failure("a part that several objects share (version \(version), kind \(kind)) is not read")
    }
    return try HDF5ObjectHeader(try body.address(), in: file)
  }
}
