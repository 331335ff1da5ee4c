import ApusCore

/// Gives the batches of a dataset, in order or shuffled as PyTorch shuffles, read ahead by worker threads if asked.
///
///     for (images, labels) in DataLoader(Digits(train: true), batchSize: 64, shuffle: true) {
///       ...
///     }
///
/// Every loop is a new pass. A loop may be left at any time: the workers stop. A mistake while reading ends the loop and is
/// reported as the mistakes of tensor operations are (see ``withErrors(_:)``); ``Iterator/nextBatch()`` throws it instead.
/// Several tasks may loop over one loader at the same time.
///
/// What a dataset draws at random while it is read comes from the program's stream where the loop itself reads, and in a
/// worker from the worker's own, seeded from the pass: PyTorch's numbers for the same seed and the same number of workers.
public struct DataLoader<Batch: Sendable>: Sequence, Sendable {
  /// Examples in a batch; 0 where a batch sampler decides.
  public let batchSize: Int
  public let dropLast: Bool
  /// Threads that read ahead; with 0 the loop itself reads.
  public let numWorkers: Int
  /// Batches that each worker may read ahead.
  public let prefetchFactor: Int
  /// Whether the random streams of the workers go on from pass to pass.
  public let persistentWorkers: Bool
  /// The number of examples of the dataset; 0 where only reading tells.
  public let datasetCount: Int

  var source: Source
  var order: any BatchOrder
  private let ownGenerator: Generator?
  private let workerInitFn: (@Sendable (Int) throws -> Void)?
  private let persistent: Persistent?

  /// What is read.
  enum Source: Sendable {
    /// Examples by their numbers.
    case examples(any Dataset, @Sendable ([Int]) throws -> Batch)
    /// A stream: the function begins it anew and gives what gives its batches.
    case stream(any Sendable, @Sendable (_ batchSize: Int, _ dropLast: Bool) -> StreamReader<Batch>)
  }

  /// What the initialisers have in common.
  struct Options: Sendable {
    var batchSize = 1
    var shuffle = false
    var sampler: (any Sampler)?
    var batchSampler: (any BatchOrder)?
    var numWorkers = 0
    var dropLast = false
    var workerInitFn: (@Sendable (Int) throws -> Void)?
    var generator: Generator?
    var prefetchFactor = 2
    var persistentWorkers = false
  }

  init(_ source: Source, _ options: Options) {
    let isStream = if case .stream = source { true } else { false }
    let sampler = options.sampler
    let ordered = options.shuffle || sampler != nil
    if let problem = [
      (options.batchSize < 1, "batchSize must be 1 or more, and is \(options.batchSize)"),
      (options.numWorkers < 0, "numWorkers must be 0 or more, and is \(options.numWorkers)"),
      (options.prefetchFactor < 1, "prefetchFactor must be 1 or more, and is \(options.prefetchFactor)"),
      (options.shuffle && sampler != nil, "shuffle and sampler exclude each other: the sampler is the order"),
      (
        options.batchSampler != nil && (ordered || options.batchSize != 1 || options.dropLast),
        "batchSampler excludes batchSize, shuffle, sampler and dropLast: it gives whole batches"
      ),
      (
        isStream && (ordered || options.batchSampler != nil),
        "an iterable dataset has an order of its own: it excludes shuffle, sampler and batchSampler"
      ),
      (
        options.persistentWorkers && options.numWorkers == 0,
        "persistentWorkers needs workers: give numWorkers 1 or more"
      ),
    ].first(where: \.0) {
      report(TensorError(.value, "DataLoader", problem.1))
    }
    self.source = source
    batchSize = options.batchSampler == nil ? Swift.max(1, options.batchSize) : 0
    dropLast = options.dropLast
    numWorkers = Swift.max(0, options.numWorkers)
    prefetchFactor = Swift.max(1, options.prefetchFactor)
    persistentWorkers = options.persistentWorkers
    persistent = options.persistentWorkers ? Persistent() : nil
    datasetCount = if case .examples(let dataset, _) = source { dataset.count } else { 0 }
    ownGenerator = options.generator
    workerInitFn = options.workerInitFn
    order =
      options.batchSampler
      ?? BatchSampler(
        sampler ?? (options.shuffle ? RandomSampler(generator: options.generator) : SequentialSampler()),
        batchSize: Swift.max(1, options.batchSize), dropLast: options.dropLast)
    let processors = CPUInfo.logicalProcessors.count
    if options.numWorkers > processors {
      warn(
        "DataLoader",
        "This DataLoader will create \(options.numWorkers) workers in total. Our suggested max number of worker in current system is "
          + "\(processors), which is smaller than what this DataLoader is going to create. Please be aware that excessive "
          + "worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential "
          + "slowness/freeze if necessary.")
    }
  }

