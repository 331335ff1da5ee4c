import ApusCore
import CNumbers

/// A Laegna number without a sign: R base-4 digits that stand for the integers 1 (I...I) to 4^R (E...E).
///
/// Digits have no zero here either: zero is the boundary value U, and what `Tensor.zeros` and empty sums give. One is I...I. Sums and
/// products beyond 4^R become E...E; differences below 1 become U, since there are no negative numbers. Products that are to be exact
/// take as many digits as both factors have (``multipliedFully(by:)``): for these the author's rule EE x EE = EEEE and
/// II x II = IIII holds, as it does not for signed numbers.
///
///     let x = try LaegnaUnsigned2("EE")           // 16
///     print(x.multipliedFully(by: x))             // EEEE
public struct LaegnaUnsigned<Storage: LaegnaStorage, let R: Int>: DifferenceElement, OrderedElement, Hashable {
  /// The integer, 0 for U; the greatest integer is ∩.
  let code: Storage

  init(code: Storage) { self.code = code }

  /// The format: R digits without a sign.
  public static var format: LaegnaFormat { LaegnaFormat(known: R, 0, isSigned: false) }
  /// U.
  public static var zero: Self { Self(code: 0) }
  /// I...I.
  public static var one: Self { Self(code: 1) }
  /// E...E, 4^R.
  public static var greatest: Self { Self(code: Storage(format.limit)) }
  /// ∩, more than every number.
  public static var infinity: Self { Self(code: Storage.max) }

  /// The integer nearest to `value`, from U to E...E; infinity is ∩.
  public init(_ value: Double) {
    code = value == .infinity ? Storage.max : Storage(Self.format.encode(nearest: value))
  }

  /// The number `unsigned`: nil for what is beyond the range. 0 is U.
  public init?(unsigned: Int) {
    guard (0...Self.format.limit).contains(unsigned) else { return nil }
    code = Storage(unsigned)
  }

  /// Reads R digits, or U or ∩.
  /// - Throws: an error that says which letter is wrong, and where.
  public init(_ text: String) throws(TensorError) {
    switch LaegnaBoundary.allCases.first(where: { String($0.letter) == text }) {
    case .zero: self = .zero
    case .infinity: self = .infinity
    case .minusInfinity, .minusZero:
      throw TensorError(.value, "LaegnaUnsigned", "'\(text)' is negative; numbers without a sign begin at U")
    case nil: code = Storage(try Self.format.integer(of: text))
    }
  }

  /// The integer: 0 for U, nil for ∩.
  public var unsigned: Int? { code == Storage.max ? nil : Int(code) }
  /// The digits, or the boundary value.
  public var numeral: LaegnaNumeral {
    code == Storage.max ? .boundary(.infinity) : Self.format.numeral(Int(code))
  }
  public var double: Double { code == Storage.max ? .infinity : Double(code) }

  public static var elementName: String { format.name }
  public static var dtype: DType {
    guard MemoryLayout<Storage>.size == format.bytes, (1...15).contains(R) else {
      report(
        TensorError(
          .dtype, "LaegnaUnsigned",
          "numbers have 1 to 15 digits and are kept in as many bytes as they take (1 up to 3 digits, 2 up to 7, else 4); "
            + "found \(R) digits in \(MemoryLayout<Storage>.size)"))
      return .float32
    }
    return format.dtype
  }
  public static var kernels: CustomKernels { format.kernels }
  public static var gradient: ElementGradient { .straightThrough(.float32) }
  public static var range: ClosedRange<Double> { format.range }
  public static var fields: [ElementField] { format.fields }
  public static var isOrdered: Bool { true }
  public static func isLess(_ a: Self, _ b: Self) -> Bool { a.code < b.code }
  public func text(precision: Int) -> String { description }

  private func applied(_ f: cn_laegna_binary_function, _ other: Self) -> Self {
    var (x, y, z) = (code, other.code, Storage(0))
    cn_laegna_binary(Self.format.c, f, &z, &x, &y, 1)
    return Self(code: z)
  }

  /// The sum, at most E...E.
  public static func sum(_ a: Self, _ b: Self) -> Self { a.applied(CN_ADD, b) }
  /// The difference, U where it is not positive.
  public static func difference(_ a: Self, _ b: Self) -> Self { a.applied(CN_SUB, b) }
  /// The product, at most E...E.
  public static func product(_ a: Self, _ b: Self) -> Self { a.applied(CN_MUL, b) }

  public func apply(_ function: UnaryFunction) -> Self? {
    guard Self.format.hasUnary(function) else { return nil }
    var (x, z) = (code, Storage(0))
    Self.format.unary(function, &z, &x, 1)
    return Self(code: z)
  }

  public func apply(_ function: BinaryFunction, _ other: Self) -> Self? {
    guard Self.format.hasBinary(function) else { return nil }
    var (x, y, z) = (code, other.code, Storage(0))
    Self.format.binary(function, &z, &x, &y, 1)
    return Self(code: z)
  }
}

extension LaegnaUnsigned: Comparable, CustomStringConvertible {
  /// By value.
  public static func precedes(_ a: Self, _ b: Self) -> Bool { a.code < b.code }
  public var description: String { numeral.description }
}

/// Unsigned Laegna numbers of one digit: 1 to 4.
public typealias LaegnaUnsigned1 = LaegnaUnsigned<Int8, 1>
/// Unsigned Laegna numbers of two digits: 1 to 16.
public typealias LaegnaUnsigned2 = LaegnaUnsigned<Int8, 2>
/// Unsigned Laegna numbers of three digits: 1 to 64.
public typealias LaegnaUnsigned3 = LaegnaUnsigned<Int8, 3>
/// Unsigned Laegna numbers of four digits: 1 to 256.
public typealias LaegnaUnsigned4 = LaegnaUnsigned<Int16, 4>
