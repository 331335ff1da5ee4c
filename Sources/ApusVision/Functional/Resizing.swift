import ApusCore
import ApusFunctional
import CVision

extension TF {
  /// The picture in another size, torchvision's `resize`.
  ///
  ///     TF.resize(picture, 224)                                   // the shorter side
  ///     TF.resize(picture, [224, 224], interpolation: .bicubic)
  ///
  /// - Parameters:
  ///   - size: height and width, or the length of the shorter side.
  ///   - interpolation: masks take the nearest pixel whatever it is; box and hamming are for a ``PILImage`` only.
  ///   - maxSize: the most that the longer side may have, where `size` is one number; the shorter side follows.
  ///   - antialias: whether a smaller picture averages what its pixels cover, for bilinear, bicubic and lanczos. A ``PILImage`` always
  ///     does.
  public static func resize<Input: VisionTensor, each Size: SpatialSize>(
    _ input: Input, _ size: (repeat each Size), interpolation: ImageInterpolation = .bilinear, maxSize: Int? = nil,
    antialias: Bool = true
  ) -> Input {
    ResizeKernel(size: sizes(repeat each size), maxSize: maxSize, interpolation: interpolation, antialias: antialias)
      .run(input)
  }

  /// ``resize(_:_:interpolation:maxSize:antialias:)`` with a label; without a size the longer side becomes `maxSize`.
  public static func resize<Input: VisionTensor>(
    _ input: Input, size: [Int]?, interpolation: ImageInterpolation = .bilinear, maxSize: Int? = nil,
    antialias: Bool = true
  ) -> Input {
    ResizeKernel(size: size, maxSize: maxSize, interpolation: interpolation, antialias: antialias).run(input)
  }
}

struct ResizeKernel: Kernel {
  let size: [Int]?
  let maxSize: Int?
  let interpolation: ImageInterpolation
  let antialias: Bool
  var name: String { "resize" }

  func image(_ x: Tensor) throws(TensorError) -> Tensor {
    guard interpolation != .lanczos || antialias else {
      throw TensorError(.value, name, "the interpolation lanczos requires antialias: true")
    }
    guard interpolation != .box, interpolation != .hamming else {
      throw TensorError(
        .value, name,
        "the interpolation \(interpolation.rawValue) is for a PILImage only; tensors take nearest, nearest-exact, bilinear, "
          + "bicubic and lanczos")
    }
    let (height, width) = try output(x.height, x.width)
    if (height, width) == (x.height, x.width) { return x }
    let shape = x.shape.dropLast(2) + [height, width]
    if x.count == 0 { return Tensor.zeros(Array(shape), dtype: x.dtype) }
    guard height > 0, width > 0 else {
      throw TensorError(
        .value, name, "cannot resize (\(x.height), \(x.width)) to (\(height), \(width)): sizes must be positive")
    }
    try checkMemory(TensorType(Array(shape), x.dtype), name)
    switch interpolation {
    case .nearest, .nearestExact: return nearest(x, height, width)
    default: break
    }
    let isKept = x.dtype == .uint8 || x.dtype == .float32 || x.dtype == .float64
    let batch = (isKept ? x : x.to(.float32)).asBatch
    let method = ResamplingMethod(interpolation: interpolation, antialias: antialias)
    var result = apply(Resampling(height: height, width: width, method: method), batch)
    if !isKept {
      if !x.dtype.isFloatingPoint { result = result.round() }
      result = result.to(x.dtype)
    }
    return result.ndim == x.ndim ? result : result.reshape(Array(shape))
  }

  func pil(_ x: Tensor) throws(TensorError) -> Tensor {
    let (height, width) = try output(x.height, x.width)
    if (height, width) == (x.height, x.width) { return x }
    guard let method = PictureResampling(interpolation) else {
      throw TensorError(.value, name, "Pillow has no interpolation \(interpolation.rawValue)")
    }
    guard Pillow.hasAlpha(x), method != .nearest else {
      return try resizePicture(x, height: height, width: width, method)
    }
    return Pillow.unmultiplied(
      try resizePicture(Pillow.premultiplied(x), height: height, width: width, method))
  }

  func mask(_ x: Tensor) throws(TensorError) -> Tensor? {
    let mode = interpolation == .nearestExact ? ImageInterpolation.nearestExact : .nearest
    return try ResizeKernel(size: size, maxSize: maxSize, interpolation: mode, antialias: antialias).image(x)
  }

  func boxes(_ x: BoundingBoxes) throws(TensorError) -> BoundingBoxes? {
    let (height, width) = try output(x.canvasSize.height, x.canvasSize.width)
    if (height, width) == x.canvasSize { return x }
    let across = Double(width) / Double(x.canvasSize.width)
    let down = Double(height) / Double(x.canvasSize.height)
    guard x.format.isRotated else {
      let factors = Tensor([across, down, across, down], shape: [4], dtype: .float32)
      return x.with(
        x.tensor.count == 0 ? x.tensor : (x.tensor * factors).to(x.tensor.dtype), canvasSize: (height, width))
    }
    if x.tensor.count == 0 { return x.with(x.tensor, canvasSize: (height, width)) }
    let factors = Tensor((0..<8).map { $0 % 2 == 0 ? across : down }, shape: [8], dtype: .float32)
    let corners = try converted(x.tensor, from: x.format, to: .xyxyxyxy)
    let boxes = x.with(rectangles(corners * factors), format: .xyxyxyxy, canvasSize: (height, width))
    let clamped = try boxes.clamped(x.clampingMode)
    return x.with(
      try converted(clamped.tensor, from: .xyxyxyxy, to: x.format).to(x.tensor.dtype), canvasSize: (height, width))
  }

