import ApusCore

/// A number type that stands for one of the real numbers within bounds, so that a condition may be undecided.
protocol BoundedElement: CustomElement {
  /// Bounds of the number.
  var bounds: Interval { get }
  /// What is only known to lie within bounds.
  init(bounds: Interval)
  /// What is one of two.
  func hull(_ other: Self) -> Self
}

extension Interval: BoundedElement {
  var bounds: Interval { self }
  init(bounds: Interval) { self = bounds }

  public static var kernels: CustomKernels {
    var kernels = CustomKernels(Interval.self)
    takeUndecidedConditions(in: &kernels)
    return kernels
  }
}

extension BoundedElement {
  /// Puts loops for conditions that may be undecided, [0, 1], in the place of those in `kernels`: what depends on one takes both
  /// ways, and a truth value says what is certain.
  @inline(__always)
  static func takeUndecidedConditions(in kernels: inout CustomKernels) {
    let (binary, unary) = (kernels.binary, kernels.unary)
    kernels.binary = { f, out, a, b, n in
      guard [.eq, .ne, .and, .or, .xor].contains(f) else { return binary(f, out, a, b, n) }
      let z = out.assumingMemoryBound(to: Self.self)
      let (x, y) = (a.assumingMemoryBound(to: Self.self), b.assumingMemoryBound(to: Self.self))
      for i in 0..<n { z[i] = Self(bounds: x[i].bounds.condition(f, y[i].bounds)) }
    }
    kernels.unary = { f, out, a, n in
      guard f == .not else { return unary(f, out, a, n) }
      let (y, x) = (out.assumingMemoryBound(to: Self.self), a.assumingMemoryBound(to: Self.self))
      for i in 0..<n { y[i] = Self(bounds: x[i].bounds.truth.negated) }
    }
    kernels.select = { out, c, a, b, n in
      let (z, conditions) = (out.assumingMemoryBound(to: Self.self), c.assumingMemoryBound(to: Self.self))
      let (x, y) = (a.assumingMemoryBound(to: Self.self), b.assumingMemoryBound(to: Self.self))
      for i in 0..<n {
        let truth = conditions[i].bounds.truth
        z[i] = truth.lower == 1 ? x[i] : truth.upper == 0 ? y[i] : x[i].hull(y[i])
      }
    }
    kernels.toBool = { out, a, n in
      let x = a.assumingMemoryBound(to: Self.self)
      for i in 0..<n { out[i] = x[i].bounds.truth.lower == 1 ? 1 : 0 }
    }
  }
}

extension Interval {
  /// As a condition: [1, 1] if it does not contain 0, [0, 0] if it is 0, else undecided, [0, 1].
  fileprivate var truth: Interval { !contains(0) ? .one : lower == upper ? .zero : Interval(0, 1) }

  /// Whether a condition, [0, 0], [1, 1] or [0, 1], does not hold.
  fileprivate var negated: Interval { Interval(1 - upper, 1 - lower) }

  /// Equality and logic.
  fileprivate func condition(_ f: BinaryFunction, _ other: Interval) -> Interval {
    switch f {
    case .eq: equals(other)
    case .ne: equals(other).negated
    case .and: truth * other.truth
    case .or: (truth.negated * other.truth.negated).negated
    default: truth.differs(from: other.truth)
    }
  }

  private func equals(_ other: Interval) -> Interval {
    lower == other.upper && upper == other.lower
      ? .one : upper < other.lower || other.upper < lower || isNaN || other.isNaN ? .zero : Interval(0, 1)
  }

  /// Whether one of two conditions holds and the other does not.
  private func differs(from other: Interval) -> Interval {
    lower == upper && other.lower == other.upper ? (lower == other.lower ? .zero : .one) : Interval(0, 1)
  }
}
