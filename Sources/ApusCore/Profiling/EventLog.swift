import CKernels
import Synchronization

#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// What a profiler writes down while the program runs: as little as names the event and says when it was. Everything else
// is worked out afterwards.

/// Something that was going on in a thread from one moment to another.
package struct LoggedEvent {
  package enum Kind: UInt8, Sendable {
    /// An operation.
    case operation
    /// The gradient rule of an operation, whose name stands here; with a `titled` one the name is that of the gradient.
    case backward, titledBackward
    /// The call of a module, the event's ``detail``.
    case module
    /// What the program says of itself, among it data loading and optimisers.
    case annotation
    /// A kernel of a compiled function.
    case kernel
    /// Memory given out or taken back: ``number`` bytes.
    case memory
  }

  /// In ticks of the processor's clock.
  package let start, end: UInt64
  package let kind: Kind
  /// The number of the recorded operation, 0 where none was recorded; bytes for ``Kind/memory``.
  package let number: Int
  package let name: String
  /// An ``EventDetail``, or the module that was called.
  package let detail: AnyObject?
}

/// What is noted of an operation only where somebody asks for it.
package final class EventDetail: Sendable {
  /// Shapes and element types of the inputs.
  package let inputs: [TensorType]
  package let flops: Int
  package let stack: CallStack?

  init(inputs: [TensorType], flops: Int, stack: CallStack?) {
    (self.inputs, self.flops, self.stack) = (inputs, flops, stack)
  }
}

/// The events of one thread in one session. Its thread appends; whoever has stopped the session reads what is published.
package final class EventLog: @unchecked Sendable {
  /// Where the next event goes: fields of the one writer, without the checks that a class has for them.
  struct Cursor {
    var next, end: UnsafeMutablePointer<LoggedEvent>
    var published: UnsafeMutablePointer<Atomic<Int>>
    let session: Int
    let log: Unmanaged<EventLog>
  }

  /// Events that lie in one block.
  private struct Chunk: @unchecked Sendable {
    let events: UnsafeMutablePointer<LoggedEvent>
    let published: UnsafeMutablePointer<Atomic<Int>>
  }

  private static let chunkBytes = 2 << 20
  private static let capacity = chunkBytes / MemoryLayout<LoggedEvent>.stride
  /// Blocks that a thread may fill in a session: what comes after 1 GiB is counted and not kept.
  private static let chunkLimit = 512

  /// The system's number of the thread.
  package let thread: Int
  private let chunks = Lock<[Chunk]>([])
  private let lost = Atomic<Int>(0)
  let cursor: UnsafeMutablePointer<Cursor>

  /// Events that found no room.
  package var lostCount: Int { lost.load(ordering: .relaxed) }

  init(session: Int) {
    thread = ck_thread_number()
    cursor = .allocate(capacity: 1)
    let first = Self.makeChunk()
    cursor.initialize(
      to: Cursor(
        next: first.events, end: first.events + Self.capacity, published: first.published, session: session,
        log: Unmanaged.passUnretained(self)))
    chunks.withLock { $0.append(first) }
  }

  private static func makeChunk() -> Chunk {
    guard let block = Allocator.shared.allocate(chunkBytes) else {
      stop(TensorError(.memory, "profile", "cannot allocate \(chunkBytes) bytes for events"))
    }
    let published = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)
    published.initialize(to: Atomic(0))
    return Chunk(events: block.bindMemory(to: LoggedEvent.self, capacity: capacity), published: published)
  }

  @inline(__always)
  static func append(_ event: consuming LoggedEvent, at cursor: UnsafeMutablePointer<Cursor>) {
    if cursor.pointee.next == cursor.pointee.end, !cursor.pointee.log.takeUnretainedValue().grow() { return }
    cursor.pointee.next.initialize(to: event)
    cursor.pointee.next += 1
    // Only this thread writes the counter: an addition need not be atomic, its result must be.
    let published = cursor.pointee.published
    published.pointee.store(published.pointee.load(ordering: .relaxed) &+ 1, ordering: .releasing)
  }

  @inline(never)
  private func grow() -> Bool {
    let isFull = chunks.withLock { $0.count >= Self.chunkLimit }
    if isFull {
      lost.add(1, ordering: .relaxed)
      return false
    }
    let chunk = Self.makeChunk()
    chunks.withLock { $0.append(chunk) }
    cursor.pointee.next = chunk.events
    cursor.pointee.end = chunk.events + Self.capacity
    cursor.pointee.published = chunk.published
    return true
  }

  /// The events so far, in the order of their ends.
  package var events: [LoggedEvent] {
    let chunks = chunks.withLock { $0 }
    return chunks.flatMap { chunk in
      UnsafeBufferPointer(start: chunk.events, count: chunk.published.pointee.load(ordering: .acquiring))
    }
  }

  deinit {
    let chunks = chunks.withLock { $0 }
    for chunk in chunks {
      chunk.events.deinitialize(count: chunk.published.pointee.load(ordering: .acquiring))
      Allocator.shared.deallocate(chunk.events, Self.chunkBytes)
      chunk.published.deinitialize(count: 1).deallocate()
    }
    cursor.deinitialize(count: 1).deallocate()
  }
}

extension EventLog {
  /// Gives the log of a thread up when the thread ends.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { log in
      guard let log = log as UnsafeMutableRawPointer? else { return }
      ck_events_set(nil)
      Unmanaged<EventLog>.fromOpaque(log).release()
    }
    return key
  }()

  /// The calling thread's log for `session`, which the session knows too.
  @inline(__always)
  static func current(_ session: Int) -> UnsafeMutablePointer<Cursor>? {
    if let known = ck_events_get()?.assumingMemoryBound(to: Cursor.self), known.pointee.session == session {
      return known
    }
    return make(session)
  }

  /// Gives up the calling thread's log.
  static func forgetCurrent() {
    guard let old = ck_events_get()?.assumingMemoryBound(to: Cursor.self) else { return }
    ck_events_set(nil)
    pthread_setspecific(key, nil)
    old.pointee.log.release()
  }

  @inline(never)
  private static func make(_ session: Int) -> UnsafeMutablePointer<Cursor>? {
    forgetCurrent()
    let log = EventLog(session: session)
    guard Profiling.add(log, to: session) else { return nil }
    let kept = Unmanaged.passRetained(log)
    ck_events_set(log.cursor)
    pthread_setspecific(key, kept.toOpaque())
    return log.cursor
  }
}
