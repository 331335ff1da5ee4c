import ApusCore

/// The table of all strings of so many digits with the numbers that they stand for, from the least to the greatest.
public struct LaegnaTable: Sendable {
  /// A line of the table.
  public struct Entry: Sendable, Hashable {
    /// The digits.
    public let digits: LaegnaDigits
    /// The same in base 2.
    public var bits: LaegnaDigits { digits.bits }
    /// The unsigned number.
    public var unsigned: Int { digits.unsigned }
    /// The signed number.
    public var signed: Int { digits.signed }
    /// The real number in -2...2 that the digits stand for, 2 s / (T / 2) with T strings in all.
    public var real: Double { 4 * Double(signed) / Double(1 << digits.bits.count) }
  }

  /// One line for each string.
  public let entries: [Entry]

  /// All strings of `count` digits of base 4 (up to 8) or 2 (up to 16).
  /// - Throws: for other counts and bases.
  public init(digits count: Int, base: Int = 4) throws(TensorError) {
    guard base == 4 && (1...8).contains(count) || base == 2 && (1...16).contains(count) else {
      throw TensorError(
        .value, "LaegnaTable",
        "there are tables of 1 to 8 digits of base 4 and of 1 to 16 of base 2; found \(count) of base \(base)")
    }
    var entries: [Entry] = []
    for unsigned in 1...(1 << (count * (base == 4 ? 2 : 1))) {
      entries.append(Entry(digits: try LaegnaDigits(unsigned: unsigned, count: count, base: base)))
    }
    self.entries = entries
  }
}
