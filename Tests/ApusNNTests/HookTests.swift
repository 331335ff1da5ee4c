import Apus
import ApusCore
import Testing

@Module
private final class Pair {
  let layer = Linear(2, 2)
  func forward(_ x: Tensor, _ y: Tensor?) -> (Tensor, [Tensor]) { (layer(x), [y ?? x]) }
}

@Suite(.serialized) struct HookTests {
  private func double() -> Linear {
    let layer = Linear(2, 2, bias: false)
    noGrad { layer.weight.store(Tensor([[2.0, 0.0], [0.0, 2.0]])) }
    return layer
  }

  @Test func forwardHooksSeeAndReplace() {
    let layer = double()
    var seen: [String: [Int]] = [:]
    layer.registerForwardHook { _, inputs, output in
      seen["in"] = inputs[0].shape
      seen["out"] = output.shape
    }
    let handle = layer.registerForwardHook { _, _, output in output + 1.0 }
    #expect(layer(Tensor.ones([1, 2])).array() == [3, 3])
    #expect(seen == ["in": [1, 2], "out": [1, 2]])
    handle.remove()
    #expect(layer(Tensor.ones([1, 2])).array() == [2, 2])
  }

  @Test func preHooksReplaceInputs() {
    let layer = double()
    layer.registerForwardPreHook { _, inputs in inputs.map { $0 * 10.0 } }
    var shapes: [[Int]] = []
    layer.registerForwardPreHook { _, inputs in shapes += inputs.map(\.shape) }
    #expect(layer(Tensor.ones([2])).array() == [20, 20])
    #expect(shapes == [[2]])
  }

  @Test func hooksRunForTuplesListsAndOptionals() {
    let pair = Pair()
    var outputs = 0
    var inputs = 0
    pair.registerForwardHook { _, given, output in
      inputs = given.count
      outputs += 1
      return output * 0.0
    }
    let (first, rest) = pair(Tensor.ones([1, 2]), Tensor.ones([3]))
    #expect(inputs == 2)
    #expect(outputs == 2)
    #expect(first.array() == [0, 0])
    #expect(rest[0].array() == [0, 0, 0])
    _ = pair(Tensor.ones([1, 2]), nil)
    #expect(inputs == 1)
  }

  /// PyTorch 2.15: nn.Linear(2, 2) with weight 2 I, x = [[1, 2]], (layer(x) * [[3, 4]]).sum().backward().
  @Test func backwardHooksSeeGradientsOfInputsAndResults() throws {
    let layer = double()
    var inputs: [Float] = []
    var outputs: [Float] = []
    layer.registerFullBackwardHook { _, gradInput, gradOutput in
      inputs = gradInput[0]?.array() ?? []
      outputs = gradOutput[0]?.array() ?? []
    }
    let x = Tensor([[1.0, 2.0]], requiresGrad: true)
    (layer(x) * Tensor([[3.0, 4.0]])).sum().backward()
    #expect(inputs == [6, 8])
    #expect(outputs == [3, 4])
    #expect(x.grad?.array() == [6, 8])
    #expect(layer.weight.grad?.array() == [3, 6, 4, 8])
  }

  @Test func backwardHooksReplaceGradients() {
    let layer = double()
    layer.registerFullBackwardPreHook { _, gradOutput in gradOutput.map { $0.map { $0 * 10.0 } } }
    layer.registerFullBackwardHook { _, gradInput, _ in gradInput.map { $0.map { $0 + 1.0 } } }
    let x = Tensor([[1.0, 2.0]], requiresGrad: true)
    layer(x).sum().backward()
    #expect(x.grad?.array() == [21, 21])
    #expect(layer.weight.grad?.array() == [10, 20, 10, 20])
  }

  /// As in PyTorch, the hook runs with no gradient of the input where none is asked for.
  @Test func withoutGradientsOfInputsTheHookRunsAllTheSame() {
    let layer = double()
    var calls: [Bool] = []
    layer.registerFullBackwardHook { _, gradInput, gradOutput in
      calls.append(gradInput[0] == nil && gradOutput[0] != nil)
    }
    layer(Tensor([[1.0, 2.0]])).sum().backward()
    #expect(calls == [true])
  }

  @Test func compiledFunctionsRunHooksAtEveryCall() {
    let layer = double()
    var calls = 0
    layer.registerForwardHook { _, _, _ in calls += 1 }
    let compiled = compile { (x: Tensor) in layer(x) }
    for _ in 0..<3 { #expect(compiled(Tensor.ones([2])).array() == [2, 2]) }
    #expect(calls >= 3)
  }
}
