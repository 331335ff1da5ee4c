import ApusCore

extension ProcessGroup {
  /// Sends a tensor to another rank, which receives it with its shape and element type told: PyTorch's `send`. Messages between two
  /// ranks with one tag come in the order in which they were sent.
  ///
  /// - Parameter tag: 0 to 32766; it tells messages between two ranks apart.
  public func send(_ x: Tensor, to rank: Int, tag: Int = 0) throws(TensorError) {
    try startSend(x, to: rank, tag: tag).wait()
  }

  /// Starts ``send(_:to:tag:)``.
  public func startSend(_ x: Tensor, to rank: Int, tag: Int = 0) throws(TensorError) -> Work<Void> {
    try checkMessage(rank, tag, "send")
    let source = try elements(x, "send")
    let part = Part(rank: rank, address: source.body.data, byteCount: source.byteCount)
    var phases = [Phase { operation throws(TensorError) in try Phases.send(part, Int32(tag), operation) }]
    if core.engine.isDebugging {
      phases.insert(Phases.announce("\(source.byteCount) \(source.type)", to: rank, Int32(tag)), at: 0)
    }
    return startMessage("send to rank \(rank) of \(source.type)", with: rank, lane: lane("to", rank, tag), phases) {
      bytes throws(TensorError) in withExtendedLifetime(source) {}
    }
  }

  /// A tensor that another rank sends: PyTorch's `recv`.
  ///
  /// - Parameters:
  ///   - shape: the shape that was sent.
  ///   - dtype: the element type that was sent.
  ///   - rank: who sends.
  ///   - tag: that of the message.
  /// - Throws: `TensorError` where another number of bytes comes.
  public func receive(
    _ shape: [Int], dtype: DType = .default, from rank: Int, tag: Int = 0
  ) throws(TensorError) -> Tensor {
    try startReceive(shape, dtype: dtype, from: rank, tag: tag).wait()
  }

  /// ``receive(_:dtype:from:tag:)`` into `x`, whose shape and element type it has; in a variable all its handles see it.
  public func receive(into x: inout Tensor, from rank: Int, tag: Int = 0) throws(TensorError) {
    x.become(try receive(x.shape, dtype: x.dtype, from: rank, tag: tag))
  }

  /// Starts ``receive(_:dtype:from:tag:)``.
  public func startReceive(
    _ shape: [Int], dtype: DType = .default, from rank: Int, tag: Int = 0
  ) throws(TensorError) -> Work<Tensor> {
    try checkMessage(rank, tag, "receive")
    let result = try Self.room(shape, dtype, "receive")
    let part = Part(rank: rank, address: result.body.data, byteCount: result.byteCount)
    let phases =
      core.engine.isDebugging
      ? Phases.receiveAnnounced("\(result.type)", into: part, Int32(tag))
      : [Phase { operation throws(TensorError) in try Phases.receive(part, Int32(tag), operation) }]
    return startMessage(
      "receive from rank \(rank) of \(result.type)", with: rank, lane: lane("from", rank, tag), phases
    ) { bytes throws(TensorError) in
      guard bytes == result.byteCount else {
        throw TensorError(
          .shape, "receive",
          "\(result.type) has \(result.byteCount) bytes, and rank \(rank) sent \(bytes); both must name one shape and type"
        )
      }
      return result
    }
  }

  /// What messages have in common that go one after the other since each is announced by another; nil: none is.
  private func lane(_ direction: String, _ rank: Int, _ tag: Int) -> String? {
    core.engine.isDebugging ? "\(name) \(direction) \(rank) \(tag)" : nil
  }

  private func checkMessage(_ rank: Int, _ tag: Int, _ operation: String) throws(TensorError) {
    try checkRank(rank, operation)
    guard rank != self.rank else {
      throw TensorError(.index, operation, "rank \(rank) is this process itself; messages go between two ranks")
    }
    guard (0..<MPILibrary.largestTag).contains(tag) else {
      throw TensorError(.value, operation, "a tag is a number from 0 to \(MPILibrary.largestTag - 1), and was \(tag)")
    }
  }
}
