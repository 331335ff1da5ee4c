import ApusCore
import ApusFunctional

// Attention of ai.onnx from opset 23 on. Scores, their cap, the mask and the weights are computed in this order:
// softmax(cap(Q Kᵀ scale) + bias) V.

/// What an attention is asked for, apart from its operands.
struct AttentionRequest {
  var scale: Double?
  var isCausal = false
  var softCap = 0.0
  /// The type that weights are computed in.
  var softmaxType: DType?
  /// How many keys before and behind a query it sees; nil: all.
  var before: Int?
  var after: Int?
  /// 0: scores; 1: with their cap; 2: with the mask as well; 3: weights.
  var scoreKind = 0
  var wantsScores = false
}

/// The operands of an attention over heads `[N, heads, length, size]`.
struct AttentionOperands {
  var query: Tensor
  var key: Tensor
  var value: Tensor
  /// Additive, or true where a key takes part; broadcast to `[N, heads, queries, keys]`.
  var mask: Tensor?
  /// How many positions of the keys precede the first query.
  var offset = 0
  /// How many keys of each sample count, `[N]`, where keys are padded.
  var keyCounts: Tensor?
}

extension ONNXOperators {
  static func attention(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (q, k, v) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    let (pastKey, pastValue) = (try call.optionalTensor(4), try call.optionalTensor(5))
    guard q.rank == k.rank, k.rank == v.rank, q.rank == 3 || q.rank == 4 else {
      throw call.error(.shape, "needs Q, K and V of 3 or of 4 dimensions, and found \(q.shape), \(k.shape), \(v.shape)")
    }
    guard (pastKey == nil) == (pastValue == nil) else {
      throw call.error(.value, "needs past_key and past_value together")
    }
    let heads = (try call.optionalInt("q_num_heads"), try call.optionalInt("kv_num_heads"))
    var operands = AttentionOperands(
      query: try call.heads(q, heads.0, "q_num_heads"), key: try call.heads(k, heads.1, "kv_num_heads"),
      value: try call.heads(v, heads.1, "kv_num_heads"))
    if let pastKey, let pastValue {
      operands.key = cat([pastKey, operands.key], dim: 2)
      operands.value = cat([pastValue, operands.value], dim: 2)
      operands.offset = pastKey.size(2)
    }
    operands.mask = try call.optionalTensor(3)
    operands.keyCounts = try call.optionalTensor(6)
    var request = AttentionRequest(
      scale: try call.optionalFloat("scale"), isCausal: try call.int("is_causal", 0) != 0,
      softCap: try call.float("softcap", 0), scoreKind: try call.int("qk_matmul_output_mode", 0))
    request.softmaxType = try call.optionalDType("softmax_precision")
    let windows = (try call.int("left_window_size", -1), try call.int("right_window_size", -1))
    guard windows.0 >= -1, windows.1 >= -1, (0...3).contains(request.scoreKind) else {
      throw call.error(.value, "needs window sizes from -1 on and a qk_matmul_output_mode of 0 to 3")
    }
    request.before = windows.0 < 0 ? nil : windows.0
    request.after = windows.1 < 0 ? nil : windows.1
    request.wantsScores = call.wants(3)
    let (made, scores) = try attend(operands, request, call)
    let output = q.rank == 3 ? made.transpose(1, 2).flatten(2) : made
    return [.tensor(output), .tensor(operands.key), .tensor(operands.value), scores.map { .tensor($0) }]
  }

  /// What an attention gives, and what was asked for of its scores.
  static func attend(
    _ operands: AttentionOperands, _ request: AttentionRequest, _ call: ONNXCall
  ) throws -> (Tensor, scores: Tensor?) {
    let q = operands.query
    let (queryHeads, keyHeads) = (q.size(1), operands.key.size(1))
    guard keyHeads > 0, queryHeads % keyHeads == 0, operands.value.size(1) == keyHeads, q.size(3) > 0 else {
      throw call.error(
        .shape,
        "needs heads of the queries that are a multiple of those of keys and values, and found \(q.shape), "
          + "\(operands.key.shape), \(operands.value.shape)")
    }
    let scale = request.scale ?? 1 / Double(q.size(3)).squareRoot()
    let isPlain = request.before == nil && request.after == nil && operands.keyCounts == nil && operands.mask == nil
    if isPlain, !request.wantsScores, request.softmaxType == nil || request.softmaxType == q.dtype {
      let made = scaledDotProductAttention(
        q, operands.key, operands.value, isCausal: request.isCausal, scale: scale,
        enableGQA: queryHeads != keyHeads, softCap: request.softCap > 0 ? request.softCap : nil,
        position: operands.offset)
      return (made, nil)
    }
    var (key, value) = (operands.key, operands.value)
    if queryHeads != keyHeads {
      key = key.repeatInterleave(queryHeads / keyHeads, dim: 1)
      value = value.repeatInterleave(queryHeads / keyHeads, dim: 1)
    }
    // Both operands are scaled by the root, which keeps products of 16 bits in range.
    let root = scale.squareRoot()
    let product = (q * root).matmul((key * root).transpose(2, 3))
    var scores = product
    if request.softCap > 0 { scores = (scores / request.softCap).tanh() * request.softCap }
    let capped = scores
    let bias = try attentionBias(operands, request, type: q.dtype, call)
    var empty: Tensor?
    if let bias {
      scores = scores + bias
      empty = bias.amax([-1], keepDim: true).isneginf()
    }
    let biased = scores
    if let type = request.softmaxType { scores = scores.to(type) }
    // A query that sees no key has weights 0; softmax would make them NaN, and so would its derivative.
    if let empty { scores = scores.maskedFill(empty, 0) }
    var weights = scores.softmax(-1)
    if let empty { weights = weights.maskedFill(empty, 0) }
    weights = weights.to(q.dtype)
    let asked = [product, capped, biased, weights][request.scoreKind]
    return (weights.matmul(value), request.wantsScores ? asked : nil)
  }

