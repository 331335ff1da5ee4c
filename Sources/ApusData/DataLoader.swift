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
public struct DataLoader<Batch: Sendable>: Sequence, Sendable {
  public let batchSize: Int
  public let dropLast: Bool
  /// Threads that read ahead; with 0 the loop itself reads.
  public let numWorkers: Int
  /// Batches that each worker may read ahead.
  public let prefetchFactor: Int
  /// The number of examples of the dataset.
  public let datasetCount: Int

  private let sampler: any Sampler
  private let generator: Generator
  private let make: @Sendable ([Int]) throws -> Batch

  /// Batches of inputs and targets, each stacked along a new first dimension.
  ///
  /// - Parameters:
  ///   - shuffle: a new random order in every pass.
  ///   - sampler: another order; excludes `shuffle`.
  ///   - numWorkers: threads that read ahead. They call the dataset at the same time.
  ///   - dropLast: leave out a last batch that is not full.
  ///   - generator: where the order is drawn from; the default generator if nil.
  ///   - prefetchFactor: batches that each worker may read ahead, which bounds the memory.
  public init(
    _ dataset: some Dataset<(Tensor, Tensor)>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    numWorkers: Int = 0, dropLast: Bool = false, generator: Generator? = nil, prefetchFactor: Int = 2
  ) where Batch == (Tensor, Tensor) {
    let batched = dataset as? any BatchedDataset
    self.init(
      count: dataset.count, batchSize: batchSize, shuffle: shuffle, sampler: sampler, numWorkers: numWorkers,
      dropLast: dropLast, generator: generator, prefetchFactor: prefetchFactor
    ) { indices in
      if let batched { return try batched.batch(indices) }
      return try collate(indices.map { try dataset[$0] })
    }
  }

  /// Batches of inputs, stacked along a new first dimension, and classes as an int64 tensor.
  public init(
    _ dataset: some Dataset<(Tensor, Int)>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    numWorkers: Int = 0, dropLast: Bool = false, generator: Generator? = nil, prefetchFactor: Int = 2
  ) where Batch == (Tensor, Tensor) {
    self.init(
      count: dataset.count, batchSize: batchSize, shuffle: shuffle, sampler: sampler, numWorkers: numWorkers,
      dropLast: dropLast, generator: generator, prefetchFactor: prefetchFactor
    ) { try collate($0.map { try dataset[$0] }) }
  }

  /// Batches of tensors stacked along a new first dimension.
  public init(
    _ dataset: some Dataset<Tensor>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    numWorkers: Int = 0, dropLast: Bool = false, generator: Generator? = nil, prefetchFactor: Int = 2
  ) where Batch == Tensor {
    self.init(
      count: dataset.count, batchSize: batchSize, shuffle: shuffle, sampler: sampler, numWorkers: numWorkers,
      dropLast: dropLast, generator: generator, prefetchFactor: prefetchFactor
    ) { try collate($0.map { try dataset[$0] }) }
  }

  /// Batches of lists: the tensors of each place stacked along a new first dimension.
  public init(
    _ dataset: some Dataset<[Tensor]>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    numWorkers: Int = 0, dropLast: Bool = false, generator: Generator? = nil, prefetchFactor: Int = 2
  ) where Batch == [Tensor] {
    self.init(
      count: dataset.count, batchSize: batchSize, shuffle: shuffle, sampler: sampler, numWorkers: numWorkers,
      dropLast: dropLast, generator: generator, prefetchFactor: prefetchFactor
    ) { try collate($0.map { try dataset[$0] }) }
  }

  /// Batches that `collate` makes from their examples.
  public init<Element: Sendable>(
    _ dataset: some Dataset<Element>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    numWorkers: Int = 0, dropLast: Bool = false, generator: Generator? = nil, prefetchFactor: Int = 2,
    collate: @escaping @Sendable ([Element]) throws -> Batch
  ) {
    self.init(
      count: dataset.count, batchSize: batchSize, shuffle: shuffle, sampler: sampler, numWorkers: numWorkers,
      dropLast: dropLast, generator: generator, prefetchFactor: prefetchFactor
    ) { try collate($0.map { try dataset[$0] }) }
  }

