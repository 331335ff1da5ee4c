import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Connectionist temporal classification (Graves et al., 2006).

/// The negative log likelihood of label sequences under all their alignments with `logProbs`, PyTorch's
/// `nn.functional.ctc_loss`.
///
/// - Parameters:
///   - logProbs: logarithms of probabilities `[T, N, C]`, or `[T, C]` of one sequence; as `logSoftmax` gives them.
///   - targets: labels `[N, S]`, or those of all sequences one after the other; none of them is `blank`.
///   - inputLengths: how many of the `T` steps each sequence has.
///   - targetLengths: how many labels each sequence has.
///   - blank: the class that stands for no label.
///   - reduction: the mean divides each loss by the number of its labels first.
///   - zeroInfinity: whether what has no alignment, such as more labels than steps, counts 0 instead of infinity.
public func ctcLoss(
  _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], blank: Int = 0,
  reduction: LossReduction = .mean, zeroInfinity: Bool = false
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.float32, logProbs) {
      ctcLoss(
        $0, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
    }
  }
  return attempt(logProbs, targets) { () throws(TensorError) in
    if let type = narrowType(logProbs) {
      return ctcLoss(
        logProbs.widened, targets, inputLengths, targetLengths, blank: blank, reduction: reduction,
        zeroInfinity: zeroInfinity
      ).to(type)
    }
    guard logProbs.rank == 2 || logProbs.rank == 3, logProbs.dtype.isFloatingPoint else {
      throw TensorError(
        .shape, "ctc_loss", "needs floating point log probabilities [T, N, C] or [T, C], and found \(logProbs.type)")
    }
    let batched = logProbs.rank == 3 ? logProbs : logProbs.unsqueeze(1)
    let alignment = try AlignmentLoss(
      batched.type, targets, inputLengths: inputLengths, targetLengths: targetLengths, blank: blank)
    var losses = apply(alignment, batched)
    if zeroInfinity {
      let isInfinite = noGrad { losses.detach().eq(Double.infinity) }
      losses = losses.maskedFill(isInfinite, 0)
    }
    if reduction == .mean {
      losses = losses / Tensor(targetLengths.map { Double(max($0, 1)) }, dtype: losses.dtype).placed(with: losses)
    }
    return reduction == .none && logProbs.rank == 2 ? losses.squeeze([0]) : losses.reduced(reduction)
  }
}

/// ``ctcLoss(_:_:_:_:blank:reduction:zeroInfinity:)-(_,_,[Int],[Int],_,_,_)`` with lengths in tensors.
public func ctcLoss(
  _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, blank: Int = 0,
  reduction: LossReduction = .mean, zeroInfinity: Bool = false
) -> Tensor {
  attempt(inputLengths, targetLengths) { () throws(TensorError) in
    for lengths in [inputLengths, targetLengths] where lengths.rank > 1 || lengths.dtype.isInexact {
      throw TensorError(.dtype, "ctc_loss", "needs vectors of whole numbers as lengths, and found \(lengths.type)")
    }
    return ctcLoss(
      logProbs, targets, inputLengths.array(as: Int.self), targetLengths.array(as: Int.self), blank: blank,
      reduction: reduction, zeroInfinity: zeroInfinity)
  }
}

/// The losses `[N]` of log probabilities `[T, N, C]`. With an input for cotangents, see ``gradient``, that of the gradient.
private struct AlignmentLoss: Primitive, Hashable {
  let blank: Int
  private(set) var inputLengths: [Int]
  /// The labels of each sequence.
  private(set) var labels: [[Int]]
  /// Whether it computes the gradient of the log probabilities from them and the cotangents of the losses.
  var isGradient = false

  var name: String { isGradient ? "CtcLossBackward" : "CtcLoss" }

