import ApusCore
import ApusFunctional

// What the recurrent layers share: their settings, weights and the way through layers and directions.

/// What ``RNN`` and ``RNNCell`` do with the sums of a step.
public enum RecurrentNonlinearity: String, Sendable, Hashable, NamedChoice {
  /// The hyperbolic tangent, or the positive part.
  case tanh, relu

  var cell: RecurrentCell { self == .tanh ? .tanh : .relu }
}

/// The settings of a stack of recurrent layers.
struct RecurrentSettings: Sendable {
  let name: String
  let cell: RecurrentCell
  let inputSize: Int
  let hiddenSize: Int
  let numLayers: Int
  let bias: Bool
  let batchFirst: Bool
  let dropout: Double
  let bidirectional: Bool
  let projSize: Int
  /// What is wrong with them, reported already.
  let mistake: TensorError?

  init(
    _ name: String, _ cell: RecurrentCell, inputSize: Int, hiddenSize: Int, numLayers: Int, bias: Bool,
    batchFirst: Bool,
    dropout: Double, bidirectional: Bool, projSize: Int = 0, dtype: DType
  ) {
    (self.name, self.cell, self.inputSize, self.hiddenSize) = (name, cell, inputSize, hiddenSize)
    (self.numLayers, self.bias, self.batchFirst, self.dropout) = (numLayers, bias, batchFirst, dropout)
    (self.bidirectional, self.projSize) = (bidirectional, projSize)
    var mistake: TensorError?
    for (setting, value) in [("hiddenSize", hiddenSize), ("numLayers", numLayers), ("inputSize", inputSize)]
    where value <= 0 && mistake == nil {
      mistake = TensorError(.value, name, "\(setting) must be greater than zero, and found \(value)")
    }
    if mistake == nil, !(dropout >= 0 && dropout <= 1) {
      mistake = TensorError(.value, name, "the probability of dropout must be from 0 to 1, and found \(dropout)")
    } else if mistake == nil, projSize < 0 || projSize >= hiddenSize && projSize > 0 {
      mistake = TensorError(
        .value, name,
        "projSize must be 0, for no projection, or smaller than hiddenSize, \(hiddenSize), and found \(projSize)")
    } else if mistake == nil {
      // Every tensor counts as one of some size at least, so that a number of layers is no way to any amount of memory.
      let directions = bidirectional ? 2 : 1
      let widest = max(inputSize, hiddenSize.clampedMultiplying(directions))
      let each = hiddenSize.clampedMultiplying(cell.gates).clampedMultiplying(widest.clampedAdding(hiddenSize))
      let count = max(1024, each).clampedMultiplying(directions).clampedMultiplying(numLayers)
      do throws(TensorError) { try checkMemory(TensorType([count], dtype), name) } catch { mistake = error }
    }
    if mistake == nil, dropout > 0, numLayers == 1 {
      warn(
        name,
        "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than "
          + "1, but got dropout=\(dropout) and num_layers=1")
    }
    self.mistake = mistake
    if let mistake { report(mistake) }
  }

  private var directions: Int { bidirectional ? 2 : 1 }
  /// The numbers that a layer gives in one direction.
  private var outputSize: Int { projSize > 0 ? projSize : hiddenSize }
  /// The weights of one direction of one layer.
  private var partCount: Int { 2 + (bias ? 2 : 0) + (projSize > 0 ? 1 : 0) }

  /// Names and shapes of the weights in PyTorch's order.
  private var parts: [(name: String, shape: [Int])] {
    if mistake != nil { return [] }
    var all: [(String, [Int])] = []
    let width = cell.gates * hiddenSize
    for layer in 0..<numLayers {
      for suffix in bidirectional ? ["", "_reverse"] : [""] {
        let end = "l\(layer)\(suffix)"
        all.append(("weight_ih_\(end)", [width, layer == 0 ? inputSize : outputSize * directions]))
        all.append(("weight_hh_\(end)", [width, outputSize]))
        if bias { all += [("bias_ih_\(end)", [width]), ("bias_hh_\(end)", [width])] }
        if projSize > 0 { all.append(("weight_hr_\(end)", [projSize, hiddenSize])) }
      }
    }
    return all
  }

  /// New weights, uniform in `1 / sqrt(hiddenSize)` to both sides.
  func drawnWeights(_ device: Device?, _ dtype: DType) -> [Tensor] {
    parts.map { initialBias($0.shape, fanIn: hiddenSize, device, dtype) }
  }

  /// The weights with their names in the state dictionary.
  func named(_ weights: [Tensor]) -> [(name: String, value: Any)] { zip(parts, weights).map { ($0.name, $1) } }

  /// The weights of each direction of each layer.
  func grouped(_ weights: [Tensor]) -> [[Tensor]] {
    stride(from: 0, to: weights.count, by: partCount).map { Array(weights[$0..<min($0 + partCount, weights.count)]) }
  }

