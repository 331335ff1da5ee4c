import ApusCore
import ApusData
import ApusNN
import Dispatch

/// The screen of a training run in a terminal: progress, curves, numbers and a table of epochs, drawn at most ten times a second. It
/// follows the size of the window. When it is finished, its last state stays as text.
///
/// Sendable: what changes is behind the lock; the timer is started and cancelled.
package final class TrainingScreen: TrainingDisplay, @unchecked Sendable {
  private struct State {
    var run: ScreenState
    var lastDrawn = -Double.infinity
    /// The lines on the terminal, as they were written last.
    var shown: [String] = []
    var size = (width: 0, height: 0)
    /// Lines for the user, which are written at the end; a terminal keeps them itself.
    var lines: [String] = []
    var isFinished = false
  }

  private static let interval = 0.1
  private let state: Lock<State>
  private let place: Place
  private let clock: @Sendable () -> Double
  private let timer: (any DispatchSourceTimer)?

  /// A screen of a fixed size, whose text `write` takes.
  package convenience init(
    _ run: ScreenState, width: Int, height: Int, write: @escaping @Sendable (String) -> Void,
    clock: @escaping @Sendable () -> Double
  ) {
    self.init(run, on: .text(width: width, height: height, write: write), clock: clock)
  }

  /// Where it is drawn.
  enum Place: Sendable {
    case terminal(ScreenTerminal)
    /// Text of a window of a fixed size, for tests.
    case text(width: Int, height: Int, write: @Sendable (String) -> Void)
  }

  init(_ run: ScreenState, on place: Place, clock: @escaping @Sendable () -> Double) {
    self.place = place
    self.clock = clock
    state = Lock(State(run: run))
    guard case .terminal = place else {
      timer = nil
      return
    }
    // Steps may take long: the clock goes on, and the window may change its size.
    let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
    self.timer = timer
    timer.schedule(deadline: .now() + 0.25, repeating: 0.25)
    timer.setEventHandler { [weak self] in self?.tick() }
    timer.resume()
    draw(at: clock())
  }

  private func tick() {
    let now = clock()
    state.withLock { state in
      let hasChanged = ScreenTerminal.hasChanged.exchange(false, ordering: .relaxed)
      if hasChanged || now - state.lastDrawn >= 1 { draw(&state, now) }
    }
  }

  package func update(_ progress: StepProgress, values: () -> [ProgressBar.Value]) {
    let now = clock()
    state.withLock { state in
      state.run.update(
        epoch: progress.epoch, step: progress.step, items: progress.items, loss: progress.loss, now: now)
      if let norm = progress.gradientNorm { state.run.noteGradientNorm(norm) }
      guard now - state.lastDrawn >= Self.interval else { return }
      state.run.sample(
        values: values(), learningRate: progress.learningRate, memory: memory, now: now)
      draw(&state, now)
    }
  }

  private var memory: Int {
    if case .terminal = place { ProcessMemory.current } else { 0 }
  }

  package func noteValidation(_ values: [(name: String, value: Double)]) {
    state.withLock { $0.run.noteValidation(values) }
  }

  package func endEpoch(_ values: EpochValues, items: Int) {
    let now = clock()
    state.withLock { state in
      state.run.endEpoch(values, now: now)
      draw(&state, now)
    }
  }

  package func log(_ line: String) {
    let now = clock()
    state.withLock { state in
      guard !state.isFinished else { return }
      if case .terminal(let terminal) = place { terminal.show(line) } else { note(line, &state) }
      draw(&state, now)
    }
  }

  private func note(_ line: String, _ state: inout State) {
    let lines = line.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if case .text = place { state.lines += lines }
    state.run.messages += lines.filter { !$0.isEmpty }.map(singleLine)
    state.run.messages.removeFirst(max(0, state.run.messages.count - 100))
  }

  package func finish(_ end: ScreenState.End) {
    timer?.cancel()
    let now = clock()
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      state.run.end = end
      let size = size
      let canvas = ScreenLayout(state: state.run, now: now).canvas(width: size.width, height: min(size.height - 1, 24))
      var lines = canvas.lines(isStyled: true)
      while lines.last?.isEmpty ?? false { lines.removeLast() }
      let text = (state.lines + lines).joined(separator: "\n") + "\n"
      switch place {
      case .terminal(let terminal):
        terminal.giveBack()
        Terminal.write(text)
      case .text(_, _, let write): write(text)
      }
    }
  }

  /// Lines that the program has printed itself.
  private func takePrinted(_ state: inout State) {
    guard case .terminal(let terminal) = place else { return }
    for line in terminal.printedLines() { note(line, &state) }
  }

  private var size: (width: Int, height: Int) {
    switch place {
    case .terminal(let terminal): terminal.size ?? (80, 24)
    case .text(let width, let height, _): (width, height)
    }
  }

  private func draw(at now: Double) { state.withLock { draw(&$0, now) } }

  /// Writes the lines that have changed.
  private func draw(_ state: inout State, _ now: Double) {
    guard !state.isFinished else { return }
    takePrinted(&state)
    state.lastDrawn = now
    let size = size
    var text = "\u{1b}[?2026h"
    if case .terminal(let terminal) = place, ScreenTerminal.isBack.exchange(false, ordering: .relaxed) {
      terminal.enterAgain()
      state.shown = []
    }
    if size != state.size {
      state.size = size
      state.shown = []
      text += "\u{1b}[2J"
    }
    let lines = ScreenLayout(state: state.run, now: now).canvas(width: size.width, height: size.height)
      .lines(isStyled: true)
    for (y, line) in lines.enumerated() where !state.shown.indices.contains(y) || state.shown[y] != line {
      text += "\u{1b}[\(y + 1);1H\(line)\u{1b}[K"
    }
    state.shown = lines
    text += "\u{1b}[?2026l"
    switch place {
    case .terminal(let terminal): terminal.write(text)
    case .text(_, _, let write): write(text)
    }
  }
}

