import ApusCore

/// The requests that wait for a model, and the threads that run it: they take as many at once as the model allows.
///
/// A thread that is free takes the request whose turn it is (``FairQueue``), and with it those of the same shapes that
/// wait. Where a delay is set it lets more come until so long after the oldest came, or until a preferred number
/// of rows is there.
final class BatchQueue: @unchecked Sendable {
  /// Runs a batch: the values of each input, joined, to the outputs of all rows. A request of a sequence is alone.
  typealias Run = @Sendable ([ServedValue?], SequenceTurn?) throws -> [ServedValue]

  private let name: String
  private let configuration: ModelConfiguration
  private let largestBatch: Int
  private let statistics: ModelStatistics
  private let run: Run
  /// Nil where runs only wait for those of other models.
  private let slots: RunSlots?
  private let monitor = Monitor()
  // Under the monitor's lock:
  private var waiting = FairQueue()
  private var running = 0
  private var threads = 0
  private var isClosed = false

  /// - Parameters:
  ///   - largestBatch: how many rows are joined; 1 where requests run alone.
  ///   - slots: what runs share with those of other models; nil where they only wait for those.
  /// - Throws: `TensorError` of kind `memory` where no thread can be started.
  init(
    _ name: String, _ configuration: ModelConfiguration, largestBatch: Int, statistics: ModelStatistics,
    slots: RunSlots?, run: @escaping Run
  ) throws(TensorError) {
    self.name = name
    self.configuration = configuration
    self.largestBatch = largestBatch
    self.statistics = statistics
    self.run = run
    self.slots = slots
    for _ in 0..<configuration.instances {
      monitor.lock()
      threads += 1
      monitor.unlock()
      guard startThread({ self.work() }) else {
        close()
        throw TensorError(.memory, name, "cannot start a thread")
      }
    }
  }

  /// How many requests wait or are worked on.
  var pending: Int {
    monitor.lock()
    defer { monitor.unlock() }
    return waiting.count + running
  }

  /// Puts a request in the queue. Where it is full the request is answered with the error at once.
  /// - Returns: false where the queue is closed, and the request was not taken.
  func add(_ request: InferenceRequest) -> Bool {
    monitor.lock()
    var refused: InferenceRequest?
    if !isClosed {
      let isFull = waiting.count >= configuration.longestQueue
      refused = isFull ? waiting.makeRoom(for: request.caller) ?? request : nil
      if refused !== request {
        waiting.add(request)
        monitor.signal()
      }
    }
    let isClosed = isClosed
    monitor.unlock()
    if isClosed { return false }
    if let refused {
      statistics.update { $0.refused += 1 }
      refused.complete(
        .failure(
          ServeError(503, "the model '\(name)' has \(configuration.longestQueue) requests waiting; try again later")))
    }
    return true
  }

  /// Takes no more requests; the threads answer those that wait, and end.
  func close() {
    monitor.lock()
    isClosed = true
    monitor.broadcast()
    monitor.unlock()
  }

  // MARK: The threads

  private func work() {
    while let batch = next() {
      perform(batch)
      monitor.lock()
      running -= batch.count
      monitor.unlock()
    }
    monitor.lock()
    threads -= 1
    let isLast = threads == 0
    monitor.unlock()
    if isLast { slots?.forget(ObjectIdentifier(self)) }
  }

  /// The requests of the next run; nil at the end.
  private func next() -> [InferenceRequest]? {
    while true {
      monitor.lock()
      while waiting.isEmpty, !isClosed { monitor.wait() }
      var late = removeLate()
      let batch = late.isEmpty ? takeBatch(&late) : []
      let isOver = waiting.isEmpty && isClosed && batch.isEmpty && late.isEmpty
      running += batch.count
      monitor.unlock()
      for request in late {
        statistics.update { $0.refused += 1 }
        request.complete(.failure(ServeError(503, "Request timeout expired: it waited longer than it allows")))
      }
      if !batch.isEmpty { return batch }
      if isOver { return nil }
    }
  }

  /// Takes those out that are too late, or for which nobody waits. Under the lock.
  private func removeLate() -> [InferenceRequest] {
    let now = Clock.seconds
    return waiting.removeAll { $0.isCancelled || ($0.deadline.map { $0 < now } ?? false) }
  }

  /// The requests that run together, taken out of the queue. Under the lock, which it leaves while it waits for more.
  /// - Parameter late: has those added that are too late by then.
  private func takeBatch(_ late: inout [InferenceRequest]) -> [InferenceRequest] {
    guard let oldest = waiting.first else { return [] }
    if configuration.delay > 0, oldest.shape != nil, !isClosed {
      let end = oldest.arrival + configuration.delay
      while !isClosed, Clock.seconds < end, !isFull(selection()) { monitor.wait(until: end) }
      late += removeLate()
    }
    let places = selection()
    let batch = waiting.take(places)
    if !waiting.isEmpty { monitor.signal() }
    return batch
  }

