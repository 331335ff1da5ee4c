/// A number type of one's own as the element of tensors.
///
/// A Swift type that conforms becomes an element type beside the built-in ones: ``DType/register(_:)`` gives its
/// ``DType``, and storage, printing, formulas, reductions, matrix products, indexing and conversions work on it. Only
/// what stands first here is required; the rest has defaults, and what a type lacks is reported by name when an
/// operation needs it.
///
///     struct MaxPlus: CustomElement, Comparable {
///       var value: Double
///       init(_ value: Double) { self.value = value }
///       var double: Double { value }
///       static let elementName = "maxplus"
///       static let zero = MaxPlus(-.infinity)
///       static let one = MaxPlus(0)
///       static func + (a: MaxPlus, b: MaxPlus) -> MaxPlus { MaxPlus(max(a.value, b.value)) }
///       static func * (a: MaxPlus, b: MaxPlus) -> MaxPlus { MaxPlus(a.value + b.value) }
///       static func < (a: MaxPlus, b: MaxPlus) -> Bool { a.value < b.value }
///     }
///     let x = Tensor([[0.0, 2.0], [1.0, 0.0]], dtype: MaxPlus.dtype)
public protocol CustomElement: BitwiseCopyable, Sendable, Equatable, TensorLiteral, ArrayElement {
  /// The name of the type: letters, digits and underscores, and no other type's.
  static var elementName: String { get }
  /// What `+` leaves as it is: the elements of `Tensor.zeros` and the sum of nothing.
  static var zero: Self { get }
  /// What `*` leaves as it is: the elements of `Tensor.ones` and the product of nothing; also the value of a condition
  /// that holds (``zero`` is that of one that does not).
  static var one: Self { get }
  /// The element that a number stands for: how tensors of built-in types are converted, and the numbers in `x * 2`.
  init(_ value: Double)
  /// The number that is nearest to this element: how it is converted to the built-in floating point and integer types.
  var double: Double { get }
  /// The sum of two elements.
  static func + (a: Self, b: Self) -> Self
  /// The product of two elements.
  static func * (a: Self, b: Self) -> Self

  /// A function of this element, or nil where the type does not have it, whatever the element. Functions that follow
  /// from others need not be given: `sigmoid` and `silu` come from `exp`, `gelu` from `erf`, `square` from `*`, and so on.
  func apply(_ function: UnaryFunction) -> Self?
  /// A function of this element and another: `-` (`.sub`), `/` (`.div`), `.pow`, ... or nil where the type does not have
  /// it. Comparisons and extremes follow from the order, and need not be given.
  func apply(_ function: BinaryFunction, _ other: Self) -> Self?

  /// Whether elements have an order, which comparisons, extremes and `relu` need. `Comparable` types have theirs.
  static var isOrdered: Bool { get }
  /// Whether `a` comes before `b`. Called only if ``isOrdered``.
  static func isLess(_ a: Self, _ b: Self) -> Bool

  /// The element in the text of a tensor, with `precision` digits after the decimal point where it has some.
  func text(precision: Int) -> String

  /// Whether tensors of it may require gradients: whether the rules of calculus hold for its arithmetic, so that the
  /// gradient of a formula is the one that real numbers have. If not, asking for a gradient is an error.
  static var isDifferentiable: Bool { get }

  /// The loops over elements of this type. The default serves: it is compiled, for this one type, in the module that
  /// declares the conformance.
  static var kernels: CustomKernels { get }
}

extension CustomElement {
  @inlinable public func apply(_ function: UnaryFunction) -> Self? { nil }
  @inlinable public func apply(_ function: BinaryFunction, _ other: Self) -> Self? { nil }
  @inlinable public static var isOrdered: Bool { false }
  @inlinable public static func isLess(_ a: Self, _ b: Self) -> Bool { false }
  public func text(precision: Int) -> String { "\(self)" }
  @inlinable public static var isDifferentiable: Bool { false }
  @inlinable public static var kernels: CustomKernels { CustomKernels(Self.self) }
}

extension CustomElement where Self: Comparable {
  @inlinable public static var isOrdered: Bool { true }
  @inlinable public static func isLess(_ a: Self, _ b: Self) -> Bool { a < b }
}

// Elements as the contents of tensors: `Tensor([a, b])` and `x.array(as: MaxPlus.self)`.
extension CustomElement {
  /// The element type of tensors of `Self`, registered when it is first asked for.
  public static var dtype: DType { DType.register(Self.self) }
  public static var tensorDType: DType { dtype }
  public var tensorShape: [Int] { [] }

  public func appendElements(to elements: inout TensorElements, shape: ArraySlice<Int>) throws(TensorError) {
    guard shape.isEmpty else {
      throw TensorError(
        .shape, "Tensor", "found one \(Self.elementName) where an array of \(Array(shape)) was expected")
    }
    withUnsafeBytes(of: self) { elements.custom.append(contentsOf: $0) }
    // An element takes its stride in memory.
    elements.custom.append(
      contentsOf: repeatElement(0, count: MemoryLayout<Self>.stride - MemoryLayout<Self>.size))
  }
}

extension Tensor {
  /// The only element of a tensor, converted to `Element`.
  /// - Precondition: it has exactly one element.
  public func item<Element: CustomElement>(as type: Element.Type) -> Element {
    guard count == 1 || hasFailed else {
      report(
        TensorError(
          .shape, "item",
          "only a tensor with one element has a single value, and this one has shape \(shape); use array() or an index")
      )
      return .zero
    }
    return array(as: type).first ?? .zero
  }
}
