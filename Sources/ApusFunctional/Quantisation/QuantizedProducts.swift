import ApusCore

// Products and convolutions of integers of 8 bits that stand for real numbers. Sums are taken in 32 bits; scales, bias, a residual and
// rounding follow in the same pass.
//
// Without oneDNN, or on a processor that adds pairs of products in 16 bits, the integers are multiplied as float32 by the portable
// kernels. That is exact as long as sums stay below 2^24, and within a 2^24th of the sum beyond.

/// `quantize(convolution(dequantize(x), dequantize(weight)) + bias + dequantize(former))`.
///
/// Inputs: x `[N, C, ...]` of `input`'s type, weight `[O, C / groups, ...]` (int8), the scale of each of its channels `[O]` and bias `[O]`
/// (float32), and, if there is a code for it, `former`, of the result's shape. The result has its channels last.
package struct QuantizedConvolution: Primitive, Hashable {
  package let settings: ConvolutionSettings
  package let input: AffineCode
  /// Nil: the result is float32.
  package let output: AffineCode?
  package let former: AffineCode?
  package var name: String { "QuantizedConvolution" }
  package var saves: Saves { .nothing }

  package init(settings: ConvolutionSettings, input: AffineCode, output: AffineCode?, former: AffineCode? = nil) {
    (self.settings, self.input, self.output, self.former) = (settings, input, output, former)
  }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (x, weight) = (inputs[0].shape, inputs[1].shape)
    try input.check(inputs[0], "quantized_conv")
    try settings.check(x, weight, "quantized_conv")
    try checkWeights(inputs, "quantized_conv")
    let shape = settings.outputShape(x, weight)
    if let former, inputs.count != 5 || inputs[4] != TensorType(shape, former.dtype) {
      throw TensorError(
        .shape, "quantized_conv", "needs \(former.dtype) of shape \(shape) to add, and found \(inputs.dropFirst(4))")
    }
    return [TensorType(shape, output?.dtype ?? .float32)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .channelsLast }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    2 * results[0].count * elementCount(Array(inputs[1].shape.dropFirst()))
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let result = results[0].body
    if result.count == 0 { return }
    let line = try ChannelNumbers(inputs[2], inputs[3], input, output, former)
    let geometry = ConvolutionGeometry(
      settings: settings, input: inputs[0].shape, weight: inputs[1].shape, output: result.shape)
    if let element = OneDNN.Element(input.dtype), let resultElement = OneDNN.Element(result.dtype), geometry.isPlain {
      let x = try inputs[0].dense(.channelsLast, input.dtype)
      let weight = try inputs[1].dense(.int8)
      // The library adds to what lies in the result's memory, which has the result's type.
      var addsInPlace = former == nil
      if let former, former.dtype == result.dtype {
        results[0].fill(with: inputs[4])
        addsInPlace = true
      }
      let done =
        addsInPlace
        && line.withRequantization { work in
          withExtendedLifetime((x, weight)) {
            OneDNN.quantizedConvolution(
              geometry.shape, source: x.data, element, weights: weight.data, in: weight, destination: result.data,
              resultElement, work)
          }
        }
      if done { return }
    }
    let made = noGrad { () -> Tensor in
      let x = inputs[0].to(.float32) - Double(input.zeroPoint)
      let sums = apply(ConvolutionForward(settings: settings), x, inputs[1].to(.float32))
      let column = [1, result.shape[1]] + [Int](repeating: 1, count: result.shape.count - 2)
      var values = sums * Tensor(line.factors).reshape(column) + Tensor(line.offsets).reshape(column)
      if let scale = line.formerScale { values = values + inputs[4].to(.float32) * Double(scale) }
      return output?.nearest(values) ?? values
    }
    try results[0].fill(from: made)
  }
}

