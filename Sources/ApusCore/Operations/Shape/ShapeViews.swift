// Rearranging dimensions: moving, splitting, repeating, windows and diagonals.

extension Tensor {
  /// Dimensions moved to other places; the rest keep their order.
  public func movedim(_ source: [Int], _ destination: [Int]) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
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
    } catch { return fail(error) }
  }
  public func movedim(_ source: Int, _ destination: Int) -> Tensor { movedim([source], [destination]) }
  /// ``movedim(_:_:)-(Int,Int)`` under NumPy's name.
  public func moveaxis(_ source: Int, _ destination: Int) -> Tensor { movedim(source, destination) }
  public func moveaxis(_ source: [Int], _ destination: [Int]) -> Tensor { movedim(source, destination) }
  /// ``transpose(_:_:)`` under NumPy's name.
  public func swapaxes(_ a: Int, _ b: Int) -> Tensor { transpose(a, b) }
  public func swapdims(_ a: Int, _ b: Int) -> Tensor { transpose(a, b) }

  /// The dimensions in reverse order.
  public var T: Tensor { rank < 2 && !hasFailed ? self : permute(Array((0..<rank).reversed())) }
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
    if hasFailed { return self }
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "unflatten")
      guard rank > 0, !sizes.isEmpty else {
        throw TensorError(
          .shape, "unflatten", "needs at least one size and one dimension, and found \(sizes) for \(shape)")
      }
      let parts = try inferredShape(sizes, count: shape[d], "unflatten", from: [shape[d]])
      return reshape(Array(shape[..<d]) + parts + Array(shape[(d + 1)...]))
    } catch { return fail(error) }
  }

  /// Copies of the tensor side by side, `sizes[i]` times along dimension i; more sizes than dimensions add some in front.
  public func `repeat`(_ sizes: [Int]) -> Tensor {
    if hasFailed { return self }
    guard sizes.count >= rank, sizes.allSatisfy({ $0 >= 0 }) else {
      return fail(
        TensorError(
          .shape, "repeat", "needs a non-negative count for each dimension of \(shape), and found \(sizes)"))
    }
    let padded = [Int](repeating: 1, count: sizes.count - rank) + shape
    let target = zip(sizes, padded).map { $0.clampedMultiplying($1) }
    do throws(TensorError) { try checkMemory(TensorType(target, dtype), "repeat") } catch { return fail(error) }
    let spread = reshape(padded.flatMap { [1, $0] }).expand(zip(sizes, padded).flatMap { [$0, $1] })
    return spread.reshape(target)
  }
  public func `repeat`(_ sizes: Int...) -> Tensor { `repeat`(sizes) }
  /// ``repeat(_:)-([Int])`` that fills up missing counts with 1 in front.
  public func tile(_ sizes: [Int]) -> Tensor {
    `repeat`([Int](repeating: 1, count: Swift.max(0, rank - sizes.count)) + sizes)
  }
  public func tile(_ sizes: Int...) -> Tensor { tile(sizes) }

  /// Each element (or slice along `dim`) `repeats` times in a row; without `dim` in the flat tensor.
  public func repeatInterleave(_ repeats: Int, dim: Int? = nil) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
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
      return source.unsqueeze(d + 1).expand(wide).reshape(target)
    } catch { return fail(error) }
  }
  /// Slice i along `dim` `repeats[i]` times in a row; without `dim` in the flat tensor.
  public func repeatInterleave(_ repeats: Tensor, dim: Int? = nil) -> Tensor {
    if let bad = poisoned(among: [self, repeats]) { return bad }
    do throws(TensorError) {
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
    } catch { return fail(error) }
  }

  /// Windows of `size` elements along `dim`, one every `step`: the windows lie in a new last dimension.
  public func unfold(_ dim: Int, _ size: Int, _ step: Int) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "unfold")
      let n = rank == 0 ? 1 : shape[d]
      guard size >= 0, size <= n, step > 0 else {
        throw TensorError(
          .value, "unfold", "windows of \(size) every \(step) do not fit dimension \(dim) of size \(n)")
      }
      return apply(Unfold(dim: d, size: size, step: step), rank == 0 ? reshape([1]) : self)
        .reshapedIf(rank == 0) { [size] }
    } catch { return fail(error) }
  }

  private func reshapedIf(_ condition: Bool, _ shape: () -> [Int]) -> Tensor {
    condition && !hasFailed ? reshape(shape()) : self
  }

  /// The diagonal of the planes of `dim1` and `dim2`, `offset` places above the main one, as a new last dimension.
  public func diagonal(offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      return apply(try diagonalPrimitive(offset, dim1, dim2, "diagonal"), self)
    } catch { return fail(error) }
  }

  func diagonalPrimitive(_ offset: Int, _ dim1: Int, _ dim2: Int, _ operation: String) throws(TensorError) -> Diagonal {
    let (a, b) = (try normalize(dim: dim1, rank: rank, operation), try normalize(dim: dim2, rank: rank, operation))
    guard rank >= 2, a != b else {
      throw TensorError(
        .dimension, operation, "needs two different dimensions, and found \(dim1) and \(dim2) for a tensor of \(shape)")
    }
    return Diagonal(offset: offset, dim1: a, dim2: b)
  }

  /// A matrix with this vector on a diagonal, or that diagonal of a matrix.
  public func diag(_ diagonal: Int = 0) -> Tensor {
    switch rank {
    case 1: return diagEmbed(offset: diagonal)
    case 2: return self.diagonal(offset: diagonal)
    default:
      return hasFailed
        ? self : fail(TensorError(.dimension, "diag", "needs a vector or a matrix, and found \(shape)"))
    }
  }

  /// Planes in `dim1` and `dim2` that are zero but for a diagonal, which is the last dimension of this tensor.
  public func diagEmbed(offset: Int = 0, dim1: Int = -2, dim2: Int = -1) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      let (a, b) = (
        try normalize(dim: dim1, rank: rank + 1, "diagEmbed"), try normalize(dim: dim2, rank: rank + 1, "diagEmbed")
      )
      guard rank > 0, a != b else {
        throw TensorError(.dimension, "diagEmbed", "needs two different dimensions, and found \(dim1) and \(dim2)")
      }
      let n = shape[rank - 1].clampedAdding(Int(clamping: offset.magnitude))
      var target = Array(shape.dropLast())
      target.insert(n, at: Swift.min(a, b))
      target.insert(n, at: Swift.max(a, b))
      return apply(PlaceDiagonal(shape: target, diagonal: Diagonal(offset: offset, dim1: a, dim2: b)), self)
    } catch { return fail(error) }
  }

  /// A matrix with all elements of this tensor on a diagonal.
  public func diagflat(_ offset: Int = 0) -> Tensor { reshape([count]).diagEmbed(offset: offset) }

  /// The elements on and below a diagonal of the last two dimensions, zeros elsewhere.
  public func tril(_ diagonal: Int = 0) -> Tensor { triangle("tril", diagonal, lower: true) }
  /// The elements on and above a diagonal of the last two dimensions, zeros elsewhere.
  public func triu(_ diagonal: Int = 0) -> Tensor { triangle("triu", diagonal, lower: false) }

  private func triangle(_ operation: String, _ diagonal: Int, lower: Bool) -> Tensor {
    guard rank >= 2 || hasFailed else {
      return fail(TensorError(.dimension, operation, "needs at least 2 dimensions, and found \(shape)"))
    }
    return apply(Triangle(diagonal: diagonal, lower: lower), self)
  }

  /// The tensor with index `index` of dimension `dim` replaced by `src`.
  public func selectScatter(_ src: Tensor, _ dim: Int, _ index: Int) -> Tensor {
    if let bad = poisoned(among: [self, src]) { return bad }
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "selectScatter")
      guard rank > 0, index >= -shape[d], index < shape[d] else {
        throw TensorError(.index, "selectScatter", "index \(index) is out of range for dimension \(dim) of \(shape)")
      }
      return replacingSlice(src.unsqueeze(d), d, index < 0 ? index + shape[d] : index, 1, 1)
    } catch { return fail(error) }
  }

  /// The tensor with a slice of dimension `dim` replaced by `src`.
  public func sliceScatter(_ src: Tensor, dim: Int = 0, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor {
    if let bad = poisoned(among: [self, src]) { return bad }
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "sliceScatter")
      guard rank > 0, step > 0, let (first, count) = sliceBounds(start, end, step, shape[d]) else {
        throw TensorError(.value, "sliceScatter", "needs a positive step and at least one dimension")
      }
      return replacingSlice(src, d, first, count, step)
    } catch { return fail(error) }
  }

  private func replacingSlice(_ src: Tensor, _ d: Int, _ start: Int, _ count: Int, _ step: Int) -> Tensor {
    var slice = Slice(starts: shape.map { _ in 0 }, counts: shape, steps: shape.map { _ in 1 })
    var (starts, counts, steps) = (slice.starts, slice.counts, slice.steps)
    (starts[d], counts[d], steps[d]) = (start, count, step)
    slice = Slice(starts: starts, counts: counts, steps: steps)
    return apply(ReplaceSlice(slice: slice), self, src.to(dtype))
  }

  /// Every `step`-th element of dimension `dim` from `start` before `end`: a view.
  public func slice(_ dim: Int = 0, _ start: Int? = nil, _ end: Int? = nil, _ step: Int = 1) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank, "slice")
      guard rank > 0, let (first, count) = sliceBounds(start, end, step, shape[d]) else {
        throw TensorError(.value, "slice", "needs a step that is not 0 and at least one dimension")
      }
      return slice(dim: d, start: first, count: count, step: step)
    } catch { return fail(error) }
  }

  /// The tensor with a diagonal replaced by `src`.
  public func diagonalScatter(_ src: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor {
    if let bad = poisoned(among: [self, src]) { return bad }
    do throws(TensorError) {
      return apply(ReplaceDiagonal(diagonal: try diagonalPrimitive(offset, dim1, dim2, "diagonalScatter")), self, src)
    } catch { return fail(error) }
  }
}

