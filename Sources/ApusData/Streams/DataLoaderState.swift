import ApusCore

/// Where a pass of a loader is, to go on there: see ``StatefulDataLoader``, and ``DataLoader/Iterator/state``.
public struct DataLoaderState: Sendable, Hashable {
  /// Batches that were given; of streams with workers that end at different times, the number of the next one.
  let position: Int
  /// Of a stream that the loop itself reads.
  let stream: StreamState?
  let workers: [Worker?]

  /// Where a worker was after the batch that it gave last.
  struct Worker: Sendable, Hashable {
    /// How many batches that was.
    let given: Int
    /// The state of its generator.
    let random: [UInt8]
    let stream: StreamState?
  }

  init(position: Int, stream: StreamState?, workers: [Worker?]) {
    (self.position, self.stream, self.workers) = (position, stream, workers)
  }

  /// The state as bytes, for a checkpoint.
  public var bytes: [UInt8] {
    func optional(_ state: StreamState?) -> StreamState { .list(state.map { [$0] } ?? []) }
    let workers = workers.map { worker in
      optional(
        worker.map { .list([.number($0.given), Self.packed($0.random), optional($0.stream)]) })
    }
    return StreamState.list([.number(position), optional(stream), .list(workers)]).bytes
  }

  /// The state that ``bytes`` has written.
  /// - Throws: `TensorError` for other bytes.
  public init(bytes: [UInt8]) throws(TensorError) {
    let parts = try StreamState(bytes: bytes).parts(3)
    position = try parts[0].number()
    stream = try parts[1].parts().first
    var workers: [Worker?] = []
    for part in try parts[2].parts() {
      guard let worker = try part.parts().first else {
        workers.append(nil)
        continue
      }
      let values = try worker.parts(3)
      workers.append(
        Worker(
          given: try values[0].number(), random: try Self.unpacked(values[1]), stream: try values[2].parts().first))
    }
    self.workers = workers
    guard position >= 0 else { throw StreamState.foreign }
  }

  /// Bytes, eight in a number, and how many there are.
  private static func packed(_ bytes: [UInt8]) -> StreamState {
    let words = stride(from: 0, to: bytes.count, by: 8).map { first in
      bytes[first..<Swift.min(first + 8, bytes.count)].enumerated().reduce(UInt64(0)) {
        $0 | UInt64($1.element) << UInt64(8 * $1.offset)
      }
    }
    return .list([.number(bytes.count)] + words.map { .number(Int(Int64(bitPattern: $0))) })
  }

  private static func unpacked(_ state: StreamState) throws(TensorError) -> [UInt8] {
    let parts = try state.parts()
    guard let count = try parts.first?.number(), count >= 0, (count + 7) / 8 == parts.count - 1 else {
      throw StreamState.foreign
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    for part in parts.dropFirst() {
      let word = UInt64(bitPattern: Int64(try part.number()))
      for i in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * i))) }
    }
    return Array(bytes.prefix(count))
  }
}

/// What gives the batches of a stream in one thread.
struct StreamReader<Batch> {
  let next: () throws -> Batch?
  /// nil where the stream cannot tell.
  let state: (() -> StreamState)?
  private let restore: ((StreamState) throws -> Void)?

  init(
    _ next: @escaping () throws -> Batch?, state: (() -> StreamState)? = nil,
    restore: ((StreamState) throws -> Void)? = nil
  ) { (self.next, self.state, self.restore) = (next, state, restore) }

  /// The same stream, of which `next` gives the batches.
  func changed(_ next: @escaping () throws -> Batch?) -> StreamReader {
    StreamReader(next, state: state, restore: restore)
  }

  /// Goes to a state; a stream without one is read once more, `count` batches of it.
  func resume(_ state: StreamState?, after count: Int) throws {
    if let restore {
      guard let state else { throw StreamState.foreign }
      return try restore(state)
    }
    for _ in 0..<count { _ = try? withErrors { try next() } }
  }
}

/// What gives the batches of a worker, in its thread.
struct WorkerReader<Batch> {
  let state: (() -> StreamState)?
  /// The batch of a number, or nil where there are no more.
  let read: (Int) throws -> Batch?

  init(state: (() -> StreamState)? = nil, read: @escaping (Int) throws -> Batch?) {
    (self.state, self.read) = (state, read)
  }
}

/// A loader that can be left inside a pass and gone on with, in this process or another one, as torchdata's `StatefulDataLoader`.
///
///     let loader = StatefulDataLoader(DataLoader(stream, batchSize: 64, numWorkers: 2))
///     for batch in loader {
///       ...
///       if step % 1000 == 0 { try save(model.stateDict(), loader.stateDict()) }
///     }
///     // later
///     try loader.loadStateDict(saved)
///     for batch in loader { ... }                                    // the batches that were to follow
///
/// The batches after that are the ones that the uninterrupted pass would have given, bit for bit, with what workers draw at random for
/// them; so that what the loop itself draws agrees too, restore the default generator (`Generator.default.getState()`).
/// A trainer keeps all of this in its checkpoints: it needs no such loader.
public final class StatefulDataLoader<Batch: Sendable>: Sequence {
  /// The loader whose batches are given.
  public let loader: DataLoader<Batch>
  private var pass: DataLoader<Batch>.Iterator?
  /// The states of the loader's generators as the pass began.
  private var start: [[UInt8]] = []
  private var pending: (state: DataLoaderState, start: [[UInt8]])?

  /// Batches of `loader`.
  public init(_ loader: DataLoader<Batch>) { self.loader = loader }

  public var underestimatedCount: Int { 0 }

  /// Where the pass is that was begun last: tensors to keep in a checkpoint.
  public func stateDict() -> [String: Tensor] {
    func tensor(_ bytes: [UInt8]) -> Tensor { Tensor(bytes.map { Int($0) }, shape: [bytes.count], dtype: .uint8) }
    guard let state = pending?.state ?? pass?.state else { return [:] }
    var found = ["state": tensor(state.bytes)]
    for (i, bytes) in (pending?.start ?? start).enumerated() { found["generator.\(i)"] = tensor(bytes) }
    return found
  }

  /// Lets the next pass go on where ``stateDict()`` has told; without a state it begins anew.
  /// - Throws: `TensorError` where the tensors are no state of this loader.
  public func loadStateDict(_ state: [String: Tensor]) throws {
    guard let own = state["state"] else {
      pending = nil
      return
    }
    let start = loader.generators.indices.compactMap { state["generator.\($0)"]?.array(as: UInt8.self) }
    guard start.count == loader.generators.count else {
      throw TensorError(
        .state, "StatefulDataLoader",
        "the state has \(start.count) generators, and the loader has \(loader.generators.count); make it as it was")
    }
    pending = (try DataLoaderState(bytes: own.array(as: UInt8.self)), start)
  }

  public func makeIterator() -> AnyIterator<Batch> {
    do {
      if let (state, start) = pending {
        let generators = loader.generators
        let now = generators.map { $0.getState() }
        for (generator, state) in zip(generators, start) { try generator.setState(state) }
        pass = try loader.makeIterator(resuming: state)
        for (generator, state) in zip(generators, now) { try generator.setState(state) }
        self.start = start
        pending = nil
      } else {
        start = loader.generators.map { $0.getState() }
        pass = loader.makeIterator()
      }
    } catch {
      report(error as? TensorError ?? TensorError(.value, "StatefulDataLoader", "\(error)"))
      return AnyIterator { nil }
    }
    return AnyIterator { [self] in pass?.next() }
  }
}
