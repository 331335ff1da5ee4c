/// The normalisation that a sentencepiece model carries: a double-array trie of sequences and what stands in their place.
///
/// The format: four bytes for the length of the trie in bytes, little-endian; the trie, 32-bit units as Darts-clone writes them; the
/// replacements, each with a zero byte at its end.
struct PrecompiledCharsmap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]
  /// The longest one of Unicode's compatibility forms has 33 bytes.
  private static let longestReplacement = 128

  /// - Throws: a text where the bytes are no such map.
  init(_ bytes: [UInt8]) throws(PatternMistake) {
    func number(at place: Int) -> UInt32 {
      let (low, high) = (
        UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8, UInt32(bytes[place + 2]) | UInt32(bytes[place + 3]) << 8
      )
      return low | high << 16
    }
    guard bytes.count >= 4 else { throw PatternMistake(description: "a map of \(bytes.count) bytes is cut short") }
    let size = Int(number(at: 0))
    guard size % 4 == 0, size <= bytes.count - 4 else {
      throw PatternMistake(description: "its trie of \(size) bytes does not fit into \(bytes.count)")
    }
    units = (0..<size / 4).map { number(at: 4 + 4 * $0) }
    replacements = Array(bytes[(4 + size)...])
    guard replacements.split(separator: 0).allSatisfy({ $0.count <= Self.longestReplacement }) else {
      throw PatternMistake(description: "a replacement has more than \(Self.longestReplacement) bytes")
    }
  }

  /// Where a replacement begins in the bytes that `find` has looked up, and how many bytes were taken for it.
  ///
  /// - Parameter isLongest: whether the longest beginning counts rather than the shortest.
  func find(_ bytes: UnsafePointer<UInt8>, _ count: Int, isLongest: Bool) -> (value: Int, length: Int)? {
    units.withUnsafeBufferPointer { units in
      guard units.count > 0 else { return nil }
      func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & (1 << 9)) >> 6)) }
      var found: (Int, Int)?
      var node = offset(units[0])
      for i in 0..<count {
        node ^= Int(bytes[i])
        guard node < units.count else { break }
        let unit = units[node]
        guard unit & (1 << 31 | 0xff) == UInt32(bytes[i]) else { break }
        node ^= offset(unit)
        if unit >> 8 & 1 == 1, node < units.count {
          found = (Int(units[node] & 0x7fff_ffff), i + 1)
          if !isLongest { break }
        }
      }
      return found
    }
  }

  /// The replacement that begins at `place`.
  func replacement(_ place: Int) -> ArraySlice<UInt8> {
    guard place < replacements.count else { return [] }
    return replacements[place...].prefix { $0 != 0 }
  }

  /// Replaces in the text, the way of Hugging Face's library: whole characters of fewer than 6 bytes first, by the shortest beginning
  /// that the map has, then scalars.
  func apply(_ text: inout NormalizedText) {
    var changes: [(scalar: UInt32, change: Int)] = []
    changes.reserveCapacity(text.bytes.count)
    var isChanged = false
    func replace(_ old: [UInt32], _ new: [UInt32]) {
      isChanged = true
      changes += new.map { ($0, 0) }
      let difference = new.count - old.count
      if difference > 0 {
        for i in max(0, changes.count - difference)..<changes.count { changes[i].change = 1 }
      } else if difference < 0, !changes.isEmpty {
        changes[changes.count - 1].change += difference
      }
    }
    func lookUp(_ part: [UInt8]) -> [UInt32]? {
      let found = part.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.flatMap { find($0, bytes.count, isLongest: false) }
      }
      return found.map { Array(replacement($0.value)).scalars }
    }
    for character in String(decoding: text.bytes, as: UTF8.self) {
      let bytes = Array(character.utf8)
      if bytes.count < 6, let new = lookUp(bytes) {
        replace(bytes.scalars, new)
        continue
      }
      for scalar in bytes.scalars {
        var part: [UInt8] = []
        part.append(scalar: scalar)
        if let new = lookUp(part) { replace([scalar], new) } else { changes.append((scalar, 0)) }
      }
    }
    guard isChanged else { return }
    text.rebuild { text in
      for item in changes { text.add(item.scalar, item.change) }
    }
  }
}
