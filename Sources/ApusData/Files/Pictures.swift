import ApusCore
import ApusFormats
import ApusMedia

/// Pictures beside each other as one, PyTorch's `torchvision.utils.make_grid`: `[N, C, H, W]` (or `[C, H, W]`, `[H, W]`) to
/// `[C, rows (H + padding) + padding, columns (W + padding) + padding]`. One channel becomes three.
///
/// - Parameters:
///   - nrow: how many pictures stand in a row.
///   - padding: the pixels between them and around.
///   - normalize: whether the values are shifted and scaled so that they fill 0 to 1.
///   - padValue: the value of the pixels between.
public func makeGrid(
  _ images: Tensor, nrow: Int = 8, padding: Int = 2, normalize: Bool = false, padValue: Double = 0
) -> Tensor {
  var x = images.detach()
  if x.rank == 2 { x = x.unsqueeze(0) }
  if x.rank == 3 { x = x.unsqueeze(0) }
  guard x.rank == 4, x.shape[0] > 0, nrow > 0, padding >= 0 else {
    return fail(
      TensorError(
        .shape, "makeGrid",
        "needs pictures [N, C, H, W], at least one in a row and no negative padding, and found \(images.shape), nrow \(nrow), "
          + "padding \(padding)"))
  }
  if x.shape[1] == 1 { x = x.expand([-1, 3, -1, -1]) }
  if normalize {
    let (low, high) = (x.amin().item(), x.amax().item())
    x = (x.clamp(min: low, max: high) - low) / Swift.max(high - low, 1e-5)
  }
  if x.shape[0] == 1 { return x.select(0, 0) }
  let (count, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2] + padding, x.shape[3] + padding)
  let columns = Swift.min(nrow, count)
  let rows = (count + columns - 1) / columns
  var grid = Tensor.full([channels, rows * height + padding, columns * width + padding], padValue, dtype: x.dtype)
  for i in 0..<count {
    let (top, left) = (i / columns * height + padding, i % columns * width + padding)
    grid[0..., top..<(top + height - padding), left..<(left + width - padding)] = x.select(0, i)
  }
  return grid
}

/// Writes pictures with values from 0 to 1 to a file, several as a grid: PyTorch's `torchvision.utils.save_image`. The end of the
/// name tells the format (`.png`, `.jpg`, `.jpeg`, `.webp`); a folder that is not there is made.
///
///     try saveImage(samples.view(16, 1, 8, 8), "samples.png", nrow: 4)
///
/// - Throws: `TensorError` when the file cannot be written.
public func saveImage(
  _ images: Tensor, _ path: String, nrow: Int = 8, padding: Int = 2, normalize: Bool = false, padValue: Double = 0
) throws {
  let grid = try withErrors {
    makeGrid(images, nrow: nrow, padding: padding, normalize: normalize, padValue: padValue)
  }
  let pixels = try withErrors { (grid.to(.float32) * 255 + 0.5).clamp(min: 0, max: 255).to(.uint8) }
  try makeFolder(of: path)
  try writeImage(pixels, path)
}

/// ``saveImage(_:_:nrow:padding:normalize:padValue:)`` with a label for the path.
public func saveImage(
  _ images: Tensor, to path: String, nrow: Int = 8, padding: Int = 2, normalize: Bool = false, padValue: Double = 0
) throws {
  try saveImage(images, path, nrow: nrow, padding: padding, normalize: normalize, padValue: padValue)
}
