import Apus
import TestSupport
import Testing

@Suite(.serialized) struct PicturesCode {
  @Test func fromFilesToBatches() throws {
    let folder = TemporaryFolder()
    for i in 0..<4 {
      try writePNG(randint(0, 256, [3, 40 + i, 50], dtype: .uint8), folder.file("\(i).png"))
    }
    let files = (0..<4).map { folder.file("\($0).png") }
    let labels = [0, 1, 1, 0]

    let transform = Compose([
      RandomResizedCrop(24), RandomHorizontalFlip(), ToDtype(.float32, scale: true),
      Normalize(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]),
    ])
    let photos = Photos(files: files, labels: labels, transform: transform)
    let loader = DataLoader(photos, batchSize: 2, shuffle: true, numWorkers: 2)
    for (x, y) in loader {
      #expect(x.shape == [2, 3, 24, 24] && y.shape == [2])
    }
  }

  struct Photos: Dataset {
    let files: [String]
    let labels: [Int]
    let transform: Compose
    var count: Int { files.count }
    subscript(index: Int) -> (Tensor, Int) {
      get throws { (transform(try readImage(files[index], mode: .rgb)), labels[index]) }
    }
  }

  @Test func functions() {
    let picture = randint(0, 256, [3, 60, 80], dtype: .uint8)
    let small = TF.resize(picture, [32, 32], interpolation: .bicubic)
    let turned = TF.rotate(picture, 30, expand: true, fill: 127)
    let bright = TF.adjustBrightness(picture, 1.5)
    let values = TF.toDtype(picture, .float32, scale: true)  // 0 to 1
    #expect(
      small.shape == [3, 32, 32] && turned.width(of: 2) > 80 && bright.dtype == .uint8 && values.dtype == .float32)
  }

  @Test func samples() {
    let picture = randint(0, 256, [3, 60, 80], dtype: .uint8)
    let boxes = BoundingBoxes([[10, 20, 40, 50]], format: .xyxy, canvasSize: (60, 80))
    let mask = Mask(Tensor.zeros([60, 80], dtype: .uint8))

    let augment = Compose([RandomZoomOut(fill: [.image: 127, .mask: 0]), RandomIoUCrop(), SanitizeBoundingBoxes()])
    let (x, y, z) = augment(Image(picture), boxes, mask)
    #expect(y.canvasSize.height == x.tensor.shape[1] && z.tensor.shape == [x.tensor.shape[1], x.tensor.shape[2]])
  }

  @Test func batches() {
    let images = rand(4, 3, 8, 8)
    let labels = Tensor([0, 1, 2, 1])
    let (x, y) = CutMix(numClasses: 3)(images, labels)  // y: probabilities [4, 3]
    #expect(x.shape == images.shape && y.shape == [4, 3])
  }

  @Test func pillow() {
    let picture = randint(0, 256, [3, 60, 80], dtype: .uint8)
    let asPillow = TF.resize(PILImage(picture), [32, 32], interpolation: .hamming).tensor
    #expect(asPillow.shape == [3, 32, 32])
  }

  @Test func ownTransform() {
    struct Noisy: Transform {
      func makeParams(_ inputs: [TransformValue]) -> Double { rand(1).item() }
      func transform(_ input: TransformValue, _ share: Double) -> TransformValue {
        input.isPicture ? input.with(TF.gaussianNoise(Tensor(input), sigma: 0.2 * share)) : input
      }
    }
    #expect(Noisy()(rand(3, 4, 4)).shape == [3, 4, 4])
  }
}

extension Tensor {
  fileprivate func width(of dim: Int) -> Int { shape[dim] }
}
