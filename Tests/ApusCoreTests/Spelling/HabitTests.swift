import Apus
import Testing

/// Small things of `torch` that PyTorch's users reach for. PyTorch 2.15 gave the numbers.
@Suite struct HabitTests {
  @Test func limitsOfTypes() {
    let wide = finfo(.float32)
    #expect(wide.eps == 1.1920928955078125e-07 && wide.max == 3.4028234663852886e+38 && wide.min == -wide.max)
    #expect(wide.tiny == 1.1754943508222875e-38 && wide.bits == 32 && wide.resolution == 1e-6)
    #expect(finfo(.float16).max == 65504 && finfo(.float16).tiny == 6.103515625e-05)
    #expect(finfo(.bfloat16).max == 3.3895313892515355e+38 && finfo(.bfloat16).eps == 0.0078125)
    #expect(finfo(.float64).eps == 2.220446049250313e-16 && finfo(.float64).max == 1.7976931348623157e+308)
    #expect(finfo(.complex64).eps == wide.eps)
    #expect(
      [iinfo(.uint8), iinfo(.int8), iinfo(.int16), iinfo(.int32)].map(\.min) == [0, -128, -32768, -2_147_483_648])
    #expect(
      [iinfo(.uint8), iinfo(.int8), iinfo(.int16), iinfo(.int32)].map(\.max) == [255, 127, 32767, 2_147_483_647])
    #expect(iinfo(.int64).min == Int.min && iinfo(.int64).max == Int.max)
    #expect(throws: TensorError.self) { try withErrors { finfo(.int32).eps } }
    #expect(throws: TensorError.self) { try withErrors { iinfo(.float32).max } }
  }

  @Test func diagonals() {
    var tall = zeros(5, 2)
    tall.fillDiagonal_(1, wrap: true)
    #expect(tall.tolist() == [[1, 0], [0, 1], [0, 0], [1, 0], [0, 1]])
    var once = zeros(5, 2)
    once.fillDiagonal_(1)
    #expect(once.tolist() == [[1, 0], [0, 1], [0, 0], [0, 0], [0, 0]])
    var flat = zeros(2, 5)
    flat.fillDiagonal_(1)
    #expect(flat.tolist() == [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]])
    var cube = zeros(2, 2, 2)
    cube.fillDiagonal_(1)
    #expect(cube.tolist() == [[[1, 0], [0, 0]], [[0, 0], [0, 1]]])
    #expect(throws: TensorError.self) {
      try withErrors {
        var vector = zeros(3)
        vector.fillDiagonal_(1)
      }
    }
  }

  @Test func windowsArePeriodic() {
    #expect("\(hammingWindow(4))" == "tensor([0.0800, 0.5400, 1.0000, 0.5400])")
    #expect("\(bartlettWindow(4))" == "tensor([0.0000, 0.5000, 1.0000, 0.5000])")
    #expect("\(kaiserWindow(4))" == "tensor([5.2773e-05, 2.1567e-01, 1.0000e+00, 2.1567e-01])")
    #expect("\(hannWindow(1))" == "tensor([1.])")
    #expect(allclose(blackmanWindow(4, periodic: false), tensor([0, 0.63, 0.63, 0]), atol: 1e-6))
  }

  @Test func choicesOfWhere() {
    #expect(`where`(tensor([true, false]), 1, 2.5).array() == [1, 2.5])
    #expect(`where`(tensor([true, false]), 1, 2).dtype == .int64)
    #expect(`where`(tensor([[1, 0], [0, 2]])).map { $0.array() } == [[0, 1], [0, 1]])
  }

  @Test func loadersOfLists() {
    #expect(DataLoader([1.0, 2.0, 3.0], batchSize: 2).map { $0.array() } == [[1, 2], [3]])
    #expect(DataLoader(5..<8, batchSize: 2).map { $0.array() } == [[5, 6], [7]])
    #expect(DataLoader(arange(4).view(2, 2), batchSize: 2).map { $0.array(as: Int.self) } == [[0, 1, 2, 3]])
    #expect(DataLoader(["a", "b", "c"], batchSize: 2, dropLast: true).map { $0 } == [["a", "b"]])
  }
}