  func points(_ x: KeyPoints) throws(TensorError) -> KeyPoints? {
    let (height, width) = try output(x.canvasSize.height, x.canvasSize.width)
    if (height, width) == x.canvasSize { return x }
    let factors = Tensor(
      [Double(width) / Double(x.canvasSize.width), Double(height) / Double(x.canvasSize.height)], shape: [2],
      dtype: .float32)
    return x.with((x.tensor * factors).to(x.tensor.dtype), canvasSize: (height, width))
  }

  /// Height and width of the result.
  private func output(_ height: Int, _ width: Int) throws(TensorError) -> (height: Int, width: Int) {
    guard height > 0, width > 0 || size?.count == 2 else {
      if let size, size.count == 2 { return (size[0], size[1]) }
      throw TensorError(.shape, name, "a picture of \(height) by \(width) pixels has no shape to keep")
    }
    let (short, long) = (min(height, width), max(height, width))
    func ordered(_ short: Int, _ long: Int) -> (Int, Int) { width <= height ? (long, short) : (short, long) }
    guard let size else {
      guard let maxSize else { throw TensorError(.value, name, "maxSize must be an integer when size is nil") }
      return ordered(whole(Double(maxSize) * Double(short) / Double(long)), maxSize)
    }
    if size.count == 2 {
      guard maxSize == nil else {
        throw TensorError(
          .value, name,
          "max_size should only be passed if size is nil or specifies the length of the smaller edge, and found size \(size)"
        )
      }
      return (size[0], size[1])
    }
    guard size.count == 1, size[0] > 0 else {
      throw TensorError(
        .value, name, "size can be an integer, a sequence of one or two integers, or nil, and found \(size)")
    }
    var (newShort, newLong) = (size[0], whole(Double(size[0]) * Double(long) / Double(short)))
    if let maxSize {
      guard maxSize > size[0] else {
        throw TensorError(
          .value, name,
          "max_size = \(maxSize) must be strictly greater than the requested size for the smaller edge size = \(size)")
      }
      if newLong > maxSize {
        (newShort, newLong) = (whole(Double(maxSize) * Double(newShort) / Double(newLong)), maxSize)
      }
    }
    return ordered(newShort, newLong)
  }

  private func nearest(_ x: Tensor, _ height: Int, _ width: Int) -> Tensor {
    let isExact = interpolation == .nearestExact
    let made = apply(
      NearestPixels(rows: nearestPlaces(x.height, height, isExact), columns: nearestPlaces(x.width, width, isExact)),
      x.asBatch)
    return made.ndim == x.ndim ? made : made.reshape(x.shape.dropLast(2) + [height, width])
  }
}

/// Pixels of pictures `[N, C, H, W]` at the crossings of rows and columns.
struct NearestPixels: LinearPrimitive, Hashable {
  let rows: [Int]
  let columns: [Int]
  var name: String { "UpsampleNearest" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[0].shape.prefix(2) + [rows.count, columns.count], inputs[0].dtype)]
  }

  /// Few channels stay beside each other where they are.
  func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    inputs[0].hasInterleavedChannels ? .channelsLast : .rowMajor
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = inputs[0]
    let shape = x.body.shape
    let isInterleaved = x.hasInterleavedChannels
    let source = isInterleaved ? x.body : try x.dense()
    let size = x.dtype.size * (isInterleaved ? shape[1] : 1)
    let planes = isInterleaved ? shape[0] : shape[0] * shape[1]
    let (from, to) = (shape[3] * size, columns.count * size)
    let places = columns.map { Int32($0) }
    nonisolated(unsafe) let input = UnsafeRawPointer(source.data).assumingMemoryBound(to: UInt8.self)
    nonisolated(unsafe) let output = results[0].body.data.assumingMemoryBound(to: UInt8.self)
    let height = rows.count
    parallelFor(planes * height, grain: max(1, parallelGrain / max(1, columns.count))) { range in
      places.withUnsafeBufferPointer { places in
        for line in range {
          let (plane, row) = line.quotientAndRemainder(dividingBy: height)
          let target = output + line * to
          if row > 0, line > range.lowerBound, rows[row] == rows[row - 1] {
            target.update(from: target - to, count: to)
          } else {
            cv_pick(input + (plane * shape[2] + rows[row]) * from, target, places.baseAddress, places.count, size)
          }
        }
      }
    }
    withExtendedLifetime(source) {}
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let type = node.inputType(0)
    let g = single(node, cotangents)
    let wide = Tensor.zeros(type.shape.dropLast(2) + [type.shape[2], columns.count], dtype: type.dtype)
      .indexAdd(2, Tensor(rows), g)
    return [Tensor.zeros(type.shape, dtype: type.dtype).indexAdd(3, Tensor(columns), wide)]
  }
}

/// The elements that lie nearest, in float32 as PyTorch finds them.
private func nearestPlaces(_ count: Int, _ size: Int, _ isExact: Bool) -> [Int] {
  if !isExact, size == 2 * count { return (0..<size).map { $0 / 2 } }
  let step = Float(count) / Float(size)
  return (0..<size).map { min(count - 1, Int(((Float($0) + (isExact ? 0.5 : 0)) * step).rounded(.down))) }
}
