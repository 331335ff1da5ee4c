import Apus
import Testing

@Suite struct SignAndPoolingTests {
  @Test func theSignOfNaNIsZero() {
    // PyTorch, for every type and length.
    for type in [DType.float32, .float64, .float16, .bfloat16] {
      for n in [1, 5, 64, 1000] {
        #expect(
          Tensor.full([n], Double.nan, dtype: type).sign().array(as: Double.self) == [Double](repeating: 0, count: n))
      }
      let x = Tensor([Double.nan, -0.0, 0, -2, .infinity], dtype: type)
      #expect(x.sign().array(as: Double.self) == [0, 0, 0, -1, 1])
    }
    #expect(grad { (x: Tensor) in x.abs().sum() }(Tensor([Double.nan, 2])).array() == [0, 1])
    let f = compile { (x: Tensor) in x.sign() * 2 + 1 }
    for _ in 0..<3 { #expect(f(Tensor([Double.nan, -3])).array() == [1, -1]) }
  }

  @Test func meansOfIntegerVolumesAreCutOff() {
    // PyTorch: sums in integers, one division.
    let x = arange(27).reshape([1, 1, 3, 3, 3])
    #expect(avgPool3d(x, 2).array(as: Int.self) == [6])
    #expect(avgPool3d(-x, 2).array(as: Int.self) == [-6])
    #expect(avgPool3d(x, 3).array(as: Int.self) == [13])
    #expect(avgPool3d(x, 2, stride: 1).array(as: Int.self) == [6, 7, 9, 10, 15, 16, 18, 19])
    #expect(avgPool3d(x, 2, divisorOverride: 5).array(as: Int.self) == [10])
    #expect(avgPool3d(x, 2, padding: 1).array(as: Int.self) == [0, 0, 1, 3, 3, 7, 9, 19])
    #expect(avgPool3d(x, 2, padding: 1, countIncludePad: false).array(as: Int.self) == [0, 1, 4, 6, 13, 15, 18, 19])
    #expect(avgPool3d(x, 2, ceilMode: true).array(as: Int.self) == [6, 8, 11, 12, 20, 21, 24, 26])
    #expect(avgPool3d(x, 2).dtype == .int64)
    // Every mean is 7: thirds of thirds would be cut off below it.
    #expect(avgPool3d(Tensor.full([1, 1, 3, 7, 3], 7, dtype: .int64), [3, 7, 3]).array(as: Int.self) == [7])
  }

  @Test func windowsOfVolumes() {
    let x = scattered([2, 3, 5, 4, 6], 1)
    #expect(
      gradientError([scattered([1, 2, 3, 4, 3], 1)]) {
        avgPool3d($0[0], 2, stride: 1, padding: 1, countIncludePad: false)
      } < 1e-6)
    // Without padding a mean is the mean over the window.
    let found = avgPool3d(x, [2, 3, 2], stride: [2, 1, 3])
    for (d, h, w) in [(0, 0, 0), (1, 1, 1), (0, 1, 1)] {
      let window = x.narrow(2, d * 2, 2).narrow(3, h, 3).narrow(4, w * 3, 2)
      #expect(
        difference(found.narrow(2, d, 1).narrow(3, h, 1).narrow(4, w, 1), window.mean([2, 3, 4], keepDim: true)) < 1e-12
      )
    }
  }

  @Test func groupsOfNoChannelsAreRefused() {
    // As PyTorch, even for no images; no images of some channels are fine.
    for shape in [[2, 0, 3], [0, 0, 3], [2, 0]] {
      #expect(throws: TensorError.self) { try withErrors { groupNorm(Tensor.zeros(shape), 1) } }
    }
    #expect(groupNorm(Tensor.zeros([0, 6, 3]), 3).shape == [0, 6, 3])
  }
}
