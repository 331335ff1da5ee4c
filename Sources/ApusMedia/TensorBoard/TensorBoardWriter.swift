import ApusCore
import ApusFormats
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a run's values to an event file that `tensorboard --logdir` shows, as PyTorch's `SummaryWriter` does.
///
///     let writer = try TensorBoardWriter(logDir: "runs/first")
///     try writer.addScalar("loss/train", 0.25, step: 10)
///     try writer.close()
///
/// Each writer makes a file of its own, so several runs and restarts can share a folder. Values reach the file when enough
/// of them are waiting, when ten seconds have passed, at `flush()`, at `close()`, and when the writer is released. It can be
/// used from several threads at once.
public final class TensorBoardWriter: Sendable {
  /// The event file.
  public let path: String

  private struct State: ~Copyable {
    var file: OutputFile?
    var waiting: [UInt8] = []
    var waitingEvents = 0
    var flushed = now()
  }
  private let state: Lock<State>
  private let longestWait: Double
  private let mostEvents: Int

  private static let mostWaiting = 1 << 16
  private static let created = Atomic<Int>(0)

  /// Makes the folder `logDir`, where it is missing, and a new event file in it.
  /// - Parameters:
  ///   - filenameSuffix: what the file's name ends with.
  ///   - flushSeconds: how long values wait at most for the next one before both reach the file.
  ///   - mostEvents: how many values wait at most.
  /// - Throws: `TensorError` of kind `file` when either cannot be made.
  public init(logDir: String, filenameSuffix: String = "", flushSeconds: Double = 10, mostEvents: Int = .max) throws {
    longestWait = flushSeconds
    self.mostEvents = max(1, mostEvents)
    try makeFolders(logDir)
    let time = Self.now()
    var host = [CChar](repeating: 0, count: 256)
    let named = gethostname(&host, host.count - 1) == 0
    let hostName = named ? String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    let number = Self.created.add(1, ordering: .relaxed).oldValue
    let safeName = String((hostName.isEmpty ? "localhost" : hostName).map { $0 == "/" ? "-" : $0 })
    path = "\(logDir)/events.out.tfevents.\(Int(time)).\(safeName).\(getpid()).\(number)\(filenameSuffix)"
    let file = try OutputFile(path: path, flags: O_CREAT | O_EXCL | O_APPEND)
    var version = ProtobufWriter()
    version.add(1, double: time)
    version.add(3, string: "brain.Event:2")
    try file.write(eventRecord(version.bytes))
    state = Lock(State(file: file))
  }

  deinit {
    // Nobody is left to hear of a failure here; `close()` reports it.
    try? close()
  }

  /// Records one point of a curve.
  /// - Parameters:
  ///   - tag: the curve's name; the part before a `/` groups curves.
  ///   - wallTime: seconds since 1970; now, when left out.
  /// - Throws: `TensorError` of kind `file` when writing fails, of kind `state` after `close()`.
  public func addScalar(_ tag: String, _ value: Double, step: Int, wallTime: Double? = nil) throws {
    try add(tag, step, wallTime) { $0.add(2, float: Float(value)) }
  }

  /// Records the distribution of `values` in TensorBoard's exponential buckets, each a tenth wider than the one before.
  /// Values that are not finite are left out.
  /// - Throws: as ``addScalar(_:_:step:wallTime:)``.
  public func addHistogram(_ tag: String, _ values: some Sequence<Double>, step: Int, wallTime: Double? = nil) throws {
    let histogram = EventHistogram(values)
    try add(tag, step, wallTime) { $0.add(5, histogram.encode) }
  }

  /// Records a text, shown as Markdown.
  /// - Throws: as ``addScalar(_:_:step:wallTime:)``.
  public func addText(_ tag: String, _ text: String, step: Int, wallTime: Double? = nil) throws {
    let stringType: Int64 = 7
    try add("\(tag)/text_summary", step, wallTime) { value in
      value.add(9) { metadata in metadata.add(1) { plugin in plugin.add(1, string: "text") } }
      value.add(8) { tensor in
        tensor.add(1, int64: stringType)
        tensor.add(2) { shape in shape.add(2) { dimension in dimension.add(1, int64: 1) } }
        tensor.add(8, string: text)
      }
    }
  }

