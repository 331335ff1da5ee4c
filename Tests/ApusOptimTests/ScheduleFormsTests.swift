import Apus
import Testing

/// Expected values: PyTorch's rates of six steps from 1.
@Suite struct ScheduleFormsTests {
  private func expectRates(
    _ expected: [Double], _ make: (Optimizer) -> LRScheduler, step: (LRScheduler) -> Void = { $0.step() }
  ) {
    let optimizer = SGD([parameter(Tensor([1.0]))], lr: 1, momentum: 0.9)
    let schedule = make(optimizer)
    let found = expected.map { _ in
      defer { step(schedule) }
      return schedule.getLastLR()[0]
    }
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-7, "\(found)") }
  }

  @Test func spellings() {
    expectRates([1, 1, 0.5, 0.5, 0.25, 0.25]) { StepLR($0, 2, 0.5) }
    expectRates([1, 1, 0.5, 0.5, 0.25, 0.25]) { StepLR($0, 2, gamma: 0.5) }
    expectRates([1, 0.5, 0.5, 0.25, 0.25, 0.25]) { MultiStepLR($0, [1, 3], gamma: 0.5) }
    expectRates([1, 0.86819805, 0.55, 0.23180195, 0.1, 0.23180195]) { CosineAnnealingLR($0, 4, 0.1) }
    expectRates([1, 0.86819805, 0.55, 0.23180195, 0.1, 0.23180195]) { CosineAnnealingLR($0, TMax: 4, etaMin: 0.1) }
    expectRates([1, 0.5, 1, 0.85355339, 0.5, 0.14644661]) { CosineAnnealingWarmRestarts($0, 2, 2) }
    expectRates([1, 0.5625, 0.25, 0.0625, 0, 0]) { PolynomialLR($0, 4, power: 2) }
    expectRates([1, 0.5, 0.25]) { LambdaLR($0) { epoch in 1 / Double(1 << epoch) } }
    expectRates([1, 0.5, 0.25]) { LambdaLR($0, [{ epoch in 1 / Double(1 << epoch) }]) }
    expectRates([1, 0.5, 0.25]) { MultiplicativeLR($0) { _ in 0.5 } }
    expectRates([1, 0.5, 0.25]) { ExponentialLR($0, 0.5) }
    let cycle = [0.004, 0.09944154, 0.08117457, 0.04626371, 0.01334775, 4e-7]
    expectRates(cycle) { OneCycleLR($0, maxLr: 0.1, epochs: 3, stepsPerEpoch: 2) }
    expectRates(cycle) { OneCycleLR($0, maxLR: [0.1], totalSteps: 6) }
    expectRates([0.004, 0.09523811, 0.07142869, 0.04761926, 0.02380983, 4e-7]) {
      OneCycleLR($0, 0.1, totalSteps: 6, annealStrategy: "linear")
    }
    expectRates([0.1, 0.28, 0.424, 0.2458, 0.1, 0.218098]) {
      CyclicLR($0, baseLr: 0.1, maxLr: 0.5, stepSizeUp: 2, mode: "exp_range", gamma: 0.9)
    }
  }

  @Test func plateausOfTensors() {
    expectRates([1, 1, 1, 0.1, 0.1, 0.01]) {
      ReduceLROnPlateau($0, "max", patience: 1)
    } step: {
      ($0 as? ReduceLROnPlateau)?.step(Tensor(0.5))
    }
  }

  @Test func mistakes() {
    let optimizer = SGD([parameter(Tensor([1.0]))], lr: 1, momentum: 0.9)
    #expect(throws: TensorError.self) { try withErrors { OneCycleLR(optimizer, maxLR: 0.1) } }
    #expect(throws: TensorError.self) { try withErrors { ReduceLROnPlateau(optimizer, mode: "mean") } }
  }

  @Test func vectorsOfParameters() {
    let parameters = [parameter(Tensor([[1.0, 2.0], [3.0, 4.0]])), parameter(Tensor([5.0]))]
    #expect(parametersToVector(parameters).detach().array(as: Double.self) == [1, 2, 3, 4, 5])
    vectorToParameters(Tensor([5.0, 4.0, 3.0, 2.0, 1.0]), parameters)
    #expect(parameters[0].detach().array(as: Double.self) == [5, 4, 3, 2])
    #expect(parameters[1].requiresGrad && parameters[1].item() == 1)
    #expect(throws: TensorError.self) { try withErrors { vectorToParameters(Tensor([1.0]), parameters) } }
    parameters[1].grad = Tensor([3.0])
    #expect(clipGradNorm_(parameters, 1.0).item() == 3)
    #expect(abs((parameters[1].grad?.item() ?? 0) - 1) < 1e-6)
    clipGradValue_(parameters, 0.5)
    #expect(parameters[1].grad?.item() == 0.5)
  }

  // Expected values: the same averages in PyTorch.
  @Test func averagedModels() {
    let model = Linear(1, 1)
    func set(_ value: Double) { vectorToParameters(Tensor([value, -value]), model.parameters()) }
    set(1)
    let mean = AveragedModel(model)
    let moving = swaUtils.AveragedModel(model, multiAvgFn: getEmaMultiAvgFn(0.9))
    for value in [1.0, 2, 4] {
      set(value)
      mean.updateParameters(model)
      moving.updateParameters(model)
    }
    #expect(abs(mean.parameters()[0].item() - 2.3333332538604736) < 1e-6 && mean.nAveraged == 3)
    #expect(abs(moving.parameters()[1].item() + 1.3899999856948853) < 1e-6)
    #expect(abs(mean(Tensor([[3.0]])).item() - 4.6666669845581055) < 1e-5)
    #expect(model.parameters()[0].item() == 4)
    #expect(mean.stateDict().names == ["n_averaged", "module.weight", "module.bias"])
    mean.copy(to: model)
    #expect(abs(model.parameters()[0].item() - 2.3333332538604736) < 1e-6)
  }
}
