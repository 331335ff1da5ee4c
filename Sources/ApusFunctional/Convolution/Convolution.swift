import ApusCore

// Convolutions in one to three dimensions, their transposes, and their gradients of any order.

/// How windows are laid over the spatial dimensions: a number for each.
package struct ConvolutionSettings: Sendable, Hashable {
  package var stride: [Int]
  package var padding: [Int]
  /// Padding at the far end: differs from `padding` for "same" with an even kernel.
  package var paddingAfter: [Int]
  package var dilation: [Int]
  package var groups: Int

  package init(stride: [Int], padding: [Int], paddingAfter: [Int], dilation: [Int], groups: Int) {
    (self.stride, self.padding, self.paddingAfter) = (stride, padding, paddingAfter)
    (self.dilation, self.groups) = (dilation, groups)
  }

  package func outputShape(_ input: [Int], _ weight: [Int]) -> [Int] {
    [input[0], weight[0]]
      + stride.indices.map { d in
        let span = input[d + 2] + padding[d] + paddingAfter[d] - dilation[d] * (weight[d + 2] - 1) - 1
        return span < 0 ? 0 : span / stride[d] + 1
      }
  }

  /// The settings under which the channels of `size` samples stand side by side.
  package func ofSamples(_ size: Int) -> ConvolutionSettings {
    var wide = self
    wide.groups *= size
    return wide
  }

  package func check(_ input: [Int], _ weight: [Int], _ operation: String) throws(TensorError) {
    let rank = stride.count
    guard weight.count == rank + 2, input.count == rank + 2 else {
      throw TensorError(
        .shape, operation,
        "needs an input of \(rank + 1) or \(rank + 2) dimensions and a weight of \(rank + 2), and found \(input) and \(weight)"
      )
    }
    guard stride.allSatisfy({ $0 > 0 }), dilation.allSatisfy({ $0 > 0 }) else {
      throw TensorError(.value, operation, "stride \(stride) and dilation \(dilation) must be positive")
    }
    guard groups > 0, weight[0] % groups == 0 else {
      throw TensorError(
        .value, operation, "\(weight[0]) output channels cannot be divided into \(groups) groups")
    }
    guard input[1] == weight[1].clampedMultiplying(groups) else {
      throw TensorError(
        .shape, operation,
        "a weight of shape \(weight) with \(groups) groups takes \(weight[1].clampedMultiplying(groups)) channels, "
          + "and the input of shape \(input) has \(input[1])")
    }
    for d in 0..<rank where dilation[d] * (weight[d + 2] - 1) + 1 > input[d + 2] + padding[d] + paddingAfter[d] {
      throw TensorError(
        .shape, operation,
        "a kernel of \(weight[(2)...]) with dilation \(dilation) is larger than the input \(input) with padding \(padding)"
      )
    }
  }
}

/// Checks the dimensions of a convolution with `rank` spatial ones; the input may lack that of the batch.
private func requireRanks(
  _ rank: Int, _ input: [Int], _ weight: [Int], _ operation: String
) throws(TensorError) {
  guard weight.count == rank + 2, input.count == rank + 1 || input.count == rank + 2 else {
    throw TensorError(
      .shape, operation,
      "needs an input of \(rank + 1) or \(rank + 2) dimensions and a weight of \(rank + 2), "
        + "and found \(input) and \(weight)")
  }
}

private func requireOneType(_ inputs: [TensorType], _ operation: String) throws(TensorError) {
  for input in inputs where input.dtype != inputs[0].dtype {
    throw TensorError(
      .dtype, operation,
      "input, weight and bias must have one element type, and found \(inputs[0].dtype) and \(input.dtype)")
  }
  if inputs[0].dtype == .bool { throw TensorError(.dtype, operation, "needs numbers, and found bool tensors") }
}

/// What a convolution takes, or one of its gradients: for each element of the result, `[N, O, ...]`, the filter of its channel.
private func convolutionFLOPs(weight: [Int], output: [Int]) -> Int {
  2 * elementCount(output) * elementCount(Array(weight.dropFirst()))
}

