import ApusCore
import ApusFunctional
import ApusNumerics

/// The log-likelihood of classes that are many and of very different frequency: the most frequent ones stand in a short list, the
/// others in clusters whose layers are the smaller the rarer they are (Grave et al., 2017).
///
///     let (output, loss) = adaptive(x, target)
///
/// Classes are numbered by falling frequency.
public final class AdaptiveLogSoftmaxWithLoss: Module {
  public let state = ModuleState()
  /// The short list, and an entry for each cluster.
  public let head: Linear
  /// Two layers for each cluster.
  public let tail: ModuleList
  public let inFeatures: Int
  public let nClasses: Int
  /// Where the clusters begin, and at the end the number of classes.
  public let cutoffs: [Int]
  public let divValue: Double
  public let headBias: Bool

  /// - Parameters:
  ///   - cutoffs: where the clusters begin: growing numbers from 1 to nClasses - 1.
  ///   - divValue: by how much the layers of a cluster are narrower than those of the one before.
  ///   - headBias: whether the head has a bias.
  public init(
    inFeatures: Int, nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false, device: Device? = nil,
    dtype: DType = .default
  ) {
    let isOrdered = zip(cutoffs, cutoffs.dropFirst()).allSatisfy(<)
    let fits = isOrdered && (cutoffs.first ?? 0) > 0 && (cutoffs.last ?? 0) < nClasses
    if !fits {
      report(
        TensorError(
          .value, "AdaptiveLogSoftmaxWithLoss",
          "cutoffs must be growing numbers from 1 to \(nClasses - 1), and found \(cutoffs)"))
    }
    let isPlausible = divValue > 0
    if !isPlausible {
      report(TensorError(.value, "AdaptiveLogSoftmaxWithLoss", "divValue must be positive, and found \(divValue)"))
    }
    let bounds = fits ? cutoffs + [nClasses] : [max(1, nClasses)]
    (self.inFeatures, self.nClasses, self.cutoffs) = (inFeatures, nClasses, bounds)
    (self.divValue, self.headBias) = (divValue, headBias)
    head = Linear(
      inFeatures: inFeatures, outFeatures: bounds[0] + bounds.count - 1, bias: headBias, device: device, dtype: dtype)
    var clusters: [any Layer] = []
    var divisor = 1.0
    for (low, high) in zip(bounds, bounds.dropFirst()) {
      divisor *= isPlausible ? divValue : 1
      let width = Int(min(Double(inFeatures) / divisor, Double(Int32.max)))
      clusters.append(
        Sequential(
          Linear(inFeatures: inFeatures, outFeatures: width, bias: false, device: device, dtype: dtype),
          Linear(inFeatures: width, outFeatures: high - low, bias: false, device: device, dtype: dtype)))
    }
    tail = ModuleList(clusters)
  }

  /// The log-likelihood of each target, and their mean with the sign of a loss: `[N, inFeatures]` and class indices `[N]`, or
  /// `[inFeatures]` and one class.
  public func callAsFunction(_ input: Tensor, _ target: Tensor) -> (output: Tensor, loss: Tensor) {
    callModule(self, input, target, forward: forward)
  }

  /// What a call gives, without hooks.
  public func forward(_ input: Tensor, _ target: Tensor) -> (output: Tensor, loss: Tensor) {
    do throws(TensorError) {
      if let failed = input.failed ?? target.failed { return (failed, failed) }
      guard input.rank == target.rank + 1, target.rank <= 1, target.rank == 0 || input.shape[0] == target.shape[0],
        target.dtype.isInteger
      else {
        throw TensorError(
          .shape, "AdaptiveLogSoftmaxWithLoss",
          "needs [N, \(inFeatures)] with N classes, or [\(inFeatures)] with one, and found \(input.shape) and \(target.type)"
        )
      }
      let rows = target.rank == 0 ? input.unsqueeze(0) : input
      let classes = (target.rank == 0 ? target.unsqueeze(0) : target).to(.int64)
      let output = Context.isPlain ? chosen(rows, classes) : logProb(rows).gather(1, classes.unsqueeze(1)).squeeze([1])
      if output.hasFailed { return (output, output) }
      return (target.rank == 0 ? output.squeeze([0]) : output, -output.mean())
    } catch {
      let failed = fail(error)
      return (failed, failed)
    }
  }

  /// The log-likelihoods of the targets, for which each cluster is computed for its own rows only.
  private func chosen(_ x: Tensor, _ target: Tensor) -> Tensor {
    let classes = target.array(as: Int.self)
    if let wrong = classes.first(where: { $0 < 0 || $0 >= nClasses }) {
      return fail(
        TensorError(
          .index, "AdaptiveLogSoftmaxWithLoss", "targets must be from 0 to \(nClasses - 1), and found \(wrong)"))
    }
    let shortList = cutoffs[0]
    var entries = classes
    var output = Tensor.zeros([classes.count], dtype: x.dtype)
    for (i, (low, high)) in zip(cutoffs, cutoffs.dropFirst()).enumerated() {
      let rows = classes.indices.filter { classes[$0] >= low && classes[$0] < high }
      if rows.isEmpty { continue }
      for row in rows { entries[row] = shortList + i }
      let index = Tensor(rows)
      let likelihood = logSoftmax(tail[i](x.indexSelect(0, index)), dim: 1)
      let relative = Tensor(rows.map { classes[$0] - low }).unsqueeze(1)
      output = output.indexAdd(0, index, likelihood.gather(1, relative).squeeze([1]))
    }
    return output + logSoftmax(head(x), dim: 1).gather(1, Tensor(entries).unsqueeze(1)).squeeze([1])
  }

  /// The log-likelihoods of all classes: `[N, inFeatures]` to `[N, nClasses]`.
  public func logProb(_ input: Tensor) -> Tensor {
    if input.hasFailed { return input }
    let first = logSoftmax(head(input), dim: 1)
    if first.hasFailed { return first }
    var parts = [first.narrow(1, 0, cutoffs[0])]
    for i in 0..<tail.count {
      parts.append(logSoftmax(tail[i](input), dim: 1) + first.narrow(1, cutoffs[0] + i, 1))
    }
    return cat(parts, dim: 1)
  }

  /// The likeliest class of each row: `[N, inFeatures]` to `[N]`.
  public func predict(_ input: Tensor) -> Tensor {
    let all = logProb(input)
    return all.hasFailed ? all : all.argmax(1)
  }
}
