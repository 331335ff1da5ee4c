import ApusCore

/// Bytes from or to one rank.
struct Part {
  let rank: Int
  let address: UnsafeMutableRawPointer
  let byteCount: Int

  /// The first `count` bytes, and what is left; nil: nothing.
  func split(at count: Int) -> (Part, Part?) {
    if byteCount <= count { return (self, nil) }
    return (
      Part(rank: rank, address: address, byteCount: count),
      Part(rank: rank, address: address + count, byteCount: byteCount - count)
    )
  }
}

/// What collectives are made of. MPI counts in 32 bits, so what is long goes in pieces.
enum Phases {
  /// Bytes that one reduction or broadcast takes at once: they stay in the cache; measured, see docs/architecture.md.
  static let pieceBytes = 1 << 20
  /// Bytes that ``sum(_:count:dtype:_:scale:)`` takes at once: between hosts more, since each piece waits for messages.
  static func pieceBytes(isWide: Bool) -> Int { isWide ? 8 << 20 : pieceBytes }
  /// Up to so many ranks send their parts straight to each other, of so many bytes and more.
  static let (mostByParts, leastByParts) = (16, 1 << 16)
  /// Bytes of a message.
  static let messageBytes = 1 << 30
  /// Bytes of a message over a stream (TCP), which is sent without asking the receiver: of a longer one the answer to that question, which
  /// waits behind what goes the other way, lets the two directions of a link follow each other where they could go at once.
  static let streamBytes = 60 << 10
  /// Bytes to one rank that are under way in such messages: those that come before somebody asks for them take memory.
  private static let windowBytes = 256 * streamBytes
  /// Bytes of what is compared or told before the elements.
  static let headerBytes = 256
  /// Messages inside of collectives have a tag of their own, which those of the program cannot have.
  private static let tag = Int32(MPILibrary.largestTag)

  /// Ends when all have come to it.
  static var barrier: Phase {
    Phase { operation throws(TensorError) in
      guard let library = operation.group.engine.library else { return }
      try operation.start { library.barrier(operation.group.communicator, $0) }
    }
  }

  /// Reduces `count` elements in place by a reduction of MPI; `scale` is called with each piece when it has come.
  ///
  /// MPI reduces into memory of its own: of elements in place Open MPI sends every piece up and down a tree, whole.
  static func allReduce(
    _ address: UnsafeMutableRawPointer, count: Int, dtype: DType, _ reduction: NativeReduction,
    scale: ((UnsafeMutableRawPointer, Int) -> Void)?
  ) -> [Phase] {
    let length = pieceBytes / dtype.size
    let room = Tensor.uninitialized([min(length, count)], dtype)
    /// Puts the piece that begins at this element where it belongs.
    func place(_ first: Int, _ operation: Operation) {
      let (piece, n) = (address + first * dtype.size, min(length, count - first))
      if operation.group.engine.library != nil { piece.copyMemory(from: room.body.data, byteCount: n * dtype.size) }
      scale?(piece, n)
    }
    var phases = stride(from: 0, to: count, by: length).map { first in
      Phase { operation throws(TensorError) in
        if first > 0 { place(first - length, operation) }
        guard let library = operation.group.engine.library, let type = library.types[dtype],
          let function = library.operations[reduction]
        else { return }
        try operation.start {
          library.allReduce(
            address + first * dtype.size, room.body.data, Int32(min(length, count - first)), type, function,
            operation.group.communicator, $0)
        }
      }
    }
    if count > 0 { phases.append(Phase { operation in place((count - 1) / length * length, operation) }) }
    return phases
  }

  /// Adds up `count` elements (float32, float64) of all ranks in place, piece by piece: each rank gets its part of a piece from all, adds it up, and
  /// gives it back. Copies less than MPI's reduction, and takes two messages for each other rank and piece.
  static func sum(
    _ address: UnsafeMutableRawPointer, count: Int, dtype: DType, _ group: GroupCore,
    scale: ((UnsafeMutableRawPointer, Int) -> Void)?
  ) -> [Phase] {
    let (size, rank, width) = (group.size, group.rank, dtype.size)
    let length = pieceBytes(isWide: group.isWide) / width
    let room = Tensor.uninitialized([size, (min(length, count) + size - 1) / size], dtype)
    var phases: [Phase] = []
    for first in stride(from: 0, to: count, by: length) {
      let n = min(length, count - first)
      let parts = (0..<size).map { i -> Part in
        let (from, to) = (n * i / size, n * (i + 1) / size)
        return Part(rank: i, address: address + (first + from) * width, byteCount: (to - from) * width)
      }
      let own = parts[rank]
      let rows = (0..<size).map {
        Part(rank: $0, address: room.body.data + $0 * room.shape[1] * width, byteCount: own.byteCount)
      }
      let others = rows.filter { $0.rank != rank }
      phases.append(exchange(sending: parts.filter { $0.rank != rank }, receiving: others))
      let giving = exchange(
        sending: others.map { Part(rank: $0.rank, address: own.address, byteCount: own.byteCount) },
        receiving: parts.filter { $0.rank != rank })
      phases.append(
        Phase { operation throws(TensorError) in
          let n = own.byteCount / width
          for row in others {
            if dtype == .float32 {
              add(row.address, to: own.address, n, of: Float.self)
            } else {
              add(row.address, to: own.address, n, of: Double.self)
            }
          }
          scale?(own.address, n)
          try withExtendedLifetime(room) { () throws(TensorError) in try giving.begin(operation) }
        })
    }
    return phases
  }

