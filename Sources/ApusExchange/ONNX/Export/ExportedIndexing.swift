import ApusCore
import ApusFormats
import ApusNN

// Elements and rows by position.

let indexingExports: [String: ExportLowering] = [
  "TakeRows": { operation in
    let index = try operation.positions(1, flat: true)
    return [operation.add("Gather", [operation.inputs[0], index], [("axis", .int(1))])]
  },
  "AddRows": { operation in
    let zeros = try operation.zeros(operation.outputSizes[0])
    return [try operation.scattered(zeros, 1, rows: operation.inputs[0], at: 1, "add")]
  },
  "PutRows": { operation in
    let reduction = try operation.attributes.bool("accumulate") ? "add" : "none"
    return [try operation.scattered(operation.inputs[0], 1, rows: operation.inputs[2], at: 1, reduction)]
  },
  "LinearIndex": { operation in
    let a = operation.attributes
    let (sizes, wrap) = (try a.sizes("sizes"), try a.bool("wrap"))
    var total: String?
    for (i, size) in sizes.enumerated() {
      var index = try operation.positions(i)
      let length = try operation.number(size, .int64)
      if wrap {
        let isNegative = operation.add("Less", [index, try operation.scalar(0, .int64)])
        index = operation.add("Where", [isNegative, operation.add("Add", [index, length]), index])
      }
      total = total.map { operation.add("Add", [operation.add("Mul", [$0, length]), index]) } ?? index
    }
    guard let total else { throw operation.refusal("there are no positions") }
    return [total]
  },
  "Gather": { operation in
    let axis = Int64(try operation.attributes.int("dim"))
    if operation.rank == 0 { return [operation.inputs[0]] }
    let index = try operation.positions(1)
    return [operation.add("GatherElements", [operation.inputs[0], index], [("axis", .int(axis))])]
  },
  "ScatterValues": { [try scatter($0, "none")] },
  "ScatterSum": { [try scatter($0, "add")] },
  "ScatterCombine": { operation in
    let choice = try operation.attributes.choice("kind")
    guard choice == "prod" || operation.opset >= 18 else {
      throw operation.refusal(
        "extremes of scattered elements exist from opset 18, and this model has \(operation.opset)")
    }
    return [try scatter(operation, choice == "prod" ? "mul" : choice)]
  },
]

private func scatter(_ operation: ExportedOperation, _ reduction: String) throws -> String {
  let axis = Int64(try operation.attributes.int("dim"))
  let (x, index) = (operation.inputs[0], try operation.positions(1))
  let source = operation.inputs[2]
  var attributes: [(String, ONNX.AttributeProto.Value)] = [("axis", .int(axis))]
  if reduction != "none" { attributes.append(("reduction", .string(reduction))) }
  if operation.rank == 0 {
    let all = try [x, index, source].map { try operation.unsqueeze($0, [0]) }
    return try operation.squeeze(operation.add("ScatterElements", all, attributes), [0])
  }
  return operation.add("ScatterElements", [x, index, source], attributes)
}

extension ExportedOperation {
  /// Input `i` as positions that ONNX takes.
  func positions(_ i: Int, flat: Bool = false) throws -> String {
    let type = inputTypes[i]
    let index = try type.dtype == .int32 ? inputs[i] : cast(inputs[i], from: type.dtype, to: .int64)
    return flat && type.rank != 1 ? try reshape(index, [-1]) : index
  }

  /// `value` with rows along `axis` replaced or increased at the positions of input `index`.
  fileprivate func scattered(
    _ value: String, _ axis: Int, rows: String, at index: Int, _ reduction: String
  ) throws -> String {
    let positions = try reshape(try self.positions(index, flat: true), [1, -1, 1])
    let all = add("Expand", [positions, add("Shape", [rows])])
    var attributes: [(String, ONNX.AttributeProto.Value)] = [("axis", .int(Int64(axis)))]
    if reduction != "none" { attributes.append(("reduction", .string(reduction))) }
    return add("ScatterElements", [value, all, rows], attributes)
  }
}
