import Apus
import ApusCore

// The arguments of PyTorch's module classes, from which modules are built here.

/// A module ready to be called.
struct BuiltModule {
  let module: any Module
  /// How many tensors it may be called with.
  let inputCounts: ClosedRange<Int>
  let call: ([Tensor]) -> [Tensor]
  /// The names of the inputs in order, for modules that are called with more than tensors, and how they are called.
  let inputNames: [String]?
  let namedCall: (inout ModuleArguments) throws -> [Tensor]
  /// The call with packed sequences in place of the first input, for those that take them.
  var callPacked: ((PackedSequence, [Tensor]) -> (PackedSequence, [Tensor]))?

  init(_ module: any Module, inputCounts: ClosedRange<Int>, _ call: @escaping ([Tensor]) -> [Tensor]) {
    self.module = module
    self.inputCounts = inputCounts
    self.call = call
    (inputNames, namedCall) = (nil, { _ in [] })
  }
  init(_ layer: any Layer) {
    module = layer
    inputCounts = 1...1
    call = { [layer($0[0])] }
    (inputNames, namedCall) = (nil, { _ in [] })
  }
  init(_ layer: any BinaryLayer) {
    module = layer
    inputCounts = 2...2
    call = { [layer($0[0], $0[1])] }
    (inputNames, namedCall) = (nil, { _ in [] })
  }
  init(_ layer: any TernaryLayer) {
    module = layer
    inputCounts = 3...3
    call = { [layer($0[0], $0[1], $0[2])] }
    (inputNames, namedCall) = (nil, { _ in [] })
  }
  /// A module with inputs of the names `inputs`.
  init(_ module: any Module, inputs: String, call: @escaping (inout ModuleArguments) throws -> [Tensor]) {
    self.module = module
    (inputCounts, self.call) = (0...0, { _ in [] })
    inputNames = inputs.split(separator: " ").map(String.init)
    namedCall = call
  }
}

/// Names of the arguments in order, and how to build the module from them.
struct ModuleBuilder: Sendable {
  let parameters: [String]
  let make: @Sendable (inout ModuleArguments) throws -> BuiltModule

  init(parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> BuiltModule) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = make
  }
  init(_ parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> any Layer) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = { BuiltModule(try make(&$0)) }
  }
  init(any parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> BuiltModule) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = make
  }
  init(binary parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> any BinaryLayer) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = { BuiltModule(try make(&$0)) }
  }
  init(ternary parameters: String, _ make: @escaping @Sendable (inout ModuleArguments) throws -> any TernaryLayer) {
    self.parameters = parameters.split(separator: " ").map(String.init)
    self.make = { BuiltModule(try make(&$0)) }
  }
}

/// The arguments of a constructor; reading one takes it, so that what is left over is known.
struct ModuleArguments {
  let module: String
  var values: [String: OperationValue]
  var dtype: DType
  /// Modules and functions among the arguments, as they are described.
  private var descriptions: [String: JSON] = [:]
  private let tensors: CaseTensors

  /// The arguments of `module`, whose parameters have these names, from their descriptions.
  init(
    _ module: String, _ names: [String], _ positional: [JSON], _ keywords: [String: JSON], _ dtype: DType,
    from tensors: inout CaseArguments, _ paths: (positional: String, keywords: String) = ("ctor_args", "ctor_kwargs")
  ) throws {
    (self.module, self.dtype, values, self.tensors) = (module, dtype, [:], tensors.tensors)
    guard positional.count <= names.count else {
      throw TensorError(.unsupported, module, "an argument of no name")
    }
    let placed = positional.enumerated().map { (names[$0], "\(paths.positional)[\($0)]", $1) }
    let named = keywords.filter { $0.key != "device" }.map { ($0.key, "\(paths.keywords).\($0.key)", $0.value) }
    for (name, path, json) in placed + named {
      if json["module"] != nil || json["function"] != nil {
        descriptions[name] = json
      } else {
        values[name] = try tensors.value(json, path: path)
      }
    }
    if let given = take("dtype"), case .dtype(let type) = given {
      self.dtype = self.tensors.isWidened ? type.widest : type
    }
  }

  /// The module that an argument describes.
  mutating func module(_ name: String) throws -> (any Module)? {
    guard let json = descriptions[name]?["module"] else { return nil }
    descriptions[name] = nil
    guard let made = try builtModule(json, CaseArguments(tensors: tensors, recordsGradients: false), dtype) else {
      throw mismatch(name)
    }
    return made.module
  }

