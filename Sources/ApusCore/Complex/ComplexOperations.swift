// Complex tensors: made of two real ones, taken apart, and what only they have.

enum ComplexFormula {
  static let join = Formula("Complex", .complex) { re, im in .binary(.complex, re, im) }
  static let polar = Formula("Polar", .complex) { size, angle in
    .binary(.complex, size * angle(.cos), size * angle(.sin))
  }
  static let real = Formula("Real", .real) { z in z(.real) }
  static let imaginary = Formula("Imag", .real) { z in z(.imag) }
  static let angle = Formula("Angle", .real) { z in z(.angle) }
  static let conjugate = Formula("Conj") { z in z(.conj) }
  static let sgn = Formula("Sgn") { z in z(.sgn) }
}

/// The complex tensor of two real ones, PyTorch's `torch.complex`: float32 parts give complex64, float64 parts complex128, float16 parts
/// complex32.
///
/// - Parameters: of one type, float32, float64, float16 or bfloat16 (which gives complex64); shapes are broadcast.
public func complex(_ real: Tensor, _ imag: Tensor) -> Tensor { joined(ComplexFormula.join, real, imag, "complex") }

/// The complex tensor of absolute values and angles: `abs * (cos(angle) + i sin(angle))`, PyTorch's `torch.polar`.
public func polar(_ abs: Tensor, _ angle: Tensor) -> Tensor {
  if let autocast = Autocast.active { return autocast.run(.float32, abs, angle) { polar($0, $1) } }
  if abs.dtype == angle.dtype, abs.dtype == .float32 || abs.dtype == .float64 {
    return complex(abs * angle.cos(), abs * angle.sin()).titled("PolarBackward0")
  }
  return joined(ComplexFormula.polar, abs, angle, "polar")
}

private func joined(_ formula: Formula, _ a: Tensor, _ b: Tensor, _ operation: String) -> Tensor {
  if let bad = poisoned(among: [a, b]) { return bad }
  guard a.dtype.kind == .floating, b.dtype.kind == .floating else {
    return fail(
      TensorError(
        .dtype, operation, "needs floating point tensors for both parts, and found \(a.dtype) and \(b.dtype)"))
  }
  guard a.dtype == b.dtype else {
    return fail(
      TensorError(.dtype, operation, "needs tensors of one type, and found \(a.dtype) and \(b.dtype); convert with .to")
    )
  }
  return pointwise(formula, a, b)
}

extension Tensor {
  /// Refuses complex elements.
  package func requireReal(_ operation: String) throws(TensorError) {
    guard !isComplex else {
      throw TensorError(.dtype, operation, "is not defined for \(dtype) tensors; use real, imag or abs() of them")
    }
  }

  /// Refuses to store complex elements of `value` in a real tensor.
  func checkStored(_ value: Tensor, _ operation: String) throws(TensorError) {
    guard isComplex || !value.isComplex else {
      throw TensorError(
        .dtype, operation, "cannot store \(value.dtype) elements in a \(dtype) tensor; take real, imag or abs() of them"
      )
    }
  }

  /// Whether the elements are complex numbers.
  public var isComplex: Bool { dtype.isComplex }

  /// Where the imaginary part is 0: everywhere in real tensors.
  public func isreal() -> Tensor {
    if isPoisoned { return self }
    return isComplex ? imag.eq(0) : Tensor.ones(shape, dtype: .bool).placed(with: self)
  }

  /// The real parts, a view; of a real tensor itself.
  public var real: Tensor { isComplex ? viewAsReal().select(rank, 0) : self }

  /// The imaginary parts of a complex tensor, a view.
  public var imag: Tensor {
    guard isComplex || isPoisoned else {
      return fail(TensorError(.dtype, "imag", "needs a complex tensor, and found \(dtype); real numbers have none"))
    }
    return isComplex ? viewAsReal().select(rank, 1) : self
  }

  /// The conjugates: imaginary parts with the other sign. Of a real tensor itself, and of a registered type that has none.
  public func conj() -> Tensor {
    let hasConjugates = isComplex || (dtype.isCustom && dtype.custom.loops.hasUnary(.conj))
    return hasConjugates ? pointwise(ComplexFormula.conjugate, self) : self
  }