/// Input `[N, C, ...]`, weight `[O, C / groups, ...]` and maybe bias `[O]` to `[N, O, ...]`.
package struct ConvolutionForward: Primitive, Hashable {
  package let settings: ConvolutionSettings
  /// What is applied to the result in the same pass; put there by the compiler, after gradients are taken.
  package var epilogue = Epilogue.none
  package var name: String { epilogue == .none ? "Convolution" : "Convolution+\(epilogue)" }

  package init(settings: ConvolutionSettings, epilogue: Epilogue = .none) {
    (self.settings, self.epilogue) = (settings, epilogue)
  }

  private var operation: String { "conv\(settings.stride.count)d" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireOneType(inputs, operation)
    let (x, weight) = (inputs[0].shape, inputs[1].shape)
    try settings.check(x, weight, operation)
    if inputs.count == 3, inputs[2].shape != [weight[0]] {
      throw TensorError(
        .shape, operation,
        "a weight of shape \(weight) needs a bias of shape [\(weight[0])], and found \(inputs[2].shape)")
    }
    return [TensorType(settings.outputShape(x, weight), inputs[0].dtype)]
  }

  private func geometry(_ inputs: [Tensor], _ output: [Int]) -> ConvolutionGeometry {
    ConvolutionGeometry(settings: settings, input: inputs[0].shape, weight: inputs[1].shape, output: output)
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    geometry(inputs, type.shape).layout(type.dtype)
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let bias = inputs.count == 3 ? inputs[2] : nil
    try geometry(inputs, results[0].shape).forward(inputs[0], inputs[1], bias, epilogue, into: results[0])
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    convolutionFLOPs(weight: inputs[1].shape, output: results[0].shape)
  }

  package func absorbing(_ epilogue: Epilogue) -> (any Primitive)? {
    self.epilogue == .none ? ConvolutionForward(settings: settings, epilogue: epilogue) : nil
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if !isBatched.dropFirst().contains(true) { return rowsOfSamples(inputs, isBatched, size, rowInputs: 1) }
    let all = everySample(inputs, isBatched, size)
    let filters = all.dropFirst().map { samplesMerged($0, into: 0) }
    // Filters of each sample's own are more filters for the same images, or work on channels of their own.
    let isShared = !isBatched[0] && settings.groups == 1
    let wide = ConvolutionForward(settings: isShared ? settings : settings.ofSamples(size), epilogue: epilogue)
    let made = apply(wide, [isShared ? inputs[0] : samplesMerged(all[0], into: 1)] + filters)
    return [samplesParted(made[0], from: 1, size)]
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    if let program = ConvolutionProgram(settings, epilogue, inputs, outputs) { return program.text }
    let (x, weight, y) = (inputs[0], inputs[1], outputs[0])
    let rank = settings.stride.count
    let perGroup = weight.type.shape[0] / settings.groups
    return cLoops(y.type.shape) { i in
      let kernel = [weight.type.shape[1]] + weight.type.shape[2...]
      let inner = cLoops(kernel, prefix: "k") { k in
        let places = (0..<rank).map { d in
          "i\(d + 2) * \(settings.stride[d]) - \(settings.padding[d]) + k\(d + 1) * \(settings.dilation[d])"
        }
        let inside = (0..<rank).map { "\(places[$0]) >= 0 && \(places[$0]) < \(x.type.shape[$0 + 2])" }
        let channel = "i1 / \(perGroup) * \(weight.type.shape[1]) + k0"
        let product = "\(x([i[0], channel] + places)) * \(weight([i[1]] + k))"
        return "if (\(inside.joined(separator: " && "))) sum += \(product);"
      }
      let start = inputs.count == 3 ? inputs[2](i[1]) : "0"
      return "\(y.element) sum = \(start);\n\(inner)\n\(y(i)) = \(epilogue.source("sum", y.type.dtype));"
    }
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var sum = tangents[0].map { apply(self, [$0, inputs[1]])[0] }
    if let t = tangents[1] { sum = added(sum, apply(self, [inputs[0], t])[0]) }
    if tangents.count == 3, let t = tangents[2] {
      let column = t.reshape([t.count] + [Int](repeating: 1, count: settings.stride.count))
      sum = added(sum, column.expand(outputs[0].shape))
    }
    return [sum]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    let (x, weight) = (node.input(0), node.input(1))
    let hasBias = node.inputCount == 3
    var result = [Tensor?](repeating: nil, count: node.inputCount)
    if node.needs(0) {
      result[0] = apply(ConvolutionInputGradient(settings: settings, shape: x.shape), g, weight)
    }
    if node.needs(1) {
      let rule = ConvolutionWeightGradient(settings: settings, shape: weight.shape, hasBias: hasBias && node.needs(2))
      let made = apply(rule, [x, g])
      result[1] = made[0]
      if made.count == 2 { result[2] = made[1] }
    } else if hasBias && node.needs(2) {
      result[2] = g.sum([0] + Array(2..<g.rank))
    }
    return result
  }
}

