import Apus
import Testing

/// Pictures of one seed are torchvision's (0.29): the sum of their bytes, and the number that the generator gives next.
@Suite(.serialized) struct DrawTests {
  private static let picture = (arange(144).reshape(3, 6, 8) * 7).remainder(256).to(.uint8)

  private static let cases: [(any Transform, [Int], Int, Float)] = [
    (RandomResizedCrop(4), [3, 4, 4], 5928, 0.471614),
    (RandomHorizontalFlip(), [3, 6, 8], 18056, 0.105569),
    (RandomRotation(30), [3, 6, 8], 15260, 0.105569),
    (RandomCrop(4, padding: 2), [3, 4, 4], 4398, 0.285842),
    (ColorJitter(0.4, 0.4, 0.4, 0.1), [3, 6, 8], 9885, 0.743699),
    (RandomPerspective(p: 1), [3, 6, 8], 5380, 0.887857),
    (RandAugment(), [3, 6, 8], 17892, 0.285842),
    (TrivialAugmentWide(), [3, 6, 8], 17964, 0.105569),
    (AutoAugment(), [3, 6, 8], 15260, 0.471614),
    (RandomErasing(p: 1), [3, 6, 8], 17059, 0.060116),
    (RandomPhotometricDistort(), [3, 6, 8], 15719, 0.887857),
    (
      RandomAffine(30, translate: (0.2, 0.2), scale: (0.5, 1.5), shear: 10), [3, 6, 8], 5149, 0.060116
    ),
    (RandomChoice([RandomCrop(3), RandomInvert(p: 1)]), [3, 3, 3], 3093, 0.771866),
    (RandomOrder([RandomCrop(5), RandomRotation(20)]), [3, 5, 5], 8043, 0.471614),
    (RandomZoomOut(p: 1), [3, 7, 10], 18056, 0.471614),
    (GaussianNoise(), [3, 6, 8], 18174, 0.328419),
  ]

  @Test(arguments: cases.indices) func seedsGiveTheirPictures(_ i: Int) {
    let (transform, shape, sum, next) = Self.cases[i]
    manualSeed(3)
    let y = transform(Self.picture)
    #expect(y.shape == shape && y.dtype == .uint8, "\(transform)")
    // A byte here and there may be rounded to the other side.
    #expect(abs(Int(y.to(.float64).sum().item()) - sum) <= 3, "\(transform)")
    #expect(abs(rand(1).item(as: Float.self) - next) < 1e-5, "\(transform) draws other numbers")
  }

  @Test func batchesAreMixed() {
    manualSeed(0)
    let images = rand(2, 3, 4, 4)
    let labels = Tensor([0, 2])
    let (x, y) = MixUp(numClasses: 3)(images, labels)
    #expect(x.shape == images.shape)
    #expect(y.allclose(Tensor([[0.8668, 0, 0.1332], [0.1332, 0, 0.8668]]), atol: 1e-4))
    manualSeed(0)
    _ = rand(2, 3, 4, 4)
    #expect(CutMix(numClasses: 3)(images, labels).1.allclose(Tensor([[1, 0, 0], [0, 0, 1.0]])))
  }

  /// Each worker of a loader draws from its own generator: the batches of a seed do not depend on how threads run.
  @Test func workersTransformAlike() throws {
    let transform = Compose([RandomCrop(4), RandomHorizontalFlip(), ToDtype(.float32, scale: true)])
    func batches() throws -> [Tensor] {
      manualSeed(7)
      let loader = DataLoader(Pictures(transform: transform, picture: Self.picture), batchSize: 4, numWorkers: 2)
      return loader.map { $0 }
    }
    let (first, second) = (try batches(), try batches())
    #expect(first.count == 3 && zip(first, second).allSatisfy { $0.equal($1) })
  }

  /// Twelve pictures, transformed when they are read.
  private struct Pictures: Dataset {
    let transform: Compose
    let picture: Tensor
    var count: Int { 12 }
    subscript(index: Int) -> Tensor { transform((picture.to(.int32) + index).to(.uint8)) }
  }
}
