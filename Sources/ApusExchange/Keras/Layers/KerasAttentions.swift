import ApusCore
import ApusFormats
import ApusFunctional

/// Attention: the two older layers, many heads, and heads in groups.
enum KerasAttentions {
  static let makers: [String: KerasBuilder.Maker] = [
    "Attention": { request throws(TensorError) in try single(request, isAdditive: false) },
    "AdditiveAttention": { request throws(TensorError) in try single(request, isAdditive: true) },
    "MultiHeadAttention": manyHeads, "GroupQueryAttention": grouped, "GroupedQueryAttention": grouped,
  ]

  // MARK: One head, called with a list

  private static func single(_ request: KerasRequest, isAdditive: Bool) throws(TensorError) -> KerasPlan {
    let config = request.config
    let scales = try config.bool("use_scale", isAdditive)
    let concatenates = try config.string("score_mode", "dot") == "concat"
    // Keras 2 has the setting `causal`, later ones the argument.
    let isCausal = try config.bool("causal")
    var weights: [KerasPlan.Weight] = []
    if scales { weights.append(request.weight("scale", isAdditive ? [request.input[-1]] : [])) }
    if concatenates, !isAdditive { weights.append(request.weight("concat_score_weight", [])) }
    var output = request.input
    if request.inputs.count > 1 { output[-1] = request.inputs[1][-1] }
    return KerasPlan(config, weights: weights, outputs: [output], masking: .own) { call throws(TensorError) in
      let inputs = call.inputs
      guard inputs.count == 2 || inputs.count == 3, let query = inputs[0].tensor, let value = inputs[1].tensor else {
        throw call.fail("is called with a list of query, value and, if wanted, key; found \(inputs.count) tensors")
      }
      let key = inputs.last?.tensor ?? value
      var masks: [Tensor?] = inputs.map(\.mask)
      if case .list(let given)? = call.options["mask"] { masks = given.map { $0.tensor?.to(.bool) } }
      let keyOrValue = inputs.count > 2 ? key : value
      let scores: Tensor
      if isAdditive {
        let sum = (query.unsqueeze(-2) + keyOrValue.unsqueeze(-3)).tanh()
        scores = (scales ? sum * call.weights[0] : sum).sum(-1)
      } else if concatenates {
        let sum = query.unsqueeze(-2) + keyOrValue.unsqueeze(-3)
        let total = (scales ? sum * call.weights[0] : sum).tanh().sum(-1)
        scores = total * call.weights[call.weights.count - 1]
      } else {
        let product = matmul(query, keyOrValue.transpose(-2, -1))
        scores = scales ? product * call.weights[0] : product
      }
      var mask = masks.count > 1 ? masks[1]?.unsqueeze(-2) : nil
      if isCausal || call.flag("use_causal_mask") {
        let causal = causalMask(scores.size(-2), scores.size(-1))
        mask = mask.map { $0.logicalAnd(causal) } ?? causal
      }
      var shifted = scores
      if let mask { shifted = scores - mask.logicalNot().to(scores.dtype) * (scores.dtype == .float16 ? 65504 : 1e9) }
      let shares = softmax(shifted, dim: -1)
      var result = matmul(shares, value)
      if let queryMask = masks.first.flatMap({ $0 }) { result = result * queryMask.unsqueeze(-1).to(result.dtype) }
      let output = KerasValue.tensor(result, mask: masks.first.flatMap { $0 })
      return call.flag("return_attention_scores") ? .list([output, KerasValue(shares)]) : output
    }
  }

  private static func causalMask(_ rows: Int, _ columns: Int) -> Tensor {
    Tensor.ones([rows, columns], dtype: .bool).tril()
  }

  // MARK: Many heads

