import ApusCore

// Laegna numbers as text: strings of digits, and four values that stand alone.

/// A base-4 digit of a Laegna number.
///
/// Digits name positions from the far negative to the far positive side; none of them is zero.
public enum LaegnaDigit: Int, Sendable, Hashable, CaseIterable, Comparable {
  /// Negotion, 0.
  case i
  /// Negation, 1.
  case o
  /// Position, 2.
  case a
  /// Posetion, 3.
  case e

  /// The capital letter.
  public var letter: Character { ["I", "O", "A", "E"][rawValue] }
  /// The digit on the other side of zero: I and E, O and A change places.
  public var complement: LaegnaDigit { LaegnaDigit(rawValue: 3 - rawValue) ?? self }
  /// By position.
  public static func < (a: LaegnaDigit, b: LaegnaDigit) -> Bool { a.rawValue < b.rawValue }
}

/// What Laegna digits cannot say: these values stand alone, never inside a string of digits.
public enum LaegnaBoundary: Int, Sendable, Hashable, CaseIterable, Comparable {
  /// W: less than every number.
  case minusInfinity
  /// V: zero, coming from below.
  case minusZero
  /// U: zero.
  case zero
  /// ∩: more than every number.
  case infinity

  /// The letter.
  public var letter: Character { ["W", "V", "U", "∩"][rawValue] }
  /// By position.
  public static func < (a: LaegnaBoundary, b: LaegnaBoundary) -> Bool { a.rawValue < b.rawValue }
}

/// A string of Laegna digits, the first one counting most, in base 4 (I, O, A, E) or base 2 (O, A).
///
/// A string of R digits of base b stands for two numbers, T = b^R:
/// - unsigned: u = 1 + Σ d_i b^(R - i), from 1 to T;
/// - signed: s = u - T/2, and 1 less where that is not positive; from -T/2 to T/2 without zero.
///
/// One base-2 digit is half a base-4 digit: the base-2 form of twice the length stands for the same numbers.
public struct LaegnaDigits: Sendable, Hashable, CustomStringConvertible {
  /// 4 or 2.
  public let base: Int
  /// The digits, 0 ..< base.
  public let values: [Int]

  /// How many digits there can be.
  static func mostDigits(base: Int) -> Int { base == 4 ? 31 : 62 }

  /// Digits of base 4.
  public init(_ digits: [LaegnaDigit]) { self.init(base: 4, values: digits.map(\.rawValue)) }

  init(base: Int, values: [Int]) {
    self.base = base
    self.values = values
  }

  /// The string of `count` digits that stands for the unsigned number `unsigned`.
  /// - Throws: where there is none: numbers go from 1 to base^count.
  public init(unsigned: Int, count: Int, base: Int = 4) throws(TensorError) {
    guard base == 4 || base == 2, (1...Self.mostDigits(base: base)).contains(count) else {
      throw TensorError(
        .value, "LaegnaDigits",
        "digits are of base 4 (1 to 31 of them) or 2 (1 to 62), and \(count) of base \(base) were asked for")
    }
    let bits = count * (base == 4 ? 2 : 1)
    guard (1...(1 << bits)).contains(unsigned) else {
      throw TensorError(
        .value, "LaegnaDigits",
        "\(unsigned) has no \(count) digits of base \(base): they stand for 1 to \(1 << bits)")
    }
    let width = base == 4 ? 2 : 1
    values = (0..<count).map { (unsigned - 1) >> ((count - 1 - $0) * width) & (base - 1) }
    self.base = base
  }

  /// The string of `count` digits that stands for the signed number `signed`.
  /// - Throws: where there is none: zero, and numbers beyond ±base^count / 2.
  public init(signed: Int, count: Int, base: Int = 4) throws(TensorError) {
    let most = 1 << max(0, min(61, count * (base == 4 ? 2 : 1) - 1))
    guard signed != 0, signed >= -most, signed <= most else {
      throw TensorError(
        .value, "LaegnaDigits",
        signed == 0
          ? "zero has no digits: it is the boundary value U"
          : "\(signed) has no \(count) digits of base \(base): they stand for ±1 to ±\(most)")
    }
    try self.init(unsigned: signed > 0 ? signed + most : signed + most + 1, count: count, base: base)
  }

