import ApusCore

/// What connects ranks: inside of a host its memory or a bus, between hosts a network.
public struct PlannedLink: Sendable, Hashable {
  /// Seconds until a small message is there.
  public var latency: Double
  /// Bytes per second in one direction: of a rank inside of its host, of the whole host between hosts.
  public var bandwidth: Double
  /// How many times as much goes in both directions at once: 2 at best, 1 where they take turns.
  public var bothWays: Double
  /// Seconds that a rank's processor works for each byte that it sends, and for each that it receives: none where devices of their own move
  /// data, all of the time where a message is a copy in memory.
  public var processorTime: Double
  /// A link on which a small message of s bytes takes `latency + s / bandwidth`.
  public init(latency: Double, bandwidth: Double, bothWays: Double = 2, processorTime: Double = 0) {
    (self.latency, self.bandwidth, self.bothWays, self.processorTime) = (latency, bandwidth, bothWays, processorTime)
  }
}

/// The machines that a training is planned for.
public struct PlannedCluster: Sendable, Hashable {
  /// Who carries out collectives, which decides how.
  public enum Library: String, Sendable, Hashable, CaseIterable {
    /// Open MPI, as ``ProcessGroup`` uses it.
    case openMPI = "openmpi"
    /// MPICH and Intel MPI, likewise.
    case mpich
    /// NCCL between GPUs.
    case nccl
  }

  /// The number of ranks.
  public var world: Int
  /// The ranks of a host.
  public var ranksPerHost: Int
  /// Bytes of memory of a rank.
  public var memory: Double
  /// Floating-point operations per second that a rank reaches in products of matrices of the model's sizes: not the peak of the data sheet.
  public var flops: Double
  /// Bytes per second that a rank reads or writes while the optimiser goes over its states.
  public var memoryBandwidth: Double
  /// The ranks of a host among each other.
  public var inside: PlannedLink
  /// Hosts among each other.
  public var between: PlannedLink
  /// Processor cores that the ranks of a host share, each computing on one; nil: each has its own and never waits.
  public var coresPerHost: Double?
  /// Whether all hosts are one machine in truth (network namespaces), whose cores they share.
  public var isOneMachine: Bool
  /// How many times longer computing takes when all cores do it at once: they share caches and memory.
  public var sideBySide: Double
  /// Who carries out collectives.
  public var library: Library

  /// A cluster; without more, ranks with processors of their own.
  public init(
    world: Int, ranksPerHost: Int, memory: Double = .infinity, flops: Double, memoryBandwidth: Double = .infinity,
    inside: PlannedLink, between: PlannedLink, coresPerHost: Double? = nil, isOneMachine: Bool = false,
    sideBySide: Double = 1, library: Library = .openMPI
  ) {
    self.world = world
    self.ranksPerHost = max(1, min(ranksPerHost, world))
    self.memory = memory
    self.flops = flops
    self.memoryBandwidth = memoryBandwidth
    self.inside = inside
    self.between = between
    self.coresPerHost = coresPerHost
    self.isOneMachine = isOneMachine
    self.sideBySide = sideBySide
    self.library = library
  }

  /// The number of hosts.
  public var hosts: Int { (world + ranksPerHost - 1) / ranksPerHost }
}

/// Where the members of the groups of one dimension of a mesh lie.
package struct GroupPlace: Hashable {
  /// The ranks of a group.
  package let size: Int
  /// How many of them are on one host.
  package let perHost: Int
  /// How many groups of the same kind have members on a host, and use its link at once.
  package let siblings: Int

  /// The hosts of a group.
  package var hosts: Int { (size + perHost - 1) / perHost }

  /// Groups of `size` ranks, each `stride` behind the one before, of which a host has `ranksOnHost` altogether.
  package init(size: Int, stride: Int, ranksOnHost: Int, _ cluster: PlannedCluster) {
    self.size = size
    perHost = max(1, min(size, cluster.ranksPerHost / max(1, stride)))
    siblings = max(1, ranksOnHost / perHost)
  }
}
