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

  /// What sums and products of matrices are formed in, before they become elements: a wider type where elements would
  /// lose too much on the way. Unless said otherwise the elements themselves.
  associatedtype Accumulator: BitwiseCopyable = Self
  /// The sum of nothing.
  static var emptySum: Accumulator { get }
  /// Adds an element to a sum.
  static func add(_ x: Self, to sum: inout Accumulator)
  /// Adds the product of two elements to a sum.
  static func addProduct(_ a: Self, _ b: Self, to sum: inout Accumulator)
  /// The element that a sum stands for.
  init(rounding sum: Accumulator)

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

  /// What gradient tensors of this type have; ``ElementGradient/none`` makes asking for one an error.
  static var gradient: ElementGradient { get }
  /// The numbers that elements can stand for. The gradient of ``ElementGradient/straightThrough(_:)`` is zero outside.
  static var range: ClosedRange<Double> { get }
  /// ∂(a + b + ...)/∂a: the share that `term` has of a `sum`, for ``ElementGradient/shares(_:)``. Where the shares of all
  /// terms are more than 1 together (several are the greatest), they are divided by that.
  static func share(of term: Self, in sum: Self) -> Double
  /// ∂(a * b)/∂a and ∂(a * b)/∂b, for ``ElementGradient/shares(_:)``.
  static func slopes(_ a: Self, _ b: Self) -> (Double, Double)

  /// The version of how an element lies in memory. Files say it: they are read by this version of the type alone.
  static var layoutVersion: Int { get }
  /// The numbers that an element has in memory, for programs that read it (NumPy's structured arrays); of a type that does
  /// not say, those see bytes.
  static var fields: [ElementField] { get }
  /// Whether the bytes of this element say all of it, as they do unless it is given otherwise. One that refers to something in
  /// the memory of the program means nothing elsewhere: files refuse it.
  var isSelfContained: Bool { get }

  /// The element type of tensors of `Self`, registered when it is first asked for.
  static var dtype: DType { get }
  /// The loops over elements of this type. The default serves: it is compiled, for this one type, in the module that
  /// declares the conformance.
  static var kernels: CustomKernels { get }
}

/// What gradient tensors of a registered type have.
public enum ElementGradient: Sendable, Hashable {
  /// None: asking for one is an error.
  case none
  /// The rules of calculus hold for the arithmetic of the type: gradients are of the type itself, as those of dual numbers.
  case calculus
  /// Elements stand for real numbers and round them. The gradient is that of the numbers that they stand for, in this
  /// floating point type: rounding counts as the identity, and as a constant where a result is beyond the
  /// ``CustomElement/range`` (straight-through, Bengio et al., 2013).
  case straightThrough(DType)
  /// Sums and products are those of a semiring, and have derivatives of their own (``CustomElement/share(of:in:)``,
  /// ``CustomElement/slopes(_:_:)``) in this floating point type: in max-plus the greatest term gets it all.
  case shares(DType)

  /// The element type of gradients of `dtype` tensors; nil: there are none.
  func type(of dtype: DType) -> DType? {
    switch self {
    case .none: nil
    case .calculus: dtype
    case .straightThrough(let type), .shares(let type): type
    }
  }
}

/// A part of an element in memory.
public struct ElementField: Sendable, Hashable {
  /// The name of the part.
  public let name: String
  /// The type of the number that it holds.
  public let dtype: DType
  /// Where it lies, in bytes from the start of the element.
  public let offset: Int

  /// A part called `name`, `offset` bytes from the start.
  public init(_ name: String, _ dtype: DType, offset: Int = 0) {
    (self.name, self.dtype, self.offset) = (name, dtype, offset)
  }
}

extension CustomElement {
  @inlinable public func apply(_ function: UnaryFunction) -> Self? { nil }
  @inlinable public func apply(_ function: BinaryFunction, _ other: Self) -> Self? { nil }
  @inlinable public static var isOrdered: Bool { false }
  @inlinable public static func isLess(_ a: Self, _ b: Self) -> Bool { false }
  public func text(precision: Int) -> String { "\(self)" }
  public static var gradient: ElementGradient { .none }
  public static var range: ClosedRange<Double> { -.infinity ... .infinity }
  @inlinable public static func share(of term: Self, in sum: Self) -> Double { 1 }
  @inlinable public static func slopes(_ a: Self, _ b: Self) -> (Double, Double) { (b.double, a.double) }
  public static var layoutVersion: Int { 1 }
  public static var fields: [ElementField] { [] }
  @inlinable public var isSelfContained: Bool { true }
  @inlinable public static var kernels: CustomKernels { CustomKernels(Self.self) }
}

extension CustomElement where Accumulator == Self {
  @inlinable public static var emptySum: Self { zero }
  @inlinable public static func add(_ x: Self, to sum: inout Self) { sum = sum + x }
  @inlinable public static func addProduct(_ a: Self, _ b: Self, to sum: inout Self) { sum = sum + a * b }
  @inlinable public init(rounding sum: Self) { self = sum }
}

extension CustomElement where Self: Comparable {
  @inlinable public static var isOrdered: Bool { true }
  @inlinable public static func isLess(_ a: Self, _ b: Self) -> Bool { a < b }
}

// Elements as the contents of tensors: `Tensor([a, b])` and `x.array(as: MaxPlus.self)`.
extension CustomElement {
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
