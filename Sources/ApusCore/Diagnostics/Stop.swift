import CKernels

#if canImport(Musl)
  @preconcurrency import Musl
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#else
  @preconcurrency import Glibc
#endif

// How a program ends that made a mistake outside of `withErrors`.

/// Writes lines on the standard error stream, or where the owner of the terminal has them.
func writeError(_ text: String) {
  if let owner = TerminalOwnership.owner { return owner.show(text) }
  var lines = text + "\n"
  lines.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
}

/// Held by the thread that ends the program: others that come to their end meanwhile wait for it.
private let end = Lock<Void>(())

/// Ends the program with `error` on the standard error stream: first what went wrong, then where in the user's program. What
/// was printed before is not lost.
///
/// A debugger stops, as at every `abort()`; `apusStop` is a name to break at.
package func stop(_ error: TensorError) -> Never {
  end.withLock { _ in
    TerminalOwnership.owner?.giveBack()
    TerminalOwnership.owner = nil
    fflush(stdout)
    let message = "\(error)"
    writeError(message)
    for place in places(error, CallStack.capture()) { writeError("  \(place)") }
    silenceBacktracer()
    message.withCString { apusStop($0) }
  }
}

/// Where `error` was made, and where the program came upon it if that is elsewhere: a failed tensor kept beyond its scope, a
/// mistake in another thread.
private func places(_ error: TensorError, _ here: CallStack) -> [String] {
  let (calls, hereCalls) = (error.stack.userCalls, here.userCalls)
  var lines = calls.map { "at \($0)" }
  if let used = hereCalls.first, !calls.map(\.description).contains(used.description) {
    lines += hereCalls.enumerated().map { ($0.offset == 0 && !calls.isEmpty ? "met at " : "at ") + "\($0.element)" }
  }
  if calls.allSatisfy({ $0.place == nil }), !here.hasSymbols {
    lines = ["at a place that is not known: the program has no symbols; one that is not stripped names file and line"]
  }
  return lines
}

/// Takes the handler of `SIGABRT` away if it is the Swift runtime's, which prints every thread and register: the message
/// has said where. Whoever has asked for such pages in `SWIFT_BACKTRACE` gets them.
private func silenceBacktracer() {
  if DynamicLibrary.environment("SWIFT_BACKTRACE")?.contains("enable=") == true { return }
  var (ofAbort, ofQuit) = (sigaction(), sigaction())
  guard sigaction(SIGABRT, nil, &ofAbort) == 0, sigaction(SIGQUIT, nil, &ofQuit) == 0 else { return }
  // The runtime has one handler for all signals; programs do not handle these two alike. It is the first word.
  let handler = { (action: sigaction) in withUnsafeBytes(of: action) { $0.load(as: UInt.self) } }
  if handler(ofAbort) == handler(ofQuit) { signal(SIGABRT, SIG_DFL) }
}
