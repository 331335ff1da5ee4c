/// What a collective takes.
package struct CollectiveCost {
  /// How it is done.
  package var algorithm: String
  /// Seconds until the first bytes of each of its messages are there.
  package var latency: Double
  /// Seconds that a host's link is busy with it, in the direction that is busier; nothing inside of a host.
  package var port: Double
  /// Seconds that moving bytes inside of a host takes a rank.
  package var inside: Double
  /// Seconds that a rank's processor works.
  package var processor: Double
  /// Bytes that a rank sends.
  package var bytes: Double

  /// Adds another one that follows so many times.
  mutating func add(_ other: CollectiveCost, times: Double) {
    latency += other.latency * times
    port += other.port * times
    inside += other.inside * times
    processor += other.processor * times
    bytes += other.bytes * times
  }

  /// Seconds when nobody else needs the link or the processor.
  package var duration: Double { max(latency + max(port, inside), processor) }
}

/// The collectives that a training calls.
package enum PlannedCollective: String, Sendable {
  case allReduce, reduceScatter, allGather, broadcast, allToAll, ring
}

extension PlannedCluster {
  /// Bytes of a piece that ``ProcessGroup`` reduces or broadcasts at once.
  private static let pieceBytes = Double(Phases.pieceBytes)
  /// Bytes from which on tensors are reduced by parts.
  private static let leastByParts = Double(Phases.leastByParts)
  /// Up to so many bytes a message goes without asking.
  private static let eagerBytes = 65536.0

  /// What a collective of `bytes` takes: of the whole tensor for a reduction, a gathering (the joined tensor) and a broadcast; of what a rank has for
  /// the others for an exchange; of what goes one place on for a ring.
  package func cost(_ collective: PlannedCollective, _ bytes: Double, _ place: GroupPlace) -> CollectiveCost {
    let n = Double(place.size)
    guard place.size > 1, bytes > 0 else {
      return CollectiveCost(algorithm: "none", latency: 0, port: 0, inside: 0, processor: 0, bytes: 0)
    }
    let part = (n - 1) / n * bytes
    let levels = Double((place.size - 1).bitWidth - (place.size - 1).leadingZeroBitCount)
    switch (library, collective) {
    case (_, .ring):
      return flow("ring", messages: 1, of: bytes, sent: bytes, passing: bytes, place, adds: 0)
    case (.nccl, .allReduce):
      let ring = flow("ring", messages: 2 * (n - 1), of: 0, sent: 2 * part, passing: 2 * part, place, adds: 0)
      let tree = flow("tree", messages: 2 * levels, of: 0, sent: 2 * bytes, passing: 2 * bytes, place, adds: 0)
      return tree.duration < ring.duration ? tree : ring
    case (.nccl, .reduceScatter), (.nccl, .allGather):
      return flow("ring", messages: n - 1, of: 0, sent: part, passing: part, place, adds: 0)
    case (.nccl, .broadcast):
      return flow("pipelined ring", messages: n - 1, of: 0, sent: bytes, passing: bytes, place, adds: 0)
    case (_, .allReduce):
      if bytes >= Self.leastByParts, place.size <= Phases.mostByParts {
        let pieces = (bytes / Double(Phases.pieceBytes(isWide: place.hosts > 1))).rounded(.up)
        return flow(
          "by parts", messages: 2 * pieces, of: own(bytes / pieces / n, place), sent: 2 * part,
          passing: direct(2 * bytes, place), place, adds: part)
      }
      return reducedByLibrary(bytes, levels, place)
    case (_, .reduceScatter), (_, .allGather):
      return flow(
        "direct", messages: 1, of: own(bytes / n, place), sent: part, passing: direct(bytes, place), place,
        adds: collective == .reduceScatter ? part : 0)
    case (_, .allToAll):
      return flow(
        "direct", messages: 1, of: own(bytes / n, place), sent: part, passing: direct(bytes, place), place, adds: 0)
    case (.openMPI, .broadcast):
      let pieces = (bytes / Self.pieceBytes).rounded(.up)
      if place.size <= 4 {
        let others = Double(place.size - place.perHost)
        return flow(
          "linear", messages: pieces, of: bytes / pieces, sent: (n - 1) * bytes, passing: others * bytes, place,
          adds: 0,
          isOneWay: true)
      }
      return flow("chain", messages: pieces * (n - 1), of: 0, sent: bytes, passing: bytes, place, adds: 0)
    case (.mpich, .broadcast):
      let pieces = (bytes / Self.pieceBytes).rounded(.up)
      return flow(
        "scatter and gather", messages: pieces * (levels + n - 1), of: bytes / pieces / n, sent: 2 * part,
        passing: 2 * part, place, adds: 0)
    }
  }

