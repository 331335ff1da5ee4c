import ApusCore

// Eigenvalues and singular values of tensors, with their gradients.

/// U, S and V^H of A = U S V^H.
struct SingularFactors: MatrixPrimitive {
  let isFull: Bool
  var operation: String { "linalg.svd" }
  var name: String { "LinalgSvd" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    let (m, n, dtype) = (items[0].shape[0], items[0].shape[1], items[0].dtype)
    let k = min(m, n)
    return [
      TensorType([m, isFull ? m : k], dtype), TensorType([k], dtype.realType), TensorType([isFull ? n : k, n], dtype),
    ]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    try requireNumbers(items[0], operation)
    let (u, values, vh) = items[0].singularFactors(isFull: isFull)
    return [.matrix(u), .reals(values), .matrix(vh)]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    try requireNumbers(item, operation)
    let (m, n) = (item.rows, item.columns)
    let (uCount, vhCount) = isFull ? (m * m, n * n) : (m * min(m, n), min(m, n) * n)
    // Complex factors are made where memory may be read behind their end.
    let u = Number.isComplex ? item.room(.second, uCount) : item.result(0)
    let vh = Number.isComplex ? item.room(.third, vhCount) : item.result(2)
    // A^T = V^* S U^T: its left vectors, column by column, are V^H row by row, and the right ones U.
    let failed = item.caller.gesdd(isFull ? "A" : "S", n, m, item.copy(), item.result(1), vh, u)
    guard failed == 0 else { throw notConverged(operation) }
    if Number.isComplex {
      item.result(0, of: Number.self).update(from: u, count: uCount)
      item.result(2, of: Number.self).update(from: vh, count: vhCount)
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (m, n) = (node.inputType(0).shape.suffix(2).first ?? 0, node.inputType(0).shape.last ?? 0)
    let k = min(m, n)
    // Vectors behind the first k ones are arbitrary: nothing depends on them.
    let (u, s, vh) = (node.output(0).narrow(-1, 0, k), node.output(1), node.output(2).narrow(-2, 0, k))
    let (gu, gs, gvh) = (
      cotangents[0].map { $0.narrow(-1, 0, k) }, cotangents[1], cotangents[2].map { $0.narrow(-2, 0, k) }
    )
    guard gu != nil || gvh != nil else { return [gs.map { matmul(u * $0.unsqueeze(-2).to(u.dtype), vh) }] }
    func skew(_ x: Tensor) -> Tensor { x - x.mH }
    let (row, column) = (s.unsqueeze(-2), s.unsqueeze(-1))
    let gaps = (row - column) * (row + column)
    let unit = noGrad { eye(k, dtype: .bool) }
    let e = gaps.maskedFill(unit, 1)
    var inner = gs.map { $0.to(u.dtype).asDiagonal }
    func add(_ x: Tensor) { inner = inner.map { $0 + x } ?? x }
    if let gu {
      let turned = skew(matmul(u.mH, gu))
      add(turned / e * row)
      if u.isComplex { add((turned.matrixDiagonal / (2 * s)).asDiagonal) }
    }
    if let gvh { add(column * (skew(matmul(vh, gvh.mH)) / e)) }
    var a = inner.map { matmul(u, $0) }
    if m > k, let gu {
      let scaled = gu / row
      let outside = scaled - matmul(u, matmul(u.mH, scaled))
      a = a.map { $0 + outside } ?? outside
    }
    a = a.map { matmul($0, vh) }
    if n > k, let gvh {
      let scaled = gvh / column
      let outside = matmul(u, scaled - matmul(matmul(scaled, vh.mH), vh))
      a = a.map { $0 + outside } ?? outside
    }
    return [a]
  }
}

/// S alone.
struct SingularValues: MatrixPrimitive {
  var operation: String { "linalg.svdvals" }
  var name: String { "LinalgSvdvals" }
  var saves: Saves { .inputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [TensorType([items[0].shape.min() ?? 0], items[0].dtype.realType)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    try requireNumbers(items[0], operation)
    return [.reals(items[0].singularFactors(isFull: false).values)]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    try requireNumbers(item, operation)
    let nothing = item.room(.second, 1)
    let failed = item.caller.gesdd("N", item.columns, item.rows, item.copy(), item.result(0), nothing, nothing)
    guard failed == 0 else { throw notConverged(operation) }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients([node.input(0)], needs: [true], cotangents: cotangents) {
      [results(apply(SingularFactors(isFull: false), $0), 3)[1]]
    }
  }
}

/// Eigenvalues and eigenvectors of Hermitian matrices, whose lower triangles are read.
struct HermitianSpectrum: MatrixPrimitive {
  let operation: String
  var name: String { "LinalgEigh" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [TensorType([items[0].shape[0]], items[0].dtype.realType), items[0]]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let whole = items[0].lowerCompleted
    try requireNumbers(whole, operation)
    let (values, vectors) = whole.hermitianSpectrum()
    return [.reals(values), .matrix(vectors)]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    let n = item.rows
    let a = try item.lowerTriangle(operation)
    guard item.caller.eigh(vectors: true, n, a, item.result(0)) == 0 else { throw notConverged(operation) }
    transpose(a, rows: n, columns: n, into: item.result(1))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (values, v) = (node.output(0), node.output(1))
    guard let gv = cotangents[1] else {
      return [cotangents[0].map { matmul(v * $0.unsqueeze(-2).to(v.dtype), v.mH) }]
    }
    let unit = noGrad { eye(v.size(-1), dtype: .bool) }
    let gaps = values.unsqueeze(-2) - values.unsqueeze(-1)
    let whole = matmul(v.mH, gv)
    let turned = ((whole - whole.mH) / 2 / gaps.maskedFill(unit, 1)).maskedFill(unit, 0)
    let inner = cotangents[0].map { turned + $0.to(v.dtype).asDiagonal } ?? turned
    return [matmul(v, matmul(inner, v.mH))]
  }
}

/// The eigenvalues alone.
struct HermitianValues: MatrixPrimitive {
  var operation: String { "linalg.eigvalsh" }
  var name: String { "LinalgEigvalsh" }
  var saves: Saves { .inputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [TensorType([items[0].shape[0]], items[0].dtype.realType)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let whole = items[0].lowerCompleted
    try requireNumbers(whole, operation)
    return [.reals(whole.hermitianSpectrum().values)]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    let a = try item.lowerTriangle(operation)
    guard item.caller.eigh(vectors: false, item.rows, a, item.result(0)) == 0 else { throw notConverged(operation) }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients([node.input(0)], needs: [true], cotangents: cotangents) {
      [apply(HermitianSpectrum(operation: operation), $0)[0]]
    }
  }
}

/// Eigenvalues and eigenvectors of any matrices.
struct GeneralSpectrum: MatrixPrimitive {
  let operation: String
  var name: String { "LinalgEig" }
  var saves: Saves { .outputs }