  /// Records a picture.
  /// - Parameters:
  ///   - samples: `height * width * channels` bytes, row-major, channels last.
  ///   - channels: 1 (grey), 3 (red, green, blue) or 4 (and alpha).
  /// - Throws: `TensorError` of kind `shape` when the numbers do not fit together; else as ``addScalar(_:_:step:wallTime:)``.
  public func addImage(
    _ tag: String, samples: [UInt8], width: Int, height: Int, channels: Int = 1, step: Int, wallTime: Double? = nil
  ) throws {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, [1, 3, 4].contains(channels),
      samples.count / channels == pixels, samples.count % channels == 0
    else {
      throw TensorError(
        .shape, "addImage",
        "\(samples.count) samples are no picture of height \(height), width \(width) and \(channels) channels; "
          + "give height * width * channels samples, with 1, 3 or 4 channels")
    }
    let picture = try encodePNG(samples: samples, width: width, height: height, channels: channels)
    try add(tag, step, wallTime) { value in
      value.add(4) { image in
        image.add(1, int64: Int64(height))
        image.add(2, int64: Int64(width))
        image.add(3, int64: Int64(channels))
        image.add(4, bytes: picture)
      }
    }
  }

  /// Writes what is waiting to the file, where TensorBoard sees it.
  /// - Throws: `TensorError` of kind `file` when writing fails, for instance on a full disk.
  public func flush() throws {
    try state.withLock { state in try Self.flush(&state) }
  }

  /// Writes what is waiting and closes the file. Closing again does nothing.
  /// - Throws: as ``flush()``.
  public func close() throws {
    try state.withLock { state in
      guard state.file != nil else { return }
      try Self.flush(&state)
      if var file = state.file.take() { try file.finish() }
    }
  }

  /// Records a value of a summary: `build` adds the fields of `Summary.Value` behind the tag.
  /// - Throws: as ``addScalar(_:_:step:wallTime:)``.
  package func add(
    _ tag: String, _ step: Int, _ wallTime: Double?, _ build: (inout ProtobufWriter) -> Void
  ) throws {
    try addEvent(tag, step: step, wallTime: wallTime) { event in
      event.add(5) { summary in
        summary.add(1) { value in
          value.add(1, string: tag)
          build(&value)
        }
      }
    }
  }

  /// Records an event: `build` adds the fields of `Event` behind the time and the step.
  /// - Parameter name: what it is called in messages.
  /// - Throws: as ``addScalar(_:_:step:wallTime:)``.
  package func addEvent(
    _ name: String, step: Int, wallTime: Double?, _ build: (inout ProtobufWriter) -> Void
  ) throws {
    let time = wallTime ?? Self.now()
    var event = ProtobufWriter()
    event.add(1, double: time)
    event.add(2, int64: Int64(step))
    build(&event)
    let record = eventRecord(event.bytes)
    try state.withLock { state in
      guard state.file != nil else {
        throw TensorError(.state, path, "'\(name)' was added after close(); add everything before it")
      }
      state.waiting += record
      state.waitingEvents += 1
      if state.waiting.count >= Self.mostWaiting || state.waitingEvents >= mostEvents
        || Self.now() - state.flushed >= longestWait
      {
        try Self.flush(&state)
      }
    }
  }

  private static func flush(_ state: inout State) throws {
    state.flushed = now()
    state.waitingEvents = 0
    guard !state.waiting.isEmpty, state.file != nil else { return }
    // After a failure the file may end within a record; writing the same bytes again would not mend it.
    let bytes = state.waiting
    state.waiting.removeAll(keepingCapacity: true)
    try state.file?.write(bytes)
  }

  /// Seconds since 1970.
  package static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
