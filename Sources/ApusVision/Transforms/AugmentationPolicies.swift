/// What pairs of changes were learned from, torchvision's `AutoAugmentPolicy`.
public enum AutoAugmentPolicy: String, Sendable, Hashable, CaseIterable {
  /// From ImageNet.
  case imagenet
  /// From CIFAR-10.
  case cifar10
  /// From street view house numbers.
  case svhn

  /// torchvision's capital spellings.
  public static var IMAGENET: Self { .imagenet }
  /// Of CIFAR-10.
  public static var CIFAR10: Self { .cifar10 }
  /// Of house numbers.
  public static var SVHN: Self { .svhn }

  /// A change, how probable it is, and its strength of ten.
  struct Choice {
    let step: AugmentationStep
    let probability: Double
    let bin: Int

    init(_ step: AugmentationStep, _ probability: Double, _ bin: Int) {
      self.step = step
      self.probability = probability
      self.bin = bin
    }
  }

  /// The 25 pairs of the data set, from the paper's appendix.
  var pairs: [[Choice]] {
    switch self {
    case .imagenet: Self.imagenetPairs
    case .cifar10: Self.cifar10Pairs
    case .svhn: Self.svhnPairs
    }
  }

  private static var imagenetPairs: [[Choice]] {
    [
      [.init(.posterize, 0.4, 8), .init(.rotate, 0.6, 9)],
      [.init(.solarize, 0.6, 5), .init(.autoContrast, 0.6, 0)],
      [.init(.equalize, 0.8, 0), .init(.equalize, 0.6, 0)],
      [.init(.posterize, 0.6, 7), .init(.posterize, 0.6, 6)],
      [.init(.equalize, 0.4, 0), .init(.solarize, 0.2, 4)],
      [.init(.equalize, 0.4, 0), .init(.rotate, 0.8, 8)],
      [.init(.solarize, 0.6, 3), .init(.equalize, 0.6, 0)],
      [.init(.posterize, 0.8, 5), .init(.equalize, 1.0, 0)],
      [.init(.rotate, 0.2, 3), .init(.solarize, 0.6, 8)],
      [.init(.equalize, 0.6, 0), .init(.posterize, 0.4, 6)],
      [.init(.rotate, 0.8, 8), .init(.color, 0.4, 0)],
      [.init(.rotate, 0.4, 9), .init(.equalize, 0.6, 0)],
      [.init(.equalize, 0.0, 0), .init(.equalize, 0.8, 0)],
      [.init(.invert, 0.6, 0), .init(.equalize, 1.0, 0)],
      [.init(.color, 0.6, 4), .init(.contrast, 1.0, 8)],
      [.init(.rotate, 0.8, 8), .init(.color, 1.0, 2)],
      [.init(.color, 0.8, 8), .init(.solarize, 0.8, 7)],
      [.init(.sharpness, 0.4, 7), .init(.invert, 0.6, 0)],
      [.init(.shearX, 0.6, 5), .init(.equalize, 1.0, 0)],
      [.init(.color, 0.4, 0), .init(.equalize, 0.6, 0)],
      [.init(.equalize, 0.4, 0), .init(.solarize, 0.2, 4)],
      [.init(.solarize, 0.6, 5), .init(.autoContrast, 0.6, 0)],
      [.init(.invert, 0.6, 0), .init(.equalize, 1.0, 0)],
      [.init(.color, 0.6, 4), .init(.contrast, 1.0, 8)],
      [.init(.equalize, 0.8, 0), .init(.equalize, 0.6, 0)],
    ]
  }

