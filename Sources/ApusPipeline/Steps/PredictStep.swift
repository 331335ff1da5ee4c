import Apus
import ApusFeatures
import ApusFormats

extension Pipeline {
  /// What a model says of the rows of a split: TensorFlow Extended's `BulkInferrer`.
  /// - Parameters:
  ///   - kept: columns of the rows that stand before the predictions.
  ///   - format: of the files.
  ///   - blessing: where it says no, nothing is predicted.
  @discardableResult
  public mutating func predict(
    _ examples: StepOutput<Examples>, with model: StepOutput<ModelArtifact>, split: String, keeping kept: [String] = [],
    format: BatchPredictor.Format = .parquet, if blessing: StepOutput<ModelBlessing>? = nil,
    named name: String = "predictions"
  ) -> StepOutput<InferenceResult> {
    var inputs = [StepInput("examples", examples), StepInput("model", model)]
    if let blessing { inputs.append(StepInput("blessing", blessing)) }
    let isAsked = blessing != nil
    return add(
      PipelineStep(
        name, type: "BulkInferrer", version: "1", inputs: inputs,
        outputs: [OutputDescription("inference_result", InferenceResult.self)],
        parameters: [
          "split": .string(split), "keep": .list(kept.map { .string($0) }), "format": .string(format.rawValue),
        ]
      ) { step in
        if isAsked, try step.input("blessing").properties["blessed"]?.asInt != 1 {
          step.note(["rows": 0])
          step.log("the model was not blessed; nothing is predicted")
          return
        }
        let predictor = try BatchPredictor(folder: step.input("model").path)
        let folder = try step.input("examples").path(split)
        let files = folderContents(folder).filter { $0.hasSuffix(".parquet") }
        guard !files.isEmpty else {
          let known = ExampleReader.splits(of: try step.input("examples")).joined(separator: ", ")
          throw TensorError(.file, folder, "there is no split '\(split)'; there are \(known)")
        }
        var rows = 0
        for (i, file) in files.enumerated() {
          // In the scratch folder what was done stays done when the step is ended before its end.
          let part = "\(step.scratch)/\(i)"
          rows += try predictor.predict(file: "\(folder)/\(file)", to: part, format: format, keeping: kept)
          let target = try step.output("inference_result") + "/\(i)"
          try makeFolders(target)
          for name in try filesBelow(part) where !name.hasPrefix(".") {
            try copyFile("\(part)/\(name)", to: "\(target)/\(name)")
          }
        }
        step.note(["rows": .int(rows)])
      }, giving: "inference_result", InferenceResult.self)
  }
}
