import Apus
import TestSupport
import Testing

/// Values are PyTorch's.
@Suite struct InterpolationTests {
  private let corners = Tensor([0, 255, 100, 7], shape: [1, 1, 2, 2], dtype: .uint8)
  private let bytes = Tensor((0..<30).map { $0 * 37 % 256 }, shape: [1, 1, 5, 6], dtype: .uint8)
  private let squares = Tensor((0..<10).map { Double($0 * $0) }, shape: [1, 1, 2, 5], dtype: .float32)

  private func values(_ x: Tensor) -> [Int] {
    #expect(x.dtype == .uint8)
    return x.array(as: Int.self)
  }

  @Test func bytesAreRoundedInFixedPoint() {
    #expect(values(interpolate(corners, size: [2, 4], mode: .bilinear)) == [0, 64, 191, 255, 100, 77, 30, 7])
    #expect(
      values(interpolate(corners, size: [2, 4], mode: .bilinear, alignCorners: true))
        == [0, 85, 170, 255, 100, 69, 38, 7])
    #expect(values(interpolate(corners, size: [2, 4], mode: .bicubic)) == [0, 58, 197, 255, 110, 79, 28, 0])
    #expect(
      values(interpolate(corners, size: [2, 4], mode: .bicubic, alignCorners: true))
        == [0, 80, 175, 255, 100, 71, 36, 7])
    #expect(
      values(interpolate(corners, size: [3, 5], mode: .bilinear))
        == [0, 25, 128, 230, 255, 50, 58, 91, 123, 131, 100, 91, 54, 16, 7])
    #expect(
      values(interpolate(corners, size: [3, 5], mode: .bicubic))
        == [0, 15, 134, 253, 255, 55, 57, 91, 125, 128, 120, 98, 48, 0, 0])
    #expect(
      values(interpolate(bytes, scaleFactor: [1.3, 0.7], mode: .bilinear))
        == [
          8, 61, 114, 167, 117, 39, 92, 145, 184, 51, 66, 119, 189, 109, 39, 92, 163, 210, 13, 66, 137, 190, 160, 40,
        ])
    // Where all sizes stay, bytes are copied.
    #expect(values(interpolate(bytes, scaleFactor: [1.1, 1], mode: .bicubic)) == bytes.array(as: Int.self))
  }

  @Test func bytesAreAntialiasedInFixedPoint() {
    #expect(
      values(interpolate(bytes, size: [3, 2], mode: .bilinear, antialias: true)) == [59, 124, 131, 78, 167, 86])
    #expect(values(interpolate(bytes, size: [3, 2], mode: .bicubic, antialias: true)) == [55, 127, 133, 72, 173, 85])
    #expect(
      values(interpolate(bytes, size: [2, 8], mode: .bicubic, antialias: true))
        == [142, 96, 55, 46, 69, 102, 135, 158, 155, 178, 183, 156, 101, 53, 51, 80])
  }

  @Test(arguments: [
    (DType.int8, InterpolationMode.bilinear), (.int32, .bilinear), (.int64, .bicubic), (.bool, .bilinear),
    (.uint8, .area), (.int64, .area),
  ])
  func otherIntegersAreRefused(dtype: DType, mode: InterpolationMode) {
    let x = Tensor.ones([1, 1, 2, 2], dtype: dtype)
    let error = #expect(throws: TensorError.self) { try withErrors { interpolate(x, size: [4, 4], mode: mode) } }
    #expect(error?.kind == .dtype && error?.message.contains("\(dtype)") == true)
    #expect(throws: TensorError.self) {
      try withErrors { interpolate(x.reshape([1, 1, 4]), size: [4], mode: .linear) }
    }
    #expect(throws: TensorError.self) {
      try withErrors { interpolate(x.reshape([1, 1, 1, 2, 2]), size: [2, 4, 4], mode: .trilinear) }
    }
  }

  @Test func dimensionsWhoseSizeStaysAreCopied() {
    let line = Tensor([1, 4], shape: [1, 1, 2], dtype: .float32)
    #expect(interpolate(line, scaleFactor: [1.3], mode: .linear).array() == [1, 4])
    let volume = Tensor((0..<8).map { Double($0 * $0) }, shape: [1, 1, 2, 2, 2], dtype: .float32)
    #expect(
      interpolate(volume, scaleFactor: [1.3, 1.3, 2], mode: .trilinear).array()
        == [0, 0.25, 0.75, 1, 4, 5.25, 7.75, 9, 16, 18.25, 22.75, 25, 36, 39.25, 45.75, 49])
    expectClose(
      interpolate(squares, scaleFactor: [1.3], mode: .bilinear),
      [
        0, 0.653846, 2.269231, 4.961538, 8.807693, 14.115386, 25, 32.192307, 41.5, 51.884617, 63.423077, 76.42308,
      ])
    #expect(
      interpolate(squares, scaleFactor: [1.3, 1.05], mode: .bilinear, antialias: true).array() == squares.array())
    // The nearest element of images: also where a size doubles exactly.
    #expect(interpolate(squares, scaleFactor: [1.3, 1.05], mode: .nearest).array() == squares.array())
    let row = Tensor([1, 2, 3, 4], shape: [1, 1, 1, 4], dtype: .float32)
    #expect(interpolate(row, scaleFactor: [1, 2.09]).array() == [1, 1, 2, 2, 3, 3, 4, 4])
  }

  @Test func whatPyTorchDoesNotCopyFollowsTheFactor() {
    let line = Tensor([1, 4], shape: [1, 1, 2], dtype: .float32)
    #expect(interpolate(line, scaleFactor: [1.3]).array() == [1, 1])
    expectClose(
      interpolate(squares, scaleFactor: [1.3, 1.05], mode: .bicubic),
      [
        -1.698491, -1.495962, 0.425964, 4.146475, 10.512366, 16.650154, 23.604036, 32.504921, 43.216419, 57.339977,
      ])
  }

  @Test func halfPrecisionRoundsOnce() {
    let half = Tensor([1, 2, 60000, 3], shape: [1, 1, 4], dtype: .float16)
    #expect(
      interpolate(half, size: [7], mode: .linear).array() == [1, 1.357421875, 1.9287109375, 30000, 55712, 21424, 3])
    let thirds = (Tensor([0.0, 1, 2, 3], dtype: .float32) / 3).reshape([1, 1, 4]).to(.bfloat16)
    expectClose(
      interpolate(thirds, size: [7], mode: .linear), [0, 0.119141, 0.310547, 0.5, 0.691406, 0.882812, 1])
  }

  @Test func elementsOutsideTheWindowDoNotCount() {
    let x = Tensor([1, 2, 3, .infinity], shape: [1, 1, 1, 4], dtype: .float32)
    let result = interpolate(x, size: [1, 2], mode: .bilinear, antialias: true).array()
    #expect(abs(result[0] - 1.714286) < 1e-5 && result[1] == .infinity)
  }

  @Test func gradientsAreThoseOfTheSum() {
    // Each input element's weight over all outputs: the derivative of the sum, by differences.
    for (mode, antialias) in [
      (InterpolationMode.bilinear, false), (.bilinear, true), (.bicubic, false), (.bicubic, true),
    ] {
      let x = Tensor(
        Tensor((0..<12).map { Double($0 % 5) }, shape: [1, 1, 3, 4], dtype: .float64), requiresGrad: true)
      let size = [2, 6]
      interpolate(x, size: size, mode: mode, antialias: antialias).sum().backward()
      let gradient = x.grad?.array(as: Double.self) ?? []
      for i in 0..<12 {
        var unit = [Double](repeating: 0, count: 12)
        unit[i] = 1
        let probe = Tensor(unit, shape: [1, 1, 3, 4], dtype: .float64)
        let expected = interpolate(probe, size: size, mode: mode, antialias: antialias).sum().item()
        #expect(abs(gradient[i] - expected) < 1e-12)
      }
    }
  }

  @Test func aSizeIsNotRecomputed() {
    #expect(throws: TensorError.self) {
      try withErrors { interpolate(squares, size: [4, 4], recomputeScaleFactor: true) }
    }
  }

  /// Of a volume of equal slices, whatever the depth, a cubic polynomial is that of a slice.
  @Test func cubicPolynomialsInVolumes() {
    let image = scattered([1, 2, 4, 5])
    let volume = image.unsqueeze(2).expand([1, 2, 3, 4, 5])
    let places = scattered([1, 3, 3, 2]) * 0.8
    let deep = cat([places, scattered([1, 3, 3, 1], 3)], dim: -1).unsqueeze(1)
    for padding in [GridPaddingMode.border, .reflection] {
      let flat = gridSample(image, places, mode: .bicubic, paddingMode: padding)
      let found = gridSample(volume, deep, mode: .bicubic, paddingMode: padding).squeeze([2])
      #expect(difference(found, flat) < 1e-12)
    }
    let error = gradientError([scattered([1, 1, 3, 3, 3]), deep * 0.7], second: false) {
      gridSample($0[0], $0[1], mode: .bicubic)
    }
    #expect(error < 1e-6)
  }

  private func expectClose(_ x: Tensor, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    let found = x.array(as: Double.self)
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (a, b) in zip(found, expected) {
      #expect(abs(a - b) <= 1e-5 * max(2, abs(b)), sourceLocation: sourceLocation)
    }
  }
}
