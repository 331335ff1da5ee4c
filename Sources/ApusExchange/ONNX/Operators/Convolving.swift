import ApusCore
import ApusFormats
import ApusFunctional

extension ONNXOperator {
  /// Convolutions.
  static let convolving: [ONNXOperator] = [
    ONNXOperator("Conv", inputs: 2...3) { node in
      let windows = try ONNXWindows(node)
      let groups = try node.int("group", default: 1)
      return { call in
        [.tensor(try convolved(try call.tensor(0), try call.tensor(1), try call.optionalTensor(2), windows, groups))]
      }
    },
    ONNXOperator("ConvTranspose", inputs: 2...3) { node in
      let windows = try ONNXWindows(node)
      let groups = try node.int("group", default: 1)
      let extra = try node.sizes("output_padding", least: 0)
      let shape = try node.sizes("output_shape", least: 0)
      return { call in
        let (x, weight, bias) = (try call.tensor(0), try call.tensor(1), try call.optionalTensor(2))
        return [.tensor(try transposed(x, weight, bias, windows, groups, extra, shape))]
      }
    },
  ]

  /// The convolution of `[N, C, ...]` with `[O, C / groups, ...]`.
  static func convolved(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ windows: ONNXWindows, _ groups: Int
  ) throws(TensorError) -> Tensor {
    let rank = x.rank - 2
    guard (1...3).contains(rank), weight.rank == x.rank else {
      throw TensorError(
        .shape, "",
        "inputs of 1 to 3 spatial dimensions are possible, and found \(x.shape) and a weight \(weight.shape)")
    }
    let laid = try windows.laid(on: Array(x.shape[2...]), kernel: Array(weight.shape[2...]))
    let isPlain = laid.isSymmetric && laid.before.allSatisfy { $0 >= 0 }
    return convolution(
      rank, isPlain ? x : laid.padded(x, .float(0)), weight, bias, stride: laid.strides,
      padding: isPlain ? .each(laid.before) : .none, dilation: laid.dilations, groups: groups)
  }

  private static func transposed(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ windows: ONNXWindows, _ groups: Int, _ extra: [Int]?,
    _ shape: [Int]?
  ) throws(TensorError) -> Tensor {
    let rank = x.rank - 2
    guard (1...3).contains(rank), weight.rank == x.rank else {
      throw TensorError(
        .shape, "",
        "inputs of 1 to 3 spatial dimensions are possible, and found \(x.shape) and a weight \(weight.shape)")
    }
    let (sizes, kernel) = (Array(x.shape[2...]), Array(weight.shape[2...]))
    func each(_ numbers: [Int]?, _ standard: Int, _ name: String) throws(TensorError) -> [Int] {
      guard let numbers else { return [Int](repeating: standard, count: rank) }
      // Some models give the whole shape.
      let own = name == "output_shape" && numbers.count == rank + 2 ? Array(numbers[2...]) : numbers
      guard own.count == rank else {
        throw TensorError(.shape, "", "the attribute '\(name)' is \(numbers), and there are \(rank) spatial dimensions")
      }
      return own
    }
    let strides = try each(windows.strides, 1, "strides")
    let dilations = try each(windows.dilations, 1, "dilations")
    let extra = try each(extra, 0, "output_padding")
    var full = [Int](repeating: 0, count: rank)
    for d in 0..<rank { full[d] = strides[d] * (sizes[d] - 1) + (kernel[d] - 1) * dilations[d] + 1 }
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    let isSame = windows.automatic.hasPrefix("SAME")
    if shape != nil || isSame {
      let asked = try each(shape ?? (0..<rank).map { sizes[$0] * strides[$0] }, 0, "output_shape")
      for d in 0..<rank {
        let total = full[d] + extra[d] - asked[d]
        // Of an odd number the larger half is at the end, unless the lower end is asked for.
        let half: Int = total / 2
        before[d] = windows.automatic == "SAME_LOWER" ? total - half : half
        after[d] = total - before[d]
      }
    } else if windows.automatic == "NOTSET", let pads = windows.pads {
      guard pads.count == 2 * rank else {
        throw TensorError(.shape, "", "the attribute 'pads' is \(pads), and there are \(rank) spatial dimensions")
      }
      (before, after) = (Array(pads[..<rank]), Array(pads[rank...]))
    }
    let isPlain = (0..<rank).allSatisfy {
      before[$0] == after[$0] && before[$0] >= 0 && extra[$0] < max(strides[$0], dilations[$0])
    }
    if isPlain {
      return transposedConvolution(
        rank, x, weight, bias, stride: strides, padding: before, outputPadding: extra, groups: groups,
        dilation: dilations)
    }
    let zero = [Int](repeating: 0, count: rank)
    let whole = transposedConvolution(
      rank, x, weight, nil, stride: strides, padding: zero, outputPadding: zero, groups: groups, dilation: dilations)
    var margins: [Int] = []
    for d in (0..<rank).reversed() { margins += [-before[d], extra[d] - after[d]] }
    let cut = whole.pad(margins)
    return bias.map { cut + $0.reshape([$0.count] + [Int](repeating: 1, count: rank)) } ?? cut
  }
}
