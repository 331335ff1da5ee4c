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

  /// How much a pixel counts at that distance.
  func weight(_ x: Double) -> Double {
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
    case .bicubic: return cubic(distance, -0.5)
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
private let mostResizedPixels = 1 << 27

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
  guard height > 0, width > 0, height <= mostResizedPixels / width else {
    throw TensorError(
      .value, "resizePicture", "\(height) by \(width) pixels are none, or more than \(mostResizedPixels)")
  }
  let (rows, columns) = (picture.shape[1], picture.shape[2])
  if resampling == .nearest {
    return picture.indexSelect(1, Tensor(nearest(of: rows, height))).indexSelect(
      2, Tensor(nearest(of: columns, width)))
  }
  return apply(PillowResize(height: height, width: width, resampling: resampling), picture)
}

/// Resizing by weighted sums.
struct PillowResize: Primitive, Hashable {
  let height: Int
  let width: Int
  let resampling: PictureResampling
  var name: String { "resizePicture" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType([inputs[0].shape[0], height, width], .uint8)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let source = try inputs[0].dense()
    let (rows, columns) = (source.shape[1], source.shape[2])
    resample(
      UnsafeRawPointer(source.data), results[0].body.data, planes: source.shape[0], group: 1,
      rows: ResampledAxis(from: columns, to: width, wide: resampling.weights(from: columns, to: width)),
      columns: ResampledAxis(from: rows, to: height, wide: resampling.weights(from: rows, to: height)), .uint8,
      columnsFirst: height < rows && rows - height > 2 * (columns - width))
  }
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

extension PictureResampling {
  /// Pillow's filter of that name.
  init?(_ interpolation: ImageInterpolation) {
    switch interpolation {
    case .nearest: self = .nearest
    case .bilinear: self = .bilinear
    case .bicubic: self = .bicubic
    case .box: self = .box
    case .hamming: self = .hamming
    case .lanczos: self = .lanczos
    case .nearestExact: self = .nearest
    }
  }
}
