import ApusCore
import ApusFormats
import ApusNumerics

extension ONNXOperator {
  /// Views, and what else only says where elements stand.
  static let shapes: [ONNXOperator] = views + sizes + rearrangements

  private static let views: [ONNXOperator] = [
    ONNXOperator("Identity", inputs: 1...1) { _ in { call in [try call.value(0)] } },
    .moving("Reshape", inputs: 1...2) { node in
      let takesZero = try node.flag("allowzero")
      let fixed = node.opset < 5 ? try node.ints("shape") : nil
      return { call, x in
        let shape = try fixed ?? call.ints(1)
        return x.reshape(try reshaped(x.shape, shape, takesZero: takesZero))
      }
    },
    .moving("Flatten", inputs: 1...1) { node in
      let axis = try node.int("axis", default: 1)
      return { call, x in
        guard axis >= -x.rank, axis <= x.rank else {
          throw call.error(.dimension, "axis \(axis) does not exist in \(x.shape)")
        }
        let split = axis < 0 ? axis + x.rank : axis
        return x.reshape([elementCount(Array(x.shape[..<split])), elementCount(Array(x.shape[split...]))])
      }
    },
    .moving("Squeeze", inputs: 1...2) { node in
      let axes = try axes(input: 1, since: 13, node)
      return { call, x in
        guard let axes = try axes(call) else { return x.squeeze(x.shape.indices.filter { x.shape[$0] == 1 }) }
        let dims = try axes.map { try call.axis($0, rank: x.rank) }
        if let bad = dims.first(where: { x.shape[$0] != 1 }) {
          throw call.error(.shape, "dimension \(bad) of \(x.shape) is not 1, so that it cannot be squeezed")
        }
        return dims.isEmpty ? x : x.squeeze(dims)
      }
    },
    .moving("Unsqueeze", inputs: 1...2) { node in
      let axes = try axes(input: 1, since: 13, node)
      return { call, x in
        guard let axes = try axes(call) else { throw call.error(.value, "there are no axes") }
        let rank = x.rank + axes.count
        let dims = Set(try axes.map { try call.axis($0, rank: rank) })
        guard dims.count == axes.count else { throw call.error(.value, "an axis is named twice in \(axes)") }
        var sizes = x.shape[...]
        return x.reshape((0..<rank).map { dims.contains($0) ? 1 : sizes.popFirst() ?? 1 })
      }
    },
    .moving("Transpose", inputs: 1...1) { node in
      let order = try node.ints("perm")
      return { _, x in x.permute(order ?? Array((0..<x.rank).reversed())) }
    },
    .moving("Expand", since: 8, inputs: 2...2) { _ in
      { call, x in
        let asked = try call.ints(1)
        let rank = max(asked.count, x.rank)
        let a = [Int](repeating: 1, count: rank - x.rank) + x.shape
        let b = [Int](repeating: 1, count: rank - asked.count) + asked
        let shape = zip(a, b).map { $0 == 1 ? $1 : $1 == 1 || $0 == $1 ? $0 : -1 }
        guard !shape.contains(where: { $0 < 0 }) else {
          throw call.error(.shape, "\(x.shape) cannot be expanded to \(asked)")
        }
        try call.requireMemory(shape, x.dtype)
        return x.expand(shape)
      }
    },
  ]

  /// The shape that a request gives for a tensor: 0 keeps a size, -1 takes what is left.
  static func reshaped(_ shape: [Int], _ asked: [Int], takesZero: Bool) throws(TensorError) -> [Int] {
    var result = asked
    for (i, size) in asked.enumerated() where size == 0 && !takesZero {
      guard i < shape.count else {
        throw TensorError(.shape, "", "\(asked) keeps size \(i), which \(shape) does not have")
      }
      result[i] = shape[i]
    }
    guard asked.count <= 64 else {
      throw TensorError(.shape, "", "a shape of \(asked.count) dimensions is asked for; at most 64 are possible")
    }
    let count = elementCount(shape)
    let open = result.indices.filter { result[$0] == -1 }
    guard result.allSatisfy({ $0 >= -1 }), open.count <= 1 else {
      throw TensorError(.shape, "", "\(asked) is no shape: one size at most can be -1, and none less")
    }
    guard let known = checkedElementCount(result.map { $0 == -1 ? 1 : $0 }) else {
      throw TensorError(.shape, "", "\(shape) has \(count) elements, too few for \(asked)")
    }
    if let place = open.first {
      guard known > 0 ? count % known == 0 : count == 0 else {
        throw TensorError(.shape, "", "\(count) elements of \(shape) cannot be divided into \(asked)")
      }
      result[place] = known > 0 ? count / known : 0
    } else if known != count {
      throw TensorError(.shape, "", "\(shape) has \(count) elements, and \(asked) needs \(known)")
    }
    return result
  }

  private static let sizes: [ONNXOperator] = [
    ONNXOperator("Shape", inputs: 1...1) { node in
      let (start, end) = (try node.int("start", default: 0), try node.optionalInt("end"))
      return { call in
        guard let shape = try call.value(0).shape else { throw call.error(.dtype, "the input is no tensor") }
        func place(_ i: Int) -> Int { min(max(i < 0 ? i.clampedAdding(shape.count) : i, 0), shape.count) }
        let (first, last) = (place(start), place(end ?? shape.count))
        return [.tensor(Tensor(first < last ? Array(shape[first..<last]) : [], dtype: .int64))]
      }
    },
    ONNXOperator("Size", inputs: 1...1) { _ in
      { call in
        guard let shape = try call.value(0).shape else { throw call.error(.dtype, "the input is no tensor") }
        return [.tensor(Tensor(elementCount(shape)))]
      }
    },
  ]

