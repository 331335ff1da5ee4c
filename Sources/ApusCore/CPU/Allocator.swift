import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Memory for tensors: blocks aligned to 64 bytes, kept for reuse when they are given back, since a fresh page from the
/// system costs as much as the arithmetic on it.
///
/// Blocks up to 64 KiB come from lists of the calling thread. Larger ones come from one shared set of lists, eight
/// sizes for each power of two, so that at most an eighth is wasted; what waits there is bounded by ``cacheLimit``, and
/// the blocks that waited longest go back to the system first. Blocks of 2 MiB and more lie in huge pages. Where no block of
/// a size from 1 MiB on waits, one that is up to half larger serves: inputs of ever other lengths find memory that is there.
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
    /// Blocks in use that are larger than what was asked for, with the list that they belong to.
    var lent: [UInt: Int] = [:]
    var tick: UInt64 = 0
    var cached = 0
    var limit = max(64 << 20, CPUInfo.memoryBytes / 4)
    var current = 0
    var peak = 0
    var hits = 0
    var misses = 0
  }

  private let state = Lock(State())

  private init() {}

  /// A block of at least `bytes` bytes with undefined content, or nil where memory is exhausted.
  ///
  /// Give it back with ``deallocate(_:_:)`` and the same number.
  package func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    if bytes <= SmallSize.limit { return SmallCache.allocate(SmallSize.index(of: bytes)) }
    guard bytes <= LargeSize.limit else { return nil }
    let index = LargeSize.index(of: bytes)
    let size = LargeSize.bytes(at: index)
    let waiting: UInt? = state.withLock { state in
      if let found = state.lists[index].popLast() {
        state.hits += 1
        Self.count(size, &state)
        state.cached -= size
        return found.address
      }
      if index >= LargeSize.lending, index + 1 < LargeSize.count {
        for larger in index + 1...min(index + 4, LargeSize.count - 1) {
          guard let found = state.lists[larger].popLast() else { continue }
          state.hits += 1
          state.lent[found.address] = larger
          Self.count(LargeSize.bytes(at: larger), &state)
          state.cached -= LargeSize.bytes(at: larger)
          return found.address
        }
      }
      state.misses += 1
      return nil
    }
    if let waiting { return UnsafeMutableRawPointer(bitPattern: waiting) }
    let fresh = fromSystem(size)
    if fresh != nil { state.withLock { Self.count(size, &$0) } }
    return fresh
  }

  private func fromSystem(_ size: Int) -> UnsafeMutableRawPointer? {
    if let fresh = SystemMemory.allocate(size) { return fresh }
    // What waits for reuse may be all that is missing.
    emptyCache()
    return SystemMemory.allocate(size)
  }

  /// Whether a block of `bytes` bytes waits or would come from the system now: a process may be allowed less than the machine has.
  package func canAllocate(_ bytes: Int) -> Bool {
    guard bytes > SmallSize.limit, bytes <= LargeSize.limit else { return bytes <= SmallSize.limit }
    let index = LargeSize.index(of: bytes)
    if state.withLock({ !$0.lists[index].isEmpty }) { return true }
    let size = LargeSize.bytes(at: index)
    guard let fresh = fromSystem(size) else { return false }
    SystemMemory.deallocate(fresh, size)
    return true
  }

  private static func count(_ size: Int, _ state: inout State) {
    state.current += size
    state.peak = max(state.peak, state.current)
  }

  /// Takes back the block that ``allocate(_:)`` gave for `bytes` bytes.
  package func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes <= SmallSize.limit {
      SmallCache.deallocate(block, SmallSize.index(of: bytes))
      return
    }
    let address = UInt(bitPattern: block)
    let overflow: Bool = state.withLock { state in
      var index = LargeSize.index(of: bytes)
      if !state.lent.isEmpty, let own = state.lent.removeValue(forKey: address) { index = own }
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

  /// Gives all waiting large blocks, and the small ones of the calling thread, back to the system.
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

  /// Frees the blocks that waited longest until at most `limit` bytes wait.
  private func trim(to limit: Int) {
    while true {
      let oldest: (address: UInt, size: Int)? = state.withLock { state in
        guard state.cached > limit else { return nil }
        var best = -1
        // Lists grow at the end, so the first of a list is its oldest.
        for index in state.lists.indices {
          guard let first = state.lists[index].first else { continue }
          if best < 0 || first.tick < state.lists[best][0].tick { best = index }
        }
        guard best >= 0 else { return nil }
        let size = LargeSize.bytes(at: best)
        state.cached -= size
        return (state.lists[best].removeFirst().address, size)
      }
      guard let oldest, let block = UnsafeMutableRawPointer(bitPattern: oldest.address) else { return }
      SystemMemory.deallocate(block, oldest.size)
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

/// Sizes of large blocks: eight for each power of two.
private enum LargeSize {
  static let limit = 1 << 46
  package static let count = (46 - 16) * 8
  /// The first list of blocks above 1 MiB.
  static let lending = (20 - 16) * 8

  @inline(__always)
  static func index(of bytes: Int) -> Int {
    let last = bytes - 1
    let power = Int.bitWidth - 1 - last.leadingZeroBitCount
    return (power - 16) * 8 + (last >> (power - 3)) & 7
  }

  @inline(__always)
  static func bytes(at index: Int) -> Int {
    let power = 16 + index >> 3
    return (1 << power) + ((index & 7) + 1) << (power - 3)
  }
}

/// Blocks from the system.
private enum SystemMemory {
  private static let hugePage = 2 << 20

  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes >= hugePage else {
      var block: UnsafeMutableRawPointer?
      return posix_memalign(&block, 64, bytes) == 0 ? block : nil
    }
    // One huge page more than asked for, so that an aligned start lies within; the rest is given back at once.
    let total = bytes + hugePage
    let protection = PROT_READ | PROT_WRITE
    guard let mapped = mmap(nil, total, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), mapped != MAP_FAILED else {
      return nil
    }
    let start = UInt(bitPattern: mapped)
    let head = Int((UInt(hugePage) - start % UInt(hugePage)) % UInt(hugePage))
    if head > 0 { munmap(mapped, head) }
    let block = mapped + head
    if hugePage - head > 0 { munmap(block + bytes, hugePage - head) }
    // Where the system has no huge pages the call fails and ordinary ones serve.
    madvise(block, bytes, Int32(MADV_HUGEPAGE))
    return block
  }

  static func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    if bytes >= hugePage { munmap(block, bytes) } else { free(block) }
  }
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
