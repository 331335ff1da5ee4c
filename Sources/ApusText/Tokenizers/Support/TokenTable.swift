/// Tokens as bytes and their numbers: a hash table over one run of bytes.
///
/// Looking up costs one hash of the bytes and, nearly always, one comparison.
final class TokenTable: @unchecked Sendable {
  /// How many entries there are.
  let count: Int
  private let arena: UnsafeMutablePointer<UInt8>
  /// Where each entry begins; one more than there are entries.
  private let places: UnsafeMutablePointer<UInt32>
  private let numbers: UnsafeMutablePointer<UInt32>
  /// 1 + the entry, 0 where there is none.
  private let slots: UnsafeMutablePointer<UInt32>
  private let mask: Int
  /// The entry of each number.
  private let entries: NumberedEntries
  /// The bytes of the longest entry.
  let longest: Int

  /// Of entries with the same bytes or the same number the last counts.
  init(_ tokens: some Collection<(bytes: ArraySlice<UInt8>, id: UInt32)>) {
    let total = tokens.reduce(0) { $0 + $1.bytes.count }
    count = tokens.count
    arena = .allocate(capacity: max(1, total))
    places = .allocate(capacity: count + 1)
    numbers = .allocate(capacity: max(1, count))
    var size = 16
    while size < count * 2 { size *= 2 }
    slots = .allocate(capacity: size)
    slots.initialize(repeating: 0, count: size)
    mask = size - 1
    var (position, entry, longest) = (0, 0, 0)
    for token in tokens {
      places[entry] = UInt32(position)
      numbers[entry] = token.id
      Self.copy(token.bytes, to: arena + position)
      position += token.bytes.count
      longest = max(longest, token.bytes.count)
      entry += 1
    }
    places[count] = UInt32(position)
    self.longest = longest
    entries = NumberedEntries(UnsafeBufferPointer(start: numbers, count: count))
    for entry in 0..<count {
      let length = Int(places[entry + 1] - places[entry])
      var slot = hashBytes(arena + Int(places[entry]), length) & mask
      while slots[slot] != 0, !isEqual(Int(slots[slot]) - 1, arena + Int(places[entry]), length) {
        slot = (slot + 1) & mask
      }
      slots[slot] = UInt32(entry + 1)
    }
  }

  private static func copy(_ bytes: ArraySlice<UInt8>, to place: UnsafeMutablePointer<UInt8>) {
    bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      place.initialize(from: base, count: bytes.count)
    }
  }

  deinit {
    arena.deallocate()
    places.deallocate()
    numbers.deallocate()
    slots.deallocate()
  }

  @inline(__always)
  private func isEqual(_ entry: Int, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let start = Int(places[entry])
    guard Int(places[entry + 1]) - start == count else { return false }
    return equalBytes(arena + start, bytes, count)
  }

  /// The number of the token that these bytes are, or -1.
  @inline(__always)
  func number(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    guard count <= longest else { return -1 }
    var slot = hashBytes(bytes, count) & mask
    while true {
      let entry = Int(slots[slot]) - 1
      if entry < 0 { return -1 }
      if isEqual(entry, bytes, count) { return Int(numbers[entry]) }
      slot = (slot + 1) & mask
    }
  }

  /// The number of the token that these bytes are, or nil.
  func number(_ bytes: some Collection<UInt8>) -> Int? {
    let found = ContiguousArray(bytes).withUnsafeBufferPointer { bytes -> Int in
      var none: UInt8 = 0
      return bytes.baseAddress.map { number($0, bytes.count) } ?? number(&none, 0)
    }
    return found < 0 ? nil : found
  }

  /// The bytes of a token, or nil where the number stands for none.
  func bytes(_ number: Int) -> UnsafeBufferPointer<UInt8>? {
    guard let entry = entries[number] else { return nil }
    let start = Int(places[entry])
    return UnsafeBufferPointer(start: arena + start, count: Int(places[entry + 1]) - start)
  }

  /// All bytes with their numbers.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>, Int) -> Void) {
    for entry in 0..<count {
      let start = Int(places[entry])
      body(UnsafeBufferPointer(start: arena + start, count: Int(places[entry + 1]) - start), Int(numbers[entry]))
    }
  }

  /// One more than the highest number.
  var end: Int { entries.end }
}

/// The entry of each number: a list where the numbers are dense, else a dictionary, so that a file cannot ask for memory with a
/// high number.
struct NumberedEntries: Sendable {
  private var dense: [Int32] = []
  private var sparse: [Int: Int32] = [:]
  private(set) var end = 0

  init(_ numbers: UnsafeBufferPointer<UInt32>) {
    for number in numbers { end = max(end, Int(number) + 1) }
    if end <= 4 * numbers.count + 1024 {
      dense = [Int32](repeating: -1, count: end)
      for (entry, number) in numbers.enumerated() { dense[Int(number)] = Int32(entry) }
    } else {
      for (entry, number) in numbers.enumerated() { sparse[Int(number)] = Int32(entry) }
    }
  }

  subscript(_ number: Int) -> Int? {
    if !dense.isEmpty { return number >= 0 && number < end && dense[number] >= 0 ? Int(dense[number]) : nil }
    return sparse[number].map(Int.init)
  }
}

@inline(__always)
func hashBytes(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
  let raw = UnsafeRawPointer(bytes)
  var hash = UInt64(truncatingIfNeeded: count) &* 0x9e37_79b9_7f4a_7c15
  var position = 0
  while position + 8 <= count {
    hash = (hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)) &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 32
    position += 8
  }
  if position < count {
    var tail: UInt64 = 0
    if position + 4 <= count {
      tail = UInt64(raw.loadUnaligned(fromByteOffset: position, as: UInt32.self))
      position += 4
    }
    while position < count {
      tail = tail << 8 | UInt64(bytes[position])
      position += 1
    }
    hash = (hash ^ tail) &* 0xc4ce_b9fe_1a85_ec53
    hash ^= hash >> 29
  }
  return Int(truncatingIfNeeded: hash ^ hash >> 17)
}

@inline(__always)
func equalBytes(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  let (x, y) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
  var position = 0
  while position + 8 <= count {
    if x.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      != y.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    {
      return false
    }
    position += 8
  }
  while position < count {
    if a[position] != b[position] { return false }
    position += 1
  }
  return true
}
