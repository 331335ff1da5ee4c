import ApusCore

/// A picture `[channels, height, width]` that is to be written, by rows and pixels.
struct ImageRows {
  let width: Int
  let height: Int
  let channels: Int
  private let pixels: Tensor

  /// Checks that `image` is a picture with one of these numbers of channels and one of these types.
  init(
    _ image: Tensor, _ operation: String, channels: ClosedRange<Int>, types: [DType]
  ) throws(TensorError) {
    let planes = image.rank == 2 ? image.unsqueeze(0) : image
    guard planes.rank == 3, channels.contains(planes.shape[0]), planes.shape[1] > 0, planes.shape[2] > 0,
      planes.shape[1] <= Int32.max, planes.shape[2] <= Int32.max
    else {
      throw TensorError(
        .shape, operation,
        "a picture is [channels, height, width] with \(channels.lowerBound) to \(channels.upperBound) channels, or "
          + "[height, width]; found \(image.shape)")
    }
    guard types.contains(image.dtype) else {
      throw TensorError(
        .dtype, operation,
        "a picture of type \(image.dtype) cannot be written; numbers from 0 to 1 become bytes by (x * 255).to(.uint8)")
    }
    self.channels = planes.shape[0]
    (height, width) = (planes.shape[1], planes.shape[2])
    pixels = Self.interleaved(planes.detach()) ?? planes.detach().permute([1, 2, 0])
  }

  /// Planes of bytes that lie one after the other, pixel by pixel; nil for what lies otherwise.
  private static func interleaved(_ planes: Tensor) -> Tensor? {
    let (channels, area) = (planes.shape[0], planes.shape[1] * planes.shape[2])
    guard channels == 3, planes.dtype == .uint8, planes.isContiguous else { return nil }
    let made = Tensor.uninitialized([planes.shape[1], planes.shape[2], channels], .uint8)
    nonisolated(unsafe) let to = made.body.data.assumingMemoryBound(to: UInt8.self)
    return planes.withUnsafeBytes { bytes -> Tensor? in
      guard let base = bytes.baseAddress else { return nil }
      nonisolated(unsafe) let from = base.assumingMemoryBound(to: UInt8.self)
      parallelFor(area, grain: parallelGrain) { range in
        let (red, green, blue) = (from, from + area, from + 2 * area)
        for i in range {
          to[3 * i] = red[i]
          to[3 * i + 1] = green[i]
          to[3 * i + 2] = blue[i]
        }
      }
      return made
    }
  }

  /// Calls `body` with the samples, those of 16 bits in the order of the file.
  func withBytes<Result>(
    bigEndian: Bool, _ body: (UnsafeRawBufferPointer) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    try pixels.withUnsafeBytes { bytes throws(TensorError) in
      guard pixels.dtype == .uint16, bigEndian else { return try body(bytes) }
      let swapped = bytes.bindMemory(to: UInt16.self).map(\.bigEndian)
      return try swapped.withUnsafeBufferPointer { words throws(TensorError) in
        try body(UnsafeRawBufferPointer(words))
      }
    }
  }
}
