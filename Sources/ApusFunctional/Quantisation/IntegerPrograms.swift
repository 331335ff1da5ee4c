import ApusCore

// Operations on integers of 8 bits in programs of C. Images lie with their channels last; weights are put into blocks of 16 channels, the
// rest of 4, in the order in which sums read them, with the sum of each channel's weights beside them.

extension QuantizeElements {
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (cRowMajor(inputs[0]), outputs[0])
    let shape = y.type.shape
    let (low, high) = (code.range.lowerBound - code.zeroPoint, code.range.upperBound - code.zeroPoint)
    let images = shape.count > 2 && isDense(y, as: channelsLastStrides(shape))
    guard images || isDense(y, as: rowMajorStrides(shape)) else { return nil }
    let sizes = images ? [shape[0], shape[1], elementCount(Array(shape[2...]))] : [1, 1, y.type.count]
    let numbers = [cNumber(Double(1 / code.scale), .float32), "\(code.zeroPoint)", "\(low)", "\(high)"]
    let operands = sizes.map(String.init) + [x.name] + numbers + ["(unsigned char *)\(y.name)"]
    return "\(x.text)\napus_quantize(\(operands.joined(separator: ", ")));"
  }
}

extension DequantizeElements {
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    let scale = cNumber(Double(code.scale), .float32)
    return cLoops(y.type.shape) { "\(y($0)) = (float)(\(x($0)) - \(code.zeroPoint)) * \(scale);" }
  }
}

extension QuantizedMaxPool {
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let y = outputs[0]
    guard isDense(y, as: channelsLastStrides(y.type.shape)) else { return nil }
    let x = cImages(inputs[0])
    let (shape, result) = (x.shape, y.type.shape)
    let numbers =
      [shape[0], shape[1], shape[2], shape[3], shape[1], 1] + window.kernel + window.stride + window.padding
      + window.dilation + [result[2], result[3]]
    return """
      \(x.text)\(cSizes(numbers))
      apus_int_max_pool(&sizes, (const unsigned char *)\(x.name), (unsigned char *)\(y.name), \(y.type.dtype == .int8 ? 128 : 0));
      """
  }
}

extension QuantizedAveragePool {
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    let size = Array(x.type.shape[2...])
    func text(_ number: Float) -> String { cNumber(Double(number), .float32) }
    return cLoops(y.type.shape) { i in
      // What the window covers of the image, and of the image with its padding.
      func area(padded: Bool) -> String {
        let extents = (0..<2).map { d in
          let pad = padded ? window.padding[d] : 0
          let first = "\(i[d + 2]) * \(window.stride[d]) - \(window.padding[d])"
          return "apus_overlap(\(first), \(window.kernel[d]), \(-pad), \(size[d] + pad))"
        }
        return extents.joined(separator: " * ")
      }
      let inner = cLoops(window.kernel, prefix: "k") { k in
        let places = (0..<2).map { window.place(i[$0 + 2], k[$0], $0) }
        return window.guarded(places, size, y.type.shape, "sum += \(x([i[0], i[1]] + places));")
      }
      let start = """
        int sum = 0;
        \(inner)
        sum -= (int)(\(area(padded: false))) * \(input.zeroPoint);
        const long divisor = \(rule.divisor != 0 ? "\(rule.divisor)" : area(padded: rule.countIncludePad));
        const float factor = \(text(input.scale)) / (float)(divisor > 1 ? divisor : 1);

        """
      guard let output else { return start + "\(y(i)) = (float)sum * factor;" }
      let low = output.range.lowerBound - output.zeroPoint
      let high = output.range.upperBound - output.zeroPoint
      return start + """
        // The nearest integer, halves to even ones.
        const float value = (float)sum * (factor / \(text(output.scale))), least = value > \(low) ? value : \(low);
        const float whole = ((least < \(high) ? least : \(high)) + 12582912.0f) - 12582912.0f;
        \(y(i)) = (\(y.element))((int)whole + \(output.zeroPoint));
        """
    }
  }
}

