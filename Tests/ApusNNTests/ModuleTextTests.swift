import Apus
import ApusCore
import Testing

private final class Block: Layer {
  let norm = Identity()
  func forward(_ x: Tensor) -> Tensor { norm(x) }
}

private final class Net: Layer {
  let blocks = ModuleList([Block(), Block(), Identity()])
  let tail = Sequential(Identity(), Block())
  let empty = Sequential()
  func forward(_ x: Tensor) -> Tensor { x }
}

@Suite struct ModuleTextTests {
  /// PyTorch 2.15 prints the same modules so.
  @Test func modulesPrintAsInPyTorch() {
    #expect(
      "\(Net())" == """
        Net(
          (blocks): ModuleList(
            (0-1): 2 x Block(
              (norm): Identity()
            )
            (2): Identity()
          )
          (tail): Sequential(
            (0): Identity()
            (1): Block(
              (norm): Identity()
            )
          )
          (empty): Sequential()
        )
        """)
  }
}