  func itemTypes(_ items: [TensorType]) throws(TensorError) -> [TensorType] {
    let type = items[0].dtype.complexType ?? .complex64
    return [TensorType([items[0].shape[0]], type), TensorType(items[0].shape, type)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    let a = items[0]
    try requireNumbers(a, operation)
    let wide = Matrix<Complex>(a.rows, a.columns)
    for i in 0..<a.count { wide.elements[i] = a.elements[i].complex }
    guard let found = wide.spectrum() else {
      throw TensorError(.value, operation, "the QR algorithm did not converge: the eigenvalues are too close together")
    }
    var values = found.values
    let vectors = found.vectors
    if Number.self == Double.self { vectors.pairConjugates(&values, rounding: 0x1p-49 * length(a.elements, a.count)) }
    return [.complexes(values), .complexMatrix(vectors)]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    try requireNumbers(item, operation)
    let n = item.rows
    let (values, right) = (item.room(.second, 2 * n), item.room(.third, n * n))
    let failed = item.caller.geev(vectors: true, n, item.columnCopy(), values, right)
    guard failed == 0 else { throw notConverged(operation) }
    item.storeSpectrum(values, in: 0)
    if Number.isComplex { return transpose(right, rows: n, columns: n, into: item.result(1)) }
    // The vectors of a pair of conjugates are told as their real and imaginary parts.
    let target = item.result(1, of: LAPACKComplex<Number.Part>.self)
    var j = 0
    while j < n {
      let isPair = values[n + j].complex.real != 0 && j + 1 < n
      for i in 0..<n {
        let re = Number.Part(right[j * n + i].complex.real)
        let im = isPair ? Number.Part(right[(j + 1) * n + i].complex.real) : 0
        target[i * n + j] = LAPACKComplex(re: re, im: im)
        if isPair { target[i * n + j + 1] = LAPACKComplex(re: re, im: -im) }
      }
      j += isPair ? 2 : 1
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (values, v) = (node.output(0), node.output(1))
    let vh = v.mH
    var inner: Tensor
    if let gv = cotangents[1] {
      // The length of a vector is fixed: what would change it has no effect.
      let turned = matmul(vh, gv)
      let sideways = turned - matmul(vh, v) * turned.matrixDiagonal.real.unsqueeze(-2)
      let unit = noGrad { eye(v.size(-1), dtype: .bool) }
      let gaps = (values.unsqueeze(-2) - values.unsqueeze(-1)).conj().maskedFill(unit, 1)
      inner = (sideways / gaps).maskedFill(unit, 0)
      if let gl = cotangents[0] { inner = inner + gl.asDiagonal }
      inner = matmul(inner, vh)
    } else {
      guard let gl = cotangents[0] else { return [nil] }
      inner = gl.unsqueeze(-1) * vh
    }
    let a = linalg.solve(vh, inner)
    return [node.inputType(0).dtype.isComplex ? a : a.real]
  }
}

/// The eigenvalues alone.
struct GeneralValues: MatrixPrimitive {
  var operation: String { "linalg.eigvals" }
  var name: String { "LinalgEigvals" }
  var saves: Saves { .inputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [TensorType([items[0].shape[0]], items[0].dtype.complexType ?? .complex64)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) throws(TensorError) -> [MatrixResult<Number>] {
    [try GeneralSpectrum(operation: operation).compute(items)[0]]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    try requireNumbers(item, operation)
    let values = item.room(.second, 2 * item.rows)
    let failed = item.caller.geev(vectors: false, item.rows, item.columnCopy(), values, item.room(.third, 1))
    guard failed == 0 else { throw notConverged(operation) }
    item.storeSpectrum(values, in: 0)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients([node.input(0)], needs: [true], cotangents: cotangents) {
      [apply(GeneralSpectrum(operation: operation), $0)[0]]
    }
  }
}

/// Whether values of `a` will be differentiated, so that their vectors are worth computing with them.
private func wantsVectors(_ a: Tensor) -> Bool { a.requiresGrad && Context.isGradientEnabled }

private func requireNumbers<Number: LinearScalar>(_ a: Matrix<Number>, _ operation: String) throws(TensorError) {
  guard a.isFinite else { throw noNumbers(operation) }
}

private func requireNumbers<Number: LAPACKNumber>(_ item: LAPACKItem<Number>, _ operation: String) throws(TensorError) {
  guard item.isFinite else { throw noNumbers(operation) }
}

private func noNumbers(_ operation: String) -> TensorError {
  TensorError(.value, operation, "the matrix has elements that are infinite or NaN, and so no result")
}

extension LAPACKItem {
  /// A copy of the lower triangle, in columns.
  fileprivate func lowerTriangle(_ operation: String) throws(TensorError) -> Numbers {
    let n = rows
    let a = columnCopy()
    // What lies above the diagonal does not count, whatever it is.
    for j in 0..<n { (a + j * n).update(repeating: .zero, count: j) }
    let count = n * n * (Number.isComplex ? 2 : 1)
    let isFinite = UnsafeRawPointer(a).withMemoryRebound(to: Number.Part.self, capacity: count) { parts in
      (0..<count).allSatisfy { parts[$0].isFinite }
    }
    guard isFinite else { throw noNumbers(operation) }
    return a
  }

  /// Stores eigenvalues as `geev` gives them.
  fileprivate func storeSpectrum(_ values: Numbers, in result: Int) {
    let target = self.result(result, of: LAPACKComplex<Number.Part>.self)
    for i in 0..<rows {
      let value = Number.isComplex ? values[i].complex : Complex(values[i].complex.real, values[rows + i].complex.real)
      target[i] = LAPACKComplex(re: Number.Part(value.real), im: Number.Part(value.imaginary))
    }
  }
}

/// Which triangle of a Hermitian matrix is read.
public enum MatrixTriangle: String, Sendable, Hashable, NamedChoice {
  /// The lower triangle is read.
  case lower = "L"
  /// The upper triangle is read.
  case upper = "U"
}

extension linalg {
  /// U, S and V^H of matrices `[..., m, n]`, singular values in descending order.
  ///
  /// - Parameter fullMatrices: whether U is `[..., m, m]` and V^H `[..., n, n]`, or else both have min(m, n) vectors.
  ///
  /// The gradient of the vectors exists where singular values differ, and where what is computed of them does not depend on
  /// their signs (of complex ones: phases).
  public static func svd(_ a: Tensor, fullMatrices: Bool = true) -> (U: Tensor, S: Tensor, Vh: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { svd($0, fullMatrices: fullMatrices) } }
    let found = attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.svd")
      return apply(SingularFactors(isFull: fullMatrices), [a])
    }
    let all = results(found, 3)
    return (all[0], all[1], all[2])
  }

  /// The singular values in descending order.
  public static func svdvals(_ a: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { svdvals($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.svdvals")
      return wantsVectors(a) ? svd(a, fullMatrices: false).S : apply(SingularValues(), a)
    }
  }

  /// The eigenvalues of Hermitian matrices in ascending order, and their eigenvectors as columns.
  /// - Parameter uplo: which triangle is read.
  public static func eigh(_ a: Tensor, uplo: MatrixTriangle = .lower) -> (eigenvalues: Tensor, eigenvectors: Tensor) {
    eigh(a, uplo, "linalg.eigh")
  }

  private static func eigh(
    _ a: Tensor, _ uplo: MatrixTriangle, _ operation: String
  ) -> (eigenvalues: Tensor, eigenvectors: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { eigh($0, uplo, operation) } }
    let found = attempt(a) { () throws(TensorError) in
      try requireMatrices(a, operation, square: true)
      return apply(HermitianSpectrum(operation: operation), [uplo == .lower ? a : a.mH])
    }
    let all = results(found, 2)
    return (all[0], all[1])
  }

  /// The eigenvalues of Hermitian matrices in ascending order.
  public static func eigvalsh(_ a: Tensor, uplo: MatrixTriangle = .lower) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { eigvalsh($0, uplo: uplo) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.eigvalsh", square: true)
      if wantsVectors(a) { return eigh(a, uplo, "linalg.eigvalsh").eigenvalues }
      return apply(HermitianValues(), uplo == .lower ? a : a.mH)
    }
  }

