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
    if inputs[0].isComplex {
      try run(inputs, results, Complex.self)
    } else {
      try run(inputs, results, Double.self)
    }
  }

  private func run<Number: LinearScalar>(
    _ inputs: [Tensor], _ results: [Tensor], _: Number.Type
  ) throws(TensorError) {
    var sources: [TensorBody] = []
    for input in inputs { sources.append(try input.dense(Number.dtype)) }
    let shapes = zip(inputs, ranks).map { tensor, rank in
      let item = Array(tensor.shape.suffix(rank))
      return (rows: item.first ?? 1, columns: item.count == 2 ? item[1] : 1)
    }
    let count = elementCount(Array(inputs[0].shape.dropLast(ranks[0])))
    var targets: [Tensor?] = results.map { _ in nil }
    for index in 0..<count {
      let items = zip(sources, shapes).map { source, shape in
        let first = source.data.assumingMemoryBound(to: Number.self) + index * shape.rows * shape.columns
        return Matrix(shape.rows, shape.columns, copying: first)
      }
      let found: [MatrixResult<Number>]
      do throws(TensorError) { found = try compute(items) } catch {
        guard count > 1 else { throw error }
        throw TensorError(error.kind, error.operation, "matrix \(index) of the batch: \(error.message)")
      }
      for (i, result) in found.enumerated() {
        let target = targets[i] ?? Tensor.uninitialized(results[i].shape, result.dtype)
        targets[i] = target
        result.store(in: target.body.data, index: index)
      }
    }
    withExtendedLifetime(sources) {
      for (target, result) in zip(targets, results) { if let target { result.fill(with: target) } }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, everySample(inputs, isBatched, size))
  }
}

extension MatrixResult {
  fileprivate var dtype: DType {
    switch self {
    case .matrix, .numbers: Number.dtype
    case .complexMatrix, .complexes: .complex128
    case .reals: .float64
    case .integers: .int64
    }
  }

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
