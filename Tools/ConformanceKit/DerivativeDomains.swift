import Apus
import ApusCore

/// Operands that are of a kind, and whose derivatives are those among operands of that kind, as in PyTorch's own checks: other
/// directions lead to where the operation is something else, or nothing.
private enum OperandKind: CaseIterable {
  /// Matrices that are their own conjugate transposes.
  case hermitian
  /// Matrices with zeros to one side of the diagonal, the same as in the recorded one.
  case triangular
  /// Logarithms of probabilities, which add up to 1.
  case logProbabilities

  /// The place of the operand among the tensors of a call, by PyTorch's name of the operation.
  var operands: [String: Int] {
    switch self {
    case .hermitian:
      [
        "cholesky": 0, "linalg.cholesky": 0, "linalg.cholesky_ex": 0, "linalg.eigh": 0, "linalg.eigvalsh": 0,
        "linalg.matrix_sqrth": 0,
      ]
    case .triangular: ["cholesky_inverse": 0, "cholesky_solve": 1]
    case .logProbabilities: ["nn.functional.ctc_loss": 0]
    }
  }

  /// The matrix of the kind that `x` has in it; `recorded` is one of the kind.
  func part(of x: Tensor, like recorded: Tensor) -> Tensor {
    switch self {
    case .hermitian: (x + x.mH) * 0.5
    case .triangular: x * recorded.ne(0).to(x.dtype)
    case .logProbabilities: x.logSoftmax(-1)
    }
  }
}

/// Results of floating point that have no derivative beside others that have one, by their places among the tensors of all results.
private let resultsWithoutDerivative: [String: Int] = [
  // The singular values, and the logarithms of sums, which are kept for the backward pass: in PyTorch neither.
  "linalg.lstsq": 3,
  "aten._scaled_dot_product_flash_attention_for_cpu": 1,
]

extension Case {
  /// Why the derivatives of the call are not numerical ones, if they are not.
  var isNotDifferentiated: String? {
    if json["variant"]?.string == "partial_views" {
      return "it reads memory beside its operand, which does not move along"
    }
    if ["nn.functional.max_unpool1d", "nn.functional.max_unpool2d", "nn.functional.max_unpool3d"].contains(op) {
      return "the gradient of a place goes to all that were written to it, of which one remains, as in PyTorch"
    }
    return nil
  }
}

extension CaseFunction {
  /// The same function as one whose derivatives are defined: of operands of their kind, with the results that are determined.
  /// - Parameters:
  ///   - name: PyTorch's name of the operation.
  ///   - post: what of a factorisation, which leaves signs, phases and bases free, is determined, as cases call it.
  func determined(_ name: String, post: String? = nil) -> CaseFunction {
    let kinds = OperandKind.allCases.compactMap { kind in kind.operands[name].map { (kind: kind, place: $0) } }
    let left = resultsWithoutDerivative[name]
    return CaseFunction(leaves: leaves) { tensors in
      var operands = tensors
      for (kind, place) in kinds where place < operands.count {
        operands[place] = kind.part(of: operands[place], like: leaves[place])
      }
      var made = try self(operands)
      if let left, left < made.count { made.remove(at: left) }
      guard let post else { return made }
      return try postProcess(post, made) ?? []
    }
  }

  /// The same function of numbers in single precision.
  var ofSinglePrecision: CaseFunction {
    CaseFunction(leaves: leaves.map { $0.dtype == .float64 ? $0.to(.float32) : $0 }) { try self($0) }
  }

  /// The same function of complex numbers, where all of its own are real: their imaginary parts are the same numbers in
  /// another order. Nil where there are complex ones already.
  var ofComplexNumbers: CaseFunction? {
    if leaves.contains(where: \.isComplex) || differentiable.isEmpty { return nil }
    let turned = leaves.map { leaf in
      guard leaf.dtype.isInexact else { return leaf }
      let wide = leaf.to(.float64)
      return complex(wide, wide.reshape([wide.count]).flip([0]).reshape(wide.shape) * 0.5)
    }
    return CaseFunction(leaves: turned) { try self($0) }
  }
}
