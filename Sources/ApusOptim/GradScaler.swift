import ApusCore
import ApusNN

/// Keeps small gradients of float16 from becoming zero: the loss is multiplied by a scale, the gradients are divided by it, and a
/// step whose gradients are not finite is left out and the scale made smaller. PyTorch's `torch.amp.GradScaler`.
///
///     let scaler = GradScaler()
///     for (images, labels) in loader {
///       optimizer.zeroGrad()
///       let loss = autocast(.float16) { crossEntropy(model(images), labels) }
///       scaler.scale(loss).backward()
///       scaler.unscale_(optimizer)  // only to see or to clip the gradients
///       clipGradNorm(model.parameters(), maxNorm: 1)
///       scaler.step(optimizer)
///       scaler.update()
///     }
///
/// bfloat16 has the range of float32 and needs no scale.
public final class GradScaler: Sendable {
  private enum Stage { case ready, unscaled, stepped }
  private struct OfOptimizer {
    var stage = Stage.ready
    /// Whether a gradient was not finite; nil before they were looked at.
    var foundInf: Bool?
  }
  private struct State {
    var scale: Float
    var growthFactor: Double
    var backoffFactor: Double
    var growthInterval: Int
    /// The steps since the last change that had finite gradients.
    var growthTracker = 0
    /// Whether ``GradScaler/scale(_:)`` has been called.
    var isUsed = false
    var optimizers: [ObjectIdentifier: OfOptimizer] = [:]
  }
  private let state: Lock<State>
  private let enabled: Bool

  /// - Parameters:
  ///   - device: accepted as PyTorch has it; the scale serves gradients wherever they lie.
  ///   - initScale: the first scale.
  ///   - growthFactor: what the scale is multiplied by after `growthInterval` steps with finite gradients; above 1.
  ///   - backoffFactor: what it is multiplied by after a step that was left out; below 1.
  ///   - enabled: false makes ``step(_:)`` the optimiser's own and all else nothing.
  public init(
    _ device: String = "cpu", initScale: Double = 65536, growthFactor: Double = 2, backoffFactor: Double = 0.5,
    growthInterval: Int = 2000, enabled: Bool = true
  ) {
    self.enabled = enabled
    state = Lock(
      State(
        scale: Float(initScale), growthFactor: growthFactor, backoffFactor: backoffFactor,
        growthInterval: growthInterval))
    guard enabled else { return }
    if growthFactor <= 1 {
      report(TensorError(.value, "GradScaler", "growthFactor must be above 1, and found \(growthFactor)"))
    }
    if backoffFactor >= 1 {
      report(TensorError(.value, "GradScaler", "backoffFactor must be below 1, and found \(backoffFactor)"))
    }
  }

  /// Whether it scales.
  public var isEnabled: Bool { enabled }

  /// `outputs`, a tensor or a tree of tensors, times the scale.
  public func scale<Outputs: TensorTree>(_ outputs: Outputs) -> Outputs {
    guard enabled else { return outputs }
    let scale = state.withLock { state in
      state.isUsed = true
      return state.scale
    }
    return outputs.mapTensors { $0 * Tensor(Double(scale), dtype: .float32).placed(with: $0) }
  }

  /// Divides the gradients of the optimiser's parameters by the scale, to look at them or to bound them before ``step(_:)``, which does
  /// it otherwise. Once for each step.
  public func unscale_(_ optimizer: Optimizer) {
    guard enabled, isScaled("unscale_") else { return }
    switch state.withLock({ $0.optimizers[ObjectIdentifier(optimizer)]?.stage ?? .ready }) {
    case .unscaled: fail("unscale_", "it has already been called for this optimizer since the last update()")
    case .stepped: fail("unscale_", "it is called after step(); call it before")
    case .ready: lookAndUnscale(optimizer)
    }
  }

  /// ``unscale_(_:)``.
  public func unscale(_ optimizer: Optimizer) { unscale_(optimizer) }

  /// Makes the optimiser's step with gradients divided by the scale, or none if one of them is not finite.
  /// - Returns: whether the step was made.
  @discardableResult
  public func step(_ optimizer: Optimizer) -> Bool {
    guard enabled else {
      optimizer.step()
      return true
    }
    guard isScaled("step") else { return false }
    let key = ObjectIdentifier(optimizer)
    switch state.withLock({ $0.optimizers[key]?.stage ?? .ready }) {
    case .stepped:
      fail("step", "it has already been called for this optimizer since the last update()")
      return false
    case .ready: lookAndUnscale(optimizer)
    case .unscaled: break
    }
    guard let foundInf = state.withLock({ $0.optimizers[key]?.foundInf }) else {
      fail("step", "the optimizer has no gradients; call scale(loss).backward() before")
      return false
    }
    if !foundInf { optimizer.step() }
    state.withLock { $0.optimizers[key]?.stage = .stepped }
    return !foundInf
  }

