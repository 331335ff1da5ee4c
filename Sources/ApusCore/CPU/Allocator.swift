import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Memory for tensors: blocks aligned to 64 bytes, kept for reuse when they are given back, since a fresh page from the
/// system costs as much as the arithmetic on it.
///
/// Blocks up to 64 KiB come from lists of the calling thread. Larger ones are cut from memory that all threads share, in eight
/// sizes for each power of two, so that at most an eighth is wasted. One that is given back waits as it is for the next request of its
/// size. Where none of that size waits, those that waited longest are joined with what lies free beside them, until a new block can be cut
/// from it; the system is asked only where that does not suffice. So a program whose sizes change (batches of ever other lengths) holds
/// little more than its tensors ever took together. What waits is bounded by ``cacheLimit``.
package final class Allocator: Sendable {
  package static let shared = Allocator()

  /// A snapshot of what the allocator holds.
  package struct Statistics: Sendable, Hashable {
    /// Bytes handed out now, rounded up to the sizes of blocks.
    package var current = 0
    /// The most that ``current`` was, blocks up to 64 KiB not counted.
    package var peak = 0
    /// Bytes of large blocks that wait for reuse.
    package var cached = 0
    /// Requests for large blocks that found one waiting, and that did not.
    package var hits = 0
    package var misses = 0
  }

  /// A block that waits, by its address: a number may cross threads where a pointer may not.
  private struct Waiting {
    var address: UInt
    var tick: UInt64
  }

  private struct State: ~Copyable {
    var lists: [[Waiting]] = Array(repeating: [], count: LargeSize.count)
    var tick: UInt64 = 0
    /// What is joined, to be cut anew.
    var ranges = FreeRanges()
    /// Memory from the system that nobody has touched yet.
    var untouched: Range<UInt> = 0..<0
    /// What the system has given, touched or not.
    var mapped = 0
    var cached = 0
    var limit = max(64 << 20, CPUInfo.memoryBytes / 4)
    var current = 0
    var peak = 0
    var hits = 0
    var misses = 0

    /// A block of the size `index` from what there is.
    mutating func take(_ index: Int) -> UInt? {
      let size = LargeSize.bytes(at: index)
      var found = lists[index].popLast()?.address
      if found != nil {
        hits += 1
      } else {
        misses += 1
        // Pieces are as large as they can be before one is cut: cut from a single block, many of an odd size would leave a hole in each.
        joinAll()
        found = ranges.take(index)
      }
      if let found {
        cached -= size
        count(size)
        return found
      }
      guard untouched.count >= size else { return nil }
      return takeUntouched(size)
    }

    private mutating func takeUntouched(_ size: Int) -> UInt {
      let start = untouched.lowerBound
      untouched = start + UInt(size)..<untouched.upperBound
      count(size)
      return start
    }

    private mutating func count(_ size: Int) {
      current += size
      peak = max(peak, current)
    }

    /// Takes a block of `size` bytes from `bytes` more that the system has given from `start` on.
    mutating func take(_ size: Int, of start: UInt, _ bytes: Int) -> UInt {
      mapped += bytes
      let end = start + UInt(bytes)
      if end == untouched.lowerBound {
        untouched = start..<untouched.upperBound
      } else {
        if !untouched.isEmpty {
          ranges.insert(untouched.lowerBound, untouched.count)
          cached += untouched.count
        }
        untouched = start..<end
      }
      return takeUntouched(size)
    }

    /// Joins all blocks that wait with what lies free beside them.
    private mutating func joinAll() {
      for index in lists.indices where !lists[index].isEmpty {
        for block in lists[index] { ranges.insert(block.address, LargeSize.bytes(at: index)) }
        lists[index].removeAll(keepingCapacity: true)
      }
    }

    /// Joins the block that waited longest with what lies free beside it. False where none waits.
    private mutating func joinOldest() -> Bool {
      var best = -1
      // Lists grow at the end, so the first of a list is its oldest.
      for index in lists.indices {
        guard let first = lists[index].first else { continue }
        if best < 0 || first.tick < lists[best][0].tick { best = index }
      }
      guard best >= 0 else { return false }
      ranges.insert(lists[best].removeFirst().address, LargeSize.bytes(at: best))
      return true
    }

    /// A piece to give back to the system so that at most `limit` bytes wait; nil where there is none.
    mutating func surplus(over limit: Int) -> (start: UInt, size: Int)? {
      while cached > limit {
        if let pages = ranges.takePages(cached - limit) {
          cached -= pages.size
          mapped -= pages.size
          return pages
        }
        if !joinOldest() { return nil }
      }
      return nil
    }
  }

  private let state = Lock(State())

  package init() {}

  /// A block of at least `bytes` bytes with undefined content, or nil where memory is exhausted.
  ///
  /// Give it back with ``deallocate(_:_:)`` and the same number.
  package func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    if bytes <= SmallSize.limit { return SmallCache.allocate(SmallSize.index(of: bytes)) }
    guard bytes <= LargeSize.limit else { return nil }
    let index = LargeSize.index(of: bytes)
    let known: UInt? = state.withLock { $0.take(index) }
    return (known ?? grow(index)).flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
  }

  /// A block of the size `index` from memory that the system gives now: a quarter more than there is, so that it is seldom asked.
  private func grow(_ index: Int) -> UInt? {
    let size = LargeSize.bytes(at: index)
    let mapped: Int = state.withLock { $0.mapped }
    let least = SystemMemory.raised(size)
    let most = max(least, min(64 << 20, SystemMemory.raised(mapped / 4)))
    // A program that holds next to nothing is not to pay for a huge page.
    let isHuge = mapped > 0 || size >= SystemMemory.hugePage
    func fresh(_ bytes: Int) -> UInt? {
      guard let start = SystemMemory.allocate(bytes, isHuge: isHuge) else { return nil }
      return state.withLock { $0.take(size, of: start, bytes) }
    }
    if let block = fresh(most) ?? (most > least ? fresh(least) : nil) { return block }
    // What waits for reuse may be all that is missing.
    emptyCache()
    return fresh(least)
  }

  /// Whether a block of `bytes` bytes waits or would come from the system now: a process may be allowed less than the machine has.
  package func canAllocate(_ bytes: Int) -> Bool {
    guard bytes > SmallSize.limit, bytes <= LargeSize.limit else { return bytes <= SmallSize.limit }
    let index = LargeSize.index(of: bytes)
    let size = LargeSize.bytes(at: index)
    let isThere = state.withLock {
      !$0.lists[index].isEmpty || $0.ranges.hasRoom(for: index) || $0.untouched.count >= size
    }
    if isThere { return true }
    let least = SystemMemory.raised(size)
    func isGiven() -> Bool {
      guard let start = SystemMemory.allocate(least, isHuge: false) else { return false }
      SystemMemory.deallocate(start, least)
      return true
    }
    if isGiven() { return true }
    emptyCache()
    return isGiven()
  }

  /// Takes back the block that ``allocate(_:)`` gave for `bytes` bytes.
  package func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes <= SmallSize.limit {
      SmallCache.deallocate(block, SmallSize.index(of: bytes))
      return
    }
    let address = UInt(bitPattern: block)
    let index = LargeSize.index(of: bytes)
    let overflow: Bool = state.withLock { state in
      let size = LargeSize.bytes(at: index)
      state.current -= size
      state.tick += 1
      state.lists[index].append(Waiting(address: address, tick: state.tick))
      state.cached += size
      return state.cached > state.limit
    }
    if overflow { trim(to: cacheLimit) }
  }

  /// The most bytes of large blocks that wait for reuse. Default: a quarter of the memory.
  package var cacheLimit: Int {
    get { state.withLock { $0.limit } }
    set {
      state.withLock { $0.limit = max(0, newValue) }
      trim(to: max(0, newValue))
    }
  }

  /// Gives the whole huge pages of all waiting large blocks, and the small ones of the calling thread, back to the system.
  package func emptyCache() {
    trim(to: 0)
    SmallCache.empty()
  }

  package var statistics: Statistics {
    var result = state.withLock { state in
      Statistics(
        current: state.current, peak: state.peak, cached: state.cached, hits: state.hits, misses: state.misses)
    }
    result.current += SmallCache.bytesInUse
    result.peak = max(result.peak, result.current)
    return result
  }

  /// Gives memory back to the system until at most `limit` bytes wait: what is joined already, then the blocks that waited longest.
  private func trim(to limit: Int) {
    while let piece = state.withLock({ $0.surplus(over: limit) }) {
      SystemMemory.deallocate(piece.start, piece.size)
    }
  }
}