extension QuantizedRows {
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (table, scales, index) = (inputs[0], inputs[1], inputs[2])
    return cLoops(index.type.shape) { i in
      """
      const long row = apus_index(\(index(i)), \(table.type.shape[0]));
      const float scale = \(scales("row"));
      for (long k = 0; k < \(table.type.shape[1]); k++) \(outputs[0](i + ["k"])) = (float)\(table("row", "k")) * scale;
      """
    }
  }
}

// MARK: Weights in order

/// Weights, factors and sums of a product as programs of C read them.
private struct PackedIntegers {
  /// Bytes `[groups][channels / 16][depth / 4][16][4]`, and what is left of the channels of a group in blocks of 4.
  let weight: Tensor
  /// `[2, channels]`: what sums are multiplied by, and what is added.
  let numbers: Tensor
  /// The sum of each channel's weights, `[channels]`.
  let totals: Tensor

  /// - Parameters:
  ///   - rows: integers `[channels, depth]`, those of a group one behind the other.
  ///   - line: factors and offsets.
  init(rows: Tensor, groups: Int, factors: [Float], offsets: [Float]) {
    let (channels, depth) = (rows.shape[0], rows.shape[1])
    let elements = rows.array(as: Int8.self)
    let (each, whole) = (channels / groups, (depth + 3) / 4 * 4)
    var bytes: [Int32] = []
    bytes.reserveCapacity(groups * (each + 3) / 4 * 4 * whole)
    for group in 0..<groups {
      var first = 0
      while first < each {
        let lanes = each - first >= 16 ? 16 : 4
        for k in stride(from: 0, to: whole, by: 4) {
          for channel in first..<first + lanes {
            for place in k..<k + 4 {
              let isThere = channel < each && place < depth
              bytes.append(isThere ? Int32(elements[(group * each + channel) * depth + place]) : 0)
            }
          }
        }
        first += lanes
      }
    }
    weight = noGrad { Tensor(bytes).to(.int8) }
    numbers = Tensor(factors + offsets).reshape([2, channels])
    totals = Tensor(
      (0..<channels).map { c in elements[c * depth..<(c + 1) * depth].reduce(Int32(0)) { $0 + Int32($1) } })
  }

  var operands: [Int: Tensor] { [1: weight, 2: numbers, 3: totals] }
}

extension QuantizedConvolution: CPreparation {
  package func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    // Bytes are added to results that become bytes, in whose order they lie.
    guard settings.stride.count <= 2, let weight = known[1], let scale = known[2], let bias = known[3],
      weight.count > 0, former == nil || output != nil
    else { return nil }
    let line = try ChannelNumbers(scale, bias, input, output, former)
    let shape = weight.shape
    let order = [0] + Array(2..<shape.count) + [1]
    let rows = noGrad { weight.permute(order).reshape([shape[0], -1]).contiguous() }
    let taps = elementCount(Array(shape[2...]))
    let isDepthwise = shape[1] == 1 && shape[0] == settings.groups && taps <= 64
    let packed = PackedIntegers(
      rows: rows, groups: isDepthwise ? 1 : settings.groups, factors: line.factors, offsets: line.offsets)
    let kernel = shape.count == 3 ? [1, shape[2]] : Array(shape[2...])
    return CPrepared(
      PackedConvolution(
        settings: settings, input: input, output: output, former: former, kernel: kernel, isDepthwise: isDepthwise,
        result: try outputTypes(inputs)[0]),
      operands: packed.operands)
  }

  /// In three dimensions: general loops.
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, weight, y) = (inputs[0], inputs[1], outputs[0])
    let rank = settings.stride.count
    let each = weight.type.shape[0] / settings.groups
    let steps = 1 / (output?.scale ?? 1)
    func text(_ number: Float) -> String { cNumber(Double(number), .float32) }
    return cLoops(y.type.shape) { i in
      let inner = cLoops(Array(weight.type.shape.dropFirst()), prefix: "k") { k in
        let places = (0..<rank).map { d in
          "i\(d + 2) * \(settings.stride[d]) - \(settings.padding[d]) + k\(d + 1) * \(settings.dilation[d])"
        }
        let inside = (0..<rank).map { "\(places[$0]) >= 0 && \(places[$0]) < \(x.type.shape[$0 + 2])" }
        let channel = "i1 / \(each) * \(weight.type.shape[1]) + k0"
        let product = "(\(x([i[0], channel] + places)) - \(input.zeroPoint)) * \(weight([i[1]] + k))"
        return "if (\(inside.joined(separator: " && "))) sum += \(product);"
      }
      var value =
        "(float)sum * (\(inputs[2](i[1])) * \(text(input.scale * steps))) + \(inputs[3](i[1])) * \(text(steps))"
      if let former {
        value += " + (float)(\(inputs[4](i)) - \(former.zeroPoint)) * \(text(former.scale * steps))"
      }
      let start = "int sum = 0;\n\(inner)\n"
      guard let output else { return "\(start)\(y(i)) = \(value);" }
      return """
        \(start)const float value = \(value) + \(output.zeroPoint);
        const float least = value > \(output.range.lowerBound) ? value : \(output.range.lowerBound);
        \(y(i)) = (\(y.element))__builtin_rintf(least < \(output.range.upperBound) ? least : \(output.range.upperBound));
        """
    }
  }
}

