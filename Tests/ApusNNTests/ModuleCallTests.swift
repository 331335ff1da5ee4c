import Apus
import ApusCore
import Testing

@Module
private final class Cell {
  let inputs: Linear
  let outputs: Linear
  var steps = 0
  var last: Tensor?

  init(_ size: Int, _ hidden: Int) {
    inputs = Linear(size + hidden, hidden)
    outputs = Linear(hidden, 2)
  }

  func forward(_ x: Tensor, _ hidden: Tensor, mask: Tensor? = nil, scale: Double = 1) -> (Tensor, Tensor) {
    steps += 1
    var next = inputs(cat([x, hidden], dim: 1)).tanh() * scale
    if let mask { next = next * mask }
    last = next.detach()
    return (outputs(next), next)
  }
}

@Module
private final class Several: Module {
  let layer = Linear(2, 2)
  var names: [String]
  init(_ names: [String]) { self.names = names }

  func forward(_ inputs: [String: Tensor], order: [String] = ["a", "b"]) throws -> [Tensor] {
    try order.map { name in
      guard let input = inputs[name] else { throw TensorError(.value, "Several", "there is no \(name)") }
      return layer(input)
    }
  }

  func forward<Value>(each values: [Value], _ change: (Value) -> Value) -> [Value] { values.map(change) }
}

@Module private final class Unary {
  var scale = parameter(Tensor([2.0]))
  func forward(_ x: Tensor) -> Tensor { x * scale }
}

private final class Outer: Layer {
  let cell = Cell(2, 3)
  func forward(_ x: Tensor) -> Tensor { cell(x, Tensor.zeros([1, 3])).0 }
}

@Suite struct ModuleCallTests {
  @Test func aModuleIsCalledAsItsForwardIsDeclared() {
    let cell = Cell(2, 3)
    let (x, hidden) = (Tensor.ones([1, 2]), Tensor.zeros([1, 3]))
    let (output, next) = cell(x, hidden)
    #expect(output.shape == [1, 2])
    #expect(next.shape == [1, 3])
    let masked = cell(x, hidden, mask: Tensor([0.0, 1.0, 0.0])).1
    #expect(masked.array() == [0, next.array()[1], 0])
    #expect(cell(x, hidden, scale: 0).1.array() == [0, 0, 0])
    #expect(cell.steps == 3)
    #expect(cell.last?.shape == [1, 3])
  }

  @Test func effectsGenericsAndFunctionsPass() throws {
    let module = Several(["x"])
    let found = try module(["a": Tensor.ones([1, 2]), "b": Tensor.zeros([1, 2])])
    #expect(found.count == 2)
    #expect(throws: TensorError.self) { try module([:]) }
    #expect(module(each: [1, 2]) { $0 + 1 } == [2, 3])
    module.names.append("y")
    #expect(module.names == ["x", "y"])
  }

  @Test func aClassWithOneTensorInAndOutIsALayer() {
    let layer = Unary()
    let any: any Layer = layer
    #expect(any(Tensor([3.0])).array() == [6])
    #expect(layer.namedParameters().map(\.name) == ["scale"])
    layer.scale = parameter(Tensor([5.0]))
    #expect(any(Tensor([3.0])).array() == [15])
    #expect(layer.stateDict()["scale"]?.array() == [5])
  }

  @Test func mistakesNameThePath() {
    #expect {
      try withErrors { Outer()(Tensor.ones([1, 5])) }
    } throws: { error in
      "\(error)".contains("(in module Outer.cell.inputs)")
    }
  }
}
