// Rearranging dimensions: moving, splitting, repeating and windows.

extension Tensor {
  /// Dimensions moved to other places; the rest keep their order.
  public func movedim(_ source: [Int], _ destination: [Int]) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard source.count == destination.count else {
        throw TensorError(.dimension, "movedim", "\(source) and \(destination) must have the same number of dimensions")
      }
      if source.isEmpty || rank == 0 { return self }
      let (from, to) = (
        try normalize(dims: source, rank: rank, "movedim"), try normalize(dims: destination, rank: rank, "movedim")
      )
      var rest = (0..<rank).filter { !from.contains($0) }
      var order = [Int](repeating: -1, count: rank)
      for (a, b) in zip(from, to) { order[b] = a }
      for i in order.indices where order[i] < 0 { order[i] = rest.removeFirst() }
      return apply(Permute(order: order), self)
    }
  }
  public func movedim(_ source: Int, _ destination: Int) -> Tensor { movedim([source], [destination]) }
  /// ``movedim(_:_:)-(Int,Int)`` under NumPy's name.
  public func moveaxis(_ source: Int, _ destination: Int) -> Tensor { movedim(source, destination) }
  public func moveaxis(_ source: [Int], _ destination: [Int]) -> Tensor { movedim(source, destination) }
  /// ``transpose(_:_:)`` under NumPy's name.
  public func swapaxes(_ a: Int, _ b: Int) -> Tensor { transpose(a, b) }
  /// PyTorch's other name of ``transpose(_:_:)``.
  public func swapdims(_ a: Int, _ b: Int) -> Tensor { transpose(a, b) }

  /// The dimensions in reverse order.
  public var T: Tensor {
    if rank > 2 {
      warn(
        "T",
        "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated. Consider `x.mT` to "
          + "transpose batches of matrices or `x.permute` to reverse the dimensions of a tensor.")
    }
    return rank < 2 && !hasFailed ? self : permute(Array((0..<rank).reversed()))
  }
  /// A matrix transposed, and conjugated if it is complex.
  public var H: Tensor {
    rank == 0 || rank == 2 || hasFailed
      ? T.conj() : fail(TensorError(.dimension, "H", "needs a matrix, and found \(shape); use mH for batches"))
  }
  /// The last two dimensions exchanged, and complex elements conjugated.
  public var mH: Tensor { mT.conj() }

  /// Repeated to the shape of `other`.
  public func expandAs(_ other: Tensor) -> Tensor { expand(other.shape) }
  /// Seen under the shape of `other`.
  public func viewAs(_ other: Tensor) -> Tensor { view(other.shape) }
  /// In the shape of `other`.
  public func reshapeAs(_ other: Tensor) -> Tensor { reshape(other.shape) }
  /// Broadcast to `shape`, a view.
  public func broadcastTo(_ shape: [Int]) -> Tensor { expand(shape) }
  public func broadcastTo(_ shape: Int...) -> Tensor { expand(shape) }
  /// All elements as a vector.
  public func ravel() -> Tensor { reshape([-1]) }

  /// Dimension `dim` split into the dimensions `sizes`, one of which may be -1.
  public func unflatten(_ dim: Int, _ sizes: [Int]) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "unflatten")
      guard rank > 0, !sizes.isEmpty else {
        throw TensorError(
          .shape, "unflatten", "needs at least one size and one dimension, and found \(sizes) for \(shape)")
      }
      let parts = try inferredShape(sizes, count: shape[d], "unflatten", from: [shape[d]])
      return reshape(Array(shape[..<d]) + parts + Array(shape[(d + 1)...]))
    }
  }

  /// Copies of the tensor side by side, `sizes[i]` times along dimension i; more sizes than dimensions add some in front.
  public func `repeat`(_ sizes: [Int]) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard sizes.count >= rank, sizes.allSatisfy({ $0 >= 0 }) else {
        throw TensorError(
          .shape, "repeat", "needs a non-negative count for each dimension of \(shape), and found \(sizes)")
      }
      let padded = [Int](repeating: 1, count: sizes.count - rank) + shape
      let target = zip(sizes, padded).map { $0.clampedMultiplying($1) }
      try checkMemory(TensorType(target, dtype), "repeat")
      let spread = reshape(padded.flatMap { [1, $0] }).expand(zip(sizes, padded).flatMap { [$0, $1] })
      return spread.reshape(target)
    }.titled("RepeatBackward0")
  }
  public func `repeat`(_ sizes: Int...) -> Tensor { `repeat`(sizes) }
  /// ``repeat(_:)-([Int])`` that fills up missing counts with 1 in front.
  public func tile(_ sizes: [Int]) -> Tensor {
    `repeat`([Int](repeating: 1, count: Swift.max(0, rank - sizes.count)) + sizes)
  }
  public func tile(_ sizes: Int...) -> Tensor { tile(sizes) }

  /// Each element (or slice along `dim`) `repeats` times in a row; without `dim` in the flat tensor.
  public func repeatInterleave(_ repeats: Int, dim: Int? = nil) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard repeats >= 0 else {
        throw TensorError(
          .value, "repeatInterleave", "the number of repeats must not be negative, and found \(repeats)")
      }
      let source = dim == nil ? reshape([count]) : atleast1d()
      let d = try normalize(dim: dim ?? 0, rank: source.rank, "repeatInterleave")
      var (wide, target) = (source.shape, source.shape)
      wide.insert(repeats, at: d + 1)
      target[d] = target[d].clampedMultiplying(repeats)
      try checkMemory(TensorType(target, dtype), "repeatInterleave")
      return source.unsqueeze(d + 1).expand(wide).reshape(target).titled("ViewBackward0")
    }
  }
  /// Slice i along `dim` `repeats[i]` times in a row; without `dim` in the flat tensor.
  public func repeatInterleave(_ repeats: Tensor, dim: Int? = nil) -> Tensor {
    attempt(self, repeats) { () throws(TensorError) in
      if repeats.count == 1 && !repeats.dtype.isInexact {
        return repeatInterleave(repeats.itemScalar().int, dim: dim)
      }
      let source = dim == nil ? reshape([count]) : atleast1d()
      let d = try normalize(dim: dim ?? 0, rank: source.rank, "repeatInterleave")
      guard repeats.rank <= 1, repeats.count == source.shape[d], !repeats.dtype.isInexact else {
        throw TensorError(
          .shape, "repeatInterleave",
          "needs an integer vector with a count for each of \(source.shape[d]) slices, and found \(repeats.type)")
      }
      let counts = repeats.array(as: Int.self)
      if let bad = counts.first(where: { $0 < 0 }) {
        throw TensorError(.value, "repeatInterleave", "the number of repeats must not be negative, and found \(bad)")
      }
      try checkMemory(TensorType([counts.reduce(0) { $0.clampedAdding($1) }], .int64), "repeatInterleave")
      let positions = counts.enumerated().flatMap { i, n in [Int](repeating: i, count: n) }
      return source.indexSelect(d, positions.isEmpty ? Tensor.zeros([0], dtype: .int64) : Tensor(positions))
    }
  }

  /// Windows of `size` elements along `dim`, one every `step`: the windows lie in a new last dimension.
  public func unfold(_ dim: Int, _ size: Int, _ step: Int) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "unfold")
      let n = rank == 0 ? 1 : shape[d]
      guard size >= 0, size <= n, step > 0 else {
        throw TensorError(
          .value, "unfold", "windows of \(size) every \(step) do not fit dimension \(dim) of size \(n)")
      }
      return apply(Unfold(dim: d, size: size, step: step), rank == 0 ? reshape([1]) : self)
        .reshapedIf(rank == 0) { [size] }
    }
  }

  private func reshapedIf(_ condition: Bool, _ shape: () -> [Int]) -> Tensor {
    condition && !hasFailed ? reshape(shape()) : self
  }
}

