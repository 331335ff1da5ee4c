import Dispatch
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Sets how many threads an operation may use on the CPU. Default: the physical cores that the process may run on;
/// the environment variables `APUS_NUM_THREADS` and `OMP_NUM_THREADS` set another one. Less than one is reported.
public func setNumThreads(_ count: Int) {
  guard count > 0 else {
    report(TensorError(.value, "setNumThreads", "\(count) threads were asked for; at least 1 is needed"))
    return
  }
  Parallel.setting.store(min(count, 1024), ordering: .relaxed)
}

/// How many threads an operation may use on the CPU.
public func getNumThreads() -> Int { Parallel.setting.load(ordering: .relaxed) }

/// Calls `body` with contiguous ranges that together cover `0..<count`, on several threads where every range can have
/// at least `grain` elements, else once in the caller. Returns when all are done.
///
/// Calls from inside `body` run inline. How the ranges are cut depends on `count`, `grain` and the thread setting only.
package func parallelFor(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  let parts = Parallel.parts(count, grain: grain)
  guard parts > 1 else {
    if count > 0 { body(0..<count) }
    return
  }
  Parallel.run(parts) { body(Parallel.range(of: $0, in: count, parts: parts)) }
}

/// What `part` gives for blocks of one long run, computed on several threads, in their order.
package func blockResults<T>(_ count: Int, _ part: (Range<Int>) -> T) -> [T] {
  let block = parallelGrain
  let blocks = (count + block - 1) / block
  return [T](unsafeUninitializedCapacity: blocks) { results, found in
    found = blocks
    guard let base = results.baseAddress else { return }
    nonisolated(unsafe) let target = base
    parallelFor(blocks, grain: 1) { range in
      for b in range { (target + b).initialize(to: part(b * block..<min(count, (b + 1) * block))) }
    }
  }
}

/// Calls `body` with `parts` contiguous ranges that together cover `0..<count` and the index of each, for an accumulator of
/// its own. The number of parts, ``parallelParts(_:grain:)``, is given and not found again: what was allocated for it holds
/// though another thread sets another number of threads meanwhile.
package func parallelChunks(_ count: Int, parts: Int, _ body: (_ index: Int, _ range: Range<Int>) -> Void) {
  guard parts > 1 else {
    if count > 0 { body(0, 0..<count) }
    return
  }
  Parallel.run(parts) { body($0, Parallel.range(of: $0, in: count, parts: parts)) }
}

/// Into how many ranges of at least `grain` elements ``parallelChunks(_:parts:_:)`` is to cut `0..<count`.
package func parallelParts(_ count: Int, grain: Int) -> Int { max(1, Parallel.parts(count, grain: grain)) }

/// Runs `body` with at most `limit` threads for each operation that this thread starts meanwhile.
package func withThreadLimit<Result>(_ limit: Int, _ body: () throws -> Result) rethrows -> Result {
  let before = Parallel.threadLimit
  Parallel.threadLimit = max(1, before == 0 ? limit : min(limit, before))
  defer { Parallel.threadLimit = before }
  return try body()
}

