import ApusCore

/// The order in which a training takes its examples, for any number of ranks: one order for all, whose ``position`` is counted in examples.
/// Each step takes a global batch, of which each rank gets a part. So a training that goes on with another number of ranks sees the same
/// batches as one that was never disturbed:
///
///     var order = try ResumableOrder(count: 1000, batchSize: 24, seed: 1)
///     order.position = saved  // from the checkpoint
///     let batch = order.next(for: world)
///     // The mean over the global batch: sums of the ranks' losses, divided by batch.globalCount.
public struct ResumableOrder: Sendable {
  /// The part of a global batch that a rank computes.
  public struct Batch: Sendable, Hashable {
    /// The indices of this rank's examples; they may be none where a batch has fewer examples than there are ranks.
    public let indices: [Int]
    /// The number of examples of all ranks.
    public let globalCount: Int
  }

  /// The number of examples of an epoch.
  public let count: Int
  /// The number of examples of a global batch; the last one of an epoch has what is left.
  public let batchSize: Int
  /// How many examples were taken since the beginning, over all epochs: what a checkpoint keeps.
  public var position: Int {
    didSet { position = max(0, position) }
  }
  private let order: @Sendable (_ epoch: Int) -> [Int]
  private var current: (epoch: Int, order: [Int])?

  /// Examples in an order that is drawn anew for each epoch, the same on all ranks; without a seed as they lie.
  /// - Throws: `TensorError` of kind `value` where `count` or `batchSize` is less than 1.
  public init(count: Int, batchSize: Int, seed: Int? = nil) throws(TensorError) {
    try self.init(count: count, batchSize: batchSize) { epoch in
      guard let seed else { return Array(0..<count) }
      // Epochs of neighbouring seeds have nothing to do with each other.
      let generator = Generator(seed: UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(epoch))
      return randperm(count, generator: generator).array(as: Int.self)
    }
  }

  /// Examples in any order: `order` gives the indices of an epoch, `count` of them, the same on all ranks.
  /// - Throws: `TensorError` of kind `value` where `count` or `batchSize` is less than 1.
  public init(count: Int, batchSize: Int, order: @escaping @Sendable (_ epoch: Int) -> [Int]) throws(TensorError) {
    guard count > 0, batchSize > 0 else {
      throw TensorError(
        .value, "ResumableOrder", "count and batchSize must be 1 or more, and were \(count) and \(batchSize)")
    }
    (self.count, self.batchSize, self.order, position) = (count, batchSize, order, 0)
  }

  /// The epoch that the next batch belongs to, from 0 on.
  public var epoch: Int { position / count }

  /// The part of `rank` among `size` of the next global batch; ``position`` goes behind that.
  /// - Precondition: `0 <= rank < size`.
  public mutating func next(rank: Int, of size: Int) -> Batch {
    precondition(size > 0 && (0..<size).contains(rank), "there is no rank \(rank) among \(size)")
    let epoch = epoch
    if current?.epoch != epoch { current = (epoch, order(epoch)) }
    let indices = current?.order ?? []
    precondition(indices.count == count, "an epoch's order has \(indices.count) indices, and must have \(count)")
    let first = position - epoch * count
    let n = min(batchSize, count - first)
    position += n
    return Batch(
      indices: Array(indices[(first + n * rank / size)..<(first + n * (rank + 1) / size)]), globalCount: n)
  }

  /// The part of this process.
  public mutating func next(for group: ProcessGroup) -> Batch { next(rank: group.rank, of: group.size) }
}
