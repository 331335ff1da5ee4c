import ApusCore

/// Something that a profiler saw, PyTorch's `FunctionEvent`. Times are in microseconds.
public struct ProfilerEvent: Sendable {
  /// What an event is.
  public enum Kind: Sendable, Hashable {
    /// An operation.
    case operation
    /// The gradient rule of an operation.
    case backward
    /// The call of a module.
    case module
    /// A range that the program names, the step of an optimiser, the loading of a batch.
    case annotation
    /// A kernel of a compiled function.
    case kernel
  }

  /// The place among ``Profiler/events()``.
  public let id: Int
  /// PyTorch's name of the operation or the gradient rule (`MulBackward0`), or that of the range.
  public let name: String
  /// What it is.
  public let kind: Kind
  /// The system's number of the thread.
  public let thread: Int
  /// When it began, after the beginning of the profile.
  public let start: Double
  /// From beginning to end.
  public let cpuTimeTotal: Double
  /// Without the events inside it: for a module without other modules, for others without what is no module.
  public internal(set) var selfCPUTimeTotal: Double
  /// The event around it that is no module.
  public internal(set) var parent: Int?
  /// The call of a module in which it is, for backward passes that of the forward operation.
  public internal(set) var module: Int?
  /// The module's path, `Net.encoder.0`: of a module its own, of others that of ``module``.
  public internal(set) var modulePath: String?
  /// Bytes that tensors took and did not give back meanwhile. 0 without `profileMemory`.
  public internal(set) var cpuMemoryUsage = 0
  /// ``cpuMemoryUsage`` without the events inside it.
  public internal(set) var selfCPUMemoryUsage = 0
  /// The shapes of the inputs, where `recordShapes` asked for them.
  public let inputShapes: [[Int]]
  /// The element types of the inputs, as for ``inputShapes``.
  public let inputTypes: [DType]
  /// Floating-point operations, where `withFLOPs` asked for them.
  public let flops: Int
  /// The calls of the program, innermost first, where `withStack` asked for them.
  public let stack: [String]
  /// The number of the recorded operation, which it shares with its gradient rule; nil where nothing was recorded.
  public let sequenceNumber: Int?

  /// When it ended.
  public var end: Double { start + cpuTimeTotal }
}

/// What is noted, for the head of traces.
struct TraceOptions: Sendable {
  var shapes, memory, stack, modules, flops: Bool
}

/// Memory that was taken, or given back where ``bytes`` is negative.
struct MemoryEvent: Sendable {
  var time: Double
  var thread: Int
  var bytes: Int
}
