import ApusCore

extension DataLoader {
  /// The batches of which one of `count` processes trains: of every `count` batches' examples each process has every
  /// so many-th, so that the batches of all together are those of one process with batches `count` times as large, in
  /// the same order. No example is read twice: parts may differ by one. Batches of a batch sampler, and of a stream,
  /// go round whole.
  ///
  /// All processes must draw the same order. A loader with a ``DistributedSampler`` is divided already.
  package func part(_ rank: Int, of count: Int) -> DataLoader {
    if count == 1 || distributedSampler != nil { return self }
    var part = self
    switch source {
    case .examples:
      if let batches = order as? BatchSampler {
        let whole = batches.dropLast ? batches.batchSize * count : 1
        part.order = BatchSampler(
          PartSampler(base: batches.sampler, rank: rank, count: count, unit: whole), batchSize: batches.batchSize,
          dropLast: batches.dropLast)
      } else {
        part.order = PartOrder(base: order, rank: rank, count: count)
      }
    case .stream(let stream, let begin):
      part.source = .stream(stream) { batchSize, dropLast in
        let reader = begin(batchSize, dropLast)
        return reader.every(count, from: rank)
      }
    }
    return part
  }

  /// Tells a ``DistributedSampler`` which epoch the next pass belongs to.
  package func setEpoch(_ epoch: Int) { distributedSampler?.setEpoch(epoch) }

  private var distributedSampler: DistributedSampler? { (order as? BatchSampler)?.sampler as? DistributedSampler }
}

/// Every `count`-th index of another sampler from `rank` on, of as many as `unit` divides.
private struct PartSampler: Sampler {
  let base: any Sampler
  let rank: Int
  let count: Int
  let unit: Int

  var generators: [Generator] { base.generators }

  func length(count n: Int) -> Int {
    let whole = base.length(count: n) / unit * unit
    return max(0, (whole - rank + count - 1) / count)
  }

  func indices(count n: Int) -> [Int] {
    let order = base.indices(count: n)
    return stride(from: rank, to: order.count / unit * unit, by: count).map { order[$0] }
  }
}

/// Every `count`-th batch of another order from `rank` on.
private struct PartOrder: BatchOrder {
  let base: any BatchOrder
  let rank: Int
  let count: Int

  var generators: [Generator] { base.generators }

  func length(count n: Int) -> Int { max(0, (base.length(count: n) - rank + count - 1) / count) }

  func batches(count n: Int) -> [[Int]] {
    let batches = base.batches(count: n)
    return stride(from: rank, to: batches.count, by: count).map { batches[$0] }
  }
}

extension StreamReader {
  /// Every `count`-th batch from `rank` on; a round of which not all have a batch is left to those that do.
  fileprivate func every(_ count: Int, from rank: Int) -> StreamReader {
    let next = self.next
    return changed {
      var own: Batch?
      for i in 0..<count {
        guard let batch = try next() else { return own }
        if i == rank { own = batch }
      }
      return own
    }
  }
}
