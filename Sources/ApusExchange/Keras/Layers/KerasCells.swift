import ApusCore
import ApusFormats
import ApusFunctional

/// What a recurrent layer does with one step, and the weights for it.
struct KerasCell: Sendable {
  /// Zeros for the state before the first step, for inputs like `x` [batch, ...] of one step.
  let initial: @Sendable (_ x: Tensor, _ cell: KerasLayer) -> [Tensor]
  /// The part of a step that needs no state, which is computed for all steps at once: [batch, ...] to [batch, ...].
  let project: @Sendable (Tensor, KerasLayer) -> Tensor
  /// Output and next state.
  let step: @Sendable (Tensor, [Tensor], KerasLayer) -> (Tensor, [Tensor])
  /// The state that stands for the output of the step before.
  let outputState: Int
  /// The shape of an output without the batch.
  let output: [Int?]
  let stateCount: Int
}

/// Makes cells: as parts of recurrent layers.
enum KerasCells {
  /// The cell of a layer or of a cell's own object, with its plan.
  static func cell(
    _ config: KerasConfig, _ input: KerasShape, _ builder: KerasBuilder
  ) throws(TensorError) -> (plan: KerasPlan, cell: KerasCell) {
    switch config.className {
    case "LSTM", "LSTMCell", "CuDNNLSTM": return try lstm(config, input)
    case "GRU", "GRUCell", "CuDNNGRU": return try gru(config, input)
    case "SimpleRNN", "SimpleRNNCell": return try simple(config, input)
    case "StackedRNNCells": return try stacked(config, input, builder)
    case "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D": return try KerasConvolutionCells.convLSTM(config, input)
    default:
      throw config.fail(
        .unsupported, "there is no cell of this class here; if it is somebody's own, its code is not run")
    }
  }

  static func plan(_ config: KerasConfig, _ weights: [KerasPlan.Weight]) -> KerasPlan {
    KerasPlan(config, weights: weights, outputs: [.unknown]) { call throws(TensorError) in
      throw call.fail("a cell is called by the layer that holds it")
    }
  }

  /// Settings of the cell inside a layer that has them itself.
  static func inner(_ config: KerasConfig, _ className: String) -> KerasConfig {
    guard !config.className.hasSuffix("Cell") else { return config }
    var settings = config.json.object ?? [:]
    let name = className.kerasSnakeCase
    settings["name"] = .string(name)
    return KerasConfig(of: config, className: className, name: name, settings)
  }

  private static func weight(_ name: String, _ sizes: [Int?]) -> KerasPlan.Weight {
    KerasPlan.Weight(name: name, shape: KerasShape(sizes))
  }

  private static func zeros(_ x: Tensor, _ units: Int) -> Tensor { Tensor.zeros([x.shape[0], units], dtype: x.dtype) }

  private static func lstm(_ config: KerasConfig, _ input: KerasShape) throws(TensorError) -> (KerasPlan, KerasCell) {
    let config = inner(config, "LSTMCell")
    let units = try config.size("units", in: 1...1 << 30)
    let activation = try KerasActivations.function(config, "activation", "tanh")
    let gate = try KerasActivations.function(config, "recurrent_activation", "sigmoid")
    let hasBias = try config.bool("use_bias", true)
    var weights = [weight("kernel", [input[-1], 4 * units]), weight("recurrent_kernel", [units, 4 * units])]
    if hasBias { weights.append(weight("bias", [4 * units])) }
    let cell = KerasCell(
      initial: { x, _ in [zeros(x, units), zeros(x, units)] },
      project: { x, layer in
        let weights = layer.converted
        let product = matmul(x, weights[0])
        return hasBias ? product + weights[2] : product
      },
      step: { x, states, layer in
        let sums = x + matmul(states[0], layer.converted[1])
        let gates = sums.hasFailed ? [] : sums.split(units, dim: 1)
        guard gates.count == 4 else { return (sums, states) }
        let carry = gate(gates[1]) * states[1] + gate(gates[0]) * activation(gates[2])
        let output = gate(gates[3]) * activation(carry)
        return (output, [output, carry])
      }, outputState: 0, output: [units], stateCount: 2)
    return (plan(config, weights), cell)
  }

