import ApusCore
import ApusFunctional
import ApusNumerics

// Ratios of signal to noise and distortion, in decibels.

/// What the ratios share: their sum over signals, and the number of these.
public class SignalRatioMetric: Metric {
  private let sum = MetricState(0)
  private let total = MetricState(0)

  public override var higherIsBetter: Bool? { true }

  /// The ratios of a batch.
  func ratios(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> Tensor { preds }

  /// Adds signals of one shape, whose last dimension is time.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank >= 1 else { throw mistake(.shape, "needs signals [..., time], and found a number") }
      let values = try ratios(preds, target)
      sum.add(values.sum())
      total.add(values.count)
    }
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor { sum.value / total.value }
}

private func epsilon(_ dtype: DType) -> Double { dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne) }

private func centered(_ x: Tensor) -> Tensor { x - x.mean([-1], keepDim: true) }

private func decibels(_ signal: Tensor, _ noise: Tensor) -> Tensor {
  let eps = epsilon(signal.dtype)
  return 10 * ((signal + eps) / (noise + eps)).log10()
}

/// The ratio of a target to what the prediction adds to it, scaled to fit best.
func scaleInvariantRatio(_ preds: Tensor, _ target: Tensor, zeroMean: Bool) -> Tensor {
  let (preds, target) = zeroMean ? (centered(preds), centered(target)) : (preds, target)
  let eps = epsilon(preds.dtype)
  let scale =
    ((preds * target).sum([-1], keepDim: true) + eps) / (target.square().sum([-1], keepDim: true) + eps)
  let scaled = scale * target
  return decibels(scaled.square().sum([-1]), (scaled - preds).square().sum([-1]))
}

/// The signal-to-noise ratio: `10 log10(|target|^2 / |target - preds|^2)`.
public final class SignalNoiseRatio: SignalRatioMetric, PairMetric {
  private let zeroMean: Bool

  /// - Parameter zeroMean: whether the means of the signals are taken off.
  public init(zeroMean: Bool = false) { self.zeroMean = zeroMean }

  override func ratios(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> Tensor {
    let (preds, target) =
      zeroMean ? (centered(preds.floating), centered(target.floating)) : (preds.floating, target.floating)
    return decibels(target.square().sum([-1]), (target - preds).square().sum([-1]))
  }
}

/// The signal-to-noise ratio of signals without their means, whatever their scale.
public final class ScaleInvariantSignalNoiseRatio: SignalRatioMetric, PairMetric {
  public override init() {}
  override func ratios(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> Tensor {
    scaleInvariantRatio(preds.floating, target.floating, zeroMean: true)
  }
}

/// The signal-to-distortion ratio whatever the scale.
public final class ScaleInvariantSignalDistortionRatio: SignalRatioMetric, PairMetric {
  private let zeroMean: Bool

  /// - Parameter zeroMean: whether the means of the signals are taken off.
  public init(zeroMean: Bool = false) { self.zeroMean = zeroMean }

  override func ratios(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> Tensor {
    scaleInvariantRatio(preds.floating, target.floating, zeroMean: zeroMean)
  }
}

/// The scale-invariant signal-to-noise ratio of spectra: complex `[..., frequency, time]`, or real `[..., frequency, time, 2]`.
public final class ComplexScaleInvariantSignalNoiseRatio: SignalRatioMetric, PairMetric {
  private let zeroMean: Bool

  /// - Parameter zeroMean: whether the means of the signals are taken off.
  public init(zeroMean: Bool = false) { self.zeroMean = zeroMean }

  override func ratios(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> Tensor {
    func parts(_ x: Tensor) throws(TensorError) -> Tensor {
      let x = x.isComplex ? x.viewAsReal() : x
      guard x.rank >= 3, x.shape[x.rank - 1] == 2 else {
        throw mistake(.shape, "needs spectra [..., frequency, time, 2], and found \(x.shape)")
      }
      return x.reshape(Array(x.shape.dropLast(3)) + [-1])
    }
    return scaleInvariantRatio(try parts(preds), try parts(target), zeroMean: zeroMean)
  }
}

/// The scale-invariant ratio of all sources of a mixture together: `[..., sources, time]`.
public final class SourceAggregatedSignalDistortionRatio: SignalRatioMetric, PairMetric {
  private let scaleInvariant: Bool
  private let zeroMean: Bool

