import ApusCore
import ApusFormats

// Products of matrices and what is made of them.

let matrixExports: [String: ExportLowering] = [
  "LinearProduct": { operation in
    guard try operation.attributes.choice("epilogue") == "none" else {
      throw operation.refusal("it was joined with another operation already")
    }
    if operation.rank == 2, operation.dtype == .float32 || operation.dtype == .float64 {
      return [operation.add("Gemm", operation.inputs, [("transB", .int(1))])]
    }
    let (x, weight) = (try operation.wide(0), operation.transpose(try operation.wide(1), [1, 0]))
    var made = operation.add("MatMul", [x, weight])
    if operation.inputs.count == 3 { made = operation.add("Add", [made, try operation.wide(2)]) }
    return [try operation.narrow(made)]
  },
  "MatrixProduct": { operation in
    [try operation.narrow(operation.add("MatMul", [try operation.wide(0), try operation.wide(1)]))]
  },
  "Determinant": { operation in
    [operation.add("Det", [operation.inputs[0]])]
  },
]

extension ExportedOperation {
  /// The type that products are computed in: ONNX Runtime has them of few types.
  private var wideType: DType {
    dtype.isFloatingPoint ? dtype.computeType : .int64
  }

  /// An operand of a product in the type that it is computed in.
  func wide(_ i: Int) throws -> String { try cast(inputs[i], from: inputTypes[i].dtype, to: wideType) }

  /// A result in its own type.
  func narrow(_ value: String) throws -> String { try cast(value, from: wideType, to: outputTypes[0].dtype) }
}
