import CKernels

// Taking elements by position: index_select, gather, take and their relatives, and masks.

/// A shape as [outer, size of `dim`, inner].
package struct Lanes {
  package let outer, size, inner: Int
  package init(_ shape: [Int], _ dim: Int) {
    outer = elementCount(Array(shape[..<dim]))
    size = shape[dim]
    inner = elementCount(Array(shape[(dim + 1)...]))
  }
}

/// out[i][j][k] = x[i][index[i][j][k]][k] along `dim`, where other dimensions agree.
package struct Gather: Primitive, Hashable, ElementMove {
  package let dim: Int

  package init(dim: Int) {
    self.dim = dim
  }

  package var name: String { "Gather" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[1].shape, inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let result = results[0]
    if result.count == 0 { return }
    let (from, to) = (Lanes(inputs[0].shape, dim), Lanes(result.shape, dim))
    let (source, index) = (try inputs[0].dense(), try inputs[1].dense(.int64))
    let size = source.dtype.size
    let p = positionPointer(index)
    let failure = Failure()
    withExtendedLifetime((source, index)) {
      if from.inner == 1 {
        // Rows: positions are checked while they are in the cache.
        let (columns, n) = (to.size, from.size)
        parallelFor(to.outer, grain: max(1, parallelGrain / max(columns, 1))) { range in
          let step = max(1, 2048 / max(columns, 1))
          var row = range.lowerBound
          while row < range.upperBound {
            let rows = min(step, range.upperBound - row)
            let positions = p + row * columns
            let (low, high) = (
              ck_reduce_min_i64(positions, rows * columns), ck_reduce_max_i64(positions, rows * columns)
            )
            guard low >= 0, high < n else {
              failure.set(Int(low < 0 ? low : high))
              return
            }
            ck_gather_along(
              result.body.data + row * columns * size, UnsafeRawPointer(source.data) + row * n * size, positions, rows,
              columns, n, Int32(size))
            row += rows
          }
        }
      } else if let bad = firstOutside(p, index.count, from.size) {
        failure.set(bad)
      } else {
        switch size {
        case 1: gatherLanes(UInt8.self, source, p, result, from, to)
        case 2: gatherLanes(UInt16.self, source, p, result, from, to)
        case 4: gatherLanes(UInt32.self, source, p, result, from, to)
        case 8: gatherLanes(UInt64.self, source, p, result, from, to)
        default: gatherLanes(elementSize: size, source, p, result, from, to)
        }
      }
    }
    if let bad = failure.value { throw outOfRange(bad, from.size, "gather") }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, index) = (inputs[0], inputs[1])
    return cLoops(index.type.shape) { i in
      var place = i
      place[dim] = "apus_index(\(index(i)), \(x.type.shape[dim]))"
      return "\(outputs[0](i)) = \(x(place));"
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Gather(dim: dim + 1), everySample(inputs, isBatched, size))
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let type = node.inputType(0)
    let g = single(node, cotangents)
    return [apply(ScatterSum(dim: dim), Tensor.zeros(type.shape, dtype: type.dtype), node.input(1), g), nil]
  }
}

/// A mistake that a thread of a parallel loop has met.
final class Failure: Sendable {
  private let found = Lock<Int?>(nil)
  package var value: Int? { found.withLock { $0 } }
  func set(_ v: Int) { found.withLock { $0 = v } }
}

/// The first position that is not in `0..<size`, or nil.
func firstOutside(_ p: UnsafePointer<Int64>, _ n: Int, _ size: Int) -> Int? {
  if n == 0 { return nil }
  let (low, high) = (Int(ck_reduce_min_i64(p, n)), Int(ck_reduce_max_i64(p, n)))
  return low < 0 ? low : high >= size ? high : nil
}

func outOfRange(_ index: Int, _ size: Int, _ operation: String) -> TensorError {
  TensorError(.index, operation, "index \(index) is out of range for a dimension of size \(size)")
}

private func gatherLanes<T: FixedWidthInteger>(
  _: T.Type, _ source: TensorBody, _ p: UnsafePointer<Int64>, _ result: Tensor, _ from: Lanes, _ to: Lanes
) {
  let x = UnsafePointer(source.data.assumingMemoryBound(to: T.self))
  let out = result.body.data.assumingMemoryBound(to: T.self)
  let inner = to.inner
  parallelFor(to.outer * to.size, grain: max(1, parallelGrain / max(inner, 1))) { range in
    for row in range {
      let base = x + (row / to.size) * from.size * inner
      for k in 0..<inner { out[row * inner + k] = base[Int(p[row * inner + k]) * inner + k] }
    }
  }
}

/// The same for elements of any size.
private func gatherLanes(
  elementSize size: Int, _ source: TensorBody, _ p: UnsafePointer<Int64>, _ result: Tensor, _ from: Lanes, _ to: Lanes
) {
  let (x, out, inner) = (source.data, result.body.data, to.inner)
  parallelFor(to.outer * to.size, grain: max(1, parallelGrain / max(inner, 1))) { range in
    for row in range {
      let base = row / to.size * from.size * inner
      for k in 0..<inner {
        let place = base + Int(p[row * inner + k]) * inner + k
        (out + (row * inner + k) * size).copyMemory(from: x + place * size, byteCount: size)
      }
    }
  }
}

