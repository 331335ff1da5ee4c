import ApusCore
import ApusFormats
import ApusNumerics

extension ONNXOperator {
  /// The largest elements, and different ones.
  static let sorting: [ONNXOperator] = [
    ONNXOperator("TopK", inputs: 1...2, outputs: 1...2) { node in
      let axis = try node.int("axis", default: -1)
      let isLargest = try node.flag("largest", default: true)
      let fixed = node.opset < 10 ? try node.int("k") : nil
      return { call in
        let x = try call.tensor(0)
        let d = try call.axis(axis, rank: x.rank)
        let k = try fixed ?? call.int(1)
        guard k >= 0, k <= x.shape[d] else {
          throw call.error(.value, "\(k) elements cannot be taken from dimension \(d) of \(x.shape)")
        }
        // Whole numbers of 64 bits without a sign are in the order of those with one that lie as far from the middle.
        let keys = x.dtype == .uint64 ? x.to(.int64) ^ Int.min : x
        let order: ValuesIndices = keys.sort(d, descending: isLargest, stable: true)
        let places = order.indices.narrow(d, 0, k)
        return [.tensor(x.dtype == .uint64 ? x.gather(d, places) : order.values.narrow(d, 0, k)), .tensor(places)]
      }
    },
    ONNXOperator("Unique", since: 11, inputs: 1...1, outputs: 1...4) { node in
      let axis = try node.optionalInt("axis")
      let isSorted = try node.flag("sorted", default: true)
      return { call in try unique(call, axis, isSorted) }
    },
  ]

  private static func unique(_ call: ONNXCall, _ axis: Int?, _ isSorted: Bool) throws -> [ONNXValue?] {
    if case .strings(let texts) = try call.value(0) {
      // Texts are told apart by their place among all of them in order.
      let known = Array(Set(texts.elements)).sorted()
      let ranks = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
      let codes = Tensor(texts.elements.map { ranks[$0] ?? 0 }, dtype: .int64).reshape(texts.shape)
      var results = try unique(codes, call, axis, isSorted)
      if case .tensor(let places)? = results[0] { results[0] = .strings(StringTensor(known).moved { _ in places }) }
      return results
    }
    return try unique(try call.tensor(0), call, axis, isSorted)
  }

  private static func unique(
    _ x: Tensor, _ call: ONNXCall, _ axis: Int?, _ isSorted: Bool
  ) throws -> [ONNXValue?] {
    let d = try axis.map { try call.axis($0, rank: x.rank) } ?? 0
    let source = axis == nil ? x.reshape([x.count]) : x
    let found: UniqueResult = source.unique(sorted: true, dim: d)
    let inverse = found.inverse.reshape([source.shape[d]])
    var first = [Int](repeating: -1, count: found.values.shape[d])
    for (i, place) in inverse.array(as: Int.self).enumerated() where first.indices.contains(place) && first[place] < 0 {
      first[place] = i
    }
    let places = Tensor(first, dtype: .int64)
    guard !isSorted else {
      return [.tensor(found.values), .tensor(places), .tensor(inverse), .tensor(found.counts)]
    }
    let order = places.argsort()
    let back = order.argsort()
    return [
      .tensor(found.values.indexSelect(d, order)), .tensor(places.indexSelect(0, order)),
      .tensor(back.indexSelect(0, inverse)), .tensor(found.counts.indexSelect(0, order)),
    ]
  }
}
