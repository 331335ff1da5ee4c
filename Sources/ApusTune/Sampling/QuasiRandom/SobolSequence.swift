import ApusCore

/// A Sobol sequence: points of the unit cube that fill it more evenly than chance does. Each power of two of them lies evenly in
/// all boxes of that volume (Sobol, 1967), with the direction numbers of Joe and Kuo; 30 bits.
///
/// Scrambled by a random lower triangular matrix and a shift of the digits (Matoušek, On the L2-discrepancy for anchored boxes,
/// 1998), drawn as `scipy.stats.qmc.Sobol` draws them: the same seed gives the same points.
package struct SobolSequence: Sendable {
  private static let bits = 30
  /// How many numbers a point may have.
  package static let mostDimensions = 1111

  /// Of each dimension 30 words to be combined.
  package let directions: [[UInt32]]
  /// The first point.
  package let shift: [UInt32]

  /// - Parameter seed: of the scrambling; nil for none.
  /// - Throws: `TensorError` of kind `value` where there are not from 1 to 1,111 dimensions.
  package init(dimensions: Int, seed: UInt64? = nil) throws {
    guard (1...Self.mostDimensions).contains(dimensions) else {
      throw TensorError(
        .value, "Sobol sequence",
        "\(dimensions) dimensions were asked for; there are from 1 to \(Self.mostDimensions)")
    }
    var directions = Self.plainDirections(dimensions)
    guard let seed else {
      shift = [UInt32](repeating: 0, count: dimensions)
      self.directions = directions
      return
    }
    var generator = PermutedCongruential(seed: seed)
    shift = (0..<dimensions).map { _ in
      (0..<Self.bits).reduce(UInt32(0)) { $0 | generator.bit() << UInt32($1) }
    }
    for d in directions.indices {
      // Row p of the matrix gives digit p; only what is left of the diagonal was drawn for use.
      let rows = (0..<Self.bits).map { p in
        (0..<Self.bits).reduce(UInt32(0)) { row, k in
          let bit = generator.bit()
          return row | (k < p ? bit : k == p ? 1 : 0) << UInt32(Self.bits - 1 - k)
        }
      }
      directions[d] = directions[d].map { word in
        rows.reduce(UInt32(0)) { $0 << 1 | UInt32(($1 & word).nonzeroBitCount & 1) }
      }
    }
    self.directions = directions
  }

  package var dimensions: Int { shift.count }

  /// Point `index`, of which there are 2^30; later ones begin anew.
  package func point(_ index: Int) -> [Double] {
    // Successive numbers of Gray's code differ in one digit, and so do successive points in one direction number.
    let code = UInt32(truncatingIfNeeded: index) & (1 << 30 - 1)
    let gray = code ^ code >> 1
    return (0..<dimensions).map { d in
      var value = shift[d]
      var left = gray
      while left != 0 {
        value ^= directions[d][left.trailingZeroBitCount]
        left &= left - 1
      }
      return Double(value) * 0x1p-30
    }
  }

  private static func plainDirections(_ count: Int) -> [[UInt32]] {
    let polynomials = PrimitivePolynomials(count - 1).values
    var numbers = InitialNumbers()
    return (0..<count).map { d in
      guard d > 0 else { return (0..<bits).map { 1 << UInt32(bits - 1 - $0) } }
      let polynomial = polynomials[d - 1]
      let degree = 31 - polynomial.leadingZeroBitCount
      var m = (1...degree).map { numbers.next($0) }
      for j in degree..<bits {
        var next = m[j - degree]
        for k in 1...degree where polynomial >> UInt32(degree - k) & 1 == 1 { next ^= m[j - k] << UInt32(k) }
        m.append(next)
      }
      return m.enumerated().map { $1 << UInt32(bits - 1 - $0) }
    }
  }
}

/// Reads ``sobolNumbers``.
private struct InitialNumbers {
  private var position = 0

  /// The k-th number of a dimension.
  mutating func next(_ k: Int) -> UInt32 {
    var value: UInt32 = 0
    for _ in 1..<k {
      let sextet = Self.sextet(sobolNumbers.utf8Start[position / 6])
      value = value << 1 | sextet >> UInt32(5 - position % 6) & 1
      position += 1
    }
    return value << 1 | 1
  }

  private static func sextet(_ letter: UInt8) -> UInt32 {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter) + 4
    case UInt8(ascii: "+"): 62
    default: 63
    }
  }
}

/// The first primitive polynomials over the field of two elements, in the order of their bits.
private struct PrimitivePolynomials {
  var values: [UInt32] = []

  init(_ count: Int) {
    var candidate: UInt32 = 3
    while values.count < count {
      if Self.isPrimitive(candidate) { values.append(candidate) }
      candidate += 2
    }
  }

  /// Whether the powers of x run through everything but zero before they come to 1.
  private static func isPrimitive(_ polynomial: UInt32) -> Bool {
    let degree = UInt32(31 - polynomial.leadingZeroBitCount)
    let most = UInt32(1) << degree - 1
    var power: UInt32 = 1
    for steps in 1...most {
      power <<= 1
      if power >> degree == 1 { power ^= polynomial }
      if power == 1 { return steps == most }
    }
    return false
  }
}
