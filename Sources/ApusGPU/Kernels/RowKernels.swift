import ApusCore
import ApusFunctional

// Operations on rows: a group of threads goes through a row, one after the other where a pass needs what the one before has found.

/// The text of a kernel whose groups have a row each: `base` is the place of its first element, `n` its length.
private struct RowText {
  let kind: NumberKind
  let threads: Int
  var source: KernelSource

  init(_ name: String, _ kind: NumberKind, rowLength: Int, rows: Int, isWide: Bool) {
    self.kind = kind
    threads = Self.threads(rowLength)
    source = KernelSource(name)
    source.isWide = isWide
  }

  static func threads(_ rowLength: Int) -> Int { rowLength > 512 ? 256 : rowLength > 32 ? 64 : 16 }

  /// Begins the body, after the parameters.
  mutating func begin() {
    source.body += [
      "SHARED(\(kind.text), shared, \(threads));", "const index row = GROUP;", "const index base = row * n;",
    ]
  }

  /// A pass over the row: `lines` for each element `j`.
  mutating func pass(_ lines: String...) {
    source.body.append("for (index j = THREAD; j < n; j += \(threads)) { \(lines.joined(separator: " ")) }")
  }

  /// Joins the threads' values of `name`.
  mutating func join(_ name: String, _ reduction: Reduction) {
    source.body += GroupText.joined(name, kind, threads) { reduction.joined($0, $1, kind) }
  }

  mutating func line(_ text: String) { source.body.append(text) }
}

extension GPUEngine {
  /// The kind of numbers that rows of a floating point type are computed in; nil where there are no kernels for them.
  fileprivate func rowKind(_ dtype: DType) -> NumberKind? {
    dtype.isFloatingPoint && ElementText(dtype) != nil ? NumberKind(computing: dtype.accumulateType) : nil
  }

  /// Tensors as dense ones in the types that they have; nil where one cannot be copied.
  func allDense(_ tensors: [Tensor]) throws(TensorError) -> [Tensor]? {
    var made: [Tensor] = []
    for tensor in tensors {
      guard let dense = try dense(tensor) else { return nil }
      made.append(dense)
    }
    return made
  }

  /// Runs a kernel of rows: `write` gets the names `in0`, `in1` ... and `out0` ... of tensors whose elements are loaded and stored by
  /// the texts.
  fileprivate func runRows(
    _ name: StaticString, _ kind: NumberKind, rows: Int, _ n: Int, _ inputs: [Tensor], _ results: [Tensor],
    details: [Int], numbers: [Double] = [],
    _ write: (inout RowText, _ load: (Int, String) -> String, _ store: (Int, String) -> String) -> Void
  ) throws(TensorError) -> Bool {
    if rows == 0 { return true }
    guard let inputs = try allDense(inputs) else { return false }
    let isWide = (inputs + results).contains { $0.count >= Int(Int32.max) }
    var key = KernelKey(name)
    for tensor in inputs + results { key.add(tensor.dtype) }
    for detail in details + [Int(kind.rawValue), RowText.threads(n)] { key.add(detail) }
    key.add(isWide)
    let (from, to) = (inputs.map(\.dtype), results.map(\.dtype))
    guard (from + to).allSatisfy({ ElementText($0) != nil }) else { return false }
    let kernel = try kernel(key) {
      var text = RowText("\(name)", kind, rowLength: n, rows: rows, isWide: isWide)
      for (k, dtype) in to.enumerated() { text.source.place(ElementText(dtype)?.storage ?? "", "out\(k)") }
      for (k, dtype) in from.enumerated() { text.source.place("const \(ElementText(dtype)?.storage ?? "")", "in\(k)") }
      text.source.int("n")
      for i in numbers.indices { text.source.parameters.append("\(kind.text) p\(i)") }
      text.begin()
      write(
        &text, { ElementText(from[$0])?.load("in\($0)[\($1)]", as: kind) ?? "" },
        { "out\($0)[\($1)] = \(ElementText(to[$0])?.store("value", from: kind) ?? "");" })
      return text.source
    }
    var arguments = results.map { Argument.tensor($0) } + inputs.map { Argument.tensor($0) } + [.int(n)]
    for number in numbers { arguments.append(kind == .f32 ? .float(Float(number)) : .double(number)) }
    try launch(kernel, Grid(groups: rows, threads: RowText.threads(n)), arguments)
    return true
  }
}

