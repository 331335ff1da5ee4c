/// What an artifact is: the name by which lineage keeps it.
///
/// The kinds of TensorFlow Extended are there under its names. One of your own is an empty type:
///
///     enum Forecast: ArtifactKind { static let name = "Forecast" }
public protocol ArtifactKind {
  /// The name of the type in the lineage.
  static var name: String { get }
}

/// Rows of data, in a folder for each split: `train/part-0.parquet`.
public enum Examples: ArtifactKind { public static let name = "Examples" }

/// Statistics of examples, in a folder for each split: `train/FeatureStats.pb`.
public enum ExampleStatistics: ArtifactKind { public static let name = "ExampleStatistics" }

/// What examples must be like: `schema.pbtxt`.
public enum SchemaArtifact: ArtifactKind { public static let name = "Schema" }

/// What was found wrong with examples, in a folder for each split: `train/anomalies.pbtxt`.
public enum ExampleAnomalies: ArtifactKind { public static let name = "ExampleAnomalies" }

/// A transform fitted on examples.
public enum TransformGraph: ArtifactKind { public static let name = "TransformGraph" }

/// Settings that a search found: `best_hyperparameters.txt`.
public enum HyperParameters: ArtifactKind { public static let name = "HyperParameters" }

/// A trained model, as a folder that a server takes for a version.
public enum ModelArtifact: ArtifactKind { public static let name = "Model" }

/// How good a model is, in whole and by slices: `evaluation.json`.
public enum ModelEvaluation: ArtifactKind { public static let name = "ModelEvaluation" }

/// Whether a model may serve; its property `blessed` is 1 or 0.
public enum ModelBlessing: ArtifactKind { public static let name = "ModelBlessing" }

/// A model that was put into service, or the reason why it was not; its property `pushed` is 1 or 0.
public enum PushedModel: ArtifactKind { public static let name = "PushedModel" }

/// What a model said of examples.
public enum InferenceResult: ArtifactKind { public static let name = "InferenceResult" }

/// A file or folder of any other kind.
public enum OtherFile: ArtifactKind { public static let name = "File" }
