import ApusCore
import ApusFunctional
import ApusNN

/// Batch normalisation with the mean and variance of the batches of all ranks together, which may differ in size:
/// PyTorch's `SyncBatchNorm`.
///
///     SyncBatchNorm.convert(model)                  // all batch norms of a model
///     let ddp = try DistributedDataParallel(model)
///
/// For inputs `[N, C]` or `[N, C, ...]`. In evaluation it is a batch norm like any other.
public final class SyncBatchNorm: Layer {
  /// Whether it trains, and its hooks.
  public let state = ModuleState()
  /// `[numFeatures]`, or nil.
  public let weight: Tensor?
  /// `[numFeatures]`, or nil.
  public let bias: Tensor?
  /// The running mean `[numFeatures]`, or nil where none is kept.
  public let runningMean: Tensor?
  /// The running variance `[numFeatures]`, or nil where none is kept.
  public let runningVar: Tensor?
  /// The number of batches that the running statistics have seen, or nil where none are kept.
  public let numBatchesTracked: Tensor?
  /// The number of channels.
  public let numFeatures: Int
  /// What is added to variances.
  public let eps: Double
  /// How far running statistics move towards each batch's; nil: their average over all batches.
  public let momentum: Double?
  private let statistics: GroupStatistics

  /// - Parameters:
  ///   - numFeatures: the number of channels.
  ///   - momentum: how far running statistics move towards each batch's; nil: their average over all batches.
  ///   - affine: whether to scale and shift by weight and bias.
  ///   - trackRunningStats: whether to keep running statistics; else those of the batch serve in evaluation too.
  ///   - group: the ranks whose batches count; all processes if nil.
  /// - Throws: `TensorError` where there is no group yet.
  public init(
    numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true, trackRunningStats: Bool = true,
    group: ProcessGroup? = nil, dtype: DType = .default
  ) throws(TensorError) {
    statistics = try GroupStatistics(group)
    weight = affine ? parameter(Tensor.full([numFeatures], 1, dtype: dtype)) : nil
    bias = affine ? parameter(Tensor.full([numFeatures], 0, dtype: dtype)) : nil
    runningMean = trackRunningStats ? buffer(Tensor.full([numFeatures], 0, dtype: dtype)) : nil
    runningVar = trackRunningStats ? buffer(Tensor.full([numFeatures], 1, dtype: dtype)) : nil
    numBatchesTracked = trackRunningStats ? buffer(Tensor.full([], 0, dtype: .int64)) : nil
    self.numFeatures = numFeatures
    self.eps = eps
    self.momentum = momentum
  }

  public func forward(_ x: Tensor) -> Tensor {
    guard isTraining else {
      return batchNorm(
        x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: runningMean == nil,
        eps: eps)
    }
    let result = statistics.normalise(x, weight: weight, bias: bias, eps: eps)
    if result.output.hasFailed { return result.output }
    if var tracked = numBatchesTracked {
      tracked += 1
      noGrad {
        let share = momentum.map { Tensor($0, dtype: .float64) } ?? tracked.to(.float64).reciprocal()
        for (running, new) in [(runningMean, result.mean), (runningVar, result.variance)] {
          guard var running else { continue }
          running.assign((running.to(.float64) * (1 - share) + new * share).to(running.dtype))
        }
      }
    }
    return result.output
  }

  public var extraRepresentation: String {
    "\(numFeatures), eps=\(eps), momentum=\(momentum.map { "\($0)" } ?? "None"), "
      + "affine=\(weight == nil ? "False" : "True"), track_running_stats=\(runningMean == nil ? "False" : "True")"
  }

  /// Has all batch norms inside of `model` take the statistics of the ranks of `group` together while they train:
  /// PyTorch's `convert_sync_batchnorm`. The modules stay what they are, with their parameters and names. All ranks
  /// call it.
  ///
  /// - Parameter group: the ranks whose batches count; all processes if nil.
  /// - Returns: `model`.
  /// - Throws: `TensorError` where there is no group yet, and for a batch norm without running statistics: make it
  ///   a ``SyncBatchNorm``.
  @discardableResult
  public static func convert<Model: Module>(_ model: Model, group: ProcessGroup? = nil) throws(TensorError) -> Model {
    let statistics = try GroupStatistics(group)
    for (name, module) in model.namedModules() {
      guard let norm = module as? any BatchNormalizing else { continue }
      guard norm.isTracking else {
        throw TensorError(
          .unsupported, "SyncBatchNorm",
          "'\(name)' keeps no running statistics (trackRunningStats: false) and cannot be converted; make it a SyncBatchNorm"
        )
      }
      norm.state.sharedStatistics = statistics
    }
    return model
  }
}

/// The statistics of the batches of a group's ranks.
final class GroupStatistics: SharedStatistics {
  /// A group of its own: its collectives stand in no order with those of gradients.
  let group: ProcessGroup

  init(_ group: ProcessGroup?) throws(TensorError) {
    let ranks = if let group { group } else { try ProcessGroup.world }
    self.group = try ranks.split(color: 0, key: ranks.rank) ?? ranks
  }

