import ApusCore
import Dispatch

/// Runs `body` in a thread that ends with it, and waits for it: for what loads a model and runs it for the first time.
///
/// The threads that share the work of a thread stay until that one ends. Those of loading would only make the system's library of
/// threads think that there are more than processors, and let all of them sleep between operations.
/// - Throws: what `body` throws.
func inOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
  let made = Lock<Result<Value, any Error>?>(nil)
  let done = DispatchSemaphore(value: 0)
  let isStarted = startThread {
    let result = Result { try body() }
    made.withLock { $0 = result }
    done.signal()
  }
  guard isStarted else { return try body() }
  done.wait()
  guard let result = made.withLock({ $0 }) else { return try body() }
  return try result.get()
}
