import ApusCore
import ApusFormats
import ApusMedia

extension SummaryWriter {
  /// Records a picture.
  ///
  /// - Parameters:
  ///   - image: uint8, or numbers in 0 ... 1, beyond which they are cut.
  ///   - dataformats: what the dimensions are, in any order: "CHW" with 1, 3 or 4 channels, "HWC", "HW", or "NCHW" for several
  ///     pictures in rows of eight.
  public func addImage(
    _ tag: String, _ image: Tensor, _ step: Int = 0, walltime: Double? = nil, dataformats: String = "CHW"
  ) {
    guard !image.hasFailed, let rows = reported("addImage", { try SummaryPicture.rows(image, dataformats, "addImage") })
    else { return }
    let samples = SummaryPicture.bytes(rows)
    write {
      try $0.addImage(
        tag, samples: samples, width: rows.shape[1], height: rows.shape[0], channels: rows.shape[2], step: step,
        wallTime: walltime)
    }
  }

  /// Records several pictures, in rows of eight.
  /// - Parameter dataformats: what the dimensions are, in any order: "NCHW" with 1 or 3 channels, "NHWC" ...
  public func addImages(
    _ tag: String, _ images: Tensor, _ step: Int = 0, walltime: Double? = nil, dataformats: String = "NCHW"
  ) {
    addImage(tag, images, step, walltime: walltime, dataformats: dataformats)
  }

  /// Records a chart as a picture.
  public func addFigure(_ tag: String, _ figure: Chart, _ step: Int = 0, walltime: Double? = nil) {
    let picture = figure.rasterized(panelWidth: 480, panelHeight: 340, scale: 2)
    write {
      try $0.addImage(
        tag, samples: picture.samples, width: picture.width, height: picture.height, channels: 3, step: step,
        wallTime: walltime)
    }
  }

  /// Records a moving picture, as an animated GIF of 256 fixed colours.
  /// - Parameters:
  ///   - video: `[sequences, times, channels, height, width]` with 1 or 3 channels; uint8, or numbers in 0 ... 1. Sequences
  ///     stand beside each other.
  ///   - fps: pictures a second.
  public func addVideo(_ tag: String, _ video: Tensor, _ step: Int = 0, fps: Double = 4, walltime: Double? = nil) {
    guard !video.hasFailed else { return }
    guard video.rank == 5, [1, 3].contains(video.shape[2]), !video.shape.contains(0), fps > 0 else {
      report(
        TensorError(
          .shape, "addVideo",
          "a video is [sequences, times, channels, height, width] with 1 or 3 channels, not \(video.shape), and has a "
            + "positive number of pictures a second, not \(fps)"))
      return
    }
    let frames = SummaryPicture.frames(video)
    let (height, width) = (frames.shape[1], frames.shape[2])
    guard height <= 0xffff, width <= 0xffff else {
      report(TensorError(.shape, "addVideo", "a GIF has at most 65535 rows and columns, not \(height) and \(width)"))
      return
    }
    let gif = GIFWriter.encode(SummaryPicture.bytes(frames), width: width, height: height, fps: fps)
    write {
      try $0.add(tag, step, walltime) { value in
        value.add(4) { image in
          image.add(1, int64: Int64(height))
          image.add(2, int64: Int64(width))
          image.add(3, int64: 3)
          image.add(4, bytes: gif)
        }
      }
    }
  }
}

/// Tensors as the pictures that TensorBoard shows.
enum SummaryPicture {
  /// The picture as `[height, width, channels]`; of several ones a grid; grey ones get three channels, as in PyTorch.
  static func rows(_ image: Tensor, _ dataformats: String, _ name: String) throws -> Tensor {
    let order = Array(dataformats.uppercased())
    let wanted: [Character] =
      order.count == 4 ? ["N", "C", "H", "W"] : order.count == 3 ? ["H", "W", "C"] : ["H", "W"]
    guard Set(order) == Set(wanted), order.count == wanted.count, image.rank == order.count, !image.shape.contains(0)
    else {
      throw TensorError(
        .shape, name,
        "a picture of shape \(image.shape) is not '\(dataformats)'; dataformats names each dimension: \"CHW\", \"HWC\", "
          + "\"HW\", \"NCHW\" ...")
    }
    let pixels = image.detach().permute(wanted.map { order.firstIndex(of: $0) ?? 0 })
    if wanted.count == 2 { return pixels.unsqueeze(2).expand([-1, -1, 3]) }
    if wanted.count == 3 { return pixels.shape[2] == 1 ? pixels.expand([-1, -1, 3]) : pixels }
    guard [1, 3].contains(pixels.shape[1]) else {
      throw TensorError(
        .shape, name, "pictures side by side have 1 or 3 channels, and these are \(image.shape) as '\(dataformats)'")
    }
    return grid(pixels, columns: 8).permute([1, 2, 0])
  }

  /// Pictures `[number, 1 or 3, height, width]` in rows, without space between them: `[3, rows * height, columns * width]`.
  static func grid(_ pictures: Tensor, columns: Int) -> Tensor {
    let (number, height, width) = (pictures.shape[0], pictures.shape[2], pictures.shape[3])
    let columns = min(number, columns)
    let rows = (number + columns - 1) / columns
    var all = pictures.expand([number, 3, height, width])
    if rows * columns > number {
      let empty = Tensor.zeros([rows * columns - number, 3, height, width], dtype: pictures.dtype)
      all = cat([all, empty])
    }
    return all.reshape([rows, columns, 3, height, width]).permute([2, 0, 3, 1, 4])
      .reshape([3, rows * height, columns * width])
  }

  /// The times of a video as pictures `[times, height, width, 3]`: sequences in a grid whose sides are powers of two.
  static func frames(_ video: Tensor) -> Tensor {
    let sizes = video.shape
    var number = 1
    while number < sizes[0] { number *= 2 }
    // As many rows as PyTorch makes of the sequences that there are.
    var bits = 0
    while sizes[0] >> bits > 0 { bits += 1 }
    let rows = 1 << ((bits - 1) / 2)
    var all = video.detach().expand([sizes[0], sizes[1], 3, sizes[3], sizes[4]])
    if number > sizes[0] {
      let empty = Tensor.zeros([number - sizes[0], sizes[1], 3, sizes[3], sizes[4]], dtype: video.dtype)
      all = cat([all, empty])
    }
    let columns = number / rows
    return all.reshape([rows, columns, sizes[1], 3, sizes[3], sizes[4]]).permute([2, 0, 4, 1, 5, 3])
      .reshape([sizes[1], rows * sizes[3], columns * sizes[4], 3])
  }

  /// The samples in the order of the dimensions: those of uint8 as they are, others 255 times as large and cut.
  static func bytes(_ rows: Tensor) -> [UInt8] {
    let bytes = rows.dtype == .uint8 ? rows : (rows.to(.float32) * 255).clamp(min: 0.0, max: 255.0).to(.uint8)
    return bytes.reshape([-1]).array(as: UInt8.self)
  }
}
