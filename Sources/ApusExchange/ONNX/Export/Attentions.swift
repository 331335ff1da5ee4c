import ApusCore
import ApusFormats
import ApusNN

// Attention and tables of rows.

let attentionExports: [String: ExportLowering] = [
  "EmbeddingRows": { operation in
    let index = try operation.positions(1)
    return [operation.add("Gather", [operation.inputs[0], index], [("axis", .int(0))])]
  },
  "FusedAttention": attention,
]

/// `softmax(scale query keyᵀ + mask) value`, by products and a softmax.
private func attention(_ operation: ExportedOperation) throws -> [String] {
  let form = try operation.attributes.inside("form")
  let (scale, group) = (try form.double("scale"), try form.int("group"))
  let kept = try form.optionalDouble("keptFactor")
  let rank = operation.rank
  var parts = try (0..<3).map {
    try operation.cast(operation.inputs[$0], from: operation.inputTypes[$0].dtype, to: .float32)
  }
  if group > 1 {
    // Every head of keys serves several of queries.
    for i in 1...2 {
      var sizes = operation.inputSizes[i]
      let heads = rank - 3
      sizes.insert(operation.fixed([group])[0], at: heads + 1)
      let repeated = try operation.expand(operation.unsqueeze(parts[i], [heads + 1]), sizes)
      var whole = operation.inputSizes[i]
      whole[heads] = whole[heads] * operation.fixed([group])[0]
      parts[i] = try operation.reshape(repeated, whole)
    }
  }
  let turned = operation.transpose(parts[1], Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  var scores = operation.add(
    "MatMul", [operation.add("Mul", [parts[0], try operation.scalar(scale, .float32)]), turned])
  if let cap = try form.optionalDouble("softCap") {
    let most = try operation.scalar(cap, .float32)
    scores = operation.add("Mul", [operation.add("Tanh", [operation.add("Div", [scores, most])]), most])
  }
  let never = try operation.scalar(-Double.infinity, .float32)
  if operation.inputs.count > (kept == nil ? 3 : 4) {
    let mask = operation.inputs[3]
    scores =
      operation.inputTypes[3].dtype == .bool
      ? operation.add("Where", [mask, scores, never]) : operation.add("Add", [scores, mask])
  }
  if let seen = try seenKeys(operation, form) { scores = operation.add("Where", [seen, scores, never]) }
  var weights = operation.add("Softmax", [scores], [("axis", .int(-1))])
  weights = try operation.cleared(weights, scores: scores, .float32)
  if let kept {
    let coins = try operation.coins(like: weights, .float32, kept: 1 / kept)
    let mask = operation.add("Mul", [coins, try operation.scalar(kept, .float32)])
    weights = operation.add("Mul", [weights, mask])
  }
  return [operation.add("MatMul", [weights, parts[2]]), ""]
}

/// Which keys a query sees by its position; nil: all.
private func seenKeys(_ operation: ExportedOperation, _ form: PrimitiveAttributes) throws -> String? {
  let (before, after) = (try form.optionalInt("before"), try form.optionalInt("after"))
  if before == nil && after == nil { return nil }
  let rank = operation.rank
  let (rows, columns) = (operation.inputSizes[0][rank - 2], operation.inputSizes[1][rank - 2])
  let position = try form.size("position")
  let start = operation.add("Add", [try operation.graph.positions(rows), try operation.number(position, .int64)])
  let away = operation.add("Sub", [try operation.graph.positions(columns), try operation.unsqueeze(start, [1])])
  var seen: String?
  if let after {
    seen = operation.add("LessOrEqual", [away, try operation.graph.constant(Tensor(Int64(after)))])
  }
  if let before {
    let isNear = operation.add("GreaterOrEqual", [away, try operation.graph.constant(Tensor(Int64(-before)))])
    seen = seen.map { operation.add("And", [$0, isNear]) } ?? isNear
  }
  return seen
}
