import Apus
import ApusCore

/// Runs a case that calls one operation: compares its results and the gradients, or expects its error.
func runOperationCase(_ item: Case) throws -> Outcome {
  let call = OperationCall(item)
  if item.json["error"] != nil { return try call.expectError() }
  return try call.expectResults()
}

struct OperationCall {
  let item: Case
  /// The name in the registry.
  let name: String
  /// It changes its first argument.
  let isInPlace: Bool

  init(_ item: Case) {
    self.item = item
    var name = item.json["call"]?.string ?? item.op
    if name.hasPrefix("property:") { name.removeFirst(9) }
    if name.hasPrefix("torch.ops.") { name.removeFirst(10) }
    if name.hasPrefix("torch.Tensor.") {
      name.removeFirst(13)
      if !knownOperations.operations(named: "Tensor." + name).isEmpty { name = "Tensor." + name }
    }
    if name.hasPrefix("torch.") { name.removeFirst(6) }
    isInPlace = name.hasSuffix("_") && !name.hasPrefix("__")
    self.name = name
  }

  /// The name under which the operation is known: for in-place calls their own one, or that of the plain operation.
  var known: String? {
    if !knownOperations.operations(named: name).isEmpty { return name }
    if isInPlace {
      let plain = String(name.dropLast())
      for candidate in ["Tensor." + plain, plain] where !knownOperations.operations(named: candidate).isEmpty {
        return candidate
      }
    }
    return nil
  }

  /// The arguments: positional ones and those with keywords.
  func bind(_ arguments: inout CaseArguments) throws -> ([OperationValue], [String: OperationValue]) {
    var positional: [OperationValue] = []
    for (i, json) in (item.json["args"]?.array ?? []).enumerated() {
      var value = try arguments.value(json, path: "args[\(i)]")
      // A list in brackets is one index, a tuple several.
      if name == "__getitem__", i == 1, json["tuple"]?.bool != true, case .list = value { value = .list([value]) }
      positional.append(value)
    }
    var keywords: [String: OperationValue] = [:]
    for (key, json) in item.json["kwargs"]?.object ?? [:] {
      let value = try arguments.value(json, path: "kwargs.\(key)")
      if key == "out" {
        if case .none = value { continue }
        throw TensorError(.unsupported, name, "out= is not supported: results are values")
      }
      keywords[key] = value
    }
    for value in positional + keywords.values { try refuseUnsupported(value) }
    return (positional, keywords)
  }

  private func refuseUnsupported(_ value: OperationValue) throws {
    if case .unsupported(let what) = value { throw TensorError(.unsupported, name, "\(what): not supported") }
    if case .list(let items) = value { for item in items { try refuseUnsupported(item) } }
  }

  /// Calls the operation; an in-place one assigns the result to a copy of its first argument.
  func perform(
    _ known: String, _ positional: [OperationValue], _ keywords: [String: OperationValue]
  ) throws -> [OperationValue] {
    guard isInPlace, known != name else { return try knownOperations.call(known, positional, keywords) }
    guard case .tensor(let first)? = positional.first else {
      throw TensorError(.value, name, "an in-place operation needs a tensor to change")
    }
    var target = first.clone()
    let results = try knownOperations.call(known, positional, keywords)
    guard results.count == 1, case .tensor(let result) = results[0] else {
      throw TensorError(.unsupported, name, "the operation has several results")
    }
    if result.isPoisoned { return results }
    guard result.shape == target.shape, canCast(result.dtype, to: target.dtype) else {
      throw TensorError(.shape, name, "a result of \(result.type) cannot be stored in a tensor of \(target.type)")
    }
    target.assign(result)
    return [.tensor(target)]
  }

