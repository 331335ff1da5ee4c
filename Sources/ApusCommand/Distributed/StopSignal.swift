import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// SIGINT and SIGTERM that ask a job to end. The first is passed on, so that the job can save; the second ends it.
enum StopSignal {
  private static let first = Atomic<Int32>(0)
  private static let count = Atomic<Int>(0)

  /// The signal that came first; nil: none.
  static var number: Int32? {
    let value = first.load(ordering: .relaxed)
    return value == 0 ? nil : value
  }

  /// Whether it was asked for a second time.
  static var isImpatient: Bool { count.load(ordering: .relaxed) > 1 }

  static func watch() {
    // Who starts this program from a thread that holds signals back hands that on.
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM] { sigaddset(&numbers, number) }
    pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        _ = StopSignal.first.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        StopSignal.count.add(1, ordering: .relaxed)
      }
    }
  }
}
