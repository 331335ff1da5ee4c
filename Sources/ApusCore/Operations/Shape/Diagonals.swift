// Diagonals of planes: read, written and embedded, and what lies on one side of them.

extension Tensor {
  /// The diagonal of the planes of `dim1` and `dim2`, `offset` places above the main one, as a new last dimension.
  public func diagonal(offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor {
    attempt(self) { () throws(TensorError) in
      apply(try diagonalPrimitive(offset, dim1, dim2, "diagonal"), self)
    }
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
    attempt(self) { () throws(TensorError) in
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
    }
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

  /// The tensor with a diagonal replaced by `src`.
  public func diagonalScatter(_ src: Tensor, offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor {
    attempt(self, src) { () throws(TensorError) in
      apply(ReplaceDiagonal(diagonal: try diagonalPrimitive(offset, dim1, dim2, "diagonalScatter")), self, src)
    }
  }
}

/// A diagonal of planes as a view, its elements in the last dimension.
package struct Diagonal: ViewPrimitive, Rearrangement, Hashable {
  package let offset, dim1, dim2: Int
  package var name: String { "Diagonal" }

  package func length(_ shape: [Int]) -> Int {
    max(0, offset >= 0 ? min(shape[dim1], shape[dim2] - offset) : min(shape[dim1] + offset, shape[dim2]))
  }

  /// The same of every sample.
  package var wider: Diagonal { Diagonal(offset: offset, dim1: dim1 + 1, dim2: dim2 + 1) }

  private func rest(_ rank: Int) -> [Int] { (0..<rank).filter { $0 != dim1 && $0 != dim2 } }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = inputs[0].shape
    return [TensorType(rest(shape.count).map { shape[$0] } + [length(shape)], inputs[0].dtype)]
  }

  package func view(of input: Tensor, type: TensorType) throws(TensorError) -> View { view(of: input) }

  private func view(of x: Tensor) -> View {
    let strides = x.body.strides
    let start = length(x.shape) == 0 ? 0 : offset >= 0 ? offset * strides[dim2] : -offset * strides[dim1]
    return View(strides: rest(x.rank).map { strides[$0] } + [strides[dim1] + strides[dim2]], offset: start)
  }

  /// The diagonal of `x` as it lies there.
  package func window(of x: Tensor) -> Tensor {
    x.seen(view(of: x), TensorType(rest(x.rank).map { x.shape[$0] } + [length(x.shape)], x.dtype))
  }

  /// Where an element of the diagonal stands in a tensor of `rank` dimensions, as C expressions.
  package func place(_ i: [String], rank: Int) -> [String] {
    var place = [String](repeating: "0", count: rank)
    for (d, index) in zip(rest(rank), i) { place[d] = index }
    place[dim1] = offset < 0 ? "\(i[i.count - 1]) + \(-offset)" : i[i.count - 1]
    place[dim2] = offset > 0 ? "\(i[i.count - 1]) + \(offset)" : i[i.count - 1]
    return place
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(wider, inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(PlaceDiagonal(shape: node.inputType(0).shape, diagonal: self), single(node, cotangents))]
  }
}

/// Zeros with a diagonal.
package struct PlaceDiagonal: Rearrangement, Hashable {
  package let shape: [Int]
  package let diagonal: Diagonal
  package var name: String { "DiagEmbed" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(shape, inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fillZero()
    diagonal.window(of: results[0]).fill(with: inputs[0])
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cFill(outputs[0], "0") + "\n" + cCopy(inputs[0]) { outputs[0](diagonal.place($0, rank: shape.count)) }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(PlaceDiagonal(shape: [size] + shape, diagonal: diagonal.wider), inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(diagonal, single(node, cotangents))]
  }
}

/// A tensor with a diagonal replaced by the second input.
package struct ReplaceDiagonal: Rearrangement, Hashable {
  package let diagonal: Diagonal
  package var name: String { "DiagonalScatter" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let expected = try diagonal.outputTypes([inputs[0]])[0].shape
    guard inputs[1].shape == expected else {
      throw TensorError(
        .shape, "diagonalScatter",
        "a diagonal of shape \(expected) cannot be replaced by a tensor of \(inputs[1].shape)")
    }
    return [inputs[0]]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: inputs[0])
    diagonal.window(of: results[0]).fill(with: inputs[1])
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let rank = outputs[0].type.shape.count
    return cCopy(inputs[0]) { outputs[0]($0) } + "\n" + cCopy(inputs[1]) { outputs[0](diagonal.place($0, rank: rank)) }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(ReplaceDiagonal(diagonal: diagonal.wider), everySample(inputs, isBatched, size))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    return [
      apply(self, g, Tensor.zeros(node.inputType(1).shape, dtype: g.dtype)),
      apply(diagonal, g).to(node.inputType(1).dtype),
    ]
  }
}

/// The elements on one side of a diagonal of the last two dimensions.
package struct Triangle: Rearrangement, Hashable {
  package let diagonal: Int
  package let lower: Bool
  package var name: String { lower ? "Tril" : "Triu" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (result, shape) = (results[0], results[0].shape)
    result.fill(with: inputs[0])
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let diagonal = min(max(self.diagonal, -rows), columns)
    let size = result.dtype.size
    if result.count == 0 { return }
    parallelFor(result.count / columns, grain: max(1, parallelGrain / columns)) { range in
      for row in range {
        let i = row % rows
        let start = lower ? min(max(i + diagonal + 1, 0), columns) : 0
        let end = lower ? columns : min(max(i + diagonal, 0), columns)
        if end <= start { continue }
        let place = result.body.data + (row * columns + start) * size
        if result.dtype.isCustom {
          result.dtype.custom.loops.fill(.zero, place, end - start)
        } else {
          place.initializeMemory(as: UInt8.self, repeating: 0, count: (end - start) * size)
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cLoops(inputs[0].type.shape) { i in
      let (row, column) = (i[i.count - 2], i[i.count - 1])
      let isIn = "\(column) \(lower ? "<=" : ">=") \(row) + \(diagonal)"
      return "\(outputs[0](i)) = \(isIn) ? \(inputs[0](i)) : 0;"
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(self, single(node, cotangents))]
  }
}

extension Registry {
  /// Diagonals and triangles.
  static let diagonals: [Operation] = [
    .tensor("diagonal diagonal_copy", "input, offset=0, dim1=0, dim2=1") {
      try $0.tensor("input").diagonal(
        offset: try $0.int("offset"), dim1: try $0.int("dim1"), dim2: try $0.int("dim2"))
    },
    .tensor("diagonal_scatter", "input, src, offset=0, dim1=0, dim2=1") {
      try $0.tensor("input").diagonalScatter(
        try $0.tensor("src"), offset: try $0.int("offset"), dim1: try $0.int("dim1"), dim2: try $0.int("dim2"))
    },
    .tensor("diag", "input, diagonal=0") { try $0.tensor("input").diag(try $0.int("diagonal")) },
    .tensor("diag_embed", "input, offset=0, dim1=-2, dim2=-1") {
      try $0.tensor("input").diagEmbed(
        offset: try $0.int("offset"), dim1: try $0.int("dim1"), dim2: try $0.int("dim2"))
    },
    .tensor("diagflat", "input, offset=0") { try $0.tensor("input").diagflat(try $0.int("offset")) },
    .tensor("tril", "input, diagonal=0") { try $0.tensor("input").tril(try $0.int("diagonal")) },
    .tensor("triu", "input, diagonal=0") { try $0.tensor("input").triu(try $0.int("diagonal")) },
  ]
}
