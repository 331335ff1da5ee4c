import ApusCore
import CKernels

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
      run(image, grid, results[0].body, ck_grid_places_f32, ck_weighted_places_f32)
    } else {
      run(image, grid, results[0].body, ck_grid_places_f64, ck_weighted_places_f64)
    }
  }

  /// Blocks of positions: where their neighbours lie, then the sums for each channel.
  private func run<T>(
    _ image: TensorBody, _ grid: TensorBody, _ result: TensorBody,
    _ locate: (
      UnsafeMutablePointer<Int64>, UnsafeMutablePointer<T>, UnsafePointer<T>, Int, Int, Int, UnsafePointer<Int>, Bool,
      ck_grid_padding, Bool
    ) -> Void,
    _ sum: (UnsafeMutablePointer<T>, UnsafePointer<T>, UnsafePointer<Int64>, UnsafePointer<T>, Int, Int, Int) -> Void
  ) {
    let sizes = Array(image.shape[2...])
    let (rank, channels, area) = (sizes.count, image.shape[1], elementCount(sizes))
    let points = elementCount(Array(result.shape[2...]))
    if points == 0 || channels == 0 { return }
    let x = UnsafePointer(image.data.assumingMemoryBound(to: T.self))
    let positions = UnsafePointer(grid.data.assumingMemoryBound(to: T.self))
    let out = result.data.assumingMemoryBound(to: T.self)
    let corners = mode == .nearest ? 1 : 1 << rank
    let outside: ck_grid_padding =
      switch padding {
      case .zeros: CK_GRID_ZEROS
      case .border: CK_GRID_BORDER
      case .reflection: CK_GRID_REFLECTION
      }
    let block = 128
    let blocks = (points + block - 1) / block
    withExtendedLifetime((image, grid)) {
      parallelFor(image.shape[0] * blocks, grain: max(1, 4096 / (block * channels))) { range in
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: corners * block) { places in
          withUnsafeTemporaryAllocation(of: T.self, capacity: corners * block) { weights in
            guard let places = places.baseAddress, let weights = weights.baseAddress else { return }
            for item in range {
              let (n, first) = (item / blocks, item % blocks * block)
              let count = min(block, points - first)
              locate(
                places, weights, positions + (n * points + first) * rank, count, block, rank, sizes, mode == .nearest,
                outside, alignCorners)
              for c in n * channels..<(n + 1) * channels {
                sum(out + c * points + first, x + c * area, places, weights, count, block, corners)
              }
            }
          }
        }
      }
    }
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
