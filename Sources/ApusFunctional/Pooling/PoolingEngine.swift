import ApusCore
import CKernels

// Runs poolings over planes (channels first) or images (channels last).

/// Windows over two spatial dimensions.
package struct PoolWindow: Sendable, Hashable {
  package var kernel: [Int]
  package var stride: [Int]
  package var padding: [Int]
  package var dilation: [Int]
  package var ceilMode: Bool

  /// Of all of images of these sizes.
  package static func whole(_ sizes: [Int]) -> PoolWindow {
    PoolWindow(kernel: sizes, stride: [1, 1], padding: [0, 0], dilation: [1, 1], ceilMode: false)
  }

  /// The sizes of the result for spatial sizes `input`, as PyTorch computes them: a window must start inside of the
  /// image or its padding at the near end.
  package func outputSizes(_ input: [Int]) -> [Int] {
    input.indices.map { d in
      let span = input[d] + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1 + (ceilMode ? stride[d] - 1 : 0)
      if span < 0 { return 0 }
      let size = span / stride[d] + 1
      return ceilMode && (size - 1) * stride[d] >= input[d] + padding[d] ? size - 1 : size
    }
  }
}

extension PoolWindow {
  /// Where element `k` of window `i` stands along dimension `d`, as a C expression.
  func place(_ i: String, _ k: String, _ d: Int) -> String {
    "\(i) * \(stride[d]) - \(padding[d]) + \(k) * \(dilation[d])"
  }

  /// Whether all `windows` along dimension `d` lie inside of `size` elements.
  func isInside(_ size: Int, _ windows: Int, _ d: Int) -> Bool {
    padding[d] == 0 && (windows - 1) * stride[d] + dilation[d] * (kernel[d] - 1) < size
  }

  /// The C statement where the places lie inside of the image.
  func guarded(_ places: [String], _ size: [Int], _ output: [Int], _ statement: String) -> String {
    let conditions = places.indices.filter { !isInside(size[$0], output[$0 + 2], $0) }.map {
      "\(places[$0]) >= 0 && \(places[$0]) < \(size[$0])"
    }
    return conditions.isEmpty ? statement : "if (\(conditions.joined(separator: " && "))) \(statement)"
  }
}

/// How means are formed.
package struct AverageRule: Sendable, Hashable {
  package var countIncludePad: Bool
  /// What sums are divided by; 0: the size of the window.
  package var divisor: Int

  package init(countIncludePad: Bool, divisor: Int) {
    (self.countIncludePad, self.divisor) = (countIncludePad, divisor)
  }
}

/// The sizes of one plane's pooling, as the kernels take them.
struct PoolPlane {
  var h: Int
  var w: Int
  var kh: Int
  var kw: Int
  var sh: Int
  var sw: Int
  var ph: Int
  var pw: Int
  var dh: Int
  var dw: Int
  var ho: Int
  var wo: Int

  init(_ window: PoolWindow, _ input: [Int], _ output: [Int]) {
    (h, w) = (input[0], input[1])
    (kh, kw) = (window.kernel[0], window.kernel[1])
    (sh, sw) = (window.stride[0], window.stride[1])
    (ph, pw) = (window.padding[0], window.padding[1])
    (dh, dw) = (window.dilation[0], window.dilation[1])
    (ho, wo) = (output[0], output[1])
  }
}

/// The kernels of pooling for elements of type `T`, over planes and over images. Their numbers are the channels of an
/// image, the fields of ``PoolPlane`` in order (means know no dilation), and those of ``AverageRule``.
struct PoolKernels<T>: Sendable {
  typealias Values = UnsafePointer<T>?
  typealias Results = UnsafeMutablePointer<T>?
  typealias Average = @Sendable (Results, Values, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Bool, Int) -> Void
  typealias AverageImage =
    @Sendable (Results, Values, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Bool, Int) -> Void

  let maxPlane:
    @Sendable (
      Results, UnsafeMutablePointer<Int64>?, Values, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int
    ) -> Void
  let maxImage:
    @Sendable (
      Results, UnsafeMutablePointer<Int32>?, Values, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int
    ) -> Void
  let maxWindows:
    @Sendable (
      Results, UnsafeMutablePointer<Int64>?, Values, UnsafePointer<ck_windows>?, UnsafePointer<ck_windows>?,
      UnsafePointer<ck_windows>?
    ) -> Void
  let maxPlaneGradient: @Sendable (Results, Values, UnsafePointer<Int64>?, Int) -> Void
  let maxImageGradient:
    @Sendable (
      Results, Values, UnsafePointer<Int32>?, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int
    ) -> Void
  let averagePlane, averagePlaneGradient: Average
  let averageImage, averageImageGradient: AverageImage
}

/// An element type that has these kernels.
protocol PoolElement: KernelElement {
  static var poolKernels: PoolKernels<Self> { get }
}

