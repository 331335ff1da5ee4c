import ApusCore
import ApusData

/// Shows the progress of a loop on the standard error, as `tqdm` does:
///
///     for (images, labels) in progress(loader, description: "epoch 1") { ... }
///
///     let bar = progress(loader)
///     for batch in bar {
///       ...
///       bar.setPostfix(loss: loss.item())
///     }
///
/// In a terminal a bar is drawn in place, at most ten times a second; at the end a line stays. Elsewhere only that line is
/// written.
///
/// - Parameters:
///   - sequence: a loader, `loader.enumerated()`, or any other sequence.
///   - description: stands before the bar.
///   - total: the number of elements; if nil, as many as the sequence says that it has, where it does.
public func progress<Base: Sequence>(
  _ sequence: Base, description: String? = nil, total: Int? = nil
) -> ProgressSequence<Base> {
  ProgressSequence(sequence, description: description, total: total)
}

/// `progress(loader, "epoch 1")`.
public func progress<Base: Sequence>(
  _ sequence: Base, _ description: String, total: Int? = nil
) -> ProgressSequence<Base> {
  ProgressSequence(sequence, description: description, total: total)
}

/// `progress(loader, desc: "epoch 1")`, as `tqdm` has it.
public func progress<Base: Sequence>(
  _ sequence: Base, desc description: String, total: Int? = nil
) -> ProgressSequence<Base> {
  ProgressSequence(sequence, description: description, total: total)
}

/// A sequence whose loops show how far they are: see ``progress(_:description:total:)``.
public final class ProgressSequence<Base: Sequence>: Sequence {
  private let base: Base
  /// The number of elements, where it is known.
  public let total: Int?
  private let terminal: Terminal
  private let write: @Sendable (String) -> Void
  private let clock: @Sendable () -> Double
  private let state: Lock<State>

  private struct State {
    var description: String
    var values: [ProgressBar.Value] = []
    var bar: ProgressBar?
  }

  init(
    _ base: Base, description: String?, total: Int?, terminal: Terminal = .standardError,
    write: @escaping @Sendable (String) -> Void = Terminal.writeError,
    clock: @escaping @Sendable () -> Double = ProgressBar.seconds
  ) {
    self.base = base
    self.total = total ?? Self.knownCount(base)
    self.terminal = terminal
    self.write = write
    self.clock = clock
    state = Lock(State(description: description ?? ""))
  }

  /// With a place of one's own to write to.
  package static func make(
    _ base: Base, description: String?, total: Int?, terminal: Terminal, write: @escaping @Sendable (String) -> Void,
    clock: @escaping @Sendable () -> Double
  ) -> ProgressSequence {
    ProgressSequence(base, description: description, total: total, terminal: terminal, write: write, clock: clock)
  }

  private static func knownCount(_ base: Base) -> Int? {
    if let known = base as? any CountedBatches { return known.knownCount }
    if let collection = base as? any Collection { return collection.count }
    return base.underestimatedCount > 0 ? base.underestimatedCount : nil
  }

  /// Shows values behind the bar: `bar.setPostfix(loss: 0.3, accuracy: 0.9)`, or `bar.setPostfix(["loss": 0.3])`.
  public var setPostfix: ProgressPostfix { ProgressPostfix { [self] values in state.withLock { $0.values = values } } }

  /// Changes what stands before the bar.
  public func setDescription(_ description: String) {
    let bar = state.withLock { state in
      state.description = description
      return state.bar
    }
    bar?.setTitle(description)
  }

  /// Writes a line above the bar.
  public func write(_ line: String) {
    if let bar = state.withLock({ $0.bar }) { bar.log(line) } else { write(line + "\n") }
  }

  public var underestimatedCount: Int { base.underestimatedCount }

  public func makeIterator() -> Iterator {
    let bar = ProgressBar(
      epochs: 1, stepsPerEpoch: total, title: state.withLock { $0.description }, liveInterval: 0.1,
      plainInterval: .infinity, terminal: terminal, write: write, clock: clock)
    state.withLock { $0.bar = bar }
    return Iterator(
      base: base.makeIterator(), pass: Pass(bar, total: total) { [self] in state.withLock { $0.values } })
  }

  /// One loop over the elements.
  public struct Iterator: IteratorProtocol {
    fileprivate var base: Base.Iterator
    fileprivate let pass: Pass

    public mutating func next() -> Base.Element? {
      let element = base.next()
      pass.advance(isEnd: element == nil)
      return element
    }
  }

  /// What a loop has done. A loop that is left early ends its line too.
  fileprivate final class Pass {
    private let bar: ProgressBar
    private let total: Int?
    private let values: () -> [ProgressBar.Value]
    private var given = 0
    private var hasEnded = false

    init(_ bar: ProgressBar, total: Int?, values: @escaping () -> [ProgressBar.Value]) {
      self.bar = bar
      self.total = total
      self.values = values
    }

    deinit { end(done: Swift.max(0, given - 1)) }

    func advance(isEnd: Bool) {
      if isEnd { return end(done: given) }
      // The element that was given before is done now.
      bar.update(epoch: 1, step: given, items: given, values: values())
      given += 1
    }

    private func end(done: Int) {
      guard !hasEnded else { return }
      hasEnded = true
      let count = ProgressBar.Value("", text: total.map { "\(done)/\($0)" } ?? "\(done)")
      bar.endEpoch(1, items: done, values: [count] + values())
    }
  }
}

/// Takes the values that are shown behind a bar, by their names.
@dynamicCallable
public struct ProgressPostfix {
  fileprivate let set: ([ProgressBar.Value]) -> Void

  /// `bar.setPostfix(loss: 0.3)`.
  public func dynamicallyCall(withKeywordArguments values: KeyValuePairs<String, any ProgressValue>) {
    set(values.map { $0.value.shown(as: $0.key) })
  }

  /// `bar.setPostfix(["loss": 0.3])`: by their names in alphabetical order.
  public func dynamicallyCall(withArguments values: [[String: any ProgressValue]]) {
    set(values.flatMap { $0.sorted { $0.key < $1.key } }.map { $0.value.shown(as: $0.key) })
  }
}

/// What can be shown behind a bar: a number, a tensor with one element, a text.
public protocol ProgressValue {
  /// The value under this name.
  func shown(as name: String) -> ProgressBar.Value
}

extension Double: ProgressValue {
  public func shown(as name: String) -> ProgressBar.Value { ProgressBar.Value(name, self) }
}

extension Float: ProgressValue {
  public func shown(as name: String) -> ProgressBar.Value { ProgressBar.Value(name, Double(self)) }
}

extension Int: ProgressValue {
  public func shown(as name: String) -> ProgressBar.Value { ProgressBar.Value(name, text: "\(self)") }
}

extension String: ProgressValue {
  public func shown(as name: String) -> ProgressBar.Value { ProgressBar.Value(name, text: self) }
}

extension Tensor: ProgressValue {
  public func shown(as name: String) -> ProgressBar.Value {
    count == 1
      ? ProgressBar.Value(name, detach().to(.float64).item()) : ProgressBar.Value(name, text: "of shape \(shape)")
  }
}
