import ApusCore
import ApusFormats
import ApusNN
import ApusPrograms

/// A transform and the model behind it, as one module: what is captured.
private final class TransformedModel: Module {
  let transform: FittedTransform
  let model: any Module

  init(_ transform: FittedTransform, _ model: any Module) { (self.transform, self.model) = (transform, model) }
}

/// Writes a model with its transform as `apus serve` serves it: the inputs are the raw columns, texts as texts.
///
///     try exportServed(model, transform: fitted, to: "models/penguins", outputName: "logits")
///
/// The folder `VERSION` in it gets `model.apus` (one program of transform and model), `config.json` (which columns are texts, where
/// numbers may be missing, the names of classes), the vocabularies, and `transform.json`, so that a version never meets the vocabulary of
/// another. How requests run may be told in a `config.pbtxt` beside the versions. ``BatchPredictor`` reads the same folder.
/// - Parameters:
///   - model: takes the features, shape [rows, features]; it is exported as it is in use.
///   - transform: what makes the features.
///   - folder: the model's folder, whose name is that of the model.
///   - version: its number.
///   - outputName: what the output is called.
/// - Throws: `TensorError` where the model cannot be part of a program, or writing fails.
public func exportServed(
  _ model: some Layer, transform: FittedTransform, to folder: String, version: Int = 1, outputName: String = "output"
) throws {
  try exportServed(of: model, transform: transform, to: folder, version: version, outputNames: [outputName]) {
    [model($0.dense)]
  }
}

/// ``exportServed(_:transform:to:version:outputName:)`` for a model called in any form, with the numbers of categories for embeddings:
///
///     try exportServed(of: model, transform: fitted, to: "models/penguins", outputNames: ["logits"]) { features in
///       [model(features.dense, features["island"])]
///     }
/// - Parameters:
///   - outputNames: names of the outputs in their order. The classes of the label go with the first one.
///   - call: what the model gives for the features. The first dimension of each output counts rows.
public func exportServed(
  of model: any Module, transform: FittedTransform, to folder: String, version: Int = 1, outputNames: [String],
  _ call: (TableFeatures) -> [Tensor]
) throws {
  guard version > 0 else {
    throw TensorError(.value, "exportServed", "the version is \(version); versions are numbered from 1")
  }
  let folder = "\(expandedPath(folder))/\(version)"
  try makeFolders(folder)
  let inputs = transform.inputs
  let dynamic = Dictionary(inputs.map { ($0.name, [0: "rows"]) }) { a, _ in a }
  let options = ProgramOptions(dynamic: dynamic, inputNames: inputs.map(\.name), outputNames: outputNames)
  try transform.save(to: folder)
  try writeText(transform.servedConfiguration(outputNames).text(indented: true) + "\n", to: "\(folder)/config.json")
  // Last, since a server looks for it.
  try export(
    of: TransformedModel(transform, model), transform.example(rows: 2), to: "\(folder)/model.apus",
    options: options
  ) { raw in call(transform(raw)) }
}

extension FittedTransform {
  /// What a server is told: which inputs are texts, and where values may be missing.
  fileprivate func servedConfiguration(_ outputNames: [String]) -> JSON {
    let files = vocabularyFiles
    let inputs = fitted.compactMap { column -> JSON? in
      guard !column.isLabel, let input = column.input else { return nil }
      var members: [String: JSON] = ["name": .string(input.name)]
      switch column {
      case .numeric(let it): members["allow_missing"] = .bool(it.fill != nil || it.hasIndicator)
      case .category(let it):
        members["allow_missing"] = .bool(true)
        if !it.isWhole { members["vocabulary_buckets"] = .int(max(1, it.buckets)) }
      case .text(let it):
        members["allow_missing"] = .bool(true)
        members["vocabulary_buckets"] = .int(max(1, it.buckets))
        members["vocabulary_words"] = .int(it.length)
        if it.ngrams > 1 { members["vocabulary_ngrams"] = .int(it.ngrams) }
      case .crossed: break
      }
      members["vocabulary_filename"] = files[input.name].map { .string($0) }
      return .object(members)
    }
    var members: [String: JSON] = ["input": .array(inputs)]
    if let label, let file = files[label], let output = outputNames.first {
      members["output"] = .array([.object(["name": .string(output), "label_filename": .string(file)])])
    }
    return .object(members)
  }
}
