import ApusCore

/// The activities of a step.
struct TrainingGraph {
  private let model: PlannedModel
  private let training: PlannedTraining
  private let layout: TrainingLayout
  private let cluster: PlannedCluster
  private let communicates: Bool
  private let order: PipelineOrder
  /// The blocks of each stage.
  private let stages: [Range<Int>]
  var simulator = Simulator()
  /// Bytes that a rank of each lane sends.
  var sent: [Double]

  private let cores: [Int?]
  private let outward, inward: [Int]
  private let hostOfLane: [Int]
  /// How many ranks a lane stands for on its host, and how many of them share cores.
  private let ranksOfLane, heads: Double
  private let shards, rows, columns: GroupPlace

  /// What the next activity of a lane's program has to wait for, and its last one.
  private var gates: [[Int]]
  private var latest: [Int?]

  init(
    _ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout, _ cluster: PlannedCluster,
    communicates: Bool
  ) throws(TensorError) {
    try layout.check(model, training, cluster)
    (self.model, self.training, self.layout, self.cluster) = (model, training, layout, cluster)
    self.communicates = communicates
    order = try layout.pipelineOrder()
    stages = model.stages(order.stageCount)
    let lanes = layout.pipeline
    let perLane = layout.data * layout.context * layout.tensor
    let onHost = min(perLane, cluster.ranksPerHost)
    ranksOfLane = Double(onHost)
    heads = Double(cluster.isOneMachine ? perLane : onHost)
    hostOfLane = (0..<lanes).map { $0 * perLane / cluster.ranksPerHost }
    let hosts = (hostOfLane.max() ?? 0) + 1
    var simulator = Simulator()
    var cores: [Int?] = []
    var shared: Int?
    for _ in 0..<hosts {
      guard let count = cluster.coresPerHost else {
        cores.append(nil)
        continue
      }
      if cluster.isOneMachine, let shared {
        cores.append(shared)
      } else {
        shared = simulator.addResource(count, slowdown: cluster.sideBySide)
        cores.append(shared)
      }
    }
    outward = (0..<hosts).map { _ in simulator.addResource(1) }
    // Directions that take turns are one.
    inward = cluster.between.bothWays < 1.5 ? outward : (0..<hosts).map { _ in simulator.addResource(1) }
    self.cores = cores
    self.simulator = simulator
    sent = [Double](repeating: 0, count: lanes)
    gates = [[Int]](repeating: [], count: lanes)
    latest = [Int?](repeating: nil, count: lanes)
    columns = GroupPlace(size: layout.tensor, stride: 1, ranksOnHost: onHost, cluster)
    rows = GroupPlace(size: layout.context, stride: layout.tensor, ranksOnHost: onHost, cluster)
    shards = GroupPlace(
      size: layout.data * layout.context, stride: layout.tensor, ranksOnHost: onHost, cluster)
  }

  // MARK: Activities

  private enum Queue: Int, CaseIterable { case program, data, tensor, context, forward, backward }

  private func queue(_ lane: Int, _ queue: Queue) -> Int { lane * Queue.allCases.count + queue.rawValue }

  private func name(_ text: @autoclosure () -> String) -> String { communicates ? text() : "" }

  /// A computation of a lane's program.
  @discardableResult
  private mutating func compute(_ lane: Int, _ seconds: Double, _ text: String) -> Int {
    var uses: [Simulator.Use] = []
    if let core = cores[hostOfLane[lane]] { uses.append(.init(resource: core, amount: heads, heads: heads)) }
    let id = simulator.add(
      .init(name: text, duration: seconds, uses: uses, needs: gates[lane], lane: lane, isCompute: true),
      queue: queue(lane, .program))
    gates[lane] = []
    latest[lane] = id
    return id
  }

  /// Has the program of a lane wait for something.
  private mutating func wait(_ lane: Int, for id: Int?) { if let id { gates[lane].append(id) } }

  /// Starts a collective where the program of a lane is.
  private mutating func start(_ lane: Int, _ which: Queue, _ cost: CollectiveCost, _ text: String) -> Int? {
    guard communicates, cost.duration > 0 else { return nil }
    let host = hostOfLane[lane]
    var uses: [Simulator.Use] = []
    if cost.port > 0 {
      let amount = cost.port / cost.duration
      uses.append(.init(resource: outward[host], amount: amount))
      if inward[host] != outward[host] { uses.append(.init(resource: inward[host], amount: amount)) }
    }
    if let core = cores[host], cost.processor > 0 {
      uses.append(.init(resource: core, amount: heads * cost.processor / cost.duration, heads: heads))
    }
    sent[lane] += cost.bytes
    return simulator.add(
      .init(
        name: text, duration: cost.duration, uses: uses, needs: gates[lane] + (latest[lane].map { [$0] } ?? []),
        lane: lane, isCompute: false),
      queue: queue(lane, which))
  }

