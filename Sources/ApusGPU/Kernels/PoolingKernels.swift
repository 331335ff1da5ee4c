import ApusCore
import ApusFunctional

// Maxima and means of windows of images `[N, C, H, W]`. Gradients have a thread for each pixel of the image, which looks at the windows
// that it is in: nothing is added by two threads.

/// A kernel with a thread for each element of one of two tensors of images, the whole ones `x` and the pooled ones `y`.
private struct PoolJob {
  let window: PoolWindow
  /// Shapes of the whole and the pooled images.
  let whole, pooled: [Int]

  /// Runs `lines` for each pixel of the pooled images, or of the whole ones: its coordinates are `image`, `channel`, `u` and `v`.
  /// `tensors` have the names `t0`, `t1` ... and the types given; `T0(a, b)` is the place of pixel (a, b) in the first.
  func run(
    on engine: GPUEngine, _ name: StaticString, details: [Int], overPooled: Bool, numbers: [Int] = [],
    _ tensors: [(Tensor, type: String, isResult: Bool)], _ lines: () -> [String]
  ) throws(TensorError) -> Bool {
    let shape = overPooled ? pooled : whole
    let count = elementCount(shape)
    let isWide = tensors.contains { $0.0.span >= Int(Int32.max) }
    var key = KernelKey(name)
    for tensor in tensors { key.add(tensor.0.dtype) }
    for detail in details { key.add(detail) }
    key.add(isWide)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("\(name)")
      source.isWide = isWide
      for name in ["count", "channels", "high", "wide"] { source.int(name) }
      for d in 0..<2 {
        for name in ["in", "out", "taps", "step", "pad", "apart"] { source.int("\(name)_\(d)") }
      }
      for k in numbers.indices { source.int("p\(k)") }
      for (k, tensor) in tensors.enumerated() {
        source.place("\(tensor.isResult ? "" : "const ")\(tensor.type)", "t\(k)")
        for d in 0..<4 { source.int("t\(k)_stride\(d)") }
        source.head +=
          "#define T\(k)(a, b) (image * t\(k)_stride0 + channel * t\(k)_stride1 + (a) * t\(k)_stride2 + (b) * t\(k)_stride3)\n"
      }
      source.body += [
        "const index i = ELEMENT;", "if (i >= count) return;",
        "const index v = i % wide, u = i / wide % high, channel = i / wide / high % channels, image = i / wide / high / channels;",
      ]
      source.body += lines()
      return source
    }
    var arguments: [Argument] = [.int(count), .int(shape[1]), .int(shape[2]), .int(shape[3])]
    for d in 0..<2 {
      arguments += [
        .int(whole[d + 2]), .int(pooled[d + 2]), .int(window.kernel[d]), .int(window.stride[d]),
        .int(window.padding[d]), .int(window.dilation[d]),
      ]
    }
    arguments += numbers.map { .int($0) }
    for (tensor, _, _) in tensors { arguments += [.tensor(tensor)] + tensor.strides.map { .int($0) } }
    try engine.launch(kernel, Grid(over: count), arguments)
    return true
  }
}

extension GPUEngine {
  /// The kind and the text of elements of images; nil where kernels have none.
  fileprivate func imageElement(_ tensor: Tensor) -> (NumberKind, ElementText)? {
    guard tensor.rank == 4, tensor.dtype.isFloatingPoint, let kind = NumberKind(computing: tensor.dtype),
      let text = ElementText(tensor.dtype)
    else { return nil }
    return (kind, text)
  }
}

extension MaxPool: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (x, y) = (inputs[0], results[0])
    guard let (kind, text) = engine.imageElement(x) else { return false }
    let isWindow = layout == .channelsLast
    return try PoolJob(window: window, whole: x.shape, pooled: y.shape).run(
      on: engine, "max_pool", details: [isWindow ? 1 : 0], overPooled: true,
      [(y, text.storage, true), (results[1], isWindow ? "int" : "long", true), (x, text.storage, false)]
    ) {
      [
        "\(kind.text) value = -AP_INF; index best = -1;",
        "for (index a = 0; a < taps_0; a++) for (index b = 0; b < taps_1; b++) {",
        "const index r = u * step_0 - pad_0 + a * apart_0, c = v * step_1 - pad_1 + b * apart_1;",
        "if (r < 0 || r >= in_0 || c < 0 || c >= in_1) continue;",
        "const \(kind.text) x = \(text.load("t2[T2(r, c)]", as: kind));",
        "if (best < 0 || x > value || x != x) { value = x; best = \(isWindow ? "a * taps_1 + b" : "r * in_1 + c"); } }",
        "t0[T0(u, v)] = \(text.store("value", from: kind));", "t1[T1(u, v)] = best;",
      ]
    }
  }
}

