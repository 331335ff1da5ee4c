import ApusCore

/// The activities of a step.
struct TrainingGraph {
  private let model: PlannedModel
  private let training: PlannedTraining
  private let layout: TrainingLayout
  private let cluster: PlannedCluster
  private let pipeline: PlannedPipeline
  private let communicates, hasNames: Bool
  private let costs: [BlockCosts]
  var simulator = Simulator()
  /// Bytes that a rank of each lane sends.
  var sent: [Double]

  private let cores: [Int?]
  private let outward, inward: [Int]
  private let hostOfLane: [Int]
  /// How many ranks a lane stands for on its host, and how many of them share cores.
  private let ranksOfLane, heads: Double
  private let places: GroupPlaces
  private var shards: GroupPlace { places.shards }

  /// What the next activity of a lane's program has to wait for, and its last one.
  private var gates: [[Int]]
  private var latest: [Int?]

  /// - Parameters:
  ///   - communicates: whether ranks send each other anything.
  ///   - hasNames: whether activities are called something.
  init(
    _ model: PlannedModel, _ training: PlannedTraining, _ layout: TrainingLayout, _ cluster: PlannedCluster,
    _ pipeline: PlannedPipeline, communicates: Bool = true, hasNames: Bool = false
  ) throws(TensorError) {
    try layout.check(model, training, cluster)
    (self.model, self.training, self.layout, self.cluster) = (model, training, layout, cluster)
    (self.pipeline, self.communicates, self.hasNames) = (pipeline, communicates, hasNames)
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
    let places = GroupPlaces(layout, cluster)
    self.places = places
    costs = model.blocks.map { BlockCosts($0, model.unit, training, layout, cluster, places) }
  }

  // MARK: Activities

  private enum Queue: Int, CaseIterable { case program, data, tensor, experts, context, forward, backward }

  private func queue(_ lane: Int, _ queue: Queue) -> Int { lane * Queue.allCases.count + queue.rawValue }

  private func name(_ text: @autoclosure () -> String) -> String { hasNames ? text() : "" }

