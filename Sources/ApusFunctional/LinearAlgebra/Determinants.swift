import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Determinants.

/// The determinant as its sign and the logarithm of its size.
struct SignedDeterminant: MatrixPrimitive {
  var operation: String { "linalg.slogdet" }
  var name: String { "LinalgSlogdet" }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [TensorType([], items[0].dtype), TensorType([], items[0].dtype.realType)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let a = items[0]
    let (pivots, zeroPivot) = a.factorLU()
    if zeroPivot != 0 { return [.numbers([.zero]), .reals([-.infinity])] }
    var sign = Number.one
    var logarithm = 0.0
    for (i, other) in pivots.enumerated() {
      sign = (i == other ? sign : -sign) * a[i, i].direction
      logarithm += log(a[i, i].size)
    }
    return [.numbers([sign]), .reals([logarithm])]
  }

  var isInLAPACK: Bool { true }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let n = item.rows
    let a = transposedCopy(item)
    let pivots = item.caller.room(.pivots, n, of: Int32.self)
    let isSingular = factorLU(item, a, pivots) != 0
    var sign = Complex(isSingular ? 0 : 1)
    var logarithm = isSingular ? -Double.infinity : 0
    for i in 0..<n where !isSingular {
      let pivot = a[i * n + i].complex
      sign = (Int(pivots[i]) == i + 1 ? sign : -sign) * pivot.direction
      logarithm += log(pivot.size)
    }
    item.result(0, of: Number.self)[0] = Number(sign)
    item.result(1, of: Number.Part.self)[0] = Number.Part(logarithm)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (a, sign) = (node.input(0), node.output(0))
    var g = cotangents[1] ?? zerosLike(sign.real)
    if a.isComplex {
      let turn = cotangents[0].map { -($0.conj() * sign).imag } ?? zerosLike(g)
      g = complex(g, turn)
    }
    let diagonal = g.unsqueeze(-1).expand(Array(a.shape.dropLast())).asDiagonal
    return [linalg.solved(a.mH, diagonal, operation)]
  }
}

/// The determinant.
struct Determinant: MatrixPrimitive {
  var operation: String { "linalg.det" }
  var name: String { "LinalgDet" }
  var saves: Saves { [.inputs, .outputs] }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [TensorType([], items[0].dtype)] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let (pivots, _) = items[0].factorLU()
    var product = Number.one
    for (i, other) in pivots.enumerated() { product = (i == other ? product : -product) * items[0][i, i] }
    return [.numbers([product])]
  }

  var isInLAPACK: Bool { true }
  var gainsFromThreads: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let n = item.rows
    let a = transposedCopy(item)
    let pivots = item.caller.room(.pivots, n, of: Int32.self)
    _ = factorLU(item, a, pivots)
    item.result(0, of: Number.self)[0] = Number(triangularDeterminant(a, n, pivots))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents).unsqueeze(-1).unsqueeze(-1)
    return [g * apply(Cofactors(), node.input(0))]
  }
}

/// The transposed matrix, as LAPACK and our own code for small matrices read it: its determinant is the same, to the digits that PyTorch has.
private func transposedCopy<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) -> UnsafeMutablePointer<Number> {
  item.isSmall ? item.columnCopy() : item.copy()
}

/// Factorises what ``transposedCopy(_:)`` gives.
private func factorLU<Number: LAPACKNumber>(
  _ item: LAPACKItem<Number>, _ a: UnsafeMutablePointer<Number>, _ pivots: UnsafeMutablePointer<Int32>
) -> Int {
  let n = item.rows
  return item.isSmall ? a.factorSmallLU(n, n, pivots) : item.caller.getrf(n, n, a, pivots)
}

/// The determinant of a matrix from its factors L and U and the exchanges of rows.
private func triangularDeterminant<Number: LAPACKNumber>(
  _ factors: UnsafeMutablePointer<Number>, _ n: Int, _ pivots: UnsafeMutablePointer<Int32>
) -> Complex {
  var product = Complex(1)
  for i in 0..<n { product = (Int(pivots[i]) == i + 1 ? product : -product) * factors[i * n + i].complex }
  return product
}