extension MaxPoolGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (g, places, dx) = (inputs[0], inputs[1], results[0])
    guard let (kind, text) = engine.imageElement(g), places.dtype == .int32 || places.dtype == .int64 else {
      return false
    }
    if layout != .channelsLast {
      // Places in the image: who made them may have seen other windows than those of `window`.
      guard let source = try engine.dense(g), let at = try engine.dense(places) else { return false }
      let planes = shape[0] * shape[1]
      func lanes(_ tensor: Tensor) -> Tensor {
        let width = tensor.count / max(1, planes)
        return tensor.seen([planes, width], [width, 1])
      }
      return try engine.accumulated(nil, into: dx) { sums throws(TensorError) in
        try engine.scatter(lanes(source), lanes(at), 1, .sum, into: lanes(sums), name)
      }
    }
    return try PoolJob(window: window, whole: shape, pooled: g.shape).run(
      on: engine, "max_pool_gradient", details: [], overPooled: false,
      [(dx, text.storage, true), (g, text.storage, false), (places, places.dtype == .int32 ? "int" : "long", false)]
    ) {
      [
        "\(kind.text) value = 0;", "for (index a = 0; a < taps_0; a++) for (index b = 0; b < taps_1; b++) {",
        "const index p = u + pad_0 - a * apart_0, q = v + pad_1 - b * apart_1, r = p / step_0, c = q / step_1;",
        "if (p < 0 || p % step_0 != 0 || r >= out_0 || q < 0 || q % step_1 != 0 || c >= out_1) continue;",
        "if (t2[T2(r, c)] == a * taps_1 + b) value += \(text.load("t1[T1(r, c)]", as: kind)); }",
        "t0[T0(u, v)] = \(text.store("value", from: kind));",
      ]
    }
  }
}

extension AverageRule {
  /// Lines that find the window of the pooled pixel (r, c): rows `r0 ..< r1`, columns `c0 ..< c1`, and `size`, what its sum is divided by.
  fileprivate func window(_ r: String, _ c: String) -> [String] {
    var lines: [String] = []
    for (d, from, to, at) in [(0, "r0", "r1", r), (1, "c0", "c1", c)] {
      lines.append("index \(from) = \(at) * step_\(d) - pad_\(d), \(to) = \(from) + taps_\(d);")
      lines.append("if (\(to) > in_\(d) + pad_\(d)) \(to) = in_\(d) + pad_\(d);")
    }
    lines.append("const index padded = (r1 - r0) * (c1 - c0);")
    for (d, from, to) in [(0, "r0", "r1"), (1, "c0", "c1")] {
      lines.append("if (\(from) < 0) \(from) = 0; if (\(to) > in_\(d)) \(to) = in_\(d);")
    }
    let size = countIncludePad ? "padded" : "(r1 - r0) * (c1 - c0)"
    return lines + ["const index size = p0 != 0 ? p0 : \(size);"]
  }
}

extension AveragePool: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (x, y) = (inputs[0], results[0])
    guard let (kind, text) = engine.imageElement(x) else { return false }
    return try PoolJob(window: window, whole: x.shape, pooled: y.shape).run(
      on: engine, "average_pool", details: [rule.countIncludePad ? 1 : 0], overPooled: true, numbers: [rule.divisor],
      [(y, text.storage, true), (x, text.storage, false)]
    ) {
      rule.window("u", "v") + [
        "\(kind.text) sum = 0;",
        "for (index r = r0; r < r1; r++) for (index c = c0; c < c1; c++) sum += \(text.load("t1[T1(r, c)]", as: kind));",
        "const \(kind.text) value = sum / size;", "t0[T0(u, v)] = \(text.store("value", from: kind));",
      ]
    }
  }
}

extension AveragePoolGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (g, dx) = (inputs[0], results[0])
    guard let (kind, text) = engine.imageElement(g) else { return false }
    return try PoolJob(window: window, whole: shape, pooled: g.shape).run(
      on: engine, "average_pool_gradient", details: [rule.countIncludePad ? 1 : 0], overPooled: false,
      numbers: [rule.divisor], [(dx, text.storage, true), (g, text.storage, false)]
    ) {
      [
        "\(kind.text) value = 0;", "for (index a = 0; a < taps_0; a++) for (index b = 0; b < taps_1; b++) {",
        "const index p = u + pad_0 - a, q = v + pad_1 - b, r = p / step_0, c = q / step_1;",
        "if (p < 0 || p % step_0 != 0 || r >= out_0 || q < 0 || q % step_1 != 0 || c >= out_1) continue;",
      ] + rule.window("r", "c") + [
        "value += \(text.load("t1[T1(r, c)]", as: kind)) / size; }",
        "t0[T0(u, v)] = \(text.store("value", from: kind));",
      ]
    }
  }
}