extension Float: PoolElement {
  // A constant to the optimiser: what is taken from it is called directly.
  @inline(__always) static var poolKernels: PoolKernels<Float> {
    PoolKernels(
      maxPlane: ck_max_pool2d_plane_f32, maxImage: ck_max_pool2d_nhwc_f32, maxWindows: ck_max_windows_f32,
      maxPlaneGradient: ck_max_pool2d_grad_plane_f32, maxImageGradient: ck_max_pool2d_grad_nhwc_f32,
      averagePlane: ck_avg_pool2d_plane_f32, averagePlaneGradient: ck_avg_pool2d_grad_plane_f32,
      averageImage: ck_avg_pool2d_nhwc_f32, averageImageGradient: ck_avg_pool2d_grad_nhwc_f32)
  }
}

extension Double: PoolElement {
  @inline(__always) static var poolKernels: PoolKernels<Double> {
    PoolKernels(
      maxPlane: ck_max_pool2d_plane_f64, maxImage: ck_max_pool2d_nhwc_f64, maxWindows: ck_max_windows_f64,
      maxPlaneGradient: ck_max_pool2d_grad_plane_f64, maxImageGradient: ck_max_pool2d_grad_nhwc_f64,
      averagePlane: ck_avg_pool2d_plane_f64, averagePlaneGradient: ck_avg_pool2d_grad_plane_f64,
      averageImage: ck_avg_pool2d_nhwc_f64, averageImageGradient: ck_avg_pool2d_grad_nhwc_f64)
  }
}

