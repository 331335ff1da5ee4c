/// A text on its way through normalisation: its bytes so far, and which bytes of the original each of them stands for.
struct NormalizedText {
  /// UTF-8.
  var bytes: [UInt8]
  /// For each byte where what it stands for begins in the original; empty as long as every byte stands for itself.
  var starts: [UInt32] = []
  /// For each byte where what it stands for ends.
  var ends: [UInt32] = []
  /// The part of the original that the text comes from.
  let origin: Range<Int>

  init(_ bytes: [UInt8]) { (self.bytes, origin) = (bytes, 0..<bytes.count) }

  init(bytes: [UInt8], starts: [UInt32], ends: [UInt32], origin: Range<Int>) {
    (self.bytes, self.starts, self.ends, self.origin) = (bytes, starts, ends, origin)
  }

  /// Whether every byte stands for itself.
  var isIdentity: Bool { starts.isEmpty }

  var isASCII: Bool { bytes.withUnsafeBufferPointer { apusIsASCII($0) } }

  /// Writes down what each byte stands for, if it is not.
  mutating func align() {
    guard starts.isEmpty, !bytes.isEmpty else { return }
    (starts, ends) = ([], [])
    starts.reserveCapacity(bytes.count)
    ends.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
      let length = min(scalarLength(bytes[position]), bytes.count - position)
      for _ in 0..<length {
        starts.append(UInt32(origin.lowerBound + position))
        ends.append(UInt32(origin.lowerBound + position + length))
      }
      position += length
    }
  }

  /// Builds the text anew. `build` gives the scalars of the new text to a ``TextRebuilder``, which knows what they replace.
  ///
  /// - Parameter removed: how many scalars at the beginning have gone.
  mutating func rebuild(removingFirst removed: Int = 0, _ build: (inout TextRebuilder) throws -> Void) rethrows {
    align()
    var rebuilder = TextRebuilder(self)
    rebuilder.skip(removed)
    try build(&rebuilder)
    (bytes, starts, ends) = (rebuilder.bytes, rebuilder.starts, rebuilder.ends)
    if bytes.isEmpty { (starts, ends) = ([], []) }
  }

  /// Keeps the scalars that `keeps` wants.
  mutating func filter(_ keeps: (UInt32) -> Bool) {
    let scalars = bytes.scalars
    guard let first = scalars.firstIndex(where: keeps) else {
      if !scalars.isEmpty { rebuild { _ in } }
      return
    }
    if scalars.allSatisfy(keeps) { return }
    rebuild(removingFirst: first) { text in
      var last = scalars[first]
      var removed = 0
      for scalar in scalars[(first + 1)...] {
        if keeps(scalar) {
          text.add(last, -removed)
          (last, removed) = (scalar, 0)
        } else {
          removed += 1
        }
      }
      text.add(last, -removed)
    }
  }

  /// Puts the lowercase of its scalars in their place.
  mutating func lowercase() {
    if isASCII {
      for i in bytes.indices where bytes[i] &- 65 < 26 { bytes[i] |= 32 }
      return
    }
    let (table, lowercase) = (UnicodeTable.shared, LowercaseTable.shared)
    let scalars = bytes.scalars
    rebuild { text in
      for scalar in scalars {
        if scalar < 128 {
          text.add(scalar &- 65 < 26 ? scalar | 32 : scalar, 0)
        } else if table[scalar]
          & UnicodeTable.changesLowercased != 0
        {
          var change = 0
          lowercase.forEach(scalar) {
            text.add($0, change)
            change = 1
          }
        } else {
          text.add(scalar, 0)
        }
      }
    }
  }

  /// Puts `text` before the text.
  mutating func prepend(_ prefix: [UInt8]) {
    let (prefix, scalars) = (prefix.scalars, bytes.scalars)
    guard let first = scalars.first, !prefix.isEmpty else { return }
    align()
    let length = utf8Length(first)
    let (start, end) = (starts[0], ends[0])
    var front: [UInt8] = []
    for scalar in prefix { front.append(scalar: scalar) }
    bytes.insert(contentsOf: front, at: 0)
    // What was put there and the first scalar stand for the same.
    starts.replaceSubrange(0..<length, with: repeatElement(start, count: front.count + length))
    ends.replaceSubrange(0..<length, with: repeatElement(end, count: front.count + length))
  }

  /// Puts `content` in the place of what the pattern matches.
  mutating func replace(
    _ pattern: TextPattern, with content: [UInt8], _ budget: inout TextBudget
  ) throws(PatternMistake) {
    var matches: [(Int, Int)] = []
    let count = bytes.count
    try bytes.withUnsafeBufferPointer { text throws(PatternMistake) in
      guard let base = text.baseAddress else { return }
      try pattern.forEachMatch(base, from: 0, to: count, &budget) { matches.append(($0, $1)) }
    }
    if matches.isEmpty { return }
    if matches.allSatisfy({ $0.1 - $0.0 == 1 && content.count == 1 }) {
      for match in matches { bytes[match.0] = content[0] }
      return
    }
    try budget.take(count + matches.count * content.count)
    align()
    var new = NormalizedText(bytes: [], starts: [], ends: [], origin: origin)
    var last = 0
    func keep(_ start: Int, _ end: Int) {
      new.bytes += bytes[start..<end]
      new.starts += starts[start..<end]
      new.ends += ends[start..<end]
    }
    for (start, end) in matches {
      keep(last, start)
      new.bytes += content
      let (from, to) =
        end > 0 ? (starts[end - 1], ends[end - 1]) : (UInt32(origin.lowerBound), UInt32(origin.lowerBound))
      new.starts += repeatElement(from, count: content.count)
      new.ends += repeatElement(to, count: content.count)
      last = end
    }
    keep(last, bytes.count)
    self = new
  }

  /// Removes white space at the ends.
  mutating func strip(left: Bool, right: Bool) {
    let table = UnicodeTable.shared
    let scalars = bytes.scalars
    let leading = left ? scalars.prefix { table.isWhitespace($0) }.count : 0
    let trailing = right ? scalars.reversed().prefix { table.isWhitespace($0) }.count : 0
    guard leading + trailing > 0 else { return }
    rebuild(removingFirst: leading) { text in
      guard leading < scalars.count - trailing else { return }
      for scalar in scalars[leading..<scalars.count - trailing] { text.add(scalar, 0) }
    }
  }
}

