import Apus
import Testing

/// What `dump`, `debugPrint` and the printing of collections show of tensors.
@Suite struct TensorDumpTests {
  private static func dumped(_ tensor: Tensor) -> String {
    var text = ""
    dump(tensor, to: &text)
    return text
  }

  @Test func aPlainTensor() {
    #expect(
      Self.dumped(Tensor([[1.0, 2.0], [3.0, 4.0]])) == """
        ▿ tensor([[1., 2.],
                [3., 4.]])
          - dtype: "float32"
          - shape: "[2, 2]"
          - strides: "[2, 1]"
          - device: "cpu"
          - bytes: 16
          - requiresGrad: false

        """)
  }

  @Test func aParameterShowsItsGradient() {
    let weight = parameter(Tensor([1.0, 2.0]))
    #expect(Self.dumped(weight).hasSuffix("  - isParameter: true\n  - grad: \"None\"\n"))
    (weight * 3).sum().backward()
    #expect(Self.dumped(weight).hasSuffix("  - grad: \"tensor([3., 3.])\"\n"))
    #expect(Self.dumped(weight * 2).contains("  - gradFn: \"<MulBackward0>\"\n"))
  }

  @Test func longTensorsAreSummarised() {
    #expect(Self.dumped(zeros(100, 100)).count < 600)
  }

  @Test func collectionsShowTheTextOfEach() {
    #expect("\([Tensor([1.0]), Tensor([2])])" == "[tensor([1.]), tensor([2])]")
    var text = ""
    debugPrint(Tensor([1.0]), to: &text)
    #expect(text == "tensor([1.])\n")
  }

  @Test func aFailedTensorTellsWhatFailed() {
    var failed = Tensor(0.0)
    try? withErrors { failed = ones(2).matmul(ones(3)) }
    #expect(Self.dumped(failed).contains("- failure: \"matmul"))
  }
}