  /// A product with a kernel whose last dimensions are those that are asked for.
  private static func part(
    _ request: KerasRequest, _ name: String, _ attribute: String, _ kernel: [Int?], bias: [Int?]?
  ) -> (attribute: String, plan: KerasPlan) {
    var settings: [String: JSON] = [:]
    if let dtype = request.config["dtype"] { settings["dtype"] = dtype }
    if let trainable = request.config["trainable"] { settings["trainable"] = trainable }
    let config = KerasConfig(of: request.config, className: "EinsumDense", name: name, settings)
    var weights = [request.weight("kernel", kernel)]
    if let bias { weights.append(request.weight("bias", bias)) }
    let plan = KerasPlan(config, weights: weights, outputs: [.unknown]) { call throws(TensorError) in
      throw call.fail("a part of an attention layer is called by it")
    }
    // Keras 3 finds the part by its name, Keras 2 and the grouped layer by that with an underscore.
    return ("\(attribute)|_\(attribute)", plan)
  }

  /// x [..., in] times kernel [in, a, b], with the bias [a, b].
  private static func project(_ x: Tensor, _ layer: KerasLayer) -> Tensor {
    let weights = layer.converted
    let kernel = weights[0]
    let (rows, rest) = (kernel.shape[0], Array(kernel.shape.dropFirst()))
    let product = matmul(x, kernel.reshape([rows, rest.reduce(1, *)])).reshape(x.shape.dropLast() + rest)
    return weights.count > 1 ? product + weights[1] : product
  }

  /// x [..., a, b] times kernel [a, b, out...].
  private static func join(_ x: Tensor, _ layer: KerasLayer) -> Tensor {
    let weights = layer.converted
    let kernel = weights[0]
    let (heads, rest) = (kernel.shape[0] * kernel.shape[1], Array(kernel.shape.dropFirst(2)))
    let flat = x.reshape(x.shape.dropLast(2) + [heads])
    let product = matmul(flat, kernel.reshape([heads, rest.reduce(1, *)])).reshape(x.shape.dropLast(2) + rest)
    return weights.count > 1 ? product + weights[1] : product
  }

  private struct Heads: Sendable {
    let heads: Int
    /// Heads of keys and values.
    let groups: Int
    let keySize: Int
    let axes: [Int]
    let window: Int?
    let gates: Bool
    let dropout: Double
    let isOld: Bool
  }

  private static func manyHeads(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let heads = try config.size("num_heads", in: 1...1 << 20)
    let keySize = try config.size("key_dim", in: 1...1 << 24)
    let valueSize = try config.size("value_dim", keySize, in: 1...1 << 24)
    let usesBias = try config.bool("use_bias", true)
    let gates = try config.bool("use_gate")
    let rank = request.input.rank ?? KerasShape(config["query_shape"])?.rank ?? 3
    let query = request.input.rank == nil ? KerasShape(config["query_shape"]) ?? .unknown : request.input
    let value = request.inputs.count > 1 ? request.inputs[1] : KerasShape(config["value_shape"]) ?? .unknown
    let key = request.inputs.count > 2 ? request.inputs[2] : value
    let outputs = config["output_shape"] == nil ? [query[-1]] : try config.ints("output_shape").map(Optional.init)
    let axes = config["attention_axes"] == nil ? Array(1..<max(rank - 1, 2)) : try config.ints("attention_axes")
    let settings = Heads(
      heads: heads, groups: heads, keySize: keySize, axes: axes.map { $0 < 0 ? $0 + rank : $0 },
      window: config["sliding_window"] == nil ? nil : try config.int("sliding_window"), gates: gates,
      dropout: try config.number("dropout", 0), isOld: config.isOld)
    var parts = [
      part(request, "query", "query_dense", [query[-1], heads, keySize], bias: usesBias ? [heads, keySize] : nil),
      part(request, "key", "key_dense", [key[-1], heads, keySize], bias: usesBias ? [heads, keySize] : nil),
    ]
    if gates {
      parts.append(
        part(request, "gate", "gate_dense", [query[-1], heads, valueSize], bias: usesBias ? [heads, valueSize] : nil))
    }
    parts.append(
      part(request, "value", "value_dense", [value[-1], heads, valueSize], bias: usesBias ? [heads, valueSize] : nil))
    parts.append(
      part(request, "attention_output", "output_dense", [heads, valueSize] + outputs, bias: usesBias ? outputs : nil))
    let shape = KerasShape(query.sizes.map { $0.dropLast() + outputs })
    return KerasPlan(config, parts: parts, outputs: [shape], masking: .passes) { call throws(TensorError) in
      try attend(call, settings)
    }
  }

