import ApusCore

/// The time of a trace's loop by what it was spent on: every moment counts once.
struct CostTally {
  /// What time is spent on.
  private enum Class: Hashable {
    case loading, optimizer, small, convolution, doubleProducts, products, attention, openAttention, copies, pointwise,
      normalisation, pageFaults, outside
    case operation(String)
  }

  private struct Entry {
    var time = 0.0
    var count = 0
    var flops = 0
    var names: [String: Double] = [:]
    var modules: [String: Double] = [:]
  }

  /// Below this an operation is as long as what it costs to call one, or little longer, in microseconds.
  private static let small = 10.0

  private let trace: TraceSpans
  private var entries: [Class: Entry] = [:]
  private var covered = 0.0
  private let hasFusedAttention: Bool

  init(_ trace: TraceSpans) {
    self.trace = trace
    hasFusedAttention = trace.spans.contains { Names.isFusedAttention($0.name) }
  }

  mutating func addSpans(in lane: TraceSpans.Lane?) {
    let spans = trace.spans
    // The class that a range gives to all inside it.
    var ranges: [Class?] = Array(repeating: nil, count: spans.count)
    for i in spans.indices where spans[i].lane == lane && spans[i].kind != .module {
      let span = spans[i]
      let range = span.parent.flatMap { ranges[$0] } ?? rangeClass(span)
      ranges[i] = range
      if let range {
        add(span, to: range, time: span.selfTime, counts: span.parent.flatMap { ranges[$0] } == nil)
      } else if span.kind == .operation {
        add(span, to: operationClass(span), time: span.selfTime, counts: true)
      }
    }
    cover(lane)
  }

  /// Adds up what operations, loading and optimisers cover: the outermost of them, whatever ranges the program names around.
  private mutating func cover(_ lane: TraceSpans.Lane?) {
    for span in trace.spans where span.lane == lane && span.kind != .module {
      guard span.kind == .operation || rangeClass(span) != nil else { continue }
      var outer = span.parent
      while let i = outer, trace.spans[i].kind == .annotation, rangeClass(trace.spans[i]) == nil {
        outer = trace.spans[i].parent
      }
      if outer == nil { covered += span.duration }
    }
  }

  /// What is between operations: code of the program itself.
  mutating func addGaps(_ duration: Double) {
    let gap = duration - covered
    if gap > 0 {
      entries[.outside] = Entry(time: gap, count: 1)
    }
    if let faults = trace.machine.pageFaults {
      // A page of 4 KiB costs a quarter of a microsecond, most of it for zeros. The time is part of that of operations.
      entries[.pageFaults] = Entry(time: Double(faults) * 0.25, count: faults)
    }
  }

  private mutating func add(_ span: TraceSpans.Span, to place: Class, time: Double, counts: Bool) {
    guard time > 0 || counts else { return }
    entries[place, default: Entry()].time += max(0, time)
    if counts { entries[place, default: Entry()].count += 1 }
    entries[place, default: Entry()].flops += span.flops
    entries[place, default: Entry()].names[span.name, default: 0] += max(0, time)
    if let module = span.module { entries[place, default: Entry()].modules[module, default: 0] += max(0, time) }
  }

  private func rangeClass(_ span: TraceSpans.Span) -> Class? {
    guard span.kind == .annotation else { return nil }
    if span.name.hasPrefix("enumerate(DataLoader)#") { return .loading }
    return span.name.hasPrefix("Optimizer.") ? .optimizer : nil
  }

  private func operationClass(_ span: TraceSpans.Span) -> Class {
    let name = span.name
    if span.selfTime < Self.small { return .small }
    if Names.isFusedAttention(name) { return .attention }
    if Names.isConvolution(name) { return .convolution }
    if Names.isProduct(name) {
      if span.types.contains(where: { $0 == "float64" || $0 == "double" }) { return .doubleProducts }
      return .products
    }
    if Names.isSoftmax(name), !hasFusedAttention { return .openAttention }
    if Names.isCopy(name) { return .copies }
    if Names.isNormalisation(name) { return .normalisation }
    if Names.isPointwise(name) { return .pointwise }
    return .operation(name)
  }
}

/// The costs in words.
extension CostTally {
  /// All of them, the largest first.
  func costs(_ duration: Double) -> [SlowReport.Cost] {
    var entries = entries
    // Few small operations between large ones are nothing to mend, and a gradient rule is as small as its operation.
    if let small = entries[.small], small.count < 20 { entries[.small] = nil }
    // A softmax is one of attention where products of batches of matrices stand beside it.
    if let open = entries[.openAttention], !hasBatchedProducts {
      entries[.openAttention] = nil; entries[.operation("softmax")] = open
    }
    return entries.map { place, entry in
      let words = words(place, entry)
      return SlowReport.Cost(
        title: words.title, time: entry.time, share: entry.time / duration, finding: words.finding + most(entry, place),
        advice: words.advice)
    }.sorted { ($1.time, $0.title) < ($0.time, $1.title) }
  }

