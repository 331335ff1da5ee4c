import ApusCore

/// What the samples of a pixel are.
enum PixelLayout: Int, Sendable {
  case gray, grayAlpha, rgb, rgba, cmyk

  var channels: Int {
    switch self {
    case .gray: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgba, .cmyk: 4
    }
  }

  var hasAlpha: Bool { self == .grayAlpha || self == .rgba }
}

/// The samples of a picture, 8 or 16 bits each, in the memory of a tensor `[height, width, channels]`.
struct PixelBuffer {
  let width: Int
  let height: Int
  let layout: PixelLayout
  let is16Bit: Bool
  let tensor: Tensor

  /// A buffer with samples of no particular value; the size has been checked.
  init(width: Int, height: Int, layout: PixelLayout, is16Bit: Bool = false) throws(TensorError) {
    let shape = [height, width, layout.channels]
    let dtype: DType = is16Bit ? .uint16 : .uint8
    try checkMemory(TensorType(shape, dtype), "readImage")
    self.init(
      width: width, height: height, layout: layout, is16Bit: is16Bit, tensor: Tensor.uninitialized(shape, dtype))
  }

  init(width: Int, height: Int, layout: PixelLayout, is16Bit: Bool, tensor: Tensor) {
    self.width = width
    self.height = height
    self.layout = layout
    self.is16Bit = is16Bit
    self.tensor = tensor
  }

  var channels: Int { layout.channels }
  var rowSamples: Int { width * channels }
  var sampleCount: Int { height * rowSamples }

  /// The samples, which live as long as the tensor does.
  var bytes: UnsafeMutableBufferPointer<UInt8> {
    UnsafeMutableBufferPointer(
      start: tensor.address.assumingMemoryBound(to: UInt8.self), count: is16Bit ? 2 * sampleCount : sampleCount)
  }
  var words: UnsafeMutableBufferPointer<UInt16> {
    UnsafeMutableBufferPointer(start: tensor.address.assumingMemoryBound(to: UInt16.self), count: sampleCount)
  }

  func fill(_ value: UInt8) { bytes.update(repeating: value) }
}
