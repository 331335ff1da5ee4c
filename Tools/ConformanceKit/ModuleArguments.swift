import Apus
import ApusCore

// The arguments of PyTorch's module classes, from which modules are built here.

/// A module ready to be called.
struct BuiltModule {
  let module: any Module
  /// Nil: it may be called with more or fewer.
  let inputCount: Int?
  let call: ([Tensor]) -> [Tensor]

  init(_ module: any Module, inputs inputCount: Int?, _ call: @escaping ([Tensor]) -> [Tensor]) {
    self.module = module
    self.inputCount = inputCount
    self.call = call
  }
  init(_ layer: any Layer) {
    module = layer
    inputCount = 1
    call = { [layer($0[0])] }
  }
  init(_ layer: any BinaryLayer) {
    module = layer
    inputCount = 2
    call = { [layer($0[0], $0[1])] }
  }
  init(_ layer: any TernaryLayer) {
    module = layer
    inputCount = 3
    call = { [layer($0[0], $0[1], $0[2])] }
  }
}

/// Names of the arguments in order, and how to build the module from them.
struct ModuleBuilder: Sendable {
  let parameters: [String]
  let make: @Sendable (inout ModuleArguments) throws -> BuiltModule

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

  /// An argument that nothing has read and that says something.
  var rest: String? {
    values.first { key, value in
      if case .none = value { return false }
      return key != "inplace"
    }?.key
  }

  mutating func take(_ name: String) -> OperationValue? {
    guard let value = values.removeValue(forKey: name) else { return nil }
    if case .none = value { return nil }
    return value
  }

  private func mismatch(_ name: String) -> TensorError {
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
    switch take(name) {
    case .function(let v)?: return v
    case nil: return nil
    default: throw mismatch(name)
    }
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