  /// A collective that the program waits for.
  private mutating func call(_ lane: Int, _ which: Queue, _ cost: CollectiveCost, _ text: String) {
    wait(lane, for: start(lane, which, cost, text))
  }

  // MARK: Parts of a step

  /// Examples of a rank in a microbatch.
  private var examples: Double { Double(training.batch) / Double(layout.data * layout.microbatches) }

  private func seconds(_ work: Double, _ block: PlannedBlock) -> Double {
    let part = (1 - block.divisible + block.divisible / Double(layout.tensor)) / Double(layout.context)
    let all = work * examples * part
    return model.unit == .seconds ? all : all / cluster.flops
  }

  /// Seconds that adding a microbatch's gradients of a block to those before takes: two are read, one is written.
  private func adding(_ block: PlannedBlock) -> Double {
    let share = Double(layout.microbatches - 1) / Double(layout.microbatches)
    return share * 3 * size(block) * Double(training.gradientBytes) / cluster.memoryBandwidth
  }

  /// Elements of a block's parameters on a rank that are there when nothing is sharded.
  private func size(_ block: PlannedBlock) -> Double {
    Double(block.parameterCount) * (1 - block.divisible + block.divisible / Double(layout.tensor))
  }

  private mutating func forward(_ lane: Int, _ i: Int, _ text: String) {
    let block = model.blocks[i]
    let ring = startRing(lane, block, factor: 1)
    run(lane, seconds(block.forward, block), block.forwardReductions, block, name("\(text) \(block.name)"))
    wait(lane, for: ring)
  }

  private func startRingCost(_ block: PlannedBlock, factor: Double) -> CollectiveCost? {
    guard layout.context > 1, block.keysAndValues > 0 else { return nil }
    let bytes =
      block.keysAndValues * examples / Double(layout.context) * Double(training.elementBytes) * factor
      / Double(layout.tensor)
    var cost = cluster.cost(.ring, bytes, rows)
    let rounds = Double(layout.context - 1)
    cost.latency *= rounds
    cost.port *= rounds
    cost.inside *= rounds
    cost.processor *= rounds
    cost.bytes *= rounds
    return cost
  }

  private mutating func startRing(_ lane: Int, _ block: PlannedBlock, factor: Double) -> Int? {
    guard let cost = startRingCost(block, factor: factor) else { return nil }
    return start(lane, .context, cost, "keys and values")
  }

  /// Computes in parts, each of which ends with a sum over the ranks that share the layer.
  private mutating func run(
    _ lane: Int, _ seconds: Double, _ reductions: Int, _ block: PlannedBlock, _ text: String
  ) {
    guard layout.tensor > 1, reductions > 0 else {
      compute(lane, seconds, text)
      return
    }
    let bytes = block.reduced * examples / Double(layout.context) * Double(training.elementBytes)
    let cost = cluster.cost(.allReduce, bytes, columns)
    for _ in 0..<reductions {
      compute(lane, seconds / Double(reductions), text)
      call(lane, .tensor, cost, name("sum of \(text)"))
    }
  }

  /// The backward pass of a block: `cut` calls what is to happen when this share of its gradients is complete.
  private mutating func backward(_ lane: Int, _ i: Int, _ text: String, cuts: [Double] = []) -> [Int] {
    let block = model.blocks[i]
    if layout.recomputes, block.isLayer { forward(lane, i, "again") }
    let ring = startRing(lane, block, factor: 2)
    let all = seconds(block.backward, block) + adding(block)
    var marks: [Int] = []
    if cuts.isEmpty {
      run(lane, all, block.backwardReductions, block, name("\(text) \(block.name)"))
    } else {
      var done = 0.0
      for cut in cuts {
        marks.append(compute(lane, all * (cut - done), name("\(text) \(block.name)")))
        done = cut
      }
      if done < 1 { compute(lane, all * (1 - done), name("\(text) \(block.name)")) }
      if layout.tensor > 1, block.backwardReductions > 0 {
        let bytes = block.reduced * examples / Double(layout.context) * Double(training.elementBytes)
        let cost = cluster.cost(.allReduce, bytes, columns)
        for _ in 0..<block.backwardReductions { call(lane, .tensor, cost, name("sum of \(text)")) }
      }
    }
    wait(lane, for: ring)
    return marks
  }