/// Windows along a dimension as a view.
struct Unfold: Primitive, Hashable {
  let dim, size, step: Int
  var name: String { "Unfold" }
  var isLinear: Bool { true }
  var isView: Bool { true }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    var shape = inputs[0].shape
    shape[dim] = (shape[dim] - size) / step + 1
    return [TensorType(shape + [size], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    var strides = inputs[0].body.strides
    let inner = strides[dim]
    if types[0].shape[dim] > 1 { strides[dim] *= step }
    return [inputs[0].view(types[0].shape, strides: strides + [inner])]
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

/// A diagonal of planes as a view, its elements in the last dimension.
struct Diagonal: Primitive, Hashable {
  let offset, dim1, dim2: Int
  var name: String { "Diagonal" }
  var isLinear: Bool { true }
  var isView: Bool { true }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  func length(_ shape: [Int]) -> Int {
    max(0, offset >= 0 ? min(shape[dim1], shape[dim2] - offset) : min(shape[dim1] + offset, shape[dim2]))
  }

  /// The same of every sample.
  var wider: Diagonal { Diagonal(offset: offset, dim1: dim1 + 1, dim2: dim2 + 1) }

  private func rest(_ rank: Int) -> [Int] { (0..<rank).filter { $0 != dim1 && $0 != dim2 } }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = inputs[0].shape
    return [TensorType(rest(shape.count).map { shape[$0] } + [length(shape)], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] { [view(inputs[0])] }

  func view(_ x: Tensor) -> Tensor {
    let (shape, strides) = (x.body.shape, x.body.strides)
    let kept = rest(shape.count)
    let n = length(shape)
    let start = n == 0 ? 0 : offset >= 0 ? offset * strides[dim2] : -offset * strides[dim1]
    return x.view(
      kept.map { shape[$0] } + [n], strides: kept.map { strides[$0] } + [strides[dim1] + strides[dim2]], offset: start)
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(wider, inputs)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(PlaceDiagonal(shape: node.inputType(0).shape, diagonal: self), single(node, cotangents))]
  }
}

/// Zeros with a diagonal.
struct PlaceDiagonal: Primitive, Hashable {
  package let shape: [Int]
  let diagonal: Diagonal
  var name: String { "DiagEmbed" }
  var isLinear: Bool { true }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [TensorType(shape, inputs[0].dtype)] }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    let result = Tensor.zeros(shape, dtype: types[0].dtype)
    copyElements(from: inputs[0].body, to: diagonal.view(result).body)
    return [result]
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(PlaceDiagonal(shape: [size] + shape, diagonal: diagonal.wider), inputs)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(diagonal, single(node, cotangents))]
  }
}

