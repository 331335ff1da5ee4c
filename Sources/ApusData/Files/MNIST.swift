import ApusCore
import ApusFormats
import ApusMedia

extension Tensor {
  /// The array of an IDX file, with its element type and shape.
  public init(_ file: IDXFile) throws(TensorError) {
    let bytes = file.bytes
    let result = bytes.withUnsafeBytes { buffer -> Result<Tensor, TensorError> in
      do throws(TensorError) {
        return .success(try Tensor(bytes: buffer, shape: file.shape, dtype: file.dtype))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }
}

/// MNIST, or another set in its form (Fashion-MNIST, KMNIST, EMNIST): a folder with the four IDX files
/// `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, as they are or
/// compressed (`.gz`, `.zst`, `.zip`).
///
///     let data = try MNIST(root: "/usr/share/datasets/fashion-mnist", train: true)   // Debian's dataset-fashion-mnist
///
/// Images are float32 of shape [1, height, width] in 0...1, labels int64.
public struct MNIST: BatchedDataset {
  /// Shape [count, 1, height, width].
  public let images: Tensor
  /// Shape [count].
  public let labels: Tensor
  private let pairs: TensorDataset

  /// Reads the files for training or for testing from the folder `root`; `~` is the home folder.
  /// - Throws: `TensorError` when a file is missing, damaged, or does not belong to the other.
  public init(root: String, train: Bool) throws(TensorError) {
    let part = train ? "train" : "t10k"
    let images = try Self.read(root, part + "-images", "idx3-ubyte")
    let labels = try Self.read(root, part + "-labels", "idx1-ubyte")
    guard images.shape.count == 3, labels.shape.count == 1, images.shape[0] == labels.shape[0] else {
      throw TensorError(
        .format, root,
        "images \(images.shape) and labels \(labels.shape) do not belong together; expected [count, height, width] and "
          + "[count]")
    }
    self.images = (try Tensor(images).to(.float32) / 255).unsqueeze(1)
    self.labels = try Tensor(labels).to(.int64)
    pairs = TensorDataset(self.images, self.labels)
  }

  public var count: Int { pairs.count }
  public subscript(index: Int) -> (Tensor, Tensor) { get throws { try pairs[index] } }
  public func batch(_ indices: [Int]) throws -> (Tensor, Tensor) { try pairs.batch(indices) }

  /// Some archives write a dot before the type.
  private static func read(_ root: String, _ name: String, _ type: String) throws(TensorError) -> IDXFile {
    let folder = expandedPath(root)
    let names = ["-", "."].flatMap { separator in ["", ".gz", ".zst", ".zip"].map { name + separator + type + $0 } }
    guard let found = names.first(where: { fileExists("\(folder)/\($0)") }) else {
      throw TensorError(
        .file, root, "there is no file \(name)-\(type) in this folder, nor one of this name with .gz, .zst or .zip")
    }
    return try IDXFile(path: "\(root)/\(found)")
  }
}
