import ApusCore
import ApusFormats

/// An operator of a graph when a model is loaded: its options, its tensors, and the errors that name it.
struct TFLiteNode {
  let index: Int
  let name: String
  let file: TFLiteFile
  let operation: TFLiteFile.Operator
  let graph: TFLiteFile.Graph

  /// `operator 12 (CONV_2D, version 1) of 'block/conv'`.
  var title: String {
    let output = operation.outputs.first.map { graph.tensors[$0].name } ?? ""
    return "operator \(index) (\(name), version \(operation.version)) of '\(output)'"
  }

  func input(_ i: Int) -> TFLiteTensor? {
    guard i < operation.inputs.count, operation.inputs[i] >= 0 else { return nil }
    return graph.tensors[operation.inputs[i]]
  }

  func output(_ i: Int) -> TFLiteTensor? { i < operation.outputs.count ? graph.tensors[operation.outputs[i]] : nil }

  // MARK: - Options

  func int(_ field: Int, default value: Int = 0) throws(TensorError) -> Int {
    Int(try operation.options?.integer(field, default: Int32(clamping: value)) ?? Int32(clamping: value))
  }

  func byte(_ field: Int) throws(TensorError) -> Int {
    Int(try operation.options?.integer(field, default: Int8(0)) ?? 0)
  }

  func flag(_ field: Int) throws(TensorError) -> Bool { try operation.options?.bool(field) ?? false }

  func float(_ field: Int, default value: Float = 0) throws(TensorError) -> Float {
    try operation.options?.float(field, default: value) ?? value
  }

  func ints(_ field: Int) throws(TensorError) -> [Int] {
    try operation.options?.integers(field, as: Int32.self).map(Int.init) ?? []
  }

  /// A number that is at least 1, such as a stride.
  func positive(_ field: Int, default value: Int = 0, _ what: String) throws(TensorError) -> Int {
    let number = try int(field, default: value)
    guard 1...Int(UInt16.max) ~= number else { throw TensorError(.value, "", "\(what) is \(number)") }
    return number
  }

  /// The function that is applied to the result.
  func activation(_ field: Int) throws(TensorError) -> @Sendable (Tensor) -> Tensor {
    switch try byte(field) {
    case 0: return { $0 }
    case 1: return { $0.relu() }
    case 2: return { $0.clamp(min: -1.0, max: 1.0) }
    case 3: return { $0.clamp(min: 0.0, max: 6.0) }
    case 4: return { $0.tanh() }
    case let other: throw TensorError(.unsupported, "", "the activation number \(other) is not known")
    }
  }
}

/// The inputs of an operator when it runs: those that are quantised as the numbers that they stand for.
struct TFLiteCall {
  let inputs: [Tensor?]

  func tensor(_ i: Int) throws(TensorError) -> Tensor {
    guard i < inputs.count, let tensor = inputs[i] else { throw TensorError(.value, "", "input \(i) is missing") }
    return tensor
  }

  func optional(_ i: Int) -> Tensor? { i < inputs.count ? inputs[i] : nil }

  /// A picture `[batch, height, width, channels]`.
  func picture(_ i: Int) throws(TensorError) -> Tensor {
    let x = try tensor(i)
    guard x.rank == 4 else {
      throw TensorError(.shape, "", "input \(i) is to be [batch, height, width, channels], and is \(x.shape)")
    }
    return x
  }

  /// Whole numbers such as axes or sizes.
  func ints(_ i: Int) throws(TensorError) -> [Int] {
    let x = try tensor(i)
    guard x.dtype.isInteger, x.count <= 1 << 16 else {
      throw TensorError(.dtype, "", "input \(i) is to be a list of whole numbers, and is \(x.dtype) \(x.shape)")
    }
    return x.reshape([-1]).to(.int64).array(as: Int.self)
  }

  /// Refuses tensors whose shapes, made equal, need too much memory; those that do not go together are the operation's to refuse.
  func requireSpread(_ tensors: [Tensor]) throws(TensorError) {
    if let shape = try? broadcastShapes(tensors.map(\.shape), "") {
      try ResultMemory.require(shape, tensors[tensors.count - 1].dtype)
    }
  }

  /// Dimensions of a tensor of `rank`, counted from 0.
  func axes(_ i: Int, rank: Int) throws(TensorError) -> [Int] {
    try ints(i).map { axis throws(TensorError) in try TFLiteCall.axis(axis, rank: rank) }
  }

  static func axis(_ axis: Int, rank: Int) throws(TensorError) -> Int {
    guard -rank..<rank ~= axis else {
      throw TensorError(.dimension, "", "there is no dimension \(axis) among \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }
}

/// How the operators of one kind compute; all stand in ``TFLiteOperator/table``.
struct TFLiteOperator: Sendable {
  typealias Kernel = @Sendable (TFLiteCall) throws -> [Tensor]

  /// The schema's number and name.
  let code: Int
  let name: String
  /// Reads the options when a model is loaded, and gives what runs at every call.
  let prepare: @Sendable (TFLiteNode) throws -> Kernel

  init(_ code: Int, _ name: String, _ prepare: @escaping @Sendable (TFLiteNode) throws -> Kernel) {
    self.code = code
    self.name = name
    self.prepare = prepare
  }

  /// A function of one tensor.
  static func unary(_ code: Int, _ name: String, _ compute: @escaping @Sendable (Tensor) -> Tensor) -> TFLiteOperator {
    TFLiteOperator(code, name) { _ in { call in [compute(try call.tensor(0))] } }
  }

  /// A function of two tensors, whose shapes are made equal as NumPy does; `activation` is the number of the option's field.
  static func binary(
    _ code: Int, _ name: String, activation field: Int? = nil, _ compute: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> TFLiteOperator {
    TFLiteOperator(code, name) { node in
      let activate: @Sendable (Tensor) -> Tensor = if let field { try node.activation(field) } else { { $0 } }
      return { call in
        let (a, b) = (try call.tensor(0), try call.tensor(1))
        try call.requireSpread([a, b])
        return [activate(compute(a, b))]
      }
    }
  }

  static let table: [Int: TFLiteOperator] = Dictionary(
    uniqueKeysWithValues: (windows + pointwise + shaping + reducing + joining).map { ($0.code, $0) })
}