extension SoftmaxRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype) else { return false }
    let n = inputs[0].shape.last ?? 1
    let (t, suffix) = (kind.text, kind == .f32 ? "f32" : "f64")
    let code = self.kind == .plain ? 0 : self.kind == .safe ? 1 : 2
    return try engine.runRows(
      "softmax", kind, rows: results[0].count / n, n, inputs, results, details: [code]
    ) { text, load, store in
      text.line("\(t) most = -AP_INF;")
      text.pass("const \(t) x = \(load(0, "base + j"));", "most = \(Reduction.max.joined("most", "x", kind));")
      text.join("most", .max)
      text.line("const \(t) least = most == -AP_INF ? 0 : most; \(t) sum = 0;")
      // Rows of nothing but -infinity are NaN, or 0 where that is asked for.
      let shifted = self.kind == .safe ? "least" : "most"
      text.pass("sum += ckm_exp_\(suffix)(\(load(0, "base + j")) - \(shifted));")
      text.join("sum", .sum)
      switch self.kind {
      case .logarithm:
        text.line("const \(t) level = most + ckm_log_\(suffix)(sum);")
        text.pass("const \(t) value = \(load(0, "base + j")) - level;", store(0, "base + j"))
      case .plain, .safe:
        if self.kind == .safe { text.line("if (sum == 0) sum = 1;") }
        text.pass(
          "const \(t) value = ckm_exp_\(suffix)(\(load(0, "base + j")) - \(shifted)) / sum;", store(0, "base + j"))
      }
    }
  }
}

extension SoftmaxGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype) else { return false }
    let n = inputs[1].shape.last ?? 1
    let (t, suffix) = (kind.text, kind == .f32 ? "f32" : "f64")
    return try engine.runRows(
      "softmax_gradient", kind, rows: results[0].count / n, n, inputs, results, details: [isLogarithm ? 1 : 0]
    ) { text, load, store in
      text.line("\(t) sum = 0;")
      let (g, y) = (load(0, "base + j"), load(1, "base + j"))
      text.pass("sum += \(g)\(isLogarithm ? "" : " * \(y)");")
      text.join("sum", .sum)
      text.pass(
        "const \(t) value = \(isLogarithm ? "\(g) - ckm_exp_\(suffix)(\(y)) * sum" : "(\(g) - sum) * \(y)");",
        store(0, "base + j"))
    }
  }
}

extension LayerNormRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype) else { return false }
    let t = kind.text
    return try engine.runRows(
      "layer_norm", kind, rows: results[1].count, count, inputs, results,
      details: [hasWeight ? 1 : 0, hasBias ? 1 : 0],
      numbers: [eps]
    ) { text, load, store in
      text.line("\(t) sum = 0;")
      text.pass("sum += \(load(0, "base + j"));")
      text.join("sum", .sum)
      text.line("const \(t) mean = sum / n; \(t) squares = 0;")
      text.pass("const \(t) d = \(load(0, "base + j")) - mean;", "squares += d * d;")
      text.join("squares", .sum)
      text.line("const \(t) scale = 1 / sqrt(squares / n + p0);")
      let weighted = hasWeight ? " * \(load(1, "j"))" : ""
      let shifted = hasBias ? " + \(load(hasWeight ? 2 : 1, "j"))" : ""
      text.pass(
        "const \(t) value = (\(load(0, "base + j")) - mean) * scale\(weighted)\(shifted);", store(0, "base + j"))
      text.line(
        "if (THREAD == 0) { { const \(t) value = mean; \(store(1, "row")) } const \(t) value = scale; \(store(2, "row")) }"
      )
    }
  }
}

