import ApusCore

/// What a transform takes: a picture, or what belongs to one and moves along with it.
///
/// A plain `Tensor` is a picture `[..., C, H, W]`. ``Image``, ``Video``, ``Mask``, ``BoundingBoxes`` and ``KeyPoints`` say what they
/// are, as torchvision's `tv_tensors`, and ``PILImage`` asks for Pillow's arithmetic.
public protocol VisionTensor: TransformInput {
  /// The elements.
  var tensor: Tensor { get }
  /// The value as one of all kinds.
  var transformValue: TransformValue { get }
  /// The value that `value` is; a picture of another kind is taken by its elements, ``TransformValue/crops(_:)`` as one stack of them.
  init(_ value: TransformValue)
}

extension Tensor: VisionTensor {
  public var tensor: Tensor { self }
  public var transformValue: TransformValue { .tensor(self) }
  public init(_ value: TransformValue) { self = value.stacked }
}

/// A picture `[..., C, H, W]` that is told apart from other tensors of a sample, torchvision's `tv_tensors.Image`.
public struct Image: VisionTensor {
  public var tensor: Tensor
  /// A picture; one of two dimensions `[H, W]` gets a channel.
  public init(_ tensor: Tensor) { self.tensor = tensor.ndim == 2 ? tensor.unsqueeze(0) : tensor }
  public init(_ value: TransformValue) { self.init(value.stacked) }
  public var transformValue: TransformValue { .image(self) }
}

/// Pictures one after the other, `[..., T, C, H, W]`: torchvision's `tv_tensors.Video`.
public struct Video: VisionTensor {
  public var tensor: Tensor
  /// A video; fewer than four dimensions are a mistake.
  public init(_ tensor: Tensor) {
    if !tensor.isPoisoned, tensor.ndim < 4 {
      self.tensor = fail(
        TensorError(
          .shape, "Video", "expects a tensor [..., T, C, H, W] of 4 dimensions at least, and found \(tensor.shape)"))
    } else {
      self.tensor = tensor
    }
  }
  public init(_ value: TransformValue) { self.init(value.stacked) }
  public var transformValue: TransformValue { .video(self) }
}

/// Which pixels belong to what, `[..., H, W]`: torchvision's `tv_tensors.Mask`. Masks are moved as pictures are, with the nearest
/// element, and their colours stay.
public struct Mask: VisionTensor {
  public var tensor: Tensor
  /// A mask of segmentation `[..., H, W]` or one for each object `[N, H, W]`.
  public init(_ tensor: Tensor) { self.tensor = tensor }
  public init(_ value: TransformValue) { self.init(value.stacked) }
  public var transformValue: TransformValue { .mask(self) }
}

/// A picture of bytes `[C, H, W]` with 1 to 4 channels that is changed as Pillow does it: other filters, sums and roundings than those
/// for tensors. torchvision does so with a `PIL.Image`.
public struct PILImage: VisionTensor {
  public var tensor: Tensor
  /// A picture of bytes; other tensors are a mistake.
  public init(_ tensor: Tensor) {
    if !tensor.isPoisoned, tensor.ndim != 3 || tensor.dtype != .uint8 || !(1...4).contains(tensor.shape[0]) {
      self.tensor = fail(
        TensorError(
          .shape, "PILImage",
          "expects a uint8 tensor [C, H, W] of 1 to 4 channels, and found \(tensor.dtype) \(tensor.shape)"))
    } else {
      self.tensor = tensor
    }
  }
  public init(_ value: TransformValue) { self.init(value.stacked) }
  public var transformValue: TransformValue { .pilImage(self) }
}

/// One value of a sample, of any kind.
public enum TransformValue: Sendable {
  /// A plain tensor, which is a picture where the sample has no other.
  case tensor(Tensor)
  /// A picture that is told apart.
  case image(Image)
  /// Pictures one after the other.
  case video(Video)
  /// A picture that is changed as Pillow does it.
  case pilImage(PILImage)
  /// Which pixels belong to what.
  case mask(Mask)
  /// Boxes in a picture.
  case boundingBoxes(BoundingBoxes)
  /// Points in a picture.
  case keyPoints(KeyPoints)
  /// Several pictures made of one, by ``FiveCrop`` or ``TenCrop``.
  case crops([TransformValue])
  /// Anything else, which passes through.
  case other(any Sendable)

  /// The tensor inside; nil of several and of none.
  public var tensor: Tensor? {
    switch self {
    case .tensor(let x): x
    case .image(let x): x.tensor
    case .video(let x): x.tensor
    case .pilImage(let x): x.tensor
    case .mask(let x): x.tensor
    case .boundingBoxes(let x): x.tensor
    case .keyPoints(let x): x.tensor
    case .crops, .other: nil
    }
  }

  /// Whether it is a plain tensor.
  public var isPureTensor: Bool { if case .tensor = self { true } else { false } }

  /// Whether it is a picture or several: a plain tensor, ``Image``, ``Video`` or ``PILImage``.
  public var isPicture: Bool {
    switch self {
    case .tensor, .image, .video, .pilImage: true
    case .mask, .boundingBoxes, .keyPoints, .crops, .other: false
    }
  }

  /// The kind, by torchvision's name.
  public var kind: VisionKind {
    switch self {
    case .tensor: .tensor
    case .image: .image
    case .video: .video
    case .pilImage: .pilImage
    case .mask: .mask
    case .boundingBoxes: .boundingBoxes
    case .keyPoints: .keyPoints
    case .crops, .other: .others
    }
  }

  /// The same kind of value with other elements.
  public func with(_ tensor: Tensor) -> TransformValue {
    switch self {
    case .tensor, .crops, .other: .tensor(tensor)
    case .image: .image(Image(tensor))
    case .video: .video(Video(tensor))
    case .pilImage: .pilImage(PILImage(tensor))
    case .mask: .mask(Mask(tensor))
    case .boundingBoxes(let x): .boundingBoxes(x.with(tensor))
    case .keyPoints(let x): .keyPoints(x.with(tensor))
    }
  }

  /// The elements; those of several crops along a new first dimension.
  var stacked: Tensor {
    if let tensor { return tensor }
    if case .crops(let crops) = self { return stack(crops.map(\.stacked), dim: 0) }
    return fail(TensorError(.value, "transform", "a value of this kind has no tensor: \(self)"))
  }
}

/// The kinds of values in a sample, by which a setting may differ: `fill: [.image: 127, .mask: 0]`.
public enum VisionKind: String, Sendable, Hashable, CaseIterable {
  /// A plain tensor.
  case tensor = "Tensor"
  /// A picture that is told apart.
  case image = "Image"
  /// Pictures one after the other.
  case video = "Video"
  /// A picture that is changed as Pillow does it.
  case pilImage = "PILImage"
  /// Which pixels belong to what.
  case mask = "Mask"
  /// Boxes in a picture.
  case boundingBoxes = "BoundingBoxes"
  /// Points in a picture.
  case keyPoints = "KeyPoints"
  /// All kinds that are not named.
  case others
}
