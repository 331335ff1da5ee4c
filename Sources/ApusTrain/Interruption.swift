import ApusCore
import Synchronization

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#endif

private func setHandler(
  _ number: Int32, _ handler: (@convention(c) (Int32) -> Void)?
) -> (@convention(c) (Int32) -> Void)? {
  signal(number, handler)
}

/// What a run does when it is told to end, by Ctrl-C (SIGINT) or by a queue of a cluster (SIGTERM).
public enum InterruptAction: Sendable {
  /// Finishes the step, saves where the checkpoint plan says, closes the loggers and ends the process with 130 for SIGINT and
  /// 143 for SIGTERM, as shells expect. A second signal ends it at once.
  case exit
  /// Does the same, but `fit` returns.
  case stop
  /// Leaves signals alone.
  case ignore
}

/// The signals that runs wait for.
package enum Interruption {
  private static let received = Atomic<Int32>(0)
  private static let runs = Lock<Int>(0)

  private static let keep: @convention(c) (Int32) -> Void = { number in
    received.store(number, ordering: .relaxed)
    // The next signal of this kind ends the process, should the step never end.
    _ = setHandler(number, ScreenTerminal.isHeld ? ScreenTerminal.end : SIG_DFL)
  }

  /// The signal that has come, if one has.
  package static var signal: Int32? {
    let value = received.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  static func name(_ signal: Int32) -> String { signal == SIGINT ? "Ctrl-C" : "SIGTERM" }

  /// Ends the process as a shell expects of one that a signal has ended.
  package static func leave(_ signal: Int32) -> Never { exit(128 + signal) }

  /// From now on signals are kept for runs to see, unless the program has handlers of its own.
  package static func begin() {
    runs.withLock { count in
      count += 1
      guard count == 1 else { return }
      received.store(0, ordering: .relaxed)
      for number in [SIGINT, SIGTERM] {
        let before = setHandler(number, keep)
        if before != nil { _ = setHandler(number, before) }
      }
    }
  }

  /// Signals are again what they were before ``begin()``, after the last run.
  package static func end() {
    runs.withLock { count in
      count -= 1
      guard count == 0 else { return }
      for number in [SIGINT, SIGTERM] {
        let before = setHandler(number, SIG_DFL)
        if let before, unsafeBitCast(before, to: Int.self) != unsafeBitCast(keep, to: Int.self) {
          _ = setHandler(number, before)
        }
      }
    }
  }
}