/// Sizes of small blocks: multiples of 64 to 1 KiB, then four for each power of two.
private enum SmallSize {
  static let limit = 64 << 10
  package static let count = 16 + 4 * 6

  @inline(__always)
  static func index(of bytes: Int) -> Int {
    if bytes <= 1024 { return max(0, bytes - 1) >> 6 }
    let last = bytes - 1
    let power = Int.bitWidth - 1 - last.leadingZeroBitCount
    return 16 + (power - 10) * 4 + (last >> (power - 2)) & 3
  }

  @inline(__always)
  static func bytes(at index: Int) -> Int {
    if index < 16 { return (index + 1) << 6 }
    let power = 10 + (index - 16) >> 2
    return (1 << power) + (((index - 16) & 3) + 1) << (power - 2)
  }

  /// How many blocks of a size may wait in one thread: 256 KiB of them, at most 64.
  @inline(__always)
  static func waiting(at index: Int) -> Int32 { Int32(max(4, min(64, (256 << 10) / bytes(at: index)))) }
}

/// A thread's own lists of small blocks. A block that waits holds the address of the next one in its first word.
private struct SmallCache {
  private var heads: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private var waiting: UnsafeMutablePointer<Int32>
  private var used: UnsafeMutablePointer<Atomic<Int>>