extension DynamicConvolution: CPreparation {
  package func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    guard let scale = known[2], let bias = known[3] else { return nil }
    // Factors and offsets for a scale of one.
    let one = QuantizedConvolution(settings: settings, input: AffineCode(scale: 1, zeroPoint: 0), output: nil)
    let types = [TensorType(inputs[0].shape, .uint8)] + inputs.dropFirst()
    guard let made = try one.prepared(types, known: [known[0], known[1], scale, bias]),
      var packed = made.primitive as? PackedConvolution
    else { return nil }
    packed.input = nil
    return CPrepared(packed, operands: made.operands)
  }
}

/// ``QuantizedConvolution``, or ``DynamicConvolution``, with weights as ``PackedIntegers`` has them, in programs of C only.
private struct PackedConvolution: Primitive, Hashable {
  let settings: ConvolutionSettings
  /// Nil: found when the program runs.
  var input: AffineCode?
  let output: AffineCode?
  let former: AffineCode?
  let kernel: [Int]
  let isDepthwise: Bool
  let result: TensorType
  var name: String { input == nil ? "DynamicQuantizedConvolution" : "QuantizedConvolution" }

  /// Bytes of windows that are multiplied at a time, at least those of eight.
  private static let panelBytes = 4096

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [result] }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    throw TensorError(.unsupported, name, "packed weights are read by programs of C only")
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let y = outputs[0]
    let shape = y.type.shape
    let order = output == nil ? rowMajorStrides(shape) : channelsLastStrides(shape)
    guard isDense(y, as: order) else { return nil }
    func both(_ values: [Int], _ first: Int) -> [Int] { values.count == 1 ? [first] + values : values }
    let x = input == nil ? Self.quantized(inputs[0]) : cImages(inputs[0])
    let former = former == nil ? nil : cImages(inputs[4], after: x.bytes)
    let size = both(Array(shape[2...]), 1)
    let numbers =
      x.shape + [shape[1], settings.groups] + kernel + both(settings.stride, 1) + both(settings.padding, 0)
      + both(settings.dilation, 1) + size
    let layer = IntegerLayer(inputs, input: input, output: output, code: self.former, former: former?.name)
    let start = former?.bytes ?? x.bytes
    let operands = "team, &sizes, &layer, (const unsigned char *)\(x.name), \(y.name)"
    let call: String
    if isDepthwise {
      let outside = "(unsigned char *)\(cScratch(start + shape[1])) + \(start)"
      call = "apus_int_depthwise(\(operands), \(outside));"
    } else {
      let depth = (x.shape[1] / settings.groups * kernel[0] * kernel[1] + 3) / 4 * 4
      let count = min(size[0] * size[1], max(8, min(64, Self.panelBytes / depth / 8 * 8)))
      call = "apus_int_convolve(\(operands), \(cThreadScratch(count * depth)), \(count));"
    }
    return "\(layer.text)\n\(x.text)\(former?.text ?? "")\(cSizes(numbers))\n\(call)"
  }

  /// Images of float32 as bytes of their range with their channels last, in scratch memory, as ``cImages(_:after:)`` gives others.
  private static func quantized(_ images: CArray) -> (text: String, name: String, bytes: Int, shape: [Int]) {
    let shape = images.type.shape
    let (x, count) = (cRowMajor(images), images.type.count)
    let sizes = "\(shape[0]), \(shape[1]), \(elementCount(Array(shape[2...])))"
    let text = """
      \(x.text)unsigned char *bytes = (unsigned char *)\(cScratch(x.bytes + count)) + \(x.bytes);
      apus_int_range(\(count), \(x.name), &layer.scale, &layer.zero);
      apus_quantize(\(sizes), \(x.name), 1 / layer.scale, layer.zero, (float)-layer.zero, (float)(255 - layer.zero), bytes);

      """
    let wide = shape.count == 3 ? [shape[0], shape[1], 1, shape[2]] : shape
    return (text, "bytes", x.bytes + (count + 63) / 64 * 64, wide)
  }
}

