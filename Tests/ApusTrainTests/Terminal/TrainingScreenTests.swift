import Apus
import ApusTrain
import Synchronization
import Testing

/// What is written, and a clock that is set by hand.
private final class ScreenRecorder: Sendable {
  private let state = Mutex((text: "", now: 100.0))
  var text: String { state.withLock { $0.text } }
  var now: Double {
    get { state.withLock { $0.now } }
    set { state.withLock { $0.now = newValue } }
  }
  func write(_ text: String) { state.withLock { $0.text += text } }
  func take() -> String {
    state.withLock { state in
      defer { state.text = "" }
      return state.text
    }
  }
}

@Suite struct TrainingScreenTests {
  /// Two epochs and a half of five, 20 steps of 32 examples and half a second each.
  private func run() -> (state: ScreenState, now: Double) {
    var state = ScreenState(
      title: "DigitNet", notes: ["34,826 parameters", "bf16-mixed"], epochs: 5, stepsPerEpoch: 20, now: 100,
      history: [],
      watched: "validation loss", isLossWatched: true)
    var now = 100.0
    for epoch in 1...3 {
      for step in 1...(epoch == 3 ? 10 : 20) {
        now += 0.5
        let place = Double(epoch - 1) + Double(step) / 20
        let loss = 2 / (1 + place)
        state.update(epoch: epoch, step: step, items: 32 * step, loss: loss, now: now)
        if step % 5 == 0 { state.noteGradientNorm(1 + 1 / (1 + place)) }
        state.sample(
          values: [.init("loss", loss), .init("accuracy", place / (1 + place))], learningRate: 0.001 * place,
          memory: 200 << 20, now: now)
      }
      if epoch == 3 { break }
      var values = EpochValues(epoch: epoch)
      values["loss"] = 2 / (0.5 + Double(epoch))
      values["accuracy"] = Double(epoch) / (1 + Double(epoch))
      values["validation loss"] = epoch == 1 ? 0.9 : 1.2
      values["validation accuracy"] = 0.4 + 0.1 * Double(epoch)
      state.endEpoch(values, now: now)
    }
    return (state, now)
  }

  private func text(width: Int, height: Int) -> String {
    let (state, now) = run()
    return ScreenLayout(state: state, now: now).canvas(width: width, height: height).lines(isStyled: false)
      .joined(separator: "\n")
  }

  @Test func aTerminalOf80Columns() {
    let expected = """
       DigitNet · 34,826 parameters · bf16-mixed                      0:25  0:25 left
       epoch  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━   3/5
       step   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 10/20
      ╭─ loss ───────────────────────────────╮╭─ accuracy ───────────────────────────╮
      │   1.9 ⠘⢆⡀                            ││ 0.667                             ⡠⠊ │
      │         ⠘⢄                           ││                                ⢀⡠⠊   │
      │           ⠣⣀                         ││                              ⢀⠔⠁   ⢀ │
      │  1.24       ⠉⠢⣀⡀           ⣀⣀⠤       ││ 0.583                      ⢀⠔⠁ ⢀⡠⠔⠊⠁ │
      │                ⠈⠒⠤⢄⣀⣀⠤⠤⠒⠒⠉⠉          ││                          ⢀⠔⠁⣀⠤⠒⠁     │
      │                   ⠉⠈⠑⠒⠢⠤⣀⣀           ││                        ⡠⢊⡡⠒⠉         │
      │ 0.571                     ⠉⠉⠑⠒⠢⠤⠤⠤⣀⣀ ││   0.5                ⡠⠞⠊⠁            │
      │       0                      epoch 3 ││       0                      epoch 3 │
      ╰──────────────────────────────────────╯╰──────────────────────────────────────╯
      ╭─ now ──────────────────────╮╭─ epochs ─────────────── best: epoch 1, 0.9000 ─╮
      │ loss            0.5714     ││ epoch    loss     val  accuracy     val   time │
      │ accuracy        0.7143     ││     2  0.8000  1.2000    0.6667  0.6000 10.0 s │
      │ examples/s          64     ││ ★   1  1.3333  0.9000    0.5000  0.5000 10.0 s │
      │ ms/step            500     ││                                                │
      │ learning rate   0.0025     ││                                                │
      │ gradient norm     1.29     ││                                                │
      │ memory          200 MB     ││                                                │
      │                            ││                                                │
      ╰────────────────────────────╯╰────────────────────────────────────────────────╯
       ━━ training   ━━ validation                                       Ctrl-C stops
      """
    #expect(text(width: 80, height: 24) == expected)
  }

  @Test func aSmallTerminal() {
    let expected = """
       DigitNet · bf16-mixed  0:25  0:25 left
       epoch  ━━━━━━━━━━━━╸━━━━━━━━━━━━   3/5
       step   ━━━━━━━━━━━━╸━━━━━━━━━━━━ 10/20
       loss           0.5714
       accuracy       0.7143
       examples/s     64
         1.9 ⠈⠒⠢⣀⣀
                  ⠉⠒⠒⠤⠤⣀⣀⣀   ⣀⣀⣀⣀⣀⣀⠤⠤⠤⠄
       0.571             ⠈⠉⠉⠉⠑⠒⠒⠒⠒⠢⠤⠤⠤⠤⠤⢄⣀⣀⣀⣀
             0                        epoch 3
      """
    #expect(text(width: 40, height: 10) == expected)
  }