  /// - Parameters:
  ///   - scaleInvariant: whether targets are scaled, all alike, to fit best.
  ///   - zeroMean: whether the means of the signals are taken off.
  public init(scaleInvariant: Bool = true, zeroMean: Bool = false) {
    self.scaleInvariant = scaleInvariant
    self.zeroMean = zeroMean
  }

  override func ratios(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> Tensor {
    guard preds.rank >= 2 else {
      throw mistake(.shape, "needs signals [..., sources, time], and found \(preds.shape)")
    }
    var (preds, target) = (preds.floating, target.floating)
    if zeroMean { (preds, target) = (centered(preds), centered(target)) }
    if scaleInvariant {
      let eps = epsilon(preds.dtype)
      let products = (preds * target).sum([-2, -1], keepDim: true)
      target = (products + eps) / (target.square().sum([-2, -1], keepDim: true) + eps) * target
    }
    return decibels(target.square().sum([-2, -1]), (target - preds).square().sum([-2, -1]))
  }
}

/// The signal-to-distortion ratio of BSS Eval: what a filter of the target of `filterLength` taps explains of the prediction.
///
/// Scheibler, 2022: SDR, medium rare with fast computations.
public final class SignalDistortionRatio: SignalRatioMetric, PairMetric {
  private let filterLength: Int
  private let zeroMean: Bool
  private let loadDiag: Double?

  /// - Parameters:
  ///   - useCgIter: steps of an iterative solver; the system is always solved directly, which is exact.
  ///   - filterLength: the taps of the filter.
  ///   - zeroMean: whether the means of the signals are taken off.
  ///   - loadDiag: what is added to the diagonal of the system, for silent signals.
  public init(useCgIter: Int? = nil, filterLength: Int = 512, zeroMean: Bool = false, loadDiag: Double? = nil) {
    self.filterLength = max(1, filterLength)
    self.zeroMean = zeroMean
    self.loadDiag = loadDiag
    super.init()
    expect(filterLength >= 1, "needs a filter of 1 tap or more, and found \(filterLength)")
    expect(useCgIter ?? 1 >= 1, "needs 1 step or more, and found \(useCgIter ?? 0)")
  }

  override func ratios(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> Tensor {
    func prepared(_ x: Tensor) -> [[Double]] {
      var x = x.to(.float64)
      if zeroMean { x = centered(x) }
      x = x / x.norm(2, [-1], keepDim: true).clamp(min: 1e-6)
      let (values, n) = (x.doubles, x.shape[x.rank - 1])
      return stride(from: 0, to: values.count, by: max(1, n)).map { Array(values[$0..<$0 + n]) }
    }
    let found = zip(prepared(preds), prepared(target)).map { ratio($0, $1) }
    return Tensor(found, shape: Array(preds.shape.dropLast()), dtype: preds.dtype == .float64 ? .float64 : .float32)
  }

  private func ratio(_ preds: [Double], _ target: [Double]) -> Double {
    let n = target.count
    func correlation(_ a: [Double], _ b: [Double]) -> [Double] {
      (0..<filterLength).map { lag in
        var sum = 0.0
        for t in 0..<max(0, n - lag) { sum += a[t] * b[t + lag] }
        return sum
      }
    }
    var auto = correlation(target, target)
    let cross = correlation(target, preds)
    if let loadDiag { auto[0] += loadDiag }
    let rows = (0..<filterLength).flatMap { i in (0..<filterLength).map { auto[abs(i - $0)] } }
    let matrix = Tensor(rows, shape: [filterLength, filterLength], dtype: .float64)
    let right = Tensor(cross, shape: [filterLength], dtype: .float64)
    let coherence = (right * linalg.solve(matrix, right)).sum()
    return (10 * (coherence / (1 - coherence)).log10()).item()
  }
}

/// Which value of a permutation counts.
public enum PermutationChoice: String, Sendable, Hashable, NamedChoice {
  /// The largest, the smallest.
  case max, min
}

/// What a function of permuted sources compares.
public enum PermutationMode: String, Sendable, Hashable, NamedChoice {
  /// One prediction with one target, whose values are averaged.
  case speakerWise = "speaker-wise"
  /// All sources of a permutation at once.
  case permutationWise = "permutation-wise"
}

/// A metric of several sources under the best order of the predictions.
public final class PermutationInvariantTraining: Metric, PairMetric {
  private let metricFunc: (Tensor, Tensor) -> Tensor
  private let mode: PermutationMode
  private let evalFunc: PermutationChoice
  private let sumPitMetric = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - metricFunc: the values `[batch]` of predictions and targets, `[batch, ...]` of one source, or of all of them,
  ///     `[batch, sources, ...]`, for `.permutationWise`.
  ///   - mode: what it compares.
  ///   - evalFunc: which order is best.
  public init(
    _ metricFunc: @escaping (_ preds: Tensor, _ target: Tensor) -> Tensor, mode: PermutationMode = .speakerWise,
    evalFunc: PermutationChoice = .max
  ) {
    self.metricFunc = metricFunc
    self.mode = mode
    self.evalFunc = evalFunc
  }

