import ApusCore
import CKernels

// Runs convolutions and their gradients: oneDNN with channels-last results, or columns and matrix products of our own.

/// The layout in which to read `tensor`: its own where it has one, else channels last.
func imageLayout(_ body: TensorBody) -> ImageLayout {
  ImageLayout.channelsLast.fits(body) ? .channelsLast : body.isContiguous ? .channelsFirst : .channelsLast
}

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
  private var isPlain: Bool {
    let sizes = shape.output
    return settings.padding.allSatisfy { $0 >= 0 } && settings.paddingAfter.allSatisfy { $0 >= 0 }
      && (0..<settings.stride.count).allSatisfy { sizes[$0] == output[$0 + 2] }
  }

  private func element(_ dtype: DType) -> OneDNN.Element? {
    guard dtype.isFloatingPoint, isPlain else { return nil }
    return OneDNN.isAvailable ? OneDNN.Element(dtype) : nil
  }

  /// Whether oneDNN will be asked first.
  private func isOneDNN(_ dtype: DType) -> Bool {
    elementCount(output) > 0 && input[1] > 0 && WinogradConvolution(self, dtype) == nil && element(dtype) != nil
  }

  private func computeType(_ dtype: DType) -> DType {
    dtype.isFloatingPoint ? dtype.accumulateType : .float64
  }

  /// `[N, C, ...]` and `[O, C / groups, ...]` give `[N, O, ...]`.
  func forward(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ epilogue: Epilogue = .none
  ) -> Tensor {
    let dtype = x.dtype
    if epilogue != .none, !isOneDNN(dtype) || (dtype != .float32 && dtype != .float64) {
      let wide = dtype.accumulateType
      let result = forward(x.to(wide), weight.to(wide), bias?.to(wide))
      epilogue.apply(to: result)
      return result.to(dtype)
    }
    if elementCount(output) == 0 || input[1] == 0 { return filled(output, bias, dtype) }
    if let winograd = WinogradConvolution(self, dtype) { return winograd.forward(x, weight, bias) }
    if let element = element(dtype) {
      let layout = imageLayout(x.body)
      let source = inLayout(x, layout)
      let (kernel, kernelLayout) = weights(weight)
      let added = bias.map { Tensor($0.contiguousBody()) }
      let result = Tensor.uninitialized(output, dtype, strides: channelsLastStrides(output))
      let done = withExtendedLifetime((source, kernel, added)) {
        OneDNN.convolution(
          element, shape, source: source.body.data, layout.oneDNN, weights: kernel.body.data, kernelLayout,
          bias: added.map { UnsafeRawPointer($0.body.data) },
          destination: result.body.data, .channelsLast, epilogue: epilogue)
      }
      if done { return result }
    }
    if epilogue != .none {
      let result = forward(x, weight, bias)
      epilogue.apply(to: result)
      return result
    }
    let compute = computeType(dtype)
    if compute != dtype {
      return forward(x.to(compute), weight.to(compute), bias?.to(compute)).to(dtype)
    }
    let portable = PortableConvolution(self)
    return compute == .float32
      ? portable.forward(Float.self, x, weight, bias) : portable.forward(Double.self, x, weight, bias)
  }

  /// The gradient of the input from that of the output.
  func inputGradient(_ g: Tensor, _ weight: Tensor) -> Tensor {
    let dtype = g.dtype
    if elementCount(input) == 0 || g.count == 0 { return Tensor.zeros(input, dtype: dtype) }
    if let winograd = WinogradConvolution(self, dtype) { return winograd.inputGradient(g, weight) }
    if let element = element(dtype) {
      let layout = imageLayout(g.body)
      let source = inLayout(g, layout)
      let (kernel, kernelLayout) = weights(weight)
      let result = Tensor.uninitialized(input, dtype, strides: channelsLastStrides(input))
      let done = withExtendedLifetime((source, kernel)) {
        OneDNN.convolutionBackwardData(
          element, shape, destinationGradient: source.body.data, layout.oneDNN, weights: kernel.body.data,
          kernelLayout, sourceGradient: result.body.data, .channelsLast)
      }
      if done { return result }
    }
    let compute = computeType(dtype)
    if compute != dtype { return inputGradient(g.to(compute), weight.to(compute)).to(dtype) }
    let portable = PortableConvolution(self)
    return compute == .float32
      ? portable.inputGradient(Float.self, g, weight) : portable.inputGradient(Double.self, g, weight)
  }

  /// The gradients of weight and, if `hasBias`, bias.
  func weightGradient(_ x: Tensor, _ g: Tensor, hasBias: Bool) -> [Tensor] {
    let dtype = x.dtype
    let channels = weight[0]
    if x.count == 0 || g.count == 0 || elementCount(weight) == 0 {
      return [Tensor.zeros(weight, dtype: dtype)] + (hasBias ? [biasGradient(g)] : [])
    }
    if let winograd = WinogradConvolution(self, dtype), winograd.isFastForWeights {
      return [winograd.weightGradient(x, g)] + (hasBias ? [biasGradient(g)] : [])
    }
    if let element = element(dtype) {
      let (layout, gLayout) = (imageLayout(x.body), imageLayout(g.body))
      let (source, gradient) = (inLayout(x, layout), inLayout(g, gLayout))
      let result = Tensor.uninitialized(weight, dtype)
      let bias = hasBias ? Tensor.uninitialized([channels], dtype) : nil
      let done = withExtendedLifetime((source, gradient)) {
        OneDNN.convolutionBackwardWeights(
          element, shape, source: source.body.data, layout.oneDNN, destinationGradient: gradient.body.data,
          gLayout.oneDNN, weightsGradient: result.body.data, .channelsFirst, biasGradient: bias?.body.data)
      }
      if done { return [result] + (bias.map { [$0] } ?? []) }
    }
    let compute = computeType(dtype)
    if compute != dtype {
      return weightGradient(x.to(compute), g.to(compute), hasBias: hasBias).map { $0.to(dtype) }
    }
    let portable = PortableConvolution(self)
    let result =
      compute == .float32
      ? portable.weightGradient(Float.self, x, g) : portable.weightGradient(Double.self, x, g)
    return [result] + (hasBias ? [biasGradient(g)] : [])
  }

  private func biasGradient(_ g: Tensor) -> Tensor {
    noGrad { g.sum([0] + Array(2..<g.rank), dtype: g.dtype) }
  }

  private func weights(_ weight: Tensor) -> (Tensor, OneDNN.Layout) {
    if weight.body.isContiguous { return (weight, .channelsFirst) }
    if settings.groups == 1, isChannelsLast(weight.shape, weight.body.strides) { return (weight, .channelsLast) }
    return (weight.contiguousCopy(), .channelsFirst)
  }

  private func filled(_ shape: [Int], _ bias: Tensor?, _ dtype: DType) -> Tensor {
    guard let bias else { return Tensor.zeros(shape, dtype: dtype) }
    let column = [bias.count] + [Int](repeating: 1, count: shape.count - 2)
    return noGrad { bias.detach().reshape(column).expand(shape).contiguousCopy() }
  }
}

