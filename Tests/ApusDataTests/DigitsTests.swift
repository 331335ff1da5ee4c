import Apus
import ApusMedia
import TestSupport
import Testing

@Suite struct DigitsTests {
  @Test func bundledDigits() throws {
    let (training, testing) = (Digits(train: true), Digits(train: false))
    #expect(training.images.shape == [1437, 1, 8, 8] && testing.images.shape == [360, 1, 8, 8])
    #expect(training.labels.dtype == .int64 && training.images.dtype == .float32)
    // The first row of the file: a zero.
    #expect(try training[0].1.item() == 0)
    #expect(
      training.images.select(0, 0).flatten().narrow(0, 0, 8).array() == [0, 0, 5, 13, 9, 1, 0, 0].map { $0 / 16 })
    #expect(training.images.amax().item() == 1 && training.images.amin().item() == 0)
  }

  @Test func foldersOfIDXFiles() throws {
    let folder = TemporaryFolder()
    let names = ["train-images-idx3-ubyte", "train-labels.idx1-ubyte"].map { folder.file($0) }
    try IDXFile(dtype: .uint8, shape: [2, 2, 3], bytes: (0..<12).map { UInt8($0 * 20) }).write(to: names[0])
    try IDXFile(dtype: .uint8, shape: [2], bytes: [7, 3]).write(to: names[1])
    let data = try MNIST(root: folder.path, train: true)
    #expect(data.images.shape == [2, 1, 2, 3] && data.labels.array(as: Int.self) == [7, 3])
    #expect(abs(try data[1].0.flatten().array()[5] - 220.0 / 255) < 1e-6)
    let error = #expect(throws: TensorError.self) { try MNIST(root: folder.path, train: false) }
    #expect(error?.kind == .file && error?.description.contains("t10k-images") == true)
    try IDXFile(dtype: .uint8, shape: [3], bytes: [7, 3, 1]).write(to: names[1])
    #expect(throws: TensorError.self) { try MNIST(root: folder.path, train: true) }
    // Debian's dataset-fashion-mnist is compressed.
    let labels = try IDXFile(dtype: .uint8, shape: [2], bytes: [4, 6])
    put(
      try labels.fileContents.withUnsafeBytes { try Deflate.compress($0, as: .gzip, name: "x") },
      at: folder.file("train-labels-idx1-ubyte.gz"))
    #expect(try MNIST(root: folder.path, train: true).labels.array(as: Int.self) == [4, 6])
  }
}
