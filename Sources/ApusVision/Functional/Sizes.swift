import ApusCore

extension TF {
  /// Height and width, torchvision's `get_size`: of boxes and points those of their picture.
  public static func getSize(_ input: some VisionTensor) -> [Int] {
    do throws(TensorError) {
      let (height, width) = try input.transformValue.size("getSize")
      return [height, width]
    } catch {
      report(error)
      return [0, 0]
    }
  }

  /// Channels, height and width, torchvision's `get_dimensions`.
  public static func getDimensions(_ input: some VisionTensor) -> [Int] {
    let tensor = input.tensor
    guard tensor.ndim >= 2 else {
      report(
        TensorError(.shape, "getDimensions", "Input tensor should have at least two dimensions, but got \(tensor.ndim)")
      )
      return [0, 0, 0]
    }
    return [tensor.channels, tensor.height, tensor.width]
  }

  /// The channels, torchvision's `get_num_channels`.
  public static func getNumChannels(_ input: some VisionTensor) -> Int { getDimensions(input)[0] }

  /// The pictures of a video `[..., T, C, H, W]`, torchvision's `get_num_frames`.
  public static func getNumFrames(_ input: some VisionTensor) -> Int {
    let tensor = input.tensor
    guard tensor.ndim >= 4 else {
      report(TensorError(.shape, "getNumFrames", "expects a video [..., T, C, H, W], and found \(tensor.shape)"))
      return 0
    }
    return tensor.shape[tensor.ndim - 4]
  }
}

extension TransformValue {
  /// Height and width of the picture that it is or belongs to.
  func size(_ name: String) throws(TensorError) -> (height: Int, width: Int) {
    switch self {
    case .boundingBoxes(let boxes): return boxes.canvasSize
    case .keyPoints(let points): return points.canvasSize
    default:
      guard let x = tensor, x.ndim >= 2 else {
        throw TensorError(
          .shape, name, "Input tensor should have at least two dimensions, and found \(tensor?.shape ?? [])")
      }
      return (x.height, x.width)
    }
  }
}
