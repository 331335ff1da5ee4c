import ApusCore

/// The Kullback-Leibler divergence of `q` from `p`: the mean of log p(x) - log q(x) under p.
///
/// A distribution of one's own states its rules in ``Distribution/divergence(from:)``; ``registerKL(_:_:_:)`` adds one for a pair of
/// any kinds.
public func klDivergence(_ p: any Distribution, _ q: any Distribution) -> Tensor {
  if let rule = KLRules.rule(p, q) { return rule(p, q) }
  // What is known of gamma distributions is known of these.
  let q: any Distribution = (q as? Chi2)?.base ?? q
  return p.divergence(from: q)
    ?? fail(
      TensorError(
        .unsupported, "klDivergence",
        "no closed form is known for \(p.name) and \(q.name); the mean of p.logProb(x) - q.logProb(x) over samples x of p "
          + "approximates it, and registerKL adds a form"))
}

/// Makes `rule` the divergence of distributions of kind `q` from those of kind `p`, in place of what was known.
public func registerKL<P: Distribution, Q: Distribution>(
  _ p: P.Type, _ q: Q.Type, _ rule: @escaping @Sendable (P, Q) -> Tensor
) {
  KLRules.add(p, q) { first, second in
    guard let first = first as? P, let second = second as? Q else {
      return fail(TensorError(.value, "klDivergence", "the rule is one for \(P.self) and \(Q.self)"))
    }
    return rule(first, second)
  }
}

/// Rules of one's own, by the kinds of both distributions.
private enum KLRules {
  typealias Rule = @Sendable (any Distribution, any Distribution) -> Tensor
  private struct Pair: Hashable {
    let p: ObjectIdentifier, q: ObjectIdentifier
  }
  private static let rules = Lock<[Pair: Rule]>([:])

  static func add(_ p: Any.Type, _ q: Any.Type, _ rule: @escaping Rule) {
    rules.withLock { $0[Pair(p: ObjectIdentifier(p), q: ObjectIdentifier(q))] = rule }
  }

  static func rule(_ p: any Distribution, _ q: any Distribution) -> Rule? {
    let pair = Pair(p: ObjectIdentifier(type(of: p)), q: ObjectIdentifier(type(of: q)))
    return rules.withLock { $0.isEmpty ? nil : $0[pair] }
  }
}

/// An infinite divergence from `p` of a distribution that lacks values of it.
func infiniteDivergence(_ p: any Distribution, _ q: any Distribution) -> Tensor? {
  guard let shape = broadcastShapes(p.batchShape, q.batchShape) else { return nil }
  return Tensor.full(shape, Double.infinity, dtype: p.mean.dtype)
}

/// The infinite divergence of `other` from a distribution of all real numbers, where `other` has only some of them.
func beyondSupport(_ other: any Distribution, of p: any Distribution) -> Tensor? {
  switch other {
  case is Beta, is ContinuousBernoulli, is Exponential, is Gamma, is Pareto, is Uniform: infiniteDivergence(p, other)
  default: nil
  }
}

/// The infinite divergence of `other` from a distribution of large numbers.
func beyondBounds(_ other: any Distribution, of p: any Distribution) -> Tensor? {
  switch other {
  case is Beta, is ContinuousBernoulli, is Pareto, is Uniform: infiniteDivergence(p, other)
  default: nil
  }
}
