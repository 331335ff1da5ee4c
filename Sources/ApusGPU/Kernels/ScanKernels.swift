import ApusCore

// Running sums and products, and spreads.

extension Scan: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let type = results[0].dtype.accumulateType
    guard let number = NumberKind(computing: type), !number.isComplex,
      kind != .logSumExp, let from = ElementText(inputs[0].dtype), let to = ElementText(results[0].dtype),
      let source = try engine.dense(inputs[0])
    else { return false }
    let lanes = Lanes(source.shape, dim)
    let join = kind == .sum ? "value + x" : "value * x"
    // Long lanes that are few have a group each, which goes by blocks; others a thread.
    let threads = lanes.outer * lanes.inner < 4096 && lanes.size >= 512 ? 256 : 1
    var key = KernelKey("scan")
    key.add(inputs[0].dtype)
    key.add(results[0].dtype)
    key.add(kind == .sum)
    key.add(threads)
    let kernel = try engine.kernel(key) {
      var text = KernelSource("scan")
      text.isWide = true
      text.place(to.storage, "out0")
      text.place("const \(from.storage)", "in0")
      for name in ["count", "size", "inner"] { text.int(name) }
      let start = kind == .sum ? number.literal(0) : number.literal(1)
      text.body += ["const index lane = \(threads == 1 ? "ELEMENT" : "GROUP");"]
      if threads == 1 { text.body.append("if (lane >= count) return;") }
      text.body += ["const index base = lane / inner * size * inner + lane % inner;"]
      if threads == 1 {
        text.body += [
          "\(number.text) value = \(start);", "for (index j = 0; j < size; j++) {",
          "const \(number.text) x = \(from.load("in0[base + j * inner]", as: number));", "value = \(join);",
          "out0[base + j * inner] = \(to.store("value", from: number));", "}",
        ]
      } else {
        text.body += [
          "SHARED(\(number.text), shared, \(threads));", "\(number.text) carried = \(start);",
          "for (index first = 0; first < size; first += \(threads)) {", "const index j = first + THREAD;",
          "\(number.text) value = \(start);",
          "if (j < size) value = \(from.load("in0[base + j * inner]", as: number));", "shared[THREAD] = value;",
          "BARRIER;",
          "for (int away = 1; away < \(threads); away *= 2) {",
          "const \(number.text) x = THREAD >= away ? shared[THREAD - away] : \(start);", "BARRIER;",
          "value = \(join); shared[THREAD] = value;", "BARRIER;", "}",
          "{ const \(number.text) x = carried; value = \(join); }",
          "if (j < size) out0[base + j * inner] = \(to.store("value", from: number));",
          "{ const \(number.text) x = shared[\(threads - 1)], value = carried; carried = \(join); }", "BARRIER;", "}",
        ]
      }
      return text
    }
    let count = lanes.outer * lanes.inner
    try engine.launch(
      kernel, threads == 1 ? Grid(over: count, threads: 64) : Grid(groups: count, threads: threads),
      [.tensor(results[0]), .tensor(source), .int(count), .int(lanes.size), .int(lanes.inner)])
    return true
  }
}

extension Spread: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let x = inputs[0]
    guard let kind = NumberKind(computing: x.dtype), kind == .f32 || kind == .f64,
      x.count > 0
    else { return false }
    let t = kind.text
    let kept = x.shape.indices.filter { !dims.contains($0) }
    let outer = LoopNest(kept.map { x.shape[$0] }, kept.map { x.strides[$0] })
    let inner = LoopNest(dims.sorted().map { x.shape[$0] }, dims.sorted().map { x.strides[$0] })
    let isWide = x.span >= Int(Int32.max)
    var key = KernelKey("spread")
    for detail in [Int(kind.rawValue), outer.sizes.count, inner.sizes.count] { key.add(detail) }
    key.add(isRoot)
    key.add(isWide)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("spread")
      source.isWide = isWide
      source.place(t, "out0")
      source.place(t, "out1")
      source.place("const \(t)", "in0")
      source.int("run")
      source.parameters.append("\(t) divisor")
      outer.declare("o", &source)
      inner.declare("i", &source)
      source.body += ["const index row = GROUP;", "SHARED(\(t), shared, 256);"]
      outer.locate("row", "o", &source)
      source.body += ["const index base = \(outer.place("o"));", "\(t) sum = 0;"]
      func pass(_ line: String) {
        source.body.append("for (index k = THREAD; k < run; k += 256) {")
        inner.locate("k", "i", &source)
        source.body += ["const \(t) x = in0[base + \(inner.place("i"))];", line, "}"]
      }
      pass("sum += x;")
      source.body += GroupText.joined("sum", kind, 256) { "\($0) + \($1)" }
      source.body.append("const \(t) mean = sum / run; \(t) squares = 0;")
      pass("const \(t) d = x - mean; squares += d * d;")
      source.body += GroupText.joined("squares", kind, 256) { "\($0) + \($1)" }
      source.body.append(
        "if (THREAD == 0) { out1[row] = mean; out0[row] = \(isRoot ? "sqrt(squares / divisor)" : "squares / divisor"); }"
      )
      return source
    }
    let divisor = max(0, Double(inner.count) - correction)
    var arguments: [Argument] = [
      .tensor(results[0]), .tensor(results[1]), .tensor(x), .int(inner.count),
      kind == .f32 ? .float(Float(divisor)) : .double(divisor),
    ]
    outer.addArguments(&arguments)
    inner.addArguments(&arguments)
    try engine.launch(kernel, Grid(groups: outer.count, threads: 256), arguments)
    return true
  }
}
