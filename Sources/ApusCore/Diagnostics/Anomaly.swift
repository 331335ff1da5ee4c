import Synchronization

// Anomaly detection: backward passes that say which operation's gradient is no number, and where it was called.

/// What is looked for in the operations of a thread.
package struct AnomalyChecks: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Operations note where they are called.
  static let calls = AnomalyChecks(rawValue: 1)
  /// Gradients that are not a number are mistakes.
  static let nan = AnomalyChecks(rawValue: 2)
  /// Infinite gradients are mistakes.
  static let infinity = AnomalyChecks(rawValue: 4)
  /// So are results of operations; see ``checkNumerics(_:)``.
  static let results = AnomalyChecks(rawValue: 8)
  /// Operations note where they are called for ``recordMemoryHistory(_:)``.
  static let history = AnomalyChecks(rawValue: 16)

  static func gradients(nan: Bool, infinity: Bool) -> AnomalyChecks {
    [.calls, nan ? .nan : [], infinity ? .infinity : []]
  }
}

/// What is looked for in a part of a thread.
package final class AnomalyMode: Sendable {
  let checks: AnomalyChecks
  init(_ checks: AnomalyChecks) { self.checks = checks }
  static let off = AnomalyMode([])

  /// What is looked for in all of the program.
  private static let common = Atomic<UInt8>(0)

  private static var scoped: AnomalyMode? { Context.isPlain ? nil : Context.current?.anomalies }

  /// What the calling thread looks for.
  static var checks: AnomalyChecks {
    scoped?.checks ?? AnomalyChecks(rawValue: common.load(ordering: .relaxed)).subtracting(.history)
  }

  /// Whether operations of the calling thread are watched for anomalies.
  package static var isEnabled: Bool { !checks.isEmpty }

  /// Whether operations of the calling thread note where they are called.
  @inline(__always) static var notesCalls: Bool {
    common.load(ordering: .relaxed) != 0 || (!Context.isPlain && isEnabled)
  }

  /// Whether ``recordMemoryHistory(_:)`` is on.
  static var notesHistory: Bool { common.load(ordering: .relaxed) & AnomalyChecks.history.rawValue != 0 }

  /// Sets what all of the program looks for, of the kinds in `mask`.
  static func set(_ checks: AnomalyChecks, of mask: AnomalyChecks) {
    _ = common.bitwiseAnd(~mask.rawValue, ordering: .relaxed)
    _ = common.bitwiseOr(checks.rawValue, ordering: .relaxed)
  }
}

/// Runs `body` with anomaly detection, as PyTorch's `with torch.autograd.detect_anomaly()`: a backward pass in which the
/// gradient of an operation is not a number reports which operation that is, and where the program called it; and where the
/// forward pass gave such a value first, if it did. Operations that run inside `body` remember this; all take longer. Compiled
/// functions run eagerly in it.
///
///     detectAnomaly {
///       let loss = crossEntropy(model(x), y)
///       loss.backward()
///     }
///
/// - Parameters:
///   - checkNaN: whether gradients that are not a number are mistakes; otherwise only the mistakes of a backward pass
///     tell where the operation was called.
///   - checkInfinity: whether infinite gradients are mistakes too, which they are not for PyTorch: the gradient of a square root
///     at 0 is one, and the step that it makes gives no numbers afterwards.
public func detectAnomaly<R, E: Error>(
  checkNaN: Bool = true, checkInfinity: Bool = false, _ body: () throws(E) -> R
) throws(E) -> R {
  warn(
    "detect_anomaly",
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.")
  return try Context.with(anomalies: AnomalyMode(.gradients(nan: checkNaN, infinity: checkInfinity)), body)
}

/// Switches anomaly detection on or off for all of the program, as `torch.autograd.set_detect_anomaly`; see
/// ``detectAnomaly(checkNaN:checkInfinity:_:)``.
public func setDetectAnomaly(_ isEnabled: Bool, checkNaN: Bool = true, checkInfinity: Bool = false) {
  AnomalyMode.set(
    isEnabled ? .gradients(nan: checkNaN, infinity: checkInfinity) : [], of: [.calls, .nan, .infinity])
}

/// ``setDetectAnomaly(_:checkNaN:checkInfinity:)`` for the time of `body`, in the calling thread.
public func setDetectAnomaly<R, E: Error>(
  _ isEnabled: Bool, checkNaN: Bool = true, checkInfinity: Bool = false, _ body: () throws(E) -> R
) throws(E) -> R {
  let checks: AnomalyChecks = isEnabled ? .gradients(nan: checkNaN, infinity: checkInfinity) : []
  return try Context.with(anomalies: AnomalyMode(checks), body)
}

/// Whether anomaly detection is on, as `torch.is_anomaly_enabled()`.
public var isAnomalyEnabled: Bool { AnomalyMode.isEnabled }

/// Whether anomaly detection checks for gradients that are not a number, as `torch.is_anomaly_check_nan_enabled()`.
public var isAnomalyCheckNaNEnabled: Bool { AnomalyMode.checks.contains(.nan) }
