import ApusCore
import ApusFunctional

// Elements by position. Reading has a thread for each element of the result. Writing where positions may be equal has threads that own
// parts of the result: each goes through all positions in order and takes those that are its own, so that sums are the same at every run.

/// Positions of rows of `[outer, rows, inner]`, `count` of them.
private struct RowPlaces {
  let outer, rows, inner, count: Int

  /// How many parts the rows are cut into, so that there are threads enough.
  var parts: Int { max(1, min(rows, 16_384 / max(1, outer * inner))) }
}

extension GPUEngine {
  /// The parameters and first lines of a kernel that reads positions `at[...]` of rows: `PLACE_OF(i)` is the row at position i.
  private func declarePositions(_ source: inout KernelSource, wrap: Bool) {
    source.place("const long", "at")
    FaultReports.declare(&source)
    let wrapped = wrap ? "given < 0 ? given + rows : given" : "given"
    source.head += "#define ROW_OF(i) ap_row(at[i], rows, fault, operation)\n"
    source.head += """
      FUNCTION long ap_row(long given, long rows, GLOBAL long *fault, long operation) {
        const long row = \(wrapped);
        return row >= 0 && row < rows ? row : ap_checked(fault, operation, given, rows);
      }

      """
  }

  /// Takes rows by position.
  func takeRows(
    _ source: Tensor, _ positions: Tensor, wrap: Bool, into result: Tensor, _ operation: String,
    outer: Int, rows: Int, inner: Int
  ) throws(TensorError) -> Bool {
    guard let type = ElementText.moved(source.dtype.size), let from = try dense(source),
      let at = try dense(positions, as: .int64)
    else { return false }
    if result.count == 0 { return true }
    var key = KernelKey("take_rows")
    key.add(source.dtype.size)
    key.add(wrap)
    let kernel = try kernel(key) {
      var source = KernelSource("take_rows")
      source.isWide = true
      source.place(type, "out0")
      source.place("const \(type)", "in0")
      for name in ["count", "rows", "inner", "positions"] { source.int(name) }
      declarePositions(&source, wrap: wrap)
      source.body += [
        "const index i = ELEMENT;", "if (i >= count) return;",
        "const index column = i % inner, line = i / inner;",
        "out0[i] = in0[(line / positions * rows + ROW_OF(line % positions)) * inner + column];",
      ]
      return source
    }
    try launch(
      kernel, Grid(over: result.count),
      [
        .tensor(result), .tensor(from), .int(result.count), .int(rows), .int(inner), .int(positions.count), .tensor(at),
      ] + faults.arguments(operation))
    return true
  }

  /// Adds or writes rows of `values` to those of `result` that positions name. `skipped` is a row that is left alone.
  func putRows(
    _ values: Tensor, _ positions: Tensor, wrap: Bool, adds: Bool, into result: Tensor, _ operation: String,
    outer: Int, rows: Int, inner: Int, skipped: Int? = nil
  ) throws(TensorError) -> Bool {
    guard let kind = NumberKind(computing: result.dtype), let text = ElementText(result.dtype),
      let from = try dense(values, as: result.dtype), let at = try dense(positions, as: .int64)
    else { return false }
    let places = RowPlaces(outer: outer, rows: rows, inner: inner, count: positions.count)
    if result.count == 0 || positions.count == 0 { return true }
    var key = KernelKey("put_rows")
    key.add(result.dtype)
    key.add(wrap)
    key.add(adds)
    let kernel = try kernel(key) {
      var source = KernelSource("put_rows")
      source.isWide = true
      source.place(text.storage, "out0")
      source.place("const \(text.storage)", "in0")
      for name in ["count", "rows", "inner", "positions", "parts", "skipped"] { source.int(name) }
      declarePositions(&source, wrap: wrap)
      source.body += [
        "const index i = ELEMENT;", "if (i >= count * parts) return;",
        "const index lane = i % count, part = i / count, column = lane % inner, outer = lane / inner;",
        "const index low = rows * part / parts, high = rows * (part + 1) / parts;",
        "for (index k = 0; k < positions; k++) {", "const long row = ROW_OF(k);",
        "if (row < low || row >= high || row == skipped) continue;",
        "const index place = (outer * rows + row) * inner + column;",
        "const index other = (outer * positions + k) * inner + column;",
      ]
      if adds {
        source.body += [
          "const \(kind.text) a = \(text.load("out0[place]", as: kind)), b = \(text.load("in0[other]", as: kind));",
          "const \(kind.text) value = \(Reduction.sum.joined("a", "b", kind));",
          "out0[place] = \(text.store("value", from: kind));",
        ]
      } else {
        source.body.append("out0[place] = in0[other];")
      }
      source.body.append("}")
      return source
    }
    try launch(
      kernel, Grid(over: outer * inner * places.parts, threads: 64),
      [
        .tensor(result), .tensor(from), .int(outer * inner), .int(rows), .int(inner), .int(positions.count),
        .int(places.parts), .int(skipped ?? -1), .tensor(at),
      ] + faults.arguments(operation))
    return true
  }

