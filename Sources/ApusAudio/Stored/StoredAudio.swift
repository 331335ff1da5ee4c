import ApusCore

// The operations of this module in files.

extension StoredOperations {
  /// Operations on sound by their names in files.
  package static let audio: StoredTable = ["recursive_filter": RecursiveFilter.self]
}

extension RecursiveFilter: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.rank(0, is: 3)
    try operands.rank(1, is: 2)
    try operands.oneType()
    try operands.demand([.float32, .float64].contains(operands[0].dtype), "needs float32 or float64")
    try operands.demand(
      operands.shape(0)[1] == operands.shape(1)[0] && operands.shape(0)[1] > 0, "needs factors for each filter")
  }
}
