import Synchronization

// Anomaly detection: backward passes that say which operation's gradient is no number, and where it was called.

/// What backward passes look after.
package final class AnomalyMode: Sendable {
  /// Whether it looks at all.
  let isEnabled: Bool
  /// Whether gradients that are no number are mistakes.
  let checksNaN: Bool

  private init(isEnabled: Bool, checksNaN: Bool) { (self.isEnabled, self.checksNaN) = (isEnabled, checksNaN) }

  static func mode(_ isEnabled: Bool, _ checksNaN: Bool) -> AnomalyMode {
    isEnabled ? checksNaN ? full : tracesOnly : off
  }

  private static let off = AnomalyMode(isEnabled: false, checksNaN: false)
  private static let tracesOnly = AnomalyMode(isEnabled: true, checksNaN: false)
  private static let full = AnomalyMode(isEnabled: true, checksNaN: true)

  /// What ``setDetectAnomaly(_:checkNaN:)`` said: bit 0 to look, bit 1 to check gradients.
  fileprivate static let common = Atomic<UInt8>(0)

  private static var scoped: AnomalyMode? { Context.current?.anomalies }

  /// Whether operations of the calling thread note where they are called.
  @inline(__always) package static var isEnabled: Bool {
    if !Context.isPlain, let scoped { return scoped.isEnabled }
    return common.load(ordering: .relaxed) != 0
  }

  /// Whether backward passes of the calling thread check gradients.
  static var checksNaN: Bool { scoped?.checksNaN ?? (common.load(ordering: .relaxed) & 2 != 0) }
}

/// Runs `body` with anomaly detection, as PyTorch's `with torch.autograd.detect_anomaly()`: a backward pass in which the
/// gradient of an operation is not a number reports which operation that is, and where the program called it. Operations that
/// run inside `body` remember this; all take longer.
///
/// - Parameter checkNaN: whether gradients that are not a number are mistakes; otherwise only the mistakes of a backward pass
///   tell where the operation was called.
public func detectAnomaly<R, E: Error>(checkNaN: Bool = true, _ body: () throws(E) -> R) throws(E) -> R {
  warn(
    "detect_anomaly",
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.")
  return try Context.with(anomalies: .mode(true, checkNaN), body)
}

/// Switches anomaly detection on or off for all of the program, as `torch.autograd.set_detect_anomaly`; see
/// ``detectAnomaly(checkNaN:_:)``.
public func setDetectAnomaly(_ isEnabled: Bool, checkNaN: Bool = true) {
  AnomalyMode.common.store(isEnabled ? checkNaN ? 3 : 1 : 0, ordering: .relaxed)
}

/// ``setDetectAnomaly(_:checkNaN:)`` for the time of `body`, in the calling thread.
public func setDetectAnomaly<R, E: Error>(
  _ isEnabled: Bool, checkNaN: Bool = true, _ body: () throws(E) -> R
) throws(E) -> R {
  try Context.with(anomalies: .mode(isEnabled, checkNaN), body)
}

/// Whether anomaly detection is on, as `torch.is_anomaly_enabled()`.
public var isAnomalyEnabled: Bool { AnomalyMode.isEnabled }

/// Whether anomaly detection checks for gradients that are not a number, as `torch.is_anomaly_check_nan_enabled()`.
public var isAnomalyCheckNaNEnabled: Bool { AnomalyMode.isEnabled && AnomalyMode.checksNaN }

/// Where the program called an operation.
final class ForwardCall: Sendable {
  private let stack: CallStack
  private let module: String?

  private init(_ stack: CallStack, _ module: String?) { (self.stack, self.module) = (stack, module) }

  /// The call that goes on, if anomalies are looked for.
  @inline(__always) static var current: ForwardCall? { AnomalyMode.isEnabled ? taken() : nil }

  @inline(never) private static func taken() -> ForwardCall {
    ForwardCall(CallStack.capture(), ModuleFrame.innermost.map { $0.pointee.describe($0) })
  }

  fileprivate var description: String {
    let calls = stack.userCalls
    let module = module.map { " in module \($0)" } ?? ""
    if calls.isEmpty { return module.isEmpty ? "" : ". The forward call was made" + module }
    return ". Traceback of the forward call\(module) that caused the error:\n"
      + calls.map { "    at \($0)" }.joined(separator: "\n")
  }
}

extension Node {
  /// An error of the backward pass at this node, with where it was called if that is known.
  func anomaly(_ error: TensorError) -> TensorError {
    guard AnomalyMode.isEnabled else { return error }
    var error = error
    error.message +=
      forwardCall?.description
      ?? ". No forward pass information available: enable detect anomaly during the forward pass for more information"
    return error
  }

  /// Reports the first of `gradients` that is not a number, if such are looked for.
  func checkGradients(_ gradients: [Tensor?]) throws(TensorError) {
    guard AnomalyMode.isEnabled, AnomalyMode.checksNaN else { return }
    for (i, gradient) in gradients.enumerated() {
      // Samples and derivatives of a transformation have no elements of their own to look at.
      guard let gradient, !gradient.isPoisoned, gradient.dtype.isInexact else { continue }
      let elements = gradient.untraced
      if elements.isMarked { continue }
      let hasNaN = Context.with(gradientEnabled: false, untraced: true) { elements.detach().isnan().any().item() != 0 }
      if hasNaN {
        throw anomaly(
          TensorError(.value, "backward", "Function '\(functionName)' returned nan values in its \(i)th output"))
      }
    }
  }
}
