import ApusCore
import ApusFormats

/// The files that a pattern of numbered shards stands for: `train-{0000..0146}.tar` has a number for each, with its leading zeros;
/// `{a,b}` stands for each of its parts; `*`, `?` and `[...]` for files that are there.
/// - Throws: `TensorError` where the braces are none, or no file matches.
public func shardPaths(_ pattern: String) throws -> [String] {
  guard let open = pattern.firstIndex(of: "{") else { return try matchingPaths(pattern) }
  guard let close = pattern[open...].firstIndex(of: "}") else {
    throw TensorError(.value, pattern, "the pattern has a { without its }")
  }
  let inside = String(pattern[pattern.index(after: open)..<close])
  var choices = inside.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  if choices.count == 1 {
    let ends = inside.components(around: "..")
    guard let ends, let first = Int(ends.0), let last = Int(ends.1), 0 <= first, first <= last,
      last - first < 10_000_000
    else {
      throw TensorError(
        .value, pattern, "'{\(inside)}' is no range of shards; expected {first..last}, as {000000..000146}, or {a,b}")
    }
    choices = (first...last).map { number in
      let digits = String(number)
      return String(repeating: "0", count: Swift.max(0, ends.0.count - digits.count)) + digits
    }
  }
  let (front, back) = (pattern[..<open], pattern[pattern.index(after: close)...])
  return try choices.flatMap { try shardPaths(front + $0 + back) }
}

extension String {
  /// The texts before and after `separator`.
  fileprivate func components(around separator: String) -> (String, String)? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(separator) {
        return (String(self[..<start]), String(self[index(start, offsetBy: separator.count)...]))
      }
      start = index(after: start)
    }
    return nil
  }
}

/// Examples that lie in many files, read file after file. Of the files each process and each worker of a loader reads some of its own.
///
///     let lines = ShardedStream(try shardPaths("corpus-{00..63}.txt")) { path in try TextShards.open(path) }
///
/// Process `rank` of `worldSize` takes every so many-th shard from `rank` on, and of those each worker takes its part likewise: there should be
/// at least as many shards as readers. A mistake names the shard, the number of the example in it, and the cause.
public struct ShardedStream<Element: Sendable>: ResumableStream {
  /// The files.
  public let shards: [String]
  private let shuffles: Bool
  private let seed: Int?
  private let rank: Int
  private let worldSize: Int
  private let open: @Sendable (String) throws -> StreamPass<Element>

  /// - Parameters:
  ///   - shuffle: whether each pass reads the shards in an order that it draws.
  ///   - seed: what the order is drawn from; a number of the default generator for each pass if nil.
  ///   - rank: the number of this process among those that share the shards.
  ///   - worldSize: the number of those processes.
  ///   - open: begins to read a shard.
  public init(
    _ shards: [String], shuffle: Bool = false, seed: Int? = nil, rank: Int = 0, worldSize: Int = 1,
    open: @escaping @Sendable (String) throws -> StreamPass<Element>
  ) {
    let isPart = worldSize > 0 && (0..<worldSize).contains(rank)
    if !isPart { report(TensorError(.value, "ShardedStream", "there is no process \(rank) of \(worldSize)")) }
    (self.shards, shuffles, self.seed, self.open) = (shards, shuffle, seed, open)
    (self.rank, self.worldSize) = isPart ? (rank, worldSize) : (0, 1)
  }

  public func begin() -> StreamPass<Element> {
    let worker = getWorkerInfo()
    let (first, step) = (rank + worldSize * (worker?.id ?? 0), worldSize * (worker?.numWorkers ?? 1))
    let own = stride(from: first, to: shards.count, by: step).map { shards[$0] }
    return Pass(own, shuffles ? StreamRandom(seed) : nil, open)
  }

