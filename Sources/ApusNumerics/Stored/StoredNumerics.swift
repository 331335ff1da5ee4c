import ApusCore

// The operations of this module in files.

extension StoredOperations {
  /// Sorting, searching and Fourier transforms by their names in files.
  package static let numerics: StoredTable = [
    "pick": Pick.self, "median": Median.self, "search_sorted": SearchSorted.self, "fft": FourierTransform.self,
    "fft_real": RealFourierTransform.self, "fft_to_real": InverseRealFourierTransform.self,
    "overlap_add": OverlapAdd.self,
  ]
}

extension Pick.Kind: AttributeValue {
  package var attribute: Attribute {
    switch self {
    case .max: .string("max")
    case .min: .string("min")
    case .mode: .string("mode")
    case .cumulativeMax: .string("cumulative_max")
    case .cumulativeMin: .string("cumulative_min")
    case .sort(let descending): .record(["sort": .record(["descending": .bool(descending)])])
    case .top(let k, let largest): .record(["top": .record(["k": .int(k), "largest": .bool(largest)])])
    case .smallest(let k): .record(["smallest": .record(["k": .int(k)])])
    case .median(let ignoresNaN): .record(["median": .record(["ignores_nan": .bool(ignoresNaN)])])
    }
  }

  package init(_ attribute: Attribute) throws(TensorError) {
    if case .string(let name) = attribute {
      switch name {
      case "max": self = .max
      case "min": self = .min
      case "mode": self = .mode
      case "cumulative_max": self = .cumulativeMax
      case "cumulative_min": self = .cumulativeMin
      default: throw attribute.isNot("what to pick")
      }
      return
    }
    guard case .record(let kinds) = attribute, kinds.count == 1, let (name, value) = kinds.first,
      case .record(let members) = value
    else { throw attribute.isNot("what to pick") }
    let parts = StoredAttributes(members)
    switch name {
    case "sort": self = .sort(descending: try parts["descending"])
    case "top": self = .top(try parts["k"], largest: try parts["largest"])
    case "smallest": self = .smallest(try parts["k"])
    case "median": self = .median(ignoresNaN: try parts["ignores_nan"])
    default: throw attribute.isNot("what to pick")
    }
  }
}

extension Pick: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["kind": kind, "dim": dim, "operation": operation]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(kind: try attributes["kind"], dim: try attributes["dim"], operation: try attributes["operation"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.axis(dim)
    try operands.real(0)
  }
}

extension Median: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["ignores_nan": ignoresNaN, "is_of_rows": isOfRows]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(ignoresNaN: try attributes["ignores_nan"], isOfRows: try attributes["is_of_rows"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.real(0)
    if isOfRows { try operands.rank(0, is: 2) }
  }
}

extension SearchSorted: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["right": right] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(right: try attributes["right"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    let (sequence, values) = (operands.shape(0), operands.shape(1))
    try operands.demand(
      sequence.count == 1 || sequence.count == values.count && sequence.dropLast() == values.dropLast(),
      "needs one sequence, or one for each row of values")
    try operands.demand(!sequence.isEmpty, "needs a sequence")
    for i in 0..<2 { try operands.real(i) }
  }
}

extension StoredOperands {
  /// Refuses a dimension, counted from the end, that operand 0 does not have or that has no elements.
  fileprivate func checkSignals(_ dims: [Int]) throws(TensorError) {
    try count(1)
    for dim in dims {
      try demand(
        (-rank(0)..<0).contains(dim) && shape(0)[rank(0) + dim] > 0, "there are no signals along dimension \(dim)")
    }
    try demand(Set(dims).count == dims.count, "a dimension occurs twice in \(dims)")
  }
}

extension FourierTransform: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["dims": dims, "is_inverse": isInverse, "scale": scale]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      dims: try attributes["dims"], isInverse: try attributes["is_inverse"], scale: try attributes["scale"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.demand(!dims.isEmpty, "needs a dimension")
    try operands.checkSignals(dims)
  }
}

extension RealFourierTransform: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim, "scale": scale] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(dim: try attributes["dim"], scale: try attributes["scale"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkSignals([dim])
    try operands.real(0)
  }
}

extension InverseRealFourierTransform: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim, "length": length, "scale": scale] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(dim: try attributes["dim"], length: try attributes["length"], scale: try attributes["scale"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkSignals([dim])
    try operands.demand(operands[0].dtype.isComplex, "needs complex elements")
    try operands.number(length, in: 1...StoredOperands.mostElements, "length")
    try operands.demand(
      operands.shape(0)[operands.rank(0) + dim] == length / 2 + 1, "a spectrum of \(length) numbers has half of them")
  }
}

extension OverlapAdd: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["hop": hop] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(hop: try attributes["hop"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.demand(operands.rank(0) >= 2, "needs frames")
    try operands.filled(0)
    try operands.number(hop, in: 1...StoredOperands.largestNumber, "hop")
  }
}
