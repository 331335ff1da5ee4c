import ApusCore

// Messages between stages: several tensors at once, whose shapes and types the receiver learns from the message.

extension ProcessGroup {
  /// Bytes of what goes before the tensors.
  private static let listBytes = 4096

  /// Starts sending tensors in one message; nil stands for a tensor that there is not, and an error in the place of all says that
  /// they will not come.
  func startSendList(
    _ list: Result<[Tensor?], TensorError>, to rank: Int, tag: Int
  ) throws(TensorError) -> Work<Void> {
    let header = Tensor.uninitialized([Self.listBytes], .uint8)
    var sources: [Tensor] = []
    var lines: [String] = []
    switch list {
    case .success(let tensors):
      for tensor in tensors {
        guard let tensor else {
          lines.append("-")
          continue
        }
        let source = try elements(tensor, "send")
        lines.append(try source.type.line("send"))
        sources.append(source)
      }
    case .failure(let error): lines = ["!", error.message]
    }
    let text = lines.joined(separator: "\n")
    guard text.utf8.count < Self.listBytes || lines.first == "!" else {
      throw TensorError(
        .shape, "send", "the shapes of \(lines.count) tensors take more than \(Self.listBytes) bytes to write down")
    }
    let bytes = header.body.data.assumingMemoryBound(to: UInt8.self)
    bytes.update(repeating: 0, count: Self.listBytes)
    for (i, byte) in text.utf8.prefix(Self.listBytes - 1).enumerated() { bytes[i] = byte }
    let parts = ([header] + sources).map { Part(rank: rank, address: $0.body.data, byteCount: $0.byteCount) }
    let held = [header] + sources
    return startMessage(
      "send to rank \(rank) of \(sources.count) tensors", with: rank,
      [
        Phase { operation throws(TensorError) in
          for part in parts { try Phases.sendAhead(part, Int32(tag), operation) }
        }
      ]
    ) { bytes throws(TensorError) in withExtendedLifetime(held) {} }
  }

  /// Starts receiving what ``startSendList(_:to:tag:)`` of another rank sends. Two such messages with one tag must not be
  /// under way at once.
  func startReceiveList(from rank: Int, tag: Int) -> Work<[Tensor?]> {
    let header = Tensor.uninitialized([Self.listBytes], .uint8)
    let box = Shared(Lock([Tensor?]()))
    return startMessage(
      "receive from rank \(rank) of tensors", with: rank,
      [
        Phase { operation throws(TensorError) in
          let part = Part(rank: rank, address: header.body.data, byteCount: header.byteCount)
          try Phases.receiveAhead(part, Int32(tag), operation)
        },
        Phase { operation throws(TensorError) in
          let bytes = UnsafeRawBufferPointer(start: header.body.data, count: header.byteCount).prefix { $0 != 0 }
          let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
          if lines.first == "!" {
            throw TensorError(.state, "pipeline", lines.dropFirst().joined(separator: "\n"))
          }
          var rooms: [Tensor?] = []
          for line in lines {
            guard line != "-" else {
              rooms.append(nil)
              continue
            }
            let type = try TensorType(line: line, "receive")
            let room = try Self.room(type.shape, type.dtype, "receive")
            rooms.append(room)
            let part = Part(rank: rank, address: room.body.data, byteCount: room.byteCount)
            try Phases.receiveAhead(part, Int32(tag), operation)
          }
          let received = rooms
          box.value.withLock { $0 = received }
        },
      ]
    ) { bytes throws(TensorError) in box.value.withLock { $0 } }
  }
}
