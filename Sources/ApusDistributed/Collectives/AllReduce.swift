import ApusCore

extension ProcessGroup {
  /// The elements of all ranks reduced to one tensor, which all get: PyTorch's `all_reduce`.
  ///
  /// - Parameter x: of one shape and element type on all ranks.
  /// - Throws: `TensorError` where `operation` has no meaning for the elements.
  public func allReduce(_ x: Tensor, _ operation: ReduceOperation = .sum) throws(TensorError) -> Tensor {
    try startAllReduce(x, operation).wait()
  }

  /// ``allReduce(_:_:)`` in place: in a variable (parameter, buffer) all its handles see it, and memory that nobody else holds is
  /// used again.
  public func allReduce(_ x: inout Tensor, _ operation: ReduceOperation = .sum) throws(TensorError) {
    if x.plainAddress != nil, TensorBody.isUnique(&x.body) {
      try startReducing(x, operation, placed: x).wait()
    } else {
      x.become(try startAllReduce(x, operation).wait())
    }
  }

  /// Starts ``allReduce(_:_:)``. The memory of a tensor that is given away (nobody else holds it) becomes that of the result.
  public func startAllReduce(
    _ x: consuming Tensor, _ operation: ReduceOperation = .sum
  ) throws(TensorError) -> Work<Tensor> {
    let place = x.placeHolder
    return try startReducing(try writable(x, "allReduce"), operation, placed: place)
  }

  /// Reduces what is in `result`, where it lies.
  private func startReducing(
    _ result: Tensor, _ operation: ReduceOperation, placed place: Tensor
  ) throws(TensorError) -> Work<Tensor> {
    let phases = try reducing(result, operation)
    return start("allReduce(\(operation.rawValue)) of \(result.type)", phases) { () throws(TensorError) in
      result.placed(with: place)
    }
  }

  /// What reduces the elements of `result` where they lie: plain memory of the host that nobody else reads.
  func reducing(_ result: Tensor, _ operation: ReduceOperation) throws(TensorError) -> [Phase] {
    try operation.check(result.dtype, "allReduce")
    if size == 1 { return [] }
    if operation == .sum || operation == .mean, isSummedByParts(result) {
      return Phases.sum(
        result.body.data, count: result.count, dtype: result.dtype, core,
        scale: operation.scale(result.dtype, ranks: size))
    }
    if let native = operation.native(result.dtype) {
      return Phases.allReduce(
        result.body.data, count: result.count, dtype: result.dtype, native,
        scale: operation.scale(result.dtype, ranks: size))
    }
    return try reducing(result, operation, to: Array(0..<size))
  }

  /// Whether ``Phases/sum(_:count:dtype:_:scale:)`` is faster than MPI's own: for what takes longer than messages do, among few
  /// ranks. Between hosts it uses both directions of a link at once, which Open MPI's reductions in place do not.
  private func isSummedByParts(_ x: Tensor) -> Bool {
    (x.dtype == .float32 || x.dtype == .float64) && x.byteCount >= Phases.leastByParts && size <= Phases.mostByParts
  }

  /// Reduces `result` by ``ReduceOperation/reduce(_:)``: each rank gets a part of all the others', reduces it, and gives it to
  /// those ranks that are to have the whole.
  private func reducing(_ result: Tensor, _ operation: ReduceOperation, to ranks: [Int]) throws(TensorError) -> [Phase]
  {
    let (rank, width, count, size) = (rank, result.dtype.size, result.count, size)
    let data = result.body.data
    let parts = (0..<size).map { i -> Part in
      let (first, end) = (count * i / size, count * (i + 1) / size)
      return Part(rank: i, address: data + first * width, byteCount: (end - first) * width)
    }
    let own = parts[rank]
    let rows = try Self.room([size, own.byteCount / width], result.dtype, "allReduce")
    return [
      Phases.exchange(sending: parts, receiving: rows.parts(size)),
      Phases.reduce(noGrad { rows.unbind(0) }, operation, into: own.address),
      Phases.exchange(
        sending: ranks.map { Part(rank: $0, address: own.address, byteCount: own.byteCount) },
        // What it sent itself lies there already.
        receiving: ranks.contains(rank) ? parts.filter { $0.rank != rank } : []),
    ]
  }

