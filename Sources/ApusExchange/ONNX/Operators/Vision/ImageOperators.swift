import ApusCore
import ApusFunctional
import ApusNumerics

// Unpooling, columns to images, deformable convolution, cropping.

extension ONNXOperators {
  static func maxUnpool(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, places) = (try call.tensor(0), try call.tensor(1).to(.int64))
    let kernel = try call.ints("kernel_shape") ?? []
    let rank = x.rank - 2
    let steps = try call.ints("strides") ?? [Int](repeating: 1, count: kernel.count)
    let pads = try call.ints("pads") ?? [Int](repeating: 0, count: 2 * kernel.count)
    guard rank > 0, kernel.count == rank, steps.count == rank, pads.count == 2 * rank, x.shape == places.shape,
      (kernel + steps + pads).allSatisfy({ abs($0) < 1 << 31 })
    else {
      throw call.error(
        .shape,
        "needs values and places of one shape and a kernel of \(rank) sizes, and found \(x.shape), "
          + "\(places.shape), \(kernel)")
    }
    let natural = (0..<rank).map { d in
      (x.size(d + 2) - 1).clampedMultiplying(steps[d]).clampedAdding(kernel[d] - pads[d] - pads[rank + d])
    }
    let asked = try call.optionalTensor(2)?.array(as: Int64.self).map { Int($0) }
    let full = [x.size(0), x.size(1)] + natural
    let shape = asked ?? full
    guard shape.count == x.rank, (shape + full).allSatisfy({ $0 >= 0 }),
      let count = checkedElementCount(full, elementSize: x.dtype.size),
      checkedElementCount(shape, elementSize: 8) != nil
    else { throw call.error(.shape, "cannot unpool \(x.shape) to \(shape)") }
    let flat = Tensor.zeros([count], dtype: x.dtype).scatter(0, places.reshape([-1]), x.reshape([-1]))
    let made = flat.reshape(full)
    if shape == full { return [.tensor(made)] }
    return [.tensor(try centred(made, shape, isAtStart: true, call))]
  }

  /// `x` cut or filled up with zeros to `shape`, at both ends alike or at the far ends only.
  private static func centred(_ x: Tensor, _ shape: [Int], isAtStart: Bool, _ call: ONNXCall) throws -> Tensor {
    var made = x
    var margins = [Int](repeating: 0, count: 2 * x.rank)
    for d in 0..<x.rank {
      let (size, target) = (x.size(d), shape[d])
      guard target >= 0 else { throw call.error(.shape, "cannot bring \(x.shape) to \(shape)") }
      if target < size { made = made.narrow(d, isAtStart ? 0 : (size - target) / 2, target) }
      if target > size {
        let before = isAtStart ? 0 : (target - size) / 2
        // The last dimension comes first in a list of margins.
        margins[2 * (x.rank - 1 - d)] = before
        margins[2 * (x.rank - 1 - d) + 1] = target - size - before
      }
    }
    guard margins.contains(where: { $0 != 0 }) else { return made }
    return made.dtype == .bool ? made.to(.uint8).pad(margins, value: 0).to(.bool) : made.pad(margins, value: 0)
  }

  static func centerCropPad(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let sizes = try call.tensor(1).array(as: Int64.self).map { Int($0) }
    let axes = try call.ints("axes")?.map { try call.axis($0, rank: x.rank) } ?? Array(0..<x.rank)
    guard sizes.count == axes.count else {
      throw call.error(.shape, "needs a size for each of the dimensions \(axes), and found \(sizes)")
    }
    var shape = x.shape
    for (axis, size) in zip(axes, sizes) { shape[axis] = size }
    return [.tensor(try centred(x, shape, isAtStart: false, call))]
  }

  static func columnsToImage(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    let size = try call.tensor(1).array(as: Int64.self).map { Int($0) }
    let block = try call.tensor(2).array(as: Int64.self).map { Int($0) }
    let rank = size.count
    let steps = try call.ints("strides") ?? [Int](repeating: 1, count: rank)
    let spread = try call.ints("dilations") ?? [Int](repeating: 1, count: rank)
    let pads = try call.ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
    let limit = 1 << 24
    guard x.rank == 3, rank > 0, block.count == rank, steps.count == rank, spread.count == rank,
      pads.count == 2 * rank, (size + block + steps + spread).allSatisfy({ (1..<limit).contains($0) }),
      pads.allSatisfy({ (0..<limit).contains($0) })
    else {
      throw call.error(.shape, "cannot make images of \(size) from blocks of \(block) in \(x.shape)")
    }
    let padded = (0..<rank).map { size[$0] + pads[$0] + pads[rank + $0] }
    let counts = (0..<rank).map { (d: Int) -> Int in
      let covered: Int = spread[d] * (block[d] - 1) + 1
      return padded[d] < covered ? 0 : (padded[d] - covered) / steps[d] + 1
    }
    let elements = block.reduce(1) { $0.clampedMultiplying($1) }
    guard counts.allSatisfy({ $0 > 0 }), counts.reduce(1, { $0.clampedMultiplying($1) }) == x.size(2),
      x.size(1) % elements == 0, let count = checkedElementCount(padded, elementSize: 8)
    else {
      throw call.error(
        .shape, "blocks of \(block) in images of \(size) lie at \(counts) places, and \(x.shape) was found")
    }
    let channels = x.size(1) / elements
    // The place in the padded image of each element of each block.
    var places: [Int64] = [0]
    let strides = rowMajorStrides(padded)
    func spreadOut(_ places: [Int64], _ count: Int, _ step: Int) -> [Int64] {
      places.flatMap { p in (0..<count).map { p + Int64($0 * step) } }
    }
    for d in 0..<rank { places = spreadOut(places, block[d], spread[d] * strides[d]) }
    for d in 0..<rank { places = spreadOut(places, counts[d], steps[d] * strides[d]) }
    let index = Tensor(places, shape: [1, 1, places.count]).expand([x.size(0), channels, places.count])
    let sums = Tensor.zeros([x.size(0), channels, count], dtype: x.dtype)
      .scatterAdd(2, index, x.reshape([x.size(0), channels, places.count]))
    var image = sums.reshape([x.size(0), channels] + padded)
    for d in 0..<rank { image = image.narrow(d + 2, pads[d], size[d]) }
    return [.tensor(image)]
  }

  static func deformableConvolution(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, weight, offset) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    let (bias, mask) = (try call.optionalTensor(3), try call.optionalTensor(4))
    guard x.rank == 4, weight.rank == 4, offset.rank == 4, offset.size(0) == x.size(0) else {
      throw call.error(
        .shape,
        "needs images [N, C, H, W], a weight [O, C / groups, kH, kW] and offsets of 4 dimensions, and found "
          + "\(x.shape), \(weight.shape), \(offset.shape)")
    }
    let steps = try call.ints("strides") ?? [1, 1]
    let spread = try call.ints("dilations") ?? [1, 1]
    let pads = try call.ints("pads") ?? [0, 0, 0, 0]
    let (groups, fields) = (try call.int("group", 1), try call.int("offset_group", 1))
    let kernel = [weight.size(2), weight.size(3)]
    let area = kernel[0] * kernel[1]
    let out = [offset.size(2), offset.size(3)]
    guard steps.count == 2, spread.count == 2, pads.count == 4, groups > 0, fields > 0, x.size(1) % fields == 0,
      x.size(1) == weight.size(1) * groups, weight.size(0) % groups == 0, offset.size(1) == 2 * area * fields,
      (steps + spread + pads).allSatisfy({ abs($0) < 1 << 24 }),
      mask.map({ $0.shape == [x.size(0), fields * area] + out }) ?? true,
      bias.map({ $0.shape == [weight.size(0)] }) ?? true
    else {
      throw call.error(
        .shape,
        "images \(x.shape), weight \(weight.shape) in \(groups) groups and offsets \(offset.shape) in "
          + "\(fields) groups do not fit together")
    }
    let (samples, height, width) = (x.size(0), x.size(2), x.size(3))
    let shifts = offset.reshape([samples * fields, area, 2] + out)
    // Where each element of the kernel lies for each result, without its offset.
    func base(_ d: Int) -> Tensor {
      let place = arange(out[d], dtype: x.dtype) * Double(steps[d]) - Double(pads[d])
      let inside = arange(kernel[d], dtype: x.dtype) * Double(spread[d])
      return d == 0
        ? inside.reshape([kernel[0], 1, 1, 1]) + place.reshape([1, 1, out[0], 1])
        : inside.reshape([1, kernel[1], 1, 1]) + place.reshape([1, 1, 1, out[1]])
    }
    let full = [kernel[0], kernel[1]] + out
    let rows = base(0).expand(full).reshape([area] + out) + shifts.select(2, 0)
    let columns = base(1).expand(full).reshape([area] + out) + shifts.select(2, 1)
    // The sampler counts from -1 to 1 between the middles of the outer elements; of one element, between its edges.
    let isWide = width > 1 && height > 1
    func place(_ x: Tensor, _ size: Int) -> Tensor {
      isWide ? x / Double(size - 1) * 2 - 1 : (x * 2 + 1) / Double(Swift.max(size, 1)) - 1
    }
    let grid = stack([place(columns, width), place(rows, height)], dim: -1)
    let images = x.reshape([samples * fields, x.size(1) / fields, height, width])
    var sampled = gridSample(
      images, grid.reshape([samples * fields, area * out[0], out[1], 2]), alignCorners: isWide
    )
    .reshape([samples, fields, x.size(1) / fields, area] + out)
    if let mask { sampled = sampled * mask.reshape([samples, fields, 1, area] + out) }
    // [N, groups, C / groups * area, results]
    let patches = sampled.reshape([samples, groups, weight.size(1) * area, out[0] * out[1]])
    let filters = weight.reshape([groups, weight.size(0) / groups, weight.size(1) * area])
    var made = filters.matmul(patches).reshape([samples, weight.size(0)] + out)
    if let bias { made = made + bias.reshape([bias.count, 1, 1]) }
    return [.tensor(made)]
  }
}