  /// A computation of a lane's program.
  @discardableResult
  private mutating func compute(_ lane: Int, _ seconds: Double, _ text: String) -> Int {
    var uses: [Simulator.Use] = []
    if let core = cores[hostOfLane[lane]] { uses.append(.init(resource: core, amount: heads, heads: heads)) }
    let id = simulator.add(
      .init(name: text, duration: seconds, lane: lane, isCompute: true), uses: uses, after: gates[lane],
      queue: queue(lane, .program))
    gates[lane].removeAll(keepingCapacity: true)
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
      .init(name: text, duration: cost.duration, lane: lane, isCompute: false), uses: uses,
      after: gates[lane] + (latest[lane].map { [$0] } ?? []), queue: queue(lane, which))
  }

  /// A collective that the program waits for.
  private mutating func call(_ lane: Int, _ which: Queue, _ cost: CollectiveCost, _ text: String) {
    wait(lane, for: start(lane, which, cost, text))
  }

  // MARK: Parts of a step

  private mutating func forward(_ lane: Int, _ i: Int, _ text: String) {
    let cost = costs[i]
    let ring = start(lane, .context, cost.forwardRing, "keys and values")
    run(lane, cost.forward, cost.forwardCalls, name("\(text) \(model.blocks[i].name)"))
    wait(lane, for: ring)
  }

  /// Computes in parts, each of which ends with a message that the next one needs.
  private mutating func run(_ lane: Int, _ seconds: Double, _ calls: [BlockCosts.Call], _ text: String) {
    guard communicates, !calls.isEmpty else {
      compute(lane, seconds, text)
      return
    }
    if !hasNames, calls.allSatisfy(\.isPrivate) {
      // Nobody else's messages or computations make a difference to any of it.
      compute(lane, calls.reduce(seconds) { $0 + $1.cost.duration }, text)
      sent[lane] += calls.reduce(0) { $0 + $1.cost.bytes }
      return
    }
    for one in calls {
      compute(lane, seconds / Double(calls.count), text)
      call(lane, one.isExperts ? .experts : .tensor, one.cost, name("\(one.isExperts ? "experts" : "sum") of \(text)"))
    }
  }

  /// The backward pass of a block: `cuts` are the shares of its gradients at whose completion something is to happen.
  /// - Returns: the computations that end there.
  private mutating func backward(_ lane: Int, _ i: Int, _ text: String, cuts: [Double] = []) -> [Int] {
    let cost = costs[i]
    if cost.isRepeated { forward(lane, i, "again") }
    let ring = start(lane, .context, cost.backwardRing, "keys and values")
    let all = cost.backward + cost.adding
    var marks: [Int] = []
    let text = name("\(text) \(model.blocks[i].name)")
    if cuts.isEmpty {
      run(lane, all, cost.backwardCalls, text)
    } else {
      var done = 0.0
      for cut in cuts {
        marks.append(compute(lane, all * (cut - done), text))
        done = cut
      }
      if done < 1 { compute(lane, all * (1 - done), text) }
      for one in cost.backwardCalls {
        call(
          lane, one.isExperts ? .experts : .tensor, one.cost, name("\(one.isExperts ? "experts" : "sum") of \(text)"))
      }
    }
    wait(lane, for: ring)
    return marks
  }

  /// Whether nothing but the whole of a stage's pass matters to others: then it is simulated as one computation and one communication.
  private var isCoarse: Bool {
    !communicates || layout.microbatches > 1 && !isSharded && model.unit == .operations
  }

  /// What the blocks of a stage compute, and what its ranks send each other meanwhile.
  private func together(_ blocks: Range<Int>, isForward: Bool) -> (work: Double, calls: CollectiveCost) {
    var work = 0.0
    var calls = CollectiveCost.none
    for cost in costs[blocks] {
      work += isForward ? cost.forward : cost.backward + cost.adding
      for one in isForward ? cost.forwardCalls : cost.backwardCalls { calls.add(one.cost, times: 1) }
      guard !isForward, cost.isRepeated else { continue }
      work += cost.forward
      for one in cost.forwardCalls { calls.add(one.cost, times: 1) }
    }
    return (work, calls)
  }

  /// The blocks of a stage as one computation, and one message behind it.
  private mutating func runTogether(_ lane: Int, _ blocks: Range<Int>, isForward: Bool) {
    var (work, calls) = together(blocks, isForward: isForward)
    compute(lane, work, isForward ? "forward" : "backward")
    guard communicates else { return }
    for cost in costs[blocks] {
      // What attention and all else of the block does not hide.
      let ring = isForward ? cost.forwardRing : cost.backwardRing
      calls.latency += max(0, ring.duration - (isForward ? cost.forward : cost.backward))
      sent[lane] += ring.bytes
    }
    call(lane, .tensor, calls, "sums")
  }

  /// Seconds that a step takes at least: what a lane's program does one after the other, when nobody else needs anything, after the first microbatch
  /// has come to it and before the last one has gone back; and what its gradients and parameters take one after the other.
  var leastTime: Double {
    let stages = pipeline.stages.map { blocks -> (forward: Double, backward: Double) in
      let (forward, backward) = (together(blocks, isForward: true), together(blocks, isForward: false))
      return (forward.work + forward.calls.duration, backward.work + backward.calls.duration)
    }
    let count = Double(layout.microbatches)
    var passes = 0.0
    for lane in 0..<layout.pipeline {
      let own = pipeline.stagesOfRank[lane].reduce(0) { $0 + stages[$1].forward + stages[$1].backward }
      let before = stages[..<(pipeline.stagesOfRank[lane].first ?? 0)].reduce(0) { $0 + $1.forward + $1.backward }
      passes = max(passes, own * count + before)
    }
    // The first lane ends its passes last.
    let end = end(of: 0).duration
    guard shards.size > 1, communicates else { return passes + end }
    if isSharded {
      let times = layout.sharding == .zero3 ? count : 1
      let moving = (0..<layout.pipeline).map { lane in
        pipeline.stagesOfRank[lane].flatMap { pipeline.stages[$0] }.reduce(0) { sum, i in
          guard costs[i].isLayer else { return sum }
          return sum + times * (layout.sharding == .zero3 ? 2 : 1) * costs[i].gathering.duration
            + times * costs[i].scattering.duration
        }
      }
      return max(passes, moving.max() ?? 0) + end
    }
    let reductions = buckets(of: pipeline.stages[0]).map { cost(of: $0).duration }
    let all = reductions.reduce(0, +)
    // The last stage of a lane has its reductions behind its last pass; one process's begin in it.
    if layout.pipeline > 1 { return passes + all + end }
    return max(passes + (reductions.last ?? 0), passes - stages[0].backward + all) + end
  }

  // MARK: The step

  mutating func build(_ order: PipelineOrder) throws(TensorError) {
    var arrivals = Arrivals(stages: pipeline.stages.count, microbatches: layout.microbatches)
    // Activities may wait for those of other lanes, which have to be there first: rounds over all lanes until nothing is left.
    var next = [Int](repeating: 0, count: layout.pipeline)
    var pieces = [LaneState](
      repeating: LaneState(stages: pipeline.stages.count, blocks: model.blocks.count), count: layout.pipeline)
    var isMoving = true
    while isMoving {
      isMoving = false
      for lane in 0..<layout.pipeline {
        while next[lane] < order.ranks[lane].count {
          let action = order.ranks[lane][next[lane]]
          if let source = source(of: action), pipeline.rank(of: source) != lane {
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
    /// Backward passes that are done, by stage.
    var done: [Int]
    /// Reductions that the step waits for.
    var reductions: [Int] = []
    /// Gatherings on their way, by unit.
    var coming: [Int?]
    /// Units that are whole.
    var isWhole: [Bool]
    /// The reduction that was started last.
    var latest: Int?

    init(stages: Int, blocks: Int) {
      done = [Int](repeating: 0, count: stages)
      coming = [Int?](repeating: nil, count: blocks + 1)
      isWhole = [Bool](repeating: false, count: blocks + 1)
    }
  }

  /// The messages that computations wait for.
  private struct Arrivals {
    private let microbatches: Int
    private var ids: [Int?]

    init(stages: Int, microbatches: Int) {
      self.microbatches = microbatches
      ids = [Int?](repeating: nil, count: 2 * stages * microbatches)
    }

    subscript(_ action: PipelineAction) -> Int? {
      get { ids[place(action)] }
      set { ids[place(action)] = newValue }
    }

    private func place(_ action: PipelineAction) -> Int {
      (2 * action.stage + (action.kind == .forward ? 0 : 1)) * microbatches + action.microbatch
    }
  }

  /// The stage whose results a computation needs.
  private func source(of action: PipelineAction) -> Int? {
    switch action.kind {
    case .forward where action.stage > 0: action.stage - 1
    case .backward where action.stage + 1 < pipeline.stages.count: action.stage + 1
    default: nil
    }
  }

  private mutating func perform(
    _ action: PipelineAction, _ lane: Int, _ state: inout LaneState, _ arrivals: inout Arrivals
  ) {
    let blocks = pipeline.stages[action.stage]
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
      if action.stage + 1 < pipeline.stages.count {
        hand(lane, to: PipelineAction(action.stage + 1, .forward, action.microbatch), blocks.last, &arrivals)
      }
      return
    }
    let isLast = isLastBackward(action, lane, &state)
    let buckets = isLast && !isSharded ? buckets(of: blocks) : []
    var bucket = 0
    if isCoarse, !communicates || layout.pipeline > 1 || !isLast {
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
    state.done[action.stage] += 1
    return state.done[action.stage] == layout.microbatches
  }

  /// Sends what a stage has made to the next one.
  private mutating func hand(
    _ lane: Int, to action: PipelineAction, _ block: Int?, _ arrivals: inout Arrivals
  ) {
    let other = pipeline.rank(of: action.stage)
    guard other != lane else { return }
    let from = latest[lane]
    guard communicates else {
      if let from { arrivals[action] = from }
      return
    }
    let output = block.map { model.boundary(behind: $0) } ?? 0
    let bytes = output * layout.examples(training) / Double(layout.context) * Double(training.elementBytes)
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
      .init(name: name("send \(action)"), duration: duration, lane: lane, isCompute: false), uses: uses,
      after: gates[lane] + (from.map { [$0] } ?? []),
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
      let parameters = block.parameters + block.expertParameters
      let scale = costs[i].size / Double(max(1, block.parameterCount)) * Double(training.gradientBytes)
      let all = Double(max(1, block.parameterCount))
      var done = 0.0
      for parameter in parameters.reversed() {
        done += Double(parameter)
        let bytes = Double(parameter) * scale
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

  /// What the reduction of a bucket takes.
  private func cost(of bucket: Bucket) -> CollectiveCost {
    var cost = CollectiveCost.none
    // NCCL reduces a bucket as one, the library each region by itself.
    let regions = cluster.library == .nccl ? [bucket.regions.reduce(0, +)] : bucket.regions
    for region in regions { cost.add(cluster.cost(.allReduce, region, shards), times: 1) }
    return cost
  }

  private mutating func startBucket(
    _ lane: Int, _ bucket: Bucket, _ number: Int, after marks: [Int], _ first: Int, _ state: inout LaneState
  ) {
    let cost = cost(of: bucket)
    // It begins where the backward pass was when the last of its gradients came.
    let present = latest[lane]
    if marks.indices.contains(number - first) { latest[lane] = marks[number - first] }
    if let id = start(lane, .data, cost, name("allReduce bucket \(number)")) { state.reductions.append(id) }
    latest[lane] = present
  }

  // MARK: Parameters that come and go

  /// The number of the unit that a block belongs to: layers are units, the rest of a stage is one together behind them.
  private func unit(_ i: Int) -> Int { costs[i].isLayer ? i : rest }

  private var rest: Int { costs.count }

  private func name(ofUnit unit: Int) -> String { unit == rest ? "the rest" : model.blocks[unit].name }

  /// What it takes to gather or reduce a unit.
  private func unitCost(
    _ unit: Int, _ blocks: Range<Int>, _ part: KeyPath<BlockCosts, CollectiveCost>, _ collective: PlannedCollective,
    _ elementBytes: Int
  ) -> CollectiveCost {
    if unit != rest { return costs[unit][keyPath: part] }
    let size = costs[blocks].filter { !$0.isLayer }.reduce(0) { $0 + $1.size }
    return cluster.cost(collective, size * Double(elementBytes), shards)
  }

  private mutating func startGathering(_ lane: Int, _ unit: Int, _ blocks: Range<Int>, _ state: inout LaneState) {
    guard state.coming[unit] == nil, !state.isWhole[unit], shards.size > 1 else { return }
    let cost = unitCost(unit, blocks, \.gathering, .allGather, training.elementBytes)
    state.coming[unit] = start(lane, .data, cost, name("gather \(name(ofUnit: unit))")) ?? -1
  }

  /// Has the parameters of a block there, and those of the next unit on their way.
  private mutating func gatherAhead(
    _ lane: Int, _ i: Int, _ blocks: Range<Int>, _ state: inout LaneState, isForward: Bool
  ) {
    guard isSharded, shards.size > 1 else { return }
    let own = unit(i)
    if !state.isWhole[own] {
      startGathering(lane, own, blocks, &state)
      if let id = state.coming[own], id >= 0 { wait(lane, for: id) }
      state.coming[own] = nil
      state.isWhole[own] = true
    }
    // On one host of processors nothing is fetched ahead: the same cores copy and compute.
    guard shards.hosts > 1 || cluster.library == .nccl else { return }
    let step = isForward ? 1 : -1
    var following = i + step
    while blocks.contains(following), unit(following) == own { following += step }
    if blocks.contains(following) { startGathering(lane, unit(following), blocks, &state) }
  }

  private func release(_ i: Int, _ state: inout LaneState) {
    guard layout.sharding == .zero3 else { return }
    if costs[i].isLayer { state.isWhole[i] = false }
  }

  /// Starts to reduce the gradients of a unit when its last block is done.
  private mutating func scatter(_ lane: Int, _ i: Int, _ blocks: Range<Int>, _ state: inout LaneState) {
    guard shards.size > 1 else { return }
    let own = unit(i)
    if own == rest, blocks.contains(where: { $0 < i && !costs[$0].isLayer }) { return }
    // One reduction goes on at a time.
    wait(lane, for: state.latest)
    let cost = unitCost(own, blocks, \.scattering, .reduceScatter, training.gradientBytes)
    let id = start(lane, .data, cost, name("reduceScatter \(name(ofUnit: own))"))
    if shards.hosts == 1, cluster.library != .nccl { wait(lane, for: id) }
    if let id { state.reductions.append(id) }
    state.latest = id
  }

  // MARK: The end

  /// What a lane does behind its passes.
  private struct End {
    /// Seconds of the optimiser.
    var optimizer: Double
    /// Before it: whether all gradients came, which all tell each other.
    var counting = CollectiveCost.none
    /// Gradients of what is no expert, over the ranks that have different ones: `reduceExpertGradients`.
    var sums = CollectiveCost.none
    /// Behind it: parameters of which each rank has made a part.
    var spreading = CollectiveCost.none

    var duration: Double { optimizer + counting.duration + sums.duration + spreading.duration }
  }

  private func end(of lane: Int) -> End {
    let own = pipeline.stagesOfRank[lane].flatMap { pipeline.stages[$0] }
    let size = own.reduce(0) { $0 + costs[$1].size }
    let part = layout.sharding == .none ? size : size / Double(shards.size)
    let bytes = Double(2 * (training.elementBytes + training.gradientBytes + training.stateBytes))
    var end = End(
      optimizer: model.optimizerTime.map { $0 * part / Double(max(1, model.parameterCount)) } ?? part * bytes
        / cluster.memoryBandwidth)
    guard communicates else { return end }
    if layout.experts > 1 {
      let common = own.reduce(0) {
        $0 + Double(model.blocks[$1].commonParameterCount) * layout.part(of: model.blocks[$1])
      }
      let gradients = common * Double(training.gradientBytes) / (isSharded ? Double(shards.size) : 1)
      end.sums = cluster.cost(.allReduce, gradients, places.experts)
    }
    guard !isSharded, shards.size > 1 else { return end }
    end.counting = cluster.cost(.allReduce, 8, shards)
    guard layout.sharding == .zero1 else { return end }
    let all = size * Double(training.elementBytes)
    if cluster.library == .nccl {
      end.spreading = cluster.cost(.allGather, all, shards)
    } else {
      // Each rank of a group sends its part to the others, one rank after the other.
      let n = Double(shards.size)
      let one = cluster.cost(.broadcast, all / n, shards)
      end.spreading.add(one, times: n)
      end.spreading.bytes = one.bytes
    }
    return end
  }

  private mutating func finish(_ lane: Int, _ state: inout LaneState) {
    for id in state.reductions { wait(lane, for: id) }
    let end = end(of: lane)
    call(lane, .data, end.counting, "allReduce of counts")
    call(lane, .experts, end.sums, "allReduce over experts")
    compute(lane, end.optimizer, "optimizer")
    call(
      lane, .data, end.spreading, cluster.library == .nccl ? "allGather of parameters" : "broadcast of parameters")
    compute(lane, 0, "end")
  }
}