  /// What the last layer gives for `input` and the last states of all layers.
  ///
  /// - Parameter states: the first states of all layers; zeros if nil.
  func run(_ input: Tensor, _ states: [Tensor]?, _ weights: [Tensor], isTraining: Bool) -> [Tensor] {
    let made = attempt(input, states?.first, states?.last) { () throws(TensorError) -> [Tensor] in
      if let mistake { throw mistake }
      guard input.rank == 2 || input.rank == 3 else {
        throw TensorError(
          .shape, name,
          "expected an input of 2 or 3 dimensions, [steps, inputSize] or "
            + "\(batchFirst ? "[N, steps, inputSize]" : "[steps, N, inputSize]"), and found \(input.shape)")
      }
      let isBatched = input.rank == 3
      try requireSize(input)
      let x = !isBatched ? input.unsqueeze(1) : batchFirst ? input.transpose(0, 1) : input
      guard x.shape[0] > 0 else {
        throw TensorError(.shape, name, "expected at least one step, and found an input of shape \(input.shape)")
      }
      let first = try checked(states, batch: x.shape[1], isBatched: isBatched, like: x)
      var made = pass(x, nil, first, weights, isTraining)
      if made[0].hasFailed { return [made[0]] }
      if !isBatched {
        made = made.map { $0.squeeze([1]) }
      } else if batchFirst {
        made[0] = made[0].transpose(0, 1)
      }
      return made
    }
    return results(made, 1 + stateCount)
  }

  /// ``run(_:_:_:isTraining:)-(Tensor,_,_,_)`` of packed sequences.
  func run(
    _ input: PackedSequence, _ states: [Tensor]?, _ weights: [Tensor], isTraining: Bool
  ) -> (PackedSequence, [Tensor]) {
    let made = attempt(input.data, states?.first, states?.last) { () throws(TensorError) -> [Tensor] in
      if let mistake { throw mistake }
      let x = input.data
      guard x.rank == 2 else {
        throw TensorError(
          .shape, name, "packed sequences must have 2 dimensions, [rows, inputSize], and found \(x.shape)")
      }
      try requireSize(x)
      var first = try checked(states, batch: input.count, isBatched: true, like: x)
      if let sorted = input.sortedIndices, states != nil { first = first.map { $0.indexSelect(1, sorted) } }
      var made = pass(x, input.batchSizes, first, weights, isTraining)
      if made[0].hasFailed { return [made[0]] }
      if let unsorted = input.unsortedIndices {
        for i in made.indices.dropFirst() { made[i] = made[i].indexSelect(1, unsorted) }
      }
      return made
    }
    let all = results(made, 1 + stateCount)
    return (input.replacing(all[0]), Array(all.dropFirst()))
  }

  private var stateCount: Int { cell.hasCellState ? 2 : 1 }

  private func requireSize(_ input: Tensor) throws(TensorError) {
    if input.shape.last != inputSize {
      throw TensorError(
        .shape, name, "the last dimension of the input must be inputSize, \(inputSize), and found \(input.shape)")
    }
  }

  /// The first states `[layers, N, size]`.
  private func checked(
    _ states: [Tensor]?, batch: Int, isBatched: Bool, like x: Tensor
  ) throws(TensorError) -> [Tensor] {
    let sizes = cell.hasCellState ? [outputSize, hiddenSize] : [outputSize]
    let layers = numLayers * directions
    guard let states else {
      return sizes.map { Tensor.zeros([layers, batch, $0], dtype: x.dtype).placed(with: x) }
    }
    for (i, (state, size)) in zip(states, sizes).enumerated() {
      let expected = isBatched ? [layers, batch, size] : [layers, size]
      if state.shape != expected {
        let which =
          sizes.count == 1 ? "the hidden state" : i == 0 ? "the hidden state, hx.0," : "the cell's state, hx.1,"
        throw TensorError(
          .shape, name,
          "\(which) must have shape \(expected) for \(isBatched ? "a batch" : "a single sequence"), and found \(state.shape)"
        )
      }
    }
    return isBatched ? states : states.map { $0.unsqueeze(1) }
  }

  /// Through all layers and directions: `x` is `[steps, N, size]` or packed rows.
  private func pass(
    _ x: Tensor, _ batchSizes: [Int]?, _ states: [Tensor], _ weights: [Tensor], _ isTraining: Bool
  ) -> [Tensor] {
    var x = x
    var last: [[Tensor]] = states.map { _ in [] }
    let groups = grouped(weights)
    for layer in 0..<numLayers {
      var given: [Tensor] = []
      for direction in 0..<directions {
        let index = layer * directions + direction
        let group = groups[index]
        let setup = RecurrenceSetup(
          cell: cell, isReverse: direction == 1, hasBias: bias, hasProjection: projSize > 0, batchSizes: batchSizes)
        let made = recurrence(
          setup,
          RecurrentOperands(
            x: x, h: states[0].select(0, index), c: cell.hasCellState ? states[1].select(0, index) : nil,
            weightIh: group[0], weightHh: group[1], biasIh: bias ? group[2] : nil, biasHh: bias ? group[3] : nil,
            weightHr: projSize > 0 ? group[group.count - 1] : nil))
        if made[0].hasFailed { return made }
        given.append(made[0])
        for i in last.indices { last[i].append(made[1 + i]) }
      }
      x = given.count == 1 ? given[0] : cat(given, dim: -1)
      if dropout > 0, isTraining, layer < numLayers - 1 {
        x = ApusFunctional.dropout(x, p: dropout, training: true)
      }
    }
    return [x] + last.map { stack($0) }
  }

  /// What stands between the parentheses of a printed layer.
  var representation: String {
    var text = "\(inputSize), \(hiddenSize)"
    if projSize != 0 { text += ", proj_size=\(projSize)" }
    if numLayers != 1 { text += ", num_layers=\(numLayers)" }
    if !bias { text += ", bias=False" }
    if batchFirst { text += ", batch_first=True" }
    if dropout != 0 { text += ", dropout=\(dropout)" }
    if bidirectional { text += ", bidirectional=True" }
    return text
  }
}
