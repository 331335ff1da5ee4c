import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The log semiring: logarithms of numbers of 0 or more. The sum of two is log(exp a + exp b), their product a + b.
///
/// Products of matrices sum over all paths without underflow: the forward algorithm of hidden Markov models and of
/// conditional random fields is a chain of them, and its gradients are the marginal probabilities, see
/// `forwardAlgorithm(_:transitions:initial:final:)`.
public struct LogSemiring: SemiringNumber, CustomStringConvertible {
  /// The logarithm; -∞ for the logarithm of 0.
  public var value: Double

  @inlinable public init(_ value: Double) { self.value = value }

  public static var elementName: String { "logsemiring" }
  @inlinable public static var zero: LogSemiring { LogSemiring(-.infinity) }
  @inlinable public static var one: LogSemiring { LogSemiring(0) }

  /// log(exp a + exp b), from the greater of the two so that nothing overflows.
  @inlinable public static func sum(_ a: LogSemiring, _ b: LogSemiring) -> LogSemiring {
    let (high, low) = a.value < b.value ? (b.value, a.value) : (a.value, b.value)
    // Equal infinities have no difference; the sum with nothing is exact.
    if low == -.infinity || high == .infinity { return LogSemiring(low.isNaN ? low : high) }
    return LogSemiring(high + log1p(exp(low - high)))
  }
  @inlinable public static func product(_ a: LogSemiring, _ b: LogSemiring) -> LogSemiring {
    LogSemiring(absorbing(a.value, b.value, zero: -.infinity))
  }

  /// Division undoes the product: the difference of the logarithms.
  @inlinable
  public func apply(_ function: BinaryFunction, _ other: LogSemiring) -> LogSemiring? {
    function == .div ? (value == -.infinity ? self : LogSemiring(value - other.value)) : nil
  }

  /// exp(term - sum): what the term has of the sum; 0 of a sum of nothing.
  @inlinable public static func share(of term: LogSemiring, in sum: LogSemiring) -> Double {
    term.value == -.infinity ? 0 : term.value == sum.value ? 1 : exp(term.value - sum.value)
  }
  @inlinable public static func slopes(_ a: LogSemiring, _ b: LogSemiring) -> (Double, Double) { (1, 1) }

  // MARK: Sums of many

  /// A sum on the way: exp(greatest) times `sum`, so that each term is rounded against the greatest one and the logarithm
  /// is taken once.
  public struct Accumulator: BitwiseCopyable, Sendable {
    /// The greatest logarithm so far.
    @usableFromInline var greatest: Double
    /// The sum of exp(term - greatest).
    @usableFromInline var sum: Double

    @inlinable init(greatest: Double, sum: Double) { (self.greatest, self.sum) = (greatest, sum) }
  }

  @inlinable public static var emptySum: Accumulator { Accumulator(greatest: -.infinity, sum: 0) }

  @inlinable
  public static func add(_ x: LogSemiring, to sum: inout Accumulator) {
    if x.value == sum.greatest {
      // Also two infinities; a term of nothing adds nothing.
      if x.value != -.infinity { sum.sum += 1 }
    } else if x.value < sum.greatest {
      sum.sum += exp(x.value - sum.greatest)
    } else {
      sum.sum = sum.sum == 0 ? 1 : sum.sum * exp(sum.greatest - x.value) + 1
      sum.greatest = x.value
    }
  }

  @inlinable
  public static func addProduct(_ a: LogSemiring, _ b: LogSemiring, to sum: inout Accumulator) { add(a * b, to: &sum) }

  @inlinable
  public init(rounding sum: Accumulator) {
    self.init(sum.sum == 1 || sum.greatest.isInfinite ? sum.greatest : sum.greatest + log(sum.sum))
  }
}

extension DType {
  /// Numbers of the log semiring, see ``LogSemiring``.
  public static var logSemiring: DType { LogSemiring.dtype }
}
