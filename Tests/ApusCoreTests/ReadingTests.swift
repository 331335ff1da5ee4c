import Apus
import Testing

@Suite struct Reading {
  let names = ["zero", "one", "two", "three"]

  @Test func anItemIsWhatIsAskedFor() {
    let x = Tensor(3.0)
    let i: Int = x.item()
    let f: Float = x.item()
    let d = x.item()
    let b: Bool = (x .> 2).any().item()
    let z: Complex = Tensor(Complex(1, -2)).item()
    let byte: UInt8 = Tensor(200).item()
    #expect(i == 3 && f == 3 && d == 3 && b && z == Complex(1, -2) && byte == 200)
    #expect(names[Tensor([2]).item()] == "two")
    var correct = 0
    correct += (Tensor([1, 2, 3]) .== Tensor([1, 0, 3])).sum().item()
    var running = 0.5
    running += Tensor(0.25).item()
    #expect(correct == 2 && running == 0.75)
    #expect(Array(1..<Tensor([4]).item()) == [1, 2, 3])
    #expect(Tensor(9).item() / 2 == 4.5)
    #expect(Tensor(16_777_217).item(as: Int.self) == 16_777_217)
    #expect(type(of: x.item()) == Double.self)
  }

  @Test func aNumberThatDoesNotFitIsAMistake() {
    expectMistake("the float32 element 3.75 is no Int; read it as Double, or cut it off with Int(x)") {
      let _: Int = Tensor(3.75).item()
    }
    expectMistake("the int64 element 300 is no UInt8; read it as Int") {
      let _: UInt8 = Tensor(300).item()
    }
    expectMistake("the float32 element nan is no Int") { let _: Int = Tensor(Double.nan).item() }
    expectMistake("the complex number 1.0+2.0j is no Float; read it as Complex, or take real, imag or abs()") {
      let _: Float = Tensor(Complex(1, 2)).item()
    }
    expectMistake("only a tensor with one element has a single value") { let _: Int = Tensor([1, 2]).item() }
  }

  @Test func numbersAreMadeOfTensors() {
    #expect(Int(Tensor(-3.75)) == -3 && Int(Tensor([[7]])) == 7 && Int(Tensor(true)) == 1)
    #expect(Float(Tensor(0.5)) == 0.5 && Double(Tensor(0.5)) == 0.5)
    #expect(Bool(Tensor(0.5)) && !Bool(Tensor([0])))
    expectMistake("neither true nor false; ask any() or all()") { _ = Bool(Tensor([1, 2])) }
    expectMistake("the float32 element inf is no Int") { _ = Int(Tensor(Double.infinity)) }
  }

  @Test func arraysAreAsDeepAsIsAskedFor() {
    let x = arange(6).reshape(2, 3)
    let flat: [Int] = x.array()
    let rows: [[Float]] = x.array()
    let deep: [[[Double]]] = x.reshape(1, 2, 3).array()
    let truth: [Bool] = (x .> 2).array()
    let listed: [[Int]] = x.t().tolist()
    #expect(flat == [0, 1, 2, 3, 4, 5])
    #expect(rows == [[0, 1, 2], [3, 4, 5]])
    #expect(deep == [[[0, 1, 2], [3, 4, 5]]])
    #expect(truth == [false, false, false, true, true, true])
    #expect(listed == [[0, 3], [1, 4], [2, 5]])
    let none: [[Int]] = zeros(2, 0, dtype: .int64).array()
    #expect(none == [[], []])
    #expect(type(of: x.array()) == [Float].self)
  }

  @Test func integersStayWhatTheyAre() {
    let large = Tensor([1, 16_777_217])
    let whole: [Int] = large.array()
    let double: [Double] = large.array()
    #expect(whole == [1, 16_777_217] && double == [1, 16_777_217])
    #expect(large.array(as: Float.self) == [1, 16_777_216])
    expectMistake("the int64 element 16777217 is no Float; read it as Int") { _ = large.array() }
    expectMistake("the float32 element 0.5 is no Int; read it as Double") {
      let _: [Int] = Tensor([1.0, 0.5]).array()
    }
    expectMistake("the int64 element 300 is no UInt8") { let _: [UInt8] = Tensor([3, 300]).array() }
    let bytes: [UInt8] = Tensor([3, 30]).array()
    #expect(bytes == [3, 30])
    let wide: [UInt64] = Tensor([UInt64.max]).array()
    #expect(wide == [.max])
  }

  @Test func anArrayOfAnotherDepthIsAMistake() {
    let x = arange(6).reshape(2, 3)
    expectMistake("a tensor of shape [2, 3] is nested 2 deep, and Array<Array<Array<Float>>> 3") {
      let _: [[[Float]]] = x.array()
    }
    expectMistake("nested 2 deep, and Array<Int> 1") { let _: [Int] = x.tolist() }
    expectMistake("nested 1 deep, and Array<Array<Int>> 2") { let _: [[Int]] = arange(3).array() }
  }

  @Test func listsAreNestedAndCompareAsNumbers() {
    let list = Tensor([[1.0, 2.0], [3.0, 4.0]]).tolist()
    #expect(list == [[1, 2], [3, 4]])
    #expect(list != [[1, 2], [3, 5]] && list != [1, 2])
    #expect(list[1][0].item() == 3.0)
    let n: Int = list[1][1].item()
    #expect(n == 4 && list.count == 2 && list[0].map { $0.item() + 1 } == [2, 3])
    #expect(Tensor([[true], [false]]).tolist() == [[true], [false]])
  }

  @Test func rowsAreGoneThrough() {
    let x = arange(6).reshape(3, 2)
    var sums: [Int] = []
    for row in x { sums.append(row.sum().item()) }
    #expect(sums == [1, 5, 9])
    #expect(zip(["a", "b", "c"], x).map { "\($0)\(Int($1[0]))" } == ["a0", "b2", "c4"])
    #expect(x.enumerated().map { $0 + Int($1.sum()) } == [1, 6, 11])
    #expect(Array(arange(3)).map { Int($0) } == [0, 1, 2])
    #expect(x.min().item() == 0.0 && x.max().item() == 5.0)
    for _ in zeros(0, 2) { Issue.record("there are no rows") }
    expectMistake("a tensor without dimensions has no rows") { for _ in Tensor(1.0) {} }
  }

  @Test func gradientsFlowThroughRows() {
    let x = Tensor([[1.0, 2.0], [3.0, 4.0]], requiresGrad: true)
    var total = Tensor(0.0)
    for (i, row) in x.enumerated() { total += (row * Double(i + 1)).sum() }
    total.backward()
    let gradient: [[Double]]? = x.grad?.array()
    #expect(gradient == [[1, 1], [2, 2]])
  }

  private func expectMistake(_ text: String, _ body: () -> Void) {
    do {
      try withErrors(body)
      Issue.record("no mistake where one says: \(text)")
    } catch { #expect("\(error)".contains(text), "\(error)") }
  }
}
