import ApusCore
import CKernels

// Cross entropy of class indices as one row program, and negative log likelihood.

/// `logsumexp(row) - row[target]` for each row of `[rows, classes]`, 0 where the target is `ignoreIndex`; the second
/// result has the rows' logsumexp.
package struct CrossEntropyRows: Primitive, Hashable {
  package let ignoreIndex: Int
  package var name: String { "CrossEntropyLoss" }
  package var takesCustomElements: Bool { true }
  package var takesComplexElements: Bool { false }
  package var saves: Saves { [.inputs, .outputs] }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let type = TensorType([inputs[0].shape[0]], inputs[0].dtype)
    return [type, type]
  }

  /// The definition by other operations, for elements of registered types.
  private func composed(_ x: Tensor, _ targets: Tensor) throws(TensorError) -> [Tensor] {
    let classes = x.shape[1]
    _ = try checkedTargets(targets, classes: classes, ignoreIndex, "cross_entropy")
    return noGrad {
      let largest = x.amax([1], keepDim: true)
      let sums = ((x - largest).exp().sum([1], keepDim: true).log() + largest).squeeze([1])
      let kept = targets.ne(ignoreIndex)
      let chosen = x.gather(1, `where`(kept, targets.to(.int64), Tensor(0)).unsqueeze(1)).squeeze([1])
      return [`where`(kept, sums - chosen, Tensor.zeros([], dtype: x.dtype)), sums]
    }
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let dtype = results[0].dtype
    if dtype.isCustom {
      for (result, value) in zip(results, try composed(inputs[0], inputs[1])) { result.fill(with: value) }
      return
    }
    let compute = dtype.accumulateType
    let source = try inputs[0].dense(compute)
    let targets = try checkedTargets(inputs[1], classes: source.shape[1], ignoreIndex, "cross_entropy")
    let n = source.shape[1]
    try results[0].fill(as: compute) { (losses) throws(TensorError) in
      try results[1].fill(as: compute) { (sums) throws(TensorError) in
        let (x, index, y, s) = (source.data, targets.data.i64, losses.data, sums.data)
        withExtendedLifetime((source, targets)) {
          forRowBlocks(source.shape[0], n) { i, count in
            if compute == .float32 {
              ck_cross_entropy_f32(y.f32 + i, s.f32 + i, x.f32 + i * n, index + i, count, n, Int64(ignoreIndex))
            } else {
              ck_cross_entropy_f64(y.f64 + i, s.f64 + i, x.f64 + i * n, index + i, count, n, Int64(ignoreIndex))
            }
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, targets, y) = (inputs[0], inputs[1], outputs[0])
    let n = x.type.shape[1]
    return """
      for (long i = 0; i < \(x.type.shape[0]); i++) {
      \(y.element) top = -__builtin_inff(), sum = 0;
      for (long k = 0; k < \(n); k++) {
      const \(y.element) v = \(x("i", "k"));
      top = ((v > top) | (v != v)) ? v : top;
      }
      for (long k = 0; k < \(n); k++) sum += \(y.math("exp"))(\(x("i", "k")) - top);
      const \(y.element) all = top + \(y.math("log"))(sum);
      const long long target = \(targets("i"));
      \(y("i")) = target == \(cInteger(ignoreIndex)) ? 0 : all - \(x("i", "apus_index(target, \(n))"));
      \(outputs[1].isRead ? "\(outputs[1]("i")) = all;" : "")
      }
      """
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let x = node.input(0)
    var dx: Tensor?
    if let g = cotangents[0] {
      dx = apply(CrossEntropyRowsGradient(ignoreIndex: ignoreIndex), x, node.output(1), node.input(1), g)
    }
    if let g = cotangents[1] {
      let part = (x - node.output(1).unsqueeze(1)).exp() * g.unsqueeze(1)
      dx = dx.map { $0 + part } ?? part
    }
    return [dx, nil]
  }
}

/// `(softmax - one hot) g` for each row: inputs are logits, their logsumexp, targets and the rows' cotangents.
package struct CrossEntropyRowsGradient: Primitive, Hashable {
  package let ignoreIndex: Int
  package var name: String { "CrossEntropyLossBackward" }
  package var takesCustomElements: Bool { true }
  package var takesComplexElements: Bool { false }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }

  /// The definition by other operations, for elements of registered types.
  private func composed(_ x: Tensor, _ sums: Tensor, _ targets: Tensor, _ g: Tensor) -> Tensor {
    noGrad {
      let kept = targets.ne(ignoreIndex)
      let classes = arange(x.shape[1]).unsqueeze(0)
      let hot = classes.eq(targets.to(.int64).unsqueeze(1))
      let scale = `where`(kept, g, Tensor.zeros([], dtype: g.dtype)).unsqueeze(1)
      return ((x - sums.unsqueeze(1)).exp() - hot.to(x.dtype)) * scale
    }
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let dtype = results[0].dtype
    if dtype.isCustom { return results[0].fill(with: composed(inputs[0], inputs[1], inputs[2], inputs[3])) }
    let compute = dtype.accumulateType
    let (source, sums) = (try inputs[0].dense(compute), try inputs[1].dense(compute))
    let n = source.shape[1]
    let targets = try checkedTargets(inputs[2], classes: n, ignoreIndex, "cross_entropy")
    let scale = try inputs[3].dense(compute)
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      let (x, s, index, g, y) = (source.data, sums.data, targets.data.i64, scale.data, result.data)
      withExtendedLifetime((source, sums, targets, scale)) {
        forRowBlocks(source.shape[0], n) { i, count in
          if compute == .float32 {
            ck_cross_entropy_grad_f32(
              y.f32 + i * n, x.f32 + i * n, s.f32 + i, index + i, g.f32 + i, count, n, Int64(ignoreIndex))
          } else {
            ck_cross_entropy_grad_f64(
              y.f64 + i * n, x.f64 + i * n, s.f64 + i, index + i, g.f64 + i, count, n, Int64(ignoreIndex))
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, sums, targets, g, y) = (inputs[0], inputs[1], inputs[2], inputs[3], outputs[0])
    let n = x.type.shape[1]
    return """
      for (long i = 0; i < \(x.type.shape[0]); i++) {
      const long long target = \(targets("i"));
      const \(y.element) scale = target == \(cInteger(ignoreIndex)) ? 0 : \(g("i"));
      for (long k = 0; k < \(n); k++) \(y("i", "k")) = \(y.math("exp"))(\(x("i", "k")) - \(sums("i"))) * scale;
      if (target != \(cInteger(ignoreIndex))) \(y("i", "apus_index(target, \(n))")) -= scale;
      }
      """
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let c = single(node, cotangents)
    let (x, sums, targets, g) = (node.input(0), node.input(1), node.input(2), node.input(3))
    let (kept, zero) = (targets.ne(ignoreIndex), Tensor.zeros([], dtype: x.dtype))
    let p = (x - sums.unsqueeze(1)).exp()
    let cp = c * p * `where`(kept, g, zero).unsqueeze(1)
    let hot = apply(OneHotRows(classes: x.shape[1], ignoreIndex: ignoreIndex, dtype: x.dtype), targets)
    return [
      node.needs(0) ? cp : nil,
      node.needs(1) ? -cp.sum([1]) : nil,
      nil,
      node.needs(3) ? `where`(kept, (c * (p - hot)).sum([1]), zero) : nil,
    ]
  }
}

/// Rows of zeros with a one at the target of each, none where it is `ignoreIndex`.
package struct OneHotRows: Primitive, Hashable {
  package let classes: Int
  package let ignoreIndex: Int
  package let dtype: DType
  /// What the user called: its name stands in messages.
  package var operation = "one_hot"
  package var name: String { "OneHot" }
  package var saves: Saves { .nothing }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[0].shape + [classes], dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let targets = try checkedTargets(inputs[0], classes: classes, ignoreIndex, operation)
    let one = Tensor.ones([1], dtype: dtype).body
    results[0].fillZero()
    let (index, rows) = (targets.data.i64, results[0].body.data)
    withExtendedLifetime((targets, one)) {
      for i in 0..<targets.count where Int(index[i]) != ignoreIndex {
        (rows + (i * classes + Int(index[i])) * dtype.size).copyMemory(from: one.data, byteCount: dtype.size)
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cFill(outputs[0], "0") + "\n"
      + cLoops(inputs[0].type.shape) { i in
        "const long long target = \(inputs[0](i));\n"
          + "if (target != \(cInteger(ignoreIndex))) \(outputs[0](i + ["apus_index(target, \(classes))"])) = 1;"
      }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil] }
}

/// How many targets are not `ignoreIndex`, as a number of type `dtype`.
package struct TargetCount: Primitive, Hashable {
  package let ignoreIndex: Int
  package let dtype: DType
  package var name: String { "TargetCount" }
  package var takesCustomElements: Bool { true }
  package var saves: Saves { .nothing }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [TensorType([], dtype)] }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let targets = try inputs[0].dense(.int64)
    let index = targets.data.i64
    let count = withExtendedLifetime(targets) { (0..<targets.count).count { Int(index[$0]) != ignoreIndex } }
    results[0].fill(with: Tensor(Double(count), dtype: dtype))
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let count = cLoops(inputs[0].type.shape) { "count += \(inputs[0]($0)) != \(cInteger(ignoreIndex));" }
    return "long count = 0;\n\(count)\n\(outputs[0]()) = count;"
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let targets = inputs[0]
    return [targets.ne(ignoreIndex).to(dtype).sum(Array(1..<targets.rank))]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil] }
}

