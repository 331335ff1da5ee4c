import Apus
import Testing

/// As PyTorch's `Tensor.where`, the method keeps the tensor where the condition holds.
@Suite struct WhereSpellingTests {
  let x = Tensor([1.0, -2.0, 3.0])

  @Test func methodKeepsTheTensorWhereTheConditionHolds() {
    #expect(x.where(x .> 0, Tensor([7.0, 8.0, 9.0])).array() == [1, 8, 3])
    #expect(x.where(x .> 0, 0).array() == [1, 0, 3])
    let isRight = Tensor([true, false])
    #expect(isRight.where(Tensor([false, true]), Tensor([false, true])).array(as: Bool.self) == [false, false])
  }

  @Test func functionTakesLabels() {
    #expect(`where`(x .> 0, input: x, other: -x).array() == [1, 2, 3])
  }
}
