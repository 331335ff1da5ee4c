import ApusCore
import ApusFormats
import ApusNN

/// What a picture shows, as a classifier sees it.
public struct PictureLabel: Sendable, Equatable, CustomStringConvertible {
  /// The number of the label.
  public let number: Int
  /// Its name in the configuration, or `LABEL_3` where that has none.
  public let name: String
  /// How sure the model is: the softmax of the scores, or of labels that do not exclude each other the sigmoid of this one's.
  public let probability: Double

  public var description: String { "\(name): \(probability)" }
}

/// A published classifier of pictures with what makes pictures into its inputs.
///
///     let classifier = try ImageClassifier(path: "resnet-50")
///     for label in try classifier.classify(file: "cat.jpg") { print(label) }
public struct ImageClassifier: Sendable {
  /// The network.
  public let model: any PretrainedModel
  /// What makes pictures into inputs.
  public let processor: ImageProcessor

  /// Loads the model in the folder at `path` with its `preprocessor_config.json`.
  /// - Throws: `TensorError` that names the file and what is wrong with it.
  public init(path: String) throws {
    model = try AutoModelForImageClassification.load(path)
    processor = try ImageProcessor(path: path)
  }

  /// Puts a network and a processor together.
  public init(model: any PretrainedModel, processor: ImageProcessor) {
    (self.model, self.processor) = (model, processor)
  }

  /// The best labels of the picture in a file, the best first.
  /// - Throws: `TensorError` that names the file.
  public func classify(file: String, count: Int = 5) throws -> [PictureLabel] {
    try classify(try readImage(file, mode: .rgb, applyEXIFOrientation: true), count: count)
  }

  /// The best labels of a picture, uint8 `[3, height, width]`, the best first.
  /// - Throws: `TensorError` where it is no such picture, or the model cannot take its size.
  public func classify(_ picture: Tensor, count: Int = 5) throws -> [PictureLabel] {
    try classify([picture], count: count)[0]
  }

  /// The best labels of each of several pictures, computed as one batch.
  public func classify(_ pictures: [Tensor], count: Int = 5) throws -> [[PictureLabel]] {
    guard !pictures.isEmpty else { return [] }
    var inputs = ModelInputs()
    inputs.pixelValues = try processor(pictures)
    let found = try withErrors { noGrad { model(inputs).logits?.to(.float32) } }
    guard let scores = found, scores.rank == 2, scores.size(0) == pictures.count else {
      throw TensorError(.state, "classify", "the model gives no scores of labels")
    }
    let isIndependent =
      scores.size(1) == 1 || model.configuration["problem_type"]?.string == "multi_label_classification"
    let probabilities = isIndependent ? scores.sigmoid() : scores.softmax(-1)
    let names = model.configuration.labels
    let classes = scores.size(1)
    let numbers: [Float] = probabilities.array()
    return pictures.indices.map { row in
      let own = numbers[row * classes..<(row + 1) * classes]
      let best = own.indices.sorted { (own[$0], $1) > (own[$1], $0) }.prefix(max(0, count))
      return best.map { i in
        let number = i - own.startIndex
        return PictureLabel(number: number, name: names[number] ?? "LABEL_\(number)", probability: Double(own[i]))
      }
    }
  }
}
