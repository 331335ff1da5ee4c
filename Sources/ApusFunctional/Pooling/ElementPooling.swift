import ApusCore

// Pooling of registered types: the elements of every window are brought beside each other, and reduced by the type's own
// order and sums.

/// What windows of planes or volumes see: for each the places of its elements, in row-major order.
private struct WindowPlaces {
  let windows: [[Int]]

  /// The windows that see, along each dimension of `sizes`, the positions that a list gives for each of them.
  init(_ positions: [[[Int]]], _ sizes: [Int]) {
    var windows: [[Int]] = [[0]]
    for (d, along) in positions.enumerated() {
      windows = windows.flatMap { outer in along.map { inner in outer.flatMap { o in inner.map { o * sizes[d] + $0 } } }
      }
    }
    self.windows = windows
  }

  /// The elements in the largest window.
  var most: Int { windows.map(\.count).max() ?? 0 }

  /// The places `[windows, most]`, with `filler` for those that a window lacks.
  func table(_ filler: ([Int]) -> Int) -> Tensor {
    let most = most
    return Tensor(
      windows.flatMap { $0 + [Int](repeating: filler($0), count: most - $0.count) }, shape: [windows.count, most])
  }
}

/// The places `[N, C, windows]` of the largest of the elements of `x`, `[N, C, area]`, that stand at `places`, `[..., windows, taps]`: of
/// equal ones the first, and a NaN before all.
func firstMaxima(_ x: Tensor, _ places: Tensor) -> Tensor {
  let lead = Array(x.shape.prefix(2))
  let (windows, taps) = (places.size(-2), places.size(-1))
  let all = places.expand(lead + [windows, taps])
  return noGrad {
    let values = x.detach().gather(2, all.reshape(lead + [windows * taps])).reshape(lead + [windows, taps])
    // Not by equality: the larger of two equal elements need be neither.
    let isLargest = values.ge(values.amax([3], keepDim: true)) | values.isnan()
    let isFirst = isLargest & isLargest.cumsum(3).eq(1)
    return (all * isFirst.to(.int64)).sum([3])
  }
}

/// Maxima of windows of `x`, `[N, C, spatial...]`, and their places.
private func maxima(_ x: Tensor, _ windows: WindowPlaces, _ shape: [Int]) -> [Tensor] {
  let flat = x.reshape(Array(x.shape.prefix(2)) + [elementCount(Array(x.shape.dropFirst(2)))])
  let places = firstMaxima(flat, windows.table { $0.first ?? 0 })
  return [flat.gather(2, places).reshape(shape), places.reshape(shape)]
}

/// Sums of windows of `x`, `[N, C, spatial...]`, divided by a number for each.
private func means(_ x: Tensor, _ windows: WindowPlaces, by divisors: [Int], _ shape: [Int]) -> Tensor {
  let (lead, area) = (Array(x.shape.prefix(2)), elementCount(Array(x.shape.dropFirst(2))))
  // One zero behind all elements stands for what a window lacks.
  let flat = cat([x.reshape(lead + [area]), Tensor.zeros(lead + [1], dtype: x.dtype)], dim: 2)
  let places = windows.table { _ in area }
  let elements = flat.indexSelect(2, places.reshape([places.count])).reshape(lead + places.shape)
  let sums = elements.to(x.dtype.meanType).sum([3])
  // A type need not have quotients where there is nothing to divide by.
  if divisors.allSatisfy({ $0 == 1 }) { return sums.to(x.dtype).reshape(shape) }
  let isEven = divisors.allSatisfy { $0 == divisors[0] }
  let means = isEven ? sums / Double(divisors[0]) : sums / Tensor(divisors).to(sums.dtype)
  return means.to(x.dtype).reshape(shape)
}

extension MaxPool: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let sizes = Array(inputs[0].shape[2...])
    let output = window.outputSizes(sizes)
    let tables = sizes.indices.map { windowTable(window, $0, sizes[$0], output[$0]).positions }
    return maxima(inputs[0], WindowPlaces(tables, sizes), Array(inputs[0].shape[..<2]) + output)
  }
}

extension GeneralMaxPool: ElementComposition {
  func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let shape = inputs[0].shape
    return maxima(
      inputs[0], WindowPlaces(windows.map(\.positions), Array(shape[2...])), Array(shape[..<2]) + windows.map(\.count))
  }
}

extension AveragePool: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let sizes = Array(inputs[0].shape[2...])
    let output = window.outputSizes(sizes)
    let tables = sizes.indices.map { windowTable(window, $0, sizes[$0], output[$0]).positions }
    let counts = sizes.indices.map {
      window.elementCounts($0, sizes[$0], output[$0], includePadding: rule.countIncludePad)
    }
    let divisors = counts.reduce([1]) { outer, inner in outer.flatMap { o in inner.map { o * $0 } } }
    let shape = Array(inputs[0].shape[..<2]) + output
    return [
      means(
        inputs[0], WindowPlaces(tables, sizes), by: rule.divisor == 0 ? divisors : divisors.map { _ in rule.divisor },
        shape)
    ]
  }
}

extension RangeMeans: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    if let shape {
      let zeros = Tensor.zeros(shape, dtype: inputs[0].dtype)
      let forward = RangeMeans(ranges: ranges, shape: nil)
      return composedGradients([zeros], needs: [true], cotangents: [inputs[0]]) { apply(forward, $0) }
        .map { $0 ?? zeros }
    }
    let places = WindowPlaces(ranges.map { $0.map(Array.init) }, Array(inputs[0].shape[2...]))
    let outputs = Array(inputs[0].shape[..<2]) + ranges.map(\.count)
    return [means(inputs[0], places, by: places.windows.map(\.count), outputs)]
  }
}
