import ApusCore

// Models as protocol buffers: the fields that `ModelProto.init(_:name:)` reads, in the order of their numbers. What is empty
// is not written.

extension ONNX.ModelProto {
  /// The model as bytes.
  public var encoded: [UInt8] { message.bytes }

  /// Writes the model to a file, which is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `file` when writing fails, of kind `value` for a model of 2 GiB and more, which no reader
  ///   of protocol buffers takes: its weights belong in files of their own.
  public func write(to path: String) throws {
    let message = self.message
    guard message.count < 1 << 31 else {
      throw TensorError(
        .value, path,
        "the model has \(message.count) bytes, and 2 GiB are the most that a file of this format can have; keep the weights "
          + "in a file beside it (externalData)")
    }
    try replaceFile(at: path) { file in try message.write(to: file) }
  }

  private var message: ProtobufWriter {
    var message = ProtobufWriter()
    encode(to: &message)
    return message
  }

  func encode(to message: inout ProtobufWriter) {
    message.add(1, int64: irVersion)
    message.add(2, text: producerName)
    message.add(3, text: producerVersion)
    message.add(4, text: domain)
    if modelVersion != 0 { message.add(5, int64: modelVersion) }
    message.add(6, text: docString)
    if let graph { message.add(7) { graph.encode(to: &$0) } }
    message.add(8, all: opsetImport) { $0.encode(to: &$1) }
    message.add(14, all: metadataProps) { $0.encode(to: &$1) }
    message.add(20, all: trainingInfo) { $0.encode(to: &$1) }
    message.add(25, all: functions) { $0.encode(to: &$1) }
  }
}

extension ONNX.OperatorSetID {
  func encode(to message: inout ProtobufWriter) {
    message.add(1, text: domain)
    message.add(2, int64: version)
  }
}

extension ONNX.TrainingInfoProto {
  func encode(to message: inout ProtobufWriter) {
    if let initialization { message.add(1) { initialization.encode(to: &$0) } }
    if let algorithm { message.add(2) { algorithm.encode(to: &$0) } }
    message.add(3, all: initializationBinding) { $0.encode(to: &$1) }
    message.add(4, all: updateBinding) { $0.encode(to: &$1) }
  }
}

extension ONNX.FunctionProto {
  func encode(to message: inout ProtobufWriter) {
    message.add(1, text: name)
    message.add(4, texts: input)
    message.add(5, texts: output)
    message.add(6, texts: attribute)
    message.add(7, all: node) { $0.encode(to: &$1) }
    message.add(8, text: docString)
    message.add(9, all: opsetImport) { $0.encode(to: &$1) }
    message.add(10, text: domain)
    message.add(11, all: attributeProto) { $0.encode(to: &$1) }
    message.add(12, all: valueInfo) { $0.encode(to: &$1) }
    message.add(13, text: overload)
    message.add(14, all: metadataProps) { $0.encode(to: &$1) }
  }
}

extension ONNX.StringEntry {
  func encode(to message: inout ProtobufWriter) {
    message.add(1, string: key)
    message.add(2, string: value)
  }
}

extension ProtobufWriter {
  /// Text, unless it is empty.
  mutating func add(_ field: Int, text: String) {
    if !text.isEmpty { add(field, string: text) }
  }

  /// Every one of `texts`, the empty ones too.
  mutating func add(_ field: Int, texts: [String]) {
    for text in texts { add(field, string: text) }
  }

  /// A message for every one of `items`.
  mutating func add<Item>(_ field: Int, all items: [Item], _ encode: (Item, inout ProtobufWriter) -> Void) {
    for item in items { add(field) { encode(item, &$0) } }
  }
}
