import ApusCore
import ApusFunctional

// Convolutions of one to three dimensions as products whose matrices are read from images where they lie: those of pixels by windows exist
// in the panels of a group only.

/// The sizes of a convolution, as parameters of a kernel.
private struct ConvolutionText {
  let settings: ConvolutionSettings
  let input, weight, output: [Int]

  var dimensions: Int { settings.stride.count }
  var groupsIn: Int { input[1] / settings.groups }
  var groupsOut: Int { weight[0] / settings.groups }
  var window: Int { weight.dropFirst(2).reduce(1, *) }
  var inputArea: Int { input.dropFirst(2).reduce(1, *) }
  var outputArea: Int { output.dropFirst(2).reduce(1, *) }

  /// Sizes, steps, paddings and distances of each dimension, in the order of ``arguments``.
  func declare(_ source: inout KernelSource) {
    for name in ["channels_in", "channels_out", "window", "groups"] { source.int(name) }
    for d in 0..<dimensions {
      for name in ["in", "out", "taps", "step", "pad", "apart"] { source.int("\(name)_\(d)") }
    }
  }

  var arguments: [Argument] {
    var all = [groupsIn, groupsOut, window, settings.groups]
    for d in 0..<dimensions {
      all += [
        input[d + 2], output[d + 2], weight[d + 2], settings.stride[d], settings.padding[d], settings.dilation[d],
      ]
    }
    return all.map { .int($0) }
  }

  /// Strides of a tensor of images: of images, channels and each dimension.
  static func declareStrides(_ name: String, _ dimensions: Int, _ source: inout KernelSource) {
    source.int("\(name)_image")
    source.int("\(name)_channel")
    for d in 0..<dimensions { source.int("\(name)_step\(d)") }
  }

  /// Lines that split `number` into coordinates `prefix0` ... by the sizes called `size`.
  func split(_ number: String, _ size: String, _ prefix: String) -> String {
    var text = "index \(prefix)_rest = \(number);"
    for d in (0..<dimensions).reversed() {
      text +=
        d == 0
        ? " const index \(prefix)0 = \(prefix)_rest;"
        : " const index \(prefix)\(d) = \(prefix)_rest % \(size)_\(d); \(prefix)_rest /= \(size)_\(d);"
    }
    return text
  }

  /// The place of a pixel by its strides.
  func place(_ name: String, _ coordinate: String) -> String {
    (0..<dimensions).map { "\(coordinate)\($0) * \(name)_step\($0)" }.joined(separator: " + ")
  }

  /// Where a window of output pixel `o` has its tap `w` in the input: coordinates `p`, and whether that is inside.
  var inputPixel: String {
    (0..<dimensions).map { "const index p\($0) = o\($0) * step_\($0) - pad_\($0) + w\($0) * apart_\($0);" }
      .joined(separator: " ")
  }
  var isInside: String { (0..<dimensions).map { "p\($0) >= 0 && p\($0) < in_\($0)" }.joined(separator: " && ") }
}

extension GPUEngine {
  /// The kind that a convolution of a type is computed in.
  fileprivate func convolutionKind(_ dtype: DType) -> NumberKind? {
    guard ElementText(dtype) != nil, !dtype.isComplex else { return nil }
    return dtype.isFloatingPoint ? NumberKind(computing: dtype.accumulateType) : .i64
  }

  fileprivate func isWide(_ tensors: [Tensor]) -> Bool { tensors.contains { $0.span >= Int(Int32.max) } }

  fileprivate static func strides(_ tensor: Tensor) -> [Argument] { tensor.strides.map { .int($0) } }
}

