/// What a block takes of a rank in a microbatch, at full speed.
struct BlockCosts {
  /// A message in the middle of a pass, which the program waits for.
  struct Call {
    var cost: CollectiveCost
    /// Whether it brings tokens to their experts, or back; else ranks that share the layer add up.
    var isExperts = false
    /// Whether it needs nothing that others need too.
    var isPrivate: Bool { cost.port == 0 && cost.processor == 0 }
  }

  /// Seconds of the passes, and of adding gradients to those of the microbatches before: two are read, one is written.
  var forward, backward, adding: Double
  /// What ranks call in the passes.
  var forwardCalls: [Call] = []
  var backwardCalls: [Call] = []
  /// Keys and values that go round meanwhile.
  var forwardRing = CollectiveCost.none
  var backwardRing = CollectiveCost.none
  /// Elements of parameters of a rank where nothing is sharded.
  var size: Double
  /// What it takes to gather the parameters, and to reduce their gradients.
  var gathering, scattering: CollectiveCost
  /// Whether it is one of the layers that repeat, and whether the backward pass computes its forward pass again.
  var isLayer, isRepeated: Bool

  init(
    _ block: PlannedBlock, _ unit: PlannedModel.Unit, _ training: PlannedTraining, _ layout: TrainingLayout,
    _ cluster: PlannedCluster, _ places: GroupPlaces
  ) {
    let part = layout.part(of: block)
    let examples = layout.examples(training) / Double(layout.context)
    let rate = unit == .seconds ? 1 : cluster.flops
    forward = block.forward * examples * part / rate
    backward = block.backward * examples * part / rate
    size = layout.size(of: block)
    let share = Double(layout.microbatches - 1) / Double(layout.microbatches)
    adding = share * 3 * size * Double(training.gradientBytes) / cluster.memoryBandwidth
    isLayer = block.isLayer
    isRepeated = layout.recomputes && block.isLayer
    gathering = cluster.cost(.allGather, size * Double(training.elementBytes), places.shards)
    scattering = cluster.cost(.reduceScatter, size * Double(training.gradientBytes), places.shards)
    let elementBytes = Double(training.elementBytes)
    if layout.tensor > 1 {
      let bytes = block.reduced * examples * elementBytes
      var sum = CollectiveCost.none
      if layout.dividesPositions {
        // Positions are put together in front of divided products and divided again behind them.
        sum.add(cluster.cost(.allGather, bytes, places.columns), times: 1)
        sum.add(cluster.cost(.reduceScatter, bytes, places.columns), times: 1)
      } else {
        sum = cluster.cost(.allReduce, bytes, places.columns)
      }
      forwardCalls = [Call](repeating: Call(cost: sum), count: block.forwardReductions)
      backwardCalls = [Call](repeating: Call(cost: sum), count: block.backwardReductions)
    }
    if layout.experts > 1, block.exchanged > 0 {
      // To the experts and back.
      let exchange = cluster.cost(.allToAll, block.exchanged * examples * elementBytes, places.experts)
      let calls = [Call](repeating: Call(cost: exchange, isExperts: true), count: 2)
      forwardCalls += calls
      backwardCalls += calls
    }
    if layout.context > 1, block.keysAndValues > 0 {
      let bytes = block.keysAndValues * examples * elementBytes / Double(layout.tensor)
      let rounds = Double(layout.context - 1)
      forwardRing.add(cluster.cost(.ring, bytes, places.rows), times: rounds)
      backwardRing.add(cluster.cost(.ring, 2 * bytes, places.rows), times: rounds)
    }
  }
}

extension CollectiveCost {
  /// What nothing takes.
  static let none = CollectiveCost(algorithm: "none", latency: 0, port: 0, inside: 0, processor: 0, bytes: 0)
}

/// Where the groups of a layout's dimensions lie.
struct GroupPlaces {
  /// Ranks that share layers, that have other positions, that have other experts, and that have the same parameters with other examples or positions.
  let columns, rows, experts, shards: GroupPlace

  init(_ layout: TrainingLayout, _ cluster: PlannedCluster) {
    let inner = layout.context * layout.tensor
    let onHost = min(layout.data * inner, cluster.ranksPerHost)
    func place(_ size: Int, _ stride: Int) -> GroupPlace {
      GroupPlace(size: size, stride: stride, ranksOnHost: onHost, cluster)
    }
    columns = place(layout.tensor, 1)
    rows = place(layout.context, layout.tensor)
    experts = place(layout.experts, inner)
    shards =
      layout.experts > 1
      ? place(layout.replicas, inner * layout.experts) : place(layout.replicas * layout.context, layout.tensor)
  }
}

extension TrainingLayout {
  /// The part of a block's work, kept elements and parameters that a rank has.
  func part(of block: PlannedBlock) -> Double { 1 - block.divisible + block.divisible / Double(tensor) }

  /// Elements of a block's parameters on a rank where nothing is sharded.
  func size(of block: PlannedBlock) -> Double {
    let ofExperts = Double(block.parameterCount - block.commonParameterCount)
    return (Double(block.commonParameterCount) + ofExperts / Double(experts)) * part(of: block)
  }
}
