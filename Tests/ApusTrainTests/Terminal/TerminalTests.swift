import ApusCore
import ApusTrain
import Testing

/// What was written, and a clock that a test moves by hand.
final class Recorder: Sendable {
  private let texts = Lock<[String]>([])
  private let time = Lock<Double>(0)
  var written: [String] { texts.withLock { $0 } }
  var all: String { written.joined() }
  @Sendable func write(_ text: String) { texts.withLock { $0.append(text) } }
  @Sendable func now() -> Double { time.withLock { $0 } }
  func wait(_ seconds: Double) { time.withLock { $0 += seconds } }
}

@Suite struct ProgressBarTests {
  let live = Terminal(isInteractive: true, hasColours: false, hasUnicode: true, width: 100)
  let plain = Terminal.plain

  func bar(_ recorder: Recorder, _ terminal: Terminal, epochs: Int = 3, steps: Int? = 100) -> ProgressBar {
    ProgressBar(epochs: epochs, stepsPerEpoch: steps, terminal: terminal, write: recorder.write, clock: recorder.now)
  }

  @Test func theBarIsDrawnAtMostFifteenTimesASecond() {
    let recorder = Recorder()
    let bar = bar(recorder, live)
    for step in 1...1000 {
      recorder.wait(0.001)
      bar.update(epoch: 1, step: step / 10)
    }
    #expect((14...16).contains(recorder.written.count))
  }

  @Test func theLiveLineShowsEverything() {
    let recorder = Recorder()
    let bar = bar(recorder, live)
    recorder.wait(10)
    bar.update(epoch: 1, step: 50, items: 25_000, values: [.init("loss", 0.08123), .init("accuracy", 0.975)])
    let line = recorder.all
    #expect(line.hasPrefix("\r") && line.hasSuffix("\u{1b}[K"))
    for part in ["epoch 1/3", " 50/100", "loss 0.0812", "accuracy 0.9750", "2.5k/s", "0:50 left", "━"] {
      #expect(line.contains(part), "\(part) in \(line)")
    }
    bar.finish()
    bar.finish()
    #expect(recorder.written.dropFirst() == ["\r\u{1b}[K"])
  }

  @Test(arguments: 0...130)
  func linesFitTheWidth(width: Int) {
    let recorder = Recorder()
    let bar = bar(recorder, Terminal(isInteractive: true, hasColours: false, hasUnicode: false, width: width))
    recorder.wait(10)
    bar.update(epoch: 2, step: 70, items: 900, values: [.init("loss\n", 1), .init("a very long name", -.infinity)])
    #expect(recorder.all.dropFirst().dropLast(3).count <= max(0, width - 1))
    #expect(!recorder.all.contains("\n"))
  }

  @Test func plainLinesAreTenSecondsApart() {
    let recorder = Recorder()
    let bar = bar(recorder, plain)
    for step in 1...100 {
      recorder.wait(0.25)
      bar.update(epoch: 1, step: step, items: step * 10, values: [.init("loss", 1)])
    }
    bar.endEpoch(1, items: 1000, values: [.init("loss", 0.5)])
    #expect(
      recorder.written == [
        "epoch 1/3  step 40/100  loss 1.0000  40/s  1:05 left\n",
        "epoch 1/3  step 80/100  loss 1.0000  40/s  0:55 left\n",
        "epoch 1/3  loss 0.5000  25.0 s  40/s\n",
      ])
  }

  @Test func anEpochsLineReplacesTheBar() {
    let recorder = Recorder()
    let bar = bar(recorder, live, epochs: 10)
    bar.update(epoch: 1, step: 1)
    recorder.wait(90)
    bar.log("a message")
    bar.endEpoch(1, values: [.init("loss", .nan)])
    #expect(recorder.written.dropFirst() == ["\r\u{1b}[Ka message\n", "epoch  1/10  loss nan  1:30\n"])
  }

  @Test func extremeNumbersAreShown() {
    let recorder = Recorder()
    let bar = bar(recorder, live, epochs: 0, steps: nil)
    recorder.wait(1e12)
    bar.update(
      epoch: 7, step: -4, items: .max, values: [.init("x", .infinity), .init("y", 1e-300), .init("z", -1e308)])
    bar.endEpoch(7, items: 1, values: [])
    #expect(recorder.all.contains("step -4"))
  }
}

