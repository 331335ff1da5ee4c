import Apus
import Testing

@Suite struct ConvolutionTests {
  /// Convolution by its definition, one element at a time.
  static func definition(
    _ x: Tensor, _ w: Tensor, stride: Int, padding: Int, dilation: Int, groups: Int
  ) -> Tensor {
    let (n, c, h, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (o, cg, kh, kw) = (w.shape[0], w.shape[1], w.shape[2], w.shape[3])
    let ho = (h + 2 * padding - dilation * (kh - 1) - 1) / stride + 1
    let wo = (width + 2 * padding - dilation * (kw - 1) - 1) / stride + 1
    let (xs, ws) = (x.array(as: Double.self), w.array(as: Double.self))
    var y = [Double](repeating: 0, count: n * o * ho * wo)
    for i in 0..<n {
      for k in 0..<o {
        for r in 0..<ho {
          for q in 0..<wo {
            var sum = 0.0
            for d in 0..<cg {
              for a in 0..<kh {
                for b in 0..<kw {
                  let (row, column) = (r * stride - padding + a * dilation, q * stride - padding + b * dilation)
                  guard row >= 0, row < h, column >= 0, column < width else { continue }
                  let channel = k / (o / groups) * cg + d
                  sum += xs[((i * c + channel) * h + row) * width + column] * ws[((k * cg + d) * kh + a) * kw + b]
                }
              }
            }
            y[((i * o + k) * ho + r) * wo + q] = sum
          }
        }
      }
    }
    return Tensor(y, shape: [n, o, ho, wo], dtype: .float64)
  }

  @Test(arguments: [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 1), (1, 1, 1, 2), (2, 1, 1, 4)])
  func agreesWithDefinition(_ stride: Int, _ padding: Int, _ dilation: Int, _ groups: Int) {
    let (x, w) = (scattered([2, 4, 7, 6], 1), scattered([8, 4 / groups, 3, 3], 2))
    let expected = Self.definition(x, w, stride: stride, padding: padding, dilation: dilation, groups: groups)
    for dtype in [DType.float64, .float32, .bfloat16] {
      let y = conv2d(
        x.to(dtype), w.to(dtype), stride: stride, padding: padding, dilation: dilation, groups: groups)
      #expect(y.dtype == dtype)
      #expect(difference(y, expected) < (dtype == .float64 ? 1e-12 : dtype == .float32 ? 1e-5 : 0.1))
    }
  }

  @Test(arguments: [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 2)])
  func gradients(_ stride: Int, _ padding: Int, _ dilation: Int, _ groups: Int) {
    let inputs = [scattered([2, 2, 5, 4], 1), scattered([2, 2 / groups, 2, 3], 2), scattered([2], 3)]
    #expect(
      gradientError(inputs) {
        conv2d($0[0], $0[1], $0[2], stride: stride, padding: padding, dilation: dilation, groups: groups)
      } < 1e-6)
  }

  @Test func otherRanksAndTransposes() {
    #expect(
      gradientError([scattered([2, 2, 6], 1), scattered([3, 2, 3], 2), scattered([3], 3)]) {
        conv1d($0[0], $0[1], $0[2], stride: 2, padding: 1)
      } < 1e-6)
    #expect(
      gradientError([scattered([1, 2, 3, 4, 3], 1), scattered([2, 1, 2, 2, 2], 2), scattered([2], 3)]) {
        conv3d($0[0], $0[1], $0[2], stride: 2, padding: 1, groups: 2)
      } < 1e-6)
    #expect(
      gradientError([scattered([1, 2, 3, 3], 1), scattered([2, 2, 3, 2], 2), scattered([2], 3)]) {
        convTranspose2d($0[0], $0[1], $0[2], stride: 2, padding: 1, outputPadding: 1)
      } < 1e-6)
  }

  /// The gradients of float32 convolutions (oneDNN where it is there) against those of float64 (our own kernels).
  @Test(arguments: [1, 2, 16]) func enginesAgree(_ groups: Int) {
    let (x, w, b) = (scattered([3, 16, 9, 8], 1), scattered([32, 16 / groups, 3, 3], 2), scattered([32], 3))
    func gradients(_ dtype: DType) -> [Tensor] {
      valueAndGrad { (xs: [Tensor]) in
        let y = conv2d(xs[0], xs[1], xs[2], stride: 2, padding: 1, groups: groups)
        return (y * y).sum()
      }([x.to(dtype), w.to(dtype), b.to(dtype)]).gradients
    }
    for (a, b) in zip(gradients(.float32), gradients(.float64)) {
      #expect(difference(a, b) < 1e-3)
    }
  }

  @Test func channelsLastAndFirstAgree() {
    let x = scattered([2, 3, 8, 8], 1, dtype: .float32)
    let last = x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
    let w = scattered([4, 3, 3, 3], 2, dtype: .float32)
    #expect(difference(conv2d(x, w, padding: 1), conv2d(last, w, padding: 1)) < 1e-5)
    #expect(difference(conv2d(x, w, padding: .same), conv2d(x, w, padding: 1)) < 1e-6)
    #expect(conv2d(x.select(0, 0), w).shape == [4, 6, 6])
    let even = scattered([4, 3, 2, 4], 3, dtype: .float32)
    #expect(conv2d(x, even, padding: .same).shape == [2, 4, 8, 8])
  }

  /// Images so small that parts of the filters see padding alone, beside images with the padding in them.
  @Test(arguments: [DType.float32, .float64]) func smallImagesArePaddedOnes(_ dtype: DType) {
    for (kernel, stride, dilation, groups) in [(3, 1, 1, 1), (5, 1, 1, 2), (7, 2, 1, 1), (3, 1, 2, 1), (5, 3, 1, 1)] {
      let padding = dilation * (kernel / 2)
      func results(_ inputs: [Tensor], padded: Bool) -> [Tensor] {
        func y(_ xs: [Tensor]) -> Tensor {
          let x = padded ? xs[0].pad([padding, padding, padding, padding]) : xs[0]
          return conv2d(
            x, xs[1], stride: stride, padding: padded ? 0 : padding, dilation: dilation, groups: groups)
        }
        let gradients = valueAndGrad { (xs: [Tensor]) in
          let y = y(xs)
          return (y * scattered(y.shape, 3).to(dtype)).sum()
        }(inputs).gradients
        return [y(inputs)] + gradients
      }
      for size in [[1, 1], [1, 9], [9, 1], [2, 3], [3, 1]] {
        let x = scattered([2, 32] + size, 1).to(dtype)
        let w = scattered([64, 32 / groups, kernel, kernel], 2).to(dtype)
        let (found, expected) = (results([x, w], padded: false), results([x, w], padded: true))
        for (a, b) in zip(found, expected) {
          #expect(a.shape == b.shape)
          #expect(difference(a, b) < (dtype == .float32 ? 2e-3 : 1e-10), "\(kernel), \(stride), \(dilation), \(size)")
        }
      }
    }
  }

  @Test func mistakesAreNamed() {
    let x = Tensor.ones([1, 3, 8, 8])
    #expect(throws: TensorError.self) { try withErrors { conv2d(x, Tensor.ones([4, 2, 3, 3])) } }
    #expect(throws: TensorError.self) { try withErrors { conv2d(x, Tensor.ones([4, 3, 9, 9])) } }
    #expect(throws: TensorError.self) { try withErrors { conv2d(x, Tensor.ones([4, 3, 3, 3]), stride: 0) } }
    #expect(throws: TensorError.self) {
      try withErrors { conv2d(x, Tensor.ones([4, 3, 3, 3]), stride: 2, padding: .same) }
    }
  }
}

