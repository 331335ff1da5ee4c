import ApusCore
import ApusFormats
import ApusFunctional

/// Layers of pictures that are the same in every run, and the identity of those that only training changes.
enum KerasImages {
  static let makers: [String: KerasBuilder.Maker] = {
    var makers: [String: KerasBuilder.Maker] = ["Resizing": resizing, "CenterCrop": centerCrop]
    for name in [
      "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomContrast", "RandomBrightness",
      "RandomHeight",
      "RandomWidth", "RandomColorDegeneration", "RandomColorJitter", "RandomElasticTransform", "RandomErasing",
      "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
      "RandomSaturation", "RandomSharpness", "RandomShear", "AugMix", "RandAugment", "CutMix", "MixUp",
    ] {
      makers.add(name) { request throws(TensorError) in
        KerasPlan(request.config, request.input) { x throws(TensorError) in x }
      }
    }
    return makers
  }()

  /// How elements between pixels are found.
  enum Method {
    case nearest, bilinear, bicubic, lanczos3, lanczos5

    init(_ name: String, _ config: KerasConfig) throws(TensorError) {
      switch name {
      case "nearest": self = .nearest
      case "bilinear": self = .bilinear
      case "bicubic": self = .bicubic
      case "lanczos3": self = .lanczos3
      case "lanczos5": self = .lanczos5
      default: throw config.fail(.unsupported, "the interpolation '\(name)' is not known here")
      }
    }

    var radius: Double {
      switch self {
      case .nearest: 0
      case .bilinear: 1
      case .bicubic: 2
      case .lanczos3: 3
      case .lanczos5: 5
      }
    }

    /// The weight of a pixel at a distance.
    func weight(_ distance: Double) -> Double {
      let x = Swift.abs(distance)
      switch self {
      case .nearest: return 0
      case .bilinear: return Swift.max(0, 1 - x)
      case .bicubic:
        if x >= 2 { return 0 }
        return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : ((1.5 * x - 2.5) * x) * x + 1
      case .lanczos3, .lanczos5:
        if x >= radius { return 0 }
        if x < 1e-3 { return 1 }
        let p = Double.pi * x
        return radius * sine(p) * sine(p / radius) / (p * p)
      }
    }

    private func sine(_ x: Double) -> Double { Tensor(x, dtype: .float64).sin().item() }
  }

  /// One dimension brought to `size` elements, as TensorFlow samples: at the middles of pixels, the weights of what lies outside
  /// left out. With `antialias` a pixel of the result is a mean of all that it covers.
  static func resized(_ x: Tensor, _ dim: Int, _ size: Int, _ method: Method, antialias: Bool) -> Tensor {
    let count = x.shape[dim]
    guard count > 0, size > 0 else { return x }
    let scale = Double(count) / Double(size)
    if method == .nearest {
      let places = (0..<size).map { Swift.min(Int((Double($0) + 0.5) * scale), count - 1) }
      return x.indexSelect(dim, Tensor(places, dtype: .int64))
    }
    if count == size { return x }
    let spread = antialias ? Swift.max(scale, 1) : 1
    let reach = method.radius * spread
    var matrix = [Double](repeating: 0, count: size * count)
    for i in 0..<size {
      let middle = (Double(i) + 0.5) * scale
      let first = Swift.max(0, Int((middle - reach - 0.5).rounded(.up)))
      let last = Swift.min(count - 1, Int((middle + reach - 0.5).rounded(.down)))
      var total = 0.0
      for j in first..<Swift.max(last + 1, first) {
        let weight = method.weight((Double(j) + 0.5 - middle) / spread)
        matrix[i * count + j] = weight
        total += weight
      }
      if Swift.abs(total) > 1e-9 { for j in first...Swift.max(last, first) { matrix[i * count + j] /= total } }
    }
    let type = x.dtype.isFloatingPoint ? x.dtype : .float32
    let weights = Tensor(matrix, dtype: .float64).reshape([size, count]).to(type)
    return matmul(weights, x.to(type).matrix(dim)).restored(like: x, dim, size)
  }

