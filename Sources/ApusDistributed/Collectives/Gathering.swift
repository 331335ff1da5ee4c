import ApusCore

extension ProcessGroup {
  /// The tensors of all ranks, by rank: PyTorch's `all_gather`.
  ///
  /// - Parameter x: of one shape and element type on all ranks.
  public func allGather(_ x: Tensor) throws(TensorError) -> [Tensor] { try startAllGather(x).wait() }

  /// Starts ``allGather(_:)``.
  public func startAllGather(_ x: Tensor) throws(TensorError) -> Work<[Tensor]> {
    let (source, all) = try gathering(x, "allGather")
    let phase = Phases.allGather(source.body.data, byteCount: source.byteCount, into: all.body.data, core)
    return start("allGather of \(source.type)", [phase]) { () throws(TensorError) in
      withExtendedLifetime(source) { all.rows(placed: x) }
    }
  }

  /// The tensors of all ranks joined along `dim`, by rank: PyTorch's `all_gather_into_tensor`.
  ///
  /// - Parameter x: of one shape with a dimension `dim` and of one element type on all ranks.
  public func allGather(_ x: Tensor, dim: Int) throws(TensorError) -> Tensor {
    try startAllGather(x, dim: dim).wait()
  }

  /// Starts ``allGather(_:dim:)``.
  public func startAllGather(_ x: Tensor, dim: Int) throws(TensorError) -> Work<Tensor> {
    guard x.rank > 0, (-x.rank..<x.rank).contains(dim) else {
      throw TensorError(
        .dimension, "allGather",
        "there is no dimension \(dim) to join along in the shape \(x.shape); allGather(x) gives the tensors apart")
    }
    let (source, all) = try gathering(x, "allGather")
    let phase = Phases.allGather(source.body.data, byteCount: source.byteCount, into: all.body.data, core)
    let d = dim < 0 ? dim + x.rank : dim
    return start("allGather of \(source.type)", [phase]) { () throws(TensorError) in
      // [ranks, ..., n, ...] with the ranks moved before the dimension that they are joined along.
      let joined = noGrad { all.movedim(0, d).reshape(source.shape.joined(at: d, times: all.shape[0])) }
      return joined.placed(with: x)
    }
  }

  /// The tensors of all ranks, by rank, on `root` alone: PyTorch's `gather`.
  ///
  /// - Parameter x: of one shape and element type on all ranks.
  /// - Returns: the tensors, on other ranks nil.
  public func gather(_ x: Tensor, to root: Int) throws(TensorError) -> [Tensor]? {
    try startGather(x, to: root).wait()
  }

  /// Starts ``gather(_:to:)``.
  public func startGather(_ x: Tensor, to root: Int) throws(TensorError) -> Work<[Tensor]?> {
    try checkRank(root, "gather")
    let source = try elements(x, "gather")
    let isRoot = rank == root
    let all = try Self.room(isRoot ? [size] + source.shape : [0], source.dtype, "gather")
    let phase = Phases.exchange(
      sending: [Part(rank: root, address: source.body.data, byteCount: source.byteCount)],
      receiving: isRoot ? all.parts(all.shape[0]) : [])
    return start("gather to rank \(root) of \(source.type)", [phase]) { () throws(TensorError) in
      withExtendedLifetime(source) { isRoot ? all.rows(placed: x) : nil }
    }
  }

  /// The elements of `x`, and room for those of all ranks.
  private func gathering(_ x: Tensor, _ operation: String) throws(TensorError) -> (source: Tensor, all: Tensor) {
    let source = try elements(x, operation)
    return (source, try Self.room([size] + source.shape, source.dtype, operation))
  }
}

extension Tensor {
  /// The tensors along the first dimension, where `x` lies.
  func rows(placed x: Tensor) -> [Tensor] {
    let placed = placed(with: x)
    return (0..<shape[0]).map { placed[$0] }
  }
}

extension [Int] {
  /// The shape with dimension `d` as often as there are ranks.
  fileprivate func joined(at d: Int, times: Int) -> [Int] {
    var shape = self
    shape[d] *= times
    return shape
  }
}