  private static func grouped(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let size = try config.size("head_dim", in: 1...1 << 24)
    let heads = try config.size("num_query_heads", in: 1...1 << 20)
    let groups = try config.size("num_key_value_heads", in: 1...1 << 20)
    guard heads % groups == 0 else {
      throw config.fail(.format, "\(heads) heads of queries do not divide into \(groups)")
    }
    let usesBias = try config.bool("use_bias", true)
    let gates = try config.bool("use_gate")
    let settings = Heads(
      heads: heads, groups: groups, keySize: size, axes: [1],
      window: config["sliding_window"] == nil ? nil : try config.int("sliding_window"), gates: gates,
      dropout: try config.number("dropout", 0), isOld: false)
    let query = request.input
    let value = request.inputs.count > 1 ? request.inputs[1] : .unknown
    let key = request.inputs.count > 2 ? request.inputs[2] : value
    var parts = [
      part(request, "query", "query_dense", [query[-1], heads, size], bias: usesBias ? [heads, size] : nil),
      part(request, "key", "key_dense", [key[-1], groups, size], bias: usesBias ? [groups, size] : nil),
    ]
    if gates {
      parts.append(
        part(request, "gate", "gate_dense", [query[-1], heads, size], bias: usesBias ? [heads, size] : nil))
    }
    parts.append(
      part(request, "value", "value_dense", [value[-1], groups, size], bias: usesBias ? [groups, size] : nil))
    parts.append(
      part(request, "attention_output", "output_dense", [heads, size, query[-1]], bias: usesBias ? [query[-1]] : nil))
    let plan = KerasPlan(config, parts: parts, outputs: [query], masking: .passes) { call throws(TensorError) in
      try attend(call, settings)
    }
    plan.snakeName = "grouped_query_attention"
    return plan
  }

