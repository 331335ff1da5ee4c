import ApusCore
import ApusFunctional

// RNN, LSTM and GRU: one layer, in one direction or in both.

/// What the three operators have in common: operands laid out `[length, N, size]`, and the shape of the results.
struct RecurrentLayer {
  let call: ONNXCall
  let x: Tensor
  let directions: Int
  let hidden: Int
  /// How many steps each sequence has; nil: all.
  let lengths: Tensor?
  let clip: Double?
  private let direction: String
  private let isBatchFirst: Bool

  /// Reads what does not depend on the cell; `weights` are those of the states, `[directions, gates hidden, hidden]`.
  init(_ call: ONNXCall, gates: Int, weights: [Int], lengthsAt: Int = 4) throws {
    self.call = call
    let given = try call.tensor(0)
    isBatchFirst = try call.int("layout", 0) == 1
    direction = try call.string("direction", "forward")
    guard ["forward", "reverse", "bidirectional"].contains(direction) else {
      throw call.error(.value, "knows no direction '\(direction)'; there are forward, reverse and bidirectional")
    }
    directions = direction == "bidirectional" ? 2 : 1
    guard given.rank == 3, weights.count == 3, weights[0] == directions, weights[1] % gates == 0, weights[1] > 0 else {
      throw call.error(
        .shape,
        "needs an input of 3 dimensions and weights [\(directions), \(gates) hidden, ...], and found "
          + "\(given.shape) and \(weights)")
    }
    x = isBatchFirst ? given.transpose(0, 1) : given
    hidden = weights[1] / gates
    lengths = try call.optionalTensor(lengthsAt)?.to(.int64)
    if let lengths, lengths.shape != [x.size(1)] {
      throw call.error(.shape, "needs a length for each of \(x.size(1)) sequences, and found \(lengths.shape)")
    }
    clip = try call.optionalFloat("clip")
  }

  func isReverse(_ d: Int) -> Bool { direction == "reverse" || d == 1 }

  /// Input `i` as a state of direction `d`: `[N, hidden]`; zeros where it is missing.
  func state(_ i: Int, _ d: Int) throws -> Tensor {
    guard let given = try call.optionalTensor(i) else { return Tensor.zeros([x.size(1), hidden], dtype: x.dtype) }
    let state = isBatchFirst ? given.transpose(0, 1) : given
    guard state.shape == [directions, x.size(1), hidden] else {
      throw call.error(.shape, "needs a state of shape \([directions, x.size(1), hidden]), and found \(given.shape)")
    }
    return state.select(0, d)
  }

  /// Row `d` of input `i`, which must be of `shape`.
  func part(_ i: Int, _ d: Int, _ shape: [Int]) throws -> Tensor? {
    guard let given = try call.optionalTensor(i) else { return nil }
    guard given.shape == [directions] + shape else {
      throw call.error(.shape, "needs input \(i) of shape \([directions] + shape), and found \(given.shape)")
    }
    return given.select(0, d)
  }

  func clipped(_ x: Tensor) -> Tensor {
    guard let clip else { return x }
    return x.clamp(min: -clip, max: clip)
  }

  /// Runs `step`, which takes a place and the states and gives new states, over all places of direction `d`.
  /// - Returns: what each place gives, `[length, N, hidden]`, and the last states.
  func run(_ d: Int, _ states: [Tensor], _ step: (Int, [Tensor]) -> [Tensor]) -> (Tensor, [Tensor]) {
    let steps = x.size(0)
    var states = states
    var outputs = [Tensor?](repeating: nil, count: steps)
    let zero = Tensor.zeros([], dtype: x.dtype)
    for i in 0..<steps {
      let t = isReverse(d) ? steps - 1 - i : i
      let new = step(t, states)
      if let lengths {
        let isThere = lengths.gt(t).unsqueeze(1)
        outputs[t] = `where`(isThere, new[0], zero)
        states = zip(new, states).map { `where`(isThere, $0, $1) }
      } else {
        outputs[t] = new[0]
        states = new
      }
    }
    let given = outputs.compactMap { $0 }
    return (
      given.isEmpty ? Tensor.zeros([0, x.size(1), hidden], dtype: x.dtype) : stack(given),
      states
    )
  }

