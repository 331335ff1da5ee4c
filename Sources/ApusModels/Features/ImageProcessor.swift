import ApusCore
import ApusFormats
import ApusMedia
import ApusVision

/// Makes pictures into what a published model sees: resized, cut, scaled and normalised, as `preprocessor_config.json` says and
/// `transformers`' image processors do (ViT, CLIP, BiT, ConvNeXT, DeiT, EfficientNet, SegFormer, SigLIP).
public struct ImageProcessor: Sendable {
  /// What a picture is resized to.
  private enum Size: Sendable {
    case exact(height: Int, width: Int)
    /// The shorter side, and the most that the longer one has.
    case shortest(Int, longest: Int?)
  }

  /// The file, for messages.
  private let path: String
  private let size: Size?
  private let resampling: PictureResampling
  private let crop: (height: Int, width: Int)?
  /// The part of a resized picture that ConvNeXT keeps; nil for others.
  private let kept: Double?
  private let scale: Double?
  private let offset: Double
  private let mean: [Double]?
  private let deviation: [Double]?
  /// Whether what is transparent becomes white; else transparency is left out.
  private let flattens: Bool
  /// EfficientNet divides once more.
  private let furtherDeviation: [Double]?

  /// Reads `preprocessor_config.json` in a folder, or that file itself.
  /// - Throws: `TensorError` that names the file and the key.
  public init(path: String) throws(TensorError) {
    try self.init(try preprocessorConfiguration(path))
  }

