import ApusCore

extension QuantileSummary {
  /// Quantiles as NumPy's: between the two nearest numbers where the rank lies between them.
  /// - Parameter fractions: from 0 to 1, in rising order.
  func interpolated(_ fractions: [Double]) -> [Double] {
    guard let last = entries.last else { return fractions.map { _ in .nan } }
    let total = last.maximumRank
    var place = 0
    /// The number at a rank, which never falls from call to call by more than one.
    func number(at rank: Double) -> Double {
      while place > 0, middle(place - 1) > rank { place -= 1 }
      while place < entries.count - 1, middle(place) <= rank { place += 1 }
      return entries[place].value
    }
    return fractions.map { fraction in
      let position = min(max(fraction, 0), 1) * (total - 1)
      let rank = position.rounded(.down)
      let (low, high) = (number(at: rank), number(at: min(rank + 1, total - 1)))
      let part = position - rank
      // From the nearer end, as NumPy.
      return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part)
    }
  }

  /// The rank at which an entry ends: half way between what it can be, which is exact where all numbers are there.
  private func middle(_ place: Int) -> Double {
    guard place + 1 < entries.count else { return entries[place].maximumRank }
    return (entries[place].nextMinimumRank + entries[place + 1].previousMaximumRank) / 2
  }
}
