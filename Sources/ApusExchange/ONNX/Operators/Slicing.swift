import ApusCore
import ApusFormats
import ApusNumerics

extension ONNXOperator {
  /// Parts of tensors, and margins around them.
  static let slicing: [ONNXOperator] = [
    .moving("Slice", inputs: 1...5) { node in
      guard node.opset < 10 else {
        return { call, x in
          try sliced(
            x, try call.ints(1), try call.ints(2), try call.optionalInts(3), try call.optionalInts(4), call)
        }
      }
      let (starts, ends, axes) = (try node.ints("starts") ?? [], try node.ints("ends") ?? [], try node.ints("axes"))
      return { call, x in try sliced(x, starts, ends, axes, nil, call) }
    },
    ONNXOperator("Pad", inputs: 1...4, settings: [2]) { node in
      let modes: [String: PadMode] = [
        "constant": .constant, "reflect": .reflect, "edge": .replicate, "wrap": .circular,
      ]
      let name = try node.choice("mode", default: "constant", of: Array(modes.keys).sorted())
      let mode = modes[name] ?? .constant
      let number = node.opset < 11 ? try node.float("value", default: 0) : 0
      let fixed = node.opset < 11 ? try node.ints(node.opset < 2 ? "paddings" : "pads") ?? [] : nil
      return { call in
        let pads = try fixed ?? call.ints(1)
        let axes = node.opset < 18 ? nil : try call.optionalInts(3)
        var filler: Scalar = .float(number)
        if node.opset >= 11, let value = try call.optionalTensor(2) {
          guard value.count == 1 else {
            throw call.error(.shape, "the value has \(value.count) elements; one is needed")
          }
          filler = value.settled.itemScalar()
        }
        return [try call.value(0).moved { try padded($0, pads, axes, mode, filler, call) }]
      }
    },
    ONNXOperator("Compress", since: 9, inputs: 2...2) { node in
      let axis = try node.optionalInt("axis")
      return { call in
        let chosen = try call.tensor(1).settled.to(.bool).array(as: Bool.self)
        let places = chosen.indices.filter { chosen[$0] }
        return [
          try call.value(0).moved { x in
            let (flat, d) = (
              axis == nil ? x.reshape([x.count]) : x, try axis.map { try call.axis($0, rank: x.rank) } ?? 0
            )
            guard places.last ?? -1 < flat.shape[d] else {
              throw call.error(
                .shape, "the condition has \(chosen.count) elements, more than dimension \(d) of \(flat.shape)")
            }
            return flat.indexSelect(d, Tensor(places, dtype: .int64))
          }
        ]
      }
    },
  ]

  private static func sliced(
    _ x: Tensor, _ starts: [Int], _ ends: [Int], _ axes: [Int]?, _ steps: [Int]?, _ call: ONNXCall
  ) throws -> Tensor {
    let axes = try (axes ?? Array(0..<starts.count)).map { try call.axis($0, rank: x.rank) }
    let steps = steps ?? [Int](repeating: 1, count: starts.count)
    guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
      throw call.error(
        .shape, "there are \(starts.count) starts, \(ends.count) ends, \(axes.count) axes, \(steps.count) steps")
    }
    var result = x
    for (i, d) in axes.enumerated() {
      let (n, step) = (result.shape[d], steps[i])
      guard step != 0 else { throw call.error(.value, "the step of dimension \(d) is 0") }
      func place(_ p: Int) -> Int {
        let p = p < 0 ? p.clampedAdding(n) : p
        return step > 0 ? min(max(p, 0), n) : min(max(p, -1), n - 1)
      }
      let (start, end) = (place(starts[i]), place(ends[i]))
      if step > 0 {
        result = result.slice(d, start, max(start, end), min(step, max(n, 1)))
      } else {
        let stride = max(step, -max(n, 1))
        let places = start > end ? Array(Swift.stride(from: start, to: end, by: stride)) : []
        result = result.indexSelect(d, Tensor(places, dtype: .int64))
      }
    }
    return result
  }

  private static func padded(
    _ x: Tensor, _ pads: [Int], _ axes: [Int]?, _ mode: PadMode, _ filler: Scalar, _ call: ONNXCall
  ) throws -> Tensor {
    let dims = try axes?.map { try call.axis($0, rank: x.rank) } ?? Array(0..<x.rank)
    guard pads.count == 2 * dims.count, pads.allSatisfy({ $0.magnitude < 1 << 40 }) else {
      throw call.error(.shape, "\(pads) does not give two margins for each of the axes \(dims)")
    }
    var (before, after) = ([Int](repeating: 0, count: x.rank), [Int](repeating: 0, count: x.rank))
    for (i, d) in dims.enumerated() { (before[d], after[d]) = (pads[i], pads[i + dims.count]) }
    if before.allSatisfy({ $0 == 0 }), after.allSatisfy({ $0 == 0 }) { return x }
    try call.requireMemory(x.shape.indices.map { max(0, x.shape[$0] + before[$0] + after[$0]) }, x.dtype)
    // Reflections and repetitions may go around more than once.
    if mode == .reflect || mode == .circular {
      var result = x
      for d in 0..<x.rank where before[d] != 0 || after[d] != 0 {
        let n = x.shape[d]
        guard n > 0 else { throw call.error(.shape, "dimension \(d) of \(x.shape) is empty and cannot be continued") }
        // Lists of places take more than what they gather: these stay well below the limit.
        try call.requireMemory([16, max(0, n + before[d] + after[d])], .int64)
        let places = (-before[d]..<max(-before[d], n + after[d])).map { i -> Int in
          let period = mode == .reflect ? max(1, 2 * (n - 1)) : n
          let place = ((i % period) + period) % period
          return place < n ? place : period - place
        }
        result = result.indexSelect(d, Tensor(places, dtype: .int64))
      }
      return result
    }
    var margins: [Int] = []
    for d in (0..<x.rank).reversed() { margins += [before[d], after[d]] }
    return mode == .constant ? x.pad(margins, value: filler) : x.pad(margins, mode: mode)
  }
}
