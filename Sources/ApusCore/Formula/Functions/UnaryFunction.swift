/// A function of one number in the formula language: a row with all that there is to know of it. It is used by name,
/// `x(.exp)`.
///
/// The files beside this one have the rows, by family. A function is added by one more row, wherever it stands: its name,
/// its kernels where CKernels has none of that name, its C text, its derivative, and how it is computed from others. What
/// a row leaves out, the function does not have: without a C text, formulas with it are not compiled to C.
///
///     extension UnaryFunction {
///       static let softsign: UnaryFunction = .init(
///         "softsign", c: "$x / (1.0f + __builtin_fabsf($x))", f32: softsignLoop,
///         derivative: { x, _, g in g / (1 + x(.abs)).squared },
///         composition: { x in x / (1 + x(.abs)) })
///     }
///
/// Functions are told apart by the place of their names in memory, so a row is a constant. Where its parts are constants too
/// it costs nothing to come by, which counts for number types of one's own: they look for a function at every element.
public struct UnaryFunction: Sendable, Hashable, CustomStringConvertible {
  /// g times the derivative at x, where y is the value there.
  package typealias Rule = @Sendable (_ x: Expression, _ y: Expression, _ g: Expression) -> Expression

  /// The name in messages and graphs, and that of the kernels: `geluTanh` is `gelu_tanh` in CKernels.
  public var name: String { "\(text)" }
  private let text: StaticString
  @usableFromInline nonisolated(unsafe) let id: UnsafePointer<UInt8>
  /// The value at the float `$x` as a C expression.
  package let c: StaticString?
  /// The loops of a function that CKernels lacks.
  let f32: Kernel<Float>.Unary?
  let f64: Kernel<Double>.Unary?
  /// Nil where the derivative is zero everywhere.
  let derivative: Rule?
  /// The rules over complex numbers of a function that is not holomorphic: what the gradient g at the result gives x, and
  /// what the tangent t of x gives the result.
  let parts: (gradient: Rule, tangent: Rule)?
  /// The function in terms of others, for number types that do not have it.
  let composition: (@Sendable (Expression) -> Expression)?

  package init(
    _ name: StaticString, c: StaticString? = nil, f32: Kernel<Float>.Unary? = nil, f64: Kernel<Double>.Unary? = nil,
    derivative: Rule? = nil, parts: (gradient: Rule, tangent: Rule)? = nil,
    composition: (@Sendable (Expression) -> Expression)? = nil
  ) {
    text = name
    id = name.utf8Start
    self.c = c
    self.f32 = f32
    self.f64 = f64
    self.derivative = derivative
    self.parts = parts
    self.composition = composition
  }

  @inlinable
  public static func == (a: UnaryFunction, b: UnaryFunction) -> Bool { a.id == b.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
  public var description: String { name }
}

/// `geluTanh` is `gelu_tanh` in C.
func nameInC(_ name: String) -> String {
  name.reduce(into: "") { name, letter in name += letter.isUppercase ? "_" + letter.lowercased() : String(letter) }
}
