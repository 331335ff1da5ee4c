import ApusCore

// What loops and branches of compiled functions share: a part that is captured as a program of its own.

/// What a step computes, and its gradient, as programs.
final class CapturedStep: @unchecked Sendable {
  let step: TracedStep
  private let compile: @Sendable (TracedStep) -> @Sendable ([Tensor]) -> [Tensor]
  private let forward: @Sendable ([Tensor]) -> [Tensor]
  private let backward = Lock<(@Sendable ([Tensor]) -> [Tensor])?>(nil)

  init(_ step: TracedStep, _ compile: @escaping @Sendable (TracedStep) -> @Sendable ([Tensor]) -> [Tensor]) {
    (self.step, self.compile) = (step, compile)
    forward = compile(step)
  }

  /// The states and what the step gives, from states, an element and what is used besides.
  func run(_ operands: [Tensor]) -> [Tensor] { forward(operands.map { $0.contiguous() }) }

  /// The gradients of all operands of ``run(_:)``, zeros where there are none, from them and the cotangents of its results.
  func gradient(_ operands: [Tensor], _ cotangents: [Tensor]) -> [Tensor] {
    let all = (operands + cotangents).map { $0.elementsOnly.contiguous() }
    if let known = backward.withLock({ $0 }) { return known(all) }
    // As operations of its own: a step is the same at each time.
    let (step, count) = (step, operands.count)
    var program: @Sendable ([Tensor]) -> [Tensor] = {
      stepGradient(step, Array($0.prefix(count)), Array($0.dropFirst(count)))
    }
    if let captured = gradientStep(all) { program = compile(captured) }
    backward.withLock { $0 = program }
    return program(all)
  }

  /// The gradients of the operands as a step of its own, captured at operands and cotangents; nil where that cannot be.
  private func gradientStep(_ all: [Tensor]) -> TracedStep? {
    let (step, count) = (step, step.trace.inputs.count)
    let captured = TracedStep.capture(all, inside: nil) {
      stepGradient(step, Array($0.prefix(count)), Array($0.dropFirst(count)))
    }
    return captured?.free.isEmpty == true ? captured : nil
  }

  /// ``gradientStep`` for cotangents of these types.
  func gradientStep(_ cotangents: [TensorType]) -> TracedStep? {
    let operands = step.trace.inputs.map { step.trace.values[$0].type }
    return gradientStep((operands + cotangents).map { Tensor.ones($0.shape, dtype: $0.dtype) })
  }
}

/// The gradients of the operands of a step, by the backward pass through its operations.
private func stepGradient(_ step: TracedStep, _ operands: [Tensor], _ cotangents: [Tensor]) -> [Tensor] {
  let found = composedGradients(
    operands, needs: operands.map(\.dtype.isInexact), cotangents: cotangents.map { $0 }, step.callAsFunction)
  return zip(operands, found).map { $1 ?? zerosLike($0) }
}

/// Captures a step of a branch or loop that stands in what `tracer` captures; branches and loops in it are operations of it in their turn.
func capturedStep(_ tensors: [Tensor], inside tracer: Tracer, _ step: ([Tensor]) -> [Tensor]) -> TracedStep? {
  TracedStep.capture(tensors, inside: tracer) { given in
    Tracer.current?.compileStep = tracer.compileStep
    return step(given)
  }
}

/// Whether a function is being mapped over samples. While a step is captured that cannot be told from the scope, in which
/// nothing may be drawn either; who captures looks at the tensors then.
var isMapping: Bool { Context.current?.isBatching == true && Tracer.current?.isStep != true }

/// A tensor of the function around as a result of the step that is being captured.
func ownResult(_ tensor: Tensor) -> Tensor {
  tensor.isMarked && Tracer.current?.follows(tensor.resolved) != true ? alias(tensor) : tensor
}

/// The tensors of a tree in order.
func tensors<Tree: TensorTree>(_ tree: Tree) -> [Tensor] {
  var found: [Tensor] = []
  _ = tree.mapTensors {
    found.append($0)
    return $0
  }
  return found
}

/// The tree with other tensors.
func filled<Tree: TensorTree>(_ tree: Tree, _ tensors: some Sequence<Tensor>) -> Tree {
  var next = tensors.makeIterator()
  return tree.mapTensors { next.next() ?? $0 }
}

/// Tensors at their places among `count`, nil at the others.
func scattered(_ tensors: [Tensor], _ places: [Int], among count: Int) -> [Tensor?] {
  var all = [Tensor?](repeating: nil, count: count)
  for (i, tensor) in zip(places, tensors) { all[i] = tensor }
  return all
}

/// What `body` gives, with its mistakes thrown.
func caught(_ operation: String, _ body: () -> [Tensor]) throws(TensorError) -> [Tensor] {
  do {
    return try withErrors(body)
  } catch let error as TensorError {
    throw error
  } catch {
    throw TensorError(.value, operation, "\(error)")
  }
}
