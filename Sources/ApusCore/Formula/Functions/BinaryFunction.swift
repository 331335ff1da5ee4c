/// A function of two numbers in the formula language, `x(.max, y)`: a row as ``UnaryFunction`` is. Comparisons and logical
/// functions give 1 and 0.
public struct BinaryFunction: Sendable, Hashable, CustomStringConvertible {
  /// g times the partial derivatives at (x, y); nil where one is zero everywhere.
  package typealias Rule =
    @Sendable (_ x: Expression, _ y: Expression, _ result: Expression, _ g: Expression) -> (Expression?, Expression?)
  package typealias Composition = @Sendable (_ x: Expression, _ y: Expression) -> Expression
  /// What the gradient g at the result gives x and y, and what their tangents give the result.
  package typealias Parts = (
    gradient: @Sendable (_ g: Expression) -> (Expression, Expression), tangent: Composition
  )

  /// The name in messages and graphs, and that of the kernels, see ``UnaryFunction/name``.
  public var name: String { "\(text)" }
  private let text: StaticString
  @usableFromInline nonisolated(unsafe) let id: UnsafePointer<UInt8>
  /// How a person writes it between its operands.
  let sign: StaticString?
  let isCommutative: Bool
  /// The value at the floats `$x` and `$y` as a C expression.
  package let c: StaticString?
  /// The loops of a function that CKernels lacks.
  let f32: Kernel<Float>.Binary?
  let f64: Kernel<Double>.Binary?
  /// Nil where both partial derivatives are zero everywhere.
  let derivative: Rule?
  /// The derivative of a holomorphic function over complex numbers, where `derivative` compares.
  let complexDerivative: Rule?
  /// The rules over complex numbers of a function that is not holomorphic.
  let parts: Parts?
  /// The function in terms of others, for number types that do not have it.
  let composition: Composition?

  package init(
    _ name: StaticString, sign: StaticString? = nil, isCommutative: Bool = false, c: StaticString? = nil,
    f32: Kernel<Float>.Binary? = nil, f64: Kernel<Double>.Binary? = nil, derivative: Rule? = nil,
    complexDerivative: Rule? = nil, parts: Parts? = nil, composition: Composition? = nil
  ) {
    text = name
    id = name.utf8Start
    self.sign = sign
    self.isCommutative = isCommutative
    self.c = c
    self.f32 = f32
    self.f64 = f64
    self.derivative = derivative
    self.complexDerivative = complexDerivative
    self.parts = parts
    self.composition = composition
  }

  /// A function whose derivative is that of its definition by others.
  init(_ name: StaticString, c: StaticString, definition: @escaping Composition) {
    self.init(
      name, c: c,
      derivative: { x, y, _, g in
        // x and y may be whole expressions: differentiate the definition over two fresh inputs, then put them back.
        let parts = definition(.input(0), .input(1)).adjoints(of: [0, 1], seed: .input(2))
        let substituted = parts.map { part in
          part?.rewritten { e in
            switch e.kind {
            case .input(0): x
            case .input(1): y
            case .input(2): g
            default: nil
            }
          }
        }
        return (substituted[0], substituted[1])
      },
      composition: definition)
  }

  @inlinable
  public static func == (a: BinaryFunction, b: BinaryFunction) -> Bool { a.id == b.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
  public var description: String { name }
}
