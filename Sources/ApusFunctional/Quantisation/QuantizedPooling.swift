import ApusCore

/// The maximum of each window of images `[N, C, H, W]` of integers of 8 bits, which stand for numbers in the same order. The result
/// has its channels last.
package struct QuantizedMaxPool: Primitive, Hashable {
  package let window: PoolWindow
  package var name: String { "QuantizedMaxPool2D" }
  package var saves: Saves { .nothing }

  package init(_ window: PoolWindow) { self.window = window }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].shape.count == 4, inputs[0].dtype == .uint8 || inputs[0].dtype == .int8 else {
      throw TensorError(
        .dtype, "quantized_max_pool2d", "needs images [N, C, H, W] of uint8 or int8, and found \(inputs[0])")
    }
    let sizes = window.outputSizes(Array(inputs[0].shape[2...]))
    return [TensorType(Array(inputs[0].shape[..<2]) + sizes, inputs[0].dtype)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .channelsLast }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = try inputs[0].dense(.channelsLast, inputs[0].dtype)
    if x.dtype == .int8 { run(Int8.self, x, results[0].body) } else { run(UInt8.self, x, results[0].body) }
  }

  private func run<T: FixedWidthInteger & SIMDScalar>(_: T.Type, _ x: TensorBody, _ result: TensorBody) {
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    let (rows, columns) = (result.shape[2], result.shape[3])
    let from = SharedPointer(x.data.assumingMemoryBound(to: T.self))
    let to = SharedPointer(result.data.assumingMemoryBound(to: T.self))
    // The part of a window that lies on the picture, along one dimension.
    func places(_ o: Int, _ d: Int, _ size: Int) -> [Int] {
      let start = o * window.stride[d] - window.padding[d]
      return (0..<window.kernel[d]).map { start + $0 * window.dilation[d] }.filter { (0..<size).contains($0) }
    }
    let across = (0..<columns).map { places($0, 1, width) }
    withExtendedLifetime((x, result)) {
      parallelFor(result.shape[0] * rows, grain: max(1, parallelGrain / max(1, columns * channels))) { lines in
        for line in lines {
          let down = places(line % rows, 0, height)
          let image = from.value + line / rows * height * width * channels
          for column in 0..<columns {
            let target = to.value + (line * columns + column) * channels
            for c in 0..<channels { target[c] = T.min }
            for y in down {
              for place in across[column] {
                let source = image + (y * width + place) * channels
                for c in 0..<channels { target[c] = max(target[c], source[c]) }
              }
            }
          }
        }
      }
    }
  }
}

/// The mean of each window of images `[N, C, H, W]` of integers of 8 bits, or their sum over another number: sums are taken in 32 bits, the
/// result is rounded to the integers of `output`, or is float32. It has its channels last.
package struct QuantizedAveragePool: Primitive, Hashable {
  package let window: PoolWindow
  package let rule: AverageRule
  package let input: AffineCode
  /// Nil: the result is float32.
  package let output: AffineCode?
  package var name: String { "QuantizedAveragePool2D" }
  package var saves: Saves { .nothing }

  package init(_ window: PoolWindow, _ rule: AverageRule, input: AffineCode, output: AffineCode?) {
    (self.window, self.rule, self.input, self.output) = (window, rule, input, output)
  }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try input.check(inputs[0], "quantized_avg_pool2d")
    guard inputs[0].shape.count == 4 else {
      throw TensorError(.shape, "quantized_avg_pool2d", "needs images [N, C, H, W], and found \(inputs[0])")
    }
    let sizes = window.outputSizes(Array(inputs[0].shape[2...]))
    return [TensorType(Array(inputs[0].shape[..<2]) + sizes, output?.dtype ?? .float32)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .channelsLast }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = try inputs[0].dense(.channelsLast, input.dtype)
    if input.dtype == .int8 { run(Int8.self, x, results[0].body) } else { run(UInt8.self, x, results[0].body) }
  }

  private func run<T: FixedWidthInteger & SIMDScalar>(_: T.Type, _ x: TensorBody, _ result: TensorBody) {
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    let (rows, columns) = (result.shape[2], result.shape[3])
    let from = SharedPointer(x.data.assumingMemoryBound(to: T.self))
    let to = SharedPointer(result.data)
    // What a window covers along one dimension: of the picture, and of it with its padding.
    func range(_ o: Int, _ d: Int, _ size: Int) -> (inside: Range<Int>, all: Int) {
      let first = o * window.stride[d] - window.padding[d]
      let last = min(first + window.kernel[d], size + window.padding[d])
      return (min(max(first, 0), size)..<max(min(max(first, 0), size), min(last, size)), last - first)
    }
    withExtendedLifetime((x, result)) {
      parallelFor(result.shape[0] * rows, grain: max(1, parallelGrain / max(1, columns * channels))) { lines in
        var sums = [Int32](repeating: 0, count: channels)
        sums.withUnsafeMutableBufferPointer { sums in
          for line in lines {
            let down = range(line % rows, 0, height)
            let image = from.value + line / rows * height * width * channels
            for column in 0..<columns {
              let across = range(column, 1, width)
              for c in 0..<channels { sums[c] = 0 }
              for y in down.inside {
                for place in across.inside {
                  let source = image + (y * width + place) * channels
                  for c in 0..<channels { sums[c] &+= Int32(truncatingIfNeeded: source[c]) }
                }
              }
              let count = down.inside.count * across.inside.count
              let size = rule.divisor != 0 ? rule.divisor : rule.countIncludePad ? down.all * across.all : count
              write(
                sums, count: count, factor: input.scale / Float(max(size, 1)), to.value,
                (line * columns + column) * channels)
            }
          }
        }
      }
    }
  }

  /// The sums of `count` integers in each channel, times `factor`.
  private func write(
    _ sums: UnsafeMutableBufferPointer<Int32>, count: Int, factor: Float, _ result: UnsafeMutableRawPointer, _ at: Int
  ) {
    let base = Int32(truncatingIfNeeded: count * input.zeroPoint)
    guard let output else {
      let target = result.assumingMemoryBound(to: Float.self) + at
      for c in 0..<sums.count { target[c] = Float(sums[c] &- base) * factor }
      return
    }
    let steps = factor / output.scale
    let target = result.assumingMemoryBound(to: UInt8.self) + at
    let (low, high) = (Float(output.range.lowerBound), Float(output.range.upperBound))
    for c in 0..<sums.count {
      let value = (Float(sums[c] &- base) * steps).rounded(.toNearestOrEven) + Float(output.zeroPoint)
      target[c] = UInt8(truncatingIfNeeded: Int32(min(max(value, low), high)))
    }
  }
}