  /// The dataset that is read: `loader.dataset.count` is the number of its examples.
  public var dataset: any Dataset {
    switch source {
    case .examples(let dataset, _): dataset
    case .stream(let dataset, _): StreamedDataset(stream: dataset)
    }
  }

  /// What a worker is told that it reads.
  private var content: any Sendable {
    switch source {
    case .examples(let dataset, _): dataset
    case .stream(let dataset, _): dataset
    }
  }

  /// The number of batches of a pass. For an iterable dataset, where only reading tells, asking is a mistake that is
  /// reported.
  public var count: Int {
    if let known = knownCount { return known }
    report(
      TensorError(
        .value, "DataLoader", "the number of batches of an iterable dataset is not known before they have been read"))
    return 0
  }

  /// ``count``, or nil where only reading tells.
  package var knownCount: Int? {
    if case .stream = source { return nil }
    return order.length(count: datasetCount)
  }

  /// The generators that a pass draws from: the loader's, then the sampler's.
  public var generators: [Generator] { [ownGenerator ?? .default] + order.generators }

  public var underestimatedCount: Int { 0 }

  public func makeIterator() -> Iterator {
    do { return try makeIterator(resuming: nil) } catch {
      report(error as? TensorError ?? TensorError(.value, "DataLoader", "\(error)"))
      return Iterator(source: .inline({ _ in throw error }, []))
    }
  }

  /// A pass that goes on where another one over the same loader was: ``Iterator/state`` has told where. The generators must be in the states
  /// that they had when that pass began, so that the order of the examples is drawn once more; a ``StatefulDataLoader`` and the
  /// trainer see to it. Batches that were given are not read again, unless the dataset is a stream without a state.
  /// - Throws: `TensorError` where the state is that of another loader, and what reading throws.
  public func makeIterator(resuming state: DataLoaderState?) throws -> Iterator {
    // In the order of PyTorch: a seed for the workers, then what the sampler draws. Persistent workers are seeded once.
    let baseSeed = persistent?.seed { drawSeed(ownGenerator ?? .default) } ?? drawSeed(ownGenerator ?? .default)
    let position = state?.position ?? 0
    func checkWorkers(_ count: Int) throws(TensorError) {
      guard let state, state.workers.count != count else { return }
      throw TensorError(
        .state, "DataLoader",
        "the state is that of a loader with \(state.workers.count) workers, and this one has \(count)")
    }
    switch source {
    case .examples(_, let read):
      let batches = order.batches(count: datasetCount)
      guard position <= batches.count else {
        throw TensorError(
          .state, "DataLoader",
          "the state lies after \(position) batches, and a pass over this loader has \(batches.count)")
      }
      try checkWorkers(Swift.min(numWorkers, batches.count))
      let safely: @Sendable ([Int]) throws -> Batch = { indices in try withErrors { try read(indices) } }
      guard numWorkers > 0, !batches.isEmpty else {
        return Iterator(source: .inline(safely, batches), position: position)
      }
      // More than all batches need not be read ahead.
      let pool = makePool(
        baseSeed, workers: Swift.min(numWorkers, batches.count), count: batches.count,
        ahead: Swift.min(prefetchFactor, batches.count), state
      ) { _ in WorkerReader { index in index < batches.count ? try safely(batches[index]) : nil } }
      return Iterator(source: .workers(pool, reread: { try safely(batches[$0]) }), position: position)
    case .stream(_, let begin):
      try checkWorkers(numWorkers)
      let (batchSize, dropLast) = (self.batchSize, self.dropLast)
      guard numWorkers > 0 else {
        let reader = begin(batchSize, dropLast)
        if let state { try reader.resume(state.stream, after: position) }
        return Iterator(source: .stream(reader), position: position)
      }
      let pool = makePool(baseSeed, workers: numWorkers, count: nil, ahead: prefetchFactor, state) { id in
        let reader = begin(batchSize, dropLast)
        // Of the batches before, worker `id` has given each so many-th one.
        if let past = state?.workers[id] { try reader.resume(past.stream, after: past.given) }
        return WorkerReader(state: reader.state) { _ in try withErrors { try reader.next() } }
      }
      return Iterator(source: .workers(pool, reread: nil), position: position)
    }
  }

