/// What characters consist of, and what they compose to (Unicode Standard Annex 15).
package struct Decompositions: Sendable {
  package static let shared = Decompositions()

  private var canonical: [UInt32: [UInt32]] = [:]
  private var compatible: [UInt32: [UInt32]] = [:]
  private var compositions: [UInt64: UInt32] = [:]
  private var seconds: Set<UInt32> = []

  private init() {
    var steps: [UInt32: [UInt32]] = [:]
    Self.read(DecompositionData.canonical) { scalar, parts, isExcluded in
      steps[scalar] = parts
      if parts.count == 2, !isExcluded {
        compositions[UInt64(parts[0]) << 32 | UInt64(parts[1])] = scalar
        seconds.insert(parts[1])
      }
    }
    for (scalar, parts) in steps {
      var whole = parts
      while let inner = steps[whole[0]] { whole.replaceSubrange(0..<1, with: inner) }
      canonical[scalar] = whole
    }
    Self.read(DecompositionData.compatible) { scalar, parts, _ in compatible[scalar] = parts }
    // What decomposes canonically into something that decomposes for compatibility.
    for (scalar, parts) in canonical where parts.contains(where: { compatible[$0] != nil }) {
      compatible[scalar] = parts.flatMap { compatible[$0] ?? [$0] }
    }
  }

  private static func read(_ source: StaticString, _ body: (UInt32, [UInt32], Bool) -> Void) {
    var scalar: UInt32 = 0
    let bytes = UnsafeBufferPointer(start: source.utf8Start, count: source.utf8CodeUnitCount)
    for entry in bytes.split(whereSeparator: { $0 == 32 || $0 == 10 }) {
      let isExcluded = entry.first == UInt8(ascii: "!")
      let halves = entry.dropFirst(isExcluded ? 1 : 0).split(separator: UInt8(ascii: ":"))
      scalar += UInt32(String(decoding: halves[0], as: UTF8.self), radix: 16) ?? 0
      let parts = halves[1].split(separator: UInt8(ascii: "+"))
      body(scalar, parts.map { UInt32(String(decoding: $0, as: UTF8.self), radix: 16) ?? 0 }, isExcluded)
    }
  }

  /// The scalars where normalisation may change something, apart from their combining classes and from syllables of Hangul.
  package var touched: [UInt32] {
    Array(canonical.keys) + Array(compatible.keys) + Array(seconds) + Array(UInt32(0x1161)..<0x11c3)
  }

  /// The whole decomposition of a scalar, nil where it is itself.
  package func parts(_ scalar: UInt32, isCompatible: Bool) -> [UInt32]? {
    if (0xac00..<0xd7a4).contains(scalar) {
      let place = scalar - 0xac00
      let syllable = [0x1100 + place / 588, 0x1161 + place % 588 / 28]
      return place % 28 == 0 ? syllable : syllable + [0x11a7 + place % 28]
    }
    if isCompatible, let parts = compatible[scalar] { return parts }
    return canonical[scalar]
  }

  /// What two scalars compose to, nil where they do not.
  func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
      return 0xac00 + (first - 0x1100) * 588 + (second - 0x1161) * 28
    }
    if (0xac00..<0xd7a4).contains(first), (first - 0xac00) % 28 == 0, (0x11a8..<0x11c3).contains(second) {
      return first + second - 0x11a7
    }
    return compositions[UInt64(first) << 32 | UInt64(second)]
  }

  /// The canonical combining class.
  package static func combiningClass(_ scalar: UInt32) -> UInt8 {
    Unicode.Scalar(scalar)?.properties.canonicalCombiningClass.rawValue ?? 0
  }
}