  init(
    _ type: TensorType, _ targets: Tensor, inputLengths: [Int], targetLengths: [Int], blank: Int
  ) throws(TensorError) {
    let (steps, count, classes) = (type.shape[0], type.shape[1], type.shape[2])
    guard inputLengths.count == count, targetLengths.count == count else {
      throw TensorError(
        .shape, "ctc_loss",
        "needs a length of input and target for each of \(count) sequences, and found \(inputLengths.count) and "
          + "\(targetLengths.count)")
    }
    guard (0..<classes).contains(blank) else {
      throw TensorError(.value, "ctc_loss", "blank must be one of \(classes) classes, and found \(blank)")
    }
    guard inputLengths.allSatisfy({ (0...steps).contains($0) }), targetLengths.allSatisfy({ $0 >= 0 }) else {
      throw TensorError(
        .value, "ctc_loss",
        "lengths of inputs lie in 0...\(steps) and those of targets are not negative, and found \(inputLengths) and "
          + "\(targetLengths)")
    }
    guard targets.rank <= 2, !targets.dtype.isInexact else {
      throw TensorError(.dtype, "ctc_loss", "needs labels [N, S] or all in a row, and found \(targets.type)")
    }
    let numbers = targets.detach().array(as: Int.self)
    let isRow = targets.rank < 2 && !(count == 1 && targets.rank == 1)
    let width = targets.rank == 2 ? targets.shape[1] : numbers.count
    let needed = isRow ? targetLengths.reduce(0) { $0.clampedAdding($1) } : targetLengths.max() ?? 0
    guard isRow ? needed == numbers.count : needed <= width && (targets.rank < 2 || targets.shape[0] == count) else {
      throw TensorError(
        .shape, "ctc_loss",
        "targets of shape \(targets.shape) do not hold \(targetLengths) labels of \(count) sequences")
    }
    var labels: [[Int]] = []
    var start = 0
    for (i, length) in targetLengths.enumerated() {
      let first = isRow ? start : i * width
      labels.append(Array(numbers[first..<first + length]))
      start += length
    }
    if let wrong = labels.joined().first(where: { !(0..<classes).contains($0) }) {
      throw TensorError(.index, "ctc_loss", "a label must be one of \(classes) classes, and found \(wrong)")
    }
    self.blank = blank
    self.inputLengths = inputLengths
    self.labels = labels
  }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    isGradient ? [inputs[0]] : [TensorType([inputs[0].shape[1]], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let shape = inputs[0].shape
    let (count, classes) = (shape[1], shape[2])
    let body = try inputs[0].dense(.float64)
    let cotangents = isGradient ? try inputs[1].dense(.float64) : body
    try results[0].fill(as: .float64) { (out) throws(TensorError) in
      nonisolated(unsafe) let (logits, target) = (body.data.f64, out.data.f64)
      nonisolated(unsafe) let weights = cotangents.data.f64
      if isGradient { target.update(repeating: 0, count: shape[0] * count * classes) }
      withExtendedLifetime((body, cotangents)) {
        parallelFor(count, grain: 1) { range in
          for i in range {
            let course = AlignmentCourse(labels: labels[i], blank: blank, steps: inputLengths[i]) { t, label in
              logits[(t * count + i) * classes + label]
            }
            if isGradient {
              course.writeGradient(classes, weight: weights[i]) { target[($0 * count + i) * classes + $1] = $2 }
            } else {
              target[i] = course.loss
            }
          }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    // The sequences of all samples side by side.
    let all = everySample(inputs, isBatched, size)
    var joined = self
    joined.inputLengths = (0..<size).flatMap { _ in inputLengths }
    joined.labels = (0..<size).flatMap { _ in labels }
    let merged = [samplesMerged(all[0], into: 1)] + all.dropFirst().map { samplesMerged($0, into: 0) }
    return [samplesParted(apply(joined, merged)[0], from: isGradient ? 1 : 0, size)]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    if isGradient {
      guard !node.needs(0) else {
        throw TensorError(.autograd, "ctc_loss", "this operation has no second derivative")
      }
      // It is linear in the cotangents of the losses, which is what forward derivatives ask for.
      let (scores, weights) = (node.input(0), node.input(1))
      return [nil, (apply(self, scores, onesLike(weights)) * single(node, cotangents)).sum([0, 2])]
    }
    var gradient = self
    gradient.isGradient = true
    return [apply(gradient, node.input(0), single(node, cotangents))]
  }
}

/// The sums over alignments of one sequence: labels with blanks around and between them.
private struct AlignmentCourse {
  private let states: [Int]
  private let steps: Int
  private let score: (Int, Int) -> Double
  /// Logarithms of the probability of each state at each step, with all that came before.
  private var alpha: [Double] = []
  let loss: Double

  init(labels: [Int], blank: Int, steps: Int, score: @escaping (_ step: Int, _ label: Int) -> Double) {
    let states = [blank] + labels.flatMap { [$0, blank] }
    let count = states.count
    var alpha = [Double](repeating: -.infinity, count: max(steps, 1) * count)
    for t in 0..<steps {
      for s in 0..<count {
        var total: Double
        if t == 0 {
          total = s < 2 ? 0 : -.infinity
        } else {
          let before = (t - 1) * count
          total = alpha[before + s]
          if s > 0 { total = logSum(total, alpha[before + s - 1]) }
          if Self.canSkip(states, s) { total = logSum(total, alpha[before + s - 2]) }
        }
        alpha[t * count + s] = total + score(t, states[s])
      }
    }
    if steps == 0 {
      loss = labels.isEmpty ? 0 : .infinity
    } else {
      let last = (steps - 1) * count
      loss = -logSum(alpha[last + count - 1], count > 1 ? alpha[last + count - 2] : -.infinity)
    }
    (self.states, self.steps, self.score, self.alpha) = (states, steps, score, alpha)
  }

  /// Whether state `s` can follow the one two before it: a blank between different labels may be left out.
  private static func canSkip(_ states: [Int], _ s: Int) -> Bool { s > 1 && s % 2 == 1 && states[s] != states[s - 2] }

  /// Hands the gradients of the scores to `write`, times `weight`. They take it that the scores are normalised by a
  /// logarithmic softmax, through which they come to the right gradient, as PyTorch's do.
  func writeGradient(_ classes: Int, weight: Double, _ write: (_ step: Int, _ label: Int, _ value: Double) -> Void) {
    let count = states.count
    var beta = [Double](repeating: -.infinity, count: count)
    var sums = [Double](repeating: -.infinity, count: classes)
    for t in (0..<steps).reversed() {
      let later = beta
      for s in 0..<count {
        var total: Double
        if t == steps - 1 {
          total = s >= count - 2 ? 0 : -.infinity
        } else {
          total = later[s]
          if s + 1 < count { total = logSum(total, later[s + 1]) }
          if s + 2 < count, Self.canSkip(states, s + 2) { total = logSum(total, later[s + 2]) }
        }
        beta[s] = total + score(t, states[s])
      }
      for c in 0..<classes { sums[c] = -.infinity }
      for s in 0..<count { sums[states[s]] = logSum(sums[states[s]], alpha[t * count + s] + beta[s]) }
      for c in 0..<classes {
        let own = score(t, c)
        // No alignment at all has no gradient, but where the weight is 0, which is what an infinite loss that counts 0 has.
        let share = sums[c] == -.infinity && loss.isFinite ? 0 : exp(sums[c] + loss - own)
        write(t, c, weight == 0 ? 0 : (exp(own) - share) * weight)
      }
    }
  }
}

/// log(exp(a) + exp(b)).
private func logSum(_ a: Double, _ b: Double) -> Double {
  let high = max(a, b)
  return high == -.infinity ? high : high + log1p(exp(min(a, b) - high))
}

extension Registry {
  /// Losses of sequences without known alignment.
  static let alignments: [Operation] = [
    .tensor(
      "nn.functional.ctc_loss",
      "log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False"
    ) {
      try ctcLoss(
        $0.tensor("log_probs"), $0.tensor("targets"), $0.ints("input_lengths"), $0.ints("target_lengths"),
        blank: $0.int("blank"), reduction: $0.reduction(), zeroInfinity: $0.bool("zero_infinity"))
    }
  ]
}
