import ApusCore

/// A TensorFlow Lite model as its file holds it (https://ai.google.dev/edge/litert, `schema.fbs`): tensors, operators and the
/// constants, which stay in the file's bytes.
package struct TFLiteFile {
  /// An operator of a graph. What its options mean depends on the code.
  package struct Operator {
    /// The number of the operator in the schema; 32 for one that is called by `custom`.
    package let code: Int
    package let custom: String
    package let version: Int
    /// Numbers of tensors; -1 for an input that is left out.
    package let inputs: [Int]
    package let outputs: [Int]
    package let options: FlatTable?
  }

  package struct Graph {
    package let name: String
    package let tensors: [TFLiteTensor]
    package let inputs: [Int]
    package let outputs: [Int]
    package let operators: [Operator]
  }

  package let path: String
  package let version: Int
  package let description: String
  package let graphs: [Graph]
  /// The names of further data, such as that of labels.
  package let metadata: [String]
  private let contents: FileContents
  /// Where the bytes of each buffer lie.
  private let buffers: [Range<Int>]

  /// Reads the file at `path`: the structure is checked, constants are not touched.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is damaged or something else.
  package init(path: String) throws(TensorError) {
    try self.init(try readFile(path, unwrapsZip: true), name: path)
  }

  package init(_ contents: FileContents, name: String) throws(TensorError) {
    path = name
    self.contents = contents
    let buffer = FlatBuffer(contents.bytes, name: name)
    guard buffer.hasIdentifier("TFL3") else {
      throw TensorError(.format, name, "this is no TensorFlow Lite model, which has the letters TFL3 at byte 4")
    }
    let model = try buffer.root()
    version = Int(try model.integer(0, default: UInt32(0)))
    guard version == 3 else {
      throw TensorError(.unsupported, name, "the model is of version \(version) of the format; version 3 is read")
    }
    description = try model.string(3) ?? ""
    var buffers: [Range<Int>] = []
    for table in try model.tables(4) { buffers.append(try Self.place(of: table, contents.bytes, name)) }
    self.buffers = buffers
    var codes: [(code: Int, custom: String, version: Int)] = []
    for table in try model.tables(1) {
      // Old files have only the field of one byte, new ones a wide field besides.
      let code = Swift.max(Int(try table.integer(0, default: Int8(0))), Int(try table.integer(3, default: Int32(0))))
      codes.append((code, try table.string(1) ?? "", Int(try table.integer(2, default: Int32(1)))))
    }
    var graphs: [Graph] = []
    for table in try model.tables(2) { graphs.append(try Self.graph(table, codes, bufferCount: buffers.count)) }
    guard !graphs.isEmpty else { throw TensorError(.format, name, "the model has no graph") }
    self.graphs = graphs
    var metadata: [String] = []
    for table in try model.tables(6) { metadata.append(try table.string(0) ?? "") }
    self.metadata = metadata
  }

  /// The bytes of a constant; empty for a tensor that is computed.
  package func bytes(of tensor: TFLiteTensor) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: contents.bytes[buffers[tensor.buffer]])
  }

  /// The bytes of a buffer in the flatbuffer, or (in files of more than 2 GiB) behind it.
  private static func place(
    of table: FlatTable, _ bytes: UnsafeRawBufferPointer, _ name: String
  ) throws(TensorError) -> Range<Int> {
    if let data = try table.bytes(0), let start = data.baseAddress, let base = bytes.baseAddress {
      return start - base..<start - base + data.count
    }
    let (offset, size) = (try table.integer(1, default: UInt64(0)), try table.integer(2, default: UInt64(0)))
    guard offset > 1 else { return 0..<0 }
    guard offset <= UInt64(bytes.count), size <= UInt64(bytes.count) - offset else {
      throw TensorError(
        .format, name,
        "a buffer of \(size) bytes at byte \(offset) lies outside of the file's \(bytes.count); it is cut short")
    }
    return Int(offset)..<Int(offset + size)
  }

  private static func graph(
    _ table: FlatTable, _ codes: [(code: Int, custom: String, version: Int)], bufferCount: Int
  ) throws(TensorError) -> Graph {
    var tensors: [TFLiteTensor] = []
    for item in try table.tables(0) { tensors.append(try TFLiteTensor(item, bufferCount: bufferCount)) }
    func numbers(_ table: FlatTable, _ field: Int, least: Int, _ what: String) throws(TensorError) -> [Int] {
      let list = try table.integers(field, as: Int32.self).map(Int.init)
      guard list.allSatisfy({ least..<tensors.count ~= $0 }) else {
        throw table.buffer.failure(table.position, "\(what) are the tensors \(list), and there are \(tensors.count)")
      }
      return list
    }
    var operators: [Operator] = []
    for item in try table.tables(3) {
      let index = Int(try item.integer(0, default: UInt32(0)))
      guard index < codes.count else {
        throw item.buffer.failure(item.position, "an operator has the code \(index), and there are \(codes.count)")
      }
      operators.append(
        Operator(
          code: codes[index].code, custom: codes[index].custom, version: codes[index].version,
          inputs: try numbers(item, 1, least: -1, "the inputs of an operator"),
          outputs: try numbers(item, 2, least: 0, "the outputs of an operator"), options: try item.table(4)))
    }
    return Graph(
      name: try table.string(4) ?? "", tensors: tensors, inputs: try numbers(table, 1, least: 0, "the graph's inputs"),
      outputs: try numbers(table, 2, least: 0, "the graph's outputs"), operators: operators)
  }
}
