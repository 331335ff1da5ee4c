import ApusCore

/// The constants of one or several programs in the order of their structure of weights: what has the same bytes is there once.
struct CWeightTable {
  private(set) var constants: [CProgram.Constant] = []
  private var places: [Key: [Int]] = [:]

  private struct Key: Hashable {
    var cType: String
    var count: Int
    var hash: Int
  }

  /// The name of the member that has the elements of `tensor`, which lie one behind the other.
  mutating func name(of tensor: Tensor, cType: String) -> String {
    let hash = tensor.withUnsafeBytes { bytes in
      var hasher = Hasher()
      hasher.combine(bytes: bytes)
      return hasher.finalize()
    }
    let key = Key(cType: cType, count: tensor.count, hash: hash)
    for place in places[key, default: []] where Self.isSame(constants[place].tensor, tensor) {
      return constants[place].name
    }
    let name = "w\(constants.count)"
    places[key, default: []].append(constants.count)
    constants.append(CProgram.Constant(name: name, cType: cType, tensor: tensor))
    return name
  }

  private static func isSame(_ a: Tensor, _ b: Tensor) -> Bool {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.count == b.count && a.elementsEqual(b) } }
  }
}
