import ApusCore
import ApusFormats

/// A graph that is ready to run: steps in an order in which each uses only what is there, and the values that are part of it.
package final class ONNXGraph: Sendable {
  /// Where a value comes from.
  package enum Operand: Sendable {
    /// It is left out.
    case none
    /// An input of the graph or an output of a step before.
    case slot(Int)
    case constant(ONNXValue)
    /// A parameter or buffer of the module.
    case variable(Tensor)
    /// A value of the graph around this one, by its place in ``ONNXGraph/captures``.
    case captured(Int)

    /// The value if it is known when the model is loaded.
    package var constant: ONNXValue? {
      if case .constant(let value) = self { return value }
      return nil
    }
  }

  package struct Input: Sendable {
    package let name: String
    package let type: ONNX.TypeProto?
    package let slot: Int
    /// What holds where the input is not given.
    package let standard: Operand?
  }

  package struct Output: Sendable {
    package let name: String
    package let type: ONNX.TypeProto?
    package let operand: Operand
  }

  package struct Step: Sendable {
    package let node: ONNXNode
    package let kernel: ONNXOperator.Kernel
    package let inputs: [Operand]
    /// What the graphs among its attributes use of this graph.
    package let captured: [Operand]
    /// The slot of each output, or nil for one that nobody uses.
    package let outputs: [Int?]
    /// Whether equal inputs give equal outputs.
    package var isPure = false
    /// The slots that nobody needs after this step.
    package var frees: [Int] = []
  }

  package let name: String
  package let inputs: [Input]
  package let outputs: [Output]
  package let steps: [Step]
  /// The names of the values that it uses of the graph around it.
  package let captures: [String]
  package let slotCount: Int

  package init(
    name: String, inputs: [Input], outputs: [Output], steps: [Step], captures: [String], slotCount: Int
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.captures = captures
    self.slotCount = slotCount
    self.steps = Self.freeing(steps, outputs: outputs)
  }

  /// The steps, each with the slots that it is the last to use.
  private static func freeing(_ steps: [Step], outputs: [Output]) -> [Step] {
    var steps = steps
    var needed: Set<Int> = []
    for output in outputs { if case .slot(let slot) = output.operand { needed.insert(slot) } }
    for i in steps.indices.reversed() {
      for operand in steps[i].inputs + steps[i].captured {
        if case .slot(let slot) = operand, needed.insert(slot).inserted { steps[i].frees.append(slot) }
      }
    }
    return steps
  }

  /// The outputs in order.
  /// - Parameters:
  ///   - values: the inputs in order; nil or none for those that have a standard value.
  ///   - captured: the values that ``captures`` names.
  ///   - allowingAbsent: whether inputs may be left out that have no standard value, as those of functions.
  /// - Throws: `TensorError` that names the node.
  package func run(
    _ values: [ONNXValue?], captured: [ONNXValue?] = [], allowingAbsent: Bool = false, limit: Int = ResultMemory.limit
  ) throws -> [ONNXValue] {
    guard values.count <= inputs.count else {
      throw TensorError(.value, "", "the graph '\(name)' has \(inputs.count) inputs, and \(values.count) are given")
    }
    var slots = [ONNXValue?](repeating: nil, count: slotCount)
    for (i, input) in inputs.enumerated() {
      let given = i < values.count ? values[i] : nil
      guard let value = given ?? input.standard.flatMap({ Self.value(of: $0, slots, captured) }) else {
        if allowingAbsent { continue }
        throw TensorError(.value, "", "the input '\(input.name)' of the graph '\(name)' is not given")
      }
      slots[input.slot] = value
    }
    for step in steps {
      let call = ONNXCall(
        node: step.node, inputs: step.inputs.map { Self.value(of: $0, slots, captured) },
        captured: step.captured.map { Self.value(of: $0, slots, captured) }, limit: limit)
      let results = try step.compute(call)
      for (i, slot) in step.outputs.enumerated() {
        guard let slot else { continue }
        guard i < results.count, let result = results[i] else {
          throw TensorError(.unsupported, "", "\(step.node.title): it gives no output \(i), which is used")
        }
        slots[slot] = result
      }
      for slot in step.frees { slots[slot] = nil }
    }
    return try outputs.map { output in
      guard let value = Self.value(of: output.operand, slots, captured) else {
        throw TensorError(.value, "", "the output '\(output.name)' of the graph '\(name)' has no value")
      }
      return value
    }
  }

  private static func value(of operand: Operand, _ slots: [ONNXValue?], _ captured: [ONNXValue?]) -> ONNXValue? {
    switch operand {
    case .none: nil
    case .slot(let slot): slots[slot]
    case .constant(let value): value
    case .variable(let tensor): .tensor(tensor)
    case .captured(let place): captured[place]
    }
  }
}

extension ONNXGraph.Step {
  /// What the node gives; mistakes name it. To be called inside ``withErrors(_:)``.
  package func compute(_ call: ONNXCall) throws -> [ONNXValue?] {
    let results: [ONNXValue?]
    do { results = try kernel(call) } catch let error as TensorError {
      throw heard(error)
    }
    if let error = Context.current?.errors?.first { throw heard(error) }
    return results
  }

  /// The mistake with the node's name before it, also for those who listen for what expressions report.
  private func heard(_ error: TensorError) -> TensorError {
    let named = error.located(at: node)
    Context.current?.errors?.first = named
    return named
  }
}

extension TensorError {
  /// The mistake with the name of a node before its message.
  func located(at node: ONNXNode) -> TensorError {
    TensorError(kind, "", "\(node.title): \(description)")
  }
}
