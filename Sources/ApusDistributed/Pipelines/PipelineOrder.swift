import ApusCore

/// What each rank of a pipeline computes in one step, and in which order: the one format that all schedules have.
///
///     let order = try PipelineOrder.oneForwardOneBackward(ranks: 4, microbatches: 8)
///     print(order)                                // a line for each rank, as time goes by
///     print(order.timeline().bubble)              // the part of the time in which ranks wait
///
/// An order is checked when it is made: it has all that a step needs, and runs to its end without ranks waiting for each other in a
/// circle.
public struct PipelineOrder: Sendable, Equatable {
  /// The computations of each rank.
  public let ranks: [[PipelineAction]]
  /// The number of stages.
  public let stageCount: Int
  /// The number of microbatches.
  public let microbatchCount: Int
  /// The rank that each stage is on.
  public let stageRanks: [Int]

  /// The order with these computations for each rank.
  ///
  /// - Throws: `TensorError` of kind `value` that says which computation is missing, there twice, or on two ranks, or which ranks
  ///   wait for each other.
  public init(_ ranks: [[PipelineAction]]) throws(TensorError) {
    self.ranks = ranks
    let all = ranks.flatMap { $0 }
    stageCount = (all.map(\.stage).max() ?? -1) + 1
    microbatchCount = (all.map(\.microbatch).max() ?? -1) + 1
    var places = [Int?](repeating: nil, count: max(stageCount, 0))
    for (rank, actions) in ranks.enumerated() {
      for action in actions {
        guard action.kind.computes, action.stage >= 0, action.microbatch >= 0 else {
          throw Self.wrong(
            "rank \(rank) has \(action), and an order is of computations: F, B, I, W; messages follow from it")
        }
        if let place = places[action.stage], place != rank {
          throw Self.wrong("stage \(action.stage) is on rank \(place) and on rank \(rank); a stage is on one rank")
        }
        places[action.stage] = rank
      }
    }
    if let missing = places.firstIndex(of: nil) {
      throw Self.wrong("no rank has stage \(missing) of \(places.count)")
    }
    guard !places.isEmpty else { throw Self.wrong("there is no computation in it") }
    stageRanks = places.compactMap { $0 }
    try checkCompleteness()
    try checkMessageOrder()
    _ = try times(PipelineCosts())
  }

  static func wrong(_ message: String) -> TensorError { TensorError(.value, "PipelineOrder", message) }

  /// Whether it has backward passes.
  public var hasBackward: Bool { ranks.contains { $0.contains { $0.kind != .forward } } }

  /// The forward passes alone: what evaluation runs. Each rank goes through its stages one after the other.
  public func forwardOnly() throws(TensorError) -> PipelineOrder {
    guard hasBackward else { return self }
    return try PipelineOrder(
      ranks.map { actions in
        actions.filter { $0.kind == .forward }.sorted { ($0.stage, $0.microbatch) < ($1.stage, $1.microbatch) }
      })
  }

  /// Every microbatch goes forward and back once on every stage.
  private func checkCompleteness() throws(TensorError) {
    var counts: [PipelineAction: Int] = [:]
    for action in ranks.flatMap({ $0 }) { counts[action, default: 0] += 1 }
    if let (twice, count) = counts.first(where: { $0.value > 1 }) {
      throw Self.wrong("\(twice) is there \(count) times, and must be there once")
    }
    let isTraining = hasBackward
    for stage in 0..<stageCount {
      for microbatch in 0..<microbatchCount {
        func has(_ kind: PipelineAction.Kind) -> Bool { counts[PipelineAction(stage, kind, microbatch)] != nil }
        let (whole, input, weight) = (has(.backward), has(.backwardInput), has(.backwardWeight))
        guard has(.forward) else { throw Self.wrong("\(PipelineAction(stage, .forward, microbatch)) is missing") }
        guard !isTraining || (whole ? !input && !weight : input && weight) else {
          throw Self.wrong(
            "microbatch \(microbatch) needs one backward pass on stage \(stage): B, or I and W")
        }
      }
    }
  }

  /// Messages from one stage to another are received in the order in which they are sent.
  private func checkMessageOrder() throws(TensorError) {
    func order(_ stage: Int, isForward: Bool) -> [Int] {
      ranks[stageRanks[stage]].filter {
        $0.stage == stage && (isForward ? $0.kind == .forward : $0.kind == .backward || $0.kind == .backwardInput)
      }.map(\.microbatch)
    }
    for stage in 0..<max(stageCount - 1, 0) where stageRanks[stage] != stageRanks[stage + 1] {
      for isForward in [true, false] {
        let (first, second) = (order(stage, isForward: isForward), order(stage + 1, isForward: isForward))
        guard first == second else {
          throw Self.wrong(
            "stages \(stage) and \(stage + 1) take the microbatches in different orders, \(first) and \(second), in the "
              + "\(isForward ? "forward" : "backward") passes; both must take them in one order")
        }
      }
    }
  }

