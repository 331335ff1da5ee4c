import ApusCore

/// A collective or message that was started, as PyTorch's `Work`: it goes on while the program computes.
///
///     let work = try world.startAllReduce(gradient, .mean)
///     ...                       // something else meanwhile
///     let mean = try work.wait()
public final class Work<Value: Sendable>: Sendable {
  private enum State {
    case open(@Sendable () throws(TensorError) -> Value)
    case ended(Result<Value, TensorError>)
  }

  private let operation: Operation
  private let state: Lock<State>

  init(_ operation: Operation, _ finish: @escaping @Sendable () throws(TensorError) -> Value) {
    self.operation = operation
    state = Lock(.open(finish))
  }

  /// Whether it has ended, well or not, so that ``wait()`` comes back at once. Asking gets it on.
  public var isCompleted: Bool { operation.group.engine.isDone(operation) }

  /// Waits for the end, and gives the result; every call gives the same.
  /// - Throws: `TensorError` of what went wrong.
  @discardableResult
  public func wait() throws(TensorError) -> Value {
    let failure: TensorError?
    do throws(TensorError) {
      try operation.group.engine.wait(for: operation)
      failure = nil
    } catch { failure = error }
    let result = state.withLock { state -> Result<Value, TensorError> in
      switch state {
      case .ended(let result): return result
      case .open(let finish):
        let result: Result<Value, TensorError>
        if let failure {
          result = .failure(failure)
        } else {
          do throws(TensorError) { result = .success(try finish()) } catch { result = .failure(error) }
        }
        state = .ended(result)
        return result
      }
    }
    return try result.get()
  }
}

extension ProcessGroup {
  /// Starts a collective of all members.
  /// - Parameters:
  ///   - text: what it is, as all ranks say it where they agree.
  ///   - timeout: nil: that of the group.
  ///   - finish: makes the result of what came.
  func start<Value: Sendable>(
    _ text: String, _ phases: [Phase], timeout: Duration? = nil,
    _ finish: @escaping @Sendable () throws(TensorError) -> Value
  ) -> Work<Value> {
    let check = core.engine.isDebugging && size > 1 ? Phases.compare(text, in: core) : []
    let operation = Operation(
      text, core, partners: (0..<size).filter { $0 != rank }, isCollective: true,
      timeout: (timeout ?? self.timeout).inSeconds, phases: check + phases, holding: finish)
    core.engine.submit(operation)
    return Work(operation, finish)
  }

  /// Starts a message from or to one other member.
  /// - Parameter lane: of those with the same the first alone is going on; nil: all are.
  func startMessage<Value: Sendable>(
    _ text: String, with partner: Int, lane: String? = nil, _ phases: [Phase],
    _ finish: @escaping @Sendable (_ bytes: Int) throws(TensorError) -> Value
  ) -> Work<Value> {
    let operation = Operation(
      text, core, partners: [partner], isCollective: false, timeout: timeout.inSeconds, phases: phases,
      lane: lane, holding: finish)
    core.engine.submit(operation)
    return Work(operation) { () throws(TensorError) in try finish(operation.receivedBytes) }
  }
}