  private func makePool(
    _ baseSeed: UInt64, workers: Int, count: Int?, ahead: Int, _ state: DataLoaderState?,
    start: @escaping @Sendable (_ worker: Int) throws -> WorkerReader<Batch>
  ) -> WorkerPool<Batch> {
    let chosen = (0..<workers).map { id in
      let seed = baseSeed &+ UInt64(id)
      return DataLoaderWorker(
        id: id, count: numWorkers, seed: seed,
        generator: persistent?.generator(id, seed: seed) ?? seeded(seed), dataset: content)
    }
    // A factor that is out of all measure is bounded by the batches there are; the product must not overflow.
    let bound = workers.multipliedReportingOverflow(by: ahead)
    return WorkerPool(
      chosen, count: count, from: state?.position ?? 0, ahead: bound.overflow ? .max / 2 : bound.partialValue
    ) { [workerInitFn] worker in
      if let workerInitFn { try withErrors { try workerInitFn(worker.id) } }
      let reader = try start(worker.id)
      if let random = state?.workers[worker.id]?.random { try worker.generator.setState(random) }
      return reader
    }
  }

  /// What workers that persist keep from pass to pass.
  final class Persistent: Sendable {
    private let state = Lock<(seed: UInt64?, generators: [Int: Generator])>((nil, [:]))

    func seed(_ draw: () -> UInt64) -> UInt64 {
      if let known = state.withLock({ $0.seed }) { return known }
      let drawn = draw()
      return state.withLock { state in
        let seed = state.seed ?? drawn
        state.seed = seed
        return seed
      }
    }

    func generator(_ id: Int, seed: UInt64) -> Generator {
      state.withLock { state in
        if let known = state.generators[id] { return known }
        let made = seeded(seed)
        state.generators[id] = made
        return made
      }
    }
  }

  /// One pass over the batches.
  public struct Iterator: IteratorProtocol {
    enum Source {
      case inline(@Sendable ([Int]) throws -> Batch, [[Int]])
      case stream(StreamReader<Batch>)
      case workers(WorkerPool<Batch>, reread: ((Int) throws -> Batch)?)
    }

    let source: Source
    private var position: Int
    /// Of streams that have no state of their own: whether all was given.
    private var hasStopped = false

    init(source: Source, position: Int = 0) {
      self.source = source
      self.position = position
    }

    /// Where the pass is: what was given so far, and in the workers' streams and generators what reading that took.
    public var state: DataLoaderState {
      switch source {
      case .inline: DataLoaderState(position: position, stream: nil, workers: [])
      case .stream(let reader): DataLoaderState(position: position, stream: reader.state?(), workers: [])
      case .workers(let pool, _): DataLoaderState(position: position, stream: nil, workers: pool.states)
      }
    }

    /// The next batch, or nil after the last one.
    /// - Throws: what the dataset threw for this batch. The pass may go on with the next one.
    public mutating func nextBatch() throws -> Batch? {
      try Profiling.annotated("enumerate(DataLoader)#\(kind).next") { try readBatch() }
    }