/// The pool of threads behind ``parallelFor(_:grain:_:)``: the OpenMP run time that oneDNN and OpenBLAS use too, so
/// that one set of threads serves all, or Dispatch where that library is absent or `APUS_GOMP=off`.
package enum Parallel {
  fileprivate static let setting = Atomic<Int>(CPUInfo.defaultThreadCount)

  /// Loads the OpenMP run time. A library that brings it along must call this first, for its settings to count.
  package static func prepare() { _ = openMP }

  /// The file of the OpenMP run time in use, or nil.
  package static var runtimePath: String? { openMP?.path }

  /// The threads that an operation started in this thread may use now: 1 inside of a parallel region.
  package static var availableThreads: Int {
    let limit = threadLimit
    if limit == 1 { return 1 }
    let count = setting.load(ordering: .relaxed)
    if count > 1, let openMP, openMP.inParallel() != 0 { return 1 }
    return limit == 0 ? count : min(limit, count)
  }

  fileprivate static func parts(_ count: Int, grain: Int) -> Int {
    // Most operations of a small model end here, before any call.
    if count < 2 * grain || count < 2 { return 1 }
    return min(availableThreads, count / max(1, grain))
  }

  /// The `index`-th of `parts` ranges. Long ranges begin at multiples of 64 so that no two threads write to one line.
  @inline(__always)
  fileprivate static func range(of index: Int, in count: Int, parts: Int) -> Range<Int> {
    var size = (count + parts - 1) / parts
    if size >= 4096 { size = (size + 63) & ~63 }
    if size * (parts - 1) < count {
      let start = size * index
      return start..<min(count, start + size)
    }
    return count * index / parts..<count * (index + 1) / parts
  }

  fileprivate static func run(_ parts: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      guard let openMP else {
        let shared = SharedBody(run: body)
        DispatchQueue.concurrentPerform(iterations: parts) { part in
          let before = threadLimit
          threadLimit = 1
          shared.run(part)
          threadLimit = before
        }
        return
      }
      var job = Job(body: body, parts: parts, threadNumber: openMP.threadNumber, teamSize: openMP.teamSize)
      withUnsafeMutablePointer(to: &job) { openMP.parallel(runJob, $0, UInt32(parts), 0) }
    }
  }

  /// A body that several threads call at once: its caller vouches that the parts do not disturb each other.
  private struct SharedBody: @unchecked Sendable {
    let run: (Int) -> Void
  }

  fileprivate struct Job {
    let body: (Int) -> Void
    let parts: Int
    let threadNumber: OpenMP.Query
    let teamSize: OpenMP.Query
  }

  // MARK: This thread's bound: 0 where there is none.

  private static let limitKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  fileprivate static var threadLimit: Int {
    get { Int(bitPattern: pthread_getspecific(limitKey)) }
    set { pthread_setspecific(limitKey, UnsafeRawPointer(bitPattern: newValue)) }
  }

  private static let openMP = OpenMP.load()
}

/// What a thread of the team does. The run time may give fewer threads than asked for: then each takes several parts.
private func runJob(_ data: UnsafeMutableRawPointer?) {
  guard let job = data?.assumingMemoryBound(to: Parallel.Job.self) else { return }
  let step = max(1, Int(job.pointee.teamSize()))
  var part = Int(job.pointee.threadNumber())
  while part < job.pointee.parts {
    job.pointee.body(part)
    part += step
  }
}

/// The entry points of the GNU OpenMP run time that we call: those that compiled `#pragma omp` code calls.
private struct OpenMP: Sendable {
  typealias Query = @Sendable @convention(c) () -> Int32
  typealias Body = @convention(c) (UnsafeMutableRawPointer?) -> Void
  typealias Region = @Sendable @convention(c) (Body, UnsafeMutableRawPointer?, UInt32, UInt32) -> Void

  let path: String
  let parallel: Region
  let threadNumber: Query
  let teamSize: Query
  let inParallel: Query

  /// Bounds how long a thread without work spins before it sleeps. The run time's own default burns many milliseconds of
  /// time slices that the other threads of a busy machine need; a tenth of a millisecond still bridges the gaps between
  /// operations. The run time reads it once, when it is loaded; what the user set stands.
  private static func configure() {
    if getenv("OMP_WAIT_POLICY") == nil { setenv("GOMP_SPINCOUNT", "10000", 0) }
  }

  static func load() -> OpenMP? {
    configure()
    guard !DynamicLibrary.isDisabled("APUS_GOMP") else { return nil }
    let candidates = DynamicLibrary.candidates(names: ["libgomp.so.1"], folder: nil, variable: "APUS_GOMP")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "GOMP_parallel"),
      let parallel = library.function("GOMP_parallel", as: Region.self),
      let threadNumber = library.function("omp_get_thread_num", as: Query.self),
      let teamSize = library.function("omp_get_num_threads", as: Query.self),
      let inParallel = library.function("omp_in_parallel", as: Query.self)
    else { return nil }
    return OpenMP(
      path: library.path, parallel: parallel, threadNumber: threadNumber, teamSize: teamSize, inParallel: inParallel)
  }
}
