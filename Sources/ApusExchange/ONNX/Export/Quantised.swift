import ApusCore
import ApusFormats
import ApusFunctional

// Operations on integers of 8 bits, as pairs of QuantizeLinear and DequantizeLinear around those on floating point numbers: what runtimes
// look for to compute with integers themselves.

let quantisedExports: [String: ExportLowering] = [
  "QuantizeElements": { operation in
    let code = try operation.attributes.constant("code", as: AffineCode.self)
    return [try operation.quantised(operation.inputs[0], code)]
  },
  "DequantizeElements": { operation in
    let code = try operation.attributes.constant("code", as: AffineCode.self)
    return [try operation.dequantised(operation.inputs[0], code)]
  },
  "QuantizedConvolution": { operation in
    let a = operation.attributes
    let x = try operation.dequantised(operation.inputs[0], a.constant("input", as: AffineCode.self))
    let weight = try operation.weight(operation.inputs[1], axis: 0)
    let settings = try ConvolutionLayout(operation)
    var made = operation.add("Conv", [x, weight, operation.inputs[3]], settings.attributes)
    if let former = try a.constant("former", as: AffineCode?.self) {
      made = operation.add("Add", [made, try operation.dequantised(operation.inputs[4], former)])
    }
    return [try operation.result(made)]
  },
  "QuantizedLinear": { operation in
    let x = try operation.dequantised(
      operation.inputs[0], operation.attributes.constant("input", as: AffineCode.self))
    let weight = try operation.weight(operation.transpose(operation.inputs[1], [1, 0]), axis: 1)
    let sums = operation.add("Add", [operation.add("MatMul", [x, weight]), operation.inputs[3]])
    return [try operation.result(operation.activated(sums))]
  },
  "DynamicLinear": { operation in
    let parts = operation.addMany("DynamicQuantizeLinear", [operation.inputs[0]], results: 3)
    let weight = operation.transpose(operation.inputs[1], [1, 0])
    let sums = operation.add("MatMulInteger", [parts[0], weight, parts[2]])
    let factors = operation.add("Mul", [operation.inputs[2], parts[1]])
    let scaled = operation.add("Mul", [try operation.cast(sums, .float32), factors])
    return [try operation.activated(operation.add("Add", [scaled, operation.inputs[3]]))]
  },
  "DynamicConvolution": { operation in
    let parts = operation.addMany("DynamicQuantizeLinear", [operation.inputs[0]], results: 3)
    let settings = try ConvolutionLayout(operation)
    let sums = operation.add("ConvInteger", [parts[0], operation.inputs[1], parts[2]], settings.attributes)
    let rank = try operation.attributes.inside("settings").ints("stride").count
    func column(_ x: String) throws -> String { try operation.unsqueeze(x, Array(1...rank)) }
    let factors = operation.add("Mul", [try column(operation.inputs[2]), parts[1]])
    let scaled = operation.add("Mul", [try operation.cast(sums, .float32), factors])
    return [operation.add("Add", [scaled, try column(operation.inputs[3])])]
  },
  "QuantizedRows": { operation in
    let rows = try operation.cast(operation.add("Gather", [operation.inputs[0], operation.inputs[2]]), .float32)
    let scales = operation.add("Gather", [operation.inputs[1], operation.inputs[2]])
    return [operation.add("Mul", [rows, try operation.unsqueeze(scales, [-1])])]
  },
  "QuantizedMaxPool": { operation in
    let window = try operation.attributes.inside("window")
    let (kernel, padding) = (try window.ints("kernel"), try window.ints("padding"))
    var attributes: [(String, ONNX.AttributeProto.Value)] = [
      ("kernel_shape", .ints(kernel.map(Int64.init))), ("strides", .ints(try window.ints("stride").map(Int64.init))),
      ("pads", .ints((padding + padding).map(Int64.init))),
      ("dilations", .ints(try window.ints("dilation").map(Int64.init))),
    ]
    if try window.bool("ceilMode") { attributes.append(("ceil_mode", .int(1))) }
    return [operation.add("MaxPool", [operation.inputs[0]], attributes)]
  },
  "QuantizedAveragePool": { operation in
    let (window, rule) = (try operation.attributes.inside("window"), try operation.attributes.inside("rule"))
    let (kernel, padding) = (try window.ints("kernel"), try window.ints("padding"))
    let divisor = try rule.int("divisor")
    var attributes: [(String, ONNX.AttributeProto.Value)] = [
      ("kernel_shape", .ints(kernel.map(Int64.init))), ("strides", .ints(try window.ints("stride").map(Int64.init))),
      ("pads", .ints((padding + padding).map(Int64.init))),
    ]
    if try window.bool("ceilMode") { attributes.append(("ceil_mode", .int(1))) }
    let countsPadding = try divisor != 0 || rule.bool("countIncludePad")
    if countsPadding { attributes.append(("count_include_pad", .int(1))) }
    let x = try operation.dequantised(operation.inputs[0], operation.attributes.constant("input", as: AffineCode.self))
    var made = operation.add("AveragePool", [x], attributes)
    let size = kernel.reduce(1, *)
    if divisor != 0, divisor != size {
      made = operation.add("Mul", [made, try operation.scalar(Double(size) / Double(divisor), .float32)])
    }
    return [try operation.result(made)]
  },
]

extension ExportedOperation {
  private func zeroPoint(_ code: AffineCode) throws -> String {
    try graph.constant(Tensor(code.zeroPoint).to(code.dtype))
  }

  fileprivate func quantised(_ value: String, _ code: AffineCode) throws -> String {
    add("QuantizeLinear", [value, try scalar(Double(code.scale), .float32), try zeroPoint(code)])
  }

  fileprivate func dequantised(_ value: String, _ code: AffineCode) throws -> String {
    add("DequantizeLinear", [value, try scalar(Double(code.scale), .float32), try zeroPoint(code)])
  }

  /// The weight, the second input or what is made of it, whose channels lie along `axis`.
  fileprivate func weight(_ value: String, axis: Int) throws -> String {
    let zeros = try graph.constant(Tensor.zeros([inputTypes[2].count], dtype: .int8))
    return add("DequantizeLinear", [value, inputs[2], zeros], [("axis", .int(Int64(axis)))])
  }

  /// A result in the integers that the operation gives, if it does.
  fileprivate func result(_ value: String) throws -> String {
    guard let code = try attributes.constant("output", as: AffineCode?.self) else { return value }
    return try quantised(value, code)
  }

  /// The operation's function of `x`.
  fileprivate func activated(_ x: String) throws -> String {
    func number(_ value: Double) throws -> String { try scalar(value, .float32) }
    switch try attributes.constant("epilogue", as: Epilogue.self) {
    case .none: return x
    case .relu: return add("Relu", [x])
    case .gelu:
      let part = add("Erf", [add("Mul", [x, try number(0.5.squareRoot())])])
      return add("Mul", [add("Mul", [x, try number(0.5)]), add("Add", [part, try number(1)])])
    case .geluTanh:
      let cube = add("Mul", [add("Mul", [x, x]), x])
      let inner = add("Add", [x, add("Mul", [cube, try number(0.044715)])])
      let part = add("Tanh", [add("Mul", [inner, try number((2 / Double.pi).squareRoot())])])
      return add("Mul", [add("Mul", [x, try number(0.5)]), add("Add", [part, try number(1)])])
    }
  }
}
