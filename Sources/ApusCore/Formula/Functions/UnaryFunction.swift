/// A function of one number in the formula language: a row with all that there is to know of it. It is used by name,
/// `x(.exp)`.
///
/// The files beside this one have the rows, by family. A function is added by one more row, wherever it stands: its name,
/// its kernels where CKernels has none of that name, its C text, its derivative, and how it is computed from others. What
/// a row leaves out, the function does not have: without a C text, formulas with it are not compiled to C.
///
///     extension UnaryFunction {
///       static let softsign: UnaryFunction = .init(
///         "softsign", c: "$x / (1.0f + __builtin_fabsf($x))", kernels: [.float32: softsignLoop],
///         derivative: { x, _, g in g / (1 + x(.abs)).squared },
///         composition: { x in x / (1 + x(.abs)) })
///     }
///
/// A function equals itself alone, so a row is a constant.
public final class UnaryFunction: Sendable, Hashable, CustomStringConvertible {
  /// g times the derivative at x, where y is the value there.
  package typealias Rule = @Sendable (_ x: Expression, _ y: Expression, _ g: Expression) -> Expression

  /// The name in messages and graphs, and that of the kernels: `geluTanh` is `gelu_tanh` in CKernels.
  public let name: String
  let kernelName: String
  /// The loops of a function that CKernels lacks, by the type that is computed in.
  let kernels: [DType: Kernel<Float>.Unary]
  /// The value at the float `$x` as a C expression.
  package let c: String?
  /// Nil where the derivative is zero everywhere.
  let derivative: Rule?
  /// The rules over complex numbers of a function that is not holomorphic: what the gradient g at the result gives x, and
  /// what the tangent t of x gives the result.
  let parts: (gradient: Rule, tangent: Rule)?
  /// The function in terms of others, for number types that do not have it.
  let composition: (@Sendable (Expression) -> Expression)?

  package init(
    _ name: String, c: String? = nil, kernels: [DType: Kernel<Float>.Unary] = [:], derivative: Rule? = nil,
    parts: (gradient: Rule, tangent: Rule)? = nil, composition: (@Sendable (Expression) -> Expression)? = nil
  ) {
    self.name = name
    kernelName = nameInC(name)
    self.c = c
    self.kernels = kernels
    self.derivative = derivative
    self.parts = parts
    self.composition = composition
  }

  @inlinable
  public static func == (a: UnaryFunction, b: UnaryFunction) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
  public var description: String { name }
}

/// `geluTanh` is `gelu_tanh` in C.
func nameInC(_ name: String) -> String {
  name.reduce(into: "") { name, letter in name += letter.isUppercase ? "_" + letter.lowercased() : String(letter) }
}