  /// The direction of each element: z / |z|, and 0 for 0. Of real numbers it is the sign.
  public func sgn() -> Tensor { isComplex ? pointwise(ComplexFormula.sgn, self) : sign() }

  /// A complex tensor as a real one with one more dimension, of size 2, for the two parts.
  public func viewAsReal() -> Tensor {
    guard isComplex || isPoisoned else {
      return fail(TensorError(.dtype, "viewAsReal", "needs a complex tensor, and found \(dtype)"))
    }
    return apply(ViewAsReal(), self)
  }

  /// A real tensor whose last dimension, of size 2, holds the two parts, as a complex one.
  public func viewAsComplex() -> Tensor {
    if isPoisoned { return self }
    guard dtype.complexType?.realType == dtype else {
      return fail(
        TensorError(.dtype, "viewAsComplex", "needs a float32, float64 or float16 tensor, and found \(dtype)"))
    }
    guard shape.last == 2 else {
      return fail(
        TensorError(
          .shape, "viewAsComplex", "needs a last dimension of size 2 for the parts, and found a tensor of \(shape)"))
    }
    return apply(ViewAsComplex(), self)
  }
}

/// An operation that is linear in each of two complex operands, by four real ones.
package func byParts(_ x: Tensor, _ y: Tensor, _ product: (Tensor, Tensor) -> Tensor) -> Tensor {
  let (a, b, c, d) = (x.real, x.imag, y.real, y.imag)
  return complex(product(a, c) - product(b, d), product(a, d) + product(b, c))
}

/// The parts of complex elements where they lie, along a new last dimension.
struct ViewAsReal: ViewPrimitive, LinearPrimitive, Hashable {
  var name: String { "ViewAsReal" }
  var takesComplexElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[0].shape + [2], inputs[0].dtype.realType)]
  }

  func view(of input: Tensor, type: TensorType) throws(TensorError) -> View {
    // Where there is one element or none, a stride may be any number.
    View(strides: input.body.strides.map { 2 &* $0 } + [1])
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(ViewAsComplex(), single(node, cotangents))]
  }
}

/// Pairs of real elements along the last dimension as complex ones: where they lie, if both parts lie side by side.
struct ViewAsComplex: LinearPrimitive, Hashable {
  var name: String { "ViewAsComplex" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard let type = inputs[0].dtype.complexType else {
      throw TensorError(.dtype, "viewAsComplex", "there are no complex numbers of \(inputs[0].dtype) parts")
    }
    return [TensorType(Array(inputs[0].shape.dropLast()), type)]
  }

  func view(_ inputs: [Tensor], type: TensorType) throws(TensorError) -> View? {
    let body = inputs[0].body
    let isPaired =
      body.strides.last == 1 && body.strides.dropLast().allSatisfy { $0 % 2 == 0 }
      && UInt(bitPattern: body.address) % UInt(type.dtype.size) == 0
    return isPaired ? View(strides: body.strides.dropLast().map { $0 / 2 }) : nil
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let pairs = View(strides: rowMajorStrides(inputs[0].shape))
    results[0].seen(pairs, inputs[0].type).fill(with: inputs[0])
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(ViewAsReal(), single(node, cotangents))]
  }
}

extension Registry {
  /// Complex numbers and their parts.
  static let complexNumbers: [Operation] = [
    .unary("isreal") { $0.isreal() },
    .unary("sgn") { $0.sgn() },
    .unary("conj conj_physical") { $0.isComplex || $0.hasFailed ? $0.conj() : alias($0) },
    .unary("real") { $0.isComplex || $0.hasFailed ? $0.real : alias($0) },
    .unary("imag") { $0.imag },
    .unary("view_as_real") { $0.viewAsReal() },
    .unary("view_as_complex") { $0.viewAsComplex() },
    .tensor("complex", "real, imag") { try complex($0.tensor("real"), $0.tensor("imag")) },
    .binary("polar") { polar($0, $1) },
  ]
}