  /// Reads digits as ``text`` writes them, all of base 4 or, if so asked, of base 2. Capital and small letters are the same here.
  /// - Throws: an error that names the first letter that is no digit, and its place.
  public init(_ text: String, base: Int = 4) throws(TensorError) {
    let letters: [Character] = base == 2 ? ["O", "A"] : ["I", "O", "A", "E"]
    guard base == 4 || base == 2, !text.isEmpty, text.count <= Self.mostDigits(base: base) else {
      throw TensorError(
        .value, "Laegna", "'\(text)' is no number: there are 1 to 31 digits of base 4, or 1 to 62 of base 2")
    }
    var values: [Int] = []
    for (place, letter) in text.enumerated() {
      guard let value = letters.firstIndex(where: { $0 == letter || $0.lowercased() == String(letter) }) else {
        let isBoundary = LaegnaBoundary.allCases.contains { $0.letter == letter }
        throw TensorError(
          .value, "Laegna",
          "'\(text)' is no number: '\(letter)' at place \(place + 1) "
            + (isBoundary
              ? "stands alone, never among digits"
              : "is none of the digits \(letters.map(String.init).joined(separator: ", "))"))
      }
      values.append(value)
    }
    self.init(base: base, values: values)
  }

  /// How many digits there are.
  public var count: Int { values.count }
  /// Bits that a digit has.
  private var width: Int { base == 4 ? 2 : 1 }
  /// The unsigned number: 1 to base^count.
  public var unsigned: Int { 1 + values.reduce(0) { $0 << width | $1 } }
  /// The signed number: from -base^count / 2 to base^count / 2, never 0.
  public var signed: Int {
    let s = unsigned - 1 << (count * width - 1)
    return s > 0 ? s : s - 1
  }
  /// The digits in capital letters.
  public var text: String {
    String(values.map { base == 4 ? LaegnaDigit.allCases[$0].letter : $0 == 0 ? "O" : "A" })
  }
  public var description: String { text }

  /// Every digit replaced by that on the other side of zero, which negates the signed number.
  public var complement: LaegnaDigits { LaegnaDigits(base: base, values: values.map { base - 1 - $0 }) }
  /// The same numbers in digits of base 2.
  public var bits: LaegnaDigits {
    base == 2 ? self : LaegnaDigits(base: 2, values: values.flatMap { [$0 >> 1, $0 & 1] })
  }
}

/// Strings of one length are ordered as their numbers are, both readings alike.
extension LaegnaDigits: Comparable {
  /// By position.
  public static func < (a: LaegnaDigits, b: LaegnaDigits) -> Bool { a.values.lexicographicallyPrecedes(b.values) }
}

/// A Laegna number of any format as text: a string of digits, or a boundary value.
public enum LaegnaNumeral: Sendable, Hashable, CustomStringConvertible {
  /// A string of digits.
  case digits(LaegnaDigits)
  /// A value that stands alone.
  case boundary(LaegnaBoundary)

  /// Reads a boundary value (W, V, U, ∩) or digits.
  /// - Throws: an error that names the letter that is wrong, and its place.
  public init(_ text: String, base: Int = 4) throws(TensorError) {
    if let boundary = LaegnaBoundary.allCases.first(where: { String($0.letter) == text }) {
      self = .boundary(boundary)
    } else {
      self = .digits(try LaegnaDigits(text, base: base))
    }
  }

  /// The numeral of `count` digits for the signed number `signed`, U for zero.
  init(signed: Int, count: Int, base: Int) {
    let digits = try? LaegnaDigits(signed: signed, count: count, base: base)
    self = digits.map { .digits($0) } ?? .boundary(.zero)
  }

  public var description: String {
    switch self {
    case .digits(let digits): digits.text
    case .boundary(let boundary): String(boundary.letter)
    }
  }

  /// The signed number, 0 for both zeros; nil for infinities.
  public var signed: Int? {
    switch self {
    case .digits(let digits): digits.signed
    case .boundary(.zero), .boundary(.minusZero): 0
    case .boundary(.infinity), .boundary(.minusInfinity): nil
    }
  }
}
