import ApusCore
import CKernels

// Softmax and its logarithm: row programs over the last dimension; other dimensions are moved there.

/// The forms of a normalised exponential, by the names of the operations.
package enum SoftmaxKind: String, Sendable {
  case plain = "Softmax"
  case logarithm = "LogSoftmax"
  /// Zeros for rows of nothing but -infinity, where the plain form divides zero by zero.
  case safe = "SafeSoftmax"
}

/// Calls `body` for blocks of rows on several threads.
func forRowBlocks(_ rows: Int, _ n: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
  parallelFor(rows, grain: max(1, parallelGrain / max(1, n))) { body($0.lowerBound, $0.count) }
}

/// Softmax over the last dimension.
package struct SoftmaxRows: Primitive, Hashable {
  package let kind: SoftmaxKind
  package var name: String { kind.rawValue }
  package var takesCustomElements: Bool { true }
  package var takesComplexElements: Bool { false }
  package var saves: Saves { .outputs }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  /// The definition by other operations, for elements of registered types.
  private func composed(_ x: Tensor) -> Tensor {
    noGrad {
      if x.count == 0 || x.rank == 0 { return kind == .logarithm ? x - x : Tensor.ones(x.shape, dtype: x.dtype) }
      let top = x.amax([-1], keepDim: true)
      let shifted = x - top
      let terms = shifted.exp()
      let sums = terms.sum([-1], keepDim: true)
      switch kind {
      case .logarithm: return shifted - sums.log()
      case .plain: return terms / sums
      case .safe:
        let isHidden = top.to(.float64).eq(-Double.infinity)
        return `where`(isHidden, Tensor.zeros([], dtype: x.dtype), terms / sums)
      }
    }
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let type = results[0].type
    if type.dtype.isCustom { return results[0].fill(with: composed(inputs[0])) }
    if type.count == 0 { return }
    let (compute, n) = (type.dtype.accumulateType, type.shape.last ?? 1)
    let source = try inputs[0].dense(compute)
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      let (x, y) = (source.data, result.data)
      withExtendedLifetime(source) {
        forRowBlocks(source.count / n, n) { first, count in
          let o = first * n * compute.size
          switch (kind, compute) {
          case (.plain, .float32): ck_softmax_f32((y + o).f32, (x + o).f32, count, n)
          case (.plain, _): ck_softmax_f64((y + o).f64, (x + o).f64, count, n)
          case (.safe, .float32):
            ck_softmax_f32((y + o).f32, (x + o).f32, count, n)
            clearHiddenRows((y + o).f32, (x + o).f32, count, n)
          case (.safe, _):
            ck_softmax_f64((y + o).f64, (x + o).f64, count, n)
            clearHiddenRows((y + o).f64, (x + o).f64, count, n)
          case (.logarithm, .float32): ck_log_softmax_f32((y + o).f32, (x + o).f32, count, n)
          case (.logarithm, _): ck_log_softmax_f64((y + o).f64, (x + o).f64, count, n)
          }
        }
      }
    }
  }

  /// Sets rows of nothing but -infinity to zero.
  private func clearHiddenRows<T: BinaryFloatingPoint>(
    _ y: UnsafeMutablePointer<T>, _ x: UnsafeMutablePointer<T>, _ rows: Int, _ n: Int
  ) {
    for start in stride(from: 0, to: rows * n, by: n) where y[start].isNaN {
      if (0..<n).allSatisfy({ x[start + $0] == -.infinity }) { (y + start).update(repeating: 0, count: n) }
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    let n = x.type.shape.last ?? 1
    return cLoops(Array(x.type.shape.dropLast())) { i in
      let (from, to) = (x(i + ["k"]), y(i + ["k"]))
      let last =
        switch kind {
        case .plain: "\(to) *= scale;"
        case .logarithm: "\(to) = \(from) - top - scale;"
        case .safe: "\(to) = hidden ? 0 : \(to) * scale;"
        }
      let term =
        kind == .logarithm
        ? "sum += \(y.math("exp"))(\(from) - top);" : "{ \(to) = \(y.math("exp"))(\(from) - top); sum += \(to); }"
      let search =
        kind == .safe
        ? "long hidden = 1; for (long k = 0; k < \(n); k++) hidden &= \(from) == -__builtin_inff();" : ""
      return """
        \(search)
        \(y.element) top = -__builtin_inff(), sum = 0;
        for (long k = 0; k < \(n); k++) top = ((\(from) > top) | (\(from) != \(from))) ? \(from) : top;
        for (long k = 0; k < \(n); k++) \(term)
        const \(y.element) scale = \(kind == .logarithm ? "\(y.math("log"))(sum)" : "1 / sum");
        for (long k = 0; k < \(n); k++) \(last)
        """
    }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(SoftmaxGradient(isLogarithm: kind == .logarithm), single(node, cotangents), node.output(0))]
  }
}

