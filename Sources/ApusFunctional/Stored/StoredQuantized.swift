import ApusCore

// Operations on integers of 8 bits in program files.

extension StoredOperations {
  /// Operations of models of integers by their names in files.
  package static let quantized: StoredTable = [
    "quantize": QuantizeElements.self, "dequantize": DequantizeElements.self,
    "quantized_convolution": QuantizedConvolution.self, "quantized_linear": QuantizedLinear.self,
    "dynamic_linear": DynamicLinear.self, "dynamic_convolution": DynamicConvolution.self,
    "quantized_embedding": QuantizedRows.self,
    "quantized_max_pool": QuantizedMaxPool.self, "quantized_average_pool": QuantizedAveragePool.self,
  ]
}

extension AffineCode: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["scale": scale, "zero_point": zeroPoint, "dtype": dtype]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    let dtype: DType = try attributes["dtype"]
    self.init(scale: try attributes["scale"], zeroPoint: try attributes["zero_point"], dtype: dtype)
    guard dtype == .uint8 || dtype == .int8 else {
      throw TensorError(.format, "", "integers that stand for numbers are uint8 or int8, and not \(dtype)")
    }
    guard (0x1p-60...0x1p60).contains(scale), range.contains(zeroPoint) else {
      throw TensorError(
        .format, "", "no integers of type \(dtype) have the scale \(scale) and the zero point \(zeroPoint)")
    }
  }
}

extension Epilogue: AttributeValue {
  private var storedName: String {
    switch self {
    case .none: "none"
    case .relu: "relu"
    case .gelu: "gelu"
    case .geluTanh: "gelu_tanh"
    }
  }
  package var attribute: Attribute { .string(storedName) }
  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .string(let name) = attribute, let found = Self.allCases.first(where: { $0.storedName == name }) else {
      throw attribute.isNot("none, relu, gelu or gelu_tanh")
    }
    self = found
  }
}

// MARK: Elements

extension QuantizeElements: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["code": code] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(try attributes["code"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.count(1) }
}

extension DequantizeElements: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["code": code] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(try attributes["code"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.count(1) }
}

// MARK: Products

extension StoredOperands {
  /// Refuses a weight without elements, or of other than two dimensions.
  fileprivate func matrix(_ i: Int) throws(TensorError) {
    try rank(i, is: 2)
    try filled(i)
  }
}

extension QuantizedConvolution: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["settings": settings, "input": input, "output": output, "former": former]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      settings: try attributes["settings"], input: try attributes["input"], output: try attributes["output"],
      former: try attributes["former"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(former == nil ? 4 : 5)
    try settings.check(operands.shape(0), operands.shape(1), operands)
  }
}

extension QuantizedLinear: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["input": input, "output": output, "epilogue": epilogue]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      input: try attributes["input"], output: try attributes["output"], epilogue: try attributes["epilogue"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(4)
    try operands.matrix(1)
  }
}

extension DynamicLinear: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["epilogue": epilogue] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(epilogue: try attributes["epilogue"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(4)
    try operands.matrix(1)
  }
}

extension DynamicConvolution: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["settings": settings] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(settings: try attributes["settings"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(4)
    try settings.check(operands.shape(0), operands.shape(1), operands)
  }
}

extension QuantizedRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(3)
    try operands.matrix(0)
    try operands.integers(2)
  }
}

// MARK: Pooling

extension QuantizedMaxPool: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["window": window] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(try attributes["window"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try window.check(operands) }
}

extension QuantizedAveragePool: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["window": window, "rule": rule, "input": input, "output": output]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      try attributes["window"], try attributes["rule"], input: try attributes["input"],
      output: try attributes["output"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try window.check(operands) }
}