extension LayerNormGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype) else { return false }
    let t = kind.text
    let weighted = hasWeight
    let done = try engine.runRows(
      "layer_norm_gradient", kind, rows: inputs[2].count, count, inputs, [results[0]], details: [hasWeight ? 1 : 0]
    ) { text, load, store in
      let g = load(0, "base + j") + (weighted ? " * \(load(4, "j"))" : "")
      text.line("const \(t) mean = \(load(2, "row")), scale = \(load(3, "row")); \(t) sum = 0, along = 0;")
      text.pass(
        "const \(t) g = \(g), d = (\(load(1, "base + j")) - mean) * scale;", "sum += g;", "along += g * d;")
      text.join("sum", .sum)
      text.join("along", .sum)
      text.pass(
        "const \(t) g = \(g), d = (\(load(1, "base + j")) - mean) * scale;",
        "const \(t) value = scale * (g - (sum + d * along) / n);", store(0, "base + j"))
    }
    guard done, wantsSums else { return done }
    return try engine.sumColumns(
      "layer_norm_sums", kind, rows: inputs[2].count, count, Array(inputs.prefix(4)), Array(results.dropFirst())
    ) { load in
      ["\(load(0, "place")) * (\(load(1, "place")) - \(load(2, "row"))) * \(load(3, "row"))", load(0, "place")]
    }
  }
}

extension RMSNormRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype) else { return false }
    let t = kind.text
    return try engine.runRows(
      "rms_norm", kind, rows: results[1].count, count, inputs, results, details: [hasWeight ? 1 : 0], numbers: [eps]
    ) { text, load, store in
      text.line("\(t) squares = 0;")
      text.pass("const \(t) x = \(load(0, "base + j"));", "squares += x * x;")
      text.join("squares", .sum)
      text.line("const \(t) scale = 1 / sqrt(squares / n + p0);")
      text.pass(
        "const \(t) value = \(load(0, "base + j")) * scale\(hasWeight ? " * \(load(1, "j"))" : "");",
        store(0, "base + j"))
      text.line("if (THREAD == 0) { const \(t) value = scale; \(store(1, "row")) }")
    }
  }
}

extension RMSNormGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype) else { return false }
    let t = kind.text
    let done = try engine.runRows(
      "rms_norm_gradient", kind, rows: inputs[2].count, count, inputs, [results[0]], details: [hasWeight ? 1 : 0]
    ) { text, load, store in
      let g = load(0, "base + j") + (hasWeight ? " * \(load(3, "j"))" : "")
      text.line("const \(t) scale = \(load(2, "row")); \(t) along = 0;")
      text.pass("along += (\(g)) * \(load(1, "base + j")) * scale;")
      text.join("along", .sum)
      text.pass(
        "const \(t) value = scale * ((\(g)) - \(load(1, "base + j")) * scale * along / n);", store(0, "base + j"))
    }
    guard done, results.count > 1 else { return done }
    return try engine.sumColumns(
      "rms_norm_sums", kind, rows: inputs[2].count, count, Array(inputs.prefix(3)), [results[1]]
    ) { load in ["\(load(0, "place")) * \(load(1, "place")) * \(load(2, "row"))"] }
  }
}

extension GPUEngine {
  /// Sums over all rows for each column: groups of 16 columns by 16 threads down.
  fileprivate func sumColumns(
    _ name: StaticString, _ kind: NumberKind, rows: Int, _ columns: Int, _ inputs: [Tensor], _ results: [Tensor],
    _ terms: (_ load: (Int, String) -> String) -> [String]
  ) throws(TensorError) -> Bool {
    guard let inputs = try allDense(inputs) else { return false }
    let isWide = inputs.contains { $0.count >= Int(Int32.max) }
    var key = KernelKey(name)
    for tensor in inputs + results { key.add(tensor.dtype) }
    key.add(Int(kind.rawValue))
    key.add(isWide)
    let (from, to) = (inputs.map(\.dtype), results.map(\.dtype))
    let kernel = try kernel(key) {
      var source = KernelSource("\(name)")
      source.isWide = isWide
      for (k, dtype) in to.enumerated() { source.place(ElementText(dtype)?.storage ?? "", "out\(k)") }
      for (k, dtype) in from.enumerated() { source.place("const \(ElementText(dtype)?.storage ?? "")", "in\(k)") }
      source.int("rows")
      source.int("n")
      let terms = terms { ElementText(from[$0])?.load("in\($0)[\($1)]", as: kind) ?? "" }
      source.body += [
        "SHARED(\(kind.text), shared, 256);", "const int down = THREAD / 16;",
        "const index column = GROUP * 16 + THREAD % 16;",
      ]
      for k in terms.indices { source.body.append("\(kind.text) sum\(k) = 0;") }
      source.body.append(
        "if (column < n) for (index row = down; row < rows; row += 16) { const index place = row * n + column;")
      for (k, term) in terms.enumerated() { source.body.append("sum\(k) += \(term);") }
      source.body.append("}")
      for (k, dtype) in to.enumerated() {
        source.body += [
          "shared[THREAD] = sum\(k);", "BARRIER;",
          "if (down == 0 && column < n) { \(kind.text) value = 0; for (int i = 0; i < 16; i++) value += shared[i * 16 + THREAD];",
          "out\(k)[column] = \(ElementText(dtype)?.store("value", from: kind) ?? ""); }", "BARRIER;",
        ]
      }
      return source
    }
    let arguments =
      results.map { Argument.tensor($0) } + inputs.map { Argument.tensor($0) } + [.int(rows), .int(columns)]
    try launch(kernel, Grid(groups: (columns + 15) / 16, threads: 256), arguments)
    return true
  }
}

