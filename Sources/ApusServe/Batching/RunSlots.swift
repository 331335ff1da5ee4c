import ApusCore

/// How many runs there are at once in all models: as many as there are threads for operations, which they share. Where
/// more want to run, the model goes first that has run for the shortest time so far, so that a model with many requests
/// does not keep the others waiting.
final class RunSlots: @unchecked Sendable {
  /// Those of the process.
  static let shared = RunSlots(count: max(1, getNumThreads()))

  /// How many run at once.
  let count: Int
  private let monitor = Monitor()
  // Under the monitor's lock:
  private var free: Int
  private var waiting: [(model: ObjectIdentifier, ticket: Int)] = []
  /// How long each model has run, in seconds; one that comes later begins with the least of those that wait or run.
  private var used: [ObjectIdentifier: Double] = [:]
  private var tickets = 0

  /// - Parameter count: how many run at once.
  init(count: Int) { (free, self.count) = (count, count) }

  /// Runs `body` for a model, once it is its turn, with its part of the threads: all of them for a run that is alone.
  func run<Result>(_ model: ObjectIdentifier, _ body: () throws -> Result) rethrows -> Result {
    let threads = take(model)
    let start = Clock.seconds
    defer { give(model, Clock.seconds - start) }
    return try withThreadLimit(threads, body)
  }

  /// Forgets a model that was unloaded.
  func forget(_ model: ObjectIdentifier) {
    monitor.lock()
    used[model] = nil
    monitor.unlock()
  }

  private func take(_ model: ObjectIdentifier) -> Int {
    monitor.lock()
    defer { monitor.unlock() }
    let least = used.values.min() ?? 0
    if used[model] == nil { used[model] = least }
    if free > 0, waiting.isEmpty {
      free -= 1
      return count / (count - free)
    }
    tickets += 1
    let ticket = tickets
    waiting.append((model, ticket))
    while free == 0 || next() != ticket { monitor.wait() }
    free -= 1
    waiting.removeAll { $0.ticket == ticket }
    if free > 0, !waiting.isEmpty { monitor.broadcast() }
    return max(1, count / (count - free + waiting.count))
  }

  /// The ticket whose turn it is: of the model that has run least, and of these the first.
  private func next() -> Int? {
    waiting.min { a, b in
      let (first, second) = (used[a.model] ?? 0, used[b.model] ?? 0)
      return first == second ? a.ticket < b.ticket : first < second
    }?.ticket
  }

  private func give(_ model: ObjectIdentifier, _ seconds: Double) {
    monitor.lock()
    free += 1
    // A model that was idle for long has no claim to make up for that.
    let most = used.values.max() ?? 0
    used[model] = max((used[model] ?? 0) + seconds, most - Self.longestClaim)
    if !waiting.isEmpty { monitor.broadcast() }
    monitor.unlock()
  }

  /// How much sooner than others, in seconds of runs, a model can be that has hardly run.
  private static let longestClaim = 1.0
}
