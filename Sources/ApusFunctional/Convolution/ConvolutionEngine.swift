import ApusCore
import CKernels

// Runs convolutions and their gradients: oneDNN with channels-last results, or columns and matrix products of our own.

/// The numbers of a convolution of `rank` spatial dimensions, and of the tensors of one call.
struct ConvolutionGeometry {
  let settings: ConvolutionSettings
  let input: [Int]
  let weight: [Int]
  let output: [Int]

  var shape: OneDNN.ConvolutionShape {
    OneDNN.ConvolutionShape(
      batch: input[0], inChannels: input[1], outChannels: weight[0], groups: settings.groups,
      input: Array(input[2...]), kernel: Array(weight[2...]), stride: settings.stride, dilation: settings.dilation,
      padding: settings.padding, paddingAfter: settings.paddingAfter)
  }

  /// oneDNN computes the output's sizes itself: they must be those of this call.
  var isPlain: Bool {
    let sizes = shape.output
    return settings.padding.allSatisfy { $0 >= 0 } && settings.paddingAfter.allSatisfy { $0 >= 0 }
      && (0..<settings.stride.count).allSatisfy { sizes[$0] == output[$0 + 2] }
  }

  private func element(_ dtype: DType) -> OneDNN.Element? {
    guard dtype.isFloatingPoint, isPlain else { return nil }
    return OneDNN.isAvailable ? OneDNN.Element(dtype) : nil
  }

  private func computeType(_ dtype: DType) -> DType {
    dtype.isFloatingPoint ? dtype.accumulateType : .float64
  }

  /// How images that are computed lie: channels last but where nobody but the portable kernels is asked.
  func layout(_ dtype: DType) -> Layout {
    if isEmpty { return .rowMajor }
    let (compute, run) = (computeType(dtype), withoutUnreached ?? self)
    return WinogradConvolution(run, compute) != nil || run.element(compute) != nil ? .channelsLast : .rowMajor
  }

  /// Whether there is nothing to multiply.
  private var isEmpty: Bool { elementCount(input) == 0 || elementCount(output) == 0 || elementCount(weight) == 0 }

  /// `[N, C, ...]` and `[O, C / groups, ...]` give `[N, O, ...]`.
  func forward(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epilogue: Epilogue = .none, into result: Tensor
  ) throws(TensorError) {
    let compute = computeType(x.dtype)
    func widened() throws(TensorError) {
      let added = try bias.map { (bias) throws(TensorError) in Tensor(try bias.dense(compute)) }
      try fill(result, as: compute) { (wide) throws(TensorError) in
        try forward(images(x, compute), Tensor(weight.dense(compute)), added, epilogue, into: wide)
      }
    }
    if epilogue != .none && compute != x.dtype { return try widened() }
    if isEmpty {
      result.fillZero()
      if let bias { result.fill(with: spread(bias)) }
    } else if let (smaller, filters) = try withoutUnreached(weight, beside: x) {
      return try smaller.forward(x, filters, bias, epilogue, into: result)
    } else if let winograd = WinogradConvolution(self, x.dtype) {
      try winograd.forward(x, weight, bias, into: result)
    } else if try forwardByOneDNN(x, weight, bias, epilogue, result) {
      return
    } else if epilogue != .none {
      try forward(x, weight, bias, into: result)
    } else if compute != x.dtype {
      return try widened()
    } else if compute == .float32 {
      try PortableConvolution(self).forward(Float.self, x, weight, bias, into: result)
    } else {
      try PortableConvolution(self).forward(Double.self, x, weight, bias, into: result)
    }
    epilogue.apply(to: result)
  }

  private func forwardByOneDNN(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epilogue: Epilogue, _ result: Tensor
  ) throws(TensorError) -> Bool {
    guard let element = element(x.dtype) else { return false }
    let layout = ImageLayout(of: x.body)
    let source = try x.dense(layout, x.dtype)
    let (kernel, kernelLayout) = try weights(weight)
    let added = try bias?.dense()
    return withExtendedLifetime((source, kernel, added)) {
      OneDNN.convolution(
        element, shape, source: source.data, layout.oneDNN, weights: kernel.data, kernelLayout,
        in: weight.body.keepsForms(beside: x.body) ? kernel : nil,
        bias: added.map { UnsafeRawPointer($0.data) }, destination: result.body.data, .channelsLast,
        epilogue: epilogue)
    }
  }

