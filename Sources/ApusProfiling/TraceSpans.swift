import ApusCore
import ApusFormats

/// What a trace tells of a program, whoever wrote it: its own profiler, or PyTorch's.
struct TraceSpans {
  /// Something with a beginning and an end, in microseconds.
  struct Span {
    enum Kind { case operation, annotation, module }
    var name: String
    var kind: Kind
    var lane: Lane
    var start, duration: Double
    /// Element types of the inputs.
    var types: [String] = []
    /// The path of the module in which it is.
    var module: String?
    var flops = 0
    /// Without what is inside it and no module.
    var selfTime = 0.0
    /// The span around it that is no module.
    var parent: Int?
    var hasInner = false

    var end: Double { start + duration }
  }

  /// A thread of a process.
  struct Lane: Hashable, Comparable {
    var process, thread: String
    static func < (a: Lane, b: Lane) -> Bool { (a.process, a.thread) < (b.process, b.thread) }
  }

  /// Where it ran, as far as the trace tells.
  var machine = TraceMachine()
  var isPyTorch = false
  private(set) var spans: [Span] = []

  /// Adds spans in any order.
  init(_ spans: [Span], machine: TraceMachine, isPyTorch: Bool) {
    self.machine = machine
    self.isPyTorch = isPyTorch
    self.spans = spans.sorted { a, b in
      if a.lane != b.lane { return a.lane < b.lane }
      return a.start != b.start ? a.start < b.start : a.duration > b.duration
    }
    nest()
  }

  private mutating func nest() {
    var open: [Int] = []
    for i in spans.indices {
      spans[i].selfTime = spans[i].duration
      // Times of traces are rounded to nanoseconds.
      while let last = open.last, spans[last].lane != spans[i].lane || spans[last].end < spans[i].end - 0.002 {
        open.removeLast()
      }
      if spans[i].kind != .module, let outer = open.last(where: { spans[$0].kind != .module }) {
        spans[i].parent = outer
        spans[outer].selfTime -= spans[i].duration
        spans[outer].hasInner = true
      }
      if spans[i].module == nil, let module = open.last(where: { spans[$0].kind == .module }) {
        spans[i].module = spans[module].name
      }
      open.append(i)
    }
  }

  /// The lane in which most goes on: that of the training loop.
  var mainLane: Lane? {
    var busy: [Lane: Double] = [:]
    for span in spans where span.parent == nil && span.kind != .module { busy[span.lane, default: 0] += span.duration }
    return busy.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// From the first beginning to the last end.
  var duration: Double {
    let start = spans.lazy.map(\.start).min() ?? 0
    return (spans.lazy.map(\.end).max() ?? start) - start
  }
}

extension TraceSpans {
  /// Traces of more bytes, unpacked, are not read.
  private static let byteLimit = 1 << 29
  private static let spanLimit = 1 << 23

  /// A trace in Chrome's format, plain or compressed.
  /// - Throws: `TensorError` of kind `file` or `format`: what is wrong with it.
  init(file: String) throws(TensorError) {
    let contents = try readFile(file, limit: Self.byteLimit)
    guard contents.bytes.count <= Self.byteLimit else {
      throw TensorError(
        .format, file,
        "the trace has \(contents.bytes.count >> 20) MiB, and \(Self.byteLimit >> 20) are read; profile fewer steps")
    }
    let bytes = contents.withBytes { Array($0) }
    let json: ByteJSON
    do throws(ByteJSON.Mistake) {
      json = try ByteJSON(parsing: bytes)
    } catch {
      throw TensorError(.format, file, "this is no trace, for it is not JSON: \(error.description)")
    }
    try self.init(json, file)
  }

  private init(_ json: ByteJSON, _ file: String) throws(TensorError) {
    let list = if case .array = json { json } else { json["traceEvents"] }
    guard case .array(let events)? = list else {
      throw TensorError(
        .format, file,
        "this is no trace of a profiler, for it has no list traceEvents; write one with profiler.exportChromeTrace(path)"
      )
    }
    guard events.count <= Self.spanLimit else {
      throw TensorError(
        .format, file, "the trace has \(events.count) events, and \(Self.spanLimit) are read; profile fewer steps")
    }
    var spans: [Span] = []
    for event in events {
      guard let span = Span(event) else { continue }
      spans.append(span)
    }
    guard spans.contains(where: { $0.kind != .module }) else {
      throw TensorError(
        .format, file,
        "the trace has no operations: none of its \(events.count) events has ph \"X\", a name, ts, dur and the category "
          + "cpu_op or user_annotation")
    }
    var machine = TraceMachine()
    if let told = json["apus"] {
      machine.threads = told["threads"]?.number.map { Int($0) }
      machine.cores = told["cores"]?.number.map { Int($0) }
      machine.pageFaults = told["page_faults"]?.number.map { Int($0) }
      if case .bool(let value)? = told["onednn"] { machine.hasOneDNN = value }
    }
    self.init(spans, machine: machine, isPyTorch: json["apus"] == nil)
  }
}

extension TraceSpans.Span {
  fileprivate init?(_ event: ByteJSON) {
    guard event["ph"]?.word == "X", let category = event["cat"]?.word, let name = event["name"]?.word,
      let start = event["ts"]?.number, let duration = event["dur"]?.number, duration >= 0, start.magnitude < 1e18,
      duration < 1e18
    else { return nil }
    let kind: Kind
    switch category {
    case "cpu_op": kind = .operation
    case "user_annotation": kind = .annotation
    case "python_function" where name.hasPrefix("nn.Module: "): kind = .module
    default: return nil
    }
    // PyTorch writes the step of its engine around each gradient rule as another operation: the rule says it.
    if name.hasPrefix("autograd::engine::evaluate_function") { return nil }
    let arguments = event["args"]
    self.init(
      name: kind == .module ? String(name.dropFirst("nn.Module: ".count)) : name, kind: kind,
      lane: TraceSpans.Lane(process: event["pid"]?.label ?? "", thread: event["tid"]?.label ?? ""), start: start,
      duration: duration, module: arguments?["Module Hierarchy"]?.word)
    if case .array(let types)? = arguments?["Input type"] { self.types = types.compactMap(\.word) }
    if let flops = arguments?["FLOPs"]?.number, flops >= 0, flops < 1e18 { self.flops = Int(flops) }
  }
}

extension ByteJSON {
  fileprivate var word: String? {
    if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
  }

  fileprivate var number: Double? {
    let value: Double? =
      switch self {
      case .int(let value): Double(value)
      case .real(let digits): Double(String(decoding: digits, as: UTF8.self))
      case .null, .bool, .string, .array, .object: nil
      }
    return value?.isFinite == true ? value : nil
  }

  /// A name or number of a process or thread.
  fileprivate var label: String? { word ?? number.map { "\($0)" } }
}

extension TraceSpans {
  /// What a profiler of this program has seen.
  init(_ trace: ProfiledTrace) {
    let spans = trace.events.map { event in
      let kind: Span.Kind =
        switch event.kind {
        case .operation, .backward, .kernel: .operation
        case .annotation: .annotation
        case .module: .module
        }
      return Span(
        name: kind == .module ? event.modulePath ?? event.name : event.name, kind: kind,
        lane: Lane(process: "", thread: "\(event.thread)"), start: event.start, duration: event.cpuTimeTotal,
        types: event.inputTypes.map { "\($0)" }, module: event.modulePath, flops: event.flops)
    }
    self.init(spans, machine: trace.machine, isPyTorch: false)
  }
}
