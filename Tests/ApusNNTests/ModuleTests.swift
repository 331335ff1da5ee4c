import Apus
import ApusCore
import Testing

private final class Pair: Layer {
  let state = ModuleState()
  let weight: Tensor
  let runningMean: Tensor
  init(_ value: Double) {
    weight = parameter(Tensor([value, value]))
    runningMean = buffer(Tensor([0.0]))
  }
  func forward(_ x: Tensor) -> Tensor { x * weight }
}

private final class Tree: Layer {
  let inputProj = Pair(1)
  let scale = parameter(Tensor(2.0))
  let blocks = [Pair(2), Pair(3)]
  let named: [String: Pair] = ["b": Pair(5), "a": Pair(4)]
  let extra: Pair? = Pair(6)
  let missing: Pair? = nil
  let tables = [parameter(Tensor([7.0])), parameter(Tensor([8.0]))]
  let plain = Tensor([1.0])
  static var stateNames: [String: String] { ["extra": "c_extra"] }
  func forward(_ x: Tensor) -> Tensor { blocks[1](blocks[0](inputProj(x))) * scale }
}

private final class Shared: Layer {
  let first: Pair
  let second: Pair
  init() {
    first = Pair(1)
    second = first
  }
  func forward(_ x: Tensor) -> Tensor { second(first(x)) }
}

private final class Flat: Layer {
  let layers = [Pair(1), Pair(2)]
  static var stateNames: [String: String] { ["layers": ""] }
  func forward(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }
}

private final class Bare: Layer {
  func forward(_ x: Tensor) -> Tensor { isTraining ? x : x * 0 }
}

@Suite struct ModuleTests {
  @Test func stateNamesFollowPyTorch() {
    #expect(
      Tree().stateDict().names == [
        "scale", "tables.0", "tables.1", "input_proj.weight", "input_proj.running_mean", "blocks.0.weight",
        "blocks.0.running_mean", "blocks.1.weight", "blocks.1.running_mean", "named.a.weight", "named.a.running_mean",
        "named.b.weight", "named.b.running_mean", "c_extra.weight", "c_extra.running_mean",
      ])
    #expect(Flat().stateDict().names == ["0.weight", "0.running_mean", "1.weight", "1.running_mean"])
    #expect(Tree().namedBuffers().count == 6)
    #expect(Tree().namedChildren().map(\.name).first == "input_proj")
  }

  @Test func sharedModulesCountOnce() {
    let model = Shared()
    #expect(model.parameters().count == 1)
    #expect(
      model.stateDict().names == [
        "first.weight", "first.running_mean", "second.weight", "second.running_mean",
      ])
  }

  @Test func stateDictIsASnapshot() throws {
    let model = Pair(1)
    let before = model.stateDict()
    noGrad {
      var weight = model.weight
      weight.assign(Tensor([9.0, 9.0]))
    }
    #expect(before["weight"]?.array() == [1, 1])
    #expect(model.weight.array() == [9, 9])
    try model.loadStateDict(before)
    #expect(model.weight.array() == [1, 1])
  }

  @Test func loadReportsEveryProblemAndStoresNothing() throws {
    let model = Tree()
    var state = model.stateDict()
    state["input_proj.weight"] = nil
    state["inputproj.weight"] = Tensor([1.0, 1.0])
    state["blocks.0.weight"] = Tensor([1.0, 2.0, 3.0])
    state["scale"] = Tensor(77.0)
    let error = #expect(throws: TensorError.self) { try model.loadStateDict(state) }
    let text = error?.description ?? ""
    #expect(text.contains("missing: input_proj.weight"))
    #expect(text.contains("unexpected: inputproj.weight (did you mean input_proj.weight?)"))
    #expect(text.contains("blocks.0.weight is [3] in the state and [2] in the module"))
    #expect(model.scale.item() == 2)
    state["blocks.0.weight"] = nil
    let report = try model.loadStateDict(state, strict: false)
    #expect(report.missingKeys == ["input_proj.weight", "blocks.0.weight"])
    #expect(report.unexpectedKeys == ["inputproj.weight"])
    #expect(
      "\(report)"
        == "_IncompatibleKeys(missing_keys=['input_proj.weight', 'blocks.0.weight'], unexpected_keys=['inputproj.weight'])"
    )
    #expect("\(try model.loadStateDict(model.stateDict()))" == "<All keys matched successfully>")
    #expect(model.scale.item() == 77)
  }

  @Test func modesReachAllModules() {
    let model = Tree()
    #expect(model.isTraining)
    model.eval()
    #expect(model.namedModules().allSatisfy { !$0.module.isTraining })
    model.train()
    #expect(model.namedModules().allSatisfy { $0.module.isTraining })
  }

  @Test func statesOfBareModulesDieWithThem() {
    for i in 0..<1000 {
      let module = Bare()
      // A module at the address of an earlier one starts in training mode.
      #expect(module.isTraining, "module \(i)")
      module.eval()
      #expect(module(Tensor([1.0])).item() == 0)
    }
  }

  @Test func freezingStopsGradients() {
    let model = Pair(3)
    model.requiresGrad(false)
    #expect(!model(Tensor([1.0, 2.0])).requiresGrad)
    model.requiresGrad(true)
    model(Tensor([1.0, 2.0])).sum().backward()
    #expect(model.weight.grad?.array() == [1, 2])
    model.zeroGrad()
    #expect(model.weight.grad == nil)
  }

  @Test func hooksSeeAndReplaceResults() {
    let model = Tree()
    let handle = model.blocks[0].registerForwardHook { module, inputs, output in
      #expect(module is Pair && inputs.count == 1)
      return output * 10
    }
    #expect(model(Tensor([1.0, 1.0])).array() == [120, 120])
    handle.remove()
    handle.remove()
    #expect(model(Tensor([1.0, 1.0])).array() == [12, 12])
  }

  @Test func errorsNameThePathOfTheModule() {
    let model = Tree()
    let error = #expect(throws: TensorError.self) { try withErrors { model(Tensor([1.0, 2.0, 3.0])) } }
    #expect(error?.message.hasSuffix("(in module Tree.input_proj)") == true)
    let outside = #expect(throws: TensorError.self) {
      try withErrors { Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0]) }
    }
    #expect(outside?.message.contains("in module") == false)
  }

  @Test func summaryCountsParameters() {
    let summary = Tree().summary(input: [2])
    #expect(summary.totalParams == 15 && summary.trainableParams == 15)
    #expect(summary.rows.contains { $0.path == "blocks.0" && $0.typeName == "Pair" })
    #expect(Tree().summary().description.hasPrefix("="))
  }
}
