import ApusCore
import ApusFormats
import ApusFunctional

extension ONNXOperator {
  /// Products of matrices.
  static let products: [ONNXOperator] = [
    ONNXOperator("MatMul", inputs: 2...2) { _ in
      { call in
        let (a, b) = (try call.tensor(0), try call.tensor(1))
        guard a.rank > 0, b.rank > 0 else { throw call.error(.shape, "cannot multiply \(a.shape) by \(b.shape)") }
        return [.tensor(matmul(a, b))]
      }
    },
    ONNXOperator("Gemm", inputs: 2...3) { node in
      let (alpha, beta) = (try node.float("alpha", default: 1), try node.float("beta", default: 1))
      let (transA, transB) = (try node.flag("transA"), try node.flag("transB"))
      return { call in
        let (a, b, c) = (try call.tensor(0), try call.tensor(1), try call.optionalTensor(2))
        guard a.rank == 2, b.rank == 2, a.shape[transA ? 0 : 1] == b.shape[transB ? 1 : 0] else {
          throw call.error(
            .shape,
            "cannot multiply \(a.shape)\(transA ? " transposed" : "") by \(b.shape)\(transB ? " transposed" : "")")
        }
        let left = transA ? a.t() : a
        if alpha == 1, beta == 1 || c == nil, c.map({ $0.rank == 1 && $0.shape[0] == b.shape[transB ? 0 : 1] }) ?? true,
          a.dtype.isFloatingPoint
        {
          return [.tensor(linear(left, transB ? b : b.t(), c))]
        }
        var product = matmul(left, transB ? b.t() : b)
        if alpha != 1 { product = (product * alpha).to(a.dtype) }
        if let c { product = product + (beta == 1 ? c : (c * beta).to(a.dtype)) }
        return [.tensor(product)]
      }
    },
    ONNXOperator("Einsum", since: 12, inputs: .atLeast(1)) { node in
      let equation = try node.string("equation")
      return { call in [.tensor(einsum(equation, try call.tensors()))] }
    },
  ]
}
