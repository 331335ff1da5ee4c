import ApusCore
import ApusFormats
import ApusFunctional

extension ONNXFusion {
  /// A product with a matrix that is constant, and a bias: a linear layer.
  static let linearLayer: Rule = { step, fusion in
    guard step.node.domain.isEmpty, step.node.opType == "Add", step.inputs.count == 2 else { return nil }
    for (sum, bias) in [(step.inputs[0], step.inputs[1]), (step.inputs[1], step.inputs[0])] {
      guard let product = fusion.maker(sum, "MatMul"), let weight = product.inputs[1].constant?.tensor,
        weight.rank == 2,
        let bias = bias.constant?.tensor, bias.rank == 1, bias.count == weight.shape[1], bias.dtype == weight.dtype,
        weight.dtype.isFloatingPoint
      else { continue }
      let columns = weight.t().contiguous()
      return Replacement(name: "Linear", inputs: [product.inputs[0]]) { call in
        let x = try call.tensor(0)
        return [.tensor(x.rank > 0 && x.dtype == columns.dtype ? linear(x, columns, bias) : matmul(x, weight) + bias)]
      }
    }
    return nil
  }

  /// A convolution followed by numbers for each channel: they go into its weight and bias.
  static let foldedConvolution: Rule = { step, fusion in
    guard step.node.domain.isEmpty, let source = step.inputs.first else { return nil }
    switch step.node.opType {
    case "BatchNormalization":
      guard let conv = fusion.maker(source, "Conv"), step.outputs.dropFirst().allSatisfy({ $0 == nil }),
        step.inputs.count == 5, (try? step.node.flag("training_mode")) == false
      else { return nil }
      let numbers = step.inputs.dropFirst().compactMap { $0.constant?.tensor?.to(.float64) }
      guard numbers.count == 4, let eps = try? step.node.float("epsilon", default: 1e-5) else { return nil }
      let factor = numbers[0] / (numbers[3] + eps).sqrt()
      return fusion.scaled(conv, by: factor, plus: numbers[1] - numbers[2] * factor)
    case "Add", "Mul":
      guard step.inputs.count == 2 else { return nil }
      for (x, other) in [(step.inputs[0], step.inputs[1]), (step.inputs[1], step.inputs[0])] {
        guard let conv = fusion.maker(x, "Conv"), let numbers = other.constant?.tensor, numbers.dtype.isFloatingPoint,
          let weight = conv.inputs[1].constant?.tensor
        else { continue }
        // [C, 1, 1] or [1, C, 1, 1].
        let sizes = numbers.shape.drop { $0 == 1 }
        guard numbers.rank <= weight.rank, numbers.count == weight.shape[0], sizes.first == numbers.count,
          sizes.count == weight.rank - 1
        else { continue }
        let each = numbers.reshape([numbers.count]).to(.float64)
        return step.node.opType == "Add"
          ? fusion.scaled(conv, by: nil, plus: each) : fusion.scaled(conv, by: each, plus: nil)
      }
      return nil
    default: return nil
    }
  }

  /// The convolution with another weight and bias.
  private func scaled(_ conv: ONNXGraph.Step, by factor: Tensor?, plus added: Tensor?) -> Replacement? {
    guard let weight = conv.inputs[1].constant?.tensor, weight.dtype == .float32 || weight.dtype == .float64,
      let windows = try? ONNXWindows(conv.node), let groups = try? conv.node.int("group", default: 1)
    else { return nil }
    var bias: Tensor?
    if conv.inputs.count > 2, case .none = conv.inputs[2] {
    } else if conv.inputs.count > 2 {
      guard let own = conv.inputs[2].constant?.tensor else { return nil }
      bias = own.to(.float64)
    }
    var wide = weight.to(.float64)
    if let factor {
      wide = wide * factor.reshape([factor.count] + [Int](repeating: 1, count: weight.rank - 1))
      bias = bias.map { $0 * factor }
    }
    if let added { bias = bias.map { $0 + added } ?? added }
    let newWeight = wide.to(weight.dtype)
    var inputs: [ONNXGraph.Operand] = [conv.inputs[0], .constant(.tensor(newWeight))]
    if let bias { inputs.append(.constant(.tensor(bias.to(weight.dtype)))) }
    return Replacement(
      name: "Conv", inputs: inputs, attributes: conv.node.attributes
    ) { call in
      [
        .tensor(
          try ONNXOperator.convolved(
            try call.tensor(0), try call.tensor(1), try call.optionalTensor(2), windows, groups))
      ]
    }
  }

