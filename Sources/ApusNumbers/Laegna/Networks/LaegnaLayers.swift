import ApusCore
import ApusFunctional
import ApusNN
import CNumbers

// Layers of networks that compute with integers only: inputs, weights and results are Laegna numbers, sums are wide.

/// A layer of products by a weight of Laegna numbers: sums of integers, a bias, one multiplication and a shift.
///
/// z = (Σ x w + bias) · multiplier / 2^shift to the nearest, ties to even, cut to the range of the output. Without an output format the
/// results are wide integers (int32).
public class LaegnaWeightedLayer: Layer, @unchecked Sendable {
  public let state = ModuleState()
  /// The Laegna numbers: `[outFeatures, inFeatures]`, or `[outChannels, inChannels / groups, height, width]`.
  @Changeable public var weight: Tensor
  /// For each output channel, in units of the products: int64.
  @Changeable public var bias: Tensor
  /// What sums are multiplied by, for each output channel: int64, of at most 31 bits.
  @Changeable public var multiplier: Tensor
  /// And shifted right by then.
  @Changeable public var shift: Tensor
  /// The format of inputs and weights.
  public let format: LaegnaFormat
  /// The format of results; nil: wide integers.
  public let outputFormat: LaegnaFormat?
  /// Whether negative results become U.
  public let isRectified: Bool
  /// What one step of the results stands for.
  public let outputStep: Double
  /// What one step of the weights stands for, for each output channel.
  public let weightSteps: [Double]
  /// Products in a sum.
  let depth: Int

  init(_ source: LaegnaTrainingLayer, output: (format: LaegnaFormat, step: Double)?, isRectified: Bool)
    throws(TensorError)
  {
    format = source.format
    self.isRectified = isRectified
    let integers = source.weightIntegers
    let inputStep = Double(source.usedInputStep.detach().item(as: Float.self))
    weightSteps = source.usedWeightStep.detach().array(as: Float.self).map { Double($0) }
    let steps = weightSteps.map { $0 * inputStep }
    outputFormat = output?.format
    depth = integers.count / max(1, integers.size(0))
    let shifts = source.biasIntegers?.array(as: Double.self) ?? [Double](repeating: 0, count: weightSteps.count)
    let most = Double(depth) * Double(format.limit) * Double(format.limit) + (shifts.map { $0.magnitude }.max() ?? 0)
    guard most < 0x1p50 else {
      throw TensorError(
        .value, "Quantize", "sums of \(depth) products and a bias of up to \(most) do not fit the integers of \(format)"
      )
    }
    outputStep = output?.step ?? Self.wideStep(steps, most)
    let bits = min(31, 62 - Int(most.rounded(.up)).bitWidth + Int(most.rounded(.up)).leadingZeroBitCount)
    var (multipliers, places): ([Int], [Int]) = ([], [])
    for step in steps {
      let factor = step / outputStep
      let exponent = factor.isZero ? 0 : Int(factor.exponent) + 1
      let place = bits - exponent
      guard factor.isFinite, (0...62).contains(place) else {
        throw TensorError(
          .value, "Quantize", "products that are \(factor) steps of the result cannot be brought to it by integers")
      }
      multipliers.append(Int((factor * Double(sign: .plus, exponent: place, significand: 1)).rounded()))
      places.append(place)
    }
    weight = buffer(format.elements(integers))
    bias = buffer(Tensor(shifts.map { Int($0) }))
    multiplier = buffer(Tensor(multipliers))
    shift = buffer(Tensor(places))
  }

  /// A step for wide results: 1/256 of the finest of `steps`, so that rounding changes no order that is worth keeping, or as fine as
  /// sums of up to `most` of these steps fit in 30 bits.
  private static func wideStep(_ steps: [Double], _ most: Double) -> Double {
    guard let finest = steps.min(), let coarsest = steps.max() else { return 1 }
    let room = Int((0x1p29 / max(1, most * coarsest / finest)).exponent)
    return finest * Double(sign: .plus, exponent: -min(8, room), significand: 1)
  }

