import ApusCore
import ApusFormats
import ApusFunctional

/// Operations that move, join and choose elements.
enum KerasArrangements {
  static let table: [String: KerasOperations.Function] = [
    "GetItem": getItem, "Concatenate": join { cat($0, dim: $1) }, "Stack": join { stack($0, dim: $1) },
    "Hstack": { call throws(TensorError) in KerasValue(hstack(try tensors(call))) },
    "Vstack": { call throws(TensorError) in KerasValue(vstack(try tensors(call))) },
    "Append": { call throws(TensorError) in
      let (a, b) = (try call.operand(0, "x1"), try call.operand(1, "x2"))
      guard let axis = try call.axes()?.first else { return KerasValue(cat([a.reshape([-1]), b.reshape([-1])])) }
      return KerasValue(cat([a, b], dim: axis))
    },
    "Transpose": one { x, call throws(TensorError) in
      let axes = try call.axes("axes")
      return x.permute(axes ?? Array((0..<x.rank).reversed()))
    },
    "Reshape": one { x, call throws(TensorError) in
      let named = try call.axes("shape")
      guard let shape = try call.axes("newshape") ?? named else { throw call.fail("'newshape' is missing") }
      return x.reshape(shape)
    },
    "ExpandDims": one { x, call throws(TensorError) in
      let axes = try call.axes() ?? []
      let rank = x.rank + axes.count
      return axes.map { $0 < 0 ? $0 + rank : $0 }.sorted().reduce(x) { $0.unsqueeze($1) }
    },
    "Squeeze": one { x, call throws(TensorError) in
      if let axes = try call.axes() { return x.squeeze(axes) }
      return x.reshape(x.shape.filter { $0 != 1 })
    },
    "Swapaxes": one { x, call throws(TensorError) in
      x.transpose(try call.integer("axis1", 0), try call.integer("axis2", 1))
    },
    "Moveaxis": one { x, call throws(TensorError) in
      guard let from = try call.axes("source"), let to = try call.axes("destination") else {
        throw call.fail("'source' and 'destination' are missing")
      }
      return x.movedim(from, to)
    },
    "Ravel": one { x, _ in x.reshape([-1]) },
    "Flip": one { x, call throws(TensorError) in x.flip(try call.axes() ?? Array(0..<x.rank)) },
    "Roll": one { x, call throws(TensorError) in x.roll(try call.axes("shift") ?? [1], try call.axes() ?? []) },
    "Tile": one { x, call throws(TensorError) in x.tile(try call.axes("repeats") ?? []) },
    "Repeat": one { x, call throws(TensorError) in
      guard let counts = try call.axes("repeats") else { throw call.fail("'repeats' is missing") }
      let axis = try call.axes()?.first
      if counts.count == 1 { return x.repeatInterleave(counts[0], dim: axis) }
      return x.repeatInterleave(Tensor(counts, dtype: .int64), dim: axis)
    },
    "BroadcastTo": one { x, call throws(TensorError) in
      guard let shape = try call.axes("shape") else { throw call.fail("'shape' is missing") }
      return x.broadcastTo(shape)
    },
    "Pad": pad, "Split": split, "Take": take, "TakeAlongAxis": takeAlong,
    "Where": { call throws(TensorError) in
      let condition = try call.operand(0, "condition").to(.bool)
      return KerasValue(`where`(condition, try call.operand(1, "x1"), try call.operand(2, "x2")))
    },
    "Tril": one { x, call throws(TensorError) in x.tril(try call.integer("k", 0)) },
    "Triu": one { x, call throws(TensorError) in x.triu(try call.integer("k", 0)) },
    "Diagonal": one { x, call throws(TensorError) in
      x.diagonal(
        offset: try call.integer("offset", 0), dim1: try call.integer("axis1", 0), dim2: try call.integer("axis2", 1))
    },
    "Trace": one { x, call throws(TensorError) in
      x.diagonal(
        offset: try call.integer("offset", 0), dim1: try call.integer("axis1", 0), dim2: try call.integer("axis2", 1)
      )
      .sum(-1)
    },
    "Diff": one { x, call throws(TensorError) in x.diff(try call.integer("n", 1), dim: try call.integer("axis", -1)) },
    "FullLike": one { x, call throws(TensorError) in
      Tensor.full(x.shape, call.argument("fill_value", 1)?.json?.double ?? 0, dtype: x.dtype)
    },
    "Slice": { call throws(TensorError) in
      let x = try call.operand(0, "inputs")
      guard let starts = call.argument("start_indices", 1)?.json?.array?.map(\.int),
        let sizes = try call.axes("shape"), starts.count == x.rank, sizes.count == x.rank
      else { throw call.fail("'start_indices' and 'shape' should be one integer for each dimension") }
      var result = x
      for axis in 0..<x.rank { result = result.slice(axis, starts[axis] ?? 0, (starts[axis] ?? 0) + sizes[axis]) }
      return KerasValue(result)
    },
    "Unstack": { call throws(TensorError) in
      .list(try call.operand(0, "x").unbind(call.integer("axis", 0)).map { KerasValue($0) })
    },
  ]

