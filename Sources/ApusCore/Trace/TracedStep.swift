/// A function that was captured as a list of operations and nothing else, so that it can be applied as often as wanted: the step
/// of a loop.
package final class TracedStep: @unchecked Sendable {
  /// Its operations; its inputs are those of the function, then ``free``.
  package let trace: Trace
  package let outputs: [Int]
  /// What the function uses besides its arguments: values of the function around it that is being captured, variables, and what carries
  /// gradients.
  package let free: [Tensor]

  private init(_ trace: Trace, outputs: [Int], free: [Tensor]) {
    (self.trace, self.outputs, self.free) = (trace, outputs, free)
  }

  /// Captures `step` at `tensors` inside of a function that `outer` captures. Nil where it does something else than to apply
  /// operations: reads elements, stores in variables, draws random numbers, fails, is seen by another transformation.
  package static func capture(
    _ tensors: [Tensor], inside outer: Tracer?, _ step: ([Tensor]) -> [Tensor]
  ) -> TracedStep? {
    let tracer = Tracer(isStep: true)
    var made: [Tensor] = []
    do {
      // Nothing may be drawn here: the numbers would be missing later. Inside of `vmap` drawing is an error before it happens.
      try withErrors {
        Context.with(isBatching: true) {
          tracer.follow {
            made = noGrad { step(tensors.map { tracer.input($0.elementsOnly) }) }
          }
        }
      }
    } catch { return nil }
    defer { tracer.close() }
    guard tracer.failure == nil, !made.isEmpty, made.allSatisfy({ tracer.follows($0) || !$0.isMarked }) else {
      return nil
    }
    let outputs = made.map { tracer.value(of: $0) }
    return TracedStep(tracer, outputs, inside: outer)
  }

  private convenience init?(_ tracer: Tracer, _ outputs: [Int], inside outer: Tracer?) {
    var trace = tracer.trace
    guard trace.places.isEmpty else { return nil }
    var free: [(value: Int, tensor: Tensor)] = []
    for (constant, tensor) in zip(trace.constants, trace.kept) {
      if tensor.isMarked, outer?.reaches(tensor) != true { return nil }
      if tensor.isMarked || tensor.requiresGrad { free.append((constant.value, tensor)) }
    }
    let isFree = Set(free.map(\.value))
    trace.constants.removeAll { isFree.contains($0.value) }
    var operations: [Trace.Instruction] = []
    for instruction in trace.instructions {
      switch instruction {
      case .operation(let primitive, _, _):
        if primitive.isRandom { return nil }
        operations.append(instruction)
      case .readVariable(let variable, let value): free.append((value, variable.handle))
      default: return nil
      }
    }
    for condition in trace.guards {
      if case .host(let description, let check) = condition { outer?.depend(description, on: check) }
    }
    trace.instructions = operations
    trace.inputs += free.map(\.value)
    trace.guards = []
    trace.kept = []
    self.init(trace, outputs: outputs, free: free.map(\.tensor))
  }

  package var outputTypes: [TensorType] { outputs.map { trace.values[$0].type } }

  /// Applies the operations one by one, which everybody sees: gradients, transformations.
  package func callAsFunction(_ tensors: [Tensor]) -> [Tensor] {
    if let failed = poisoned(among: tensors) { return outputs.map { _ in failed } }
    var values = [Tensor?](repeating: nil, count: trace.values.count)
    for (value, tensor) in trace.constants { values[value] = tensor }
    for (value, tensor) in zip(trace.inputs, tensors) { values[value] = tensor }
    for case .operation(let primitive, let inputs, let outputs) in trace.instructions {
      let made = apply(primitive, inputs.map { values[$0].unsafelyUnwrapped })
      if let failed = made.first(where: \.isPoisoned) { return self.outputs.map { _ in failed } }
      for (value, tensor) in zip(outputs, made) { values[value] = tensor }
    }
    return outputs.map { values[$0].unsafelyUnwrapped }
  }
}