/// Kernels of an element type that the portable convolution uses.
protocol ColumnElement: KernelElement, BinaryFloatingPoint {
  static func columns(_ col: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ channels: Int, _ p: ColumnPlan)
  static func addImages(_ x: UnsafeMutablePointer<Self>, _ col: UnsafePointer<Self>, _ channels: Int, _ p: ColumnPlan)
  static func multiply(
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int, _ a: UnsafePointer<Self>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Self>, _ brs: Int, _ bcs: Int, _ m: Int, _ n: Int, _ k: Int, _ beta: Self,
    _ scratch: UnsafeMutableRawPointer)
  static func scratchBytes(_ m: Int, _ n: Int, _ k: Int) -> Int
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
  static func columns(_ col: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ channels: Int, _ p: ColumnPlan) {
    ck_im2col_f32(
      col, x, channels, p.height, p.width, p.kernel.0, p.kernel.1, p.stride.0, p.stride.1, p.padding.0, p.padding.1,
      p.dilation.0, p.dilation.1, p.output.0, p.output.1)
  }
  static func addImages(_ x: UnsafeMutablePointer<Float>, _ col: UnsafePointer<Float>, _ channels: Int, _ p: ColumnPlan)
  {
    ck_col2im_f32(
      x, col, channels, p.height, p.width, p.kernel.0, p.kernel.1, p.stride.0, p.stride.1, p.padding.0, p.padding.1,
      p.dilation.0, p.dilation.1, p.output.0, p.output.1)
  }
  static func multiply(
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int, _ a: UnsafePointer<Float>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Float>, _ brs: Int, _ bcs: Int, _ m: Int, _ n: Int, _ k: Int, _ beta: Float,
    _ scratch: UnsafeMutableRawPointer
  ) {
    ck_gemm_f32(c, ldc, a, ars, acs, b, brs, bcs, m, n, k, beta, scratch.assumingMemoryBound(to: Float.self))
  }
  static func scratchBytes(_ m: Int, _ n: Int, _ k: Int) -> Int { ck_gemm_scratch_f32(m, n, k) }
}

