import ApusCore

/// At which steps a pruner decides: from `warmup` on, once in each interval.
struct PruningSteps: Sendable {
  let warmup: Int
  let interval: Int

  init(warmup: Int, interval: Int, _ pruner: String) throws {
    guard warmup >= 0 else {
      throw TensorError(.value, pruner, "nWarmupSteps is \(warmup); there are 0 or more")
    }
    guard interval >= 1 else {
      throw TensorError(.value, pruner, "intervalSteps is \(interval); it must be at least 1")
    }
    (self.warmup, self.interval) = (warmup, interval)
  }

  /// Every step.
  init() { (warmup, interval) = (0, 1) }

  /// Whether `step` is the first one reported in its interval, given all reported steps.
  func includes(_ step: Int, of steps: some Sequence<Int>) -> Bool {
    guard step >= warmup else { return false }
    let start = (step - warmup) / interval * interval + warmup
    return !steps.contains { $0 != step && $0 >= start }
  }
}
