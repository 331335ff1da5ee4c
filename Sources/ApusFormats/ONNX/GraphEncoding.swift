import ApusCore

// Graphs as protocol buffers.

extension ONNX.GraphProto {
  func encode(to message: inout ProtobufWriter) {
    message.add(1, all: node) { $0.encode(to: &$1) }
    message.add(2, text: name)
    message.add(5, all: initializer) { $0.encode(to: &$1) }
    message.add(10, text: docString)
    message.add(11, all: input) { $0.encode(to: &$1) }
    message.add(12, all: output) { $0.encode(to: &$1) }
    message.add(13, all: valueInfo) { $0.encode(to: &$1) }
    message.add(14, all: quantizationAnnotation) { annotation, message in
      message.add(1, text: annotation.tensorName)
      message.add(2, all: annotation.quantParameterTensorNames) { $0.encode(to: &$1) }
    }
    message.add(15, all: sparseInitializer) { $0.encode(to: &$1) }
    message.add(16, all: metadataProps) { $0.encode(to: &$1) }
  }
}

extension ONNX.NodeProto {
  func encode(to message: inout ProtobufWriter) {
    message.add(1, texts: input)
    message.add(2, texts: output)
    message.add(3, text: name)
    message.add(4, text: opType)
    message.add(5, all: attribute) { $0.encode(to: &$1) }
    message.add(6, text: docString)
    message.add(7, text: domain)
    message.add(8, text: overload)
    message.add(9, all: metadataProps) { $0.encode(to: &$1) }
  }
}

extension ONNX.AttributeProto {
  func encode(to message: inout ProtobufWriter) {
    message.add(1, text: name)
    switch value {
    case .float(let value): message.add(2, float: value)
    case .int(let value): message.add(3, int64: value)
    case .string(let value): message.add(4, string: value)
    case .tensor(let value): message.add(5) { value.encode(to: &$0) }
    case .graph(let value): message.add(6) { value.encode(to: &$0) }
    case .floats(let values): for value in values { message.add(7, float: value) }
    case .ints(let values): for value in values { message.add(8, int64: value) }
    case .strings(let values): message.add(9, texts: values)
    case .tensors(let values): message.add(10, all: values) { $0.encode(to: &$1) }
    case .graphs(let values): message.add(11, all: values) { $0.encode(to: &$1) }
    case .type(let value): message.add(14) { value.encode(to: &$0) }
    case .types(let values): message.add(15, all: values) { $0.encode(to: &$1) }
    case .sparseTensor(let value): message.add(22) { value.encode(to: &$0) }
    case .sparseTensors(let values): message.add(23, all: values) { $0.encode(to: &$1) }
    case .reference(let name, _): message.add(21, string: name)
    }
    message.add(13, text: docString)
    message.add(20, int64: Int64(value.kind.rawValue))
  }
}

extension ONNX.TensorProto {
  /// The tensor as bytes, as in the files `input_0.pb` of test data.
  public var encoded: [UInt8] {
    var message = ProtobufWriter()
    encode(to: &message)
    return message.bytes
  }

  func encode(to message: inout ProtobufWriter) {
    for dim in dims { message.add(1, int64: dim) }
    message.add(2, int64: Int64(dataType))
    message.add(4, floats: floatData)
    message.add(5, packed: int32Data)
    message.add(6, texts: stringData)
    message.add(7, packed: int64Data)
    message.add(8, text: name)
    if let rawData { message.add(9, slice: rawData) }
    message.add(10, doubles: doubleData)
    message.add(11, packed: uint64Data)
    message.add(12, text: docString)
    message.add(13, all: externalData) { $0.encode(to: &$1) }
    if isExternal { message.add(14, int64: 1) }
    message.add(16, all: metadataProps) { $0.encode(to: &$1) }
  }
}

extension ONNX.SparseTensorProto {
  func encode(to message: inout ProtobufWriter) {
    message.add(1) { values.encode(to: &$0) }
    message.add(2) { indices.encode(to: &$0) }
    for dim in dims { message.add(3, int64: dim) }
  }
}

extension ONNX.ValueInfoProto {
  func encode(to message: inout ProtobufWriter) {
    message.add(1, text: name)
    if let type { message.add(2) { type.encode(to: &$0) } }
    message.add(3, text: docString)
    message.add(4, all: metadataProps) { $0.encode(to: &$1) }
  }
}

extension ONNX.TypeProto {
  func encode(to message: inout ProtobufWriter) {
    switch value {
    case .tensor(let type, let shape): message.add(1) { encode(type, shape, to: &$0) }
    case .sparseTensor(let type, let shape): message.add(8) { encode(type, shape, to: &$0) }
    case .sequence(let element): message.add(4) { inner in if let element { inner.add(1) { element.encode(to: &$0) } } }
    case .optional(let element): message.add(9) { inner in if let element { inner.add(1) { element.encode(to: &$0) } } }
    case .map(let key, let value):
      message.add(5) { inner in
        inner.add(1, int64: Int64(key))
        if let value { inner.add(2) { value.encode(to: &$0) } }
      }
    case .opaque(let domain, let name):
      message.add(7) { inner in
        inner.add(1, text: domain)
        inner.add(2, text: name)
      }
    case .unknown: break
    }
    message.add(6, text: denotation)
  }

  private func encode(_ type: Int32, _ shape: [ONNX.Dimension]?, to message: inout ProtobufWriter) {
    message.add(1, int64: Int64(type))
    guard let shape else { return }
    message.add(2) { inner in
      inner.add(1, all: shape) { dimension, message in
        switch dimension.size {
        case .known(let size): message.add(1, int64: size)
        case .named(let name): message.add(2, string: name)
        case .unknown: break
        }
        message.add(3, text: dimension.denotation)
      }
    }
  }
}
