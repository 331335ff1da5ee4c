/// What becomes of a column of numbers. Steps follow each other; one of them may be fitted on the training data.
public enum NumericStep: Sendable, Hashable {
  /// ln(1 + x).
  case log1p
  /// Numbers outside of the range become its nearer end.
  case clipped(ClosedRange<Double>)
  /// (x - mean) / standard deviation of the training data, that of the whole (divided by n): scikit-learn's `StandardScaler`, tft's
  /// `scale_to_z_score`.
  case standardised
  /// The smallest number of the training data becomes the lower bound, the largest the upper one: `MinMaxScaler`,
  /// `scale_by_min_max`.
  case scaled(to: ClosedRange<Double>)
  /// (x - median) / (third quartile - first quartile): `RobustScaler`.
  case robust
  /// The share of the training data that is smaller, from 0 to 1, between `quantiles` marks: `QuantileTransformer`.
  case uniform(quantiles: Int)
  /// So many buckets, which hold about as many of the training data each: `KBinsDiscretizer(strategy: "quantile")`, tft's `bucketize`.
  /// Boundaries that are equal count once. It must be the last step.
  case bucketised(Int, CategoryEncoding = .oneHot)
  /// Buckets with these boundaries, in rising order: number i holds `boundaries[i - 1] <= x < boundaries[i]`. It must be the last step.
  case buckets(at: [Double], CategoryEncoding = .oneHot)
}

/// What stands in the place of a missing number.
public enum MissingNumber: Sendable, Hashable {
  /// Nothing does: training data without this number are refused, and NaN stays NaN.
  case refused
  /// The mean or the median of the training data that are there.
  case mean, median
  /// This number.
  case value(Double)
}

/// What the number of a category becomes.
public enum CategoryEncoding: String, Sendable, Hashable {
  /// A feature for each category, which is 1 for this one and 0 for others.
  case oneHot = "one_hot"
  /// The number itself, a tensor of its own beside the features: for an `Embedding`.
  case index
  /// Nothing: the column serves ``TableTransform/crossed(_:buckets:encoding:)`` alone.
  case crossedOnly = "crossed_only"
}

/// Which categories have numbers of their own. They come in the order of how often they are, those of one count in that of their
/// bytes; categories of a label in the order of their bytes.
public enum VocabularyRule: Sendable, Hashable {
  /// All of the training data.
  case all
  /// The most frequent ones.
  case most(Int)
  /// Those that are there so often.
  case atLeast(Int)
  /// These, in this order.
  case given([String])
}

/// What becomes of a category that is not in the vocabulary.
public enum UnknownCategories: Sendable, Hashable {
  /// It is none: all its features are 0.
  case ignored
  /// It is one of so many further categories, found from a hash of its text. `.buckets(1)` holds all that is unknown.
  case buckets(Int)
}

/// What becomes of a missing category, or an empty text.
public enum MissingCategory: Sendable, Hashable {
  /// It is unknown, see ``UnknownCategories``.
  case unknown
  /// It is a category of its own, behind all others.
  case ownCategory
  /// It is the most frequent one.
  case mostFrequent
}

/// What a column is for.
public enum ColumnRole: String, Sendable, Hashable {
  /// An input of the model.
  case feature
  /// What the model is to tell.
  case label
}

/// What the words of a text become.
public enum TextFeatures: String, Sendable, Hashable {
  /// A feature for each word of the vocabulary: how often it is in the text.
  case counts
  /// A feature for each word of the vocabulary: 1 where it is in the text.
  case presence
}
