import ApusCore

// Pseudoinverses and systems of equations without an exact solution.

/// The pseudoinverse, singular values up to max(atol, rtol * largest) taken for 0.
struct PseudoInverse: MatrixPrimitive {
  let isHermitian: Bool
  var operation: String { "linalg.pinv" }
  var name: String { "LinalgPinv" }
  var ranks: [Int] { [2, 0, 0] }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [TensorType(items[0].shape.reversed(), items[0].dtype)] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let a = isHermitian ? items[0].lowerCompleted : items[0]
    let (u, values, vh) = a.singularFactors(isFull: false)
    let limit = max(items[1][0, 0].realPart, items[2][0, 0].realPart * (values.first ?? 0))
    let v = vh.conjugateTranspose
    for j in values.indices {
      let factor = values[j] > limit ? 1 / values[j] : 0
      for i in 0..<v.rows { v[i, j] = factor * v[i, j] }
    }
    return [.matrix(v.times(u.conjugateTranspose))]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    let (m, n) = (item.rows, item.columns)
    let k = min(m, n)
    let a = item.copy()
    if isHermitian {
      for i in 0..<n {
        a[i * n + i] = Number(Complex(a[i * n + i].complex.real))
        for j in 0..<i { a[j * n + i] = a[i * n + j].conjugate }
      }
    }
    let target = item.result(0, of: Number.self)
    guard item.isFinite else { return target.update(repeating: Number(real: .nan), count: m * n) }
    let (vh, u) = (item.room(.second, n * k), item.room(.third, m * k))
    let values = item.caller.room(.parts, k, of: Number.Part.self)
    guard item.caller.gesdd("S", n, m, a, values, vh, u) == 0 else { throw notConverged(operation) }
    let limit = max(item.input(1)[0].complex.real, item.input(2)[0].complex.real * Double(values[0]))
    for j in 0..<k {
      let factor = Double(values[j]) > limit ? 1 / Double(values[j]) : 0
      for i in 0..<n { vh[j * n + i] = Number(factor * vh[j * n + i].complex) }
    }
    // What lies row by row is U^T and (V^H)^T: the pseudoinverse, transposed, is U^* S^-1 V^T.
    item.caller.gemm("C", "C", m, n, k, u, vh, target)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // Golub and Pereyra, 1973.
    let (a, p) = (node.input(0), node.output(0))
    let (ph, gh) = (p.mH, single(node, cotangents).mH)
    if a.size(-2) <= a.size(-1) {
      let k = matmul(gh, p)
      let kp = matmul(k, ph)
      let part = kp - matmul(matmul(a, p), kp) + matmul(matmul(ph, p), gh - matmul(k, a))
      return [part - matmul(p, k).mH, nil, nil]
    }
    let k = matmul(p, gh)
    let pk = matmul(ph, k)
    let part = matmul(matmul(gh - matmul(a, k), p), ph) + pk - matmul(matmul(pk, p), a)
    return [part - matmul(k, p).mH, nil, nil]
  }
}

/// The X of least |A X - B| that is shortest, the rank of A and its singular values.
struct LeastSquares: MatrixPrimitive {
  let driver: LeastSquaresDriver
  /// Singular values up to this part of the largest count as 0.
  let rcond: Double
  var operation: String { "linalg.lstsq" }
  var name: String { "LinalgLstsq" }
  var ranks: [Int] { [2, 2] }
  var saves: Saves { .inputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    let (m, n) = (items[0].shape[0], items[0].shape[1])
    return [
      TensorType([n, items[1].shape[1]], items[0].dtype), TensorType([], .int64),
      TensorType([min(m, n)], items[0].dtype.realType),
    ]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    guard items[0].isFinite else {
      let solution = Matrix<Number>(items[0].columns, items[1].columns)
      solution.elements.update(repeating: Number(real: .nan), count: solution.count)
      let values = [Double](repeating: .nan, count: min(items[0].rows, items[0].columns))
      return [.matrix(solution), .integers([0]), .reals(values)]
    }
    let (u, values, vh) = items[0].singularFactors(isFull: false)
    let limit = driver == .gels ? 0 : rcond * (values.first ?? 0)
    let turned = u.conjugateTranspose.times(items[1])
    for (i, value) in values.enumerated() {
      let factor = value > limit ? 1 / value : 0
      for j in 0..<turned.columns { turned[i, j] = factor * turned[i, j] }
    }
    let rank = values.count { $0 > limit }
    return [.matrix(vh.conjugateTranspose.times(turned)), .integers([rank]), .reals(values)]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    let (m, n, k) = (item.rows, item.columns, item.sizes[1].columns)
    let (a, tall) = (item.columnCopy(), max(m, n))
    let b = item.room(.second, tall * k)
    transpose(item.input(1), rows: m, columns: k, into: b, stride: tall)
    let solution = item.result(0, of: Number.self)
    let values = item.result(2, of: Number.Part.self)
    values.update(repeating: 0, count: min(m, n))
    var rank = min(m, n)
    var failed = 0
    // Some of the methods repeat steps until a bound holds, which never does for what is no number.
    if !item.isFinite {
      rank = 0
      b.update(repeating: Number(real: .nan), count: tall * k)
    } else {
      switch driver {
      case .gels:
        // A zero on the diagonal of R: the matrix has not the full rank that the method supposes.
        failed = item.caller.gels(m, n, k, a, b)
      case .gelsy: rank = item.caller.gelsy(m, n, k, a, b, rcond: rcond)
      case .gelsd, .gelss:
        (failed, rank) = item.caller.gelss(byDivision: driver == .gelsd, m, n, k, a, b, values, rcond: rcond)
      }
    }
    guard failed == 0 else {
      guard driver == .gels else { throw notConverged(operation) }
      throw TensorError(
        .value, operation, "the matrix has not full rank, which the driver gels supposes; use gelsy, gelsd or gelss")
    }
    item.result(1, of: Int64.self)[0] = Int64(rank)
    transpose(b, rows: k, columns: n, step: tall, into: solution, stride: k)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let rcond = driver == .gels ? 0 : rcond
    return composedGradients(
      [node.input(0), node.input(1)], needs: [node.needs(0), node.needs(1)], cotangents: [cotangents[0]]
    ) { [matmul(linalg.pinv($0[0], rtol: rcond), $0[1])] }
  }
}