extension MaxPoolSelect: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (x, places) = (inputs[0], inputs[1])
    guard x.rank == 4, let type = ElementText.moved(x.dtype.size), places.dtype == .int32 || places.dtype == .int64
    else {
      return false
    }
    let isWindow = layout == .channelsLast
    return try PoolJob(window: window, whole: shape, pooled: results[0].shape).run(
      on: engine, "max_pool_select", details: [isWindow ? 1 : 0], overPooled: true,
      [(results[0], type, true), (x, type, false), (places, places.dtype == .int32 ? "int" : "long", false)]
    ) {
      let from =
        isWindow
        ? "u * step_0 - pad_0 + at / taps_1 * apart_0, v * step_1 - pad_1 + at % taps_1 * apart_1"
        : "at / in_1, at % in_1"
      return ["const index at = (index)t2[T2(u, v)];", "t0[T0(u, v)] = t1[T1(\(from))];"]
    }
  }
}

extension RangeMeans: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (x, result) = (inputs[0], results[0])
    guard x.rank == 5, x.dtype.isFloatingPoint, let kind = NumberKind(computing: x.dtype),
      let text = ElementText(x.dtype),
      let source = try engine.dense(x)
    else { return false }
    // The ends of all ranges, a dimension after the other.
    let ends = try engine.numbers(ranges.joined().flatMap { [$0.lowerBound, $0.upperBound] })
    let isAdjoint = shape != nil
    let whole = shape ?? x.shape
    let isWide = max(x.count, result.count) >= Int(Int32.max)
    var key = KernelKey("range_means")
    key.add(x.dtype)
    key.add(isAdjoint)
    key.add(isWide)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("range_means")
      source.isWide = isWide
      source.place(text.storage, "out0")
      source.place("const \(text.storage)", "in0")
      source.place("const long", "ends")
      source.int("count")
      for d in 0..<3 {
        source.int("in_\(d)")
        source.int("out_\(d)")
      }
      let (own, other) = isAdjoint ? ("in", "out") : ("out", "in")
      source.body += [
        "const index i = ELEMENT;", "if (i >= count) return;",
        "GLOBAL const long *ends0 = ends, *ends1 = ends + 2 * out_0, *ends2 = ends1 + 2 * out_1;",
        "const index c2 = i % \(own)_2, c1 = i / \(own)_2 % \(own)_1, c0 = i / \(own)_2 / \(own)_1 % \(own)_0;",
        "const index base = i / \(own)_2 / \(own)_1 / \(own)_0 * \(other)_0 * \(other)_1 * \(other)_2;",
        "\(kind.text) value = 0;",
      ]
      if isAdjoint {
        // The means that this element is in.
        for d in 0..<3 {
          source.body.append(
            "for (index o\(d) = 0; o\(d) < out_\(d); o\(d)++) { if (c\(d) < ends\(d)[2 * o\(d)] || c\(d) >= ends\(d)[2 * o\(d) + 1]) continue;"
          )
        }
        let size = (0..<3).map { "(ends\($0)[2 * o\($0) + 1] - ends\($0)[2 * o\($0)])" }.joined(separator: " * ")
        source.body.append(
          "value += \(text.load("in0[base + (o0 * out_1 + o1) * out_2 + o2]", as: kind)) / (\(size)); }}}")
      } else {
        for d in 0..<3 {
          source.body.append("for (index k\(d) = ends\(d)[2 * c\(d)]; k\(d) < ends\(d)[2 * c\(d) + 1]; k\(d)++)")
        }
        let size = (0..<3).map { "(ends\($0)[2 * c\($0) + 1] - ends\($0)[2 * c\($0)])" }.joined(separator: " * ")
        source.body += [
          "value += \(text.load("in0[base + (k0 * in_1 + k1) * in_2 + k2]", as: kind));", "value /= (\(size));",
        ]
      }
      source.body.append("out0[i] = \(text.store("value", from: kind));")
      return source
    }
    var arguments: [Argument] = [.tensor(result), .tensor(source), .tensor(ends), .int(result.count)]
    for d in 0..<3 { arguments += [.int(whole[d + 2]), .int(ranges[d].count)] }
    try engine.launch(kernel, Grid(over: result.count), arguments)
    return true
  }
}
