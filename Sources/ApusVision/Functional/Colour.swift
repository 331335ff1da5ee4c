import ApusCore
import ApusFunctional
import ApusNumerics

extension TF {
  /// The brightness of each pixel, torchvision's `rgb_to_grayscale`: 0.2989 red + 0.587 green + 0.114 blue.
  /// - Parameter numOutputChannels: 1, or 3 equal ones.
  public static func rgbToGrayscale<Input: VisionTensor>(_ input: Input, numOutputChannels: Int = 1) -> Input {
    GreyKernel(channels: numOutputChannels).run(input)
  }

  /// ``rgbToGrayscale(_:numOutputChannels:)``.
  public static func toGrayscale<Input: VisionTensor>(_ input: Input, numOutputChannels: Int = 1) -> Input {
    rgbToGrayscale(input, numOutputChannels: numOutputChannels)
  }

  /// A picture of one channel with three equal ones, torchvision's `grayscale_to_rgb`; others stay.
  public static func grayscaleToRgb<Input: VisionTensor>(_ input: Input) -> Input { ColoursKernel().run(input) }

  /// All values times a factor, torchvision's `adjust_brightness`.
  /// - Parameter brightnessFactor: 0 is black, 1 changes nothing.
  public static func adjustBrightness<Input: VisionTensor>(_ input: Input, brightnessFactor: Double) -> Input {
    BrightnessKernel(factor: brightnessFactor).run(input)
  }

  /// ``adjustBrightness(_:brightnessFactor:)`` without the label.
  public static func adjustBrightness<Input: VisionTensor>(_ input: Input, _ brightnessFactor: Double) -> Input {
    BrightnessKernel(factor: brightnessFactor).run(input)
  }

  /// The picture mixed with its mean brightness, torchvision's `adjust_contrast`.
  /// - Parameter contrastFactor: 0 is that grey, 1 changes nothing.
  public static func adjustContrast<Input: VisionTensor>(_ input: Input, contrastFactor: Double) -> Input {
    ContrastKernel(factor: contrastFactor).run(input)
  }

  /// ``adjustContrast(_:contrastFactor:)`` without the label.
  public static func adjustContrast<Input: VisionTensor>(_ input: Input, _ contrastFactor: Double) -> Input {
    ContrastKernel(factor: contrastFactor).run(input)
  }

  /// The picture mixed with its grey form, torchvision's `adjust_saturation`.
  /// - Parameter saturationFactor: 0 is grey, 1 changes nothing.
  public static func adjustSaturation<Input: VisionTensor>(_ input: Input, saturationFactor: Double) -> Input {
    SaturationKernel(factor: saturationFactor).run(input)
  }

  /// ``adjustSaturation(_:saturationFactor:)`` without the label.
  public static func adjustSaturation<Input: VisionTensor>(_ input: Input, _ saturationFactor: Double) -> Input {
    SaturationKernel(factor: saturationFactor).run(input)
  }

  /// Colours turned around the circle of hues, torchvision's `adjust_hue`.
  /// - Parameter hueFactor: turns, from -0.5 to 0.5.
  public static func adjustHue<Input: VisionTensor>(_ input: Input, hueFactor: Double) -> Input {
    HueKernel(factor: hueFactor).run(input)
  }

  /// ``adjustHue(_:hueFactor:)`` without the label.
  public static func adjustHue<Input: VisionTensor>(_ input: Input, _ hueFactor: Double) -> Input {
    HueKernel(factor: hueFactor).run(input)
  }

  /// gain value^gamma of values from 0 to 1, torchvision's `adjust_gamma`.
  /// - Parameter gamma: not negative; above 1 shadows become darker.
  public static func adjustGamma<Input: VisionTensor>(_ input: Input, gamma: Double, gain: Double = 1) -> Input {
    GammaKernel(gamma: gamma, gain: gain).run(input)
  }

  /// ``adjustGamma(_:gamma:gain:)`` without the label.
  public static func adjustGamma<Input: VisionTensor>(_ input: Input, _ gamma: Double, gain: Double = 1) -> Input {
    GammaKernel(gamma: gamma, gain: gain).run(input)
  }

  /// The picture mixed with a blurred one, torchvision's `adjust_sharpness`.
  /// - Parameter sharpnessFactor: 0 is blurred, 1 changes nothing, 2 is sharper.
  public static func adjustSharpness<Input: VisionTensor>(_ input: Input, sharpnessFactor: Double) -> Input {
    SharpnessKernel(factor: sharpnessFactor).run(input)
  }

  /// ``adjustSharpness(_:sharpnessFactor:)`` without the label.
  public static func adjustSharpness<Input: VisionTensor>(_ input: Input, _ sharpnessFactor: Double) -> Input {
    SharpnessKernel(factor: sharpnessFactor).run(input)
  }

  /// The channels in another order, torchvision's `permute_channels`.
  public static func permuteChannels<Input: VisionTensor>(_ input: Input, permutation: [Int]) -> Input {
    ChannelKernel(permutation: permutation).run(input)
  }

