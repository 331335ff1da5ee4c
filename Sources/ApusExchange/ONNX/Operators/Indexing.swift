import ApusCore
import ApusFormats
import ApusNumerics

extension ONNXOperator {
  /// Elements taken from positions and put to positions that tensors hold.
  static let indexing: [ONNXOperator] = gathering + scattering

  private static let gathering: [ONNXOperator] = [
    .moving("Gather", inputs: 2...2) { node in
      let axis = try node.int("axis", default: 0)
      return { call, x in
        let d = try call.axis(axis, rank: x.rank)
        let index = try positions(try call.tensor(1), x.shape[d], d, call)
        if index.rank == 0 { return x.indexSelect(d, index.reshape([1])).squeeze([d]) }
        let shape = Array(x.shape[..<d]) + index.shape + Array(x.shape[(d + 1)...])
        try call.requireMemory(shape, x.dtype)
        return x.indexSelect(d, index.reshape([index.count])).reshape(shape)
      }
    },
    .moving("GatherElements", since: 11, inputs: 2...2) { node in
      let axis = try node.int("axis", default: 0)
      return { call, x in
        let d = try call.axis(axis, rank: x.rank)
        let index = try call.tensor(1)
        return x.gather(d, try positions(index, x.shape[d], d, call))
      }
    },
    .moving("GatherND", since: 11, inputs: 2...2) { node in
      let batch = try node.int("batch_dims", default: 0)
      return { call, x in
        let index = try call.tensor(1)
        let last = index.shape.last ?? 0
        guard batch >= 0, batch < index.rank, batch <= x.rank, last <= x.rank - batch,
          x.shape.prefix(batch) == index.shape.prefix(batch)
        else {
          throw call.error(.shape, "positions \(index.shape) do not fit \(x.shape) with \(batch) dimensions of samples")
        }
        let rows = elementCount(Array(x.shape[..<batch]))
        let inner = Array(x.shape[batch..<(batch + last)])
        let rest = Array(x.shape[(batch + last)...])
        let flat = try flattened(index, inner, call)
        let count = elementCount(inner)
        var places = flat.reshape([rows, rows > 0 ? flat.count / rows : 0])
        if rows > 1 { places = places + (arange(rows) * count).unsqueeze(1) }
        let shape = Array(index.shape.dropLast()) + rest
        try call.requireMemory(shape, x.dtype)
        return x.reshape([rows * count] + rest).indexSelect(0, places.reshape([places.count])).reshape(shape)
      }
    },
    ONNXOperator("NonZero", since: 9, inputs: 1...1) { _ in
      { call in
        let x = try call.tensor(0)
        let places = (x.rank == 0 ? x.reshape([1]) : x).nonzero()
        return [.tensor(x.rank == 0 ? Tensor.zeros([0, places.shape[0]], dtype: .int64) : places.t())]
      }
    },
  ]

  /// Positions from 0 on, checked to lie in a dimension of `size` elements.
  private static func positions(_ index: Tensor, _ size: Int, _ dim: Int, _ call: ONNXCall) throws(TensorError)
    -> Tensor
  {
    guard index.dtype.isInteger else {
      throw call.error(.dtype, "positions must be whole numbers, and found \(index.dtype)")
    }
    let wide = index.settled.to(.int64)
    if wide.count == 0 { return wide }
    // Asking for values would end a captured function, in which gathering itself checks.
    guard Context.tracer == nil else { return `where`(wide .< 0, wide + size, wide) }
    var (low, high) = (Int.max, Int.min)
    wide.contiguous().withUnsafeBytes { bytes in
      for place in bytes.bindMemory(to: Int64.self) {
        low = min(low, Int(place))
        high = max(high, Int(place))
      }
    }
    guard low >= -size, high < size else {
      throw call.error(
        .index, "position \(high >= size ? high : low) lies outside of dimension \(dim) of \(size) elements")
    }
    return low < 0 ? `where`(wide .< 0, wide + size, wide) : wide
  }

  /// Rows of coordinates as positions in row-major order.
  private static func flattened(_ index: Tensor, _ shape: [Int], _ call: ONNXCall) throws(TensorError) -> Tensor {
    var flat = Tensor.zeros(Array(index.shape.dropLast()), dtype: .int64)
    for (d, size) in shape.enumerated() {
      flat = flat * size + (try positions(index.select(index.rank - 1, d), size, d, call))
    }
    return flat
  }

  private static let scattering: [ONNXOperator] = [
    ONNXOperator("Scatter", since: 9, inputs: 3...3) { node in
      let axis = try node.int("axis", default: 0)
      return { call in [try scattered(call, axis, "none")] }
    },
    ONNXOperator("ScatterElements", since: 11, inputs: 3...3) { node in
      let axis = try node.int("axis", default: 0)
      let reduction = try node.choice("reduction", default: "none", of: reductions)
      return { call in [try scattered(call, axis, reduction)] }
    },
    ONNXOperator("ScatterND", since: 11, inputs: 3...3) { node in
      let reduction = try node.choice("reduction", default: "none", of: reductions)
      return { call in
        let (x, index, updates) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        let last = index.shape.last ?? 0
        guard index.rank >= 1, last <= x.rank,
          updates.shape == Array(index.shape.dropLast()) + Array(x.shape[last...])
        else {
          throw call.error(.shape, "positions \(index.shape) and values \(updates.shape) do not fit \(x.shape)")
        }
        let (inner, rest) = (Array(x.shape[..<last]), Array(x.shape[last...]))
        let places = try flattened(index, inner, call)
        let width = elementCount(rest)
        let rows = x.reshape([elementCount(inner), width])
        let values = updates.reshape([places.count, width])
        let positions = places.reshape([places.count, 1]).expand([places.count, width])
        return [.tensor(combined(rows, 0, positions, values, reduction).reshape(x.shape))]
      }
    },
  ]

  private static let reductions = ["none", "add", "mul", "max", "min"]

  private static func scattered(_ call: ONNXCall, _ axis: Int, _ reduction: String) throws -> ONNXValue {
    let updates = try call.value(2)
    let value = try call.value(0)
    guard let rank = value.shape?.count, let shape = value.shape else { throw call.error(.dtype, "a tensor is needed") }
    let d = try call.axis(axis, rank: rank)
    let index = try positions(try call.tensor(1), shape[d], d, call)
    guard index.rank == rank, updates.shape == index.shape else {
      throw call.error(
        .shape, "positions \(index.shape) and values \(updates.shape ?? []) do not fit each other and \(shape)")
    }
    if case (.strings(let x), .strings(let y)) = (value, updates) {
      let places = combined(
        arange(x.elements.count).reshape(x.shape), d, index,
        arange(y.elements.count).reshape(y.shape) + x.elements.count, "none")
      return .strings(StringTensor(x.elements + y.elements).moved { _ in places })
    }
    if case (.narrow(let x, let type), .narrow(let y, _)) = (value, updates), reduction == "none" {
      return .narrow(combined(x, d, index, y, reduction), type)
    }
    return .tensor(combined(try call.tensor(0), d, index, try call.tensor(2), reduction))
  }

  private static func combined(_ x: Tensor, _ d: Int, _ index: Tensor, _ source: Tensor, _ reduction: String) -> Tensor
  {
    switch reduction {
    case "add": x.scatterReduce(d, index, source, reduce: .sum)
    case "mul": x.scatterReduce(d, index, source, reduce: .prod)
    case "max": x.scatterReduce(d, index, source, reduce: .amax)
    case "min": x.scatterReduce(d, index, source, reduce: .amin)
    default: x.scatter(d, index, source)
    }
  }
}