  /// The last part of the name of the function that an argument names.
  mutating func functionName(_ name: String) -> String? {
    guard let path = descriptions[name]?["function"]?.string else { return nil }
    descriptions[name] = nil
    return path.split(separator: ".").last.map(String.init)
  }

  /// An argument that nothing has read and that says something.
  var rest: String? {
    values.first { key, value in
      if case .none = value { return false }
      return key != "inplace"
    }?.key ?? descriptions.first?.key
  }

  mutating func take(_ name: String) -> OperationValue? {
    guard let value = values.removeValue(forKey: name) else { return nil }
    if case .none = value { return nil }
    return value
  }

  func mismatch(_ name: String) -> TensorError {
    TensorError(.unsupported, module, "the argument \(name) is of a kind that is not covered")
  }

  mutating func int(_ name: String, _ standard: Int? = nil) throws -> Int {
    switch take(name) {
    case .int(let v)?: return v
    case nil:
      guard let standard else { throw mismatch(name) }
      return standard
    default: throw mismatch(name)
    }
  }
  mutating func optionalInt(_ name: String) throws -> Int? {
    guard let value = take(name) else { return nil }
    guard case .int(let v) = value else { throw mismatch(name) }
    return v
  }
  mutating func double(_ name: String, _ standard: Double) throws -> Double { try optionalDouble(name) ?? standard }
  mutating func optionalDouble(_ name: String) throws -> Double? {
    switch take(name) {
    case .int(let v)?: return Double(v)
    case .float(let v)?: return v
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  /// A number that may be given as none, which differs from leaving it out.
  mutating func momentum(_ standard: Double) throws -> Double? {
    if case .none? = values["momentum"] {
      values["momentum"] = nil
      return nil
    }
    return try double("momentum", standard)
  }
  mutating func bool(_ name: String, _ standard: Bool) throws -> Bool {
    switch take(name) {
    case .bool(let v)?: return v
    case .int(let v)?: return v != 0
    case nil: return standard
    default: throw mismatch(name)
    }
  }
  mutating func string(_ name: String, _ standard: String) throws -> String {
    switch take(name) {
    case .string(let v)?: return v
    case nil: return standard
    default: throw mismatch(name)
    }
  }
  mutating func tensor(_ name: String) throws -> Tensor? {
    switch take(name) {
    case .tensor(let v)?: return v
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  mutating func optionalInts(_ name: String) throws -> [Int]? {
    switch take(name) {
    case .int(let v)?: return [v]
    case .list(let items)?:
      return try items.map {
        switch $0 {
        case .int(let v): return v
        case .none: return -1
        default: throw mismatch(name)
        }
      }
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  mutating func ints(_ name: String, _ standard: [Int]? = nil) throws -> [Int] {
    if let given = try optionalInts(name) { return given }
    guard let standard else { throw mismatch(name) }
    return standard
  }
  mutating func doubles(_ name: String) throws -> [Double]? {
    switch take(name) {
    case .int(let v)?: return [Double(v)]
    case .float(let v)?: return [v]
    case .list(let items)?:
      return try items.map {
        switch $0 {
        case .int(let v): return Double(v)
        case .float(let v): return v
        default: throw mismatch(name)
        }
      }
    case nil: return nil
    default: throw mismatch(name)
    }
  }
  /// A distance between tensors, or nil.
  mutating func function(_ name: String) throws -> (@Sendable ([Tensor]) -> Tensor)? {
    guard let json = descriptions.removeValue(forKey: name) else { return nil }
    var none = CaseArguments(tensors: tensors, recordsGradients: false)
    guard case .function(let found) = try none.value(json, path: name) else { throw mismatch(name) }
    return found
  }
  mutating func padding() throws -> ConvolutionPaddingMode {
    if case .string(let text)? = values["padding"] {
      values["padding"] = nil
      return text == "same" ? .keepSize : .none
    }
    return .each(try ints("padding", [0]))
  }
  mutating func paddingMode() throws -> PadMode {
    let text = try string("padding_mode", "zeros")
    return PadMode(rawValue: text) ?? .constant
  }
  mutating func reduction() throws -> LossReduction {
    let text = try string("reduction", "mean")
    guard let reduction = LossReduction(rawValue: text) else {
      throw TensorError(.value, module, "there is no reduction '\(text)'")
    }
    return reduction
  }
}
