import ApusCore
import CKernels

// Counting elements in bins.

extension Tensor {
  /// How often each of 0, 1, 2 ... occurs in a vector of non-negative integers, or the sums of their weights.
  public func bincount(weights: Tensor? = nil, minlength: Int = 0) -> Tensor {
    attempt(self, weights) { () throws(TensorError) in
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
      if positions.count > 0 {
        let (least, most) = (ck_reduce_min_i64(p, positions.count), ck_reduce_max_i64(p, positions.count))
        guard least >= 0 else {
          throw TensorError(.value, "bincount", "needs non-negative integers, and found \(least)")
        }
        bins = Swift.max(bins, Int(most).clampedAdding(1))
      }
      try checkMemory(TensorType([bins], .int64), "bincount")
      let kind: DType = weights == nil ? .int64 : weights?.dtype == .float32 ? .float32 : .float64
      let sums = Context.onHost { Tensor.zeros([bins], dtype: kind == .int64 ? .int64 : .float64) }
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
      return sums.to(kind).placed(with: self)
    }
  }

  /// How many elements lie in each of `bins` equal parts of the range from `min` to `max`, or of the range of the
  /// elements where both are equal. The last part includes its end.
  public func histc(_ bins: Int = 100, min: Double = 0, max: Double = 0) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard bins > 0 else { throw TensorError(.value, "histc", "needs a positive number of bins, and found \(bins)") }
      let (low, high) = try binRange("histc", min == max ? nil : (min, max), [self]).first ?? (0, 1)
      try checkMemory(TensorType([bins], .float64), "histc")
      // A division in the type of the elements finds the part, as in PyTorch: not edges, as in a histogram.
      let x = dtype.isFloatingPoint ? detach() : detach().to(.float64)
      func number(_ value: Double) -> Tensor { Tensor(value, dtype: x.dtype) }
      let places = (x - number(low)) * number(Double(bins)) / (number(high) - number(low))
      let counts = Context.onHost { Tensor.zeros([bins], dtype: .float64) }
      let (values, parts) = (x.to(.float64).contiguousBody(), places.to(.float64).contiguousBody())
      let limits = (low: number(low).item(), high: number(high).item())
      withExtendedLifetime((values, parts)) {
        let (value, part) = (values.data.f64, parts.data.f64)
        let out = counts.body.data.f64
        for i in 0..<values.count where value[i] >= limits.low && value[i] <= limits.high {
          out[part[i] < Double(bins) ? Int(part[i]) : bins - 1] += 1
        }
      }
      return counts.to(dtype).placed(with: self)
    }
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
      if let ranges, ranges.isEmpty {
        throw TensorError(.value, operation, "needs a range for each of \(bins.count) coordinates, and found none")
      }
      if let weight, weight.count != points.shape[0] {
        throw TensorError(.shape, operation, "weights of shape \(weight.shape) do not fit \(points.shape[0]) points")
      }
      let x = points.detach()
      var parts: [BinEdges] = []
      var edges: [Tensor] = []
      for (d, choice) in bins.enumerated() {
        switch choice {
        case .count(let n):
          try checkedCount(n, least: 1, "the number of bins", operation)
          try checkMemory(TensorType([n.clampedAdding(1)], .float64), operation)
          let given = ranges.map { $0[Swift.min(d, $0.count - 1)] }
          let (low, high) = try binRange(operation, given, [x.select(1, d)])[0]
          let made = linspace(low, high, n + 1, dtype: dtype.isFloatingPoint ? dtype : .float64)
          edges.append(made.to(dtype).placed(with: self))
          parts.append(BinEdges(made.array(as: Double.self), areEven: true))
        case .edges(let e):
          guard e.rank == 1, e.count > 0 else {
            throw TensorError(.shape, operation, "the edges must be a vector with elements, and found \(e.shape)")
          }
          edges.append(alias(e.detach()))
          parts.append(BinEdges(e.detach().array(as: Double.self), areEven: false))
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

/// The edges of bins, and where between them a value lies.
private struct BinEdges {
  let edges: [Double]
  /// The bins in a unit, where they are equal up to rounding; else 0.
  private let density: Double

  init(_ edges: [Double], areEven: Bool) {
    self.edges = edges
    let width = (edges.last ?? 0) - (edges.first ?? 0)
    density = areEven && width > 0 && width.isFinite ? Double(edges.count - 1) / width : 0
  }

  /// The bin that a value lies in, nil outside. The last one includes its end.
  @inline(__always)
  func index(of x: Double, _ edges: UnsafeBufferPointer<Double>) -> Int? {
    let last = edges.count - 1
    guard last > 0, x >= edges[0], x <= edges[last] else { return nil }
    if x == edges[last] { return last - 1 }
    if density > 0 {
      // Rounding moves it by one at most, and the edges themselves decide.
      var guess = min(last - 1, Int((x - edges[0]) * density))
      while edges[guess] > x { guess -= 1 }
      while edges[guess + 1] <= x { guess += 1 }
      return guess
    }
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] <= x { low = middle + 1 } else { high = middle }
    }
    return low - 1
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

/// Counts of points [n, d] between the edges along each dimension, or sums of their weights, in float64.
private func countInBins(
  _ points: Tensor, _ bins: [BinEdges], _ weights: Tensor?, _ operation: String
) throws(TensorError) -> Tensor {
  let sizes = bins.map { max($0.edges.count - 1, 0) }
  try checkMemory(TensorType(sizes, .float64), operation)
  try points.requireReal(operation)
  let result = Context.onHost { Tensor.zeros(sizes, dtype: .float64) }
  let x = points.to(.float64).contiguousBody()
  let w = weights?.contiguousBody()
  let (from, out) = (x.data.assumingMemoryBound(to: Double.self), result.body.data.assumingMemoryBound(to: Double.self))
  let strides = rowMajorStrides(result.shape)
  let weight = w.map { UnsafePointer($0.data.assumingMemoryBound(to: Double.self)) }
  let n = x.shape[0]
  withExtendedLifetime((x, w)) {
    if bins.count == 1 {
      bins[0].edges.withUnsafeBufferPointer { edges in
        for i in 0..<n {
          if let place = bins[0].index(of: from[i], edges) { out[place] += weight?[i] ?? 1 }
        }
      }
      return
    }
    next: for i in 0..<n {
      var place = 0
      for (d, one) in bins.enumerated() {
        let bin = one.edges.withUnsafeBufferPointer { one.index(of: from[i * bins.count + d], $0) }
        guard let bin else { continue next }
        place += bin * strides[d]
      }
      out[place] += weight?[i] ?? 1
    }
  }
  return result.placed(with: points)
}

extension Registry {
  /// Elements counted in bins.
  static let histograms: [Operation] = [
    .tensor("bincount", "input, weights=None, minlength=0") {
      try $0.tensor("input").bincount(weights: try $0.optionalTensor("weights"), minlength: try $0.int("minlength"))
    },
    .tensor("histc", "input, bins=100, min=0, max=0") {
      try $0.tensor("input").histc(try $0.int("bins"), min: try $0.double("min"), max: try $0.double("max"))
    },
    .tensors("histogram", "input, bins: tensor, *, weight=None, density=False") {
      let (counts, edges) = try $0.tensor("input").histogram(
        edges: try $0.tensor("bins"), weight: try $0.optionalTensor("weight"), density: try $0.bool("density"))
      return [counts, edges]
    },
    .tensors("histogram", "input, bins=100, *, range=None, weight=None, density=False") {
      let (counts, edges) = try $0.tensor("input").histogram(
        bins: try $0.int("bins"), range: try ranges($0)?.first, weight: try $0.optionalTensor("weight"),
        density: try $0.bool("density"))
      return [counts, edges]
    },
    Operation("histogramdd", "input, bins, range=None, weight=None, density=False") {
      let x = try $0.tensor("input")
      let (weight, density) = (try $0.optionalTensor("weight"), try $0.bool("density"))
      let found: (hist: Tensor, binEdges: [Tensor])
      if case .list(let items) = try $0.value("bins"), items.contains(where: \.isTensor) {
        found = x.histogramdd(edges: try $0.tensors("bins"), weight: weight, density: density)
      } else {
        var bins = try $0.ints("bins")
        if case .int(let n) = try $0.value("bins"), x.rank > 0 { bins = [Int](repeating: n, count: x.size(-1)) }
        found = x.histogramdd(bins: bins, range: try ranges($0), weight: weight, density: density)
      }
      return [.tensor(found.hist), .list(found.binEdges.map { .tensor($0) })]
    },
  ]

  /// Pairs of numbers: one range for each dimension.
  private static func ranges(_ arguments: OperationArguments) throws -> [(Double, Double)]? {
    if try arguments.isNone("range") { return nil }
    let flat = try arguments.doubles("range")
    return stride(from: 0, to: flat.count - 1, by: 2).map { (flat[$0], flat[$0 + 1]) }
  }
}
