import ApusCore

// Maxima over windows whose distances vary at random (Graham, 2014). Where the windows lie follows from one random number for each
// channel and dimension by tensor operations, so that every transformation reaches it.

package func fractionalMaxPool(
  _ rank: Int, _ x: Tensor, _ kernel: [Int], _ outputSize: [Int]?, _ outputRatio: [Double]?, _ samples: Tensor?,
  _ generator: Generator
) -> (output: Tensor, indices: Tensor) {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, samples) {
      fractionalMaxPool(rank, $0, kernel, outputSize, outputRatio, $1, generator)
    }
  }
  return attempt(x, samples) { () throws(TensorError) in
    let operation = "fractional_max_pool\(rank)d"
    guard x.rank == rank + 1 || x.rank == rank + 2 else {
      throw TensorError(
        .shape, operation, "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)")
    }
    guard x.dtype.isFloatingPoint else {
      throw TensorError(.dtype, operation, "needs a floating point input, and found \(x.dtype)")
    }
    let input = Array(x.shape.suffix(rank))
    let window = try perDimension(kernel, rank, least: 1, "kernelSize", operation)
    let output = try fractionalOutput(rank, input, outputSize, outputRatio, operation)
    guard (0..<rank).allSatisfy({ output[$0] >= 1 && output[$0] + window[$0] - 1 <= input[$0] }) else {
      throw TensorError(
        .value, operation, "\(output) windows of \(window) do not fit into an input of spatial sizes \(input)")
    }
    let isBatched = x.rank == rank + 2
    let images = isBatched ? x : x.unsqueeze(0)
    let lead = Array(images.shape.prefix(2))
    let places: DType = x.dtype.isCustom ? .float64 : x.dtype
    let numbers =
      samples.map { $0.dtype.isCustom ? $0.to(places) : $0 } ?? rand(lead + [rank], dtype: places, generator: generator)
    // As in PyTorch, those of more images than there are may be given.
    guard numbers.rank == 3, numbers.shape[0] >= lead[0], Array(numbers.shape[1...]) == [lead[1], rank] else {
      throw TensorError(
        .shape, operation, "needs random samples of shape \(lead + [rank]), and found \(numbers.shape)")
    }
    let (flat, indices) = noGrad {
      windowMaxima(images.detach(), numbers.detach().narrow(0, 0, lead[0]), input, window, output)
    }
    if indices.hasFailed { return (indices, indices) }
    let chosen = images.reshape(lead + [elementCount(input)]).gather(2, flat)
    let result = chosen.reshape(lead + output)
    return isBatched ? (result, indices) : (result.squeeze([0]), indices.squeeze([0]))
  }
}

/// The sizes of the result: given, or a share of the input's.
private func fractionalOutput(
  _ rank: Int, _ input: [Int], _ size: [Int]?, _ ratio: [Double]?, _ operation: String
) throws(TensorError) -> [Int] {
  if let size { return try perDimension(size, rank, "outputSize", operation) }
  guard let ratio, ratio.count == 1 || ratio.count == rank else {
    throw TensorError(.value, operation, "needs an outputSize, or an outputRatio for each of \(rank) dimensions")
  }
  guard ratio.allSatisfy({ $0 > 0 && $0 < 1 }) else {
    throw TensorError(.value, operation, "outputRatio must lie between 0 and 1, and found \(ratio)")
  }
  return (0..<rank).map { Int(Double(input[$0]) * ratio[ratio.count == 1 ? 0 : $0]) }
}

/// The positions of the maxima among the elements of an image: as `[N, C, windows]`, and in the shape of the result.
private func windowMaxima(
  _ x: Tensor, _ samples: Tensor, _ input: [Int], _ window: [Int], _ output: [Int]
) -> (flat: Tensor, shaped: Tensor) {
  if Context.tracer != nil || x.dtype.isCustom { return composedMaxima(x, samples, input, window, output) }
  let (rank, lead) = (input.count, Array(x.shape.prefix(2)))
  let flat = [Int](repeating: 1, count: 3 - rank)
  // PyTorch's images have the number for the width first, its volumes that for the depth; an image is a volume of one layer.
  let numbers = rank == 2 ? samples.indexSelect(2, Tensor([1, 1, 0])) : samples
  let maxima = FractionalMaxima(window: flat + window, counts: flat + output)
  let found = apply(maxima, x.reshape(lead + flat + input), numbers)
  return (found, found.reshape(lead + output))
}

