import ApusCore

// What `gridSample` gives, in one pass over the positions; its gradients are those of the same in tensor operations.

/// Images `[N, C, H, W]` or `[N, C, D, H, W]` read at the positions of a grid, by the nearest element or by lines between neighbours.
struct GridSamples: Primitive, Hashable {
  let mode: GridSampleMode
  let padding: GridPaddingMode
  let alignCorners: Bool
  var name: String { "GridSampler" }
  var saves: Saves { .inputs }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [
      TensorType(
        Array(inputs[0].shape[..<2]) + Array(inputs[1].shape[1..<(inputs[1].shape.count - 1)]), inputs[0].dtype)
    ]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (image, grid) = (try inputs[0].dense(), try inputs[1].dense())
    if image.dtype == .float32 {
      run(Float.self, image, grid, results[0].body)
    } else {
      run(Double.self, image, grid, results[0].body)
    }
  }

  private func run<T: BinaryFloatingPoint & Sendable>(
    _: T.Type, _ image: TensorBody, _ grid: TensorBody, _ result: TensorBody
  ) {
    let sizes = Array(image.shape[2...])
    let (rank, channels, area) = (sizes.count, image.shape[1], elementCount(sizes))
    let points = elementCount(Array(result.shape[2...]))
    if points == 0 || channels == 0 { return }
    let x = UnsafePointer(image.data.assumingMemoryBound(to: T.self))
    let positions = UnsafePointer(grid.data.assumingMemoryBound(to: T.self))
    let out = result.data.assumingMemoryBound(to: T.self)
    let corners = mode == .nearest ? 1 : 1 << rank
    let block = 128
    let blocks = (points + block - 1) / block
    withExtendedLifetime((image, grid)) {
      parallelFor(image.shape[0] * blocks, grain: max(1, 4096 / (block * channels))) { range in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: corners * block) { places in
          withUnsafeTemporaryAllocation(of: T.self, capacity: corners * block) { weights in
            guard let places = places.baseAddress, let weights = weights.baseAddress else { return }
            for item in range {
              let (n, first) = (item / blocks, item % blocks * block)
              let count = min(block, points - first)
              for i in 0..<count {
                locate(
                  positions + (n * points + first + i) * rank, sizes, places + i, weights + i, step: block)
              }
              for c in 0..<channels {
                let from = x + (n * channels + c) * area
                let to = out + (n * channels + c) * points + first
                for i in 0..<count {
                  var sum: T = 0
                  for k in 0..<corners {
                    let place = places[k * block + i]
                    sum += (place < 0 ? 0 : from[place]) * weights[k * block + i]
                  }
                  to[i] = sum
                }
              }
            }
          }
        }
      }
    }
  }

  /// Where the elements around a position lie, -1 outside of the image, and what each counts; `step` apart.
  @inline(__always)
  private func locate<T: BinaryFloatingPoint>(
    _ position: UnsafePointer<T>, _ sizes: [Int], _ places: UnsafeMutablePointer<Int>,
    _ weights: UnsafeMutablePointer<T>, step: Int
  ) {
    let rank = sizes.count
    let corners = mode == .nearest ? 1 : 1 << rank
    for k in 0..<corners { (places[k * step], weights[k * step]) = (0, 1) }
    for d in 0..<rank {
      let size = sizes[d]
      // The last coordinate of the grid belongs to the first spatial dimension.
      let exact = moved(unnormalised(position[rank - 1 - d], size), size)
      let low = exact.rounded(mode == .nearest ? .toNearestOrEven : .down)
      let fraction = exact - low
      for k in 0..<corners {
        let isHigh = corners > 1 && k >> d & 1 == 1
        let at = isHigh ? low + 1 : low
        // What is no number lies outside.
        let isInside = at >= 0 && at <= T(size - 1)
        places[k * step] = isInside && places[k * step] >= 0 ? places[k * step] * size + Int(at) : -1
        if corners > 1 { weights[k * step] *= isHigh ? fraction : 1 - fraction }
      }
    }
  }

  @inline(__always)
  private func unnormalised<T: BinaryFloatingPoint>(_ x: T, _ size: Int) -> T {
    alignCorners ? (x + 1) / 2 * T(size - 1) : ((x + 1) * T(size) - 1) / 2
  }

  /// A position moved into the image, where the mode of padding does that.
  @inline(__always)
  private func moved<T: BinaryFloatingPoint>(_ x: T, _ size: Int) -> T {
    var x = x
    if padding == .zeros { return x }
    if padding == .reflection {
      let low: T = alignCorners ? 0 : -0.5
      let span = T(alignCorners ? size - 1 : size)
      if span == 0 { return x * 0 }
      let distance = (x - low).magnitude
      let turns = (distance / span).rounded(.down)
      let rest = distance - turns * span
      x = turns.truncatingRemainder(dividingBy: 2) == 0 ? rest + low : (span + low) - rest
    }
    let last = T(size - 1)
    return x <= 0 ? 0 : x >= last ? last : x
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients([node.input(0), node.input(1)], needs: [node.needs(0), node.needs(1)], cotangents: cotangents) {
      [composedSamples($0[0], $0[1], mode, padding, alignCorners)]
    }
  }
}

extension GridSamples: ElementComposition {
  func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    [composedSamples(inputs[0], inputs[1], mode, padding, alignCorners)]
  }
}
