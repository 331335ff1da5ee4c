import ApusCore

/// The semiring of truth values: the sum of two is whether one of them holds, their product whether both do. A product of
/// matrices composes relations; powers of an adjacency matrix say what can be reached.
///
///     let edges = Tensor([[0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype: Boolean.dtype)
///     let inTwo = edges.matmul(edges)  // 0 reaches 2
public struct Boolean: OrderedElement, Hashable, CustomStringConvertible {
  /// The truth value.
  public var value: Bool

  /// A truth value.
  @inlinable public init(_ value: Bool) { self.value = value }
  /// Whether a number is not 0.
  @inlinable public init(_ value: Double) { self.value = value != 0 }

  @inlinable public var double: Double { value ? 1 : 0 }
  public static var elementName: String { "boolean" }
  @inlinable public static var zero: Boolean { Boolean(false) }
  @inlinable public static var one: Boolean { Boolean(true) }
  public static var range: ClosedRange<Double> { 0...1 }
  public static var fields: [ElementField] { [ElementField("value", .bool)] }

  /// Whether one of the two holds.
  @inlinable public static func sum(_ a: Boolean, _ b: Boolean) -> Boolean { Boolean(a.value || b.value) }
  /// Whether both hold.
  @inlinable public static func product(_ a: Boolean, _ b: Boolean) -> Boolean { Boolean(a.value && b.value) }
  /// False comes before true.
  @inlinable public static func precedes(_ a: Boolean, _ b: Boolean) -> Bool { !a.value && b.value }

  public func text(precision: Int) -> String { value ? "true" : "false" }
  public var description: String { text(precision: 0) }
}

extension DType {
  /// Truth values with the operations of a semiring, see ``Boolean``.
  public static var boolean: DType { Boolean.dtype }
}
