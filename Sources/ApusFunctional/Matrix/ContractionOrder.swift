/// The order of products of two operands at a time that takes the fewest multiplications, for a few operands: all orders are
/// compared, each part of the operands once (Pfeifer, Haegeman and Verstraete, 2014). Sets of operands and of dimensions are bits.
struct ContractionOrder {
  /// The most operands for which all orders are compared.
  static let mostOperands = 8

  /// How a set of operands is joined: the product of what two parts of it give.
  private var cuts: [Int]

  /// - Parameters:
  ///   - operands: the dimensions of each.
  ///   - output: the dimensions of the result.
  ///   - sizes: of each dimension.
  init(_ operands: [UInt64], output: UInt64, sizes: [Int]) {
    let sets = 1 << operands.count
    /// The dimensions that are left of a set of operands: those of the result and of other operands.
    let kept = (0..<sets).map { set in
      var (inside, outside) = (UInt64(0), output)
      for (i, dimensions) in operands.enumerated() {
        if set >> i & 1 == 1 { inside |= dimensions } else { outside |= dimensions }
      }
      return inside & outside
    }
    func volume(_ dimensions: UInt64) -> Double {
      sizes.indices.reduce(1) { dimensions >> $1 & 1 == 1 ? $0 * Double(sizes[$1]) : $0 }
    }
    var costs = [Double](repeating: 0, count: sets)
    cuts = [Int](repeating: 0, count: sets)
    for set in 1..<sets where set & (set - 1) != 0 {
      costs[set] = .infinity
      var part = (set - 1) & set
      while part > 0 {
        let rest = set & ~part
        // Each cut is seen once.
        if part < rest {
          // An operand alone has all its dimensions still.
          let cost = costs[part] + costs[rest] + volume(whole(part, operands, kept) | whole(rest, operands, kept))
          if cost < costs[set] { (costs[set], cuts[set]) = (cost, part) }
        }
        part = (part - 1) & set
      }
    }
  }

  /// The two sets of operands whose products are joined last for this one; nil for a single operand.
  func parts(of set: Int) -> (Int, Int)? {
    cuts[set] == 0 ? nil : (cuts[set], set & ~cuts[set])
  }
}

private func whole(_ set: Int, _ operands: [UInt64], _ kept: [UInt64]) -> UInt64 {
  set & (set - 1) == 0 ? operands[set.trailingZeroBitCount] : kept[set]
}
