import ApusCore
import ApusFormats

/// The progress of a training run, drawn in place in a terminal and written as plain lines elsewhere.
///
///     epoch  3/10 ━━━━━━━━━━━━━━━━━━━━╸━━━━━━━━━ 312/469  loss 0.0812  accuracy 0.9750  0:38 left  41.2k/s
///
/// The bar is drawn at most 15 times a second, however often it is updated; plain lines are ten seconds apart. Each epoch
/// leaves a line behind. It can be used from several threads at once.
public final class ProgressBar: Sendable {
  /// A number shown beside the bar.
  public struct Value: Sendable, Hashable {
    public var name: String
    public var value: Double
    /// What is shown in place of the number.
    var text: String?

    /// A value to show beside the bar.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }

    init(_ name: String, text: String) {
      self.init(name, .nan)
      self.text = text
    }

    var shown: String { text.map(singleLine) ?? NumberText.steady(value) }
  }

  private struct State {
    var epoch = 1
    var step = 0
    var items = 0
    var values: [Value] = []
    var started: Double
    var epochStarted: Double
    var lastDrawn = -Double.infinity
    var isDrawn = false
  }

  private let epochs: Int
  private let stepsPerEpoch: Int?
  private let terminal: Terminal
  private let write: @Sendable (String) -> Void
  private let clock: @Sendable () -> Double
  private let state: Lock<State>

  /// Seconds between two drawings, and between two plain lines.
  private let liveInterval: Double
  private let plainInterval: Double
  /// What stands in place of the number of the epoch.
  private let title: Lock<String?>

  /// - Parameters:
  ///   - epochs: the number of epochs of the run.
  ///   - stepsPerEpoch: the number of steps of each epoch, or nil when it is not known: then no bar and no time left is shown.
  ///   - write: takes the text to be shown.
  ///   - clock: seconds from any fixed moment.
  public convenience init(
    epochs: Int, stepsPerEpoch: Int?, terminal: Terminal = .standardOutput,
    write: @escaping @Sendable (String) -> Void = Terminal.write,
    clock: @escaping @Sendable () -> Double = ProgressBar.seconds
  ) {
    self.init(
      epochs: epochs, stepsPerEpoch: stepsPerEpoch, title: nil, liveInterval: 1.0 / 15, plainInterval: 10,
      terminal: terminal, write: write, clock: clock)
  }

  /// - Parameter title: stands in place of the number of the epoch.
  init(
    epochs: Int, stepsPerEpoch: Int?, title: String?, liveInterval: Double, plainInterval: Double, terminal: Terminal,
    write: @escaping @Sendable (String) -> Void, clock: @escaping @Sendable () -> Double
  ) {
    self.title = Lock(title)
    self.liveInterval = liveInterval
    self.plainInterval = plainInterval
    self.epochs = max(epochs, 1)
    self.stepsPerEpoch = stepsPerEpoch.flatMap { $0 > 0 ? $0 : nil }
    self.terminal = terminal
    self.write = write
    self.clock = clock
    let now = clock()
    state = Lock(State(started: now, epochStarted: now, lastDrawn: terminal.isInteractive ? -.infinity : now))
  }

  /// Seconds of a clock that never goes back.
  @Sendable public static func seconds() -> Double { Clock.seconds }

  /// Says that `step` steps of epoch `epoch` (from 1) are done, which took `items` examples of this epoch, with `values` to
  /// show, which are computed when they are drawn. It is cheap between two drawings.
  public func update(epoch: Int, step: Int, items: Int = 0, values: @autoclosure () -> [Value] = []) {
    state.withLock { state in
      let now = clock()
      if epoch != state.epoch {
        state.epoch = epoch
        state.epochStarted = now
      }
      (state.step, state.items) = (step, items)
      let interval = terminal.isInteractive ? liveInterval : plainInterval
      guard now - state.lastDrawn >= interval else { return }
      state.values = values()
      state.lastDrawn = now
      if terminal.isInteractive {
        write("\r\(liveLine(state, now))\u{1b}[K")
        state.isDrawn = true
      } else {
        write(plainLine(state, now) + "\n")
      }
    }
  }

  /// Ends an epoch: replaces the bar by a line with `values` that stays.
  public func endEpoch(_ epoch: Int, items: Int = 0, values: [Value]) {
    state.withLock { state in
      let now = clock()
      let elapsed = now - state.epochStarted
      var parts = [epochText(epoch)] + values.map(text(of:)) + [DurationText.precise(elapsed)]
      if items > 0, elapsed > 0 { parts.append(terminal.styled(RateText.short(Double(items) / elapsed) + "/s", "2")) }
      write(clearing(&state) + parts.joined(separator: "  ") + "\n")
      (state.epoch, state.epochStarted, state.step, state.items) = (epoch + 1, now, 0, 0)
      if !terminal.isInteractive { state.lastDrawn = now }
    }
  }

