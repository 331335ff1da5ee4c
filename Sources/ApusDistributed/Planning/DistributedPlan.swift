import ApusCore

/// Ways to divide a training among ranks, each simulated: what a rank keeps, how long a step takes, what is in the way.
public struct DistributedPlan: Sendable {
  /// A way.
  public struct Entry: Sendable {
    /// How the training is divided.
    public let layout: TrainingLayout
    /// What a rank keeps.
    public let memory: MemoryEstimate
    /// Whether that fits.
    public let fits: Bool
    /// The step; nil where it does not fit.
    public let simulation: TrainingSimulation?
    /// The speed beside as many ranks that lose nothing: 1 at best.
    public let efficiency: Double
    /// What keeps it from that.
    public let limit: String
  }

  /// Strategies that may be asked for by their names.
  public enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// All of them.
    case all
    /// What the ranks of the data dimension divide.
    case data, zero1, zero2, zero3
    /// Layers divided, with or without data parallelism.
    case tensor
    /// Pipelines, with or without data parallelism.
    case pipeline
    /// Positions divided, with or without data parallelism.
    case context
    /// Experts divided among ranks with other examples.
    case experts
  }

  /// The model.
  public let model: PlannedModel
  /// What is trained.
  public let training: PlannedTraining
  /// The machines.
  public let cluster: PlannedCluster
  /// The best way of each kind, the fastest first, then those that do not fit.
  public let entries: [Entry]
  /// How many ways were looked at, and how many of them fit.
  public let looked: (all: Int, fitting: Int)

  /// Looks at all ways to divide a training among the ranks of a cluster.
  ///
  /// - Throws: `TensorError` where the batch has fewer examples than a rank needs in any of them.
  public init(
    _ model: PlannedModel, _ training: PlannedTraining, on cluster: PlannedCluster, strategy: Strategy = .all
  ) throws(TensorError) {
    (self.model, self.training, self.cluster) = (model, training, cluster)
    guard cluster.world > 0, training.batch > 0 else {
      throw TensorError(.value, "plan", "there is at least one rank and one example in a batch")
    }
    var pipelines = PlannedPipelines(model)
    var fitting: [String: [Candidate]] = [:]
    var tooLarge: [String: (layout: TrainingLayout, memory: MemoryEstimate)] = [:]
    var (all, count) = (0, 0)
    for shape in Self.shapes(model, training, cluster, strategy) {
      let kind = Self.kind(shape)
      var hasFitting = false
      // Computing again costs time, and is for what does not fit without.
      for recomputes in [false, true] where !hasFitting {
        for layout in Self.variants(shape, training, recomputes)
        where layout.pipeline * layout.stagesPerRank <= model.blocks.count {
          // Without a pipeline more parts than fit into memory gain nothing.
          if hasFitting, layout.pipeline == 1 { break }
          all += 1
          let pipeline = pipelines.pipeline(of: layout)
          let memory = MemoryEstimate(model, training, layout, pipeline)
          if memory.total > cluster.memory {
            if let known = tooLarge[kind], known.memory.total <= memory.total { continue }
            tooLarge[kind] = (layout, memory)
            continue
          }
          count += 1
          hasFitting = true
          let least = try TrainingGraph(model, training, layout, cluster, pipeline).leastTime
          fitting[kind, default: []].append(
            Candidate(layout: layout, memory: memory, pipeline: pipeline, leastTime: least))
        }
      }
    }
    looked = (all, count)
    let single = Self.singleTime(model, training, cluster)
    var found: [Entry] = []
    for candidates in fitting.values {
      if let entry = try Self.fastest(candidates, model, training, cluster, single, &pipelines) {
        found.append(entry)
      }
    }
    found += tooLarge.filter { fitting[$0.key] == nil }.values.map { layout, memory in
      Entry(
        layout: layout, memory: memory, fits: false, simulation: nil, efficiency: 0,
        limit: "needs \(Quantity.text(bytes: memory.total))")
    }
    guard !found.isEmpty else {
      throw TensorError(
        .value, "plan",
        "nothing divides \(model.name) among \(cluster.world) ranks\(strategy == .all ? "" : " by \(strategy.rawValue)") with a batch of "
          + "\(training.batch) examples; a batch of at least \(cluster.world) examples can be divided, and so can numbers of ranks "
          + "with small divisors")
    }
    entries = found.sorted { a, b in
      (a.fits ? 0 : 1, a.simulation?.stepTime ?? a.memory.total, a.layout.description)
        < (b.fits ? 0 : 1, b.simulation?.stepTime ?? b.memory.total, b.layout.description)
    }
  }

  /// A way that fits.
  private struct Candidate {
    var layout: TrainingLayout
    var memory: MemoryEstimate
    var pipeline: PlannedPipeline
    /// A bound of its step.
    var leastTime: Double
  }

  /// The fastest of ways of one kind, of those that are as fast the first. The most promising are simulated first, so that most of the others need
  /// not be: their bounds are above what is found.
  private static func fastest(
    _ candidates: [Candidate], _ model: PlannedModel, _ training: PlannedTraining, _ cluster: PlannedCluster,
    _ single: Double, _ pipelines: inout PlannedPipelines
  ) throws(TensorError) -> Entry? {
    var best: (number: Int, candidate: Candidate, simulation: TrainingSimulation)?
    for (number, candidate) in candidates.enumerated().sorted(by: { $0.element.leastTime < $1.element.leastTime }) {
      // Differences of rounding are none.
      let limit = (best?.simulation.stepTime ?? .infinity) * (number < best?.number ?? 0 ? 1 + 1e-9 : 1 - 1e-9)
      guard candidate.leastTime < limit,
        let simulation = try TrainingSimulation.below(
          limit, model, training, candidate.layout, on: cluster, candidate.pipeline,
          try pipelines.order(of: candidate.layout))
      else { continue }
      best = (number, candidate, simulation)
    }
    return best.map { _, candidate, simulation in
      let efficiency = single / (Double(cluster.world) * simulation.stepTime)
      return Entry(
        layout: candidate.layout, memory: candidate.memory, fits: true, simulation: simulation, efficiency: efficiency,
        limit: limit(simulation, candidate.layout.recomputes, efficiency))
    }
  }

  /// Seconds of a step of one rank that has room for all.
  static func singleTime(_ model: PlannedModel, _ training: PlannedTraining, _ cluster: PlannedCluster) -> Double {
    let work = model.work * Double(training.batch)
    let bytes = 2.0 * Double(training.elementBytes + training.gradientBytes + training.stateBytes)
    return (model.unit == .seconds ? work : work / cluster.flops)
      + (model.optimizerTime ?? Double(model.parameterCount) * bytes / cluster.memoryBandwidth)
  }

  /// Ways of one kind are compared with each other: the dimensions that divide something.
  private static func kind(_ layout: TrainingLayout) -> String {
    let sharding = layout.replicas * layout.context > 1 ? layout.sharding.rawValue : ""
    return
      "\(sharding) \(layout.replicas > 1) \(layout.tensor > 1) \(layout.pipeline > 1) \(layout.context > 1) \(layout.experts > 1)"
  }

  /// What takes most of the time that is lost.
  private static func limit(_ simulation: TrainingSimulation, _ recomputes: Bool, _ efficiency: Double) -> String {
    let (bubble, exposed) = (simulation.bubbleTime / simulation.stepTime, simulation.exposedTime / simulation.stepTime)
    func percent(_ x: Double) -> String { "\(Int((x * 100).rounded())) %" }
    if max(bubble, exposed) < 0.05 { return recomputes ? "recomputing" : "computing" }
    return bubble > exposed ? "bubbles \(percent(bubble))" : "network \(percent(exposed))"
  }

  /// The divisions of the ranks, without microbatches.
  private static func shapes(
    _ model: PlannedModel, _ training: PlannedTraining, _ cluster: PlannedCluster, _ strategy: Strategy
  ) -> [TrainingLayout] {
    let world = cluster.world
    let divisors = (1...world).filter { world % $0 == 0 }
    let isDivisible = model.blocks.contains { $0.divisible > 0 }
    let hasAttention = model.blocks.contains { $0.keysAndValues > 0 }
    let layers = model.blocks.filter(\.isLayer).count
    let experts = model.blocks.map(\.experts).max() ?? 1
    var found: [TrainingLayout] = []
    for tensor in divisors where tensor == 1 || isDivisible && tensor <= 64 {
      for pipeline in divisors where tensor * pipeline <= world && pipeline <= max(1, min(layers, model.blocks.count)) {
        guard world % (tensor * pipeline) == 0 else { continue }
        let rest = world / (tensor * pipeline)
        for context in divisors
        where rest % context == 0 && (context == 1 || hasAttention && model.length / context >= 1024) {
          // Texts that are short are not cut unless it is asked for.
          if context > 1, strategy != .context, model.length < 16_384 { continue }
          let data = rest / context
          guard training.batch >= data, training.batch % data == 0 else { continue }
          for groups in divisors where groups == 1 || context == 1 && experts % groups == 0 && data % groups == 0 {
            for dividesPositions in [false, true] where !dividesPositions || tensor > 1 && model.dividesPositions {
              for sharding in TrainingLayout.Sharding.allCases {
                if rest / groups == 1, sharding != .none { continue }
                let layout = TrainingLayout(
                  data: data, tensor: tensor, pipeline: pipeline, context: context, experts: groups,
                  dividesPositions: dividesPositions, sharding: sharding)
                if isWanted(layout, strategy) { found.append(layout) }
              }
            }
          }
        }
      }
    }
    return found
  }

  private static func isWanted(_ layout: TrainingLayout, _ strategy: Strategy) -> Bool {
    let isPlain = layout.tensor == 1 && layout.pipeline == 1 && layout.context == 1
    switch strategy {
    case .all: return true
    case .data: return isPlain && layout.sharding == .none
    case .zero1: return isPlain && layout.sharding == .zero1
    case .zero2: return isPlain && layout.sharding == .zero2
    case .zero3: return isPlain && layout.sharding == .zero3
    case .tensor: return layout.tensor > 1 && layout.pipeline == 1 && layout.context == 1
    case .pipeline: return layout.pipeline > 1 && layout.tensor == 1 && layout.context == 1
    case .context: return layout.context > 1 && layout.tensor == 1 && layout.pipeline == 1
    case .experts: return layout.experts > 1 && layout.tensor == 1 && layout.pipeline == 1
    }
  }

  /// A division with numbers of microbatches that make sense.
  private static func variants(
    _ shape: TrainingLayout, _ training: PlannedTraining, _ recomputes: Bool
  ) -> [TrainingLayout] {
    let examples = training.batch / shape.data
    var counts: [Int] = []
    if shape.pipeline == 1 {
      // As few as fit: each microbatch of whole examples.
      counts = [1, 2, 4, 8, 16, 32, 64, 128, 256].filter { $0 <= examples && examples % $0 == 0 }
    } else {
      counts = [1, 2, 4, 8].map { $0 * shape.pipeline }.filter { $0 <= examples && examples % $0 == 0 }
      if counts.isEmpty, examples >= 1 { counts = [examples] }
      if let last = counts.last, examples > last, examples <= 256 { counts.append(examples) }
    }
    return counts.flatMap { count -> [TrainingLayout] in
      var layout = shape
      layout.microbatches = count
      layout.recomputes = recomputes
      guard shape.pipeline > 1, count % shape.pipeline == 0 else { return [layout] }
      var interleaved = layout
      interleaved.schedule = .interleaved
      interleaved.stagesPerRank = 2
      return [layout, interleaved]
    }
  }
}