  /// The places of requests that can run with the first one.
  private func selection() -> [Int] {
    guard let first = waiting.first else { return [] }
    guard let shape = first.shape else { return [0] }
    var places = [0]
    var rows = first.rows
    for place in waiting.indices.dropFirst() where rows < largestBatch {
      let request = waiting[place]
      guard rows + request.rows <= largestBatch, request.shape == shape else { continue }
      places.append(place)
      rows += request.rows
    }
    // Programs are made ready for each number of rows: few numbers keep what is ready few. The others run next.
    while places.count > 1, rows != largestBatch, rows != Self.roundRows(rows),
      !configuration.preferredBatches.contains(rows)
    {
      rows -= waiting[places.removeLast()].rows
    }
    return places
  }

  /// The next number of rows below or equal that has at most two binary digits after its first one: 1 to 8, 10, 12, 14,
  /// 16, 20 ...
  private static func roundRows(_ rows: Int) -> Int {
    let shift = max(0, Int.bitWidth - rows.leadingZeroBitCount - 3)
    return (rows >> shift) << shift
  }

  private func isFull(_ places: [Int]) -> Bool {
    let rows = places.reduce(0) { $0 + waiting[$1].rows }
    return rows >= largestBatch || configuration.preferredBatches.contains(rows)
  }

  // MARK: A run

  private func perform(_ batch: [InferenceRequest]) {
    let start = Clock.seconds
    do {
      let results = try outputs(batch)
      trace(batch, start, results)
      for (request, values) in zip(batch, results.values) { request.complete(.success(values)) }
      let end = Clock.seconds
      let rows = batch.reduce(0) { $0 + $1.rows }
      statistics.update { counts in
        for request in batch {
          counts.success.add(end - request.arrival)
          counts.queue.add(start - request.arrival)
        }
        // The time of a run is one that each of its requests took.
        let requests = Double(batch.count)
        counts.input.add((results.joined - start) * requests, times: batch.count)
        counts.compute.add((results.computed - results.joined) * requests, times: batch.count)
        counts.output.add((end - results.computed) * requests, times: batch.count)
        counts.rows += rows
        counts.runs += 1
        counts.batches[rows, default: ModelStatistics.Tally()].add(results.computed - results.joined)
      }
    } catch {
      if batch.count > 1 {
        // One of them may have spoilt it for the others.
        for request in batch { perform([request]) }
        return
      }
      for request in batch {
        statistics.update { $0.failure.add(Clock.seconds - request.arrival) }
        request.trace?.add("queue", from: request.arrival, to: start)
        request.trace?.add(
          "compute", from: start, to: Clock.seconds, [("apus.model", .text(name))], error: ServeError(error).message)
        request.complete(.failure(ServeError(error)))
      }
    }
  }

  /// Tells traces when a request waited, was joined with others, and was computed. What is made of its outputs is its own part.
  private func trace(_ batch: [InferenceRequest], _ start: Double, _ results: Outputs) {
    var rows: Int?
    for request in batch {
      guard let trace = request.trace else { continue }
      let all = rows ?? batch.reduce(0) { $0 + $1.rows }
      rows = all
      trace.add("queue", from: request.arrival, to: start)
      trace.add("join", from: start, to: results.joined)
      trace.add(
        "compute", from: results.joined, to: results.computed,
        [
          ("apus.model", .text(name)), ("apus.batch.requests", .number(batch.count)),
          ("apus.batch.rows", .number(all)),
        ])
    }
  }

  /// Runs `body` when it is the model's turn.
  private func inSlot(_ body: () throws -> [ServedValue]) throws -> [ServedValue] {
    try slots?.run(ObjectIdentifier(self), body) ?? body()
  }

  private struct Outputs {
    let values: [[ServedValue]]
    let joined: Double
    let computed: Double
  }

  private func outputs(_ batch: [InferenceRequest]) throws -> Outputs {
    try withErrors {
      try noGrad {
        guard batch.count > 1, let first = batch.first else {
          let joined = Clock.seconds
          let values = try inSlot { try run(batch.first?.values ?? [], batch.first?.sequence) }
          return Outputs(values: [values], joined: joined, computed: Clock.seconds)
        }
        let inputs = first.values.indices.map { i -> ServedValue? in
          let parts = batch.compactMap { $0.values[i] }
          return parts.isEmpty ? nil : .joined(parts)
        }
        let joined = Clock.seconds
        let results = try inSlot { try run(inputs, nil) }
        let computed = Clock.seconds
        let rows = batch.reduce(0) { $0 + $1.rows }
        for result in results where result.shape.first != rows {
          throw ServeError(500, "the model '\(name)' gives an output of shape \(result.shape) for \(rows) rows")
        }
        var start = 0
        let parts = batch.map { request -> [ServedValue] in
          defer { start += request.rows }
          return results.map { $0.rows(start..<start + request.rows) }
        }
        return Outputs(values: parts, joined: joined, computed: computed)
      }
    }
  }
}
