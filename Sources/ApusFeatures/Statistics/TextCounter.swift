import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Counts texts: how many differ, and which are the most frequent.
///
/// Counts are exact as long as no more than `limit` texts differ. Beyond, the less frequent half is forgotten now and then and
/// what it had at most is taken from all counts (Misra and Gries, made to merge by Agarwal et al. 2012): a count is too small by
/// ``error`` at most, which is at most twice the count of all texts divided by the limit; and the number of different texts
/// is an estimate (HyperLogLog, 16,384 registers: a standard error of 0.8 %).
struct TextCounter: Sendable {
  struct Entry: Sendable {
    let hash: UInt64
    let start: Int
    let length: Int
    var count: Int
    var weight: Double
    let isText: Bool
  }

  private let limit: Int
  private var entries: [Entry] = []
  /// The bytes of all entries behind each other.
  private var bytes: [UInt8] = []
  /// Places of entries, by hash; -1 where there is none. Its size is a power of two.
  private var table = [Int32](repeating: -1, count: 64)
  private var estimate: DistinctEstimate?
  /// By how much a count can be too small.
  private(set) var error = 0
  /// How many values were counted, and how many bytes they had.
  private(set) var total = 0
  private(set) var totalBytes = 0
  /// How many of them are no texts in UTF-8.
  private(set) var invalidCount = 0

  /// So many bytes of texts at most are kept, however few they are.
  private static let mostBytes = 256 << 20

  init(limit: Int) { self.limit = max(limit, 64) }

  /// How many texts differ.
  var uniqueCount: Int { estimate.map { max($0.count, entries.count) } ?? entries.count }

  /// Counts a text.
  mutating func add(_ text: UnsafeRawBufferPointer, weight: Double) {
    let isText = add(text, hash: Self.hash(text), count: 1, weight: weight)
    total += 1
    totalBytes += text.count
    if !isText { invalidCount += 1 }
  }

  /// Adds what another counter has.
  mutating func merge(_ other: TextCounter) {
    other.bytes.withUnsafeBytes { bytes in
      for entry in other.entries {
        _ = add(
          UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.length]), hash: entry.hash,
          count: entry.count, weight: entry.weight)
      }
    }
    if let theirs = other.estimate {
      var mine = estimate ?? startedEstimate
      mine.merge(theirs)
      estimate = mine
    }
    error += other.error
    total += other.total
    totalBytes += other.totalBytes
    invalidCount += other.invalidCount
  }

  /// The first `count` texts by their counts, or by their weights; of equals the greater text comes first.
  func top(_ count: Int, byWeight: Bool = false) -> [(label: String, count: Double)] {
    func less(_ a: Entry, _ b: Entry) -> Bool {
      let (x, y) = byWeight ? (a.weight, b.weight) : (Double(a.count), Double(b.count))
      if x != y { return x < y }
      return bytes[a.start..<a.start + a.length].lexicographicallyPrecedes(bytes[b.start..<b.start + b.length])
    }
    return entries.sorted { less($1, $0) }.prefix(count).map { entry in
      let text = bytes[entry.start..<entry.start + entry.length]
      return (
        entry.isText ? String(decoding: text, as: UTF8.self) : "__BYTES_VALUE__",
        byWeight ? entry.weight : Double(entry.count)
      )
    }
  }

  private mutating func add(_ text: UnsafeRawBufferPointer, hash: UInt64, count: Int, weight: Double) -> Bool {
    var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while true {
      let index = Int(table[place])
      if index < 0 { break }
      if entries[index].hash == hash, entries[index].length == text.count, isEqual(entries[index].start, text) {
        entries[index].count += count
        entries[index].weight += weight
        return entries[index].isText
      }
      place = (place + 1) & (table.count - 1)
    }
    let isText = isUTF8(text)
    table[place] = Int32(entries.count)
    entries.append(
      Entry(hash: hash, start: bytes.count, length: text.count, count: count, weight: weight, isText: isText))
    bytes.append(contentsOf: text)
    estimate?.add(hash)
    if entries.count > limit || bytes.count > Self.mostBytes {
      forget()
    } else if entries.count * 2 > table.count {
      rebuild(table.count * 2)
    }
    return isText
  }

  private func isEqual(_ start: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    guard let other = text.baseAddress else { return true }
    return bytes.withUnsafeBytes { bytes in
      bytes.baseAddress.map { memcmp($0 + start, other, text.count) == 0 } ?? true
    }
  }

  private mutating func rebuild(_ size: Int) {
    table = [Int32](repeating: -1, count: size)
    for (index, entry) in entries.enumerated() {
      var place = Int(truncatingIfNeeded: entry.hash) & (size - 1)
      while table[place] >= 0 { place = (place + 1) & (size - 1) }
      table[place] = Int32(index)
    }
  }

  private var startedEstimate: DistinctEstimate {
    var estimate = DistinctEstimate()
    for entry in entries { estimate.add(entry.hash) }
    return estimate
  }

  /// Forgets the less frequent half.
  private mutating func forget() {
    if estimate == nil { estimate = startedEstimate }
    let cut = entries.map(\.count).sorted()[entries.count / 2]
    var kept: [Entry] = []
    var keptBytes: [UInt8] = []
    for entry in entries where entry.count > cut {
      kept.append(
        Entry(
          hash: entry.hash, start: keptBytes.count, length: entry.length, count: entry.count - cut,
          weight: entry.weight * Double(entry.count - cut) / Double(entry.count), isText: entry.isText))
      keptBytes += bytes[entry.start..<entry.start + entry.length]
    }
    entries = kept
    bytes = keptBytes
    error += cut
    var size = 64
    while size < entries.count * 4 { size *= 2 }
    rebuild(size)
  }

  /// A number that depends on all bytes. The same text has the same one in every run, so that estimates merge.
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var state = 0x9e37_79b9_7f4a_7c15 ^ UInt64(truncatingIfNeeded: text.count)
    func mix(_ word: UInt64) {
      let product = (state ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
      state = product.high ^ product.low
    }
    var i = 0
    while i + 8 <= text.count {
      mix(UInt64(littleEndian: text.loadUnaligned(fromByteOffset: i, as: UInt64.self)))
      i += 8
    }
    var word: UInt64 = 0
    while i < text.count {
      word = word << 8 | UInt64(text[i])
      i += 1
    }
    mix(word)
    mix(0x2545_f491_4f6c_dd1d)
    return state
  }
}

/// How many different things there are, from their hashes: HyperLogLog with 16,384 registers (Flajolet et al. 2007), and linear
/// counting where few are set.
struct DistinctEstimate: Sendable {
  private var registers = [UInt8](repeating: 0, count: 1 << 14)

  mutating func add(_ hash: UInt64) {
    let place = Int(hash >> 50)
    let rank = UInt8((hash << 14 | 1 << 13).leadingZeroBitCount + 1)
    if rank > registers[place] { registers[place] = rank }
  }

  mutating func merge(_ other: DistinctEstimate) {
    for i in registers.indices { registers[i] = max(registers[i], other.registers[i]) }
  }

  /// The estimate.
  var count: Int {
    let size = Double(registers.count)
    var sum = 0.0
    var empty = 0
    for register in registers {
      sum += Double(sign: .plus, exponent: -Int(register), significand: 1)
      if register == 0 { empty += 1 }
    }
    let estimate = 0.7213 / (1 + 1.079 / size) * size * size / sum
    if estimate <= 2.5 * size, empty > 0 { return Int((size * log(size / Double(empty))).rounded()) }
    return Int(estimate.rounded())
  }
}
