import ApusCore
import ApusFormats
import ApusFunctional

/// Windows that move over pictures `[batch, height, width, channels]`.
struct TFLiteWindows: Sendable {
  /// Whether the result has the input's size divided by the strides; else windows lie wholly on the picture.
  let isSame: Bool
  let strides: [Int]
  let dilations: [Int]

  init(_ node: TFLiteNode, dilations: (height: Int, width: Int)? = nil) throws(TensorError) {
    let mode = try node.byte(0)
    guard mode == 0 || mode == 1 else {
      throw TensorError(.unsupported, "", "the margin of number \(mode) is not known")
    }
    isSame = mode == 0
    strides = [try node.positive(2, "the vertical stride"), try node.positive(1, "the horizontal stride")]
    self.dilations =
      if let dilations {
        [
          try node.positive(dilations.height, default: 1, "the vertical dilation"),
          try node.positive(dilations.width, default: 1, "the horizontal dilation"),
        ]
      } else { [1, 1] }
  }

  /// The margins before and behind the rows and columns of a picture.
  func margins(_ sizes: [Int], _ kernel: [Int]) -> (before: [Int], after: [Int]) {
    var (before, after) = ([0, 0], [0, 0])
    if isSame {
      for d in 0..<2 {
        let count = (sizes[d] + strides[d] - 1) / strides[d]
        let total = Swift.max(0, (count - 1) * strides[d] + (kernel[d] - 1) * dilations[d] + 1 - sizes[d])
        before[d] = total / 2
        after[d] = total - before[d]
      }
    }
    return (before, after)
  }

  /// The picture as `[batch, channels, height, width]` with its margins filled, and those that the operation may add itself.
  /// - Parameter channels: how many the result has, if not those of the picture.
  /// - Throws: where the margins or the result need too much memory.
  func laid(
    _ picture: Tensor, _ kernel: [Int], channels: Int? = nil, filler: Double = 0, fillsAll: Bool = false
  ) throws(TensorError) -> (picture: Tensor, margins: [Int]) {
    let x = picture.permute([0, 3, 1, 2])
    let (before, after) = margins([x.shape[2], x.shape[3]], kernel)
    let sizes = (0..<2).map { x.shape[2 + $0] + before[$0] + after[$0] }
    try ResultMemory.require([x.shape[0], x.shape[1]] + sizes, x.dtype)
    let results = (0..<2).map { (d: Int) -> Int in
      let reach = (kernel[d] - 1) * dilations[d] + 1
      return max(0, sizes[d] - reach) / strides[d] + 1
    }
    try ResultMemory.require([x.shape[0], channels ?? x.shape[1]] + results, x.dtype)
    if before == after, !fillsAll { return (x, before) }
    return (x.pad([before[1], after[1], before[0], after[0]], value: filler), [0, 0])
  }
}

