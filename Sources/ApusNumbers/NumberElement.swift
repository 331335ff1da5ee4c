import ApusCore

// The operators of the number types of this library are declared once for all of them: each declaration is one more that the
// compiler tries in every expression of every program.

/// A number type of this library: elements with a sum and a product.
public protocol NumberElement: CustomElement {
  /// The sum of two elements.
  static func sum(_ a: Self, _ b: Self) -> Self
  /// The product of two elements.
  static func product(_ a: Self, _ b: Self) -> Self
}

extension NumberElement {
  @inlinable public static func + (a: Self, b: Self) -> Self { sum(a, b) }
  @inlinable public static func * (a: Self, b: Self) -> Self { product(a, b) }
}

/// A number type with differences.
public protocol DifferenceElement: NumberElement {
  /// The first element less the second.
  static func difference(_ a: Self, _ b: Self) -> Self
}

extension DifferenceElement {
  /// The first element less the second.
  @inlinable public static func - (a: Self, b: Self) -> Self { difference(a, b) }
}

/// A number type whose elements have negatives.
public protocol SignedElement: NumberElement {
  /// The element that is zero together with this one.
  static func negative(_ a: Self) -> Self
}

extension SignedElement {
  /// The element that is zero together with this one.
  @inlinable public static prefix func - (a: Self) -> Self { negative(a) }
}

/// A number type with quotients.
public protocol QuotientElement: NumberElement {
  /// The first element by the second.
  static func quotient(_ a: Self, _ b: Self) -> Self
}

extension QuotientElement {
  /// The first element by the second.
  @inlinable public static func / (a: Self, b: Self) -> Self { quotient(a, b) }
}

/// A number type with differences, negatives and quotients.
public protocol FieldElement: DifferenceElement, SignedElement, QuotientElement {}

/// A number type whose elements are ordered.
public protocol OrderedElement: NumberElement, Comparable {
  /// Whether the first element comes before the second.
  static func precedes(_ a: Self, _ b: Self) -> Bool
}

extension OrderedElement {
  /// Whether the first element comes before the second.
  @inlinable public static func < (a: Self, b: Self) -> Bool { precedes(a, b) }
  @inlinable public static var isOrdered: Bool { true }
  @inlinable public static func isLess(_ a: Self, _ b: Self) -> Bool { precedes(a, b) }
}
