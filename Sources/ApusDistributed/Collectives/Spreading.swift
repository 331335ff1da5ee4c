import ApusCore

extension ProcessGroup {
  /// The tensor of `root`, on all ranks: PyTorch's `broadcast`.
  ///
  /// - Parameter x: of one shape and element type on all ranks; what others than `root` have in it does not count.
  public func broadcast(_ x: Tensor, from root: Int) throws(TensorError) -> Tensor {
    try startBroadcast(x, from: root).wait()
  }

  /// ``broadcast(_:from:)`` in place: in a variable (parameter, buffer) all its handles see it.
  public func broadcast(_ x: inout Tensor, from root: Int) throws(TensorError) {
    let value = try startBroadcast(x, from: root).wait()
    if rank != root { x.become(value) }
  }

  /// Starts ``broadcast(_:from:)``.
  public func startBroadcast(_ x: Tensor, from root: Int) throws(TensorError) -> Work<Tensor> {
    try checkRank(root, "broadcast")
    let value =
      try rank == root ? elements(x, "broadcast") : Self.room(x.shape, x.dtype, "broadcast")
    let phases = Phases.broadcast(value.body.data, byteCount: value.byteCount, from: root)
    return start("broadcast from rank \(root) of \(value.type)", phases) { () throws(TensorError) in
      value.placed(with: x)
    }
  }

  /// Of the tensors that `root` gives, the one at this rank's place: PyTorch's `scatter`.
  ///
  /// - Parameter pieces: on `root` one for each rank, all of one shape and element type; on others nil.
  public func scatter(_ pieces: [Tensor]?, from root: Int) throws(TensorError) -> Tensor {
    try startScatter(pieces, from: root).wait()
  }

  /// Starts ``scatter(_:from:)``.
  public func startScatter(_ pieces: [Tensor]?, from root: Int) throws(TensorError) -> Work<Tensor> {
    try checkRank(root, "scatter")
    let header = Tensor.uninitialized([Phases.headerBytes], .uint8)
    var sources: [Tensor] = []
    if rank == root {
      guard let pieces, pieces.count == size else {
        throw TensorError(
          .value, "scatter", "rank \(root) gives \(pieces?.count ?? 0) tensors; \(size) ranks need one each")
      }
      guard pieces.allSatisfy({ $0.type == pieces[0].type }) else {
        throw TensorError(
          .shape, "scatter", "all tensors must be of one shape and element type, and are \(pieces.map(\.type))")
      }
      for piece in pieces { sources.append(try elements(piece, "scatter")) }
      Phases.writeText(try pieces[0].type.line("scatter"), to: header.body.data)
    }
    let given = sources
    let result = Lock(Tensor.uninitialized([0], .uint8))
    let place = pieces?.first
    let box = Shared(result)
    let rank = rank
    let phases =
      Phases.broadcast(header.body.data, byteCount: Phases.headerBytes, from: root) + [
        Phase { operation throws(TensorError) in
          let type = try TensorType(line: Phases.readText(header.body.data), "scatter")
          let room = try Self.room(type.shape, type.dtype, "scatter")
          box.value.withLock { $0 = room }
          let sending = given.enumerated().map {
            Part(rank: $0.offset, address: $0.element.body.data, byteCount: $0.element.byteCount)
          }
          let receiving = [Part(rank: root, address: room.body.data, byteCount: room.byteCount)]
          try Phases.exchange(sending: rank == root ? sending : [], receiving: receiving).begin(operation)
        },
        // The tensors are held until they are sent.
        Phase { _ in withExtendedLifetime(given) {} },
      ]
    return start("scatter from rank \(root)", phases) { () throws(TensorError) in
      let value = box.value.withLock { $0 }
      return place.map { value.placed(with: $0) } ?? value
    }
  }

  /// Sends `pieces[r]` to rank r, and gives what all ranks sent to this one, by rank: PyTorch's `all_to_all`.
  ///
  /// - Parameter pieces: one for each rank; shapes and element types may all differ.
  public func allToAll(_ pieces: [Tensor]) throws(TensorError) -> [Tensor] { try startAllToAll(pieces).wait() }