extension QuantizedLinear: CPreparation {
  package func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    guard let weight = known[1], let scale = known[2], let bias = known[3], weight.count > 0 else { return nil }
    let isRounded = output != nil && (epilogue == .none || epilogue == .relu)
    let line = try ChannelNumbers(scale, bias, input, isRounded ? output : nil, nil)
    let packed = PackedIntegers(
      rows: weight.contiguous(), groups: 1, factors: line.factors, offsets: line.offsets)
    return CPrepared(
      PackedLinear(input: input, output: output, epilogue: epilogue, result: try outputTypes(inputs)[0]),
      operands: packed.operands)
  }
}

extension DynamicLinear: CPreparation {
  package func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    guard let weight = known[1], let scale = known[2], let bias = known[3], weight.count > 0 else { return nil }
    let packed = PackedIntegers(
      rows: weight.contiguous(), groups: 1, factors: scale.array(), offsets: bias.array())
    return CPrepared(
      PackedLinear(input: nil, output: nil, epilogue: epilogue, result: try outputTypes(inputs)[0]),
      operands: packed.operands)
  }
}

/// ``QuantizedLinear``, or ``DynamicLinear``, with weights as ``PackedIntegers`` has them, in programs of C only.
private struct PackedLinear: Primitive, Hashable {
  /// Nil: found when the program runs.
  let input: AffineCode?
  let output: AffineCode?
  let epilogue: Epilogue
  let result: TensorType
  var name: String { input == nil ? "DynamicQuantizedLinear" : "QuantizedLinear" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [result] }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    throw TensorError(.unsupported, name, "packed weights are read by programs of C only")
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let y = outputs[0]
    guard isDense(y, as: rowMajorStrides(y.type.shape)), let channels = y.type.shape.last,
      let depth = inputs[0].type.shape.last
    else { return nil }
    let rows = y.type.count / channels
    let (x, whole) = (cRowMajor(inputs[0]), (depth + 3) / 4 * 4)
    // Other functions than relu are of floats, which become integers behind them.
    let isRounded = output != nil && (epilogue == .none || epilogue == .relu)
    let layer = IntegerLayer(
      inputs, input: input, output: isRounded ? output : nil, code: nil, former: nil, relu: epilogue == .relu)
    let copied = input.map { $0.dtype == .int8 || depth % 4 != 0 } ?? true
    var bytes = x.bytes
    func scratch(_ count: Int) -> Int {
      bytes += (count + 63) / 64 * 64
      return bytes - (count + 63) / 64 * 64
    }
    let quantized = input == nil ? scratch(rows * depth) : 0
    let copies = copied ? scratch(rows * whole) : 0
    let floats = output != nil && !isRounded ? scratch(4 * rows * channels) : 0
    let memory = bytes > 0 ? "unsigned char *memory = \(cScratch(bytes));\n" : ""
    func place(_ offset: Int, _ isUsed: Bool) -> String { isUsed ? "memory + \(offset)" : "0" }
    let from = input == nil ? place(quantized, true) : "(const unsigned char *)\(x.name)"
    var text = "\(x.text)\(memory)\(layer.text)\n"
    if input == nil {
      text += """
        apus_int_range(\(rows * depth), \(x.name), &layer.scale, &layer.zero);
        apus_quantize(1, 1, \(rows * depth), \(x.name), 1 / layer.scale, layer.zero, (float)-layer.zero, (float)(255 - layer.zero), \(from));

        """
    }
    let to = floats == 0 && (output == nil || isRounded) ? y.name : place(floats, true)
    let sizes = "\(rows), \(channels), \(depth)"
    text += "apus_int_product(team, &layer, \(sizes), \(from), \(to), \(place(copies, copied)));\n"
    if isRounded || output == nil { return text + (output == nil ? cEpilogue(epilogue, y) : "") }
    guard let output else { return nil }
    let values = CArray(
      name: "values", type: TensorType([rows * channels], .float32), strides: [1])
    let (low, high) = (output.range.lowerBound - output.zeroPoint, output.range.upperBound - output.zeroPoint)
    let inverse = cNumber(Double(1 / output.scale), .float32)
    return text + """
      float *values = (float *)(\(to));
      \(cEpilogue(epilogue, values))
      apus_quantize(1, 1, \(rows * channels), values, \(inverse), \(output.zeroPoint), \(low), \(high), (unsigned char *)\(y.name));
      """
  }
}

