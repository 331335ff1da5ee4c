import Apus
import Testing

/// Modules with other tensors in place of their parameters.
@Suite struct FunctionalCallTests {
  private final class Net: Layer {
    let first = Linear(3, 4)
    let second = Linear(4, 2)
    func forward(_ x: Tensor) -> Tensor { second(first(x).tanh()) }
  }

  private func values(_ model: some Module) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: model.namedParameters().map { ($0.name, $0.tensor.detach()) })
  }

  private func difference(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs().amax().item() }

  @Test func theGivenTensorsAreUsedAndTheModuleIsAsBefore() {
    manualSeed(1)
    let (model, other) = (Net(), Net())
    let x = randn(5, 3)
    let before = model(x)
    #expect(difference(functionalCall(model, values(other), x), other(x)) == 0)
    #expect(difference(model(x), before) == 0)
    // One of them alone.
    let mixed = functionalCall(model, ["second.bias": Tensor.zeros(2)], x)
    #expect(difference(mixed, before - model.second.namedParameters()[1].tensor) < 1e-6)
  }

  @Test func gradientsFlowToTheDictionary() {
    manualSeed(2)
    let model = Net()
    let x = randn(5, 3)
    let found = grad { (p: [String: Tensor], x: Tensor) in functionalCall(model, p, x).square().sum() }(
      values(model), x)
    #expect(model.parameters().allSatisfy { $0.grad == nil })
    model(x).square().sum().backward()
    for (name, parameter) in model.namedParameters() {
      let gradient = parameter.grad ?? parameter
      #expect(found[name].map { difference($0, gradient) < 1e-5 } == true, "\(name)")
    }
  }

  @Test func manyModelsAtOnce() {
    manualSeed(3)
    let models = [Net(), Net(), Net()]
    let x = randn(5, 3)
    let names = values(models[0]).keys
    let stacked = Dictionary(
      uniqueKeysWithValues: names.map { name in (name, stack(models.compactMap { values($0)[name] })) })
    let base = models[0]
    let together = vmap({ (p: [String: Tensor], x: Tensor) in functionalCall(base, p, x) }, inDims: (0, nil))(
      stacked, x)
    for (i, model) in models.enumerated() { #expect(difference(together[i], model(x)) < 1e-6) }
  }

  @Test func whatIsStoredDoesNotReachTheModule() {
    let norm = BatchNorm1d(3)
    let buffers = Dictionary(uniqueKeysWithValues: norm.namedBuffers().map { ($0.name, $0.tensor.detach()) })
    let before = norm.stateDict()
    _ = functionalCall(norm, buffers, randn(8, 3))
    for (name, tensor) in norm.stateDict() {
      #expect(before[name]?.array(as: Double.self) == tensor.array(as: Double.self), "\(name)")
    }
  }

  @Test func checkpointsAndCompiledFunctionsInsideUseTheGivenTensors() {
    manualSeed(4)
    let (model, other) = (Net(), Net())
    let x = randn(5, 3)
    let given = values(other).mapValues { Tensor($0, requiresGrad: true) }
    let y = functionalCall(model, given) { checkpoint({ model($0) }, x) }
    y.sum().backward()
    other(x).sum().backward()
    for (name, parameter) in other.namedParameters() {
      #expect(difference(given[name]?.grad ?? parameter, parameter.grad ?? x) < 1e-6, "\(name)")
    }
    let compiled = compile { (x: Tensor) in model(x) }
    _ = compiled(x)
    #expect(difference(functionalCall(model, given) { compiled(x) }, other(x)) < 1e-6)
  }

  @Test func mistakesNameWhatDoesNotFit() {
    let model = Net()
    let unknown = #expect(throws: TensorError.self) {
      try withErrors { functionalCall(model, ["second.biass": Tensor.zeros(2)], randn(1, 3)) }
    }
    #expect(unknown?.message.contains("second.biass; did you mean second.bias?") == true)
    let shape = #expect(throws: TensorError.self) {
      try withErrors { functionalCall(model, ["second.bias": Tensor.zeros(3)], randn(1, 3)) }
    }
    #expect(shape?.message.contains("second.bias") == true && shape?.message.contains("[3]") == true)
  }
}
