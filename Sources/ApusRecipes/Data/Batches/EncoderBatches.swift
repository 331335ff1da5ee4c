import ApusCore
import ApusModels
import ApusText

/// Texts that belong together, in tokens: an example of sentence embeddings.
public struct PairExample: Sendable {
  /// The texts in the order of the columns: anchor, positive, then negatives; or the two sentences that a score compares.
  public var texts: [Encoding]
  /// How alike the two sentences are, where the data say so.
  public var score: Double?

  /// Texts in tokens, with a score where they have one.
  public init(texts: [Encoding], score: Double? = nil) { (self.texts, self.score) = (texts, score) }
}

/// Texts that belong together, for encoders: pairs, triplets, or two sentences and how alike they are.
public struct PairBatch: Sendable {
  /// The texts column by column, each of as many rows: anchors, positives, then columns of negatives; or the two sentences that
  /// scores compare.
  public var columns: [ModelInputs]
  /// How alike the two sentences of each row are, `[rows]`, float32; nil where the data do not say.
  public var scores: Tensor?

  /// A batch of columns of texts.
  public init(columns: [ModelInputs], scores: Tensor? = nil) { (self.columns, self.scores) = (columns, scores) }

  /// How many rows there are.
  public var count: Int { columns.first?.inputIds?.size(0) ?? 0 }
  /// The first texts.
  public var anchors: ModelInputs { columns.first ?? ModelInputs() }
  /// The texts that belong to the first ones; nil where there is one column alone.
  public var positives: ModelInputs? { columns.count > 1 ? columns[1] : nil }
  /// The columns of texts that do not belong to the first ones.
  public var negatives: [ModelInputs] { Array(columns.dropFirst(2)) }
}

/// What a text is labelled with.
public enum LabelValue: Sendable, Hashable {
  /// The number of a class.
  case index(Int)
  /// A number to be predicted.
  case number(Double)
}

/// A text, or two, with a label, in tokens: an example of classification or regression.
public struct LabelledExample: Sendable {
  public var encoding: Encoding
  public var label: LabelValue

  /// A text in tokens and its label.
  public init(encoding: Encoding, label: LabelValue) { (self.encoding, self.label) = (encoding, label) }
}

/// Texts with labels, for classifiers and regression.
public struct LabelledBatch: Sendable {
  /// The texts, without labels.
  public var inputs: ModelInputs
  /// Numbers of classes, `[rows]`, int64; or numbers to be predicted, `[rows]`, float32.
  public var labels: Tensor

  /// Rows of tokens and their labels.
  public init(inputs: ModelInputs, labels: Tensor) { (self.inputs, self.labels) = (inputs, labels) }

  /// The texts with their labels, so that the model computes its loss.
  public var labelledInputs: ModelInputs {
    var inputs = inputs
    inputs.labels = labels
    return inputs
  }
}