  /// The gradient of the input from that of the output.
  func inputGradient(_ g: Tensor, _ weight: Tensor, into result: Tensor) throws(TensorError) {
    let compute = computeType(g.dtype)
    if isEmpty {
      result.fillZero()
    } else if let (smaller, filters) = try withoutUnreached(weight, beside: g) {
      try smaller.inputGradient(g, filters, into: result)
    } else if let winograd = WinogradConvolution(self, g.dtype) {
      try winograd.inputGradient(g, weight, into: result)
    } else if try inputGradientByOneDNN(g, weight, result) {
      return
    } else if compute != g.dtype {
      try fill(result, as: compute) { (wide) throws(TensorError) in
        try inputGradient(images(g, compute), Tensor(weight.dense(compute)), into: wide)
      }
    } else if compute == .float32 {
      try PortableConvolution(self).inputGradient(Float.self, g, weight, into: result)
    } else {
      try PortableConvolution(self).inputGradient(Double.self, g, weight, into: result)
    }
  }

  private func inputGradientByOneDNN(
    _ g: Tensor, _ weight: Tensor, _ result: Tensor
  ) throws(TensorError) -> Bool {
    guard let element = element(g.dtype) else { return false }
    let layout = ImageLayout(of: g.body)
    let source = try g.dense(layout, g.dtype)
    let (kernel, kernelLayout) = try weights(weight)
    return withExtendedLifetime((source, kernel)) {
      OneDNN.convolutionBackwardData(
        element, shape, destinationGradient: source.data, layout.oneDNN, weights: kernel.data, kernelLayout,
        sourceGradient: result.body.data, .channelsLast)
    }
  }

  /// The gradients of weight and, if there is a second result, bias.
  func weightGradient(_ x: Tensor, _ g: Tensor, into results: [Tensor]) throws(TensorError) {
    let compute = computeType(x.dtype)
    if isEmpty {
      results[0].fillZero()
    } else if let winograd = WinogradConvolution(self, x.dtype), winograd.isFastForWeights {
      try winograd.weightGradient(x, g, into: results[0])
    } else if try weightGradientByOneDNN(x, g, results) {
      return
    } else if compute != x.dtype {
      let wide = results.map { Tensor.uninitialized($0.shape, compute) }
      try weightGradient(images(x, compute), images(g, compute), into: wide)
      for (result, value) in zip(results, wide) { result.fill(with: value) }
      return
    } else if compute == .float32 {
      try PortableConvolution(self).weightGradient(Float.self, x, g, into: results[0])
    } else {
      try PortableConvolution(self).weightGradient(Double.self, x, g, into: results[0])
    }
    if results.count == 2 { results[1].fill(with: noGrad { g.sum([0] + Array(2..<g.rank), dtype: g.dtype) }) }
  }

  private func weightGradientByOneDNN(
    _ x: Tensor, _ g: Tensor, _ results: [Tensor]
  ) throws(TensorError) -> Bool {
    guard let element = element(x.dtype) else { return false }
    let (layout, gLayout) = (ImageLayout(of: x.body), ImageLayout(of: g.body))
    let (source, gradient) = (try x.dense(layout, x.dtype), try g.dense(gLayout, g.dtype))
    return withExtendedLifetime((source, gradient)) {
      OneDNN.convolutionBackwardWeights(
        element, shape, source: source.data, layout.oneDNN, destinationGradient: gradient.data, gLayout.oneDNN,
        weightsGradient: results[0].body.data, .channelsFirst,
        biasGradient: results.count == 2 ? results[1].body.data : nil)
    }
  }

  private func weights(_ weight: Tensor) throws(TensorError) -> (TensorBody, OneDNN.Layout) {
    if settings.groups == 1, !weight.body.isContiguous, ImageLayout.channelsLast.fits(weight.body) {
      return (weight.body, .channelsLast)
    }
    return (try weight.dense(), .channelsFirst)
  }

