// How a function with a gradient of its own is called and recorded.

/// The inputs of one call, in which the tensors are replaced as interpreters want them.
public struct FunctionInputs {
  /// The tensors of all inputs.
  private(set) var tensors: [Tensor]
  /// For each input how many tensors it holds.
  let counts: [Int]
  private var given: [Tensor] = []
  private var next = 0

  init<each Input>(_ input: repeat each Input) {
    var tensors: [Tensor] = []
    var counts: [Int] = []
    func collect<T>(_ value: T) {
      let before = tensors.count
      if let tensor = value as? Tensor {
        tensors.append(tensor)
      } else if let tree = value as? any TensorTree {
        _ = tree.mapTensors {
          tensors.append($0)
          return $0
        }
      }
      counts.append(tensors.count - before)
    }
    repeat collect(each input)
    self.tensors = tensors
    self.counts = counts
  }

  /// Starts to hand out inputs with `tensors` in place of their own.
  mutating func hand(out tensors: [Tensor]) {
    given = tensors
    next = 0
  }

  /// How many tensors there are.
  var count: Int { counts.reduce(0, +) }

  /// The same form without the tensors: what the graph keeps must not hold what was computed before it.
  var form: FunctionInputs {
    var copy = self
    copy.tensors = []
    return copy
  }

  /// The next input.
  mutating func take<T>(_ input: T) -> T {
    func replaced(_: Tensor) -> Tensor {
      next += 1
      return given[next - 1]
    }
    if let tensor = input as? Tensor { return replaced(tensor) as? T ?? input }
    return (input as? any TensorTree)?.mapTensors(replaced) as? T ?? input
  }

  /// Which tensors belong to which input, for something told of each tensor.
  func perInput(_ isTrue: (Int) -> Bool) -> [Bool] {
    var first = 0
    return counts.map { count in
      defer { first += count }
      return (first..<first + count).contains(where: isTrue)
    }
  }
}

extension Function {
  /// Runs `forward` and records it with `backward`.
  static func called(
    _ inputs: FunctionInputs, _ forward: @escaping (Context, inout FunctionInputs) -> Output,
    _ mapTensors: @escaping (Output, (Tensor) -> Tensor) -> Output
  ) -> Output {
    var output: Output?
    let form = inputs.form
    let rule = FunctionRule("\(Self.self)", isOnceDifferentiable: onceDifferentiable) { ctx, tensors in
      var handed = form
      handed.hand(out: tensors)
      let made = forward(ctx, &handed)
      output = made
      var results: [Tensor] = []
      _ = mapTensors(made) {
        results.append($0)
        return $0
      }
      return results
    } backward: { ctx, cotangents, types throws(TensorError) in
      try gradients(ctx, cotangents, types, of: form)
    } needs: {
      form.perInput($0)
    }
    func unchanged() -> Output {
      var handed = inputs
      handed.hand(out: inputs.tensors)
      return noGrad { forward(FunctionContext(rule.shared, needs: inputs.perInput { _ in false }), &handed) }
    }
    if poisoned(among: inputs.tensors) != nil { return unchanged() }
    var results: [Tensor]
    do throws(TensorError) {
      results = try rule.run(inputs.tensors).outputs
    } catch {
      let failed = fail(error)
      results = []
      return output.map { mapTensors($0) { _ in failed } } ?? unchanged()
    }
    guard let output else { return unchanged() }
    results.reverse()
    return mapTensors(output) { results.popLast() ?? $0 }
  }