  private init(
    count: Int, batchSize: Int, shuffle: Bool, sampler: (any Sampler)?, numWorkers: Int, dropLast: Bool,
    generator: Generator?, prefetchFactor: Int, make: @escaping @Sendable ([Int]) throws -> Batch
  ) {
    if let problem = [
      (batchSize < 1, "batchSize must be 1 or more, and is \(batchSize)"),
      (numWorkers < 0, "numWorkers must be 0 or more, and is \(numWorkers)"),
      (prefetchFactor < 1, "prefetchFactor must be 1 or more, and is \(prefetchFactor)"),
      (shuffle && sampler != nil, "shuffle and sampler exclude each other: the sampler is the order"),
    ].first(where: \.0) {
      report(TensorError(.value, "DataLoader", problem.1))
    }
    let processors = CPUInfo.logicalProcessors.count
    if numWorkers > processors {
      warn(
        "DataLoader",
        "This DataLoader will create \(numWorkers) workers in total. Our suggested max number of worker in current system is "
          + "\(processors), which is smaller than what this DataLoader is going to create. Please be aware that excessive "
          + "worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential "
          + "slowness/freeze if necessary.")
    }
    self.batchSize = Swift.max(1, batchSize)
    self.dropLast = dropLast
    self.numWorkers = Swift.max(0, numWorkers)
    self.prefetchFactor = Swift.max(1, prefetchFactor)
    self.datasetCount = count
    self.sampler = sampler ?? (shuffle ? RandomSampler(generator: generator) : SequentialSampler())
    self.generator = generator ?? .default
    self.make = make
  }

  /// The number of batches of a pass.
  public var count: Int {
    let length = sampler.length(count: datasetCount)
    return dropLast ? length / batchSize : length == 0 ? 0 : (length - 1) / batchSize + 1
  }

  /// The generators that a pass draws from: the loader's, then the sampler's.
  public var generators: [Generator] { [generator] + sampler.generators }

  public var underestimatedCount: Int { 0 }

  public func makeIterator() -> Iterator {
    // In the order of PyTorch: a seed for the workers, then what the sampler draws.
    let baseSeed = drawSeed(generator)
    let order = sampler.indices(count: datasetCount)
    var batches: [ArraySlice<Int>] = []
    var start = 0
    while start < order.count {
      let end = start + Swift.min(batchSize, order.count - start)
      if end - start == batchSize || !dropLast { batches.append(order[start..<end]) }
      start = end
    }
    let read: @Sendable (ArraySlice<Int>) throws -> Batch = { [make] indices in
      try withErrors { try make(Array(indices)) }
    }
    // More than all batches need not be read ahead.
    let ahead = Swift.min(numWorkers, batches.count) * Swift.min(prefetchFactor, batches.count)
    let source: Source =
      numWorkers == 0
      ? .inline(read, batches)
      : .workers(
        WorkerPool(batches, workers: numWorkers, ahead: ahead, baseSeed: baseSeed, read: read))
    return Iterator(source: source)
  }

  enum Source {
    case inline(@Sendable (ArraySlice<Int>) throws -> Batch, [ArraySlice<Int>])
    case workers(WorkerPool<Batch>)
  }

  /// One pass over the batches.
  public struct Iterator: IteratorProtocol {
    let source: Source
    private var position = 0

    init(source: Source) { self.source = source }

    /// The next batch, or nil after the last one.
    /// - Throws: what the dataset threw for this batch. The pass may go on with the next one.
    public mutating func nextBatch() throws -> Batch? {
      defer { position += 1 }
      switch source {
      case .inline(let read, let batches):
        guard position < batches.count else { return nil }
        return try read(batches[position])
      case .workers(let pool): return try pool.take(position)
      }
    }

    /// Goes past the next `count` batches. Where the loop itself reads they are not read; workers read them, so that what
    /// they draw at random for later ones stays the same.
    package mutating func skip(_ count: Int) {
      if case .workers(let pool) = source {
        for index in position..<position + count { _ = try? pool.take(index) }
      }
      position += count
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
      position = .max / 2
      return nil
    }
  }
}
