import ApusCore
import ApusFormats

/// A shape as far as it is known before a model runs: sizes that a call decides are nil, and so is a shape of which nothing is known.
struct KerasShape: Sendable, Hashable, CustomStringConvertible {
  var sizes: [Int?]?

  /// Larger sizes are taken for unknown, so that sums and products of sizes do not overflow.
  private static let largest = 1 << 40

  static let unknown = KerasShape([Int?]?.none)

  init(_ sizes: [Int?]?) { self.sizes = sizes }

  /// `[null, 28, 28]`.
  init?(_ json: JSON?) {
    guard let items = json?.array else { return nil }
    var sizes: [Int?] = []
    for item in items {
      guard item.isNull || item.int.map({ (0...Self.largest).contains($0) }) ?? false else { return nil }
      sizes.append(item.int)
    }
    self.sizes = sizes
  }

  var rank: Int? { sizes?.count }

  var description: String {
    sizes.map { "[" + $0.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]" } ?? "[...]"
  }

  /// The size of a dimension; negative ones count from the end.
  subscript(_ dim: Int) -> Int? {
    get {
      guard let sizes else { return nil }
      let place = dim < 0 ? dim + sizes.count : dim
      return sizes.indices.contains(place) ? sizes[place] : nil
    }
    set {
      guard let count = sizes?.count else { return }
      let place = dim < 0 ? dim + count : dim
      if (0..<count).contains(place) { sizes?[place] = newValue.flatMap { (0...Self.largest).contains($0) ? $0 : nil } }
    }
  }

  func with(_ dim: Int, _ size: Int?) -> KerasShape {
    var copy = self
    copy[dim] = size
    return copy
  }

  /// The product of the sizes from `first` on, if all are known.
  func product(from first: Int) -> Int? {
    guard let sizes, sizes.count >= first else { return nil }
    var total = 1
    for size in sizes[first...] {
      guard let size else { return nil }
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Self.largest else { return nil }
      total = product
    }
    return total
  }

  /// The shape of `self` and `other` broadcast, as far as it is known.
  func broadcast(_ other: KerasShape) -> KerasShape {
    guard let a = sizes, let b = other.sizes else { return .unknown }
    let rank = max(a.count, b.count)
    return KerasShape(
      (0..<rank).map { i -> Int? in
        let x = i - rank + a.count >= 0 ? a[i - rank + a.count] : 1
        let y = i - rank + b.count >= 0 ? b[i - rank + b.count] : 1
        return x == 1 ? y : y == 1 || x == y ? x : x == nil ? y : y == nil ? x : nil
      })
  }

  /// Whether a shape that is wholly known agrees with this one.
  func admits(_ shape: [Int]) -> Bool {
    guard let sizes else { return true }
    return sizes.count == shape.count && zip(sizes, shape).allSatisfy { $0 == nil || $0 == $1 }
  }
}

/// What goes into and comes out of layers: tensors with the masks that Keras gives along, in lists and dictionaries, and plain values.
indirect enum KerasValue: Sendable {
  case tensor(Tensor, mask: Tensor?)
  case list([KerasValue])
  case dictionary([String: KerasValue])
  case constant(JSON)
  /// Python's `start:stop:step`.
  case slice(Int?, Int?, Int?)
  case none

  init(_ tensor: Tensor) { self = .tensor(tensor, mask: nil) }

  var tensor: Tensor? { if case .tensor(let tensor, _) = self { tensor } else { nil } }
  var mask: Tensor? { if case .tensor(_, let mask) = self { mask } else { nil } }
  var isNone: Bool {
    switch self {
    case .none: true
    case .constant(let json): json.isNull
    default: false
    }
  }

  /// The tensors in it, dictionaries by their sorted keys.
  var flat: [KerasValue] {
    switch self {
    case .tensor: [self]
    case .list(let items): items.flatMap(\.flat)
    case .dictionary(let items): items.sorted { $0.key < $1.key }.flatMap(\.value.flat)
    case .constant, .slice, .none: []
    }
  }

  /// The same with every tensor changed.
  func map(_ change: (Tensor, Tensor?) -> KerasValue) -> KerasValue {
    switch self {
    case .tensor(let tensor, let mask): change(tensor, mask)
    case .list(let items): .list(items.map { $0.map(change) })
    case .dictionary(let items): .dictionary(items.mapValues { $0.map(change) })
    case .constant, .slice, .none: self
    }
  }
}
