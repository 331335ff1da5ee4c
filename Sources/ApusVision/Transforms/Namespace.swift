// torchvision's ways to name transforms: `transforms.Resize(256)` and `v2.Resize(256)` beside `Resize(256)`.

/// The transforms under torchvision's name of their module.
public enum transforms {
  public typealias Transform = ApusVision.Transform
  /// torchvision's module of functions.
  public typealias functional = TF
  /// How pictures are read between pixels.
  public typealias InterpolationMode = ImageInterpolation
  public typealias AutoAugmentPolicy = ApusVision.AutoAugmentPolicy
  public typealias Compose = ApusVision.Compose
  public typealias RandomApply = ApusVision.RandomApply
  public typealias RandomChoice = ApusVision.RandomChoice
  public typealias RandomOrder = ApusVision.RandomOrder
  /// Nothing changes.
  public typealias Identity = IdentityTransform
  public typealias Lambda = ApusVision.Lambda
  public typealias Resize = ApusVision.Resize
  public typealias RandomResize = ApusVision.RandomResize
  public typealias RandomShortestSize = ApusVision.RandomShortestSize
  public typealias ScaleJitter = ApusVision.ScaleJitter
  public typealias RandomResizedCrop = ApusVision.RandomResizedCrop
  public typealias CenterCrop = ApusVision.CenterCrop
  public typealias RandomCrop = ApusVision.RandomCrop
  public typealias RandomIoUCrop = ApusVision.RandomIoUCrop
  public typealias FiveCrop = ApusVision.FiveCrop
  public typealias TenCrop = ApusVision.TenCrop
  public typealias Pad = ApusVision.Pad
  public typealias RandomZoomOut = ApusVision.RandomZoomOut
  public typealias RandomHorizontalFlip = ApusVision.RandomHorizontalFlip
  public typealias RandomVerticalFlip = ApusVision.RandomVerticalFlip
  public typealias RandomRotation = ApusVision.RandomRotation
  public typealias RandomAffine = ApusVision.RandomAffine
  public typealias RandomPerspective = ApusVision.RandomPerspective
  public typealias ElasticTransform = ApusVision.ElasticTransform
  public typealias Grayscale = ApusVision.Grayscale
  public typealias RandomGrayscale = ApusVision.RandomGrayscale
  public typealias RGB = ApusVision.RGB
  public typealias ColorJitter = ApusVision.ColorJitter
  public typealias RandomChannelPermutation = ApusVision.RandomChannelPermutation
  public typealias RandomPhotometricDistort = ApusVision.RandomPhotometricDistort
  public typealias RandomEqualize = ApusVision.RandomEqualize
  public typealias RandomInvert = ApusVision.RandomInvert
  public typealias RandomPosterize = ApusVision.RandomPosterize
  public typealias RandomSolarize = ApusVision.RandomSolarize
  public typealias RandomAutocontrast = ApusVision.RandomAutocontrast
  public typealias RandomAdjustSharpness = ApusVision.RandomAdjustSharpness
  public typealias GaussianBlur = ApusVision.GaussianBlur
  public typealias GaussianNoise = ApusVision.GaussianNoise
  public typealias Normalize = ApusVision.Normalize
  public typealias LinearTransformation = ApusVision.LinearTransformation
  public typealias ToDtype = ApusVision.ToDtype
  public typealias ConvertImageDtype = ApusVision.ConvertImageDtype
  public typealias ToImage = ApusVision.ToImage
  public typealias ToPureTensor = ApusVision.ToPureTensor
  public typealias RandomErasing = ApusVision.RandomErasing
  public typealias JPEG = ApusVision.JPEG
  public typealias MixUp = ApusVision.MixUp
  public typealias CutMix = ApusVision.CutMix
  public typealias UniformTemporalSubsample = ApusVision.UniformTemporalSubsample
  public typealias AutoAugment = ApusVision.AutoAugment
  public typealias RandAugment = ApusVision.RandAugment
  public typealias TrivialAugmentWide = ApusVision.TrivialAugmentWide
  public typealias AugMix = ApusVision.AugMix
  public typealias ConvertBoundingBoxFormat = ApusVision.ConvertBoundingBoxFormat
  public typealias ClampBoundingBoxes = ApusVision.ClampBoundingBoxes
  public typealias ClampKeyPoints = ApusVision.ClampKeyPoints
  public typealias SetClampingMode = ApusVision.SetClampingMode
  public typealias SanitizeBoundingBoxes = ApusVision.SanitizeBoundingBoxes
  public typealias SanitizeKeyPoints = ApusVision.SanitizeKeyPoints
}

/// The transforms under the name of torchvision's second version.
public typealias v2 = transforms

/// Pictures and what belongs to them under torchvision's name of their module.
public enum tv_tensors {
  public typealias Image = ApusVision.Image
  public typealias Video = ApusVision.Video
  public typealias Mask = ApusVision.Mask
  public typealias BoundingBoxes = ApusVision.BoundingBoxes
  public typealias BoundingBoxFormat = ApusVision.BoundingBoxFormat
  public typealias KeyPoints = ApusVision.KeyPoints
}
