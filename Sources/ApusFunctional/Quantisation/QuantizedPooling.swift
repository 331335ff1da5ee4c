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