  @inline(__always)
  static func allocate(_ index: Int) -> UnsafeMutableRawPointer? {
    let cache = current
    let size = SmallSize.bytes(at: index)
    if let block = cache.pointee.heads[index] {
      cache.pointee.heads[index] = block.load(as: UnsafeMutableRawPointer?.self)
      cache.pointee.waiting[index] -= 1
      cache.pointee.count(size)
      return block
    }
    var block: UnsafeMutableRawPointer?
    guard posix_memalign(&block, 64, size) == 0 else { return nil }
    cache.pointee.count(size)
    return block
  }

  @inline(__always)
  static func deallocate(_ block: UnsafeMutableRawPointer, _ index: Int) {
    let cache = current
    cache.pointee.count(-SmallSize.bytes(at: index))
    guard cache.pointee.waiting[index] < SmallSize.waiting(at: index) else {
      free(block)
      return
    }
    block.storeBytes(of: cache.pointee.heads[index], as: UnsafeMutableRawPointer?.self)
    cache.pointee.heads[index] = block
    cache.pointee.waiting[index] += 1
  }

  static func empty() { current.pointee.freeAll() }

  /// Bytes handed out by all threads, those that ended included.
  static var bytesInUse: Int { registry.withLock { $0.counters.reduce($0.ended) { $0 + $1.value } } }

  // Only the owner writes its counter, so that a plain addition is enough; others may read it at any time.
  @inline(__always)
  private func count(_ bytes: Int) {
    used.pointee.store(used.pointee.load(ordering: .relaxed) &+ bytes, ordering: .relaxed)
  }

  private func freeAll() {
    for index in 0..<SmallSize.count {
      var next = heads[index]
      while let block = next {
        next = block.load(as: UnsafeMutableRawPointer?.self)
        free(block)
      }
      heads[index] = nil
      waiting[index] = 0
    }
  }

  // MARK: One for each thread

  private struct Counter: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Atomic<Int>>
    var value: Int { pointer.pointee.load(ordering: .relaxed) }
  }

  private struct Registry: Sendable {
    var counters: [Counter] = []
    var ended = 0
  }

  private static let registry = Lock(Registry())

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { data in
      guard let cache = data?.assumingMemoryBound(to: SmallCache.self) else { return }
      cache.pointee.freeAll()
      let counter = Counter(pointer: cache.pointee.used)
      SmallCache.registry.withLock { registry in
        registry.ended += counter.value
        registry.counters.removeAll { $0.pointer == counter.pointer }
      }
      cache.pointee.heads.deallocate()
      cache.pointee.waiting.deallocate()
      cache.pointee.used.deinitialize(count: 1).deallocate()
      cache.deinitialize(count: 1)
      cache.deallocate()
    }
    return key
  }()

  @inline(__always)
  private static var current: UnsafeMutablePointer<SmallCache> {
    if let known = pthread_getspecific(key) { return known.assumingMemoryBound(to: SmallCache.self) }
    return make()
  }

  @inline(never)
  private static func make() -> UnsafeMutablePointer<SmallCache> {
    let cache = UnsafeMutablePointer<SmallCache>.allocate(capacity: 1)
    let fresh = SmallCache(
      heads: .allocate(capacity: SmallSize.count), waiting: .allocate(capacity: SmallSize.count),
      used: .allocate(capacity: 1))
    fresh.heads.initialize(repeating: nil, count: SmallSize.count)
    fresh.waiting.initialize(repeating: 0, count: SmallSize.count)
    fresh.used.initialize(to: Atomic(0))
    cache.initialize(to: fresh)
    let counter = Counter(pointer: fresh.used)
    registry.withLock { $0.counters.append(counter) }
    pthread_setspecific(key, cache)
    return cache
  }
}