/// ``windowMaxima(_:_:_:_:_:)`` by other operations, for graphs that other programs are made of.
private func composedMaxima(
  _ x: Tensor, _ samples: Tensor, _ input: [Int], _ window: [Int], _ output: [Int]
) -> (flat: Tensor, shaped: Tensor) {
  let (rank, lead) = (input.count, Array(x.shape.prefix(2)))
  var positions: Tensor?
  for d in 0..<rank {
    // PyTorch's images have the number for the width first, its volumes that for the depth.
    let number = samples.select(2, rank == 2 ? 1 - d : d).unsqueeze(2)
    let starts = windowStarts(number, input[d], output[d], window[d])
    let steps = input[(d + 1)...].reduce(1, *)
    let taps = (starts.unsqueeze(3) + arange(window[d])) * steps
    let outer = (0..<rank).map { $0 == d ? output[d] : 1 }
    let inner = (0..<rank).map { $0 == d ? window[d] : 1 }
    let part = taps.reshape(lead + outer + inner)
    positions = positions.map { $0 + part } ?? part
  }
  guard let all = positions?.reshape(lead + [elementCount(output), elementCount(window)]) else { return (x, x) }
  let flat = firstMaxima(x.reshape(lead + [elementCount(input)]), all)
  return (flat, flat.reshape(lead + output))
}

/// Where the windows of a dimension begin: `[N, C, count]` for random numbers `[N, C, 1]`.
private func windowStarts(_ number: Tensor, _ size: Int, _ count: Int, _ window: Int) -> Tensor {
  let last = Tensor.full(Array(number.shape.prefix(2)) + [1], Double(size - window), dtype: .int64)
  if count == 1 { return last }
  let step = Double(size - window) / Double(count - 1)
  let places = ((arange(count - 1).to(number.dtype) + number) * step).trunc() - (number * step).trunc()
  return cat([places.to(.int64), last], dim: 2)
}

/// The maxima of windows of `[N, C, H, W]` (or `[C, H, W]`) whose distances vary at random.
///
/// - Parameters:
///   - kernelSize: the size of the windows.
///   - outputSize: how many windows there are in each dimension;
///   - outputRatio: or their number as a share, from 0 to 1, of the input's sizes.
///   - randomSamples: numbers from 0 to 1, `[N, C, 2]`, in place of drawn ones.
public func fractionalMaxPool2d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  fractionalMaxPool(2, x, sizes(repeat each kernelSize) ?? [], outputSize, outputRatio, randomSamples, generator).output
}

/// ``fractionalMaxPool2d(_:_:outputSize:outputRatio:randomSamples:generator:)`` with the positions of the maxima (int64).
public func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  fractionalMaxPool(2, x, sizes(repeat each kernelSize) ?? [], outputSize, outputRatio, randomSamples, generator)
}

/// The maxima of windows of `[N, C, D, H, W]` (or `[C, D, H, W]`) whose distances vary at random; arguments as
/// ``fractionalMaxPool2d(_:_:outputSize:outputRatio:randomSamples:generator:)`` has them, samples `[N, C, 3]`.
public func fractionalMaxPool3d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  fractionalMaxPool(3, x, sizes(repeat each kernelSize) ?? [], outputSize, outputRatio, randomSamples, generator).output
}

/// ``fractionalMaxPool3d(_:_:outputSize:outputRatio:randomSamples:generator:)`` with the positions of the maxima (int64).
public func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  fractionalMaxPool(3, x, sizes(repeat each kernelSize) ?? [], outputSize, outputRatio, randomSamples, generator)
}

extension Registry {
  /// Maxima of windows at random distances.
  static let fractionalPoolings: [Operation] = (2...3).map { rank in
    Operation(
      "nn.functional.fractional_max_pool\(rank)d",
      "input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None"
    ) {
      let ratio = try $0.isNone("output_ratio") ? nil : $0.doubles("output_ratio")
      let (output, indices) = try fractionalMaxPool(
        rank, $0.tensor("input"), $0.ints("kernel_size"), $0.sizes("output_size"), ratio,
        $0.optionalTensor("_random_samples"), .default)
      return try $0.bool("return_indices") ? [.tensor(output), .tensor(indices)] : [.tensor(output)]
    }
  }
}
