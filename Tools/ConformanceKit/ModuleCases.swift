import Apus
import ApusCore

/// Runs a case of the area `modules`: builds the module `item.op` (`nn.Linear`) from `ctor_args` and `ctor_kwargs`, loads
/// `state`, calls it, and compares outputs, gradients and the changed state.
func runModuleCase(_ item: Case) throws -> Outcome {
  let isError = item.json["error"] != nil
  do {
    let outcome = try withErrors { try ModuleCase(item).run() }
    guard isError else { return outcome }
    if case .skipped = outcome { return outcome }
    if item.json["error_type"]?.string == "TypeError" {
      return item.unsupported("an error of Python's argument parsing")
    }
    return .failed("no error, where PyTorch says: \(item.json["error"]?.string ?? "")")
  } catch let error as TensorError where error.kind == .unsupported {
    // Where Python's own types are wrong, the reader of arguments refuses what Swift's compiler would.
    return isError && item.json["error_type"]?.string == "TypeError" ? .passed : item.unsupported(error.description)
  } catch {
    return isError ? .passed : .failed("\(error)")
  }
}

/// The module of a case with the recorded state, and the tensors that it is called with.
struct CalledModule {
  let module: any Module
  /// In the order in which `call` takes them.
  let inputs: [Tensor]
  /// Calls the module with tensors in the places of its inputs.
  let call: ([Tensor]) throws -> [Tensor]
}

extension Case {
  /// Builds the module that the case describes and loads the recorded state.
  ///
  /// - Parameter arguments: makes the inputs, and knows them by their paths afterwards.
  /// - Throws: `TensorError` of kind `unsupported` for what nothing here can build or call.
  func calledModule(_ arguments: inout CaseArguments) throws -> CalledModule {
    let (made, type) = try builtModule()
    if json["lazy"]?.bool == true { try callOnce(made) }
    if let elements = tensors.elements { made.module.to(elements.type) }
    try made.module.loadStateDict(recordedState(), strict: true)
    if let device = tensors.device { made.module.to(device) }
    made.module.train(json["mode"]?.string != "eval")
    return try called(made, type, &arguments)
  }

  private func builtModule() throws -> (BuiltModule, DType) {
    let type = DType(name: json["dtype"]?.string ?? "float32") ?? .float32
    let caseType = tensors.isWidened ? type.widest : type
    if op == "nn.Sequential" {
      guard let made = try builtSequence(self, caseType) else {
        throw TensorError(.unsupported, op, "a module of an unknown class")
      }
      return (made, caseType)
    }
    guard let builder = moduleBuilders[op] else { throw TensorError(.unsupported, op, "not registered") }
    var constants = CaseArguments(tensors: tensors, recordsGradients: false)
    var settings = try ModuleArguments(
      op, builder.parameters, json["ctor_args"]?.array ?? [], json["ctor_kwargs"]?.object ?? [:],
      caseType.isInexact ? caseType : .float32, from: &constants)
    let made = try builder.make(&settings)
    if let unknown = settings.rest { throw TensorError(.unsupported, op, "the argument \(unknown)") }
    return (made, settings.dtype)
  }

  /// The recorded state by name.
  func recordedState() throws -> StateDict {
    let entries = try (json["state"]?.array ?? []).compactMap { entry -> (name: String, tensor: Tensor)? in
      guard let key = entry["key"]?.string, let name = entry["tensor"]?.string else { return nil }
      return (key, try tensors(name))
    }
    return StateDict(entries)
  }

  private func called(_ made: BuiltModule, _ type: DType, _ arguments: inout CaseArguments) throws -> CalledModule {
    if let names = made.inputNames {
      let named = try ModuleArguments(
        op, names, json["args"]?.array ?? [], json["kwargs"]?.object ?? [:], type, from: &arguments, ("args", "kwargs"))
      let keys = named.values.keys.sorted()
      return CalledModule(module: made.module, inputs: keys.flatMap { named.values[$0]?.tensorLeaves ?? [] }) {
        tensors in
        var (rest, given) = (tensors[...], named)
        for key in keys { given.values[key] = named.values[key]?.replacingTensors { _ in rest.removeFirst() } }
        let outputs = try made.namedCall(&given)
        if let unknown = given.rest { throw TensorError(.unsupported, op, "the argument \(unknown)") }
        return outputs
      }
    }
    var inputs: [Tensor] = []
    var ordered = (json["args"]?.array ?? []).enumerated().map { ("args[\($0)]", $1) }
    for (key, json) in json["kwargs"]?.object ?? [:] { ordered.append(("kwargs.\(key)", json)) }
    if ordered.count > 1, json["kwargs"]?.object?.isEmpty == false {
      throw TensorError(.unsupported, op, "several arguments by keyword")
    }
    var packed: PackedSequence?
    for (path, json) in ordered {
      if let recorded = RecordedPacking(json) {
        packed = try recorded.sequence(path, &arguments)
        continue
      }
      guard try append(arguments.value(json, path: path), to: &inputs) else {
        throw TensorError(.unsupported, op, "an argument that is no tensor")
      }
    }
    if let packed {
      guard let call = made.callPacked else { throw TensorError(.unsupported, op, "a packed sequence") }
      return CalledModule(module: made.module, inputs: [packed.data] + inputs) { tensors in
        let (sequence, states) = call(packed.replacing(tensors[0]), Array(tensors.dropFirst()))
        return try packedLeaves(sequence) + states
      }
    }
    guard made.inputCounts.contains(inputs.count) else {
      throw TensorError(.unsupported, op, "\(inputs.count) arguments")
    }
    return CalledModule(module: made.module, inputs: inputs, call: made.call)
  }