  /// What `backward` gives, one gradient for each input tensor.
  private static func gradients(
    _ ctx: Context, _ cotangents: [Tensor?], _ types: [TensorType], of inputs: FunctionInputs
  ) throws(TensorError) -> [Tensor?] {
    func filled(_ i: Int) -> Tensor { cotangents[i] ?? Tensor.zeros(types[i].shape, dtype: types[i].dtype) }
    func taken<G: FunctionGradient>(_ i: Int, as form: G.Type) throws(TensorError) -> G {
      let value: Any =
        if i < 0 {
          form == [Tensor].self || ctx.shared.materializes ? cotangents.indices.map(filled) : cotangents
        } else {
          form == Tensor.self || ctx.shared.materializes ? filled(i) : cotangents[i] as Any
        }
      guard let value = value as? G else {
        throw TensorError(
          .autograd, "\(Self.self)",
          "forward gives \(cotangents.count) tensors, and there is no backward(_ ctx: Context, ...) that takes as many "
            + "gradients, as Tensor or Tensor?, or all in one [Tensor]")
      }
      return value
    }
    let takesAll = P1.self == [Tensor].self || P1.self == [Tensor?].self
    let made: Gradients
    switch takesAll ? 0 : cotangents.count {
    case 0: made = backward(ctx, try taken(-1, as: P1.self))
    case 1: made = backward(ctx, try taken(0, as: P1.self))
    case 2: made = backward(ctx, try taken(0, as: P2.self), try taken(1, as: Q2.self))
    case 3:
      made = backward(ctx, try taken(0, as: P3.self), try taken(1, as: Q3.self), try taken(2, as: R3.self))
    default:
      let (p, q) = (try taken(0, as: P4.self), try taken(1, as: Q4.self))
      let (r, s) = (try taken(2, as: R4.self), try taken(cotangents.count == 4 ? 3 : -1, as: S4.self))
      made = backward(ctx, p, q, r, s)
    }
    return try perTensor(made, of: inputs)
  }

  /// The gradients in `value`, a tensor, nil, or tuples and lists of them, one for each tensor of the inputs.
  private static func perTensor(_ value: Gradients, of inputs: FunctionInputs) throws(TensorError) -> [Tensor?] {
    let found = try flattened(value)
    if found.count == inputs.count { return found }
    // One for each input, also for those that hold no tensor.
    let slots = inputs.counts.map { max($0, 1) }
    guard found.count == slots.reduce(0, +) else {
      throw TensorError(
        .autograd, "\(Self.self)",
        "backward gives \(found.count) gradients, and forward has \(inputs.counts.count) inputs: give one for each in "
          + "order, nil for one that has none")
    }
    var next = 0
    var result: [Tensor?] = []
    for (count, slot) in zip(inputs.counts, slots) {
      result += found[next..<next + count]
      if count == 0, found[next] != nil {
        throw TensorError(
          .autograd, "\(Self.self)", "backward gives a gradient for input \(next), which is no tensor: give nil")
      }
      next += slot
    }
    return result
  }

  private static func flattened(_ value: Any) throws(TensorError) -> [Tensor?] {
    if let tensor = value as? Tensor { return [tensor] }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      guard let inner = mirror.children.first else { return [nil] }
      return try flattened(inner.value)
    case .tuple, .collection:
      var result: [Tensor?] = []
      for child in mirror.children { result += try flattened(child.value) }
      return result
    default:
      guard let tree = value as? any TensorTree, !(value is any StaticArgument) else {
        throw TensorError(
          .autograd, "\(Self.self)", "backward gives tensors and nil, and gave a \(type(of: value)) among them")
      }
      var result: [Tensor?] = []
      _ = tree.mapTensors {
        result.append($0)
        return $0
      }
      return result
    }
  }
}

/// One call of a function with its own gradient, on the tensors alone.
///
/// Sendable: the closures hold the inputs that are no tensors, which nobody changes, and are called in turn with the values of
/// one backward pass.
final class FunctionRule: @unchecked Sendable {
  typealias Forward = (FunctionContext, [Tensor]) -> [Tensor]
  typealias Backward = (FunctionContext, [Tensor?], [TensorType]) throws(TensorError) -> [Tensor?]

  let shared: FunctionContext.SharedValues
  let isOnceDifferentiable: Bool
  /// Runs once. It holds the inputs with all that was computed before them, and is given up after the call.
  private(set) var forward: Forward
  /// The gradient of each input tensor from those of the results, which have the types given.
  let backward: Backward
  /// For each input whether one of its tensors has what is told of tensors.
  let needs: ((Int) -> Bool) -> [Bool]