extension Trainer {
  /// What shows this run, as ``progress`` says and the terminal allows.
  func makeDisplay(_ loader: DataLoader<Batch>, _ epochs: Int) -> (any TrainingDisplay)? {
    let form = progress.resolved(terminal)
    if form == .none || !isMain { return nil }
    let stepsPerEpoch = batchCount(loader)
    if form == .screen, terminal.isInteractive, terminal.hasUnicode, let screen = makeScreen(epochs, stepsPerEpoch) {
      return screen
    }
    var terminal = terminal
    if form == .lines { terminal.isInteractive = false }
    return BarDisplay(
      ProgressBar(epochs: epochs, stepsPerEpoch: stepsPerEpoch, terminal: terminal, write: write))
  }

  /// Nil where the terminal cannot be had.
  private func makeScreen(_ epochs: Int, _ stepsPerEpoch: Int?) -> TrainingScreen? {
    guard let terminal = ScreenTerminal() else { return nil }
    let parameters = model.parameters().reduce(0) { $0 + $1.count }
    let notes = ["\(grouped(parameters)) parameters"] + (precision == .float32 ? [] : [precision.rawValue])
    let watched = checkpoints?.monitor
    let run = ScreenState(
      title: "\(type(of: model))", notes: notes, epochs: epochs, stepsPerEpoch: stepsPerEpoch, now: Clock.seconds,
      history: history, watched: watched ?? "validation loss",
      isLossWatched: watched == nil || checkpoints?.isLoss ?? true
    )
    return TrainingScreen(run, on: .terminal(terminal)) { Clock.seconds }
  }
}

/// `1,234,567`
private func grouped(_ number: Int) -> String {
  let digits = Array("\(number)")
  return String(
    digits.enumerated().flatMap { i, digit in i > 0 && (digits.count - i) % 3 == 0 ? [",", digit] : [digit] })
}
