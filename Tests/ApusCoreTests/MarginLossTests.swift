import Apus
import Testing

/// Targets of multilabel margin losses are class indices.
@Suite struct MarginLossTests {
  @Test func targetsThatAreNoIndicesAreRefused() {
    let scores = Tensor([[0.1, 0.2, 0.4], [0.3, 0.5, 0.1]])
    let targets = [
      Tensor.zeros([2, 3]), Tensor.zeros([2, 3], dtype: .complex64), Tensor.zeros([2, 3], dtype: .bool),
      makeDual(Tensor.zeros([2, 3]), Tensor.zeros([2, 3])),
    ]
    for target in targets {
      let error = #expect(throws: TensorError.self) { try withErrors { multilabelMarginLoss(scores, target) } }
      #expect(error?.kind == .dtype)
      #expect(error?.message.contains("integers") == true)
    }
  }
}
