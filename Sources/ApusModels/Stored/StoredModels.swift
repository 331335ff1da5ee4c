import ApusCore

// The operations of this module in files.

extension StoredOperations {
  /// Operations of published models by their names in files.
  package static let models: StoredTable = ["rotary_turn": RotaryTurn.self]
}

extension RotaryTurn: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(3)
    for i in 0..<3 { try operands.floating(i) }
    try operands.filled(0)
  }
}