extension Double: ColumnElement {
  static func columns(_ col: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ channels: Int, _ p: ColumnPlan)
  {
    ck_im2col_f64(
      col, x, channels, p.height, p.width, p.kernel.0, p.kernel.1, p.stride.0, p.stride.1, p.padding.0, p.padding.1,
      p.dilation.0, p.dilation.1, p.output.0, p.output.1)
  }
  static func addImages(
    _ x: UnsafeMutablePointer<Double>, _ col: UnsafePointer<Double>, _ channels: Int, _ p: ColumnPlan
  ) {
    ck_col2im_f64(
      x, col, channels, p.height, p.width, p.kernel.0, p.kernel.1, p.stride.0, p.stride.1, p.padding.0, p.padding.1,
      p.dilation.0, p.dilation.1, p.output.0, p.output.1)
  }
  static func multiply(
    _ c: UnsafeMutablePointer<Double>, _ ldc: Int, _ a: UnsafePointer<Double>, _ ars: Int, _ acs: Int,
    _ b: UnsafePointer<Double>, _ brs: Int, _ bcs: Int, _ m: Int, _ n: Int, _ k: Int, _ beta: Double,
    _ scratch: UnsafeMutableRawPointer
  ) {
    ck_gemm_f64(c, ldc, a, ars, acs, b, brs, bcs, m, n, k, beta, scratch.assumingMemoryBound(to: Double.self))
  }
  static func scratchBytes(_ m: Int, _ n: Int, _ k: Int) -> Int { ck_gemm_scratch_f64(m, n, k) }
}

/// Convolution by columns and matrix products, plane by plane of the depth; fewer dimensions have depth (and height) 1.
/// Images lie in memory as N, D, C, H, W, so that a plane's channels follow each other, and weights as kD, O, C, kH, kW.
private struct PortableConvolution {
  let geometry: ConvolutionGeometry
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
    self.geometry = geometry
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

  /// `[N, C, spatial...]` in the order N, D, C, H, W.
  private func planes(_ tensor: Tensor, _ sizes: [Int]) -> Tensor {
    let n = tensor.shape[0]
    let c = tensor.shape[1]
    let dense = Tensor(tensor.contiguousBody())
    if sizes[0] == 1 { return dense }
    let strides = rowMajorStrides([n, c] + sizes)
    return dense.view(
      [n, sizes[0], c, sizes[1], sizes[2]], strides: [strides[0], strides[2], strides[1], strides[3], strides[4]]
    ).contiguousCopy()
  }

  /// The inverse of ``planes(_:_:)``.
  private func images(_ tensor: Tensor, _ channels: Int, _ sizes: [Int], _ shape: [Int]) -> Tensor {
    if sizes[0] == 1 { return tensor.view(shape, strides: rowMajorStrides(shape)) }
    let strides = rowMajorStrides([batch, sizes[0], channels, sizes[1], sizes[2]])
    let copy = tensor.view(
      [batch, channels] + sizes, strides: [strides[0], strides[2], strides[1], strides[3], strides[4]]
    ).contiguousCopy()
    return copy.view(shape, strides: rowMajorStrides(shape))
  }

  /// The weights in the order kD, O, C / groups, kH, kW.
  private func taps(_ weight: Tensor) -> Tensor {
    let dense = Tensor(weight.contiguousBody())
    if kernel[0] == 1 { return dense }
    let s = rowMajorStrides([outChannels, groupIn] + kernel)
    return dense.view([kernel[0], outChannels, groupIn, window], strides: [s[2], s[0], s[1], 1]).contiguousCopy()
  }

  private func pointer<T>(_ tensor: Tensor, _: T.Type) -> UnsafeMutablePointer<T> {
    tensor.body.data.assumingMemoryBound(to: T.self)
  }

  func forward<T: ColumnElement>(_: T.Type, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    let source = planes(x, input)
    let filter = taps(weight)
    let added = bias.map { Tensor($0.contiguousBody()) }
    let result = Tensor.uninitialized([batch, output[0], outChannels, output[1], output[2]], x.dtype)
    let rows = groupIn * window
    let work = groupOut * area * rows * kernel[0]
    withExtendedLifetime((source, filter, added)) {
      let (from, w, to) = (pointer(source, T.self), pointer(filter, T.self), pointer(result, T.self))
      let b = added.map { pointer($0, T.self) }
      parallelFor(batch * output[0] * groups, grain: max(1, 100_000 / max(1, work))) { range in
        let scratch = UnsafeMutableRawPointer.allocate(
          byteCount: T.scratchBytes(groupOut, area, rows) + 64, alignment: 64)
        let columns = UnsafeMutablePointer<T>.allocate(capacity: rows * area)
        defer {
          scratch.deallocate()
          columns.deallocate()
        }
        for item in range {
          let (place, group) = (item / groups, item % groups)
          let (n, od) = (place / output[0], place % output[0])
          let target = to + (place * outChannels + group * groupOut) * area
          for o in 0..<groupOut { T.fillKernel(target + o * area, b.map { $0[group * groupOut + o] } ?? 0, area) }
          for tap in 0..<kernel[0] {
            guard let d = depth(od, tap) else { continue }
            T.columns(columns, from + ((n * input[0] + d) * channels + group * groupIn) * plane, groupIn, plan)
            T.multiply(
              target, area, w + (tap * outChannels + group * groupOut) * rows, rows, 1, columns, area, 1, groupOut,
              area, rows, 1, scratch)
          }
        }
      }
    }
    return images(result, outChannels, output, geometry.output)
  }