/// Whether all bytes are below 128.
func apusIsASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  guard let base = bytes.baseAddress else { return true }
  let raw = UnsafeRawPointer(base)
  var position = 0
  while position + 8 <= bytes.count {
    if raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
    position += 8
  }
  while position < bytes.count {
    if base[position] >= 128 { return false }
    position += 1
  }
  return true
}

/// Builds a text out of another, scalar by scalar, and keeps what its bytes stand for.
struct TextRebuilder {
  private let old: NormalizedText
  private var place = 0
  private(set) var bytes: [UInt8] = []
  private(set) var starts: [UInt32] = []
  private(set) var ends: [UInt32] = []

  init(_ old: NormalizedText) {
    self.old = old
    bytes.reserveCapacity(old.bytes.count + 16)
    starts.reserveCapacity(old.bytes.count + 16)
    ends.reserveCapacity(old.bytes.count + 16)
  }

  /// Passes over scalars that have gone.
  mutating func skip(_ count: Int) {
    for _ in 0..<count where place < old.bytes.count { place += scalarLength(old.bytes[place]) }
  }

  /// Adds a scalar.
  ///
  /// - Parameter change: 0 where it replaces the next scalar, 1 where it is new and stands for the same as the one before,
  ///   -n where it replaces the next scalar and the n after it have gone.
  mutating func add(_ scalar: UInt32, _ change: Int) {
    let from: UInt32
    let to: UInt32
    if change > 0, place == 0 || old.starts.isEmpty {
      (from, to) = (UInt32(old.origin.lowerBound), UInt32(old.origin.lowerBound))
    } else {
      let index = min(change > 0 ? place - 1 : place, old.starts.count - 1)
      (from, to) = index < 0 ? (0, 0) : (old.starts[index], old.ends[index])
    }
    if change <= 0 { skip(1 - change) }
    let length = utf8Length(scalar)
    bytes.append(scalar: scalar)
    for _ in 0..<length {
      starts.append(from)
      ends.append(to)
    }
  }
}
