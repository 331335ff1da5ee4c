import ApusCore

/// A number of a semiring: a sum and a product that are not those of arithmetic, chosen so that products of matrices answer
/// other questions. In ``MaxPlus`` they find best paths, in ``LogSemiring`` they sum over all of them.
///
/// Gradients are of `float64`, by the shares that terms have of sums: where a path is chosen, they say which one.
public protocol SemiringNumber: OrderedElement, Hashable {
  /// The number that stands for the element.
  var value: Double { get }
}

extension SemiringNumber {
  @inlinable public var double: Double { value }
  @inlinable public static func precedes(_ a: Self, _ b: Self) -> Bool { a.value < b.value }
  public static var gradient: ElementGradient { .shares(.float64) }
  public static var fields: [ElementField] { [ElementField("value", .float64)] }
  public func text(precision: Int) -> String { decimalText(value, precision) }
  /// The number with four decimals.
  public var description: String { text(precision: 4) }

  @inlinable
  public func apply(_ function: UnaryFunction) -> Self? {
    function == .isnan ? (value.isNaN ? Self.one : Self.zero) : nil
  }
}

/// a + b, where the zero of a semiring takes all: also what is infinite in the other direction.
@inlinable
func absorbing(_ a: Double, _ b: Double, zero: Double) -> Double { a == zero || b == zero ? zero : a + b }
