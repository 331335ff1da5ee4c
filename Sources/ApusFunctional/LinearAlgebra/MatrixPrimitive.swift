import ApusCore

// The frame of operations on the matrices of a batch: checks, types, the loop over the batch, and the way back to tensors.

/// What an operation gives for one matrix.
enum MatrixResult<Number: LinearScalar> {
  case matrix(Matrix<Number>)
  case complexMatrix(Matrix<Complex>)
  case reals([Double])
  case numbers([Number])
  case complexes([Complex])
  case integers([Int])
}

/// An operation on the matrices that lie in the last dimensions of its inputs. All inputs have the same leading dimensions.
protocol MatrixPrimitive: Primitive, Hashable {
  /// The operation in messages.
  var operation: String { get }
  /// How many of the last dimensions of each input belong to one item; the rest is the batch.
  var ranks: [Int] { get }
  /// Shapes and types of the results for one item.
  func itemTypes(_ items: [TensorType]) throws(TensorError) -> [TensorType]
  /// The results for one item. An input of rank 1 is a column, one of rank 0 a single element.
  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>]
  /// Whether LAPACK has the operation.
  var isInLAPACK: Bool { get }
  /// Whether LAPACK is faster at one large matrix with several threads.
  var gainsFromThreads: Bool { get }
  /// The results for one item by LAPACK, where ``isInLAPACK``. No matrix is without elements.
  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError)
}

extension MatrixPrimitive {
  var ranks: [Int] { [2] }
  var takesComplexElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let batch = Array(inputs[0].shape.dropLast(ranks[0]))
    for input in inputs where input.dtype != inputs[0].dtype {
      throw TensorError(
        .dtype, operation,
        "the operands must have one element type, and found \(inputs[0].dtype) and \(input.dtype); convert one with .to"
      )
    }
    let items = zip(inputs, ranks).map { TensorType(Array($0.shape.suffix($1)), $0.dtype) }
    return try itemTypes(items).map { TensorType(batch + $0.shape, $0.dtype) }
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    if try runLAPACK(inputs, results) { return }
    if inputs[0].isComplex {
      try run(inputs, results, Complex.self)
    } else {
      try run(inputs, results, Double.self)
    }
  }

  var isInLAPACK: Bool { false }
  var gainsFromThreads: Bool { false }
  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {}

  /// Rows and columns of one item of each input.
  func itemSizes(_ inputs: [Tensor]) -> [(rows: Int, columns: Int)] {
    zip(inputs, ranks).map { tensor, rank in
      let item = Array(tensor.shape.suffix(rank))
      return (rows: item.first ?? 1, columns: item.count == 2 ? item[1] : 1)
    }
  }

  func batchCount(_ inputs: [Tensor]) -> Int { elementCount(Array(inputs[0].shape.dropLast(ranks[0]))) }

  private func run<Number: LinearScalar>(
    _ inputs: [Tensor], _ results: [Tensor], _: Number.Type
  ) throws(TensorError) {
    var sources: [TensorBody] = []
    for input in inputs { sources.append(try input.dense(Number.dtype)) }
    let shapes = itemSizes(inputs)
    let count = batchCount(inputs)
    if count == 0 { return }
    let work = shapes.reduce(1) { max($0, $1.rows * $1.columns * min($1.rows, $1.columns)) }
    let wide = results.map { wideType(of: $0.dtype) }
    let targets = zip(results, wide).map { $0.dtype == $1 ? $0 : Tensor.uninitialized($0.shape, $1) }
    nonisolated(unsafe) let starts = sources.map { UnsafePointer($0.data.assumingMemoryBound(to: Number.self)) }
    try withExtendedLifetime(sources) { () throws(TensorError) in
      try forEachItem(count, grain: max(1, 50_000 / work)) {
        { (index) throws(TensorError) in
          let items = zip(starts, shapes).map { start, shape in
            Matrix(shape.rows, shape.columns, copying: start + index * shape.rows * shape.columns)
          }
          for (target, result) in zip(targets, try compute(items)) { result.store(in: target.body.data, index: index) }
        }
      }
    }
    for (target, result) in zip(targets, results) where target.dtype != result.dtype { result.fill(with: target) }
  }

  /// Calls what `body` gives each thread for each item of the batch.
  /// - Throws: the error of the first item that has one, which it names.
  func forEachItem(
    _ count: Int, grain: Int, _ body: () -> (Int) throws(TensorError) -> Void
  ) throws(TensorError) {
    let failures = Lock<(index: Int, error: TensorError)?>(nil)
    parallelFor(count, grain: grain) { range in
      let compute = body()
      for index in range {
        do throws(TensorError) { try located(index, of: count) { () throws(TensorError) in try compute(index) } } catch
        {
          failures.withLock { if $0.map({ index < $0.index }) ?? true { $0 = (index, error) } }
          return
        }
      }
    }
    if let failure = failures.withLock({ $0 }) { throw failure.error }
  }

  /// Runs `body`, whose error is told of matrix `index` of a batch.
  func located(_ index: Int, of count: Int, _ body: () throws(TensorError) -> Void) throws(TensorError) {
    do throws(TensorError) { try body() } catch {
      guard count > 1 else { throw error }
      throw TensorError(error.kind, error.operation, "matrix \(index) of the batch: \(error.message)")
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, everySample(inputs, isBatched, size))
  }
}

