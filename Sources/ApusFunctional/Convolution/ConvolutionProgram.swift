import ApusCore

// Convolutions of images in programs of C: as products of windows, row by row for single channels, and by Winograd's minimal
// filtering where the filters are known.

/// The order in which the filters `[O, C, h, w]` of a convolution lie for its C.
private enum FilterOrder: Hashable {
  /// As they are.
  case filters
  /// In panels `[O / 32, C h w, 32]`: vectors hold filters, where the pixels are too few to fill them.
  case panels
  /// Transformed by Winograd's minimal filtering, `[16, O, C]`, or in panels `[16, O / 32, C, 32]`.
  case winograd, winogradPanels

  /// The order in which a convolution with known filters is fastest, nil where that is the one that they have.
  ///
  /// Vectors of pixels are filled up to 32 of them, and vectors of filters cost their transposition: about as much as 10 products
  /// for each result.
  init?(_ settings: ConvolutionSettings, _ image: [Int], _ weight: [Int]) {
    guard settings.groups == 1, weight.count <= 4, !weight.contains(0) else { return nil }
    let fillsPanels = weight[0] % 32 == 0
    func isTurned(_ columns: Int, _ depth: Int) -> Bool {
      fillsPanels && columns * (depth + 10) < (columns + 31) / 32 * 32 * depth
    }
    let result = settings.outputShape(image, weight)[2...]
    if weight[2...] == [3, 3], settings.stride == [1, 1], settings.dilation == [1, 1], weight[0] >= 16, weight[1] >= 16
    {
      let tiles = result.reduce(1) { $0 * (($1 + 1) / 2) }
      if isTurned(tiles, weight[1]), tiles >= 8 {
        self = .winogradPanels
        return
      }
      // Few tiles leave most of a panel empty.
      if tiles >= 24 {
        self = .winograd
        return
      }
    }
    guard isTurned(result.reduce(1, *), weight[1...].reduce(1, *)) else { return nil }
    self = .panels
  }

  func callAsFunction(_ weight: Tensor) -> Tensor {
    noGrad {
      let (filters, channels) = (weight.shape[0], weight.shape[1])
      switch self {
      case .filters: return weight
      case .panels: return weight.reshape([filters / 32, 32, -1]).permute([0, 2, 1]).contiguous()
      case .winograd, .winogradPanels:
        let g = Tensor([1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1] as [Double], shape: [4, 3], dtype: .float64)
        let transformed = matmul(matmul(g, weight.to(.float64)), g.mT).permute([2, 3, 0, 1])
        if self == .winograd { return transformed.reshape([16, filters, channels]).to(.float32).contiguous() }
        let panels = transformed.reshape([16, filters / 32, 32, channels]).permute([0, 1, 3, 2])
        return panels.to(.float32).contiguous()
      }
    }
  }
}

/// The C of a convolution of float32 in one or two dimensions.
struct ConvolutionProgram {
  let text: String

  /// How many bytes of windows are multiplied with some filters at a time: what a cache of the second level holds.
  private static let windowBytes = 1 << 19

  /// Nil where general loops serve.
  init?(
    _ settings: ConvolutionSettings, _ epilogue: Epilogue, _ inputs: [CArray], _ outputs: [CArray]
  ) {
    self.init(settings, epilogue, inputs, outputs, inputs[1].type.shape, .filters)
  }