  /// ``permuteChannels(_:permutation:)`` without the label.
  public static func permuteChannels<Input: VisionTensor>(_ input: Input, _ permutation: [Int]) -> Input {
    ChannelKernel(permutation: permutation).run(input)
  }
}

/// A kernel that changes colours, for pictures of 1 or 3 channels.
func checkChannels(_ x: Tensor, _ name: String) throws(TensorError) {
  guard x.channels == 1 || x.channels == 3 else {
    throw TensorError(
      .shape, name, "Input image tensor permitted channel values are 1 or 3, but found \(x.channels)")
  }
}

private func checkFactor(_ factor: Double, _ label: String, _ name: String) throws(TensorError) {
  guard factor >= 0, factor.isFinite else {
    throw TensorError(.value, name, "\(label) (\(factor)) is not non-negative.")
  }
}

/// The brightness `[..., 1, H, W]`: floating point, of whole numbers float32.
func brightness(_ x: Tensor) -> Tensor {
  let c = (x.dtype.isFloatingPoint ? x : x.to(.float32)).split(1, dim: x.ndim - 3)
  return c[0] * 0.2989 + c[1] * 0.587 + c[2] * 0.114
}

/// ratio x + (1 - ratio) other, within the values of a picture.
func blended(_ x: Tensor, _ other: Tensor, _ ratio: Double) throws(TensorError) -> Tensor {
  let sum = (x.dtype.isFloatingPoint ? x : x.to(.float32)) * ratio + other * (1 - ratio)
  return sum.clamp(min: 0, max: try largestValue(x.dtype)).to(x.dtype)
}

struct GreyKernel: Kernel {
  let channels: Int
  var name: String { "rgbToGrayscale" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard channels == 1 || channels == 3 else {
      throw TensorError(.value, name, "num_output_channels must be 1 or 3, got \(channels).")
    }
    return try grey(x, channels, name)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    guard channels == 1 || channels == 3 else {
      throw TensorError(.value, name, "num_output_channels must be 1 or 3, got \(channels).")
    }
    let luma = Pillow.luma(x)
    return channels == 1 ? luma : luma.expand([3, -1, -1]).contiguous()
  }
}

private func grey(_ x: Tensor, _ channels: Int, _ name: String) throws(TensorError) -> Tensor {
  var shape = x.shape
  shape[x.ndim - 3] = channels
  if x.channels == 1 { return channels == 1 ? x : x.expand(shape) }
  guard x.channels == 3 else {
    throw TensorError(.shape, name, "Input image tensor should have 1 or 3 channels, but found \(x.channels)")
  }
  return brightness(x).to(x.dtype).expand(shape)
}

struct ColoursKernel: Kernel {
  var name: String { "grayscaleToRgb" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor { x.channels >= 3 ? x : try grey(x, 3, name) }
}

struct BrightnessKernel: Kernel {
  let factor: Double
  var name: String { "adjustBrightness" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFactor(factor, "brightness_factor", name)
    try checkChannels(x, name)
    let values = x.dtype.isFloatingPoint ? x : x.to(.float32)
    return (values * factor).clamp(min: 0, max: try largestValue(x.dtype)).to(x.dtype)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFactor(factor, "brightness_factor", name)
    return Pillow.blend(Tensor.zeros(x.shape, dtype: .uint8), x, factor)
  }
}

struct ContrastKernel: Kernel {
  let factor: Double
  var name: String { "adjustContrast" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFactor(factor, "contrast_factor", name)
    try checkChannels(x, name)
    let isFloating = x.dtype.isFloatingPoint
    var grey = x.channels == 3 ? brightness(x) : isFloating ? x : x.to(.float32)
    if !isFloating, x.channels == 3 { grey = grey.floor() }
    return try blended(x, grey.mean([-3, -2, -1], keepDim: true), factor)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFactor(factor, "contrast_factor", name)
    let mean = Pillow.luma(x).to(.float64).mean().item()
    return Pillow.blend(Tensor.full(x.shape, Int(mean + 0.5), dtype: .uint8), x, factor)
  }
}

struct SaturationKernel: Kernel {
  let factor: Double
  var name: String { "adjustSaturation" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFactor(factor, "saturation_factor", name)
    try checkChannels(x, name)
    if x.channels == 1 { return x }
    let grey = brightness(x)
    return try blended(x, x.dtype.isFloatingPoint ? grey : grey.floor(), factor)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFactor(factor, "saturation_factor", name)
    return Pillow.blend(Pillow.luma(x).expand(x.shape), x, factor)
  }
}

struct SharpnessKernel: Kernel {
  let factor: Double
  var name: String { "adjustSharpness" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkChannels(x, name)
    try checkFactor(factor, "sharpness_factor", name)
    if x.count == 0 || x.height <= 2 || x.width <= 2 { return x }
    let isFloating = x.dtype.isFloatingPoint
    let values = (isFloating ? x : x.to(.float32)).reshape([-1, 1, x.height, x.width])
    let (a, b) = (1.0 / 13, 5.0 / 13)
    let weights = Tensor([a, a, a, a, b, a, a, a, a], shape: [1, 1, 3, 3], dtype: values.dtype)
    var blurred = conv2d(values, weights)
    if !isFloating { blurred = blurred.round() }
    // The border stays.
    let inner = values.window(1, 1, x.height - 2, x.width - 2)
    let changed = (inner + (blurred - inner) * (1 - factor)).pad([1, 1, 1, 1], value: 0)
    let isInner = Tensor.ones([x.height - 2, x.width - 2], dtype: .uint8).pad([1, 1, 1, 1], value: 0).to(.bool)
    let result = `where`(isInner, changed, values)
    return result.clamp(min: 0, max: try largestValue(x.dtype)).to(x.dtype).reshape(x.shape)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try checkFactor(factor, "sharpness_factor", name)
    return Pillow.blend(Pillow.smoothed(x), x, factor)
  }
}

struct HueKernel: Kernel {
  let factor: Double
  var name: String { "adjustHue" }