  private static func resizing(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let (height, width) = (try config.size("height", in: 1...1 << 16), try config.size("width", in: 1...1 << 16))
    let last = try config.channelsLast()
    let method = try Method(config.string("interpolation", "bilinear"), config)
    let antialias = try config.bool("antialias")
    let (crops, pads) = (try config.bool("crop_to_aspect_ratio"), try config.bool("pad_to_aspect_ratio"))
    let fill = try config.number("fill_value", 0)
    return KerasPlan(config, output(request, height, width, last)) { x throws(TensorError) in
      guard x.rank == 3 || x.rank == 4 else {
        throw config.fail(.shape, "needs 3 or 4 dimensions, and found \(x.shape)")
      }
      let (h, w) = last ? (x.rank - 3, x.rank - 2) : (x.rank - 2, x.rank - 1)
      var images = x
      if crops { images = cropped(images, h, w, height, width) }
      if pads { images = padded(images, h, w, height, width, fill) }
      let result = resized(
        resized(images, h, height, method, antialias: antialias), w, width, method, antialias: antialias)
      return x.dtype.isFloatingPoint ? result : result.round().to(x.dtype)
    }
  }

  private static func output(_ request: KerasRequest, _ height: Int, _ width: Int, _ last: Bool) -> KerasShape {
    var shape = request.input
    shape[last ? -3 : -2] = height
    shape[last ? -2 : -1] = width
    return shape
  }

  /// The middle part that has the proportions of the target.
  private static func cropped(_ x: Tensor, _ h: Int, _ w: Int, _ height: Int, _ width: Int) -> Tensor {
    let (rows, columns) = (x.shape[h], x.shape[w])
    let newRows = Swift.max(Swift.min(rows, Int(Float(columns * height) / Float(width))), 1)
    let newColumns = Swift.max(Swift.min(columns, Int(Float(rows * width) / Float(height))), 1)
    let (top, left) = ((rows - newRows) / 2, (columns - newColumns) / 2)
    return x.slice(h, top, top + newRows).slice(w, left, left + newColumns)
  }

  /// With a border that gives it the proportions of the target.
  private static func padded(_ x: Tensor, _ h: Int, _ w: Int, _ height: Int, _ width: Int, _ fill: Double) -> Tensor {
    let (rows, columns) = (x.shape[h], x.shape[w])
    let top = (Swift.max(rows, Int(Float(columns * height) / Float(width))) - rows) / 2
    let left = (Swift.max(columns, Int(Float(rows * width) / Float(height))) - columns) / 2
    return x.pad([Int](repeating: 0, count: 2 * (x.rank - 1 - w)) + [left, left, top, top], value: fill)
  }

  private static func centerCrop(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let (height, width) = (try config.size("height", in: 1...1 << 16), try config.size("width", in: 1...1 << 16))
    let last = try config.channelsLast()
    return KerasPlan(config, output(request, height, width, last)) { x throws(TensorError) in
      guard x.rank == 3 || x.rank == 4 else {
        throw config.fail(.shape, "needs 3 or 4 dimensions, and found \(x.shape)")
      }
      let (h, w) = last ? (x.rank - 3, x.rank - 2) : (x.rank - 2, x.rank - 1)
      let (top, left) = ((x.shape[h] - height) / 2, (x.shape[w] - width) / 2)
      if x.shape[h] >= height, x.shape[w] >= width {
        return x.slice(h, top, top + height).slice(w, left, left + width)
      }
      let part = cropped(x, h, w, height, width)
      return resized(resized(part, h, height, .bilinear, antialias: false), w, width, .bilinear, antialias: false)
    }
  }
}

extension Tensor {
  /// [the elements of a dimension, everything else].
  fileprivate func matrix(_ dim: Int) -> Tensor {
    let turned = movedim(dim, 0)
    return turned.reshape([turned.shape[0], turned.shape.dropFirst().reduce(1, *)])
  }

  /// Back from [size, everything else] to the order of `other`, whose dimension `dim` it has in `size` elements.
  fileprivate func restored(like other: Tensor, _ dim: Int, _ size: Int) -> Tensor {
    var rest = other.shape
    rest.remove(at: dim)
    return reshape([size] + rest).movedim(0, dim)
  }
}
