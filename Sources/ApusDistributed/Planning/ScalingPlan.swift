import ApusCore
import ApusFormats

/// How much faster a training goes on more ranks: the best way to divide it for each of 1, 2, 4 ... ranks, with one and the same batch (strong
/// scaling).
public struct ScalingPlan: Sendable {
  /// A number of ranks.
  public struct Row: Sendable {
    /// The number of ranks.
    public let world: Int
    /// The fastest way, or the smallest where nothing fits; nil where the batch cannot be divided among so many.
    public let best: DistributedPlan.Entry?
  }

  /// The plan for all ranks.
  public let whole: DistributedPlan
  /// The numbers of ranks, from 1 to all.
  public let rows: [Row]

  /// Plans for 1, 2, 4 ... ranks of a cluster and for all of them, with as many ranks on a host.
  ///
  /// - Throws: `TensorError` where the training cannot be divided among all ranks.
  public init(
    _ model: PlannedModel, _ training: PlannedTraining, on cluster: PlannedCluster,
    strategy: DistributedPlan.Strategy = .all
  ) throws(TensorError) {
    let whole = try DistributedPlan(model, training, on: cluster, strategy: strategy)
    self.whole = whole
    let powers = sequence(first: 1) { $0 < cluster.world / 2 ? $0 * 2 : nil }
    var rows: [Row] = []
    for world in powers where world < cluster.world {
      var part = cluster
      (part.world, part.ranksPerHost) = (world, min(world, cluster.ranksPerHost))
      // Nothing is divided among one rank.
      let plan = try? DistributedPlan(model, training, on: part, strategy: world == 1 ? .all : strategy)
      rows.append(Row(world: world, best: plan?.entries.first))
    }
    self.rows = rows + [Row(world: cluster.world, best: whole.entries.first)]
  }

  /// The smallest number of ranks from which on more than half of the speed is lost; nil: none.
  public var halved: Int? {
    var found: Int?
    for row in rows.reversed() {
      guard let best = row.best, best.fits else { continue }
      guard best.efficiency < 0.5 else { break }
      found = row.world
    }
    return found
  }
}

extension ScalingPlan: CustomStringConvertible {
  /// A table, at most 100 columns wide, and from how many ranks on more than half of the speed is lost.
  public var description: String {
    var cells = [["ranks", "divided by", "parts", "memory", "step", "\(whole.examplesName)/s", "speed", "in the way"]]
    for row in rows {
      guard let best = row.best else {
        cells.append(["\(row.world)", "the batch cannot be divided", "", "", "", "", "", ""])
        continue
      }
      let memory = Quantity.text(bytes: best.memory.total)
      guard let simulation = best.simulation else {
        cells.append([
          "\(row.world)", best.layout.description, best.layout.parts, memory, "", "", "", "does not fit",
        ])
        continue
      }
      cells.append([
        "\(row.world)", best.layout.description, best.layout.parts, memory, Quantity.text(seconds: simulation.stepTime),
        whole.rate(of: best), DistributedPlan.percent(best.efficiency), best.limit,
      ])
    }
    let end =
      halved.map { "from \($0) ranks on more than half of the speed is lost" }
      ?? "at \(whole.cluster.world) ranks more than half of the speed is left"
    return whole.heading + "\n" + DistributedPlan.aligned(cells) + DistributedPlan.legend + "\n\(end)\n"
  }

  /// The same for programs: an object with `rows` and `halved`.
  public var json: String {
    let list = rows.map { row -> JSON in
      .object(["world": .int(row.world), "best": row.best.map(\.json) ?? .null])
    }
    return JSON.object(["rows": .array(list), "halved": halved.map { .int($0) } ?? .null]).text()
  }
}