  /// The images in type `dtype`, in their layout.
  private func images(_ tensor: Tensor, _ dtype: DType) throws(TensorError) -> Tensor {
    Tensor(try tensor.dense(ImageLayout(of: tensor.body), dtype))
  }

  /// Lets `compute` write elements of type `dtype`, which lie as those of `result` and become them.
  private func fill(
    _ result: Tensor, as dtype: DType, _ compute: (Tensor) throws(TensorError) -> Void
  ) throws(TensorError) {
    try result.flat.fill(as: dtype) { (wide) throws(TensorError) in
      try compute(Tensor(wide).view(result.shape, strides: result.body.strides))
    }
  }

  /// A number for each channel, seen at every place of the output.
  private func spread(_ bias: Tensor) -> Tensor {
    bias.view(output, strides: [0, bias.body.strides[0]] + [Int](repeating: 0, count: output.count - 2))
  }
}

/// The kernels that the portable convolution uses on elements of type `T`.
struct ColumnKernels<T>: Sendable {
  /// Channels, and the fields of ``ColumnPlan`` in order.
  typealias Move<From, To> =
    @Sendable (To?, From?, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) -> Void

  let columns, addImages: Move<UnsafePointer<T>, UnsafeMutablePointer<T>>
  let multiply:
    @Sendable (
      UnsafeMutablePointer<T>?, Int, UnsafePointer<T>?, Int, Int, UnsafePointer<T>?, Int, Int, Int, Int, Int, T,
      UnsafeMutablePointer<T>?
    ) -> Void
  let scratchBytes: @Sendable (Int, Int, Int) -> Int
}

/// An element type that has these kernels.
protocol ColumnElement: KernelElement, BinaryFloatingPoint {
  static var columnKernels: ColumnKernels<Self> { get }
}

/// Sizes of the window matrix of one plane.
struct ColumnPlan {
  var height: Int
  var width: Int
  var kernel: (Int, Int)
  var stride: (Int, Int)
  var padding: (Int, Int)
  var dilation: (Int, Int)
  var output: (Int, Int)
}

extension Float: ColumnElement {
  // A constant to the optimiser: what is taken from it is called directly.
  @inline(__always) static var columnKernels: ColumnKernels<Float> {
    ColumnKernels(
      columns: ck_im2col_f32, addImages: ck_col2im_f32, multiply: ck_gemm_f32, scratchBytes: ck_gemm_scratch_f32)
  }
}

extension Double: ColumnElement {
  @inline(__always) static var columnKernels: ColumnKernels<Double> {
    ColumnKernels(
      columns: ck_im2col_f64, addImages: ck_col2im_f64, multiply: ck_gemm_f64, scratchBytes: ck_gemm_scratch_f64)
  }
}

extension ColumnElement {
  fileprivate static func columns(
    _ col: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ channels: Int, _ p: ColumnPlan
  ) {
    columnKernels.columns(
      col, x, channels, p.height, p.width, p.kernel.0, p.kernel.1, p.stride.0, p.stride.1, p.padding.0, p.padding.1,
      p.dilation.0, p.dilation.1, p.output.0, p.output.1)
  }
  fileprivate static func addImages(
    _ x: UnsafeMutablePointer<Self>, _ col: UnsafePointer<Self>, _ channels: Int, _ p: ColumnPlan
  ) {
    columnKernels.addImages(
      x, col, channels, p.height, p.width, p.kernel.0, p.kernel.1, p.stride.0, p.stride.1, p.padding.0, p.padding.1,
      p.dilation.0, p.dilation.1, p.output.0, p.output.1)
  }
}

/// Convolution by columns and matrix products, plane by plane of the depth; fewer dimensions have depth (and height) 1.
/// Images lie in memory as N, D, C, H, W, so that a plane's channels follow each other, and weights as kD, O, C, kH, kW.
private struct PortableConvolution {
  let batch: Int
  let channels: Int
  let outChannels: Int
  let groups: Int
  /// Depth, height and width.
  let input: [Int]
  let kernel: [Int]
  let output: [Int]
  let stride: [Int]
  let padding: [Int]
  let dilation: [Int]

