import ApusCore
import ApusFormats
import ApusFunctional
import ApusNN

// Branches and loops: nodes with graphs inside.

let controlExports: [String: ExportLowering] = [
  "Branch": branch, "WhileLoop": whileLoop, "ScanLoop": scanLoop, "BranchGradient": unrolled,
  "ScanLoopGradient": unrolled,
]

extension ExportedOperation {
  /// The forms of a branch or loop in the captured calls.
  fileprivate func forms() throws -> [ControlForm] {
    try primitives.map {
      guard let control = $0 as? any ControlFlow else { throw refusal("it has no steps") }
      return control.form
    }
  }

  /// A step as it is in each of the captured calls.
  fileprivate func step(_ part: Int, _ forms: [ControlForm]) -> [CapturedCall] {
    zip(graph.captures, forms).map { CapturedCall(step: $1.parts[part].step, of: $0, path: graph.path) }
  }

  /// The names of what a step alone uses.
  fileprivate func free(_ part: Int, _ forms: [ControlForm]) -> [String] {
    forms[0].parts[part].free.map { inputs[$0] }
  }
}

private func branch(_ operation: ExportedOperation) throws -> [String] {
  let forms = try operation.forms()
  let names = ["then_branch", "else_branch"]
  let graphs = try names.enumerated().map { part, name in
    (
      name,
      ONNX.AttributeProto.Value.graph(
        try operation.graph.subgraph(operation.step(part, forms), name, free: operation.free(part, forms)))
    )
  }
  let predicate = try operation.graph.truth(operation.inputs[0], operation.inputTypes[0].dtype)
  return operation.addMany("If", [predicate], graphs, results: operation.outputTypes.count)
}

private func whileLoop(_ operation: ExportedOperation) throws -> [String] {
  let (forms, graph) = (try operation.forms(), operation.graph)
  let (count, test) = (forms[0].stateCount, operation.step(0, forms))
  let tested = operation.free(0, forms)
  let states = Array(operation.inputs.prefix(count))
  // The condition is computed before the loop, and behind its body for the next round.
  let start = try graph.truth(try graph.inline(test, states + tested)[0], forms[0].parts[0].step.outputTypes[0].dtype)
  let body = try graph.subgraph(
    operation.step(1, forms), "body", given: count, free: operation.free(1, forms), test: (test, tested))
  return operation.addMany("Loop", ["", start] + states, [("body", .graph(body))], results: count)
}

/// A gradient as the operations of all steps.
private func unrolled(_ operation: ExportedOperation) throws -> [String] {
  try operation.composed { k, inputs in (operation.primitives[k] as? any ControlFlow)?.unrolled(inputs) ?? [] }
}

private func scanLoop(_ operation: ExportedOperation) throws -> [String] {
  let forms = try operation.forms()
  let count = forms[0].stateCount
  let body = try operation.graph.subgraph(
    operation.step(0, forms), "body", given: count + 1, free: operation.free(0, forms))
  var attributes: [(String, ONNX.AttributeProto.Value)] = [("body", .graph(body)), ("num_scan_inputs", .int(1))]
  if forms[0].isReverse {
    attributes += [("scan_input_directions", .ints([1])), ("scan_output_directions", .ints([1]))]
  }
  // The sequence comes behind the states.
  let inputs = Array(operation.inputs[1..<1 + count]) + [operation.inputs[0]]
  return operation.addMany("Scan", inputs, attributes, results: count + 1)
}