/// The gradient of a convolution for its input: cotangent `[N, O, ...]` and weight to the input's `shape`. Also the
/// transposed convolution.
package struct ConvolutionInputGradient: Primitive, Hashable {
  package let settings: ConvolutionSettings
  package let shape: [Int]
  package var name: String { "ConvolutionBackwardInput" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireOneType(inputs, "conv_transpose\(settings.stride.count)d")
    return [TensorType(shape, inputs[0].dtype)]
  }

  private func geometry(_ inputs: [Tensor]) -> ConvolutionGeometry {
    ConvolutionGeometry(settings: settings, input: shape, weight: inputs[1].shape, output: inputs[0].shape)
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    geometry(inputs).layout(type.dtype)
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try geometry(inputs).inputGradient(inputs[0], inputs[1], into: results[0])
  }

  /// Every element of `inputs[0]` is added, times the filter, where the filter sees the result.
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, weight, y) = (inputs[0], inputs[1], outputs[0])
    let rank = settings.stride.count
    let (perGroup, channels) = (weight.type.shape[0] / settings.groups, weight.type.shape[1])
    return cFill(y, "0") + "\n"
      + cLoops(x.type.shape) { i in
        let inner = cLoops(Array(weight.type.shape.dropFirst()), prefix: "k") { k in
          let places = (0..<rank).map { d in
            "\(i[d + 2]) * \(settings.stride[d]) - \(settings.padding[d]) + \(k[d + 1]) * \(settings.dilation[d])"
          }
          let inside = (0..<rank).map { "\(places[$0]) >= 0 && \(places[$0]) < \(shape[$0 + 2])" }
          let channel = "\(i[1]) / \(perGroup) * \(channels) + \(k[0])"
          return "if (\(inside.joined(separator: " && "))) "
            + "\(y([i[0], channel] + places)) += value * \(weight([i[1]] + k));"
        }
        return "const \(y.element) value = \(x(i));\n\(inner)"
      }
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    convolutionFLOPs(weight: inputs[1].shape, output: inputs[0].shape)
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if !isBatched[1] {
      let wide = ConvolutionInputGradient(settings: settings, shape: rowShape(shape, samples: size))
      return wide.rowsOfSamples(inputs, isBatched, size, rowInputs: 1)
    }
    let all = everySample(inputs, isBatched, size)
    let wide = ConvolutionInputGradient(
      settings: settings.ofSamples(size), shape: [shape[0], shape[1] * size] + shape.dropFirst(2))
    return [samplesParted(apply(wide, samplesMerged(all[0], into: 1), samplesMerged(all[1], into: 0)), from: 1, size)]
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let first = tangents[0].map { apply(self, $0, inputs[1]) }
    return [tangents[1].map { added(first, apply(self, inputs[0], $0)) } ?? first]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let c = single(node, cotangents)
    let weight = node.inputType(1).shape
    return [
      node.needs(0) ? apply(ConvolutionForward(settings: settings), c, node.input(1)) : nil,
      node.needs(1)
        ? apply(ConvolutionWeightGradient(settings: settings, shape: weight, hasBias: false), [c, node.input(0)])[0]
        : nil,
    ]
  }
}

