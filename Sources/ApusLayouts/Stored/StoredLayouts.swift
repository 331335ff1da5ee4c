import ApusCore

// The operations of this module in files.

extension StoredOperations {
  /// Operations on tensors that are made of dense ones, by their names in files.
  package static let layouts: StoredTable = ["fake_quantize": FakeQuantizeAffine.self]
}

extension FakeQuantizeAffine: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["low": low, "high": high, "factor": factor] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(low: try attributes["low"], high: try attributes["high"], factor: try attributes["factor"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(3)
    for i in 0..<3 { try operands.floating(i) }
    let shape = operands.shape(0)
    for i in 1..<3 {
      let own = operands.shape(i)
      try operands.demand(
        own.count <= shape.count && zip(own.reversed(), shape.reversed()).allSatisfy { $0 == 1 || $0 == $1 },
        "scale and zero point must broadcast to the shape of operand 0")
    }
    try operands.demand(low <= high, "low must not exceed high")
  }
}
