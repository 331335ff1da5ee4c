import ApusCore

/// What a profiler does in a step, PyTorch's `ProfilerAction`.
public enum ProfilerAction: Sendable, Hashable {
  /// Nothing.
  case none
  /// It looks, and forgets what it saw: the first steps with a profiler take longer.
  case warmup
  /// It looks.
  case record
  /// It looks, and hands out at the end of the step what it has seen since the last time.
  case recordAndSave
}

/// Says what a profiler does in the step of a number, from 0.
public typealias ProfilerSchedule = @Sendable (_ step: Int) -> ProfilerAction

/// Cycles of `wait` steps without profiler, `warmup` steps whose events are forgotten, and `active` ones that are recorded and
/// handed out together, PyTorch's `torch.profiler.schedule`.
///
/// - Parameters:
///   - repeat: the number of cycles; 0: until the profiler stops.
///   - skipFirst: steps before the first cycle.
///   - skipFirstWait: whether the first cycle does not wait.
public func schedule(
  wait: Int, warmup: Int, active: Int, `repeat`: Int = 0, skipFirst: Int = 0, skipFirstWait: Bool = false
) -> ProfilerSchedule {
  for (name, value, least) in [
    ("wait", wait, 0), ("warmup", warmup, 0), ("active", active, 1), ("repeat", `repeat`, 0),
    ("skipFirst", skipFirst, 0),
  ] where value < least {
    report(TensorError(.value, "schedule", "\(name) must be \(least) or more, and is \(value)"))
    return { _ in .none }
  }
  return { step in
    guard step >= skipFirst else { return .none }
    let step = step - skipFirst + (skipFirstWait ? wait : 0)
    let cycle = wait + warmup + active
    if `repeat` > 0, step >= `repeat` * cycle { return .none }
    let place = step % cycle
    if place < wait { return .none }
    if place < wait + warmup { return .warmup }
    return place < cycle - 1 ? .record : .recordAndSave
  }
}
