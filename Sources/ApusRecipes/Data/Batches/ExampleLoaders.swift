import ApusCore
import ApusData

// Loaders over examples. Each takes the settings of the data (packing, buckets, multiples), the rows of a batch, and the token
// that short rows are filled up with.

extension TokenizedExamples {
  /// Batches of these examples, packed as the settings say.
  /// - Parameters:
  ///   - batchSize: rows of a batch: examples, or packed rows.
  ///   - padding: the token that rows are filled up with.
  ///   - shuffles: whether examples come in an order that is drawn anew in each pass.
  ///   - generator: where the order is drawn from; the default generator if nil.
  ///   - numWorkers: threads that make batches ahead.
  public func loader(
    _ settings: DataSettings, batchSize: Int, padding: Int, shuffles: Bool = true, generator: ApusCore.Generator? = nil,
    numWorkers: Int = 0
  ) -> DataLoader<TokenBatch> {
    let multiple = settings.padMultiple
    guard settings.packing == .none else {
      // Neighbours in a file are often alike: rows are made of examples from everywhere.
      let order = shuffles ? ApusCore.Generator(seed: UInt64(settings.seed)).permutation(count) : Array(indices)
      let rows = PackedRows(
        selecting(order), length: settings.maxLength, strategy: settings.packing, window: settings.packingWindow)
      return DataLoader(
        rows, batchSize: batchSize, shuffle: shuffles, numWorkers: numWorkers, generator: generator
      ) { TokenBatch(packed: $0, padding: padding, multipleOf: multiple) }
    }
    return settings.loader(
      ExampleList(self), lengths, batchSize, shuffles, generator, numWorkers
    ) { TokenBatch($0, padding: padding, multipleOf: multiple) }
  }
}

extension [PreferenceExample] {
  /// Batches of pairs of answers; the parameters are those of ``TokenizedExamples/loader(_:batchSize:padding:shuffles:generator:numWorkers:)``.
  public func loader(
    _ settings: DataSettings, batchSize: Int, padding: Int, shuffles: Bool = true, generator: ApusCore.Generator? = nil,
    numWorkers: Int = 0
  ) -> DataLoader<PreferenceBatch> {
    let multiple = settings.padMultiple
    return settings.loader(
      ExampleList(self), map { Swift.max($0.chosen.ids.count, $0.rejected.ids.count) }, batchSize, shuffles, generator,
      numWorkers
    ) { PreferenceBatch($0, padding: padding, multipleOf: multiple) }
  }
}

extension [FeedbackExample] {
  /// Batches of answers that are liked or not. The answer of another prompt is always one of the same batch.
  public func loader(
    _ settings: DataSettings, batchSize: Int, padding: Int, shuffles: Bool = true, generator: ApusCore.Generator? = nil,
    numWorkers: Int = 0
  ) -> DataLoader<FeedbackBatch> {
    let (multiple, maxLength) = (settings.padMultiple, settings.maxLength)
    return settings.loader(
      ExampleList(self), map { $0.prompt.count + $0.completion.count }, batchSize, shuffles, generator, numWorkers
    ) { FeedbackBatch($0, padding: padding, maxLength: maxLength, multipleOf: multiple) }
  }
}

extension [PromptExample] {
  /// Batches of prompts.
  public func loader(
    _ settings: DataSettings, batchSize: Int, shuffles: Bool = true, generator: ApusCore.Generator? = nil
  ) -> DataLoader<PromptBatch> {
    DataLoader(ExampleList(self), batchSize: batchSize, shuffle: shuffles, generator: generator) { PromptBatch($0) }
  }
}

extension [PairExample] {
  /// Batches of texts that belong together. They are not made by length: in them others are what a text does not belong to.
  public func loader(
    _ settings: DataSettings, batchSize: Int, padding: Int, shuffles: Bool = true, generator: ApusCore.Generator? = nil,
    numWorkers: Int = 0
  ) -> DataLoader<PairBatch> {
    DataLoader(
      ExampleList(self), batchSize: batchSize, shuffle: shuffles, numWorkers: numWorkers, generator: generator
    ) { try PairBatch($0, padding: padding) }
  }
}

extension [LabelledExample] {
  /// Batches of texts with labels.
  public func loader(
    _ settings: DataSettings, batchSize: Int, padding: Int, shuffles: Bool = true, generator: ApusCore.Generator? = nil,
    numWorkers: Int = 0
  ) -> DataLoader<LabelledBatch> {
    settings.loader(
      ExampleList(self), map(\.encoding.count), batchSize, shuffles, generator, numWorkers
    ) { LabelledBatch($0, padding: padding) }
  }
}

extension DataSettings {
  /// Batches of examples of similar length where the settings say so and the order is drawn.
  fileprivate func loader<Element: Sendable, Batch: Sendable>(
    _ examples: some Dataset<Element>, _ lengths: [Int], _ batchSize: Int, _ shuffles: Bool,
    _ generator: ApusCore.Generator?,
    _ numWorkers: Int, _ collate: @escaping @Sendable ([Element]) throws -> Batch
  ) -> DataLoader<Batch> {
    guard bucketing, shuffles else {
      return DataLoader(
        examples, batchSize: batchSize, shuffle: shuffles, numWorkers: numWorkers, generator: generator,
        collate: collate)
    }
    let buckets = BucketBatchSampler(lengths: lengths, batchSize: batchSize, generator: generator)
    return DataLoader(examples, batchSampler: buckets, numWorkers: numWorkers, generator: generator, collate: collate)
  }
}

/// A list as a dataset.
private struct ExampleList<Examples: RandomAccessCollection & Sendable>: Dataset
where Examples.Index == Int, Examples.Element: Sendable {
  let examples: Examples

  init(_ examples: Examples) { self.examples = examples }

  var count: Int { examples.count }
  subscript(index: Int) -> Examples.Element {
    get throws {
      guard examples.indices.contains(index) else {
        throw TensorError(.index, "data", "example \(index) was asked for, and there are \(count)")
      }
      return examples[index]
    }
  }
}
