import ApusCore
import ApusFormats
import ApusMedia

/// Pictures in a folder for each class, as torchvision's `ImageFolder`: `root/cat/1.png`, `root/cat/more/2.jpg`, `root/dog/1.webp`.
///
///     let data = try ImageFolder("pets/train").map { (transform($0), $1) }
///     print(data.base.classes)  // ["cat", "dog"]
///
/// The classes are the folders in the order of their names. An example is a picture, a uint8 tensor `[channels, height, width]`, and the number of its
/// class; it is read when it is asked for.
public struct ImageFolder: Dataset {
  /// The names of the classes, in order.
  public let classes: [String]
  /// The pictures and the numbers of their classes, in the order of classes and paths.
  public let samples: [(path: String, label: Int)]
  private let mode: ImageReadMode

  /// The endings of pictures that are read, in any case.
  public static let extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"]

  /// - Parameters:
  ///   - root: a folder with a folder for each class; `~` is the home folder.
  ///   - mode: the channels of the pictures.
  ///   - allowEmpty: whether a class may have no picture.
  /// - Throws: `TensorError` where there is no class, or one has no picture.
  public init(_ root: String, mode: ImageReadMode = .rgb, allowEmpty: Bool = false) throws(TensorError) {
    let folder = expandedPath(root)
    guard isFolder(folder) else {
      throw TensorError(.file, root, "this is no folder; expected one with a folder for each class")
    }
    let classes = folderContents(folder).filter { isFolder("\(folder)/\($0)") }.sorted()
    guard !classes.isEmpty else {
      throw TensorError(.file, root, "there is no folder in this one; expected a folder of pictures for each class")
    }
    var samples: [(path: String, label: Int)] = []
    for (label, name) in classes.enumerated() {
      let found = Self.pictures(in: "\(folder)/\(name)")
      if found.isEmpty && !allowEmpty {
        throw TensorError(
          .file, root,
          "the class '\(name)' has no picture (\(Self.extensions.joined(separator: ", "))); pass allowEmpty: true to keep it"
        )
      }
      samples += found.map { ($0, label) }
    }
    self.classes = classes
    self.samples = samples
    self.mode = mode
  }

  /// The number of each class.
  public var classToIndex: [String: Int] {
    Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
  }

  /// The class of each example.
  public var labels: [Int] { samples.map(\.label) }

  public var count: Int { samples.count }

  public subscript(index: Int) -> (Tensor, Int) {
    get throws {
      try checkIndex(index, count, "ImageFolder")
      return (try readImage(samples[index].path, mode: mode), samples[index].label)
    }
  }

  /// The pictures in a folder and in those inside it, folder by folder, each in the order of names.
  private static func pictures(in folder: String) -> [String] {
    let names = folderContents(folder).sorted()
    let files = names.filter { name in
      extensions.contains { name.lowercased().hasSuffix($0) } && !isFolder("\(folder)/\(name)")
    }
    let inside = names.filter { isFolder("\(folder)/\($0)") }
    return files.map { "\(folder)/\($0)" } + inside.flatMap { pictures(in: "\(folder)/\($0)") }
  }
}

/// CIFAR-10 or CIFAR-100 in their binary form: `data_batch_1.bin` ... `data_batch_5.bin` and `test_batch.bin`, or `train.bin` and
/// `test.bin`, as they are or compressed (`.gz`, `.zst`).
///
/// Pictures are uint8 tensors `[3, 32, 32]`, labels int64; of CIFAR-100 the fine ones.
public struct CIFAR: BatchedDataset {
  /// Shape [count, 3, 32, 32].
  public let images: Tensor
  /// Shape [count].
  public let labels: Tensor
  /// The names of the classes, where the folder has them.
  public let classes: [String]
  private let pairs: TensorDataset

  /// Reads the files for training or for testing from the folder `root`; `~` is the home folder.
  /// - Throws: `TensorError` when a file is missing or damaged.
  public init(root: String, train: Bool) throws {
    let folder = expandedPath(root)
    func existing(_ name: String) -> String? {
      ["", ".gz", ".zst"].map { "\(folder)/\(name)\($0)" }.first { fileExists($0) }
    }
    let isHundred = existing("train.bin") != nil || existing("test.bin") != nil
    let names =
      isHundred
      ? [train ? "train.bin" : "test.bin"] : train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
    var pictures: [Tensor] = []
    var labels: [Int] = []
    for name in names {
      guard let path = existing(name) else {
        throw TensorError(
          .file, root,
          "there is no file \(name) in this folder; expected the binary form of CIFAR-10 or CIFAR-100 (cifar-10-binary, "
            + "cifar-100-binary)")
      }
      let (images, numbers) = try Self.read(path, labelBytes: isHundred ? 2 : 1)
      pictures.append(images)
      labels += numbers
    }
    images = try withErrors { cat(pictures, dim: 0) }
    self.labels = Tensor(labels)
    let list = isHundred ? "fine_label_names.txt" : "batches.meta.txt"
    classes = existing(list).flatMap { try? TextLines($0) }.map { lines in lines.all.filter { !$0.isEmpty } } ?? []
    pairs = TensorDataset(images, self.labels)
  }

  /// Records of labels, of which the last one counts, and 3072 bytes.
  private static func read(_ path: String, labelBytes: Int) throws -> (Tensor, [Int]) {
    let contents = try readFile(path)
    let size = labelBytes + 3072
    let length = contents.bytes.count
    guard length > 0, length % size == 0 else {
      throw TensorError(
        .format, path, "the file has \(length) bytes, which is no multiple of the \(size) of a picture with its label")
    }
    let count = length / size
    return try contents.withBytes { bytes throws in
      var pixels = [UInt8]()
      pixels.reserveCapacity(count * 3072)
      var labels: [Int] = []
      for i in 0..<count {
        labels.append(Int(bytes[i * size + labelBytes - 1]))
        pixels.append(contentsOf: bytes[(i * size + labelBytes)..<((i + 1) * size)])
      }
      let images = try pixels.withUnsafeBytes { bytes throws in
        try Tensor(bytes: bytes, shape: [count, 3, 32, 32], dtype: .uint8)
      }
      return (images, labels)
    }
  }

  public var count: Int { pairs.count }
  public subscript(index: Int) -> (Tensor, Tensor) { get throws { try pairs[index] } }
  public func batch(_ indices: [Int]) throws -> (Tensor, Tensor) { try pairs.batch(indices) }
}