  init(_ geometry: ConvolutionGeometry) {
    func three(_ numbers: [Int], _ filler: Int) -> [Int] {
      [Int](repeating: filler, count: 3 - numbers.count) + numbers
    }
    let settings = geometry.settings
    batch = geometry.input[0]
    channels = geometry.input[1]
    outChannels = geometry.weight[0]
    groups = settings.groups
    input = three(Array(geometry.input[2...]), 1)
    kernel = three(Array(geometry.weight[2...]), 1)
    output = three(Array(geometry.output[2...]), 1)
    stride = three(settings.stride, 1)
    padding = three(settings.padding, 0)
    dilation = three(settings.dilation, 1)
  }

  private var plan: ColumnPlan {
    ColumnPlan(
      height: input[1], width: input[2], kernel: (kernel[1], kernel[2]), stride: (stride[1], stride[2]),
      padding: (padding[1], padding[2]), dilation: (dilation[1], dilation[2]), output: (output[1], output[2]))
  }
  private var window: Int { kernel[1] * kernel[2] }
  private var area: Int { output[1] * output[2] }
  private var plane: Int { input[1] * input[2] }
  private var groupIn: Int { channels / groups }
  private var groupOut: Int { outChannels / groups }

  /// The plane of the input that plane `out` of the output reads with tap `tap` of the kernel, or nil in the padding.
  private func depth(_ out: Int, _ tap: Int) -> Int? {
    let d = out * stride[0] - padding[0] + tap * dilation[0]
    return d >= 0 && d < input[0] ? d : nil
  }

  /// `tensor` with its depth, if it has one, as dimension `place`.
  private func depth(_ tensor: Tensor, at place: Int) -> Tensor {
    guard tensor.rank == 5 else { return tensor }
    var order = [0, 1, 3, 4]
    order.insert(2, at: place)
    return tensor.view(order.map { tensor.shape[$0] }, strides: order.map { tensor.body.strides[$0] })
  }

  /// `[N, C, spatial...]` in the order N, D, C, H, W.
  private func planes(_ images: Tensor) -> Tensor { depth(images, at: 1) }

  /// `[O, C / groups, spatial...]` in the order kD, O, C / groups, kH, kW.
  private func taps(_ weight: Tensor) -> Tensor { depth(weight, at: 0) }

  private func pointer<T>(_ body: TensorBody, _: T.Type) -> UnsafeMutablePointer<T> {
    body.data.assumingMemoryBound(to: T.self)
  }

  /// Calls `body` for `count` items on several threads, with memory of the thread's own for columns and the product's
  /// scratch, enough for matrices of m x k and k x n.
  private func forItems<T: ColumnElement>(
    _: T.Type, _ count: Int, grain: Int = 1, columns: Int, m: Int, n: Int, k: Int,
    _ body: (_ item: Int, _ columns: UnsafeMutablePointer<T>, _ scratch: UnsafeMutablePointer<T>) -> Void
  ) {
    parallelFor(count, grain: grain) { range in
      let scratch = UnsafeMutableRawPointer.allocate(
        byteCount: T.columnKernels.scratchBytes(m, n, k) + 64, alignment: 64)
      let columns = UnsafeMutablePointer<T>.allocate(capacity: columns)
      defer {
        scratch.deallocate()
        columns.deallocate()
      }
      for item in range { body(item, columns, scratch.assumingMemoryBound(to: T.self)) }
    }
  }