  init(
    _ name: String, isOnceDifferentiable: Bool, forward: @escaping Forward, backward: @escaping Backward,
    needs: @escaping ((Int) -> Bool) -> [Bool]
  ) {
    shared = FunctionContext.SharedValues(name)
    self.isOnceDifferentiable = isOnceDifferentiable
    self.forward = forward
    self.backward = backward
    self.needs = needs
  }

  /// The same function as an interpreter sees it.
  init(_ rule: FunctionRule, forward: @escaping Forward, backward: @escaping Backward) {
    shared = rule.shared
    isOnceDifferentiable = rule.isOnceDifferentiable
    self.forward = forward
    self.backward = backward
    needs = rule.needs
  }

  /// What `forward` has made, before it is recorded.
  struct Run {
    var outputs: [Tensor]
    var saved: [Saved]

    /// The saved tensors at the level of these inputs.
    func tensors(_ inputs: [Tensor]) -> [Tensor] {
      saved.compactMap { saved in
        switch saved {
        case .input(let i): inputs[i]
        case .output(let i): Tensor(TensorBody(sharing: outputs[i].body))
        case .other(let tensor): tensor
        case .kept, .none: nil
        }
      }
    }
  }

  /// What a saved tensor is.
  enum Saved {
    case input(Int), output(Int), other(Tensor)
    /// Neither an input nor a result, kept by the node.
    case kept
    /// nil was saved.
    case none
  }

  /// Runs the function at the level of the inputs, and records it there.
  func run(_ inputs: [Tensor]) throws(TensorError) -> Run {
    defer { forward = { _, _ in [] } }
    let inputs = inputs.map(\.resolved)
    var highest: TensorMark?
    // The marks of a trace have level 0: what runs is captured operation by operation.
    for input in inputs {
      if let mark = input.body.mark, mark.level > highest?.level ?? 0 { highest = mark }
    }
    let start = Profiling.begin()
    var run = if let highest { try highest.call(self, inputs) } else { try runPlain(inputs) }
    if Context.isGradientEnabled, inputs.contains(where: { $0.body.flags.contains(.requiresGrad) }) {
      try record(&run, inputs)
    }
    if start != 0 {
      let node = Int(run.outputs.first?.body.record?.sequence ?? 0)
      Profiling.end(start, shared.name, number: node, inputs: inputs)
    }
    return run
  }

  private func runPlain(_ inputs: [Tensor]) throws(TensorError) -> Run {
    let needs = needs { inputs[$0].isWatched }
    let context = FunctionContext(shared, needs: Context.isGradientEnabled ? needs : needs.map { _ in false })
    let given = try beside(inputs.map { Optional($0) }) { () throws(TensorError) in noGrad { forward(context, inputs) }
    }
    if given.contains(where: \.isPoisoned) { return Run(outputs: given, saved: []) }
    guard !given.isEmpty else { throw TensorError(.autograd, shared.name, "forward gives no tensor") }
    note(context, given)
    let saved: [Saved] = context.saving.map { tensor in
      guard let body = tensor?.body else { return .none }
      if let i = inputs.firstIndex(where: { $0.body === body }) { return .input(i) }
      if let i = given.firstIndex(where: { $0.body === body }) { return .output(i) }
      return .other(tensor ?? Tensor(body))
    }
    // Tensors of their own: what is given may be an input, or held elsewhere.
    return Run(outputs: given.map { Tensor(TensorBody(sharing: $0.resolved.body)) }, saved: saved)
  }

  /// Keeps which of the results are constants.
  func note(_ context: FunctionContext, _ given: [Tensor]) {
    guard !context.constants.isEmpty else { return }
    shared.constants = Set(given.indices.filter { i in context.constants.contains { $0.body === given[i].body } })
  }