  /// The operator's results from those of each direction.
  func results(_ made: [(Tensor, [Tensor])]) -> [ONNXValue?] {
    let y = stack(made.map(\.0), dim: 1)
    let last = (0..<made[0].1.count).map { i in stack(made.map { $0.1[i] }) }
    guard isBatchFirst else { return [.tensor(y)] + last.map { .tensor($0) } }
    return [.tensor(y.permute([2, 0, 1, 3]))] + last.map { .tensor($0.transpose(0, 1)) }
  }

  /// One direction by the library's own recurrence, where the node asks for nothing that it lacks.
  func fast(
    _ cell: RecurrentCell, _ d: Int, order: [Int], states: [Tensor], _ w: Tensor, _ r: Tensor, _ bias: Tensor?
  ) -> (Tensor, [Tensor])? {
    guard lengths == nil, clip == nil, x.size(0) > 0, x.dtype.isFloatingPoint else { return nil }
    func ordered(_ t: Tensor) -> Tensor {
      order.count == 1 ? t : cat(order.map { t.narrow(0, $0 * hidden, hidden) }, dim: 0)
    }
    let gates = order.count * hidden
    let made = recurrence(
      RecurrenceSetup(cell: cell, isReverse: isReverse(d), hasBias: bias != nil),
      RecurrentOperands(
        x: x, h: states[0], c: states.count > 1 ? states[1] : nil, weightIh: ordered(w), weightHh: ordered(r),
        biasIh: bias.map { ordered($0.narrow(0, 0, gates)) }, biasHh: bias.map { ordered($0.narrow(0, gates, gates)) },
        weightHr: nil))
    return (made[0], Array(made.dropFirst()))
  }
}

extension ONNXOperators {
  static func rnn(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (w, r) = (try call.tensor(1), try call.tensor(2))
    let layer = try RecurrentLayer(call, gates: 1, weights: r.shape)
    let functions = try RecurrentActivation.list(of: call, ["Tanh"], directions: layer.directions)
    let hidden = layer.hidden
    return layer.results(
      try (0..<layer.directions).map { d in
        let (w, r) = (w.select(0, d), r.select(0, d))
        let bias = try layer.part(3, d, [2 * hidden])
        let start = [try layer.state(5, d)]
        let f = functions[d][0]
        let cell: RecurrentCell? = f.name == "tanh" ? .tanh : f.name == "relu" ? .relu : nil
        if let cell, let made = layer.fast(cell, d, order: [0], states: start, w, r, bias) { return made }
        var given = layer.x.matmul(w.t())
        if let bias { given = given + bias.narrow(0, 0, hidden) + bias.narrow(0, hidden, hidden) }
        let back = r.t()
        return layer.run(d, start) { t, s in [f(layer.clipped(given.select(0, t) + s[0].matmul(back)))] }
      })
  }

