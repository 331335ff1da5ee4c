import ApusCore
import ApusFormats
import ApusFunctional

/// Normalisations, with what training measured.
enum KerasNormalisations {
  static let makers: [String: KerasBuilder.Maker] = [
    "BatchNormalization": batch, "BatchNormalizationV1": batch, "BatchNormalizationV2": batch,
    "SyncBatchNormalization": batch, "LayerNormalization": layer, "GroupNormalization": group, "RMSNormalization": rms,
    "UnitNormalization": unit,
  ]

  /// Half precision is computed in single.
  private static func wide(_ x: Tensor) -> Tensor { x.dtype == .float16 || x.dtype == .bfloat16 ? x.to(.float32) : x }

  private static func axes(_ config: KerasConfig, rank: Int?) throws(TensorError) -> [Int] {
    let axes = try config.ints("axis", [-1])
    guard let rank else { return axes }
    let places = axes.map { $0 < 0 ? $0 + rank : $0 }
    guard places.allSatisfy({ (0..<rank).contains($0) }) else {
      throw config.fail(.dimension, "'axis' \(axes) is not in a tensor of \(rank) dimensions")
    }
    return places.sorted()
  }

  /// `weight` with ones for the dimensions of `x` that are not in `axes`.
  private static func spread(_ weight: Tensor, _ x: Tensor, _ axes: [Int]) -> Tensor {
    var shape = [Int](repeating: 1, count: x.rank)
    for axis in axes {
      let place = axis < 0 ? axis + x.rank : axis
      if shape.indices.contains(place) { shape[place] = x.shape[place] }
    }
    return weight.to(x.dtype).reshape(shape)
  }

  private static func batch(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let axes = try axes(config, rank: request.input.rank)
    let epsilon = try config.number("epsilon", 1e-3)
    let (scales, centers) = (try config.bool("scale", true), try config.bool("center", true))
    let sizes = axes.map { request.input[$0] }
    var weights: [KerasPlan.Weight] = []
    if scales { weights.append(request.weight("gamma", sizes, converted: false)) }
    if centers { weights.append(request.weight("beta", sizes, converted: false)) }
    weights.append(request.weight("moving_mean", sizes, trainable: false, converted: false))
    weights.append(request.weight("moving_variance", sizes, trainable: false, converted: false))
    if try config.bool("renorm"), !config.isOld {
      for name in ["renorm_mean", "renorm_stddev"] {
        weights.append(request.weight(name, sizes, trainable: false, converted: false))
      }
    }
    let statistics = (scales ? 1 : 0) + (centers ? 1 : 0)
    return KerasPlan(config, request.input, masking: .passes, weights: weights) { x, weights throws(TensorError) in
      let wide = wide(x)
      let each = weights.map { spread($0, wide, axes) }
      var factor = (each[statistics + 1] + epsilon).rsqrt()
      if scales { factor = factor * each[0] }
      let result = (wide - each[statistics]) * factor
      return (centers ? result + each[statistics - 1] : result).to(x.dtype)
    }
  }

  private static func layer(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let axes = try axes(config, rank: request.input.rank)
    let epsilon = try config.number("epsilon", 1e-3)
    let isRMS = try config.bool("rms_scaling")
    let scales = try config.bool("scale", true) || isRMS
    let centers = try config.bool("center", true) && !isRMS
    let sizes = axes.map { request.input[$0] }
    var weights: [KerasPlan.Weight] = []
    if scales { weights.append(request.weight("gamma", sizes, converted: false)) }
    if centers { weights.append(request.weight("beta", sizes, converted: false)) }
    return KerasPlan(config, request.input, masking: .passes, weights: weights) { x, weights throws(TensorError) in
      let wide = wide(x)
      let each = weights.map { spread($0, wide, axes) }
      if isRMS {
        let variance = (wide - wide.mean(axes, keepDim: true)).square().mean(axes, keepDim: true)
        return (wide * (variance + epsilon).rsqrt() * each[0]).to(x.dtype)
      }
      let middle = wide - wide.mean(axes, keepDim: true)
      var result = middle * (middle.square().mean(axes, keepDim: true) + epsilon).rsqrt()
      if scales { result = result * each[0] }
      if centers { result = result + each[each.count - 1] }
      return result.to(x.dtype)
    }
  }

  private static func group(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let axis = try config.int("axis", -1)
    let asked = try config.int("groups", 32)
    let epsilon = try config.number("epsilon", 1e-3)
    let (scales, centers) = (try config.bool("scale", true), try config.bool("center", true))
    var weights: [KerasPlan.Weight] = []
    if scales { weights.append(request.weight("gamma", [request.input[axis]], converted: false)) }
    if centers { weights.append(request.weight("beta", [request.input[axis]], converted: false)) }
    return KerasPlan(config, request.input, masking: .passes, weights: weights) { x, weights throws(TensorError) in
      let place = axis < 0 ? axis + x.rank : axis
      guard (1..<max(x.rank, 2)).contains(place), x.rank > 1 else {
        throw config.fail(.dimension, "'axis' \(axis) is not in a tensor of shape \(x.shape)")
      }
      let channels = x.shape[place]
      let groups = asked == -1 ? channels : asked
      guard groups > 0, channels % groups == 0 else {
        throw config.fail(.shape, "cannot divide \(channels) channels into \(groups) groups")
      }
      let wide = wide(x)
      var shape = wide.shape
      shape[place] = channels / groups
      shape.insert(groups, at: place)
      let parts = wide.reshape(shape)
      let dims = (1..<shape.count).filter { $0 != place }
      let middle = parts - parts.mean(dims, keepDim: true)
      var result = (middle * (middle.square().mean(dims, keepDim: true) + epsilon).rsqrt()).reshape(wide.shape)
      if scales { result = result * spread(weights[0], wide, [place]) }
      if centers { result = result + spread(weights[weights.count - 1], wide, [place]) }
      return result.to(x.dtype)
    }
  }

  private static func rms(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let axes = try axes(config, rank: request.input.rank)
    let epsilon = try config.number("epsilon", 1e-6)
    let weights = [request.weight("scale", axes.map { request.input[$0] }, converted: false)]
    return KerasPlan(config, request.input, weights: weights) { x, weights throws(TensorError) in
      let wide = wide(x)
      let scaled = wide * (wide.square().mean(axes, keepDim: true) + epsilon).rsqrt()
      return (scaled * spread(weights[0], wide, axes)).to(x.dtype)
    }
  }

  private static func unit(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let axes = try axes(request.config, rank: request.input.rank)
    return KerasPlan(request.config, request.input, masking: .passes) { x throws(TensorError) in
      x * x.square().sum(axes, keepDim: true).clamp(min: 1e-24).rsqrt()
    }
  }
}
