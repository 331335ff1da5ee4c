/// Pairs of tokens that are joined: when, and to what.
struct PairTable: @unchecked Sendable {
  private let storage: Storage
  private let mask: Int

  private struct Slot {
    var pair: UInt64
    var rank: UInt32
    var whole: UInt32
  }

  private final class Storage {
    let slots: UnsafeMutablePointer<Slot>
    init(_ count: Int) {
      slots = .allocate(capacity: count)
      slots.initialize(repeating: Slot(pair: .max, rank: 0, whole: 0), count: count)
    }
    deinit { slots.deallocate() }
  }

  /// A table with room for `capacity` pairs.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    storage = Storage(size)
    mask = size - 1
  }

  @inline(__always)
  private static func hash(_ pair: UInt64) -> Int {
    let product = pair &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: product ^ product >> 32)
  }

  /// Notes that `left` and `right` are joined to `whole`; what was noted of them before is forgotten.
  mutating func set(_ left: Int, _ right: Int, rank: Int, whole: Int) {
    let pair = UInt64(left) << 32 | UInt64(right)
    var slot = Self.hash(pair) & mask
    while storage.slots[slot].pair != .max, storage.slots[slot].pair != pair { slot = (slot + 1) & mask }
    storage.slots[slot] = Slot(pair: pair, rank: UInt32(rank), whole: UInt32(whole))
  }

  /// The rank of a pair, `UInt32.max` where it is not joined, and what it is joined to.
  @inline(__always)
  func find(_ left: UInt32, _ right: UInt32) -> (rank: UInt32, whole: UInt32) {
    let pair = UInt64(left) << 32 | UInt64(right)
    let slots = storage.slots
    var slot = Self.hash(pair) & mask
    while true {
      let entry = slots[slot]
      if entry.pair == pair { return (entry.rank, entry.whole) }
      if entry.pair == .max { return (.max, 0) }
      slot = (slot + 1) & mask
    }
  }

  /// Joins the symbols of a word until no pair is left that can be; of the pairs of the lowest rank the leftmost first.
  func join(_ scratch: TokenizerScratch) {
    if scratch.symbols.count < 2 { return }
    if scratch.symbols.count <= 48 { joinShort(scratch) } else { joinLong(scratch) }
  }

  /// Looks through all pairs for every join: for short words the fastest.
  private func joinShort(_ scratch: TokenizerScratch) {
    scratch.symbols.withUnsafeMutableBufferPointer { symbols in
      withUnsafeTemporaryAllocation(of: (rank: UInt32, whole: UInt32).self, capacity: symbols.count) { pairs in
        var count = symbols.count
        for i in 0..<count - 1 { pairs.initializeElement(at: i, to: find(symbols[i].id, symbols[i + 1].id)) }
        while count > 1 {
          var (best, rank) = (0, UInt32.max)
          for i in 0..<count - 1 where pairs[i].rank < rank { (best, rank) = (i, pairs[i].rank) }
          if rank == .max { break }
          symbols[best].id = pairs[best].whole
          symbols[best].length += symbols[best + 1].length
          count -= 1
          var i = best + 1
          while i < count {
            symbols[i] = symbols[i + 1]
            i += 1
          }
          i = best + 1
          while i < count - 1 {
            pairs[i] = pairs[i + 1]
            i += 1
          }
          if best > 0 { pairs[best - 1] = find(symbols[best - 1].id, symbols[best].id) }
          if best < count - 1 { pairs[best] = find(symbols[best].id, symbols[best + 1].id) }
        }
        for i in count..<symbols.count { symbols[i].length = 0 }
      }
    }
  }

  /// Keeps the pairs in a heap.
  private func joinLong(_ scratch: TokenizerScratch) {
    var heap = MinHeap()
    let count = scratch.symbols.count
    var next = [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
      for i in 0..<count { buffer[i] = i + 1 < count ? Int32(i + 1) : -1 }
      initialized = count
    }
    var previous = [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
      for i in 0..<count { buffer[i] = Int32(i - 1) }
      initialized = count
    }
    scratch.symbols.withUnsafeMutableBufferPointer { symbols in
      func offer(_ left: Int, _ right: Int) {
        let pair = find(symbols[left].id, symbols[right].id)
        if pair.rank != .max { heap.push(UInt64(pair.rank) << 32 | UInt64(left)) }
      }
      for i in 0..<count - 1 { offer(i, i + 1) }
      while let top = heap.pop() {
        let (rank, left) = (UInt32(top >> 32), Int(top & 0xffff_ffff))
        let right = Int(next[left])
        guard symbols[left].length > 0, right >= 0 else { continue }
        let pair = find(symbols[left].id, symbols[right].id)
        guard pair.rank == rank else { continue }
        symbols[left].id = pair.whole
        symbols[left].length += symbols[right].length
        symbols[right].length = 0
        next[left] = next[right]
        if next[left] >= 0 { previous[Int(next[left])] = Int32(left) }
        if previous[left] >= 0 { offer(Int(previous[left]), left) }
        if next[left] >= 0 { offer(left, Int(next[left])) }
      }
    }
  }
}

/// A heap of numbers, the least first.
struct MinHeap {
  private var items: [UInt64] = []

  mutating func push(_ item: UInt64) {
    items.append(item)
    var i = items.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      if items[parent] <= items[i] { return }
      items.swapAt(parent, i)
      i = parent
    }
  }

  mutating func pop() -> UInt64? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return first }
    items[0] = last
    var i = 0
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2] where child < items.count && items[child] < items[least] { least = child }
      if least == i { return first }
      items.swapAt(least, i)
      i = least
    }
  }
}
