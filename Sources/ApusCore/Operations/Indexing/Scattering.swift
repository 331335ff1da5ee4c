import CKernels

// Writing elements by position along one dimension: scatter and its relatives.

/// C that changes a copy of `inputs[0]` at the positions `inputs[1]` by the elements of `inputs[2]`, as `step` says.
private func cScatter(
  _ inputs: [CArray], _ y: CArray, _ dim: Int, _ step: (_ place: String, _ value: String) -> String
) -> String {
  cCopy(inputs[0]) { y($0) } + "\n"
    + cLoops(inputs[1].type.shape) { i in
      var place = i
      place[dim] = "place"
      return "const long place = apus_index(\(inputs[1](i)), \(y.type.shape[dim]));\n\(step(y(place), inputs[2](i)))"
    }
}

/// x with elements along `dim` at positions replaced; other dimensions of x and the positions agree. Of equal
/// positions the last one stays.
package struct ScatterValues: Primitive, Hashable, ElementMove {
  package let dim: Int
  package var name: String { "Scatter" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (result, dtype) = (results[0].body, results[0].dtype)
    results[0].fill(with: inputs[0])
    let (positions, source) = (try inputs[1].dense(.int64), try inputs[2].dense(dtype))
    switch dtype.size {
    case 1: try scatterLanes(UInt8.self, source, positions, result, dim) { $1 }
    case 2: try scatterLanes(UInt16.self, source, positions, result, dim) { $1 }
    case 4: try scatterLanes(UInt32.self, source, positions, result, dim) { $1 }
    case 8: try scatterLanes(UInt64.self, source, positions, result, dim) { $1 }
    default:
      let (size, from, to) = (dtype.size, source.data, result.data)
      try forEachPlace(positions, result, dim) { i, place in
        (to + place * size).copyMemory(from: from + i * size, byteCount: size)
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cScatter(inputs, outputs[0], dim) { "\($0) = \($1);" }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(ScatterValues(dim: dim + 1), everySample(inputs, isBatched, size))
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let index = node.input(1)
    return [
      node.needs(0) ? apply(self, g, index, Tensor.zeros(index.shape, dtype: g.dtype)) : nil, nil,
      node.needs(2) ? apply(Gather(dim: dim), g, index) : nil,
    ]
  }
}

/// x with elements along `dim` at positions increased.
package struct ScatterSum: Primitive, Hashable {
  package let dim: Int

  package init(dim: Int) {
    self.dim = dim
  }

  package var name: String { "ScatterAdd" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try combine(inputs, into: results[0], dim, .sum, .add)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cScatter(inputs, outputs[0], dim) { "\($0) += \($1);" }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(ScatterSum(dim: dim + 1), everySample(inputs, isBatched, size))
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    return [node.needs(0) ? g : nil, nil, node.needs(2) ? apply(Gather(dim: dim), g, node.input(1)) : nil]
  }
}

/// x with elements along `dim` at positions multiplied by, or replaced by larger or smaller, those of the source.
package struct ScatterCombine: Primitive, Hashable {
  package enum Kind: Sendable { case prod, max, min }
  package let dim: Int
  package let kind: Kind
  package var name: String { "ScatterReduce" }
  package var takesCustomElements: Bool { true }
  package var saves: Saves { [.inputs, .outputs] }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    if kind != .prod, !inputs[0].dtype.isCustom { _ = try inputs[0].dtype.orderType("scatterReduce") }
    return [inputs[0]]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    switch kind {
    case .prod: try combine(inputs, into: results[0], dim, .prod, .mul)
    case .max: try combine(inputs, into: results[0], dim, .max, .max)
    case .min: try combine(inputs, into: results[0], dim, .min, .min)
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cScatter(inputs, outputs[0], dim) { place, value in
      switch kind {
      case .prod: "\(place) *= \(value);"
      case .max: "if ((\(value) > \(place)) | (\(value) != \(value))) \(place) = \(value);"
      case .min: "if ((\(value) < \(place)) | (\(value) != \(value))) \(place) = \(value);"
      }
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(ScatterCombine(dim: dim + 1, kind: kind), everySample(inputs, isBatched, size))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (x, index, src, y) = (node.input(0).conj(), node.input(1), node.input(2).conj(), node.output(0).conj())
    let zero = Tensor.zeros([], dtype: g.dtype)
    func gathered(_ t: Tensor) -> Tensor { apply(Gather(dim: dim), t, index) }
    func summed(_ base: Tensor, _ t: Tensor) -> Tensor { apply(ScatterSum(dim: dim), base, index, t) }
    guard kind == .prod else {
      // All elements equal to the extreme share the gradient evenly.
      let (isOwn, isSource) = (x.eq(y), src.eq(gathered(y)))
      let share = g / summed(isOwn.to(g.dtype), isSource.to(g.dtype))
      return [`where`(isOwn, share, zero), nil, `where`(isSource, gathered(share), zero)]
    }
    // The product of the others: what is not zero, times the other zero if there is one, for the sake of its derivative; with more it is
    // zero.
    let one = Tensor.ones([], dtype: g.dtype)
    let (ownZero, sourceZero) = (x.eq(0), src.eq(0))
    let zeros = summed(ownZero.to(g.dtype), sourceZero.to(g.dtype))
    let product = apply(self, `where`(ownZero, one, x), index, `where`(sourceZero, one, src))
    let (ownNought, sourceNought) = (`where`(ownZero, x, zero), `where`(sourceZero, src, zero))
    let noughts = summed(ownNought, sourceNought)
    func rule(
      _ value: Tensor, _ isZero: Tensor, _ zeros: Tensor, _ noughts: Tensor, _ product: Tensor, _ g: Tensor
    ) -> Tensor {
      let rest = g * `where`(isZero, product, product / `where`(isZero, one, value))
      let left = zeros - isZero.to(g.dtype)
      return `where`(left.eq(0), rest, `where`(left.eq(1), rest * noughts, zero))
    }
    return [
      rule(x, ownZero, zeros, noughts - ownNought, product, g), nil,
      rule(src, sourceZero, gathered(zeros), gathered(noughts) - sourceNought, gathered(product), gathered(g)),
    ]
  }
}

/// Combines elements with those at positions of the result.
private struct ScatterTask: AccumulationTask {
  let combine: Reduction
  let source, positions, result: TensorBody
  let dim: Int
  /// Whether positions are a vector: those of whole rows.
  let isOfRows: Bool
  func run<T: ScanElement>(_: T.Type) throws(TensorError) {
    if isOfRows { return try combineRows(T.self, combine, source, positions, result, dim) }
    switch combine {
    case .sum: try scatterLanes(T.self, source, positions, result, dim) { T.sum($0, $1) }
    case .prod: try scatterLanes(T.self, source, positions, result, dim) { T.product($0, $1) }
    case .max: try scatterLanes(T.self, source, positions, result, dim) { T.larger($0, $1) }
    case .min: try scatterLanes(T.self, source, positions, result, dim) { T.smaller($0, $1) }
    }
  }
}

/// Combines the elements of `source` with those of the contiguous `result` at positions along `dim`, in order.
@inline(__always)
private func scatterLanes<T>(
  _: T.Type, _ source: TensorBody, _ positions: TensorBody, _ result: TensorBody, _ dim: Int, _ combine: (T, T) -> T
) throws(TensorError) {
  let p = positionPointer(positions)
  let (from, to) = (Lanes(positions.shape, dim), Lanes(result.shape, dim))
  let x = UnsafePointer(source.data.assumingMemoryBound(to: T.self))
  let out = result.data.assumingMemoryBound(to: T.self)
  let inner = from.inner
  let failure = Failure()
  if inner > 1, let bad = firstOutside(p, positions.count, to.size) { failure.set(bad) }
  if failure.value == nil {
    withExtendedLifetime((source, positions)) {
      if inner == 1 {
        // Rows: positions are checked while they are in the cache.
        parallelFor(from.outer, grain: max(1, parallelGrain / max(1, from.size))) { range in
          for o in range {
            let (base, row) = (out + o * to.size, o * from.size)
            if let bad = firstOutside(p + row, from.size, to.size) {
              failure.set(bad)
              return
            }
            for j in row..<row + from.size {
              let target = base + Int(p[j])
              target.pointee = combine(target.pointee, x[j])
            }
          }
        }
      } else {
        // Threads own columns, so that every element combines in the order given.
        forColumns(from.outer, inner, from.size) { o, columns in
          let base = out + o * to.size * inner
          for j in 0..<from.size {
            let row = (o * from.size + j) * inner
            for k in columns {
              let target = base + Int(p[row + k]) * inner + k
              target.pointee = combine(target.pointee, x[row + k])
            }
          }
        }
      }
    }
  }
  if let bad = failure.value { throw outOfRange(bad, to.size, "scatter") }
}

/// Calls `body` on several threads with blocks of columns that together are all of each of `outer` matrices of `rows` rows.
private func forColumns(_ outer: Int, _ inner: Int, _ rows: Int, _ body: (_ o: Int, _ columns: Range<Int>) -> Void) {
  let block = max(1, min(inner, 256))
  let blocks = (inner + block - 1) / block
  parallelFor(outer * blocks, grain: max(1, parallelGrain / max(1, block * rows))) { range in
    for item in range {
      let (o, first) = (item / blocks, item % blocks * block)
      body(o, first..<min(inner, first + block))
    }
  }
}

/// Combines whole rows of `source` with those of the contiguous `result` that the vector `positions` names along `dim`, in
/// order.
private func combineRows<T: ReducibleElement>(
  _: T.Type, _ combine: Reduction, _ source: TensorBody, _ positions: TensorBody, _ result: TensorBody, _ dim: Int
) throws(TensorError) {
  let p = positionPointer(positions)
  let (from, to) = (Lanes(source.shape, dim), Lanes(result.shape, dim))
  if let bad = firstOutside(p, positions.count, to.size) { throw outOfRange(bad, to.size, "scatter") }
  let x = UnsafePointer(source.data.assumingMemoryBound(to: T.self))
  let out = result.data.assumingMemoryBound(to: T.self)
  withExtendedLifetime((source, positions)) {
    forColumns(from.outer, from.inner, from.size) { o, columns in
      for j in 0..<from.size {
        T.accumulate(
          combine, out + (o * to.size + Int(p[j])) * from.inner + columns.lowerBound,
          x + (o * from.size + j) * from.inner + columns.lowerBound, columns.count)
      }
    }
  }
}

/// Calls `body` with the number of each position and the element of the contiguous `result` that it names.
private func forEachPlace(
  _ positions: TensorBody, _ result: TensorBody, _ dim: Int, _ body: (Int, Int) -> Void
) throws(TensorError) {
  let p = positionPointer(positions)
  let (from, to) = (Lanes(positions.shape, dim), Lanes(result.shape, dim))
  if let bad = firstOutside(p, positions.count, to.size) { throw outOfRange(bad, to.size, "scatter") }
  withExtendedLifetime(positions) {
    for i in 0..<positions.count {
      let (row, k) = (i / from.inner, i % from.inner)
      body(i, (row / from.size * to.size + Int(p[i])) * from.inner + k)
    }
  }
}

/// Fills `result` with x and combines elements of the source with it: `inputs` are x, positions and source.
private func combine(
  _ inputs: [Tensor], into result: Tensor, _ dim: Int, _ combine: Reduction, _ custom: BinaryFunction
) throws(TensorError) {
  let compute = result.dtype.accumulateType
  let vector = compute.isCustom ? nil : rowPositions(inputs[1], dim)
  let (positions, source) = (try (vector ?? inputs[1]).dense(.int64), try inputs[2].dense(compute))
  try result.fill(as: compute) { (result) throws(TensorError) in
    Tensor(result).fill(with: inputs[0])
    guard compute.isCustom else {
      return try compute.accumulate(
        ScatterTask(
          combine: combine, source: source, positions: positions, result: result, dim: dim, isOfRows: vector != nil))
    }
    var places = [Int](repeating: 0, count: positions.count)
    try forEachPlace(positions, result, dim) { places[$0] = $1 }
    try combineRowsCustom(custom, result, source, rows: places.count, inner: 1) { places[$0] }
  }
}

/// The vector that `index` is, expanded over all dimensions but `dim`, where rows are long enough to be combined as a whole.
private func rowPositions(_ index: Tensor, _ dim: Int) -> Tensor? {
  let body = index.body
  guard Lanes(body.shape, dim).inner >= 8,
    body.shape.indices.allSatisfy({ $0 == dim || body.shape[$0] == 1 || body.strides[$0] == 0 })
  else { return nil }
  return index.view([body.shape[dim]], strides: [body.strides[dim]])
}

/// How ``Tensor/scatterReduce(_:_:_:reduce:includeSelf:)`` combines elements.
public enum ScatterReduction: String, Sendable, NamedChoice {
  /// Their sum, product, mean, maximum or minimum.
  case sum, prod, mean, amax, amin
}

extension Tensor {
  /// The tensor with `self[i][index[i][j][k]][k] = src[i][j][k]` for `dim` 1, and so on.
  public func scatter(_ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor {
    scattered("scatter", dim, index, src) { apply(ScatterValues(dim: $3), $0, $1, $2) }
  }
  /// The tensor with one number at the positions.
  public func scatter(_ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor {
    if let bad = poisoned(among: [self, index]) { return bad }
    return scatter(dim, index, Tensor.full(index.shape, value, dtype: dtype, device: deviceIfUsed))
  }
  /// The tensor with elements added at positions: `self[i][index[i][j][k]][k] += src[i][j][k]` for `dim` 1.
  public func scatterAdd(_ dim: Int, _ index: Tensor, _ src: Tensor) -> Tensor {
    scattered("scatterAdd", dim, index, src) { apply(ScatterSum(dim: $3), $0, $1, $2) }
  }

  /// The tensor with the elements of `src` that go to one position combined, together with the element that is there
  /// if `includeSelf`.
  public func scatterReduce(
    _ dim: Int, _ index: Tensor, _ src: Tensor, reduce: ScatterReduction, includeSelf: Bool = true
  ) -> Tensor {
    scattered("scatterReduce", dim, index, src) { x, index, src, d in
      scatterReduced(x, d, index, src, reduce, includeSelf)
    }
  }

  /// Checks, cuts to the part that the index covers, and puts the changed part back.
  private func scattered(
    _ operation: String, _ dim: Int, _ index: Tensor, _ src: Tensor,
    _ change: (_ x: Tensor, _ index: Tensor, _ src: Tensor, _ dim: Int) -> Tensor
  ) -> Tensor {
    attempt(self, index, src) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, operation)
      try checkPositions(index, operation, anyRank: true)
      guard src.dtype == dtype else {
        throw TensorError(
          .dtype, operation, "the source must be \(dtype) as the tensor, and found \(src.dtype); convert with .to")
      }
      if index.count == 0 { return self }
      if rank == 0 || index.rank == 0 || src.rank == 0 {
        guard rank <= 1, index.rank <= 1, src.rank <= 1 else { throw rankMismatch(index, operation) }
        return atleast1d().scattered(operation, 0, index.atleast1d(), src.atleast1d(), change).reshape(shape)
      }
      let part = try window(of: index, d, operation)
      guard src.rank == rank else {
        throw TensorError(
          .shape, operation,
          "the index must have as many dimensions as the source, and found \(index.shape) for \(src.shape)")
      }
      if let bad = index.shape.indices.first(where: { index.shape[$0] > src.shape[$0] }) {
        throw TensorError(
          .shape, operation,
          "an index of shape \(index.shape) is larger than the source of shape \(src.shape) in dimension \(bad)")
      }
      let zeros = index.shape.map { _ in 0 }
      let ones = index.shape.map { _ in 1 }
      let values =
        src.shape == index.shape ? src : apply(Slice(starts: zeros, counts: index.shape, steps: ones), src)
      let changed = change(part, index, values, d)
      if changed.hasFailed || part.shape == shape { return changed }
      return apply(ReplaceSlice(slice: Slice(starts: zeros, counts: part.shape, steps: ones)), self, changed)
    }
  }
}

/// scatter_reduce where x and the positions agree outside of `d`.
private func scatterReduced(
  _ x: Tensor, _ d: Int, _ index: Tensor, _ src: Tensor, _ reduce: ScatterReduction, _ includeSelf: Bool
) -> Tensor {
  if let type = narrowType(x, src) {
    return scatterReduced(x.widened, d, index, src.widened, reduce, includeSelf).to(type)
  }
  func start(_ value: Scalar) -> Tensor {
    includeSelf
      ? x
      : apply(ScatterValues(dim: d), x, index, Tensor.full(index.shape, value, dtype: x.dtype, device: x.deviceIfUsed))
  }
  let (low, high) = extremeScalars(x.dtype)
  switch reduce {
  case .sum: return apply(ScatterSum(dim: d), start(.int(0)), index, src)
  case .mean:
    let total = apply(ScatterSum(dim: d), start(.int(0)), index, src)
    let ones = Tensor.ones(src.shape, dtype: x.dtype)
    let own = includeSelf ? Tensor.ones(x.shape, dtype: x.dtype) : Tensor.zeros(x.shape, dtype: x.dtype)
    let count = apply(ScatterSum(dim: d), own, index, ones)
    let divisor = `where`(count.eq(0), Tensor.ones([], dtype: x.dtype), count)
    return x.dtype.isInexact ? total / divisor : floorDivided(total, divisor)
  case .prod: return apply(ScatterCombine(dim: d, kind: .prod), start(.int(1)), index, src)
  case .amax: return apply(ScatterCombine(dim: d, kind: .max), start(low), index, src)
  case .amin: return apply(ScatterCombine(dim: d, kind: .min), start(high), index, src)
  }
}

/// The smallest and largest number of a type, infinite for floating point.
func extremeScalars(_ dtype: DType) -> (low: Scalar, high: Scalar) {
  dtype.isInexact
    ? (.float(-.infinity), .float(.infinity)) : (.int(dtype.leastInteger), .int(dtype.greatestInteger))
}

private let floorDivision = Formula("FloorDivide") { x, y in .binary(.floorDiv, x, y) }
private func floorDivided(_ a: Tensor, _ b: Tensor) -> Tensor { pointwise(floorDivision, a, b) }

extension Registry {
  /// Writing elements by position along a dimension.
  static let scattering: [Operation] = [
    .tensor("scatter", "input, dim, index, src: tensor, *, reduce=None") {
      let (x, dim, index) = (try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"))
      return try scattered(x, dim, index, try $0.tensor("src"), $0)
    },
    .tensor("scatter", "input, dim, index, value, *, reduce=None") {
      let (x, dim, index) = (try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"))
      guard try !$0.isNone("reduce") else { return x.scatter(dim, index, try $0.scalar("value")) }
      return try scattered(
        x, dim, index, Tensor.full(index.shape, try $0.scalar("value"), dtype: x.dtype, device: x.deviceIfUsed), $0)
    },
    .tensor("scatter_add", "input, dim, index, src") {
      try $0.tensor("input").scatterAdd(try $0.int("dim"), try $0.tensor("index"), try $0.tensor("src"))
    },
    .tensor("scatter_reduce", "input, dim, index, src, reduce, *, include_self=True") {
      try $0.tensor("input").scatterReduce(
        try $0.int("dim"), try $0.tensor("index"), try $0.tensor("src"), reduce: try $0.scatterReduction(),
        includeSelf: try $0.bool("include_self"))
    },
  ]

  /// scatter with its old `reduce` argument.
  private static func scattered(
    _ x: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor, _ arguments: OperationArguments
  ) throws -> Tensor {
    switch try arguments.optionalString("reduce") {
    case nil: return x.scatter(dim, index, src)
    case "add": return x.scatterAdd(dim, index, src)
    case "multiply": return x.scatterReduce(dim, index, src, reduce: .prod)
    case let name?:
      throw TensorError(.value, "scatter", "reduce must be 'add' or 'multiply', and found '\(name)'")
    }
  }
}

extension OperationArguments {
  /// How elements of one position are combined, by its name in `reduce`.
  func scatterReduction() throws -> ScatterReduction {
    let name = try string("reduce")
    guard let found = ScatterReduction(rawValue: name) else {
      throw TensorError(
        .value, "scatterReduce", "reduce must be one of sum, prod, mean, amax and amin, and found '\(name)'")
    }
    return found
  }
}