/// The gradient of softmax over the last dimension, from cotangent and result: `isLogarithm` tells its form.
package struct SoftmaxGradient: Primitive, Hashable {
  package let isLogarithm: Bool
  package var name: String { isLogarithm ? "LogSoftmaxBackwardData" : "SoftmaxBackwardData" }
  package var takesCustomElements: Bool { true }
  package var takesComplexElements: Bool { false }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }

  /// The definition by other operations, for elements of registered types.
  private func composed(_ g: Tensor, _ y: Tensor) -> Tensor {
    noGrad {
      if g.count == 0 || g.rank == 0 { return g - g }
      return isLogarithm
        ? g - y.exp() * g.sum([-1], keepDim: true) : (g - (g * y).sum([-1], keepDim: true)) * y
    }
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let type = results[0].type
    if type.dtype.isCustom { return results[0].fill(with: composed(inputs[0], inputs[1])) }
    if type.count == 0 { return }
    let (compute, n) = (type.dtype.accumulateType, type.shape.last ?? 1)
    let (gradient, value) = (try inputs[0].dense(compute), try inputs[1].dense(compute))
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      let (g, y, dx) = (gradient.data, value.data, result.data)
      withExtendedLifetime((gradient, value)) {
        forRowBlocks(value.count / n, n) { first, count in
          let o = first * n * compute.size
          switch (isLogarithm, compute) {
          case (false, .float32): ck_softmax_grad_f32((dx + o).f32, (y + o).f32, (g + o).f32, count, n)
          case (false, _): ck_softmax_grad_f64((dx + o).f64, (y + o).f64, (g + o).f64, count, n)
          case (true, .float32): ck_log_softmax_grad_f32((dx + o).f32, (y + o).f32, (g + o).f32, count, n)
          case (true, _): ck_log_softmax_grad_f64((dx + o).f64, (y + o).f64, (g + o).f64, count, n)
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (g, y, dx) = (inputs[0], inputs[1], outputs[0])
    let n = y.type.shape.last ?? 1
    return cLoops(Array(y.type.shape.dropLast())) { i in
      let (slope, value) = (g(i + ["k"]), y(i + ["k"]))
      let (term, result) =
        isLogarithm
        ? (slope, "\(slope) - \(y.math("exp"))(\(value)) * sum")
        : ("\(slope) * \(value)", "(\(slope) - sum) * \(value)")
      return """
        \(dx.element) sum = 0;
        for (long k = 0; k < \(n); k++) sum += \(term);
        for (long k = 0; k < \(n); k++) \(dx(i + ["k"])) = \(result);
        """
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, everySample(inputs, isBatched, size))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let c = single(node, cotangents)
    let (g, y) = (node.input(0), node.input(1))
    if isLogarithm {
      // dx = g - exp(y) sum(g).
      let p = y.exp()
      let dg = node.needs(0) ? c - (c * p).sum(-1, keepDim: true) : nil
      return [dg, node.needs(1) ? -(c * p * g.sum(-1, keepDim: true)) : nil]
    }
    // dx = y (g - sum(y g)), linear in g and quadratic in y.
    let dg = apply(self, c, y)
    guard node.needs(1) else { return [dg, nil] }
    let dot = (y * g).sum(-1, keepDim: true)
    let cy = (c * y).sum(-1, keepDim: true)
    return [dg, c * g - c * dot - cy * g]
  }
}

private func softmax(_ kind: SoftmaxKind, _ x: Tensor, _ dim: Int, _ dtype: DType?, _ operation: String) -> Tensor {
  attempt(x) { () throws(TensorError) in
    let d = try normalize(dim: dim, rank: x.rank, operation)
    let input = dtype.map { x.to($0) } ?? x
    // The gradient reads the result, which must not be rounded for it.
    if let type = narrowType(input) { return softmax(kind, input.widened, dim, nil, operation).to(type) }
    guard input.dtype.isFloatingPoint else {
      throw TensorError(
        .dtype, operation, "needs a floating point tensor, and found \(x.dtype); pass dtype: .float32")
    }
    if x.rank == 0 { return apply(SoftmaxRows(kind: kind), input.reshape([1])).reshape([]) }
    if d == x.rank - 1 { return apply(SoftmaxRows(kind: kind), input) }
    return apply(SoftmaxRows(kind: kind), input.transpose(d, -1)).transpose(d, -1)
  }
}

/// `exp(x) / sum(exp(x))` along `dim`, computed stably.
/// - Parameter dtype: the type to convert the input to first.
public func softmax(_ x: Tensor, dim: Int, dtype: DType? = nil) -> Tensor {
  softmax(.plain, x, dim, dtype, "softmax")
}

/// ``softmax(_:dim:dtype:)`` along the last dimension of `[..., n]`, with zeros for rows of nothing but -infinity.
func safeSoftmax(_ x: Tensor) -> Tensor { softmax(.safe, x, -1, nil, "softmax") }

/// The logarithm of ``softmax(_:dim:dtype:)``, computed stably.
public func logSoftmax(_ x: Tensor, dim: Int, dtype: DType? = nil) -> Tensor {
  softmax(.logarithm, x, dim, dtype, "log_softmax")
}

/// ``softmax(_:dim:dtype:)`` of `-x`.
public func softmin(_ x: Tensor, dim: Int, dtype: DType? = nil) -> Tensor {
  softmax(-x, dim: dim, dtype: dtype)
}

extension Tensor {
  /// `exp(x) / sum(exp(x))` along `dim`, computed stably.
  public func softmax(_ dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.softmax(self, dim: dim, dtype: dtype)
  }
  /// The logarithm of ``softmax(_:dtype:)``, computed stably.
  public func logSoftmax(_ dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.logSoftmax(self, dim: dim, dtype: dtype)
  }
}

extension Registry {
  /// Normalised exponentials.
  static let softmaxes: [Operation] = [
    normalising("softmax nn.functional.softmax special.softmax", softmax),
    normalising("log_softmax nn.functional.log_softmax special.log_softmax", logSoftmax),
    normalising("nn.functional.softmin", softmin),
    normalising("_safe_softmax aten._safe_softmax.default") { softmax(.safe, $0, $1, $2, "softmax") },
    .tensor("_softmax_backward_data aten._softmax_backward_data", "grad_output, output, dim, input_dtype") {
      let (g, y, dim) = (try $0.tensor("grad_output"), try $0.tensor("output"), try $0.int("dim"))
      return (y * (g - (g * y).sum(dim, keepDim: true))).to(try $0.dtype("input_dtype"))
    },
  ]

  private static func normalising(
    _ names: String, _ function: @escaping @Sendable (Tensor, Int, DType?) -> Tensor
  ) -> Operation {
    .tensor(names, "input, dim, dtype=None") {
      try function($0.tensor("input"), $0.int("dim"), $0.optionalDType("dtype"))
    }
  }
}
