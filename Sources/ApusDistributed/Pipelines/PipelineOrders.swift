import ApusCore

// The orders that are known from papers.

extension PipelineOrder {
  /// All microbatches forward, then all back (Huang et al., 2019): the part (S - 1) / (M + S - 1) of the time is idle, and every rank
  /// keeps what all M microbatches need for their gradients.
  public static func gpipe(ranks: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try loopedBreadthFirst(ranks: ranks, stages: ranks, microbatches: microbatches)
  }

  /// ``gpipe(ranks:microbatches:)`` for several stages on each rank, stage s on rank s mod R (Lamy-Poirier, 2023).
  public static func loopedBreadthFirst(
    ranks: Int, stages: Int, microbatches: Int
  ) throws(TensorError) -> PipelineOrder {
    let local = try localStages(ranks, stages, microbatches)
    return try PipelineOrder(
      (0..<ranks).map { rank in
        let own = (0..<local).map { $0 * ranks + rank }
        return own.flatMap { stage in (0..<microbatches).map { PipelineAction(stage, .forward, $0) } }
          + own.reversed().flatMap { stage in (0..<microbatches).map { PipelineAction(stage, .backward, $0) } }
      })
  }

  /// One forward, one backward in turn (Narayanan et al., 2019): as fast as ``gpipe(ranks:microbatches:)``, and rank r keeps at most
  /// S - r microbatches.
  public static func oneForwardOneBackward(ranks: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    _ = try localStages(ranks, ranks, microbatches)
    return try PipelineOrder(
      (0..<ranks).map { rank in
        let ahead = min(microbatches, ranks - rank)
        var actions = (0..<ahead).map { PipelineAction(rank, .forward, $0) }
        for microbatch in 0..<microbatches {
          actions.append(PipelineAction(rank, .backward, microbatch))
          if microbatch + ahead < microbatches { actions.append(PipelineAction(rank, .forward, microbatch + ahead)) }
        }
        return actions
      })
  }

  /// One forward, one backward with several stages on each rank, stage s on rank s mod R (Narayanan et al., 2021): the idle time is
  /// shorter by the number of stages of a rank, for as many times the messages.
  ///
  /// - Parameter microbatches: a multiple of max(1, microbatches / ranks), as in PyTorch: any multiple of the ranks is.
  public static func interleaved(ranks: Int, stages: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    try interleaved(ranks, stages, microbatches, splitsBackward: false)
  }

  /// ``interleaved(ranks:stages:microbatches:)`` with the backward pass in two parts: gradients of parameters, for which nobody waits,
  /// are computed while there is nothing else to do (ZB1P of Qi et al., 2023).
  public static func interleavedZeroBubble(
    ranks: Int, stages: Int, microbatches: Int
  ) throws(TensorError) -> PipelineOrder {
    try interleaved(ranks, stages, microbatches, splitsBackward: true)
  }

  private static func interleaved(
    _ ranks: Int, _ stages: Int, _ microbatches: Int, splitsBackward: Bool
  ) throws(TensorError) -> PipelineOrder {
    let local = try localStages(ranks, stages, microbatches)
    let rounds = max(1, microbatches / ranks)
    guard microbatches % rounds == 0 else {
      throw wrong(
        "\(microbatches) microbatches on \(ranks) ranks go in \(rounds) rounds, and cannot be divided among them; "
          + "\(microbatches / rounds * rounds) or a multiple of \(ranks) can")
    }
    let perRound = microbatches / rounds
    let total = local * microbatches
    return try PipelineOrder(
      (0..<ranks).map { rank in
        let hops = ranks - 1 - rank
        let ahead = min((local - 1) * perRound + (splitsBackward ? 1 : 2) * hops, total)
        func forwardStage(_ step: Int) -> Int { step / perRound % local * ranks + rank }
        func backwardStage(_ step: Int) -> Int { (local - 1 - step / perRound % local) * ranks + rank }
        var counts: [PipelineAction: Int] = [:]
        /// The next microbatch of a stage.
        func next(_ stage: Int, _ kind: PipelineAction.Kind) -> PipelineAction {
          let key = PipelineAction(stage, kind, 0)
          defer { counts[key, default: 0] += 1 }
          return PipelineAction(stage, kind, counts[key] ?? 0)
        }
        var actions = (0..<ahead).map { next(forwardStage($0), .forward) }
        for step in 0..<total {
          if step + ahead < total { actions.append(next(forwardStage(step + ahead), .forward)) }
          actions.append(next(backwardStage(step), splitsBackward ? .backwardInput : .backward))
          // Gradients of parameters stay behind by as many steps as the rank is away from the first one.
          if splitsBackward, step >= rank { actions.append(next(backwardStage(step - rank), .backwardWeight)) }
        }
        if splitsBackward {
          for step in max(total - rank, 0)..<total { actions.append(next(backwardStage(step), .backwardWeight)) }
        }
        return actions
      })
  }