  /// Blocks of input channels of a group, so that there is work for every thread.
  private func channelBlocks(_ items: Int) -> (blocks: Int, size: Int) {
    let wanted = max(1, min(groupIn, (Parallel.availableThreads + items - 1) / max(1, items)))
    let size = (groupIn + wanted - 1) / wanted
    return ((groupIn + size - 1) / size, size)
  }

  func inputGradient<T: ColumnElement>(_: T.Type, _ g: Tensor, _ weight: Tensor) -> Tensor {
    let gradient = planes(g, output)
    let filter = taps(weight)
    let result = Tensor.zeros([batch, input[0], channels, input[1], input[2]], dtype: g.dtype)
    let rows = groupIn * window
    let (blocks, size) = channelBlocks(batch * groups)
    withExtendedLifetime((gradient, filter)) {
      let (from, w, to) = (pointer(gradient, T.self), pointer(filter, T.self), pointer(result, T.self))
      parallelFor(batch * groups * blocks, grain: 1) { range in
        let scratch = UnsafeMutableRawPointer.allocate(
          byteCount: T.scratchBytes(size * window, area, groupOut) + 64, alignment: 64)
        let columns = UnsafeMutablePointer<T>.allocate(capacity: size * window * area)
        defer {
          scratch.deallocate()
          columns.deallocate()
        }
        for item in range {
          let (first, rest) = ((item % blocks) * size, item / blocks)
          let (n, group) = (rest / groups, rest % groups)
          let count = min(size, groupIn - first)
          for od in 0..<output[0] {
            for tap in 0..<kernel[0] {
              guard let d = depth(od, tap) else { continue }
              let source = from + ((n * output[0] + od) * outChannels + group * groupOut) * area
              T.multiply(
                columns, area, w + (tap * outChannels + group * groupOut) * rows + first * window, 1, rows, source,
                area, 1, count * window, area, groupOut, 0, scratch)
              T.addImages(
                to + ((n * input[0] + d) * channels + group * groupIn + first) * plane, columns, count, plan)
            }
          }
        }
      }
    }
    return images(result, channels, input, geometry.input)
  }

  func weightGradient<T: ColumnElement>(_: T.Type, _ x: Tensor, _ g: Tensor) -> Tensor {
    let source = planes(x, input)
    let gradient = planes(g, output)
    let result = Tensor.zeros([kernel[0], outChannels, groupIn, kernel[1], kernel[2]], dtype: x.dtype)
    let rows = groupIn * window
    let (blocks, size) = channelBlocks(groups)
    withExtendedLifetime((source, gradient)) {
      let (from, back, to) = (pointer(source, T.self), pointer(gradient, T.self), pointer(result, T.self))
      parallelFor(groups * blocks, grain: 1) { range in
        let scratch = UnsafeMutableRawPointer.allocate(
          byteCount: T.scratchBytes(groupOut, size * window, area) + 64, alignment: 64)
        let columns = UnsafeMutablePointer<T>.allocate(capacity: size * window * area)
        defer {
          scratch.deallocate()
          columns.deallocate()
        }
        for item in range {
          let (first, group) = ((item % blocks) * size, item / blocks)
          let count = min(size, groupIn - first)
          for n in 0..<batch {
            for od in 0..<output[0] {
              for tap in 0..<kernel[0] {
                guard let d = depth(od, tap) else { continue }
                T.columns(
                  columns, from + ((n * input[0] + d) * channels + group * groupIn + first) * plane, count, plan)
                T.multiply(
                  to + (tap * outChannels + group * groupOut) * rows + first * window, rows,
                  back + ((n * output[0] + od) * outChannels + group * groupOut) * area, area, 1, columns, 1, area,
                  groupOut, count * window, area, 1, scratch)
              }
            }
          }
        }
      }
    }
    if kernel[0] == 1 { return result.view(geometry.weight, strides: rowMajorStrides(geometry.weight)) }
    let s = rowMajorStrides([kernel[0], outChannels, groupIn, window])
    let copy = result.view([outChannels, groupIn, kernel[0], window], strides: [s[1], s[2], s[0], 1]).contiguousCopy()
    return copy.view(geometry.weight, strides: rowMajorStrides(geometry.weight))
  }
}
