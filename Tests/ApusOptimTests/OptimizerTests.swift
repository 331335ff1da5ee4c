import Apus
import ApusCore
import TestSupport
import Testing

/// Ten steps on the gradient `p * (step + 1) / 10 - 0.3` from [0.5, -1, 2].
private func run(_ make: ([Tensor]) -> Optimizer, dtype: DType = .float64, steps: Int = 10) -> [Double] {
  let p = parameter(Tensor([0.5, -1.0, 2.0], dtype: dtype))
  let optimizer = make([p])
  for step in 0..<steps {
    p.grad = noGrad { (p * (Double(step + 1) / 10) - 0.3).detach() }
    optimizer.step()
  }
  return p.detach().array(as: Double.self)
}

private func close(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

private let mistakes: [Mistake] = [
  .init("negative learning rate", .value, "SGD: lr must be 0 or more, and is -1.0") { SGD([scalar()], lr: -1) },
  .init("learning rate that is no number", .value, "AdamW: lr", "nan") { AdamW([scalar()], lr: .nan) },
  .init("betas", .value, "Adam: betas must be in 0 ..< 1", "(1.0, 0.9)") { Adam([scalar()], betas: (1, 0.9)) },
  .init("epsilon", .value, "eps", "-1.0") { RMSprop([scalar()], eps: -1) },
  .init("weight decay", .value, "weightDecay", "-0.1") { AdamW([scalar()], weightDecay: -0.1) },
  .init("nesterov", .value, "nesterov needs a momentum") { SGD([scalar()], nesterov: true) },
  .init("no parameters", .value, "AdamW: got no parameters; pass model.parameters()") { AdamW([]) },
  .init("a parameter twice", .value, "[1]", "is in the list twice") {
    let p = scalar()
    return AdamW([p, p])
  },
  .init("a plain tensor", .autograd, "[1]", "is not a variable", "requiresGrad: true") { AdamW([Tensor([1.0])]) },
  .init("schedule of no steps", .value, "OneCycleLR", "totalSteps", "0") {
    OneCycleLR(SGD([scalar()], momentum: 0.9), maxLR: 1, totalSteps: 0)
  },
  .init("more steps than the schedule has", .value, "2 steps", "epochs times batches") {
    let schedule = OneCycleLR(SGD([scalar()], momentum: 0.9), maxLR: 1, totalSteps: 2)
    for _ in 0..<5 { schedule.step() }
  },
  .init("gradients that are not finite", .value, "clipGradNorm", "inf") {
    let p = scalar()
    p.grad = Tensor([Double.infinity])
    return clipGradNorm([p], maxNorm: 1, errorIfNonfinite: true)
  },
  .init("state of other parameters", .state, "[3]", "[1]") {
    let (p, q) = (scalar(), parameter(Tensor([1.0, 2.0, 3.0])))
    q.grad = Tensor([1.0, 1.0, 1.0])
    let other = AdamW([q])
    other.step()
    try AdamW([p]).loadStateDict(other.stateDict())
  },
]

private func scalar() -> Tensor { parameter(Tensor([1.0])) }

@Suite struct OptimizerTests {
  // Expected values: the same steps in PyTorch, float64. It keeps some numbers of NAdam and ASGD in float32.
  @Test func followPyTorch() {
    #expect(
      close(
        run { SGD($0, lr: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.01) },
        [0.5682409951664752, 0.7247791741947816, 0.41170281613816884], 1e-12))
    #expect(
      close(
        run { SGD($0, lr: 0.1, momentum: 0.9, nesterov: true, maximize: true) },
        [-0.7174918215984133, -8.07957062645663, 6.644586983259803], 1e-12))
    #expect(
      close(
        run { Adam($0, lr: 0.1, weightDecay: 0.1) }, [0.48626624922185213, 0.00027930535321976646, 1.0225015264257458],
        1e-12))
    #expect(
      close(
        run { AdamW($0, lr: 0.1, weightDecay: 0.1, amsgrad: true) },
        [0.6107037043779147, 0.052945362044288034, 1.2132696038041753], 1e-12))
    #expect(
      close(
        run { RMSprop($0, lr: 0.1, momentum: 0.5, centered: true) },
        [0.27852757552289403, 0.2577944277350726, 0.203537117693708], 1e-12))
    #expect(
      close(
        run { Adagrad($0, lr: 0.1, lrDecay: 0.1) }, [0.5498492461914654, -0.5568811410585726, 1.6637485397491913], 1e-12
      ))
    #expect(close(run { Adadelta($0, lr: 0.5) }, [0.5010658713900159, -0.9746783127002475, 1.9648912763704411], 1e-12))
    #expect(close(run { Adamax($0, lr: 0.1) }, [0.706623274638581, -0.09514866929941818, 1.6607445071447386], 1e-12))
    #expect(close(run { NAdam($0, lr: 0.1) }, [0.3906782810001166, -0.14174989249305736, 1.1741424311264477], 1e-8))
    #expect(close(run { RAdam($0, lr: 0.1) }, [0.5932978152829801, -0.7341886871287543, 1.9231219267442645], 1e-12))
    #expect(close(run { Rprop($0, lr: 0.1) }, [0.1490457600000001, 0.47074943999999974, 1.27504576], 1e-12))
    #expect(
      close(run { ASGD($0, lr: 0.1, t0: 3) }, [0.49899889544668796, -0.3489453956412734, 1.34694318653465], 1e-8))
  }

  @Test func fusedAdamIsItsFormula() {
    // float32 runs in one loop, float64 through the formula.
    for weightDecay in [0.0, 0.1] {
      for maximize in [false, true] {
        let make: ([Tensor]) -> Optimizer = {
          AdamW($0, lr: 0.01, betas: (0.8, 0.95), weightDecay: weightDecay, maximize: maximize)
        }
        let l2: ([Tensor]) -> Optimizer = { Adam($0, lr: 0.01, weightDecay: weightDecay, maximize: maximize) }
        #expect(close(run(make, dtype: .float32), run(make), 1e-6))
        #expect(close(run(l2, dtype: .float32), run(l2), 1e-6))
      }
    }
  }

  @Test func manyTensorsOfAllSizesAndTypes() {
    // The steps of tensors that share one pass are those of each alone.
    let shapes = [[3], [1], [70, 33], [0], [2000], [5, 5], [4096, 9]]
    for dtype in [DType.float32, .float64, .float16, .bfloat16] {
      let together = shapes.map { parameter(Tensor.full($0, 0.5, dtype: dtype)) }
      let alone = shapes.map { parameter(Tensor.full($0, 0.5, dtype: dtype)) }
      for (i, p) in (together + alone).enumerated() {
        p.grad = Tensor.full(p.shape, Double(i % shapes.count + 1) / 8, dtype: dtype)
      }
      let one = RMSprop(together, momentum: 0.5)
      let several = alone.map { RMSprop([$0], momentum: 0.5) }
      for _ in 0..<3 {
        one.step()
        for optimizer in several { optimizer.step() }
      }
      for (a, b) in zip(together, alone) { #expect(a.array(as: Double.self) == b.array(as: Double.self)) }
    }
  }

  @Test func earlierElementsAreKept() {
    let p = parameter(Tensor([1.0, 2.0]))
    let held = p.detach()
    let optimizer = SGD([p], lr: 1)
    p.grad = Tensor([1.0, 1.0])
    optimizer.step()
    #expect(held.array() == [1, 2])
    #expect(p.array() == [0, 1])
    let state = optimizer.stateDict()
    optimizer.step()
    #expect(p.array() == [-1, 0])
    #expect(state["param_groups.0.lr"]?.item() == 1)
  }

  @Test func transposedGradientsAndParametersWithoutOne() {
    let p = parameter(Tensor([[1.0, 2.0], [3.0, 4.0]]))
    let idle = parameter(Tensor([5.0]))
    p.grad = Tensor([[1.0, 2.0], [3.0, 4.0]]).t()
    SGD([p, idle], lr: 1).step()
    #expect(p.array() == [0, -1, 1, 0])
    #expect(idle.item() == 5)
  }

  @Test func stateGoesOnWhereItWas() throws {
    for make in [
      { AdamW($0, lr: 0.1, amsgrad: true) }, { SGD($0, lr: 0.1, momentum: 0.9, nesterov: true) },
      { NAdam($0, lr: 0.1) }, { ASGD($0, lr: 0.1, t0: 2) }, { RMSprop($0, momentum: 0.9, centered: true) },
    ] as [([Tensor]) -> Optimizer] {
      let a = parameter(Tensor([1.0, -2.0]))
      let first = make([a])
      for i in 0..<3 {
        a.grad = Tensor([0.1, Double(i)])
        first.step()
      }
      let b = parameter(a.detach())
      let second = make([b])
      second.lr = 99
      try second.loadStateDict(first.stateDict())
      #expect(second.lr == first.lr)
      for i in 0..<3 {
        a.grad = Tensor([0.3, Double(i)])
        b.grad = Tensor([0.3, Double(i)])
        first.step()
        second.step()
      }
      #expect(a.array() == b.array())
    }
  }

  @Test func foreignStatesAreRefused() throws {
    let p = parameter(Tensor([1.0, -2.0]))
    p.grad = Tensor([1.0, 1.0])
    let adam = AdamW([p])
    adam.step()
    let error = #expect(throws: TensorError.self) { try SGD([p], momentum: 0.9).loadStateDict(adam.stateDict()) }
    #expect(error?.message.contains("momentum_buffer") == true)
    #expect(throws: TensorError.self) {
      try AdamW([parameter(Tensor([1.0, 2.0, 3.0]))]).loadStateDict(adam.stateDict())
    }
    #expect(throws: TensorError.self) { try SGD([p]).loadStateDict(adam.stateDict()) }
  }

  @Test(arguments: mistakes)
  func mistakesAreReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  @Test func gradientsAreClipped() {
    let p = parameter(Tensor([1.0, 2.0]))
    let q = parameter(Tensor([1.0]))
    p.grad = Tensor([3.0, 0.0])
    q.grad = Tensor([4.0])
    #expect(abs(clipGradNorm([p, q], maxNorm: 1).item() - 5) < 1e-6)
    #expect(close(p.grad?.array(as: Double.self) ?? [], [0.6, 0], 1e-6))
    #expect(close(q.grad?.array(as: Double.self) ?? [], [0.8], 1e-6))
    #expect(abs(clipGradNorm([p, q], maxNorm: 10, normType: .infinity).item() - 0.8) < 1e-6)
    clipGradValue([p, q], clipValue: 0.5)
    #expect(p.grad?.array() == [0.5, 0] && q.grad?.array() == [0.5])
  }

  @Test func zeroGradForgetsOrClears() {
    let p = parameter(Tensor([1.0, 2.0]))
    let optimizer = SGD([p])
    p.grad = Tensor([1.0, 1.0])
    optimizer.zeroGrad(setToNone: false)
    #expect(p.grad?.array() == [0, 0])
    optimizer.zeroGrad()
    #expect(p.grad == nil)
  }
}

