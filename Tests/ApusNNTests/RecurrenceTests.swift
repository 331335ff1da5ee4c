import Apus
import ApusCore
import ApusFunctional
import TestSupport
import Testing

/// The fused recurrences against their step-by-step form and numerical derivatives.
@Suite struct RecurrenceTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let setup: RecurrenceSetup
    var testDescription: String {
      "\(setup.cell)\(setup.isReverse ? " reverse" : "")\(setup.hasBias ? "" : " without bias")"
        + "\(setup.hasProjection ? " projected" : "")\(setup.batchSizes == nil ? "" : " packed")"
    }
    /// Operands for `batch` sequences of `steps`, drawn from seed 0.
    func operands(
      steps: Int, batch: Int, inputs: Int, hidden: Int, dtype: DType = .float64, requiresGrad: Bool = true,
      scale: Double = 0.5
    ) -> [Tensor] {
      manualSeed(0)
      let (width, outputs) = (setup.cell.gates * hidden, setup.hasProjection ? hidden - 1 : hidden)
      func draw(_ shape: [Int]) -> Tensor { Tensor(randn(shape, dtype: dtype) * scale, requiresGrad: requiresGrad) }
      let rows = setup.batchSizes.map { [$0.reduce(0, +), inputs] } ?? [steps, batch, inputs]
      var all = [draw(rows), draw([batch, outputs])]
      if setup.cell == .lstm { all.append(draw([batch, hidden])) }
      all += [draw([width, inputs]), draw([width, outputs])]
      if setup.hasBias { all += [draw([width]), draw([width])] }
      if setup.hasProjection { all.append(draw([outputs, hidden])) }
      return all
    }

    /// The fused form.
    func run(_ list: [Tensor]) -> [Tensor] {
      var next = list[...]
      func take(_ isThere: Bool = true) -> Tensor? { isThere ? next.removeFirst() : nil }
      let (x, h) = (take()!, take()!)
      let c = take(setup.cell == .lstm)
      let (weightIh, weightHh) = (take()!, take()!)
      let (biasIh, biasHh) = (take(setup.hasBias), take(setup.hasBias))
      return recurrence(
        setup,
        RecurrentOperands(
          x: x, h: h, c: c, weightIh: weightIh, weightHh: weightHh, biasIh: biasIh, biasHh: biasHh,
          weightHr: take(setup.hasProjection)))
    }
  }

  static let examples: [Example] = [RecurrentCell.tanh, .relu, .lstm, .gru].flatMap { cell in
    [false, true].flatMap { isReverse in
      [nil, [4, 4, 2, 1, 1]].flatMap { sizes in
        [(true, false), (false, false)].map { bias, projection in
          Example(
            setup: RecurrenceSetup(
              cell: cell, isReverse: isReverse, hasBias: bias, hasProjection: projection, batchSizes: sizes))
        }
          + (cell == .lstm
            ? [
              Example(
                setup: RecurrenceSetup(cell: cell, isReverse: isReverse, hasProjection: true, batchSizes: sizes))
            ] : [])
      }
    }
  }

  private func gradients(_ made: [Tensor], _ operands: [Tensor]) -> [Tensor] {
    let weights = made.map { arange($0.count).reshape($0.shape).to($0.dtype).sin() }
    return ApusCore.gradients(of: made, wrt: operands, cotangents: weights).map { $0 ?? Tensor(0.0) }
  }

  private func expectEqual(_ a: [Tensor], _ b: [Tensor], _ tolerance: Double) {
    #expect(a.count == b.count)
    for (i, (x, y)) in zip(a, b).enumerated() {
      #expect(x.shape == y.shape, "\(i)")
      let difference = x.shape == y.shape ? (x - y).abs().max().item(as: Double.self) : .nan
      #expect(difference <= tolerance, "value \(i) differs by \(difference)")
    }
  }

  @Test(arguments: examples) func fusedIsComposed(_ example: Example) {
    let operands = example.operands(steps: 5, batch: 4, inputs: 3, hidden: 5)
    let (fused, composed) = (example.run(operands), example.setup.composed(operands))
    expectEqual(fused, composed, 1e-12)
    expectEqual(gradients(fused, operands), gradients(composed, operands), 1e-11)
    // Without saved gates, for which nobody asks here.
    expectEqual(noGrad { example.run(operands) }, composed, 1e-12)
  }

  @Test(arguments: [RecurrentCell.tanh, .lstm, .gru]) func manySequencesOnSeveralThreads(_ cell: RecurrentCell) {
    for sizes in [nil, [37, 37, 30, 21, 20, 4, 1]] {
      let example = Example(setup: RecurrenceSetup(cell: cell, isReverse: sizes != nil, batchSizes: sizes))
      let operands = example.operands(steps: 7, batch: 37, inputs: 19, hidden: 83, dtype: .float32, scale: 0.1)
      let (fused, composed) = (example.run(operands), example.setup.composed(operands))
      expectEqual(fused, composed, 1e-5)
      expectEqual(gradients(fused, operands), gradients(composed, operands), 1e-3)
      let one = example.operands(steps: 1, batch: 37, inputs: 19, hidden: 83, dtype: .float32, scale: 0.1)
      if sizes == nil { expectEqual(example.run(one), example.setup.composed(one), 1e-5) }
    }
  }

  @Test(arguments: examples.filter { $0.setup.isReverse == ($0.setup.batchSizes != nil) && $0.setup.cell != .relu })
  func derivativesAreNumericalOnes(_ example: Example) {
    let operands = example.operands(steps: 2, batch: 4, inputs: 2, hidden: 2)
    let total: ([Tensor]) -> Tensor = { list in
      let made = example.run(list)
      return made.enumerated().map { ($1 * $1).sum() * Double($0 + 1) }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
    }
    #expect(gradcheck(total, (operands)))
    #expect(gradgradcheck(total, (operands)))
  }

  @Test(arguments: [RecurrentCell.relu, .lstm, .gru]) func transformsAgree(_ cell: RecurrentCell) {
    let example = Example(setup: RecurrenceSetup(cell: cell))
    let operands = example.operands(steps: 3, batch: 2, inputs: 2, hidden: 3, requiresGrad: false)
    let rest = Array(operands.dropFirst())
    let f: @Sendable (Tensor) -> Tensor = { x in
      let made = example.run([x] + rest)
      return made[0].sum() + made[1].square().sum()
    }
    // Samples side by side, and their gradients one by one.
    let xs = randn(4, 3, 2, 2, dtype: .float64)
    let each = (0..<4).map { xs[$0] }
    expectEqual([vmap(f)(xs)], [stack(each.map(f))], 1e-12)
    expectEqual([vmap(grad(f))(xs)], [stack(each.map { grad(f)($0) })], 1e-11)
    // Forward mode against reverse mode.
    let direction = randn(3, 2, 2, dtype: .float64)
    let (value, slope) = jvp(f, primals: each[0], tangents: direction)
    expectEqual([value], [f(each[0])], 1e-12)
    expectEqual([slope], [(grad(f)(each[0]) * direction).sum()], 1e-11)
    // Weights of each sample's own.
    let weights = stack([rest[cell == .lstm ? 2 : 1], rest[cell == .lstm ? 2 : 1] * 2])
    let g: @Sendable (Tensor) -> Tensor = { weight in
      var all = operands
      all[cell == .lstm ? 3 : 2] = weight
      return example.run(all)[0]
    }
    expectEqual([vmap(g)(weights)], [stack([g(weights[0]), g(weights[1])])], 1e-12)
  }

  @Test func scansAreRecurrences() {
    let example = Example(setup: RecurrenceSetup(cell: .tanh, isReverse: true, hasBias: false))
    let operands = example.operands(steps: 4, batch: 2, inputs: 3, hidden: 3)
    let step = compile { (h: Tensor, x: Tensor, w: Tensor, v: Tensor) in
      let next = (linear(x, w) + linear(h, v)).tanh()
      return (next, next)
    }
    let (last, all) = scan(over: operands[0], initial: operands[1], reverse: true) {
      step($0, $1, operands[2], operands[3])
    }
    let fused = example.run(operands)
    expectEqual([all, last], fused, 1e-12)
    expectEqual(gradients([all, last], operands), gradients(fused, operands), 1e-11)
    #expect(throws: TensorError.self) {
      try withErrors { _ = scan(over: Tensor.zeros([0, 2]), initial: Tensor(0.0)) { ($0, $1) } }
    }
  }

  @Test func halfPrecisionIsComputedInSingle() {
    let example = Example(setup: RecurrenceSetup(cell: .lstm))
    let operands = example.operands(steps: 4, batch: 3, inputs: 3, hidden: 4, dtype: .bfloat16)
    let made = example.run(operands)
    #expect(made.allSatisfy { $0.dtype == .bfloat16 })
    let wide = example.run(operands.map { Tensor($0.detach().to(.float32), requiresGrad: true) })
    expectEqual(made.map { $0.to(.float32) }, wide, 0.02)
    #expect(gradients(made, operands).allSatisfy { $0.dtype == .bfloat16 })
  }

  @Test(arguments: [
    Mistake("steps", .shape, "at least one step") { run([0, 2, 3], [2, 4]) },
    Mistake("types", .dtype, "one element type") { run([1, 2, 3], [2, 4], dtype: .float64) },
    Mistake("state", .shape, "the input must have shape [1, 5, 3]", "[1, 2, 3]") { run([1, 2, 3], [5, 4]) },
    Mistake("weights", .shape, "a state of 5 numbers", "4") { run([1, 2, 3], [2, 5]) },
  ])
  func mistakesSayWhatWouldWork(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  private static func run(_ x: [Int], _ h: [Int], dtype: DType = .float32) -> [Tensor] {
    recurrence(
      RecurrenceSetup(cell: .tanh, hasBias: false),
      RecurrentOperands(
        x: Tensor.zeros(x), h: Tensor.zeros(h, dtype: dtype), c: nil, weightIh: Tensor.zeros([4, 3]),
        weightHh: Tensor.zeros([4, h[1]]), biasIh: nil, biasHh: nil, weightHr: nil))
  }
}