/// The targets as contiguous int64, each in `0..<classes` or `ignoreIndex`.
func checkedTargets(
  _ targets: Tensor, classes: Int, _ ignoreIndex: Int, _ operation: String
) throws(TensorError) -> TensorBody {
  guard targets.dtype.isInteger else {
    throw TensorError(
      .dtype, operation, "class indices must be integers, and found \(targets.dtype); convert them with .to(.int64)")
  }
  let body = try targets.dense(.int64)
  let index = body.data.i64
  for i in 0..<body.count where (index[i] < 0 || index[i] >= classes) && index[i] != ignoreIndex {
    throw TensorError(
      .index, operation, "target \(index[i]) at flat position \(i) is out of bounds for \(classes) classes")
  }
  return body
}

/// The checked inputs of a loss over classes: logits as `[rows, classes]`, targets as `[rows]`, and the shape of the losses.
private func classRows(
  _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ operation: String
) throws(TensorError) -> (logits: Tensor, targets: Tensor, shape: [Int]) {
  guard x.rank >= 1 else {
    throw TensorError(.shape, operation, "needs an input of shape [classes] or [N, classes, ...], and found \(x.shape)")
  }
  guard x.dtype.isFloatingPoint else {
    throw TensorError(.dtype, operation, "needs a floating point input, and found \(x.dtype)")
  }
  let shape = x.rank == 1 ? [] : [x.shape[0]] + x.shape[2...]
  guard target.shape == shape else {
    throw TensorError(
      .shape, operation,
      "an input of shape \(x.shape) needs class indices of shape \(shape), and found \(target.shape)")
  }
  let classes = x.shape[x.rank == 1 ? 0 : 1]
  if let weight, weight.shape != [classes] {
    throw TensorError(
      .shape, operation, "needs one weight for each of \(classes) classes, and found \(weight.shape)")
  }
  let rows = elementCount(shape)
  let logits =
    x.rank <= 2
    ? x.reshape([rows, classes])
    : x.permute([0] + Array(2..<x.rank) + [1]).reshape([rows, classes])
  return (logits, target.reshape([rows]), shape)
}

