import ApusCore

/// What is in a program file, apart from the bytes of tensors: values with numbers, made once each. Inputs come first, then
/// constants, then the results of operations in their order.
struct ProgramContents: Sendable {
  /// A size of a dimension.
  typealias Dimension = SizeExpression

  /// Element type and shape of a value.
  struct ValueType: Sendable {
    var dtype: DType
    var shape: [Dimension]

    /// The type where the names have these sizes.
    func type(_ sizes: [String: Int]) throws(TensorError) -> TensorType {
      var closed: [Int] = []
      for dimension in shape { closed.append(try dimension.value(sizes)) }
      guard StoredOperands.isPossible(closed) else {
        throw TensorError(.format, "", "no tensor can have the shape \(closed.prefix(8))")
      }
      return TensorType(closed, dtype)
    }

    var description: String { "\(dtype)[\(shape.map(\.description).joined(separator: ", "))]" }
  }

  struct Port: Sendable {
    var name: String
    /// The number of the value.
    var value: Int
  }

  /// A tensor that is part of the program.
  struct Constant: Sendable {
    /// Where the elements come from.
    enum Source: Sendable {
      /// The file: where they begin behind the header, and their check.
      case bytes(offset: Int, check: Int)
      /// Computed for the sizes of a call.
      case made(ConstantRecipe)
    }
    /// The name in the state dictionary, or another one of its own.
    var name: String
    var source: Source
  }

  struct Operation: Sendable {
    /// In the format.
    var name: String
    /// The module whose call it is part of.
    var path: String
    var inputs: [Int]
    var attributes: Attribute
    /// The steps of a branch or loop, by their names.
    var graphs: [String: Graph] = [:]
    var resultCount: Int

    /// The operation for messages.
    var place: String { path.isEmpty ? "'\(name)'" : "'\(name)' of module '\(path)'" }
  }

  var name: String
  /// The open sizes, and what they were when the program was made.
  var sizes: [(name: String, example: Int)]
  /// All values by their numbers.
  var values: [ValueType]
  var inputs: [Port]
  var outputs: [Port]
  var constants: [Constant]
  var operations: [Operation]

  /// Whether an operation is a branch or a loop.
  var hasGraphs: Bool { operations.contains { !$0.graphs.isEmpty } }
}

// MARK: As data

extension ProgramContents {
  /// The most values of a program, those of its graphs among them.
  static let mostValues = 1 << 22

  var attribute: Attribute {
    func port(_ port: Port) -> Attribute {
      .record(["name": .string(port.name), "value": .int(port.value)])
    }
    func typed(_ value: Int) -> [String: Attribute] { Self.typed(value, values[value]) }
    return .record([
      "name": .string(name),
      "sizes": .list(sizes.map { .record(["name": .string($0.name), "example": .int($0.example)]) }),
      "inputs": .list(inputs.map { .record(typed($0.value).merging(["name": .string($0.name)]) { a, _ in a }) }),
      "outputs": .list(outputs.map(port)),
      "constants": .list(
        constants.enumerated().map { i, constant in
          var parts = typed(inputs.count + i)
          parts["name"] = .string(constant.name)
          switch constant.source {
          case .bytes(let offset, let check):
            parts["offset"] = .int(offset)
            parts["crc32"] = .int(check)
          case .made(let recipe): parts["made"] = recipe.attribute
          }
          return .record(parts)
        }),
      "operations": Self.attributes(operations, values, first: inputs.count + constants.count),
    ])
  }

  /// Reads and checks what a header says: numbers of values, names, counts.
  init(_ attribute: Attribute) throws(TensorError) {
    guard case .record(let header) = attribute else { throw attribute.isNot("an object") }
    let all = StoredAttributes(header)
    name = try all["name"]
    (sizes, values, inputs, outputs, constants, operations) = ([], [], [], [], [], [])
    var reader = ProgramReader()

    for item in try all["sizes", default: [Attribute]()] {
      let size = try item.members("a size")
      sizes.append((try size["name"], try size["example"]))
    }
    try Self.requireDistinct(sizes.map(\.name), "sizes")
    for item in try all["inputs"] as [Attribute] {
      let input = try item.members("an input")
      try reader.addValue(input, to: &values)
      inputs.append(Port(name: try input["name"], value: values.count - 1))
    }
    try Self.requireDistinct(inputs.map(\.name), "inputs")
    for item in try all["constants"] as [Attribute] {
      let constant = try item.members("a constant")
      try reader.addValue(constant, to: &values)
      let name: String = try constant["name"]
      if let recipe: ConstantRecipe = try constant["made", default: nil] {
        constants.append(Constant(name: name, source: .made(recipe)))
      } else {
        let source = Constant.Source.bytes(offset: try constant["offset"], check: try constant["crc32"])
        constants.append(Constant(name: name, source: source))
      }
    }
    try Self.requireDistinct(constants.map(\.name), "constants")
    operations = try reader.operations(try all["operations"], &values, depth: 0)
    for item in try all["outputs"] as [Attribute] {
      let output = try item.members("an output")
      let port = Port(name: try output["name"], value: try output["value"])
      guard values.indices.contains(port.value) else {
        throw TensorError(.format, "", "the output '\(port.name)' is value \(port.value), which nothing makes")
      }
      outputs.append(port)
    }
    try Self.requireDistinct(outputs.map(\.name), "outputs")
  }

