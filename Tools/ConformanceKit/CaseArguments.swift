import Apus
import ApusCore

/// Builds what a case calls with: the same tensor name is the same tensor.
struct CaseArguments {
  let tensors: CaseTensors
  /// Whether inputs become variables that ask for gradients.
  let recordsGradients: Bool
  /// Names of tensors that the call changes: they become buffers.
  let buffers: Set<String>
  private(set) var made: [String: Tensor] = [:]
  /// The tensor at each path, as `args[1][0]`.
  private(set) var atPath: [String: Tensor] = [:]

  init(tensors: CaseTensors, recordsGradients: Bool, buffers: Set<String> = []) {
    self.tensors = tensors
    self.recordsGradients = recordsGradients
    self.buffers = buffers
  }

  /// The argument that `json` describes.
  mutating func value(_ json: JSON, path: String) throws -> OperationValue {
    guard let members = json.object else { throw JSON.SyntaxError(description: "\(path): not a VALUE") }
    if let name = members["tensor"]?.string {
      if let type = members["tensor_dtype"]?.string, DType(name: type) == nil { return .unsupported("\(type) tensors") }
      let tensor = try tensor(name, json)
      atPath[path] = tensor
      return .tensor(tensor)
    }
    if let v = members["int"] {
      if let i = v.int { return .int(i) }
      return .unsupported("integers beyond 64 bits")
    }
    if let v = members["float"]?.double { return .float(v) }
    if let v = members["bool"]?.bool { return .bool(v) }
    if let v = members["complex"]?.array, v.count == 2, let re = v[0].double, let im = v[1].double {
      return .complex(Complex(re, im))
    }
    if let v = members["str"]?.string { return .string(v) }
    if members["none"] != nil { return .none }
    if let v = members["dtype"]?.string {
      if let elements = tensors.elements, DType(name: v) == elements.of { return .dtype(elements.type) }
      return DType(name: v).map { .dtype($0) } ?? .unsupported("the type \(v)")
    }
    if let v = members["device"]?.string { return v == "cpu" ? .string(v) : .unsupported("the device \(v)") }
    if let v = members["layout"]?.string { return .string(v) }
    if let v = members["memory_format"]?.string { return .string(v) }
    if let items = members["list"]?.array {
      var list: [OperationValue] = []
      for (i, item) in items.enumerated() { list.append(try value(item, path: "\(path)[\(i)]")) }
      return .list(list)
    }
    if let v = members["slice"]?.array, v.count == 3 {
      let parts = v.map { $0.int ?? $0["int"]?.int }
      return .slice(parts[0], parts[1], parts[2])
    }
    if members["ellipsis"] != nil { return .ellipsis }
    if let fields = members["object"]?["fields"]?.object {
      var record: [String: OperationValue] = [:]
      for (key, field) in fields { record[key] = try value(field, path: "\(path).\(key)") }
      return .record(record)
    }
    if let module = members["module"], let made = try builtModule(module, self, tensors.isWidened ? .float64 : .float32)
    {
      let call = UncheckedCall(call: made.call)
      return .function { call.call($0).first ?? Tensor.zeros([0]) }
    }
    return .unsupported(members.keys.sorted().joined(separator: " "))
  }

  /// A module's call, which cases run in one task.
  private struct UncheckedCall: @unchecked Sendable {
    let call: ([Tensor]) -> [Tensor]
  }

  private mutating func tensor(_ name: String, _ json: JSON) throws -> Tensor {
    if let known = made[name] { return known }
    var tensor = try tensors(name)
    if let strides = json["strides"]?.array?.compactMap(\.int) {
      if let storage = json["storage"]?.string {
        tensor = try Tensor.strided(
          tensors.placed(try tensors(storage)), shape: tensor.shape, strides: strides, offset: json["offset"]?.int ?? 0)
      } else {
        tensor = try tensor.laidOut(strides: strides)
      }
    }
    tensor = tensors.placed(tensor)
    if buffers.contains(name) {
      tensor = buffer(tensor)
    } else if recordsGradients, json["requires_grad"]?.bool == true {
      tensor = Tensor(tensor, requiresGrad: true)
    }
    made[name] = tensor
    return tensor
  }
}