  /// Bytes of one message of a part of `bytes`: between hosts the parts go in messages that need not ask.
  private func own(_ bytes: Double, _ place: GroupPlace) -> Double {
    place.hosts > 1 ? min(bytes, Double(Phases.streamBytes)) : bytes
  }

  /// Bytes over the link of a host where each member sends its part of `bytes` straight to each other one.
  private func direct(_ bytes: Double, _ place: GroupPlace) -> Double {
    Double(place.perHost * (place.size - place.perHost)) / Double(place.size) * bytes
  }

  /// The library's own reductions, in pieces of which each waits for the one before.
  private func reducedByLibrary(_ bytes: Double, _ levels: Double, _ place: GroupPlace) -> CollectiveCost {
    let n = Double(place.size)
    let pieces = (bytes / Self.pieceBytes).rounded(.up)
    let part = (n - 1) / n * bytes
    let isSmall = bytes < Self.leastByParts
    if library == .openMPI, isSmall || place.size < 4 {
      // A tree to the first rank and back, one direction after the other.
      let up = Tree.reduction(place.size)
      let down = Tree.broadcast(place.size)
      return flow(
        "binomial tree", messages: (up + down) * pieces, of: bytes / pieces, sent: (up + down) * bytes,
        passing: (up + down) * bytes, place, adds: up * bytes, isOneWay: true)
    }
    if isSmall, bytes < 2048 {
      return flow(
        "recursive doubling", messages: levels, of: bytes, sent: levels * bytes,
        passing: levels * bytes * Double(place.perHost), place, adds: levels * bytes)
    }
    return flow(
      "reduce-scatter and gather", messages: 2 * levels * pieces, of: bytes / pieces / n, sent: 2 * part,
      passing: 2 * part * Double(place.perHost), place, adds: part)
  }

  /// How many messages follow each other in binomial trees.
  package enum Tree {
    /// To rank 0, which takes them one after the other.
    package static func reduction(_ size: Int) -> Double {
      func ready(_ rank: Int) -> Double {
        var (time, step) = (0.0, 1)
        while rank % (2 * step) == 0, step < size {
          if rank + step < size { time = max(time, ready(rank + step)) + 1 }
          step *= 2
        }
        return time
      }
      return ready(0)
    }

    /// From rank 0, each to all of its own at once.
    package static func broadcast(_ size: Int) -> Double {
      func done(_ rank: Int, _ time: Double) -> Double {
        var children: [Int] = []
        var step = 1
        while step < size {
          if rank < step, rank + step < size { children.append(rank + step) }
          step *= 2
        }
        return children.map { done($0, time + Double(children.count)) }.max() ?? time
      }
      return done(0, 0)
    }
  }

  /// - Parameters:
  ///   - messages: how many wait for each other.
  ///   - size: bytes of one of them: large ones ask first.
  ///   - sent: bytes that a rank sends.
  ///   - passing: bytes of a group over the link of a host, in each direction.
  ///   - adds: bytes that a rank adds up.
  private func flow(
    _ algorithm: String, messages: Double, of size: Double, sent: Double, passing: Double, _ place: GroupPlace,
    adds: Double, isOneWay: Bool = false
  ) -> CollectiveCost {
    let isWide = place.hosts > 1
    // What goes in both directions at once may share the link.
    let factor = isOneWay ? 1 : 2 / (isWide ? between : inside).bothWays
    // Of what a rank sends, the part that stays in its host.
    let near = isWide ? sent * Double(place.perHost - 1) / Double(max(1, place.size - 1)) : sent
    let link = isWide ? between : inside
    return CollectiveCost(
      algorithm: algorithm, latency: messages * link.latency * handshakes(size),
      port: isWide ? passing * Double(place.siblings) / between.bandwidth * factor : 0,
      inside: near / inside.bandwidth * (isWide ? 2 / inside.bothWays : factor),
      processor: near * 2 * inside.processorTime + (sent - near) * 2 * between.processorTime
        + adds * inside.processorTime / 2,
      bytes: sent)
  }

  /// How many small messages a message of a size takes one after the other.
  private func handshakes(_ bytes: Double) -> Double {
    library != .nccl && bytes > Self.eagerBytes ? PlannedLink.messageSteps : 1
  }

  /// What a message of `bytes` from one rank to another takes.
  func message(_ bytes: Double, isNear: Bool) -> CollectiveCost {
    let link = isNear ? inside : between
    return CollectiveCost(
      algorithm: "message", latency: link.latency * handshakes(bytes), port: isNear ? 0 : bytes / link.bandwidth,
      inside: isNear ? bytes / link.bandwidth : 0, processor: bytes * link.processorTime, bytes: bytes)
  }
}