  private static func gru(_ config: KerasConfig, _ input: KerasShape) throws(TensorError) -> (KerasPlan, KerasCell) {
    // The first GRU of Keras reset before the product, and did not say so.
    let after = try config.bool("reset_after", config.isOld ? config.className == "CuDNNGRU" : true)
    let config = inner(config, "GRUCell")
    let units = try config.size("units", in: 1...1 << 30)
    let activation = try KerasActivations.function(config, "activation", "tanh")
    let gate = try KerasActivations.function(config, "recurrent_activation", "sigmoid")
    let hasBias = try config.bool("use_bias", true)
    var weights = [weight("kernel", [input[-1], 3 * units]), weight("recurrent_kernel", [units, 3 * units])]
    if hasBias { weights.append(weight("bias", after ? [2, 3 * units] : [3 * units])) }
    let cell = KerasCell(
      initial: { x, _ in [zeros(x, units)] },
      project: { x, layer in
        let weights = layer.converted
        let product = matmul(x, weights[0])
        return hasBias ? product + (after ? weights[2].select(0, 0) : weights[2]) : product
      },
      step: { x, states, layer in
        let weights = layer.converted
        let (h, parts) = (states[0], x.hasFailed ? [] : x.split(units, dim: 1))
        guard parts.count == 3 else { return (x, states) }
        let (update, reset, candidate): (Tensor, Tensor, Tensor)
        if after {
          let product = matmul(h, weights[1])
          let sums = hasBias ? product + weights[2].select(0, 1) : product
          let inner = sums.hasFailed ? [] : sums.split(units, dim: 1)
          guard inner.count == 3 else { return (sums, states) }
          update = gate(parts[0] + inner[0])
          reset = gate(parts[1] + inner[1])
          candidate = activation(parts[2] + reset * inner[2])
        } else {
          let kernels = weights[1].split(units, dim: 1)
          guard kernels.count == 3 else { return (x, states) }
          update = gate(parts[0] + matmul(h, kernels[0]))
          reset = gate(parts[1] + matmul(h, kernels[1]))
          candidate = activation(parts[2] + matmul(reset * h, kernels[2]))
        }
        let output = update * h + (1.0 - update) * candidate
        return (output, [output])
      }, outputState: 0, output: [units], stateCount: 1)
    return (plan(config, weights), cell)
  }

  private static func simple(_ config: KerasConfig, _ input: KerasShape) throws(TensorError) -> (KerasPlan, KerasCell) {
    let config = inner(config, "SimpleRNNCell")
    let units = try config.size("units", in: 1...1 << 30)
    let activation = try KerasActivations.function(config, "activation", "tanh")
    let hasBias = try config.bool("use_bias", true)
    var weights = [weight("kernel", [input[-1], units]), weight("recurrent_kernel", [units, units])]
    if hasBias { weights.append(weight("bias", [units])) }
    let cell = KerasCell(
      initial: { x, _ in [zeros(x, units)] },
      project: { x, layer in
        let weights = layer.converted
        let product = matmul(x, weights[0])
        return hasBias ? product + weights[2] : product
      },
      step: { x, states, layer in
        let output = activation(x + matmul(states[0], layer.converted[1]))
        return (output, [output])
      }, outputState: 0, output: [units], stateCount: 1)
    return (plan(config, weights), cell)
  }

  private static func stacked(
    _ config: KerasConfig, _ input: KerasShape, _ builder: KerasBuilder
  ) throws(TensorError) -> (KerasPlan, KerasCell) {
    guard let objects = config["cells"]?.array, !objects.isEmpty, objects.count < 1000, builder.depth < 64 else {
      throw config.fail(.format, "has no cells inside")
    }
    var inner = builder
    inner.depth += 1
    var shape = input
    var cells: [KerasCell] = []
    var parts: [(attribute: String, plan: KerasPlan)] = []
    var names: [String: Int] = [:]
    for object in objects {
      let (plan, cell) = try cell(KerasConfig(object, file: config.file, isOld: config.isOld), shape, inner)
      let name = plan.config.className.kerasSnakeCase
      let count = names[name, default: 0]
      names[name] = count + 1
      parts.append(("cells/\(count == 0 ? name : "\(name)_\(count)")", plan))
      cells.append(cell)
      shape = KerasShape([input[0]] + cell.output)
    }
    let plan = plan(config, [])
    plan.parts = parts
    let all = cells
    let last = cells[cells.count - 1]
    let cell = KerasCell(
      initial: { x, layer in
        var states: [Tensor] = []
        for (cell, part) in zip(all, layer.parts) { states += cell.initial(x, part) }
        return states
      },
      project: { x, _ in x },
      step: { x, states, layer in
        var (value, next, place) = (x, [Tensor](), 0)
        for (cell, part) in zip(all, layer.parts) {
          let own = Array(states[place..<place + cell.stateCount])
          place += cell.stateCount
          let (output, state) = cell.step(cell.project(value, part), own, part)
          value = output
          next += state
        }
        return (value, next)
      }, outputState: cells.dropLast().reduce(0) { $0 + $1.stateCount } + last.outputState, output: last.output,
      stateCount: cells.reduce(0) { $0 + $1.stateCount })
    return (plan, cell)
  }
}
