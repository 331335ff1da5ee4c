import ApusCore

// What one step of a format is to stand for, so that given numbers lose least.

/// How the steps of quantised numbers are chosen: s stands for s · step.
public enum LaegnaScaling: Sendable, Hashable {
  /// Any number, one for each output channel of a weight. Training goes on to learn it (Esser et al., "Learned step size
  /// quantization", 2020).
  case real
  /// 4^-F for a whole F, one for each tensor: weights and activations are Laegna numbers as they are, with another count of
  /// fractional digits.
  case powersOfFour
}

extension LaegnaFormat {
  /// The step for each row of `x` [rows, n] that makes the mean squared error of rounding least, among fractions of the step that
  /// reaches the greatest number of the row. Of shape [rows].
  func steps(for x: Tensor, _ scaling: LaegnaScaling) -> Tensor {
    let x = x.detach().to(.float32)
    // Of zeros alone any step is right.
    if !x.ne(0).any().item(as: Bool.self) { return Tensor.full([x.size(0)], 1 / Double(scale), dtype: .float32) }
    let most = x.abs().amax([1], keepDim: true).clamp(min: 1e-12)
    func error(_ step: Tensor) -> Tensor {
      let rounded = (x / step).round().clamp(min: -Double(limit), max: Double(limit)) * step
      return (x - rounded).square().sum([1], keepDim: true)
    }
    switch scaling {
    case .real:
      var (best, least) = (most / Double(limit), Tensor.full([x.size(0), 1], Double.infinity, dtype: .float32))
      for i in 0...45 {
        let step = most * ((0.1 + 0.02 * Double(i)) / Double(limit))
        let found = error(step)
        best = `where`(found.lt(least), step, best)
        least = found.minimum(least)
      }
      return best.reshape([x.size(0)])
    case .powersOfFour:
      // One step for all rows: from below the greatest number to well beyond.
      let whole = Double(most.amax().item(as: Float.self)) / Double(limit)
      var (best, least) = (1.0, Double.infinity)
      for exponent in -20...20 {
        let step = exponent < 0 ? 1 / Double(1 << (-2 * exponent)) : Double(1 << (2 * exponent))
        guard step >= whole / 64, step <= whole * 64 else { continue }
        let found = error(Tensor(step, dtype: .float32)).sum().item(as: Double.self)
        if found < least { (best, least) = (step, found) }
      }
      return Tensor.full([x.size(0)], best, dtype: .float32)
    }
  }

  /// The integers that `x` is rounded to with this step, as floating point numbers: what fake quantisation computes too.
  func rounded(_ x: Tensor, step: Tensor) -> Tensor {
    (x * (1 / step)).round().clamp(min: isSigned ? -Double(limit) : 0, max: Double(limit))
  }

  /// Integers as elements of this format.
  func elements(_ integers: Tensor) -> Tensor { (integers.to(.float64) / Double(scale)).to(dtype) }

  /// Elements of this format as integers.
  func integers(_ elements: Tensor) -> Tensor { elements.to(.float64) * Double(scale) }
}