  /// Starts ``allToAll(_:)-([Tensor])``.
  public func startAllToAll(_ pieces: [Tensor]) throws(TensorError) -> Work<[Tensor]> {
    guard pieces.count == size else {
      throw TensorError(.value, "allToAll", "\(pieces.count) tensors were given; \(size) ranks need one each")
    }
    let size = size
    let headers = Tensor.uninitialized([size, Phases.headerBytes], .uint8)
    let found = Tensor.uninitialized([size, Phases.headerBytes], .uint8)
    var sources: [Tensor] = []
    for (i, piece) in pieces.enumerated() {
      sources.append(try elements(piece, "allToAll"))
      Phases.writeText(try piece.type.line("allToAll"), to: headers.body.data + i * Phases.headerBytes)
    }
    let given = sources
    let box = Shared(Lock([Tensor]()))
    let place = pieces.first
    let phases: [Phase] = [
      Phases.exchange(sending: headers.parts(size), receiving: found.parts(size)),
      Phase { operation throws(TensorError) in
        var rooms: [Tensor] = []
        for i in 0..<size {
          let line = Phases.readText(found.body.data + i * Phases.headerBytes)
          let type = try TensorType(line: line, "allToAll")
          rooms.append(try Self.room(type.shape, type.dtype, "allToAll"))
        }
        func parts(_ tensors: [Tensor]) -> [Part] {
          tensors.enumerated().map {
            Part(rank: $0.offset, address: $0.element.body.data, byteCount: $0.element.byteCount)
          }
        }
        let received = rooms
        box.value.withLock { $0 = received }
        try Phases.exchange(sending: parts(given), receiving: parts(received)).begin(operation)
      },
      Phase { _ in withExtendedLifetime((given, headers)) {} },
    ]
    return start("allToAll", phases) { () throws(TensorError) in
      let values = box.value.withLock { $0 }
      guard let place else { return values }
      return values.map { $0.placed(with: place) }
    }
  }

  /// Cuts `x` along its first dimension into a part for each rank, and gives the parts that all ranks have for this one, joined:
  /// PyTorch's `all_to_all_single`.
  ///
  /// - Parameter x: of one shape [n · size, ...] and element type on all ranks.
  /// - Returns: [n · size, ...].
  public func allToAll(_ x: Tensor) throws(TensorError) -> Tensor { try startAllToAll(x).wait() }

  /// Starts ``allToAll(_:)-(Tensor)``.
  public func startAllToAll(_ x: Tensor) throws(TensorError) -> Work<Tensor> {
    let source = try elements(x, "allToAll")
    guard let rows = source.shape.first, rows % size == 0 else {
      throw TensorError(
        .shape, "allToAll",
        "the first dimension must be a multiple of the \(size) ranks, and the shape is \(source.shape); a list of tensors "
          + "may be of any shapes")
    }
    let result = try Self.room(source.shape, source.dtype, "allToAll")
    let (sending, receiving) = (source.parts(size), result.parts(size))
    let phase = Phases.exchange(sending: sending, receiving: receiving)
    return start("allToAll of \(source.type)", [phase]) { () throws(TensorError) in
      withExtendedLifetime(source) { result.placed(with: x) }
    }
  }

  /// Comes back when all members have called it.
  /// - Parameter timeout: how long that may take before the program is ended; nil: as long as any collective.
  public func barrier(timeout: Duration? = nil) throws(TensorError) {
    if let timeout, timeout <= .zero {
      throw TensorError(.value, "barrier", "a timeout must be more than 0, and was \(timeout)")
    }
    try start("barrier", [Phases.barrier], timeout: timeout) { () throws(TensorError) in }.wait()
  }
}

/// A value that closures share.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}

extension TensorType {
  /// `float32 2 3`, in a header.
  func line(_ operation: String) throws(TensorError) -> String {
    let line = ([dtype.name] + shape.map(String.init)).joined(separator: " ")
    guard line.utf8.count < Phases.headerBytes else {
      throw TensorError(
        .shape, operation, "type and shape have more than \(Phases.headerBytes - 1) characters: \(line)")
    }
    return line
  }

  /// What ``line(_:)`` wrote in another process.
  init(line: String, _ operation: String) throws(TensorError) {
    let words = line.split(separator: " ").map(String.init)
    guard let name = words.first, let dtype = DType(name: name) else {
      throw TensorError(
        .dtype, operation,
        "another rank sends elements of type '\(words.first ?? "")', which this one has not registered")
    }
    let shape = words.dropFirst().map { Int($0) ?? -1 }
    guard checkedElementCount(shape, elementSize: dtype.size) != nil else {
      throw TensorError(.shape, operation, "another rank sends a tensor of an impossible shape: '\(line)'")
    }
    self.init(shape, dtype)
  }
}