  func normalise(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, eps: Double
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    if x.hasFailed { return (x, x, x) }
    do throws(TensorError) {
      guard x.rank >= 2, x.dtype.isFloatingPoint else {
        throw TensorError(
          .shape, "SyncBatchNorm", "takes floating point inputs of shape [N, C, ...], and found \(x.type)")
      }
      guard weight.map({ $0.count == x.shape[1] }) ?? true else {
        throw TensorError(
          .shape, "SyncBatchNorm", "has \(weight?.count ?? 0) channels, and the input is \(x.type)")
      }
      Tracer.current?.fail("a batch norm takes the statistics of other processes")
      let moments = try self.moments(x, eps)
      let output = GroupNormalisation.apply(x, weight, bias, moments)
      return (output, moments.mean, moments.variance * (moments.count / max(1, moments.count - 1)))
    } catch {
      let failed = fail(error)
      return (failed, failed, failed)
    }
  }

  /// The moments of all ranks' elements for each channel, from those of each rank.
  private func moments(_ x: Tensor, _ eps: Double) throws(TensorError) -> Moments {
    let dims = x.shape.indices.filter { $0 != 1 }
    let (channels, count) = (x.shape[1], x.count / max(1, x.shape[1]))
    let own = try mistakesThrown {
      let elements = x.detach().to(x.dtype == .float64 ? .float64 : .float32)
      let mean = elements.sum(dims, dtype: .float64) / Double(max(1, count))
      let centred = elements - mean.reshape(x.column).to(elements.dtype)
      let squares = (centred * centred).sum(dims, dtype: .float64)
      return cat([full([1], Double(count), dtype: .float64), mean, squares], dim: 0)
    }
    let all = try group.allGather(own)
    return try mistakesThrown {
      let counts = all.map { $0[0].item() }
      let total = counts.reduce(0, +)
      guard total > 1 else {
        throw TensorError(
          .value, "SyncBatchNorm",
          "expected more than 1 value per channel on all ranks together when training, got input of shape \(x.shape)")
      }
      let means = all.map { $0[1..<(1 + channels)] }
      var mean = zeros([channels], dtype: .float64)
      for (n, m) in zip(counts, means) { mean = mean + m * (n / total) }
      var squares = zeros([channels], dtype: .float64)
      for i in all.indices {
        let distance = means[i] - mean
        squares = squares + all[i][(1 + channels)...] + distance * distance * counts[i]
      }
      let variance = squares / total
      return Moments(
        mean: mean, variance: variance, scale: (variance + eps).rsqrt(), count: total, group: group)
    }
  }
}

/// What all ranks' elements of each channel have in common: float64 `[C]`.
private struct Moments {
  let mean: Tensor
  let variance: Tensor
  /// 1 / sqrt(variance + eps).
  let scale: Tensor
  /// The number of elements of a channel.
  let count: Double
  let group: ProcessGroup
}

/// (x - mean) / sqrt(variance + eps) · weight + bias, with gradients over all ranks.
private enum GroupNormalisation: Function {
  static func forward(_ ctx: FunctionContext, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ moments: Moments)
    -> Tensor
  {
    ctx.saveForBackward(x, weight)
    ctx.values["moments"] = moments
    let wide = x.dtype == .float64 ? DType.float64 : .float32
    let scale = weight.map { moments.scale * $0.to(.float64) } ?? moments.scale
    var shift = -(moments.mean * scale)
    if let bias { shift = shift + bias.to(.float64) }
    return (x.to(wide) * scale.to(wide).reshape(x.column) + shift.to(wide).reshape(x.column)).to(x.dtype)
  }

  static func backward(_ ctx: FunctionContext, _ gradient: Tensor) -> (Tensor?, Tensor?, Tensor?) {
    let moments: Moments = ctx.moments
    let x = ctx.savedTensors[0]
    let weight: Tensor? = ctx.savedTensors[1]
    let wide = x.dtype == .float64 ? DType.float64 : .float32
    let dims = x.shape.indices.filter { $0 != 1 }
    let mean = moments.mean.to(wide).reshape(x.column)
    let scale = moments.scale.to(wide).reshape(x.column)
    let normalised = (x.to(wide) - mean) * scale
    let incoming = gradient.to(wide)
    let sum = incoming.sum(dims, dtype: .float64)
    let product = (incoming * normalised).sum(dims, dtype: .float64)
    let shared: Tensor
    do throws(TensorError) {
      shared = try moments.group.allReduce(stack([sum, product], dim: 0), .sum) / moments.count
    } catch {
      let failed = fail(error)
      return (failed, failed, failed)
    }
    var result = incoming - shared[0].to(wide).reshape(x.column) - normalised * shared[1].to(wide).reshape(x.column)
    result = result * scale
    if let weight { result = result * weight.to(wide).reshape(x.column) }
    return (
      result.to(x.dtype), weight.map { product.to($0.dtype) },
      ctx.needsInputGrad[2] ? sum.to(weight?.dtype ?? x.dtype) : nil
    )
  }
}

extension Tensor {
  /// The shape of numbers for each channel of `[N, C, ...]`.
  fileprivate var column: [Int] { [1, shape[1]] + [Int](repeating: 1, count: rank - 2) }
}