  public func forward(_ x: Tensor) -> Tensor { x }

  /// What the loops take as the format of results.
  var output: cn_laegna {
    guard let outputFormat else {
      let most = Int64(1) << 30
      return cn_laegna(bytes: 4, fraction: 0, low: isRectified ? 0 : -most, limit: most)
    }
    var t = outputFormat.c
    if isRectified { t.low = 0 }
    return t
  }

  var outputType: DType { outputFormat?.dtype ?? .int32 }

  /// Calls `body` with a function that multiplies the weights of one of `groups` of channels by a packed panel of inputs. It puts
  /// that of channel i and column j at place i · `row` + j · `column` of the target.
  func withProduct(
    groups: Int = 1,
    _ body: (
      _ multiply: (
        _ panel: UnsafePointer<Int16>, _ columns: Int, _ group: Int, _ target: UnsafeMutableRawPointer, _ row: Int,
        _ column: Int
      ) -> Void
    ) -> Void
  ) {
    let height = Int(CN_LAEGNA_ROWS)
    let (channels, size, rowSize) = (weight.size(0) / groups, outputType.size, cn_laegna_group_size(depth))
    let parts = (channels + height - 1) / height
    let packed = UnsafeMutablePointer<Int16>.allocate(capacity: max(1, groups * parts * rowSize))
    defer { packed.deallocate() }
    let weights = weight.contiguousBody()
    for part in 0..<groups * parts {
      let first = part / parts * channels + part % parts * height
      cn_laegna_pack_rows(
        format.c, packed + part * rowSize, weights.data + first * depth * format.bytes, depth, 1,
        min(height, channels - part % parts * height), depth)
    }
    let numbers = numbers
    numbers.bias.withUnsafeBufferPointer { bias in
      numbers.multiplier.withUnsafeBufferPointer { multiplier in
        numbers.shift.withUnsafeBufferPointer { shift in
          let layer = cn_laegna_layer(
            output: output, most: Int(Int32.max) / (2 * format.limit * format.limit), bias: bias.baseAddress,
            multiplier: multiplier.baseAddress, shift: shift.baseAddress)
          body { panel, columns, group, target, row, column in
            var layer = layer
            let first = group * channels
            cn_laegna_layer_panel(
              &layer, target + first * row * size, row, column, packed + group * parts * rowSize, panel, first,
              channels,
              columns, depth)
          }
        }
      }
    }
  }

  var numbers: (bias: [Int64], multiplier: [Int64], shift: [Int64]) {
    (bias.array(as: Int64.self), multiplier.array(as: Int64.self), shift.array(as: Int64.self))
  }

  func check(_ x: Tensor, _ isFitting: Bool, _ shape: String) throws(TensorError) {
    guard x.dtype == format.dtype, isFitting else {
      throw TensorError(
        .shape, Self.typeName, "needs a tensor of \(format.dtype) and shape \(shape), and found \(x.dtype) \(x.shape)")
    }
  }

  public var extraRepresentation: String {
    "\(weight.shape), \(format), result=\(outputFormat.map { "\($0)" } ?? "int32")\(isRectified ? ", relu" : "")"
  }
}