extension PoolElement {
  fileprivate static func maxPlane(
    _ out: UnsafeMutablePointer<Self>, _ idx: UnsafeMutablePointer<Int64>, _ x: UnsafePointer<Self>, _ p: PoolPlane
  ) {
    poolKernels.maxPlane(out, idx, x, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  fileprivate static func maxImage(
    _ out: UnsafeMutablePointer<Self>, _ idx: UnsafeMutablePointer<Int32>, _ x: UnsafePointer<Self>, _ c: Int,
    _ p: PoolPlane
  ) {
    poolKernels.maxImage(out, idx, x, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  fileprivate static func maxImageGradient(
    _ dx: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ idx: UnsafePointer<Int32>, _ c: Int, _ p: PoolPlane
  ) {
    poolKernels.maxImageGradient(dx, g, idx, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  /// The means of `whole`, or their gradient from `pooled`.
  fileprivate static func average(
    _ layout: ImageLayout, _ whole: UnsafeMutablePointer<Self>, _ pooled: UnsafeMutablePointer<Self>, _ c: Int,
    _ p: PoolPlane, _ rule: AverageRule, _ isGradient: Bool
  ) {
    let kernels = poolKernels
    let (pads, divisor) = (rule.countIncludePad, rule.divisor)
    switch (layout == .channelsLast, isGradient) {
    case (true, false):
      kernels.averageImage(pooled, whole, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, pads, divisor)
    case (true, true):
      kernels.averageImageGradient(
        whole, pooled, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, pads, divisor)
    case (false, false):
      kernels.averagePlane(pooled, whole, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, pads, divisor)
    case (false, true):
      kernels.averagePlaneGradient(
        whole, pooled, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, pads, divisor)
    }
  }
}

extension ImageLayout {
  /// `[N, C]` of a tensor as planes or images: how many there are, and channels of one.
  fileprivate func units(_ shape: [Int]) -> (count: Int, channels: Int) {
    self == .channelsLast ? (shape[0], shape[1]) : (shape[0] * shape[1], 1)
  }
}

/// What one pooling call works on: two spatial dimensions, batch and channels before them.
struct PoolGeometry {
  let window: PoolWindow
  let layout: ImageLayout
  let input: [Int]
  let output: [Int]

  private var plane: PoolPlane { PoolPlane(window, Array(input[2...]), Array(output[2...])) }
  private func grain(_ channels: Int) -> Int {
    let work = output[2] * output[3] * channels * window.kernel[0] * window.kernel[1]
    return max(1, parallelGrain * 2 / max(work, 1))
  }

  /// The type to compute in.
  static func computeType(_ dtype: DType) -> DType {
    dtype.isFloatingPoint ? dtype.accumulateType : .float64
  }

  /// Calls `body` with the elements of `source` and those that become `result`'s, in the type to compute in and in this
  /// layout.
  private func fill(
    _ result: Tensor, from source: Tensor, _ body: (_ source: TensorBody, _ result: TensorBody) -> Void
  ) throws(TensorError) {
    let compute = Self.computeType(source.dtype)
    let source = try source.dense(layout, compute)
    try result.flat.fill(as: compute) { (result) throws(TensorError) in body(source, result) }
  }

  /// Calls `body` for every plane or image on several threads, with its number, its elements on the side of the windows
  /// and on that of what came of them, and its channels.
  private func forUnits<T: PoolElement>(
    _: T.Type, _ whole: TensorBody, _ pooled: TensorBody,
    _ body: (
      _ i: Int, _ whole: UnsafeMutablePointer<T>, _ pooled: UnsafeMutablePointer<T>, _ channels: Int, _ plane: PoolPlane
    ) -> Void
  ) {
    let (wide, narrow) = (whole.data.assumingMemoryBound(to: T.self), pooled.data.assumingMemoryBound(to: T.self))
    let (count, channels) = layout.units(output)
    let plane = plane
    let (area, outArea) = (plane.h * plane.w * channels, plane.ho * plane.wo * channels)
    withExtendedLifetime((whole, pooled)) {
      parallelFor(count, grain: grain(channels)) { range in
        for i in range { body(i, wide + i * area, narrow + i * outArea, channels, plane) }
      }
    }
  }

  /// Maxima, and their places: positions in the plane (int64), or channels last positions in the window (int32).
  func maximum(_ x: Tensor, into results: [Tensor]) throws(TensorError) {
    let places = results[1].body
    try fill(results[0], from: x) { x, out in
      if x.dtype == .float32 { maximum(Float.self, x, out, places) } else { maximum(Double.self, x, out, places) }
    }
  }

  private func maximum<T: PoolElement>(_: T.Type, _ x: TensorBody, _ out: TensorBody, _ places: TensorBody) {
    if layout == .channelsLast { return maximumOfImages(T.self, x, out, places) }
    forUnits(T.self, x, out) { i, from, to, _, plane in
      T.maxPlane(to, places.data.i64 + i * plane.ho * plane.wo, from, plane)
    }
  }

  private func maximumOfImages<T: PoolElement>(_: T.Type, _ x: TensorBody, _ out: TensorBody, _ places: TensorBody) {
    let (from, to) = (x.data.assumingMemoryBound(to: T.self), out.data.assumingMemoryBound(to: T.self))
    let index = places.data.assumingMemoryBound(to: Int32.self)
    let (count, channels) = layout.units(output)
    let plane = plane
    let (area, outArea) = (plane.h * plane.w * channels, plane.ho * plane.wo * channels)
    // Few images: rows of the result are the unit, so that all threads have work.
    let rows = count >= Parallel.availableThreads ? 1 : min(plane.ho, Parallel.availableThreads)
    let rowBlock = (plane.ho + rows - 1) / max(rows, 1)
    withExtendedLifetime(x) {
      parallelFor(count * rows, grain: max(1, grain(channels) / max(rows, 1))) { range in
        for item in range {
          let (n, part) = (item / rows, item % rows)
          let first = part * rowBlock
          var p = plane
          p.ho = min(rowBlock, plane.ho - first)
          if p.ho <= 0 { continue }
          let top = first * p.sh - p.ph
          if first > 0 && top < 0 {
            // A block whose first window still begins in the padding keeps what is left of it.
            p.ph = -top
          } else if first > 0 {
            p.ph = 0
            p.h -= top
          }
          let skip = first > 0 ? max(0, top) * p.w * channels : 0
          let target = n * outArea + first * p.wo * channels
          T.maxImage(to + target, index + target, from + n * area + skip, channels, p)
        }
      }
    }
  }

  /// The gradient of the input of ``maximum(_:into:)``.
  func maximumGradient(_ g: Tensor, _ places: Tensor, into result: Tensor) throws(TensorError) {
    let places = try places.dense(layout, places.dtype)
    try fill(result, from: g) { g, dx in
      if g.dtype == .float32 {
        maximumGradient(Float.self, g, places, dx)
      } else {
        maximumGradient(Double.self, g, places, dx)
      }
    }
  }

  private func maximumGradient<T: PoolElement>(
    _: T.Type, _ g: TensorBody, _ places: TensorBody, _ result: TensorBody
  ) {
    forUnits(T.self, result, g) { i, dx, g, channels, plane in
      let outArea = plane.ho * plane.wo * channels
      T.fillKernel(dx, T.value(0), plane.h * plane.w * channels)
      if layout == .channelsLast {
        T.maxImageGradient(dx, g, places.data.assumingMemoryBound(to: Int32.self) + i * outArea, channels, plane)
      } else {
        T.poolKernels.maxPlaneGradient(dx, g, places.data.i64 + i * outArea, outArea)
      }
    }
  }

  /// Means, or with `isGradient` what cotangents of means give the input.
  func average(_ source: Tensor, _ rule: AverageRule, into result: Tensor, isGradient: Bool) throws(TensorError) {
    try fill(result, from: source) { source, result in
      let (whole, pooled) = isGradient ? (result, source) : (source, result)
      if source.dtype == .float32 {
        average(Float.self, whole, pooled, rule, isGradient)
      } else {
        average(Double.self, whole, pooled, rule, isGradient)
      }
    }
  }

  private func average<T: PoolElement>(
    _: T.Type, _ whole: TensorBody, _ pooled: TensorBody, _ rule: AverageRule, _ isGradient: Bool
  ) {
    forUnits(T.self, whole, pooled) { _, whole, pooled, channels, plane in
      if isGradient { T.fillKernel(whole, T.value(0), plane.h * plane.w * channels) }
      T.average(layout, whole, pooled, channels, plane, rule, isGradient)
    }
  }
}