/// The losses of rows, weighted and reduced. The mean is over the weights of rows that are not ignored.
private func reduceRows(
  _ losses: Tensor, _ weights: Tensor?, _ targets: Tensor, _ ignoreIndex: Int, _ shape: [Int],
  _ reduction: LossReduction
) -> Tensor {
  switch reduction {
  case .none: return losses.reshape(shape)
  case .sum: return losses.sum()
  case .batchMean: return losses.sum() / max(1, shape.first ?? 1)
  case .mean:
    if let weights { return losses.sum() / weights.sum() }
    return losses.sum() / apply(TargetCount(ignoreIndex: ignoreIndex, dtype: losses.dtype), targets)
  }
}

/// The cross entropy between logits and targets, PyTorch's `nn.functional.cross_entropy`.
///
/// - Parameters:
///   - x: logits, `[classes]`, `[N, classes]` or `[N, classes, ...]`.
///   - target: class indices (integers) of shape `[]`, `[N]` or `[N, ...]`, or probabilities of the shape of `x`.
///   - weight: a factor for each class.
///   - ignoreIndex: the index of targets that do not count.
///   - labelSmoothing: how much of the target, from 0 to 1, is spread evenly over all classes.
public func crossEntropy(
  _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean,
  labelSmoothing: Double = 0
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target, weight) {
      crossEntropy(
        $0, $1, weight: $2, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
    }
  }
  return attempt(x, target, weight) { () throws(TensorError) in
    if let type = narrowType(x, target, weight) {
      return crossEntropy(
        x.widened, target.widened, weight: weight?.widened, ignoreIndex: ignoreIndex, reduction: reduction,
        labelSmoothing: labelSmoothing
      ).to(type)
    }
    guard labelSmoothing >= 0, labelSmoothing <= 1 else {
      throw TensorError(
        .value, "cross_entropy", "labelSmoothing must be from 0 to 1, and found \(labelSmoothing)")
    }
    if target.dtype.isFloatingPoint {
      guard ignoreIndex < 0 else {
        throw TensorError(
          .value, "cross_entropy",
          "ignoreIndex \(ignoreIndex) has no meaning for probabilities; give class indices (integers) as the target")
      }
      return try probabilityCrossEntropy(x, target, weight, reduction, labelSmoothing)
    }
    let (logits, targets, shape) = try classRows(x, target, weight, "cross_entropy")
    let made = results(apply(CrossEntropyRows(ignoreIndex: ignoreIndex), [logits, targets]), 2)
    if made[0].hasFailed { return made[0] }
    var losses = made[0]
    var rowWeights: Tensor?
    if let weight {
      let used = apply(
        ChosenClasses(ignoreIndex: ignoreIndex, operation: "cross_entropy"), weight.expand(logits.shape), targets)
      rowWeights = used
      losses = losses * used
    }
    guard labelSmoothing > 0 else { return reduceRows(losses, rowWeights, targets, ignoreIndex, shape, reduction) }
    // The even part: sum over classes of weight (logsumexp - x), ignored rows left out.
    let classes = Double(logits.shape[1])
    var even: Tensor
    if let weight {
      even = made[1] * weight.sum() - matmul(logits, weight)
    } else {
      even = made[1] * classes - logits.sum([1])
    }
    even = `where`(targets.ne(ignoreIndex), even, Tensor.zeros([], dtype: even.dtype))
    let share = labelSmoothing / classes
    return reduceRows(
      losses * (1 - labelSmoothing) + even * share, rowWeights, targets, ignoreIndex, shape, reduction)
  }.titled(target.dtype.isFloatingPoint ? "DivBackward1" : labelSmoothing > 0 ? "AddBackward0" : likelihoodTitle(x))
}

