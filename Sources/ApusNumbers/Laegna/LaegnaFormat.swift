import ApusCore
import CNumbers

/// A format of Laegna numbers: how many base-4 digits a number has, and how many of them are its fraction.
///
/// A number of R digits, F of them fractional, is kept as the signed integer s that its digits stand for, from -4^R / 2 to 4^R / 2,
/// and stands for the real number s / 4^F. Zero has no digits: it is the boundary value U, the integer 0. With F = R - 1, the usual
/// choice, numbers go from -2 to 2 whatever R is.
///
/// As an element type a number takes 1 byte (R up to 3), 2 (up to 7) or 4 (up to 15).
public struct LaegnaFormat: Sendable, Hashable, CustomStringConvertible {
  /// R: base-4 digits of a number, 1 to 15.
  public let digits: Int
  /// F: how many of them are the fraction, 0 to 15. More than R of them make all numbers small.
  public let fraction: Int
  /// Whether numbers have a sign. Without one they are the unsigned integers u = 1 ... 4^R, and zero.
  public let isSigned: Bool

  /// R digits, of which `fraction` (R - 1 unless given) are the fraction.
  /// - Throws: where there is no such format.
  public init(digits: Int, fraction: Int? = nil) throws(TensorError) {
    let fraction = fraction ?? digits - 1
    guard (1...15).contains(digits), (0...15).contains(fraction) else {
      throw TensorError(
        .value, "LaegnaFormat",
        "\(digits) digits with \(fraction) fractional ones were asked for; there are formats of 1 to 15 digits with 0 to 15"
      )
    }
    self.init(known: digits, fraction, isSigned: true)
  }

  /// Without checks: a format that exists.
  init(known digits: Int, _ fraction: Int, isSigned: Bool) {
    (self.digits, self.fraction, self.isSigned) = (digits, fraction, isSigned)
  }

  /// The format of an element type of tensors; nil for other types.
  public init?(_ dtype: DType) {
    guard let found = laegnaTypes.withLock({ types in types.first { $0.value == dtype }?.key }) else { return nil }
    self = found
  }

  /// 4^R / 2, or 4^R without a sign: the greatest integer that a number is kept as.
  public var limit: Int { 1 << (2 * digits - (isSigned ? 1 : 0)) }
  /// 4^F: the integer that stands for 1, where the format reaches that far.
  public var scale: Int { 1 << (2 * fraction) }
  /// The real numbers from the least to the greatest.
  public var range: ClosedRange<Double> {
    let most = Double(limit) / Double(scale)
    return isSigned ? -most...most : 0...most
  }
  /// How many bytes an element takes.
  public var bytes: Int { digits <= 3 ? 1 : digits <= 7 ? 2 : 4 }
  /// `laegna4_3`, or `laegna_unsigned4`: the name of the element type.
  public var name: String { isSigned ? "laegna\(digits)_\(fraction)" : "laegna_unsigned\(digits)" }
  public var description: String {
    isSigned ? "Laegna R = \(digits), F = \(fraction)" : "unsigned Laegna R = \(digits)"
  }

  /// The format as the loops take it.
  var c: cn_laegna {
    cn_laegna(
      bytes: Int32(bytes), fraction: Int32(fraction), low: isSigned ? Int64(-limit) : 0, limit: Int64(limit))
  }

  // MARK: Numbers

  /// The integer of the number nearest to `x`, ties to the even one; 0 (U) for zero and not-a-number. What is beyond the range
  /// becomes the last number on that side, which is never an infinity.
  public func encode(nearest x: Double) -> Int { cut((x * Double(scale)).rounded(.toNearestOrEven)) }

  /// The integer of the interval that contains `x`: ⌈|x| 4^F⌉ with the sign of x; a number is the edge of its interval that is
  /// farthest from zero. 0 (U) for zero and not-a-number, the last number for what is beyond the range.
  public func encode(containing x: Double) -> Int { cut((x * Double(scale)).rounded(.awayFromZero)) }

  private func cut(_ x: Double) -> Int {
    x.isNaN ? 0 : Int(max(isSigned ? -Double(limit) : 0, min(Double(limit), x)))
  }

  /// s / 4^F: the real number that the integer stands for.
  public func decode(_ s: Int) -> Double { Double(s) / Double(scale) }

  /// The digits of the integer `s`: U for zero, and the last ones for what is beyond the range.
  public func numeral(_ s: Int) -> LaegnaNumeral {
    if s == 0 || !isSigned && s < 0 { return .boundary(.zero) }
    if isSigned { return LaegnaNumeral(signed: max(-limit, min(limit, s)), count: digits, base: 4) }
    let found = try? LaegnaDigits(unsigned: min(limit, s), count: digits)
    return found.map { .digits($0) } ?? .boundary(.zero)
  }

  /// The integer of a string of digits of this format: all in capitals (`AEIO`), or those of the fraction in small letters
  /// (`Aeio`), which subdivide.
  /// - Throws: where the letters or their number do not fit the format.
  func integer(of text: String) throws(TensorError) -> Int {
    let found = try LaegnaDigits(text)
    guard found.count == digits else {
      throw TensorError(
        .value, "Laegna",
        "'\(text)' has \(found.count) digits, and numbers of this format have \(digits); a shorter string names an interval, see LaegnaInterval"
      )
    }
    let capitals = text.prefix { $0.isUppercase }.count
    guard capitals == digits || fraction <= digits && capitals == digits - fraction,
      !text.dropFirst(capitals).contains(where: \.isUppercase)
    else {
      throw TensorError(
        .value, "Laegna",
        "'\(text)' mixes capitals and small letters from place \(capitals + 1) on: either all digits are capitals, or the last \(fraction), those of the fraction, are small"
      )
    }
    return isSigned ? found.signed : found.unsigned
  }
}

/// The element types that there are by format.
let laegnaTypes = Lock<[LaegnaFormat: DType]>([:])

extension LaegnaFormat {
  /// The element type of tensors of this format, registered when it is first asked for. That of ``Laegna`` types of the format
  /// is the same one.
  public var dtype: DType {
    if let known = laegnaTypes.withLock({ $0[self] }) { return known }
    let dtype = DType.register(named: name) { kernels }
    if dtype.isCustom { laegnaTypes.withLock { $0[self] = dtype } }
    return dtype
  }
}

extension DType {
  /// Laegna numbers of `digits` base-4 digits, of which `fraction` (one less unless given) are the fraction: the type of
  /// `Laegna4` is `DType.laegna(4)`. A format that does not exist is reported, and gives `float32`.
  public static func laegna(_ digits: Int, fraction: Int? = nil) -> DType {
    do throws(TensorError) { return try LaegnaFormat(digits: digits, fraction: fraction).dtype } catch {
      report(error)
      return .float32
    }
  }
}