  /// What is added to the scores: 0 or the mask's number where a key is seen, minus infinity where it is not. Nil: nothing.
  private static func attentionBias(
    _ operands: AttentionOperands, _ request: AttentionRequest, type: DType, _ call: ONNXCall
  ) throws -> Tensor? {
    let (queries, keys) = (operands.query.size(2), operands.key.size(2))
    var hidden: [Tensor] = []
    if request.isCausal || request.before != nil || request.after != nil {
      var places = arange(queries).reshape([queries, 1])
      if let counts = operands.keyCounts {
        places = places + (counts.to(.int64) - queries).reshape([-1, 1, 1, 1])
      } else {
        places = places + operands.offset
      }
      let ahead = arange(keys).reshape([1, keys]) - places
      if request.isCausal { hidden.append(ahead.gt(0)) }
      if let after = request.after { hidden.append(ahead.gt(after)) }
      if let before = request.before { hidden.append(ahead.lt(-before)) }
    }
    if let counts = operands.keyCounts {
      hidden.append(arange(keys).reshape([1, 1, 1, keys]).ge(counts.to(.int64).reshape([-1, 1, 1, 1])))
    }
    var bias: Tensor?
    if let mask = operands.mask {
      guard mask.rank > 0, mask.size(-1) <= keys else {
        throw call.error(.shape, "needs a mask of at most \(keys) keys, and found \(mask.shape)")
      }
      let missing = keys - mask.size(-1)
      if mask.dtype == .bool {
        let seen = missing > 0 ? mask.to(.uint8).pad([0, missing], value: 0).to(.bool) : mask
        hidden.append(seen.logicalNot())
      } else {
        bias = (missing > 0 ? mask.pad([0, missing], value: -Double.infinity) : mask).to(type)
      }
    }
    guard let first = hidden.first else { return bias }
    let unseen = hidden.dropFirst().reduce(first) { $0.logicalOr($1) }
    let base = bias ?? Tensor.zeros([1, 1], dtype: type)
    return `where`(unseen, Tensor.full([], -Double.infinity, dtype: type), base)
  }

  /// Attention whose scores and weights are changed by graphs of the model.
  static func flexAttention(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (q, k, v) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    guard q.rank == 4, k.rank == 4, v.rank == 4, k.size(1) > 0, q.size(1) % k.size(1) == 0 else {
      throw call.error(.shape, "needs Q, K and V of 4 dimensions, and found \(q.shape), \(k.shape), \(v.shape)")
    }
    let type = try call.optionalDType("softmax_precision") ?? (q.dtype == .float64 ? .float64 : .float32)
    let scale = try call.optionalFloat("scale") ?? 1 / Double(Swift.max(q.size(3), 1)).squareRoot()
    let shared = q.size(1) / k.size(1)
    let key = shared > 1 ? k.repeatInterleave(shared, dim: 1) : k
    let value = shared > 1 ? v.repeatInterleave(shared, dim: 1) : v
    func changed(_ tensor: Tensor, by name: String) throws -> Tensor {
      guard call.hasAttribute(name) else { return tensor }
      let made = try call.node.subgraph(name)([.tensor(tensor)], in: call)
      guard made.count == 1, case .tensor(let result) = made[0] else {
        throw call.error(.value, "needs a graph '\(name)' that gives one tensor")
      }
      return result
    }
    let scores = q.to(type).matmul(key.to(type).transpose(2, 3)) * scale
    let weights = try changed(changed(scores, by: "score_mod").softmax(-1), by: "prob_mod")
    return [.tensor(weights.to(q.dtype).matmul(value))]
  }
}

extension ONNXCall {
  /// `[N, length, heads size]` as `[N, heads, length, size]`; what has 4 dimensions already as it is.
  func heads(_ x: Tensor, _ count: Int?, _ name: String) throws -> Tensor {
    guard x.rank == 3 else { return x }
    guard let count, count > 0, x.size(2) % count == 0 else {
      throw error(.value, "needs '\(name)' that divides the last dimension of \(x.shape), and found \(count ?? 0)")
    }
    return x.reshape([x.size(0), x.size(1), count, x.size(2) / count]).transpose(1, 2)
  }
}