  private static var cifar10Pairs: [[Choice]] {
    [
      [.init(.invert, 0.1, 0), .init(.contrast, 0.2, 6)],
      [.init(.rotate, 0.7, 2), .init(.translateX, 0.3, 9)],
      [.init(.sharpness, 0.8, 1), .init(.sharpness, 0.9, 3)],
      [.init(.shearY, 0.5, 8), .init(.translateY, 0.7, 9)],
      [.init(.autoContrast, 0.5, 0), .init(.equalize, 0.9, 0)],
      [.init(.shearY, 0.2, 7), .init(.posterize, 0.3, 7)],
      [.init(.color, 0.4, 3), .init(.brightness, 0.6, 7)],
      [.init(.sharpness, 0.3, 9), .init(.brightness, 0.7, 9)],
      [.init(.equalize, 0.6, 0), .init(.equalize, 0.5, 0)],
      [.init(.contrast, 0.6, 7), .init(.sharpness, 0.6, 5)],
      [.init(.color, 0.7, 7), .init(.translateX, 0.5, 8)],
      [.init(.equalize, 0.3, 0), .init(.autoContrast, 0.4, 0)],
      [.init(.translateY, 0.4, 3), .init(.sharpness, 0.2, 6)],
      [.init(.brightness, 0.9, 6), .init(.color, 0.2, 8)],
      [.init(.solarize, 0.5, 2), .init(.invert, 0.0, 0)],
      [.init(.equalize, 0.2, 0), .init(.autoContrast, 0.6, 0)],
      [.init(.equalize, 0.2, 0), .init(.equalize, 0.6, 0)],
      [.init(.color, 0.9, 9), .init(.equalize, 0.6, 0)],
      [.init(.autoContrast, 0.8, 0), .init(.solarize, 0.2, 8)],
      [.init(.brightness, 0.1, 3), .init(.color, 0.7, 0)],
      [.init(.solarize, 0.4, 5), .init(.autoContrast, 0.9, 0)],
      [.init(.translateY, 0.9, 9), .init(.translateY, 0.7, 9)],
      [.init(.autoContrast, 0.9, 0), .init(.solarize, 0.8, 3)],
      [.init(.equalize, 0.8, 0), .init(.invert, 0.1, 0)],
      [.init(.translateY, 0.7, 9), .init(.autoContrast, 0.9, 0)],
    ]
  }

  private static var svhnPairs: [[Choice]] {
    [
      [.init(.shearX, 0.9, 4), .init(.invert, 0.2, 0)],
      [.init(.shearY, 0.9, 8), .init(.invert, 0.7, 0)],
      [.init(.equalize, 0.6, 0), .init(.solarize, 0.6, 6)],
      [.init(.invert, 0.9, 0), .init(.equalize, 0.6, 0)],
      [.init(.equalize, 0.6, 0), .init(.rotate, 0.9, 3)],
      [.init(.shearX, 0.9, 4), .init(.autoContrast, 0.8, 0)],
      [.init(.shearY, 0.9, 8), .init(.invert, 0.4, 0)],
      [.init(.shearY, 0.9, 5), .init(.solarize, 0.2, 6)],
      [.init(.invert, 0.9, 0), .init(.autoContrast, 0.8, 0)],
      [.init(.equalize, 0.6, 0), .init(.rotate, 0.9, 3)],
      [.init(.shearX, 0.9, 4), .init(.solarize, 0.3, 3)],
      [.init(.shearY, 0.8, 8), .init(.invert, 0.7, 0)],
      [.init(.equalize, 0.9, 0), .init(.translateY, 0.6, 6)],
      [.init(.invert, 0.9, 0), .init(.equalize, 0.6, 0)],
      [.init(.contrast, 0.3, 3), .init(.rotate, 0.8, 4)],
      [.init(.invert, 0.8, 0), .init(.translateY, 0.0, 2)],
      [.init(.shearY, 0.7, 6), .init(.solarize, 0.4, 8)],
      [.init(.invert, 0.6, 0), .init(.rotate, 0.8, 4)],
      [.init(.shearY, 0.3, 7), .init(.translateX, 0.9, 3)],
      [.init(.shearX, 0.1, 6), .init(.invert, 0.6, 0)],
      [.init(.solarize, 0.7, 2), .init(.translateY, 0.6, 7)],
      [.init(.shearY, 0.8, 4), .init(.invert, 0.8, 0)],
      [.init(.shearX, 0.7, 9), .init(.translateY, 0.8, 3)],
      [.init(.shearY, 0.8, 5), .init(.autoContrast, 0.7, 0)],
      [.init(.shearX, 0.7, 2), .init(.invert, 0.1, 0)],
    ]
  }
}
