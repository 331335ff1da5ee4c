import ApusCore

// Householder's reflections, of which a QR factorisation is made.

/// The reflections of a QR factorisation in LAPACK's form, and their factors.
struct Reflections: MatrixPrimitive {
  var operation: String { "geqrf" }
  var name: String { "Geqrf" }

  func itemTypes(_ items: [TensorType]) -> [TensorType] {
    [items[0], TensorType([items[0].shape.min() ?? 0], items[0].dtype)]
  }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let factors = items[0].factorQR()
    return [.matrix(items[0]), .numbers(factors)]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let (m, n) = (item.rows, item.columns)
    let a = item.columnCopy()
    item.caller.geqrf(m, n, a, item.result(1))
    transpose(a, rows: n, columns: m, into: item.result(0))
  }
}

/// The first columns of the product of reflections.
struct ReflectedIdentity: MatrixPrimitive {
  var operation: String { "linalg.householder_product" }
  var name: String { "LinalgHouseholderProduct" }
  var ranks: [Int] { [2, 1] }
  var saves: Saves { .inputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[0]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let factors = (0..<items[1].count).map { items[1].elements[$0] }
    return [.matrix(items[0].orthogonalFactor(factors, width: items[0].columns))]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let (m, n) = (item.rows, item.columns)
    let a = item.columnCopy()
    item.caller.orgqr(m, n, item.sizes[1].rows, a, item.copy(1, to: .second))
    transpose(a, rows: n, columns: m, into: item.result(0))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients(
      [node.input(0), node.input(1)], needs: [node.needs(0), node.needs(1)], cotangents: cotangents
    ) { inputs in
      let start = noGrad { eye(inputs[0].size(-2), inputs[0].size(-1), dtype: inputs[0].dtype).expand(inputs[0].shape) }
      return [reflected(start, inputs[0], inputs[1], adjoint: false, backwards: true)]
    }
  }
}

/// A matrix multiplied by the product of reflections, or by its adjoint, from the left.
struct ReflectedMatrix: MatrixPrimitive {
  let isAdjoint: Bool
  var operation: String { "ormqr" }
  var name: String { "Ormqr" }
  var ranks: [Int] { [2, 1, 2] }
  var saves: Saves { .inputs }

  func itemTypes(_ items: [TensorType]) -> [TensorType] { [items[2]] }

  func compute<Number: LinearScalar>(_ items: [Matrix<Number>]) -> [MatrixResult<Number>] {
    let factors = (0..<items[1].count).map { items[1].elements[$0] }
    items[0].applyReflections(factors, to: items[2], isAdjoint: isAdjoint)
    return [.matrix(items[2])]
  }

  var isInLAPACK: Bool { true }

  func compute<Number: LAPACKNumber>(_ item: LAPACKItem<Number>) {
    let (m, n) = item.sizes[2]
    let other = item.columnCopy(2, to: .second)
    item.caller.ormqr(
      adjoint: isAdjoint, m, n, item.sizes[1].rows, item.columnCopy(), item.copy(1, to: .third), other)
    transpose(other, rows: n, columns: m, into: item.result(0))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients(
      (0..<3).map { node.input($0) }, needs: (0..<3).map { node.needs($0) }, cotangents: cotangents
    ) { [reflected($0[2], $0[0], $0[1], adjoint: isAdjoint, backwards: !isAdjoint)] }
  }
}

extension linalg {
  /// The first n columns of the product of the reflections I - tau v v^H, whose vectors stand below the diagonal of
  /// `a` `[..., m, n]`, as ``geqrf(_:)`` gives them.
  public static func householderProduct(_ a: Tensor, _ tau: Tensor) -> Tensor {
    if let autocast = Autocast.active { return autocast.run(.float32, a, tau) { householderProduct($0, $1) } }
    return attempt(a, tau) { () throws(TensorError) in
      try requireMatrices(a, "linalg.householder_product")
      let (m, n) = (a.size(-2), a.size(-1))
      try requireReflections(a, tau, "linalg.householder_product")
      guard m >= n else {
        throw TensorError(
          .shape, "linalg.householder_product", "needs at least as many rows as columns, and found \(a.shape)")
      }
      return apply(ReflectedIdentity(), a, tau)
    }
  }
}