/// `quantize(epilogue(dequantize(x) @ dequantize(weight)^T + bias))`.
///
/// Inputs: x `[..., in]` of `input`'s type, weight `[out, in]` (int8), the scale of each of its rows `[out]` and bias `[out]` (float32).
package struct QuantizedLinear: Primitive, Hashable {
  package let input: AffineCode
  /// Nil: the result is float32.
  package let output: AffineCode?
  package let epilogue: Epilogue
  package var name: String { "QuantizedLinear" }
  package var saves: Saves { .nothing }

  package init(input: AffineCode, output: AffineCode?, epilogue: Epilogue = .none) {
    (self.input, self.output, self.epilogue) = (input, output, epilogue)
  }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try input.check(inputs[0], "quantized_linear")
    return [TensorType(try linearShape(inputs, "quantized_linear"), output?.dtype ?? .float32)]
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    2 * results[0].count * (inputs[0].shape.last ?? 0)
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let result = results[0].body
    if result.count == 0 { return }
    let line = try ChannelNumbers(inputs[2], inputs[3], input, epilogue == .none ? output : nil, nil)
    let (n, k) = (inputs[1].shape[0], inputs[1].shape[1])
    if let element = OneDNN.Element(input.dtype), let resultElement = OneDNN.Element(result.dtype), k > 0 {
      let (x, weight) = (try inputs[0].dense(), try inputs[1].dense(.int8))
      let done = line.withRequantization { work in
        var work = work
        work.epilogue = epilogue
        if epilogue != .none, let output {
          (work.resultScale, work.resultOffset) = (1 / output.scale, Float(output.zeroPoint))
        }
        return withExtendedLifetime((x, weight)) {
          OneDNN.quantizedMatmul(
            m: x.count / k, n: n, k: k, source: x.data, element, weights: weight.data, in: weight,
            destination: result.data, resultElement, work)
        }
      }
      if done { return }
    }
    let made = noGrad { () -> Tensor in
      let x = inputs[0].to(.float32) - Double(input.zeroPoint)
      var values = ApusFunctional.linear(x, inputs[1].to(.float32)) * Tensor(line.factors) + Tensor(line.offsets)
      guard epilogue != .none else { return output?.nearest(values) ?? values }
      values = epilogue.applied(to: values)
      return output.map { $0.nearest(values * Double(1 / $0.scale) + Double($0.zeroPoint)) } ?? values
    }
    try results[0].fill(from: made)
  }
}

/// `epilogue(x @ dequantize(weight)^T + bias)` with `x` quantised at the call, to 256 steps from its least to its greatest element.
///
/// Inputs: x `[..., in]` (float32), weight `[out, in]` (int8), the scale of each of its rows `[out]` and bias `[out]` (float32).
package struct DynamicLinear: Primitive, Hashable {
  package let epilogue: Epilogue
  package var name: String { "DynamicQuantizedLinear" }
  package var saves: Saves { .nothing }

  package init(epilogue: Epilogue = .none) { self.epilogue = epilogue }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].dtype == .float32 else {
      throw TensorError(.dtype, "quantized_linear_dynamic", "needs float32 numbers, and found \(inputs[0].dtype)")
    }
    return [TensorType(try linearShape(inputs, "quantized_linear_dynamic"), .float32)]
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    2 * results[0].count * (inputs[0].shape.last ?? 0)
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    if results[0].count == 0 { return }
    let x = Tensor(try inputs[0].dense(.float32))
    let code = try AffineCode(fitting: x, "quantized_linear_dynamic")
    let integers = Tensor.uninitialized(inputs[0].shape, .uint8)
    try QuantizeElements(code).evaluate([x], into: [integers])
    try QuantizedLinear(input: code, output: nil, epilogue: epilogue).evaluate(
      [integers, inputs[1], inputs[2], inputs[3]], into: results)
  }
}

/// `convolution(x, dequantize(weight)) + bias` with `x` quantised at the call, to 256 steps from its least to its greatest element.
///
/// Inputs: x `[N, C, ...]` (float32), weight `[O, C / groups, ...]` (int8), the scale of each of its channels `[O]` and bias `[O]` (float32).
package struct DynamicConvolution: Primitive, Hashable {
  package let settings: ConvolutionSettings
  package var name: String { "DynamicQuantizedConvolution" }
  package var saves: Saves { .nothing }

  package init(settings: ConvolutionSettings) { self.settings = settings }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].dtype == .float32 else {
      throw TensorError(.dtype, "quantized_conv_dynamic", "needs float32 numbers, and found \(inputs[0].dtype)")
    }
    try settings.check(inputs[0].shape, inputs[1].shape, "quantized_conv_dynamic")
    try checkWeights(inputs, "quantized_conv_dynamic")
    return [TensorType(settings.outputShape(inputs[0].shape, inputs[1].shape), .float32)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .channelsLast }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    2 * results[0].count * elementCount(Array(inputs[1].shape.dropFirst()))
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    if results[0].count == 0 { return }
    let x = Tensor(try inputs[0].dense(.channelsLast, .float32))
    let code = try AffineCode(fitting: x, "quantized_conv_dynamic")
    let integers = noGrad { apply(QuantizeElements(code), x) }
    try QuantizedConvolution(settings: settings, input: code, output: nil).evaluate(
      [integers, inputs[1], inputs[2], inputs[3]], into: results)
  }
}

extension AffineCode {
  /// The code for the range of the elements of `x`.
  fileprivate init(fitting x: Tensor, _ operation: String) throws(TensorError) {
    let (low, high) = noGrad { (x.amin().item(as: Float.self), x.amax().item(as: Float.self)) }
    guard low.isFinite, high.isFinite else {
      throw TensorError(.value, operation, "needs finite numbers, and found some from \(low) to \(high)")
    }
    self.init(low: low, high: high)
  }
}

