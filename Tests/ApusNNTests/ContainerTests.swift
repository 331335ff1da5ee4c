import Apus
import ApusCore
import Testing

@Suite struct ContainerTests {
  @Test func sequentialsChange() {
    let net = Sequential(Linear(2, 3), ReLU())
    net.append(Linear(3, 4))
    net[2] = Linear(3, 5)
    net.insert(1, Identity())
    #expect(net.count == 4)
    #expect(net(Tensor.ones([1, 2])).shape == [1, 5])
    #expect(net.stateDict().names == ["0.weight", "0.bias", "3.weight", "3.bias"])
    #expect(net[-1].weight.shape == [5, 3])
    #expect(net[0].bias.shape == [3])
    #expect(net[..<2].count == 2)
    net[0].weight = parameter(Tensor.zeros([3, 2]))
    #expect(net.stateDict()["0.weight"]?.array() == [0, 0, 0, 0, 0, 0])
  }

  @Test func sequentialsHaveNames() {
    let net = Sequential(["hidden": Linear(2, 3), "act": ReLU(), "output": Linear(3, 1)])
    #expect(net.stateDict().names == ["hidden.weight", "hidden.bias", "output.weight", "output.bias"])
    #expect(net["output"]?.weight.shape == [1, 3])
  }

  @Test func namedLayersInAnyForm() {
    let forms = [
      Sequential(("a", Linear(1, 2)), ("b", ReLU())), Sequential(OrderedDict([("a", Linear(1, 2)), ("b", ReLU())])),
      Sequential(["a": Linear(1, 2), "b": ReLU()]),
    ]
    for form in forms { #expect(form.stateDict().names == ["a.weight", "a.bias"]) }
    #expect(Sequential().count == 0 && Sequential([]).count == 0)
  }

  @Test func listsAndDictionaries() {
    let list = ModuleList((0..<3).map { Linear($0 + 1, 2) })
    #expect(list.map { $0.weight.shape } == [[2, 1], [2, 2], [2, 3]])
    #expect(list.stateDict().names.first == "0.weight")
    let heads: ModuleDict = ["b": Linear(1, 1), "a": Linear(1, 2)]
    heads["c"] = ReLU()
    #expect(heads.keys == ["b", "a", "c"])
    #expect(heads.stateDict().names == ["b.weight", "b.bias", "a.weight", "a.bias"])
    heads["b"] = nil
    #expect(heads.count == 2)
  }

  @Test func parameterLists() {
    let list = ParameterList([Tensor.ones([2]), Tensor.zeros([2, 3])])
    #expect(list.parameters().count == 2)
    #expect(list.namedParameters().map(\.name) == ["0", "1"])
    let named: ParameterDict = ["w": Tensor.ones([2])]
    #expect(named.stateDict().names == ["w"])
    #expect(named["w"]?.isParameter == true)
  }

  @Test func modulesConvertAndOptimisersGoOn() {
    let net = Sequential(Linear(2, 2), Linear(2, 1))
    let optimizer = Adam(net.parameters(), lr: 0.1)
    net(Tensor.ones([1, 2])).sum().backward()
    optimizer.step()
    net.double()
    let weight = net[0].weight
    #expect(weight.dtype == .float64)
    #expect(weight.grad?.dtype == .float64)
    let before = weight.array(as: Double.self)
    optimizer.zeroGrad()
    net(Tensor.ones([1, 2], dtype: .float64)).sum().backward()
    optimizer.step()
    #expect(net.parameters().allSatisfy { $0.dtype == .float64 })
    #expect(weight.array(as: Double.self) != before)
    #expect(net.half().parameters().allSatisfy { $0.dtype == .float16 })
    #expect(throws: TensorError.self) { try withErrors { net.to(.int64) } }
  }

  @Test func partsAreFoundByName() {
    let net = Sequential(Linear(2, 2), BatchNorm1d(2))
    #expect(net.getParameter("1.weight").shape == [2])
    #expect(net.getBuffer("1.running_mean").shape == [2])
    #expect(net.getSubmodule("1") is BatchNorm1d)
    #expect {
      try withErrors { net.getParameter("0.wieght") }
    } throws: {
      "\($0)" == "Sequential: there is no parameter '0.wieght'; did you mean '0.weight'?"
    }
  }
}
