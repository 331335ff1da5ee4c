import ApusCore

/// The part of a dataset that one of several processes reads, as PyTorch's `DistributedSampler`: all parts are of one length and
/// together all examples, some of them twice where the numbers do not divide.
///
///     let sampler = DistributedSampler(numReplicas: 4, rank: rank)
///     for epoch in 0..<10 {
///       sampler.setEpoch(epoch)  // another order in every epoch, the same in all processes
///       for batch in DataLoader(data, batchSize: 32, sampler: sampler) { ... }
///     }
public final class DistributedSampler: Sampler, Sequence {
  private let ownCount: Int?
  /// The number of processes.
  public let numReplicas: Int
  /// Which of them this is, from 0.
  public let rank: Int
  public let shuffle: Bool
  public let seed: Int
  /// Whether the parts are made equal by leaving examples out, not by reading some twice.
  public let dropLast: Bool
  private let epoch = Lock(0)

  /// - Parameters:
  ///   - dataset: what is read, so that the sampler itself can be looped over; that of the loader if nil.
  ///   - numReplicas: the number of processes, at least 1.
  ///   - rank: which of them this is, 0 ..< numReplicas.
  ///   - shuffle: read in an order that `seed` and the epoch give.
  public init(
    _ dataset: (any Dataset)? = nil, numReplicas: Int, rank: Int, shuffle: Bool = true, seed: Int = 0,
    dropLast: Bool = false
  ) {
    if numReplicas < 1 || !(0..<Swift.max(1, numReplicas)).contains(rank) {
      report(
        TensorError(
          .value, "DistributedSampler",
          "rank must be in 0 ..< numReplicas, and they are \(rank) and \(numReplicas)"))
    }
    ownCount = dataset?.count
    self.numReplicas = Swift.max(1, numReplicas)
    self.rank = Swift.min(Swift.max(0, rank), self.numReplicas - 1)
    self.shuffle = shuffle
    self.seed = seed
    self.dropLast = dropLast
  }

  /// Says which epoch the next pass belongs to, on which the order depends. All processes must say the same.
  public func setEpoch(_ epoch: Int) { self.epoch.withLock { $0 = epoch } }

  public func length(count: Int) -> Int {
    let count = ownCount ?? count
    // Where parts are cut, an odd rest is left out.
    return dropLast && count % numReplicas != 0
      ? Swift.max(0, (count - numReplicas + numReplicas - 1) / numReplicas) : (count + numReplicas - 1) / numReplicas
  }

  public func indices(count: Int) -> [Int] {
    let count = ownCount ?? count
    let total = length(count: count) * numReplicas
    guard count > 0 else { return [] }
    let order =
      shuffle
      ? seeded(UInt64(bitPattern: Int64(seed &+ epoch.withLock { $0 }))).permutation(count) : Array(0..<count)
    return stride(from: rank, to: total, by: numReplicas).map { order[$0 % count] }
  }

  public func makeIterator() -> IndexingIterator<[Int]> { indices(count: 0).makeIterator() }
}