/// Rows of a table of integers as float32: inputs table `[rows, width]` (int8), the scale of each row `[rows]` (float32) and indices of
/// any shape; result `[indices..., width]`.
package struct QuantizedRows: Primitive, Hashable {
  package var name: String { "QuantizedEmbedding" }
  package var saves: Saves { .nothing }

  package init() {}

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let table = inputs[0].shape
    guard table.count == 2, inputs[0].dtype == .int8, inputs[1] == TensorType([table[0]], .float32) else {
      throw TensorError(
        .shape, "quantized_embedding",
        "needs an int8 table of two dimensions and a float32 scale for each row, and found \(inputs[0]) and \(inputs[1])"
      )
    }
    return [TensorType(inputs[2].shape + [table[1]], .float32)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (table, scales, indices) = (try inputs[0].dense(), try inputs[1].dense(), try inputs[2].dense(.int64))
    let (rows, width) = (table.shape[0], table.shape[1])
    let index = indices.data.i64
    for i in 0..<indices.count where index[i] < 0 || index[i] >= rows {
      throw TensorError(
        .index, "quantized_embedding",
        "index \(index[i]) at flat position \(i) is out of range for a table of \(rows) rows")
    }
    let from = SharedPointer(table.data.assumingMemoryBound(to: Int8.self))
    let factors = SharedPointer(scales.data.assumingMemoryBound(to: Float.self))
    let to = SharedPointer(results[0].body.data.assumingMemoryBound(to: Float.self))
    let places = SharedPointer(index)
    withExtendedLifetime((table, scales, indices)) {
      parallelFor(indices.count, grain: max(1, parallelGrain / max(1, width))) { range in
        for i in range {
          let row = Int(places.value[i])
          let (source, target, factor) = (from.value + row * width, to.value + i * width, factors.value[row])
          for j in 0..<width { target[j] = Float(source[j]) * factor }
        }
      }
    }
  }
}

private func checkWeights(_ inputs: [TensorType], _ operation: String) throws(TensorError) {
  let line = TensorType([inputs[1].shape[0]], .float32)
  guard inputs.count >= 4, inputs[1].dtype == .int8, inputs[2] == line, inputs[3] == line else {
    throw TensorError(
      .shape, operation,
      "needs an int8 weight, and a float32 scale and bias for each of its channels, and found \(inputs.dropFirst())")
  }
}

private func linearShape(_ inputs: [TensorType], _ operation: String) throws(TensorError) -> [Int] {
  let (x, weight) = (inputs[0].shape, inputs[1].shape)
  guard weight.count == 2, x.last == weight[1] else {
    throw TensorError(
      .shape, operation, "a weight of shape \(weight) takes inputs of shape [..., \(weight.last ?? 0)], and found \(x)")
  }
  try checkWeights(inputs, operation)
  return x.dropLast() + [weight[0]]
}

/// What the sums of integers are multiplied by and what is added, in each channel, in steps of the result.
struct ChannelNumbers {
  let factors, offsets: [Float]
  let formerScale: Float?
  private let zeroPoint: Int

  init(
    _ scales: Tensor, _ bias: Tensor, _ input: AffineCode, _ output: AffineCode?, _ former: AffineCode?
  ) throws(TensorError) {
    let (scales, bias) = (try scales.dense(.float32), try bias.dense(.float32))
    let steps = 1 / (output?.scale ?? 1)
    let factor = input.scale * steps
    formerScale = former.map { $0.scale * steps }
    var offset = Float(output?.zeroPoint ?? 0)
    if let former, let formerScale { offset -= Float(former.zeroPoint) * formerScale }
    let (scale, added) = (
      scales.data.assumingMemoryBound(to: Float.self), bias.data.assumingMemoryBound(to: Float.self)
    )
    factors = withExtendedLifetime(scales) { (0..<scales.count).map { scale[$0] * factor } }
    offsets = withExtendedLifetime(bias) { (0..<bias.count).map { added[$0] * steps + offset } }
    zeroPoint = input.zeroPoint
  }

  func withRequantization(_ body: (OneDNN.Requantization) -> Bool) -> Bool {
    factors.withUnsafeBufferPointer { factors in
      offsets.withUnsafeBufferPointer { offsets in
        guard let first = factors.baseAddress, let second = offsets.baseAddress else { return false }
        var work = OneDNN.Requantization(factors: first, offsets: second)
        work.sourceZeroPoint = Int32(zeroPoint)
        work.formerScale = formerScale
        return body(work)
      }
    }
  }
}

extension Epilogue {
  /// Its values, by operations on tensors.
  fileprivate func applied(to x: Tensor) -> Tensor {
    switch self {
    case .none: x
    case .relu: x.relu()
    case .gelu: x.gelu()
    case .geluTanh: x.gelu(approximate: .tanh)
    }
  }
}