  /// What a configuration says.
  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    path = configuration.path
    let kind = try configuration.string("image_processor_type", "feature_extractor_type", default: "ViTImageProcessor")
    let family = ProcessorFamily(kind)
    flattens = try configuration.bool("do_convert_rgb", default: family.flattens)
    let resizes = try configuration.bool("do_resize", default: true)
    size = resizes ? try Self.size(configuration, family) : nil
    guard
      let found = PictureResampling(
        rawValue: try configuration.int("resample", default: family.resampling.rawValue, in: 0...100))
    else { throw configuration.unsupported("resample", "a number of Pillow's filters, 0 to 5") }
    resampling = found
    kept = family == .convNext ? try configuration.double("crop_pct", default: 224.0 / 256) : nil
    if let kept, !(0.01...1).contains(kept) { throw configuration.wrong("crop_pct", "a number from 0.01 to 1") }
    let crops = try configuration.bool("do_center_crop", default: family.crops)
    crop = crops ? try Self.pair(configuration, "crop_size", default: family == .efficientNet ? 289 : 224) : nil
    if let crop, crop.height * crop.width > Self.mostPixels {
      throw configuration.wrong("crop_size", "a size of at most \(Self.mostPixels) pixels")
    }
    let rescales = try configuration.bool("do_rescale", default: true)
    scale = rescales ? try configuration.double("rescale_factor", default: 1.0 / 255) : nil
    offset = rescales && family == .efficientNet ? try configuration.bool("rescale_offset", default: false) ? 1 : 0 : 0
    let normalises = try configuration.bool("do_normalize", default: true)
    mean = normalises ? try Self.channels(configuration, "image_mean", default: family.mean) : nil
    let spread = try Self.channels(configuration, "image_std", default: family.deviation)
    if spread.contains(0) { throw configuration.wrong("image_std", "numbers other than 0") }
    deviation = normalises ? spread : nil
    let dividesTwice = family == .efficientNet ? try configuration.bool("include_top", default: true) : false
    furtherDeviation = dividesTwice ? spread : nil
  }

  /// Reads pictures, turns them upright and makes them into `[pictures, 3, height, width]`, float32. Grey and palettes become
  /// colours; where the processor converts pictures itself (`do_convert_rgb`), transparency becomes white.
  /// - Throws: `TensorError` that names the file.
  public func callAsFunction(files: [String]) throws(TensorError) -> Tensor {
    var pictures: [Tensor] = []
    for file in files {
      let picture = try readImage(file, mode: flattens ? .rgba : .rgb, dtype: .uint8, applyEXIFOrientation: true)
      pictures.append(flattens ? Self.onWhite(picture) : picture)
    }
    return try self(pictures)
  }

  /// Makes pictures of three channels, uint8 `[3, height, width]`, into `[pictures, 3, height, width]`, float32.
  /// - Throws: `TensorError` where a picture is another tensor, or pictures of several sizes stay as they are.
  public func callAsFunction(_ pictures: [Tensor]) throws(TensorError) -> Tensor {
    var values: [Tensor] = []
    for picture in pictures {
      guard picture.ndim == 3, picture.shape[0] == 3, picture.dtype == .uint8, !picture.shape.contains(0) else {
        throw TensorError(
          .shape, "ImageProcessor",
          "a picture is a uint8 tensor [3, height, width], and this is \(picture.dtype)\(picture.shape)")
      }
      values.append(normalised(try sized(picture)))
    }
    guard let first = values.first, values.allSatisfy({ $0.shape == first.shape }) else {
      throw TensorError(
        .shape, "ImageProcessor", "pictures of one batch end with one size, and there are \(values.map(\.shape))")
    }
    return stack(values, dim: 0)
  }

  // MARK: Steps

  private func resized(_ picture: Tensor, _ height: Int, _ width: Int) throws(TensorError) -> Tensor {
    guard height <= Self.mostPixels, width <= Self.mostPixels, height * width <= Self.mostPixels else {
      throw TensorError(
        .value, path,
        "a picture of \(picture.shape[1]) by \(picture.shape[2]) pixels would have \(height) by \(width); at most "
          + "\(Self.mostPixels) pixels are possible")
    }
    return try resizePicture(picture, height: height, width: width, resampling)
  }

  /// A picture with alpha on a white ground, rounded as Pillow's `alpha_composite` rounds.
  private static func onWhite(_ picture: Tensor) -> Tensor {
    let (rows, columns) = (picture.shape[1], picture.shape[2])
    let count = rows * columns
    let source = picture.contiguous().withUnsafeBytes { Array($0) }
    var out = [UInt8](repeating: 0, count: 3 * count)
    for i in 0..<count {
      let alpha = Int(source[3 * count + i])
      for place in [i, count + i, 2 * count + i] {
        let sum = (Int(source[place]) * alpha + 255 * (255 - alpha) + 128) << 7
        out[place] = UInt8(truncatingIfNeeded: (((sum >> 8) + sum) >> 8) >> 7)
      }
    }
    return Tensor(out, shape: [3, rows, columns], dtype: .uint8)
  }

  private func sized(_ picture: Tensor) throws(TensorError) -> Tensor {
    var picture = picture
    let (rows, columns) = (picture.shape[1], picture.shape[2])
    switch size {
    case .exact(let height, let width): picture = try resized(picture, height, width)
    case .shortest(let edge, let longest):
      guard let kept else {
        let (height, width) = Self.scaled(rows, columns, edge, longest)
        picture = try resized(picture, height, width)
        break
      }
      // ConvNeXT: a small picture is cut out of a slightly larger one, a large one is warped.
      if edge < 384 {
        let (height, width) = Self.scaled(rows, columns, Int(Double(edge) / kept), nil)
        picture = Self.centre(try resized(picture, height, width), edge, edge)
      } else {
        picture = try resized(picture, edge, edge)
      }
    case nil: break
    }
    return crop.map { Self.centre(picture, $0.height, $0.width) } ?? picture
  }

  private static func scaled(_ rows: Int, _ columns: Int, _ edge: Int, _ longest: Int?) -> (Int, Int) {
    let (short, long) = (min(rows, columns), max(rows, columns))
    var (newShort, newLong) = (edge, max(1, Int(Double(edge) * Double(long) / Double(short))))
    if let longest, newLong > longest { (newShort, newLong) = (max(1, longest * newShort / newLong), longest) }
    return rows <= columns ? (newShort, newLong) : (newLong, newShort)
  }

  /// The middle of a picture, with black around it where it is too small.
  private static func centre(_ picture: Tensor, _ height: Int, _ width: Int) -> Tensor {
    let (channels, rows, columns) = (picture.shape[0], picture.shape[1], picture.shape[2])
    // Where the cut begins, rounded towards the start as Python's `//` does it.
    let top = rows >= height ? (rows - height) / 2 : -((height - rows + 1) / 2)
    let left = columns >= width ? (columns - width) / 2 : -((width - columns + 1) / 2)
    let source = picture.contiguous().withUnsafeBytes { Array($0) }
    var out = [UInt8](repeating: 0, count: channels * height * width)
    for c in 0..<channels {
      for y in 0..<height where (0..<rows).contains(y + top) {
        for x in 0..<width where (0..<columns).contains(x + left) {
          out[(c * height + y) * width + x] = source[(c * rows + y + top) * columns + x + left]
        }
      }
    }
    return Tensor(out, shape: [channels, height, width], dtype: .uint8)
  }

  private func normalised(_ picture: Tensor) -> Tensor {
    var values = picture.to(.float32)
    if let scale { values = values * Float(scale) }
    if offset != 0 { values = values - Float(offset) }
    func channels(_ numbers: [Double]) -> Tensor { Tensor(numbers.map { Float($0) }, shape: [3, 1, 1]) }
    if let mean, let deviation { values = (values - channels(mean)) / channels(deviation) }
    return furtherDeviation.map { values / channels($0) } ?? values
  }

  // MARK: The configuration

  private static let largest = 1 << 14
  /// A picture has no more pixels than these once it is resized or cut.
  private static let mostPixels = 1 << 22

  private static func size(_ configuration: ModelConfiguration, _ family: ProcessorFamily) throws(TensorError) -> Size {
    guard configuration["size"]?.object != nil else {
      let edge = try configuration.int("size", default: family.size, in: 1...largest)
      return family.keepsShape ? .shortest(edge, longest: nil) : .exact(height: edge, width: edge)
    }
    guard let size = try configuration.section("size") else { return .shortest(family.size, longest: nil) }
    if size["shortest_edge"] != nil {
      return .shortest(
        try size.int("shortest_edge", in: 1...largest), longest: try size.optionalInt("longest_edge", in: 1...largest))
    }
    return .exact(height: try size.int("height", in: 1...largest), width: try size.int("width", in: 1...largest))
  }

  private static func pair(
    _ configuration: ModelConfiguration, _ key: String, default value: Int
  ) throws(TensorError) -> (height: Int, width: Int) {
    guard configuration[key]?.object != nil, let size = try configuration.section(key) else {
      let edge = try configuration.int(key, default: value, in: 1...largest)
      return (edge, edge)
    }
    return (try size.int("height", in: 1...largest), try size.int("width", in: 1...largest))
  }

  private static func channels(
    _ configuration: ModelConfiguration, _ key: String, default values: [Double]
  ) throws(TensorError) -> [Double] {
    if let number = configuration[key]?.double { return [number, number, number] }
    guard let found = try configuration.doubles(key) else { return values }
    guard found.count == 3, found.allSatisfy(\.isFinite) else { throw configuration.wrong(key, "three numbers") }
    return found
  }
}