/// The conjugates of the cofactors: the gradient of a determinant, for singular matrices too.
private struct Cofactors: MatrixPrimitive {
  var operation: String { "linalg.det" }
  var name: String { "LinalgDetBackward" }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[0]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    // adj(A)^H = conj(det(U) det(V^H)) U adj(S) V^H
    let n = items[0].rows
    let (u, values, vh) = items[0].singularFactors(isFull: true)
    let turned = u.times(vh)
    let (pivots, _) = turned.factorLU()
    var turn = Number.one
    for (i, other) in pivots.enumerated() { turn = (i == other ? turn : -turn) * turned[i, i] }
    for j in 0..<n {
      let product = values.indices.reduce(1.0) { $1 == j ? $0 : $0 * values[$1] }
      for i in 0..<n { u[i, j] = product * (u[i, j] * turn.conjugate) }
    }
    return [.matrix(u.times(vh))]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) throws(TensorError) {
    guard item.isFinite else {
      return item.result(0, of: Number.self).update(repeating: Number(real: .nan), count: item.rows * item.rows)
    }
    let n = item.rows
    let (vh, u) = (item.room(.second, n * n), item.room(.third, n * n))
    let values = item.caller.room(.parts, n, of: Number.Part.self)
    guard item.caller.gesdd("A", n, n, item.copy(), values, vh, u) == 0 else { throw notConverged(operation) }
    let target = item.result(0, of: Number.self)
    // Products of what lies row by row have their factors exchanged.
    item.caller.gemm("N", "N", n, n, n, vh, u, target)
    let pivots = item.caller.room(.pivots, n, of: Int32.self)
    _ = item.caller.getrf(n, n, target, pivots)
    let turn = triangularDeterminant(target, n, pivots).conjugate
    for j in 0..<n {
      var product = 1.0
      for k in 0..<n where k != j { product *= Double(values[k]) }
      for i in 0..<n { u[i * n + j] = Number(product * (u[i * n + j].complex * turn)) }
    }
    item.caller.gemm("N", "N", n, n, n, vh, u, target)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // Where the matrix is regular the cofactors are conj(det) A^-H.
    composedGradients([node.input(0)], needs: [true], cotangents: cotangents) { inputs in
      let determinant = linalg.det(inputs[0]).conj().unsqueeze(-1).unsqueeze(-1)
      return [determinant * linalg.inv(inputs[0]).mH]
    }
  }
}

extension linalg {
  /// The determinants of square matrices; of matrices without elements 1. The gradient exists for singular matrices too.
  public static func det(_ a: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { det($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.det", square: true)
      return apply(Determinant(), a)
    }
  }

  /// The determinants as signs (numbers of size 1, or 0) and logarithms of their sizes, which do not overflow.
  public static func slogdet(_ a: Tensor) -> (sign: Tensor, logabsdet: Tensor) {
    if let autocast = Autocast.active { return autocast.run(.float32, a) { slogdet($0) } }
    return attempt(a) { () throws(TensorError) in
      try requireMatrices(a, "linalg.slogdet", square: true)
      let all = results(apply(SignedDeterminant(), [a]), 2)
      return (all[0], all[1])
    }
  }
}

extension Tensor {
  /// The determinants of the matrices in the last two dimensions.
  public func det() -> Tensor { linalg.det(self) }
  /// The logarithms of the determinants; NaN where one is negative.
  public func logdet() -> Tensor {
    let (sign, logarithm) = linalg.slogdet(self)
    if sign.hasFailed { return sign }
    if isComplex { return logarithm + sign.log() }
    return logarithm.maskedFill(noGrad { sign.detach().lt(0) }, Double.nan)
  }
  /// The determinants as signs and logarithms of sizes.
  public func slogdet() -> (sign: Tensor, logabsdet: Tensor) { linalg.slogdet(self) }
}

extension Registry {
  /// Determinants.
  static let determinants: [Operation] = [
    .unary("linalg.det det") { linalg.det($0) },
    .tensors("linalg.slogdet slogdet", "input") {
      let found = try linalg.slogdet($0.tensor("input"))
      return [found.sign, found.logabsdet]
    },
    .unary("logdet") { $0.logdet() },
  ]
}