  @inline(__always)
  private static func add<Number: FloatingPoint>(
    _ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, _ count: Int, of type: Number.Type
  ) {
    let (x, y) = (source.assumingMemoryBound(to: Number.self), target.assumingMemoryBound(to: Number.self))
    for i in 0..<count { y[i] += x[i] }
  }

  /// Reduces `rows`, one [n] of each rank, by ``ReduceOperation/reduce(_:)`` into memory for n elements.
  static func reduce(_ rows: [Tensor], _ reduction: ReduceOperation, into target: UnsafeMutableRawPointer) -> Phase {
    Phase { operation throws(TensorError) in
      let reduced = try reduction.reduce(rows)
      target.copyMemory(from: reduced.body.data, byteCount: reduced.byteCount)
    }
  }

  /// Brings the bytes of `root` to all.
  static func broadcast(_ address: UnsafeMutableRawPointer, byteCount: Int, from root: Int) -> [Phase] {
    stride(from: 0, to: byteCount, by: pieceBytes).map { first in
      Phase { operation throws(TensorError) in
        guard let library = operation.group.engine.library else { return }
        try operation.start {
          library.broadcast(
            address + first, Int32(min(pieceBytes, byteCount - first)), library.byte, Int32(root),
            operation.group.communicator, $0)
        }
      }
    }
  }

  /// Brings `byteCount` bytes of each rank to all, one after the other.
  static func allGather(
    _ source: UnsafeMutableRawPointer, byteCount: Int, into target: UnsafeMutableRawPointer, _ group: GroupCore
  ) -> Phase {
    if byteCount * group.size <= Int(Int32.max), !group.goesByParts(byteCount * group.size) {
      return Phase { operation throws(TensorError) in
        guard let library = operation.group.engine.library else {
          target.copyMemory(from: source, byteCount: byteCount)
          return
        }
        try operation.start {
          library.allGather(
            source, Int32(byteCount), library.byte, target, Int32(byteCount), library.byte,
            operation.group.communicator, $0)
        }
      }
    }
    return exchange(
      sending: (0..<group.size).map { Part(rank: $0, address: source, byteCount: byteCount) },
      receiving: (0..<group.size).map { Part(rank: $0, address: target + $0 * byteCount, byteCount: byteCount) })
  }

  /// Messages between all that have some for each other; those of a rank to itself are copied.
  static func exchange(sending: [Part], receiving: [Part]) -> Phase {
    Phase { operation throws(TensorError) in
      let own = operation.group.rank
      // Each begins with the rank behind its own, so that not all send to one.
      let size = operation.group.size
      try exchange(
        sending.filter { $0.rank != own }.sorted { ($0.rank + size - own) % size < ($1.rank + size - own) % size },
        receiving.filter { $0.rank != own }, operation)
      if let from = sending.first(where: { $0.rank == own }), let to = receiving.first(where: { $0.rank == own }) {
        to.address.copyMemory(from: from.address, byteCount: min(from.byteCount, to.byteCount))
      }
    }
  }

  /// Messages to and from other ranks; what is left of those over streams follows when these are there, so that no rank is far ahead of
  /// another.
  private static func exchange(_ sending: [Part], _ receiving: [Part], _ operation: Operation) throws(TensorError) {
    let (going, coming) = (sending.map { cut($0, operation.group) }, receiving.map { cut($0, operation.group) })
    for cut in coming { try receive(cut.now, tag, operation, inPiecesOf: cut.messageBytes) }
    for cut in going { try send(cut.now, tag, operation, inPiecesOf: cut.messageBytes) }
    let (left, expected) = (going.compactMap(\.rest), coming.compactMap(\.rest))
    if !left.isEmpty || !expected.isEmpty {
      operation.goOn(with: Phase { operation throws(TensorError) in try exchange(left, expected, operation) })
    }
  }

  /// What of a part may be under way at once, in messages of how many bytes, and what is left of it.
  private static func cut(_ part: Part, _ group: GroupCore) -> (now: Part, messageBytes: Int, rest: Part?) {
    if !group.isWide || group.engine.reachesMemory || group.isNear(part.rank) { return (part, messageBytes, nil) }
    let (now, rest) = part.split(at: windowBytes)
    return (now, streamBytes, rest)
  }

  /// Starts sending a message that another follows, perhaps, before anything comes back: its beginning without asking.
  static func sendAhead(_ part: Part, _ tag: Int32, _ operation: Operation) throws(TensorError) {
    let (now, messageBytes, rest) = cut(part, operation.group)
    try send(now, tag, operation, inPiecesOf: messageBytes)
    if let rest { try send(rest, tag, operation) }
  }

