import ApusCore
import ApusVision
import Testing

/// Expected pixels were recorded from Pillow 13.
@Suite struct PillowResamplingTests {
  private let picture = Tensor((0..<105).map { $0 * 37 % 256 }, shape: [5, 7, 3], dtype: .uint8).permute(2, 0, 1)

  @Test(arguments: [
    (PictureResampling.bilinear, [62, 163, 132, 112, 76, 177, 146, 126, 83, 115, 160, 140]),
    (.bicubic, [57, 169, 129, 110, 72, 189, 144, 125, 83, 116, 161, 140]),
    (.lanczos, [60, 172, 121, 112, 76, 200, 135, 127, 84, 120, 156, 141]),
    (.nearest, [0, 222, 188, 154, 18, 240, 206, 172, 36, 2, 224, 190]),
  ])
  func pixelsAreThoseOfPillow(_ resampling: PictureResampling, _ wanted: [Int]) throws {
    let small = try resizePicture(picture, height: 3, width: 4, resampling)
    #expect(small.shape == [3, 3, 4])
    #expect(small.select(0, 0).array(as: Int.self) == wanted)
  }

  @Test(arguments: [
    (PictureResampling.bilinear, [9, 83, 169, 199, 86, 172, 116, 89, 163, 27, 101, 151, 154, 104, 190, 134, 107, 181]),
    (.lanczos, [2, 61, 210, 217, 84, 183, 113, 71, 171, 22, 97, 173, 142, 106, 211, 133, 93, 193]),
  ])
  func columnsComeFirstWhereTheyLoseMore(_ resampling: PictureResampling, _ wanted: [Int]) throws {
    let flat = try resizePicture(picture, height: 2, width: 9, resampling)
    #expect(flat.select(0, 0).array(as: Int.self) == wanted)
  }

  @Test func nearestPixelsFollowAddedSteps() throws {
    let line = Tensor(Array(0..<6), dtype: .uint8).reshape([1, 1, 6])
    let wide = try resizePicture(line, height: 1, width: 135, .nearest).array(as: Int.self)
    #expect([wide[22], wide[67], wide[112]] == [0, 2, 4])
  }

  @Test func otherTensorsAreRefused() {
    #expect(throws: TensorError.self) { try resizePicture(Tensor.zeros([3, 4, 4]), height: 2, width: 2) }
    #expect(throws: TensorError.self) { try resizePicture(picture, height: 0, width: 2) }
  }
}
