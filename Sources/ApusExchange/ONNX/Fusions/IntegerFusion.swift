import ApusCore
import ApusFormats
import ApusFunctional

// Operators on bytes, as ONNX Runtime's quantiser writes them, as the integer layers that quantised models have: they run at their speed,
// and program files and C have them as such. Scales, zero points and weights must be constants. Whatever does not fit stays the exact
// operator that it is.

extension ONNXFusion {
  static let integerRules: [Rule] = [
    integerConvolution, integerProduct, dynamicProduct, dynamicConvolution, dynamicBias, integerSum, integerPooling,
  ]

  /// What bytes stand for, where scale and zero point are constants for all of them.
  private static func code(_ step: ONNXGraph.Step, _ scale: Int, _ zero: Int) -> AffineCode? {
    guard step.inputs.count > max(scale, zero), let size = step.inputs[scale].constant?.tensor, size.count == 1,
      size.dtype == .float32, let point = step.inputs[zero].constant?.tensor, point.count == 1,
      point.dtype == .uint8 || point.dtype == .int8
    else { return nil }
    let number = size.item(as: Float.self)
    guard number > 0, number.isFinite else { return nil }
    return AffineCode(scale: number, zeroPoint: point.item(as: Int.self), dtype: point.dtype)
  }

  /// Weights `[channels, ...]` of bytes as signed ones without zero points, and their scale in each channel.
  private struct Weights {
    let integers: Tensor
    let scales: Tensor

    /// Nil where scales or zero points are others than one for all or for each channel, or where a difference does not fit a byte.
    init?(_ weight: Tensor, scale: Tensor, zero: Tensor?) {
      guard weight.rank > 1, weight.dtype == .int8 || weight.dtype == .uint8, scale.dtype == .float32,
        !weight.shape.contains(0)
      else { return nil }
      let channels = weight.shape[0]
      let column = [channels] + [Int](repeating: 1, count: weight.rank - 1)
      guard scale.count == 1 || scale.count == channels, zero.map({ $0.count == 1 || $0.count == channels }) ?? true
      else {
        return nil
      }
      var centred = weight.to(.int32)
      if let zero {
        guard zero.dtype == weight.dtype else { return nil }
        centred = centred - zero.to(.int32).reshape([zero.count]).expand([channels]).reshape(column)
      }
      guard centred.amin().item(as: Int.self) >= -128, centred.amax().item(as: Int.self) <= 127 else { return nil }
      integers = centred.to(.int8).contiguous()
      scales = scale.reshape([scale.count]).expand([channels]).contiguous()
    }

    /// The operands of a layer behind its input.
    func operands(_ bias: Tensor) -> [ONNXGraph.Operand] {
      [integers, scales, bias].map { .constant(.tensor($0)) }
    }

    /// A bias of integers, in steps of the products, as numbers; zeros where there is none.
    func bias(_ integers: Tensor?, input: Float, alpha: Float = 1) -> Tensor? {
      let channels = self.integers.shape[0]
      guard let integers else { return Tensor.zeros([channels]) }
      guard integers.dtype == .int32, integers.count == channels || integers.count == 1 else { return nil }
      let wide = integers.to(.float64).reshape([integers.count]).expand([channels])
      return (wide * (scales.to(.float64) * (Double(input) * Double(alpha)))).to(.float32)
    }
  }

  private static func constant(_ step: ONNXGraph.Step, _ i: Int) -> Tensor? {
    i < step.inputs.count ? step.inputs[i].constant?.tensor : nil
  }

  /// Whether input `i` is left out.
  private static func lacks(_ step: ONNXGraph.Step, _ i: Int) -> Bool {
    if i >= step.inputs.count { return true }
    if case .none = step.inputs[i] { return true }
    return false
  }