  func expectError() throws -> Outcome {
    guard let known else { return item.unsupported("not registered") }
    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: true)
    do {
      _ = try withErrors {
        let (positional, keywords) = try bind(&arguments)
        return try perform(known, positional, keywords)
      }
    } catch let error as TensorError where error.kind == .unsupported {
      return item.unsupported(error.description)
    } catch {
      return .passed
    }
    if ["TypeError", "AttributeError"].contains(item.json["error_type"]?.string) {
      return item.unsupported("an error of Python itself")
    }
    return .failed("no error, where PyTorch says: \(item.json["error"]?.string ?? "")")
  }

  func expectResults() throws -> Outcome {
    guard let known else { return item.unsupported("not registered") }
    let mutated = item.json["mutated"]?.array ?? []
    var arguments = CaseArguments(
      tensors: item.tensors, recordsGradients: !isInPlace, buffers: mutatedNames(mutated))
    do {
      return try withErrors {
        let (positional, keywords) = try bind(&arguments)
        // Outputs that cannot be built (complex ones) are found before the call.
        var plain = CaseArguments(tensors: item.tensors, recordsGradients: false)
        var expected: [OperationValue] = []
        for (i, json) in (item.json["outputs"]?.array ?? []).enumerated() {
          expected.append(try plain.value(json, path: "outputs[\(i)]"))
        }
        for value in expected { try refuseUnsupported(value) }
        // What is drawn without being flagged as random must not depend on the cases before.
        manualSeed(0)
        var results = try perform(known, positional, keywords)
        if item.json["sequence"]?.bool == true, results.count == 1, case .list(let items) = results[0],
          expected.count != 1 || items.count == 1
        {
          results = items
        }
        return try judge(results, expected, mutated, arguments)
      }
    } catch let error as TensorError where error.kind == .unsupported {
      return item.unsupported(error.description)
    } catch {
      return .failed("\(error)")
    }
  }

  private func mutatedNames(_ mutated: [JSON]) -> Set<String> {
    var names: Set<String> = []
    for entry in mutated {
      guard let path = entry["arg"]?.string else { continue }
      if path.hasPrefix("args["), let i = Int(path.dropFirst(5).prefix { $0 != "]" }),
        let args = item.json["args"]?.array, i < args.count, let name = args[i]["tensor"]?.string
      {
        names.insert(name)
      } else if path.hasPrefix("kwargs."), let name = item.json["kwargs"]?[String(path.dropFirst(7))]?["tensor"]?.string
      {
        names.insert(name)
      }
    }
    return names
  }

  private func judge(
    _ found: [OperationValue], _ expected: [OperationValue], _ mutated: [JSON], _ arguments: CaseArguments
  ) throws -> Outcome {
    let disagrees = item.json["f64_disagrees"]?.bool == true
    var found = item.json["unordered"]?.bool == true ? inOrder(found, of: expected) : found
    var expected = expected
    var tolerance = item.tolerance("rtol", "atol").scaled(disagrees ? 100 : 1)
    // A draw without replacement that looked the same twice is not flagged as random, but its seed is not recorded.
    if item.json["compare"]?.string == "shape" || item.op == "multinomial" { tolerance = .anything }
    guard found.count == expected.count else {
      return .failed("\(found.count) results, expected \(expected.count)")
    }
    if let post = item.json["post"]?.string {
      for (i, pair) in zip(found, expected).enumerated() {
        if let wrong = difference(pair.0, pair.1, .anything) { return .failed("result \(i): \(wrong)") }
      }
      guard let made = try postProcess(post, found.flatMap(\.tensorLeaves)) else {
        return item.unsupported("the comparison \(post)")
      }
      found = made.map { .tensor($0) }
      var plain = CaseArguments(tensors: item.tensors, recordsGradients: false)
      expected = try (item.json["post_outputs"]?.array ?? []).enumerated().map {
        try plain.value($1, path: "post_outputs[\($0)]")
      }
    }
    // Numbers given as tensors do not say where a new tensor is made.
    if let device = item.tensors.device, !arguments.made.isEmpty, !item.id.contains("space.tensor_overload") {
      for (i, tensor) in found.flatMap(\.tensorLeaves).enumerated() where tensor.device != device {
        return .failed("result \(i) lies on \(tensor.device)")
      }
    }
    for (i, pair) in zip(found, expected).enumerated() {
      let isFree = item.hasTies && isIndices(i, expected)
      if let wrong = difference(pair.0, pair.1, isFree ? .anything : tolerance) {
        if disagrees { return item.unsupported("ill-conditioned: result \(i): \(wrong)") }
        if drawsDirections { return item.unsupported("of a seed not recorded: result \(i): \(wrong)") }
        return .failed("result \(i): \(wrong)")
      }
    }
    for entry in mutated {
      guard let path = entry["arg"]?.string, let name = entry["tensor"]?.string, let changed = arguments.atPath[path]
      else { continue }
      if let wrong = difference(changed.detach(), try item.tensors(name), tolerance) {
        return .failed("\(path) after the call: \(wrong)")
      }
    }
    let outcome = try judgeGradients(found.flatMap(\.tensorLeaves), arguments)
    if case .failed(let reason) = outcome, drawsDirections {
      return item.unsupported("of a seed not recorded: \(reason)")
    }
    return outcome
  }

  /// Whether results depend on directions that are drawn, where the matrix has a higher rank than is asked for.
  private var drawsDirections: Bool { ["svd_lowrank", "pca_lowrank"].contains(item.op) }

  /// Whether result `i` says which of equal values was taken.
  private func isIndices(_ i: Int, _ expected: [OperationValue]) -> Bool {
    guard case .tensor(let t) = expected[i], t.dtype == .int64 else { return false }
    return expected.count > 1 ? i > 0 : item.op.hasPrefix("arg")
  }

  private func judgeGradients(_ outputs: [Tensor], _ arguments: CaseArguments) throws -> Outcome {
    let grads = item.json["grads"]?.array ?? []
    guard !grads.isEmpty, !item.hasTies else { return .passed }
    let (roots, cotangents) = try item.roots(outputs)
    let wanted = grads.filter { $0["none"] == nil }
    if roots.isEmpty || (wanted.isEmpty && !roots.contains(where: \.requiresGrad)) { return .passed }
    var inputs: [Tensor] = []
    for entry in grads {
      guard let path = entry["arg"]?.string, let input = arguments.atPath[path] else {
        return .failed("no argument at \(entry["arg"]?.string ?? "?")")
      }
      inputs.append(input)
    }
    for (i, root) in roots.enumerated() where !root.requiresGrad {
      return .failed("result \(i) lost the gradient")
    }
    let disagrees = item.json["grad_f64_disagrees"]?.bool == true || item.json["f64_disagrees"]?.bool == true
    if item.hasMisrecordedGradient { return item.unsupported("PyTorch's own gradient is not a number") }
    let tolerance = item.tolerance("grad_rtol", "grad_atol").scaled(disagrees ? 100 : 1)
    let found = gradients(of: roots, wrt: inputs, cotangents: cotangents, allowUnused: true)
    for ((entry, input), gradient) in zip(zip(grads, inputs), found) {
      let path = entry["arg"]?.string ?? ""
      let expected: Tensor
      if let name = entry["tensor"]?.string {
        expected = try item.tensors(name)
      } else {
        expected = Tensor.zeros(input.shape, dtype: input.dtype)
        if gradient == nil { continue }
      }
      let made = gradient ?? Tensor.zeros(input.shape, dtype: input.dtype)
      if let wrong = difference(made.detach(), expected, tolerance) {
        if disagrees { return item.unsupported("ill-conditioned: gradient of \(path): \(wrong)") }
        return .failed("gradient of \(path): \(wrong)")
      }
    }
    return .passed
  }
}