/// x @ weight^T + bias with integers only: Laegna numbers `[..., inFeatures]` to `[..., outFeatures]`. Made of a trained layer by
/// ``Quantize/laegna(trained:)``.
public final class LaegnaLinear: LaegnaWeightedLayer, @unchecked Sendable {
  public override func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      try check(x, x.shape.last == depth, "[..., \(depth)]")
      let channels = weight.size(0)
      let result = Tensor.uninitialized(x.shape.dropLast() + [channels], outputType)
      let (source, target) = (x.contiguousBody(), result.body)
      let (size, outputSize, width) = (format.bytes, outputType.size, Int(CN_LAEGNA_COLUMNS))
      withExtendedLifetime((source, target)) {
        let (from, to) = (source.data, target.data)
        withProduct { multiply in
          parallelFor(x.count / max(1, depth), grain: max(width, 65536 / max(1, depth * channels))) { range in
            withUnsafeTemporaryAllocation(of: Int16.self, capacity: max(1, cn_laegna_panel_size(depth))) { scratch in
              guard let panel = scratch.baseAddress else { return }
              for first in stride(from: range.lowerBound, to: range.upperBound, by: width) {
                let count = min(width, range.upperBound - first)
                cn_laegna_pack_columns(format.c, panel, from + first * depth * size, 1, depth, count, depth)
                multiply(panel, count, 0, to + first * channels * outputSize, 1, channels)
              }
            }
          }
        }
      }
      return result
    }
  }
}

/// Convolution of images with integers only: Laegna numbers `[N, C, H, W]` to such. Made of a trained layer by
/// ``Quantize/laegna(trained:)``.
public final class LaegnaConv2d: LaegnaWeightedLayer, @unchecked Sendable {
  /// The kernel's height and width, its steps, its margins at both ends, and how far its elements are apart.
  public let kernelSize: [Int], stride: [Int], padding: [Int], dilation: [Int]
  /// Parts of the channels that see nothing of each other.
  public let groups: Int

  init(
    _ source: LaegnaTrainingLayer, _ layer: Conv2d, output: (format: LaegnaFormat, step: Double)?, isRectified: Bool
  ) throws(TensorError) {
    func two(_ sizes: [Int]) -> [Int] { sizes.count == 1 ? [sizes[0], sizes[0]] : sizes }
    (kernelSize, stride, dilation, groups) = (layer.kernelSize, two(layer.stride), two(layer.dilation), layer.groups)
    let margins: [Int]? =
      switch layer.padding {
      case .none: [0, 0]
      case .each(let sizes): two(sizes)
      case .keepSize:
        zip(dilation, kernelSize).allSatisfy { $0 * ($1 - 1) % 2 == 0 }
          ? zip(dilation, kernelSize).map { $0 * ($1 - 1) / 2 } : nil
      }
    guard let margins, layer.paddingMode == .constant else {
      throw TensorError(
        .value, "Quantize",
        "a convolution with other margins than as many zeros at both ends is not converted: \(layer)")
    }
    padding = margins
    try super.init(source, output: output, isRectified: isRectified)
  }

  /// The windows of images of this height and width.
  func window(_ channels: Int, _ height: Int, _ width: Int) -> cn_laegna_window {
    laegnaWindow(channels, height, width, kernelSize, stride, padding, dilation)
  }

  public override func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      let perGroup = weight.size(1)
      try check(x, x.rank == 4 && x.shape[1] == perGroup * groups, "[N, \(perGroup * groups), H, W]")
      let channels = weight.size(0)
      var window = window(perGroup, x.size(2), x.size(3))
      let (height, width) = (Int(window.out_height), Int(window.out_width))
      guard height > 0, width > 0 else {
        throw TensorError(.shape, "LaegnaConv2d", "images of \(x.shape) are smaller than the kernel of \(kernelSize)")
      }
      let result = Tensor.uninitialized([x.size(0), channels, height, width], outputType)
      let (source, target) = (x.contiguousBody(), result.body)
      let (size, outputSize, places) = (format.bytes, outputType.size, height * width)
      let (image, plane) = (x.count / max(1, x.size(0)), perGroup * x.size(2) * x.size(3))
      let (columns, panelSize) = (Int(CN_LAEGNA_COLUMNS), cn_laegna_panel_size(depth))
      let (panels, paddedSize) = ((places + columns - 1) / columns, cn_laegna_padded_size(&window))
      withExtendedLifetime((source, target)) {
        let (from, to) = (source.data, target.data)
        withProduct(groups: groups) { multiply in
          parallelFor(x.size(0), grain: max(1, 32768 / max(1, places * depth))) { range in
            withUnsafeTemporaryAllocation(of: Int16.self, capacity: panels * panelSize + paddedSize) { scratch in
              guard let packed = scratch.baseAddress else { return }
              let padded = packed + panels * panelSize
              for i in range {
                for g in 0..<groups {
                  cn_laegna_pad(format.c, padded, from + (i * image + g * plane) * size, &window)
                  cn_laegna_pack_places(packed, padded, &window)
                  for j in 0..<panels {
                    let target = to + (i * channels * places + j * columns) * outputSize
                    multiply(packed + j * panelSize, min(columns, places - j * columns), g, target, places, 1)
                  }
                }
              }
            }
          }
        }
      }
      return result
    }
  }
}