  /// `QLinearConv` with constant weights.
  static let integerConvolution: Rule = { step, fusion in
    guard step.node.domain.isEmpty, step.node.opType == "QLinearConv", let input = code(step, 1, 2),
      let output = code(step, 6, 7), let weight = constant(step, 3), let scale = constant(step, 4),
      let zero = constant(step, 5), (3...5).contains(weight.rank),
      let weights = Weights(weight, scale: scale, zero: zero), lacks(step, 8) || constant(step, 8) != nil,
      let bias = weights.bias(constant(step, 8), input: input.scale), let windows = try? ONNXWindows(step.node),
      let groups = try? step.node.int("group", default: 1)
    else { return nil }
    return Replacement(name: "IntegerConvolution", inputs: [step.inputs[0]]) { call in
      let x = try call.tensor(0)
      let settings = try settings(call, windows, groups, x, weight.shape)
      let layer = QuantizedConvolution(settings: settings, input: input, output: output)
      return apply(layer, [x, weights.integers, weights.scales, bias]).map { .tensor($0) }
    }
  }

  /// `QLinearMatMul` and `QGemm` with a constant right matrix.
  static let integerProduct: Rule = { step, fusion in
    guard let input = code(step, 1, 2), var weight = constant(step, 3), weight.rank == 2, let scale = constant(step, 4),
      let zero = constant(step, 5)
    else { return nil }
    var (alpha, output, added): (Float, AffineCode?, Tensor?) = (1, nil, nil)
    switch (step.node.domain, step.node.opType) {
    case ("", "QLinearMatMul"):
      guard let code = code(step, 6, 7) else { return nil }
      output = code
      weight = weight.t()
    case ("com.microsoft", "QGemm"):
      guard (try? step.node.flag("transA")) == false, let isTurned = try? step.node.flag("transB"),
        let factor = try? step.node.float("alpha", default: 1), factor > 0, lacks(step, 6) || constant(step, 6) != nil
      else { return nil }
      if !lacks(step, 7) {
        guard let code = code(step, 7, 8) else { return nil }
        output = code
      }
      (alpha, added) = (Float(factor), constant(step, 6))
      if !isTurned { weight = weight.t() }
    default: return nil
    }
    guard let weights = Weights(weight.contiguous(), scale: scale, zero: zero),
      let bias = weights.bias(added, input: input.scale, alpha: alpha)
    else { return nil }
    let scales = weights.scales * Double(alpha)
    let layer = QuantizedLinear(input: input, output: output)
    return Replacement(name: "IntegerLinear", inputs: [step.inputs[0]]) { call in
      apply(layer, [try call.tensor(0), weights.integers, scales, bias]).map { .tensor($0) }
    }
  }

  /// `MatMulInteger` of what `DynamicQuantizeLinear` makes, times both scales, and `DynamicQuantizeMatMul`.
  static let dynamicProduct: Rule = { step, fusion in
    var (source, found, bias): (ONNXGraph.Operand?, Weights?, Tensor?)
    if step.node.domain == "com.microsoft", step.node.opType == "DynamicQuantizeMatMul" {
      guard let weight = constant(step, 1), weight.rank == 2, let scale = constant(step, 2),
        lacks(step, 3) || constant(step, 3) != nil, lacks(step, 4) || constant(step, 4) != nil
      else { return nil }
      found = Weights(weight.t().contiguous(), scale: scale, zero: constant(step, 3))
      (source, bias) = (step.inputs[0], constant(step, 4))
    } else if let parts = fusion.dynamicParts(step, "MatMulInteger"), let weight = constant(parts.product, 1),
      weight.rank == 2
    {
      found = Weights(weight.t().contiguous(), scale: parts.scale, zero: constant(parts.product, 3))
      source = parts.source
    }
    guard let source, let weights = found else { return nil }
    let channels = weights.integers.shape[0]
    let shift = bias ?? Tensor.zeros([channels])
    guard shift.count == channels, shift.dtype == .float32 else { return nil }
    return dynamicLinear([source] + weights.operands(shift.reshape([channels]).contiguous()))
  }

  /// `ConvInteger` of what `DynamicQuantizeLinear` makes, times both scales.
  static let dynamicConvolution: Rule = { step, fusion in
    guard let parts = fusion.dynamicParts(step, "ConvInteger"), let weight = constant(parts.product, 1),
      (3...5).contains(weight.rank), parts.scale.count == 1 || parts.scale.rank > 1,
      let weights = Weights(weight, scale: parts.scale, zero: constant(parts.product, 3))
    else { return nil }
    return dynamicConvolution(
      parts.product.node, [parts.source] + weights.operands(Tensor.zeros([weight.shape[0]])))
  }

