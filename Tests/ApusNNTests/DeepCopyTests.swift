import Apus
import ApusCore
import Synchronization
import Testing

private struct Heads {
  var left: Linear
  var others: [String: Linear]
  var scale: Tensor
}

private class Base: Module, @unchecked Sendable {
  let size = 3
  let name = "base"
}

@Module
private final class Model: Base, @unchecked Sendable {
  let heads = Heads(left: Linear(2, 2), others: ["x": Linear(2, 3)], scale: parameter(Tensor([1.0, 2.0])))
  let pair = (Linear(2, 2), 7)
  let body: any Layer = Sequential(Linear(2, 4), BatchNorm1d(4), Dropout(0.3))
  let maybe: Linear? = nil
  let double: @Sendable (Int) -> Int = { $0 * 2 }
  let tied: Linear
  var counter = [1, 2]

  override init() {
    tied = heads.left
    super.init()
  }
  func forward(_ x: Tensor) -> Tensor { body(heads.left(x)) }
}

private final class WithLock: Layer {
  let count = Mutex(0)
  let layer = Linear(1, 1)
  func forward(_ x: Tensor) -> Tensor { layer(x) }
}

@Suite struct DeepCopyTests {
  @Test func aCopySharesNothing() {
    let model = Model()
    model.eval()
    model(Tensor.ones([3, 2])).sum().backward()
    let copy = deepCopy(model)
    let (first, second) = (model.stateDict(), copy.stateDict())
    #expect(first.names == second.names)
    for (name, tensor) in first { #expect(second[name]?.array() == tensor.array(), "\(name)") }
    #expect(copy.parameters().count == model.parameters().count)
    #expect(copy.heads.left === copy.tied)
    #expect(copy.heads.left !== model.heads.left)
    #expect(copy.pair.1 == 7)
    #expect(copy.size == 3 && copy.name == "base" && copy.double(4) == 8 && copy.counter == [1, 2])
    #expect(!copy.isTraining && copy.modules().allSatisfy { !$0.isTraining })
    #expect(copy.heads.left.weight.grad?.array() == model.heads.left.weight.grad?.array())

    for parameter in copy.parameters() { noGrad { parameter.store(Tensor.zeros(parameter.shape)) } }
    copy.counter.append(3)
    copy.train()
    #expect(model.heads.scale.array() == [1, 2])
    #expect(model.counter == [1, 2])
    #expect(!model.isTraining)
  }

  @Test func copiesDieWithTheirParts() {
    weak var layer: Linear?
    do {
      let copy = deepCopy(Model())
      layer = copy.heads.left
      #expect(layer != nil)
    }
    #expect(layer == nil)
  }

  @Test func whatCannotBeCopiedIsNamed() {
    #expect {
      try withErrors { deepCopy(WithLock()) }
    } throws: {
      "\($0)".contains("WithLock holds 'count', which cannot be copied")
    }
  }
}
