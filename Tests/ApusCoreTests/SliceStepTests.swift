import ApusCore
import Testing

/// Steps that leave the dimension after one element: they say nothing about where other elements lie.
@Suite struct SliceStepTests {
  @Test(arguments: [Int.min, Int.min + 1, -3, 3, Int.max])
  func stepsLongerThanTheDimensionTakeOneElement(_ step: Int) {
    let x = Tensor([[1.0, 2, 3], [4, 5, 6]], requiresGrad: true)
    let column = x[.all, .slice(step: step)]
    column.sum().backward()
    #expect(column.shape == [2, 1])
    #expect(column.array() == (step > 0 ? [1, 4] : [3, 6]))
    #expect(x.grad?.array() == (step > 0 ? [1, 0, 0, 1, 0, 0] : [0, 0, 1, 0, 0, 1]))
  }
}
