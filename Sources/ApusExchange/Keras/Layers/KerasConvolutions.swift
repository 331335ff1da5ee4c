import ApusCore
import ApusFormats
import ApusFunctional

/// Convolutions of all kinds.
enum KerasConvolutions {
  static let makers: [String: KerasBuilder.Maker] = {
    var makers: [String: KerasBuilder.Maker] = [:]
    for rank in 1...3 {
      for name in ["Conv\(rank)D", "Convolution\(rank)D"] {
        makers.add(name) { request throws(TensorError) in try convolution(request, rank) }
      }
      for name in ["Conv\(rank)DTranspose", "Convolution\(rank)DTranspose"] {
        makers.add(name) { request throws(TensorError) in try transposed(request, rank) }
      }
    }
    for rank in 1...2 {
      makers.add("DepthwiseConv\(rank)D") { request throws(TensorError) in try depthwise(request, rank) }
      for name in ["SeparableConv\(rank)D", "SeparableConvolution\(rank)D"] {
        makers.add(name) { request throws(TensorError) in try separable(request, rank) }
      }
    }
    return makers
  }()

  private static func convolution(_ request: KerasRequest, _ rank: Int) throws(TensorError) -> KerasPlan {
    let config = request.config
    let window = try KerasWindow(config, rank)
    let filters = try config.size("filters")
    let groups = try config.size("groups", 1)
    let activation = try KerasActivations.function(config, "activation")
    let channels = request.input[window.channels(rank)]
    var weights = [
      request.weight("kernel", window.kernel.map(Optional.init) + [channels.map { $0 / groups }, filters])
    ]
    if try config.bool("use_bias", true) { weights.append(request.weight("bias", [filters])) }
    let output = window.output(request.input, filters)
    return KerasPlan(config, output, weights: weights) { x, weights throws(TensorError) in
      let result = window.convolve(
        window.first(x), window.kernel(weights[0]), weights.count > 1 ? weights[1] : nil, groups: groups)
      return activation(window.last(result))
    }
  }

  private static func depthwise(_ request: KerasRequest, _ rank: Int) throws(TensorError) -> KerasPlan {
    let config = request.config
    let window = try KerasWindow(config, rank)
    let multiplier = try config.size("depth_multiplier", 1)
    let activation = try KerasActivations.function(config, "activation")
    let channels = request.input[window.channels(rank)]
    let filters = channels.map { $0.multipliedReportingOverflow(by: multiplier).partialValue }
    // Keras 2 calls it by what it is, Keras 3 like any other kernel.
    let name = config.isOld ? "depthwise_kernel" : "kernel"
    var weights = [request.weight(name, window.kernel.map(Optional.init) + [channels, multiplier])]
    if try config.bool("use_bias", true) { weights.append(request.weight("bias", [filters])) }
    return KerasPlan(config, window.output(request.input, filters), weights: weights) {
      x, weights throws(TensorError) in
      let x = window.first(x)
      let result = window.convolve(
        x, window.depthwiseKernel(weights[0]), weights.count > 1 ? weights[1] : nil, groups: weights[0].shape[rank])
      return activation(window.last(result))
    }
  }

  private static func separable(_ request: KerasRequest, _ rank: Int) throws(TensorError) -> KerasPlan {
    let config = request.config
    let window = try KerasWindow(config, rank)
    let filters = try config.size("filters")
    let multiplier = try config.size("depth_multiplier", 1)
    let activation = try KerasActivations.function(config, "activation")
    let channels = request.input[window.channels(rank)]
    let ones = [Int?](repeating: 1, count: rank)
    var weights = [
      request.weight("depthwise_kernel", window.kernel.map(Optional.init) + [channels, multiplier]),
      request.weight(
        "pointwise_kernel",
        ones + [channels.map { $0.multipliedReportingOverflow(by: multiplier).partialValue }, filters]),
    ]
    if try config.bool("use_bias", true) { weights.append(request.weight("bias", [filters])) }
    return KerasPlan(config, window.output(request.input, filters), weights: weights) {
      x, weights throws(TensorError) in
      let middle = window.convolve(
        window.first(x), window.depthwiseKernel(weights[0]), nil, groups: weights[0].shape[rank])
      let point = KerasWindow(rank: rank)
      let result = point.convolve(middle, point.kernel(weights[1]), weights.count > 2 ? weights[2] : nil, groups: 1)
      return activation(window.last(result))
    }
  }

  private static func transposed(_ request: KerasRequest, _ rank: Int) throws(TensorError) -> KerasPlan {
    let config = request.config
    let window = try KerasWindow(config, rank)
    let filters = try config.size("filters")
    let activation = try KerasActivations.function(config, "activation")
    let extra = config["output_padding"] == nil ? nil : try config.ints("output_padding", rank: rank)
    guard extra?.allSatisfy({ (0...1 << 20).contains($0) }) ?? true else {
      throw config.fail(.format, "'output_padding' should be from 0 on")
    }
    let channels = request.input[window.channels(rank)]
    var weights = [request.weight("kernel", window.kernel.map(Optional.init) + [filters, channels])]
    if try config.bool("use_bias", true) { weights.append(request.weight("bias", [filters])) }
    var output = request.input.with(window.channels(rank), filters)
    for axis in 0..<rank {
      output[window.spatial(axis)] = request.input[window.spatial(axis)].map { window.transposedSize($0, axis, extra) }
    }
    return KerasPlan(config, output, weights: weights) { x, weights throws(TensorError) in
      guard x.rank == rank + 2 else { throw config.fail(.shape, "needs \(rank + 2) dimensions, and found \(x.shape)") }
      let x = window.first(x)
      let order = [rank + 1, rank] + Array(0..<rank)
      var result = transposedConvolution(
        rank, x, weights[0].permute(order), nil, stride: window.stride, padding: [Int](repeating: 0, count: rank),
        outputPadding: [Int](repeating: 0, count: rank), groups: 1, dilation: window.dilation)
      guard !result.hasFailed else { return result }
      for axis in 0..<rank {
        // TensorFlow cuts what a convolution of the result would have padded, and fills up the end with zeros.
        let size = window.transposedSize(x.shape[axis + 2], axis, extra)
        let full = result.shape[axis + 2]
        let before = window.isSame ? max(full - size, 0) / 2 : 0
        result = result.slice(axis + 2, before, min(before + size, full))
        let missing = size - result.shape[axis + 2]
        if missing > 0 {
          result = result.pad([Int](repeating: 0, count: 2 * (rank - 1 - axis)) + [0, missing])
        }
      }
      if weights.count > 1 { result = result + weights[1].reshape([filters] + [Int](repeating: 1, count: rank)) }
      return activation(window.last(result))
    }
  }
}
