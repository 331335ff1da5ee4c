import Apus
import ApusCore
import TestSupport
import Testing

private func scalar() -> Tensor { parameter(Tensor([1.0])) }

private let mistakes: [Mistake] = [
  .init("a step without a closure", .value, "LBFGS", "step { ... }") { LBFGS([scalar()]).step() },
  .init("LBFGS with groups", .value, "LBFGS", "one group") {
    LBFGS([ParameterGroup([scalar()]), ParameterGroup([scalar()])])
  },
  .init("a loss that is no number", .shape, "LBFGS", "one number", "[2]") {
    let p = scalar()
    return LBFGS([p]).step { Tensor([1.0, 2.0]) }
  },
  .init("an unknown line search", .value, "LineSearch", "\"armijo\"", "strong_wolfe") {
    LBFGS([scalar()], lineSearchFn: "armijo")
  },
  .init("Muon on a vector", .value, "Muon", "[1]", "AdamW") { Muon([scalar()]) },
  .init("too many iterations", .value, "Muon", "nsSteps", "100") {
    Muon([parameter(Tensor([[1.0]]))], nsSteps: 100)
  },
  .init("an unknown adjustment", .value, "MuonAdjustment", "spectral_unclamped") {
    Muon([parameter(Tensor([[1.0]]))], adjustLrFn: "none")
  },
  .init("decay of squares", .value, "Adafactor", "beta2Decay", "0.5") { Adafactor([scalar()], beta2Decay: 0.5) },
  .init("clipping below 1", .value, "Adafactor", "d must be 1 or more") { Adafactor([scalar()], d: 0.5) },
  .init("a rate of zero", .value, "SparseAdam", "lr must be above 0") { SparseAdam([scalar()], lr: 0) },
  .init("complex parameters", .value, "Adafactor", "complex") {
    Adafactor([parameter(Tensor.zeros([2], dtype: .complex64))])
  },
  .init("recorded steps", .autograd, "SGD", "grad(_:)") { SGD([scalar()], lr: 0.1, differentiable: true) },
  .init("two ways at once", .value, "Adam", "fused and foreach") { Adam([scalar()], foreach: true, fused: true) },
  .init("going on without first rates", .value, "StepLR", "initial_lr") {
    StepLR(SGD([scalar()]), stepSize: 2, lastEpoch: 3)
  },
  .init("an epoch before the first", .value, "CosineAnnealingWarmRestarts", "-1.0") {
    CosineAnnealingWarmRestarts(SGD([scalar()]), t0: 2).step(-1.0)
  },
  .init("a plateau in a sequence", .value, "SequentialLR", "ReduceLROnPlateau") {
    let optimizer = SGD([scalar()])
    return SequentialLR(optimizer, schedulers: [ReduceLROnPlateau(optimizer)], milestones: [])
  },
  .init("lowest rates of other groups", .value, "ReduceLROnPlateau", "2", "1") {
    ReduceLROnPlateau(SGD([scalar()]), minLRs: [0, 0])
  },
  .init("two ways to average", .value, "AveragedModel") {
    AveragedModel(Linear(1, 1), avgFn: getSwaAvgFn(), multiAvgFn: getSwaMultiAvgFn())
  },
]

