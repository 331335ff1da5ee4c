import ApusCore

/// The pipeline of a layout: the blocks of each stage, and what its ranks keep. Layouts that differ in other dimensions share it.
struct PlannedPipeline {
  /// The blocks of each stage.
  let stages: [Range<Int>]
  /// The stages of each rank.
  let stagesOfRank: [[Int]]
  /// How many microbatches of each of its stages a rank keeps at most, on average over its stages.
  let live: [Double]

  init(_ model: PlannedModel, _ layout: TrainingLayout) {
    let (ranks, local) = (layout.pipeline, layout.schedule == .interleaved ? layout.stagesPerRank : 1)
    stages = model.stages(ranks * local)
    stagesOfRank = (0..<ranks).map { rank in (0..<local).map { rank + $0 * ranks } }
    live = (0..<ranks).map { rank in
      // Forward passes that are ahead of the first backward pass, with the one right before it.
      switch layout.schedule {
      case _ where ranks == 1: return 1
      case .gpipe: return Double(layout.microbatches)
      case .oneForwardOneBackward: return Double(min(layout.microbatches, ranks - rank))
      case .interleaved:
        let perRound = layout.microbatches / max(1, layout.microbatches / ranks)
        let ahead = (local - 1) * perRound + 2 * (ranks - 1 - rank)
        return Double(min(ahead + 1, local * layout.microbatches)) / Double(local)
      }
    }
  }

  /// The rank that has a stage.
  func rank(of stage: Int) -> Int { stage % stagesOfRank.count }
}

/// The pipelines of the layouts of a plan and the orders of their computations, each made once.
struct PlannedPipelines {
  private struct Key: Hashable {
    var ranks, microbatches, stagesPerRank: Int
    var schedule: TrainingLayout.Schedule

    init(_ layout: TrainingLayout) {
      (ranks, microbatches) = (layout.pipeline, layout.microbatches)
      (stagesPerRank, schedule) = (layout.stagesPerRank, layout.schedule)
    }
  }

  private let model: PlannedModel
  private var pipelines: [Key: PlannedPipeline] = [:]
  private var orders: [Key: PipelineOrder] = [:]

  init(_ model: PlannedModel) { self.model = model }

  mutating func pipeline(of layout: TrainingLayout) -> PlannedPipeline {
    if let found = pipelines[Key(layout)] { return found }
    let made = PlannedPipeline(model, layout)
    pipelines[Key(layout)] = made
    return made
  }

  mutating func order(of layout: TrainingLayout) throws(TensorError) -> PipelineOrder {
    if let found = orders[Key(layout)] { return found }
    let made = try layout.pipelineOrder()
    orders[Key(layout)] = made
    return made
  }
}

extension TrainingLayout {
  /// The order of the pipeline's computations; of one rank the microbatches one after the other.
  func pipelineOrder() throws(TensorError) -> PipelineOrder {
    guard pipeline > 1 else { return try .oneForwardOneBackward(ranks: 1, microbatches: microbatches) }
    switch schedule {
    case .gpipe: return try .gpipe(ranks: pipeline, microbatches: microbatches)
    case .oneForwardOneBackward: return try .oneForwardOneBackward(ranks: pipeline, microbatches: microbatches)
    case .interleaved:
      return try .interleaved(ranks: pipeline, stages: pipeline * stagesPerRank, microbatches: microbatches)
    }
  }
}

extension PlannedModel {
  /// The blocks of each stage: neighbours, the dearest stage as cheap as can be.
  fileprivate func stages(_ count: Int) -> [Range<Int>] {
    guard count > 1 else { return [blocks.indices] }
    let costs = blocks.map { $0.forward + $0.backward }
    // The least bound for which the blocks fit into so many stages.
    func fits(_ bound: Double) -> [Range<Int>]? {
      var ranges: [Range<Int>] = []
      var (first, sum) = (0, 0.0)
      for i in blocks.indices {
        let stagesLeft = count - ranges.count - 1
        let mustClose = blocks.count - i <= stagesLeft && i > first
        if i > first, sum + costs[i] > bound || mustClose {
          ranges.append(first..<i)
          (first, sum) = (i, 0)
          if ranges.count == count { return nil }
        }
        sum += costs[i]
      }
      ranges.append(first..<blocks.count)
      return ranges.count == count ? ranges : nil
    }
    var (low, high) = (costs.max() ?? 0, costs.reduce(0, +) * (1 + 1e-9))
    var best = fits(high)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if let found = fits(middle) { (best, high) = (found, middle) } else { low = middle }
    }
    return best ?? (0..<count).map { (blocks.count * $0 / count)..<(blocks.count * ($0 + 1) / count) }
  }

  /// Elements of an example that go from block `i` to the next one.
  func boundary(behind i: Int) -> Double { blocks.indices.contains(i) ? blocks[i].output : 0 }
}
