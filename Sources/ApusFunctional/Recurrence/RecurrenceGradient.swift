import ApusCore

// The gradients of a recurrence: back through the steps, then one product over all times for each weight.

/// The gradients of ``Recurrence``. Inputs: the cotangents of what the steps give and of the last states, the inputs of the
/// recurrence, what the steps gave, and what they saved. Results: the gradients of the input (with `wantsInput`), of the first
/// states, and of weights and biases (with `wantsWeights`).
struct RecurrenceGradient: Primitive, Hashable {
  let setup: RecurrenceSetup
  let wantsInput: Bool
  let wantsWeights: Bool
  var name: String { Recurrence(setup: setup, savesGates: true).name + "Backward" }

  private var stateCount: Int { setup.stateCount }
  /// The positions among the recurrence's inputs whose gradients are results.
  private var wanted: [Int] {
    (0..<setup.inputCount).filter { $0 == 0 ? wantsInput : $0 <= stateCount || wantsWeights }
  }

  /// The results in the places of the recurrence's inputs.
  func spread(_ made: [Tensor]) -> [Tensor?] {
    var all = [Tensor?](repeating: nil, count: setup.inputCount)
    for (i, gradient) in zip(wanted, results(made, wanted.count)) { all[i] = gradient }
    return all
  }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    wanted.map { inputs[1 + stateCount + $0] }
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = inputs[0].dtype.accumulateType
    let operands = try inputs.map { (x) throws(TensorError) in try x.dense(compute) }
    let made = results.map { $0.dtype == compute ? $0 : Tensor.uninitialized($0.shape, compute) }
    if compute == .float32 {
      try run(Float.self, operands, into: made)
    } else {
      try run(Double.self, operands, into: made)
    }
    for (result, value) in zip(results, made) where result.dtype != compute { result.fill(with: value) }
  }

  /// For each weight a product for what it was multiplied with, and one for itself.
  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    let own = inputs.dropFirst(1 + stateCount).prefix(setup.inputCount)
    let rows = elementCount(Array(own.first?.shape.dropLast() ?? []))
    let weights = own.dropFirst(1 + stateCount).filter { $0.shape.count == 2 }
    return weights.enumerated().reduce(0) { sum, weight in
      let products = (weight.offset > 0 || wantsInput ? 1 : 0) + (wantsWeights ? 1 : 0)
      return sum + 2 * rows * weight.element.count * products
    }
  }

  private func run<T: RecurrenceElement>(
    _: T.Type, _ bodies: [TensorBody], into results: [Tensor]
  ) throws(TensorError) {
    let (cell, kernels) = (setup.cell, T.recurrenceKernels)
    let given = bodies.prefix(1 + stateCount)
    let own = Array(bodies.dropFirst(given.count).prefix(setup.inputCount))
    let saved = Array(bodies.dropFirst(given.count + own.count))
    let sizes = try RecurrenceSizes(setup, own.map { TensorType($0.shape, $0.dtype) })
    let d = RecurrentOperands(setup, own)
    let steps = RecurrentSteps(setup, shape: d.x.shape)
    let (batch, hidden, outputs, width) = (sizes.batch, sizes.hidden, sizes.outputs, cell.gates * sizes.hidden)
    func address(_ body: TensorBody) -> UnsafeMutablePointer<T> { body.data.assumingMemoryBound(to: T.self) }
    func scratch(_ rows: Int, _ columns: Int) throws(TensorError) -> Tensor {
      try checkMemory(TensorType([rows, columns], T.computeType), name)
      return Tensor.uninitialized([rows, columns], T.computeType)
    }

    // Gradients of the sums in the gates, for the input's part and the state's, which are the same but for a GRU.
    let inputSums = try scratch(steps.total, width)
    let stateSums = cell == .gru ? try scratch(steps.total, width) : inputSums
    // The states before each step, for the weights.
    let before = try scratch(wantsWeights || cell == .gru ? steps.total : 0, outputs)
    // With a projection: the gradients of what it gives, and of what it takes in this step.
    let projected = try scratch(setup.hasProjection ? steps.total : 0, outputs)
    let unprojected = try scratch(setup.hasProjection ? batch : 0, hidden)

    let weight = try StepMatrix<T>(d.weightHh, transposed: false, steps: steps.count)
    let projection = try d.weightHr.map { (body) throws(TensorError) in
      try StepMatrix<T>(body, transposed: false, steps: steps.count)
    }
    let states = results[(wantsInput ? 1 : 0)...]
    let dh = address(states[states.startIndex].body)
    let dc = cell.hasCellState ? address(states[states.startIndex + 1].body) : dh
    dh.update(from: address(bodies[1]), count: batch * outputs)
    if cell.hasCellState { dc.update(from: address(bodies[2]), count: batch * hidden) }

    let (dy, y) = (address(bodies[0]), address(saved[0]))
    // Gates and cell states, or gates and the inner sum.
    let gates = cell.gates > 1 ? address(saved[1]) : y
    let inner = cell.gates > 1 ? address(saved[2]) : y
    let (h0, c0) = (address(d.h), d.c.map { address($0) } ?? address(d.h))
    let keepsBefore = before.count > 0
    nonisolated(unsafe) let places = (
      dh, dc, dy, y, gates, inner, h0, c0, address(inputSums.body), address(stateSums.body), address(before.body),
      address(projected.body), address(unprojected.body)
    )
    withExtendedLifetime((bodies, inputSums, stateSums, before, projected, unprojected)) {
      forSequences(batch, work: steps.count * width * (outputs + 16)) { sequences in
        let (dh, dc, dy, y, gates, inner, h0, c0, inputSums, stateSums, before, projected, unprojected) = places
        for t in steps.order.reversed() {
          let now = steps.active(sequences, at: t)
          if now.isEmpty { continue }
          let (n, first) = (now.count, now.lowerBound)
          let row = steps.offsets[t] + first
          let arriving = dh + first * outputs
          let (dx, ds) = (inputSums + row * width, stateSums + row * width)
          if keepsBefore {
            steps.sources(now, at: t) { part, place in
              let source = place.map { y + $0 * outputs } ?? h0 + part.lowerBound * outputs
              (before + (steps.offsets[t] + part.lowerBound) * outputs).update(
                from: source, count: part.count * outputs)
            }
          }
          switch cell {
          case .tanh, .relu:
            kernels.plainBack(dx, y + row * outputs, dy + row * outputs, arriving, cell == .relu, n, hidden)
          case .gru:
            kernels.gruBack(
              dx, ds, arriving, gates + row * width, inner + row * hidden, before + row * outputs, dy + row * outputs,
              n, hidden)
          case .lstm:
            var (direct, more): (UnsafePointer<T>, UnsafePointer<T>?) = (.init(dy + row * outputs), .init(arriving))
            if let projection {
              let total = projected + row * outputs
              for i in 0..<n * outputs { total[i] = direct[i] + arriving[i] }
              projection.multiply(total, into: unprojected + first * hidden, count: n, beta: 0)
              (direct, more) = (.init(unprojected + first * hidden), nil)
            }
            steps.sources(now, at: t) { part, place in
              let skipped = part.lowerBound - first
              let earlier = place.map { inner + $0 * hidden } ?? c0 + part.lowerBound * hidden
              kernels.lstmBack(
                dx + skipped * width, dc + part.lowerBound * hidden, gates + (row + skipped) * width,
                inner + (row + skipped) * hidden, earlier, direct + skipped * hidden,
                more.map { $0 + skipped * hidden },
                part.count, hidden)
            }
          }
          // A GRU's state reaches the next one past the product too.
          weight.multiply(ds, into: arriving, count: n, beta: cell == .gru ? 1 : 0)
        }
      }
    }

    if wantsInput {
      try multiply(
        inputSums, Tensor(d.weightIh), into: results[0].view([steps.total, sizes.inputs], strides: [sizes.inputs, 1]))
    }
    guard wantsWeights else { return }
    let gradients = RecurrentOperands(setup, [results[0]] + states)
    func columns(_ tensor: Tensor, _ count: Int) -> Tensor { tensor.view([count, steps.total], strides: [1, count]) }
    func rows(_ body: TensorBody, _ count: Int) -> Tensor {
      Tensor(body).view([steps.total, count], strides: [count, 1])
    }
    try multiply(columns(inputSums, width), rows(d.x, sizes.inputs), into: gradients.weightIh)
    try multiply(columns(stateSums, width), before, into: gradients.weightHh)
    if let bias = gradients.biasIh { bias.fill(with: noGrad { inputSums.sum([0]) }) }
    if let bias = gradients.biasHh {
      bias.fill(with: cell == .gru ? noGrad { stateSums.sum([0]) } : gradients.biasIh ?? bias)
    }
    if let weight = gradients.weightHr {
      try multiply(columns(projected, outputs), rows(saved[3], hidden), into: weight)
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let (given, count) = (1 + stateCount, 1 + stateCount + setup.inputCount)
    let firstWeight = given + setup.firstWeight
    if wantsWeights || isBatched[firstWeight..<count].contains(true) {
      // Weights have a gradient of each sample: step by step, in operations that know of samples.
      return mappedComposed(Array(inputs.prefix(count)), Array(isBatched.prefix(count))) { own in
        let needs = (0..<setup.inputCount).map(wanted.contains)
        let operands = Array(own.dropFirst(given))
        let found = composedGradients(operands, needs: needs, cotangents: Array(own.prefix(given))) {
          setup.composed($0)
        }
        return wanted.map { found[$0] ?? Tensor.zeros(operands[$0].shape, dtype: operands[$0].dtype) }
      }
    }
    // The sequences of all samples side by side. Cotangents and operands begin with what is there at each time.
    let all = everySample(inputs, isBatched, size)
    let merged = all.indices.map { i -> Tensor in
      if (firstWeight..<count).contains(i) { return inputs[i] }
      return setup.merged(all[i], isTimed: i == 0 || i == given || i >= count)
    }
    let joined = RecurrenceGradient(setup: setup.ofSamples(size), wantsInput: wantsInput, wantsWeights: false)
    return zip(wanted, apply(joined, merged)).map { setup.parted($1, isTimed: $0 == 0, size) }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // What the steps gave and saved follows from the inputs: their part of the derivative is in the composed form.
    let (given, count) = (1 + stateCount, 1 + stateCount + setup.inputCount)
    let inputs = (0..<count).map { node.input($0) }
    let needs = (0..<count).map { node.needs($0) }
    let found = composedGradients(inputs, needs: needs, cotangents: cotangents) { leaves in
      let own = leaves.dropFirst(given).map { $0.requiresGrad ? alias($0) : Tensor($0, requiresGrad: true) }
      let made = gradients(
        of: setup.composed(own), wrt: wanted.map { own[$0] }, cotangents: Array(leaves.prefix(given)),
        createGraph: true,
        allowUnused: true)
      return zip(wanted, made).map { $1 ?? Tensor.zeros(own[$0].shape, dtype: own[$0].dtype) }
    }
    return found + [Tensor?](repeating: nil, count: node.inputCount - count)
  }
}
