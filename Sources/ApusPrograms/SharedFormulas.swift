import ApusCore

/// Formulas of programs, one for each that is different: equal operations are recognised by their formulas, which are told apart by
/// their place in memory.
enum SharedFormulas {
  private struct Key: Hashable {
    let formula: Attribute
    /// How many numbers are given with it: its steps name them.
    let numbers: Int
  }

  private static let known = Lock<[Key: Formula]>([:])
  private static let most = 4096

  /// The pointwise operation that a file describes.
  static func operation(_ attributes: Attribute) throws(TensorError) -> Pointwise {
    guard case .record(var parts) = attributes, let numbers = parts.removeValue(forKey: "numbers") else {
      return try Pointwise(attributes)
    }
    let scalars = try [Scalar](numbers)
    let key = Key(formula: .record(parts), numbers: scalars.count)
    if let formula = known.withLock({ $0[key] }) { return Pointwise(formula: formula, scalars: scalars) }
    let made = try Pointwise(attributes)
    return known.withLock {
      if $0.count >= most { $0.removeAll() }
      let formula = $0[key] ?? made.formula
      $0[key] = formula
      return Pointwise(formula: formula, scalars: scalars)
    }
  }
}
