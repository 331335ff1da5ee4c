/// The draws of NumPy's `default_rng`: PCG64, a congruential generator of 128 bits whose output is permuted (O'Neill, PCG: a family
/// of simple fast space-efficient statistically good algorithms for random number generation, 2014), with the state that
/// `SeedSequence` makes of a seed.
struct PermutedCongruential {
  private var state: UInt128
  private let increment: UInt128
  /// The upper half of the last word, where only the lower one was used.
  private var upper: UInt32?

  init(seed: UInt64) {
    let words = SeedWords(seed).words(8)
    func double(_ i: Int) -> UInt128 { UInt128(words[2 * i]) | UInt128(words[2 * i + 1]) << 32 }
    let start = double(0) << 64 | double(1)
    increment = (double(2) << 64 | double(3)) << 1 | 1
    state = 0
    step()
    state &+= start
    step()
  }

  private mutating func step() {
    state = state &* 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645 &+ increment
  }

  mutating func word64() -> UInt64 {
    step()
    let mixed = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
    let turn = UInt64(truncatingIfNeeded: state >> 122)
    return mixed >> turn | mixed << ((64 - turn) & 63)
  }

  mutating func word() -> UInt32 {
    if let half = upper {
      upper = nil
      return half
    }
    let both = word64()
    upper = UInt32(truncatingIfNeeded: both >> 32)
    return UInt32(truncatingIfNeeded: both)
  }

  /// A random bit (`Generator.integers(2)`): the highest of a word.
  mutating func bit() -> UInt32 { word() >> 31 }

  /// Puts items into a random order (`Generator.shuffle`): words masked to the bits of the last place, the first that is not larger.
  mutating func shuffle(_ items: inout [Int]) {
    for i in stride(from: items.count - 1, to: 0, by: -1) {
      let mask = UInt32.max >> UInt32(UInt32(i).leadingZeroBitCount)
      var place = word() & mask
      while place > UInt32(i) { place = word() & mask }
      items.swapAt(i, Int(place))
    }
  }
}

/// NumPy's `SeedSequence` (after O'Neill's `seed_seq_fe`): a pool of four words in which a seed is hashed, and the words that are
/// hashed from it.
private struct SeedWords {
  private var pool: [UInt32]

  init(_ seed: UInt64) {
    var hash: UInt32 = 0x43b0_d7e5
    func hashed(_ value: UInt32) -> UInt32 {
      var value = value ^ hash
      hash = hash &* 0x931e_8875
      value = value &* hash
      return value ^ value >> 16
    }
    func mixed(_ a: UInt32, _ b: UInt32) -> UInt32 {
      let value = 0xca01_f9dd &* a &- 0x4973_f715 &* b
      return value ^ value >> 16
    }
    let entropy = [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32), 0, 0]
    var pool = entropy.map(hashed)
    for source in 0..<4 {
      for target in 0..<4 where target != source { pool[target] = mixed(pool[target], hashed(pool[source])) }
    }
    self.pool = pool
  }

  func words(_ count: Int) -> [UInt32] {
    var hash: UInt32 = 0x8b51_f9dd
    return (0..<count).map { i in
      var value = pool[i % 4] ^ hash
      hash = hash &* 0x58f3_8ded
      value = value &* hash
      return value ^ value >> 16
    }
  }
}
