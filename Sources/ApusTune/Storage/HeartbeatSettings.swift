import ApusCore

/// How a storage keeps signs of life of running trials.
struct HeartbeatSettings {
  let interval: Double?
  let graceTime: Double
  let retryFailedTrials: Int

  /// - Throws: `TensorError` of kind `value` where a number is not positive.
  init(interval: Double?, graceTime: Double?, retryFailedTrials: Int) throws {
    for (name, value) in [("heartbeatInterval", interval), ("graceTime", graceTime)] {
      if let value, !(value > 0) {
        throw TensorError(.value, "storage", "\(name) is \(value) seconds; it must be positive")
      }
    }
    guard retryFailedTrials >= 0 else {
      throw TensorError(.value, "storage", "\(retryFailedTrials) retries were asked for; 0 is the least")
    }
    self.interval = interval
    self.graceTime = graceTime ?? 2 * (interval ?? 30)
    self.retryFailedTrials = retryFailedTrials
  }
}
