import ApusCore

// Convolutions of images in programs of C: as products of windows, row by row for single channels, and by Winograd's minimal
// filtering where the filters are known.

/// The C of a convolution of float32 in one or two dimensions.
struct ConvolutionProgram {
  let text: String

  /// How many bytes of windows are multiplied with some filters at a time: what a cache of the second level holds.
  private static let windowBytes = 1 << 19

  /// Nil where general loops serve. With `isTransformed` the filters are those of ``WinogradProduct``.
  init?(
    _ settings: ConvolutionSettings, _ epilogue: Epilogue, _ inputs: [CArray], _ outputs: [CArray],
    isTransformed: Bool = false, filters: Int? = nil
  ) {
    let (weight, y) = (inputs[1], outputs[0])
    let rank = settings.stride.count
    guard rank <= 2, inputs.allSatisfy({ $0.type.dtype == .float32 }), y.type.count > 0,
      y.strides == rowMajorStrides(y.type.shape)
    else { return nil }
    let x = cRowMajor(inputs[0])
    let w = cRowMajor(weight, after: x.bytes)
    let shift = inputs.count == 3 ? cRowMajor(inputs[2], after: w.bytes) : (text: "", name: "0", bytes: w.bytes)
    func both(_ values: [Int], _ first: Int) -> [Int] { rank == 1 ? [first] + values : values }
    let shape = inputs[0].type.shape
    let (image, result) = (both(Array(shape[2...]), 1), both(Array(y.type.shape[2...]), 1))
    let kernel = isTransformed ? [3, 3] : both(Array(weight.type.shape[2...]), 1)
    let steps = [both(settings.stride, 1), both(settings.padding, 0), both(settings.dilation, 1)].joined()
    let outChannels = filters ?? weight.type.shape[0]
    let numbers = [shape[0], shape[1]] + image + [outChannels, settings.groups] + kernel + steps + result
    let sizes = "const apus_conv sizes = {\(numbers.map(String.init).joined(separator: ", "))};"
    let relu = epilogue == .relu ? 1 : 0
    let depth = shape[1] / settings.groups * kernel[0] * kernel[1]
    let call: String
    /// Scratch memory of each thread, and how many floats that is.
    func room(_ floats: Int) -> String {
      let whole = (floats + 15) / 16 * 16
      return "\(cThreadScratch(4 * whole)), \(whole)"
    }
    let operands = "team, &sizes, \(x.name), \(w.name), \(shift.name), \(y.name), \(relu)"
    // The part of the image with its padding that windows see, with as many columns for each step.
    let height: Int = (result[0] - 1) * numbers[8] + (kernel[0] - 1) * numbers[12] + 1
    let width: Int = (result[1] + (kernel[1] - 1) * numbers[13] / numbers[9]) * numbers[9]
    if isTransformed {
      let (rows, columns) = ((result[0] + 1) / 2, (result[1] + 1) / 2)
      let image: Int = shape[1] * (2 * rows + 2) * (2 * columns + 2)
      let floats: Int = image + 512 * (shape[1] + outChannels)
      call = "apus_winograd(\(operands), \(room(floats)));"
    } else if settings.groups == shape[1] {
      call = "apus_convolve_depthwise(\(operands), \(room(height * width + 32)));"
    } else {
      let panels = (result[0] * result[1] + 31) / 32
      let count = min(panels, max(1, min(8, Self.windowBytes / (128 * depth))))
      let floats = 32 * (depth * count + 1)
      let liesAsNeeded =
        numbers[9] == 1 && numbers[10] == 0 && numbers[11] == 0 && height <= image[0] && width <= image[1]
      let padded: Int = liesAsNeeded ? 0 : shape[1] / settings.groups * height * width
      call = "apus_convolve(\(operands), \(room(floats + padded)), \(count), \(liesAsNeeded ? 0 : 1));"
    }
    text = "\(x.text)\(w.text)\(shift.text)\(sizes)\n\(call)\n\(cEpilogue(epilogue, y))"
  }
}

extension ConvolutionForward: ScalesWithWeight {
  package var weightInput: Int { 1 }
  package var biasInput: Int { 2 }
  package var channelDimension: Int { 1 }
}

extension ConvolutionForward: CPreparation {
  package func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    guard inputs.allSatisfy({ $0.dtype == .float32 }), let weight = known[1], settings.stride == [1, 1],
      settings.dilation == [1, 1], settings.groups == 1, weight.shape[2...] == [3, 3],
      weight.shape[0] >= 16, weight.shape[1] >= 16
    else { return nil }
    let result = settings.outputShape(inputs[0].shape, weight.shape)
    // Few tiles leave most of a panel empty.
    guard (result[2] + 1) / 2 * ((result[3] + 1) / 2) >= 24 else { return nil }
    let transformed = noGrad { () -> Tensor in
      let g = Tensor([1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1] as [Double], shape: [4, 3], dtype: .float64)
      let wide = weight.to(.float64)
      let filters = matmul(matmul(g, wide), g.mT)
      return filters.permute([2, 3, 0, 1]).reshape([16, weight.shape[0], weight.shape[1]]).to(.float32).contiguous()
    }
    if transformed.hasFailed { return nil }
    return CPrepared(WinogradProduct(settings: settings, epilogue: epilogue), operands: [1: transformed])
  }
}

/// ``ConvolutionForward`` with transformed filters `[16, O, C]`, in programs of C only.
private struct WinogradProduct: Primitive, Hashable {
  let settings: ConvolutionSettings
  let epilogue: Epilogue
  var name: String { ConvolutionForward(settings: settings, epilogue: epilogue).name }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let weight = [inputs[1].shape[1], inputs[1].shape[2], 3, 3]
    return [TensorType(settings.outputShape(inputs[0].shape, weight), inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    throw TensorError(.unsupported, name, "transformed filters are read by programs of C only")
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    ConvolutionProgram(
      settings, epilogue, inputs, outputs, isTransformed: true, filters: inputs[1].type.shape[1])?.text
  }
}