  private func record(_ run: inout Run, _ inputs: [Tensor]) throws(TensorError) {
    if run.outputs.contains(where: \.isPoisoned) { return }
    let node = Node(
      FunctionPrimitive(rule: self, slots: run.saved), inputs: SmallArray(inputs), outputs: SmallArray(run.outputs),
      saving: SmallArray(run.tensors(inputs)))
    let constants = shared.constants
    for (i, output) in run.outputs.enumerated() where output.dtype.isInexact && !constants.contains(i) {
      output.body.record = node
      output.body.outputIndex = Int32(i)
      output.body.flags.insert(.requiresGrad)
    }
  }

  /// The derivatives of the results along `tangents`, for an interpreter.
  func tangents(_ run: Run, _ inputs: [Tensor], _ tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var result = try transposedGradient(
      FunctionPrimitive(rule: self, slots: run.saved), inputs, run.outputs, tangents,
      saving: SmallArray(run.tensors(inputs)))
    for i in shared.constants { result[i] = nil }
    return result
  }
}

/// A function with its own gradient in the graph.
struct FunctionPrimitive: Primitive {
  let rule: FunctionRule
  let slots: [FunctionRule.Saved]

  init(rule: FunctionRule, slots: [FunctionRule.Saved]) {
    self.rule = rule
    // The tensors themselves are kept by the node, which gives them up.
    self.slots = slots.map { if case .other = $0 { .kept } else { $0 } }
  }

  var name: String { rule.shared.name }
  var saves: Saves { slots.isEmpty ? .nothing : .own }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    throw TensorError(.autograd, name, "is called with \(name).apply")
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    throw TensorError(.autograd, name, "is called with \(name).apply")
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var next = 0
    let saved = slots.map { slot -> Tensor? in
      if case .none = slot { return nil }
      defer { next += 1 }
      if case .output(let i) = slot { return node.connected(node.input(next), output: i) }
      return node.input(next)
    }
    let types = (0..<node.node.outputCount).map(node.outputType)
    let context = FunctionContext(rule.shared, saved: saved, needs: rule.needs(node.needs))
    let found: [Tensor?]
    if rule.isOnceDifferentiable, isGradEnabled {
      found = try noGrad { () throws(TensorError) in try rule.backward(context, cotangents, types) }.map { gradient in
        let watched = (saved + cotangents).compactMap { $0 }.filter(\.requiresGrad)
        guard let gradient, !watched.isEmpty else { return gradient }
        let result = Tensor(TensorBody(sharing: gradient.resolved.body))
        record(OnceDifferentiable(function: name), inputs: watched, outputs: [result])
        return result
      }
    } else {
      found = try rule.backward(context, cotangents, types)
    }
    var result: [Tensor?] = []
    for (i, gradient) in found.enumerated() { result.append(try gradient?.conformed(to: node.inputType(i), i, name)) }
    return result
  }
}

/// Stands behind gradients that cannot be differentiated again.
private struct OnceDifferentiable: Primitive {
  let function: String
  var name: String { "OnceDifferentiable" }
  var saves: Saves { .nothing }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {}
  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    throw TensorError(
      .autograd, function, "is differentiated a second time, and says that its backward is onceDifferentiable")
  }
}

extension Tensor {
  /// A gradient of `name` in the shape and type of input `i`: summed over dimensions that were broadcast.
  func conformed(to type: TensorType, _ i: Int, _ name: String) throws(TensorError) -> Tensor {
    if hasFailed || self.type == type { return self }
    guard shape == type.shape || broadcastShapes(shape, type.shape) == shape else {
      throw TensorError(
        .shape, name,
        "backward gives a gradient of shape \(shape) for the input tensor \(i), which has shape \(type.shape)")
    }
    let summed = shape == type.shape ? self : sum(toShape: type.shape)
    return summed.dtype == type.dtype || !type.dtype.isInexact ? summed : summed.to(type.dtype)
  }

  /// Whether it is recorded for gradients, here or at a level around the transformation that it is seen through.
  var isWatched: Bool {
    if requiresGrad { return true }
    guard let mark = body.mark else { return false }
    return mark.parts.contains(where: \.isWatched)
  }
}