  static func gru(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (w, r) = (try call.tensor(1), try call.tensor(2))
    let layer = try RecurrentLayer(call, gates: 3, weights: r.shape)
    let functions = try RecurrentActivation.list(of: call, ["Sigmoid", "Tanh"], directions: layer.directions)
    let isLinearFirst = try call.int("linear_before_reset", 0) != 0
    let hidden = layer.hidden
    return layer.results(
      try (0..<layer.directions).map { d in
        let (w, r) = (w.select(0, d), r.select(0, d))
        let bias = try layer.part(3, d, [6 * hidden])
        let start = [try layer.state(5, d)]
        let (f, g) = (functions[d][0], functions[d][1])
        if isLinearFirst, f.name == "sigmoid", g.name == "tanh",
          let made = layer.fast(.gru, d, order: [1, 0, 2], states: start, w, r, bias)
        {
          return made
        }
        var given = layer.x.matmul(w.t())
        if let bias { given = given + bias.narrow(0, 0, 3 * hidden) }
        let stateBias = bias?.narrow(0, 3 * hidden, 3 * hidden)
        let (backGates, backNew) = (r.narrow(0, 0, 2 * hidden).t(), r.narrow(0, 2 * hidden, hidden).t())
        return layer.run(d, start) { t, s in
          let h = s[0]
          let now = given.select(0, t)
          var gates = now.narrow(1, 0, 2 * hidden) + h.matmul(backGates)
          if let stateBias { gates = gates + stateBias.narrow(0, 0, 2 * hidden) }
          gates = f(layer.clipped(gates))
          let (z, reset) = (gates.narrow(1, 0, hidden), gates.narrow(1, hidden, hidden))
          let newBias = stateBias?.narrow(0, 2 * hidden, hidden)
          var carried = (isLinearFirst ? h : reset * h).matmul(backNew)
          if let newBias { carried = carried + newBias }
          if isLinearFirst { carried = reset * carried }
          let new = g(layer.clipped(now.narrow(1, 2 * hidden, hidden) + carried))
          return [new - z * new + z * h]
        }
      })
  }

  static func lstm(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (w, r) = (try call.tensor(1), try call.tensor(2))
    let layer = try RecurrentLayer(call, gates: 4, weights: r.shape)
    return layer.results(
      try (0..<layer.directions).map { d in
        let (w, r) = (w.select(0, d), r.select(0, d))
        return try longShortTerm(
          layer, d, forward: { $0.matmul(w.t()) }, back: { $0.matmul(r.t()) }, plain: (w, r))
      })
  }

  /// One direction of an LSTM: `forward` and `back` multiply inputs and states by the weights of the gates i, o, f, c.
  static func longShortTerm(
    _ layer: RecurrentLayer, _ d: Int, forward: (Tensor) -> Tensor, back: (Tensor) -> Tensor,
    plain: (w: Tensor, r: Tensor)? = nil
  ) throws -> (Tensor, [Tensor]) {
    let hidden = layer.hidden
    let functions = try RecurrentActivation.list(
      of: layer.call, ["Sigmoid", "Tanh", "Tanh"], directions: layer.directions)[d]
    let (f, g, h) = (functions[0], functions[1], functions[2])
    let isCoupled = try layer.call.int("input_forget", 0) != 0
    let bias = try layer.part(3, d, [8 * hidden])
    let peepholes = try layer.part(7, d, [3 * hidden])
    let start = [try layer.state(5, d), try layer.state(6, d)]
    if let plain, !isCoupled, peepholes == nil, [f.name, g.name, h.name] == ["sigmoid", "tanh", "tanh"],
      let made = layer.fast(.lstm, d, order: [0, 2, 3, 1], states: start, plain.w, plain.r, bias)
    {
      return made
    }
    var given = forward(layer.x)
    if let bias { given = given + (bias.narrow(0, 0, 4 * hidden) + bias.narrow(0, 4 * hidden, 4 * hidden)) }
    func peek(_ i: Int, _ cell: Tensor, _ gate: Tensor) -> Tensor {
      peepholes.map { gate + $0.narrow(0, i * hidden, hidden) * cell } ?? gate
    }
    return layer.run(d, start) { t, s in
      let all = given.select(0, t) + back(s[0])
      let parts = (0..<4).map { all.narrow(1, $0 * hidden, hidden) }
      let i = f(layer.clipped(peek(0, s[1], parts[0])))
      let forget = isCoupled ? 1 - i : f(layer.clipped(peek(2, s[1], parts[2])))
      let cell = forget * s[1] + i * g(layer.clipped(parts[3]))
      let o = f(layer.clipped(peek(1, cell, parts[1])))
      return [o * h(cell), cell]
    }
  }
}
