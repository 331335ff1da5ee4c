// How a loader is made: of datasets with a number of examples or streams, with PyTorch's way to put examples together or
// one's own.

import ApusCore

extension DataLoader {
  /// Batches of examples put together as PyTorch does: tensors are stacked, numbers become a tensor, texts a list; in tuples,
  /// lists and dictionaries each place on its own (see ``Collatable``).
  ///
  /// - Parameters:
  ///   - shuffle: a new random order in every pass.
  ///   - sampler: another order; excludes `shuffle`.
  ///   - batchSampler: the indices of whole batches; excludes `batchSize`, `shuffle`, `sampler` and `dropLast`.
  ///   - numWorkers: threads that read ahead. They call the dataset at the same time.
  ///   - pinMemory: accepted for programs that pass it; memory of the host has one kind here.
  ///   - dropLast: leave out a last batch that is not full.
  ///   - workerInitFn: called in each worker with its number before it reads.
  ///   - generator: where the order and the seed of the workers are drawn from; the default generator if nil.
  ///   - prefetchFactor: batches that each worker may read ahead, which bounds the memory; 2 if nil.
  ///   - persistentWorkers: whether the random streams of the workers go on from pass to pass, as those of PyTorch's workers that
  ///     stay; else each pass seeds them anew.
  public init<Value: Collatable>(
    _ dataset: some Dataset<Value>, batchSize: Int = 1, shuffle: Bool = false,
    sampler: (any Sampler)? = nil, batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false,
    dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil,
    prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == Value.Batch {
    self.init(
      Self.examples(dataset),
      Options(
        batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler, numWorkers: numWorkers,
        dropLast: dropLast, workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor ?? 2,
        persistentWorkers: persistentWorkers))
  }

  /// The same of tuples.
  public init<First: Collatable, Second: Collatable, each Value: Collatable>(
    _ dataset: some Dataset<(First, Second, repeat each Value)>, batchSize: Int = 1, shuffle: Bool = false,
    sampler: (any Sampler)? = nil, batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false,
    dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil,
    prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == (First.Batch, Second.Batch, repeat (each Value).Batch) {
    self.init(
      Self.tuples(dataset),
      Options(
        batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler, numWorkers: numWorkers,
        dropLast: dropLast, workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor ?? 2,
        persistentWorkers: persistentWorkers))
  }

  /// Batches that `collate` makes from their examples.
  public init<Element: Sendable>(
    _ dataset: some Dataset<Element>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false, collate: @escaping @Sendable ([Element]) throws -> Batch
  ) {
    self.init(
      .examples(dataset) { indices in try collate(indices.map { try dataset[$0] }) },
      Options(
        batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler, numWorkers: numWorkers,
        dropLast: dropLast, workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor ?? 2,
        persistentWorkers: persistentWorkers))
  }

  /// Batches that `collateFn` makes from their examples.
  @_disfavoredOverload public init<Element: Sendable>(
    _ dataset: some Dataset<Element>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0,
    collateFn: @escaping @Sendable ([Element]) throws -> Batch, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) {
    self.init(
      .examples(dataset) { indices in try collateFn(indices.map { try dataset[$0] }) },
      Options(
        batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler, numWorkers: numWorkers,
        dropLast: dropLast, workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor ?? 2,
        persistentWorkers: persistentWorkers))
  }

  /// Batches of a stream, put together as PyTorch does.
  public init<Value: Collatable>(
    _ dataset: some IterableDataset<Value>, batchSize: Int = 1, numWorkers: Int = 0,
    pinMemory: Bool = false, dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil,
    generator: Generator? = nil, prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == Value.Batch {
    self.init(
      Self.stream(dataset) { try Value.collate($0) },
      Options(
        batchSize: batchSize, numWorkers: numWorkers, dropLast: dropLast, workerInitFn: workerInitFn,
        generator: generator, prefetchFactor: prefetchFactor ?? 2, persistentWorkers: persistentWorkers))
  }

  /// The same of tuples.
  public init<First: Collatable, Second: Collatable, each Value: Collatable>(
    _ dataset: some IterableDataset<(First, Second, repeat each Value)>, batchSize: Int = 1, numWorkers: Int = 0,
    pinMemory: Bool = false, dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil,
    generator: Generator? = nil, prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == (First.Batch, Second.Batch, repeat (each Value).Batch) {
    self.init(
      Self.stream(dataset) { try collateTuples($0) },
      Options(
        batchSize: batchSize, numWorkers: numWorkers, dropLast: dropLast, workerInitFn: workerInitFn,
        generator: generator, prefetchFactor: prefetchFactor ?? 2, persistentWorkers: persistentWorkers))
  }

  /// Batches of a stream that `collateFn` makes from their examples.
  public init<Element: Sendable>(
    _ dataset: some IterableDataset<Element>, batchSize: Int = 1, numWorkers: Int = 0,
    collateFn: @escaping @Sendable ([Element]) throws -> Batch, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) {
    self.init(
      Self.stream(dataset, collateFn),
      Options(
        batchSize: batchSize, numWorkers: numWorkers, dropLast: dropLast, workerInitFn: workerInitFn,
        generator: generator, prefetchFactor: prefetchFactor ?? 2, persistentWorkers: persistentWorkers))
  }

  /// Examples of one place that are put together, or whole batches where the dataset reads them.
  private static func examples<Value: Collatable>(_ dataset: some Dataset<Value>) -> Source where Batch == Value.Batch {
    if let batched = dataset as? any BatchedDataset, let read = wholeBatches(batched) {
      return .examples(dataset, read)
    }
    return .examples(dataset) { indices in try Value.collate(indices.map { try dataset[$0] }) }
  }

  /// Tuples that are put together place by place, or whole batches where the dataset reads them.
  private static func tuples<First: Collatable, Second: Collatable, each Value: Collatable>(
    _ dataset: some Dataset<(First, Second, repeat each Value)>
  ) -> Source where Batch == (First.Batch, Second.Batch, repeat (each Value).Batch) {
    if let batched = dataset as? any BatchedDataset, let read = wholeBatches(batched) {
      return .examples(dataset, read)
    }
    return .examples(dataset) { indices in try collateTuples(indices.map { try dataset[$0] }) }
  }

  private static func wholeBatches<Base: BatchedDataset>(_ dataset: Base) -> (@Sendable ([Int]) throws -> Batch)? {
    guard Base.Element.self == Batch.self else { return nil }
    return { indices in
      guard let batch = try dataset.batch(indices) as? Batch else {
        throw TensorError(.value, "DataLoader", "\(Base.self) gives no batches of \(Batch.self)")
      }
      return batch
    }
  }

  private static func stream<Base: IterableDataset>(
    _ dataset: Base, _ collate: @escaping @Sendable ([Base.Element]) throws -> Batch
  ) -> Source {
    if let resumable = dataset as? any ResumableStream<Base.Element> { return passes(resumable, collate) }
    return .stream(dataset) { batchSize, dropLast in
      var iterator = dataset.makeIterator()
      return StreamReader {
        var items: [Base.Element] = []
        while items.count < batchSize, let item = iterator.next() { items.append(item) }
        return items.isEmpty || (dropLast && items.count < batchSize) ? nil : try collate(items)
      }
    }
  }

  private static func passes<Element>(
    _ stream: some ResumableStream<Element>, _ collate: @escaping @Sendable ([Element]) throws -> Batch
  ) -> Source {
    .stream(stream) { batchSize, dropLast in
      let pass = stream.begin()
      return StreamReader {
        var items: [Element] = []
        while items.count < batchSize, let item = try pass.next() { items.append(item) }
        return items.isEmpty || (dropLast && items.count < batchSize) ? nil : try collate(items)
      } state: {
        pass.state
      } restore: {
        try pass.restore($0)
      }
    }
  }
}

extension DataLoader {
  /// The examples of a list: numbers, tensors, texts ...
  public init<Value: Collatable>(
    _ examples: [Value], batchSize: Int = 1, shuffle: Bool = false, numWorkers: Int = 0, dropLast: Bool = false,
    generator: Generator? = nil
  ) where Batch == Value.Batch {
    self.init(
      ListDataset(examples: examples), batchSize: batchSize, shuffle: shuffle, numWorkers: numWorkers,
      dropLast: dropLast, generator: generator)
  }

  /// The numbers of a range: `DataLoader(0..<10, batchSize: 2)`.
  public init(
    _ examples: Range<Int>, batchSize: Int = 1, shuffle: Bool = false, numWorkers: Int = 0, dropLast: Bool = false,
    generator: Generator? = nil
  ) where Batch == Tensor {
    self.init(
      Array(examples), batchSize: batchSize, shuffle: shuffle, numWorkers: numWorkers, dropLast: dropLast,
      generator: generator)
  }

  /// The rows of a tensor.
  public init(
    _ examples: Tensor, batchSize: Int = 1, shuffle: Bool = false, numWorkers: Int = 0, dropLast: Bool = false,
    generator: Generator? = nil
  ) where Batch == Tensor {
    self.init(
      TensorRows([examples]) { $0[0] }, batchSize: batchSize, shuffle: shuffle, numWorkers: numWorkers,
      dropLast: dropLast,
      generator: generator)
  }
}

/// Examples in a list.
private struct ListDataset<Element: Sendable>: Dataset {
  let examples: [Element]

  var count: Int { examples.count }
  subscript(index: Int) -> Element { examples[index] }
}
