import ApusCore

/// The operations that digits name in Laegna: I divides, O subtracts, A adds, E multiplies, and between them are U, the average,
/// and V, the geometric mean.
public enum LaegnaOperator: Character, Sendable, Hashable, CaseIterable {
  /// I: the quotient.
  case division = "I"
  /// O: the difference.
  case subtraction = "O"
  /// U: half the sum.
  case average = "U"
  /// A: the sum.
  case addition = "A"
  /// E: the product.
  case multiplication = "E"
  /// V: the square root of the product.
  case geometricMean = "V"

  /// The operation that a digit or boundary value names.
  /// - Throws: where the letter names none.
  public init(_ text: String) throws(TensorError) {
    guard let found = Self.allCases.first(where: { String($0.rawValue) == text }) else {
      throw TensorError(
        .value, "LaegnaOperator",
        "'\(text)' names no operation; I divides, O subtracts, U averages, A adds, E multiplies, V is the geometric mean"
      )
    }
    self = found
  }

  /// The result for two numbers of a format, rounded once. A geometric mean of numbers on both sides of zero has no value: U.
  public func callAsFunction<Storage: LaegnaStorage, let R: Int, let F: Int>(
    _ a: Laegna<Storage, R, F>, _ b: Laegna<Storage, R, F>
  ) -> Laegna<Storage, R, F> {
    switch self {
    case .division: return a / b
    case .subtraction: return a - b
    case .addition: return a + b
    case .multiplication: return a * b
    case .average, .geometricMean:
      // Sums of two integers are exact as numbers, and infinities that cancel give U.
      let value = self(a.double, b.double)
      return Laegna(nearest: value.isNaN ? 0 : value)
    }
  }

  /// The result for two numbers.
  public func callAsFunction(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .division: a / b
    case .subtraction: a - b
    case .average: (a + b) / 2
    case .addition: a + b
    case .multiplication: a * b
    case .geometricMean: (a * b).squareRoot()
    }
  }

  /// The result for tensors, element by element; those of Laegna numbers are rounded once.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    switch self {
    case .division: return a / b
    case .subtraction: return a - b
    case .addition: return a + b
    case .multiplication: return a * b
    case .average, .geometricMean:
      guard a.dtype.isCustom, a.dtype == b.dtype else {
        return self == .average ? (a + b) / 2 : (a * b).sqrt()
      }
      let (x, y) = (a.to(.float64), b.to(.float64))
      let mean = self == .average ? (x + y) / 2 : (x * y).sqrt()
      return mean.to(a.dtype)
    }
  }
}