  private static let rearrangements: [ONNXOperator] = [
    .moving("Tile", since: 6, inputs: 2...2) { _ in
      { call, x in
        let repeats = try call.ints(1)
        guard repeats.count == x.rank, repeats.allSatisfy({ $0 >= 0 }) else {
          throw call.error(.shape, "\(repeats) does not say how often to repeat each dimension of \(x.shape)")
        }
        try call.requireMemory(zip(x.shape, repeats).map { $0.clampedMultiplying($1) }, x.dtype)
        return x.tile(repeats)
      }
    },
    .moving("DepthToSpace", inputs: 1...1) { node in
      let size = try node.int("blocksize")
      let columnsFirst = try node.choice("mode", default: "DCR", of: ["DCR", "CRD"]) == "CRD"
      return { call, x in
        guard x.rank == 4, size > 0, size < 1 << 15, x.shape[1] % (size * size) == 0 else {
          throw call.error(.shape, "\(x.shape) cannot be divided into blocks of \(size)")
        }
        let (n, c, h, w) = (x.shape[0], x.shape[1] / (size * size), x.shape[2], x.shape[3])
        let blocks =
          columnsFirst
          ? x.reshape([n, c, size, size, h, w]).permute([0, 1, 4, 2, 5, 3])
          : x.reshape([n, size, size, c, h, w]).permute([0, 3, 4, 1, 5, 2])
        return blocks.reshape([n, c, h * size, w * size])
      }
    },
    .moving("SpaceToDepth", inputs: 1...1) { node in
      let size = try node.int("blocksize")
      let columnsFirst = try node.choice("mode", default: "DCR", of: ["DCR", "CRD"]) == "CRD"
      return { call, x in
        guard x.rank == 4, size > 0, size < 1 << 15, x.shape[2] % size == 0, x.shape[3] % size == 0 else {
          throw call.error(.shape, "\(x.shape) cannot be divided into blocks of \(size)")
        }
        let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / size, x.shape[3] / size)
        let order = columnsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
        return x.reshape([n, c, h, size, w, size]).permute(order).reshape([n, c * size * size, h, w])
      }
    },
    .moving("Trilu", since: 14, inputs: 1...2) { node in
      let isUpper = try node.flag("upper", default: true)
      return { call, x in
        let bound = 1 << 40
        let k = min(max(try call.optionalInt(1) ?? 0, -bound), bound)
        return isUpper ? x.triu(k) : x.tril(k)
      }
    },
    .moving("ReverseSequence", since: 10, inputs: 2...2) { node in
      let (batch, time) = (try node.int("batch_axis", default: 1), try node.int("time_axis", default: 0))
      return { call, x in
        try reversed(x, try call.ints(1), try call.axis(batch, rank: x.rank), try call.axis(time, rank: x.rank))
      }
    },
    .moving("CenterCropPad", since: 18, inputs: 2...2) { node in
      let axes = try node.ints("axes")
      return { call, x in
        let sizes = try call.ints(1)
        let dims = try axes?.map { try call.axis($0, rank: x.rank) } ?? Array(0..<x.rank)
        guard sizes.count == dims.count, sizes.allSatisfy({ $0 >= 0 }) else {
          throw call.error(.shape, "\(sizes) does not give a size for each of the axes \(dims)")
        }
        var result = x
        for (d, size) in zip(dims, sizes) {
          let extra = size - result.shape[d]
          if extra < 0 {
            result = result.narrow(d, -extra / 2, size)
          } else if extra > 0 {
            var shape = result.shape
            shape[d] = size
            try call.requireMemory(shape, x.dtype)
            var pads = [Int](repeating: 0, count: 2 * result.rank)
            (pads[2 * (result.rank - 1 - d)], pads[2 * (result.rank - 1 - d) + 1]) = (extra / 2, extra - extra / 2)
            result = result.pad(pads)
          }
        }
        return result
      }
    },
  ]

  /// The first `lengths[b]` elements along `time` of each sample `b` in reverse.
  private static func reversed(_ x: Tensor, _ lengths: [Int], _ batch: Int, _ time: Int) throws(TensorError) -> Tensor {
    guard batch != time, lengths.count == x.shape[batch], lengths.allSatisfy({ 0...x.shape[time] ~= $0 }) else {
      throw TensorError(
        .shape, "", "the lengths \(lengths) do not fit dimension \(batch) of \(x.shape), along dimension \(time)")
    }
    var places: [Int] = []
    for length in lengths { places += (0..<x.shape[time]).map { $0 < length ? length - 1 - $0 : $0 } }
    let rest = x.shape.indices.filter { $0 != batch && $0 != time }
    let order = [batch, time] + rest
    let index = Tensor(places, dtype: .int64).reshape(
      [x.shape[batch], x.shape[time]] + [Int](repeating: 1, count: rest.count))
    let moved = x.permute(order)
    let result = moved.gather(1, index.expand(moved.shape))
    return result.permute(x.shape.indices.map { order.firstIndex(of: $0) ?? $0 })
  }
}
