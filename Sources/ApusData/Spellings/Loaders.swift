// Written by scripts/make-training-spellings.py.

import ApusCore

extension DataLoader {
  /// As PyTorch's users write it.
  public init<Value: Collatable>(
    _ dataset: some Dataset<Value>, _ batchSize: Int, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) where Batch == Value.Batch {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast, workerInitFn: workerInitFn,
      generator: generator, prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<Value: Collatable>(
    dataset: some Dataset<Value>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) where Batch == Value.Batch {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast, workerInitFn: workerInitFn,
      generator: generator, prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<First: Collatable, Second: Collatable, each Value: Collatable>(
    _ dataset: some Dataset<(First, Second, repeat each Value)>, _ batchSize: Int, shuffle: Bool = false,
    sampler: (any Sampler)? = nil, batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false,
    dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil,
    prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == (First.Batch, Second.Batch, repeat (each Value).Batch) {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast, workerInitFn: workerInitFn,
      generator: generator, prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<First: Collatable, Second: Collatable, each Value: Collatable>(
    dataset: some Dataset<(First, Second, repeat each Value)>, batchSize: Int = 1, shuffle: Bool = false,
    sampler: (any Sampler)? = nil, batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false,
    dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil,
    prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == (First.Batch, Second.Batch, repeat (each Value).Batch) {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast, workerInitFn: workerInitFn,
      generator: generator, prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<Element: Sendable>(
    _ dataset: some Dataset<Element>, _ batchSize: Int, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false, collate: @escaping @Sendable ([Element]) throws -> Batch
  ) {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast, workerInitFn: workerInitFn,
      generator: generator, prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers, collate: collate)
  }
  /// As PyTorch's users write it.
  public init<Element: Sendable>(
    dataset: some Dataset<Element>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false, collate: @escaping @Sendable ([Element]) throws -> Batch
  ) {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast, workerInitFn: workerInitFn,
      generator: generator, prefetchFactor: prefetchFactor, persistentWorkers: persistentWorkers, collate: collate)
  }
  /// As PyTorch's users write it.
  @_disfavoredOverload public init<Element: Sendable>(
    _ dataset: some Dataset<Element>, _ batchSize: Int, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0,
    collateFn: @escaping @Sendable ([Element]) throws -> Batch, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, collateFn: collateFn, pinMemory: pinMemory, dropLast: dropLast,
      workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  @_disfavoredOverload public init<Element: Sendable>(
    dataset: some Dataset<Element>, batchSize: Int = 1, shuffle: Bool = false, sampler: (any Sampler)? = nil,
    batchSampler: (any BatchOrder)? = nil, numWorkers: Int = 0,
    collateFn: @escaping @Sendable ([Element]) throws -> Batch, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) {
    self.init(
      dataset, batchSize: batchSize, shuffle: shuffle, sampler: sampler, batchSampler: batchSampler,
      numWorkers: numWorkers, collateFn: collateFn, pinMemory: pinMemory, dropLast: dropLast,
      workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<Value: Collatable>(
    _ dataset: some IterableDataset<Value>, _ batchSize: Int, numWorkers: Int = 0, pinMemory: Bool = false,
    dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil,
    prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == Value.Batch {
    self.init(
      dataset, batchSize: batchSize, numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast,
      workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<Value: Collatable>(
    dataset: some IterableDataset<Value>, batchSize: Int = 1, numWorkers: Int = 0, pinMemory: Bool = false,
    dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil,
    prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == Value.Batch {
    self.init(
      dataset, batchSize: batchSize, numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast,
      workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<First: Collatable, Second: Collatable, each Value: Collatable>(
    _ dataset: some IterableDataset<(First, Second, repeat each Value)>, _ batchSize: Int, numWorkers: Int = 0,
    pinMemory: Bool = false, dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil,
    generator: Generator? = nil, prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == (First.Batch, Second.Batch, repeat (each Value).Batch) {
    self.init(
      dataset, batchSize: batchSize, numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast,
      workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<First: Collatable, Second: Collatable, each Value: Collatable>(
    dataset: some IterableDataset<(First, Second, repeat each Value)>, batchSize: Int = 1, numWorkers: Int = 0,
    pinMemory: Bool = false, dropLast: Bool = false, workerInitFn: (@Sendable (Int) throws -> Void)? = nil,
    generator: Generator? = nil, prefetchFactor: Int? = nil, persistentWorkers: Bool = false
  ) where Batch == (First.Batch, Second.Batch, repeat (each Value).Batch) {
    self.init(
      dataset, batchSize: batchSize, numWorkers: numWorkers, pinMemory: pinMemory, dropLast: dropLast,
      workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<Element: Sendable>(
    _ dataset: some IterableDataset<Element>, _ batchSize: Int, numWorkers: Int = 0,
    collateFn: @escaping @Sendable ([Element]) throws -> Batch, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) {
    self.init(
      dataset, batchSize: batchSize, numWorkers: numWorkers, collateFn: collateFn, pinMemory: pinMemory,
      dropLast: dropLast, workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<Element: Sendable>(
    dataset: some IterableDataset<Element>, batchSize: Int = 1, numWorkers: Int = 0,
    collateFn: @escaping @Sendable ([Element]) throws -> Batch, pinMemory: Bool = false, dropLast: Bool = false,
    workerInitFn: (@Sendable (Int) throws -> Void)? = nil, generator: Generator? = nil, prefetchFactor: Int? = nil,
    persistentWorkers: Bool = false
  ) {
    self.init(
      dataset, batchSize: batchSize, numWorkers: numWorkers, collateFn: collateFn, pinMemory: pinMemory,
      dropLast: dropLast, workerInitFn: workerInitFn, generator: generator, prefetchFactor: prefetchFactor,
      persistentWorkers: persistentWorkers)
  }
  /// As PyTorch's users write it.
  public init<Value: Collatable>(
    _ examples: [Value], _ batchSize: Int, shuffle: Bool = false, numWorkers: Int = 0, dropLast: Bool = false,
    generator: Generator? = nil
  ) where Batch == Value.Batch {
    self.init(
      examples, batchSize: batchSize, shuffle: shuffle, numWorkers: numWorkers, dropLast: dropLast, generator: generator
    )
  }
  /// As PyTorch's users write it.
  public init(
    _ examples: Range<Int>, _ batchSize: Int, shuffle: Bool = false, numWorkers: Int = 0, dropLast: Bool = false,
    generator: Generator? = nil
  ) where Batch == Tensor {
    self.init(
      examples, batchSize: batchSize, shuffle: shuffle, numWorkers: numWorkers, dropLast: dropLast, generator: generator
    )
  }
  /// As PyTorch's users write it.
  public init(
    _ examples: Tensor, _ batchSize: Int, shuffle: Bool = false, numWorkers: Int = 0, dropLast: Bool = false,
    generator: Generator? = nil
  ) where Batch == Tensor {
    self.init(
      examples, batchSize: batchSize, shuffle: shuffle, numWorkers: numWorkers, dropLast: dropLast, generator: generator
    )
  }
}
