import ApusCore
import ApusMedia

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes the values of a run for TensorBoard, with the names of PyTorch's `SummaryWriter`.
///
///     let writer = SummaryWriter("runs/first")
///     writer.addScalar("loss/train", loss, step)
///     writer.close()
///
/// The other kinds of values stand in files of their own: pictures, sounds, distributions, hyperparameters, embeddings,
/// curves of precision and recall, graphs, layouts. `walltime` is seconds since 1970, now where it is left out.
///
/// A mistake, such as a folder that cannot be made, is reported as those of tensor operations are; ``TensorBoardWriter``,
/// which does the work, throws it.
public final class SummaryWriter: Sendable {
  /// The folder of the event files.
  public let logDir: String
  private let writer: TensorBoardWriter?
  /// The curves of ``addScalars(_:_:_:walltime:)``, each in a folder of its own as in PyTorch.
  private let curves = Lock<[String: TensorBoardWriter]>([:])
  private let flushSecs: Double
  private let maxQueue: Int
  private let filenameSuffix: String
  /// The text of `projector_config.pbtxt` so far.
  let projectorConfig = Lock<String>("")

  /// - Parameters:
  ///   - logDir: the folder, made where it is missing; nil for `runs/`, the time, the host's name and `comment`.
  ///   - comment: what the name of such a folder ends with.
  ///   - purgeStep: where a run goes on that was cut off: TensorBoard hides values of earlier files from this step on.
  ///   - maxQueue: how many values wait before they are written.
  ///   - flushSecs: how many seconds they wait at most for the next one.
  ///   - filenameSuffix: what the names of the event files end with.
  public init(
    _ logDir: String? = nil, comment: String = "", purgeStep: Int? = nil, maxQueue: Int = 10, flushSecs: Double = 120,
    filenameSuffix: String = ""
  ) {
    let folder = logDir.flatMap { $0.isEmpty ? nil : $0 } ?? "runs/\(Self.timeAndHost())\(comment)"
    self.logDir = folder
    self.flushSecs = flushSecs
    self.maxQueue = maxQueue
    self.filenameSuffix = filenameSuffix
    writer = reported("SummaryWriter") {
      try TensorBoardWriter(
        logDir: folder, filenameSuffix: filenameSuffix, flushSeconds: flushSecs, mostEvents: maxQueue)
    }
    guard let purgeStep else { return }
    write {
      try $0.addEvent("purgeStep", step: purgeStep, wallTime: nil) { $0.add(3, string: "brain.Event:2") }
      let start: Int64 = 1
      try $0.addEvent("purgeStep", step: purgeStep, wallTime: nil) { $0.add(7) { $0.add(1, int64: start) } }
    }
  }

  /// `SummaryWriter(logDir: "runs/first")`.
  public convenience init(
    logDir: String?, comment: String = "", purgeStep: Int? = nil, maxQueue: Int = 10, flushSecs: Double = 120,
    filenameSuffix: String = ""
  ) {
    self.init(
      logDir, comment: comment, purgeStep: purgeStep, maxQueue: maxQueue, flushSecs: flushSecs,
      filenameSuffix: filenameSuffix)
  }

  /// The folder of the event files, as PyTorch's `get_logdir`.
  public func getLogdir() -> String { logDir }

  /// Records one point of a curve.
  /// - Parameters:
  ///   - newStyle: whether it is written as a tensor of the plugin "scalars", as TensorFlow 2 does.
  ///   - doublePrecision: whether that one has 64 bits.
  public func addScalar(
    _ tag: String, _ value: Double, _ step: Int = 0, walltime: Double? = nil, newStyle: Bool = false,
    doublePrecision: Bool = false
  ) {
    guard newStyle else {
      write { try $0.addScalar(tag, value, step: step, wallTime: walltime) }
      return
    }
    write {
      try $0.add(tag, step, walltime) { field in
        field.addPlugin("scalars")
        field.add(8) { tensor in
          tensor.add(1, int64: doublePrecision ? SummaryTensor.double : SummaryTensor.float)
          if doublePrecision { tensor.add(6, doubles: [value]) } else { tensor.add(5, floats: [Float(value)]) }
        }
      }
    }
  }

  /// Records one point of a curve: a tensor with one element.
  public func addScalar(
    _ tag: String, _ value: Tensor, _ step: Int = 0, walltime: Double? = nil, newStyle: Bool = false,
    doublePrecision: Bool = false
  ) {
    guard !value.hasFailed else { return }
    addScalar(
      tag, value.detach().to(.float64).item(), step, walltime: walltime, newStyle: newStyle,
      doublePrecision: doublePrecision)
  }

  /// Records a point of several curves that are shown in one chart. Each is a run of its own, in the folder
  /// `logDir/tag_name`.
  public func addScalars(_ tag: String, _ values: [String: Double], _ step: Int = 0, walltime: Double? = nil) {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      let folder = logDir + "/" + "\(tag)_\(name)".map { $0 == "/" ? "_" : String($0) }.joined()
      reported("SummaryWriter") {
        let curve = try curves.withLock { curves in
          if let known = curves[folder] { return known }
          let made = try TensorBoardWriter(
            logDir: folder, filenameSuffix: filenameSuffix, flushSeconds: flushSecs, mostEvents: maxQueue)
          curves[folder] = made
          return made
        }
        try curve.addScalar(tag, value, step: step, wallTime: walltime)
      }
    }
  }

  /// Records a text, shown as Markdown.
  public func addText(_ tag: String, _ text: String, _ step: Int = 0, walltime: Double? = nil) {
    write { try $0.addText(tag, text, step: step, wallTime: walltime) }
  }

  /// Writes what is waiting to the files, where TensorBoard sees it.
  public func flush() {
    write { try $0.flush() }
    for curve in curves.withLock({ Array($0.values) }) { reported("SummaryWriter") { try curve.flush() } }
  }

  /// Writes what is waiting and closes the files.
  public func close() {
    write { try $0.close() }
    for curve in curves.withLock({ Array($0.values) }) { reported("SummaryWriter") { try curve.close() } }
  }

  /// `Nov29_08-15-28_host`.
  private static func timeAndHost() -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let time = LocalTime.now
    let day = [time.day, time.hour, time.minute, time.second].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(months[time.month - 1])\(day[0])_\(day[1])-\(day[2])-\(day[3])_\(hostName())"
  }

  func write(_ body: (TensorBoardWriter) throws -> Void) {
    guard let writer else { return }
    reported("SummaryWriter") { try body(writer) }
  }
}

/// What `body` gives, or nil after a mistake, which is reported.
@discardableResult
func reported<Value>(_ name: String, _ body: () throws -> Value) -> Value? {
  do {
    return try body()
  } catch let error as TensorError {
    report(error)
  } catch {
    report(TensorError(.file, name, "\(error)"))
  }
  return nil
}