private func requireReflections(_ a: Tensor, _ tau: Tensor, _ operation: String) throws(TensorError) {
  guard tau.rank == a.rank - 1, tau.shape.dropLast() == a.shape.dropLast(2), tau.size(-1) <= a.size(-1),
    tau.size(-1) <= a.size(-2), tau.dtype == a.dtype
  else {
    throw TensorError(
      .shape, operation, "tau of \(tau.type) does not hold a factor for each reflection in \(a.type)")
  }
}

/// `x` multiplied from the left by reflections, one after the other.
private func reflected(_ x: Tensor, _ a: Tensor, _ tau: Tensor, adjoint: Bool, backwards: Bool) -> Tensor {
  var x = x
  let count = tau.size(-1)
  let vectors = a.tril(-1) + noGrad { eye(a.size(-2), a.size(-1), dtype: a.dtype) }
  for step in 0..<count {
    let k = backwards ? count - 1 - step : step
    let v = vectors.narrow(-1, k, 1)
    let factor = tau.narrow(-1, k, 1).unsqueeze(-1)
    x = x - matmul((adjoint ? factor.conj() : factor) * v, matmul(v.mH, x))
  }
  return x
}

/// The reflections of a QR factorisation and R in one matrix, as LAPACK's `geqrf` has them, and their factors tau.
public func geqrf(_ a: Tensor) -> (a: Tensor, tau: Tensor) {
  if let autocast = Autocast.active { return autocast.run(.float32, a) { geqrf($0) } }
  let found = attempt(a) { () throws(TensorError) in
    try requireMatrices(a, "geqrf")
    return apply(Reflections(), [a])
  }
  let all = results(found, 2)
  return (all[0], all[1])
}

/// `other` multiplied by the Q (or Q^H) of reflections, from the left or the right.
public func ormqr(
  _ a: Tensor, _ tau: Tensor, _ other: Tensor, left: Bool = true, transpose: Bool = false
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, a, tau, other) {
      ormqr($0, $1, $2, left: left, transpose: transpose)
    }
  }
  return attempt(a, tau, other) { () throws(TensorError) in
    try requireMatrices(a, "ormqr")
    try requireMatrices(other, "ormqr")
    guard tau.rank > 0, tau.size(-1) == min(left ? other.size(-2) : other.size(-1), a.size(-1)) else {
      throw TensorError(
        .shape, "ormqr",
        "reflections of \(a.shape) on the \(left ? "left" : "right") of \(other.shape) have "
          + "\(min(left ? other.size(-2) : other.size(-1), a.size(-1))) factors tau each, and found tau of \(tau.shape)"
      )
    }
    try requireReflections(a, tau, "ormqr")
    guard (left ? other.size(-2) : other.size(-1)) == a.size(-2), other.dtype == a.dtype,
      other.shape.dropLast(2) == a.shape.dropLast(2), tau.size(-1) == min(a.size(-2), a.size(-1))
    else {
      throw TensorError(
        .shape, "ormqr",
        "reflections of \(a.type) with tau \(tau.shape) do not fit \(other.type) on the \(left ? "left" : "right")")
    }
    // X Q = (Q^H X^H)^H
    if left { return apply(ReflectedMatrix(isAdjoint: transpose), [a, tau, other])[0] }
    return apply(ReflectedMatrix(isAdjoint: !transpose), [a, tau, other.mH])[0].mH
  }
}

extension Registry {
  /// Products of reflections.
  static let reflections: [Operation] = [
    .tensors("geqrf", "input") {
      let found = try geqrf($0.tensor("input"))
      return [found.a, found.tau]
    },
    .tensor("linalg.householder_product orgqr", "input, tau") {
      try linalg.householderProduct($0.tensor("input"), $0.tensor("tau"))
    },
    .tensor("ormqr", "input, tau, other, left=True, transpose=False") {
      try ormqr(
        $0.tensor("input"), $0.tensor("tau"), $0.tensor("other"), left: $0.bool("left"),
        transpose: $0.bool("transpose"))
    },
  ]
}