  /// The elements of all ranks reduced to one tensor, which `root` alone gets: PyTorch's `reduce`.
  ///
  /// - Parameter x: of one shape and element type on all ranks.
  /// - Returns: the result, on other ranks nil.
  public func reduce(
    _ x: Tensor, _ operation: ReduceOperation = .sum, to root: Int
  ) throws(TensorError) -> Tensor? {
    try startReduce(x, operation, to: root).wait()
  }

  /// Starts ``reduce(_:_:to:)``.
  public func startReduce(
    _ x: consuming Tensor, _ operation: ReduceOperation = .sum, to root: Int
  ) throws(TensorError) -> Work<Tensor?> {
    try checkRank(root, "reduce")
    let place = x.placeHolder
    let result = try writable(x, "reduce")
    try operation.check(result.dtype, "reduce")
    let phases = try size == 1 ? [] : reducing(result, operation, to: [root])
    let isRoot = rank == root
    return start("reduce(\(operation.rawValue)) to rank \(root) of \(result.type)", phases) { () throws(TensorError) in
      isRoot ? result.placed(with: place) : nil
    }
  }

  /// The elements of all ranks reduced, and of the result a part for each rank: PyTorch's `reduce_scatter_tensor`.
  ///
  /// - Parameter x: of one shape [n · size, ...] and element type on all ranks.
  /// - Returns: [n, ...], rows `rank · n` up to `(rank + 1) · n` of the reduced whole.
  public func reduceScatter(_ x: Tensor, _ operation: ReduceOperation = .sum) throws(TensorError) -> Tensor {
    try startReduceScatter(x, operation).wait()
  }

  /// Starts ``reduceScatter(_:_:)``.
  public func startReduceScatter(
    _ x: Tensor, _ operation: ReduceOperation = .sum
  ) throws(TensorError) -> Work<Tensor> {
    let source = try elements(x, "reduceScatter")
    let dtype = source.dtype
    try operation.check(dtype, "reduceScatter")
    guard let rows = source.shape.first, rows % size == 0 else {
      throw TensorError(
        .shape, "reduceScatter",
        "the first dimension must be a multiple of the \(size) ranks, and the shape is \(source.shape)")
    }
    let result = try Self.room([rows / size] + source.shape.dropFirst(), dtype, "reduceScatter")
    let phases: [Phase]
    if let native = operation.native(dtype), result.count <= Int(Int32.max), core.engine.library != nil,
      !core.goesByParts(source.byteCount)
    {
      let scale = operation.scale(dtype, ranks: size)
      phases = [
        Phase { operation throws(TensorError) in
          guard let library = operation.group.engine.library, let type = library.types[dtype],
            let function = library.operations[native]
          else { return }
          try operation.start {
            library.reduceScatter(
              source.body.data, result.body.data, Int32(result.count), type, function, operation.group.communicator, $0)
          }
        },
        Phase { _ in scale?(result.body.data, result.count) },
      ]
    } else {
      let parts = try Self.room([size, result.count], dtype, "reduceScatter")
      phases = [
        Phases.exchange(sending: source.parts(parts.shape[0]), receiving: parts.parts(parts.shape[0])),
        Phases.reduce(noGrad { parts.unbind(0) }, operation, into: result.body.data),
      ]
    }
    return start("reduceScatter(\(operation.rawValue)) of \(source.type)", phases) { () throws(TensorError) in
      withExtendedLifetime(source) { result.placed(with: x) }
    }
  }
}

extension Tensor {
  /// Something that lies where this does and has none of its elements, so that these have one holder less.
  var placeHolder: Tensor {
    deviceIfUsed.map { Tensor.zeros([], device: $0) } ?? Tensor.zeros([], dtype: .uint8, device: .cpu)
  }
}
