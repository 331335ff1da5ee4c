import Apus
import TestSupport
import Testing

/// Elements combined bit by bit.
@Suite struct HashTensorTests {
  @Test func hashesAreTheBitsOfAllElements() {
    let x = Tensor([[1.5, 2.5], [-3, 0.1]])
    let bits = [1.5, 2.5, -3, Double(Float(0.1))].map(\.bitPattern)
    let rows = x.hashTensor(1)
    #expect(rows.dtype == .uint64 && rows.array(as: UInt64.self) == [bits[0] ^ bits[1], bits[2] ^ bits[3]])
    #expect(x.hashTensor(keepDim: true).shape == [1, 1])
    #expect(x.to(.float64).hashTensor().array(as: UInt64.self) == x.T.hashTensor().array(as: UInt64.self))
    #expect(Tensor([3, -5]).to(.int8).hashTensor().array(as: UInt64.self) == [UInt64(bitPattern: 3 ^ -5)])
    #expect(vmap { $0.hashTensor() }(x).array(as: UInt64.self) == rows.array(as: UInt64.self))
  }

  @Test func nothingHasNoHash() {
    let error = #expect(throws: TensorError.self) { try withErrors { Tensor.zeros([0, 2]).hashTensor(0) } }
    #expect(error?.kind == .shape && error?.message.contains("[0, 2]") == true)
  }
}