  /// The computations that must have ended before `action` can begin.
  func needs(_ action: PipelineAction, _ has: Set<PipelineAction>) -> [PipelineAction] {
    let (stage, microbatch) = (action.stage, action.microbatch)
    switch action.kind {
    case .forward: return stage > 0 ? [PipelineAction(stage - 1, .forward, microbatch)] : []
    case .backwardWeight: return [PipelineAction(stage, .backwardInput, microbatch)]
    default:
      let own = PipelineAction(stage, .forward, microbatch)
      guard stage + 1 < stageCount else { return [own] }
      let whole = PipelineAction(stage + 1, .backward, microbatch)
      return [own, has.contains(whole) ? whole : PipelineAction(stage + 1, .backwardInput, microbatch)]
    }
  }

  /// When each computation begins and ends, if these take as long as `costs` says.
  func times(_ costs: PipelineCosts) throws(TensorError) -> [[PipelineTimeline.Event]] {
    let all = Set(ranks.flatMap { $0 })
    var ends: [PipelineAction: (time: Double, rank: Int)] = [:]
    var events = [[PipelineTimeline.Event]](repeating: [], count: ranks.count)
    var next = [Int](repeating: 0, count: ranks.count)
    var free = [Double](repeating: 0, count: ranks.count)
    var hasMoved = true
    while hasMoved {
      hasMoved = false
      for rank in ranks.indices {
        while next[rank] < ranks[rank].count {
          let action = ranks[rank][next[rank]]
          let needed = needs(action, all).map { ends[$0] }
          guard !needed.contains(where: { $0 == nil }) else { break }
          let ready = needed.compactMap { $0 }.map { $0.time + ($0.rank == rank ? 0 : costs.message) }.max() ?? 0
          let begin = max(free[rank], ready)
          let end = begin + costs.of(action.kind)
          events[rank].append(PipelineTimeline.Event(action: action, begin: begin, end: end))
          ends[action] = (end, rank)
          free[rank] = end
          next[rank] += 1
          hasMoved = true
        }
      }
    }
    let stuck = ranks.indices.filter { next[$0] < ranks[$0].count }
    guard stuck.isEmpty else {
      let said = stuck.map { rank -> String in
        let action = ranks[rank][next[rank]]
        let missing = needs(action, all).filter { ends[$0] == nil }
        return "rank \(rank) stands at \(action), which needs \(missing.map(\.description).joined(separator: " and "))"
      }
      throw Self.wrong("the ranks wait for each other: " + said.joined(separator: "; "))
    }
    return events
  }

  /// What happens when, if computations take as long as `costs` says: the schedule as its formula sees it.
  public func timeline(_ costs: PipelineCosts = PipelineCosts()) -> PipelineTimeline {
    // The order was run when it was made.
    PipelineTimeline((try? times(costs)) ?? [])
  }

  /// The computations of a rank with the messages about them. A message is awaited one computation ahead, so that it comes while the
  /// rank computes.
  public func withMessages(rank: Int) -> [PipelineAction] {
    // From the last computation to the first, and turned round in the end.
    var result: [PipelineAction] = []
    var later: [PipelineAction] = []
    func isElsewhere(_ stage: Int) -> Bool {
      (0..<stageCount).contains(stage) && stageRanks[stage] != rank
    }
    for action in ranks[rank].reversed() {
      let (stage, microbatch) = (action.stage, action.microbatch)
      let awaited = later
      later = []
      switch action.kind {
      case .forward:
        if isElsewhere(stage + 1) { result.append(PipelineAction(stage, .sendForward, microbatch)) }
        if isElsewhere(stage - 1) { later.append(PipelineAction(stage, .receiveForward, microbatch)) }
      case .backward, .backwardInput:
        if isElsewhere(stage - 1) { result.append(PipelineAction(stage, .sendBackward, microbatch)) }
        if isElsewhere(stage + 1) { later.append(PipelineAction(stage, .receiveBackward, microbatch)) }
      default: break
      }
      result.append(action)
      result += awaited
    }
    return (result + later).reversed()
  }
}

extension PipelineOrder: CustomStringConvertible {
  /// A line for each rank, as time goes by: see ``PipelineTimeline/description``.
  public var description: String { timeline().description }
}

// MARK: - As a table of text

extension PipelineOrder {
  /// A line for each rank, its actions separated by commas, as PyTorch's pipelines write and read them.
  public var csv: String { ranks.map { $0.map(\.description).joined(separator: ",") + "\n" }.joined() }

  /// The order that ``csv`` wrote, here or in PyTorch; empty fields are idle and are left out.
  /// - Throws: `TensorError` where it is none.
  public init(csv: String) throws(TensorError) {
    var ranks: [[PipelineAction]] = []
    for line in csv.split(whereSeparator: \.isNewline) {
      var actions: [PipelineAction] = []
      for field in line.split(separator: ",") {
        let text = field.filter { !$0.isWhitespace && $0 != "\"" }
        if !text.isEmpty { actions.append(try PipelineAction(text)) }
      }
      ranks.append(actions)
    }
    try self.init(ranks)
  }
}
