import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How Pillow changes the size of a picture, under the numbers that published preprocessors use.
public enum PictureResampling: Int, Sendable, Hashable, CaseIterable {
  /// The nearest pixel; a windowed sinc over six pixels; straight lines; cubic curves (a = -0.5); the mean of an area; a windowed
  /// sinc over two pixels.
  case nearest = 0, lanczos, bilinear, bicubic, box, hamming

  /// How far a filter reaches, in pixels of the result.
  private var support: Double {
    switch self {
    case .nearest: 0
    case .lanczos: 3
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .box: 0.5
    }
  }

  private func weight(_ x: Double) -> Double {
    func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
    let distance = x.magnitude
    switch self {
    case .nearest: return 1
    case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear: return max(0, 1 - distance)
    case .hamming:
      if distance == 0 { return 1 }
      // Pillow's constants are of single precision.
      let (mean, swing) = (Double(Float(0.54)), Double(Float(0.46)))
      return distance < 1 ? sinc(distance) * (mean + swing * cos(distance * .pi)) : 0
    case .bicubic:
      let a = -0.5
      if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
      return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0
    case .lanczos: return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
  }

  /// For each pixel of the result, where its sources begin and how much each counts, in steps of 2^-22.
  fileprivate func weights(from count: Int, to size: Int) -> [(start: Int, weights: [Int32])] {
    let scale = Double(count) / Double(size)
    let stretch = max(1, scale)
    let reach = support * stretch
    return (0..<size).map { i in
      let centre = (Double(i) + 0.5) * scale
      let start = max(0, Int(centre - reach + 0.5))
      let end = min(count, Int(centre + reach + 0.5))
      let raw = (start..<max(start, end)).map { weight((Double($0) - centre + 0.5) / stretch) }
      let total = raw.reduce(0, +)
      return (
        start,
        raw.map { weight in
          let part = (total == 0 ? weight : weight / total) * Double(1 << 22)
          return Int32(part < 0 ? part - 0.5 : part + 0.5)
        }
      )
    }
  }
}

/// The most pixels that a resized picture may have.
private let mostPixels = 1 << 27

/// A picture of another size, with the values that Pillow 13's `resize` gives: along rows and along columns, each in fixed point and
/// rounded to 8 bits. Columns come first where they lose more than twice as many pixels as rows do.
/// - Parameters:
///   - picture: uint8, `[channels, height, width]`.
///   - height: rows of the result.
///   - width: columns of the result.
/// - Returns: uint8, `[channels, height, width]`.
/// - Throws: `TensorError` where the picture is another tensor, or a size is not positive.
public func resizePicture(
  _ picture: Tensor, height: Int, width: Int, _ resampling: PictureResampling = .bicubic
) throws(TensorError) -> Tensor {
  guard picture.ndim == 3, picture.dtype == .uint8, !picture.shape.contains(0) else {
    throw TensorError(
      .shape, "resizePicture",
      "a picture is a uint8 tensor [channels, height, width], and this is \(picture.dtype)\(picture.shape)")
  }
  guard height > 0, width > 0, height <= mostPixels / width else {
    throw TensorError(.value, "resizePicture", "\(height) by \(width) pixels are none, or more than \(mostPixels)")
  }
  let (channels, rows, columns) = (picture.shape[0], picture.shape[1], picture.shape[2])
  var plane = picture.contiguous().withUnsafeBytes { Array($0) }
  if resampling == .nearest {
    let (ys, xs) = (nearest(of: rows, height), nearest(of: columns, width))
    var out: [UInt8] = []
    out.reserveCapacity(channels * height * width)
    for c in 0..<channels { for y in ys { for x in xs { out.append(plane[(c * rows + y) * columns + x]) } } }
    plane = out
  } else {
    func resizeRows(of rows: Int) {
      if width == columns { return }
      plane = resampled(
        plane, resampling.weights(from: columns, to: width), outer: channels * rows, length: columns, inner: 1)
    }
    func resizeColumns(of columns: Int) {
      if height == rows { return }
      plane = resampled(
        plane, resampling.weights(from: rows, to: height), outer: channels, length: rows, inner: columns)
    }
    if height < rows, rows - height > 2 * (columns - width) {
      resizeColumns(of: columns)
      resizeRows(of: height)
    } else {
      resizeRows(of: rows)
      resizeColumns(of: width)
    }
  }
  return Tensor(plane, shape: [channels, height, width], dtype: .uint8)
}

/// The pixels that `size` pixels of the result are taken from. Steps are added up, as Pillow does: their rounding decides where a
/// pixel lies between two.
private func nearest(of count: Int, _ size: Int) -> [Int] {
  let step = Double(count) / Double(size)
  var place = step * 0.5
  return (0..<size).map { _ in
    defer { place += step }
    return min(count - 1, Int(place))
  }
}

/// Resamples the middle dimension of `[outer, length, inner]`.
private func resampled(
  _ source: [UInt8], _ weights: [(start: Int, weights: [Int32])], outer: Int, length: Int, inner: Int
) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: outer * weights.count * inner) { out, filled in
    source.withUnsafeBufferPointer { source in
      var sums = [Int32](repeating: 0, count: inner)
      for o in 0..<outer {
        for (i, part) in weights.enumerated() {
          for x in 0..<inner { sums[x] = 1 << 21 }
          for (k, weight) in part.weights.enumerated() {
            let row = (o * length + part.start + k) * inner
            for x in 0..<inner { sums[x] &+= Int32(source[row + x]) &* weight }
          }
          let row = (o * weights.count + i) * inner
          for x in 0..<inner { out[row + x] = UInt8(clamping: sums[x] >> 22) }
        }
      }
    }
    filled = outer * weights.count * inner
  }
}
