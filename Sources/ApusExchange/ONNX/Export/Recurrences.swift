import ApusCore
import ApusFormats
import ApusFunctional
import ApusNN

// Recurrent layers: one operator for a direction of a layer.

let recurrenceExports: [String: ExportLowering] = ["Recurrence": recurrence]

private func recurrence(_ operation: ExportedOperation) throws -> [String] {
  let setups = try operation.primitives.map {
    try PrimitiveAttributes([$0]).first("setup", as: RecurrenceSetup.self)
  }
  let setup = setups[0]
  let cellCount = setup.cell.hasCellState ? 1 : 0
  let saved = [String](repeating: "", count: operation.outputTypes.count - 2 - cellCount)
  if setup.batchSizes != nil || setup.hasProjection || operation.dtype != .float32 {
    // What the operators lack: packed sequences, projections, other types.
    return try operation.composed { k, inputs in setups[k].composed(inputs) } + saved
  }
  let d = RecurrentOperands(
    x: operation.inputs[0], h: operation.inputs[1], c: cellCount == 1 ? operation.inputs[2] : nil,
    weightIh: operation.inputs[2 + cellCount], weightHh: operation.inputs[3 + cellCount],
    biasIh: setup.hasBias ? operation.inputs[4 + cellCount] : nil,
    biasHh: setup.hasBias ? operation.inputs[5 + cellCount] : nil, weightHr: nil)
  let hidden = operation.inputTypes[3 + cellCount].shape[1]
  // The order of gates is ONNX's own.
  let order: [Int] =
    switch setup.cell {
    case .tanh, .relu: [0]
    case .lstm: [0, 3, 1, 2]
    case .gru: [1, 0, 2]
    }
  func ordered(_ weight: String) throws -> String {
    if order == [0] { return weight }
    let parts = try order.map { try operation.slice(weight, 0, $0 * hidden, ($0 + 1) * hidden) }
    return operation.concat(parts, 0)
  }
  let (weight, state) = (try ordered(d.weightIh), try ordered(d.weightHh))
  var inputs = [d.x, try operation.unsqueeze(weight, [0]), try operation.unsqueeze(state, [0])]
  if let first = d.biasIh, let second = d.biasHh {
    let bias = operation.concat([try ordered(first), try ordered(second)], 0)
    inputs.append(try operation.unsqueeze(bias, [0]))
  } else {
    inputs.append("")
  }
  inputs += ["", try operation.unsqueeze(d.h, [0])]
  if let c = d.c { inputs.append(try operation.unsqueeze(c, [0])) }
  var attributes: [(String, ONNX.AttributeProto.Value)] = [
    ("hidden_size", .int(Int64(hidden))), ("direction", .string(setup.isReverse ? "reverse" : "forward")),
  ]
  let type: String
  switch setup.cell {
  case .tanh: type = "RNN"
  case .relu:
    type = "RNN"
    attributes.append(("activations", .strings(["Relu"])))
  case .lstm: type = "LSTM"
  case .gru:
    type = "GRU"
    attributes.append(("linear_before_reset", .int(1)))
  }
  let made = operation.addMany(type, inputs, attributes, results: 2 + cellCount)
  return try [operation.squeeze(made[0], [1])] + made.dropFirst().map { try operation.squeeze($0, [0]) } + saved
}

extension ExportedOperation {
  /// The operation as those that `body` makes of its inputs, for each of the captured calls.
  func composed(_ body: (_ call: Int, _ inputs: [Tensor]) -> [Tensor]) throws -> [String] {
    let calls = try primitives.indices.map { k in
      let tensors = zip(inputTypes, inputSizes).map { type, sizes in
        Tensor.zeros(sizes.map { $0.values[k] }, dtype: type.dtype)
      }
      return try CapturedCall(nil, tensors, training: false, "exportONNX") { body(k, $0) }
    }
    let first = calls[0].trace.instructions.count
    guard calls.allSatisfy({ $0.trace.instructions.count == first }) else {
      throw refusal("the number of its steps depends on the size of an open dimension")
    }
    return try graph.inline(calls, inputs)
  }
}
