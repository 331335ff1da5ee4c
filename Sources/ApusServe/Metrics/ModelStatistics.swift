import ApusCore

/// What was counted of a model's version.
final class ModelStatistics: Sendable {
  /// How often and how long in all, in seconds.
  struct Tally: Sendable {
    var count = 0
    var seconds = 0.0
    mutating func add(_ seconds: Double, times: Int = 1) {
      count += times
      self.seconds += seconds
    }
    var nanoseconds: Int { Int(seconds * 1e9) }
    var microseconds: Int { Int(seconds * 1e6) }
  }

  struct Counts: Sendable {
    /// Requests that were answered, and that failed: from their coming to their answer.
    var success = Tally()
    var failure = Tally()
    var queue = Tally()
    var input = Tally()
    var compute = Tally()
    var output = Tally()
    /// Rows, runs, and requests that were refused because too many waited or too late.
    var rows = 0
    var runs = 0
    var refused = 0
    /// When the last request came, in milliseconds since 1970.
    var last = 0
    /// Runs by the number of their rows.
    var batches: [Int: Tally] = [:]
  }

  private let counts = Lock(Counts())

  var current: Counts { counts.withLock { $0 } }
  func update(_ body: (inout Counts) -> Void) { counts.withLock { body(&$0) } }
}