  private static func requireDistinct(_ names: [String], _ what: String) throws(TensorError) {
    guard Set(names).count == names.count else {
      throw TensorError(.format, "", "two \(what) have one name")
    }
  }
}

// MARK: Constants that depend on sizes

/// How a tensor is made whose elements depend on open sizes: positions, masks, counts.
enum ConstantRecipe: AttributeValue {
  /// One number everywhere.
  case fill(Double)
  /// A size as a number, everywhere.
  case size(SizeExpression)
  /// `start + step * i` at position i in row-major order.
  case range(start: SizeExpression, step: Double)
  /// `floor(i * size / count)` at position i of `count`: where the elements of a dimension of `size` are read that is made longer or shorter.
  case places(size: SizeExpression)
  /// Of a matrix: one number where column minus row is at most `last`, another one elsewhere.
  case diagonal(last: SizeExpression, below: Double, above: Double)

  var attribute: Attribute {
    switch self {
    case .fill(let number): .record(["kind": .string("fill"), "number": number.attribute])
    case .size(let size): .record(["kind": .string("size"), "number": Attribute.open(size)])
    case .range(let start, let step):
      .record(["kind": .string("range"), "start": Attribute.open(start), "step": step.attribute])
    case .places(let size): .record(["kind": .string("places"), "number": Attribute.open(size)])
    case .diagonal(let last, let below, let above):
      .record([
        "kind": .string("diagonal"), "last": Attribute.open(last), "below": below.attribute, "above": above.attribute,
      ])
    }
  }

  init(_ attribute: Attribute) throws(TensorError) {
    let members = try attribute.members("how a constant is made")
    func expression(_ name: String) throws(TensorError) -> SizeExpression {
      let value: Attribute = try members[name]
      return try SizeExpression(value.opening?.expression ?? value)
    }
    let kind: String = try members["kind"]
    switch kind {
    case "fill": self = .fill(try members["number"])
    case "size": self = .size(try expression("number"))
    case "places": self = .places(size: try expression("number"))
    case "range": self = .range(start: try expression("start"), step: try members["step"])
    case "diagonal":
      self = .diagonal(last: try expression("last"), below: try members["below"], above: try members["above"])
    default:
      throw TensorError(.format, "", "'\(kind)' is no way to make a constant: fill, size, range, places or diagonal")
    }
  }

  /// The tensor for these sizes.
  func tensor(_ type: TensorType, _ sizes: [String: Int]) throws(TensorError) -> Tensor {
    try checkMemory(type, "program")
    guard !type.dtype.isCustom else { throw TensorError(.format, "", "no constant can be made of \(type.dtype)") }
    // Numbers are whole ones that float64 holds, or float64 themselves.
    func made(_ tensor: Tensor) -> Tensor { noGrad { tensor.to(type.dtype).reshape(type.shape) } }
    switch self {
    case .fill(let number): return Tensor.full(type.shape, number, dtype: type.dtype)
    case .size(let size): return Tensor.full(type.shape, Double(try size.value(sizes)), dtype: type.dtype)
    case .range(let start, let step):
      let first = Double(try start.value(sizes))
      try checkMemory(TensorType(type.shape, .float64), "program")
      return made(Tensor((0..<type.count).map { first + Double($0) * step }, dtype: .float64))
    case .places(let size):
      let (count, size) = (type.count, try size.value(sizes))
      guard (0...1 << 20).contains(size), count <= 1 << 20 else {
        throw TensorError(.format, "", "no dimension of \(size) elements is read at \(count) places")
      }
      return made(Tensor((0..<count).map { $0 * size / count }))
    case .diagonal(let last, let below, let above):
      guard type.shape.count == 2 else { throw TensorError(.format, "", "only a matrix has a diagonal") }
      let edge = try last.value(sizes)
      try checkMemory(TensorType(type.shape, .float64), "program")
      let columns = max(type.shape[1], 1)
      return made(
        Tensor((0..<type.count).map { $0 % columns - $0 / columns <= edge ? below : above }, dtype: .float64))
    }
  }
}