  private static func one(
    _ function: @escaping @Sendable (Tensor, KerasCall) throws(TensorError) -> Tensor
  ) -> KerasOperations.Function {
    { call throws(TensorError) in KerasValue(try function(try call.operand(0, "x"), call)) }
  }

  private static func tensors(_ call: KerasCall) throws(TensorError) -> [Tensor] {
    let list = (call.arguments.first ?? call.options["xs"] ?? call.options["x"] ?? .none).flat.compactMap(\.tensor)
    guard !list.isEmpty else { throw call.fail("is called without a tensor") }
    return list
  }

  private static func join(_ function: @escaping @Sendable ([Tensor], Int) -> Tensor) -> KerasOperations.Function {
    { call throws(TensorError) in
      let tensors = try tensors(call)
      guard let axis = try call.axes() else {
        return KerasValue(function(tensors.map { $0.reshape([-1]) }, 0))
      }
      return KerasValue(function(tensors, axis.first ?? 0))
    }
  }

  private static func getItem(_ call: KerasCall) throws(TensorError) -> KerasValue {
    let x = try call.operand(0, "x")
    let key = call.argument("key", 1) ?? .none
    let parts: [KerasValue] = if case .list(let items) = key { items } else { [key] }
    var indices: [TensorIndex] = []
    for part in parts {
      switch part {
      case .slice(let start, let stop, let step):
        guard step ?? 1 > 0 else { throw call.fail("steps of a slice go forward here, and \(step ?? 0) was asked") }
        indices.append(.range(start: start, stop: stop, step: step ?? 1))
      case .constant(let json):
        if let place = json.int {
          indices.append(.index(place))
        } else if json.string == "..." {
          indices.append(.remaining)
        } else if json.isNull {
          indices.append(.newDimension)
        } else {
          throw call.fail("a part of the index is neither a number nor a slice")
        }
      case .none: indices.append(.newDimension)
      case .tensor(let tensor, _): indices.append(.tensor(tensor.dtype == .bool ? tensor : tensor.to(.int64)))
      case .list, .dictionary: throw call.fail("an index of several lists is not read")
      }
    }
    return KerasValue(x[indices: indices])
  }

  private static func pad(_ call: KerasCall) throws(TensorError) -> KerasValue {
    let x = try call.operand(0, "x")
    guard let widths = call.setting("pad_width") ?? call.argument("pad_width", 1)?.json else {
      throw call.fail("'pad_width' is missing")
    }
    var pairs: [[Int]] = []
    if let all = widths.int {
      pairs = [[Int]](repeating: [all, all], count: x.rank)
    } else {
      for item in widths.array ?? [] {
        let pair = item.array?.compactMap(\.int) ?? item.int.map { [$0, $0] } ?? []
        pairs.append(pair.count == 1 ? pair + pair : pair)
      }
      if pairs.count == 1 { pairs = [[Int]](repeating: pairs[0], count: x.rank) }
    }
    guard pairs.count == x.rank, pairs.allSatisfy({ $0.count == 2 }) else {
      throw call.fail("'pad_width' is no list of pairs")
    }
    let pads = pairs.reversed().flatMap { $0 }
    switch call.setting("mode")?.string ?? "constant" {
    case "constant":
      let value = call.argument("constant_values", 2)?.json?.double ?? call.setting("constant_values")?.double ?? 0
      return KerasValue(x.pad(pads, value: value))
    case let mode: throw call.fail("the mode '\(mode)' of padding is not known here")
    }
  }

  private static func split(_ call: KerasCall) throws(TensorError) -> KerasValue {
    let x = try call.operand(0, "x")
    let axis = try call.integer("axis", 0)
    guard let how = try call.axes("indices_or_sections") else { throw call.fail("'indices_or_sections' is missing") }
    let isList = call.setting("indices_or_sections")?.array != nil
    let parts = isList ? x.tensorSplit(how, dim: axis) : x.tensorSplit(how[0], dim: axis)
    return .list(parts.map { KerasValue($0) })
  }

  private static func take(_ call: KerasCall) throws(TensorError) -> KerasValue {
    let x = try call.operand(0, "x")
    let indices = try call.operand(1, "indices").to(.int64)
    guard let given = try call.axes()?.first else { return KerasValue(x.reshape([-1]).take(indices)) }
    let axis = given < 0 ? given + x.rank : given
    guard x.shape.indices.contains(axis) else { throw call.fail("'axis' \(given) is not in \(x.shape)") }
    let size = x.shape[axis]
    let places = `where`(indices.lt(0), indices + size, indices).reshape([-1])
    let chosen = x.indexSelect(axis, places)
    return KerasValue(chosen.reshape(x.shape[..<axis] + indices.shape + x.shape[(axis + 1)...]))
  }

  private static func takeAlong(_ call: KerasCall) throws(TensorError) -> KerasValue {
    let x = try call.operand(0, "x")
    let indices = try call.operand(1, "indices").to(.int64)
    return KerasValue(x.takeAlongDim(indices, dim: try call.axes()?.first))
  }
}
