import Apus
import Testing

@Suite struct FunctionTests {
  private let bytes = (arange(60).reshape(3, 4, 5) * 4).to(.uint8)

  /// Resizing passes gradients: the derivative of a weighted sum, against differences.
  @Test func resizingIsDifferentiable() {
    let x = rand([1, 2, 5, 4], dtype: .float64, requiresGrad: true)
    for interpolation in [ImageInterpolation.bilinear, .bicubic, .lanczos] {
      #expect(gradcheck({ TF.resize($0, [3, 6], interpolation: interpolation) }, x))
    }
  }

  @Test func turningIsDifferentiable() {
    let x = Tensor(rand([1, 5, 4]), requiresGrad: true)
    TF.rotate(x, 30, interpolation: .bilinear, fill: 1).sum().backward()
    #expect(x.grad?.shape == [1, 5, 4])
    // The plain pass gives the same values.
    #expect(
      TF.rotate(x, 30, interpolation: .bilinear, fill: 1).detach().allclose(
        TF.rotate(x.detach(), 30, interpolation: .bilinear, fill: 1), atol: 1e-5))
  }

  /// Channels that lie beside each other, as decoded pictures have them, give the same pixels.
  @Test func layoutDoesNotMatter() {
    let planes = randint(0, 256, [3, 40, 33], dtype: .uint8)
    let pixels = planes.permute([1, 2, 0]).contiguous().permute([2, 0, 1])
    for size in [[20, 50], [64, 7], [40, 12]] {
      #expect(TF.resize(planes, size).equal(TF.resize(pixels, size)))
    }
    let (mean, std) = ([0.1, 0.2, 0.3], [0.5, 0.6, 0.7])
    let (a, b) = (TF.toDtype(planes, scale: true), TF.toDtype(pixels, scale: true))
    #expect(TF.normalize(a, mean: mean, std: std).equal(TF.normalize(b, mean: mean, std: std)))
  }

  @Test func emptyPicturesStayEmpty() {
    let none = Tensor.zeros([0, 3, 4, 5], dtype: .uint8)
    #expect(TF.resize(none, [2, 2]).shape == [0, 3, 2, 2])
    #expect(TF.rotate(none, 30).shape == none.shape && TF.equalize(none).shape == none.shape)
    #expect(TF.centerCrop(none, [2, 3]).shape == [0, 3, 2, 3])
    let boxes = BoundingBoxes([], format: .xyxy, canvasSize: (4, 5))
    #expect(TF.rotate(boxes, 30).count == 0 && TF.horizontalFlip(boxes).count == 0)
  }

  @Test func printingIsTorchvisions() {
    let transform = Compose([
      RandomResizedCrop(224), RandomHorizontalFlip(), ToDtype(.float32, scale: true),
      Normalize(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]),
    ])
    #expect(
      "\(transform)" == """
        Compose(
              RandomResizedCrop(size=(224, 224), scale=(0.08, 1.0), ratio=(0.75, 1.3333333333333333), interpolation=bilinear, antialias=True)
              RandomHorizontalFlip(p=0.5)
              ToDtype(scale=True)
              Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225], inplace=False)
        )
        """)
    #expect("\(v2.Pad((1, 2), fill: 3))" == "Pad(padding=[1, 2], fill=3, padding_mode=constant)")
  }

  @Test func cropsAreSeenApart() {
    let ten = Compose([TenCrop(2), Lambda { (crops: [Tensor]) in stack(crops) }])(bytes)
    #expect(ten.shape == [10, 3, 2, 2])
    #expect(Compose([FiveCrop((2, 3)), ToDtype(.float32, scale: true)])(bytes).shape == [5, 3, 2, 3])
    #expect(TF.fiveCrop(bytes, 2).count == 5)
  }

  private static let mistakes: [(@Sendable (Tensor) -> Tensor, [String])] = [
    ({ TF.resize($0, [0, 4]) }, ["resize", "positive"]),
    ({ TF.resize($0, 4, interpolation: .box) }, ["box", "PILImage"]),
    ({ TF.resize($0, [4, 4], maxSize: 9) }, ["max_size"]),
    ({ TF.rotate($0, 3, interpolation: .bicubic) }, ["rotate", "bicubic"]),
    ({ TF.rotate($0, 3, fill: [1, 2]) }, ["fill", "(2 != 3)"]),
    ({ TF.affine($0, angle: 1, translate: (0, 0), scale: 0, shear: 0) }, ["affine", "scale", "positive"]),
    ({ TF.normalize($0, mean: [0.5], std: [1]) }, ["normalize", "float", "uint8"]),
    ({ TF.normalize($0.to(.float32), mean: [0.5], std: [0]) }, ["zero"]),
    ({ TF.gaussianBlur($0, 4) }, ["odd"]),
    ({ TF.gaussianBlur($0, 9) }, ["mirrored"]),
    ({ TF.adjustHue($0, 0.7) }, ["hue_factor", "0.7"]),
    ({ TF.adjustContrast($0, -1) }, ["contrast_factor"]),
    ({ TF.adjustBrightness($0[0..<2], 1) }, ["1 or 3", "2"]),
    ({ TF.posterize($0, 9) }, ["bits", "9"]),
    ({ TF.solarize($0, 256) }, ["Threshold", "256"]),
    ({ TF.permuteChannels($0, [1, 0]) }, ["2 != 3"]),
    ({ TF.pad($0, [1, 2, 3]) }, ["1, 2, or 4"]),
    ({ TF.pad($0, 7, paddingMode: .reflect) }, ["reflect", "7"]),
    ({ TF.crop($0[0, 0], 0, 0, 1, 1) }, ["crop", "[..., C, H, W]"]),
    ({ TF.fiveCrop($0, 9)[0] }, ["bigger"]),
    ({ RandomCrop(9)($0) }, ["(9, 9)", "padIfNeeded"]),
    ({ JPEG(75)($0.to(.float32)) }, ["encodeJPEG"]),
    ({ RandomIoUCrop()($0) }, ["bounding boxes"]),
    ({ Compose([RandomHorizontalFlip(p: 1), Normalize([0.5], [0.5])])($0) }, ["normalize"]),
  ]

  @Test(arguments: mistakes.indices) func mistakesAreNamed(_ i: Int) {
    let (make, words) = Self.mistakes[i]
    let bytes = bytes
    do {
      _ = try withErrors { make(bytes) }
      Issue.record("nothing was wrong, expected \(words)")
    } catch {
      for word in words { #expect("\(error)".contains(word), "\(error) lacks \(word)") }
    }
  }

  @Test func kindsThatAFunctionDoesNotChangeAreMistakes() {
    let boxes = BoundingBoxes([[0, 0, 1, 1]], format: .xyxy, canvasSize: (4, 5))
    #expect(throws: TensorError.self) { try withErrors { TF.adjustHue(boxes, 0.1).tensor } }
    // A transform passes them through.
    #expect(ColorJitter(hue: 0.1)(Image(bytes), boxes).1.tensor.equal(boxes.tensor))
  }
}