extension TFLiteOperator {
  /// Convolutions and pooling.
  static let windows: [TFLiteOperator] = [
    TFLiteOperator(3, "CONV_2D") { node in
      let windows = try TFLiteWindows(node, dilations: (5, 4))
      let activate = try node.activation(3)
      let isHybrid = node.isHybrid
      return { call in
        let (x, weight) = (try call.picture(0), try call.picture(1))
        let channels = weight.shape[3]
        guard channels > 0, x.shape[3] % channels == 0 else {
          throw TensorError(.shape, "", "\(x.shape) has channels that do not go with the weight \(weight.shape)")
        }
        let kernel = [weight.shape[1], weight.shape[2]]
        // A kernel of one pixel is a product of matrices, in which each pixel has steps of its own.
        let isProduct = kernel == [1, 1] && windows.strides == [1, 1]
        let (picture, margins) = try windows.laid(
          isHybrid ? x.onSteps(from: isProduct ? 3 : 1) : x, kernel, channels: weight.shape[0])
        let y = convolution(
          2, picture, weight.permute([0, 3, 1, 2]), call.optional(2), stride: windows.strides,
          padding: .each(margins), dilation: windows.dilations, groups: x.shape[3] / channels)
        return [activate(y.permute([0, 2, 3, 1]))]
      }
    },
    TFLiteOperator(4, "DEPTHWISE_CONV_2D") { node in
      let windows = try TFLiteWindows(node, dilations: (6, 5))
      let activate = try node.activation(4)
      let isHybrid = node.isHybrid
      return { call in
        let (x, weight) = (try call.picture(0), try call.picture(1))
        guard x.shape[3] > 0, weight.shape[3] % x.shape[3] == 0 else {
          throw TensorError(.shape, "", "\(x.shape) has channels that do not go with the weight \(weight.shape)")
        }
        let (picture, margins) = try windows.laid(
          isHybrid ? x.onSteps() : x, [weight.shape[1], weight.shape[2]], channels: weight.shape[3])
        // [1, height, width, channels] becomes a group for each input channel.
        let y = convolution(
          2, picture, weight.permute([3, 0, 1, 2]), call.optional(2), stride: windows.strides,
          padding: .each(margins), dilation: windows.dilations, groups: x.shape[3])
        return [activate(y.permute([0, 2, 3, 1]))]
      }
    },
    TFLiteOperator(67, "TRANSPOSE_CONV") { node in
      let windows = try TFLiteWindows(node)
      let activate = try node.activation(3)
      return { call in
        let (weight, x) = (try call.picture(1), try call.picture(2))
        let sizes = try call.ints(0)
        guard sizes.count == 4, sizes[1...2].allSatisfy({ $0 > 0 }) else {
          throw TensorError(.shape, "", "the shape of the result is given as \(sizes)")
        }
        let kernel = [weight.shape[1], weight.shape[2]]
        let reach = (0..<2).map { x.shape[1 + $0].clampedMultiplying(windows.strides[$0]).clampedAdding(kernel[$0]) }
        try ResultMemory.require([x.shape[0], weight.shape[0]] + reach, x.dtype)
        try ResultMemory.require([x.shape[0], weight.shape[0], sizes[1], sizes[2]], x.dtype)
        let whole = transposedConvolution(
          2, x.permute([0, 3, 1, 2]), weight.permute([3, 0, 1, 2]), nil, stride: windows.strides, padding: [0, 0],
          outputPadding: [0, 0], groups: 1, dilation: [1, 1])
        // The margins are those of the convolution that leads back from the result to the input.
        let before = windows.margins([sizes[1], sizes[2]], kernel).before
        let cut = whole.pad([
          -before[1], sizes[2] + before[1] - whole.shape[3], -before[0], sizes[1] + before[0] - whole.shape[2],
        ])
        let y = cut.permute([0, 2, 3, 1])
        return [activate(call.optional(3).map { y + $0 } ?? y)]
      }
    },
    TFLiteOperator(17, "MAX_POOL_2D") { node in
      let windows = try TFLiteWindows(node)
      let kernel = [try node.positive(4, "the height of windows"), try node.positive(3, "the width of windows")]
      let activate = try node.activation(5)
      return { call in
        let (picture, margins) = try windows.laid(try call.picture(0), kernel, filler: -.infinity)
        let y = maxPool2d(
          picture, (kernel[0], kernel[1]), stride: (windows.strides[0], windows.strides[1]),
          padding: (margins[0], margins[1]))
        return [activate(y.permute([0, 2, 3, 1]))]
      }
    },
    TFLiteOperator(1, "AVERAGE_POOL_2D") { node in
      let windows = try TFLiteWindows(node)
      let kernel = [try node.positive(4, "the height of windows"), try node.positive(3, "the width of windows")]
      let activate = try node.activation(5)
      return { call in
        let x = try call.picture(0)
        // Only what lies on the picture counts.
        func mean(_ x: Tensor) throws(TensorError) -> Tensor {
          let padded = try windows.laid(x, kernel, fillsAll: true).picture
          return avgPool2d(padded, (kernel[0], kernel[1]), stride: (windows.strides[0], windows.strides[1]))
        }
        let y = windows.isSame ? try mean(x) / mean(onesLike(x)) : try mean(x)
        return [activate(y.permute([0, 2, 3, 1]))]
      }
    },
    TFLiteOperator(9, "FULLY_CONNECTED") { node in
      let activate = try node.activation(0)
      guard try node.byte(1) == 0 else {
        throw TensorError(.unsupported, "", "weights in an order of their own are not read")
      }
      let keepsDimensions = try node.flag(2)
      let isHybrid = node.isHybrid
      return { call in
        let (x, weight) = (try call.tensor(0), try call.tensor(1))
        guard weight.rank == 2, weight.shape[1] > 0 else {
          throw TensorError(.shape, "", "the weight is \(weight.shape)")
        }
        let rows = keepsDimensions ? x : x.reshape([-1, weight.shape[1]])
        try ResultMemory.require([rows.count / weight.shape[1], weight.shape[0]], .float32)
        return [activate(linear(isHybrid ? rows.onSteps() : rows, weight, call.optional(2)))]
      }
    },
    TFLiteOperator(126, "BATCH_MATMUL") { node in
      let (flipsFirst, flipsSecond) = (try node.flag(0), try node.flag(1))
      return { call in
        let (a, b) = (try call.tensor(0), try call.tensor(1))
        guard a.rank >= 2, b.rank >= 2, let batches = broadcastShapes(a.shape.dropLast(2), b.shape.dropLast(2)) else {
          throw TensorError(.shape, "", "\(a.shape) and \(b.shape) are no batches of matrices that go together")
        }
        let rows = a.shape[a.rank - (flipsFirst ? 1 : 2)]
        try ResultMemory.require(batches + [rows, b.shape[b.rank - (flipsSecond ? 2 : 1)]], a.dtype)
        return [matmul(flipsFirst ? a.transpose(-2, -1) : a, flipsSecond ? b.transpose(-2, -1) : b)]
      }
    },
  ]
}

extension TFLiteNode {
  /// Whether numbers of floating point meet weights of 8 bits.
  var isHybrid: Bool {
    guard let x = input(0), let weight = input(1) else { return false }
    return x.element == .float32 && (weight.element == .int8 || weight.element == .uint8) && weight.quantisation != nil
  }
}