  private final class Pass: StreamPass<Element> {
    let shards: [String]
    let open: (String) throws -> StreamPass<Element>
    var order: [Int]
    /// From which the order was drawn.
    var seed: StreamRandom?
    /// How many shards have been begun, and the examples read of the last one.
    var begun = 0
    var index = 0
    var current: StreamPass<Element>?

    init(_ shards: [String], _ seed: StreamRandom?, _ open: @escaping (String) throws -> StreamPass<Element>) {
      (self.shards, self.seed, self.open) = (shards, seed, open)
      order = Self.order(shards.count, seed)
    }

    private static func order(_ count: Int, _ seed: StreamRandom?) -> [Int] {
      var order = Array(0..<count)
      guard var random = seed else { return order }
      for i in order.indices.dropLast() { order.swapAt(i, i + random.below(count - i)) }
      return order
    }

    override func next() throws -> Element? {
      while true {
        if let pass = current {
          if let element = try named({ try pass.next() }) {
            index += 1
            return element
          }
          current = nil
        }
        guard begun < shards.count else { return nil }
        (begun, index) = (begun + 1, 0)
        current = try named { try open(shards[order[begun - 1]]) }
      }
    }

    /// A mistake of the shard with the place where it was made.
    private func named<Result>(_ body: () throws -> Result) throws -> Result {
      do { return try withErrors(body) } catch {
        let cause = error as? TensorError
        throw TensorError(
          cause?.kind ?? .value, "shard \(shards[order[begun - 1]]), example \(index)",
          cause.map { "\($0.operation): \($0.message)" } ?? "\(error)")
      }
    }

    override var state: StreamState {
      .list([seed?.stored ?? .list([]), .number(begun), .number(index), current.map { .list([$0.state]) } ?? .list([])])
    }

    override func restore(_ state: StreamState) throws {
      let parts = try state.parts(4)
      seed = try seed.map { _ in try StreamRandom(parts[0]) }
      order = Self.order(shards.count, seed)
      (begun, index) = (try parts[1].number(), try parts[2].number())
      guard (0...shards.count).contains(begun) else { throw StreamState.foreign }
      current = nil
      guard let inside = try parts[3].parts().first else { return }
      guard begun > 0 else { throw StreamState.foreign }
      current = try named {
        let pass = try open(shards[order[begun - 1]])
        try pass.restore(inside)
        return pass
      }
    }
  }
}

/// The lines of text files, as they are or compressed, an example each.
public struct TextShards: ResumableStream {
  public typealias Element = String
  private let stream: ShardedStream<String>

  /// The files of a pattern, see ``shardPaths(_:)``; other parameters as of ``ShardedStream``.
  /// - Throws: `TensorError` where no file matches.
  public init(_ pattern: String, shuffle: Bool = false, seed: Int? = nil, rank: Int = 0, worldSize: Int = 1) throws {
    self.init(try shardPaths(pattern), shuffle: shuffle, seed: seed, rank: rank, worldSize: worldSize)
  }

  /// The given files.
  public init(_ shards: [String], shuffle: Bool = false, seed: Int? = nil, rank: Int = 0, worldSize: Int = 1) {
    stream = ShardedStream(shards, shuffle: shuffle, seed: seed, rank: rank, worldSize: worldSize) {
      try Self.open($0)
    }
  }

  /// Begins to read the lines of one file.
  /// - Throws: `TensorError` when it cannot be read.
  public static func open(_ path: String) throws -> StreamPass<String> { Pass(try TextLines(path)) }

  public func begin() -> StreamPass<String> { stream.begin() }

  private final class Pass: StreamPass<String> {
    let lines: TextLines
    var position = 0
    init(_ lines: TextLines) { self.lines = lines }

    override func next() throws -> String? {
      guard position < lines.count else { return nil }
      defer { position += 1 }
      return try lines[position]
    }
    override var state: StreamState { .number(position) }
    override func restore(_ state: StreamState) throws { position = Swift.max(0, try state.number()) }
  }
}
