import Apus
import TestSupport
import Testing

private final class Scale: Layer {
  let weight: Tensor
  init(_ value: Double) { weight = parameter(Tensor([value])) }
  func forward(_ x: Tensor) -> Tensor { x * weight }
}

private final class Named: Module, Hashable {
  let weight = parameter(Tensor([1.0]))
  static func == (a: Named, b: Named) -> Bool { a === b }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

private struct Block: Sendable {
  let gain = parameter(Tensor([3.0]))
  let runningMean = buffer(Tensor([0.5]))
  let inner: Scale
  let sizes = [1, 2, 3]
  var parts: (left: Scale, Scale)
}

private indirect enum Head: Sendable {
  case none
  case dense(Scale)
  case pair(Scale, gate: Tensor)
  case deep(Head, [Block])
}

@propertyWrapper private struct Wrapped: Sendable {
  let wrappedValue: Scale
  init(wrappedValue: Scale) { self.wrappedValue = wrappedValue }
}

private final class Net: Module, @unchecked Sendable {
  let block = Block(inner: Scale(1), parts: (Scale(2), Scale(3)))
  let maybe: Block? = Block(inner: Scale(4), parts: (Scale(5), Scale(6)))
  let empty = Head.none
  let head = Head.dense(Scale(7))
  let two = Head.pair(Scale(8), gate: parameter(Tensor([9.0])))
  let deep = Head.deep(.dense(Scale(10)), [Block(inner: Scale(11), parts: (Scale(12), Scale(13)))])
  let table: [String: [Head]] = ["a": [.dense(Scale(14)), .none], "b": []]
  let nested: [[Scale?]] = [[Scale(15), nil], [], [Scale(16)]]
  let any: any Sendable = Block(inner: Scale(17), parts: (Scale(18), Scale(19)))
  let result: Result<Scale, TensorError> = .success(Scale(20))
  @Wrapped var wrapped = Scale(21)
}

private let blockNames = ["gain", "running_mean", "inner.weight", "parts.left.weight", "parts.1.weight"]

@Suite struct ModuleContentsTests {
  @Test func everythingInsideHasAName() {
    let expected =
      blockNames.map { "block." + $0 } + blockNames.map { "maybe." + $0 }
      + ["head.dense.weight", "two.pair.0.weight", "two.pair.gate", "deep.deep.0.dense.weight"]
      + blockNames.map { "deep.deep.1.0." + $0 } + ["table.a.0.dense.weight", "nested.0.0.weight", "nested.2.0.weight"]
      + blockNames.map { "any." + $0 } + ["result.success.weight", "wrapped.weight"]
    let net = Net()
    #expect(Set(net.stateDict().names) == Set(expected) && net.stateDict().count == expected.count)
    #expect(net.namedParameters().map(\.name).sorted() == expected.filter { !$0.hasSuffix("mean") }.sorted())
    #expect(net.namedBuffers().count == 4)
  }

  @Test func stateGoesFromOneToTheOther() throws {
    let (one, two) = (Net(), Net())
    for var parameter in one.parameters() { noGrad { parameter.assign(parameter + 100) } }
    try two.loadStateDict(one.stateDict())
    for ((name, a), (_, b)) in zip(one.stateDict(), two.stateDict()) { #expect(a.array() == b.array(), "\(name)") }
  }

  @Test func whatIsFoundIsTrained() {
    let net = Net()
    let before = net.stateDict()
    let optimizer = SGD(net.parameters(), lr: 1)
    net.parameters().reduce(Tensor([0.0])) { $0 + $1 }.sum().backward()
    optimizer.step()
    for (name, tensor) in net.stateDict() where !name.hasSuffix("mean") {
      #expect(tensor.item() == (before[name]?.item() ?? 0) - 1, "\(name)")
    }
    net.eval()
    if case .dense(let scale) = net.head { #expect(!scale.isTraining) }
  }

  #if compiler(>=6.2)
    private final class Fixed: Module {
      let layers: InlineArray<2, Scale> = [Scale(1), Scale(2)]
    }
    @Test func arraysOfFixedSize() {
      #expect(Fixed().stateDict().names == ["layers.0.weight", "layers.1.weight"])
    }
  #endif

  @Test func setsHaveNoOrder() {
    final class Holder: Module {
      let experts: Set<Named> = [Named(), Named()]
      let numbers: Set<Int> = [1, 2]
    }
    for use: @Sendable (Holder) -> Void in [
      { _ = $0.parameters() }, { _ = $0.stateDict() }, { _ = $0.namedModules() }, { _ = $0.children() }, { $0.eval() },
      { $0.apply { _ in } }, { _ = $0.namedBuffers() },
    ] {
      let mistake = Mistake("a set", .state, "Holder", "the set 'experts'", "an array or a dictionary") {
        use(Holder())
      }
      #expect(mistake.complaint() == nil)
    }
  }

  @Test func objectsThatAreNoModulesHaveNoNames() {
    final class Box: Sendable {
      let weight = parameter(Tensor([1.0]))
    }
    final class Holder: Module {
      let box: Box? = Box()
    }
    let mistake = Mistake("an object", .state, "Holder", "'box'", "make Box a Module") { Holder().parameters() }
    #expect(mistake.complaint() == nil)
  }

  @Test func whatIsAlsoHeldElsewhereHasAName() throws {
    // An optimiser, a set and a reference to the outer module hold what has a name already.
    final class Inner: Module {
      nonisolated(unsafe) weak var outer: (any Module)?
      let weight = parameter(Tensor([1.0]))
    }
    final class Holder: Module {
      let list: [Named]
      let marked: Set<Named>
      let inner = Inner()
      let optimizer: SGD
      init() {
        list = [Named(), Named()]
        marked = [list[1]]
        optimizer = SGD(list.map(\.weight), lr: 1)
        inner.outer = self
      }
    }
    try withErrors {
      let holder = Holder()
      #expect(holder.stateDict().names == ["list.0.weight", "list.1.weight", "inner.weight"])
      #expect(holder.parameters().count == 3)
      holder.eval().apply { #expect(!$0.isTraining) }
    }
  }

  @Test func twoCannotShareAName() {
    final class Holder: Module {
      let fooBar = parameter(Tensor([1.0]))
      let foo_bar = parameter(Tensor([2.0]))
    }
    let mistake = Mistake("equal names", .state, "Holder", "'foo_bar'", "rename") { Holder().stateDict() }
    #expect(mistake.complaint() == nil)
    #expect(Holder().parameters().count == 2)
  }
}
