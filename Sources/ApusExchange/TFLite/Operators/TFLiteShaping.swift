import ApusCore
import ApusFormats
import ApusFunctional

extension TFLiteOperator {
  /// Shapes, margins, sizes of pictures.
  static let shaping: [TFLiteOperator] = [
    TFLiteOperator(22, "RESHAPE") { node in
      let shape = try node.ints(0)
      return { call in
        let x = try call.tensor(0)
        return [x.reshape(call.optional(1) == nil ? shape : try call.ints(1))]
      }
    },
    TFLiteOperator(43, "SQUEEZE") { node in
      let dims = try node.ints(0)
      return { call in
        let x = try call.tensor(0)
        let ones = x.shape.indices.filter { x.shape[$0] == 1 }
        return [x.squeeze(dims.isEmpty ? ones : dims)]
      }
    },
    TFLiteOperator(70, "EXPAND_DIMS") { _ in
      { call in
        guard let axis = try call.ints(1).first else { throw TensorError(.value, "", "there is no axis") }
        return [try call.tensor(0).unsqueeze(axis)]
      }
    },
    TFLiteOperator(39, "TRANSPOSE") { _ in { call in [try call.tensor(0).permute(try call.ints(1))] } },
    TFLiteOperator(130, "BROADCAST_TO") { _ in
      { call in
        let (x, shape) = (try call.tensor(0), try call.ints(1))
        try ResultMemory.require(shape, x.dtype)
        return [x.broadcastTo(shape)]
      }
    },
    TFLiteOperator(69, "TILE") { _ in
      { call in
        let (x, times) = (try call.tensor(0), try call.ints(1))
        guard times.count == x.rank else {
          throw TensorError(.shape, "", "\(times) does not say how often each dimension of \(x.shape) is repeated")
        }
        try ResultMemory.require(zip(x.shape, times).map { $0.clampedMultiplying($1) }, x.dtype)
        return [x.tile(times)]
      }
    },
    TFLiteOperator(34, "PAD") { _ in { call in [try call.padded(0.0)] } },
    TFLiteOperator(60, "PADV2") { _ in { call in [try call.padded(try call.tensor(2).item())] } },
    TFLiteOperator(100, "MIRROR_PAD") { node in
      // Reflection leaves the edge out, symmetry repeats it.
      let isSymmetric = try node.byte(0) == 1
      return { call in
        let x = try call.tensor(0)
        var y = x
        let margins = try call.margins(x.rank)
        try ResultMemory.require(zip(x.shape, margins).map { $0 + $1.before + $1.after }, x.dtype)
        for (axis, margin) in margins.enumerated() where margin.before > 0 || margin.after > 0 {
          let (size, edge) = (x.shape[axis], isSymmetric ? 0 : 1)
          guard Swift.max(margin.before, margin.after) <= size - edge else {
            throw TensorError(.shape, "", "margins of \(margin) do not fit dimension \(axis) of \(x.shape)")
          }
          let places =
            (0..<margin.before).reversed().map { $0 + edge } + Array(0..<size)
            + (0..<margin.after).map { size - 1 - edge - $0 }
          y = y.indexSelect(axis, Tensor(places))
        }
        return [y]
      }
    },
    TFLiteOperator(77, "SHAPE") { node in
      let dtype = node.output(0)?.element.dtype ?? .int32
      return { call in [Tensor(try call.tensor(0).shape, dtype: dtype)] }
    },
    TFLiteOperator(65, "SLICE") { _ in
      { call in
        var x = try call.tensor(0)
        let (starts, sizes) = (try call.ints(1), try call.ints(2))
        guard starts.count == x.rank, sizes.count == x.rank else {
          throw TensorError(.shape, "", "the slice from \(starts) of sizes \(sizes) does not go with \(x.shape)")
        }
        for (axis, (start, size)) in zip(starts, sizes).enumerated() {
          x = x.narrow(axis, start, size == -1 ? x.shape[axis] - start : size)
        }
        return [x]
      }
    },
    TFLiteOperator(45, "STRIDED_SLICE") { node in
      let masks = try (0..<5).map { field throws(TensorError) in try node.int(field) }
      let isOffset = try node.flag(5)
      return { call in
        [
          try stridedSlice(
            try call.tensor(0), try call.ints(1), try call.ints(2), try call.ints(3), masks, isOffset)
        ]
      }
    },
    TFLiteOperator(105, "REVERSE_V2") { _ in
      { call in
        let x = try call.tensor(0)
        return [x.flip(try call.axes(1, rank: x.rank))]
      }
    },
    TFLiteOperator(5, "DEPTH_TO_SPACE") { node in
      let block = try node.positive(0, "the size of blocks")
      return { call in
        let x = try call.picture(0)
        let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3] / (block * block))
        return [
          x.reshape([-1, height, width, block, block, channels]).permute([0, 1, 3, 2, 4, 5])
            .reshape([x.shape[0], height * block, width * block, channels])
        ]
      }
    },
    TFLiteOperator(26, "SPACE_TO_DEPTH") { node in
      let block = try node.positive(0, "the size of blocks")
      return { call in
        let x = try call.picture(0)
        let (height, width, channels) = (x.shape[1] / block, x.shape[2] / block, x.shape[3])
        return [
          x.reshape([-1, height, block, width, block, channels]).permute([0, 1, 3, 2, 4, 5])
            .reshape([x.shape[0], height, width, block * block * channels])
        ]
      }
    },
    TFLiteOperator(23, "RESIZE_BILINEAR") { node in
      let (corners, centres) = (try node.flag(2), try node.flag(3))
      return { call in
        let x = try call.picture(0)
        let sizes = try call.sizes(1, of: x)
        return [blend(blend(x, 1, sizes[0], corners, centres), 2, sizes[1], corners, centres)]
      }
    },
    TFLiteOperator(97, "RESIZE_NEAREST_NEIGHBOR") { node in
      let (corners, centres) = (try node.flag(0), try node.flag(1))
      return { call in
        var x = try call.picture(0)
        for (axis, size) in zip(1..., try call.sizes(1, of: x)) {
          let places = positions(x.shape[axis], size, corners, centres, nearest: true)
            .map { Swift.max(0, Swift.min(Int(corners ? $0.rounded() : $0.rounded(.down)), x.shape[axis] - 1)) }
          x = x.indexSelect(axis, Tensor(places))
        }
        return [x]
      }
    },
  ]

  /// Where the new pixels lie among the old ones.
  private static func positions(
    _ old: Int, _ new: Int, _ corners: Bool, _ centres: Bool, nearest: Bool
  ) -> [Float] {
    let scale = corners && new > 1 ? Float(old - 1) / Float(new - 1) : Float(old) / Float(new)
    return (0..<new).map { i in
      centres ? (Float(i) + 0.5) * scale - (nearest ? 0 : 0.5) : Float(i) * scale
    }
  }

  /// A picture with `size` rows or columns, each mixed of the two beside it.
  private static func blend(_ x: Tensor, _ axis: Int, _ size: Int, _ corners: Bool, _ centres: Bool) -> Tensor {
    let last = x.shape[axis] - 1
    let places = positions(x.shape[axis], size, corners, centres, nearest: false)
    let low = places.map { Swift.max(0, Swift.min(Int($0.rounded(.down)), last)) }
    let high = places.map { Swift.max(0, Swift.min(Int($0.rounded(.down)) + 1, last)) }
    var shape = [1, 1, 1, 1]
    shape[axis] = size
    let part = Tensor(zip(places, low).map { Swift.max(0, $0 - Float($1)) }, shape: shape, dtype: .float32)
    let first = x.indexSelect(axis, Tensor(low))
    return first + (x.indexSelect(axis, Tensor(high)) - first) * part
  }

  /// NumPy's slices; `masks` are the bits for starts and ends that are left out, `...`, new and vanishing dimensions.
  private static func stridedSlice(
    _ x: Tensor, _ starts: [Int], _ ends: [Int], _ steps: [Int], _ masks: [Int], _ isOffset: Bool
  ) throws(TensorError) -> Tensor {
    let count = starts.count
    guard ends.count == count, steps.count == count, count <= 32 else {
      throw TensorError(.shape, "", "\(count) starts, \(ends.count) ends and \(steps.count) steps are no slice")
    }
    func has(_ mask: Int, _ i: Int) -> Bool { masks[mask] >> i & 1 == 1 }
    let added = (0..<count).filter { has(3, $0) && !has(2, $0) }.count
    var (y, axis) = (x, 0)
    for i in 0..<count {
      if has(2, i) {
        axis += Swift.max(0, x.rank - (count - 1 - added))
      } else if has(3, i) {
        y = y.unsqueeze(axis)
        axis += 1
      } else {
        guard axis < y.rank else {
          throw TensorError(.shape, "", "a slice of \(count) parts does not go with \(x.shape)")
        }
        let size = y.shape[axis]
        func place(_ i: Int) -> Int { i < 0 ? i + size : i }
        if has(4, i) {
          guard 0..<size ~= place(starts[i]) else {
            throw TensorError(.index, "", "there is no element \(starts[i]) in dimension \(axis) of \(x.shape)")
          }
          y = y.select(axis, place(starts[i]))
          continue
        }
        let end = isOffset ? starts[i] + ends[i] : ends[i]
        guard steps[i] != 0 else { throw TensorError(.value, "", "the step of a slice is 0") }
        var places: [Int]
        if steps[i] > 0 {
          let first = has(0, i) ? 0 : Swift.max(0, Swift.min(place(starts[i]), size))
          let last = has(1, i) ? size : Swift.max(0, Swift.min(place(end), size))
          places = Array(stride(from: first, to: last, by: steps[i]))
        } else {
          let first = has(0, i) ? size - 1 : Swift.max(-1, Swift.min(place(starts[i]), size - 1))
          let last = has(1, i) ? -1 : Swift.max(-1, Swift.min(place(end), size - 1))
          places = Array(stride(from: first, to: last, by: steps[i]))
        }
        y = y.indexSelect(axis, Tensor(places, dtype: .int64))
        axis += 1
      }
    }
    return y
  }
}

