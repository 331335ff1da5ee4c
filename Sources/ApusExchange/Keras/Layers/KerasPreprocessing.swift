import ApusCore
import ApusFormats

/// Layers of numbers that prepare inputs.
enum KerasPreprocessing {
  static let makers: [String: KerasBuilder.Maker] = [
    "Rescaling": rescaling, "Normalization": normalization, "CategoryEncoding": categories,
    "Discretization": discretization,
  ]

  private static func numbers(_ json: JSON?, _ dtype: DType) -> Tensor? {
    guard let json, !json.isNull else { return nil }
    return KerasGraph.tensor(json["config"]?["value"] ?? json, dtype)
  }

  private static func rescaling(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let type = try config.types().compute
    guard let scale = numbers(config["scale"], type), let offset = numbers(config["offset"] ?? .double(0), type) else {
      throw config.fail(.format, "'scale' and 'offset' should be numbers")
    }
    return KerasPlan(config, request.input, masking: .passes) { x throws(TensorError) in x.to(type) * scale + offset }
  }

  private static func normalization(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let type = try config.types().compute
    let axes = try config.ints("axis", config.json["axis"]?.isNull == true ? [] : [-1])
    let inverts = try config.bool("invert")
    let (mean, variance) = (numbers(config["mean"], type), numbers(config["variance"], type))
    var weights: [KerasPlan.Weight] = []
    let rank = request.input.rank
    let places = rank.map { rank in axes.map { $0 < 0 ? $0 + rank : $0 }.sorted() } ?? axes
    if mean == nil || variance == nil {
      let sizes = places.map { request.input[$0] }
      weights = [
        request.weight("mean", sizes, trainable: false), request.weight("variance", sizes, trainable: false),
        KerasPlan.Weight(name: "count", shape: KerasShape([]), isTrainable: false, dtype: .int64),
      ]
    }
    return KerasPlan(config, request.input, masking: .passes, weights: weights) { x, weights throws(TensorError) in
      let x = x.to(type)
      var shape = [Int](repeating: 1, count: x.rank)
      for axis in axes {
        let place = axis < 0 ? axis + x.rank : axis
        guard shape.indices.contains(place) else {
          throw config.fail(.dimension, "'axis' \(axes) is not in \(x.shape)")
        }
        shape[place] = x.shape[place]
      }
      func spread(_ tensor: Tensor) -> Tensor { tensor.count == 1 ? tensor.reshape([]) : tensor.reshape(shape) }
      let middle = spread(mean ?? weights[0])
      let deviation = spread(variance ?? weights[1]).sqrt().clamp(min: 1e-7)
      return inverts ? middle + x * deviation : (x - middle) / deviation
    }
  }

  /// Whole numbers as they are, or as vectors with ones or counts.
  private static func encoded(
    _ indices: Tensor, _ mode: String, _ depth: Int, _ type: DType, _ weights: Tensor?, _ config: KerasConfig
  ) throws(TensorError) -> Tensor {
    if mode == "int" { return indices.to(type) }
    var indices = indices.to(.int64)
    if indices.rank == 0 { indices = indices.unsqueeze(0) }
    if mode == "one_hot", indices.rank > 1, indices.shape.last == 1 { indices = indices.squeeze([-1]) }
    // Numbers outside give no one.
    let oneHot = indices.unsqueeze(-1).eq(arange(0, depth, dtype: .int64))
    let axis = oneHot.rank > 2 ? 1 : 0
    switch mode {
    case "one_hot": return oneHot.to(type)
    case "multi_hot", "binary": return oneHot.any(axis).to(type)
    case "count": return (weights.map { oneHot.to(type) * $0.to(type).unsqueeze(-1) } ?? oneHot.to(type)).sum(axis)
    default:
      throw config.fail(.format, "'output_mode' is '\(mode)', and should be one of int, one_hot, multi_hot, count")
    }
  }

  private static func encodedShape(_ input: KerasShape, _ mode: String, _ depth: Int) -> KerasShape {
    guard let sizes = input.sizes, mode != "int" else { return mode == "int" ? input : .unknown }
    if mode == "one_hot" {
      return KerasShape(sizes.count > 1 && sizes.last == 1 ? sizes.dropLast() + [depth] : sizes + [depth])
    }
    return KerasShape(sizes.count < 2 ? [depth] : [sizes[0]] + sizes[2...] + [depth])
  }

  private static func categories(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let depth = try config.size("num_tokens", in: 1...1 << 24)
    let mode = try config.string("output_mode", "multi_hot")
    let type = try config.types().compute
    let shape = encodedShape(request.input, mode, depth)
    let plan = KerasPlan(config, outputs: [shape]) { call throws(TensorError) in
      let weights = call.argument("count_weights", 1)?.tensor
      return KerasValue(try encoded(try call.tensor(), mode, depth, type, weights, config))
    }
    plan.convertsInputs = false
    return plan
  }

  private static func discretization(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    guard let edges = numbers(config["bin_boundaries"], .float32), edges.rank == 1 else {
      throw config.fail(.unsupported, "it has no 'bin_boundaries': what a layer learns by adapt() is not in its file")
    }
    let mode = try config.string("output_mode", "int")
    let type = mode == "int" ? DType.int32 : try config.types().compute
    let shape = encodedShape(request.input, mode, edges.count + 1)
    let plan = KerasPlan(config, outputs: [shape]) { call throws(TensorError) in
      let x = try call.tensor().to(.float32)
      let bins = x.unsqueeze(-1).ge(edges).to(.int64).sum(-1)
      return KerasValue(try encoded(bins, mode, edges.count + 1, type, nil, config))
    }
    plan.convertsInputs = false
    return plan
  }
}
