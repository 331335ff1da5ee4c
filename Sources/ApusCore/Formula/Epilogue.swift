/// An operation that can add a tensor of its result's type to its result, as it stores that.
package protocol SumAbsorbing: Primitive {
  /// The operation with one input more, the last, that is added to the result; nil where that is not faster than another pass.
  func absorbingSum(_ inputs: [TensorType]) -> (any Primitive)?
}

extension Primitive {
  /// Whether it adds its two inputs, element by element.
  package var isPlainSum: Bool {
    guard let form = pointwiseForm, form.formula.inputCount == 2, form.formula.outputs.count == 1, form.scalars.isEmpty,
      case .binary(.add, let a, let b) = form.formula.outputs[0].kind
    else { return false }
    return (a == .input(0) && b == .input(1)) || (a == .input(1) && b == .input(0))
  }
}

/// A function that a product or a convolution applies to its results as it stores them.
///
/// These are the formulas of one step that engines recognise; the compiler puts them there, after gradients are taken.
public enum Epilogue: Int, Sendable, Hashable, CaseIterable {
  /// Nothing, max(x, 0), x Φ(x), or the approximation of the latter by tanh.
  case none, relu, gelu, geluTanh

  /// The function of the formula language that it is, nil for none.
  var function: UnaryFunction? {
    switch self {
    case .none: nil
    case .relu: .relu
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    }
  }

  /// The epilogue that a pointwise operation is, if it is one.
  package init?(_ primitive: any Primitive) {
    guard let form = primitive.pointwiseForm, form.formula.inputCount == 1, form.formula.outputs.count == 1,
      form.scalars.isEmpty, case .unary(let function, let x) = form.formula.outputs[0].kind, x == .input(0),
      let epilogue = Self.allCases.first(where: { $0.function == function })
    else { return nil }
    self = epilogue
  }

  /// Its value at a C expression of a floating point type.
  package func source(_ x: String, _ dtype: DType) -> String {
    let suffix = dtype == .float64 ? "f64" : "f32"
    return switch self {
    case .none: x
    case .relu: "\(x) < 0 ? 0 : \(x)"
    case .gelu: "ckm_gelu_\(suffix)(\(x))"
    case .geluTanh: "ckm_gelu_tanh_\(suffix)(\(x))"
    }
  }

  /// Its value at a C expression of floats.
  package func source(_ x: String) -> String { source(x, .float32) }

  /// It as an operation of its own.
  package func applied(to x: Tensor) -> Tensor {
    switch self {
    case .none: x
    case .relu: x.relu()
    case .gelu: x.gelu()
    case .geluTanh: x.gelu(approximate: .tanh)
    }
  }

  // The micro-kernels by type, looked up by name once.
  private static let kernels32 = allCases.map { $0.function.flatMap(Float.unaryKernel) }
  private static let kernels64 = allCases.map { $0.function.flatMap(Double.unaryKernel) }

  /// The micro-kernel for elements of type `T`, Float or Double; nil for none.
  package func kernel<T: KernelElement>(_: T.Type) -> Kernel<Float>.Unary? { kernel(T.computeType) }

  private func kernel(_ type: DType) -> Kernel<Float>.Unary? {
    type == .float64 ? Self.kernels64[rawValue] : Self.kernels32[rawValue]
  }

  /// Applies it to the elements of a dense float32 or float64 tensor that nobody else holds.
  package func apply(to tensor: Tensor) {
    let body = tensor.body
    guard let kernel = kernel(body.dtype) else { return }
    let size = body.dtype.size
    parallelFor(body.count, grain: parallelGrain) { range in
      let start = body.data + range.lowerBound * size
      kernel(start, start, range.count)
    }
  }
}
