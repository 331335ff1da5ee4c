import ApusCore

/// Which rank of a group makes the step of each parameter, and gives it to the others: whole parameters, about as many elements for each.
struct ParameterOwners: Sendable {
  /// The rank of each parameter.
  let ranks: [Int]
  let group: ProcessGroup

  init(_ parameters: [Tensor], _ group: ProcessGroup) {
    ranks = Self.owners(parameters.map { $0.count * $0.dtype.size }, group.size)
    self.group = group
  }

  /// The numbers of this rank's parameters.
  var own: [Int] { ranks.indices.filter { ranks[$0] == group.rank } }

  /// The rank of each of these sizes: the largest first, each to the rank that has the least.
  private static func owners(_ sizes: [Int], _ ranks: Int) -> [Int] {
    var loads = [(size: Int, count: Int)](repeating: (0, 0), count: ranks)
    var owners = [Int](repeating: 0, count: sizes.count)
    for i in sizes.indices.sorted(by: { (sizes[$1], $0) < (sizes[$0], $1) }) {
      let rank =
        loads.indices.min { (loads[$0].size, loads[$0].count, $0) < (loads[$1].size, loads[$1].count, $1) } ?? 0
      loads[rank] = (loads[rank].size + sizes[i], loads[rank].count + 1)
      owners[i] = rank
    }
    return owners
  }

  /// Gives the parameters that this rank has changed to all, and gets theirs.
  func share(_ all: [Tensor]) throws(TensorError) {
    for parts in pieces(all, Array(all.indices)) {
      var works: [(places: [Int], work: Work<Tensor>)] = []
      for places in parts where !places.isEmpty {
        let owner = ranks[places[0]]
        let row: Tensor
        if owner == group.rank {
          row = noGrad { cat(places.map { all[$0].detach().reshape([-1]) }, dim: 0) }
        } else {
          row = try ProcessGroup.room([places.reduce(0) { $0 + all[$1].count }], all[places[0]].dtype, "step")
        }
        works.append((places, try group.startBroadcast(row, from: owner)))
      }
      for (places, work) in works {
        let row = try work.wait()
        if ranks[places[0]] != group.rank { Self.forEachPart(of: row, places, all) { $0.store($1) } }
      }
    }
  }

  /// Calls `body` with each of these parameters and its part of a row of all of them.
  static func forEachPart(of row: Tensor, _ places: [Int], _ all: [Tensor], _ body: (Tensor, Tensor) -> Void) {
    noGrad {
      var offset = 0
      for i in places {
        body(all[i], row.narrow(0, offset, all[i].count).reshape(all[i].shape))
        offset += all[i].count
      }
    }
  }

  /// The most bytes that go at once from one rank.
  private static let pieceBytes = 4 << 20

  /// Parameters in rounds: in each some of every rank, of one type, and no more than a rank is to send at once.
  func pieces(_ all: [Tensor], _ places: [Int]) -> [[[Int]]] {
    var perRank = [[[Int]]](repeating: [], count: group.size)
    for (rank, _) in perRank.enumerated() {
      var size = 0
      for i in places where ranks[i] == rank {
        let bytes = all[i].count * all[i].dtype.size
        let fits =
          perRank[rank].last.map { all[$0[0]].dtype == all[i].dtype && size + bytes <= Self.pieceBytes } ?? false
        if fits {
          perRank[rank][perRank[rank].count - 1].append(i)
          size += bytes
        } else {
          perRank[rank].append([i])
          size = bytes
        }
      }
    }
    let rounds = perRank.map(\.count).max() ?? 0
    return (0..<rounds).map { round in perRank.map { round < $0.count ? $0[round] : [] } }
  }
}