@Suite struct ScheduleTests {
  private func rates(_ make: (Optimizer) -> LRScheduler, _ steps: Int) -> [Double] {
    let optimizer = SGD([parameter(Tensor([1.0]))], lr: 1, momentum: 0.9)
    let schedule = make(optimizer)
    return (0..<steps).map { _ in
      defer { schedule.step() }
      return optimizer.lr
    }
  }

  @Test func closedForms() {
    #expect(close(rates({ StepLR($0, stepSize: 2, gamma: 0.5) }, 6), [1, 1, 0.5, 0.5, 0.25, 0.25], 1e-12))
    #expect(close(rates({ MultiStepLR($0, milestones: [1, 3]) }, 5), [1, 0.1, 0.1, 0.01, 0.01], 1e-12))
    #expect(close(rates({ ExponentialLR($0, gamma: 0.5) }, 4), [1, 0.5, 0.25, 0.125], 1e-12))
    #expect(close(rates({ LinearLR($0, startFactor: 0.5, totalIters: 2) }, 4), [0.5, 0.75, 1, 1], 1e-12))
    #expect(
      close(rates({ CosineAnnealingLR($0, tMax: 4) }, 5), [1, 0.8535533905932737, 0.5, 0.1464466094067262, 0], 1e-12))
    #expect(close(rates({ LambdaLR($0) { 1 / Double($0 + 1) } }, 3), [1, 0.5, 1.0 / 3], 1e-12))
  }

  @Test func oneCycleEndsWhereItShould() {
    let values = rates({ OneCycleLR($0, maxLR: 1, totalSteps: 10) }, 10)
    #expect(abs(values[0] - 0.04) < 1e-12 && abs((values.max() ?? 0) - 1) < 1e-12 && abs(values[9] - 4e-6) < 1e-12)
    let error = #expect(throws: TensorError.self) {
      try withErrors { rates({ OneCycleLR($0, maxLR: 1, totalSteps: 3) }, 6) }
    }
    #expect(error?.message.contains("beyond the 3 steps") == true)
  }

  @Test func plateauWaits() {
    let optimizer = SGD([parameter(Tensor([1.0]))], lr: 1)
    let schedule = ReduceLROnPlateau(optimizer, factor: 0.5, patience: 1)
    let seen = [5.0, 4, 4, 4, 4, 4].map { value in
      schedule.step(value)
      return optimizer.lr
    }
    #expect(seen == [1, 1, 1, 0.5, 0.5, 0.25])
  }

  @Test func stateGoesOn() throws {
    func fresh() -> LRScheduler {
      let optimizer = SGD([parameter(Tensor([1.0]))], lr: 1, momentum: 0.9)
      return SequentialLR(
        optimizer,
        schedulers: [LinearLR(optimizer, totalIters: 3), CosineAnnealingWarmRestarts(optimizer, t0: 2, tMult: 2)],
        milestones: [3])
    }
    let whole = fresh()
    for _ in 0..<5 { whole.step() }
    let other = fresh()
    try other.optimizer.loadStateDict(whole.optimizer.stateDict())
    try other.loadStateDict(whole.stateDict())
    for _ in 0..<6 {
      whole.step()
      other.step()
      #expect(whole.optimizer.lr == other.optimizer.lr)
    }
  }
}