/// A number, or one for each matrix of a batch, below which singular values count as 0; nil: see the operation.
struct RankTolerance {
  let absolute: Tensor
  let relative: Tensor

  /// - Parameter given: what stands for a relative tolerance that nobody gave, where there is no absolute one either.
  init(_ a: Tensor, atol: Tensor?, rtol: Tensor?, given: Double? = nil, _ operation: String) throws(TensorError) {
    let batch = Array(a.shape.dropLast(2))
    let type = a.dtype.realType
    for tolerance in [atol, rtol] {
      guard let tolerance, tolerance.isComplex else { continue }
      throw TensorError(.dtype, operation, "tolerances are real numbers, and found \(tolerance.dtype)")
    }
    let shape = try broadcastShapes([batch] + [atol, rtol].compactMap { $0?.shape }, operation)
    func spread(_ x: Tensor) -> Tensor { noGrad { x.detach().to(.float64).placed(with: a).expand(shape) } }
    let roundoff = type == .float64 ? 0x1p-52 : 0x1p-23
    let automatic = given ?? roundoff * Double(max(a.size(-2), a.size(-1)))
    let zero = Tensor(0.0, dtype: .float64)
    absolute = spread(atol ?? zero)
    if let rtol {
      relative = spread(rtol)
    } else if let atol {
      // An absolute tolerance above 0 replaces the relative one that nobody gave.
      relative = noGrad { spread(atol).gt(0).logicalNot().to(.float64) * automatic }
    } else {
      relative = spread(Tensor(automatic, dtype: .float64))
    }
  }
}

