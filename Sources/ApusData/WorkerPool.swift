import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The thread of a loader that reads at present. Its ``generator`` is the default one in that thread, seeded from the pass
/// as PyTorch seeds its workers: what a dataset draws does not depend on how the threads run, and nothing of it comes from
/// the program's own stream.
public struct DataLoaderWorker: Sendable {
  /// From 0 to `count - 1`.
  public let id: Int
  /// The number of workers of the loader.
  public let count: Int
  /// What the generator was seeded with: a number of the pass and ``id`` added.
  public let seed: UInt64
  /// The worker's own generator, which draws what a dataset draws.
  public let generator: Generator
  /// The dataset that is read.
  public let dataset: any Sendable

  /// ``count`` under PyTorch's name.
  public var numWorkers: Int { count }

  /// The worker that calls, or nil outside of workers.
  public static var current: DataLoaderWorker? {
    pthread_getspecific(key).map { Unmanaged<Box>.fromOpaque($0).takeUnretainedValue().worker }
  }

  fileprivate final class Box {
    let worker: DataLoaderWorker
    init(_ worker: DataLoaderWorker) { self.worker = worker }
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  fileprivate func run(_ body: () -> Void) {
    let box = Box(self)
    withExtendedLifetime(box) {
      pthread_setspecific(Self.key, Unmanaged.passUnretained(box).toOpaque())
      generator.asDefault(body)
      pthread_setspecific(Self.key, nil)
    }
  }
}

/// The worker of a loader that calls, or nil outside of workers: a dataset that is read in a stream gives each worker a part
/// of its own by it.
public func getWorkerInfo() -> DataLoaderWorker? { DataLoaderWorker.current }

/// Threads that read the batches of a pass ahead of the loop. Worker w of n reads batches w, w + n, w + 2n ...; none gets
/// further ahead than the bound. When the loop lets go of the pool, they finish the batch in hand and end.
final class WorkerPool<Batch: Sendable>: Sendable {
  private let shared: Shared

  /// - Parameters:
  ///   - count: the number of batches, nil where only reading tells.
  ///   - first: the first batch.
  ///   - reader: makes the reader of a worker, in its thread.
  init(
    _ workers: [DataLoaderWorker], count: Int?, from first: Int, ahead: Int,
    reader: @escaping @Sendable (DataLoaderWorker) throws -> WorkerReader<Batch>
  ) {
    shared = Shared(workers: workers.count, count: count, first: first, ahead: ahead)
    for (place, worker) in workers.enumerated() {
      let started = startThread { [shared] in
        // The threads of operations belong to the loop; a worker is one thread.
        worker.run {
          withThreadLimit(1) { shared.work(place, worker.generator) { try reader(worker) } }
        }
      }
      if !started {
        let error = TensorError(
          .memory, "DataLoader", "cannot start a worker thread: \(String(cString: strerror(errno))); lower numWorkers")
        shared.fail(place, error)
      }
    }
  }

  deinit { shared.stop() }

  /// The first batch from `index` on, once a worker has read it, and its number; nil after the last one. What it threw is
  /// its value. Batches that were taken before are `gone`: a copy of the iterator has been there.
  func take(_ index: Int) -> Taken? { shared.take(index) }

  /// Where each worker was after the batch that was taken of it last; of those that had given none, as they began.
  var states: [DataLoaderState.Worker?] { shared.currentStates }

  enum Taken {
    case batch(Int, Result<Batch, any Error>)
    case gone
  }

  /// What the threads share, under one lock.
  private final class Shared: @unchecked Sendable {
    private let workers: Int
    private let count: Int?
    private let ahead: Int
    private let monitor = Monitor()
    private var results: [Int: (Result<Batch, any Error>, DataLoaderState.Worker)] = [:]
    private var states: [DataLoaderState.Worker?]
    /// The first number for which a worker has nothing.
    private var ends: [Int]
    /// Why a worker reads nothing at all.
    private var failures: [Int: any Error] = [:]
    private let first: Int
    private var taken: Int
    private var isStopped = false

    init(workers: Int, count: Int?, first: Int, ahead: Int) {
      self.workers = workers
      self.count = count
      self.first = first
      taken = first
      states = Array(repeating: nil, count: workers)
      self.ahead = Swift.max(1, ahead)
      ends = Array(repeating: .max, count: workers)
    }

    var currentStates: [DataLoaderState.Worker?] {
      monitor.lock()
      defer { monitor.unlock() }
      return states
    }

    func work(_ worker: Int, _ generator: Generator, _ makeReader: () throws -> WorkerReader<Batch>) {
      let reader: WorkerReader<Batch>
      do { reader = try makeReader() } catch { return fail(worker, error) }
      monitor.lock()
      var index = worker
      while index < first { index += workers }
      var given = (index - worker) / workers
      states[worker] = state(reader, generator, given)
      monitor.unlock()
      while true {
        monitor.lock()
        while index >= taken + ahead && !isStopped { monitor.wait() }
        let stops = isStopped
        monitor.unlock()
        if stops { return }
        let result = Result { try Profiling.annotated("DataLoader.worker") { try reader.read(index) } }
        given += 1
        let state = state(reader, generator, given)
        var isEnd = false
        monitor.lock()
        switch result {
        case .success(let batch?): if !isStopped { results[index] = (.success(batch), state) }
        case .success(nil):
          ends[worker] = index
          isEnd = true
        case .failure(let error): if !isStopped { results[index] = (.failure(error), state) }
        }
        monitor.broadcast()
        monitor.unlock()
        if isEnd { return }
        index += workers
      }
    }

    private func state(_ reader: WorkerReader<Batch>, _ generator: Generator, _ given: Int) -> DataLoaderState.Worker {
      DataLoaderState.Worker(given: given, random: generator.getState(), stream: reader.state?())
    }

    /// For a worker that could not begin.
    func fail(_ worker: Int, _ error: any Error) {
      monitor.lock()
      failures[worker] = error
      monitor.broadcast()
      monitor.unlock()
    }

    func take(_ first: Int) -> Taken? {
      monitor.lock()
      defer { monitor.unlock() }
      if first < taken { return .gone }
      var index = first
      while index < count ?? .max {
        let worker = index % workers
        if let (result, state) = results.removeValue(forKey: index) {
          states[worker] = state
          advance(index)
          return .batch(index, result)
        }
        if let error = failures[worker] {
          // In a stream it is said once; else it is the value of each of the worker's batches.
          if count == nil { (failures[worker], ends[worker]) = (nil, index + 1) }
          advance(index)
          return .batch(index, .failure(error))
        }
        if ends[worker] <= index {
          if ends.allSatisfy({ $0 <= index }) { return nil }
          index += 1
          // The others may read on, where this one has nothing left.
          advance(index - 1)
          continue
        }
        monitor.wait()
      }
      return nil
    }

    private func advance(_ index: Int) {
      taken = Swift.max(taken, index + 1)
      monitor.broadcast()
    }

    func stop() {
      monitor.lock()
      isStopped = true
      results = [:]
      monitor.broadcast()
      monitor.unlock()
    }
  }
}