/// The gradients of a convolution for its weight of `shape` and its bias, from input and cotangent.
package struct ConvolutionWeightGradient: Primitive, Hashable {
  package let settings: ConvolutionSettings
  package let shape: [Int]
  package let hasBias: Bool
  package var name: String { "ConvolutionBackwardWeight" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireOneType(inputs, "conv\(settings.stride.count)d")
    return [TensorType(shape, inputs[0].dtype)] + (hasBias ? [TensorType([shape[0]], inputs[0].dtype)] : [])
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let geometry = ConvolutionGeometry(
      settings: settings, input: inputs[0].shape, weight: shape, output: inputs[1].shape)
    try geometry.weightGradient(inputs[0], inputs[1], into: results)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, g, y) = (inputs[0], inputs[1], outputs[0])
    let (rank, perGroup) = (settings.stride.count, shape[0] / settings.groups)
    // A row of the weight for each cotangent that reaches it, so that what is read lies side by side.
    let weight = cLoops(g.type.shape) { i in
      let inner = cLoops(Array(shape.dropFirst()), prefix: "k") { k in
        let places = (0..<rank).map { d in
          "\(i[d + 2]) * \(settings.stride[d]) - \(settings.padding[d]) + \(k[d + 1]) * \(settings.dilation[d])"
        }
        let inside = (0..<rank).map { "\(places[$0]) >= 0 && \(places[$0]) < \(x.type.shape[$0 + 2])" }
        let channel = "\(i[1]) / \(perGroup) * \(shape[1]) + \(k[0])"
        return "if (\(inside.joined(separator: " && "))) \(y([i[1]] + k)) += value * \(x([i[0], channel] + places));"
      }
      return "const \(y.element) value = \(g(i));\n\(inner)"
    }
    guard hasBias, outputs[1].isRead else { return cFill(y, "0") + "\n" + weight }
    let bias = cLoops(g.type.shape) { "\(outputs[1]($0[1])) += \(g($0));" }
    return cFill(y, "0") + "\n" + weight + "\n" + cFill(outputs[1], "0") + "\n" + bias
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    convolutionFLOPs(weight: shape, output: inputs[1].shape)
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    let isShared = !isBatched[0] && settings.groups == 1
    let wide = ConvolutionWeightGradient(
      settings: isShared ? settings : settings.ofSamples(size), shape: rowShape(shape, samples: size), hasBias: hasBias)
    let made = apply(wide, [isShared ? inputs[0] : samplesMerged(all[0], into: 1), samplesMerged(all[1], into: 1)])
    return made.map { samplesParted($0, from: 0, size) }
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let count = hasBias ? 2 : 1
    let plain = ConvolutionWeightGradient(settings: settings, shape: shape, hasBias: false)
    let first = tangents[0].map { apply(plain, $0, inputs[1]) }
    guard let t = tangents[1] else { return [first] + (hasBias ? [nil] : []) }
    let second = results(apply(self, [inputs[0], t]), count)
    return hasBias ? [added(first, second[0]), second[1]] : [added(first, second[0])]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (x, g) = (node.input(0), node.input(1))
    var (dx, dg): (Tensor?, Tensor?)
    if let c = cotangents[0] {
      if node.needs(0) { dx = apply(ConvolutionInputGradient(settings: settings, shape: x.shape), g, c) }
      if node.needs(1) { dg = apply(ConvolutionForward(settings: settings), x, c) }
    }
    if hasBias, let c = cotangents[1], node.needs(1) {
      let spread = c.reshape([1, shape[0]] + [Int](repeating: 1, count: g.rank - 2)).expand(g.shape)
      dg = dg.map { $0 + spread } ?? spread
    }
    return [dx, dg]
  }
}

/// A convolution with `rank` spatial dimensions; the input may lack the batch dimension.
package func convolution(
  _ rank: Int, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: [Int], padding: ConvolutionPaddingMode,
  dilation: [Int],
  groups: Int
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.lowerPrecision, x, weight, bias) {
      convolution(rank, $0, $1, $2, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
  }
  return attempt(x, weight, bias) { () throws(TensorError) in
    let operation = "conv\(rank)d"
    try requireRanks(rank, x.shape, weight.shape, operation)
    let steps = try perDimension(stride, rank, "stride", operation)
    let spread = try perDimension(dilation, rank, "dilation", operation)
    var before = [Int](repeating: 0, count: rank)
    var after = before
    switch padding {
    case .none: break
    case .each(let numbers):
      before = try perDimension(numbers, rank, "padding", operation)
      after = before
    case .keepSize:
      guard steps.allSatisfy({ $0 == 1 }) else {
        throw TensorError(.value, operation, "padding \"same\" needs stride 1, and found \(steps)")
      }
      for d in 0..<rank {
        let total = spread[d] * (weight.shape[d + 2] - 1)
        before[d] = total / 2
        after[d] = total - total / 2
      }
    }
    guard before.allSatisfy({ $0 >= 0 }) else {
      throw TensorError(.value, operation, "padding must not be negative, and found \(before)")
    }
    let settings = ConvolutionSettings(
      stride: steps, padding: before, paddingAfter: after, dilation: spread, groups: groups)
    let batched = x.rank == rank + 1 ? x.unsqueeze(0) : x
    let all = [x, weight] + (bias.map { [$0] } ?? [])
    if all.contains(where: \.isComplex) { try requireOneType(all.map(\.type), operation) }
    let forward = ConvolutionForward(settings: settings)
    let result: Tensor
    if x.isComplex {
      let sum = byParts(batched, weight) { apply(forward, $0, $1) }
      result = bias.map { sum + $0.reshape([$0.count] + [Int](repeating: 1, count: rank)) } ?? sum
    } else {
      result = apply(forward, [batched, weight] + (bias.map { [$0] } ?? []))[0]
    }
    return x.rank == rank + 1 && !result.hasFailed ? result.squeeze([0]) : result
  }
}

