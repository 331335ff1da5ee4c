// Rounding outwards: the neighbours of results that were rounded to the nearest number.

/// A number that the exact result, of which `x` is the rounding to nearest, is not below; by at most a unit in the last place
/// smaller than `x` (Rump, Zimmermann, Boldo and Melquiond, 2009).
@inlinable
func roundedDown(_ x: Double) -> Double {
  // What overflowed is at least the greatest number.
  x == .infinity ? .greatestFiniteMagnitude : x - (x.magnitude * 0x1.0000000000001p-53 + 0x1p-1074)
}

/// A number that the exact result, of which `x` is the rounding to nearest, is not above.
@inlinable
func roundedUp(_ x: Double) -> Double { -roundedDown(-x) }

/// A number that is below the exact result, of which `x` is off by at most `ulps` units in the last place.
@inlinable
func lowered(_ x: Double, _ ulps: Double) -> Double {
  x == .infinity ? .greatestFiniteMagnitude : x - (x.magnitude * (ulps * 0x1.01p-52) + ulps * 0x1p-1074)
}

/// A number that is above the exact result, of which `x` is off by at most `ulps` units in the last place.
@inlinable
func raised(_ x: Double, _ ulps: Double) -> Double { -lowered(-x, ulps) }

/// Bounds of a + b; the sum itself where it is exact.
@inlinable
func sumRoundedDown(_ a: Double, _ b: Double) -> Double {
  let sum = a + b
  let part = sum - a
  let error = (a - (sum - part)) + (b - part)
  return error >= 0 ? sum : roundedDown(sum)
}

@inlinable
func sumRoundedUp(_ a: Double, _ b: Double) -> Double { -sumRoundedDown(-a, -b) }

/// a b, where 0 times infinity is 0: of bounds that are limits.
@inlinable
func boundProduct(_ a: Double, _ b: Double) -> Double {
  let product = a * b
  return product == product || a != a || b != b ? product : 0
}
