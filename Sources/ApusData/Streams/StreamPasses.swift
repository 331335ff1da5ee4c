import ApusCore

// The passes of streams that are made of others.

final class MappedPass<Base: Sendable, Element: Sendable>: StreamPass<Element> {
  private let base: StreamPass<Base>
  private let transform: @Sendable (Base) throws -> Element

  init(_ base: StreamPass<Base>, _ transform: @escaping @Sendable (Base) throws -> Element) {
    (self.base, self.transform) = (base, transform)
  }

  override func next() throws -> Element? {
    try base.next().map { element in try withErrors { try transform(element) } }
  }
  override var state: StreamState { base.state }
  override func restore(_ state: StreamState) throws { try base.restore(state) }
}

final class FilteredPass<Element: Sendable>: StreamPass<Element> {
  private let base: StreamPass<Element>
  private let isIncluded: @Sendable (Element) throws -> Bool

  init(_ base: StreamPass<Element>, _ isIncluded: @escaping @Sendable (Element) throws -> Bool) {
    (self.base, self.isIncluded) = (base, isIncluded)
  }

  override func next() throws -> Element? {
    while let element = try base.next() { if try isIncluded(element) { return element } }
    return nil
  }
  override var state: StreamState { base.state }
  override func restore(_ state: StreamState) throws { try base.restore(state) }
}

final class TakingPass<Element: Sendable>: StreamPass<Element> {
  private let base: StreamPass<Element>
  private var left: Int

  init(_ base: StreamPass<Element>, _ count: Int) { (self.base, left) = (base, count) }

  override func next() throws -> Element? {
    guard left > 0, let element = try base.next() else { return nil }
    left -= 1
    return element
  }
  override var state: StreamState { .list([.number(left), base.state]) }
  override func restore(_ state: StreamState) throws {
    let parts = try state.parts(2)
    left = try parts[0].number()
    try base.restore(parts[1])
  }
}

final class SkippingPass<Element: Sendable>: StreamPass<Element> {
  private let base: StreamPass<Element>
  private var left: Int

  init(_ base: StreamPass<Element>, _ count: Int) { (self.base, left) = (base, count) }

  override func next() throws -> Element? {
    while left > 0, try base.next() != nil { left -= 1 }
    return try base.next()
  }
  override var state: StreamState { .list([.number(left), base.state]) }
  override func restore(_ state: StreamState) throws {
    let parts = try state.parts(2)
    left = try parts[0].number()
    try base.restore(parts[1])
  }
}

final class DividingPass<Element: Sendable>: StreamPass<Element> {
  private let base: StreamPass<Element>
  private let index: Int
  private let count: Int
  private var position = 0

  init(_ base: StreamPass<Element>, _ index: Int, _ count: Int) {
    (self.base, self.index, self.count) = (base, index, count)
  }

  override func next() throws -> Element? {
    while let element = try base.next() {
      defer { position = (position + 1) % count }
      if position == index { return element }
    }
    return nil
  }
  override var state: StreamState { .list([.number(position), base.state]) }
  override func restore(_ state: StreamState) throws {
    let parts = try state.parts(2)
    position = try parts[0].number()
    try base.restore(parts[1])
  }
}

final class RepeatingPass<Base: ResumableStream>: StreamPass<Base.Element> {
  private let stream: Base
  private let times: Int?
  private var round = 0
  private var pass: StreamPass<Base.Element>

  init(_ stream: Base, _ times: Int?) {
    (self.stream, self.times, pass) = (stream, times, stream.begin())
  }

  override func next() throws -> Base.Element? {
    var isFresh = false
    while round < times ?? .max {
      if let element = try pass.next() { return element }
      // A round without an example would be followed by others without end.
      if isFresh { return nil }
      round += 1
      if round < times ?? .max { (pass, isFresh) = (stream.begin(), true) }
    }
    return nil
  }
  override var state: StreamState { .list([.number(round), pass.state]) }
  override func restore(_ state: StreamState) throws {
    let parts = try state.parts(2)
    round = try parts[0].number()
    pass = stream.begin()
    try pass.restore(parts[1])
  }
}

final class BatchingPass<Element: Sendable>: StreamPass<[Element]> {
  private let base: StreamPass<Element>
  private let size: Int
  private let dropLast: Bool

  init(_ base: StreamPass<Element>, _ size: Int, _ dropLast: Bool) {
    (self.base, self.size, self.dropLast) = (base, size, dropLast)
  }

  override func next() throws -> [Element]? {
    var batch: [Element] = []
    while batch.count < size, let element = try base.next() { batch.append(element) }
    return batch.isEmpty || (dropLast && batch.count < size) ? nil : batch
  }
  override var state: StreamState { base.state }
  override func restore(_ state: StreamState) throws { try base.restore(state) }
}

