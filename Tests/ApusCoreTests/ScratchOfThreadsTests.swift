import Apus
import Synchronization
import Testing

/// Loops that give each thread memory of its own count the threads once, whatever happens to the setting meanwhile.
@Suite(.serialized) struct ScratchOfThreadsTests {
  @Test func partsAreThoseThatWereCounted() {
    let before = getNumThreads()
    defer { setNumThreads(before) }
    for (first, second) in [(2, 7), (7, 1), (1, 5), (4, 3)] {
      setNumThreads(first)
      let parts = parallelParts(10_000, grain: 1)
      #expect(parts == first)
      setNumThreads(second)
      let seen = Mutex<[(Int, Range<Int>)]>([])
      parallelChunks(10_000, parts: parts) { index, range in seen.withLock { $0.append((index, range)) } }
      let found = seen.withLock { $0.sorted { $0.0 < $1.0 } }
      #expect(found.map(\.0) == Array(0..<parts))
      #expect(found.flatMap(\.1) == Array(0..<10_000))
    }
  }

  @Test func theSettingChangesWhileOperationsRun() async {
    manualSeed(0)
    let before = getNumThreads()
    defer { setNumThreads(before) }
    let (x, weight, bias) = (randn(512, 64), parameter(randn(64)), parameter(randn(64)))
    let image = randn(8, 32, 16, 16)
    let filters = parameter(randn(32, 32, 3, 3))
    let fused = compile { (x: Tensor) in (x * 2 + 1).square().sum(0) }
    @Sendable func results() -> [Tensor] {
      let rows = layerNorm(x, [64], weight: weight, bias: bias) * x
      let channels = batchNorm(x, weight: weight, bias: bias, training: true) * x
      let maps = conv2d(image, filters, padding: 1).square()
      return gradients(
        of: [rows.sum() + channels.sum() + maps.mean()], wrt: [weight, bias, filters]
      ).compactMap { $0 } + [fused(x)]
    }
    setNumThreads(1)
    let expected = results()
    let isDone = Flag()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var count = 1
        while !isDone.isRaised {
          setNumThreads(count % 13 + 1)
          count += 5
        }
      }
      for _ in 0..<8 {
        for (a, b) in zip(results(), expected) {
          #expect(a.allclose(b, rtol: 1e-3, atol: 1e-3))
        }
      }
      isDone.raise()
    }
  }
}

private final class Flag: Sendable {
  private let value = Mutex(false)
  var isRaised: Bool { value.withLock { $0 } }
  func raise() { value.withLock { $0 = true } }
}
