import ApusCore

// Pooling to a given size: maxima and means of windows of about equal size.

/// The range of an input dimension of `size` that element `o` of `count` sees in adaptive pooling.
private func adaptiveRange(_ o: Int, _ count: Int, _ size: Int) -> Range<Int> {
  o * size / count..<((o + 1) * size + count - 1) / count
}

/// The sizes asked for, -1 (PyTorch's None) keeping the input's, and the input with batch dimension.
private func adaptiveRequest(
  _ rank: Int, _ x: Tensor, _ outputSize: [Int], _ operation: String
) throws(TensorError) -> (x: Tensor, sizes: [Int]) {
  guard x.rank == rank + 1 || x.rank == rank + 2 else {
    throw TensorError(
      .shape, operation, "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)")
  }
  guard x.shape[(x.rank - rank - 1)...].allSatisfy({ $0 > 0 }) else {
    throw TensorError(.shape, operation, "needs an input without empty dimensions, and found \(x.shape)")
  }
  let batched = x.rank == rank + 1 ? x.unsqueeze(0) : x
  let asked = try perDimension(outputSize, rank, "outputSize", operation)
  let sizes = asked.indices.map { asked[$0] == -1 ? batched.shape[$0 + 2] : asked[$0] }
  guard sizes.allSatisfy({ $0 >= 0 }) else {
    throw TensorError(.value, operation, "output sizes must not be negative, and found \(outputSize)")
  }
  return (batched, sizes)
}

package func adaptiveAveragePool(_ rank: Int, _ x: Tensor, _ outputSize: [Int]) -> Tensor {
  if rank == 3, let autocast = Autocast.active {
    return autocast.run(.float32, x) { adaptiveAveragePool(rank, $0, outputSize) }
  }
  return attempt(x) { () throws(TensorError) in
    let (batched, sizes) = try adaptiveRequest(rank, x, outputSize, "adaptive_avg_pool\(rank)d")
    let input = Array(batched.shape[2...])
    var result: Tensor
    if sizes.allSatisfy({ $0 == 1 }) {
      result = batched.mean(Array(2..<rank + 2), keepDim: true)
    } else if rank == 2, zip(input, sizes).allSatisfy({ $1 > 0 && $0 % $1 == 0 }) {
      result = avgPool2d(batched, zip(input, sizes).map { $0 / $1 })
    } else {
      let lead = [Int](repeating: 1, count: 3 - rank)
      let ranges = zip(lead + input, lead + sizes).map { size, count in
        (0..<count).map { adaptiveRange($0, count, size) }
      }
      let volume = batched.reshape(Array(batched.shape[..<2]) + lead + input)
      result = apply(RangeMeans(ranges: ranges, shape: nil), volume).reshape(Array(batched.shape[..<2]) + sizes)
    }
    return x.rank == rank + 1 ? result.squeeze([0]) : result
  }
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size. `[N, C, L]` or
/// `[C, L]`.
public func adaptiveAvgPool1d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor {
  adaptiveAveragePool(1, x, sizes(repeat each outputSize) ?? [])
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size. `[N, C, H, W]` or
/// `[C, H, W]`.
public func adaptiveAvgPool2d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor {
  adaptiveAveragePool(2, x, sizes(repeat each outputSize) ?? [])
}

/// Means over as many windows of about equal size as `outputSize` says; -1 keeps the input's size. `[N, C, D, H, W]` or
/// `[C, D, H, W]`.
public func adaptiveAvgPool3d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor {
  adaptiveAveragePool(3, x, sizes(repeat each outputSize) ?? [])
}

package func adaptiveMaximumPool(_ rank: Int, _ x: Tensor, _ outputSize: [Int]) -> (output: Tensor, indices: Tensor) {
  if rank == 3, let autocast = Autocast.active {
    return autocast.run(.float32, x) { adaptiveMaximumPool(rank, $0, outputSize) }
  }
  return attempt(x) { () throws(TensorError) in
    let (batched, sizes) = try adaptiveRequest(rank, x, outputSize, "adaptive_max_pool\(rank)d")
    let lead = [Int](repeating: 1, count: 3 - rank)
    let input = lead + batched.shape[2...]
    let windows = zip(input, lead + sizes).map { size, count in
      var table = WindowTable()
      for o in 0..<count { table.append(adaptiveRange(o, count, size)) }
      return table
    }
    let volume = batched.reshape(Array(batched.shape[..<2]) + input)
    let made = results(apply(GeneralMaxPool(operation: "AdaptiveMaxPool\(rank)D", windows: windows), [volume]), 2)
    let shape = Array(x.shape[..<(x.rank - rank)]) + sizes
    return (made[0].reshape(shape), made[1].reshape(shape))
  }
}

/// Maxima over as many windows of about equal size as `outputSize` says, and their positions. `[N, C, L]` or `[C, L]`.
public func adaptiveMaxPool1dWithIndices<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> (
  output: Tensor, indices: Tensor
) {
  adaptiveMaximumPool(1, x, sizes(repeat each outputSize) ?? [])
}

/// Maxima over as many windows of about equal size as `outputSize` says, and their positions. `[N, C, H, W]` or
/// `[C, H, W]`.
public func adaptiveMaxPool2dWithIndices<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> (
  output: Tensor, indices: Tensor
) {
  adaptiveMaximumPool(2, x, sizes(repeat each outputSize) ?? [])
}

/// Maxima over as many windows of about equal size as `outputSize` says, and their positions. `[N, C, D, H, W]` or
/// `[C, D, H, W]`.
public func adaptiveMaxPool3dWithIndices<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> (
  output: Tensor, indices: Tensor
) {
  adaptiveMaximumPool(3, x, sizes(repeat each outputSize) ?? [])
}

/// ``adaptiveMaxPool1dWithIndices(_:_:)`` without the positions.
public func adaptiveMaxPool1d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor {
  adaptiveMaxPool1dWithIndices(x, (repeat each outputSize)).output
}

/// ``adaptiveMaxPool2dWithIndices(_:_:)`` without the positions.
public func adaptiveMaxPool2d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor {
  adaptiveMaxPool2dWithIndices(x, (repeat each outputSize)).output
}

/// ``adaptiveMaxPool3dWithIndices(_:_:)`` without the positions.
public func adaptiveMaxPool3d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor {
  adaptiveMaxPool3dWithIndices(x, (repeat each outputSize)).output
}

extension OperationArguments {
  /// Sizes of adaptive pooling, in which None keeps the input's.
  fileprivate func adaptiveSizes(_ name: String) throws -> [Int] {
    guard case .list(let items) = try value(name) else { return try isNone(name) ? [-1] : ints(name) }
    return try items.map {
      switch $0 {
      case .none: return -1
      case .int(let v):
        if v < 0 { throw TensorError(.value, operation, "output sizes must not be negative, and found \(v)") }
        return v
      default: throw mismatch(name, "a list of ints or None")
      }
    }
  }
}

extension Registry {
  /// Poolings to a given size.
  static let adaptivePoolings: [Operation] = (1...3).flatMap { rank -> [Operation] in
    [
      .tensor("nn.functional.adaptive_avg_pool\(rank)d", "input, output_size") {
        try adaptiveAveragePool(rank, $0.tensor("input"), $0.adaptiveSizes("output_size"))
      },
      Operation("nn.functional.adaptive_max_pool\(rank)d", "input, output_size, return_indices=False") {
        let (output, indices) = try adaptiveMaximumPool(rank, $0.tensor("input"), $0.adaptiveSizes("output_size"))
        return try $0.bool("return_indices") ? [.tensor(output), .tensor(indices)] : [.tensor(output)]
      },
    ]
  }
}
