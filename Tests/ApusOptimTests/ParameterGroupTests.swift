import Apus
import Testing

/// Expected values: PyTorch's, with the same groups, after three steps of which the last has half the learning rates.
@Suite struct ParameterGroupTests {
  private func fresh() -> [Tensor] { [parameter(Tensor([1.0, -2.0])), parameter(Tensor([3.0]))] }

  private func train(_ make: ([Tensor]) -> Optimizer) -> [Double] {
    let parameters = fresh()
    let optimizer = make(parameters)
    for step in 0..<3 {
      parameters[0].grad = Tensor([0.5, -1.0])
      parameters[1].grad = Tensor([2.0])
      optimizer.step()
      if step == 1 { for group in optimizer.paramGroups { group.lr *= 0.5 } }
    }
    return parameters.flatMap { $0.detach().array(as: Double.self) }
  }

  private func expectNear(_ found: [Double], _ expected: [Double]) {
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 2e-6 * max(1, abs(b)), "\(found)") }
  }

  @Test func groupsInheritTheOptions() {
    typealias Group = ParameterGroup
    expectNear(
      train {
        SGD([Group([$0[0]], lr: 0.5), Group([$0[1]], momentum: 0.5)], lr: 0.1, momentum: 0.9, weightDecay: 0.1)
      }, [-0.23337501287460327, 0.46675002574920654, 2.2294883728027344])
    expectNear(
      train {
        Adam(
          [Group([$0[0]], weightDecay: 0.5), Group([$0[1]], betas: (0.5, 0.9))], lr: 0.1, eps: 1e-3, weightDecay: 0.1)
      }, [0.7506489157676697, -1.7502999305725098, 2.750248908996582])
    expectNear(
      train { AdamW(groups: [Group([$0[0]], lr: 0.1), Group([$0[1]], weightDecay: 0)], lr: 0.2) },
      [0.7477019429206848, -1.745203971862793, 2.5])
    // Options of the type count where they were given.
    expectNear(
      train {
        AdamW(groups: [Group([$0[0]], AdamOptions(lr: 0.1)), Group([$0[1]], AdamOptions(weightDecay: 0))], lr: 0.2)
      },
      [0.7477019429206848, -1.745203971862793, 2.5])
    expectNear(
      train { Adamax([Group([$0[0]], eps: 0.1), Group([$0[1]], lr: 0.1)]) },
      [0.9958333373069763, -1.9954545497894287, 2.750000238418579])
    expectNear(
      train { NAdam([Group([$0[0]], weightDecay: 0.1), Group([$0[1]], momentumDecay: 0.1)], lr: 0.1) },
      [0.7804505825042725, -1.7799088954925537, 2.7795257568359375])
    expectNear(
      train { RAdam([Group([$0[0]], weightDecay: 0.1), Group([$0[1]], lr: 0.1)], lr: 0.2) },
      [0.7025426030158997, -1.4050852060317993, 2.5])
    expectNear(
      train {
        Adagrad([Group([$0[0]], lrDecay: 0.1), Group([$0[1]], lr: 0.1)], lr: 0.2, initialAccumulatorValue: 0.1)
      },
      [0.6684121489524841, -1.6365108489990234, 2.802206039428711])
    expectNear(
      train { Adadelta([Group([$0[0]], rho: 0.5), Group([$0[1]], lr: 0.5)]) },
      [0.9960530996322632, -1.9960529804229736, 2.995971441268921])
    expectNear(
      train { RMSprop([Group([$0[0]], alpha: 0.5), Group([$0[1]], lr: 0.5)], momentum: 0.9, centered: true) },
      [0.9052951335906982, -1.9052950143814087, -15.24701976776123])
    expectNear(
      train { Rprop([Group([$0[0]], etas: (0.4, 1.5)), Group([$0[1]], lr: 0.5)], lr: 0.1) },
      [0.5249999761581421, -1.524999976158142, 1.1799999475479126])
    expectNear(
      train { ASGD([Group([$0[0]], lambd: 0.1), Group([$0[1]], lr: 0.5)], lr: 0.1, t0: 1.0) },
      [0.8230982422828674, -1.6461964845657349, -0.0001875162124633789])
  }

  @Test func groupsCanBeReadAndChanged() {
    let parameters = fresh()
    let given = ParameterGroup([parameters[0]], lr: 0.5)
    let optimizer = SGD([given], lr: 0.1, momentum: 0.9)
    optimizer.addParamGroup(ParameterGroup([parameters[1]], nesterov: true))
    let groups = optimizer.paramGroups
    #expect(groups.map(\.lr) == [0.5, 0.1] && groups.map(\.momentum) == [0.9, 0.9])
    #expect(groups.map(\.nesterov) == [false, true] && groups[1].params[0].shape == [1])
    // A group that was handed over is the optimiser's.
    given.lr = 0.25
    groups[1]["weight_decay"] = 0.01
    #expect(optimizer.learningRates == [0.25, 0.1] && optimizer.options[1].weightDecay == 0.01)
    #expect(Adam(fresh()).paramGroups[0].betas == (0.9, 0.999))
    // What an optimiser does not have is a mistake.
    #expect(throws: TensorError.self) { try withErrors { _ = groups[0].betas } }
    #expect(throws: TensorError.self) { try withErrors { groups[0].alpha = 1 } }
    #expect(throws: TensorError.self) { try withErrors { groups[0].lr = -1 } }
    #expect(throws: TensorError.self) { try withErrors { Adam([ParameterGroup(fresh(), momentum: 0.9)]) } }
    #expect(throws: TensorError.self) { try withErrors { optimizer.addParamGroup(ParameterGroup([parameters[0]])) } }
  }

  @Test func parametersComeInSeveralForms() {
    let model = Sequential(Linear(2, 3), Linear(3, 1))
    let forms: [Optimizer] = [
      SGD(model.parameters(), 0.1, momentum: 0.9), SGD(model.namedParameters(), lr: 0.1, momentum: 0.9),
      SGD(model.parameters().lazy.filter { $0.requiresGrad }, lr: 0.1, momentum: 0.9, foreach: true),
      SGD(params: model.parameters(), lr: 0.1, momentum: 0.9),
    ]
    for form in forms { #expect(form.parameterGroups[0].count == 4 && form.lr == 0.1 && form.momenta == [0.9]) }
  }

  @Test func stepsWithClosures() {
    let w = parameter(Tensor([2.0]))
    let optimizer = SGD([w], lr: 0.1)
    let loss = optimizer.step {
      optimizer.zeroGrad()
      let loss = (w * w).sum()
      loss.backward()
      return loss
    }
    #expect(loss.item() == 4 && abs(w.item() - 1.6) < 1e-6)
  }

  @Test func printsAsPyTorch() {
    let optimizer = SGD([ParameterGroup([fresh()[0]])], lr: 0.1, momentum: 0.9)
    optimizer.addParamGroup(ParameterGroup([fresh()[1]], lr: 0.5))
    func group(_ number: Int, _ lr: String) -> String {
      """
      Parameter Group \(number)
          dampening: 0
          differentiable: False
          foreach: None
          fused: None
          lr: \(lr)
          maximize: False
          momentum: 0.9
          nesterov: False
          weight_decay: 0

      """
    }
    #expect("\(optimizer)" == "SGD (\n" + group(0, "0.1") + "\n" + group(1, "0.5") + ")")
    #expect(
      "\(AdamW(fresh()))" == """
        AdamW (
        Parameter Group 0
            amsgrad: False
            betas: (0.9, 0.999)
            capturable: False
            decoupled_weight_decay: True
            differentiable: False
            eps: 1e-08
            foreach: None
            fused: None
            lr: 0.001
            maximize: False
            weight_decay: 0.01
        )
        """)
    #expect(
      "\(Rprop(fresh()))" == """
        Rprop (
        Parameter Group 0
            capturable: False
            differentiable: False
            etas: (0.5, 1.2)
            foreach: None
            lr: 0.01
            maximize: False
            step_sizes: (1e-06, 50)
        )
        """)
    #expect(
      "\(Adamax(fresh()))" == """
        Adamax (
        Parameter Group 0
            betas: (0.9, 0.999)
            capturable: False
            differentiable: False
            eps: 1e-08
            foreach: None
            lr: 0.002
            maximize: False
            weight_decay: 0
        )
        """)
  }
}
