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

private struct ModuleCase {
  let item: Case

  init(_ item: Case) { self.item = item }

  func run() throws -> Outcome {
    if item.op == "nn.Sequential" {
      let type = DType(name: item.json["dtype"]?.string ?? "float32") ?? .float32
      guard let made = try builtSequence(item, type) else { return item.unsupported("a module of an unknown class") }
      return try run(made, type)
    }
    guard let builder = moduleBuilders[item.op] else { return item.unsupported("not registered") }
    var constants = CaseArguments(tensors: item.tensors, recordsGradients: false)
    let caseType = DType(name: item.json["dtype"]?.string ?? "float32") ?? .float32
    var settings = try ModuleArguments(
      item.op, builder.parameters, item.json["ctor_args"]?.array ?? [], item.json["ctor_kwargs"]?.object ?? [:],
      caseType.isInexact ? caseType : .float32, from: &constants)
    let made = try builder.make(&settings)
    if let unknown = settings.rest {
      return item.unsupported("the argument \(unknown)")
    }
    return try run(made, settings.dtype)
  }

  /// Loads the recorded state, calls the module and judges what comes.
  private func run(_ made: BuiltModule, _ type: DType) throws -> Outcome {
    if item.json["lazy"]?.bool == true { try callOnce(made) }

    // The recorded state by name, its tensors becoming those of the module.
    let entries = try (item.json["state"]?.array ?? []).compactMap { entry -> (name: String, tensor: Tensor)? in
      guard let key = entry["key"]?.string, let name = entry["tensor"]?.string else { return nil }
      return (key, try item.tensors(name))
    }
    try made.module.loadStateDict(StateDict(entries), strict: true)
    if let device = item.tensors.device { made.module.to(device) }
    made.module.train(item.json["mode"]?.string != "eval")

    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: true)
    if let names = made.inputNames {
      var named = try ModuleArguments(
        item.op, names, item.json["args"]?.array ?? [], item.json["kwargs"]?.object ?? [:], type,
        from: &arguments, ("args", "kwargs"))
      let outputs = try made.namedCall(&named)
      if let unknown = named.rest { return item.unsupported("the argument \(unknown)") }
      return item.json["error"] != nil ? .passed : try judge(outputs, made.module, arguments)
    }
    var inputs: [Tensor] = []
    var ordered = (item.json["args"]?.array ?? []).enumerated().map { ("args[\($0)]", $1) }
    for (key, json) in item.json["kwargs"]?.object ?? [:] { ordered.append(("kwargs.\(key)", json)) }
    if ordered.count > 1, item.json["kwargs"]?.object?.isEmpty == false {
      return item.unsupported("several arguments by keyword")
    }
    var packed: PackedSequence?
    for (path, json) in ordered {
      if let recorded = RecordedPacking(json) {
        packed = try recorded.sequence(path, &arguments)
        continue
      }
      guard try append(arguments.value(json, path: path), to: &inputs) else {
        return item.unsupported("an argument that is no tensor")
      }
    }
    let outputs: [Tensor]
    if let packed {
      guard let call = made.callPacked else { return item.unsupported("a packed sequence") }
      let (sequence, states) = call(packed, inputs)
      outputs = try packedLeaves(sequence) + states
    } else {
      guard made.inputCounts.contains(inputs.count) else { return item.unsupported("\(inputs.count) arguments") }
      outputs = made.call(inputs)
    }
    if item.json["error"] != nil { return .passed }
    return try judge(outputs, made.module, arguments)
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
    var plain = CaseArguments(tensors: item.tensors, recordsGradients: false)
    guard let first = item.json["outputs"]?.array?.first, let recorded = RecordedPacking(first) else {
      return [sequence.data]
    }
    return try recorded.tensors("outputs[0]", &plain).compactMap { sequence.part($0.part) }
  }

  /// A call that makes the parameters of a lazy module.
  private func callOnce(_ made: BuiltModule) throws {
    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
    let inputs = try (item.json["args"]?.array ?? []).enumerated().compactMap { i, json in
      if case .tensor(let tensor) = try arguments.value(json, path: "args[\(i)]") { tensor } else { nil }
    }
    _ = noGrad { made.call(inputs) }
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
