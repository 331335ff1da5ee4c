import ApusCore
import ApusModels
import Testing

@Suite struct BatchOrderTests {
  private func text(_ order: Int, level: Int = 0, caller: String = "", tokens: Int = 10) -> BatchText {
    let stream = AsyncThrowingStream<GeneratedToken, any Error>.makeStream()
    let request = BatchRequest(
      Array(repeating: 1, count: tokens), GenerationConfiguration(), GenerationExtras(),
      .init(level: level, caller: caller), .tokens(stream.continuation))
    return BatchText(request, choice: 0, order: order)
  }

  private func order(_ queue: BatchQueue) -> [Int] {
    var queue = queue
    var found: [Int] = []
    while let next = queue.next {
      found.append(next.order)
      queue.removeNext()
    }
    return found
  }

  @Test func levelsGoFirst() {
    var queue = BatchQueue()
    for (i, level) in [0, 2, 1, 2].enumerated() { queue.add(text(i, level: level)) }
    #expect(order(queue) == [1, 3, 2, 0])
  }

  @Test func callersTakeTurns() {
    var queue = BatchQueue()
    for i in 0..<3 { queue.add(text(i, caller: "a")) }
    for i in 3..<5 { queue.add(text(i, caller: "b")) }
    #expect(order(queue) == [0, 3, 1, 4, 2])
    // Shares are counted in tokens.
    var uneven = BatchQueue()
    uneven.add(text(0, caller: "a", tokens: 15))
    for i in 1..<4 { uneven.add(text(i, caller: "b")) }
    uneven.add(text(4, caller: "a", tokens: 15))
    #expect(order(uneven) == [0, 1, 2, 4, 3])
  }

  @Test func pagesAreFoundByAllThatIsBeforeThem() {
    var pool = PagePool(count: 4, rows: 2)
    let pages = (0..<3).compactMap { _ in pool.allocate() }
    #expect(pool.learn(pages[0], parent: PagePool.root, [1, 2]) == pages[0])
    #expect(pool.learn(pages[1], parent: pages[0], [3, 4]) == pages[1])
    #expect(pool.learn(pages[2], parent: PagePool.root, [3, 4]) == pages[2])
    #expect(pool.match([1, 2, 3, 4, 5], limit: 4).pages == [pages[0], pages[1]])
    #expect(pool.match([3, 4, 3, 4], limit: 4).pages == [pages[2]])
    #expect(pool.match([1, 2, 3, 9], limit: 4).partial?.rows == 1)
    #expect(pool.match([9], limit: 1).pages.isEmpty)
  }

  @Test func oldPagesAreForgottenFromTheirEnds() {
    var pool = PagePool(count: 3, rows: 1)
    let pages = (0..<3).compactMap { _ in pool.allocate() }
    _ = pool.learn(pages[0], parent: PagePool.root, [1])
    _ = pool.learn(pages[1], parent: pages[0], [2])
    _ = pool.learn(pages[2], parent: pages[1], [3])
    #expect(pool.allocate() == nil)
    pool.release(pages)
    #expect(pool.availableCount == 3)
    #expect(pool.allocate() == pages[2])
    #expect(pool.match([1, 2, 3], limit: 3).pages == [pages[0], pages[1]])
    // A page that is had by somebody stays.
    pool.retain(pages[0])
    #expect(pool.allocate() == pages[1])
    #expect(pool.allocate() == nil)
  }

  @Test func equalPagesBecomeOne() {
    var pool = PagePool(count: 2, rows: 1)
    let pages = (0..<2).compactMap { _ in pool.allocate() }
    _ = pool.learn(pages[0], parent: PagePool.root, [1])
    #expect(pool.learn(pages[1], parent: PagePool.root, [1]) == pages[0])
    #expect(pool.availableCount == 1)
    pool.release([pages[0]])
    pool.release([pages[0]])
    #expect(pool.availableCount == 2)
  }
}