  /// Whether nothing but the whole of a stage's pass matters to others: then it is simulated as one computation and one communication.
  private var isCoarse: Bool { layout.microbatches > 1 && !isSharded && model.unit == .operations }

  /// The blocks of a stage as one computation, and what its ranks send each other meanwhile.
  private mutating func runTogether(_ lane: Int, _ blocks: Range<Int>, isForward: Bool) {
    var (work, again) = (0.0, 0.0)
    var sums = CollectiveCost(algorithm: "", latency: 0, port: 0, inside: 0, processor: 0, bytes: 0)
    var rings = 0.0
    for i in blocks {
      let block = model.blocks[i]
      work += seconds(isForward ? block.forward : block.backward, block) + (isForward ? 0 : adding(block))
      let repeats = !isForward && layout.recomputes && block.isLayer
      if repeats { again += seconds(block.forward, block) }
      var count = isForward ? block.forwardReductions : block.backwardReductions
      if repeats { count += block.forwardReductions }
      if layout.tensor > 1, count > 0 {
        let bytes = block.reduced * examples / Double(layout.context) * Double(training.elementBytes)
        sums.add(cluster.cost(.allReduce, bytes, columns), times: Double(count))
      }
      if let ring = startRingCost(block, factor: isForward ? 1 : 2) {
        // What attention and all else of the block does not hide.
        rings += max(0, ring.duration - seconds(isForward ? block.forward : block.backward, block))
        sent[lane] += ring.bytes
      }
    }
    compute(lane, work + again, isForward ? "forward" : "backward")
    sums.latency += rings
    call(lane, .tensor, sums, "sums")
  }

  /// Seconds that a step takes at least: what the busiest lane computes, after the first microbatch has come to it and before the last one has
  /// gone back.
  var leastTime: Double {
    func time(_ blocks: Range<Int>) -> (forward: Double, backward: Double) {
      blocks.reduce((0, 0)) { sum, i in
        let block = model.blocks[i]
        let (forward, backward) = (seconds(block.forward, block), seconds(block.backward, block))
        return (sum.0 + forward, sum.1 + backward + (layout.recomputes && block.isLayer ? forward : 0))
      }
    }
    let times = stages.map(time)
    let lanes = (0..<layout.pipeline).map { lane -> Double in
      let own = stagesOf(lane).reduce(0) { $0 + times[$1].forward + times[$1].backward }
      let before = (stagesOf(lane).min() ?? 0)
      return own * Double(layout.microbatches) + times[..<before].reduce(0) { $0 + $1.forward + $1.backward }
    }
    return lanes.max() ?? 0
  }

  // MARK: The step

  mutating func build() throws(TensorError) {
    var arrivals: [PipelineAction: Int] = [:]
    // Activities may wait for those of other lanes, which have to be there first: rounds over all lanes until nothing is left.
    var next = [Int](repeating: 0, count: layout.pipeline)
    var pieces = (0..<layout.pipeline).map { LaneState(stages: stagesOf($0)) }
    var isMoving = true
    while isMoving {
      isMoving = false
      for lane in 0..<layout.pipeline {
        while next[lane] < order.ranks[lane].count {
          let action = order.ranks[lane][next[lane]]
          if let source = source(of: action), stageLane(source.stage) != lane {
            guard let arrival = arrivals[action] else { break }
            wait(lane, for: arrival)
          }
          perform(action, lane, &pieces[lane], &arrivals)
          next[lane] += 1
          isMoving = true
        }
      }
    }
    guard next.indices.allSatisfy({ next[$0] == order.ranks[$0].count }) else {
      throw TensorError(.state, "plan", "the ranks of \(layout.description) would wait for each other for ever")
    }
    for lane in 0..<layout.pipeline { finish(lane, &pieces[lane]) }
  }

  /// Where the program of a lane is in its pass.
  private struct LaneState {
    let stages: [Int]
    /// Backward passes that are left, by stage.
    var left: [Int: Int] = [:]
    /// Reductions that the step waits for.
    var reductions: [Int] = []
    /// Gatherings on their way, by unit.
    var coming: [Int: Int] = [:]
    /// Units that are whole.
    var whole: Set<Int> = []
    /// The reduction that was started last.
    var latest: Int?
    init(stages: [Int]) { self.stages = stages }
  }

