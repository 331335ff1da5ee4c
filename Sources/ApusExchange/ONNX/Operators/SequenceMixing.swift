import ApusCore
import ApusFunctional

// Operators of language models beside attention: rotary positions, caches, linear attention, causal convolution.

extension ONNXOperators {
  /// Turns pairs of each head's features by angles of their position.
  static func rotaryEmbedding(_ call: ONNXCall) throws -> [ONNXValue?] {
    let x = try call.tensor(0)
    var (cosine, sine) = (try call.tensor(1), try call.tensor(2))
    let places = try call.optionalTensor(3)
    guard x.rank == 3 || x.rank == 4 else { throw call.error(.shape, "needs 3 or 4 dimensions, and found \(x.shape)") }
    // [N, length, heads, size]
    var rows = x
    if x.rank == 4 {
      rows = x.transpose(1, 2)
    } else {
      let heads = try call.int("num_heads", 0)
      guard heads > 0, x.size(2) % heads == 0 else {
        throw call.error(.value, "needs 'num_heads' that divides the last dimension of \(x.shape), and found \(heads)")
      }
      rows = x.reshape([x.size(0), x.size(1), heads, x.size(2) / heads])
    }
    let asked = try call.int("rotary_embedding_dim", 0)
    let turned = asked == 0 ? rows.size(3) : asked
    guard turned > 0, turned <= rows.size(3), turned % 2 == 0 else {
      throw call.error(.value, "cannot turn \(turned) of \(rows.size(3)) features in pairs")
    }
    if let places {
      let index = places.to(.int64)
      cosine = cosine.indexSelect(0, index.reshape([-1])).reshape(index.shape + [cosine.size(-1)])
      sine = sine.indexSelect(0, index.reshape([-1])).reshape(index.shape + [sine.size(-1)])
    }
    guard cosine.rank == 3, cosine.shape == sine.shape, cosine.size(-1) == turned / 2 else {
      throw call.error(
        .shape, "needs caches of \(turned / 2) angles for each position, and found \(cosine.shape) and \(sine.shape)")
    }
    (cosine, sine) = (cosine.unsqueeze(2), sine.unsqueeze(2))
    let part = rows.narrow(3, 0, turned)
    let isInterleaved = try call.int("interleaved", 0) != 0
    let (a, b): (Tensor, Tensor)
    if isInterleaved {
      (a, b) = (part.slice(3, 0, nil, 2), part.slice(3, 1, nil, 2))
    } else {
      (a, b) = (part.narrow(3, 0, turned / 2), part.narrow(3, turned / 2, turned / 2))
    }
    let (real, imaginary) = (cosine * a - sine * b, sine * a + cosine * b)
    var made =
      isInterleaved ? stack([real, imaginary], dim: -1).reshape(part.shape) : cat([real, imaginary], dim: 3)
    if turned < rows.size(3) { made = cat([made, rows.narrow(3, turned, rows.size(3) - turned)], dim: 3) }
    return [.tensor(x.rank == 4 ? made.transpose(1, 2) : made.reshape(x.shape))]
  }

  /// Writes new entries of a cache at each sample's place.
  static func tensorScatter(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (past, update) = (try call.tensor(0), try call.tensor(1))
    let axis = try call.axis("axis", -2, rank: past.rank)
    let isCircular = try call.string("mode", "linear") == "circular"
    guard past.rank == update.rank, axis > 0,
      (0..<past.rank).allSatisfy({ $0 == axis || past.size($0) == update.size($0) }),
      update.size(axis) <= past.size(axis)
    else {
      throw call.error(.shape, "cannot write \(update.shape) into \(past.shape) along dimension \(axis)")
    }
    let length = past.size(axis)
    let starts =
      try call.optionalTensor(2)?.array(as: Int64.self).map { Int($0) } ?? [Int](repeating: 0, count: past.size(0))
    guard starts.count == past.size(0) else {
      throw call.error(.shape, "needs a place for each of \(past.size(0)) samples, and found \(starts.count)")
    }
    var index: [Int64] = []
    for start in starts {
      for step in 0..<update.size(axis) {
        let (sum, _) = start.addingReportingOverflow(step)
        let place = isCircular && length > 0 ? ((sum % length) + length) % length : sum
        guard place >= 0, place < length else {
          throw call.error(.index, "writes at \(place), and the cache has \(length) entries")
        }
        index.append(Int64(place))
      }
    }
    var shape = [Int](repeating: 1, count: past.rank)
    (shape[0], shape[axis]) = (past.size(0), update.size(axis))
    let places = Tensor(index, shape: shape).expand(update.shape)
    return [.tensor(past.scatter(axis, places, update))]
  }