  /// Ends an iteration: makes the scale smaller if a step was left out, and larger after `growthInterval` steps in a row that
  /// were made.
  /// - Parameter newScale: the scale to go on with instead.
  public func update(_ newScale: Double? = nil) {
    guard enabled, isScaled("update") else { return }
    let isMissing = state.withLock { state in
      if let newScale {
        state.scale = Float(newScale)
        state.optimizers = [:]
        return false
      }
      let found = state.optimizers.values.compactMap(\.foundInf)
      if found.isEmpty { return true }
      if found.contains(true) {
        state.scale = Float(Double(state.scale) * state.backoffFactor)
        state.growthTracker = 0
      } else {
        state.growthTracker += 1
        if state.growthTracker == state.growthInterval {
          let grown = Float(Double(state.scale) * state.growthFactor)
          if grown.isFinite { state.scale = grown }
          state.growthTracker = 0
        }
      }
      state.optimizers = [:]
      return false
    }
    if isMissing { fail("update", "no step() or unscale_() came before it in this iteration") }
  }

  /// The present scale, 1 if it is not enabled.
  public func getScale() -> Double { enabled ? state.withLock { Double($0.scale) } : 1 }

  /// What the scale grows by.
  public var growthFactor: Double {
    get { state.withLock { $0.growthFactor } }
    set { state.withLock { $0.growthFactor = newValue } }
  }

  /// What the scale is made smaller by.
  public var backoffFactor: Double {
    get { state.withLock { $0.backoffFactor } }
    set { state.withLock { $0.backoffFactor = newValue } }
  }

  /// The number of steps in a row after which the scale grows.
  public var growthInterval: Int {
    get { state.withLock { $0.growthInterval } }
    set { state.withLock { $0.growthInterval = newValue } }
  }

  /// Scale, factors, interval and the number of steps since the last change, under PyTorch's names; empty if it is not enabled.
  public func stateDict() -> StateDict {
    guard enabled else { return StateDict() }
    let state = state.withLock { $0 }
    func number(_ value: Double) -> Tensor { Tensor(value, dtype: .float64) }
    return [
      "scale": number(Double(state.scale)), "growth_factor": number(state.growthFactor),
      "backoff_factor": number(state.backoffFactor), "growth_interval": Tensor(state.growthInterval),
      "_growth_tracker": Tensor(state.growthTracker),
    ]
  }

  /// Continues from a ``stateDict()``; nothing if it is not enabled.
  /// - Throws: `TensorError` if the state is none of a scaler.
  public func loadStateDict(_ saved: StateDict) throws(TensorError) {
    guard enabled else { return }
    func number(_ name: String, _ range: ClosedRange<Double>) throws(TensorError) -> Double {
      guard let tensor = saved[name], tensor.count == 1 else {
        throw TensorError(
          .state, "GradScaler", "the state has no number \(name); it is none of a scaler, or of one that is not enabled"
        )
      }
      let value = tensor.item()
      guard range.contains(value) else { throw TensorError(.state, "GradScaler", "\(name) cannot be \(value)") }
      return value
    }
    let scale = try number("scale", 0...Double(Float.greatestFiniteMagnitude))
    let growth = try number("growth_factor", 1...1e15)
    let backoff = try number("backoff_factor", 0...1)
    let interval = try number("growth_interval", 0...1e15)
    let tracker = try number("_growth_tracker", 0...1e15)
    state.withLock { state in
      (state.scale, state.growthFactor, state.backoffFactor) = (Float(scale), growth, backoff)
      (state.growthInterval, state.growthTracker) = (Int(interval), Int(tracker))
    }
  }

  private func isScaled(_ operation: String) -> Bool {
    if state.withLock({ $0.isUsed }) { return true }
    fail(operation, "nothing has been scaled before; call scale(loss).backward() in the iteration")
    return false
  }

  private func fail(_ operation: String, _ message: String) {
    report(TensorError(.value, "GradScaler.\(operation)", message))
  }

  private func lookAndUnscale(_ optimizer: Optimizer) {
    let parameters = optimizer.parameters.filter { $0.grad != nil }
    guard !parameters.contains(where: { $0.grad?.dtype == .float16 }) else {
      return fail(
        "unscale_", "gradients are float16; autocast leaves parameters in float32, which have float32 gradients")
    }
    let scale = state.withLock { $0.scale }
    let inverse = Double(Float(1 / Double(scale)))
    if inverse != 1 { scaleGradients(parameters, by: inverse) }
    let hasInf = noGrad { parameters.contains { $0.grad.map { !Self.isFinite($0) } ?? false } }
    state.withLock {
      $0.optimizers[ObjectIdentifier(optimizer)] = OfOptimizer(
        stage: .unscaled, foundInf: parameters.isEmpty ? nil : hasInf)
    }
  }

  /// Whether all elements are. A sum of finite ones may be too large; one with infinities is never finite.
  private static func isFinite(_ gradient: Tensor) -> Bool {
    gradient.sum().item().isFinite || gradient.isfinite().all().item() != 0
  }
}