  /// Runs `body` on a tensor of the type that sums are formed in, starting as `initial` (nil: zero), and converts it to `result`.
  func accumulated(
    _ initial: Tensor?, into result: Tensor, _ body: (Tensor) throws(TensorError) -> Bool
  ) throws(TensorError) -> Bool {
    let type = result.dtype.accumulateType
    let sums = type == result.dtype && result.isContiguous ? result : try make(result.shape, type)
    if let initial {
      guard try copy(initial, to: sums) else { return false }
    } else {
      guard try fill(sums) else { return false }
    }
    guard try body(sums) else { return false }
    return sums.dtype == result.dtype && result.isContiguous ? true : try copy(sums, to: result)
  }
}

extension TakeRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let shape = inputs[0].shape
    return try engine.takeRows(
      inputs[0], inputs[1], wrap: wrap, into: results[0], "index", outer: shape[0], rows: shape[1], inner: shape[2])
  }
}

extension AddRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let shape = results[0].shape
    return try engine.accumulated(nil, into: results[0]) { sums throws(TensorError) in
      try engine.putRows(
        inputs[0], inputs[1], wrap: wrap, adds: true, into: sums, "indexAdd", outer: shape[0], rows: shape[1],
        inner: shape[2])
    }
  }
}

extension PutRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let shape = results[0].shape
    func put(_ target: Tensor, _ operation: String) throws(TensorError) -> Bool {
      try engine.putRows(
        inputs[2], inputs[1], wrap: wrap, adds: accumulate, into: target, operation, outer: shape[0], rows: shape[1],
        inner: shape[2])
    }
    if accumulate {
      return try engine.accumulated(inputs[0], into: results[0]) { sums throws(TensorError) in try put(sums, "indexAdd")
      }
    }
    guard try engine.copy(inputs[0], to: results[0]) else { return false }
    return try put(results[0], "index")
  }
}

extension EmbeddingRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let table = inputs[0].shape
    return try engine.takeRows(
      inputs[0], inputs[1], wrap: false, into: results[0], "embedding", outer: 1, rows: table[0], inner: table[1])
  }
}

extension EmbeddingGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let width = results[0].shape[1]
    return try engine.accumulated(nil, into: results[0]) { sums throws(TensorError) in
      try engine.putRows(
        inputs[0], inputs[1], wrap: false, adds: true, into: sums, "embedding", outer: 1, rows: rows, inner: width,
        skipped: paddingIndex)
    }
  }
}

