/// A pointwise operation of two operands, either of which may be a number: one definition, three formulas.
struct BinaryFormula: Sendable {
  /// Of two tensors.
  package let tensors: Formula
  /// Of a tensor and a number.
  package let scalar: Formula
  /// Of a number and a tensor.
  let reversed: Formula

  /// `withoutGradient`: bit 0 for the first operand, bit 1 for the second.
  init(
    _ name: String, _ typing: Formula.Typing = .arithmetic, withoutGradient: UInt64 = 0,
    _ body: (Expression, Expression) -> Expression
  ) {
    tensors = Formula(
      name, inputs: 2, typing, withoutGradient: withoutGradient, outputs: [body(.input(0), .input(1))])
    scalar = Formula(
      name, inputs: 1, typing, withoutGradient: withoutGradient & 1, outputs: [body(.input(0), .parameter(0))])
    reversed = Formula(
      name, inputs: 1, typing, withoutGradient: withoutGradient >> 1, outputs: [body(.parameter(0), .input(0))])
  }

  func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor { pointwise(tensors, x, y) }
  func callAsFunction(_ x: Tensor, _ y: some ScalarConvertible) -> Tensor { pointwise(scalar, x, scalar: y.scalar) }
  func callAsFunction(_ x: some ScalarConvertible, _ y: Tensor) -> Tensor { pointwise(reversed, y, scalar: x.scalar) }
}

extension Tensor {
  /// A number as an operand beside this tensor: without dimensions, of the type that it has in promotion.
  package func operand(_ scalar: Scalar) -> Tensor {
    hasFailed ? self : Tensor.full([], scalar, dtype: resultType([type], scalars: [scalar]))
  }
}
