import ApusCore
import ApusFunctional
import ApusNN

/// The head of masked modelling: every patch's state becomes its pixels (Xie et al., "SimMIM", 2022).
final class PicturePainter: Module {
  let state = ModuleState()
  let convolution: Conv2d
  static let stateNames = ["convolution": "0"]
  private let stride, channels: Int

  /// From `features` of a state to `stride * stride` pixels of `channels`.
  init(features: Int, stride: Int, channels: Int) {
    convolution = Conv2d(inChannels: features, outChannels: stride * stride * channels, kernelSize: 1)
    (self.stride, self.channels) = (stride, channels)
  }

  /// Puts the painted picture into the output as `reconstruction`, and with a mask the mean distance of what it hid.
  /// - Parameter special: how many states of `[N, special + side * side, features]` are of no patch.
  func paint(_ states: Tensor, special: Int, _ inputs: ModelInputs, to output: inout ModelOutput) {
    let count = states.size(1) - special
    let side = Int(Double(count).squareRoot())
    let patches = picture(of: states.narrow(1, special, count), PictureSize(height: side, width: side))
    let painted = pixelShuffle(convolution(patches), stride)
    output.others["reconstruction"] = painted
    (output.lastHiddenState, output.poolerOutput) = (nil, nil)
    guard let masked = inputs.maskedPatches else { return }
    let pixels = inputs.pictures
    let grid = Int(Double(masked.size(-1)).squareRoot())
    var mask = masked.to(pixels.dtype).reshape(-1, grid, grid)
    for dim in 1...2 { mask = mask.repeatInterleave(pixels.size(dim + 1) / grid, dim: dim) }
    mask = mask.unsqueeze(1)
    let distance = l1Loss(pixels, painted, reduction: .none)
    output.loss = (distance * mask).sum() / (mask.sum() + 1e-5) / Double(channels)
  }
}