  /// A state `S` of each head that takes up keys and values one after the other; queries read it.
  static func linearAttention(_ call: ONNXCall) throws -> [ONNXValue?] {
    let inputs = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
    guard inputs.0.rank == 3, inputs.1.rank == 3, inputs.2.rank == 3 else {
      throw call.error(.shape, "needs queries, keys and values of 3 dimensions")
    }
    let (queryHeads, heads) = (try call.int("q_num_heads", 0), try call.int("kv_num_heads", 0))
    guard heads > 0, queryHeads > 0, queryHeads % heads == 0 else {
      throw call.error(
        .value, "needs q_num_heads that is a multiple of kv_num_heads, and found \(queryHeads), \(heads)")
    }
    let rule = try call.string("update_rule", "gated_delta")
    guard ["linear", "gated", "delta", "gated_delta"].contains(rule) else {
      throw call.error(.value, "knows no update_rule '\(rule)'; there are linear, gated, delta and gated_delta")
    }
    let type = inputs.0.dtype
    let wide: DType = type == .float64 ? .float64 : .float32
    let q = try call.heads(inputs.0, queryHeads, "q_num_heads").to(wide)
    let k = try call.heads(inputs.1, heads, "kv_num_heads").to(wide)
    let v = try call.heads(inputs.2, heads, "kv_num_heads").to(wide)
    let (samples, steps, size) = (q.size(0), q.size(2), q.size(3))
    func gate(_ i: Int, _ isNeeded: Bool, _ name: String) throws -> Tensor? {
      guard isNeeded else { return nil }
      let tensor = try call.tensor(i)
      guard tensor.rank == 3, tensor.size(0) == samples, tensor.size(1) == steps else {
        throw call.error(.shape, "needs \(name) for each step, and found \(tensor.shape)")
      }
      // [N, heads or 1, steps, size or 1]
      let parts = tensor.size(2) == 1 ? 1 : heads
      guard tensor.size(2) % parts == 0 else {
        throw call.error(.shape, "needs \(name) of \(heads) heads, and found \(tensor.shape)")
      }
      return tensor.to(wide).reshape([samples, steps, parts, tensor.size(2) / parts]).transpose(1, 2)
    }
    let decay = try gate(4, rule.hasPrefix("gated"), "decay")?.exp()
    let rate = try gate(5, rule.hasSuffix("delta"), "beta")
    let past = try call.optionalTensor(3)
    var state = past?.to(wide) ?? Tensor.zeros([samples, heads, size, v.size(3)], dtype: wide)
    guard state.shape == [samples, heads, size, v.size(3)] else {
      throw call.error(.shape, "needs a state of shape \([samples, heads, size, v.size(3)]), and found \(state.shape)")
    }
    let given = try call.float("scale", 0)
    let scale = given == 0 ? 1 / Double(Swift.max(size, 1)).squareRoot() : given
    var outputs: [Tensor] = []
    for t in 0..<steps {
      let key = k.narrow(2, t, 1)
      var value = v.narrow(2, t, 1)
      if let decay { state = state * decay.narrow(2, t, 1).transpose(2, 3) }
      if let rate { value = rate.narrow(2, t, 1) * (value - key.matmul(state)) }
      state = state + key.transpose(2, 3).matmul(value)
      let read = queryHeads == heads ? state : state.repeatInterleave(queryHeads / heads, dim: 1)
      outputs.append(q.narrow(2, t, 1).matmul(read) * scale)
    }
    let made =
      outputs.isEmpty
      ? Tensor.zeros([samples, 0, queryHeads * v.size(3)], dtype: type)
      : cat(outputs, dim: 2).transpose(1, 2).flatten(2).to(type)
    return [.tensor(made), .tensor(state.to(past?.dtype ?? type))]
  }

  /// A depthwise convolution over time that sees no later step; what it saw last goes on to the next call.
  static func causalConvolution(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (x, weight) = (try call.tensor(0), try call.tensor(1))
    guard x.rank == 3, weight.rank == 3, weight.size(0) == x.size(1), weight.size(1) == 1, weight.size(2) > 0 else {
      throw call.error(.shape, "needs an input [N, C, L] and a weight [C, 1, K], and found \(x.shape), \(weight.shape)")
    }
    let behind = weight.size(2) - 1
    let past = try call.optionalTensor(3) ?? Tensor.zeros([x.size(0), x.size(1), behind], dtype: x.dtype)
    let whole = cat([past, x], dim: 2)
    var made = convolution(
      1, whole, weight, try call.optionalTensor(2), stride: [1], padding: .none, dilation: [1], groups: x.size(1))
    switch try call.string("activation", "none") {
    case "none": break
    case "silu", "swish": made = made.silu()
    case let name: throw call.error(.value, "knows no activation '\(name)'; there are none, silu and swish")
    }
    return [.tensor(made), .tensor(whole.narrow(2, whole.size(2) - behind, behind))]
  }

  /// `swish(a) b`.
  static func swiGLU(_ call: ONNXCall) throws -> [ONNXValue?] {
    let (a, b) = (try call.tensor(0), try call.tensor(1))
    return [.tensor(a * (a * (try call.float("alpha", 1))).sigmoid() * b)]
  }
}
