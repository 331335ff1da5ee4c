import ApusCore

/// The max-plus semiring: the sum of two numbers is the greater one, their product is their sum.
///
/// Entry (i, j) of a product of matrices of weights is the best way from i to j in two steps, and its gradient says which
/// steps it takes (Baccelli, Cohen, Olsder and Quadrat, Synchronization and Linearity, 1992).
///
///     let steps = Tensor([[0, 2], [-.infinity, 0]], dtype: MaxPlus.dtype)
///     let best = steps.matmul(steps)
public struct MaxPlus: SemiringNumber, CustomStringConvertible {
  /// The number; -∞ for the zero of the semiring.
  public var value: Double

  @inlinable public init(_ value: Double) { self.value = value }

  public static var elementName: String { "maxplus" }
  @inlinable public static var zero: MaxPlus { MaxPlus(-.infinity) }
  @inlinable public static var one: MaxPlus { MaxPlus(0) }

  /// The greatest of the two; NaN if one is.
  @inlinable public static func sum(_ a: MaxPlus, _ b: MaxPlus) -> MaxPlus {
    a.value > b.value || a.value != a.value ? a : b
  }
  @inlinable public static func product(_ a: MaxPlus, _ b: MaxPlus) -> MaxPlus {
    MaxPlus(absorbing(a.value, b.value, zero: -.infinity))
  }

  /// Division undoes the product: the difference of the numbers.
  @inlinable
  public func apply(_ function: BinaryFunction, _ other: MaxPlus) -> MaxPlus? {
    function == .div ? (value == -.infinity ? self : MaxPlus(value - other.value)) : nil
  }

  /// 1 for the greatest term, which is the sum.
  @inlinable public static func share(of term: MaxPlus, in sum: MaxPlus) -> Double {
    term.value == sum.value && sum.value != -.infinity ? 1 : 0
  }
  @inlinable public static func slopes(_ a: MaxPlus, _ b: MaxPlus) -> (Double, Double) { (1, 1) }
}

extension DType {
  /// Numbers of the max-plus semiring, see ``MaxPlus``.
  public static var maxPlus: DType { MaxPlus.dtype }
}
