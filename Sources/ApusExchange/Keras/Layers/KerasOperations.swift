import ApusCore
import ApusFormats
import ApusFunctional

/// Functions of `keras.ops` that stand as nodes in a functional model.
enum KerasOperations {
  typealias Function = @Sendable (KerasCall) throws(TensorError) -> KerasValue

  static func plan(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    guard let function = table[config.className] else {
      throw config.fail(
        .unsupported, "the operation \(config.module ?? "keras.ops").\(config.className) is not known here")
    }
    let isPointwise = KerasPointwise.unary[config.className] != nil || KerasPointwise.binary[config.className] != nil
    let output = isPointwise ? request.inputs.dropFirst().reduce(request.input) { $0.broadcast($1) } : .unknown
    return KerasPlan(config, outputs: [output], masking: .drops, compute: function)
  }

  static let table: [String: Function] = {
    var table: [String: Function] = [:]
    for (name, function) in KerasPointwise.unary {
      table.add(name) { call throws(TensorError) in KerasValue(function(try call.operand(0, "x"))) }
    }
    for (name, function) in KerasPointwise.binary {
      table.add(name) { call throws(TensorError) in
        let (a, b) = (try call.operand(0, "x1"), try call.operand(1, "x2"))
        return KerasValue(function(a, b))
      }
    }
    table.merge(KerasReductions.table) { first, _ in first }
    table.merge(KerasArrangements.table) { first, _ in first }
    table.merge(KerasFunctions.table) { first, _ in first }
    return table
  }()
}

extension KerasCall {
  /// An argument of a function as a tensor: also a plain number, in the type of its partner where it is one.
  func operand(_ position: Int, _ name: String) throws(TensorError) -> Tensor {
    guard let value = argument(name, position) else { throw fail("the argument '\(name)' is missing") }
    if let tensor = value.tensor { return tensor }
    let partner = (arguments + options.values).lazy.compactMap(\.tensor).first
    switch value {
    case .constant(let json):
      if let flag = json.bool { return Tensor(flag) }
      if let whole = json.int {
        return Tensor.full([], whole, dtype: partner.map { $0.dtype == .bool ? .int32 : $0.dtype } ?? .int32)
      }
      if let number = json.double {
        return Tensor.full([], number, dtype: partner.flatMap { $0.dtype.isFloatingPoint ? $0.dtype : nil } ?? .float32)
      }
    case .list:
      if let json = value.json, let tensor = KerasGraph.tensor(json, partner?.dtype ?? .float32) { return tensor }
    default: break
    }
    throw fail("the argument '\(name)' is no tensor")
  }

  /// A setting of the operation, or an argument of that name.
  func setting(_ name: String) -> JSON? {
    if let value = layer.config[name] { return value }
    guard let json = options[name]?.json, !json.isNull else { return nil }
    return json
  }

  /// Dimensions: one, several, or nil for all.
  func axes(_ name: String = "axis") throws(TensorError) -> [Int]? {
    guard let value = setting(name) else { return nil }
    if let axis = value.int { return [axis] }
    guard let axes = value.array?.map(\.int), !axes.contains(nil) else { throw fail("'\(name)' should be integers") }
    return axes.compactMap(\.self)
  }

  func integer(_ name: String, _ fallback: Int) throws(TensorError) -> Int {
    guard let value = setting(name) else { return fallback }
    guard let number = value.int else { throw fail("'\(name)' should be an integer") }
    return number
  }

  func number(_ name: String, _ fallback: Double) throws(TensorError) -> Double {
    guard let value = setting(name) else { return fallback }
    guard let number = value.double else { throw fail("'\(name)' should be a number") }
    return number
  }

  func isSet(_ name: String, _ fallback: Bool = false) -> Bool { setting(name)?.bool ?? fallback }
}

extension KerasValue {
  /// The plain value that it is, with lists of such.
  var json: JSON? {
    switch self {
    case .constant(let json): return json
    case .none: return .null
    case .list(let items):
      let values = items.map(\.json)
      return values.contains(nil) ? nil : .array(values.compactMap(\.self))
    case .tensor, .dictionary, .slice: return nil
    }
  }
}

extension [String: KerasOperations.Function] {
  /// Enters an operation; see the same of makers.
  mutating func add(_ name: String, _ function: @escaping KerasOperations.Function) { self[name] = function }
}
