import ApusCore
import Testing

/// Blocks of allocators of their own, which no other test uses.
@Suite struct AllocatorTests {
  /// Numbers drawn by a rule that is the same everywhere.
  private struct Draws {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  /// Whatever is asked for in whatever order, no block lies in another, and none loses what was written to it.
  @Test(arguments: [1, 2, 3]) func blocksAreApart(_ seed: Int) throws {
    let allocator = Allocator()
    var draws = Draws(state: UInt64(seed))
    var held: [(block: UnsafeMutableRawPointer, bytes: Int, mark: UInt64)] = []
    func check(_ one: (block: UnsafeMutableRawPointer, bytes: Int, mark: UInt64)) -> Bool {
      one.block.load(as: UInt64.self) == one.mark
        && one.block.loadUnaligned(fromByteOffset: one.bytes - 8, as: UInt64.self) == one.mark
    }
    for round in 0..<4000 {
      if held.count < 60, draws.next(100) < 55 {
        let bytes = 65537 + draws.next(draws.next(8) == 0 ? 9_000_000 : 700_000)
        let block = try #require(allocator.allocate(bytes))
        #expect(UInt(bitPattern: block) % 64 == 0)
        let mark = UInt64(round + 1)
        block.storeBytes(of: mark, as: UInt64.self)
        block.storeBytes(of: mark, toByteOffset: bytes - 8, as: UInt64.self)
        held.append((block, bytes, mark))
      } else if !held.isEmpty {
        let one = held.remove(at: draws.next(held.count))
        #expect(check(one))
        allocator.deallocate(one.block, one.bytes)
      }
      if round % 1000 == 999 { allocator.emptyCache() }
    }
    let ranges = held.map { (UInt(bitPattern: $0.block), UInt(bitPattern: $0.block) + UInt($0.bytes)) }.sorted {
      $0 < $1
    }
    for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.1 <= next.0) }
    for one in held {
      #expect(check(one))
      allocator.deallocate(one.block, one.bytes)
    }
    allocator.emptyCache()
  }

  /// Steps whose tensors have ever other sizes share one memory: it is not kept once for each size.
  @Test func otherSizesUseTheSameMemory() throws {
    let allocator = Allocator()
    var most = 0
    for length in [512, 329, 500, 77, 411, 512, 256, 329] {
      var held: [(UnsafeMutableRawPointer, Int)] = []
      for _ in 0..<20 {
        for features in [576, 1536, 576, 192] {
          let bytes = length * features * 4
          held.append((try #require(allocator.allocate(bytes)), bytes))
          // What is computed in goes at once.
          if let scratch = allocator.allocate(2 * bytes) { allocator.deallocate(scratch, 2 * bytes) }
        }
      }
      most = max(most, held.reduce(0) { $0 + $1.1 } + 2 * (held.map(\.1).max() ?? 0))
      for (block, bytes) in held.reversed() { allocator.deallocate(block, bytes) }
    }
    // An eighth is what sizes of blocks add, and about as much the places between them.
    #expect(allocator.statistics.cached <= most + most / 4, "what waits is little more than was in use at once")
    allocator.emptyCache()
    #expect(allocator.statistics.cached < 4 << 20, "whole pages go back")
  }

  /// The same steps find their blocks as they left them.
  @Test func sameSizesAreFound() throws {
    let allocator = Allocator()
    func step() throws {
      let sizes = [300_000, 1_200_000, 300_000, 2_500_000]
      let blocks = try sizes.map { try #require(allocator.allocate($0)) }
      for (block, bytes) in zip(blocks, sizes) { allocator.deallocate(block, bytes) }
    }
    try step()
    let first = allocator.statistics
    for _ in 0..<10 { try step() }
    let last = allocator.statistics
    #expect(last.misses == first.misses)
    #expect(last.hits == first.hits + 40)
    #expect(last.cached == first.cached)
    allocator.emptyCache()
  }

  /// More than the bound does not wait.
  @Test func theBoundHolds() throws {
    let allocator = Allocator()
    allocator.cacheLimit = 20 << 20
    let blocks = try (0..<10).map { _ in try #require(allocator.allocate(5 << 20)) }
    for block in blocks {
      allocator.deallocate(block, 5 << 20)
      #expect(allocator.statistics.cached <= 20 << 20)
    }
    #expect(allocator.statistics.cached > 10 << 20)
    allocator.emptyCache()
  }
}