extension Tensor {
  /// Rows (along `dim`) at the positions of the vector `index`.
  public func indexSelect(_ dim: Int, _ index: Tensor) -> Tensor {
    attempt(self, index) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "indexSelect")
      try checkPositions(index, "indexSelect")
      if rank == 0 { return reshape([1]).indexSelect(0, index).reshape([]) }
      let lanes = Lanes(shape, d)
      let rows = apply(TakeRows(), reshape([lanes.outer, lanes.size, lanes.inner]), index)
      if rows.hasFailed { return rows }
      var target = shape
      target[d] = index.count
      return rows.reshape(target)
    }
  }

  /// `out[i][j][k] = self[i][index[i][j][k]][k]` for `dim` 1, and so on: the result has the shape of `index`.
  public func gather(_ dim: Int, _ index: Tensor) -> Tensor {
    attempt(self, index) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "gather")
      try checkPositions(index, "gather", anyRank: true)
      if rank == 0 || index.rank == 0 {
        guard rank <= 1, index.rank <= 1 else { throw rankMismatch(index, "gather") }
        return atleast1d().gather(0, index.atleast1d()).reshape(index.shape)
      }
      if index.count == 0 {
        return reshape([count]).indexSelect(0, Tensor.zeros([0], dtype: .int64)).reshape(index.shape)
      }
      return apply(Gather(dim: d), try window(of: index, d, "gather"), index)
    }
  }

  /// The part of this tensor that `index` covers in dimensions other than `dim`.
  func window(of index: Tensor, _ dim: Int, _ operation: String) throws(TensorError) -> Tensor {
    guard index.rank == rank else { throw rankMismatch(index, operation) }
    var counts = index.shape
    counts[dim] = shape[dim]
    if let d = counts.indices.first(where: { counts[$0] > shape[$0] }) {
      throw TensorError(
        .shape, operation,
        "an index of shape \(index.shape) is larger than the tensor of shape \(shape) in dimension \(d); only dimension "
          + "\(dim) may be")
    }
    if counts == shape { return self }
    return apply(Slice(starts: counts.map { _ in 0 }, counts: counts, steps: counts.map { _ in 1 }), self)
  }

  func rankMismatch(_ index: Tensor, _ operation: String) -> TensorError {
    TensorError(
      .shape, operation, "the index must have as many dimensions as the tensor, and found \(index.shape) for \(shape)")
  }

  /// Elements at positions in the tensor seen as a vector; the result has the shape of `index`.
  public func take(_ index: Tensor) -> Tensor {
    attempt(self, index) { () throws(TensorError) in
      try checkPositions(index, "take", anyRank: true)
      guard count > 0 || index.count == 0 else {
        throw TensorError(.index, "take", "nothing can be taken from a tensor without elements")
      }
      let rows = apply(TakeRows(wrap: true), reshape([1, count, 1]), index.reshape([index.count]))
      return rows.hasFailed ? rows : rows.reshape(index.shape)
    }
  }

  /// ``gather(_:_:)`` with tensor and positions broadcast against each other; without `dim` on the flat tensor. Negative
  /// positions count from the end.
  public func takeAlongDim(_ index: Tensor, dim: Int? = nil) -> Tensor {
    attempt(self, index) { () throws(TensorError) in
      guard let dim else { return reshape([count]).takeAlongDim(index.reshape([index.count]), dim: 0) }
      let d = try normalize(dim: dim, rank: rank, "takeAlongDim")
      guard index.rank == rank else { throw rankMismatch(index, "takeAlongDim") }
      if rank == 0 { return reshape([1]).takeAlongDim(index.reshape([1]), dim: 0).reshape([]) }
      var (ours, theirs) = (shape, index.shape)
      ours[d] = 1
      theirs[d] = 1
      var common = try broadcastShapes([ours, theirs], "takeAlongDim")
      common[d] = shape[d]
      let source = expand(common)
      common[d] = index.shape[d]
      let wide = index.to(.int64)
      let positions = `where`(wide.lt(0), wide + shape[d], wide)
      return source.gather(d, positions.expand(common))
    }
  }

  /// The elements where `mask` holds, as a vector; both are broadcast together.
  public func maskedSelect(_ mask: Tensor) -> Tensor {
    attempt(self, mask) { () throws(TensorError) in
      guard mask.dtype == .bool else { throw maskType(mask, "maskedSelect") }
      let common = try broadcastShapes([shape, mask.shape], "maskedSelect")
      let n = elementCount(common)
      return expand(common).reshape([n]).read(at: [.tensor(mask.expand(common).reshape([n]))])
    }
  }

  func maskType(_ mask: Tensor, _ operation: String) -> TensorError {
    TensorError(
      .dtype, operation,
      "the mask must be a bool tensor, and found \(mask.dtype); compare it, or convert it with .to(.bool)")
  }

  /// The tensor with `value` where `mask` (broadcast to its shape) holds.
  public func maskedFill(_ mask: Tensor, _ value: some ScalarConvertible) -> Tensor {
    if let failed = failed ?? mask.failed { return failed }
    let element = Tensor.full([], value, dtype: dtype)
    guard element.hasFailed || element.isElement(value.scalar) else {
      return fail(TensorError(.value, "maskedFill", "\(value.scalar.double) is out of range for \(dtype) elements"))
    }
    return maskedFill(mask, element)
  }
  /// The tensor with the only element of `value` where `mask` holds.
  public func maskedFill(_ mask: Tensor, _ value: Tensor) -> Tensor {
    if let bad = poisoned(among: [self, mask, value]) { return bad }
    guard mask.dtype == .bool else { return fail(maskType(mask, "maskedFill")) }
    guard value.rank == 0 else {
      return fail(TensorError(.shape, "maskedFill", "the value must be a scalar, and found a tensor of \(value.shape)"))
    }
    guard isComplex || !value.isComplex else {
      return fail(
        TensorError(.dtype, "maskedFill", "a \(value.dtype) value does not fit \(dtype) elements; take its real part"))
    }
    return `where`(mask, value.to(dtype), self)
  }

  /// The tensor with the next elements of `source` wherever `mask` (broadcast to its shape) holds.
  public func maskedScatter(_ mask: Tensor, _ source: Tensor) -> Tensor {
    attempt(self, mask, source) { () throws(TensorError) in
      guard mask.dtype == .bool else { throw maskType(mask, "maskedScatter") }
      let common = try broadcastShapes([shape, mask.shape], "maskedScatter")
      let positions = nonzeroColumns(mask.expand(common).reshape([elementCount(common)]))[0]
      guard positions.count <= source.count else {
        throw TensorError(
          .shape, "maskedScatter",
          "the mask holds \(positions.count) times, but the source has only \(source.count) elements")
      }
      guard source.dtype == dtype else {
        throw TensorError(
          .dtype, "maskedScatter", "the source must be \(dtype) as the tensor, and found \(source.dtype)")
      }
      let values = source.reshape([source.count]).slice(dim: 0, start: 0, count: positions.count, step: 1)
      let flat = expand(common).reshape([1, elementCount(common), 1])
      return apply(PutRows(accumulate: false), flat, positions, values.reshape([1, positions.count, 1])).reshape(common)
    }
  }

  /// Whether the only element of this tensor, made from `number`, is that number up to the precision of the type. As in
  /// PyTorch conditions take any number, and unsigned integers the negative ones of their range.
  private func isElement(_ number: Scalar) -> Bool {
    if dtype.isCustom { return true }
    switch element(at: 0) {
    case .bool: return true
    case .float(let found): return found.isFinite || !number.double.isFinite
    case .complex(let found):
      let asked = number.complex
      return (found.real.isFinite || !asked.real.isFinite) && (found.imaginary.isFinite || !asked.imaginary.isFinite)
    case .int(let found):
      guard let whole = Int(exactly: number.double.rounded(.towardZero)) else { return number == .int(found) }
      let isUnsigned = Tensor.full([], -1, dtype: dtype).element(at: 0) != .int(-1)
      return whole == found || number == .int(found)
        || (isUnsigned && found > 0 && whole + 1 << (8 * dtype.size) == found)
    }
  }

  func checkPositions(_ index: Tensor, _ operation: String, anyRank: Bool = false) throws(TensorError) {
    let fits = anyRank ? index.dtype.isInteger : index.dtype == .int64 || index.dtype == .int32
    guard fits || index.hasFailed else {
      throw TensorError(
        .dtype, operation,
        "the index must be an int64 or int32 tensor, and found \(index.dtype); convert with .to(.int64)")
    }
    guard anyRank || index.rank <= 1 else {
      throw TensorError(.shape, operation, "the index must be a vector, and found a tensor of shape \(index.shape)")
    }
  }
}