/// A transposed convolution with `rank` spatial dimensions: the gradient of a convolution for its input.
package func transposedConvolution(
  _ rank: Int, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: [Int], padding: [Int], outputPadding: [Int],
  groups: Int, dilation: [Int]
) -> Tensor {
  if let autocast = Autocast.active {
    return autocast.run(.lowerPrecision, x, weight, bias) {
      transposedConvolution(
        rank, $0, $1, $2, stride: stride, padding: padding, outputPadding: outputPadding, groups: groups,
        dilation: dilation)
    }
  }
  return attempt(x, weight, bias) { () throws(TensorError) in
    let operation = "conv_transpose\(rank)d"
    try requireRanks(rank, x.shape, weight.shape, operation)
    let steps = try perDimension(stride, rank, "stride", operation)
    let before = try perDimension(padding, rank, "padding", operation)
    let spread = try perDimension(dilation, rank, "dilation", operation)
    let extra = try perDimension(outputPadding, rank, "outputPadding", operation)
    let batched = x.rank == rank + 1 ? x.unsqueeze(0) : x
    guard batched.shape[1] == weight.shape[0], groups > 0, weight.shape[0] % groups == 0 else {
      throw TensorError(
        .shape, operation,
        "a weight of shape \(weight.shape) with \(groups) groups takes \(weight.shape[0]) channels, "
          + "and the input has shape \(x.shape)")
    }
    for d in 0..<rank {
      guard steps[d] > 0, spread[d] > 0, before[d] >= 0 else {
        throw TensorError(
          .value, operation, "stride \(steps) and dilation \(spread) must be positive, padding \(before) not negative")
      }
      guard extra[d] >= 0, extra[d] < max(steps[d], spread[d]) else {
        throw TensorError(
          .value, operation,
          "outputPadding \(extra) must be smaller than stride \(steps) or dilation \(spread)")
      }
    }
    let channels = weight.shape[1].clampedMultiplying(groups)
    if let bias, bias.shape != [channels] {
      throw TensorError(.shape, operation, "needs a bias of shape [\(channels)], and found \(bias.shape)")
    }
    var shape = [batched.shape[0], channels]
    var after = before
    for d in 0..<rank {
      shape.append(
        (batched.shape[d + 2] - 1) * steps[d] - 2 * before[d] + spread[d] * (weight.shape[d + 2] - 1) + extra[d] + 1)
      if extra[d] >= steps[d] { after[d] = before[d] - extra[d] }
    }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw TensorError(.shape, operation, "an input of shape \(x.shape) gives a result of shape \(shape)")
    }
    let settings = ConvolutionSettings(
      stride: steps, padding: before, paddingAfter: after, dilation: spread, groups: groups)
    let transposed = ConvolutionInputGradient(settings: settings, shape: shape)
    var result =
      x.isComplex && weight.isComplex
      ? byParts(batched, weight) { apply(transposed, $0, $1) } : apply(transposed, batched, weight)
    if let bias { result = result + bias.reshape([channels] + [Int](repeating: 1, count: rank)) }
    return x.rank == rank + 1 && !result.hasFailed ? result.squeeze([0]) : result
  }
}

/// Convolution of sequences `[N, C, L]` (or `[C, L]`) with a weight `[O, C / groups, K]`: `[N, O, L']`.
///
/// The sizes of the result are `(L + 2 padding - dilation (K - 1) - 1) / stride + 1`, rounded down.
public func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (),
  padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  convolution(
    1, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: paddingMode(repeat each padding),
    dilation: sizes(repeat each dilation) ?? [1],
    groups: groups)
}

