import ApusCore
import ApusFormats
import ApusNN

// Softmax and normalisations.

let normalisationExports: [String: ExportLowering] = [
  "SoftmaxRows": { operation in
    let choice = try operation.attributes.choice("kind")
    let isScalar = operation.rank == 0
    let x = isScalar ? try operation.unsqueeze(operation.wide(0), [0]) : try operation.wide(0)
    var made = operation.add(choice == "logarithm" ? "LogSoftmax" : "Softmax", [x], [("axis", .int(-1))])
    if choice == "safe" { made = try operation.cleared(made, scores: x, operation.dtype.computeType) }
    return [try operation.narrow(isScalar ? operation.squeeze(made, [0]) : made)]
  },
  "LayerNormRows": layerNorm,
  "RMSNormRows": { operation in
    let a = operation.attributes
    let compute = operation.dtype.accumulateType
    let rows = try Rows(operation, a.size("count"))
    let x = try rows.seen(operation.cast(operation.inputs[0], from: operation.dtype, to: compute))
    let mean = try operation.reduce("ReduceMean", operation.add("Mul", [x, x]), [1], keepDims: true)
    let sum = operation.add("Add", [mean, try operation.scalar(a.double("eps"), compute)])
    let factor = operation.add("Reciprocal", [operation.add("Sqrt", [sum])])
    var made = operation.add("Mul", [x, factor])
    if try a.bool("hasWeight") {
      made = operation.add(
        "Mul", [made, try operation.cast(operation.inputs[1], from: operation.inputTypes[1].dtype, to: compute)])
    }
    return [
      try rows.back(operation.cast(made, from: compute, to: operation.dtype)), try operation.squeeze(factor, [1]),
    ]
  },
  "BatchNormTraining": { operation in
    let a = operation.attributes
    let compute = operation.dtype.accumulateType
    let x = try operation.cast(operation.inputs[0], from: operation.dtype, to: compute)
    let dims = [0] + Array(2..<max(operation.rank, 2))
    let mean = try operation.reduce("ReduceMean", x, dims, keepDims: true)
    let away = operation.add("Sub", [x, mean])
    let variance = try operation.reduce("ReduceMean", operation.add("Mul", [away, away]), dims, keepDims: true)
    let sum = operation.add("Add", [variance, try operation.scalar(a.double("eps"), compute)])
    let factor = operation.add("Reciprocal", [operation.add("Sqrt", [sum])])
    var made = operation.add("Mul", [away, factor])
    var next = 1
    for (name, type) in [("hasWeight", "Mul"), ("hasBias", "Add")] where try a.bool(name) {
      let line = try operation.cast(operation.inputs[next], from: operation.inputTypes[next].dtype, to: compute)
      let column = try operation.reshape(line, [1, -1] + [Int](repeating: 1, count: operation.rank - 2))
      made = operation.add(type, [made, column])
      next += 1
    }
    let statistics = try [mean, factor].enumerated().map { i, value in
      operation.isUsed[i + 1] ? try operation.squeeze(value, dims) : value
    }
    return [try operation.cast(made, from: compute, to: operation.dtype)] + statistics
  },
]

private func layerNorm(_ operation: ExportedOperation) throws -> [String] {
  let a = operation.attributes
  let (eps, hasWeight, hasBias) = (try a.double("eps"), try a.bool("hasWeight"), try a.bool("hasBias"))
  let count = try a.size("count")
  let rows = Rows(operation, count)
  let compute = operation.dtype.accumulateType
  let x = try operation.cast(operation.inputs[0], from: operation.dtype, to: compute)
  let parameters = try operation.inputs.dropFirst().enumerated().map { i, name in
    try operation.cast(name, from: operation.inputTypes[i + 1].dtype, to: compute)
  }
  if let size = count.fixed, !operation.isUsed[1], !operation.isUsed[2], size > 0 {
    // One operator: over the last dimension where it is a row, else over rows of a matrix.
    let isLast = operation.inputSizes[0].last?.fixed == size
    let ones = try hasWeight ? parameters[0] : operation.expand(operation.scalar(1, compute), operation.fixed([size]))
    let made = operation.add(
      "LayerNormalization", [isLast ? x : try rows.seen(x), ones] + (hasBias ? [parameters[hasWeight ? 1 : 0]] : []),
      [("axis", .int(-1)), ("epsilon", .float(Float(eps)))])
    return [try operation.cast(isLast ? made : rows.back(made), from: compute, to: operation.dtype), "", ""]
  }
  let seen = try rows.seen(x)
  let mean = try operation.reduce("ReduceMean", seen, [1], keepDims: true)
  let away = operation.add("Sub", [seen, mean])
  let variance = try operation.reduce("ReduceMean", operation.add("Mul", [away, away]), [1], keepDims: true)
  let sum = operation.add("Add", [variance, try operation.scalar(eps, compute)])
  let factor = operation.add("Reciprocal", [operation.add("Sqrt", [sum])])
  var made = operation.add("Mul", [away, factor])
  if hasWeight { made = operation.add("Mul", [made, parameters[0]]) }
  if hasBias { made = operation.add("Add", [made, parameters[hasWeight ? 1 : 0]]) }
  return [
    try operation.cast(rows.back(made), from: compute, to: operation.dtype), try operation.squeeze(mean, [1]),
    try operation.squeeze(factor, [1]),
  ]
}

/// A tensor as rows of a number of elements.
private struct Rows {
  private let operation: ExportedOperation
  private let count: Size

  init(_ operation: ExportedOperation, _ count: Size) { (self.operation, self.count) = (operation, count) }

  func seen(_ value: String) throws -> String {
    if let fixed = count.fixed, fixed > 0 { return try operation.reshape(value, [-1, fixed]) }
    let all = operation.inputSizes[0]
    let rows = Size(
      count.values.indices.map { k in
        count.values[k] == 0 ? 0 : all.reduce(1) { $0 * $1.values[k] } / count.values[k]
      })
    return try operation.reshape(value, [rows, count])
  }

  func back(_ value: String) throws -> String { try operation.reshape(value, operation.outputSizes[0]) }
}

extension ExportedOperation {
  /// Softmax with zeros where all scores of a row are -infinity.
  func cleared(_ weights: String, scores: String, _ dtype: DType) throws -> String {
    let top = try reduce("ReduceMax", scores, [-1], keepDims: true)
    let isHidden = add("Equal", [top, try scalar(-Double.infinity, dtype)])
    return add("Where", [isHidden, try scalar(0, dtype), weights])
  }
}
