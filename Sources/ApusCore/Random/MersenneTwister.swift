import CKernels

/// The mt19937 engine with the two cached normals that PyTorch's CPU generator keeps beside it.
///
/// Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudorandom number
/// generator", 1998, seeded as `init_genrand` (2002). It owns its words, so it is used under the lock of its
/// `Generator` only.
package struct MersenneTwister: ~Copyable {
  /// Words in the state.
  package static let wordCount = 624

  let words: UnsafeMutablePointer<UInt32>
  /// Index of the word that the next draw tempers; `wordCount` when a new block is due.
  var position = MersenneTwister.wordCount
  /// PyTorch tells "seeded, nothing drawn" (next = 0) from "block used up" (next = 624) in a saved state.
  var isFresh = true
  /// The second value of the last Box-Muller pair, for the next normal draw in double precision.
  var cachedNormal: Double?
  /// PyTorch's saved states hold a float twin; no CPU kernel draws it, it is carried for the round trip.
  var cachedFloatNormal: Float?

  init(seed: UInt64) {
    words = .allocate(capacity: Self.wordCount)
    words.initialize(repeating: 0, count: Self.wordCount)
    reseed(seed)
  }

  deinit { words.deallocate() }

  /// Starts the stream of the low 32 bits of `seed` and forgets the cached normals.
  mutating func reseed(_ seed: UInt64) {
    words[0] = UInt32(truncatingIfNeeded: seed)
    for i in 1..<Self.wordCount {
      words[i] = 1_812_433_253 &* (words[i - 1] ^ (words[i - 1] >> 30)) &+ UInt32(i)
    }
    position = Self.wordCount
    isFresh = true
    cachedNormal = nil
    cachedFloatNormal = nil
  }

  /// The next 32 random bits.
  @inline(__always)
  package mutating func random() -> UInt32 {
    if position == Self.wordCount { refill() }
    var y = words[position]
    position += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    return y ^ (y >> 18)
  }

  /// The next 64 random bits: two draws, the first one high.
  @inline(__always)
  package mutating func random64() -> UInt64 {
    let high = random()
    let low = random()
    return UInt64(high) << 32 | UInt64(low)
  }

  /// A uniform double in [0, 1) of 53 bits: one `random64()`.
  @inline(__always)
  package mutating func uniform() -> Double {
    Double(random64() & (1 << 53 - 1)) * 0x1p-53
  }

  /// A uniform float in [0, 1) of 24 bits: one `random()`.
  @inline(__always)
  package mutating func uniformFloat() -> Float {
    Float(random() & (1 << 24 - 1)) * 0x1p-24
  }

  /// Fills `out` with the next `count` draws of `random()`.
  package mutating func fill(_ out: UnsafeMutablePointer<UInt32>, count: Int) {
    var done = 0
    while done < count {
      if position == Self.wordCount { refill() }
      let run = min(count - done, Self.wordCount - position)
      ck_mt19937_temper(words + position, out + done, run)
      position += run
      done += run
    }
  }

  /// Words that one call of a `forEachChunk` body sees at most: they stay in L1.
  static let chunkWords = 2048

  /// Draws `count` items of `wordsPerItem` words each and hands them over in chunks: `body(words, first item, items)`.
  mutating func forEachChunk(
    count: Int, wordsPerItem: Int, _ body: (UnsafePointer<UInt32>, Int, Int) -> Void
  ) {
    let itemsPerChunk = Self.chunkWords / wordsPerItem
    let scratch = UnsafeMutablePointer<UInt32>.allocate(capacity: min(count, itemsPerChunk) * wordsPerItem)
    defer { scratch.deallocate() }
    var start = 0
    while start < count {
      let items = min(itemsPerChunk, count - start)
      fill(scratch, count: items * wordsPerItem)
      body(scratch, start, items)
      start += items
    }
  }

  @inline(never)
  private mutating func refill() {
    ck_mt19937_refill(words)
    position = 0
    isFresh = false
  }
}
