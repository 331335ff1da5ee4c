import ApusCore

/// Batches of examples of similar length, so that little is padded: in a random order, examples are taken in pools of many
/// batches, and each pool is cut into batches by length. The batches come in a random order too.
///
///     let lengths = texts.map(\.count)
///     let loader = DataLoader(texts, batchSampler: BucketBatchSampler(lengths: lengths, batchSize: 32), collateFn: ...)
public struct BucketBatchSampler: BatchOrder {
  public let lengths: [Int]
  public let batchSize: Int
  /// The most that the longest example of a batch times its examples may be; nil for no bound.
  public let maxTokens: Int?
  /// The batches of a pool.
  public let poolFactor: Int
  public let dropLast: Bool
  private let generator: Generator?

  /// - Parameters:
  ///   - lengths: of each example.
  ///   - batchSize: the most examples of a batch.
  ///   - maxTokens: bounds padded batches: longest example times examples.
  ///   - poolFactor: how many batches lie in a pool: more pad less, fewer mix more.
  ///   - dropLast: leave out batches that are not full.
  ///   - generator: where the order is drawn from. If nil, the default generator gives the seed of one used for this pass.
  public init(
    lengths: [Int], batchSize: Int, maxTokens: Int? = nil, poolFactor: Int = 100, dropLast: Bool = false,
    generator: Generator? = nil
  ) {
    if batchSize < 1 || poolFactor < 1 {
      report(
        TensorError(
          .value, "BucketBatchSampler",
          "batchSize and poolFactor must be 1 or more, and are \(batchSize) and \(poolFactor)"))
    }
    self.lengths = lengths
    self.batchSize = max(1, batchSize)
    self.maxTokens = maxTokens
    self.poolFactor = max(1, poolFactor)
    self.dropLast = dropLast
    self.generator = generator
  }

  public var generators: [Generator] { generator.map { [$0] } ?? [] }

  /// How many batches a pass has: exact without `maxTokens`, with it those of the examples sorted by length.
  public func length(count: Int) -> Int {
    guard maxTokens == nil else { return cut(lengths.indices.sorted { lengths[$0] < lengths[$1] }).count }
    return dropLast ? lengths.count / batchSize : (lengths.count + batchSize - 1) / batchSize
  }

  public func batches(count: Int) -> [[Int]] {
    let generator = self.generator ?? seeded(drawSeed(.default))
    let order = generator.permutation(lengths.count)
    let poolSize = batchSize.multipliedReportingOverflow(by: poolFactor)
    let step = poolSize.overflow ? Int.max : poolSize.partialValue
    var found: [[Int]] = []
    var start = 0
    while start < order.count {
      let end = start + min(step, order.count - start)
      found += cut(order[start..<end].sorted { (lengths[$0], $0) < (lengths[$1], $1) })
      start = end
    }
    return generator.permutation(found.count).map { found[$0] }
  }

  /// Batches of examples in this order.
  private func cut(_ order: [Int]) -> [[Int]] {
    var batches: [[Int]] = []
    var batch: [Int] = []
    var longest = 0
    for index in order {
      let padded = max(longest, lengths[index])
      if batch.count == batchSize || (!batch.isEmpty && padded * (batch.count + 1) > maxTokens ?? .max) {
        batches.append(batch)
        (batch, longest) = ([], 0)
      }
      batch.append(index)
      longest = max(longest, lengths[index])
    }
    if !batch.isEmpty && (!dropLast || batch.count == batchSize) { batches.append(batch) }
    return batches
  }
}

/// Batches in which each class has, as nearly as whole examples allow, its share of the whole dataset, in a random order.
public struct StratifiedBatchSampler: BatchOrder {
  public let labels: [Int]
  public let batchSize: Int
  private let generator: Generator?

  /// - Parameters:
  ///   - labels: the class of each example.
  ///   - batchSize: the examples of a batch, at least 1.
  ///   - generator: where the order is drawn from. If nil, the default generator gives the seed of one used for this pass.
  public init(labels: [Int], batchSize: Int, generator: Generator? = nil) {
    if batchSize < 1 {
      report(TensorError(.value, "StratifiedBatchSampler", "batchSize must be 1 or more, and is \(batchSize)"))
    }
    self.labels = labels
    self.batchSize = max(1, batchSize)
    self.generator = generator
  }

  public var generators: [Generator] { generator.map { [$0] } ?? [] }
  public func length(count: Int) -> Int { (labels.count + batchSize - 1) / batchSize }

  public func batches(count: Int) -> [[Int]] {
    let generator = self.generator ?? seeded(drawSeed(.default))
    var classes: [Int: [Int]] = [:]
    for index in generator.permutation(labels.count) { classes[labels[index], default: []].append(index) }
    // Example k of n of its class stands at (k + 1/2) / n of the pass: every stretch has its share of each class.
    var placed: [(place: Double, label: Int, index: Int)] = []
    for (label, members) in classes {
      for (k, index) in members.enumerated() {
        placed.append(((Double(k) + 0.5) / Double(members.count), label, index))
      }
    }
    placed.sort { ($0.place, $0.label) < ($1.place, $1.label) }
    let order = placed.map(\.index)
    return stride(from: 0, to: order.count, by: batchSize).map { start in
      let batch = Array(order[start..<min(start + batchSize, order.count)])
      return generator.permutation(batch.count).map { batch[$0] }
    }
  }
}