extension ConvolutionForward: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (x, result) = (inputs[0], results[0])
    guard let kind = engine.convolutionKind(result.dtype), let text = ElementText(result.dtype),
      let weight = try engine.dense(inputs[1]), let last = epilogue.text("sum", kind), x.count > 0, weight.count > 0
    else { return false }
    var bias: Tensor?
    if inputs.count == 3 {
      guard let dense = try engine.dense(inputs[2]) else { return false }
      bias = dense
    }
    let sizes = ConvolutionText(settings: settings, input: x.shape, weight: weight.shape, output: result.shape)
    let isWide = engine.isWide([x, weight, result])
    var key = KernelKey("convolution")
    for detail in [Int(kind.rawValue), sizes.dimensions, epilogue.rawValue] { key.add(detail) }
    key.add(result.dtype)
    key.add(bias != nil)
    key.add(isWide)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("convolution")
      source.isWide = isWide
      source.place(text.storage, "out0")
      for name in ["x", "weight"] + (bias == nil ? [] : ["bias"]) { source.place("const \(text.storage)", name) }
      for name in ["m", "n", "k"] { source.int(name) }
      sizes.declare(&source)
      ConvolutionText.declareStrides("x", sizes.dimensions, &source)
      ConvolutionText.declareStrides("y", sizes.dimensions, &source)
      source.body +=
        TileText.begin + [
          "const index image = job / groups, group = job % groups;",
          "x += image * x_image + group * channels_in * x_channel;", "weight += group * m * k;",
          "out0 += image * y_image + group * m * y_channel;",
        ]
      let added = bias == nil ? "0" : text.load("bias[group * m + r]", as: kind)
      source.body.append(
        TileText(
          kind: kind, left: "value = \(text.load("weight[r * k + c]", as: kind));",
          leftGoesDown: "0",
          right: """
            const index channel = r / window; \(sizes.split("r % window", "taps", "w")) \(sizes.split("c", "out", "o"))
            \(sizes.inputPixel)
            if (\(sizes.isInside)) value = \(text.load("x[channel * x_channel + \(sizes.place("x", "p"))]", as: kind));
            """,
          rightGoesDown: "0",
          store: """
            \(sizes.split("c", "out", "o"))
            const \(kind.text) biased = sum + \(added);
            { const \(kind.text) sum = biased; const \(kind.text) value = \(last);
            out0[r * y_channel + \(sizes.place("y", "o"))] = \(text.store("value", from: kind)); }
            """
        ).lines)
      return source
    }
    let (m, n, k) = (sizes.groupsOut, sizes.outputArea, sizes.groupsIn * sizes.window)
    var arguments: [Argument] = [.tensor(result), .tensor(x), .tensor(weight)]
    if let bias { arguments.append(.tensor(bias)) }
    arguments += [.int(m), .int(n), .int(k)] + sizes.arguments + GPUEngine.strides(x) + GPUEngine.strides(result)
    try engine.launch(kernel, TileText.grid(m: m, n: n, batch: x.shape[0] * settings.groups), arguments)
    return true
  }
}

extension ConvolutionInputGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (g, result) = (inputs[0], results[0])
    guard let kind = engine.convolutionKind(result.dtype), let text = ElementText(result.dtype),
      let weight = try engine.dense(inputs[1]), g.count > 0, weight.count > 0
    else { return false }
    let sizes = ConvolutionText(settings: settings, input: shape, weight: weight.shape, output: g.shape)
    let isWide = engine.isWide([g, weight, result])
    var key = KernelKey("convolution_input")
    for detail in [Int(kind.rawValue), sizes.dimensions] { key.add(detail) }
    key.add(result.dtype)
    key.add(isWide)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("convolution_input")
      source.isWide = isWide
      source.place(text.storage, "out0")
      for name in ["g", "weight"] { source.place("const \(text.storage)", name) }
      for name in ["m", "n", "k"] { source.int(name) }
      sizes.declare(&source)
      ConvolutionText.declareStrides("g", sizes.dimensions, &source)
      ConvolutionText.declareStrides("y", sizes.dimensions, &source)
      source.body +=
        TileText.begin + [
          "const index image = job / groups, group = job % groups;",
          "g += image * g_image + group * channels_out * g_channel;",
          "weight += group * channels_out * channels_in * window;",
          "out0 += image * y_image + group * m * y_channel;",
        ]
      let dims = 0..<sizes.dimensions
      // The output pixels whose window has its tap w at this input pixel: one, where the step divides the distance.
      let pixels = dims.map {
        "const index q\($0) = p\($0) + pad_\($0) - w\($0) * apart_\($0), o\($0) = q\($0) / step_\($0);"
      }
      let exist = dims.map { "q\($0) >= 0 && q\($0) % step_\($0) == 0 && o\($0) < out_\($0)" }
      source.body.append(
        TileText(
          kind: kind,
          left: "value = \(text.load("weight[(c / window * channels_in + r) * window + c % window]", as: kind));",
          leftGoesDown: "0",
          right: """
            const index channel = r / window; \(sizes.split("r % window", "taps", "w")) \(sizes.split("c", "in", "p"))
            \(pixels.joined(separator: " "))
            if (\(exist.joined(separator: " && "))) value = \(text.load("g[channel * g_channel + \(sizes.place("g", "o"))]", as: kind));
            """,
          rightGoesDown: "0",
          store: """
            \(sizes.split("c", "in", "p"))
            out0[r * y_channel + \(sizes.place("y", "p"))] = \(text.store("sum", from: kind));
            """
        ).lines)
      return source
    }
    let (m, n, k) = (sizes.groupsIn, sizes.inputArea, sizes.groupsOut * sizes.window)
    let arguments: [Argument] =
      [.tensor(result), .tensor(g), .tensor(weight), .int(m), .int(n), .int(k)] + sizes.arguments
      + GPUEngine.strides(g) + GPUEngine.strides(result)
    try engine.launch(kernel, TileText.grid(m: m, n: n, batch: g.shape[0] * settings.groups), arguments)
    return true
  }
}

