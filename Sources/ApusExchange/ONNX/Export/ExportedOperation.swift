import ApusCore
import ApusFormats
import ApusNN

/// One operation of a captured function, for the lowering that writes it as nodes.
struct ExportedOperation {
  let graph: ExportedGraph
  /// The primitive in each of the captured calls.
  let primitives: [any Primitive]
  /// The names of its inputs in the graph, their types in the first call and the sizes of their dimensions in all.
  let inputs: [String]
  let inputTypes: [TensorType]
  let inputSizes: [[Size]]
  let outputTypes: [TensorType]
  let outputSizes: [[Size]]
  /// Which results something reads.
  let isUsed: [Bool]
  /// How the inputs lie in memory.
  let inputStrides: [[Int]]
  /// The module whose operation it is.
  let module: (any Module)?
  /// The operations that read its first result.
  let users: [any Primitive]

  var opset: Int { graph.opset }
  var dtype: DType { inputTypes[0].dtype }
  var rank: Int { inputTypes[0].rank }

  /// What the primitive holds.
  var attributes: PrimitiveAttributes { PrimitiveAttributes(primitives) }

  /// Writes it as nodes; the names of its results.
  func lowered() throws -> [String] {
    for type in inputTypes + outputTypes where type.dtype.isComplex || type.dtype.isCustom {
      throw TensorError(.unsupported, "", "ONNX's operators take no elements of type \(type.dtype)")
    }
    // What has no elements needs no operators, some of which do not take such tensors.
    if outputTypes.allSatisfy({ $0.count == 0 }), outputSizes.allSatisfy({ $0.allSatisfy(\.isFixed) }) {
      return try outputTypes.map { try graph.constant(Tensor.zeros($0.shape, dtype: $0.dtype)) }
    }
    if let pointwise = primitives[0] as? Pointwise { return try FormulaLowering(self, pointwise.formula).lowered() }
    let kind = primitiveKind(primitives[0])
    guard let lowering = exportTable[kind] else {
      throw TensorError(.unsupported, "", "nothing writes \(kind.name) as nodes")
    }
    return try lowering(self)
  }

  /// The error that it cannot be written.
  func refusal(_ reason: String) -> TensorError { TensorError(.unsupported, "", reason) }

  // MARK: - Nodes

  /// Appends a node with one result.
  func add(_ type: String, _ inputs: [String], _ attributes: [(String, ONNX.AttributeProto.Value)] = []) -> String {
    graph.add(type, inputs, attributes)[0]
  }

  /// Appends a node with several results.
  func addMany(
    _ type: String, _ inputs: [String], _ attributes: [(String, ONNX.AttributeProto.Value)] = [], results: Int
  ) -> [String] {
    graph.add(type, inputs, attributes, results: results)
  }

  /// A whole number or several as a constant of rank 1.
  func ints(_ values: [Int]) throws -> String {
    try graph.constant(Tensor(values.map(Int64.init)).reshape([values.count]))
  }

  /// A number without dimensions.
  func scalar(_ value: Double, _ dtype: DType) throws -> String { try graph.constant(Tensor(value, dtype: dtype)) }

  func cast(_ value: String, _ dtype: DType) throws -> String {
    guard let type = ONNX.DataType(dtype) else { throw refusal("ONNX has no elements of type \(dtype)") }
    return add("Cast", [value], [("to", .int(Int64(type.rawValue)))])
  }

  func cast(_ value: String, from: DType, to dtype: DType) throws -> String {
    from == dtype ? value : try cast(value, dtype)
  }

  func transpose(_ value: String, _ order: [Int]) -> String {
    order == Array(order.indices) ? value : add("Transpose", [value], [("perm", .ints(order.map(Int64.init)))])
  }

  func reshape(_ value: String, _ sizes: [Size]) throws -> String {
    // One size that depends on an input's is what is left.
    var open = sizes.indices.filter { !sizes[$0].isFixed }
    let hasNone = sizes.contains { $0.values.contains(0) }
    if open.count == 1, !hasNone {
      open = []
      return add("Reshape", [value, try ints(sizes.map { $0.fixed ?? -1 })])
    }
    return add("Reshape", [value, try graph.shape(sizes)], hasNone ? [("allowzero", .int(1))] : [])
  }

  func reshape(_ value: String, _ sizes: [Int]) throws -> String { try reshape(value, fixed(sizes)) }

  func unsqueeze(_ value: String, _ axes: [Int]) throws -> String { add("Unsqueeze", [value, try ints(axes)]) }

  func squeeze(_ value: String, _ axes: [Int]) throws -> String { add("Squeeze", [value, try ints(axes)]) }

  func expand(_ value: String, _ sizes: [Size]) throws -> String { add("Expand", [value, try graph.shape(sizes)]) }

  /// The elements `start ..< end` of one dimension.
  func slice(_ value: String, _ axis: Int, _ start: Int, _ end: Int) throws -> String {
    add("Slice", [value, try ints([start]), try ints([end]), try ints([axis])])
  }

  func concat(_ values: [String], _ axis: Int) -> String { add("Concat", values, [("axis", .int(Int64(axis)))]) }

  /// A reduction: axes are attributes of the older forms.
  func reduce(_ type: String, _ value: String, _ axes: [Int], keepDims: Bool) throws -> String {
    if axes.isEmpty { return value }
    let keep: (String, ONNX.AttributeProto.Value) = ("keepdims", .int(keepDims ? 1 : 0))
    if type == "ReduceSum" || opset >= 18 { return add(type, [value, try ints(axes)], [keep]) }
    return add(type, [value], [("axes", .ints(axes.map(Int64.init))), keep])
  }

  /// The size as a tensor of `dtype` without dimensions.
  func number(_ size: Size, _ dtype: DType) throws -> String {
    if let fixed = size.fixed { return try scalar(Double(fixed), dtype) }
    return try cast(squeeze(try graph.dimension(size), [0]), dtype)
  }

  func fixed(_ values: [Int]) -> [Size] {
    values.map { Size([Int](repeating: $0, count: primitives.count)) }
  }

  /// The sizes as numbers, where none of them depends on an input's.
  func fixed(_ sizes: [Size], _ what: String) throws -> [Int] {
    try sizes.map {
      guard let size = $0.fixed else { throw refusal("\(what) depends on the size of an open dimension") }
      return size
    }
  }
}

/// What tells primitives apart: the module that defines them, and their type.
struct PrimitiveKind: Hashable {
  let module: String
  let name: String

  init(_ module: String, _ name: String) { (self.module, self.name) = (module, name) }
}

func primitiveKind(_ primitive: any Primitive) -> PrimitiveKind {
  let type = type(of: primitive)
  return PrimitiveKind(String(String(reflecting: type).prefix { $0 != "." }), String(describing: type))
}
