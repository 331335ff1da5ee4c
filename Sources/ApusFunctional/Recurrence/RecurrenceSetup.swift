import ApusCore

// What a recurrence is: its cell, its operands and the order of its steps.

/// What a recurrent layer computes at each step.
package enum RecurrentCell: Hashable, Sendable {
  /// `h' = tanh(W x + b + V h + d)`, or relu in place of tanh.
  case tanh, relu
  /// Gates i, f, g, o of `W x + b + V h + d`: `c' = f c + i g`, `h' = o tanh(c')`.
  case lstm
  /// Gates r, z, n: `n = tanh(Wn x + bn + r (Vn h + dn))`, `h' = (1 - z) n + z h`.
  case gru

  /// How many blocks of hidden size its weights have.
  package var gates: Int {
    switch self {
    case .tanh, .relu: 1
    case .lstm: 4
    case .gru: 3
    }
  }

  /// Whether it has a state besides what it gives.
  package var hasCellState: Bool { self == .lstm }
}

/// One direction of one recurrent layer, apart from its operands.
package struct RecurrenceSetup: Hashable, Sendable {
  package let cell: RecurrentCell
  /// Whether it goes from the last step to the first.
  package let isReverse: Bool
  package let hasBias: Bool
  /// Whether what it gives is multiplied by a further matrix.
  package let hasProjection: Bool
  /// How many sequences there still are at each step, longest first, where they lie packed; nil where all have one length.
  package let batchSizes: [Int]?

  package init(
    cell: RecurrentCell, isReverse: Bool = false, hasBias: Bool = true, hasProjection: Bool = false,
    batchSizes: [Int]? = nil
  ) {
    self.cell = cell
    self.isReverse = isReverse
    self.hasBias = hasBias
    self.hasProjection = hasProjection
    self.batchSizes = batchSizes
  }

  /// The number of states: hidden, and that of the cell.
  var stateCount: Int { cell.hasCellState ? 2 : 1 }
  var inputCount: Int { 1 + stateCount + 2 + (hasBias ? 2 : 0) + (hasProjection ? 1 : 0) }
  /// The position of the first weight among the inputs.
  var firstWeight: Int { 1 + stateCount }
}

/// The operands of a recurrence by name. Those that are not there are nil.
package struct RecurrentOperands<Value> {
  /// `[steps, N, inputs]`, or packed `[rows, inputs]`.
  package var x: Value
  /// `[N, outputs]`.
  package var h: Value
  /// `[N, hidden]`.
  package var c: Value?
  /// `[gates hidden, inputs]`.
  package var weightIh: Value
  /// `[gates hidden, outputs]`.
  package var weightHh: Value
  /// `[gates hidden]`.
  package var biasIh: Value?
  package var biasHh: Value?
  /// `[outputs, hidden]`.
  package var weightHr: Value?

  package init(
    x: Value, h: Value, c: Value?, weightIh: Value, weightHh: Value, biasIh: Value?, biasHh: Value?, weightHr: Value?
  ) {
    (self.x, self.h, self.c) = (x, h, c)
    (self.weightIh, self.weightHh, self.biasIh, self.biasHh) = (weightIh, weightHh, biasIh, biasHh)
    self.weightHr = weightHr
  }

  /// From the inputs of a primitive in their order.
  init(_ setup: RecurrenceSetup, _ values: some Sequence<Value>) {
    let all = Array(values)
    var next = setup.firstWeight
    func take(_ isThere: Bool) -> Value? {
      guard isThere else { return nil }
      next += 1
      return all[next - 1]
    }
    (x, h, c) = (all[0], all[1], setup.cell.hasCellState ? all[2] : nil)
    weightIh = all[next]
    weightHh = all[next + 1]
    next += 2
    biasIh = take(setup.hasBias)
    biasHh = take(setup.hasBias)
    weightHr = take(setup.hasProjection)
  }

  /// All that are there, in the order of the inputs.
  var list: [Value] { [x, h] + [c, weightIh, weightHh, biasIh, biasHh, weightHr].compactMap { $0 } }
}

/// Sizes of a recurrence, from the types of its operands.
struct RecurrenceSizes {
  let batch: Int
  let inputs: Int
  let hidden: Int
  let outputs: Int

