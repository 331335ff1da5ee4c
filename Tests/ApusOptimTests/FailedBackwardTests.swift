import Apus
import Testing

/// After a mistake nothing is learned from gradients that are not those of the pass.
@Suite struct FailedBackwardTests {
  @Test func optimisersDoNotStep() {
    let w = parameter(Tensor([1.0, 2.0]))
    let optimizers: [Optimizer] = [SGD([w], lr: 0.1, momentum: 0.9), AdamW([w], lr: 0.1)]
    for optimizer in optimizers {
      // An earlier pass has left its gradient.
      (w * w).sum().backward()
      #expect(throws: TensorError.self) {
        try withErrors {
          (w * w).backward()
          optimizer.step()
        }
      }
      #expect(throws: TensorError.self) {
        try withErrors {
          (w + Tensor([1.0, 2, 3])).sum().backward()
          optimizer.step()
        }
      }
      #expect(w.array() == [1, 2])
      #expect(optimizer.stateDict().names.allSatisfy { !$0.hasPrefix("state.") })
    }
    optimizers[0].step()
    #expect(w.array() != [1, 2])
  }
}
