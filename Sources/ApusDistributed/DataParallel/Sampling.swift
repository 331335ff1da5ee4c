import ApusCore
import ApusData

extension DistributedSampler {
  /// The part of a dataset that this rank of a group reads: PyTorch's `DistributedSampler(dataset)`.
  ///
  ///     let sampler = try DistributedSampler(data)
  ///     for epoch in 0..<10 {
  ///       sampler.setEpoch(epoch)
  ///       for batch in DataLoader(data, batchSize: 32, sampler: sampler) { ... }
  ///     }
  ///
  /// - Parameters:
  ///   - dataset: what is read; that of the loader if nil.
  ///   - group: the ranks that share it; all processes if nil.
  /// - Throws: `TensorError` where there is no group yet.
  public convenience init(
    _ dataset: (any Dataset)? = nil, group: ProcessGroup? = nil, shuffle: Bool = true, seed: Int = 0,
    dropLast: Bool = false
  ) throws(TensorError) {
    let group = if let group { group } else { try ProcessGroup.world }
    self.init(
      dataset, numReplicas: group.size, rank: group.rank, shuffle: shuffle, seed: seed, dropLast: dropLast)
  }
}
