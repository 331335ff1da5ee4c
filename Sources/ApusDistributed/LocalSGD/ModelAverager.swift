import ApusCore
import ApusFunctional

/// Averages the parameters of ranks that train apart, once in a while: PyTorch's `ModelAverager`.
public protocol ModelAverager: AnyObject, Sendable {
  /// How many steps there have been.
  var step: Int { get set }

  /// Called after each step of the optimiser, by all ranks: averages where it is time for it, and counts the step.
  /// - Parameter parameters: the parameters that are trained; those that have a gradient on no rank stay as they are.
  /// - Throws: `TensorError` of the collectives.
  func averageParameters(_ parameters: [Tensor]) throws(TensorError)
}

/// Averages the parameters of all ranks every few steps after a warm-up: PyTorch's `PeriodicModelAverager`, for post-local SGD (Lin, Stich,
/// Patel and Jaggi, 2018).
///
///     let averager = try PeriodicModelAverager(period: 4, warmupSteps: 100)
///     for (x, y) in loader {
///       ...
///       optimizer.step()
///       try averager.averageParameters(model.parameters())
///     }
public final class PeriodicModelAverager: ModelAverager {
  /// Steps from one averaging to the next.
  public let period: Int
  /// Steps without averaging at first.
  public let warmupSteps: Int
  private let group: ProcessGroup
  private let count = Lock(0)

  /// - Parameters:
  ///   - period: average in step `warmupSteps`, and every `period` steps after it.
  ///   - warmupSteps: steps before the first averaging.
  ///   - group: whose parameters are averaged; nil: all ranks.
  /// - Throws: `TensorError` where a number is out of range.
  public init(period: Int, warmupSteps: Int = 0, group: ProcessGroup? = nil) throws(TensorError) {
    guard period >= 1 else {
      throw TensorError(.value, "PeriodicModelAverager", "period is a number of steps from 1 on, and was \(period)")
    }
    try checkWarmup(warmupSteps, "PeriodicModelAverager")
    self.group = if let group { group } else { try ProcessGroup.world }
    (self.period, self.warmupSteps) = (period, warmupSteps)
  }

  public var step: Int {
    get { count.withLock { $0 } }
    set { count.withLock { $0 = newValue } }
  }

  public func averageParameters(_ parameters: [Tensor]) throws(TensorError) {
    let step = step
    if step >= warmupSteps, (step - warmupSteps) % period == 0 { try group.average(parameters) }
    self.step = step + 1
  }
}

/// Averages parameters in groups of several sizes, small ones often and large ones seldom: PyTorch's `HierarchicalModelAverager`
/// (hierarchical SGD; Lin et al., 2018; Wang et al., 2020).
///
///     let averager = try HierarchicalModelAverager(periodGroupSizes: [2: 4, 8: 16])  // 16 ranks
///
/// averages among 4 neighbours (ranks 0 to 3, 4 to 7 ...) every 2 steps and among all 16 every 8; where several periods end in one
/// step, the largest counts.
public final class HierarchicalModelAverager: ModelAverager {
  /// Steps without averaging at first.
  public let warmupSteps: Int
  /// Periods with their groups, in ascending order.
  private let levels: [(period: Int, group: ProcessGroup)]
  private let count = Lock(0)

  /// All ranks of the group make it.
  /// - Parameters:
  ///   - periodGroupSizes: periods in steps and the sizes of the groups that average after each, both ascending. Sizes divide that of the
  ///     whole group, and the last one is it.
  ///   - warmupSteps: steps before the first averaging.
  ///   - group: the whole group; nil: all ranks.
  /// - Throws: `TensorError` where numbers are not as they must be.
  public init(
    periodGroupSizes: KeyValuePairs<Int, Int>, warmupSteps: Int = 0, group: ProcessGroup? = nil
  ) throws(TensorError) {
    let name = "HierarchicalModelAverager"
    try checkWarmup(warmupSteps, name)
    let group = if let group { group } else { try ProcessGroup.world }
    let text = periodGroupSizes.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    guard let last = periodGroupSizes.last else {
      throw TensorError(
        .value, name, "there is no period; give some with their group sizes, such as [2: 4, 8: \(group.size)]")
    }
    guard last.value == group.size else {
      throw TensorError(
        .value, name, "the last group size of [\(text)] must be that of the group, \(group.size), and is \(last.value)")
    }
    var before = (key: 0, value: 0)
    for level in periodGroupSizes {
      guard level.key > before.key, level.value > before.value, group.size % level.value == 0 else {
        throw TensorError(
          .value, name,
          "periods and group sizes must ascend from 1 on, and sizes divide the \(group.size) ranks; given were [\(text)]"
        )
      }
      before = level
    }
    var levels: [(period: Int, group: ProcessGroup)] = []
    for (period, size) in periodGroupSizes {
      let part = size == group.size ? group : try group.split(color: group.rank / size, key: group.rank) ?? group
      levels.append((period, part))
    }
    (self.levels, self.warmupSteps) = (levels, warmupSteps)
  }

  public var step: Int {
    get { count.withLock { $0 } }
    set { count.withLock { $0 = newValue } }
  }

  public func averageParameters(_ parameters: [Tensor]) throws(TensorError) {
    let step = step
    if step >= warmupSteps, let level = levels.last(where: { step % $0.period == 0 }) {
      try level.group.average(parameters)
    }
    self.step = step + 1
  }
}

private func checkWarmup(_ steps: Int, _ operation: String) throws(TensorError) {
  guard steps >= 0 else {
    throw TensorError(.value, operation, "warmupSteps is a number of steps from 0 on, and was \(steps)")
  }
}

extension ProcessGroup {
  /// Gives parameters the means of all members, but for those that have a gradient on none.
  func average(_ parameters: [Tensor]) throws(TensorError) {
    if size == 1 || parameters.isEmpty { return }
    // Ranks whose passes left out different parameters average the same ones.
    let own = Tensor(parameters.map { $0.grad == nil ? 0 : 1 }, dtype: .int32)
    let has = try allReduce(own, .max).array(as: Int.self)
    let trained = zip(parameters, has).filter { $0.1 != 0 }.map(\.0)
    var works: [(parameters: ArraySlice<Tensor>, work: Work<Tensor>)] = []
    var next = trained[...]
    while let first = next.first {
      // Neighbours of one type go together.
      let part = next.prefix { $0.dtype == first.dtype }
      next = next.dropFirst(part.count)
      let row = try mistakesThrown { cat(part.map { $0.detach().reshape([-1]) }, dim: 0) }
      works.append((part, try startAllReduce(row, .mean)))
    }
    for (part, work) in works {
      let row = try work.wait()
      try mistakesThrown {
        var offset = 0
        for parameter in part {
          parameter.store(row.narrow(0, offset, parameter.count).reshape(parameter.shape))
          offset += parameter.count
        }
      }
    }
  }
}
