import ApusCore
import ApusFormats
import CKernels

#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The trace of a profile in the layout of PyTorch's: `X` for what has a beginning and an end (`cpu_op`, `user_annotation`, and
/// modules as `python_function`), arrows `fwdbwd` from operations to their gradient rules, `i` for memory.
struct ChromeTrace {
  private let trace: ProfiledTrace
  private let name: String
  private let process = ck_process_number()

  init(_ trace: ProfiledTrace, name: String) { (self.trace, self.name) = (trace, name) }

  /// Moments of the trace begin at this one of the system's monotonic clock.
  private func moment(_ microseconds: Double) -> String {
    decimal(Double(trace.startNanoseconds) / 1000 + microseconds, 3)
  }

  var text: String {
    var lines: [String] = names
    var modules: [String: Int] = [:]
    for event in trace.events { lines.append(line(event, &modules)) }
    lines += arrows + memoryLines
    lines.append(
      #"{"ph": "X", "cat": "Trace", "ts": \#(moment(0)), "dur": \#(decimal(trace.duration, 3)), "pid": "Spans", "tid": "PyTorch Profiler", "name": "PyTorch Profiler (0)", "args": {"Op count": 0}}"#
    )
    lines.append(
      #"{"name": "Iteration Start: PyTorch Profiler", "ph": "i", "s": "g", "pid": "Traces", "tid": "Trace PyTorch Profiler", "ts": \#(moment(0))}"#
    )
    let options = trace.options
    func flag(_ value: Bool) -> Int { value ? 1 : 0 }
    return """
      {
      "schemaVersion": 1,
      "deviceProperties": [],
      "record_shapes": \(flag(options.shapes)),
      "profile_memory": \(flag(options.memory)),
      "with_stack": \(flag(options.stack)),
      "with_modules": \(flag(options.modules)),
      "with_flops": \(flag(options.flops)),
      "host_name": \(quotedJSON(hostName())),
      "apus": \(machine),
      "displayTimeUnit": "ms",
      "baseTimeNanoseconds": \(baseNanoseconds),
      "traceName": \(quotedJSON(name)),
      "traceEvents": [
      \(lines.joined(separator: ",\n"))
      ]
      }

      """
  }

  /// Where it ran, for `apus info --why-slow`.
  private var machine: String {
    let machine = trace.machine
    var members: [String] = []
    if let threads = machine.threads { members.append("\"threads\": \(threads)") }
    if let cores = machine.cores { members.append("\"cores\": \(cores)") }
    if let hasOneDNN = machine.hasOneDNN { members.append("\"onednn\": \(hasOneDNN)") }
    if let faults = machine.pageFaults { members.append("\"page_faults\": \(faults)") }
    return "{\(members.joined(separator: ", "))}"
  }

