import ApusCore

/// Examples of two datasets side by side: example i is a pair of theirs.
public struct ZippedDataset<First: Dataset, Second: Dataset>: Dataset {
  let first: First
  let second: Second

  public var count: Int { first.count }
  public subscript(index: Int) -> (First.Element, Second.Element) {
    get throws { (try first[index], try second[index]) }
  }
}

/// The examples of another dataset, each read once and kept.
public final class CachedDataset<Base: Dataset>: Dataset {
  private let base: Base
  private let limit: Int
  private let kept = Lock<[Int: Base.Element]>([:])

  init(_ base: Base, limit: Int) {
    self.base = base
    self.limit = limit
  }

  public var count: Int { base.count }

  /// Where several workers ask for an example at once, each may read it.
  public subscript(index: Int) -> Base.Element {
    get throws {
      if let known = kept.withLock({ $0[index] }) { return known }
      let example = try base[index]
      kept.withLock { if $0.count < limit { $0[index] = example } }
      return example
    }
  }
}

/// Streams one after the other, as PyTorch's `ChainDataset`.
public struct ChainDataset<Element: Sendable>: IterableDataset {
  private let streams: [any IterableDataset<Element>]

  /// The examples of all of `streams`, in their order.
  public init(_ streams: [any IterableDataset<Element>]) { self.streams = streams }

  public func makeIterator() -> AnyIterator<Element> {
    var rest = streams[...]
    var current: (() -> Element?)?
    return AnyIterator {
      while true {
        if let next = current?() { return next }
        guard let stream = rest.popFirst() else { return nil }
        current = Self.reader(of: stream)
      }
    }
  }

  private static func reader(of stream: some IterableDataset<Element>) -> () -> Element? {
    var iterator = stream.makeIterator()
    return { iterator.next() }
  }
}

/// A stream whose examples are mixed in a buffer: each one that leaves is drawn from those in it.
public struct ShuffledStream<Base: IterableDataset>: IterableDataset {
  let base: Base
  let bufferSize: Int
  let generator: ApusCore.Generator?

  public func makeIterator() -> AnyIterator<Base.Element> {
    var iterator = base.makeIterator()
    var buffer: [Base.Element] = []
    let generator = self.generator ?? seeded(drawSeed(.default))
    return AnyIterator {
      while buffer.count < bufferSize, let next = iterator.next() { buffer.append(next) }
      if buffer.isEmpty { return nil }
      let place = Int(generator.random64() % UInt64(buffer.count))
      buffer.swapAt(place, buffer.count - 1)
      return buffer.removeLast()
    }
  }
}

extension IterableDataset {
  /// The examples mixed in a buffer of `bufferSize`: a shuffle that needs not know all of a stream.
  /// - Parameter generator: where the order is drawn from. If nil, the default generator gives the seed of one for this pass.
  public func shuffled(bufferSize: Int, generator: ApusCore.Generator? = nil) -> ShuffledStream<Self> {
    if bufferSize < 1 { report(TensorError(.value, "shuffled", "bufferSize must be 1 or more, and is \(bufferSize)")) }
    return ShuffledStream(base: self, bufferSize: Swift.max(1, bufferSize), generator: generator)
  }
}

extension Dataset {
  /// Pairs of examples of this dataset and of another one of the same count.
  public func zip<Other: Dataset>(_ other: Other) -> ZippedDataset<Self, Other> {
    if count != other.count {
      report(
        TensorError(
          .value, "zip", "the datasets have \(count) and \(other.count) examples; they need as many as each other"))
    }
    return ZippedDataset(first: self, second: other)
  }

  /// The examples that `isIncluded` says yes to. All are read once for that.
  /// - Throws: what reading throws.
  public func filter(_ isIncluded: (Element) throws -> Bool) throws -> Subset<Self> {
    Subset(self, try (0..<count).filter { try isIncluded(self[$0]) })
  }

  /// The same examples, each read once and kept in memory.
  /// - Parameter limit: the most examples that are kept.
  public func cached(limit: Int = .max) -> CachedDataset<Self> { CachedDataset(self, limit: limit) }
}
