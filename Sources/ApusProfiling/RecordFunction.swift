import ApusCore

/// Runs `body` as a range of this name in profiles, PyTorch's `with record_function(name)`:
///
///     let attended = recordFunction("attention") { attention(x) }
///
/// Where no profiler is running it costs a few instructions more than `body`.
@discardableResult
public func recordFunction<R, E: Error>(_ name: @autoclosure () -> String, _ body: () throws(E) -> R) throws(E) -> R {
  try Profiling.annotated(name(), .annotation, body)
}