  /// What the monotonic clock's zero is on the calendar.
  private var baseNanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec) - ck_nanoseconds()
  }

  /// The names of the process and its threads.
  private var names: [String] {
    let threads = Set(trace.events.map(\.thread)).union([trace.mainThread]).sorted()
    func meta(_ what: String, _ thread: Int, _ value: String) -> String {
      #"{"name": "\#(what)", "ph": "M", "ts": \#(moment(0)), "pid": \#(process), "tid": \#(thread), "args": {\#(value)}}"#
    }
    var lines = [
      meta("process_name", 0, #""name": "apus""#), meta("process_labels", 0, #""labels": "CPU""#),
      meta("process_sort_index", 0, #""sort_index": \#(process)"#),
    ]
    for thread in threads {
      let name = thread == trace.mainThread ? "thread \(thread) (main)" : "thread \(thread)"
      lines.append(meta("thread_name", thread, #""name": "\#(name)""#))
      lines.append(meta("thread_sort_index", thread, #""sort_index": \#(thread == trace.mainThread ? 0 : thread)"#))
    }
    return lines
  }

  private func line(_ event: ProfilerEvent, _ modules: inout [String: Int]) -> String {
    let category =
      switch event.kind {
      case .operation, .backward, .kernel: "cpu_op"
      case .annotation: "user_annotation"
      case .module: "python_function"
      }
    var name = event.name
    var arguments: [String] = []
    if event.kind == .module {
      let path = event.modulePath ?? event.name
      let number = modules[path] ?? modules.count
      modules[path] = number
      name = "nn.Module: \(path)"
      arguments += [#""Python id": \#(event.id)"#, #""Python module id": \#(number)"#]
      if let outer = event.module { arguments.append(#""Python parent id": \#(outer)"#) }
      arguments.append(#""Module Type": \#(quotedJSON(event.name))"#)
    } else {
      arguments.append(#""External id": \#(event.id + 1)"#)
      if let number = event.sequenceNumber {
        arguments += [#""Sequence number": \#(number)"#, #""Fwd thread id": \#(event.kind == .backward ? 1 : 0)"#]
      }
      if trace.options.shapes, event.kind == .operation || event.kind == .kernel {
        let types = event.inputTypes.map { quotedJSON("\($0)") }.joined(separator: ", ")
        arguments += [#""Input Dims": \#(event.inputShapes)"#, #""Input type": [\#(types)]"#]
      }
      if let path = event.modulePath { arguments.append(#""Module Hierarchy": \#(quotedJSON(path))"#) }
      if event.flops > 0 { arguments.append(#""FLOPs": \#(event.flops)"#) }
      if !event.stack.isEmpty {
        arguments.append(#""Call stack": \#(quotedJSON(event.stack.joined(separator: ";")))"#)
      }
    }
    arguments.append(#""Ev Idx": \#(event.id)"#)
    return
      #"{"ph": "X", "cat": "\#(category)", "name": \#(quotedJSON(name)), "pid": \#(process), "tid": \#(event.thread), "ts": \#(moment(event.start)), "dur": \#(decimal(event.cpuTimeTotal, 3)), "args": {\#(arguments.joined(separator: ", "))}}"#
  }

  /// From each recorded operation to its gradient rule.
  private var arrows: [String] {
    var forward: [Int: ProfilerEvent] = [:]
    for event in trace.events where event.kind == .operation {
      if let number = event.sequenceNumber, forward[number] == nil { forward[number] = event }
    }
    var lines: [String] = []
    for event in trace.events where event.kind == .backward {
      guard let number = event.sequenceNumber, let start = forward[number] else { continue }
      let id = lines.count / 2 + 1
      func end(_ phase: String, _ event: ProfilerEvent) -> String {
        #"{"ph": "\#(phase)", "id": \#(id), "pid": \#(process), "tid": \#(event.thread), "ts": \#(moment(event.start)), "cat": "fwdbwd", "name": "fwdbwd"\#(phase == "f" ? #", "bp": "e""# : "")}"#
      }
      lines += [end("s", start), end("f", event)]
    }
    return lines
  }

  private var memoryLines: [String] {
    var total = 0
    return trace.memory.sorted { $0.time < $1.time }.map { event in
      total += event.bytes
      return
        #"{"ph": "i", "cat": "cpu_instant_event", "s": "t", "name": "[memory]", "pid": \#(process), "tid": \#(event.thread), "ts": \#(moment(event.time)), "args": {"Total Reserved": 0, "Total Allocated": \#(total), "Bytes": \#(event.bytes), "Device Id": -1, "Device Type": 0}}"#
    }
  }
}

/// Writes a trace, compressed where the path says so.
func writeTrace(_ text: String, to path: String) throws {
  guard path.hasSuffix(".gz") else { return try writeText(text, to: path) }
  let bytes = Array(text.utf8)
  let packed = try bytes.withUnsafeBytes { try Deflate.compress($0, as: .gzip, name: path) }
  try replaceFile(at: path) { file in try file.write(packed) }
}

func hostName() -> String {
  var name = [UInt8](repeating: 0, count: 256)
  let isKnown = name.withUnsafeMutableBytes { bytes in
    bytes.baseAddress.map { gethostname($0.assumingMemoryBound(to: CChar.self), bytes.count - 1) == 0 } ?? false
  }
  return isKnown ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : "host"
}

/// Writes each trace that is ready into `folder` as TensorBoard's profiler plugin finds it, PyTorch's
/// `tensorboard_trace_handler`:
///
///     try profile(schedule: schedule(wait: 1, warmup: 1, active: 3), onTraceReady: tensorboardTraceHandler("runs/net")) { profiler in
///       for batch in loader { train(batch); profiler.step() }
///     }
///
/// - Parameters:
///   - workerName: of a process, if there are several; nil: host and number of the process.
///   - useGzip: whether files are compressed.
public func tensorboardTraceHandler(
  _ folder: String, workerName: String? = nil, useGzip: Bool = false
) -> (Profiler) throws -> Void {
  { profiler in
    try makeFolders(folder)
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let moment = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    let worker = workerName ?? "\(hostName())_\(ck_process_number())"
    try profiler.exportChromeTrace("\(folder)/\(worker).\(moment).pt.trace.json\(useGzip ? ".gz" : "")")
  }
}
