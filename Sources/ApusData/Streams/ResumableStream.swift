import ApusCore

/// A stream whose passes can be left and gone on with, perhaps in another process: examples may be without end.
///
///     let stream = TarShards("train-{0000..0146}.tar")
///       .map { (try $0.image("jpg"), try $0.int("cls")) }
///       .shuffled(bufferSize: 1000)
///       .repeated()
///     let loader = StatefulDataLoader(DataLoader(stream, batchSize: 64, numWorkers: 2))
///
/// A stream is made of others: shards at the beginning (``ShardedStream``, ``TarShards``, ``TextShards``), then ``map(_:)``, ``filter(_:)``,
/// ``shuffled(bufferSize:seed:)``, ``take(_:)``, ``skip(_:)``, ``repeated(_:)``, ``batched(_:dropLast:)`` and ``MixedStream``. A pass over it
/// knows its place in all of them. To write a stream of your own, give a pass a state and let it go back to one:
///
///     struct Squares: ResumableStream {
///       typealias Element = Int
///       final class Pass: StreamPass<Int> {
///         var n = 0
///         override func next() -> Int? { defer { n += 1 }; return n * n }
///         override var state: StreamState { .number(n) }
///         override func restore(_ state: StreamState) throws { n = try state.number() }
///       }
///       func begin() -> StreamPass<Int> { Pass() }
///     }
public protocol ResumableStream<Element>: IterableDataset where Iterator == AnyIterator<Element> {
  /// A new pass from the beginning. What it draws at random comes from the default generator, which in a worker of a loader is
  /// the worker's.
  func begin() -> StreamPass<Element>
}

/// One pass over a stream.
open class StreamPass<Element: Sendable> {
  /// A pass.
  public init() {}

  /// The next example, or nil after the last one.
  /// - Throws: what reading it throws.
  open func next() throws -> Element? { nil }

  /// Where the pass is.
  open var state: StreamState { .list([]) }

  /// Goes to where a pass over the same stream was.
  /// - Throws: `TensorError` for the state of another stream.
  open func restore(_ state: StreamState) throws {}
}

extension ResumableStream {
  /// The examples; a mistake while reading is reported and ends them.
  public func makeIterator() -> AnyIterator<Element> {
    let pass = begin()
    var hasEnded = false
    return AnyIterator {
      guard !hasEnded else { return nil }
      do {
        if let element = try pass.next() { return element }
      } catch let error as TensorError { report(error) } catch {
        report(TensorError(.value, "\(Self.self)", "\(error)"))
      }
      hasEnded = true
      return nil
    }
  }

  public var underestimatedCount: Int { 0 }

  /// Each example changed by `transform`, when it is read.
  public func map<Mapped: Sendable>(
    _ transform: @escaping @Sendable (Element) throws -> Mapped
  ) -> DerivedStream<Mapped> {
    DerivedStream { [self] in MappedPass(begin(), transform) }
  }

  /// The examples that `isIncluded` says yes to.
  public func filter(_ isIncluded: @escaping @Sendable (Element) throws -> Bool) -> DerivedStream<Element> {
    DerivedStream { [self] in FilteredPass(begin(), isIncluded) }
  }

  /// The first `count` examples.
  public func take(_ count: Int) -> DerivedStream<Element> { DerivedStream { [self] in TakingPass(begin(), count) } }

  /// All but the first `count` examples, which each pass reads.
  public func skip(_ count: Int) -> DerivedStream<Element> { DerivedStream { [self] in SkippingPass(begin(), count) } }

  /// The stream again and again: `times` times, or without end. Each round draws a new order where one is drawn.
  public func repeated(_ times: Int? = nil) -> DerivedStream<Element> {
    DerivedStream { [self] in RepeatingPass(self, times) }
  }

  /// Lists of `size` examples, of which the last one may have fewer.
  /// - Parameter dropLast: whether such a last one is left out.
  public func batched(_ size: Int, dropLast: Bool = false) -> DerivedStream<[Element]> {
    if size < 1 { report(TensorError(.value, "batched", "a batch needs 1 example or more, and size is \(size)")) }
    return DerivedStream { [self] in BatchingPass(begin(), Swift.max(1, size), dropLast) }
  }

  /// The examples mixed in a buffer: each one that leaves is drawn from `bufferSize`. The state of a pass tells where the examples in the
  /// buffer were read, and they are read there again.
  /// - Parameter seed: what the order is drawn from; a number of the default generator for each pass if nil.
  public func shuffled(bufferSize: Int, seed: Int? = nil) -> DerivedStream<Element> {
    if bufferSize < 1 { report(TensorError(.value, "shuffled", "bufferSize must be 1 or more, and is \(bufferSize)")) }
    return DerivedStream { [self] in ShufflingPass(self, Swift.max(1, bufferSize), seed) }
  }

  /// Of every `count` examples the one with number `index`: the part that one of several readers takes of a stream without shards.
  public func divided(index: Int, of count: Int) -> DerivedStream<Element> {
    guard count > 0, (0..<count).contains(index) else {
      report(TensorError(.value, "divided", "there is no part \(index) of \(count)"))
      return DerivedStream { StreamPass() }
    }
    return DerivedStream { [self] in DividingPass(begin(), index, count) }
  }
}

/// A stream made of another one.
public struct DerivedStream<Element: Sendable>: ResumableStream {
  private let make: @Sendable () -> StreamPass<Element>

  init(_ make: @escaping @Sendable () -> StreamPass<Element>) { self.make = make }

  public func begin() -> StreamPass<Element> { make() }
}

/// A list as a stream.
public struct ListStream<Element: Sendable>: ResumableStream {
  private let elements: [Element]

  /// The elements of a list, a range ...
  public init(_ elements: some Sequence<Element>) { self.elements = Array(elements) }

  public func begin() -> StreamPass<Element> { Pass(elements) }

  private final class Pass: StreamPass<Element> {
    let elements: [Element]
    var position = 0

    init(_ elements: [Element]) { self.elements = elements }

    override func next() -> Element? {
      guard position < elements.count else { return nil }
      defer { position += 1 }
      return elements[position]
    }
    override var state: StreamState { .number(position) }
    override func restore(_ state: StreamState) throws {
      let found = try state.number()
      guard (0...elements.count).contains(found) else { throw StreamState.foreign }
      position = found
    }
  }
}
