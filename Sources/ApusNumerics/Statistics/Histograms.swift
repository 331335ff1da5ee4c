import ApusCore

// Counting elements in bins.

extension Tensor {
  /// How often each of 0, 1, 2 ... occurs in a vector of non-negative integers, or the sums of their weights.
  public func bincount(weights: Tensor? = nil, minlength: Int = 0) -> Tensor {
    if let bad = poisoned(among: [self] + (weights.map { [$0] } ?? [])) { return bad }
    do throws(TensorError) {
      guard rank == 1, !dtype.isInexact, minlength >= 0 else {
        throw TensorError(
          .value, "bincount",
          "needs a vector of integers and a non-negative minlength, and found \(type) and \(minlength)")
      }
      if let weights, weights.shape != shape {
        throw TensorError(.shape, "bincount", "weights of shape \(weights.shape) do not fit \(shape)")
      }
      try weights?.requireReal("bincount")
      let positions = resolved.to(.int64).contiguousBody()
      let p = positionPointer(positions)
      var bins = minlength
      for i in 0..<positions.count {
        guard p[i] >= 0 else { throw TensorError(.value, "bincount", "needs non-negative integers, and found \(p[i])") }
        bins = Swift.max(bins, Int(p[i]).clampedAdding(1))
      }
      try checkMemory(TensorType([bins], .int64), "bincount")
      let kind: DType = weights == nil ? .int64 : weights?.dtype == .float32 ? .float32 : .float64
      let sums = Tensor.zeros([bins], dtype: kind == .int64 ? .int64 : .float64)
      if let weights {
        let w = weights.detach().to(.float64).contiguousBody()
        let (from, out) = (
          w.data.assumingMemoryBound(to: Double.self), sums.body.data.assumingMemoryBound(to: Double.self)
        )
        withExtendedLifetime(w) { for i in 0..<positions.count { out[Int(p[i])] += from[i] } }
      } else {
        let out = sums.body.data.assumingMemoryBound(to: Int64.self)
        for i in 0..<positions.count { out[Int(p[i])] += 1 }
      }
      return sums.to(kind)
    } catch { return fail(error) }
  }

  /// How many elements lie in each of `bins` equal parts of the range from `min` to `max`, or of the range of the
  /// elements where both are equal. The last part includes its end.
  public func histc(_ bins: Int = 100, min: Double = 0, max: Double = 0) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      guard bins > 0 else { throw TensorError(.value, "histc", "needs a positive number of bins, and found \(bins)") }
      let (low, high) = try binRange("histc", min == max ? nil : (min, max), [self]).first ?? (0, 1)
      let x = detach().reshape([count, 1])
      let counts = try countInBins(x, [Bins.even(low, high, bins)], nil, "histc")
      return counts.to(dtype)
    } catch { return fail(error) }
  }

  /// Counts (or sums of weights, or a density) in `bins` equal parts of a range, and the edges of the parts.
  public func histogram(
    bins: Int = 100, range: (Double, Double)? = nil, weight: Tensor? = nil, density: Bool = false
  ) -> (hist: Tensor, binEdges: Tensor) {
    let found = histogram("histogram", reshape([count, 1]), bins: [.count(bins)], range.map { [$0] }, weight, density)
    return (found.hist, found.binEdges[0])
  }
  /// Counts (or sums of weights, or a density) between the given edges.
  public func histogram(
    edges: Tensor, weight: Tensor? = nil, density: Bool = false
  ) -> (hist: Tensor, binEdges: Tensor) {
    let found = histogram("histogram", reshape([count, 1]), bins: [.edges(edges)], nil, weight, density)
    return (found.hist, found.binEdges[0])
  }

  /// ``histogram(bins:range:weight:density:)`` of points, whose coordinates are the last dimension.
  public func histogramdd(
    bins: [Int], range: [(Double, Double)]? = nil, weight: Tensor? = nil, density: Bool = false
  ) -> (hist: Tensor, binEdges: [Tensor]) {
    histogram("histogramdd", points, bins: bins.map { .count($0) }, range, weight, density)
  }
  /// ``histogram(edges:weight:density:)`` of points, whose coordinates are the last dimension.
  public func histogramdd(
    edges: [Tensor], weight: Tensor? = nil, density: Bool = false
  ) -> (hist: Tensor, binEdges: [Tensor]) {
    histogram("histogramdd", points, bins: edges.map { .edges($0) }, nil, weight, density)
  }

  private var points: Tensor {
    guard rank >= 2 else {
      return hasFailed
        ? self : fail(TensorError(.dimension, "histogramdd", "needs at least 2 dimensions, and found \(shape)"))
    }
    return reshape([elementCount(Array(shape.dropLast())), size(-1)])
  }

  fileprivate enum BinChoice {
    case count(Int)
    case edges(Tensor)
  }

  private func histogram(
    _ operation: String, _ points: Tensor, bins: [BinChoice], _ ranges: [(Double, Double)]?, _ weight: Tensor?,
    _ density: Bool
  ) -> (hist: Tensor, binEdges: [Tensor]) {
    if let bad = poisoned(among: [points] + (weight.map { [$0] } ?? [])) { return (bad, bins.map { _ in bad }) }
    do throws(TensorError) {
      guard points.shape[1] == bins.count else {
        throw TensorError(
          .shape, operation, "\(bins.count) sets of bins do not fit points of \(points.shape[1]) coordinates")
      }
      if let weight, weight.count != points.shape[0] {
        throw TensorError(.shape, operation, "weights of shape \(weight.shape) do not fit \(points.shape[0]) points")
      }
      let x = points.detach()
      var parts: [Bins] = []
      var edges: [Tensor] = []
      for (d, choice) in bins.enumerated() {
        switch choice {
        case .count(let n):
          try checkedCount(n, least: 1, "the number of bins", operation)
          let given = ranges.map { $0[Swift.min(d, $0.count - 1)] }
          let (low, high) = try binRange(operation, given, [x.select(1, d)])[0]
          let made = (0...n).map { $0 == n ? high : low + Double($0) * ((high - low) / Double(n)) }
          edges.append(Tensor(made, dtype: dtype))
          parts.append(.even(low, high, n))
        case .edges(let e):
          guard e.rank == 1, e.count > 0 else {
            throw TensorError(.shape, operation, "the edges must be a vector with elements, and found \(e.shape)")
          }
          edges.append(alias(e.detach()))
          parts.append(.edges(e.detach().array(as: Double.self)))
        }
      }
      try weight?.requireReal(operation)
      var hist = try countInBins(
        x, parts, weight.map { $0.detach().to(.float64).reshape([$0.count]) }, operation)
      if density {
        var volume = Tensor.ones([], dtype: .float64)
        for (d, e) in edges.enumerated() {
          let widths = e.to(.float64).diff()
          volume = volume * widths.reshape(edges.indices.map { $0 == d ? widths.count : 1 })
        }
        hist = hist / volume / hist.sum()
      }
      return (hist.to(dtype), edges)
    } catch {
      let bad = fail(error)
      return (bad, bins.map { _ in bad })
    }
  }
}