  /// The computation of both.
  private static func attend(_ call: KerasCall, _ settings: Heads) throws(TensorError) -> KerasValue {
    guard let queryValue = call.argument("query", 0)?.flat.first, let query = queryValue.tensor,
      let valueValue = call.argument("value", 1)?.flat.first, let value = valueValue.tensor
    else { throw call.fail("is called with a query and a value") }
    let keyValue = call.argument("key", 2)?.flat.first
    let key = keyValue?.tensor ?? value
    let parts = call.parts
    guard parts.count == (settings.gates ? 5 : 4), query.rank > 2,
      settings.axes.allSatisfy({ (1..<query.rank - 1).contains($0) })
    else {
      throw call.fail(
        "attends over the dimensions \(settings.axes), which a query of shape \(query.shape) does not have")
    }
    func given(_ name: String, _ value: KerasValue?) -> Tensor? {
      (call.options[name]?.flat.first?.tensor ?? value?.mask)?.to(.bool)
    }
    var mask = given("query_mask", queryValue)?.unsqueeze(-1)
    func join(_ other: Tensor?) {
      guard let other else { return }
      mask = mask.map { $0.logicalAnd(other) } ?? other
    }
    join(given("value_mask", valueValue)?.unsqueeze(-2))
    join(given("key_mask", keyValue)?.unsqueeze(-2))
    if call.flag("use_causal_mask") { join(causalMask(query.shape[1], value.shape[1]).unsqueeze(0)) }
    if let window = settings.window {
      let (rows, columns) = (arange(0, query.shape[1]), arange(0, value.shape[1]))
      join((rows.unsqueeze(1) - columns.unsqueeze(0)).abs().lt(window).unsqueeze(0))
    }
    join(call.argument("attention_mask", 6)?.flat.first?.tensor?.to(.bool))

    // [batch, rest..., heads, attended, size]: the attended dimensions become one.
    let kept = (1..<query.rank - 1).filter { !settings.axes.contains($0) }
    func turned(_ x: Tensor) -> Tensor {
      let heads = x.rank - 2
      let order = [0] + kept + [heads] + settings.axes + [x.rank - 1]
      let moved = x.permute(order)
      let lead = Array(moved.shape.prefix(kept.count + 2))
      return moved.reshape(lead + [settings.axes.map { x.shape[$0] }.reduce(1, *), x.shape[x.rank - 1]])
    }
    let projections = [project(query, parts[0]), project(key, parts[1]), project(value, parts[parts.count - 2])]
    if let failed = projections.first(where: { $0.hasFailed }) { return KerasValue(failed) }
    guard key.rank == query.rank, value.rank == query.rank else {
      throw call.fail(
        "is called with a query of shape \(query.shape), a key of \(key.shape) and a value of \(value.shape)")
    }
    let gate = settings.gates ? project(query, parts[2]).sigmoid() : nil
    let q = turned(projections[0] * (1 / Double(settings.keySize).squareRoot()))
    var k = turned(projections[1])
    var v = turned(projections[2])
    if settings.groups < settings.heads {
      k = k.repeatInterleave(settings.heads / settings.groups, dim: 1)
      v = v.repeatInterleave(settings.heads / settings.groups, dim: 1)
    }
    let wantsScores = call.flag("return_attention_scores")
    var scores = matmul(q, k.transpose(-2, -1))
    if var mask {
      let attended = settings.axes.count
      let full = query.rank + attended + kept.count - 0
      // The mask's own dimensions are the batch, those that are kept, and the attended ones twice.
      if attended > 1 || !kept.isEmpty {
        while mask.rank < 1 + kept.count + 1 + 2 * attended, mask.rank < full + 8 {
          mask = mask.unsqueeze(-2 * attended - 1)
        }
        let sizes = settings.axes.map { query.shape[$0] } + settings.axes.map { value.shape[$0] }
        mask = mask.broadcastTo(Array(mask.shape.dropLast(2 * attended)) + sizes)
        let flat = [sizes.prefix(attended).reduce(1, *), sizes.suffix(attended).reduce(1, *)]
        mask = mask.reshape(Array(mask.shape.dropLast(2 * attended)) + flat)
      } else {
        while mask.rank < scores.rank { mask = mask.unsqueeze(-3) }
      }
      // Rows without anything to attend to: the mean of all, but zeros where Keras computes the scores apart.
      let apart = !settings.isOld && (wantsScores || settings.dropout > 0 || query.rank != 3)
      scores =
        apart
        ? KerasActivationLayers.masked(scores, mask.broadcastTo(scores.shape), [-1])
        : softmax(scores.maskedFill(mask.logicalNot(), scores.dtype == .float16 ? -3e4 : -1e9), dim: -1)
    } else {
      scores = softmax(scores, dim: -1)
    }
    // Back to [batch, dimensions..., heads, size].
    let product = matmul(scores, v)
    if product.hasFailed { return KerasValue(product) }
    let spread = product.reshape(
      product.shape.prefix(kept.count + 2) + settings.axes.map { query.shape[$0] } + [product.shape[product.rank - 1]])
    var back = [Int](repeating: 0, count: spread.rank)
    for (i, axis) in kept.enumerated() { back[axis] = i + 1 }
    for (i, axis) in settings.axes.enumerated() { back[axis] = kept.count + 2 + i }
    back[spread.rank - 2] = kept.count + 1
    back[spread.rank - 1] = spread.rank - 1
    var heads = spread.permute(back)
    if let gate { heads = heads * gate }
    let output = KerasValue(Self.join(heads, parts[parts.count - 1]))
    return wantsScores ? .list([output, KerasValue(scores)]) : output
  }
}