  /// The eigenvalues of square matrices and, as columns of length 1, their eigenvectors; complex also for real matrices.
  public static func eig(_ a: Tensor) -> (eigenvalues: Tensor, eigenvectors: Tensor) { eig(a, "linalg.eig") }

  private static func eig(_ a: Tensor, _ operation: String) -> (eigenvalues: Tensor, eigenvectors: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { eig($0, operation) } }
    let found = attempt(a) { () throws(TensorError) in
      try requireMatrices(a, operation, square: true)
      return apply(GeneralSpectrum(operation: operation), [a])
    }
    let all = results(found, 2)
    return (all[0], all[1])
  }

  /// The eigenvalues of square matrices, complex also for real ones.
  public static func eigvals(_ a: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { eigvals($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.eigvals", square: true)
      return wantsVectors(a) ? eig(a, "linalg.eigvals").eigenvalues : apply(GeneralValues(), a)
    }
  }

  /// How many singular values (of Hermitian matrices: sizes of eigenvalues) are above the tolerance, as int64; see
  /// ``pinv(_:atol:rtol:hermitian:)-(_,Tensor?,_,_)``.
  public static func matrixRank(_ a: Tensor, atol: Tensor?, rtol: Tensor?, hermitian: Bool = false) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, a) {
        matrixRank($0, atol: atol, rtol: rtol, hermitian: hermitian)
      }
    }
    return attempt(a, atol, rtol) { () throws(TensorError) in
      try requireMatrices(a, "linalg.matrix_rank", square: hermitian)
      let tolerance = try RankTolerance(a, atol: atol, rtol: rtol, "linalg.matrix_rank")
      return noGrad {
        let x = a.detach()
        let values = hermitian ? eigvalsh(x).abs() : svdvals(x)
        if values.size(-1) == 0 { return values.sum([-1]).to(.int64) }
        let limit = tolerance.absolute.maximum(tolerance.relative * values.to(.float64).amax([-1]))
        return values.to(.float64).gt(limit.unsqueeze(-1)).sum([-1])
      }
    }
  }