extension Gather: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (from, to) = (Lanes(inputs[0].shape, dim), Lanes(results[0].shape, dim))
    guard from.inner == to.inner, let type = ElementText.moved(inputs[0].dtype.size),
      let source = try engine.dense(inputs[0]), let at = try engine.dense(inputs[1], as: .int64)
    else { return false }
    var key = KernelKey("gather")
    key.add(inputs[0].dtype.size)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("gather")
      source.isWide = true
      source.place(type, "out0")
      source.place("const \(type)", "in0")
      source.place("const long", "at")
      for name in ["count", "from", "to", "inner"] { source.int(name) }
      FaultReports.declare(&source)
      source.body += [
        "const index i = ELEMENT;", "if (i >= count) return;",
        "const index column = i % inner, outer = i / inner / to;",
        "out0[i] = in0[(outer * from + ap_checked(fault, operation, at[i], from)) * inner + column];",
      ]
      return source
    }
    try engine.launch(
      kernel, Grid(over: results[0].count),
      [
        .tensor(results[0]), .tensor(source), .tensor(at), .int(results[0].count), .int(from.size), .int(to.size),
        .int(from.inner),
      ] + engine.faults.arguments("gather"))
    return true
  }
}

extension GPUEngine {
  /// Combines elements of `source` with those of `result` at positions along a dimension, in the order of the positions.
  func scatter(
    _ source: Tensor, _ positions: Tensor, _ dim: Int, _ combine: Reduction?, into result: Tensor, _ operation: String
  ) throws(TensorError) -> Bool {
    let (to, of) = (Lanes(result.shape, dim), Lanes(positions.shape, dim))
    guard to.outer == of.outer, to.inner == of.inner, source.shape == positions.shape,
      let kind = NumberKind(computing: result.dtype), let text = ElementText(result.dtype),
      !kind.isComplex || combine == nil || combine == .sum, let from = try dense(source, as: result.dtype),
      let at = try dense(positions, as: .int64)
    else { return false }
    if positions.count == 0 || result.count == 0 { return true }
    let parts = max(1, min(to.size, 16_384 / max(1, to.outer * to.inner)))
    var key = KernelKey("scatter")
    key.add(result.dtype)
    key.add(combine.map { ["sum", "prod", "max", "min"].firstIndex(of: $0.rawValue) ?? 0 } ?? -1)
    let kernel = try kernel(key) {
      var source = KernelSource("scatter")
      source.isWide = true
      source.place(text.storage, "out0")
      source.place("const \(text.storage)", "in0")
      source.place("const long", "at")
      for name in ["count", "size", "positions", "inner", "parts"] { source.int(name) }
      FaultReports.declare(&source)
      source.body += [
        "const index i = ELEMENT;", "if (i >= count * parts) return;",
        "const index lane = i % count, part = i / count, column = lane % inner, outer = lane / inner;",
        "const index low = size * part / parts, high = size * (part + 1) / parts;",
        "for (index k = 0; k < positions; k++) {", "const index other = (outer * positions + k) * inner + column;",
        "const long row = ap_checked(fault, operation, at[other], size);", "if (row < low || row >= high) continue;",
        "const index place = (outer * size + row) * inner + column;",
      ]
      if let combine {
        source.body += [
          "const \(kind.text) a = \(text.load("out0[place]", as: kind)), b = \(text.load("in0[other]", as: kind));",
          "const \(kind.text) value = \(combine.joined("a", "b", kind));",
          "out0[place] = \(text.store("value", from: kind));",
        ]
      } else {
        source.body.append("out0[place] = in0[other];")
      }
      source.body.append("}")
      return source
    }
    try launch(
      kernel, Grid(over: to.outer * to.inner * parts, threads: 64),
      [
        .tensor(result), .tensor(from), .tensor(at), .int(to.outer * to.inner), .int(to.size), .int(of.size),
        .int(to.inner), .int(parts),
      ] + faults.arguments(operation))
    return true
  }
}

extension ScatterValues: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard try engine.copy(inputs[0], to: results[0]) else { return false }
    return try engine.scatter(inputs[2], inputs[1], dim, nil, into: results[0], "scatter")
  }
}

extension ScatterSum: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    try engine.accumulated(inputs[0], into: results[0]) { sums throws(TensorError) in
      try engine.scatter(inputs[2], inputs[1], dim, .sum, into: sums, "scatter")
    }
  }
}

extension ScatterCombine: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    try engine.accumulated(inputs[0], into: results[0]) { sums throws(TensorError) in
      try engine.scatter(
        inputs[2], inputs[1], dim, kind == .prod ? .prod : kind == .max ? .max : .min, into: sums, "scatter")
    }
  }
}