extension TFLiteCall {
  /// The rows and columns that a picture is to get.
  func sizes(_ i: Int, of picture: Tensor) throws(TensorError) -> [Int] {
    let sizes = try ints(i)
    guard sizes.count == 2, sizes.allSatisfy({ 1...1 << 20 ~= $0 }) else {
      throw TensorError(.shape, "", "the size of the result is given as \(sizes)")
    }
    let most = zip(picture.shape[1...2], sizes).map { max($0, $1) }
    try ResultMemory.require([picture.shape[0]] + most + [picture.shape[3]], picture.dtype)
    return sizes
  }

  /// The margins before and behind each dimension.
  func margins(_ rank: Int) throws(TensorError) -> [(before: Int, after: Int)] {
    let numbers = try ints(1)
    guard numbers.count == 2 * rank, numbers.allSatisfy({ 0...1 << 30 ~= $0 }) else {
      throw TensorError(.shape, "", "the margins are \(numbers), and there are \(rank) dimensions")
    }
    return (0..<rank).map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
  }

  func padded(_ filler: Double) throws(TensorError) -> Tensor {
    let x = try tensor(0)
    let margins = try margins(x.rank)
    try ResultMemory.require(zip(x.shape, margins).map { $0 + $1.before + $1.after }, x.dtype)
    return x.pad(margins.reversed().flatMap { [$0.before, $0.after] }, value: filler)
  }
}
