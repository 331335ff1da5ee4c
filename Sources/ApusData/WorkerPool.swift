import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The thread of a loader that reads at present, for datasets that draw random numbers: each worker has a generator of
/// its own, seeded from the pass, so that the draws do not depend on how the threads run.
public struct DataLoaderWorker: Sendable {
  public let id: Int
  public let count: Int
  public let seed: UInt64
  public let generator: Generator

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
      body()
      pthread_setspecific(Self.key, nil)
    }
  }
}

/// Threads that read the batches of a pass ahead of the loop. Worker w reads batches w, w + n, w + 2n ...; none gets
/// further ahead than the bound. When the loop lets go of the pool, they finish the batch in hand and end.
final class WorkerPool<Batch: Sendable>: Sendable {
  private let shared: Shared

  init(
    _ batches: [ArraySlice<Int>], workers: Int, ahead: Int, baseSeed: UInt64,
    read: @escaping @Sendable (ArraySlice<Int>) throws -> Batch
  ) {
    shared = Shared(batches: batches, ahead: ahead, read: read)
    for id in 0..<Swift.min(workers, batches.count) {
      let worker = DataLoaderWorker(
        id: id, count: workers, seed: baseSeed &+ UInt64(id), generator: Generator(seed: baseSeed &+ UInt64(id)))
      let started = startThread { [shared] in
        // The threads of operations belong to the loop; a worker is one thread.
        worker.run { withThreadLimit(1) { shared.work(from: id, step: workers) } }
      }
      if !started { shared.fail(from: id, step: workers) }
    }
  }

  deinit { shared.stop() }

  /// Batch `index`, once a worker has read it; nil after the last one.
  func take(_ index: Int) throws -> Batch? { try shared.take(index) }

  /// What the threads share, under one lock.
  private final class Shared: @unchecked Sendable {
    private let batches: [ArraySlice<Int>]
    private let ahead: Int
    private let read: @Sendable (ArraySlice<Int>) throws -> Batch
    private let monitor = Monitor()
    private var results: [Int: Result<Batch, any Error>] = [:]
    private var taken = 0
    private var isStopped = false

    init(
      batches: [ArraySlice<Int>], ahead: Int, read: @escaping @Sendable (ArraySlice<Int>) throws -> Batch
    ) {
      self.batches = batches
      self.read = read
      self.ahead = Swift.max(1, ahead)
    }

    func work(from first: Int, step: Int) {
      var index = first
      while index < batches.count {
        monitor.lock()
        while index >= taken + ahead && !isStopped { monitor.wait() }
        let stops = isStopped
        monitor.unlock()
        if stops { return }
        let result = Result { try read(batches[index]) }
        monitor.lock()
        if !isStopped { results[index] = result }
        monitor.broadcast()
        monitor.unlock()
        index += step
      }
    }

    /// For a worker that could not be started.
    func fail(from first: Int, step: Int) {
      let error = TensorError(
        .memory, "DataLoader", "cannot start a worker thread: \(String(cString: strerror(errno))); lower numWorkers")
      monitor.lock()
      for index in Swift.stride(from: first, to: batches.count, by: step) { results[index] = .failure(error) }
      monitor.unlock()
    }

    func take(_ index: Int) throws -> Batch? {
      guard index < batches.count else { return nil }
      monitor.lock()
      while results[index] == nil && index >= taken { monitor.wait() }
      let result = results.removeValue(forKey: index)
      taken = max(taken, index + 1)
      monitor.broadcast()
      monitor.unlock()
      // A copy of the iterator has been here before: the batch is read again.
      return try result?.get() ?? read(batches[index])
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

/// A lock on which threads can wait for a change.
private final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
  func wait() { pthread_cond_wait(condition, mutex) }
  func broadcast() { pthread_cond_broadcast(condition) }
}

/// Runs `body` in a new thread that nobody waits for. Gives whether it could be started.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  let box = Unmanaged.passRetained(ThreadBody(body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
      return nil
    }, box.toOpaque())
  if status != 0 {
    box.release()
    errno = status
    return false
  }
  pthread_detach(thread)
  return true
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