    /// How batches come, for a profiler.
    private var kind: String {
      switch source {
      case .inline, .stream: "SingleThread"
      case .workers: "Workers"
      }
    }

    private mutating func readBatch() throws -> Batch? {
      if hasStopped { return nil }
      switch source {
      case .inline(let read, let batches):
        guard position < batches.count else { return nil }
        defer { position += 1 }
        return try read(batches[position])
      case .stream(let reader):
        guard let batch = try withErrors({ try reader.next() }) else { return nil }
        position += 1
        return batch
      case .workers(let pool, let reread):
        switch pool.take(position) {
        case nil: return nil
        case .batch(let number, let result):
          position = number + 1
          return try result.get()
        case .gone:
          defer { position += 1 }
          return try reread?(position)
        }
      }
    }

    /// Goes past the next `count` batches. Where the loop itself reads they are not read; workers and streams read them, so
    /// that what they draw at random for later ones stays the same.
    package mutating func skip(_ count: Int) {
      if case .inline = source {
        position += count
      } else {
        for _ in 0..<count { _ = try? nextBatch() }
      }
    }

    /// The next batch, or nil after the last one or a mistake, which is reported.
    public mutating func next() -> Batch? {
      do {
        return try nextBatch()
      } catch let error as TensorError {
        report(error)
      } catch {
        report(TensorError(.value, "DataLoader", "\(error)"))
      }
      hasStopped = true
      return nil
    }
  }
}

extension DataLoader: CustomStringConvertible {
  /// What is read and how: `DataLoader(Subset(8 examples), batchSize: 4, 2 batches, shuffled, 2 workers)`.
  public var description: String {
    var parts = ["\(content)"]
    parts.append(batchSize == 0 ? "batches of a sampler" : "batchSize: \(batchSize)")
    if let known = knownCount { parts.append("\(known) batch\(known == 1 ? "" : "es")") }
    if (order as? BatchSampler)?.sampler is RandomSampler { parts.append("shuffled") }
    if dropLast { parts.append("dropLast") }
    if numWorkers > 0 { parts.append("\(numWorkers) worker\(numWorkers == 1 ? "" : "s")") }
    return "DataLoader(\(parts.joined(separator: ", ")))"
  }
}

/// Batches whose number may be known before they are read.
package protocol CountedBatches {
  var knownCount: Int? { get }
}

extension DataLoader: CountedBatches {
  /// The batches with their numbers: `for (i, (images, labels)) in loader.enumerated()`.
  public func enumerated() -> NumberedBatches<Batch> { NumberedBatches(loader: self) }
}

/// The batches of a loader with their numbers, from 0.
public struct NumberedBatches<Batch: Sendable>: Sequence, CountedBatches {
  let loader: DataLoader<Batch>

  package var knownCount: Int? { loader.knownCount }
  /// The number of batches.
  public var count: Int { loader.count }
  public var underestimatedCount: Int { 0 }
  public func makeIterator() -> Iterator { Iterator(batches: loader.makeIterator()) }

  /// One pass over the batches.
  public struct Iterator: IteratorProtocol {
    var batches: DataLoader<Batch>.Iterator
    private var number = 0

    init(batches: DataLoader<Batch>.Iterator) { self.batches = batches }

    public mutating func next() -> (offset: Int, element: Batch)? {
      guard let batch = batches.next() else { return nil }
      defer { number += 1 }
      return (number, batch)
    }
  }
}

/// A stream in the place of a dataset whose examples have numbers.
private struct StreamedDataset: Dataset, CustomStringConvertible {
  let stream: any Sendable

  private var mistake: TensorError {
    TensorError(
      .value, "DataLoader", "\(type(of: stream)) is an iterable dataset: its examples have neither a count nor numbers")
  }

  var count: Int {
    report(mistake)
    return 0
  }
  subscript(index: Int) -> any Sendable { get throws { throw mistake } }
  var description: String { "\(stream)" }
}
