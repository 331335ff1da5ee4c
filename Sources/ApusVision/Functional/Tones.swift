import ApusCore
import ApusFunctional
import CVision

extension TF {
  /// Values less their lower bits, torchvision's `posterize`.
  /// - Parameter bits: how many are kept, 0 to 8.
  public static func posterize<Input: VisionTensor>(_ input: Input, bits: Int) -> Input {
    PosterKernel(bits: bits).run(input)
  }

  /// ``posterize(_:bits:)`` without the label.
  public static func posterize<Input: VisionTensor>(_ input: Input, _ bits: Int) -> Input {
    PosterKernel(bits: bits).run(input)
  }

  /// Values of `threshold` and above inverted, torchvision's `solarize`.
  public static func solarize<Input: VisionTensor>(_ input: Input, threshold: Double) -> Input {
    SolarKernel(threshold: threshold).run(input)
  }

  /// ``solarize(_:threshold:)`` without the label.
  public static func solarize<Input: VisionTensor>(_ input: Input, _ threshold: Double) -> Input {
    SolarKernel(threshold: threshold).run(input)
  }

  /// The largest value less each, torchvision's `invert`.
  public static func invert<Input: VisionTensor>(_ input: Input) -> Input { InvertKernel().run(input) }

  /// Each channel stretched to all values, torchvision's `autocontrast`.
  public static func autocontrast<Input: VisionTensor>(_ input: Input) -> Input { AutocontrastKernel().run(input) }

  /// Each channel with all values about equally often, torchvision's `equalize`.
  public static func equalize<Input: VisionTensor>(_ input: Input) -> Input { EqualizeKernel().run(input) }
}

struct PosterKernel: Kernel {
  let bits: Int
  var name: String { "posterize" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard (0...8).contains(bits) else {
      throw TensorError(.value, name, "bits must be a positive integer in the range [0, 8], got \(bits) instead.")
    }
    if x.dtype.isFloatingPoint {
      let levels = Double(1 << bits)
      return (x * levels).floor().clamp(min: 0, max: levels - 1) * (1 / levels)
    }
    let all = try valueBits(x.dtype)
    return bits >= all ? x : x & (((1 << bits) - 1) << (all - bits))
  }
}

struct SolarKernel: Kernel {
  let threshold: Double
  var name: String { "solarize" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    let most = try largestValue(x.dtype)
    guard threshold <= most else {
      throw TensorError(
        .value, name,
        "Threshold should be less or equal the maximum value of the dtype, but got \(threshold): \(x.dtype) has \(most)"
      )
    }
    return `where`(x.ge(threshold), try InvertKernel().image(x), x)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    Pillow.lookedUp(x, (0...255).map { Double($0) < threshold ? UInt8($0) : UInt8(255 - $0) })
  }
}

struct InvertKernel: Kernel {
  var name: String { "invert" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    if x.dtype.isFloatingPoint { return x * -1 + 1 }
    if x.dtype == .uint8 { return apply(InvertedBytes(), x) }
    if x.dtype == .int64 { return x ^ Int.max }
    return x ^ ((1 << (try valueBits(x.dtype))) - 1)
  }
}

struct AutocontrastKernel: Kernel {
  var name: String { "autocontrast" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkChannels(x, name)
    if x.count == 0 { return x }
    if x.dtype == .uint8, x.ndim >= 2 { return apply(StretchedBytes(), x) }
    let most = try largestValue(x.dtype)
    let values = x.dtype.isFloatingPoint ? x : x.to(.float32)
    let low = values.amin([-2, -1], keepDim: true)
    let high = values.amax([-2, -1], keepDim: true)
    let isFlat = high.eq(low)
    let scale = ((high - low) * (1 / most)).maskedFill(isFlat, 1)
    return ((values - low.maskedFill(isFlat, 0)) / scale).clamp(min: 0, max: most).to(x.dtype)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor { Pillow.autocontrast(x) }
}

struct EqualizeKernel: Kernel {
  var name: String { "equalize" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    if x.count == 0 { return x }
    return try scaled(apply(Equalizing(), try scaled(x, .uint8)), x.dtype)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor { Pillow.equalized(x) }
}

/// Bytes with their bits turned over, in the order in which they lie.
struct InvertedBytes: Primitive, Hashable {
  var name: String { "BitwiseNot" }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }
  func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    inputs[0].ndim == 4 && inputs[0].hasInterleavedChannels ? .channelsLast : .rowMajor
  }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let isInterleaved = inputs[0].ndim == 4 && inputs[0].hasInterleavedChannels
    let source = isInterleaved ? inputs[0].body : try inputs[0].dense()
    nonisolated(unsafe) let from = UnsafeRawPointer(source.data).assumingMemoryBound(to: UInt8.self)
    nonisolated(unsafe) let to = results[0].body.data.assumingMemoryBound(to: UInt8.self)
    parallelFor(results[0].count, grain: 4 * parallelGrain) {
      cv_invert(from + $0.lowerBound, to + $0.lowerBound, $0.count)
    }
    withExtendedLifetime(source) {}
  }
}

/// Bytes `[..., H, W]` of which each plane is stretched so that it goes from 0 to 255.
struct StretchedBytes: Primitive, Hashable {
  var name: String { "Autocontrast" }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }
  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let source = try inputs[0].dense()
    let area = source.shape.suffix(2).reduce(1, *)
    nonisolated(unsafe) let from = UnsafeRawPointer(source.data).assumingMemoryBound(to: UInt8.self)
    nonisolated(unsafe) let to = results[0].body.data.assumingMemoryBound(to: UInt8.self)
    parallelFor(source.count / area, grain: max(1, parallelGrain / area)) { planes in
      for plane in planes {
        let (input, output) = (from + plane * area, to + plane * area)
        var (low, high): (UInt8, UInt8) = (0, 0)
        cv_extremes(input, area, &low, &high)
        guard low < high else {
          output.update(from: input, count: area)
          continue
        }
        // As in single precision.
        let scale = Float(high - low) * Float(1.0 / 255)
        let table = (0...255).map { UInt8(min(255, max(0, (Float($0) - Float(low)) / scale))) }
        cv_look_up(input, output, area, table)
      }
    }
    withExtendedLifetime(source) {}
  }
}

/// Bytes `[..., H, W]` by a table for each plane: how many pixels are darker, in steps of 1/255 of those that are not of the brightest
/// value.
struct Equalizing: Primitive, Hashable {
  var name: String { "Equalize" }
  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let source = try inputs[0].dense()
    let area = source.shape.suffix(2).reduce(1, *)
    let planes = area == 0 ? 0 : source.count / area
    for plane in 0..<planes {
      let from = UnsafeRawPointer(source.data).assumingMemoryBound(to: UInt8.self) + plane * area
      let to = results[0].body.data.assumingMemoryBound(to: UInt8.self) + plane * area
      var counts = [UInt32](repeating: 0, count: 256)
      cv_histogram(from, area, &counts)
      let last = counts.lastIndex { $0 != 0 } ?? 0
      let step = (area - Int(counts[last])) / 255
      guard step > 0 else {
        to.update(from: from, count: area)
        continue
      }
      var table = [UInt8](repeating: 0, count: 256)
      var sum = 0
      for value in 0..<255 {
        sum += Int(counts[value])
        table[value + 1] = UInt8(clamping: (sum + step / 2) / step)
      }
      cv_look_up(from, to, area, table)
    }
  }
}
