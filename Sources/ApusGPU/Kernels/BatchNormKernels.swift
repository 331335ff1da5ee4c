import ApusCore
import ApusFunctional

// Normalisation over batches: a group of threads has a channel, and goes through its elements three times.

extension GPUEngine {
  /// Runs a kernel with a group for each channel of `[N, C, ...]`. `images` are tensors of that shape, `t0`, `t1` ... at places `T0(i)` of element `i`
  /// of `count` in this channel; `channels` are those with one number a channel, `c0`, `c1` ...
  fileprivate func runChannels(
    _ name: StaticString, _ kind: NumberKind, details: [Int], numbers: [Double] = [], images: [Tensor],
    channels: [Tensor],
    _ write: (inout KernelSource, _ image: (Int) -> ElementText, _ channel: (Int) -> ElementText) -> Void
  ) throws(TensorError) -> Bool {
    let shape = images[0].shape
    let inner = Array(shape.dropFirst(2))
    let nests = images.map { LoopNest([shape[0]] + inner, [$0.strides[0]] + $0.strides.dropFirst(2)) }
    let texts = images.compactMap { ElementText($0.dtype) }, own = channels.compactMap { ElementText($0.dtype) }
    guard texts.count == images.count, own.count == channels.count else { return false }
    let isWide = images.contains { $0.span >= Int(Int32.max) }
    var key = KernelKey(name)
    for tensor in images + channels { key.add(tensor.dtype) }
    for detail in details + [Int(kind.rawValue)] + nests.map(\.sizes.count) { key.add(detail) }
    key.add(isWide)
    let kernel = try kernel(key) {
      var source = KernelSource("\(name)")
      source.isWide = isWide
      source.int("count")
      for (k, text) in texts.enumerated() {
        source.place(text.storage, "t\(k)")
        source.int("t\(k)_channel")
        nests[k].declare("n\(k)", &source)
      }
      for (k, text) in own.enumerated() { source.place(text.storage, "c\(k)") }
      for i in numbers.indices { source.parameters.append("\(kind.text) p\(i)") }
      source.body += ["const index channel = GROUP;", "SHARED(\(kind.text), shared, 256);"]
      for k in texts.indices { source.body.append("t\(k) += channel * t\(k)_channel;") }
      write(&source, { texts[$0] }, { own[$0] })
      return source
    }
    var arguments: [Argument] = [.int(shape[0] * elementCount(inner))]
    for (image, nest) in zip(images, nests) {
      arguments += [.tensor(image), .int(image.strides[1])]
      nest.addArguments(&arguments)
    }
    for channel in channels { arguments.append(.tensor(channel)) }
    for number in numbers { arguments.append(kind == .f32 ? .float(Float(number)) : .double(number)) }
    try launch(kernel, Grid(groups: shape[1], threads: 256), arguments)
    return true
  }

  /// A loop over the elements of a channel, with the place of each in the images as `at0`, `at1` ...
  fileprivate func pass(_ images: [Tensor], _ source: inout KernelSource, _ lines: [String]) {
    let shape = images[0].shape
    source.body.append("for (index e = THREAD; e < count; e += 256) {")
    for (k, image) in images.enumerated() {
      let nest = LoopNest([shape[0]] + shape.dropFirst(2), [image.strides[0]] + image.strides.dropFirst(2))
      nest.locate("e", "n\(k)", &source)
      source.body.append("const index at\(k) = \(nest.place("n\(k)"));")
    }
    source.body += lines + ["}"]
  }

  fileprivate func channelKind(_ dtype: DType) -> NumberKind? {
    dtype.isFloatingPoint && ElementText(dtype) != nil ? NumberKind(computing: dtype.accumulateType) : nil
  }
}

extension BatchNormTraining: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.channelKind(inputs[0].dtype), let own = try engine.allDense(Array(inputs.dropFirst()))
    else { return false }
    let images = [inputs[0], results[0]]
    let t = kind.text
    return try engine.runChannels(
      "batch_norm", kind, details: [hasWeight ? 1 : 0, hasBias ? 1 : 0], numbers: [eps], images: images,
      channels: [results[1], results[2]] + own
    ) { source, image, channel in
      func join(_ name: String) {
        source.body += GroupText.joined(name, kind, 256) { Reduction.sum.joined($0, $1, kind) }
      }
      let x = image(0).load("t0[at0]", as: kind)
      source.body.append("\(t) sum = 0;")
      engine.pass(Array(images.prefix(1)), &source, ["sum += \(x);"])
      join("sum")
      source.body.append("const \(t) mean = sum / count; \(t) squares = 0;")
      engine.pass(Array(images.prefix(1)), &source, ["const \(t) d = \(x) - mean; squares += d * d;"])
      join("squares")
      source.body.append("const \(t) scale = 1 / sqrt(squares / count + p0);")
      let weight = hasWeight ? " * \(channel(2).load("c2[channel]", as: kind))" : ""
      let bias = hasBias ? " + \(channel(hasWeight ? 3 : 2).load("c\(hasWeight ? 3 : 2)[channel]", as: kind))" : ""
      engine.pass(
        images, &source,
        [
          "const \(t) value = (\(x) - mean) * scale\(weight)\(bias);",
          "t1[at1] = \(image(1).store("value", from: kind));",
        ])
      source.body.append(
        "if (THREAD == 0) { c0[channel] = \(channel(0).store("mean", from: kind)); c1[channel] = \(channel(1).store("scale", from: kind)); }"
      )
    }
  }
}

extension BatchNormGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = engine.channelKind(inputs[1].dtype), let own = try engine.allDense(Array(inputs.dropFirst(2)))
    else { return false }
    let images = [inputs[0], inputs[1], results[0]]
    let t = kind.text
    return try engine.runChannels(
      "batch_norm_gradient", kind, details: [hasWeight ? 1 : 0], images: images,
      channels: [results[1], results[2]] + own
    ) { source, image, channel in
      func join(_ name: String) {
        source.body += GroupText.joined(name, kind, 256) { Reduction.sum.joined($0, $1, kind) }
      }
      let (g, x) = (image(0).load("t0[at0]", as: kind), image(1).load("t1[at1]", as: kind))
      source.body.append(
        "const \(t) mean = \(channel(2).load("c2[channel]", as: kind)), scale = \(channel(3).load("c3[channel]", as: kind));"
      )
      source.body.append("\(t) sum = 0, along = 0;")
      engine.pass(
        Array(images.prefix(2)), &source, ["const \(t) g = \(g);", "sum += g;", "along += g * (\(x) - mean) * scale;"])
      join("sum")
      join("along")
      let weight = hasWeight ? " * \(channel(4).load("c4[channel]", as: kind))" : ""
      engine.pass(
        images, &source,
        [
          "const \(t) d = (\(x) - mean) * scale;",
          "const \(t) value = scale\(weight) * (\(g) - (sum + d * along) / count);",
          "t2[at2] = \(image(2).store("value", from: kind));",
        ])
      source.body.append(
        "if (THREAD == 0) { c0[channel] = \(channel(0).store("along", from: kind)); c1[channel] = \(channel(1).store("sum", from: kind)); }"
      )
    }
  }
}
