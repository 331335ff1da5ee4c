import ApusCore
import ApusFunctional

/// `softmax(query @ key^T * scale) @ value` over the positions of all processes, of which each has its own (Liu et al., 2023). Keys and
/// values go round in a ring, the next ones on their way while the present ones are computed with, and results are merged
/// by the logarithms of their sums, which cannot overflow.
///
/// - Parameters:
///   - query: `[batch, heads, count, width]`, the positions of this process.
///   - key, value: `[batch, shared heads, count, width]`; each is shared by a group of neighbouring heads of queries.
///   - context: which positions these are.
///   - isCausal: whether a position sees only those up to itself.
///   - scale: 1 / sqrt(width) if nil.
/// - Returns: `[batch, heads, count, width of values]`.
public func ringAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ context: ContextParallel, isCausal: Bool = false,
  scale: Double? = nil
) -> Tensor {
  let ring = RingAttention(
    context: context, isCausal: isCausal, scale: scale ?? 1 / Double(max(1, query.shape.last ?? 1)).squareRoot())
  return apply(ring, [query, key, value])[0]
}

/// The result, and the logarithm of the sum of each query's exponentials.
private struct RingAttention: Primitive {
  let context: ContextParallel
  let isCausal: Bool
  let scale: Double
  var name: String { "RingAttention" }
  var saves: Saves { [.inputs, .outputs] }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (q, k, v) = (inputs[0], inputs[1], inputs[2])
    guard q.shape.count == 4, k.shape.count == 4, v.shape.count == 4, q.shape[3] == k.shape[3],
      k.shape.dropLast() == v.shape.dropLast(), q.shape[0] == k.shape[0], q.shape[2] == k.shape[2]
    else {
      throw TensorError(
        .shape, "ringAttention",
        "needs query [batch, heads, count, width], key and value [batch, shared heads, count, width], and found "
          + "\(q.shape), \(k.shape) and \(v.shape)")
    }
    guard k.shape[1] > 0, q.shape[1] % k.shape[1] == 0 else {
      throw TensorError(
        .shape, "ringAttention", "the \(q.shape[1]) heads of queries cannot be shared out to \(k.shape[1])")
    }
    let count = context.counts[context.group.rank]
    guard q.shape[2] == count else {
      throw TensorError(
        .shape, "ringAttention",
        "this process has \(count) of \(context.length) positions, and the query has \(q.shape[2])")
    }
    guard q.dtype.isFloatingPoint, q.dtype == k.dtype, q.dtype == v.dtype else {
      throw TensorError(
        .dtype, "ringAttention",
        "needs floating point tensors of one type, and found \(q.dtype), \(k.dtype) and \(v.dtype)")
    }
    return [
      TensorType(q.shape.dropLast() + [v.shape[3]], q.dtype),
      TensorType(q.shape.dropLast() + [1], q.dtype.size < 4 ? .float32 : q.dtype),
    ]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (output, sums) = try noGrad { () throws(TensorError) in
      try Ring(context, inputs, isCausal: isCausal, scale: scale).forward()
    }
    try results[0].fill(from: output.to(results[0].dtype))
    try results[1].fill(from: sums)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let gradient = RingAttentionGradient(context: context, isCausal: isCausal, scale: scale)
    let inputs = [0, 1, 2].map { node.input($0) } + [node.output(0), node.output(1), single(node, cotangents)]
    return results(apply(gradient, inputs), 3)
  }
}

/// The gradients of query, key and value, from these, the results and the gradient of the first of them.
private struct RingAttentionGradient: Primitive {
  let context: ContextParallel
  let isCausal: Bool
  let scale: Double
  var name: String { "RingAttentionGradient" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { Array(inputs[..<3]) }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let gradients = try noGrad { () throws(TensorError) in
      try Ring(context, inputs, isCausal: isCausal, scale: scale).backward(inputs[3], inputs[4], inputs[5])
    }
    for (gradient, result) in zip(gradients, results) { try result.fill(from: gradient.to(result.dtype)) }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    throw TensorError(.autograd, "ringAttention", "has first derivatives alone")
  }
}

/// One way round.
private struct Ring {
  private let context: ContextParallel
  private let query, key, value: Tensor
  private let isCausal: Bool
  private let scale: Double
  /// How many heads of queries share one of keys and values.
  private let sharing: Int

  private var group: ProcessGroup { context.group }

  init(_ context: ContextParallel, _ inputs: [Tensor], isCausal: Bool, scale: Double) {
    (self.context, self.isCausal, self.scale) = (context, isCausal, scale)
    (query, key, value) = (inputs[0].widened, inputs[1].widened, inputs[2].widened)
    sharing = query.size(1) / key.size(1)
  }

  /// A run of queries `[batch, heads, ...]` as `[batch, shared heads, sharing * count, ...]`.
  private func folded(_ x: Tensor, _ run: ContextParallel.Run) -> Tensor {
    x.narrow(2, run.offset, run.count).reshape([x.size(0), key.size(1), sharing * run.count, x.size(3)])
  }

  private func unfolded(_ x: Tensor, _ run: ContextParallel.Run) -> Tensor {
    x.reshape([x.size(0), query.size(1), run.count, x.size(3)])
  }

  private var runs: [ContextParallel.Run] { context.runs[group.rank].filter { $0.count > 0 } }

