import ApusCore
import CKernels

// Runs poolings over planes (channels first) or images (channels last).

/// Windows over two spatial dimensions.
struct PoolWindow: Sendable, Hashable {
  var kernel: [Int]
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int]
  var ceilMode: Bool

  /// The sizes of the result for spatial sizes `input`, as PyTorch computes them: a window must start inside of the
  /// image or its padding at the near end.
  func outputSizes(_ input: [Int]) -> [Int] {
    input.indices.map { d in
      let span = input[d] + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1 + (ceilMode ? stride[d] - 1 : 0)
      if span < 0 { return 0 }
      let size = span / stride[d] + 1
      return ceilMode && (size - 1) * stride[d] >= input[d] + padding[d] ? size - 1 : size
    }
  }
}

/// How means are formed.
struct AverageRule: Sendable, Hashable {
  var countIncludePad: Bool
  /// What sums are divided by; 0: the size of the window.
  var divisor: Int
}

/// Pooling kernels of an element type.
protocol PoolElement: KernelElement {
  static func maxPlane(
    _ out: UnsafeMutablePointer<Self>, _ idx: UnsafeMutablePointer<Int64>, _ x: UnsafePointer<Self>, _ p: PoolPlane)
  static func maxImage(
    _ out: UnsafeMutablePointer<Self>, _ idx: UnsafeMutablePointer<Int32>, _ x: UnsafePointer<Self>, _ c: Int,
    _ p: PoolPlane)
  static func maxPlaneGradient(
    _ dx: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ idx: UnsafePointer<Int64>, _ n: Int)
  static func maxImageGradient(
    _ dx: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ idx: UnsafePointer<Int32>, _ c: Int, _ p: PoolPlane)
  static func averagePlane(
    _ out: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ p: PoolPlane, _ rule: AverageRule)
  static func averageImage(
    _ out: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ c: Int, _ p: PoolPlane, _ rule: AverageRule)
  static func averagePlaneGradient(
    _ dx: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ p: PoolPlane, _ rule: AverageRule)
  static func averageImageGradient(
    _ dx: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ c: Int, _ p: PoolPlane, _ rule: AverageRule)
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

extension Float: PoolElement {
  static func maxPlane(
    _ out: UnsafeMutablePointer<Float>, _ idx: UnsafeMutablePointer<Int64>, _ x: UnsafePointer<Float>, _ p: PoolPlane
  ) {
    ck_max_pool2d_plane_f32(out, idx, x, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  static func maxImage(
    _ out: UnsafeMutablePointer<Float>, _ idx: UnsafeMutablePointer<Int32>, _ x: UnsafePointer<Float>, _ c: Int,
    _ p: PoolPlane
  ) {
    ck_max_pool2d_nhwc_f32(out, idx, x, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  static func maxPlaneGradient(
    _ dx: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ idx: UnsafePointer<Int64>, _ n: Int
  ) {
    ck_max_pool2d_grad_plane_f32(dx, g, idx, n)
  }
  static func maxImageGradient(
    _ dx: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ idx: UnsafePointer<Int32>, _ c: Int,
    _ p: PoolPlane
  ) {
    ck_max_pool2d_grad_nhwc_f32(dx, g, idx, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  static func averagePlane(
    _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_plane_f32(
      out, x, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
  }
  static func averageImage(
    _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ c: Int, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_nhwc_f32(
      out, x, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
  }
  static func averagePlaneGradient(
    _ dx: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_grad_plane_f32(
      dx, g, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
  }
  static func averageImageGradient(
    _ dx: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ c: Int, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_grad_nhwc_f32(
      dx, g, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
  }
}

extension Double: PoolElement {
  static func maxPlane(
    _ out: UnsafeMutablePointer<Double>, _ idx: UnsafeMutablePointer<Int64>, _ x: UnsafePointer<Double>, _ p: PoolPlane
  ) {
    ck_max_pool2d_plane_f64(out, idx, x, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  static func maxImage(
    _ out: UnsafeMutablePointer<Double>, _ idx: UnsafeMutablePointer<Int32>, _ x: UnsafePointer<Double>, _ c: Int,
    _ p: PoolPlane
  ) {
    ck_max_pool2d_nhwc_f64(out, idx, x, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  static func maxPlaneGradient(
    _ dx: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ idx: UnsafePointer<Int64>, _ n: Int
  ) {
    ck_max_pool2d_grad_plane_f64(dx, g, idx, n)
  }
  static func maxImageGradient(
    _ dx: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ idx: UnsafePointer<Int32>, _ c: Int,
    _ p: PoolPlane
  ) {
    ck_max_pool2d_grad_nhwc_f64(dx, g, idx, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.dh, p.dw, p.ho, p.wo)
  }
  static func averagePlane(
    _ out: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_plane_f64(
      out, x, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
  }
  static func averageImage(
    _ out: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ c: Int, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_nhwc_f64(
      out, x, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
  }
  static func averagePlaneGradient(
    _ dx: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_grad_plane_f64(
      dx, g, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
  }
  static func averageImageGradient(
    _ dx: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ c: Int, _ p: PoolPlane, _ rule: AverageRule
  ) {
    ck_avg_pool2d_grad_nhwc_f64(
      dx, g, c, p.h, p.w, p.kh, p.kw, p.sh, p.sw, p.ph, p.pw, p.ho, p.wo, rule.countIncludePad, rule.divisor)
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

  /// Maxima, and their places: positions in the plane (int64), or channels last positions in the window (int32).
  func maximum(_ x: Tensor, into results: [Tensor]) throws(TensorError) {
    let places = results[1].body
    try fill(results[0], from: x) { x, out in
      if x.dtype == .float32 { maximum(Float.self, x, out, places) } else { maximum(Double.self, x, out, places) }
    }
  }

  private func maximum<T: PoolElement>(_: T.Type, _ x: TensorBody, _ out: TensorBody, _ places: TensorBody) {
    let (from, to) = (x.data.assumingMemoryBound(to: T.self), out.data.assumingMemoryBound(to: T.self))
    let (count, channels) = layout.units(output)
    let plane = plane
    let (area, outArea) = (plane.h * plane.w * channels, plane.ho * plane.wo * channels)
    withExtendedLifetime(x) {
      if layout == .channelsLast {
        let index = places.data.assumingMemoryBound(to: Int32.self)
        // Few images: rows of the result are the unit, so that all threads have work.
        let rows = count >= Parallel.availableThreads ? 1 : min(plane.ho, Parallel.availableThreads)
        let rowBlock = (plane.ho + rows - 1) / max(rows, 1)
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
      } else {
        let index = places.data.i64
        parallelFor(count, grain: grain(1)) { range in
          for i in range { T.maxPlane(to + i * outArea, index + i * outArea, from + i * area, plane) }
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
    let (from, to) = (g.data.assumingMemoryBound(to: T.self), result.data.assumingMemoryBound(to: T.self))
    let (count, channels) = layout.units(output)
    let plane = plane
    let (area, outArea) = (plane.h * plane.w * channels, plane.ho * plane.wo * channels)
    let zero = T.value(0)
    withExtendedLifetime((g, places)) {
      parallelFor(count, grain: grain(channels)) { range in
        for i in range {
          T.fillKernel(to + i * area, zero, area)
          if layout == .channelsLast {
            T.maxImageGradient(
              to + i * area, from + i * outArea, places.data.assumingMemoryBound(to: Int32.self) + i * outArea,
              channels, plane)
          } else {
            T.maxPlaneGradient(to + i * area, from + i * outArea, places.data.i64 + i * outArea, outArea)
          }
        }
      }
    }
  }

  func average(_ x: Tensor, _ rule: AverageRule, into result: Tensor) throws(TensorError) {
    try fill(result, from: x) { x, out in
      if x.dtype == .float32 { average(Float.self, x, out, rule) } else { average(Double.self, x, out, rule) }
    }
  }

  private func average<T: PoolElement>(_: T.Type, _ x: TensorBody, _ result: TensorBody, _ rule: AverageRule) {
    let (from, to) = (x.data.assumingMemoryBound(to: T.self), result.data.assumingMemoryBound(to: T.self))
    let (count, channels) = layout.units(output)
    let plane = plane
    let (area, outArea) = (plane.h * plane.w * channels, plane.ho * plane.wo * channels)
    withExtendedLifetime(x) {
      parallelFor(count, grain: grain(channels)) { range in
        for i in range {
          if layout == .channelsLast {
            T.averageImage(to + i * outArea, from + i * area, channels, plane, rule)
          } else {
            T.averagePlane(to + i * outArea, from + i * area, plane, rule)
          }
        }
      }
    }
  }

  func averageGradient(_ g: Tensor, _ rule: AverageRule, into result: Tensor) throws(TensorError) {
    try fill(result, from: g) { g, dx in
      if g.dtype == .float32 {
        averageGradient(Float.self, g, dx, rule)
      } else {
        averageGradient(Double.self, g, dx, rule)
      }
    }
  }

  private func averageGradient<T: PoolElement>(
    _: T.Type, _ g: TensorBody, _ result: TensorBody, _ rule: AverageRule
  ) {
    let (from, to) = (g.data.assumingMemoryBound(to: T.self), result.data.assumingMemoryBound(to: T.self))
    let (count, channels) = layout.units(output)
    let plane = plane
    let (area, outArea) = (plane.h * plane.w * channels, plane.ho * plane.wo * channels)
    let zero = T.value(0)
    withExtendedLifetime(g) {
      parallelFor(count, grain: grain(channels)) { range in
        for i in range {
          T.fillKernel(to + i * area, zero, area)
          if layout == .channelsLast {
            T.averageImageGradient(to + i * area, from + i * outArea, channels, plane, rule)
          } else {
            T.averagePlaneGradient(to + i * area, from + i * outArea, plane, rule)
          }
        }
      }
    }
  }
}
