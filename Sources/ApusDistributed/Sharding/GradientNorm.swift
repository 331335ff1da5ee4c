import ApusCore
import ApusOptim

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Scales the gradients of `parameters` down so that the norm of all of them together, those of other ranks' rows included, is at most
/// `maxNorm`: ``ApusOptim/clipGradNorm(_:maxNorm:normType:errorIfNonfinite:foreach:)`` for parameters of which some or all were sharded by
/// ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)``, divided by ``parallelize(_:_:plan:)``, both, or are
/// experts that other ranks do not have. All ranks call it with the same parameters.
///
/// - Parameter normType: p of the norm, more than 0; infinity for the largest magnitude.
/// - Returns: the norm before scaling, a float64 tensor with one element, the same on all ranks.
@discardableResult
public func clipShardedGradNorm(
  _ parameters: [Tensor], maxNorm: Double, normType: Double = 2
) throws(TensorError) -> Tensor {
  var norm = PartialNorm(normType)
  for parameter in parameters { norm.add(parameter) }
  let total = try norm.total("clipShardedGradNorm")
  clipGradsWithNorm(parameters, maxNorm: maxNorm, totalNorm: total)
  return total
}

/// The norm of gradients of which groups of ranks have parts.
struct PartialNorm {
  private let p: Double
  /// What all ranks together have is the sum of these over each of the groups in turn (of the p-th powers, or the largest). No groups: the same on all ranks.
  private var parts: [(groups: [ProcessGroup], power: Double)] = []

  init(_ p: Double) { self.p = p }

  /// Adds the gradient of a parameter.
  mutating func add(_ parameter: Tensor, in further: [ProcessGroup] = []) {
    let sharding = ShardedParameter.of(parameter).map { [$0.group] } ?? []
    add(parameter.grad, in: further + sharding + (DividedParameter.of(parameter)?.groups ?? []))
  }

  private mutating func add(_ gradient: Tensor?, in groups: [ProcessGroup]) {
    // A group takes part with what it has, so that all ranks reduce alike.
    let place: Int
    let cores = groups.map { ObjectIdentifier($0.core) }
    if let known = parts.firstIndex(where: { $0.groups.map { ObjectIdentifier($0.core) } == cores }) {
      place = known
    } else {
      place = parts.count
      parts.append((groups, 0))
    }
    guard let gradient, gradient.count > 0 else { return }
    let norm = noGrad { gradient.to(.float64).norm(p).item() }
    parts[place].power = joined(parts[place].power, p.isInfinite ? norm : pow(norm, p))
  }

  private func joined(_ a: Double, _ b: Double) -> Double {
    // A norm that is no number makes the whole none.
    p.isInfinite ? (a.isNaN || b.isNaN ? .nan : max(a, b)) : a + b
  }

  /// The sum of the p-th powers, or the largest magnitude, of all ranks' gradients.
  func power(_ operation: String) throws(TensorError) -> Double {
    guard p > 0 else {
      throw TensorError(.value, operation, "the norm of divided gradients has a p above 0, and \(p) was asked for")
    }
    var total = 0.0
    for (groups, power) in parts {
      var power = power
      for group in groups { power = try summed(power, group) }
      total = joined(total, power)
    }
    return total
  }

  /// The same of what the ranks of a group have.
  func summed(_ power: Double, _ group: ProcessGroup) throws(TensorError) -> Double {
    try group.allReduce(Tensor(power, dtype: .float64), p.isInfinite ? .max : .sum).item()
  }

  /// The norm of which `power` is the p-th power.
  func norm(_ power: Double) -> Tensor { Tensor(p.isInfinite ? power : pow(power, 1 / p), dtype: .float64) }

  func total(_ operation: String) throws(TensorError) -> Tensor { norm(try power(operation)) }
}
