import ApusCore

// Sums, products and extremes over dimensions. Every result has a group of threads of its own, which go through its elements side by
// side and join theirs in a tree: the order is the same at every run.

extension Reduce: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    try engine.reduce(reduction, inputs[0], dims, into: results[0])
  }
}

extension GPUEngine {
  /// Reduces dimensions of a tensor, in the type that sums of the result's are formed in.
  func reduce(_ reduction: Reduction, _ x: Tensor, _ dims: [Int], into result: Tensor) throws(TensorError) -> Bool {
    guard let kind = NumberKind(computing: result.dtype.accumulateType), let text = ElementText(x.dtype),
      let stored = ElementText(result.dtype), !kind.isComplex || reduction == .sum
    else { return false }
    let kept = x.shape.indices.filter { !dims.contains($0) }
    let outer = LoopNest(kept.map { x.shape[$0] }, kept.map { x.strides[$0] })
    let inner = LoopNest(dims.sorted().map { x.shape[$0] }, dims.sorted().map { x.strides[$0] })
    let isWide = x.span >= Int(Int32.max)
    // Short runs, or results that lie side by side in memory: a thread for each. Else a group.
    let threads = inner.count <= 32 || (outer.lastStride == 1 && inner.lastStride != 1 && outer.count >= 256) ? 1 : 256
    var key = KernelKey("reduce")
    for detail in [Int(kind.rawValue), reduction.code, threads, outer.sizes.count, inner.sizes.count] {
      key.add(detail)
    }
    key.add(x.dtype)
    key.add(result.dtype)
    key.add(isWide)
    let kernel = try kernel(key) {
      var source = KernelSource("reduce")
      source.isWide = isWide
      source.place(stored.storage, "out0")
      source.place("const \(text.storage)", "in0")
      source.int("count")
      source.int("run")
      outer.declare("o", &source)
      inner.declare("i", &source)
      let step = "value = \(reduction.joined("value", "x", kind));"
      let load = "const \(kind.text) x = \(text.load("in0[base + \(inner.place("i"))]", as: kind));"
      source.body.append("\(kind.text) value = \(reduction.start(kind));")
      if threads == 1 {
        source.body += ["const index row = ELEMENT;", "if (row >= count) return;"]
        outer.locate("row", "o", &source)
        source.body.append("const index base = \(outer.place("o"));")
        source.body.append("for (index k = 0; k < run; k++) {")
        inner.locate("k", "i", &source)
        source.body += [load, step, "}"]
        source.body.append("out0[row] = \(stored.store("value", from: kind));")
      } else {
        source.body.append("const index row = GROUP;")
        outer.locate("row", "o", &source)
        source.body.append("const index base = \(outer.place("o"));")
        source.body.append("SHARED(\(kind.text), shared, \(threads));")
        source.body.append("for (index k = THREAD; k < run; k += \(threads)) {")
        inner.locate("k", "i", &source)
        source.body += [load, step, "}"]
        source.body += GroupText.joined("value", kind, threads) { reduction.joined($0, $1, kind) }
        source.body.append("if (THREAD == 0) out0[row] = \(stored.store("value", from: kind));")
      }
      return source
    }
    var arguments: [Argument] = [
      .tensor(result), .tensor(x), .int(outer.count), .int(inner.count),
    ]
    outer.addArguments(&arguments)
    inner.addArguments(&arguments)
    let grid = threads == 1 ? Grid(over: outer.count, threads: 64) : Grid(groups: outer.count, threads: threads)
    try launch(kernel, grid, arguments)
    return true
  }
}

extension Reduction {
  fileprivate var code: Int {
    switch self {
    case .sum: 0
    case .prod: 1
    case .max: 2
    case .min: 3
    }
  }

  /// What nothing is reduced to.
  func start(_ kind: NumberKind) -> String {
    switch self {
    case .sum: kind.literal(0)
    case .prod: kind.literal(1)
    case .max: kind == .i64 ? "(long)(1UL << 63)" : kind == .u64 ? "0" : "-AP_INF"
    case .min: kind == .i64 ? "(long)(~0UL >> 1)" : kind == .u64 ? "~0UL" : "AP_INF"
    }
  }

  /// Two values joined; a NaN stays.
  func joined(_ a: String, _ b: String, _ kind: NumberKind) -> String {
    switch self {
    case .sum: kind.isComplex ? kind.complex("\(a).x + \(b).x", "\(a).y + \(b).y") : "\(a) + \(b)"
    case .prod: "\(a) * \(b)"
    case .max: kind.isInteger ? "(\(a) > \(b) ? \(a) : \(b))" : "((\(a) > \(b)) | (\(a) != \(a)) ? \(a) : \(b))"
    case .min: kind.isInteger ? "(\(a) < \(b) ? \(a) : \(b))" : "((\(a) < \(b)) | (\(a) != \(a)) ? \(a) : \(b))"
    }
  }
}

/// What the threads of a group do together.
enum GroupText {
  /// Lines that join the values of all threads, each in `name`, by way of memory `shared` of one element a thread; all threads have the result
  /// then, and `shared` may be used again.
  static func joined(
    _ name: String, _ kind: NumberKind, _ threads: Int, _ join: (String, String) -> String
  ) -> [String] {
    var lines = ["shared[THREAD] = \(name);", "BARRIER;"]
    var width = threads / 2
    while width > 0 {
      lines.append(
        "if (THREAD < \(width)) { const \(kind.text) a = shared[THREAD], b = shared[THREAD + \(width)]; "
          + "shared[THREAD] = \(join("a", "b")); }")
      lines.append("BARRIER;")
      width /= 2
    }
    return lines + ["\(name) = shared[0];", "BARRIER;"]
  }
}

/// Dimensions with one operand's strides, walked by a number; neighbours that are stepped through evenly are one.
struct LoopNest {
  let count: Int
  private let walk: Walk

  init(_ sizes: [Int], _ strides: [Int]) {
    count = elementCount(sizes)
    walk = Walk(Array(sizes.indices), sizes, strides)
  }

  var sizes: [Int] { walk.sizes }
  private var strides: [Int] { walk.strides }

  var lastStride: Int { strides.last ?? 0 }

  func declare(_ name: String, _ source: inout KernelSource) {
    for d in sizes.indices {
      if d > 0 { source.int("\(name)_size\(d)") }
      source.int("\(name)_stride\(d)")
    }
  }

  func addArguments(_ arguments: inout [Argument]) {
    for d in sizes.indices {
      if d > 0 { arguments.append(.int(sizes[d])) }
      arguments.append(.int(strides[d]))
    }
  }

  /// The coordinates of number `i`.
  func locate(_ i: String, _ name: String, _ source: inout KernelSource) {
    if sizes.isEmpty { return }
    source.body.append("index \(name)_rest = \(i);")
    for d in sizes.indices.reversed() {
      source.body.append(
        d == 0
          ? "const index \(name)\(d) = \(name)_rest;"
          : "const index \(name)\(d) = \(name)_rest % \(name)_size\(d); \(name)_rest /= \(name)_size\(d);")
    }
  }

  /// The place at these coordinates.
  func place(_ name: String) -> String {
    sizes.isEmpty ? "0" : sizes.indices.map { "\(name)\($0) * \(name)_stride\($0)" }.joined(separator: " + ")
  }
}

extension Tensor {
  /// Elements between its first and its last one in memory.
  var span: Int { zip(shape, strides).reduce(0) { $0 + Swift.abs($1.1) * Swift.max(0, $1.0 - 1) } }
}
