import ApusCore

// Operations that move elements: joining, cutting, writing into parts.

extension GPUEngine {
  /// Sets all elements of a dense tensor to zero, or to one.
  func fill(_ tensor: Tensor, one: Bool = false) throws(TensorError) -> Bool {
    if tensor.count == 0 { return true }
    let kind: NumberKind = tensor.dtype.isComplex ? .c128 : .i64
    let text = ElementText(tensor.dtype)
    guard let type = text?.storage ?? (one ? nil : ElementText.moved(tensor.dtype.size)) else { return false }
    var key = KernelKey("fill")
    key.add(tensor.dtype)
    key.add(one)
    let kernel = try kernel(key) {
      var source = KernelSource("fill")
      source.isWide = true
      source.place(type, "out0")
      source.int("count")
      source.body += ["const index i = ELEMENT;", "if (i >= count) return;"]
      if one, let text {
        source.body += [
          "const \(kind.text) value = \(kind.literal(1));", "out0[i] = \(text.store("value", from: kind));",
        ]
      } else {
        source.body.append(
          type == "float2" ? "out0[i] = AP_C64(0, 0);" : type == "double2" ? "out0[i] = AP_C128(0, 0);" : "out0[i] = 0;"
        )
      }
      return source
    }
    try launch(kernel, Grid(over: tensor.count), [.tensor(tensor), .int(tensor.count)])
    return true
  }

  /// Copies elements to a tensor or a part of one, which lies there by strides; `from` has its type and is broadcast to it.
  func write(_ from: Tensor, to part: Tensor) throws(TensorError) -> Bool {
    if part.count == 0 { return true }
    guard from.dtype == part.dtype, let type = ElementText.moved(part.dtype.size) else { return false }
    // In the order of memory where the elements lie without gaps.
    let walk =
      isDense(part.shape, part.strides)
      ? ElementWalk(results: part, [part, from]) : ElementWalk(shape: part.shape, [part, from])
    var key = KernelKey("write")
    key.add(part.dtype.size)
    key.add(walk.isWide)
    key.add(walk.sizes.count)
    for access in walk.access { key.add(access.code) }
    let kernel = try kernel(key) {
      var source = KernelSource("write")
      source.isWide = walk.isWide
      source.int("count")
      source.place(type, "out0")
      source.place("const \(type)", "in0")
      walk.declare(&source)
      source.body += ["const index i = ELEMENT;", "if (i >= count) return;"]
      walk.place("i", &source)
      source.body.append("out0[\(walk.offset(of: 0, "i"))] = in0[\(walk.offset(of: 1, "i"))];")
      return source
    }
    var arguments: [Argument] = [.int(walk.count), .tensor(part), .tensor(from)]
    walk.addArguments(&arguments)
    try launch(kernel, Grid(over: walk.count), arguments)
    return true
  }
}

extension Where: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = NumberKind(computing: results[0].dtype) else { return false }
    return try engine.run(whereFormula, [], inputs, into: results, kind)
  }
}

extension Cast: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    try engine.copy(inputs[0], to: results[0])
  }
}

extension Contiguous: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    try engine.copy(inputs[0], to: results[0])
  }
}

extension Reshape: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let x = inputs[0]
    return try engine.copy(x, to: results[0].seen(x.shape, rowMajorStrides(x.shape)))
  }
}

extension Cat: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let result = results[0]
    guard ElementText.moved(result.dtype.size) != nil else { return false }
    var offset = 0
    for input in inputs {
      let window = result.seen(input.shape, result.strides, at: offset * result.strides[dim])
      guard try engine.write(input, to: window) else { return false }
      offset += input.shape[dim]
    }
    return true
  }
}

extension PlaceSlice: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard try engine.fill(results[0]) else { return false }
    return try engine.write(inputs[0], to: slice.window(of: results[0]))
  }
}

extension ReplaceSlice: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard try engine.copy(inputs[0], to: results[0]) else { return false }
    return try engine.write(inputs[1], to: slice.window(of: results[0]))
  }
}

extension PlaceDiagonal: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard try engine.fill(results[0]) else { return false }
    return try engine.write(inputs[0], to: diagonal.window(of: results[0]))
  }
}

extension ReplaceDiagonal: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard try engine.copy(inputs[0], to: results[0]) else { return false }
    return try engine.write(inputs[1], to: diagonal.window(of: results[0]))
  }
}

extension Triangle: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let x = inputs[0]
    guard let type = ElementText.moved(x.dtype.size), let source = try engine.dense(x) else { return false }
    let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
    var key = KernelKey("triangle")
    key.add(x.dtype.size)
    key.add(lower)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("triangle")
      source.isWide = true
      source.place(type, "out0")
      source.place("const \(type)", "in0")
      for name in ["count", "rows", "columns", "diagonal"] { source.int(name) }
      source.body += [
        "const index i = ELEMENT;", "if (i >= count) return;",
        "const index column = i % columns, away = column - i / columns % rows;",
        "\(type) value = in0[i];",
        "if (away \(lower ? ">" : "<") diagonal) value = \(type == "double2" ? "AP_C128(0, 0)" : "0");",
        "out0[i] = value;",
      ]
      return source
    }
    let limited = min(max(diagonal, -rows), columns)
    try engine.launch(
      kernel, Grid(over: x.count),
      [.tensor(results[0]), .tensor(source), .int(x.count), .int(rows), .int(columns), .int(limited)])
    return true
  }
}

extension Tensor {
  /// These elements by other strides, from `offset` elements behind the first one.
  func seen(_ shape: [Int], _ strides: [Int], at offset: Int = 0) -> Tensor {
    seen(View(strides: strides, offset: offset), TensorType(shape, dtype))
  }
}