  /// Layer normalisation over a dimension, written out with means: `(x - mean) / sqrt(mean of squares + eps)`, and the
  /// weight and bias that follow.
  static let normalisation: Rule = { step, fusion in
    guard step.node.domain.isEmpty, step.node.opType == "Add", step.inputs.count == 2 else { return nil }
    for (scaled, bias) in [(step.inputs[0], step.inputs[1]), (step.inputs[1], step.inputs[0])] {
      guard let bias = bias.constant?.tensor, bias.rank == 1, let product = fusion.maker(scaled, "Mul") else {
        continue
      }
      for (quotient, weight) in [(product.inputs[0], product.inputs[1]), (product.inputs[1], product.inputs[0])] {
        guard let weight = weight.constant?.tensor, weight.shape == bias.shape, weight.dtype == bias.dtype,
          let division = fusion.maker(quotient, "Div"), let (x, eps, axis) = fusion.normalised(division)
        else { continue }
        return Replacement(name: "LayerNormalization", inputs: [x]) { call in
          let x = try call.tensor(0)
          if axis == -1 || axis == x.rank - 1, x.dtype == weight.dtype, x.shape.last == weight.count {
            return [.tensor(layerNorm(x, weight.shape, weight: weight, bias: bias, eps: eps))]
          }
          let centred = x - x.mean([axis], keepDim: true)
          let deviation = ((centred * centred).mean([axis], keepDim: true) + eps).sqrt()
          return [.tensor(centred / deviation * weight + bias)]
        }
      }
    }
    return nil
  }

  private func normalised(_ division: ONNXGraph.Step) -> (ONNXGraph.Operand, Double, Int)? {
    guard let centred = anyMaker(division.inputs[0]), centred.node.opType == "Sub",
      let mean = anyMaker(centred.inputs[1]), let axis = meanAxis(mean), Self.isSame(mean.inputs[0], centred.inputs[0]),
      let root = maker(division.inputs[1], "Sqrt"), let shift = maker(root.inputs[0], "Add"), shift.inputs.count == 2,
      let eps = number(shift.inputs[1]) ?? number(shift.inputs[0]),
      let variance = maker(shift.inputs[0], "ReduceMean") ?? maker(shift.inputs[1], "ReduceMean"),
      meanAxis(variance) == axis
    else { return nil }
    let squares = variance.inputs[0]
    var base: ONNXGraph.Operand?
    if let power = maker(squares, "Pow") {
      base = partner(of: 2, power)
    } else if let product = maker(squares, "Mul"), Self.isSame(product.inputs[0], product.inputs[1]) {
      base = product.inputs[0]
    }
    // Some exporters subtract the mean twice.
    guard let base, let other = anyMaker(base), other.node.opType == "Sub",
      Self.isSame(other.inputs[0], centred.inputs[0]),
      let otherMean = anyMaker(other.inputs[1]), meanAxis(otherMean) == axis,
      Self.isSame(otherMean.inputs[0], centred.inputs[0])
    else { return nil }
    return (centred.inputs[0], eps, axis)
  }

  /// The one dimension that a step takes the mean along.
  private func meanAxis(_ step: ONNXGraph.Step) -> Int? {
    guard step.node.opType == "ReduceMean", (try? step.node.flag("keepdims", default: true)) == true else { return nil }
    let axes =
      (try? step.node.ints("axes"))
      ?? (step.inputs.count > 1 ? step.inputs[1].constant?.tensor?.array(as: Int.self) : nil)
    return axes?.count == 1 ? axes?[0] : nil
  }
}