  private func stageLane(_ stage: Int) -> Int { order.stageRanks[stage] }
  private func stagesOf(_ lane: Int) -> [Int] { order.stageRanks.indices.filter { order.stageRanks[$0] == lane } }

  /// The computation on another stage that this one needs the results of.
  private func source(of action: PipelineAction) -> PipelineAction? {
    switch action.kind {
    case .forward where action.stage > 0: PipelineAction(action.stage - 1, .forward, action.microbatch)
    case .backward where action.stage + 1 < order.stageCount:
      PipelineAction(action.stage + 1, .backward, action.microbatch)
    default: nil
    }
  }

  private mutating func perform(
    _ action: PipelineAction, _ lane: Int, _ state: inout LaneState, _ arrivals: inout [PipelineAction: Int]
  ) {
    let blocks = stages[action.stage]
    if action.kind == .forward {
      if isCoarse {
        runTogether(lane, blocks, isForward: true)
      } else {
        for i in blocks {
          gatherAhead(lane, i, blocks, &state, isForward: true)
          forward(lane, i, "forward")
          release(i, &state)
        }
      }
      if action.stage + 1 < order.stageCount {
        hand(lane, to: PipelineAction(action.stage + 1, .forward, action.microbatch), blocks.last, &arrivals)
      }
      return
    }
    let isLast = isLastBackward(action, lane, &state)
    let buckets = isLast && !isSharded ? buckets(of: blocks) : []
    var bucket = 0
    if isCoarse, layout.pipeline > 1 || !isLast {
      runTogether(lane, blocks, isForward: false)
    } else {
      for i in blocks.reversed() {
        gatherAhead(lane, i, blocks, &state, isForward: false)
        // Reductions of a pipeline's stage begin when its last backward pass has ended.
        let own = layout.pipeline > 1 ? [] : buckets.enumerated().filter { $0.element.block == i }
        let marks = backward(lane, i, "backward", cuts: own.map(\.element.share))
        for _ in own {
          startBucket(lane, buckets[bucket], bucket, after: marks, own.first?.offset ?? 0, &state)
          bucket += 1
        }
        release(i, &state)
        if isSharded, layout.sharding == .zero3 || isLast { scatter(lane, i, blocks, &state) }
      }
    }
    if layout.pipeline > 1 {
      for (number, bucket) in buckets.enumerated() { startBucket(lane, bucket, number, after: [], 0, &state) }
    }
    if action.stage > 0 {
      hand(
        lane, to: PipelineAction(action.stage - 1, .backward, action.microbatch), blocks.first.map { $0 - 1 }, &arrivals
      )
    }
  }

  private func isLastBackward(_ action: PipelineAction, _ lane: Int, _ state: inout LaneState) -> Bool {
    let done = (state.left[action.stage] ?? 0) + 1
    state.left[action.stage] = done
    return done == layout.microbatches
  }

  /// Sends what a stage has made to the next one.
  private mutating func hand(
    _ lane: Int, to action: PipelineAction, _ block: Int?, _ arrivals: inout [PipelineAction: Int]
  ) {
    let other = stageLane(action.stage)
    guard other != lane else { return }
    let from = latest[lane]
    guard communicates else {
      if let from { arrivals[action] = from }
      return
    }
    let output = block.map { model.boundary(behind: $0) } ?? 0
    let bytes = output * examples / Double(layout.context) * Double(training.elementBytes)
    let (host, target) = (hostOfLane[lane], hostOfLane[other])
    var cost = cluster.message(bytes, isNear: host == target)
    cost.port *= ranksOfLane
    var uses: [Simulator.Use] = []
    let duration = cost.duration
    if cost.port > 0 {
      uses.append(.init(resource: outward[host], amount: cost.port / duration))
      uses.append(.init(resource: inward[target], amount: cost.port / duration))
    }
    for place in [host, target] {
      guard let core = cores[place], cost.processor > 0 else { continue }
      uses.append(.init(resource: core, amount: heads * cost.processor / duration, heads: heads))
    }
    sent[lane] += cost.bytes
    arrivals[action] = simulator.add(
      .init(
        name: "send \(action)", duration: duration, uses: uses, needs: gates[lane] + (from.map { [$0] } ?? []),
        lane: lane, isCompute: false),
      queue: queue(lane, action.kind == .forward ? .forward : .backward))
  }

