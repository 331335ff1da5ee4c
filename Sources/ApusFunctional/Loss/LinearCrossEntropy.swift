import ApusCore

// The cross entropy of a linear layer's results, as the head of a language model has it.

/// How ``linearCrossEntropy(_:_:_:linearBias:weight:reduction:ignoreIndex:labelSmoothing:options:)`` goes through a batch in parts, so
/// that the logits of all rows never exist at once. Backward computes them again. PyTorch's `LinearCrossEntropyOptions`; unlike
/// there, derivatives of any order and every transformation go through.
public struct LinearCrossEntropyOptions: Sendable, Hashable, CustomStringConvertible {
  /// Kept for PyTorch's sake: a graph can always be used again.
  public var allowRetainGraph: Bool
  /// Rows in a part; nil: as `chunkingMethod` says.
  public var batchChunkSize: Int?
  /// `"auto"`, `"aspect_ratio"` or `"aspect_ratio:4"`: parts whose logits take the memory of the input, or a fourth of it; nil: all
  /// rows at once.
  public var chunkingMethod: String?
  /// Kept for PyTorch's sake: sums are formed in the accumulation type of the elements.
  public var accPolicy: String
  /// Kept for PyTorch's sake, as ``accPolicy``.
  public var accDtype: DType?

  /// Parts of the size that `chunkingMethod` chooses, unless `batchChunkSize` tells it.
  public init(
    allowRetainGraph: Bool = false, batchChunkSize: Int? = nil, chunkingMethod: String? = "auto",
    accPolicy: String = "auto", accDtype: DType? = nil
  ) {
    self.allowRetainGraph = allowRetainGraph
    self.batchChunkSize = batchChunkSize
    self.chunkingMethod = chunkingMethod
    self.accPolicy = accPolicy
    self.accDtype = accDtype
  }

  public var description: String {
    func quoted(_ text: String?) -> String { text.map { "'\($0)'" } ?? "None" }
    return "LinearCrossEntropyOptions(allow_retain_graph=\(allowRetainGraph ? "True" : "False"), "
      + "batch_chunk_size=\(batchChunkSize.map { "\($0)" } ?? "None"), chunking_method=\(quoted(chunkingMethod)), "
      + "acc_policy=\(quoted(accPolicy)), acc_dtype=\(accDtype.map { "torch.\($0)" } ?? "None"))"
  }

  /// How many of `rows` are computed at once.
  func chunk(rows: Int, features: Int, classes: Int) throws(TensorError) -> Int {
    let operation = "linear_cross_entropy"
    guard ["auto", "accurate", "compact"].contains(accPolicy) else {
      throw TensorError(
        .value, operation, "accPolicy must be 'auto', 'accurate' or 'compact', and found '\(accPolicy)'")
    }
    if let batchChunkSize {
      guard batchChunkSize > 0 else {
        throw TensorError(.value, operation, "batchChunkSize must be positive, and found \(batchChunkSize)")
      }
      return min(batchChunkSize, max(1, rows))
    }
    guard let chunkingMethod else { return max(1, rows) }
    var divisor = 1
    if chunkingMethod != "auto", chunkingMethod != "aspect_ratio" {
      guard chunkingMethod.hasPrefix("aspect_ratio:"), let given = Int(chunkingMethod.dropFirst(13)), given >= 1 else {
        throw TensorError(
          .value, operation,
          "chunkingMethod must be 'auto', 'aspect_ratio' or 'aspect_ratio:N' with N of 1 or more, and found '\(chunkingMethod)'"
        )
      }
      divisor = given
    }
    let ratio = max(1, (classes + max(1, features) - 1) / max(1, features))
    let wanted = (rows + ratio - 1) / ratio
    var size = 1
    while size < wanted { size *= 2 }
    return max(1, min(rows, size / divisor))
  }
}

/// ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)`` of the logits `linear(x, linearWeight, linearBias)`, PyTorch's
/// `nn.functional.linear_cross_entropy`.
///
/// - Parameters:
///   - x: `[in]` or `[N, in]`.
///   - linearWeight: `[classes, in]`, or `[classes, d1, ..., in]` for targets `[N, d1, ...]`.
///   - target: class indices, or probabilities of the logits' shape, with which there is no `ignoreIndex`.
///   - linearBias: of the weight's shape without its last dimension.
///   - weight: a factor for each class.
///   - ignoreIndex: the index of targets that do not count; -100 unless given.
///   - options: how to go through the batch in parts.
public func linearCrossEntropy(
  _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, linearBias: Tensor? = nil, weight: Tensor? = nil,
  reduction: LossReduction = .mean, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
  options: LinearCrossEntropyOptions? = nil
) -> Tensor {
  attempt(x, linearWeight, target, linearBias, weight) { () throws(TensorError) in
    let operation = "linear_cross_entropy"
    guard x.rank == 1 || x.rank == 2 else {
      throw TensorError(.shape, operation, "needs an input of shape [in] or [N, in], and found \(x.shape)")
    }
    guard linearWeight.rank >= 2, let features = linearWeight.shape.last, x.shape[x.rank - 1] == features else {
      throw TensorError(
        .shape, operation,
        "needs a weight of shape [classes, ..., in] whose last size is that of the input, and found \(linearWeight.shape) with "
          + "\(x.shape)")
    }
    let outputs = Array(linearWeight.shape.dropLast())
    if let linearBias, linearBias.shape != outputs {
      throw TensorError(.shape, operation, "needs a bias of shape \(outputs), and found \(linearBias.shape)")
    }
    guard outputs.count == 1 || x.rank == 2 else {
      throw TensorError(
        .shape, operation,
        "a weight of shape \(linearWeight.shape) needs a batch of inputs of shape [batch, \(features)], and found \(x.shape)"
      )
    }
    let logitsShape = x.shape.dropLast() + outputs
    guard ignoreIndex == nil || target.shape != Array(logitsShape) else {
      throw TensorError(
        .value, operation, "ignoreIndex has no meaning for probabilities, which a target of shape \(target.shape) has")
    }
    guard target.shape != Array(logitsShape) || target.dtype.isFloatingPoint else {
      throw TensorError(
        .dtype, operation,
        "a target of the logits' shape \(target.shape) has probabilities, and found \(target.dtype); convert with .to(.float32)"
      )
    }
    let loss = LinearLoss(
      outputs: outputs, features: features, ignoreIndex: ignoreIndex ?? -100, labelSmoothing: labelSmoothing)
    if let options, x.rank == 2, target.rank >= 1, target.shape[0] == x.shape[0], reduction != .batchMean {
      let size = try options.chunk(rows: x.shape[0], features: features, classes: outputs[0])
      if size < x.shape[0] { return loss.inParts(x, linearWeight, target, linearBias, weight, reduction, size) }
    }
    return loss(x, linearWeight, target, linearBias, weight, reduction)
  }
}

/// The loss of some rows.
private struct LinearLoss {
  let outputs: [Int]
  let features: Int
  let ignoreIndex: Int
  let labelSmoothing: Double

  func callAsFunction(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ bias: Tensor?, _ weight: Tensor?,
    _ reduction: LossReduction
  ) -> Tensor {
    let rows = elementCount(outputs)
    var logits = linear(x, linearWeight.reshape([rows, features]), bias?.reshape([rows]))
    if logits.hasFailed { return logits }
    // Classes are the second dimension.
    if outputs.count > 1 { logits = logits.reshape(Array(logits.shape.dropLast()) + outputs) }
    return crossEntropy(
      logits, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }

  /// The same by `size` rows at once, whose logits are computed again for their gradients.
  func inParts(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ bias: Tensor?, _ weight: Tensor?,
    _ reduction: LossReduction,
    _ size: Int
  ) -> Tensor {
    var losses: [Tensor] = []
    var start = 0
    while start < x.shape[0] {
      let count = min(size, x.shape[0] - start)
      let (rows, targets) = (x.narrow(0, start, count), target.narrow(0, start, count))
      let extra = [bias, weight].compactMap { $0 }
      let part = checkpoint(
        { (x: Tensor, linearWeight: Tensor, target: Tensor, extra: [Tensor]) -> Tensor in
          self(
            x, linearWeight, target, bias == nil ? nil : extra[0], weight == nil ? nil : extra[extra.count - 1], .none)
        }, rows, linearWeight, targets, extra)
      if part.hasFailed { return part }
      losses.append(part)
      start += count
    }
    let all = cat(losses, dim: 0)
    switch reduction {
    case .none: return all
    case .mean where target.dtype.isFloatingPoint:
      return all.sum() / Double(max(1, all.count))
    case .mean:
      guard let weight else {
        return all.sum() / target.ne(ignoreIndex).sum().to(all.dtype)
      }
      let kept = target.ne(ignoreIndex)
      let safe = `where`(kept, target.to(.int64), Tensor(0))
      let weights =
        weight.to(all.dtype).indexSelect(0, safe.reshape([safe.count])) * kept.reshape([safe.count]).to(all.dtype)
      return all.sum() / weights.sum()
    default: return all.sum()
    }
  }
}

extension Registry {
  /// Losses of linear layers over classes.
  static let linearClassLosses: [Operation] = [
    .tensor(
      "nn.functional.linear_cross_entropy",
      "input, linear_weight, target, *, linear_bias=None, weight=None, reduction='mean', ignore_index=None, "
        + "label_smoothing=0.0, options=None"
    ) {
      try linearCrossEntropy(
        $0.tensor("input"), $0.tensor("linear_weight"), $0.tensor("target"),
        linearBias: $0.optionalTensor("linear_bias"), weight: $0.optionalTensor("weight"), reduction: $0.reduction(),
        ignoreIndex: $0.optionalInt("ignore_index"), labelSmoothing: $0.double("label_smoothing"),
        options: LinearCrossEntropyOptions($0.value("options")))
    }
  ]
}

extension LinearCrossEntropyOptions {
  /// The options that a call by name has, nil for none.
  package init?(_ value: OperationValue) {
    guard case .record(let fields) = value else { return nil }
    self.init()
    if case .int(let size)? = fields["batch_chunk_size"] { batchChunkSize = size }
    if case .string(let method)? = fields["chunking_method"] { chunkingMethod = method }
    if case .none? = fields["chunking_method"] { chunkingMethod = nil }
    if case .bool(let allows)? = fields["allow_retain_graph"] { allowRetainGraph = allows }
    if case .string(let policy)? = fields["acc_policy"] { accPolicy = policy }
    if case .dtype(let type)? = fields["acc_dtype"] { accDtype = type }
  }
}