extension Registry {
  /// Reading elements by position or mask.
  static let gathering: [Operation] = [
    .tensor("masked_fill", "input, mask, value: tensor") {
      try $0.tensor("input").maskedFill($0.tensor("mask"), $0.tensor("value"))
    },
    .tensor("masked_fill", "input, mask, value") {
      try $0.tensor("input").maskedFill($0.tensor("mask"), $0.scalar("value"))
    },
    .tensor("index_select", "input, dim, index") {
      try $0.tensor("input").indexSelect(try $0.int("dim"), try $0.tensor("index"))
    },
    .tensor("gather", "input, dim, index, *, sparse_grad=False") {
      try $0.tensor("input").gather(try $0.int("dim"), try $0.tensor("index"))
    },
    .tensor("take", "input, index") { try $0.tensor("input").take(try $0.tensor("index")) },
    .tensor("take_along_dim", "input, indices, dim=None") {
      try $0.tensor("input").takeAlongDim(try $0.tensor("indices"), dim: try $0.optionalInt("dim"))
    },
    .tensor("masked_select", "input, mask") { try $0.tensor("input").maskedSelect(try $0.tensor("mask")) },
    .tensor("masked_scatter", "input, mask, source") {
      try $0.tensor("input").maskedScatter(try $0.tensor("mask"), try $0.tensor("source"))
    },
  ]
}