  // MARK: Gradients that become means

  private var isSharded: Bool { layout.sharding == .zero2 || layout.sharding == .zero3 }

  private struct Bucket {
    var block: Int
    /// The share of the block's backward pass after which it is complete.
    var share: Double
    /// Bytes of what is reduced by itself: each large gradient, and the small ones together.
    var regions: [Double]
  }

  /// Bytes from which on a gradient is reduced by itself.
  private static let ownBytes = 262_144.0

  /// The buckets of some blocks in the order of the backward pass, each with the block that completes it.
  private func buckets(of blocks: Range<Int>) -> [Bucket] {
    guard shards.size > 1 else { return [] }
    let (first, others) = (min(1 << 20, training.bucketBytes), training.bucketBytes)
    var buckets: [Bucket] = []
    var (open, small) = (0.0, 0.0)
    var large: [Double] = []
    func close(_ block: Int, _ share: Double) {
      buckets.append(Bucket(block: block, share: share, regions: large + (small > 0 ? [small] : [])))
      (open, small, large) = (0, 0, [])
    }
    var lastPlace: (Int, Double)?
    for i in blocks.reversed() {
      let block = model.blocks[i]
      let all = Double(max(1, block.parameterCount))
      var done = 0.0
      for parameter in block.parameters.reversed() {
        done += Double(parameter)
        let bytes = Double(parameter) / all * size(block) * Double(training.gradientBytes)
        open += bytes
        if bytes >= Self.ownBytes { large.append(bytes) } else { small += bytes }
        lastPlace = (i, done / all)
        if open >= Double(buckets.isEmpty ? first : others) {
          close(i, done / all)
          lastPlace = nil
        }
      }
    }
    if open > 0, let (block, share) = lastPlace { close(block, share) }
    return buckets
  }

  private mutating func startBucket(
    _ lane: Int, _ bucket: Bucket, _ number: Int, after marks: [Int], _ first: Int, _ state: inout LaneState
  ) {
    var cost = CollectiveCost(algorithm: "", latency: 0, port: 0, inside: 0, processor: 0, bytes: 0)
    // NCCL reduces a bucket as one, the library each region by itself.
    let regions = cluster.library == .nccl ? [bucket.regions.reduce(0, +)] : bucket.regions
    for region in regions { cost.add(cluster.cost(.allReduce, region, shards), times: 1) }
    // It begins where the backward pass was when the last of its gradients came.
    let present = latest[lane]
    if marks.indices.contains(number - first) { latest[lane] = marks[number - first] }
    if let id = start(lane, .data, cost, name("allReduce bucket \(number)")) { state.reductions.append(id) }
    latest[lane] = present
  }

  // MARK: Parameters that come and go

  /// The number of the unit that a block belongs to: layers are units, the rest of a stage is one together.
  private func unit(_ i: Int) -> Int { model.blocks[i].isLayer ? i : -1 }

  private func unitSize(_ unit: Int, _ blocks: Range<Int>) -> Double {
    unit >= 0
      ? size(model.blocks[unit]) : blocks.filter { !model.blocks[$0].isLayer }.reduce(0) { $0 + size(model.blocks[$1]) }
  }

  private mutating func startGathering(_ lane: Int, _ unit: Int, _ blocks: Range<Int>, _ state: inout LaneState) {
    guard state.coming[unit] == nil, !state.whole.contains(unit), shards.size > 1 else { return }
    let cost = cluster.cost(.allGather, unitSize(unit, blocks) * Double(training.elementBytes), shards)
    state.coming[unit] =
      start(lane, .data, cost, name("gather \(unit >= 0 ? model.blocks[unit].name : "the rest")")) ?? -1
  }

  /// Has the parameters of a block there, and those of the next unit on their way.
  private mutating func gatherAhead(
    _ lane: Int, _ i: Int, _ blocks: Range<Int>, _ state: inout LaneState, isForward: Bool
  ) {
    guard isSharded, shards.size > 1 else { return }
    let own = unit(i)
    if !state.whole.contains(own) {
      startGathering(lane, own, blocks, &state)
      if let id = state.coming.removeValue(forKey: own), id >= 0 { wait(lane, for: id) }
      state.whole.insert(own)
    }
    // On one host of processors nothing is fetched ahead: the same cores copy and compute.
    guard shards.hosts > 1 || cluster.library == .nccl else { return }
    let rest = isForward ? Array(blocks.filter { $0 > i }) : blocks.filter { $0 < i }.reversed()
    if let following = rest.first(where: { unit($0) != own }) { startGathering(lane, unit(following), blocks, &state) }
  }