/// Windows along a dimension as a view.
struct Unfold: ViewPrimitive, Rearrangement, Hashable {
  let dim, size, step: Int
  var name: String { "Unfold" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    var shape = inputs[0].shape
    shape[dim] = (shape[dim] - size) / step + 1
    return [TensorType(shape + [size], inputs[0].dtype)]
  }

  func view(of input: Tensor, type: TensorType) throws(TensorError) -> View {
    var strides = input.body.strides
    let inner = strides[dim]
    if type.shape[dim] > 1 { strides[dim] *= step }
    return View(strides: strides + [inner])
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Unfold(dim: dim + 1, size: self.size, step: step), inputs)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // Positions of the windows' elements, in the order of the cotangent with the dimension in front.
    let type = node.inputType(0)
    let windows = node.outputType(0).shape[dim]
    var positions: [Int] = []
    for w in 0..<windows { positions += (0..<size).map { w * step + $0 } }
    let g = single(node, cotangents).movedim(-1, dim + 1)
    let (outer, inner) = (elementCount(Array(type.shape[..<dim])), elementCount(Array(type.shape[(dim + 1)...])))
    let index = positions.isEmpty ? Tensor.zeros([0], dtype: .int64) : Tensor(positions)
    return [
      apply(AddRows(rows: type.shape[dim]), g.reshape([outer, windows * size, inner]), index).reshape(type.shape)
    ]
  }
}

extension Registry {
  /// Dimensions moved, split and repeated.
  static let rearranging: [Operation] = [
    .unary("T") { $0.T },
    .unary("H") { $0.H },
    .unary("mH adjoint") { $0.mH },
    .unary("ravel") { $0.ravel() },
    .tensor("broadcast_to", "input, *size") { try $0.tensor("input").broadcastTo(try $0.ints("size")) },
    .binary("expand_as") { $0.expandAs($1) },
    .binary("view_as") { $0.viewAs($1) },
    .binary("reshape_as") { $0.reshapeAs($1) },
    .tensor("unflatten", "input, dim, sizes") {
      try $0.tensor("input").unflatten(try $0.int("dim"), try $0.ints("sizes"))
    },
    .tensor("movedim moveaxis", "input, source, destination") {
      try $0.tensor("input").movedim(try $0.ints("source"), try $0.ints("destination"))
    },
    .tensor("repeat", "input, *repeats") { try $0.tensor("input").repeat(try $0.ints("repeats")) },
    .tensor("tile", "input, *dims") { try $0.tensor("input").tile(try $0.ints("dims")) },
    .tensor("repeat_interleave", "input, repeats, dim=None, *, output_size=None") {
      let (x, dim) = (try $0.tensor("input"), try $0.optionalInt("dim"))
      return try $0.isTensor("repeats")
        ? x.repeatInterleave(try $0.tensor("repeats"), dim: dim) : x.repeatInterleave(try $0.int("repeats"), dim: dim)
    },
    .tensor("unfold unfold_copy", "input, dimension, size, step") {
      try $0.tensor("input").unfold(try $0.int("dimension"), try $0.int("size"), try $0.int("step"))
    },
  ]
}