/// What a kind of processor does unless its configuration says otherwise.
private enum ProcessorFamily: Equatable {
  case vit, clip, bit, convNext, deit, efficientNet, siglip, segFormer

  init(_ kind: String) {
    self =
      if kind.hasPrefix("CLIP") || kind.hasPrefix("ChineseCLIP") {
        .clip
      } else if kind.hasPrefix("Bit") {
        .bit
      } else if kind.hasPrefix("ConvNext") {
        .convNext
      } else if kind.hasPrefix("DeiT") {
        .deit
      } else if kind.hasPrefix("EfficientNet") {
        .efficientNet
      } else if kind.hasPrefix("Siglip") {
        .siglip
      } else if kind.hasPrefix("Segformer") {
        .segFormer
      } else {
        .vit
      }
  }

  var resampling: PictureResampling {
    switch self {
    case .vit, .segFormer: .bilinear
    default: .bicubic
    }
  }

  var size: Int {
    switch self {
    case .convNext: 384
    case .deit: 256
    case .efficientNet: 346
    case .segFormer: 512
    default: 224
    }
  }

  var flattens: Bool { self == .clip || self == .bit || self == .siglip }
  var crops: Bool { self == .clip || self == .bit || self == .deit }
  var keepsShape: Bool { self == .clip || self == .bit || self == .convNext }

  var mean: [Double] {
    switch self {
    case .clip, .bit: [0.48145466, 0.4578275, 0.40821073]
    case .segFormer: [0.485, 0.456, 0.406]
    default: [0.5, 0.5, 0.5]
    }
  }

  var deviation: [Double] {
    switch self {
    case .clip, .bit: [0.26862954, 0.26130258, 0.27577711]
    case .segFormer: [0.229, 0.224, 0.225]
    default: [0.5, 0.5, 0.5]
    }
  }
}