  private func release(_ i: Int, _ state: inout LaneState) {
    guard layout.sharding == .zero3 else { return }
    let own = unit(i)
    if own >= 0 { state.whole.remove(own) }
  }

  /// Starts to reduce the gradients of a unit when its last block is done.
  private mutating func scatter(_ lane: Int, _ i: Int, _ blocks: Range<Int>, _ state: inout LaneState) {
    guard shards.size > 1 else { return }
    let own = unit(i)
    if own < 0, blocks.contains(where: { $0 < i && !model.blocks[$0].isLayer }) { return }
    // One reduction goes on at a time.
    wait(lane, for: state.latest)
    let cost = cluster.cost(.reduceScatter, unitSize(own, blocks) * Double(training.gradientBytes), shards)
    let id = start(lane, .data, cost, name("reduceScatter \(own >= 0 ? model.blocks[own].name : "the rest")"))
    if shards.hosts == 1, cluster.library != .nccl { wait(lane, for: id) }
    if let id { state.reductions.append(id) }
    state.latest = id
  }

  // MARK: The end

  private mutating func finish(_ lane: Int, _ state: inout LaneState) {
    for id in state.reductions { wait(lane, for: id) }
    let own = state.stages.flatMap { Array(stages[$0]) }.reduce(0) { $0 + size(model.blocks[$1]) }
    if layout.sharding == .none || layout.sharding == .zero1, shards.size > 1 {
      // Whether all gradients came, which all tell each other.
      call(lane, .data, cluster.cost(.allReduce, 8, shards), "allReduce of counts")
    }
    let part = layout.sharding == .none ? own : own / Double(shards.size)
    let bytes = Double(2 * (training.elementBytes + training.gradientBytes + training.stateBytes))
    let time =
      model.optimizerTime.map { $0 * part / Double(max(1, model.parameterCount)) } ?? part * bytes
      / cluster.memoryBandwidth
    compute(lane, time, "optimizer")
    if layout.sharding == .zero1, shards.size > 1 {
      let all = own * Double(training.elementBytes)
      if cluster.library == .nccl {
        call(lane, .data, cluster.cost(.allGather, all, shards), "allGather of parameters")
      } else {
        var cost = cluster.cost(.broadcast, all / Double(shards.size), shards)
        let n = Double(shards.size)
        cost.latency *= n
        cost.port *= n
        cost.inside *= n
        cost.processor *= n
        cost.bytes *= 1
        call(lane, .data, cost, "broadcast of parameters")
      }
    }
    compute(lane, 0, "end")
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

  /// Checks that it fits the model and the cluster.
  func check(_ model: PlannedModel, _ training: PlannedTraining, _ cluster: PlannedCluster) throws(TensorError) {
    func wrong(_ text: String) -> TensorError { TensorError(.value, "plan", text) }
    guard min(data, tensor, pipeline, context, microbatches, stagesPerRank) > 0 else {
      throw wrong("every number of ranks, microbatches and stages is at least 1")
    }
    guard world == cluster.world else {
      throw wrong("\(description) are \(world) ranks, and the cluster has \(cluster.world)")
    }
    guard training.batch >= data * microbatches else {
      throw wrong(
        "a batch of \(training.batch) examples cannot be divided among \(data) ranks with \(microbatches) microbatches each; "
          + "it needs at least \(data * microbatches)")
    }
    guard pipeline * stagesPerRank <= model.blocks.count else {
      throw wrong(
        "\(model.blocks.count) blocks cannot be divided among \(pipeline * stagesPerRank) stages of a pipeline")
    }
    guard tensor == 1 || model.blocks.contains(where: { $0.divisible > 0 }) else {
      throw wrong("nothing of \(model.name) is known to be divisible by tensor parallelism")
    }
    guard context == 1 || model.blocks.contains(where: { $0.keysAndValues > 0 }) else {
      throw wrong("\(model.name) has no attention whose positions context parallelism could divide")
    }
  }
}

extension PlannedModel {
  /// The blocks of each stage: neighbours, the dearest stage as cheap as can be.
  func stages(_ count: Int) -> [Range<Int>] {
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