  /// With filters of a shape in an order.
  fileprivate init?(
    _ settings: ConvolutionSettings, _ epilogue: Epilogue, _ inputs: [CArray], _ outputs: [CArray], _ filters: [Int],
    _ order: FilterOrder
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
    var (image, result) = (both(Array(shape[2...]), 1), both(Array(y.type.shape[2...]), 1))
    let kernel = both(Array(filters[2...]), 1)
    let steps = [both(settings.stride, 1), both(settings.padding, 0), both(settings.dilation, 1)]
    let (stride, padding, dilation) = (steps[0], steps[1], steps[2])
    if kernel == [1, 1], stride == [1, 1], image == result {
      // One row, so that windows are seldom parts of two.
      (image, result) = ([1, image[0] * image[1]], [1, result[0] * result[1]])
    }
    let numbers = [shape[0], shape[1]] + image + [filters[0], settings.groups] + kernel + steps.joined() + result
    let depth = shape[1] / settings.groups * kernel[0] * kernel[1]
    // The part of the image with its padding that windows see, with as many columns for each step.
    let height: Int = (result[0] - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1
    let width: Int = (result[1] + (kernel[1] - 1) * dilation[1] / stride[1]) * stride[1]
    let liesAsNeeded = stride[1] == 1 && padding == [0, 0] && height <= image[0] && width <= image[1]
    let padded: Int = liesAsNeeded ? 0 : shape[1] / settings.groups * height * width
    let pixels: Int = result[0] * result[1]
    /// How many panels of windows there are at a time, of so many columns.
    func panelCount(_ columns: Int) -> Int {
      min((pixels + columns - 1) / columns, max(1, min(8, Self.windowBytes / (128 * depth))))
    }
    let (rows, columns) = ((result[0] + 1) / 2, (result[1] + 1) / 2)
    // Scratch memory that threads share, floats of scratch memory of each, the function and what it is told besides.
    var shared = 0
    let room: Int
    let call: String
    switch order {
    case .winogradPanels:
      let blocks = (rows * columns + 63) / 64
      let step = ((rows * columns + blocks - 1) / blocks + 15) / 16 * 16
      shared = 4 * 16 * (shape[1] * step + 32)
      room = max(8 * (2 * rows + 2) * (2 * columns + 2) + 16, 512 * (step + 1))
      let tiles = "(float *)((unsigned char *)\(cScratch(shift.bytes + shared)) + \(shift.bytes))"
      call = "apus_winograd_turned(team, &work, \(tiles));"
    case .winograd:
      room = shape[1] * (2 * rows + 2) * (2 * columns + 2) + 16 + 512 * (shape[1] + filters[0] + 2)
      call = "apus_winograd(team, &work);"
    case .panels:
      let count = panelCount(24)
      room = 32 * (depth * count + 1) + padded
      call = "apus_convolve_turned(team, &work, \(count), \(liesAsNeeded ? 0 : 1));"
    case .filters where settings.groups == shape[1]:
      let lines: Int = result[0] + (kernel[0] - 1) * dilation[0] / stride[0]
      room = lines * stride[0] * width + result[0] * width / stride[1] + 2 * 64
      call = "apus_convolve_depthwise(team, &work);"
    case .filters:
      let count = panelCount(32)
      room = 32 * (depth * count + 1) + padded
      call = "apus_convolve(team, &work, \(count), \(liesAsNeeded ? 0 : 1));"
    }
    let whole = (room + 15) / 16 * 16
    let operands = "\(x.name), \(w.name), \(shift.name), \(y.name), \(cThreadScratch(4 * whole)), \(whole)"
    text = """
      \(x.text)\(w.text)\(shift.text)const apus_conv sizes = {\(numbers.map(String.init).joined(separator: ", "))};
      const apus_conv_work work = {&sizes, \(operands), \(epilogue == .relu ? 1 : 0), 1};
      \(call)
      \(cEpilogue(epilogue, y))
      """
  }
}

extension ConvolutionForward: ScalesWithWeight {
  package var weightInput: Int { 1 }
  package var biasInput: Int { 2 }
  package var channelDimension: Int { 1 }
}

extension ConvolutionForward: CPreparation {
  package func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    guard inputs.allSatisfy({ $0.dtype == .float32 }), let weight = known[1],
      let order = FilterOrder(settings, inputs[0].shape, weight.shape)
    else { return nil }
    let filters = order(weight)
    if filters.hasFailed { return nil }
    let prepared = PreparedConvolution(settings: settings, epilogue: epilogue, filters: weight.shape, order: order)
    return CPrepared(prepared, operands: [1: filters])
  }
}

/// ``ConvolutionForward`` with filters in another order, in programs of C only.
private struct PreparedConvolution: Primitive, Hashable {
  let settings: ConvolutionSettings
  let epilogue: Epilogue
  let filters: [Int]
  let order: FilterOrder
  var name: String { ConvolutionForward(settings: settings, epilogue: epilogue).name }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(settings.outputShape(inputs[0].shape, filters), inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    throw TensorError(.unsupported, name, "filters in the order of C are read by programs of C only")
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    ConvolutionProgram(settings, epilogue, inputs, outputs, filters, order)?.text
  }
}