extension LinearIndex: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let result = results[0]
    let rank = inputs.count
    guard inputs.allSatisfy({ $0.dtype == .int64 || $0.dtype == .int32 }) else { return false }
    let walk = ElementWalk(shape: result.shape, inputs)
    guard walk.parameterCount <= 100 else { return false }
    var key = KernelKey("linear_index")
    key.add(wrap)
    key.add(walk.isWide)
    key.add(walk.sizes.count)
    for (input, access) in zip(inputs, walk.access) {
      key.add(input.dtype)
      key.add(access.code)
    }
    let kernel = try engine.kernel(key) {
      var source = KernelSource("linear_index")
      source.isWide = walk.isWide
      source.place("long", "out0")
      source.int("count")
      for (k, input) in inputs.enumerated() {
        source.place(input.dtype == .int64 ? "const long" : "const int", "in\(k)")
        source.parameters.append("long extent\(k)")
      }
      walk.declare(&source)
      FaultReports.declare(&source)
      source.body += ["const index i = ELEMENT;", "if (i >= count) return;"]
      walk.place("i", &source)
      source.body.append("long place = 0;")
      for k in 0..<rank {
        source.body.append("{ const long given = in\(k)[\(walk.offset(of: k, "i"))];")
        source.body.append("const long at = \(wrap ? "given < 0 ? given + extent\(k) : given" : "given");")
        source.body.append(
          "place = place * extent\(k) + (at >= 0 && at < extent\(k) ? at : ap_checked(fault, operation, given, extent\(k))); }"
        )
      }
      source.body.append("out0[i] = place;")
      return source
    }
    var arguments: [Argument] = [.tensor(result), .int(walk.count)]
    for (k, input) in inputs.enumerated() { arguments += [.tensor(input), .int(sizes[k])] }
    walk.addArguments(&arguments)
    try engine.launch(kernel, Grid(over: walk.count), arguments + engine.faults.arguments(operation))
    return true
  }
}

extension OneHotRows: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let text = ElementText(dtype), !dtype.isComplex, let targets = try engine.dense(inputs[0], as: .int64) else {
      return false
    }
    var key = KernelKey("one_hot")
    key.add(dtype)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("one_hot")
      source.isWide = true
      source.place(text.storage, "out0")
      source.place("const long", "in0")
      for name in ["count", "classes", "ignored"] { source.int(name) }
      FaultReports.declare(&source)
      source.body += [
        "const index i = ELEMENT;", "if (i >= count) return;", "const long target = in0[i / classes];",
        "if (target != ignored && i % classes == 0) ap_checked(fault, operation, target, classes);",
        "const long value = target != ignored && target == i % classes ? 1 : 0;",
        "out0[i] = \(text.store("value", from: .i64));",
      ]
      return source
    }
    try engine.launch(
      kernel, Grid(over: results[0].count),
      [.tensor(results[0]), .tensor(targets), .int(results[0].count), .int(classes), .int(ignoreIndex)]
        + engine.faults.arguments(operation))
    return true
  }
}

extension TargetCount: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let text = ElementText(dtype), !dtype.isComplex, let targets = try engine.dense(inputs[0], as: .int64) else {
      return false
    }
    var key = KernelKey("target_count")
    key.add(dtype)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("target_count")
      source.isWide = true
      source.place(text.storage, "out0")
      source.place("const long", "in0")
      for name in ["count", "ignored"] { source.int(name) }
      source.body += [
        "SHARED(long, shared, 256);", "long value = 0;",
        "for (index i = THREAD; i < count; i += 256) value += in0[i] != ignored;",
      ]
      source.body += GroupText.joined("value", .i64, 256) { "\($0) + \($1)" }
      source.body.append("if (THREAD == 0) out0[0] = \(text.store("value", from: .i64));")
      return source
    }
    try engine.launch(
      kernel, Grid(groups: 1, threads: 256),
      [.tensor(results[0]), .tensor(targets), .int(targets.count), .int(ignoreIndex)])
    return true
  }
}
