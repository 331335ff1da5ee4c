import ApusCore
import ApusNN

extension PipelineSchedule {
  /// The parameters and buffers of all stages by the names that they have in the stages' state dictionaries, on one rank: of parts that
  /// `splitIntoStages` made these are the names of the whole model. All ranks of the pipeline call it.
  ///
  /// What is sharded or divided inside stages is joined, in which the ranks of these groups take part.
  ///
  /// - Returns: nil on ranks other than `root`. What several stages have is there once for each of its names.
  public func gatherStateDict(to root: Int = 0) throws(TensorError) -> StateDict? {
    try group.checkRank(root, "gatherStateDict")
    var own: [Int: StateDict] = [:]
    for stage in stages { own[stage.stageIndex] = try wholeStateDict(of: stage.module) }
    let names = try group.allGatherObject(own.mapValues(\.names))
    var whole = StateDict()
    for (stage, rank) in order.stageRanks.enumerated() {
      if rank == group.rank {
        for (name, tensor) in own[stage] ?? StateDict() {
          if rank == root { whole[name] = tensor } else { try sendState(tensor, to: root) }
        }
      } else if group.rank == root {
        for name in names[rank][stage] ?? [] {
          let list = try group.startReceiveList(from: rank, tag: Self.stateTag).wait()
          whole[name] = list.first ?? nil
        }
      }
    }
    return group.rank == root ? whole : nil
  }

  /// Stores of a whole model's state what the stages of this rank have of it.
  /// - Throws: `TensorError` where names are missing or shapes differ.
  public func loadStateDict(_ whole: StateDict) throws(TensorError) {
    for stage in stages {
      var part = StateDict()
      for name in stage.module.stateDict().names { part[name] = whole[name] }
      try loadWholeState(part, into: stage.module)
    }
  }

  private static var stateTag: Int { SharedGradients.tag - 1 }

  private func sendState(_ tensor: Tensor, to root: Int) throws(TensorError) {
    try group.startSendList(.success([tensor]), to: root, tag: Self.stateTag).wait()
  }
}
