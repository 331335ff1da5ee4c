import Apus
import Foundation

/// Grey pictures to learn from: Fashion-MNIST where `scripts/example-data.sh` has put it, else the digits that come with the
/// library.
public struct PictureData {
  /// What they show.
  public let title: String
  /// `[count, 1, size, size]`, from 0 to 1, to train with and to test with.
  public let training: Tensor, testing: Tensor
  /// Height and width.
  public var size: Int { training.size(-1) }

  /// Whether `scripts/example-data.sh` has brought Fashion-MNIST.
  public static var hasFashion: Bool { dataFolder("fashion-mnist") != nil }

  /// At most `limit` pictures to train with.
  /// - Parameter name: `fashion`, `digits`, or nothing for what there is.
  /// - Throws: for another name, and where the files of Fashion-MNIST are missing or damaged.
  public init(_ name: String, limit: Int) throws {
    let folder = dataFolder("fashion-mnist")
    switch (name, folder) {
    case ("", nil), ("digits", _):
      if name.isEmpty { print("Fashion-MNIST is not installed (scripts/example-data.sh brings it): these are digits.") }
      title = "digits"
      (training, testing) = (Digits(train: true).images[..<limit], Digits(train: false).images)
    case ("", let folder?), ("fashion", let folder?):
      title = "Fashion-MNIST"
      training = try MNIST(root: folder, train: true).images[..<limit]
      testing = try MNIST(root: folder, train: false).images
    case ("fashion", nil): throw ExampleError("Fashion-MNIST is not installed; scripts/example-data.sh brings it")
    default: throw ExampleError("there are no pictures '\(name)'; there are fashion and digits")
    }
  }
}

/// Writes pictures `[count, 1, size, size]` to a PNG file and the first of them to the terminal.
func show(_ pictures: Tensor, _ path: String) throws {
  if !path.isEmpty {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try saveImage(pictures, path)
  }
  let size = pictures.size(-1)
  let some = pictures[..<8].flatten(1)
  print(try drawImages(some.array(), width: size, height: size), terminator: "")
  if !path.isEmpty { print("\(pictures.size(0)) pictures are in \(path)") }
}