  /// ``matrixRank(_:atol:rtol:hermitian:)-(_,Tensor?,_,_)`` with numbers for all matrices.
  public static func matrixRank(
    _ a: Tensor, atol: Double? = nil, rtol: Double? = nil, hermitian: Bool = false
  ) -> Tensor {
    matrixRank(a, atol: tolerance(atol), rtol: tolerance(rtol), hermitian: hermitian)
  }

  /// U and P of the polar decomposition A = U P: U with orthonormal columns (or rows), P Hermitian and positive semidefinite.
  public static func polar(_ a: Tensor) -> (U: Tensor, P: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { polar($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.polar")
      let (u, s, vh) = svd(a, fullMatrices: false)
      return (matmul(u, vh), matmul(vh.mH * s.unsqueeze(-2).to(a.dtype), vh))
    }
  }

  /// The Hermitian square roots of Hermitian positive semidefinite matrices.
  public static func matrixSqrth(_ a: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { matrixSqrth($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.matrix_sqrth", square: true)
      let (values, v) = eigh(a)
      let roots = values.clamp(min: 0).sqrt()
      return matmul(v * roots.unsqueeze(-2).to(a.dtype), v.mH)
    }
  }
}

extension Tensor {
  /// U, S and V of matrices A = U S V^H: `torch.svd`, which gives V where ``linalg/svd(_:fullMatrices:)`` gives V^H.
  /// - Parameters:
  ///   - some: whether U and V have min(m, n) columns.
  ///   - computeUV: whether U and V are computed; else they hold zeros.
  public func svd(some: Bool = true, computeUV: Bool = true) -> (U: Tensor, S: Tensor, V: Tensor) {
    attempt(self) { () throws(TensorError) in
      try requireMatrices(self, "svd")
      let (u, s, vh) = linalg.svd(self, fullMatrices: !some)
      if computeUV { return [u, s, vh.mH] }
      return [zerosLike(u), s, zerosLike(vh.mH)]
    }.triple
  }

  /// Q and R, PyTorch's `torch.qr`.
  /// - Parameter some: whether Q has min(m, n) columns.
  public func qr(some: Bool = true) -> (Q: Tensor, R: Tensor) { linalg.qr(self, mode: some ? .reduced : .complete) }
}

extension [Tensor] {
  /// Three results, each of which is the failed one where there is no more.
  fileprivate var triple: (Tensor, Tensor, Tensor) {
    count == 3 ? (self[0], self[1], self[2]) : (self[0], self[0], self[0])
  }
}

/// The `q` largest singular values of `a` and their vectors, approximately: a projection on random directions (Halko et
/// al., 2009).
/// - Parameters:
///   - q: how many.
///   - niter: passes that sharpen the directions, at most 1000.
///   - m: what is subtracted from the matrix.
public func svdLowrank(_ a: Tensor, q: Int = 6, niter: Int = 2, m: Tensor? = nil) -> (U: Tensor, S: Tensor, V: Tensor) {
  attempt(a, m) { () throws(TensorError) in
    try requireMatrices(a, "svd_lowrank")
    guard q >= 0, q <= min(a.size(-1), a.size(-2)) else {
      throw TensorError(
        .value, "svd_lowrank", "q must lie in 0...\(min(a.size(-1), a.size(-2))) for \(a.shape), and found \(q)")
    }
    guard (0...1000).contains(niter) else {
      throw TensorError(
        .value, "svd_lowrank", "niter must lie in 0...1000, of which 2 are mostly enough, and found \(niter)")
    }
    let x = m.map { a - $0.expand(a.shape) } ?? a
    let isWide = x.size(-2) < x.size(-1)
    let tall = isWide ? x.mH : x
    let directions = noGrad {
      let shape = [tall.size(-1), q]
      // Real and imaginary parts are drawn in turn.
      return a.isComplex
        ? randn(shape + [2], dtype: a.dtype.realType).viewAsComplex() : randn(shape, dtype: a.dtype)
    }
    var basis = linalg.qr(matmul(tall, directions)).Q
    for _ in 0..<niter {
      basis = linalg.qr(matmul(tall, linalg.qr(matmul(tall.mH, basis)).Q)).Q
    }
    let (u, s, vh) = linalg.svd(matmul(basis.mH, tall), fullMatrices: false)
    let (left, right) = (matmul(basis, u), vh.mH)
    return isWide ? [right, s, left] : [left, s, right]
  }.triple
}

/// The principal components of rows: ``svdLowrank(_:q:niter:m:)`` of `a` without its mean.
/// - Parameters:
///   - q: how many; 6 or the smaller size of the matrix where it is less.
///   - center: whether the mean row is subtracted.
public func pcaLowrank(
  _ a: Tensor, q: Int? = nil, center: Bool = true, niter: Int = 2
) -> (U: Tensor, S: Tensor, V: Tensor) {
  attempt(a) { () throws(TensorError) in
    try requireMatrices(a, "pca_lowrank")
    let count = q ?? min(6, a.size(-1), a.size(-2))
    let found = svdLowrank(center ? a - a.mean([-2], keepDim: true) : a, q: count, niter: niter)
    return [found.U, found.S, found.V]
  }.triple
}

extension Registry {
  /// Eigenvalues and singular values.
  static let spectra: [Operation] = [
    .tensors("linalg.svd", "A, full_matrices=True") {
      let found = try linalg.svd($0.tensor("A"), fullMatrices: $0.bool("full_matrices"))
      return [found.U, found.S, found.Vh]
    },
    .tensors("svd", "input, some=True, compute_uv=True") {
      let found = try $0.tensor("input").svd(some: $0.bool("some"), computeUV: $0.bool("compute_uv"))
      return [found.U, found.S, found.V]
    },
    .tensor("linalg.svdvals", "A") { try linalg.svdvals($0.tensor("A")) },
    .tensors("linalg.eigh", "A, UPLO='L'") {
      let found = try linalg.eigh($0.tensor("A"), uplo: $0.triangle())
      return [found.eigenvalues, found.eigenvectors]
    },
    .tensor("linalg.eigvalsh", "A, UPLO='L'") { try linalg.eigvalsh($0.tensor("A"), uplo: $0.triangle()) },
    .tensors("linalg.eig", "A") {
      let found = try linalg.eig($0.tensor("A"))
      return [found.eigenvalues, found.eigenvectors]
    },
    .tensor("linalg.eigvals", "A") { try linalg.eigvals($0.tensor("A")) },
    .tensor("linalg.matrix_rank", "input, tol=None, hermitian=False, *, atol=None, rtol=None") {
      try linalg.matrixRank(
        $0.tensor("input"), atol: $0.tolerance("atol") ?? $0.tolerance("tol"), rtol: $0.tolerance("rtol"),
        hermitian: $0.bool("hermitian"))
    },
    .tensors("linalg.polar", "A") {
      let found = try linalg.polar($0.tensor("A"))
      return [found.U, found.P]
    },
    .tensor("linalg.matrix_sqrth", "A") { try linalg.matrixSqrth($0.tensor("A")) },
    .tensors("svd_lowrank", "A, q=6, niter=2, M=None") {
      let found = try svdLowrank(
        $0.tensor("A"), q: $0.int("q"), niter: $0.int("niter"), m: $0.optionalTensor("M"))
      return [found.U, found.S, found.V]
    },
    .tensors("pca_lowrank", "A, q=None, center=True, niter=2") {
      let found = try pcaLowrank(
        $0.tensor("A"), q: $0.optionalInt("q"), center: $0.bool("center"), niter: $0.int("niter"))
      return [found.U, found.S, found.V]
    },
  ]
}

extension OperationArguments {
  fileprivate func triangle() throws -> MatrixTriangle {
    guard let found = MatrixTriangle(rawValue: try string("UPLO").uppercased()) else {
      throw mismatch("UPLO", "'L' or 'U'")
    }
    return found
  }
}
