import Apus
import ApusFeatures
import ApusFormats

extension Pipeline {
  /// Fits a transform on a split of examples: TensorFlow Extended's `Transform`. What is fitted becomes part of the model.
  ///
  ///     var columns = TableTransform()
  ///     columns.numeric("body_mass_g", .standardised, missing: .mean)
  ///     columns.category("species", role: .label)
  ///     let transform = penguins.transform(examples, columns)
  public mutating func transform(
    _ examples: StepOutput<Examples>, split: String = "train", _ columns: TableTransform,
    named name: String = "transform"
  ) -> StepOutput<TransformGraph> {
    add(
      PipelineStep(
        name, type: "Transform", version: "1", inputs: [StepInput("examples", examples)],
        outputs: [OutputDescription("transform_graph", TransformGraph.self)],
        parameters: ["split": .string(split), "columns": .string("\(columns)")]
      ) { step in
        var reader = try ExampleReader(step.input("examples"), split: split)
        let fitted = try columns.fit { try reader.nextBatch() }
        try fitted.save(to: try step.output("transform_graph"))
        step.note(["features": .int(fitted.featureNames.count)])
      }, giving: "transform_graph", TransformGraph.self)
  }
}