@Suite struct ConfusionMatrixTests {
  @Test func countsAndRatios() throws {
    var matrix = ConfusionMatrix(classNames: ["cat", "dog", "none"])
    try matrix.add(actual: [0, 0, 0, 1, 1], predicted: [0, 0, 1, 1, 1])
    #expect(matrix.counts == [[2, 1, 0], [0, 2, 0], [0, 0, 0]])
    #expect(matrix.accuracy == 0.8 && matrix.total == 5)
    #expect(matrix.recall(0) == 2.0 / 3 && matrix.recall(2) == nil)
    #expect(matrix.precision(1) == 2.0 / 3 && matrix.precision(2) == nil)
    #expect(throws: TensorError.self) { try matrix.add(actual: 3, predicted: 0) }
    #expect(throws: TensorError.self) { try matrix.add(actual: 0, predicted: -1) }
    #expect(throws: TensorError.self) { try matrix.add(actual: [0], predicted: []) }
    #expect(
      matrix.text(terminal: .plain) == """
        true ↓  cat  dog  none  recall
           cat    2    1     ·   66.7%
           dog    ·    2     ·  100.0%
          none    ·    ·     ·       -
        accuracy 80.0% of 5

        """)
    let ascii = matrix.text(terminal: Terminal(isInteractive: false, hasColours: false, hasUnicode: false, width: 80))
    #expect(ascii.utf8.allSatisfy { $0 < 128 })
    #expect(ConfusionMatrix(classes: 0).text(terminal: .plain).contains("no examples"))
  }
}

@Suite struct ImageTextTests {
  let ascii = Terminal(isInteractive: false, hasColours: false, hasUnicode: false, width: 40)

  @Test func greyBecomesDensity() throws {
    #expect(try drawImage([0, 1, 0.5, .nan], width: 2, height: 2, terminal: ascii) == "  @@\n++  \n")
    #expect(try drawImage([0, 2, 0.5, -1], width: 2, height: 2, terminal: .plain) == "  ██\n▒▒  \n")
  }

  @Test func colourTerminalsShowTwoRowsInOne() throws {
    let colour = Terminal(isInteractive: true, hasColours: true, hasUnicode: true, width: 40)
    #expect(
      try drawImage([1, 0, 0.5], width: 1, height: 3, terminal: colour)
        == "\u{1b}[38;5;231;48;5;16m▀\u{1b}[0m\n\u{1b}[38;5;244m▀\u{1b}[0m\n")
  }

  @Test func widePicturesAreMadeSmaller() throws {
    let text = try drawImage([Float](repeating: 1, count: 10_000), width: 100, height: 100, terminal: ascii)
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 40 } && lines.count == 20)
  }

  @Test func picturesStandSideBySide() throws {
    let text = try drawImages(
      [[1], [0], [1]], width: 1, height: 1, captions: ["7", "ab", "long"],
      terminal: Terminal(isInteractive: false, hasColours: false, hasUnicode: false, width: 8))
    #expect(text == " @@ \n 7  \n    \n ab \n @@ \nlong\n")
    let narrow = try drawImages(
      [[1], [0], [1]], width: 1, height: 1, captions: ["7", "ab", "9"],
      terminal: Terminal(isInteractive: false, hasColours: false, hasUnicode: false, width: 8))
    #expect(narrow == "@@    \n7   ab\n@@\n9 \n")
  }

  @Test func numbersThatDoNotFitAreErrors() {
    #expect(throws: TensorError.self) { try drawImage([1], width: 2, height: 2, terminal: ascii) }
    #expect(throws: TensorError.self) { try drawImage([], width: 0, height: 2, terminal: ascii) }
    #expect(throws: TensorError.self) { try drawImage([], width: .max, height: 2, terminal: ascii) }
  }
}