extension Case {
  /// The results that gradients are asked of, with what comes to them.
  func roots(_ outputs: [Tensor]) throws -> (roots: [Tensor], cotangents: [Tensor?]) {
    var (roots, cotangents): ([Tensor], [Tensor?]) = ([], [])
    for (output, name) in zip(outputs, json["cotangents"]?.array ?? []) {
      guard let name = name.string else { continue }
      roots.append(output)
      cotangents.append(tensors.placed(try tensors(name)))
    }
    return (roots, cotangents)
  }

  func tolerance(_ relative: String, _ absolute: String) -> Tolerance {
    let recorded = Tolerance(relative: json[relative]?.double ?? 1e-5, absolute: json[absolute]?.double ?? 1e-5)
    // PyTorch's own values of these have no more digits, in float64 too: compared with 15-digit references.
    let isCoarse = op.hasPrefix("special.bessel_") || op == "special.airy_ai"
    return isCoarse
      ? Tolerance(relative: max(recorded.relative, 3e-5), absolute: max(recorded.absolute, 1e-5)) : recorded
  }

  /// For the gradient of an infinite norm of complex64 PyTorch looks for the largest absolute value, a float64, among float32
  /// ones, finds none and divides by their number. In complex128 it is right.
  var hasMisrecordedGradient: Bool {
    guard op == "renorm", json["dtype"]?.string == "complex64", let args = json["args"]?.array, args.count > 1 else {
      return false
    }
    return args[1]["float"]?.double == .infinity
  }