/// The greatest number of every window of images of Laegna numbers.
public final class LaegnaMaxPool2d: Layer {
  public let state = ModuleState()
  /// The window's height and width, its steps, its margins, and how far its elements are apart.
  public let kernelSize: [Int], stride: [Int], padding: [Int], dilation: [Int]

  init(_ pool: MaxPool2d) throws(TensorError) {
    func two(_ sizes: [Int], _ usual: [Int]) -> [Int] {
      sizes.isEmpty ? usual : sizes.count == 1 ? [sizes[0], sizes[0]] : sizes
    }
    kernelSize = two(pool.kernelSize, [1, 1])
    (stride, padding, dilation) = (
      two(pool.stride, kernelSize), two(pool.padding, [0, 0]), two(pool.dilation, [1, 1])
    )
    guard !pool.ceilMode, !pool.returnIndices else {
      throw TensorError(.value, "Quantize", "pooling with ceilMode or returnIndices is not converted")
    }
  }

  func window(_ channels: Int, _ height: Int, _ width: Int) -> cn_laegna_window {
    laegnaWindow(channels, height, width, kernelSize, stride, padding, dilation)
  }

  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard let format = LaegnaFormat(x.dtype), x.rank == 4 else {
        throw TensorError(
          .dtype, "LaegnaMaxPool2d", "needs images [N, C, H, W] of Laegna numbers, and found \(x.dtype) \(x.shape)")
      }
      var window = window(x.size(1), x.size(2), x.size(3))
      guard window.out_height > 0, window.out_width > 0 else {
        throw TensorError(
          .shape, "LaegnaMaxPool2d", "images of \(x.shape) are smaller than the window of \(kernelSize)")
      }
      let result = Tensor.uninitialized([x.size(0), x.size(1), Int(window.out_height), Int(window.out_width)], x.dtype)
      let (source, target, size) = (x.contiguousBody(), result.body, format.bytes)
      let (image, output) = (x.count / max(1, x.size(0)) * size, result.count / max(1, x.size(0)) * size)
      withExtendedLifetime((source, target)) {
        let (from, to) = (source.data, target.data)
        parallelFor(x.size(0), grain: max(1, 16384 / max(1, image))) { range in
          for i in range { cn_laegna_max_pool(format.c, to + i * output, from + i * image, &window) }
        }
      }
      return result
    }
  }

  public var extraRepresentation: String { "kernel_size=\(kernelSize), stride=\(stride), padding=\(padding)" }
}

private func laegnaWindow(
  _ channels: Int, _ height: Int, _ width: Int, _ kernel: [Int], _ stride: [Int], _ padding: [Int], _ dilation: [Int]
) -> cn_laegna_window {
  func places(_ size: Int, _ i: Int) -> Int {
    let room = size + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1
    return room < 0 ? 0 : room / stride[i] + 1
  }
  return cn_laegna_window(
    channels: channels, height: height, width: width, out_height: places(height, 0), out_width: places(width, 1),
    kernel_height: kernel[0], kernel_width: kernel[1], stride_height: stride[0], stride_width: stride[1],
    padding_height: padding[0], padding_width: padding[1], dilation_height: dilation[0], dilation_width: dilation[1])
}
