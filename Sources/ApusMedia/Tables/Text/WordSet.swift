/// A few words, such as those that stand for a missing value, and a quick answer that bytes are none of them.
struct WordSet: Sendable {
  private let words: [[UInt8]]
  /// The words of up to 8 bytes as numbers, beside their lengths: one comparison each.
  private let short: [(length: Int, key: UInt64)]
  /// For each first byte, the lengths of the words that begin with it; a word of 63 letters and more is in the last bit.
  private let lengths: [UInt64]
  let hasEmpty: Bool

  init(_ texts: [String]) {
    words = texts.map { Array($0.utf8) }
    hasEmpty = words.contains([])
    short = words.filter { $0.count <= 8 }.map { word in
      (word.count, word.withUnsafeBufferPointer { $0.baseAddress.map { Self.key($0, word.count) } ?? 0 })
    }
    var lengths = [UInt64](repeating: 0, count: 256)
    for word in words {
      if let first = word.first { lengths[Int(first)] |= 1 << UInt64(min(63, word.count)) }
    }
    self.lengths = lengths
  }

  @inline(__always)
  func contains(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count > 0 else { return hasEmpty }
    let mask = lengths.withUnsafeBufferPointer { $0[Int(bytes.pointee)] }
    guard mask != 0, mask >> UInt64(min(63, count)) & 1 == 1 else { return false }
    return search(bytes, count)
  }

  private static func key(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    if count < 8 { return NumberParsing.leftmost(bytes, count) }
    return UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
  }

  private func search(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if count <= 8 {
      let key = Self.key(bytes, count)
      return short.contains { $0.length == count && $0.key == key }
    }
    return words.contains { $0.count == count && $0.elementsEqual(UnsafeBufferPointer(start: bytes, count: count)) }
  }
}
