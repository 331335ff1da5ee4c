import ApusCore
import ApusOptim

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Scales the gradients of `parameters` down so that the norm of all of them together, those of other ranks' rows included, is at most
/// `maxNorm`: ``ApusOptim/clipGradNorm(_:maxNorm:normType:errorIfNonfinite:foreach:)`` for parameters of which some or all were sharded by
/// ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)``. All ranks call it with the same parameters.
///
/// - Parameter normType: p of the norm, more than 0; infinity for the largest magnitude.
/// - Returns: the norm before scaling, a float64 tensor with one element, the same on all ranks.
@discardableResult
public func clipShardedGradNorm(
  _ parameters: [Tensor], maxNorm: Double, normType: Double = 2
) throws(TensorError) -> Tensor {
  var norm = PartialNorm(normType)
  for parameter in parameters {
    let sharding = ShardedParameter.of(parameter)
    norm.add(parameter.grad, in: sharding?.group)
  }
  let total = try norm.total("clipShardedGradNorm")
  clipGradsWithNorm(parameters, maxNorm: maxNorm, totalNorm: total)
  return total
}

/// The norm of gradients of which groups of ranks have parts.
struct PartialNorm {
  private let p: Double
  /// What the ranks of each group have together is the sum of these (of the p-th powers, or the largest). Nil: of no group, the same on all ranks.
  private var parts: [(group: ProcessGroup?, power: Double)] = []

  init(_ p: Double) { self.p = p }

  mutating func add(_ gradient: Tensor?, in group: ProcessGroup?) {
    // A group takes part with what it has, so that all ranks reduce alike.
    let place: Int
    if let known = parts.firstIndex(where: { $0.group?.core === group?.core }) {
      place = known
    } else {
      place = parts.count
      parts.append((group, 0))
    }
    guard let gradient, gradient.count > 0 else { return }
    let norm = noGrad { gradient.to(.float64).norm(p).item() }
    parts[place].power = p.isInfinite ? max(parts[place].power, norm) : parts[place].power + pow(norm, p)
  }

  func total(_ operation: String) throws(TensorError) -> Tensor {
    guard p > 0 else {
      throw TensorError(.value, operation, "the norm of sharded gradients has a p above 0, and \(p) was asked for")
    }
    var total = 0.0
    for (group, power) in parts {
      var power = power
      if let group {
        power = try group.allReduce(Tensor(power, dtype: .float64), p.isInfinite ? .max : .sum).item()
      }
      total = p.isInfinite ? max(total, power) : total + power
    }
    return Tensor(p.isInfinite ? total : pow(total, 1 / p), dtype: .float64)
  }
}