  /// In a window of any size every line fits, and styles take no room.
  @Test func noLineIsTooLong() {
    let (state, now) = run()
    for (width, height) in [
      (0, 0), (1, 1), (11, 3), (12, 3), (20, 4), (40, 10), (59, 15), (60, 16), (79, 24), (200, 50), (400, 9),
    ] {
      let canvas = ScreenLayout(state: state, now: now).canvas(width: width, height: height)
      let lines = canvas.lines(isStyled: false)
      #expect(lines.count == height)
      #expect(lines.allSatisfy { $0.unicodeScalars.count <= width }, "\(width) x \(height)")
      let styled = canvas.lines(isStyled: true).map { $0.replacing(#/\u{1b}\[[0-9;]*m/#, with: "") }
      #expect(styled == lines)
    }
  }

  /// A wide window has more curves, and a place for messages.
  @Test func aLargeTerminalShowsMore() {
    var (state, now) = run()
    state.messages = ["first", "second"]
    let lines = ScreenLayout(state: state, now: now).canvas(width: 200, height: 50).lines(isStyled: false)
    #expect(lines[3].contains("╭─ gradient norm ─") && lines[3].contains("╭─ learning rate ─"))
    #expect(lines.contains { $0.contains("╭─ messages ─") } && lines.contains { $0.contains("│ second") })
    state.end = .stopped
    #expect(
      ScreenLayout(state: state, now: now).canvas(width: 80, height: 24).lines(isStyled: false)[0].hasSuffix(
        "stopped after 0:25"))
  }

  /// A run without validation, without a known number of steps, with values that are no numbers.
  @Test func whatIsNotThereIsLeftOut() {
    var state = ScreenState(
      title: "名前 Net", notes: [], epochs: 3, stepsPerEpoch: nil, now: 0, history: [], watched: "validation loss",
      isLossWatched: true)
    var lines = ScreenLayout(state: state, now: 0).canvas(width: 80, height: 24).lines(isStyled: false)
    #expect(lines[0].hasPrefix(" 名前 Net ") && lines.contains { $0.contains("waiting for values") })
    state.update(epoch: 1, step: 1, items: 4, loss: .nan, now: 1)
    state.update(epoch: 1, step: 2, items: 8, loss: .infinity, now: 2)
    var values = EpochValues(epoch: 1)
    values["loss"] = .nan
    state.endEpoch(values, now: 3)
    lines = ScreenLayout(state: state, now: 3).canvas(width: 80, height: 24).lines(isStyled: false)
    #expect(lines.contains { $0.contains(" 1     nan") })
  }

  /// Values over a long run are kept in bounded memory, as means of neighbours.
  @Test func aLongRunKeepsItsShape() {
    var state = ScreenState(
      title: "Net", notes: [], epochs: 1, stepsPerEpoch: 1_000_000, now: 0, history: [], watched: nil,
      isLossWatched: true)
    for step in 1...100_000 {
      state.update(epoch: 1, step: step, items: step, loss: step < 50_000 ? 2 : 1, now: Double(step))
    }
    let lines = ScreenLayout(state: state, now: 1e5).canvas(width: 80, height: 24).lines(isStyled: false)
    #expect(lines[4].hasPrefix("│   2 ⠉⠉") && lines[10].hasPrefix("│   1  "))
    #expect(lines[1].contains("╸━") && lines[0].hasSuffix("27:46:40  10d 10h left"))
  }

  /// Only lines that have changed are written, at most ten times a second, and the last state stays.
  @Test func linesAreDrawnWhenTheyChange() throws {
    let recorder = ScreenRecorder()
    let state = ScreenState(
      title: "Net", notes: [], epochs: 2, stepsPerEpoch: 10, now: 100, history: [], watched: nil, isLossWatched: true)
    let screen = TrainingScreen(state, width: 60, height: 12, write: recorder.write) { recorder.now }
    func step(_ step: Int) {
      screen.update(.init(epoch: 1, step: step, items: step, loss: 1, learningRate: 0.1)) { [.init("loss", 1)] }
    }
    recorder.now = 101
    step(1)
    let first = recorder.take()
    #expect(first.contains("\u{1b}[2J") && first.contains("\u{1b}[1;1H"))
    recorder.now = 101.05
    step(2)
    #expect(recorder.take() == "")
    recorder.now = 101.5
    step(3)
    let second = recorder.take()
    #expect(second.contains("3/10") && !second.contains("\u{1b}[2J") && second.count < first.count)
    screen.log("a message")
    _ = recorder.take()
    var values = EpochValues(epoch: 1)
    values["loss"] = 1
    screen.endEpoch(values, items: 10)
    _ = recorder.take()
    recorder.now = 103
    screen.finish(.done)
    let last = recorder.take()
    #expect(last.hasPrefix("a message\n") && last.contains("done in 0:03"))
    screen.finish(.failed)
    screen.log("nobody looks on")
    #expect(recorder.take() == "")
  }

  @Test func theFormFollowsTheTerminal() {
    func terminal(_ isInteractive: Bool, _ hasUnicode: Bool, _ width: Int, _ height: Int) -> Terminal {
      Terminal(
        isInteractive: isInteractive, hasColours: isInteractive, hasUnicode: hasUnicode, width: width, height: height)
    }
    #expect(ProgressForm.automatic.resolved(terminal(true, true, 80, 24)) == .screen)
    #expect(ProgressForm.automatic.resolved(terminal(true, true, 39, 24)) == .bar)
    #expect(ProgressForm.automatic.resolved(terminal(true, true, 80, 9)) == .bar)
    #expect(ProgressForm.automatic.resolved(terminal(true, false, 80, 24)) == .bar)
    #expect(ProgressForm.automatic.resolved(terminal(false, true, 80, 24)) == .lines)
    #expect(ProgressForm.lines.resolved(terminal(true, true, 80, 24)) == .lines)
  }
}
