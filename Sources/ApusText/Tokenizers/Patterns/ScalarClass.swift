/// A set of Unicode scalars, as `[^\s\p{L}a-z]` describes it.
struct ScalarClass: Sendable {
  /// General categories, one bit each.
  var categories: UInt32 = 0
  var ranges: [ClosedRange<UInt32>] = []
  /// Sets in the set, and the properties that are none of the above.
  var parts: [ScalarClass] = []
  /// What else a scalar must be in: `[a-z&&[^b]]`.
  var others: [ScalarClass] = []
  var property: Property?
  var isNegated = false
  /// Which of the scalars below 128 are in the set; set by ``close()``.
  private(set) var low: UInt64 = 0
  private(set) var high: UInt64 = 0

  /// Properties that are not made of general categories.
  enum Property: Sendable {
    case whitespace, alphabetic, word, any
  }

  init() {}
  init(categories: UInt32) { self.categories = categories }
  init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }
  init(_ property: Property) { self.property = property }

  static let digit = ScalarClass(categories: UnicodeTable.decimalNumber)

  func negated(_ isNegated: Bool = true) -> ScalarClass {
    var result = self
    result.isNegated = isNegated != self.isNegated
    return result
  }

  /// Whether the scalar is in the set, by what the set consists of.
  func describes(_ scalar: UInt32, _ table: UnicodeTable) -> Bool {
    let bits = table[scalar]
    var isIn = categories >> UInt32(bits & UnicodeTable.categoryBits) & 1 != 0
    if !isIn, let property {
      isIn =
        switch property {
        case .whitespace: bits & UnicodeTable.whitespace != 0
        case .alphabetic: bits & UnicodeTable.alphabetic != 0
        case .word: table.isWord(scalar)
        case .any: true
        }
    }
    if !isIn { isIn = ranges.contains { $0.contains(scalar) } || parts.contains { $0.describes(scalar, table) } }
    if isIn, !others.isEmpty { isIn = others.allSatisfy { $0.describes(scalar, table) } }
    return isIn != isNegated
  }

  /// Notes which scalars below 128 are in the set.
  mutating func close() {
    let table = UnicodeTable.shared
    (low, high) = (0, 0)
    for scalar in UInt32(0)..<128 where describes(scalar, table) {
      if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
    }
  }

  /// Whether a scalar below 128 is in the set.
  @inline(__always)
  func containsLow(_ byte: UInt8) -> Bool { (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1 != 0 }

  /// The set and all that differs from something in it only by case.
  func ignoringCase() -> ScalarClass {
    var result = self
    result.isNegated = false
    for range in ranges where range.count <= 4096 {
      for scalar in range { result.ranges += CaseVariants.of(scalar).map { $0...$0 } }
    }
    // Letters of one case stand for those of the other.
    if categories & 7 != 0 { result.categories |= 7 }
    result.parts = parts.map { $0.ignoringCase() }
    return result.negated(isNegated)
  }
}

/// The scalars that differ from one only by case.
enum CaseVariants {
  static func of(_ scalar: UInt32) -> [UInt32] {
    guard let value = Unicode.Scalar(scalar) else { return [scalar] }
    var found: Set<UInt32> = [scalar]
    func add(_ mapping: String) {
      let scalars = mapping.unicodeScalars
      if scalars.count == 1, let one = scalars.first { found.insert(one.value) }
    }
    add(value.properties.lowercaseMapping)
    add(value.properties.uppercaseMapping)
    for other in Array(found) {
      guard let other = Unicode.Scalar(other) else { continue }
      add(other.properties.lowercaseMapping)
      add(other.properties.uppercaseMapping)
    }
    // Letters of other alphabets whose other case is in ASCII.
    if found.contains(0x73) { found.insert(0x17f) }
    if found.contains(0x6b) { found.insert(0x212a) }
    if found.contains(0xe5) { found.insert(0x212b) }
    return found.sorted()
  }
}