/// A tensor with a diagonal replaced by the second input.
struct ReplaceDiagonal: Primitive, Hashable {
  let diagonal: Diagonal
  var name: String { "DiagonalScatter" }
  var isLinear: Bool { true }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let expected = try diagonal.outputTypes([inputs[0]])[0].shape
    guard inputs[1].shape == expected else {
      throw TensorError(
        .shape, "diagonalScatter",
        "a diagonal of shape \(expected) cannot be replaced by a tensor of \(inputs[1].shape)")
    }
    return [inputs[0]]
  }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    let result = inputs[0].contiguousCopy()
    copyElements(from: inputs[1].body, to: diagonal.view(result).body)
    return [result]
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(ReplaceDiagonal(diagonal: diagonal.wider), everySample(inputs, isBatched, size))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    return [
      apply(self, g, Tensor.zeros(node.inputType(1).shape, dtype: g.dtype)),
      apply(diagonal, g).to(node.inputType(1).dtype),
    ]
  }
}

/// The elements on one side of a diagonal of the last two dimensions.
struct Triangle: Primitive, Hashable {
  let diagonal: Int
  let lower: Bool
  var name: String { lower ? "Tril" : "Triu" }
  var isLinear: Bool { true }
  var takesCustomElements: Bool { true }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    let result = inputs[0].contiguousCopy()
    let shape = result.shape
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let diagonal = min(max(self.diagonal, -rows), columns)
    let size = result.dtype.size
    if result.count == 0 { return [result] }
    parallelFor(result.count / columns, grain: max(1, parallelGrain / columns)) { range in
      for row in range {
        let i = row % rows
        let start = lower ? min(max(i + diagonal + 1, 0), columns) : 0
        let end = lower ? columns : min(max(i + diagonal, 0), columns)
        if end <= start { continue }
        let place = result.body.data + (row * columns + start) * size
        if result.dtype.isCustom {
          result.dtype.custom.fill(.zero, place, end - start)
        } else {
          place.initializeMemory(as: UInt8.self, repeating: 0, count: (end - start) * size)
        }
      }
    }
    return [result]
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(self, single(node, cotangents))]
  }
}