  /// Equal input values leave indices open.
  var hasTies: Bool { json["ties"]?.bool == true }
}

/// Eigenvalues, which have no order, each at the place of the expected one that is nearest, and their vectors along with them.
private func inOrder(_ found: [OperationValue], of expected: [OperationValue]) -> [OperationValue] {
  guard case .tensor(let values)? = found.first, case .tensor(let wanted)? = expected.first,
    values.shape == wanted.shape, let n = values.shape.last, n > 0
  else { return found }
  let (have, want) = (values.detach().array(as: Complex.self), wanted.array(as: Complex.self))
  var order: [Int] = []
  for item in 0..<(have.count / n) {
    var free = Set(0..<n)
    for i in 0..<n {
      let target = want[item * n + i]
      let nearest = free.min {
        ((have[item * n + $0] - target).magnitude, $0) < ((have[item * n + $1] - target).magnitude, $1)
      }
      free.remove(nearest ?? i)
      order.append(nearest ?? i)
    }
  }
  let places = Tensor(order, shape: values.shape).to(values.device)
  return found.enumerated().map { i, value in
    guard case .tensor(let tensor) = value else { return value }
    if i == 0 { return .tensor(tensor.gather(-1, places)) }
    return .tensor(tensor.gather(-1, places.unsqueeze(-2).expand(tensor.shape)))
  }
}

/// What of a factorisation is determined: applies the function that the case calls `post`. Nil: unknown.
func postProcess(_ post: String, _ outputs: [Tensor]) throws -> [Tensor]? {
  func call(_ name: String, _ arguments: OperationValue...) throws -> Tensor {
    guard case .tensor(let t)? = try knownOperations.call(name, arguments).first else {
      throw TensorError(.state, name, "gave no tensor")
    }
    return t
  }
  /// U Vh over the first k columns of U and rows of Vh.
  func product(_ u: Tensor, _ vh: Tensor) throws -> Tensor {
    let k = Swift.min(u.size(-2), vh.size(-1), u.size(-1), vh.size(-2))
    return try call("matmul", .tensor(u.narrow(-1, 0, k)), .tensor(vh.narrow(-2, 0, k)))
  }
  /// The columns and rows that are determined: as many as singular values.
  func columns(_ u: Tensor) -> Tensor { u.narrow(-1, 0, outputs[1].size(-1)).abs() }
  func rows(_ vh: Tensor) -> Tensor { vh.narrow(-2, 0, outputs[1].size(-1)).abs() }
  switch (post, outputs.count) {
  case ("svd_S", 3), ("svd_legacy_S", 3): return [outputs[1]]
  case ("svd_absU", 3), ("svd_legacy_absU", 3): return [columns(outputs[0])]
  case ("svd_S_absVh", 3): return [outputs[1], rows(outputs[2])]
  case ("svd_legacy_S_absVh", 3): return [outputs[1], rows(outputs[2].mH)]
  case ("svd_UVh_S", 3): return [try product(outputs[0], outputs[2]), outputs[1]]
  case ("svd_legacy_UVh_S", 3), ("lowrank_UVh_S", 3): return [try product(outputs[0], outputs[2].mH), outputs[1]]
  case ("eigh_absQ", 2), ("eig_absV", 2): return [outputs[0], outputs[1].abs()]
  case ("qr_abs", 2):
    let (q, r) = (outputs[0], outputs[1])
    return [q.narrow(-1, 0, Swift.min(q.size(-2), r.size(-1), q.size(-1))).abs(), r.abs()]
  default: return nil
  }
}