@Suite struct PoolingTests {
  /// Channels last in memory.
  static func last(_ x: Tensor) -> Tensor { x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]) }

  @Test(arguments: [(2, 2, 0, 1, false), (3, 2, 1, 1, true), (3, 1, 1, 2, false)])
  func maximum(_ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int, _ ceil: Bool) {
    let x = scattered([2, 3, 8, 7], 1)
    #expect(
      gradientError([x]) {
        maxPool2d($0[0], kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
      } < 1e-6)
    func run(_ x: Tensor) -> (Tensor, Tensor) {
      let (value, gradient) = valueAndGrad { x in
        let y = maxPool2d(x, kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
        return (y * y).sum()
      }(x)
      return (value, gradient)
    }
    let (a, b) = (run(x), run(Self.last(x)))
    #expect(difference(a.0, b.0) < 1e-9)
    #expect(difference(a.1, b.1) < 1e-12)
  }

  @Test func secondGradientsChannelsLast() {
    let x = scattered([2, 3, 6, 5], 1)
    #expect(
      gradientError([x]) { maxPool2d(Self.last($0[0]).square(), 3, stride: 2, padding: 1) } < 1e-5)
    #expect(gradientError([x]) { avgPool2d(Self.last($0[0]).square(), 2) } < 1e-5)
  }

  @Test(arguments: [true, false]) func means(_ include: Bool) {
    let x = scattered([2, 3, 8, 7], 1)
    #expect(
      gradientError([x]) {
        avgPool2d($0[0], 3, stride: 2, padding: 1, ceilMode: true, countIncludePad: include)
      } < 1e-6)
    let (a, b) = (
      avgPool2d(x, 3, stride: 2, padding: 1, countIncludePad: include),
      avgPool2d(Self.last(x), 3, stride: 2, padding: 1, countIncludePad: include)
    )
    #expect(difference(a, b) < 1e-12)
    #expect(
      gradientError([scattered([1, 2, 4, 5, 3], 2)]) {
        avgPool3d($0[0], 2, stride: 2, padding: 1, countIncludePad: include)
      } < 1e-6)
  }

  @Test func otherRanks() {
    #expect(gradientError([scattered([2, 3, 9], 1)]) { maxPool1d($0[0], 3, padding: 1) } < 1e-6)
    #expect(gradientError([scattered([2, 4, 5, 4], 1)]) { maxPool3d($0[0], 2, stride: 1) } < 1e-6)
    #expect(gradientError([scattered([2, 3, 7, 5], 1)]) { adaptiveAvgPool2d($0[0], [3, 2]) } < 1e-6)
    #expect(gradientError([scattered([2, 3, 7, 5], 1)]) { adaptiveMaxPool2d($0[0], [3, 2]) } < 1e-6)
    #expect(gradientError([scattered([2, 3, 7, 5], 1)]) { adaptiveAvgPool2d($0[0], 1) } < 1e-6)
    let (y, places) = maxPool2dWithIndices(scattered([1, 1, 4, 4], 3), 2)
    #expect(places.dtype == .int64)
    let flat = scattered([1, 1, 4, 4], 3).array(as: Double.self)
    #expect(places.array(as: Int.self).map { flat[$0] } == y.array(as: Double.self))
  }
}