  private var hasBatchedProducts: Bool {
    trace.spans.contains { ["aten::bmm", "aten::baddbmm", "Mm", "Bmm", "aten::matmul"].contains($0.name) }
  }

  /// Which operations and which module the most of a cost is in.
  private func most(_ entry: Entry, _ place: Class) -> String {
    switch place {
    case .loading, .optimizer, .outside, .pageFaults: return ""
    case .small, .convolution, .doubleProducts, .products, .attention, .openAttention, .copies, .pointwise,
      .normalisation, .operation:
      break
    }
    let names = entry.names.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
    var text = ""
    if case .operation = place {
    } else if !names.isEmpty {
      text += " Most of it: " + names.map { "\($0.key) \(durationText($0.value))" }.joined(separator: ", ") + "."
    }
    if let module = entry.modules.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), module.value > entry.time / 4 {
      text += " \(Int((100 * module.value / max(entry.time, 1e-9)).rounded())) % is in \(module.key)."
    }
    return text
  }

  private func words(_ place: Class, _ entry: Entry) -> (title: String, finding: String, advice: String) {
    let torch = trace.isPyTorch
    let count = grouped(entry.count)
    let mean = durationText(entry.time / Double(max(1, entry.count)))
    switch place {
    case .loading:
      let isInline = entry.names.keys.contains { $0.contains("SingleThread") || $0.contains("SingleProcess") }
      return (
        "Waiting for data",
        "The loop waited \(count) times for its next batch, \(mean) each"
          + (isInline ? ", which it reads itself." : ", though workers read ahead: they do not keep up."),
        isInline
          ? "Let workers read ahead while the loop computes: DataLoader(\(torch ? "num_workers=2" : "numWorkers: 2"))."
          : "Use more workers, or give each less to do: decode and resize once and keep the results, or transform whole "
            + "batches in the loop."
      )
    case .optimizer:
      return (
        "Steps of the optimizer", "\(count) calls of step and zeroGrad, \(mean) each.",
        torch
          ? "Use fused=True, which makes one pass over memory. A larger batch, or gradients of several batches for each "
            + "step, makes fewer steps of an epoch."
          : "A step is one pass over parameters and states. A larger batch, or accumulatedBatches of the trainer, makes "
            + "fewer steps of an epoch; parameters that are not to be trained cost nothing once frozen (requiresGrad = false)."
      )
    case .small:
      return (
        "Many small operations",
        "\(count) operations took less than \(Int(Self.small)) us by themselves, \(mean) each: about what it costs to call one.",
        torch
          ? "torch.compile joins them into fewer kernels; larger batches give each more to do."
          : "compile(function) joins them into fewer kernels, trainer.compiles = true those of a whole step; larger batches "
            + "give each more to do."
      )
    case .convolution:
      let isPortable = trace.machine.hasOneDNN == false || entry.names.keys.contains { Names.isSlowConvolution($0) }
      return (
        isPortable ? "Convolutions without oneDNN" : "Convolutions",
        "\(count) convolutions and gradients of such, \(mean) each\(rate(entry)).",
        isPortable
          ? torch
            ? "They ran on the reference kernel: use float32 or bfloat16, for which oneDNN (mkldnn) has kernels."
            : "The portable kernels computed them: scripts/setup.sh installs oneDNN, which is several times faster."
          : arithmeticAdvice
            + " A larger stride in the first layers saves most."
      )
    case .doubleProducts:
      return (
        "Products in float64", "\(count) products of float64 matrices, \(mean) each\(rate(entry)).",
        "Convert model and data to float32: that is at least twice as fast, and enough for training. "
          + (torch
            ? "NumPy's arrays are float64 unless converted."
            : "Tables and arrays of Double make float64 tensors; .to(.float32) converts them.")
      )
    case .products:
      let isPortable = trace.machine.hasOneDNN == false
      return (
        "Products of matrices", "\(count) products, \(mean) each\(rate(entry)).",
        (isPortable
          ? "The portable kernels computed them: scripts/setup.sh installs oneDNN, which is faster for large ones. "
          : "")
          + arithmeticAdvice
      )
    case .attention:
      return (
        "Attention", "\(count) calls of fused attention and its gradient, \(mean) each\(rate(entry)).",
        "It grows with the square of the length: shorter sequences, batches of similar lengths, or a window for each "
          + "query cost less."
      )
    case .openAttention:
      return (
        "Attention by hand",
        "\(count) softmax of \(mean) each stand between products of matrices: the scores are written to memory and read again.",
        torch
          ? "F.scaled_dot_product_attention computes the same without the matrix of scores."
          : "scaledDotProductAttention(q, k, v) computes the same without the matrix of scores."
      )
    case .copies:
      return (
        "Copies", "\(count) copies and conversions, \(mean) each.",
        "They come from contiguous() or reshape after a permuted view, from joining tensors, and from changing element "
          + "types: keep one type, permute once for a whole batch, and keep pictures channels-last from the start."
      )
    case .pointwise:
      return (
        "Pointwise operations on large tensors",
        "\(count) operations, \(mean) each: each reads its operands from memory and writes its result back.",
        torch
          ? "torch.compile joins chains of them into one pass over memory."
          : "compile(function) joins chains of them into one pass over memory."
      )
    case .normalisation:
      return (
        "Normalisation", "\(count) calls, \(mean) each.",
        torch
          ? "torch.compile joins it with the operations around it; fold batch norms into convolutions for inference."
          : "compile(function) joins it with the operations around it. In evaluation mode a batch norm is one product and sum."
      )
    case .pageFaults:
      return (
        "Fresh memory",
        "The system had to find \(count) pages of memory, about \(durationText(entry.time)) by a quarter of a microsecond each, "
          + "which is part of the time of the operations that met them.",
        "Tensors of the same sizes reuse memory: let all batches have one size (dropLast), pad sequences to a few lengths. "
          + "The first steps always need pages: leave them out with schedule(wait:warmup:active:)."
      )
    case .outside:
      return (
        "Code between operations",
        "For so long no operation ran: the program's own code, reading and printing of values.",
        "Name parts of it with \(torch ? "record_function" : "recordFunction") to see which; read values "
          + "(\(torch ? ".item(), print" : "item(), print")) every some steps only."
      )
    case .operation(let name):
      return (
        name, "\(count) calls, \(mean) each.",
        "Profile with \(torch ? "record_shapes=True and with_stack=True" : "recordShapes: true and withStack: true") to see "
          + "with what and from where it is called."
      )
    }
  }

  private var arithmeticAdvice: String {
    if let threads = trace.machine.threads, let cores = trace.machine.cores, threads < cores {
      return
        "Operations used \(threads) of \(cores) cores: \(trace.isPyTorch ? "torch.set_num_threads" : "setNumThreads")(\(cores)) "
        + "or APUS_NUM_THREADS lets them use all."
    }
    return trace.isPyTorch
      ? "This is arithmetic: torch.autocast with bfloat16 halves it where the processor has such instructions."
      : "This is arithmetic: model and inputs in bfloat16 halve it where the processor has such instructions."
  }

  /// The rate, where the trace tells the floating-point operations.
  private func rate(_ entry: Entry) -> String {
    guard entry.flops > 0, entry.time > 0 else { return "" }
    return ", \(decimal(Double(entry.flops) / entry.time / 1000, 1)) GFLOP/s"
  }
}