extension CrossEntropyRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype), let targets = try engine.dense(inputs[1], as: .int64) else {
      return false
    }
    let n = inputs[0].shape[1]
    let (t, suffix) = (kind.text, kind == .f32 ? "f32" : "f64")
    guard try checkClasses(engine, targets, n, "cross_entropy") else { return false }
    return try engine.runRows(
      "cross_entropy", kind, rows: results[0].count, n, [inputs[0], targets], results, details: [ignoreIndex]
    ) { text, load, store in
      text.line("\(t) most = -AP_INF;")
      text.pass("const \(t) x = \(load(0, "base + j"));", "most = \(Reduction.max.joined("most", "x", kind));")
      text.join("most", .max)
      text.line("\(t) sum = 0;")
      text.pass("sum += ckm_exp_\(suffix)(\(load(0, "base + j")) - most);")
      text.join("sum", .sum)
      text.line("if (THREAD == 0) { const \(t) level = most + ckm_log_\(suffix)(sum); const long target = in1[row];")
      text.line("{ const \(t) value = level; \(store(1, "row")) }")
      text.line(
        "const \(t) value = target == \(ignoreIndex) || target < 0 || target >= n ? 0 : level - \(load(0, "base + target"));"
      )
      text.line("\(store(0, "row")) }")
    }
  }

  /// Has the classes checked that do not stand for "none".
  fileprivate func checkClasses(
    _ engine: GPUEngine, _ targets: Tensor, _ classes: Int, _ operation: String
  ) throws(TensorError) -> Bool {
    let kernel = try engine.kernel(KernelKey("check_classes")) {
      var source = KernelSource("check_classes")
      source.place("const long", "in0")
      for name in ["count", "classes", "ignored"] { source.parameters.append("long \(name)") }
      FaultReports.declare(&source)
      source.body += [
        "const index i = ELEMENT;", "if (i >= count) return;", "const long target = in0[i];",
        "if (target != ignored) ap_checked(fault, operation, target, classes);",
      ]
      return source
    }
    try engine.launch(
      kernel, Grid(over: targets.count),
      [.tensor(targets), .int(targets.count), .int(classes), .int(ignoreIndex)] + engine.faults.arguments(operation))
    return true
  }
}

extension CrossEntropyRowsGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.rowKind(results[0].dtype), let targets = try engine.dense(inputs[2], as: .int64) else {
      return false
    }
    let (t, suffix) = (kind.text, kind == .f32 ? "f32" : "f64")
    return try engine.runRows(
      "cross_entropy_gradient", kind, rows: results[0].shape[0], results[0].shape[1],
      [inputs[0], inputs[1], targets, inputs[3]], results, details: [ignoreIndex]
    ) { text, load, store in
      text.line(
        "const long target = in2[row]; const \(t) scale = target == \(ignoreIndex) ? 0 : \(load(3, "row")), level = \(load(1, "row"));"
      )
      text.pass(
        "const \(t) value = (ckm_exp_\(suffix)(\(load(0, "base + j")) - level) - (j == target ? 1 : 0)) * scale;",
        store(0, "base + j"))
    }
  }
}
