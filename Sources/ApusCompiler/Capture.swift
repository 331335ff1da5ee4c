import ApusCore

/// A function on its way to a program: its inputs and outputs, and the backward pass where its results can be
/// differentiated.
struct Capture {
  let tracer: Tracer
  /// For every output what a call gives: a value of the trace, or nil for a tensor that is always the same.
  private var outputs: [Int?] = []
  private var gradient: GradientPart?
  /// Why what was captured cannot be used.
  private(set) var problem: String?
  /// Whether an operation failed: a mistake in these arguments, which says nothing of the next ones.
  private(set) var hasFailed = false
  /// The arguments that are followed, for gradients, and where each stands among all of them.
  private var arguments: [Tensor] = []
  private var positions: [Int] = []
  private var argumentCount = 0

  /// The derivative of the outputs, captured after the function itself.
  struct GradientPart {
    /// Instructions from here on belong to the backward pass.
    var start: Int
    /// Which outputs carry gradients, and the inputs of the trace that stand for their cotangents.
    var outputs: [Int]
    var cotangents: [Int]
    /// What gradients are computed for: arguments by number, then variables and constants that carry history.
    var arguments: [Int]
    var others: [Tensor]
    /// The values that `others` are in the trace.
    var otherValues: [Int?]
    /// The value of each gradient; nil: zero.
    var results: [Int?]
  }

  init(_ tracer: Tracer) { self.tracer = tracer }

  /// An argument as the function is to see it.
  mutating func input(_ tensor: Tensor) -> Tensor {
    defer { argumentCount += 1 }
    if tensor.isVariable { return tensor }
    let input = tracer.input(tensor)
    arguments.append(input)
    positions.append(argumentCount)
    return input
  }

  /// The arguments whose place in their storage the function depends on, and the place of each.
  var places: [(argument: Int, offset: Int)] {
    zip(tracer.trace.inputs, positions).compactMap { input, position in
      tracer.trace.places[input].map { (position, $0) }
    }
  }

  /// Looks at the results, still inside the trace.
  mutating func finish(_ results: [Tensor]) {
    if results.contains(where: \.isPoisoned) {
      hasFailed = true
      return
    }
    if results.contains(where: tracer.made) {
      problem = "it returns a variable that it makes"
      return
    }
    outputs = results.map { $0.isVariable || !tracer.follows($0) ? nil : tracer.value(of: $0) }
    let recorded = results.indices.filter {
      outputs[$0] != nil && results[$0].requiresGrad && !results[$0].isGraphReleased
    }
    guard !recorded.isEmpty, tracer.failure == nil else { return }
    if tracer.trace.hasActions {
      problem = "a result carries gradients after an optimiser's step; return it with detach()"
      return
    }
    let start = tracer.trace.instructions.count
    let others = tracer.differentiable
    let wanted = arguments.indices.filter { arguments[$0].requiresGrad }
    let leaves = wanted.map { arguments[$0] } + others
    let inputCount = tracer.trace.inputs.count
    let cotangents = recorded.map { tracer.input(onesLike(results[$0].untraced)) }
    let found: [Tensor?]
    do {
      // What is wrong with the gradient is an error only for those who ask for it.
      found = try withErrors {
        tracer.differentiate {
          gradients(
            of: recorded.map { results[$0] }, wrt: leaves, cotangents: cotangents, retainGraph: true, allowUnused: true)
        }
      }
    } catch {
      problem = "its gradient cannot be captured: \(error)"
      return
    }
    gradient = GradientPart(
      start: start, outputs: recorded, cotangents: Array(tracer.trace.inputs[inputCount...]), arguments: wanted,
      others: others, otherValues: others.map(value(ofLeaf:)), results: found.map { $0.map(tracer.value(of:)) })
  }

  /// What a variable that was read, or a constant, is in the trace.
  private func value(ofLeaf tensor: Tensor) -> Int? {
    guard tensor.isVariable else { return tracer.value(of: tensor) }
    for case .readVariable(let variable, let value) in tracer.trace.instructions
    where ObjectIdentifier(variable) == tensor.variableIdentity { return value }
    return nil
  }

  /// What the first call gives.
  func result(_ tensor: Tensor) -> Tensor { tensor.untraced }

  /// What stands for an output until a call fills it in: nothing that holds memory, unless it is always the same.
  func skeleton(_ tensor: Tensor) -> Tensor {
    tensor.isVariable || !tracer.follows(tensor) ? tensor : Tensor(0.0)
  }

  /// The finished program, with kernels for any sizes if others like it are to be expected.
  func program(_ executor: CompileExecutor, anySizes: Bool) -> GraphFunction {
    GraphFunction(tracer.trace, outputs: outputs, gradient: gradient, executor: executor, anySizes: anySizes)
  }
}