/// What operations are, by their names in traces of this library and of PyTorch.
private enum Names {
  static func isFusedAttention(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.contains("scaleddotproduct") || name.contains("scaled_dot_product")
  }

  static func isConvolution(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.contains("conv") && !name.contains("convert")
  }

  static func isSlowConvolution(_ name: String) -> Bool { name.contains("slow_conv") || name.contains("thnn_conv") }

  static func isProduct(_ name: String) -> Bool {
    let products: Set = [
      "mm", "bmm", "addmm", "baddbmm", "matmul", "linear", "addmv", "mv", "dot", "lstm", "gru", "rnn",
    ]
    let plain = plain(name)
    return products.contains(plain) || plain.hasPrefix("mkl") && plain.contains("linear") || name.hasPrefix("Linear+")
      || plain == "quantizedlinear"
  }

  static func isSoftmax(_ name: String) -> Bool { plain(name).contains("softmax") && !plain(name).contains("log") }

  static func isCopy(_ name: String) -> Bool {
    ["copy", "tocopy", "clone", "contiguous", "cat", "stack", "viewcopy", "repeat"].contains(plain(name))
  }

  static func isNormalisation(_ name: String) -> Bool {
    let plain = plain(name)
    return plain.contains("batchnorm") || plain.contains("layernorm") || plain.contains("groupnorm")
      || plain.contains("rmsnorm")
  }

  static func isPointwise(_ name: String) -> Bool { pointwise.contains(plain(name)) }

  private static let pointwise: Set = [
    "add", "sub", "rsub", "mul", "div", "neg", "abs", "exp", "log", "sqrt", "rsqrt", "pow", "square", "tanh", "sigmoid",
    "relu", "leakyrelu", "gelu", "silu", "mish", "elu", "softplus", "hardswish", "hardtanh", "clamp", "clampmin",
    "clampmax", "thresholdbackward", "gelubackward", "silubackward", "tanhbackward", "sigmoidbackward", "where",
    "maskedfill", "addcmul", "addcdiv", "lerp", "maximum", "minimum", "erf", "sin", "cos", "reciprocal", "mulbackward",
    "divbackward", "relubackward", "fill", "zero", "bernoulli", "dropout", "nativedropout",
  ]

  /// A name without its namespace, the lines of in-place names and the number of gradient rules: `aten::add_` is `add`.
  private static func plain(_ name: String) -> String {
    var plain = name.split(separator: ":").last.map(String.init) ?? name
    if plain.hasSuffix("Backward0") || plain.hasSuffix("Backward1") { plain.removeLast() }
    return String(plain.lowercased().filter { $0 != "_" })
  }
}
