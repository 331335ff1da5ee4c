import Apus
import ApusCore
import ApusTrain
import Testing

/// A terminal that keeps what is written, and a clock that goes on by itself.
private final class Screen: Sendable {
  private let text = Lock("")
  private let time = Lock(0.0)
  let step: Double

  init(step: Double) { self.step = step }

  var written: String { text.withLock { $0 } }
  func write(_ more: String) { text.withLock { $0 += more } }
  func now() -> Double {
    time.withLock { time in
      time += step
      return time
    }
  }

  func progress<Base: Sequence>(
    _ base: Base, _ description: String? = nil, total: Int? = nil, isInteractive: Bool = false
  ) -> ProgressSequence<Base> {
    .make(
      base, description: description, total: total,
      terminal: Terminal(isInteractive: isInteractive, hasColours: false, hasUnicode: false, width: 100),
      write: { [self] in write($0) }, clock: { [self] in now() })
  }
}

@Suite struct ProgressTests {
  @Test func aFinalLineWhereNobodyLooksOn() {
    let screen = Screen(step: 1)
    let bar = screen.progress(0..<4, "epoch 1")
    var seen: [Int] = []
    for i in bar {
      seen.append(i)
      bar.setPostfix(loss: 0.25, step: i)
    }
    #expect(seen == [0, 1, 2, 3])
    #expect(screen.written.hasPrefix("epoch 1   4/4  loss 0.25"))
    #expect(screen.written.contains("step 3") && screen.written.hasSuffix("/s\n"))
    #expect(screen.written.filter { $0 == "\n" }.count == 1)
  }

  @Test func aBarAtMostTenTimesASecond() {
    let screen = Screen(step: 0.01)
    for _ in screen.progress(Array(0..<100), isInteractive: true) {}
    let drawings = screen.written.split(separator: "\r").count
    #expect(drawings > 5 && drawings < 16)
    #expect(screen.written.contains("/100"))
  }

  @Test func loopsThatAreLeft() {
    let screen = Screen(step: 0)
    for i in screen.progress(0..<10) where i == 3 { break }
    #expect(screen.written.contains("3/10"))
  }

  @Test func loadersKnowTheirLength() {
    let x = Tensor(Array(0..<10))
    let loader = DataLoader(TensorDataset(x, x), batchSize: 4)
    let screen = Screen(step: 0)
    var count = 0
    for (i, (a, b)) in screen.progress(loader.enumerated()) { count += i * a.count * b.count / a.count }
    #expect(count == 4 + 2 * 2 && screen.written.contains("3/3"))
    #expect(screen.progress(loader).total == 3 && screen.progress([1, 2].enumerated()).total == 2)
    #expect(screen.progress(loader, total: 7).total == 7)
    #expect(screen.progress(AnyIterator { nil as Int? }).total == nil)
  }

  @Test func valuesByTheirNames() {
    let screen = Screen(step: 0)
    let bar = screen.progress(0..<1)
    for _ in bar { bar.setPostfix(["loss": Tensor(0.5), "acc": 0.25, "what": "text"]) }
    #expect(screen.written.contains("1/1  acc 0.25") && screen.written.contains("loss 0.5"))
    #expect(screen.written.contains("what text"))
  }
}