  /// Numbers added to the columns or channels of such a product.
  static let dynamicBias: Rule = { step, fusion in
    guard step.node.domain.isEmpty, step.node.opType == "Add", step.inputs.count == 2 else { return nil }
    for (sum, other) in [(step.inputs[0], step.inputs[1]), (step.inputs[1], step.inputs[0])] {
      guard let bias = other.constant?.tensor, bias.dtype == .float32 else { continue }
      if let product = fusion.maker(sum, linearName), let own = constant(product, 3), own.shape == bias.shape {
        return dynamicLinear(product.inputs.prefix(3) + [.constant(.tensor(own + bias))])
      }
      // [C, 1, 1] or [1, C, 1, 1].
      if let product = fusion.maker(sum, convolutionName), let own = constant(product, 3), own.count == bias.count,
        let rank = constant(product, 1)?.rank, bias.rank <= rank, bias.rank >= rank - 1,
        bias.shape.suffix(rank - 1).first == bias.count
      {
        let sum = own + bias.reshape([bias.count])
        return dynamicConvolution(product.node, product.inputs.prefix(3) + [.constant(.tensor(sum))])
      }
    }
    return nil
  }

  private static let (linearName, convolutionName) = ("DynamicIntegerLinear", "DynamicIntegerConvolution")

  private static func dynamicLinear(_ inputs: [ONNXGraph.Operand]) -> Replacement {
    Replacement(name: linearName, inputs: inputs) { call in
      apply(DynamicLinear(), try call.tensors()).map { .tensor($0) }
    }
  }

  private static func dynamicConvolution(_ node: ONNXNode, _ inputs: [ONNXGraph.Operand]) -> Replacement? {
    guard let windows = try? ONNXWindows(node), let groups = try? node.int("group", default: 1) else { return nil }
    return Replacement(name: convolutionName, inputs: inputs, attributes: node.attributes) { call in
      let given = try call.tensors()
      let settings = try settings(call, windows, groups, given[0], given[1].shape)
      return apply(DynamicConvolution(settings: settings), given).map { .tensor($0) }
    }
  }

  /// How a convolution is done with an input of that shape.
  private static func settings(
    _ call: ONNXCall, _ windows: ONNXWindows, _ groups: Int, _ x: Tensor, _ weight: [Int]
  ) throws(TensorError) -> ConvolutionSettings {
    guard x.rank == weight.count else {
      throw call.error(.shape, "needs an input of \(weight.count) dimensions, and found \(x.shape)")
    }
    let laid = try windows.laid(on: Array(x.shape[2...]), kernel: Array(weight[2...]))
    guard (laid.before + laid.after).allSatisfy({ $0 >= 0 }) else {
      throw call.error(.value, "cannot convolve with margins of \(laid.before) and \(laid.after)")
    }
    return ConvolutionSettings(
      stride: laid.strides, padding: laid.before, paddingAfter: laid.after, dilation: laid.dilations, groups: groups)
  }

  /// A product of integers with constant weights whose left operand has its range found at the call, if `step` multiplies it by both
  /// scales: what is quantised, and the weights' scale.
  private func dynamicParts(
    _ step: ONNXGraph.Step, _ type: String
  ) -> (product: ONNXGraph.Step, source: ONNXGraph.Operand, scale: Tensor)? {
    guard step.node.domain.isEmpty, step.node.opType == "Mul", step.inputs.count == 2 else { return nil }
    for (sums, factor) in [(step.inputs[0], step.inputs[1]), (step.inputs[1], step.inputs[0])] {
      guard let cast = maker(sums, "Cast"), (try? cast.node.int("to")) == 1,
        let product = maker(cast.inputs[0], type), product.inputs.count >= 3,
        let range = rangeOf(product.inputs[0], output: 0), let second = rangeOf(product.inputs[2], output: 2),
        Self.isSame(range.inputs[0], second.inputs[0]), Self.lacks(product, 3) || Self.constant(product, 3) != nil,
        let scales = maker(factor, "Mul"), scales.inputs.count == 2
      else { continue }
      for (own, other) in [(scales.inputs[0], scales.inputs[1]), (scales.inputs[1], scales.inputs[0])] {
        guard let third = rangeOf(own, output: 1), Self.isSame(third.inputs[0], range.inputs[0]),
          let scale = other.constant?.tensor
        else { continue }
        return (product, range.inputs[0], scale)
      }
    }
    return nil
  }

