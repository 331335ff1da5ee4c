import ApusCore
import ApusFormats
import ApusNN

// Random numbers: ONNX draws others than we do, of the same distribution.

let randomExports: [String: ExportLowering] = [
  "Draw": { operation in
    guard case let draw as Draw = operation.primitives[0] else { throw operation.refusal("it draws nothing") }
    let (type, sizes) = (operation.outputTypes[0], operation.outputSizes[0])
    // What attention drops is drawn there.
    if type.dtype == .uint16 { return [try operation.scalar(0, .uint16)] }
    guard let code = ONNX.DataType(type.dtype), type.dtype.isFloatingPoint else {
      throw operation.refusal("random numbers of type \(type.dtype)")
    }
    let base = try operation.zeros(sizes)
    switch draw.name {
    case "rand", "rand_like":
      return [operation.add("RandomUniformLike", [base], [("dtype", .int(Int64(code.rawValue)))])]
    case "randn", "randn_like":
      return [operation.add("RandomNormalLike", [base], [("dtype", .int(Int64(code.rawValue)))])]
    case "dropout":
      guard let kept = keptShare(operation) else {
        throw operation.refusal("the probability of what is dropped is not known")
      }
      return [try operation.coins(like: base, type.dtype, kept: kept)]
    default: throw operation.refusal("ONNX has no operator for random numbers of \(draw.name)")
    }
  }
]

let slopeExports: [String: ExportLowering] = [
  "RandomSlopes": { operation in
    let a = operation.attributes
    let drawn = operation.add(
      "RandomUniformLike", [operation.inputs[0]],
      [("low", .float(Float(try a.double("lower")))), ("high", .float(Float(try a.double("upper"))))])
    let isLow = operation.add("LessOrEqual", [operation.inputs[0], try operation.scalar(0, operation.dtype)])
    return [operation.add("Where", [isLow, drawn, try operation.scalar(1, operation.dtype)])]
  }
]

extension ExportedOperation {
  /// Ones where a coin keeps an element, zeros elsewhere: the mask of dropout.
  func coins(like value: String, _ dtype: DType, kept: Double) throws -> String {
    let ratio = try scalar(1 - kept, .float32)
    let isTraining = try graph.constant(Tensor(true))
    return try cast(addMany("Dropout", [value, ratio, isTraining], results: 2)[1], dtype)
  }
}

/// The probability that dropout keeps an element: what the mask is divided by, or what the module says.
private func keptShare(_ operation: ExportedOperation) -> Double? {
  for user in operation.users {
    if let form = user.pointwiseForm, form.formula.name == "Div", form.scalars.count == 1 {
      return form.scalars[0].double
    }
  }
  guard let module = operation.module else { return nil }
  let p = Mirror(reflecting: module).children.first { $0.label == "p" }?.value as? Double
  return p.map { 1 - $0 }
}