  /// Appends the tensors in `value`; false where it holds something else.
  private func append(_ value: OperationValue, to inputs: inout [Tensor]) throws -> Bool {
    switch value {
    case .tensor(let tensor):
      inputs.append(tensor)
      return true
    case .list(let items):
      for item in items { guard try append(item, to: &inputs) else { return false } }
      return true
    case .none: return true
    default: return false
    }
  }

  /// The parts of a packed result that were recorded as tensors.
  private func packedLeaves(_ sequence: PackedSequence) throws -> [Tensor] {
    var plain = CaseArguments(tensors: tensors, recordsGradients: false)
    guard let first = json["outputs"]?.array?.first, let recorded = RecordedPacking(first) else {
      return [sequence.data]
    }
    return try recorded.tensors("outputs[0]", &plain).compactMap { sequence.part($0.part) }
  }

  /// A call that makes the parameters of a lazy module.
  private func callOnce(_ made: BuiltModule) throws {
    // Where the module is at first.
    let here = CaseTensors(file: tensors.file, device: nil, isWidened: tensors.isWidened)
    var arguments = CaseArguments(tensors: here, recordsGradients: false)
    let inputs = try (json["args"]?.array ?? []).enumerated().compactMap { i, json in
      if case .tensor(let tensor) = try arguments.value(json, path: "args[\(i)]") { tensor } else { nil }
    }
    _ = noGrad { made.call(inputs) }
  }
}

private struct ModuleCase {
  let item: Case

  init(_ item: Case) { self.item = item }

  func run() throws -> Outcome {
    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: true)
    let called = try item.calledModule(&arguments)
    let outputs = try called.call(called.inputs)
    return item.json["error"] != nil ? .passed : try judge(outputs, called.module, arguments)
  }

  private func judge(_ outputs: [Tensor], _ module: any Module, _ arguments: CaseArguments) throws -> Outcome {
    var plain = CaseArguments(tensors: item.tensors, recordsGradients: false)
    var expected: [OperationValue] = []
    for (i, json) in (item.json["outputs"]?.array ?? []).filter({ $0["none"] == nil }).enumerated() {
      let path = "outputs[\(i)]"
      if let recorded = RecordedPacking(json) {
        expected += try recorded.tensors(path, &plain).map { .tensor($0.tensor) }
      } else if case .list(let items) = try plain.value(json, path: path) {
        expected += items
      } else {
        expected.append(try plain.value(json, path: path))
      }
    }
    let disagrees = item.json["f64_disagrees"]?.bool == true
    var tolerance = item.tolerance("rtol", "atol").scaled(disagrees ? 100 : 1)
    if item.json["compare"]?.string == "shape" { tolerance = .anything }
    guard outputs.count == expected.count else {
      return .failed("\(outputs.count) results, expected \(expected.count)")
    }
    for (i, pair) in zip(outputs, expected).enumerated() {
      if let wrong = difference(.tensor(pair.0), pair.1, tolerance) { return .failed("result \(i): \(wrong)") }
    }
    for entry in item.json["state_after"]?.array ?? [] {
      guard let key = entry["key"]?.string, let name = entry["tensor"]?.string else { continue }
      guard let found = module.stateDict().first(where: { $0.name == key }) else {
        return .failed("the state has no \(key)")
      }
      if let wrong = difference(found.tensor.detach(), try item.tensors(name), tolerance) {
        return .failed("\(key) after the call: \(wrong)")
      }
    }
    let grads = item.json["grads"]?.array ?? []
    if grads.isEmpty || item.hasTies { return .passed }
    let (roots, cotangents) = try item.roots(outputs)
    let parameters = module.namedParameters()
    var wanted: [(path: String, tensor: Tensor, expected: Tensor?)] = []
    for entry in grads {
      guard let path = entry["arg"]?.string else { continue }
      let expected = try entry["tensor"]?.string.map { try item.tensors($0) }
      if path.hasPrefix("state.") {
        guard let found = parameters.first(where: { $0.name == String(path.dropFirst(6)) }) else {
          return .failed("no parameter \(path)")
        }
        wanted.append((path, found.tensor, expected))
      } else if let tensor = arguments.atPath[path] {
        wanted.append((path, tensor, expected))
      }
    }
    if roots.isEmpty { return .passed }
    if !roots.contains(where: \.requiresGrad) {
      return wanted.allSatisfy { $0.expected == nil } ? .passed : .failed("the result lost the gradient")
    }
    let gradTolerance = item.tolerance("grad_rtol", "grad_atol")
    let found = gradients(of: roots, wrt: wanted.map(\.tensor), cotangents: cotangents, allowUnused: true)
    for (entry, gradient) in zip(wanted, found) {
      let made = gradient ?? Tensor.zeros(entry.tensor.shape, dtype: entry.tensor.dtype)
      let expected = entry.expected ?? Tensor.zeros(entry.tensor.shape, dtype: entry.tensor.dtype)
      if let wrong = difference(made.detach(), expected, gradTolerance) {
        return .failed("gradient of \(entry.path): \(wrong)")
      }
    }
    return .passed
  }
}
