import ApusCore

// How variables vary together.

extension Tensor {
  /// The covariance matrix of variables in rows with observations in columns.
  ///
  /// - Parameters:
  ///   - fweights: how often each observation counts, integers.
  ///   - aweights: how much each observation weighs; their type takes part in promotion.
  public func cov(correction: Int = 1, fweights: Tensor? = nil, aweights: Tensor? = nil) -> Tensor {
    attempt(self) { () throws(TensorError) in
      if let aweights, dtype.isInexact, promoteTypes(dtype, aweights.dtype) != dtype {
        return to(promoteTypes(dtype, aweights.dtype)).cov(
          correction: correction, fweights: fweights, aweights: aweights)
      }
      if let type = narrowType(self) {
        return widened.cov(correction: correction, fweights: fweights, aweights: aweights).to(type)
      }
      guard rank <= 2 else { throw TensorError(.dimension, "cov", "needs at most 2 dimensions, and found \(shape)") }
      guard dtype != .bool else { throw TensorError(.dtype, "cov", "bool tensors have no covariance") }
      let x = (dtype.isInexact ? self : to(.default)).reshape(rank == 2 ? shape : [1, count])
      let n = x.shape[1]
      for (name, w) in [("fweights", fweights), ("aweights", aweights)] {
        guard let w else { continue }
        guard w.rank <= 1, w.count == n else {
          throw TensorError(.shape, "cov", "\(name) of shape \(w.shape) do not fit \(n) observations")
        }
        guard w.count == 0 || w.allSamples.detach().lt(0).sum().item() == 0 else {
          throw TensorError(.value, "cov", "\(name) must not be negative")
        }
      }
      if let fweights, fweights.dtype.isFloatingPoint {
        throw TensorError(.dtype, "cov", "fweights must be integers, and found \(fweights.dtype)")
      }
      let real = x.dtype.realType
      var weights = fweights?.to(real)
      if let aweights { weights = weights.map { $0 * aweights.to(real) } ?? aweights.to(real) }
      let total = weights?.sum() ?? Tensor.full([], Double(n), dtype: real)
      let mean = (weights.map { x * $0 } ?? x).sum([1], keepDim: true) / total
      var factor = total - Double(correction)
      if weights == nil, n <= correction {
        warn(
          "cov",
          "degrees of freedom is <= 0. Correction should be strictly less than the number of observations.")
      }
      if let weights, let aweights, correction != 0 {
        factor = total - Double(correction) * (weights * aweights.to(real)).sum() / total
      }
      factor = `where`(factor.lt(0), Tensor.zeros([], dtype: real), factor)
      let centred = x - mean
      let weighted = weights.map { centred * $0 } ?? centred
      let product = weighted.matmul(centred.conj().transpose(0, 1))
      let result = product / factor
      return rank < 2 || x.shape[0] == 1 ? result.reshape([]) : result
    }
  }

  /// The matrix of correlation coefficients of variables in rows with observations in columns.
  public func corrcoef() -> Tensor {
    if let type = narrowType(self) { return widened.corrcoef().to(type) }
    let c = cov()
    if c.hasFailed { return c }
    if c.rank == 0 { return c / c }
    let deviation = c.diagonal().real.sqrt()
    let r = c / deviation.unsqueeze(1) / deviation.unsqueeze(0)
    if r.isComplex { return complex(r.real.clamp(min: -1, max: 1), r.imag.clamp(min: -1, max: 1)) }
    return `where`(r.gt(1), Tensor.ones([], dtype: r.dtype), `where`(r.lt(-1), -Tensor.ones([], dtype: r.dtype), r))
  }
}

extension Registry {
  /// Covariances and correlations.
  static let covariances: [Operation] = [
    .tensor("cov", "input, *, correction=1, fweights=None, aweights=None") {
      try $0.tensor("input").cov(
        correction: try $0.int("correction"), fweights: try $0.optionalTensor("fweights"),
        aweights: try $0.optionalTensor("aweights"))
    },
    .unary("corrcoef") { $0.corrcoef() },
  ]
}