  /// Writes a line above the bar.
  public func log(_ line: String) {
    state.withLock { state in
      write(clearing(&state) + line + "\n")
      state.lastDrawn = terminal.isInteractive ? -.infinity : state.lastDrawn
    }
  }

  /// Removes the bar at the end of the run, or before something else is written.
  public func finish() {
    state.withLock { state in
      let text = clearing(&state)
      if !text.isEmpty { write(text) }
    }
  }

  /// What removes the bar, if there is one.
  private func clearing(_ state: inout State) -> String {
    defer { state.isDrawn = false }
    return state.isDrawn ? "\r\u{1b}[K" : ""
  }

  private func liveLine(_ state: State, _ now: Double) -> String {
    // The last column stays free: writing there moves the cursor to the next line in some terminals.
    let width = (Terminal.currentWidth ?? terminal.width) - 1
    let head = epochText(state.epoch)
    let counter =
      stepsPerEpoch.map { "\(padded(left: String(state.step), String($0).count))/\($0)" } ?? "step \(state.step)"
    // By falling importance: what does not fit is left out.
    var details = state.values.map { (plain: plainText(of: $0), styled: text(of: $0)) }
    if let left = timeLeft(state, now) { details.append((left, left)) }
    let elapsed = now - state.epochStarted
    if state.items > 0, elapsed > 0 {
      let rate = RateText.short(Double(state.items) / elapsed) + "/s"
      details.append((rate, terminal.styled(rate, "2")))
    }
    let shortest = stepsPerEpoch == nil ? 0 : 9
    var used = head.count + 1 + counter.count
    guard used + shortest <= width else { return String("\(head) \(counter)".prefix(max(width, 0))) }
    var tail = ""
    for detail in details {
      guard used + shortest + 2 + detail.plain.count <= width else { break }
      tail += "  " + detail.styled
      used += 2 + detail.plain.count
    }
    guard let stepsPerEpoch else { return "\(head) \(counter)\(tail)" }
    let bar = bar(Double(state.step) / Double(stepsPerEpoch), width: min(40, width - used - 1))
    return "\(head) \(bar) \(counter)\(tail)"
  }

  private func plainLine(_ state: State, _ now: Double) -> String {
    var parts = [epochText(state.epoch), stepsPerEpoch.map { "step \(state.step)/\($0)" } ?? "step \(state.step)"]
    parts += state.values.map(plainText(of:))
    let elapsed = now - state.epochStarted
    if state.items > 0, elapsed > 0 { parts.append(RateText.short(Double(state.items) / elapsed) + "/s") }
    if let left = timeLeft(state, now) { parts.append(left) }
    return parts.joined(separator: "  ")
  }

  private func bar(_ fraction: Double, width: Int) -> String {
    let halves = Int((min(max(fraction, 0), 1) * Double(2 * width)).rounded(.down))
    guard terminal.hasUnicode else {
      let full = String(repeating: "=", count: halves / 2)
      return full + (halves / 2 < width ? ">" : "") + String(repeating: "-", count: max(0, width - halves / 2 - 1))
    }
    let done = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
    let rest = String(repeating: terminal.hasColours ? "━" : "─", count: width - (halves + 1) / 2)
    return terminal.styled(done, "38;5;39") + terminal.styled(rest, "38;5;238")
  }

  /// Changes the title of a bar that has one.
  func setTitle(_ text: String) { title.withLock { $0 = text } }

  private func epochText(_ epoch: Int) -> String {
    title.withLock { $0 }.map(singleLine) ?? "epoch \(padded(left: String(epoch), String(epochs).count))/\(epochs)"
  }
  private func plainText(of value: Value) -> String { "\(singleLine(value.name)) \(value.shown)" }
  private func text(of value: Value) -> String {
    "\(terminal.styled(singleLine(value.name), "2")) \(terminal.styled(value.shown, "1"))"
  }

  private func timeLeft(_ state: State, _ now: Double) -> String? {
    guard let stepsPerEpoch else { return nil }
    let done = Double(stepsPerEpoch) * Double(state.epoch - 1) + Double(state.step)
    let all = Double(stepsPerEpoch) * Double(epochs)
    guard done > 0, done <= all, now > state.started else { return nil }
    return DurationText.clock((now - state.started) / done * (all - done)) + " left"
  }
}
