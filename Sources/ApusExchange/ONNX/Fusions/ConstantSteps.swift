import ApusCore
import ApusFormats

// What is known of a graph without running it.

extension ONNXGraph.Step {
  /// The outputs of a step all of whose inputs are constants; nil where it has to run. A mistake that it makes is told when it
  /// runs, if it ever does.
  func constants(limit: Int) -> [ONNXValue?]? {
    var (given, around): ([ONNXValue?], [ONNXValue?]) = ([], [])
    for operand in inputs {
      if case .none = operand {
        given.append(nil)
      } else if let value = operand.constant {
        given.append(value)
      } else {
        return nil
      }
    }
    for operand in captured {
      guard let value = operand.constant else { return nil }
      around.append(value)
    }
    let call = ONNXCall(node: node, inputs: given, captured: around, limit: limit)
    let results = try? noGrad { try withErrors { try compute(call) } }
    guard let results, results.count >= outputs.count else { return nil }
    for (i, slot) in outputs.enumerated() where slot != nil && results[i] == nil { return nil }
    return results
  }

  /// The same step with other inputs.
  func with(inputs: [ONNXGraph.Operand], captured: [ONNXGraph.Operand]) -> ONNXGraph.Step {
    ONNXGraph.Step(
      node: node, kernel: kernel, inputs: inputs, captured: captured, outputs: outputs, isPure: isPure)
  }
}

extension ONNXGraph {
  /// The steps whose outputs are used.
  static func needed(_ steps: [Step], _ outputs: [Output]) -> [Step] {
    var used: Set<Int> = []
    for output in outputs { if case .slot(let slot) = output.operand { used.insert(slot) } }
    var kept: [Step] = []
    for step in steps.reversed() {
      guard step.outputs.contains(where: { $0.map(used.contains) ?? false }) else { continue }
      for operand in step.inputs + step.captured { if case .slot(let slot) = operand { used.insert(slot) } }
      kept.append(
        Step(
          node: step.node, kernel: step.kernel, inputs: step.inputs, captured: step.captured,
          outputs: step.outputs.map { $0.flatMap { used.contains($0) ? $0 : nil } }, isPure: step.isPure))
    }
    return kept.reversed()
  }

  /// The graph with the present values of parameters and buffers as constants, what depends on them alone computed, and
  /// nodes that belong together as one: how it runs when no gradients are asked for.
  package func frozen() -> ONNXGraph {
    var known: [Int: ONNXValue] = [:]
    func settled(_ operand: Operand) -> Operand {
      switch operand {
      case .slot(let slot): known[slot].map { .constant($0) } ?? operand
      case .variable(let tensor): .constant(.tensor(tensor.elementsOnly))
      case .none, .constant, .captured: operand
      }
    }
    var kept: [Step] = []
    for step in steps {
      let step = step.with(inputs: step.inputs.map(settled), captured: step.captured.map(settled))
      if step.isPure, let values = step.constants(limit: ResultMemory.limit) {
        for (i, slot) in step.outputs.enumerated() { if let slot, let value = values[i] { known[slot] = value } }
      } else {
        kept.append(step)
      }
    }
    let outputs = outputs.map { Output(name: $0.name, type: $0.type, operand: settled($0.operand)) }
    var fusion = ONNXFusion(steps: kept, outputs: outputs)
    fusion.run()
    return ONNXGraph(
      name: name, inputs: inputs, outputs: outputs, steps: Self.needed(fusion.steps, outputs), captures: captures,
      slotCount: slotCount)
  }
}