  /// The step that finds a range at the call and makes an operand as output `output`.
  private func rangeOf(_ operand: ONNXGraph.Operand, output: Int) -> ONNXGraph.Step? {
    guard let step = maker(operand, output: output), step.node.domain.isEmpty,
      step.node.opType == "DynamicQuantizeLinear"
    else { return nil }
    return step
  }

  /// `QLinearAdd`.
  static let integerSum: Rule = { step, fusion in
    guard step.node.domain == "com.microsoft", step.node.opType == "QLinearAdd", let a = code(step, 1, 2),
      let b = code(step, 4, 5), let output = code(step, 6, 7)
    else { return nil }
    return Replacement(name: "IntegerSum", inputs: [step.inputs[0], step.inputs[3]]) { call in
      let sum = apply(DequantizeElements(a), try call.tensor(0)) + apply(DequantizeElements(b), try call.tensor(1))
      return [.tensor(apply(QuantizeElements(output), sum))]
    }
  }

  /// Maxima of windows of bytes, and means of whole pictures.
  static let integerPooling: Rule = { step, fusion in
    switch (step.node.domain, step.node.opType) {
    case ("com.microsoft", "QLinearGlobalAveragePool"):
      guard (try? step.node.flag("channels_last")) == false, let input = code(step, 1, 2),
        let output = code(step, 3, 4)
      else { return nil }
      return Replacement(name: "IntegerMean", inputs: [step.inputs[0]]) { call in
        let x = try call.tensor(0)
        guard x.rank == 4 else {
          return try step.kernel(ONNXCall(node: step.node, inputs: step.inputs.map { $0.constant ?? .tensor(x) }))
        }
        let rule = AverageRule(countIncludePad: false, divisor: 0)
        let pool = QuantizedAveragePool(.whole(Array(x.shape[2...])), rule, input: input, output: output)
        return [.tensor(apply(pool, x))]
      }
    case ("", "MaxPool"):
      // Only behind operators whose results are bytes.
      guard step.outputs.dropFirst().allSatisfy({ $0 == nil }), let source = fusion.maker(step.inputs[0], output: 0),
        ["IntegerConvolution", "IntegerSum", "IntegerMaxPool", "QuantizeLinear"].contains(source.node.opType),
        let windows = try? ONNXWindows(step.node, needsKernel: true), let kernel = windows.kernel
      else { return nil }
      return Replacement(name: "IntegerMaxPool", inputs: step.inputs, attributes: step.node.attributes) { call in
        let x = try call.tensor(0)
        guard x.rank == 4, x.dtype == .uint8 || x.dtype == .int8, !windows.ceils else { return try step.kernel(call) }
        let laid = try windows.laid(on: Array(x.shape[2...]), kernel: kernel)
        guard laid.isSymmetric, laid.before.allSatisfy({ $0 >= 0 }) else { return try step.kernel(call) }
        var window = PoolWindow.whole(kernel)
        (window.stride, window.padding, window.dilation) = (laid.strides, laid.before, laid.dilations)
        return [.tensor(apply(QuantizedMaxPool(window), x))]
      }
    default: return nil
    }
  }
}

extension ONNXGraph {
  /// Whether it has products of bytes, other than as pairs of QuantizeLinear and DequantizeLinear.
  var hasIntegerLayers: Bool {
    steps.contains { step in
      switch step.node.opType {
      case "QLinearConv", "QLinearMatMul", "MatMulInteger", "ConvInteger": step.node.domain.isEmpty
      case "QGemm", "DynamicQuantizeMatMul": step.node.domain == "com.microsoft"
      default: false
      }
    }
  }
}
