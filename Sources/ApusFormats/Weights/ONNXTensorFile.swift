import ApusCore

extension TensorFileFormat {
  static let onnx = TensorFileFormat(
    name: "ONNX", extensions: ["onnx"],
    recognizes: { sample in
      // Protocol buffers have no mark of their own: a model begins with the version of its format.
      guard sample.bytes.count > 2, sample.bytes[0] == 8, 1...64 ~= sample.bytes[1] else { return false }
      return sample.path.hasSuffix(".onnx") || (try? ONNX.ModelProto(path: sample.path))?.graph != nil
    },
    open: { path in try ONNXTensorFile(ONNX.ModelProto(path: path), path: path) },
    write: { request in
      let initializers = try request.tensors.map { tensor in
        guard let type = ONNX.DataType(tensor.dtype) else {
          throw TensorError(
            .dtype, request.path, "tensor '\(tensor.name)': ONNX has no elements of type \(tensor.dtype)")
        }
        let bytes = try tensor.load().withUnsafeBytes { Array($0) }
        return ONNX.TensorProto(
          name: tensor.name, dims: tensor.shape.map(Int64.init), dataType: type.rawValue, rawData: ByteSlice(bytes))
      }
      let outputs = request.tensors.map { tensor in
        let shape = tensor.shape.map { ONNX.Dimension(.known(Int64($0))) }
        let type = ONNX.DataType(tensor.dtype)?.rawValue ?? 0
        return ONNX.ValueInfoProto(tensor.name, type: ONNX.TypeProto(.tensor(elementType: type, shape: shape)))
      }
      let metadata = request.metadata.sorted { $0.key < $1.key }.map { ONNX.StringEntry(key: $0.key, value: $0.value) }
      let graph = ONNX.GraphProto(name: "weights", initializer: initializers, output: outputs)
      try ONNX.ModelProto(
        irVersion: 10, opsetImport: [ONNX.OperatorSetID(version: 21)], producerName: "apus", graph: graph,
        metadataProps: metadata
      ).write(to: request.path)
    })
}

private struct ONNXTensorFile: TensorFile {
  let model: ONNX.ModelProto
  let entries: [TensorFileEntry]
  private let path: String
  private let index: [String: Int]

  init(_ model: ONNX.ModelProto, path: String) throws {
    self.model = model
    self.path = path
    var entries: [TensorFileEntry] = []
    var index: [String: Int] = [:]
    for (number, tensor) in (model.graph?.initializer ?? []).enumerated() {
      let (type, shape) = try inFile(path) { () throws(TensorError) in (try tensor.elementType(), try tensor.shape()) }
      guard index.updateValue(number, forKey: tensor.name) == nil else {
        throw TensorError(.format, path, "two initializers are called '\(tensor.name)'")
      }
      let bits = elementCount(shape).clampedMultiplying(type.bits ?? 0)
      entries.append(
        TensorFileEntry(
          name: tensor.name, typeName: type.name, dtype: type.carrier, shape: shape, byteCount: bits / 8))
    }
    (self.entries, self.index) = (entries, index)
  }

  var metadata: [String: String] {
    Dictionary(model.metadataProps.map { ($0.key, $0.value) }) { _, last in last }
  }

  var sections: [TensorFileSection] {
    var facts = ["format version \(model.irVersion)"]
    for set in model.opsetImport {
      facts.append("operators of \(set.domain.isEmpty ? "ONNX" : set.domain), version \(set.version)")
    }
    let producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    if !producer.isEmpty { facts.append("written by \(producer)") }
    let names = Set(index.keys)
    // Before version 4 of the format initializers stood among the inputs, too.
    let inputs = (model.graph?.input ?? []).filter { !names.contains($0.name) }
    return [
      TensorFileSection("model", facts),
      TensorFileSection("inputs", inputs.map(text)),
      TensorFileSection("outputs", (model.graph?.output ?? []).map(text)),
      TensorFileSection("operators", operators),
      TensorFileSection("functions", model.functions.map { "\($0.domain)::\($0.name), \($0.node.count) nodes" }),
    ].filter { !$0.lines.isEmpty } + metadataSection(metadata)
  }

  /// How often each operator occurs, also inside of subgraphs and functions, the most frequent first.
  private var operators: [String] {
    var counts: [String: Int] = [:]
    var waiting = (model.graph?.node ?? []) + model.functions.flatMap(\.node)
    while let node = waiting.popLast() {
      counts[node.domain.isEmpty ? node.opType : "\(node.domain)::\(node.opType)", default: 0] += 1
      for attribute in node.attribute {
        switch attribute.value {
        case .graph(let graph): waiting += graph.node
        case .graphs(let graphs): waiting += graphs.flatMap(\.node)
        default: break
        }
      }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) x \($0.key)" }
  }

  private func text(_ value: ONNX.ValueInfoProto) -> String {
    guard case .tensor(let number, let shape) = value.type?.value else { return value.name }
    let type = ONNX.DataType(rawValue: number)?.name ?? "type \(number)"
    let sizes = shape.map { shape in
      shape.map { dimension in
        switch dimension.size {
        case .known(let size): "\(size)"
        case .named(let name): name
        case .unknown: "?"
        }
      }.joined(separator: ", ")
    }
    return "\(value.name) \(type) \(sizes.map { "[\($0)]" } ?? "of any shape")"
  }

  func tensor(named name: String) throws -> Tensor {
    guard let number = index[name], let tensor = model.graph?.initializer[number] else {
      throw TensorError(.index, path, "no initializer is called '\(name)'; there are \(index.count)")
    }
    return try inFile(path) { () throws(TensorError) in try tensor.tensor(folder: splitPath(path).folder) }
  }
}

/// Puts the file's name into errors that have none.
private func inFile<Result>(_ path: String, _ body: () throws(TensorError) -> Result) throws(TensorError) -> Result {
  do throws(TensorError) {
    return try body()
  } catch {
    throw error.operation.isEmpty ? TensorError(error.kind, path, error.message) : error
  }
}