  /// Starts receiving what ``sendAhead(_:_:_:)`` sends.
  static func receiveAhead(_ part: Part, _ tag: Int32, _ operation: Operation) throws(TensorError) {
    let (now, messageBytes, rest) = cut(part, operation.group)
    try receive(now, tag, operation, inPiecesOf: messageBytes)
    if let rest { try receive(rest, tag, operation) }
  }

  /// Starts sending bytes; an empty message is one too.
  static func send(
    _ part: Part, _ tag: Int32, _ operation: Operation, inPiecesOf pieceBytes: Int = messageBytes
  ) throws(TensorError) {
    guard let library = operation.group.engine.library else { return }
    for first in stride(from: 0, to: max(part.byteCount, 1), by: pieceBytes) {
      try operation.start {
        library.send(
          part.address + first, Int32(min(pieceBytes, part.byteCount - first)), library.byte, Int32(part.rank), tag,
          operation.group.communicator, $0)
      }
    }
  }

  /// Starts receiving bytes.
  static func receive(
    _ part: Part, _ tag: Int32, _ operation: Operation, inPiecesOf pieceBytes: Int = messageBytes
  ) throws(TensorError) {
    guard let library = operation.group.engine.library else { return }
    for first in stride(from: 0, to: max(part.byteCount, 1), by: pieceBytes) {
      try operation.start {
        library.receive(
          part.address + first, Int32(min(pieceBytes, part.byteCount - first)), library.byte, Int32(part.rank), tag,
          operation.group.communicator, $0)
      }
    }
  }

  /// Refuses to go on where the ranks do not call the same: all get the same error, with what each says.
  static func compare(_ text: String, in group: GroupCore) -> [Phase] {
    let own = Tensor.uninitialized([headerBytes], .uint8)
    let all = Tensor.uninitialized([group.size, headerBytes], .uint8)
    writeText(text, to: own.body.data)
    return [
      allGather(own.body.data, byteCount: headerBytes, into: all.body.data, group),
      Phase { operation throws(TensorError) in
        // The memory has to be there until it has come.
        withExtendedLifetime(own) {}
        let texts = (0..<operation.group.size).map { readText(all.body.data + $0 * headerBytes) }
        guard Set(texts).count > 1 else { return }
        // What comes from a call without a comparison is no text.
        let said = texts.enumerated().map {
          "\(group.title(of: $0.offset)) calls \($0.element.first?.isLetter == true ? $0.element : "something else")"
        }.joined(separator: "; ")
        throw TensorError(
          .state, String(text.prefix { $0.isLetter }),
          "the ranks of group '\(operation.group.name)' call different things as their collective number "
            + "\(operation.number ?? 0): \(said)")
      },
    ]
  }

  /// Tells the receiver of a message what is sent, before that.
  static func announce(_ text: String, to rank: Int, _ tag: Int32) -> Phase {
    let header = Tensor.uninitialized([headerBytes], .uint8)
    writeText(text, to: header.body.data)
    return Phase { operation throws(TensorError) in
      try send(Part(rank: rank, address: header.body.data, byteCount: headerBytes), tag, operation)
    }
  }

  /// Receives what was announced into `part` where that is `text`. Otherwise the message, which would be taken for the next one, is received
  /// and dropped, and the difference is thrown.
  static func receiveAnnounced(_ text: String, into part: Part, _ tag: Int32) -> [Phase] {
    let header = Tensor.uninitialized([headerBytes], .uint8)
    let announced = { readText(header.body.data) }
    return [
      Phase { operation throws(TensorError) in
        try receive(Part(rank: part.rank, address: header.body.data, byteCount: headerBytes), tag, operation)
      },
      Phase { operation throws(TensorError) in
        operation.forgetReceived()
        let words = announced().split(separator: " ", maxSplits: 1)
        if words.count == 2, words[1] == text { return try receive(part, tag, operation) }
        let room = try ProcessGroup.room([words.first.flatMap { Int($0) } ?? 0], .uint8, "receive")
        operation.hold(room)
        try receive(Part(rank: part.rank, address: room.body.data, byteCount: room.count), tag, operation)
      },
      Phase { operation throws(TensorError) in
        let words = announced().split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[1] != text else { return }
        throw TensorError(
          .shape, "receive",
          "\(operation.group.title(of: part.rank)) sends \(words[1]), and \(operation.group.title(of: operation.group.rank)) expects "
            + "\(text) (tag \(tag), group '\(operation.group.name)'); both must name one shape and type")
      },
    ]
  }

  /// Writes a text of at most 255 bytes, filled up with zeros.
  static func writeText(_ text: String, to address: UnsafeMutableRawPointer) {
    let bytes = address.assumingMemoryBound(to: UInt8.self)
    bytes.update(repeating: 0, count: headerBytes)
    for (i, byte) in text.utf8.prefix(headerBytes - 1).enumerated() { bytes[i] = byte }
  }

  /// The text that ``writeText(_:to:)`` wrote.
  static func readText(_ address: UnsafeMutableRawPointer) -> String {
    String(decoding: UnsafeRawBufferPointer(start: address, count: headerBytes).prefix { $0 != 0 }, as: UTF8.self)
  }
}
