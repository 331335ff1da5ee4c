import ApusCore

// Recurrences step by step in tensor operations: what the fused ones compute, and how they are differentiated twice.

extension RecurrenceSetup {
  /// What each step gives, the last hidden state and, if there is one, the last state of the cell.
  package func composed(_ inputs: [Tensor]) -> [Tensor] {
    if let failed = poisoned(among: inputs) { return [Tensor](repeating: failed, count: 1 + stateCount) }
    let d = RecurrentOperands(self, inputs)
    let sums = linear(d.x, d.weightIh, d.biasIh)
    if sums.hasFailed { return [Tensor](repeating: sums, count: 1 + stateCount) }
    let steps = RecurrentSteps(self, shape: d.x.shape)
    let all = d.h.shape[0]
    let start = d.c.map { [d.h, $0] } ?? [d.h]
    // Sequences that have not begun yet wait, those that have ended are put aside, the shortest first.
    var states = start.map {
      isReverse && steps.sizes[steps.count - 1] < all ? $0.narrow(0, 0, steps.sizes[steps.count - 1]) : $0
    }
    var ended: [[Tensor]] = []
    var given: [Tensor] = []
    var rows = isReverse ? steps.sizes[steps.count - 1] : all
    for t in steps.order {
      let count = steps.sizes[t]
      if count < rows {
        ended.append(states.map { $0.narrow(0, count, rows - count) })
        states = states.map { $0.narrow(0, 0, count) }
      } else if count > rows {
        states = zip(states, start).map { cat([$0, $1.narrow(0, rows, count - rows)]) }
      }
      rows = count
      let now = batchSizes == nil ? sums.select(0, t) : sums.narrow(0, steps.offsets[t], count)
      states = step(now, states, d)
      if states[0].hasFailed { return [Tensor](repeating: states[0], count: 1 + stateCount) }
      given.append(states[0])
    }
    if isReverse { given.reverse() }
    let y = batchSizes == nil ? stack(given) : cat(given)
    let last = states.indices.map { i in ended.isEmpty ? states[i] : cat([states[i]] + ended.reversed().map { $0[i] }) }
    return [y] + last
  }

  /// The states after a step, from the sums of its input and the states before.
  private func step(_ sums: Tensor, _ states: [Tensor], _ d: RecurrentOperands<Tensor>) -> [Tensor] {
    let h = states[0]
    let fromState = linear(h, d.weightHh, d.biasHh)
    if fromState.hasFailed { return states.map { _ in fromState } }
    let hidden = d.weightHh.shape[0] / cell.gates
    func gate(_ tensor: Tensor, _ i: Int) -> Tensor { tensor.narrow(1, i * hidden, hidden) }
    switch cell {
    case .tanh: return [(sums + fromState).tanh()]
    case .relu: return [(sums + fromState).relu()]
    case .gru:
      let r = (gate(sums, 0) + gate(fromState, 0)).sigmoid()
      let z = (gate(sums, 1) + gate(fromState, 1)).sigmoid()
      let n = (gate(sums, 2) + r * gate(fromState, 2)).tanh()
      return [n + z * (h - n)]
    case .lstm:
      let all = sums + fromState
      let (i, f, g, o) = (gate(all, 0), gate(all, 1), gate(all, 2), gate(all, 3))
      let c = f.sigmoid() * states[1] + i.sigmoid() * g.tanh()
      let given = o.sigmoid() * c.tanh()
      return [d.weightHr.map { linear(given, $0) } ?? given, c]
    }
  }
}