/// The type that results of this one are computed in.
private func wideType(of dtype: DType) -> DType {
  dtype.isComplex ? .complex128 : dtype.isFloatingPoint ? .float64 : .int64
}

extension MatrixResult {
  /// Stores the elements as those of item `index`.
  fileprivate func store(in data: UnsafeMutableRawPointer, index: Int) {
    func store<Element>(_ elements: UnsafePointer<Element>, _ count: Int) {
      (data.assumingMemoryBound(to: Element.self) + index * count).update(from: elements, count: count)
    }
    func store<Element>(_ elements: [Element]) {
      elements.withUnsafeBufferPointer { if let base = $0.baseAddress { store(base, $0.count) } }
    }
    switch self {
    case .matrix(let m): store(UnsafePointer(m.elements), m.count)
    case .complexMatrix(let m): store(UnsafePointer(m.elements), m.count)
    case .reals(let values): store(values)
    case .numbers(let values): store(values)
    case .complexes(let values): store(values)
    case .integers(let values): store(values.map { Int64($0) })
    }
  }
}

/// That an algorithm of LAPACK which repeats steps did not come to an end.
func notConverged(_ operation: String) -> TensorError {
  TensorError(
    .value, operation, "the algorithm did not converge: singular values or eigenvalues are too close together")
}

/// Checks that the last two dimensions are matrices of floating point or complex elements.
func requireMatrices(_ x: Tensor, _ operation: String, square: Bool = false) throws(TensorError) {
  guard x.rank >= 2 else {
    throw TensorError(.shape, operation, "needs a matrix or a batch of them, [..., m, n], and found \(x.shape)")
  }
  guard !square || x.size(-1) == x.size(-2) else {
    throw TensorError(.shape, operation, "needs square matrices, and found \(x.shape)")
  }
  guard x.dtype.isComplex || x.dtype == .float32 || x.dtype == .float64 else {
    throw TensorError(
      .dtype, operation, "needs float32, float64 or complex elements, and found \(x.dtype); convert with .to(.float32)")
  }
}

/// Operands with the leading dimensions of all, the last `ranks` of each left as they are.
func withCommonBatch(
  _ tensors: [Tensor], ranks: [Int]? = nil, _ operation: String
) throws(TensorError) -> [Tensor] {
  let ranks = ranks ?? tensors.map { _ in 2 }
  let shape = try broadcastShapes(zip(tensors, ranks).map { Array($0.shape.dropLast($1)) }, operation)
  return zip(tensors, ranks).map { $0.expand(shape + $0.shape.suffix($1)) }
}

extension Tensor {
  /// Diagonal matrices of the vectors in the last dimension.
  var asDiagonal: Tensor { diagEmbed() }
  /// The diagonals of the matrices in the last two dimensions.
  var matrixDiagonal: Tensor { diagonal(dim1: -2, dim2: -1) }
}