  /// Two stages on each rank in the form of a V, stage r and stage 2R - 1 - r on rank r, and the backward pass in two parts (ZB-V of Qi et
  /// al., 2024): nothing is idle but the beginning and the end, where forward passes, gradients of inputs and gradients of parameters take the
  /// same time, and no rank keeps more than R microbatches of a rank's two stages.
  public static func zeroBubbleV(ranks: Int, microbatches: Int) throws(TensorError) -> PipelineOrder {
    _ = try localStages(ranks, 2 * ranks, microbatches)
    // Written for so many that the pipeline is full; what is too much is left out.
    let count = max(2 * ranks - 1, microbatches)
    return try PipelineOrder(
      (0..<ranks).map { rank in
        let (down, up) = (rank, 2 * ranks - 1 - rank)
        var actions: [PipelineAction] = []
        var counts: [PipelineAction: Int] = [:]
        func add(_ stage: Int, _ kind: PipelineAction.Kind) {
          let key = PipelineAction(stage, kind, 0)
          let microbatch = counts[key] ?? 0
          counts[key] = microbatch + 1
          if microbatch < microbatches { actions.append(PipelineAction(stage, kind, microbatch)) }
        }
        func done(_ stage: Int, _ kind: PipelineAction.Kind) -> Int { counts[PipelineAction(stage, kind, 0)] ?? 0 }
        for _ in 0..<(2 * (ranks - rank) - 1) { add(down, .forward) }
        for _ in 0..<rank {
          add(up, .forward)
          add(down, .forward)
        }
        for _ in 0..<(ranks - rank) {
          add(up, .forward)
          add(up, .backwardInput)
          add(up, .backwardWeight)
        }
        while done(up, .forward) < done(down, .forward) || done(down, .forward) < count {
          if done(down, .forward) < count { add(down, .forward) }
          add(down, .backwardInput)
          add(down, .backwardWeight)
          add(up, .forward)
          add(up, .backwardInput)
          add(up, .backwardWeight)
        }
        for _ in 0..<rank {
          add(down, .backwardInput)
          add(up, .backwardInput)
        }
        for _ in 0..<(ranks - rank) {
          add(down, .backwardInput)
          add(down, .backwardWeight)
        }
        while done(up, .backwardWeight) < done(up, .backwardInput) { add(up, .backwardWeight) }
        while done(down, .backwardWeight) < done(down, .backwardInput) { add(down, .backwardWeight) }
        return actions
      })
  }

  /// The number of stages of each rank.
  private static func localStages(_ ranks: Int, _ stages: Int, _ microbatches: Int) throws(TensorError) -> Int {
    guard ranks > 0, microbatches > 0 else {
      throw wrong("needs at least one rank and one microbatch, and has \(ranks) and \(microbatches)")
    }
    guard stages > 0, stages % ranks == 0 else {
      throw wrong("\(stages) stages cannot be divided among \(ranks) ranks; the number must be a multiple of \(ranks)")
    }
    return stages / ranks
  }
}
