/// Which values that are no finite numbers there are.
struct NonFinite: OptionSet, Sendable {
  let rawValue: UInt8
  static let nan = NonFinite(rawValue: 1)
  static let infinity = NonFinite(rawValue: 2)

  /// Those among the elements of `tensor`; none where they cannot be looked at: samples and derivatives of a transformation
  /// have no elements of their own, and of numbers of registered types nothing is known.
  static func kinds(in tensor: Tensor) -> NonFinite {
    unwatched(tensor) { elements in
      if elements.isfinite().all().item() != 0 { return [] }
      var kinds: NonFinite = []
      if elements.isnan().any().item() != 0 { kinds.insert(.nan) }
      if elements.isinf().any().item() != 0 { kinds.insert(.infinity) }
      return kinds
    } ?? []
  }

  /// The elements of `tensor` that are not finite in words, `3 nan and 1 infinite among 8 elements of shape [2, 4], float32, the
  /// first at [0, 1]`; nil where all are finite or cannot be looked at.
  static func text(of tensor: Tensor) -> String? {
    unwatched(tensor) { elements -> String? in
      let finite = elements.isfinite()
      if finite.all().item() != 0 { return nil }
      let nan = Int(elements.isnan().sum().item() as Double)
      let infinite = Int(elements.isinf().sum().item() as Double)
      let counts = [nan > 0 ? "\(nan) nan" : nil, infinite > 0 ? "\(infinite) infinite" : nil].compactMap(\.self)
      let among = elements.count == 1 ? "1 element" : "\(elements.count) elements"
      var place = ""
      if elements.rank > 0 {
        let all: [Bool] = finite.array()
        var rest = all.firstIndex(of: false) ?? 0
        var index: [Int] = []
        for size in elements.shape.reversed() {
          index.insert(rest % size, at: 0)
          rest /= size
        }
        place = ", the first at \(index)"
      }
      return "\(counts.joined(separator: " and ")) among \(among) of shape \(elements.shape), \(elements.dtype)\(place)"
    } ?? nil
  }

  /// What `look` finds in the elements of `tensor`, while nothing watches; nil if they cannot be looked at.
  private static func unwatched<R>(_ tensor: Tensor, _ look: (Tensor) -> R) -> R? {
    guard !tensor.isPoisoned, tensor.dtype.isInexact, !tensor.dtype.isCustom, tensor.count > 0 else { return nil }
    let elements = tensor.untraced
    if elements.isMarked { return nil }
    return Context.with(gradientEnabled: false, untraced: true, anomalies: .off) { look(elements.detach()) }
  }
}
