import ApusCore

/// The min-plus (tropical) semiring: the sum of two numbers is the smaller one, their product is their sum.
///
/// Powers of a matrix of distances are shortest paths, see `shortestPaths(_:)`; the gradient of a distance says which steps
/// it takes.
public struct MinPlus: SemiringNumber, CustomStringConvertible {
  /// The number; ∞ for the zero of the semiring.
  public var value: Double

  @inlinable public init(_ value: Double) { self.value = value }

  public static var elementName: String { "minplus" }
  @inlinable public static var zero: MinPlus { MinPlus(.infinity) }
  @inlinable public static var one: MinPlus { MinPlus(0) }

  /// The smallest of the two; NaN if one is.
  @inlinable public static func sum(_ a: MinPlus, _ b: MinPlus) -> MinPlus {
    a.value < b.value || a.value != a.value ? a : b
  }
  @inlinable public static func product(_ a: MinPlus, _ b: MinPlus) -> MinPlus {
    MinPlus(absorbing(a.value, b.value, zero: .infinity))
  }

  /// Division undoes the product: the difference of the numbers.
  @inlinable
  public func apply(_ function: BinaryFunction, _ other: MinPlus) -> MinPlus? {
    function == .div ? (value == .infinity ? self : MinPlus(value - other.value)) : nil
  }

  /// 1 for the smallest term, which is the sum.
  @inlinable public static func share(of term: MinPlus, in sum: MinPlus) -> Double {
    term.value == sum.value && sum.value != .infinity ? 1 : 0
  }
  @inlinable public static func slopes(_ a: MinPlus, _ b: MinPlus) -> (Double, Double) { (1, 1) }
}

extension DType {
  /// Numbers of the min-plus semiring, see ``MinPlus``.
  public static var minPlus: DType { MinPlus.dtype }
}