extension linalg {
  /// The pseudoinverses (Moore-Penrose) of matrices of any shape.
  /// - Parameters:
  ///   - atol: singular values up to this count as 0.
  ///   - rtol: singular values up to this part of the largest count as 0; the larger limit holds. Where neither is given, the
  ///     distance between 1 and the next number, times the larger size of the matrix.
  ///   - hermitian: whether the matrices are Hermitian; their lower triangles are read.
  public static func pinv(
    _ a: Tensor, atol: Tensor?, rtol: Tensor?, hermitian: Bool = false
  ) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a) {
        pinv($0, atol: atol, rtol: rtol, hermitian: hermitian)
      }
    }
    return attempt(a, atol, rtol) { () throws(TensorError) in
      try requireMatrices(a, "linalg.pinv", square: hermitian)
      let tolerance = try RankTolerance(a, atol: atol, rtol: rtol, "linalg.pinv")
      let operands = try withCommonBatch(
        [a, tolerance.absolute.to(a.dtype), tolerance.relative.to(a.dtype)], ranks: [2, 0, 0], "linalg.pinv")
      return apply(PseudoInverse(isHermitian: hermitian), operands)[0]
    }
  }

  /// ``pinv(_:atol:rtol:hermitian:)-(_,Tensor?,_,_)`` with numbers for all matrices.
  public static func pinv(
    _ a: Tensor, atol: Double? = nil, rtol: Double? = nil, hermitian: Bool = false
  ) -> Tensor {
    pinv(a, atol: tolerance(atol), rtol: tolerance(rtol), hermitian: hermitian)
  }

  /// A tolerance as a tensor.
  static func tolerance(_ value: Double?) -> Tensor? { value.map { Tensor($0, dtype: .float64) } }

  /// The X that minimise |A X - B|, with A `[..., m, n]` and B `[..., m, k]` (or vectors `[..., m]`); of several the shortest.
  ///
  /// - Parameters:
  ///   - rcond: singular values up to this part of the largest count as 0.
  ///   - driver: the method of LAPACK whose results are given. `gels` takes it that A has full rank.
  /// - Returns: the solution; the sums of the squared residuals, where m > n and A has full rank, but for `gelsy`; the ranks of A,
  ///   but for `gels`; and its singular values, for `gelsd` and `gelss`. What is not given has no elements.
  public static func lstsq(
    _ a: Tensor, _ b: Tensor, rcond: Double? = nil, driver: LeastSquaresDriver = .gelsy
  ) -> (solution: Tensor, residuals: Tensor, rank: Tensor, singularValues: Tensor) {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a, b) {
        lstsq($0, $1, rcond: rcond, driver: driver)
      }
    }
    let all = attempt(a, b) { () throws(TensorError) in
      try requireMatrices(a, "linalg.lstsq")
      let isVector = b.rank == a.rank - 1 && b.shape == Array(a.shape.dropLast())
      let columns = isVector ? b.unsqueeze(-1) : b
      guard columns.rank >= 2, columns.size(-2) == a.size(-2), columns.dtype == a.dtype else {
        throw TensorError(.shape, "linalg.lstsq", "matrices \(a.type) do not fit right-hand sides \(b.type)")
      }
      let both = try withCommonBatch([a, columns], "linalg.lstsq")
      let (m, n) = (a.size(-2), a.size(-1))
      let limit = rcond ?? (a.dtype.realType == .float64 ? 0x1p-52 : 0x1p-23) * Double(max(m, n))
      let found = results(apply(LeastSquares(driver: driver, rcond: limit), both), 3)
      let (solution, rank) = (found[0], found[1])
      let isFull = driver == .gels || noGrad { rank.eq(n).all().item() != 0 }
      // No residuals, which still belong to the operands.
      let unknown = solution.real.reshape([solution.count]).narrow(0, 0, 0)
      let residuals =
        m > n && isFull && driver != .gelsy
        ? (matmul(both[0], solution) - both[1]).abs().square().sum([-2]) : unknown
      let hasValues = driver == .gelsd || driver == .gelss
      return [
        isVector ? solution.squeeze([solution.rank - 1]) : solution,
        residuals,
        driver == .gels ? noGrad { Tensor.zeros([0], dtype: .int64) } : rank,
        hasValues ? found[2] : noGrad { Tensor.zeros([0], dtype: a.dtype.realType) },
      ]
    }
    let found = results(all, 4)
    return (found[0], found[1], found[2], found[3])
  }
}

/// A method of LAPACK for ``linalg/lstsq(_:_:rcond:driver:)``.
public enum LeastSquaresDriver: String, Sendable, Hashable, NamedChoice {
  /// LAPACK's names: QR for full rank, QR with pivots, singular values by divide and conquer, singular values.
  case gels, gelsy, gelsd, gelss
}

extension Tensor {
  /// The pseudoinverses, singular values up to `rcond` times the largest taken for 0.
  public func pinverse(rcond: Double = 1e-15) -> Tensor { linalg.pinv(self, rtol: rcond) }
}

extension OperationArguments {
  /// A tolerance, as a number or one for each matrix.
  func tolerance(_ name: String) throws -> Tensor? {
    if try isNone(name) { return nil }
    return try isTensor(name) ? tensor(name) : Tensor(double(name), dtype: .float64)
  }
}

extension Registry {
  /// Pseudoinverses and least squares.
  static let leastSquares: [Operation] = [
    .tensor("linalg.pinv", "input, rcond=None, hermitian=False, *, atol=None, rtol=None") {
      try linalg.pinv(
        $0.tensor("input"), atol: $0.tolerance("atol"), rtol: $0.tolerance("rtol") ?? $0.tolerance("rcond"),
        hermitian: $0.bool("hermitian"))
    },
    .tensor("pinverse", "input, rcond=1e-15") { try $0.tensor("input").pinverse(rcond: $0.double("rcond")) },
    .tensors("linalg.lstsq", "input, B, rcond=None, *, driver=None") {
      guard let driver = LeastSquaresDriver(rawValue: try $0.optionalString("driver") ?? "gelsy") else {
        throw $0.mismatch("driver", "'gels', 'gelsy', 'gelsd' or 'gelss'")
      }
      let found = try linalg.lstsq(
        $0.tensor("input"), $0.tensor("B"), rcond: $0.optionalDouble("rcond"), driver: driver)
      return [found.solution, found.residuals, found.rank, found.singularValues]
    },
  ]
}