  func forward<T: ColumnElement>(
    _: T.Type, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, into result: Tensor
  ) throws(TensorError) {
    let (source, filter, added) = (try planes(x).dense(), try taps(weight).dense(), try bias?.dense())
    let rows = groupIn * window
    let grain = max(1, 100_000 / max(1, groupOut * area * rows * kernel[0]))
    try planes(result).fill(as: x.dtype) { (result) throws(TensorError) in
      withExtendedLifetime((source, filter, added)) {
        let (from, w, to) = (pointer(source, T.self), pointer(filter, T.self), pointer(result, T.self))
        let b = added.map { pointer($0, T.self) }
        forItems(
          T.self, batch * output[0] * groups, grain: grain, columns: rows * area, m: groupOut, n: area, k: rows
        ) { item, columns, scratch in
          let (place, group) = (item / groups, item % groups)
          let (n, od) = (place / output[0], place % output[0])
          let target = to + (place * outChannels + group * groupOut) * area
          for o in 0..<groupOut { T.fillKernel(target + o * area, b.map { $0[group * groupOut + o] } ?? 0, area) }
          for tap in 0..<kernel[0] {
            guard let d = depth(od, tap) else { continue }
            T.columns(columns, from + ((n * input[0] + d) * channels + group * groupIn) * plane, groupIn, plan)
            T.columnKernels.multiply(
              target, area, w + (tap * outChannels + group * groupOut) * rows, rows, 1, columns, area, 1, groupOut,
              area, rows, 1, scratch)
          }
        }
      }
    }
  }

  /// Blocks of input channels of a group, so that there is work for every thread.
  private func channelBlocks(_ items: Int) -> (blocks: Int, size: Int) {
    let wanted = max(1, min(groupIn, (Parallel.availableThreads + items - 1) / max(1, items)))
    let size = (groupIn + wanted - 1) / wanted
    return ((groupIn + size - 1) / size, size)
  }

  func inputGradient<T: ColumnElement>(
    _: T.Type, _ g: Tensor, _ weight: Tensor, into result: Tensor
  ) throws(TensorError) {
    let (gradient, filter) = (try planes(g).dense(), try taps(weight).dense())
    let rows = groupIn * window
    let (blocks, size) = channelBlocks(batch * groups)
    try planes(result).fill(as: g.dtype) { (result) throws(TensorError) in
      Tensor(result).fillZero()
      withExtendedLifetime((gradient, filter)) {
        let (from, w, to) = (pointer(gradient, T.self), pointer(filter, T.self), pointer(result, T.self))
        forItems(
          T.self, batch * groups * blocks, columns: size * window * area, m: size * window, n: area, k: groupOut
        ) { item, columns, scratch in
          let (first, rest) = ((item % blocks) * size, item / blocks)
          let (n, group) = (rest / groups, rest % groups)
          let count = min(size, groupIn - first)
          for od in 0..<output[0] {
            for tap in 0..<kernel[0] {
              guard let d = depth(od, tap) else { continue }
              let source = from + ((n * output[0] + od) * outChannels + group * groupOut) * area
              T.columnKernels.multiply(
                columns, area, w + (tap * outChannels + group * groupOut) * rows + first * window, 1, rows, source,
                area, 1, count * window, area, groupOut, 0, scratch)
              T.addImages(
                to + ((n * input[0] + d) * channels + group * groupIn + first) * plane, columns, count, plan)
            }
          }
        }
      }
    }
  }

  func weightGradient<T: ColumnElement>(
    _: T.Type, _ x: Tensor, _ g: Tensor, into result: Tensor
  ) throws(TensorError) {
    let (source, gradient) = (try planes(x).dense(), try planes(g).dense())
    let rows = groupIn * window
    let (blocks, size) = channelBlocks(groups)
    try taps(result).fill(as: x.dtype) { (result) throws(TensorError) in
      Tensor(result).fillZero()
      withExtendedLifetime((source, gradient)) {
        let (from, back, to) = (pointer(source, T.self), pointer(gradient, T.self), pointer(result, T.self))
        forItems(
          T.self, groups * blocks, columns: size * window * area, m: groupOut, n: size * window, k: area
        ) { item, columns, scratch in
          let (first, group) = ((item % blocks) * size, item / blocks)
          let count = min(size, groupIn - first)
          for n in 0..<batch {
            for od in 0..<output[0] {
              for tap in 0..<kernel[0] {
                guard let d = depth(od, tap) else { continue }
                T.columns(
                  columns, from + ((n * input[0] + d) * channels + group * groupIn + first) * plane, count, plan)
                T.columnKernels.multiply(
                  to + (tap * outChannels + group * groupOut) * rows + first * window, rows,
                  back + ((n * output[0] + od) * outChannels + group * groupOut) * area, area, 1, columns, 1, area,
                  groupOut, count * window, area, 1, scratch)
              }
            }
          }
        }
      }
    }
  }
}