/// Convolution of images `[N, C, H, W]` (or `[C, H, W]`) with a weight `[O, C / groups, kH, kW]`: `[N, O, H', W']`.
///
/// Results may lie channels-last in memory; layers keep that order, which is the fast one.
public func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (),
  padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  convolution(
    2, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: paddingMode(repeat each padding),
    dilation: sizes(repeat each dilation) ?? [1],
    groups: groups)
}

/// Convolution of volumes `[N, C, D, H, W]` (or `[C, D, H, W]`) with a weight `[O, C / groups, kD, kH, kW]`.
public func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (),
  padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  convolution(
    3, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: paddingMode(repeat each padding),
    dilation: sizes(repeat each dilation) ?? [1],
    groups: groups)
}

/// ``conv1d(_:_:_:stride:padding:dilation:groups:)`` with the padding of a name: `.same` or `.valid`.
public func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  convolution(
    1, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: padding.paddingMode,
    dilation: sizes(repeat each dilation) ?? [1], groups: groups)
}

/// ``conv2d(_:_:_:stride:padding:dilation:groups:)`` with the padding of a name: `.same` or `.valid`.
public func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  convolution(
    2, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: padding.paddingMode,
    dilation: sizes(repeat each dilation) ?? [1], groups: groups)
}

/// ``conv3d(_:_:_:stride:padding:dilation:groups:)`` with the padding of a name: `.same` or `.valid`.
public func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  convolution(
    3, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: padding.paddingMode,
    dilation: sizes(repeat each dilation) ?? [1], groups: groups)
}

/// The transposed convolution of `[N, C, L]` with a weight `[C, O / groups, K]`: `[N, O, L']` with
/// `L' = (L - 1) stride - 2 padding + dilation (K - 1) + outputPadding + 1`.
public func convTranspose1d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (),
  padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  transposedConvolution(
    1, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: sizes(repeat each padding) ?? [0],
    outputPadding: sizes(repeat each outputPadding) ?? [0], groups: groups, dilation: sizes(repeat each dilation) ?? [1]
  )
}

/// The transposed convolution of images `[N, C, H, W]` with a weight `[C, O / groups, kH, kW]`; sizes as
/// ``convTranspose1d(_:_:_:stride:padding:outputPadding:groups:dilation:)``.
public func convTranspose2d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (),
  padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  transposedConvolution(
    2, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: sizes(repeat each padding) ?? [0],
    outputPadding: sizes(repeat each outputPadding) ?? [0], groups: groups, dilation: sizes(repeat each dilation) ?? [1]
  )
}

/// The transposed convolution of volumes `[N, C, D, H, W]` with a weight `[C, O / groups, kD, kH, kW]`; sizes as
/// ``convTranspose1d(_:_:_:stride:padding:outputPadding:groups:dilation:)``.
public func convTranspose3d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, stride: (repeat each Stride) = (),
  padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  transposedConvolution(
    3, x, weight, bias, stride: sizes(repeat each stride) ?? [1], padding: sizes(repeat each padding) ?? [0],
    outputPadding: sizes(repeat each outputPadding) ?? [0], groups: groups, dilation: sizes(repeat each dilation) ?? [1]
  )
}

extension OperationArguments {
  fileprivate func convolutionPadding() throws -> ConvolutionPaddingMode {
    if case .string(let text) = try value("padding") {
      switch text {
      case "same": return .keepSize
      case "valid": return .none
      default: throw mismatch("padding", "'same', 'valid' or sizes")
      }
    }
    return .each(try ints("padding"))
  }
}

extension Registry {
  /// Convolutions and transposed convolutions.
  static let convolutions: [Operation] = (1...3).flatMap { rank -> [Operation] in
    [
      .tensor("nn.functional.conv\(rank)d", "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1") {
        try convolution(
          rank, $0.tensor("input"), $0.tensor("weight"), $0.optionalTensor("bias"), stride: $0.ints("stride"),
          padding: $0.convolutionPadding(), dilation: $0.ints("dilation"), groups: $0.int("groups"))
      },
      .tensor(
        "nn.functional.conv_transpose\(rank)d",
        "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1"
      ) {
        try transposedConvolution(
          rank, $0.tensor("input"), $0.tensor("weight"), $0.optionalTensor("bias"), stride: $0.ints("stride"),
          padding: $0.ints("padding"), outputPadding: $0.ints("output_padding"), groups: $0.int("groups"),
          dilation: $0.ints("dilation"))
      },
    ]
  }
}