/// Numbers that make no sense are mistakes, and nothing traps.
@Suite struct OddNumberTests {
  private static let calls: [@Sendable (Tensor) -> Tensor] = [
    { TF.resize($0, [1 << 50, 1 << 50]) }, { TF.resize($0, [1 << 50, 1 << 50], interpolation: .nearest) },
    { TF.resize($0, [-3, 4]) }, { TF.resize($0, -1) }, { TF.pad($0, Int.max) },
    { TF.pad($0, 1 << 39, paddingMode: .edge) }, { TF.pad($0, -100) }, { TF.crop($0, Int.max, 0, Int.max, 1) },
    { TF.crop($0, 0, 0, -1, 1) }, { TF.centerCrop($0, 1 << 50) }, { TF.rotate($0, .nan) },
    { TF.rotate($0, .infinity, expand: true) },
    { TF.affine($0, angle: 0, translate: (Double.nan, 0.0), scale: 1, shear: 0) },
    { TF.affine($0, angle: 0, translate: (0, 0), scale: .infinity, shear: 0) },
    { TF.rotate($0, 1, center: (Double.nan, 0.0)) }, { TF.perspective($0, coefficients: [.nan, 1, 1, 1, 1, 1, 1, 1]) },
    { TF.perspective($0, coefficients: [1]) }, { TF.adjustBrightness($0, .nan) },
    { TF.adjustBrightness(PILImage($0), .infinity).tensor }, { TF.adjustHue($0, .nan) }, { TF.adjustGamma($0, -1) },
    { TF.gaussianBlur($0, 3, Double.nan) }, { TF.gaussianBlur($0, Int.max) }, { TF.permuteChannels($0, [0, 1, 9]) },
    { TF.uniformTemporalSubsample($0, 3) }, { TF.erase($0, i: -1, j: 0, h: 1, w: 1, v: 0) },
    { TF.erase($0, 0, 0, 2, 2, Tensor.zeros([3, 3])) }, { TF.rotate(PILImage($0), .nan).tensor },
    { RandAugment(magnitude: 99)($0) }, { AugMix(mixtureWidth: 0)($0) },
    { RandomErasing(p: 1, scale: (.nan, .nan))($0) },
    { RandomResizedCrop(0)($0) }, { RandomResize(5, 5)($0) }, { RandomShortestSize(minSize: [Int]())($0) },
    { Compose([])($0) },
    { RandomChoice([])($0) }, { RandomZoomOut(sideRange: (0, 0), p: 1)($0) }, { JPEG(0)($0) },
    { RandomRotation(-1)($0) }, { Normalize([0.5], [0.5])($0) },
    { UniformTemporalSubsample(-1)($0.unsqueeze(0)) }, { TF.horizontalFlip(Tensor(1)) + $0 },
  ]

  @Test(arguments: calls.indices) func oddNumbersAreMistakes(_ i: Int) {
    let call = Self.calls[i]
    #expect(throws: TensorError.self, "call \(i)") {
      try withErrors { call(Tensor.zeros([3, 6, 8], dtype: .uint8)) }
    }
  }
}
