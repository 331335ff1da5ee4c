import ApusCore
import ApusData

/// How fast and in how much memory steps with batches of one size ran.
public struct BatchSizeTrial: Sendable, Hashable {
  /// The examples of each batch.
  public let batchSize: Int
  /// How fast the steps were.
  public let examplesPerSecond: Double
  /// The most memory that the process has held up to then.
  public let peakBytes: Int
}

/// What a batch-size test saw.
public struct BatchSizeTest: Sendable {
  /// The sizes in the order in which they were tried.
  public let trials: [BatchSizeTrial]
  /// The largest size that was tried, all of which fitted.
  public var largest: Int { trials.last?.batchSize ?? 0 }
  /// The size with the most examples a second; of sizes within a twentieth of it the smallest, which makes more steps.
  public var fastest: Int {
    let best = trials.map(\.examplesPerSecond).max() ?? 0
    return trials.first { $0.examplesPerSecond >= 0.95 * best }?.batchSize ?? 0
  }
}

extension Trainer {
  /// Makes a few steps with batches of twice the size each time, as long as what is to be expected of the next one fits into
  /// memory, and puts everything back as it was.
  ///
  /// - Parameters:
  ///   - sizes: the sizes to try, in order.
  ///   - steps: how many steps each makes, after one that is not timed.
  ///   - memoryLimit: the most bytes the process may hold; half of what the machine has free if nil.
  ///   - loader: a loader of batches of a size.
  public func findBatchSize(
    _ sizes: [Int] = (0...12).map { 1 << $0 }, steps: Int = 3, memoryLimit: Int? = nil,
    loader: (_ batchSize: Int) throws -> DataLoader<Batch>
  ) throws -> BatchSizeTest {
    let limit = memoryLimit ?? ProcessMemory.current + ProcessMemory.free / 2
    var trials: [BatchSizeTrial] = []
    for size in sizes {
      if let last = trials.last {
        let growth = last.peakBytes - (trials.count > 1 ? trials[trials.count - 2].peakBytes : ProcessMemory.current)
        if last.peakBytes + 2 * max(0, growth) > limit { break }
      }
      let data = try loader(size)
      // A size that the data does not fill says nothing.
      if data.knownCount ?? .max < 1 || (data.datasetCount > 0 && data.datasetCount < size) { break }
      var times: [Double] = []
      try trying {
        callbacks = [
          Callback(onStep: { [unowned self] _, _ in
            times.append(Clock.seconds)
            if times.count == steps + 1 { stop() }
          })
        ]
        try fit(data, epochs: .max)
      }
      guard times.count == steps + 1 else { break }
      let seconds = max(times[steps] - times[0], 1e-9)
      trials.append(
        BatchSizeTrial(
          batchSize: size, examplesPerSecond: Double(size * steps) / seconds, peakBytes: ProcessMemory.peak))
    }
    return BatchSizeTest(trials: trials)
  }
}