final class ShufflingPass<Base: ResumableStream>: StreamPass<Base.Element> {
  private let stream: Base
  private let size: Int
  private var pass: StreamPass<Base.Element>
  private var random: StreamRandom
  private var buffer: [Base.Element] = []
  /// Where each element of the buffer was read.
  private var origins: [StreamState] = []

  init(_ stream: Base, _ size: Int, _ seed: Int?) {
    (self.stream, self.size, pass, random) = (stream, size, stream.begin(), StreamRandom(seed))
  }

  override func next() throws -> Base.Element? {
    while buffer.count < size {
      let origin = pass.state
      guard let element = try pass.next() else { break }
      buffer.append(element)
      origins.append(origin)
    }
    guard !buffer.isEmpty else { return nil }
    let place = random.below(buffer.count)
    buffer.swapAt(place, buffer.count - 1)
    origins.swapAt(place, origins.count - 1)
    origins.removeLast()
    return buffer.removeLast()
  }

  override var state: StreamState { .list([random.stored, pass.state, .list(origins)]) }

  override func restore(_ state: StreamState) throws {
    let parts = try state.parts(3)
    random = try StreamRandom(parts[0])
    origins = try parts[2].parts()
    pass = stream.begin()
    buffer = try origins.map { origin in
      try pass.restore(origin)
      guard let element = try pass.next() else { throw StreamState.foreign }
      return element
    }
    try pass.restore(parts[1])
  }
}

/// Several streams as one: each example comes from a stream that is drawn by its weight, as torchdata's `MultiNodeWeightedSampler`.
///
///     let mixed = MixedStream([books, code], weights: [0.9, 0.1])
///
/// A stream that has ended is drawn no more; the others go on.
public struct MixedStream<Element: Sendable>: ResumableStream {
  /// When a mix ends.
  public enum End: Sendable, Hashable {
    /// When all streams have ended.
    case all
    /// When the first one has.
    case first
  }

  private let streams: [@Sendable () -> StreamPass<Element>]
  private let weights: [Double]
  private let end: End
  private let seed: Int?

  /// - Parameters:
  ///   - weights: not negative, one for each stream, of any sum; equal ones if nil.
  ///   - end: when the mix ends.
  ///   - seed: what the choices are drawn from; a number of the default generator for each pass if nil.
  public init(
    _ streams: [any ResumableStream<Element>], weights: [Double]? = nil, end: End = .all, seed: Int? = nil
  ) {
    func beginner(_ stream: some ResumableStream<Element>) -> @Sendable () -> StreamPass<Element> { { stream.begin() } }
    self.streams = streams.map { beginner($0) }
    var weights = weights ?? streams.map { _ in 1 }
    if weights.count != streams.count || weights.contains(where: { !($0 >= 0) || !$0.isFinite }) {
      report(
        TensorError(
          .value, "MixedStream",
          "needs a weight of 0 or more for each of \(streams.count) streams, and found \(weights)"))
      weights = streams.map { _ in 1 }
    }
    self.weights = weights
    self.end = end
    self.seed = seed
  }

  public func begin() -> StreamPass<Element> { Pass(streams.map { $0() }, weights, end, StreamRandom(seed)) }

  private final class Pass: StreamPass<Element> {
    let passes: [StreamPass<Element>]
    let weights: [Double]
    let end: End
    var random: StreamRandom
    var isOver: [Bool]

    init(_ passes: [StreamPass<Element>], _ weights: [Double], _ end: End, _ random: StreamRandom) {
      (self.passes, self.weights, self.end, self.random) = (passes, weights, end, random)
      isOver = weights.map { $0 == 0 }
    }

    override func next() throws -> Element? {
      while true {
        let open = passes.indices.filter { !isOver[$0] }
        guard let last = open.last else { return nil }
        var point = random.unit() * open.reduce(0) { $0 + weights[$1] }
        var chosen = last
        for i in open {
          point -= weights[i]
          if point < 0 {
            chosen = i
            break
          }
        }
        if let element = try passes[chosen].next() { return element }
        isOver[chosen] = true
        if end == .first { isOver = isOver.map { _ in true } }
      }
    }

    override var state: StreamState {
      .list([random.stored, .list(isOver.map { .number($0 ? 1 : 0) }), .list(passes.map(\.state))])
    }
    override func restore(_ state: StreamState) throws {
      let parts = try state.parts(3)
      random = try StreamRandom(parts[0])
      isOver = try parts[1].parts(passes.count).map { try $0.number() == 1 }
      for (pass, state) in zip(passes, try parts[2].parts(passes.count)) { try pass.restore(state) }
    }
  }
}
