import ApusCore

// Exact sums and products, in as many digits as they take.

extension Laegna {
  /// The exact product, in as many digits as both have together: |a b| is at most 4^(R + R') / 4. Its fraction has F + F' digits.
  /// U where it is zero, or has no value (0 * ∩).
  public func multipliedFully<S: LaegnaStorage, let R2: Int, let F2: Int>(by other: Laegna<S, R2, F2>) -> LaegnaNumeral
  {
    guard let a = signed, let b = other.signed else { return .boundary(farProduct(sign, other.sign)) }
    return LaegnaNumeral(signed: a * b, count: R + R2, base: 4)
  }

  /// The exact sum, in base 2 and R + 1/2 base-4 digits, which is 2R + 1 of them: |a + b| is at most 4^R. Its fraction is that of
  /// the numbers, 2F base-2 digits. U where it is zero, or has no value (∩ + W).
  public func addedFully(to other: Self) -> LaegnaNumeral {
    guard let a = signed, let b = other.signed else { return (self + other).numeral }
    return LaegnaNumeral(signed: a + b, count: 2 * R + 1, base: 2)
  }

  /// -1, 0 or 1.
  var sign: Int { self < .zero ? -1 : self > .zero ? 1 : 0 }
}

/// What the product of numbers of these signs is, of which one is infinite.
private func farProduct(_ a: Int, _ b: Int) -> LaegnaBoundary {
  a * b > 0 ? .infinity : a * b < 0 ? .minusInfinity : .zero
}

extension LaegnaUnsigned {
  /// The exact product, in as many digits as both have together: EE x EE = EEEE, II x II = IIII.
  /// U where it is zero, or has no value.
  public func multipliedFully<S: LaegnaStorage, let R2: Int>(by other: LaegnaUnsigned<S, R2>) -> LaegnaNumeral {
    guard let a = unsigned, let b = other.unsigned else {
      return .boundary(farProduct(unsigned == 0 ? 0 : 1, other.unsigned == 0 ? 0 : 1))
    }
    let digits = try? LaegnaDigits(unsigned: a * b, count: R + R2)
    return digits.map { .digits($0) } ?? .boundary(.zero)
  }

  /// The exact sum, in base 2 and R + 1/2 base-4 digits: u + v is at most 2 · 4^R.
  public func addedFully(to other: Self) -> LaegnaNumeral {
    guard let a = unsigned, let b = other.unsigned else { return .boundary(.infinity) }
    let digits = try? LaegnaDigits(unsigned: a + b, count: 2 * R + 1, base: 2)
    return digits.map { .digits($0) } ?? .boundary(.zero)
  }
}
