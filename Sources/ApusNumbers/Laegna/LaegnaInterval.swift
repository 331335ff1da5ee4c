import ApusCore

/// The real numbers whose Laegna digits begin with those of a string: `A` is 0 to 1, `Ai`, `Ao`, `Aa` and `Ae` are its quarters, and so
/// on. Capital letters are digits of the integer, small ones subdivide.
///
///     let quarter = try LaegnaInterval("Aa")
///     print(quarter.lower, quarter.upper)                 // 0.5 0.75
///     print(try LaegnaInterval("A").contains(quarter))    // true
///
/// An interval holds the edge that is farthest from zero, and not the other one: zero lies in none.
public struct LaegnaInterval: Sendable, Hashable, CustomStringConvertible {
  /// All digits.
  public let digits: LaegnaDigits
  /// How many of them subdivide.
  public let fraction: Int

  /// Reads capital letters followed by small ones.
  /// - Throws: for anything else, with the place of the first wrong letter.
  public init(_ text: String) throws(TensorError) {
    digits = try LaegnaDigits(text)
    let capitals = text.prefix { $0.isUppercase }
    guard !capitals.isEmpty, !text.dropFirst(capitals.count).contains(where: \.isUppercase) else {
      throw TensorError(
        .value, "LaegnaInterval",
        "'\(text)' is no interval: capital letters come first, one at least, then the small ones that subdivide them")
    }
    fraction = text.count - capitals.count
  }

  /// The interval of a number: as wide as its last digit.
  public init?<Storage: LaegnaStorage, let R: Int, let F: Int>(_ x: Laegna<Storage, R, F>) {
    guard case .digits(let digits) = x.numeral, F < R else { return nil }
    self.digits = digits
    fraction = F
  }

  private var width: Double { 1 / Double(1 << (2 * fraction)) }
  /// The lower edge.
  public var lower: Double { Double(digits.signed > 0 ? digits.signed - 1 : digits.signed) * width }
  /// The upper edge.
  public var upper: Double { lower + width }

  /// Whether the number is in the interval.
  public func contains(_ x: Double) -> Bool {
    digits.signed > 0 ? x > lower && x <= upper : x >= lower && x < upper
  }

  /// Whether all numbers of `other` are in this interval: its digits begin with those of this one.
  public func contains(_ other: LaegnaInterval) -> Bool {
    digits.count - fraction == other.digits.count - other.fraction && other.digits.values.starts(with: digits.values)
  }

  /// The capital and small letters.
  public var description: String {
    let text = digits.text
    return String(text.dropLast(fraction)) + text.suffix(fraction).lowercased()
  }
}