  /// Adds signals `[batch, sources, ...]`.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let (best, _) = try bestOrders(preds, target)
      sumPitMetric.add(best.sum())
      total.add(best.count)
    }
  }

  public func compute() -> Tensor { sumPitMetric.value / total.value }

  /// The best value of each example, and the order of the predictions for it, `[batch, sources]`.
  public func bestPermutation(_ preds: Tensor, _ target: Tensor) -> (value: Tensor, permutation: Tensor) {
    do throws(TensorError) { return try bestOrders(preds, target) } catch {
      let failed = fail(error)
      return (failed, failed)
    }
  }

  private func bestOrders(_ preds: Tensor, _ target: Tensor) throws(TensorError) -> (Tensor, Tensor) {
    guard target.rank >= 2, preds.rank >= 2, preds.shape.prefix(2) == target.shape.prefix(2) else {
      throw mistake(.shape, "needs signals [batch, sources, ...], and found \(preds.shape) and \(target.shape)")
    }
    let (batch, n) = (target.shape[0], target.shape[1])
    guard mode == .speakerWise || n <= 8 else {
      throw mistake(.value, "tries all orders of up to 8 sources, and found \(n); take the mode speaker-wise")
    }
    if mode == .permutationWise {
      let orders = permutations(n)
      let values = stack(
        orders.map { metricFunc(preds.indexSelect(1, Tensor($0)), target).reshape([batch, -1]).mean([1]) }, dim: 1)
      let (best, places) = evalFunc == .max ? values.max(1) : values.min(1)
      return (best, Tensor(orders.flatMap { $0 }, shape: [orders.count, n]).indexSelect(0, places))
    }
    let columns = (0..<n).map { t in
      stack((0..<n).map { metricFunc(preds.select(1, $0), target.select(1, t)) }, dim: 1)
    }
    let matrix = stack(columns, dim: 1)
    let values = matrix.doubles
    let sign = evalFunc == .max ? -1.0 : 1.0
    let chosen = (0..<batch).flatMap { b in
      leastAssignment((0..<n).map { t in (0..<n).map { sign * values[(b * n + t) * n + $0] } })
    }
    let order = Tensor(chosen, shape: [batch, n])
    return (matrix.gather(2, order.unsqueeze(2)).squeeze([2]).mean([1]), order)
  }
}

/// All orders of the first `n` numbers, in lexicographic order.
private func permutations(_ n: Int) -> [[Int]] {
  func extended(_ prefix: [Int]) -> [[Int]] {
    if prefix.count == n { return [prefix] }
    return (0..<n).filter { !prefix.contains($0) }.flatMap { extended(prefix + [$0]) }
  }
  return extended([])
}
