import Apus
import Testing

/// Boxes, masks and points go where torchvision (0.29) moves them.
@Suite struct PlaceTests {
  private let boxes = BoundingBoxes([[1, 1, 4, 5], [2, 0, 7, 3]], format: .xyxy, canvasSize: (6, 8))
  private let points = KeyPoints([[1, 2], [7, 5]], canvasSize: (6, 8))

  private func expect(_ boxes: Tensor, _ wanted: [[Double]]) {
    #expect(boxes.allclose(Tensor(wanted), rtol: 1e-4, atol: 1e-3), "\(boxes)")
  }

  @Test func boxesMove() {
    let turned = TF.rotate(boxes, 30, expand: true)
    expect(turned.tensor, [[1.3660, 2.8660, 5.9641, 7.8301], [1.7321, 0.5, 7.5622, 5.5981]])
    #expect(turned.canvasSize == (10, 10))
    let small = TF.resize(boxes, [12, 4])
    expect(small.tensor, [[0.5, 2, 2, 10], [1, 0, 3.5, 6]])
    #expect(small.canvasSize == (12, 4))
    expect(TF.horizontalFlip(boxes).tensor, [[4, 1, 7, 5], [1, 0, 6, 3]])
    expect(TF.crop(boxes, top: 1, left: 2, height: 4, width: 4).tensor, [[0, 0, 2, 4], [0, 0, 4, 2]])
    expect(TF.convertBoundingBoxFormat(boxes, newFormat: .cxcywh).tensor, [[2.5, 3, 3, 4], [4.5, 1.5, 5, 3]])
  }

  @Test func rotatedBoxesAreClamped() {
    let box = BoundingBoxes([[4, 3, 6, 4, 30]], format: .cxcywhr, canvasSize: (6, 8))
    expect(TF.clampBoundingBoxes(box).tensor, [[4, 3, 6, 4, 30]])
    expect(TF.clampBoundingBoxes(box, clampingMode: .hard).tensor, [[4, 3, 5.5359, 3.7321, 30]])
    expect(
      TF.convertBoundingBoxFormat(box, newFormat: .xyxyxyxy).tensor,
      [[0.4019, 2.7679, 5.5981, -0.2321, 7.5981, 3.2321, 2.4019, 6.2321]])
  }

  @Test func pointsMove() {
    let turned = TF.rotate(points, 90, expand: true)
    expect(turned.tensor, [[2, 7], [5, 1]])
    #expect(turned.canvasSize == (8, 6))
    expect(TF.verticalFlip(points).tensor, [[1, 3], [7, 0]])
    expect(TF.pad(points, 2).tensor, [[3, 4], [9, 7]])
  }

  @Test func samplesMoveAlike() {
    manualSeed(1)
    let mask = Mask(Tensor.zeros([6, 8], dtype: .uint8))
    let picture = Image(Tensor.zeros([3, 6, 8], dtype: .uint8))
    let (x, y, found, moved, label) = RandomResizedCrop(5)(picture, mask, boxes, points, 3)
    #expect(x.tensor.shape == [3, 5, 5] && y.tensor.shape == [5, 5] && label == 3)
    #expect(found.canvasSize == (5, 5) && moved.canvasSize == (5, 5))
    let sample: [String: TransformValue] = ["image": .image(picture), "mask": .mask(mask), "name": .other("a")]
    let result = RandomVerticalFlip(p: 1)(sample)
    #expect(result["image"]?.tensor?.shape == [3, 6, 8] && result["mask"]?.kind == .mask)
  }

  @Test func boxesAreSanitized() {
    let some = BoundingBoxes([[1, 1, 4, 5], [2, 2, 2.5, 3], [-1, 0, 3, 3]], format: .xyxy, canvasSize: (6, 8))
    let (kept, labels) = SanitizeBoundingBoxes()(some, Tensor([5, 6, 7]))
    #expect(kept.count == 1 && labels.array(as: Int64.self) == [5])
  }
}
