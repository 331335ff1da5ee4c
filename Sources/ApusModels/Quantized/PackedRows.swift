import ApusCore

/// Rows of a table that stays as it is stored, by number: an integer tensor to `[indices..., in]` in float32, of which only these rows
/// are widened.
struct PackedRows: Primitive {
  let table: QuantizedWeight
  var name: String { "QuantizedEmbedding" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard !inputs[0].dtype.isInexact, inputs[0].dtype != .bool else {
      throw TensorError(.dtype, "embedding", "rows are told by integers, and found \(inputs[0].dtype)")
    }
    return [TensorType(inputs[0].shape + [table.shape[1]], .float32)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let numbers = try inputs[0].dense(.int64)
    let count = inputs[0].count
    let wanted = UnsafeBufferPointer(start: numbers.data.assumingMemoryBound(to: Int64.self), count: count)
    defer { withExtendedLifetime((numbers, results)) {} }
    if let outside = wanted.first(where: { $0 < 0 || $0 >= Int64(table.shape[0]) }) {
      throw TensorError(
        .index, "embedding", "index \(outside) is out of range: the table has \(table.shape[0]) rows")
    }
    let (out, width) = (results[0].body.data.assumingMemoryBound(to: Float.self), table.shape[1])
    for (i, row) in wanted.enumerated() { table.widen(Int(row)..<Int(row) + 1, into: out + i * width) }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil] }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }
}
