import ApusCore

// Regions of an image, each brought to one size. The elements that a result is made of are gathered, so that gradients
// reach the image.

extension ONNXOperators {
  static func roiAlign(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, regions) = (try call.tensor(0), try call.tensor(1))
    let samples = try call.tensor(2)
    guard x.rank == 4, regions.rank == 2, regions.size(1) == 4, samples.shape == [regions.size(0)] else {
      throw call.error(
        .shape,
        "needs an image [N, C, H, W], regions [R, 4] and their samples [R], and found \(x.shape), "
          + "\(regions.shape), \(samples.shape)")
    }
    let (height, width) = (try call.int("output_height", 1), try call.int("output_width", 1))
    let ratio = try call.int("sampling_ratio", 0)
    let scale = try call.float("spatial_scale", 1)
    let isShifted =
      try call.string("coordinate_transformation_mode", call.opset >= 16 ? "half_pixel" : "output_half_pixel")
      == "half_pixel"
    let isMaximum = try call.string("mode", "avg") == "max"
    guard height > 0, width > 0, ratio >= 0, height < 1 << 16, width < 1 << 16 else {
      throw call.error(.value, "cannot pool to \(height) x \(width) with \(ratio) samples")
    }
    let numbers = regions.array(as: Double.self)
    let places = samples.array(as: Int64.self).map { Int($0) }
    guard numbers.allSatisfy({ $0.isFinite && abs($0) < 1e9 }), abs(scale) < 1e9,
      places.allSatisfy({ (0..<x.size(0)).contains($0) })
    else { throw call.error(.value, "needs finite regions of samples below \(x.size(0))") }
    var made: [Tensor] = []
    for (r, sample) in places.enumerated() {
      let shift = isShifted ? 0.5 : 0
      let corner = (0..<4).map { numbers[r * 4 + $0] * scale - shift }
      var size = (corner[3] - corner[1], corner[2] - corner[0])
      if !isShifted { size = (max(size.0, 1), max(size.1, 1)) }
      let bin = (size.0 / Double(height), size.1 / Double(width))
      let grid = (
        ratio > 0 ? ratio : max(0, Int(bin.0.rounded(.up))), ratio > 0 ? ratio : max(0, Int(bin.1.rounded(.up)))
      )
      guard grid.0 * grid.1 > 0, grid.0.clampedMultiplying(grid.1).clampedMultiplying(height * width) < 1 << 31 else {
        guard grid.0 * grid.1 == 0 else { throw call.error(.value, "region \(r) has too many samples") }
        made.append(Tensor.zeros([x.size(1), height, width], dtype: x.dtype))
        continue
      }
      let rows = RegionAxis(from: corner[1], bin: bin.0, bins: height, grid: grid.0, size: x.size(2))
      let columns = RegionAxis(from: corner[0], bin: bin.1, bins: width, grid: grid.1, size: x.size(3))
      let image = x.select(0, sample)
      if !isMaximum {
        // Means over a bin's samples: weights of the rows times the image times weights of the columns.
        made.append(rows.weights(x.dtype).matmul(image).matmul(columns.weights(x.dtype).t()))
        continue
      }
      // The largest of the four weighted elements of any sample.
      var best: Tensor?
      for (i, a) in [rows.low, rows.high].enumerated() {
        for (j, b) in [columns.low, columns.high].enumerated() {
          let part = image.indexSelect(1, a).indexSelect(2, b)
          let weighted = part * rows.share(i, x.dtype).unsqueeze(1) * columns.share(j, x.dtype)
          best = best.map { $0.maximum(weighted) } ?? weighted
        }
      }
      if let best {
        made.append(best.reshape([x.size(1), height, grid.0, width, grid.1]).amax([2, 4]))
      }
    }
    let shape = [0, x.size(1), height, width]
    return [.tensor(made.isEmpty ? Tensor.zeros(shape, dtype: x.dtype) : stack(made))]
  }

  /// The samples of the bins along one dimension, between two elements each.
  private struct RegionAxis {
    private var below: [Int64] = []
    private var above: [Int64] = []
    private var share: [Double] = []
    private var isInside: [Bool] = []
    private let bins: Int
    private let grid: Int
    private let size: Int

    init(from start: Double, bin: Double, bins: Int, grid: Int, size: Int) {
      (self.bins, self.grid, self.size) = (bins, grid, size)
      for i in 0..<bins {
        for j in 0..<grid {
          let place = start + Double(i) * bin + (Double(j) + 0.5) * bin / Double(grid)
          let clamped = min(max(place, 0), Double(max(size - 1, 0)))
          let low = Int64(clamped)
          below.append(low)
          above.append(min(low + 1, Int64(size - 1)))
          share.append(clamped - Double(low))
          isInside.append(place >= -1 && place <= Double(size))
        }
      }
    }

    var low: Tensor { Tensor(below, shape: [below.count]) }
    var high: Tensor { Tensor(above, shape: [above.count]) }

    /// What the lower (0) or upper (1) element counts.
    func share(_ i: Int, _ dtype: DType) -> Tensor {
      let numbers = zip(share, isInside).map { $1 ? (i == 0 ? 1 - $0 : $0) : 0 }
      return Tensor(numbers, shape: [numbers.count], dtype: .float64).to(dtype)
    }

    /// What each element counts in each bin's mean, `[bins, size]`.
    func weights(_ dtype: DType) -> Tensor {
      var numbers = [Double](repeating: 0, count: bins * size)
      for k in 0..<share.count where isInside[k] {
        let row = k / grid * size
        numbers[row + Int(below[k])] += (1 - share[k]) / Double(grid)
        numbers[row + Int(above[k])] += share[k] / Double(grid)
      }
      return Tensor(numbers, shape: [bins, size], dtype: .float64).to(dtype)
    }
  }

  static func maxRoiPool(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, regions) = (try call.tensor(0), try call.tensor(1))
    let pooled = try call.ints("pooled_shape") ?? []
    let scale = try call.float("spatial_scale", 1)
    guard x.rank == 4, regions.rank == 2, regions.size(1) == 5, pooled.count == 2,
      pooled.allSatisfy({ (1..<1 << 16).contains($0) })
    else {
      throw call.error(
        .shape,
        "needs an image [N, C, H, W], regions [R, 5] and a pooled_shape of 2, and found \(x.shape), "
          + "\(regions.shape), \(pooled)")
    }
    let numbers = regions.array(as: Double.self)
    guard numbers.allSatisfy({ $0.isFinite && abs($0) < 1e9 }), abs(scale) < 1e9 else {
      throw call.error(.value, "needs finite regions")
    }
    func bins(_ start: Int, _ end: Int, _ count: Int, _ size: Int) -> [Range<Int>] {
      let step = Double(max(end - start + 1, 1)) / Double(count)
      return (0..<count).map { i in
        let from = min(max(start + Int((Double(i) * step).rounded(.down)), 0), size)
        return from..<max(from, min(max(start + Int((Double(i + 1) * step).rounded(.up)), 0), size))
      }
    }
    var made: [Tensor] = []
    for r in 0..<regions.size(0) {
      let sample = Int(numbers[r * 5])
      guard (0..<x.size(0)).contains(sample) else { throw call.error(.index, "region \(r) is of sample \(sample)") }
      let corner = (1..<5).map { Int((numbers[r * 5 + $0] * scale).rounded(.toNearestOrAwayFromZero)) }
      let image = x.select(0, sample)
      let rows = bins(corner[1], corner[3], pooled[0], x.size(2))
      let columns = bins(corner[0], corner[2], pooled[1], x.size(3))
      for row in rows {
        for column in columns {
          made.append(
            row.isEmpty || column.isEmpty
              ? Tensor.zeros([x.size(1)], dtype: x.dtype)
              : image.narrow(1, row.lowerBound, row.count).narrow(2, column.lowerBound, column.count).amax([1, 2]))
        }
      }
    }
    let shape = [regions.size(0), pooled[0], pooled[1], x.size(1)]
    let all = made.isEmpty ? Tensor.zeros(shape, dtype: x.dtype) : stack(made).reshape(shape)
    return [.tensor(all.permute([0, 3, 1, 2]))]
  }
}