// MARK: Parts of texts

/// The C structure that says what a product of integers is.
private struct IntegerLayer {
  let text: String

  /// - Parameters:
  ///   - input: nil: found when the program runs.
  ///   - code, former: what is added, and the name of its array.
  init(
    _ inputs: [CArray], input: AffineCode?, output: AffineCode?, code: AffineCode?, former: String?, relu: Bool = false
  ) {
    let flip = input?.dtype == .int8 ? 128 : 0
    // What relu gives is not below 0, which the zero point stands for.
    let range = output.map {
      (relu ? max($0.range.lowerBound, $0.zeroPoint) : $0.range.lowerBound, $0.range.upperBound)
    }
    let steps = 1 / (output?.scale ?? 1)
    let fields = [
      "weight = \(inputs[1].name)", "factor = \(inputs[2].name)",
      "offset = \(inputs[2].name) + \(inputs[3].type.count)", "totals = \(inputs[3].name)",
      "zero = \((input?.zeroPoint ?? 0) + flip)", "flip = \(flip)", "is_dynamic = \(input == nil ? 1 : 0)", "scale = 1",
      "makes_bytes = \(output == nil ? 0 : 1)", "relu = \(relu ? 1 : 0)", "low = \(range?.0 ?? 0)",
      "high = \(range?.1 ?? 0)", "former = \(former.map { "(const unsigned char *)\($0)" } ?? "0")",
      "former_is_signed = \(code?.dtype == .int8 ? 1 : 0)",
      "former_factor = \(cNumber(Double((code?.scale ?? 0) * steps), .float32))",
    ]
    text = "apus_int_layer layer = {\(fields.map { "." + $0 }.joined(separator: ", "))};"
  }
}

/// The sizes of a convolution or pooling, as generated C is told them.
private func cSizes(_ numbers: [Int]) -> String {
  "const apus_conv sizes = {\(numbers.map(String.init).joined(separator: ", "))};"
}

/// Whether elements lie as the strides `order` say; those of dimensions of one element say nothing.
private func isDense(_ x: CArray, as order: [Int]) -> Bool {
  x.type.shape.indices.allSatisfy { x.type.shape[$0] == 1 || x.strides[$0] == order[$0] }
}

/// Images of one or two dimensions with their channels last: the array itself, or a copy in scratch memory behind `after` bytes of it;
/// the shape `[N, C, H, W]`.
private func cImages(_ x: CArray, after: Int = 0) -> (text: String, name: String, bytes: Int, shape: [Int]) {
  let shape = x.type.shape
  let order = channelsLastStrides(shape)
  let wide = shape.count == 3 ? [shape[0], shape[1], 1, shape[2]] : shape
  if isDense(x, as: order) { return ("", x.name, after, wide) }
  let bytes = after + (x.type.count * x.type.dtype.size + 63) / 64 * 64
  let copy = CArray(name: "images_\(x.name)", type: x.type, strides: order)
  let start = "\(x.element) *\(copy.name) = (\(x.element) *)((unsigned char *)\(cScratch(bytes)) + \(after));\n"
  return (start + cCopy(x) { copy($0) } + "\n", copy.name, bytes, wide)
}