  /// Calls `body` with the keys and values of each process in turn, and whose they are. Others' tensors that `body` leaves travel
  /// with them.
  private func goRound(
    _ body: (_ owner: Int, _ key: Tensor, _ value: Tensor) throws(TensorError) -> Void
  ) throws(TensorError) {
    var (key, value) = (key, value)
    for step in 0..<group.size {
      let owner = group.rank.moved(-step, in: group.size)
      var coming: Work<[Tensor]>?
      if step + 1 < group.size {
        let count = context.counts[group.rank.moved(-step - 1, in: group.size)]
        coming = try group.startRotation(
          [key, value], by: 1, receiving: [key.shape.with(count, at: 2), value.shape.with(count, at: 2)])
      }
      try body(owner, key, value)
      if let next = try coming?.wait() { (key, value) = (next[0], next[1]) }
    }
  }

  /// Whether queries of `run` see keys of `other`: all, some (the mask, of one run to itself), or none (nil).
  private func visible(_ run: ContextParallel.Run, _ other: ContextParallel.Run) -> (seen: Bool, mask: Tensor?) {
    guard isCausal else { return (true, nil) }
    if other.start + other.count <= run.start + 1 { return (true, nil) }
    if other.start >= run.start + run.count { return (false, nil) }
    let away = (arange(other.count) + other.start) - (arange(run.count) + run.start).unsqueeze(1)
    let hidden = away.gt(0)
    return (true, sharing == 1 ? hidden : hidden.repeat([sharing, 1]))
  }

  private func scores(_ query: Tensor, _ key: Tensor, _ hidden: Tensor?) -> Tensor {
    let scores = matmul(query, key.mT) * scale
    return hidden.map { scores.maskedFill($0, -Double.infinity) } ?? scores
  }

  /// The result, and the logarithms of the sums.
  func forward() throws(TensorError) -> (Tensor, Tensor) {
    let runs = runs
    var present = [(output: Tensor, sums: Tensor)?](repeating: nil, count: runs.count)
    try goRound { owner, key, value throws(TensorError) in
      for (i, run) in runs.enumerated() {
        let own = folded(query, run)
        for other in context.runs[owner] where other.count > 0 {
          let (isSeen, mask) = visible(run, other)
          guard isSeen else { continue }
          let scores = scores(own, key.narrow(2, other.offset, other.count), mask)
          let sums = scores.logsumexp(-1, keepDim: true)
          let output = matmul((scores - sums).exp(), value.narrow(2, other.offset, other.count))
          guard let known = present[i] else {
            present[i] = (output, sums)
            continue
          }
          let merged = known.sums.logaddexp(sums)
          present[i] = (
            known.output * (known.sums - merged).exp() + output * (sums - merged).exp(), merged
          )
        }
      }
    }
    let found = zip(present, runs).compactMap { found, run in
      found.map { (unfolded($0.output, run), unfolded($0.sums, run)) }
    }
    return (cat(found.map(\.0), dim: 2), cat(found.map(\.1), dim: 2))
  }

  /// The gradients of query, key and value. Those of keys and values travel on behind them, and come home in the end.
  func backward(_ output: Tensor, _ sums: Tensor, _ gradient: Tensor) throws(TensorError) -> [Tensor] {
    let runs = runs
    let gradient = gradient.widened
    let inner = (gradient * output.widened).sum([-1], keepDim: true)
    var queryGradients = runs.map { Tensor.zeros(folded(query, $0).shape, dtype: query.dtype) }
    // Of the keys that are here at present.
    var travelling: [Tensor] = []
    var coming: Work<[Tensor]>?
    try goRound { owner, key, value throws(TensorError) in
      var keyGradients = context.runs[owner].map { Tensor.zeros(key.shape.with($0.count, at: 2), dtype: key.dtype) }
      var valueGradients = context.runs[owner].map {
        Tensor.zeros(value.shape.with($0.count, at: 2), dtype: value.dtype)
      }
      for (i, run) in runs.enumerated() {
        let (own, ownSums) = (folded(query, run), folded(sums, run))
        let (ownGradient, ownInner) = (folded(gradient, run), folded(inner, run))
        for (j, other) in context.runs[owner].enumerated() where other.count > 0 {
          let (isSeen, mask) = visible(run, other)
          guard isSeen else { continue }
          let (keys, values) = (key.narrow(2, other.offset, other.count), value.narrow(2, other.offset, other.count))
          let weights = (scores(own, keys, mask) - ownSums).exp()
          valueGradients[j] = valueGradients[j] + matmul(weights.mT, ownGradient)
          let scoreGradients = weights * (matmul(ownGradient, values.mT) - ownInner) * scale
          queryGradients[i] = queryGradients[i] + matmul(scoreGradients, keys)
          keyGradients[j] = keyGradients[j] + matmul(scoreGradients.mT, own)
        }
      }
      let found = [cat(keyGradients, dim: 2), cat(valueGradients, dim: 2)]
      if let arrived = try coming?.wait() {
        travelling = zip(arrived, found).map { $0 + $1 }
      } else {
        travelling = found
      }
      // On to the process that has these keys next; the last step is the way home.
      let count = context.counts[owner.moved(-1, in: group.size)]
      coming = try group.startRotation(
        travelling, by: 1, receiving: [key.shape.with(count, at: 2), value.shape.with(count, at: 2)])
    }
    let home = try coming?.wait() ?? travelling
    return [cat(zip(queryGradients, runs).map { unfolded($0, $1) }, dim: 2), home[0], home[1]]
  }
}