  /// - Throws: what does not fit together.
  init(_ setup: RecurrenceSetup, _ types: [TensorType]) throws(TensorError) {
    try requireEqualTypes(types, "recurrence")
    let d = RecurrentOperands(setup, types)
    let gates = setup.cell.gates
    guard d.x.shape.count == (setup.batchSizes == nil ? 3 : 2), d.h.shape.count == 2, d.weightIh.shape.count == 2,
      d.weightHh.shape.count == 2
    else {
      throw TensorError(
        .shape, "recurrence",
        "needs an input [steps, N, inputs], a state [N, outputs] and weights [gates, inputs] and "
          + "[gates, outputs], and found \(types.map(\.shape))")
    }
    inputs = d.x.shape[d.x.shape.count - 1]
    (batch, outputs) = (d.h.shape[0], d.h.shape[1])
    hidden = d.weightHh.shape[0] / gates
    var wanted = [
      ("the input", d.x.shape, setup.batchSizes.map { [$0.reduce(0, +), inputs] } ?? [d.x.shape[0], batch, inputs]),
      ("the weight of the input", d.weightIh.shape, [gates * hidden, inputs]),
      ("the weight of the state", d.weightHh.shape, [gates * hidden, outputs]),
    ]
    guard setup.batchSizes.map({ $0.first == batch }) ?? (d.x.shape[0] > 0) else {
      throw TensorError(
        .shape, "recurrence",
        "needs at least one step and states of all sequences, and found an input of shape "
          + "\(d.x.shape) and states of shape \(d.h.shape)")
    }
    if let c = d.c { wanted.append(("the cell's state", c.shape, [batch, hidden])) }
    if let bias = d.biasIh { wanted.append(("the bias of the input", bias.shape, [gates * hidden])) }
    if let bias = d.biasHh { wanted.append(("the bias of the state", bias.shape, [gates * hidden])) }
    if let projection = d.weightHr {
      wanted.append(("the projection", projection.shape, [outputs, hidden]))
    } else if outputs != hidden {
      throw TensorError(
        .shape, "recurrence", "a state of \(outputs) numbers does not fit weights for \(hidden) without a projection")
    }
    for (name, found, shape) in wanted where found != shape {
      throw TensorError(.shape, "recurrence", "\(name) must have shape \(shape), and found \(found)")
    }
  }
}

/// The steps of a recurrence: where the rows of each lie, and which come before.
struct RecurrentSteps: Sendable {
  /// How many sequences there are at each time, and where its rows begin among all.
  let sizes: [Int]
  let offsets: [Int]
  let isReverse: Bool
  /// All rows.
  let total: Int

  init(_ setup: RecurrenceSetup, shape: [Int]) {
    isReverse = setup.isReverse
    sizes = setup.batchSizes ?? Array(repeating: shape[1], count: shape[0])
    var (offsets, total): ([Int], Int) = ([], 0)
    for size in sizes {
      offsets.append(total)
      total += size
    }
    (self.offsets, self.total) = (offsets, total)
  }

  var count: Int { sizes.count }

  /// The times in the order in which the state passes them.
  var order: [Int] { isReverse ? Array(sizes.indices.reversed()) : Array(sizes.indices) }

  /// Those of `sequences` that there are at time `t`.
  func active(_ sequences: Range<Int>, at t: Int) -> Range<Int> {
    sequences.lowerBound..<max(sequences.lowerBound, min(sequences.upperBound, sizes[t]))
  }

  /// Calls `body` with the parts of `sequences`, which there are at `t`, that come from the rows of another time, given by
  /// where they begin, or from the beginning (nil).
  func sources(_ sequences: Range<Int>, at t: Int, _ body: (Range<Int>, _ row: Int?) -> Void) {
    let before = isReverse ? t + 1 : t - 1
    var known = sequences.lowerBound
    if sizes.indices.contains(before) {
      known = active(sequences, at: before).upperBound
      if known > sequences.lowerBound {
        body(sequences.lowerBound..<known, offsets[before] + sequences.lowerBound)
      }
    }
    if known < sequences.upperBound { body(known..<sequences.upperBound, nil) }
  }
}