  private func check() throws(TensorError) {
    guard factor >= -0.5, factor <= 0.5 else {
      throw TensorError(.value, name, "hue_factor (\(factor)) is not in [-0.5, 0.5].")
    }
  }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try check()
    try checkChannels(x, name)
    if x.channels == 1 || x.count == 0 { return x }
    let d = x.ndim - 3
    let parts = hueSaturationValue(try scaled(x, .float32), d)
    let turned = colours((parts.hue + factor).remainder(1), parts.saturation, parts.value, d)
    return try scaled(turned, x.dtype)
  }

  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try check()
    return x.channels == 1 ? x : Pillow.withHue(x, turnedBy: factor)
  }

  private func hueSaturationValue(_ x: Tensor, _ d: Int) -> (hue: Tensor, saturation: Tensor, value: Tensor) {
    let c = x.unbind(d)
    let (least, most) = (x.amin([d]), x.amax([d]))
    let isGrey = most.eq(least)
    let range = most - least
    let ones = Tensor.ones(most.shape, dtype: .float32)
    let saturation = range / `where`(isGrey, ones, most)
    let divisor = `where`(isGrey, ones, range)
    let r = (most - c[0]) / divisor
    let g = (most - c[1]) / divisor
    let b = (most - c[2]) / divisor
    let isRed = most.eq(c[0])
    let isGreen = most.eq(c[1])
    let hue = `where`(isRed, b - g, `where`(isGreen, r + 2 - b, g + 4 - r))
    return ((hue * (1.0 / 6) + 1).fmod(1), saturation, most)
  }

  private func colours(_ hue: Tensor, _ saturation: Tensor, _ value: Tensor, _ d: Int) -> Tensor {
    let six = hue * 6
    let sector = six.floor()
    let part = saturation * (six - sector)
    let rest = saturation * -1 + 1
    let q = ((part * -1 + 1) * value).clamp(min: 0, max: 1)
    let t = ((part + rest) * value).clamp(min: 0, max: 1)
    let p = (rest * value).clamp(min: 0, max: 1)
    let choices = stack([value, p, q, t], dim: d)
    let places = sector.to(.int64).remainder(6)
    let table = Tensor([0, 2, 1, 1, 3, 0, 3, 0, 0, 2, 1, 1, 1, 1, 3, 0, 0, 2], shape: [3, 6], dtype: .int64)
    let chosen = (0..<3).map { table.select(0, $0).indexSelect(0, places.reshape([-1])).reshape(places.shape) }
    return choices.gather(d, stack(chosen, dim: d))
  }
}

struct GammaKernel: Kernel {
  let gamma: Double
  let gain: Double
  var name: String { "adjustGamma" }

  private func check() throws(TensorError) {
    guard gamma >= 0 else {
      throw TensorError(.value, name, "Gamma should be a non-negative real number, and found \(gamma)")
    }
  }
  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    try check()
    var result = (x.dtype.isFloatingPoint ? x : try scaled(x, .float32)).pow(gamma)
    if gain != 1 { result = (result * gain).clamp(min: 0, max: 1) }
    return try scaled(result, x.dtype)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    try check()
    return Pillow.lookedUp(
      x,
      (0..<256).map { UInt8(clamping: whole(min(255, max(0, 255.999 * gain * Pillow.power(Double($0) / 255, gamma))))) }
    )
  }
}

struct ChannelKernel: Kernel {
  let permutation: [Int]
  var name: String { "permuteChannels" }
  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard permutation.count == x.channels else {
      throw TensorError(
        .value, name,
        "Length of permutation does not match number of channels: \(permutation.count) != \(x.channels)")
    }
    return x.count == 0 ? x : x.indexSelect(x.ndim - 3, Tensor(permutation))
  }
}
