import ApusCore

/// How many groups of ranks hold all parameters of a sharded model, for a ``ApusTrain/Trainer``: PyTorch's `HYBRID_SHARD`. Parameters are gathered inside of
/// a group, and gradients averaged over the groups too: less goes between hosts, for more memory on each rank.
public enum ShardReplicas: Sendable {
  /// One: all ranks share the parameters.
  case none
  /// One on each host: the ranks of a host share the parameters. All hosts have as many ranks.
  case perHost
  /// So many groups of neighbouring ranks.
  case count(Int)

  /// The number of its group for each rank.
  /// - Parameter hosts: the names of the hosts by rank.
  /// - Throws: `TensorError` where the groups would not have as many ranks each.
  package func groupNumbers(hosts: [String]) throws(TensorError) -> [Int] {
    switch self {
    case .none: return hosts.map { _ in 0 }
    case .perHost:
      var names: [String] = []
      for host in hosts where !names.contains(host) { names.append(host) }
      let counts = names.map { name in hosts.count { $0 == name } }
      guard Set(counts).count == 1 else {
        let found = zip(names, counts).map { "\($1) on \($0)" }.joined(separator: ", ")
        throw TensorError(
          .value, "fullySharded",
          "replicas on each host need as many ranks on all of them, and there are \(found); start as many, or take .count(n)"
        )
      }
      return hosts.map { names.firstIndex(of: $0) ?? 0 }
    case .count(let count):
      guard count > 0, hosts.count.isMultiple(of: count) else {
        throw TensorError(
          .value, "fullySharded",
          "\(count) replicas need a number of ranks that \(count) divides, and there are \(hosts.count)")
      }
      return hosts.indices.map { $0 / (hosts.count / count) }
    }
  }

  /// Who shares the parameters with this rank, and who holds the same rows in other groups. All members of `all` call it.
  func groups(of all: ProcessGroup) throws(TensorError) -> (shards: ProcessGroup, replicas: ProcessGroup?) {
    let numbers = try groupNumbers(hosts: all.hostNames)
    guard Set(numbers).count > 1, let shards = try all.split(color: numbers[all.rank]) else { return (all, nil) }
    return (shards, try all.split(color: shards.rank))
  }
}