private enum Bins {
  case even(Double, Double, Int)
  case edges([Double])

  var count: Int {
    switch self {
    case .even(_, _, let n): n
    case .edges(let e): max(e.count - 1, 0)
    }
  }

  /// The bin of a value, nil outside.
  func place(_ x: Double) -> Int? {
    switch self {
    case .even(let low, let high, let n):
      guard x >= low, x <= high else { return nil }
      return min(Int((x - low) / (high - low) * Double(n)), n - 1)
    case .edges(let e):
      guard let first = e.first, let last = e.last, x >= first, x <= last, e.count > 1 else { return nil }
      if x == last { return e.count - 2 }
      var (low, high) = (0, e.count)
      while low < high {
        let middle = (low + high) / 2
        if e[middle] <= x { low = middle + 1 } else { high = middle }
      }
      return low - 1
    }
  }
}

/// The range to cut in bins: as given, else that of the elements, widened where it is a point.
private func binRange(
  _ operation: String, _ given: (Double, Double)?, _ columns: [Tensor]
) throws(TensorError) -> [(Double, Double)] {
  var results: [(Double, Double)] = []
  for column in columns {
    var (low, high) = given ?? (0, 0)
    if given == nil && column.count > 0 {
      (low, high) = (column.amin().item(), column.amax().item())
    }
    if low == high {
      (low, high) = (
        low - (given == nil && column.count == 0 ? 0 : 0.5), high + (given == nil && column.count == 0 ? 1 : 0.5)
      )
    }
    guard low.isFinite, high.isFinite, low < high else {
      throw TensorError(.value, operation, "the range from \(low) to \(high) cannot be cut in bins")
    }
    results.append((low, high))
  }
  return results
}

/// Counts of points [n, d], or sums of their weights, in float64.
private func countInBins(
  _ points: Tensor, _ bins: [Bins], _ weights: Tensor?, _ operation: String
) throws(TensorError) -> Tensor {
  try checkMemory(TensorType(bins.map(\.count), .float64), operation)
  try points.requireReal(operation)
  let result = Tensor.zeros(bins.map(\.count), dtype: .float64)
  let x = points.to(.float64).contiguousBody()
  let w = weights?.contiguousBody()
  let (from, out) = (x.data.assumingMemoryBound(to: Double.self), result.body.data.assumingMemoryBound(to: Double.self))
  let strides = rowMajorStrides(result.shape)
  withExtendedLifetime((x, w)) {
    next: for i in 0..<x.shape[0] {
      var place = 0
      for d in bins.indices {
        guard let bin = bins[d].place(from[i * bins.count + d]) else { continue next }
        place += bin * strides[d]
      }
      out[place] += w.map { $0.data.assumingMemoryBound(to: Double.self)[i] } ?? 1
    }
  }
  return result
}
