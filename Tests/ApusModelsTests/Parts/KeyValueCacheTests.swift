import Apus
import ApusModels
import Testing

@Suite struct KeyValueCacheTests {
  /// Keys `[1, 1, count, 1]` that count on from `start`.
  private func rows(_ start: Int, _ count: Int) -> Tensor {
    arange(start, start + count).to(.float32).reshape([1, 1, count, 1])
  }

  private func numbers(_ x: Tensor) -> [Float] { x.reshape([-1]).array() }

  @Test func itGrowsAndKeepsEverything() {
    let cache = KeyValueCache(capacity: 2)
    var seen: Tensor?
    for (start, count) in [(0, 3), (3, 1), (4, 5), (9, 1)] {
      seen = cache.update(rows(start, count), rows(start, count), layer: 0, window: nil).keys
    }
    #expect(seen.map(numbers) == (0..<10).map(Float.init))
    #expect(cache.length == 10)
  }

  @Test func aWindowSeesTheLastOnes() {
    let cache = KeyValueCache()
    _ = cache.update(rows(0, 200), rows(0, 200), layer: 0, window: 4)
    for position in 200..<500 {
      let keys = cache.update(rows(position, 1), rows(position, 1), layer: 0, window: 4).keys
      #expect(numbers(keys) == (position - 3...position).map(Float.init))
    }
    #expect(cache.length == 500)
  }

  @Test func aWindowKnowsHowFarItCanGoBack() {
    let cache = KeyValueCache()
    _ = cache.update(rows(0, 500), rows(0, 500), layer: 0, window: nil)
    _ = cache.update(rows(0, 500), rows(0, 500), layer: 1, window: 4)
    #expect(cache.canGoBack(to: 0) && cache.canGoBack(to: 100))
    // What grows leaves behind what no window sees.
    for position in 500..<900 {
      for (layer, window) in [(0, nil), (1, 4)] as [(Int, Int?)] {
        _ = cache.update(rows(position, 1), rows(position, 1), layer: layer, window: window)
      }
    }
    #expect(cache.canGoBack(to: 899) && cache.canGoBack(to: 900) && !cache.canGoBack(to: 100))
  }

  @Test func positionsCanBeTakenBackAndRowsExchanged() {
    let cache = KeyValueCache()
    let pair = cat([rows(0, 4), rows(10, 4)], dim: 0)
    _ = cache.update(pair, pair, layer: 0, window: nil)
    cache.truncate(to: 2)
    cache.reorder([1, 1])
    let keys = cache.update(cat([rows(50, 1), rows(60, 1)], dim: 0), pair.narrow(2, 0, 1), layer: 0, window: nil).keys
    #expect(numbers(keys) == [10, 11, 50, 10, 11, 60])
  }
}
