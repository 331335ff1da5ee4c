import ApusCore
import ApusNN

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
  public func classify(file: String, count: Int = 5) throws -> [ClassLabel] {
    try labels(processor(files: [file]), count)[0]
  }

  /// The best labels of a picture, uint8 `[3, height, width]`, the best first.
  /// - Throws: `TensorError` where it is no such picture, or the model cannot take its size.
  public func classify(_ picture: Tensor, count: Int = 5) throws -> [ClassLabel] {
    try classify([picture], count: count)[0]
  }

  /// The best labels of each of several pictures, computed as one batch.
  public func classify(_ pictures: [Tensor], count: Int = 5) throws -> [[ClassLabel]] {
    guard !pictures.isEmpty else { return [] }
    return try labels(processor(pictures), count)
  }

  private func labels(_ pixels: Tensor, _ count: Int) throws -> [[ClassLabel]] {
    var inputs = ModelInputs()
    inputs.pixelValues = pixels
    let scores = try withErrors { noGrad { model(inputs).logits } }
    return try rankedLabels(scores, of: model, rows: pixels.size(0), count: count)
  }
}
