import ApusCore

// The operations of linear algebra in files.

extension StoredOperations {
  /// Operations on matrices by their names in files.
  package static let matrices: StoredTable = [
    "determinant": Determinant.self, "signed_log_determinant": SignedDeterminant.self, "lu_factors": LUFactors.self,
    "row_order": RowOrder.self, "cholesky": CholeskyFactor.self, "ldl_factors": LDLFactors.self,
    "qr": QRFactors.self, "inverse": Inverse.self, "pseudo_inverse": PseudoInverse.self, "solve": Solution.self,
    "solve_triangular": TriangularSolution.self, "cholesky_solve": CholeskySolution.self,
    "svd": SingularFactors.self, "singular_values": SingularValues.self, "eigh": HermitianSpectrum.self,
    "eigh_values": HermitianValues.self, "eig": GeneralSpectrum.self, "eig_values": GeneralValues.self,
    "least_squares": LeastSquares.self, "reflections": Reflections.self, "reflected_identity": ReflectedIdentity.self,
    "reflected_matrix": ReflectedMatrix.self,
  ]
}

extension MatrixPrimitive {
  /// Refuses operands that are no matrices of one batch and one type; with `isSquare` the first must be square, and fit the
  /// rows of a second.
  fileprivate func checkMatrices(_ operands: StoredOperands, isSquare: Bool) throws(TensorError) {
    try operands.count(ranks.count)
    try operands.oneType()
    try operands.demand(
      [.float32, .float64, .complex64, .complex128].contains(operands[0].dtype),
      "needs float32, float64, complex64 or complex128")
    for (i, rank) in ranks.enumerated() {
      try operands.demand(operands.rank(i) >= rank, "operand \(i) must have \(rank) dimensions or more")
      try operands.demand(
        operands.shape(i).dropLast(rank) == operands.shape(0).dropLast(ranks[0]), "the batches differ")
      try operands.demand(operands.shape(i).suffix(rank).allSatisfy { $0 <= 1 << 20 }, "the matrices are too large")
    }
    guard isSquare else { return }
    let size = operands.shape(0).suffix(2)
    try operands.demand(size.first == size.last, "needs square matrices")
    if ranks.count > 1, ranks[1] == 2 {
      try operands.demand(operands.shape(1).suffix(2).first == size.first, "needs as many rows in both operands")
    }
  }
}

extension Determinant: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension SignedDeterminant: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension LUFactors: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["operation": operation, "pivoting": pivoting] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(operation: try attributes["operation"], pivoting: try attributes["pivoting"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: false) }
}

extension RowOrder: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["rows": rows] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(rows: try attributes["rows"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.integers(0)
    try operands.demand(
      operands.rank(0) > 0 && (operands.shape(0).last ?? 0) <= rows, "needs exchanges for at most \(rows) rows")
    try operands.number(rows, in: 0...1 << 20, "rows")
  }
}

extension CholeskyFactor: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["operation": operation, "is_checked": isChecked, "is_upper": isUpper]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      operation: try attributes["operation"], isChecked: try attributes["is_checked"],
      isUpper: try attributes["is_upper"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension LDLFactors: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["operation": operation, "is_hermitian": isHermitian, "is_checked": isChecked]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      operation: try attributes["operation"], isHermitian: try attributes["is_hermitian"],
      isChecked: try attributes["is_checked"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension QRFactors: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["is_complete": isComplete] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(isComplete: try attributes["is_complete"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: false) }
}

extension Inverse: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["operation": operation, "is_checked": isChecked]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(operation: try attributes["operation"], isChecked: try attributes["is_checked"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension PseudoInverse: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["is_hermitian": isHermitian] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(isHermitian: try attributes["is_hermitian"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try checkMatrices(operands, isSquare: isHermitian)
  }
}

extension Solution: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["operation": operation, "is_checked": isChecked]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(operation: try attributes["operation"], isChecked: try attributes["is_checked"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension TriangularSolution: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["is_upper": isUpper, "has_unit_diagonal": hasUnitDiagonal]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(isUpper: try attributes["is_upper"], hasUnitDiagonal: try attributes["has_unit_diagonal"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension CholeskySolution: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["is_upper": isUpper] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(isUpper: try attributes["is_upper"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension SingularFactors: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["is_full": isFull] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(isFull: try attributes["is_full"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: false) }
}

extension SingularValues: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: false) }
}

extension HermitianSpectrum: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["operation": operation] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(operation: try attributes["operation"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension HermitianValues: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension GeneralSpectrum: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["operation": operation] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(operation: try attributes["operation"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension GeneralValues: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: true) }
}

extension LeastSquaresDriver: StoredChoice {
  package static var choices: [LeastSquaresDriver] { [.gels, .gelsy, .gelsd, .gelss] }
}

extension LeastSquares: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["driver": driver, "rcond": rcond] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(driver: try attributes["driver"], rcond: try attributes["rcond"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try checkMatrices(operands, isSquare: false)
    try operands.demand(
      operands.shape(0).suffix(2).first == operands.shape(1).suffix(2).first, "needs as many rows in both operands")
  }
}

extension Reflections: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try checkMatrices(operands, isSquare: false) }
}

extension ReflectedIdentity: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try checkMatrices(operands, isSquare: false)
    let size = Array(operands.shape(0).suffix(2))
    try operands.demand(
      size[0] >= size[1] && (operands.shape(1).last ?? 0) <= size[1], "needs a factor for at most every column")
  }
}

extension ReflectedMatrix: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["is_adjoint": isAdjoint] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(isAdjoint: try attributes["is_adjoint"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try checkMatrices(operands, isSquare: false)
    let size = Array(operands.shape(0).suffix(2))
    try operands.demand(
      operands.shape(1).last == min(size[0], size[1]) && operands.shape(2).suffix(2).first == size[0],
      "the reflections do not fit the matrix")
  }
}