extension ConvolutionWeightGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (x, g, result) = (inputs[0], inputs[1], results[0])
    guard let kind = engine.convolutionKind(result.dtype), let text = ElementText(result.dtype), x.count > 0,
      g.count > 0
    else { return false }
    let sizes = ConvolutionText(settings: settings, input: x.shape, weight: shape, output: g.shape)
    let isWide = engine.isWide([x, g, result])
    var key = KernelKey("convolution_weight")
    for detail in [Int(kind.rawValue), sizes.dimensions] { key.add(detail) }
    key.add(result.dtype)
    key.add(isWide)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("convolution_weight")
      source.isWide = isWide
      source.place(text.storage, "out0")
      for name in ["x", "g"] { source.place("const \(text.storage)", name) }
      for name in ["m", "n", "k", "area"] { source.int(name) }
      sizes.declare(&source)
      ConvolutionText.declareStrides("x", sizes.dimensions, &source)
      ConvolutionText.declareStrides("g", sizes.dimensions, &source)
      source.body +=
        TileText.begin + [
          "const index group = job;", "x += group * channels_in * x_channel;", "g += group * m * g_channel;",
          "out0 += group * m * n;",
        ]
      source.body.append(
        TileText(
          kind: kind,
          left: """
            \(sizes.split("c % area", "out", "o"))
            value = \(text.load("g[c / area * g_image + r * g_channel + \(sizes.place("g", "o"))]", as: kind));
            """,
          leftGoesDown: "g_channel == 1",
          right: """
            \(sizes.split("r % area", "out", "o")) const index channel = c / window; \(sizes.split("c % window", "taps", "w"))
            \(sizes.inputPixel)
            if (\(sizes.isInside)) value = \(text.load("x[r / area * x_image + channel * x_channel + \(sizes.place("x", "p"))]", as: kind));
            """,
          rightGoesDown: "x_channel != 1",
          store: "out0[r * n + c] = \(text.store("sum", from: kind));"
        ).lines)
      return source
    }
    let (m, n, k) = (sizes.groupsOut, sizes.groupsIn * sizes.window, x.shape[0] * sizes.outputArea)
    let arguments: [Argument] =
      [.tensor(result), .tensor(x), .tensor(g), .int(m), .int(n), .int(k), .int(sizes.outputArea)] + sizes.arguments
      + GPUEngine.strides(x) + GPUEngine.strides(g)
    try engine.launch(kernel, TileText.grid(m: m, n: n, batch: settings.groups), arguments)
    guard hasBias else { return true }
    let dims = [0] + Array(2..<g.rank)
    return try engine.reduce(.sum, g, dims, into: results[1])
  }
}
