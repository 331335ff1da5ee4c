import ApusCore
import ApusFunctional
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension TF {
  /// Each pixel as the mean of its surroundings with weights of a bell, torchvision's `gaussian_blur`. Beyond the border lies the
  /// mirrored picture.
  /// - Parameters:
  ///   - kernelSize: the odd width and height of the surroundings, or one number for both.
  ///   - sigma: the width of the bell along x and y in pixels, or one number; left out it is 0.15 k + 0.35.
  public static func gaussianBlur<Input: VisionTensor, each Size: SpatialSize, each Width: NumberList>(
    _ input: Input, kernelSize: (repeat each Size), sigma: (repeat each Width) = ()
  ) -> Input {
    BlurKernel(size: sizes(repeat each kernelSize) ?? [], sigma: some(numbers(repeat each sigma))).run(input)
  }

  /// ``gaussianBlur(_:kernelSize:sigma:)`` without labels.
  public static func gaussianBlur<Input: VisionTensor>(_ input: Input, _ kernelSize: some SpatialSize) -> Input {
    BlurKernel(size: kernelSize.spatialSizes, sigma: nil).run(input)
  }

  /// ``gaussianBlur(_:kernelSize:sigma:)`` without labels.
  public static func gaussianBlur<Input: VisionTensor>(
    _ input: Input, _ kernelSize: some SpatialSize, _ sigma: some NumberList
  ) -> Input {
    BlurKernel(size: kernelSize.spatialSizes, sigma: sigma.numberList).run(input)
  }

  /// The picture with normal noise, torchvision's `gaussian_noise`: of floating point or of bytes, whose noise is 255 times as large and
  /// cut to whole numbers.
  /// - Parameters:
  ///   - sigma: the standard deviation, in values from 0 to 1.
  ///   - clip: whether results stay within 0 and 1, or 0 and 255; bytes beyond wrap around otherwise.
  public static func gaussianNoise<Input: VisionTensor>(
    _ input: Input, mean: Double = 0, sigma: Double = 0.1, clip: Bool = true
  ) -> Input {
    NoiseKernel(mean: mean, sigma: sigma, clip: clip).run(input)
  }
}

struct BlurKernel: Kernel {
  let size: [Int]
  let sigma: [Double]?
  var name: String { "gaussianBlur" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard size.count == 1 || size.count == 2 else {
      throw TensorError(
        .value, name, "If kernel_size is a sequence its length should be 2. Got \(size.count)")
    }
    guard size.allSatisfy({ $0 > 0 && $0 % 2 == 1 }) else {
      throw TensorError(.value, name, "kernel_size should have odd and positive integers. Got \(size)")
    }
    let widths = size.count == 1 ? [size[0], size[0]] : size
    var sigmas = sigma ?? widths.map { Double($0) * 0.15 + 0.35 }
    guard sigmas.count == 1 || sigmas.count == 2 else {
      throw TensorError(.value, name, "If sigma is a sequence, its length should be 2. Got \(sigmas.count)")
    }
    guard sigmas.allSatisfy({ $0 > 0 }) else {
      throw TensorError(.value, name, "sigma should have positive values. Got \(sigmas)")
    }
    if sigmas.count == 1 { sigmas.append(sigmas[0]) }
    if x.count == 0 { return x }
    guard widths[0] / 2 < x.width, widths[1] / 2 < x.height else {
      throw TensorError(
        .value, name,
        "a kernel of \(widths) reaches beyond the mirrored picture of \(x.height) by \(x.width): it is at most twice as large, less one"
      )
    }
    let isFloating = x.dtype.isFloatingPoint
    let type: DType = isFloating ? x.dtype : .float32
    let values = x.to(type).reshape([-1, 1, x.height, x.width]).pad(
      [widths[0] / 2, widths[0] / 2, widths[1] / 2, widths[1] / 2], mode: .reflect)
    let row = bell(widths[0], sigmas[0], type).reshape([1, 1, 1, widths[0]])
    let column = bell(widths[1], sigmas[1], type).reshape([1, 1, widths[1], 1])
    let result = conv2d(conv2d(values, row), column).reshape(x.shape)
    return isFloating ? result : result.round().to(x.dtype)
  }

  /// Weights that add up to 1. PyTorch lays their places a factor of the square root of 2 closer instead of halving the square.
  private func bell(_ count: Int, _ sigma: Double, _ dtype: DType) -> Tensor {
    let reach = Double(count - 1) / (2 * 2.0.squareRoot())
    return ((linspace(-reach, reach, count, dtype: dtype) / sigma).square() * -1).softmax(0)
  }
}

struct NoiseKernel: Kernel {
  let mean: Double
  let sigma: Double
  let clip: Bool
  var name: String { "gaussianNoise" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard sigma >= 0 else { throw TensorError(.value, name, "sigma shouldn't be negative. Got \(sigma)") }
    if x.dtype.isFloatingPoint {
      let result = x + (randnLike(x) * sigma + mean)
      return clip ? result.clamp(min: 0, max: 1) : result
    }
    guard x.dtype == .uint8 else {
      throw TensorError(
        .dtype, name, "Input tensor is expected to be in uint8 or float dtype, got dtype=\(x.dtype)")
    }
    let noise = (randnLike(x, dtype: .float32) * (sigma * 255) + mean * 255).to(.int16)
    let result = x.to(.int16) + noise
    return (clip ? result.clamp(min: 0, max: 255) : result).to(.uint8)
  }
  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    throw TensorError(.unsupported, name, "Gaussian Noise is not implemented for PIL images.")
  }
}
