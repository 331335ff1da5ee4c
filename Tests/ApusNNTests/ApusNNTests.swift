import Apus
import Testing

@Test func ApusNNImports() {
  #expect(Tensor([1.0, 2.0]).sum().item() == 3)
}
