import ApusCore
import ApusFormats
import ApusFunctional

/// Pooling over windows, over all, and to a given size.
enum KerasPools {
  static let makers: [String: KerasBuilder.Maker] = {
    var makers: [String: KerasBuilder.Maker] = [:]
    for rank in 1...3 {
      for (name, isMaximum) in [("Max", true), ("Average", false)] {
        for suffix in ["Pooling\(rank)D", "Pool\(rank)D"] {
          let short = name == "Average" && suffix.hasPrefix("Pool\(rank)") ? "Avg" : name
          makers.add(short + suffix) { request throws(TensorError) in try pooling(request, rank, isMaximum) }
          makers.add("Global" + short + suffix) { request throws(TensorError) in try global(request, rank, isMaximum) }
        }
        makers.add("Adaptive\(name)Pooling\(rank)D") { request throws(TensorError) in
          try adaptive(request, rank, isMaximum)
        }
      }
    }
    return makers
  }()

  private static func pooling(_ request: KerasRequest, _ rank: Int, _ isMaximum: Bool) throws(TensorError) -> KerasPlan
  {
    let window = try KerasWindow(request.config, rank, kernel: "pool_size")
    let output = window.output(request.input, request.input[window.channels(rank)])
    return KerasPlan(request.config, output) { x throws(TensorError) in
      let x = window.first(x)
      guard x.rank == rank + 2 else {
        throw request.config.fail(.shape, "needs \(rank + 2) dimensions, and found \(x.shape)")
      }
      return window.last(isMaximum ? window.maximum(x) : window.average(x))
    }
  }

  private static func global(_ request: KerasRequest, _ rank: Int, _ isMaximum: Bool) throws(TensorError) -> KerasPlan {
    let config = request.config
    let last = try config.channelsLast()
    let keeps = try config.bool("keepdims")
    let axes = last ? Array(1...rank) : Array(2..<rank + 2)
    var output = KerasShape.unknown
    if let sizes = request.input.sizes, sizes.count == rank + 2 {
      let channels = sizes[last ? rank + 1 : 1]
      let ones = [Int?](repeating: 1, count: rank)
      output = KerasShape(
        keeps ? last ? [sizes[0]] + ones + [channels] : [sizes[0], channels] + ones : [sizes[0], channels])
    }
    // The mean over time leaves out what is masked.
    let masks = rank == 1 && !isMaximum
    return KerasPlan(config, outputs: [output], masking: .drops) { call throws(TensorError) in
      let x = try call.tensor()
      if isMaximum { return KerasValue(x.amax(axes, keepDim: keeps)) }
      guard masks, let mask = call.mask else { return KerasValue(x.mean(axes, keepDim: keeps)) }
      let weights = mask.to(x.dtype).unsqueeze(last ? 2 : 1)
      return KerasValue((x * weights).sum(axes, keepDim: keeps) / weights.sum(axes, keepDim: keeps))
    }
  }

  private static func adaptive(_ request: KerasRequest, _ rank: Int, _ isMaximum: Bool) throws(TensorError) -> KerasPlan
  {
    let config = request.config
    let sizes = try config.sizes("output_size", rank: rank)
    let last = try config.channelsLast()
    var output = request.input
    for axis in 0..<rank { output[last ? axis + 1 : axis + 2] = sizes[axis] }
    return KerasPlan(config, output) { x throws(TensorError) in
      guard x.rank == rank + 2 else { throw config.fail(.shape, "needs \(rank + 2) dimensions, and found \(x.shape)") }
      let turned = last ? x.permute([0, rank + 1] + Array(1...rank)) : x
      let result =
        isMaximum ? adaptiveMaximumPool(rank, turned, sizes).output : adaptiveAveragePool(rank, turned, sizes)
      return last ? result.permute([0] + Array(2..<rank + 2) + [1]) : result
    }
  }
}