/// PyTorch's name of the negative log-likelihood of classes, with its own for images.
private func likelihoodTitle(_ x: Tensor) -> String { x.rank > 2 ? "NllLoss2DBackward0" : "NllLossBackward0" }

private func probabilityCrossEntropy(
  _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ reduction: LossReduction, _ labelSmoothing: Double
) throws(TensorError) -> Tensor {
  guard x.shape == target.shape, x.rank >= 1 else {
    throw TensorError(
      .shape, "cross_entropy",
      "probabilities must have the shape of the input, \(x.shape), and found \(target.shape); class indices are integers"
    )
  }
  let dim = x.rank == 1 ? 0 : 1
  let classes = x.shape[dim]
  var probabilities = target
  if labelSmoothing > 0 { probabilities = target * (1 - labelSmoothing) + labelSmoothing / Double(classes) }
  var terms = logSoftmax(x, dim: dim) * probabilities
  if let weight {
    guard weight.shape == [classes] else {
      throw TensorError(
        .shape, "cross_entropy", "needs one weight for each of \(classes) classes, and found \(weight.shape)")
    }
    terms = terms * weight.reshape([classes] + [Int](repeating: 1, count: x.rank - dim - 1))
  }
  switch reduction {
  case .none: return -terms.sum([dim])
  case .sum: return -terms.sum()
  case .batchMean: return -terms.sum() / max(1, x.shape[0])
  case .mean: return -(terms.sum() / Double(max(1, x.count / max(1, classes))))
  }
}

/// `-weight[target] x[target]` for log-probabilities `x`, PyTorch's `nn.functional.nll_loss`; arguments as
/// ``crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:)`` has them.
public func nllLoss(
  _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, x, target, weight) {
      nllLoss($0, $1, weight: $2, ignoreIndex: ignoreIndex, reduction: reduction)
    }
  }
  return attempt(x, target, weight) { () throws(TensorError) in
    if let type = narrowType(x, weight) {
      return nllLoss(x.widened, target, weight: weight?.widened, ignoreIndex: ignoreIndex, reduction: reduction).to(
        type)
    }
    let (rows, targets, shape) = try classRows(x, target, weight, "nll_loss")
    let choice = ChosenClasses(ignoreIndex: ignoreIndex, operation: "nll_loss")
    let chosen = apply(choice, rows, targets)
    if chosen.hasFailed { return chosen }
    guard let weight else { return reduceRows(-chosen, nil, targets, ignoreIndex, shape, reduction) }
    let rowWeights = apply(choice, weight.to(rows.dtype).expand(rows.shape), targets)
    return reduceRows(-(chosen * rowWeights), rowWeights, targets, ignoreIndex, shape, reduction)
  }.titled(likelihoodTitle(x))
}

extension Registry {
  /// Losses of targets that are classes.
  static let classLosses: [Operation] = [
    .tensor(
      "nn.functional.cross_entropy",
      "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0"
    ) {
      try crossEntropy(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"),
        ignoreIndex: $0.int("ignore_index"), reduction: $0.reduction(), labelSmoothing: $0.double("label_smoothing"))
    },
    .tensor(
      "nn.functional.nll_loss",
      "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"
    ) {
      try nllLoss(
        $0.tensor("input"), $0.tensor("target"), weight: $0.optionalTensor("weight"),
        ignoreIndex: $0.int("ignore_index"), reduction: $0.reduction())
    },
  ]
}
