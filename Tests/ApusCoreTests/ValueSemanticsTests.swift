import Apus
import Testing

@Suite struct ValueSemanticsTests {
  @Test func aCopyKeepsItsElements() {
    var x = Tensor([1.0, 2.0, 3.0])
    let y = x
    x += Tensor([1.0, 1.0, 1.0])
    x *= 2.0
    #expect(x.array() == [4, 6, 8] as [Float])
    #expect(y.array() == [1, 2, 3] as [Float])
  }

  @Test func aViewKeepsItsElements() {
    var x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    let row = x.select(0, 0)
    let transposed = x.t()
    x -= 1.0
    #expect(row.array() == [1, 2] as [Float])
    #expect(transposed.array() == [1, 3, 2, 4] as [Float])
    #expect(x.array() == [0, 1, 2, 3] as [Float])
  }

  @Test func aUniqueTensorIsChangedInPlace() {
    var x = Tensor.ones([1000])
    let before = x.withUnsafeBytes { $0.baseAddress }
    x += Tensor.ones([1000])
    x *= 2.0
    #expect(x.withUnsafeBytes { $0.baseAddress } == before)
    #expect(x.sum().item() == 4000)
  }

  @Test func inPlaceKeepsTheTypeAndRefusesToLoseOne() throws {
    var half = Tensor([1.0, 2.0], dtype: .float16)
    half += Tensor([0.5, 0.5])
    #expect(half.dtype == .float16)
    var whole = Tensor([1, 2])
    #expect(throws: TensorError.self) { try withErrors { whole += 0.5 } }
  }

  @Test func aVariableIsSeenByAllItsCopies() {
    var w = Tensor([1.0], requiresGrad: true)
    let other = w
    noGrad { w.assign(Tensor([5.0])) }
    #expect(other.item() == 5)
    let snapshot = w.detach()
    noGrad { w += 1.0 }
    #expect(other.item() == 6)
    #expect(snapshot.item() == 5)
  }

  @Test func aSavedInputIsSafeFromTheNextStep() {
    var w = Tensor([3.0], requiresGrad: true)
    let x = Tensor([2.0], requiresGrad: true)
    let y = w * x
    noGrad { w *= 10.0 }
    y.backward(Tensor([1.0]))
    #expect(x.grad?.item() == 3)
  }

  @Test func aRecordedTensorCanBeChangedInPlaceAndStaysInTheGraph() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    var y = x * 2.0
    y += 1.0
    y *= y
    y.sum().backward()
    #expect(x.grad?.array() == [12, 20] as [Float])
  }
}