@Suite struct OptimizerOptionTests {
  @Test(arguments: mistakes)
  func mistakesAreReported(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  /// Names and structure of PyTorch's `state_dict()`, flat.
  @Test func statesHavePyTorchsNames() {
    let (a, b) = (parameter(Tensor([1.0, 1.0])), scalar())
    let optimizer = NAdam([ParameterGroup([a], lr: 0.1), ParameterGroup([b])])
    a.grad = Tensor([1.0, 1.0])
    b.grad = Tensor([1.0])
    optimizer.step()
    let state = optimizer.stateDict()
    for i in 0...1 {
      for name in ["step", "mu_product", "exp_avg", "exp_avg_sq"] { #expect(state["state.\(i).\(name)"] != nil) }
      for name in [
        "lr", "betas", "eps", "weight_decay", "momentum_decay", "decoupled_weight_decay", "maximize", "params",
      ] {
        #expect(state["param_groups.\(i).\(name)"] != nil, "\(name)")
      }
    }
    #expect(state["param_groups.0.lr"]?.item() == 0.1)
    #expect(state["param_groups.0.betas"]?.array(as: Double.self) == [0.9, 0.999])
    #expect(state["param_groups.1.params"]?.array(as: Int.self) == [1])
    #expect(state["state.0.step"]?.dtype == .float32)
    // Plain SGD keeps nothing, and with momentum the buffer alone.
    let plain = SGD([a], lr: 0.1)
    plain.step()
    #expect(plain.stateDict().names.allSatisfy { !$0.hasPrefix("state.") })
    let heavy = SGD([a], lr: 0.1, momentum: 0.9)
    heavy.step()
    #expect(heavy.stateDict().names.filter { $0.hasPrefix("state.") } == ["state.0.momentum_buffer"])
  }

  @Test func statesOfOtherGroupsAreRefused() {
    let (a, b) = (scalar(), scalar())
    let two = SGD([ParameterGroup([a]), ParameterGroup([b])], lr: 0.1)
    #expect(throws: TensorError.self) { try SGD([scalar(), scalar()], lr: 0.1).loadStateDict(two.stateDict()) }
    #expect(throws: TensorError.self) { try SGD([scalar()], lr: 0.1).loadStateDict(SGD([a, b], lr: 0.1).stateDict()) }
  }

  @Test func hooksSeeStepsAndStates() throws {
    let p = scalar()
    let optimizer = SGD([p], lr: 0.5)
    var seen: [String] = []
    let before = optimizer.registerStepPreHook { _ in seen.append("before \(p.item())") }
    optimizer.registerStepPostHook { _ in seen.append("after \(p.item())") }
    let all = registerOptimizerStepPostHook { if $0 === optimizer { seen.append("all") } }
    p.grad = Tensor([1.0])
    optimizer.step()
    #expect(seen == ["before 1.0", "after 0.5", "all"])
    before.remove()
    all.remove()
    seen = []
    optimizer.step {
      seen.append("loss")
      p.grad = Tensor([1.0])
      return Tensor(0.0)
    }
    #expect(seen == ["loss", "after 0.0"])
    optimizer.registerStateDictPostHook { _, state in
      var state = state
      state["note"] = Tensor(1.0)
      return state
    }
    optimizer.registerLoadStateDictPreHook { _, state in
      var state = state
      state["note"] = nil
      return state
    }
    #expect(optimizer.stateDict()["note"] != nil)
    try optimizer.loadStateDict(optimizer.stateDict())
  }

  /// Options that change while training goes on take effect in the next step.
  @Test func groupsChangeAtAnyTime() {
    let p = scalar()
    let optimizer = SGD([p], lr: 0.1, dampening: 0.5)
    var values: [Double] = []
    for t in 0..<4 {
      // Momentum that starts late takes the first gradient undamped, as in PyTorch.
      if t == 2 { optimizer.paramGroups[0].momentum = 0.9 }
      p.grad = Tensor([1.0 + Double(t)])
      optimizer.step()
      values.append(p.item())
    }
    #expect(zip(values, [0.9, 0.7, 0.4, -0.07]).allSatisfy { abs($0 - $1) < 1e-6 })
    optimizer.paramGroups[0].momentum = 0
    optimizer.paramGroups[0].maximize = true
    let last = p.item()
    optimizer.step()
    #expect(abs(p.item() - (last + 0.4)) < 1e-6)
    let q = scalar()
    optimizer.addParamGroup(ParameterGroup([q], lr: 1))
    q.grad = Tensor([1.0])
    optimizer.step()
    #expect(q.item() == 0)
  }

  @Test func printsAsPyTorch() {
    #expect(LBFGS([scalar()]).description.contains("line_search_fn: None"))
    #expect(Muon([parameter(Tensor([[1.0]]))]).description.contains("ns_coefficients: (3.4445, -4.775, 2.0315)"))
    #expect(Adafactor([scalar()]).description.contains("eps: (None, 0.001)"))
  }

  @Test func totalNorms() {
    let tensors = [Tensor([3.0, 4.0]), Tensor([12.0])]
    #expect(getTotalNorm(tensors).item() == 13)
    #expect(getTotalNorm(tensors, normType: 1).item() == 19)
    #expect(getTotalNorm([]).item() == 0)
    let p = parameter(Tensor([0.0, 0.0]))
    p.grad = Tensor([3.0, 4.0])
    clipGradsWithNorm([p], maxNorm: 1, totalNorm: Tensor(10.0))
    #expect(zip(p.grad?.array(as: Double.self) ?? [], [0.3, 0.4]).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
