import ApusCore

/// The part of filters `[O, C / groups, ...]` whose elements meet the image at all. On images smaller than the filters the others see
/// padding alone: of 3 x 3 filters on an image of one pixel one in nine counts.
private struct ReachedTaps: FilterRecipe {
  /// The shape of all filters, and the elements of each spatial dimension that count.
  let weight: [Int]
  let taps: [Range<Int>]
  let dtype: DType

  var shape: [Int] { Array(weight[..<2]) + taps.map(\.count) }
  var byteCount: Int { elementCount(shape) * dtype.size }

  func callAsFunction(_ weight: UnsafeRawPointer) -> TensorBody {
    let result = Tensor.uninitialized(shape, dtype).body
    let (target, size) = (result.data, dtype.size)
    let steps = rowMajorStrides(self.weight)
    let run = (taps.last?.count ?? 1) * size
    let rows = elementCount(shape) * size / max(run, 1)
    /// The counts of the dimensions before the last.
    let outer = Array(shape.dropLast())
    let first = zip(steps[2...], taps).reduce(0) { $0 + $1.0 * $1.1.lowerBound }
    parallelFor(rows, grain: max(1, 65536 / max(run, 1))) { range in
      for row in range {
        var (rest, place) = (row, first)
        for d in outer.indices.reversed() {
          place += rest % outer[d] * steps[d]
          rest /= outer[d]
        }
        (target + row * run).copyMemory(from: weight + place * size, byteCount: run)
      }
    }
    return result
  }
}

extension ConvolutionGeometry {
  /// The same convolution without the elements of filters that only see padding; nil where all count.
  var withoutUnreached: ConvolutionGeometry? { reachedTaps.map { smaller($0.settings, $0.taps) } }

  /// The same convolution without the elements of filters that only see padding, and the filters that are left; nil where all
  /// count.
  func withoutUnreached(_ weight: Tensor, beside x: Tensor) throws(TensorError) -> (ConvolutionGeometry, Tensor)? {
    guard let (settings, taps) = reachedTaps else { return nil }
    let recipe = ReachedTaps(weight: self.weight, taps: taps, dtype: weight.dtype)
    let dense = try weight.dense()
    let filters = weight.body.keepsForms(beside: x.body) ? recipe.kept(dense) : recipe(dense.data)
    return withExtendedLifetime(dense) { (smaller(settings, taps), Tensor(filters)) }
  }

  private func smaller(_ settings: ConvolutionSettings, _ taps: [Range<Int>]) -> ConvolutionGeometry {
    ConvolutionGeometry(
      settings: settings, input: input, weight: Array(weight[..<2]) + taps.map(\.count), output: output)
  }

  /// The elements of the filters that meet the image, with the padding that is left to them; nil: all do.
  private var reachedTaps: (settings: ConvolutionSettings, taps: [Range<Int>])? {
    var (settings, taps) = (settings, [Range<Int>]())
    for d in settings.stride.indices {
      let (count, stride, dilation) = (weight[d + 2], settings.stride[d], settings.dilation[d])
      let (padding, after) = (settings.padding[d], settings.paddingAfter[d])
      /// Whether the element meets the image under some element of the output.
      func isReached(_ tap: Int) -> Bool {
        let offset = padding - tap * dilation
        let first = max(0, (offset + stride - 1) / stride)
        return first < output[d + 2] && first * stride - offset < input[d + 2]
      }
      guard padding >= 0, after >= 0, let first = (0..<count).first(where: isReached),
        let last = (0..<count).last(where: isReached)
      else { return nil }
      // What is left out comes off the padding.
      let start = min(first, padding / dilation)
      let end = max(last + 1, count - after / dilation)
      settings.padding[d] -= start * dilation
      settings.paddingAfter[d] -= (count - end) * dilation
      taps.append(start..<end)
    }
    return zip(taps, weight[2...]).contains { $0.count < $1 } ? (settings, taps) : nil
  }
}
