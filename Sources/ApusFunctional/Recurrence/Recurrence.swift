import ApusCore
import CKernels

// One direction of one recurrent layer over a whole sequence, as one operation.

/// Inputs: see ``RecurrentOperands``. Results: what each step gives, `[steps, N, outputs]` or packed `[rows, outputs]`; the
/// last hidden state, and that of the cell; and with `savesGates`, for the gradient, what the steps went through: gates and
/// cell states of an LSTM (and what it gives before a projection), gates and the state's part of the third one of a GRU.
///
/// What it computes is said by ``RecurrenceSetup/composed(_:)``, in tensor operations. Here the products of all inputs are one
/// product, and a step is the product with the state and one pass over the gates; each thread takes some sequences from the
/// first step to the last.
struct Recurrence: Primitive, Hashable {
  let setup: RecurrenceSetup
  let savesGates: Bool
  var name: String { setup.cell == .lstm ? "Lstm" : setup.cell == .gru ? "Gru" : "Rnn" }
  var saves: Saves { [.inputs, .outputs] }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let sizes = try RecurrenceSizes(setup, inputs)
    guard inputs[0].dtype.isFloatingPoint else {
      throw TensorError(.dtype, "recurrence", "needs floating point numbers, and found \(inputs[0].dtype)")
    }
    let (leading, dtype) = (Array(inputs[0].shape.dropLast()), inputs[0].dtype)
    var types = [TensorType(leading + [sizes.outputs], dtype), inputs[1]]
    if setup.cell.hasCellState { types.append(inputs[2]) }
    let wide = dtype.accumulateType
    if savesGates, setup.cell.gates > 1 {
      types.append(TensorType(leading + [setup.cell.gates * sizes.hidden], wide))
      types.append(TensorType(leading + [sizes.hidden], wide))
      if setup.hasProjection { types.append(TensorType(leading + [sizes.hidden], wide)) }
    }
    return types
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[0].dtype.accumulateType
    let operands = try inputs.map { (x) throws(TensorError) in try x.dense(compute) }
    let made = results.map { $0.dtype == compute ? $0 : Tensor.uninitialized($0.shape, compute) }
    if compute == .float32 {
      try run(Float.self, operands, into: made)
    } else {
      try run(Double.self, operands, into: made)
    }
    for (result, value) in zip(results, made) where result.dtype != compute { result.fill(with: value) }
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    RecurrenceProgram(setup, inputs, outputs)?.text
  }

  /// The products with the weights, at all steps.
  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    let rows = elementCount(Array(inputs[0].shape.dropLast()))
    return inputs.dropFirst(1 + setup.stateCount).reduce(0) { $0 + ($1.shape.count == 2 ? 2 * rows * $1.count : 0) }
  }

  private func run<T: RecurrenceElement>(
    _: T.Type, _ bodies: [TensorBody], into results: [Tensor]
  ) throws(TensorError) {
    let (cell, kernels) = (setup.cell, T.recurrenceKernels)
    let sizes = try RecurrenceSizes(setup, bodies.map { TensorType($0.shape, $0.dtype) })
    let d = RecurrentOperands(setup, bodies)
    let steps = RecurrentSteps(setup, shape: d.x.shape)
    let (batch, hidden, outputs, width) = (sizes.batch, sizes.hidden, sizes.outputs, cell.gates * sizes.hidden)
    func address(_ tensor: Tensor) -> UnsafeMutablePointer<T> { tensor.body.data.assumingMemoryBound(to: T.self) }
    func scratch(_ shape: [Int]) throws(TensorError) -> Tensor {
      try checkMemory(TensorType(shape, T.computeType), name)
      return Tensor.uninitialized(shape, T.computeType)
    }

    let isSaved = savesGates && cell.gates > 1
    let firstSaved = 1 + setup.stateCount
    let gateTensor = isSaved ? results[firstSaved] : try scratch([steps.total, width])
    let innerTensor = isSaved ? results[firstSaved + 1] : try scratch([cell == .gru ? batch : 0, hidden])
    let unprojected =
      setup.hasProjection
      ? (isSaved ? results[firstSaved + 2] : try scratch([batch, hidden])) : try scratch([0])
    let sums = try scratch([cell == .gru ? batch : 0, width])

    // The inputs' products of all times. The state's bias of a GRU stands inside of a product with a gate.
    var bias = d.biasIh.map { Tensor($0) }
    if let first = d.biasIh, let second = d.biasHh, cell != .gru {
      let sum = try scratch([width])
      let (to, a, b) = (address(sum), address(Tensor(first)), address(Tensor(second)))
      withExtendedLifetime((sum, first, second)) { for i in 0..<width { to[i] = a[i] + b[i] } }
      bias = sum
    }
    try multiply(
      Tensor(d.x).view([steps.total, sizes.inputs], strides: [sizes.inputs, 1]),
      Tensor(d.weightIh).view([sizes.inputs, width], strides: [1, sizes.inputs]), bias: bias,
      into: gateTensor.view([steps.total, width], strides: [width, 1]))

    let weight = try StepMatrix<T>(d.weightHh, transposed: true, steps: steps.count)
    let projection = try d.weightHr.map { (body) throws(TensorError) in
      try StepMatrix<T>(body, transposed: true, steps: steps.count)
    }
    let stateBias = cell == .gru ? d.biasHh.map { $0.data.assumingMemoryBound(to: T.self) } : nil
    let (y, h) = (address(results[0]), address(results[1]))
    let c = setup.cell.hasCellState ? address(results[2]) : h
    let (gates, inner, plain, product) = (
      address(gateTensor), address(innerTensor), address(unprojected), address(sums)
    )
    h.update(from: d.h.data.assumingMemoryBound(to: T.self), count: batch * outputs)
    if let body = d.c { c.update(from: body.data.assumingMemoryBound(to: T.self), count: batch * hidden) }

    nonisolated(unsafe) let places = (y, h, c, gates, inner, plain, product, stateBias)
    withExtendedLifetime((bodies, gateTensor, innerTensor, unprojected, sums)) {
      forSequences(batch, work: steps.count * width * (outputs + 16)) { sequences in
        let (y, h, c, gates, inner, plain, product, stateBias) = places
        for t in steps.order {
          let now = steps.active(sequences, at: t)
          if now.isEmpty { continue }
          let (n, first) = (now.count, now.lowerBound)
          let row = steps.offsets[t] + first
          let (out, state, sums) = (y + row * outputs, h + first * outputs, gates + row * width)
          switch cell {
          case .tanh, .relu:
            weight.multiply(state, into: sums, count: n, beta: 1)
            kernels.plainStep(sums, state, out, cell == .relu, n, hidden)
          case .gru:
            let fromState = product + first * width
            weight.multiply(state, into: fromState, count: n, beta: 0)
            kernels.gruStep(
              sums, fromState, stateBias, inner + (isSaved ? row : first) * hidden, state, out, n, hidden)
          case .lstm:
            weight.multiply(state, into: sums, count: n, beta: 1)
            let memory = c + first * hidden
            let kept = isSaved ? inner + row * hidden : memory
            if let projection {
              let given = plain + (isSaved ? row : first) * hidden
              kernels.lstmStep(sums, memory, kept, given, nil, n, hidden)
              projection.multiply(given, into: out, count: n, beta: 0)
              state.update(from: out, count: n * outputs)
            } else {
              kernels.lstmStep(sums, memory, kept, out, state, n, hidden)
            }
          }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let first = setup.firstWeight
    if isBatched.dropFirst(first).contains(true) {
      // Step by step in operations that know of samples. What the steps went through is not read then: see the gradient.
      let sample = zip(inputs, isBatched).map { $1 ? TensorType(Array($0.shape.dropFirst()), $0.dtype) : $0.type }
      let made = mappedComposed(inputs, isBatched) { setup.composed($0) }
      return try made
        + outputTypes(sample).dropFirst(made.count).map {
          Tensor.zeros([], dtype: $0.dtype).placed(with: inputs[0]).expand([size] + $0.shape)
        }
    }
    // The sequences of all samples side by side.
    let all = everySample(Array(inputs.prefix(first)), Array(isBatched.prefix(first)), size)
    let merged = all.enumerated().map { setup.merged($1, isTimed: $0 == 0) }
    let joined = Recurrence(setup: setup.ofSamples(size), savesGates: savesGates)
    return apply(joined, merged + inputs.dropFirst(first)).enumerated().map { i, result in
      setup.parted(result, isTimed: i == 0 || i > setup.stateCount, size)
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let states = 1 + setup.stateCount
    let inputs = (0..<setup.inputCount).map { node.input($0) }
    let needs = (0..<setup.inputCount).map { node.needs($0) }
    guard savesGates || setup.cell.gates == 1 else {
      return composedGradients(inputs, needs: needs, cotangents: Array(cotangents.prefix(states))) {
        setup.composed($0)
      }
    }
    let given = (0..<states).map { i in
      let type = node.outputType(i)
      return cotangents[i] ?? Tensor.zeros(type.shape, dtype: type.dtype).placed(with: inputs[0])
    }
    let saved = setup.cell.gates > 1 ? 2 + (setup.hasProjection ? 1 : 0) : 0
    let rule = RecurrenceGradient(
      setup: setup, wantsInput: needs[0], wantsWeights: needs.dropFirst(setup.firstWeight).contains(true))
    let made = apply(rule, given + inputs + [node.output(0)] + (0..<saved).map { node.output(states + $0) })
    return rule.spread(made)
  }
}

/// Calls `body` with parts of `0..<count` on several threads, where the work of each, in multiplications, is worth it.
func forSequences(_ count: Int, work: Int, _ body: (Range<Int>) -> Void) {
  parallelFor(count, grain: max(4, 400_000 / max(1, work)), body)
}

/// The recurrence of ``RecurrenceSetup/composed(_:)`` over a whole sequence.
///
/// - Returns: what the steps give, the last hidden state, and the last state of the cell if there is one.
package func recurrence(_ setup: RecurrenceSetup, _ operands: RecurrentOperands<Tensor>) -> [Tensor] {
  let inputs = operands.list
  if let failed = poisoned(among: inputs) { return [Tensor](repeating: failed, count: 1 + setup.stateCount) }
  if let autocast = Autocast.active {
    let made = autocast.run(.lowerPrecision, inputs) { recurrence(setup, RecurrentOperands(setup, $0)) }
    // PyTorch's GRU mixes 16-bit gates with the state, whose type its results have.
    return setup.cell == .gru ? made.map { $0.to(operands.h.dtype) } : made
  }
  let dtype = operands.x.dtype
  // Engines of devices have the operations that a step is made of.
  let isElsewhere = operands.x.deviceIfUsed.map { $0 != .cpu } ?? false
  if dtype.isCustom || dtype.isComplex || isElsewhere {
    do throws(TensorError) { _ = try RecurrenceSizes(setup, inputs.map(\.type)) } catch {
      return [Tensor](repeating: fail(error), count: 1 + setup.stateCount)
    }
    return setup.composed(inputs)
  }
  let savesGates = Context.isGradientEnabled && inputs.contains(where: \.requiresGrad)
  let made = apply(Recurrence(setup: setup, savesGates: savesGates), inputs)
  return Array(results(made, made.count == 1 ? 1 + setup.stateCount : made.count).prefix(1 + setup.stateCount))
}
