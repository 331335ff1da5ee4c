import ApusFormats

/// Properties of Unicode scalars as 16 bits each, in pages of 256, read once from the standard library's tables: a look-up costs
/// two loads.
struct UnicodeTable: @unchecked Sendable {
  /// Bits 0 to 4 are the general category, in the order of ``categoryNames``.
  static let categoryBits: UInt16 = 0x1f
  static let whitespace: UInt16 = 1 << 5
  static let alphabetic: UInt16 = 1 << 6
  /// Its lowercase is something else.
  static let changesLowercased: UInt16 = 1 << 7
  /// Normalisation may have to look at it: it decomposes, or does not begin a sequence.
  static let normalizes: UInt16 = 1 << 8
  /// Its canonical combining class is not 0.
  static let combines: UInt16 = 1 << 9

  static let shared = UnicodeTable()

  private let pages: UnsafeMutablePointer<UInt16>
  private let index: UnsafeMutablePointer<UInt16>

  /// The bits of `scalar`.
  @inline(__always)
  subscript(_ scalar: UInt32) -> UInt16 { pages[Int(index[Int(scalar >> 8)]) << 8 | Int(scalar & 0xff)] }

  /// The general category of `scalar` as a mask of one bit.
  @inline(__always)
  func category(_ scalar: UInt32) -> UInt32 { 1 << UInt32(self[scalar] & Self.categoryBits) }

  @inline(__always)
  func isWhitespace(_ scalar: UInt32) -> Bool { self[scalar] & Self.whitespace != 0 }

  private init() {
    var all: [UInt16] = []
    var numbers: [UInt16] = []
    // Pages whose scalars are all alike, and those of planes with nothing in them, are kept once.
    var uniform: [UInt16: UInt16] = [:]
    for page in 0..<UInt32(0x1100) {
      let first = page << 8
      let isAlike =
        (0x3400..<0x9f00).contains(first) && first != 0x4d00 || (0xac00..<0xd700).contains(first)
        || (0xd800..<0xf900).contains(first) || (0x17000..<0x18700).contains(first)
        || (0x20000..<0x2a600).contains(first) || (0x32400..<0xe0000).contains(first) && first & 0xff00 != 0xff00
        || (0xe0200..<0xf0000).contains(first) && first != 0xeff00
        || first >= 0xf0000 && first & 0xff00 != 0xff00
      if isAlike {
        let value = Self.bits(first)
        if let number = uniform[value] {
          numbers.append(number)
          continue
        }
        uniform[value] = UInt16(all.count >> 8)
        numbers.append(UInt16(all.count >> 8))
        all += repeatElement(value, count: 256)
      } else {
        numbers.append(UInt16(all.count >> 8))
        for scalar in first..<first + 256 { all.append(Self.bits(scalar)) }
      }
    }
    for scalar in Decompositions.shared.touched {
      all[Int(numbers[Int(scalar >> 8)]) << 8 | Int(scalar & 0xff)] |= Self.normalizes
    }
    pages = .allocate(capacity: all.count)
    pages.initialize(from: all, count: all.count)
    index = .allocate(capacity: numbers.count)
    index.initialize(from: numbers, count: numbers.count)
  }

  private static func bits(_ value: UInt32) -> UInt16 {
    guard let scalar = Unicode.Scalar(value) else { return categoryNumber(.surrogate) }
    let properties = scalar.properties
    var bits = categoryNumber(properties.generalCategory)
    if properties.isWhitespace { bits |= whitespace }
    if properties.isAlphabetic { bits |= alphabetic }
    if properties.changesWhenLowercased { bits |= changesLowercased }
    if properties.canonicalCombiningClass != .notReordered { bits |= combines | normalizes }
    if (0xac00..<0xd7a4).contains(value) { bits |= normalizes }
    return bits
  }

  /// The general categories by the number that stands for them.
  static let categoryNames = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm",
    "Sc",
    "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  private static func categoryNumber(_ category: Unicode.GeneralCategory) -> UInt16 {
    switch category {
    case .uppercaseLetter: 0
    case .lowercaseLetter: 1
    case .titlecaseLetter: 2
    case .modifierLetter: 3
    case .otherLetter: 4
    case .nonspacingMark: 5
    case .spacingMark: 6
    case .enclosingMark: 7
    case .decimalNumber: 8
    case .letterNumber: 9
    case .otherNumber: 10
    case .connectorPunctuation: 11
    case .dashPunctuation: 12
    case .openPunctuation: 13
    case .closePunctuation: 14
    case .initialPunctuation: 15
    case .finalPunctuation: 16
    case .otherPunctuation: 17
    case .mathSymbol: 18
    case .currencySymbol: 19
    case .modifierSymbol: 20
    case .otherSymbol: 21
    case .spaceSeparator: 22
    case .lineSeparator: 23
    case .paragraphSeparator: 24
    case .control: 25
    case .format: 26
    case .surrogate: 27
    case .privateUse: 28
    case .unassigned: 29
    @unknown default: 29
    }
  }

  /// The categories whose names begin with `letter`, as a mask.
  static func categories(_ letter: Character) -> UInt32 {
    var mask: UInt32 = 0
    for (i, name) in categoryNames.enumerated() where name.first == letter { mask |= 1 << UInt32(i) }
    return mask
  }

  static let marks: UInt32 = 7 << 5
  static let nonspacingMark: UInt32 = 1 << 5
  static let decimalNumber: UInt32 = 1 << 8
  static let numbers: UInt32 = 7 << 8
  static let punctuation: UInt32 = 0x7f << 11
  static let connector: UInt32 = 1 << 11

  /// Letters, marks, decimal digits and connecting punctuation: `\w`.
  @inline(__always)
  func isWord(_ scalar: UInt32) -> Bool {
    let bits = self[scalar]
    return bits & Self.alphabetic != 0
      || (1 << UInt32(bits & Self.categoryBits)) & (Self.marks | Self.decimalNumber | Self.connector) != 0
  }
}

/// Lowercase letters of scalars.
struct LowercaseTable: Sendable {
  static let shared = LowercaseTable()

  private var single: [UInt32: UInt32] = [:]
  private var longer: [UInt32: [UInt32]] = [:]

  private init() {
    let table = UnicodeTable.shared
    for value in UInt32(0x80)..<0x20000 where table[value] & UnicodeTable.changesLowercased != 0 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let lower = scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
      if lower.count == 1 { single[value] = lower[0] } else { longer[value] = lower }
    }
  }

  /// Gives `body` each scalar of the lowercase of `scalar`, of which the table says that it changes.
  @inline(__always)
  func forEach(_ scalar: UInt32, _ body: (UInt32) -> Void) {
    if let lower = single[scalar] { return body(lower) }
    if let lower = longer[scalar] { lower.forEach(body) } else { body(scalar) }
  }
}
