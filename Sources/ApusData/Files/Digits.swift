import ApusCore
import ApusMedia
import CDigits

/// Handwritten digits that come with the library: 1797 images of 8x8 pixels, the first 1437 for training and the last 360
/// for testing. Images are float32 of shape [1, 8, 8] in 0...1, labels int64.
///
/// "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998,
/// https://doi.org/10.24432/C50P49, CC BY 4.0.
public struct Digits: BatchedDataset {
  /// Shape [count, 1, 8, 8].
  public let images: Tensor
  /// Shape [count].
  public let labels: Tensor
  private let pairs: TensorDataset

  /// The number of images for training.
  public static let trainCount = 1437

  /// The images for training or for testing.
  public init(train: Bool) {
    let (images, labels) = Self.all
    let count = images.rank == 0 ? 0 : images.shape[0]
    let first = train ? 0 : Swift.min(Self.trainCount, count)
    let size = train ? Swift.min(Self.trainCount, count) : count - first
    self.images = images.narrow(0, first, size)
    self.labels = labels.narrow(0, first, size)
    pairs = TensorDataset(self.images, self.labels)
  }

  public var count: Int { pairs.count }
  public subscript(index: Int) -> (Tensor, Tensor) { get throws { try pairs[index] } }
  public func batch(_ indices: [Int]) throws -> (Tensor, Tensor) { try pairs.batch(indices) }

  private static let all: (images: Tensor, labels: Tensor) = {
    var imageBytes = 0
    var labelBytes = 0
    let images = digits_images(&imageBytes)
    let labels = digits_labels(&labelBytes)
    do {
      let pixels = try Tensor(
        IDXFile(contents: UnsafeRawBufferPointer(start: images, count: imageBytes), name: "digits"))
      let classes = try Tensor(
        IDXFile(contents: UnsafeRawBufferPointer(start: labels, count: labelBytes), name: "digits"))
      return ((pixels.to(.float32) / 16).unsqueeze(1), classes.to(.int64))
    } catch {
      let failure = error as? TensorError ?? TensorError(.format, "Digits", "\(error)")
      return (fail(failure), fail(failure))
    }
  }()
}

extension Digits: CustomStringConvertible {
  public var description: String { "Digits(\(examples(count)))" }
}
