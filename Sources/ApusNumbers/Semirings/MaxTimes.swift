import ApusCore

/// The max-times semiring of probabilities, which Viterbi's algorithm runs in: the sum of two numbers is the greater one,
/// their product is that of arithmetic. Numbers are 0 or more; long products underflow, where ``MaxPlus`` of logarithms
/// does not.
public struct MaxTimes: SemiringNumber, CustomStringConvertible {
  /// The number, at least 0.
  public var value: Double

  @inlinable public init(_ value: Double) { self.value = value }

  public static var elementName: String { "maxtimes" }
  @inlinable public static var zero: MaxTimes { MaxTimes(0) }
  @inlinable public static var one: MaxTimes { MaxTimes(1) }
  public static var range: ClosedRange<Double> { 0 ... .infinity }

  /// The greatest of the two; NaN if one is.
  @inlinable public static func sum(_ a: MaxTimes, _ b: MaxTimes) -> MaxTimes {
    a.value > b.value || a.value != a.value ? a : b
  }
  @inlinable public static func product(_ a: MaxTimes, _ b: MaxTimes) -> MaxTimes { MaxTimes(a.value * b.value) }

  /// Division undoes the product.
  @inlinable
  public func apply(_ function: BinaryFunction, _ other: MaxTimes) -> MaxTimes? {
    function == .div ? MaxTimes(value / other.value) : nil
  }

  /// 1 for the greatest term, which is the sum.
  @inlinable public static func share(of term: MaxTimes, in sum: MaxTimes) -> Double {
    term.value == sum.value && sum.value != 0 ? 1 : 0
  }
  @inlinable public static func slopes(_ a: MaxTimes, _ b: MaxTimes) -> (Double, Double) { (b.value, a.value) }
}

extension DType {
  /// Numbers of the max-times semiring, see ``MaxTimes``.
  public static var maxTimes: DType { MaxTimes.dtype }
}
