import ApusCore
import ApusMedia

/// What becomes of the columns of a table on their way to a model: described once, fitted on training data, and part of the served
/// model. scikit-learn's `ColumnTransformer`, TensorFlow Transform's `preprocessing_fn`.
///
///     var transform = TableTransform()
///     transform.numeric("flipper_length_mm", .standardised, missing: .mean)
///     transform.category("island", .oneHot)
///     transform.category("species", .index, role: .label)
///     let fitted = try transform.fit(table)
///     let features = try fitted(table).dense          // [rows, features], float32
///     let classes = try fitted.targets(of: table)     // [rows], int64
///
/// What is wrong with a description is told by `fit`.
public struct TableTransform: Sendable, Hashable {
  var columns: [ColumnDescription] = []

  /// A description without columns.
  public init() {}

  /// A column of numbers or truth values.
  /// - Parameters:
  ///   - column: its name.
  ///   - steps: what becomes of the numbers, in order; without steps they stay what they are.
  ///   - missing: what stands for a missing number, before the steps. Steps are fitted on the numbers that are there.
  ///   - indicator: whether a feature more says what was missing, by 1.
  ///   - dtype: the type in which the model takes and computes them: float32, or float64 for whole numbers beyond 2^24 and times.
  ///     Nil chooses from the training data.
  ///   - role: what the column is for; a label takes no steps.
  public mutating func numeric(
    _ column: String, _ steps: NumericStep..., missing: MissingNumber = .refused, indicator: Bool = false,
    dtype: DType? = nil, role: ColumnRole = .feature
  ) {
    numeric(column, steps: steps, missing: missing, indicator: indicator, dtype: dtype, role: role)
  }

  /// ``numeric(_:_:missing:indicator:dtype:role:)`` with the steps as a list.
  public mutating func numeric(
    _ column: String, steps: [NumericStep], missing: MissingNumber = .refused, indicator: Bool = false,
    dtype: DType? = nil, role: ColumnRole = .feature
  ) {
    columns.append(
      .numeric(
        NumericDescription(
          name: column, steps: steps, missing: missing, hasIndicator: indicator, dtype: dtype, role: role)))
  }

  /// A column of texts, whole numbers or truth values, each of which stands for a category.
  /// - Parameters:
  ///   - column: its name.
  ///   - encoding: what the number of a category becomes; nothing for a label, whose target is the number.
  ///   - vocabulary: which categories have numbers of their own.
  ///   - unknown: what becomes of others. Nil: they are ignored by `.oneHot`, and one more category for `.index`.
  ///   - missing: what becomes of a missing one.
  ///   - role: what the column is for.
  public mutating func category(
    _ column: String, _ encoding: CategoryEncoding = .oneHot, vocabulary: VocabularyRule = .all,
    unknown: UnknownCategories? = nil, missing: MissingCategory = .unknown, role: ColumnRole = .feature
  ) {
    columns.append(
      .category(
        CategoryDescription(
          name: column, encoding: encoding, vocabulary: vocabulary,
          unknown: unknown ?? (encoding == .oneHot ? .ignored : .buckets(1)), missing: missing, role: role)))
  }

  /// Categories of several columns together: each combination is a category. Their columns are described before, by
  /// ``category(_:_:vocabulary:unknown:missing:role:)`` or as buckets of numbers.
  /// - Parameters:
  ///   - columns: the names of two or more columns.
  ///   - buckets: how many categories there are. Where there are no more combinations, each has its own.
  ///   - encoding: what the number of a combination becomes.
  public mutating func crossed(_ columns: [String], buckets: Int, encoding: CategoryEncoding = .oneHot) {
    self.columns.append(.crossed(CrossDescription(members: columns, buckets: buckets, encoding: encoding)))
  }

  /// A column of texts of several words: a bag of words. Words are in small letters; signs and spaces end them.
  /// - Parameters:
  ///   - column: its name.
  ///   - features: what the words become.
  ///   - vocabulary: which words have features of their own.
  ///   - ngrams: up to how many words that follow each other count as one too: 2 for words and pairs of words.
  ///   - hashed: how many features the other words share, each found from a hash; with `vocabulary: .given([])` all words.
  ///   - length: how many words and runs of words of a text are looked at.
  public mutating func text(
    _ column: String, _ features: TextFeatures = .counts, vocabulary: VocabularyRule = .most(1000), ngrams: Int = 1,
    hashed: Int = 0, length: Int = 64
  ) {
    columns.append(
      .text(
        TextDescription(
          name: column, features: features, vocabulary: vocabulary, ngrams: ngrams, buckets: hashed, length: length)))
  }

  /// Fits the description on training data.
  /// - Throws: `TensorError` that names the column: it is missing, of another type, has no values or missing ones without a rule.
  public func fit(_ table: Table) throws -> FittedTransform {
    try fit(parts: CollectionOfOne(table))
  }

  /// Fits the description on training data in parts, which are gone over once: what is kept of them does not grow with their number, but
  /// for the different categories of columns.
  ///
  /// Medians, quartiles and boundaries of buckets are exact for columns of up to 8,192 different numbers. Of more, ranks are off by at most
  /// 1/8192 of all numbers for each doubling of their count beyond 65,536.
  /// - Throws: as ``fit(_:)``, and what the parts throw.
  public func fit(parts: some Sequence<Table>) throws -> FittedTransform {
    var rest = parts.makeIterator()
    return try fit { rest.next() }
  }

  /// Fits the description on training data in parts, as readers of files give them:
  ///
  ///     let reader = try CSVReader(path: "measurements.csv")
  ///     let fitted = try transform.fit { try reader.nextBatch() }
  /// - Parameter next: the next part; nil at the end.
  /// - Throws: as ``fit(_:)``, and what `next` throws.
  public func fit(next: () throws -> Table?) throws -> FittedTransform {
    try check()
    var fits = columns.map { $0.fitting() }
    var rows = 0
    while let part = try next() {
      for i in fits.indices { try fits[i].add(part) }
      rows += part.rows
    }
    guard rows > 0 else {
      throw TensorError(.value, "fit", "the training data have no rows; a transform is fitted on at least one")
    }
    var known: [FittedColumn] = []
    for fit in fits { known.append(try fit.fitted(known)) }
    return FittedTransform(known)
  }

  private func check() throws(TensorError) {
    guard columns.contains(where: { $0.isFeature }) else {
      throw TensorError(.value, "fit", "no column is described as a feature; describe one with numeric() or category()")
    }
    var names: Set<String> = []
    for column in columns {
      guard names.insert(column.name).inserted else {
        throw TensorError(.value, "fit", "the column '\(column.name)' is described twice")
      }
      try column.check()
    }
    let labels = columns.filter { !$0.isFeature }.map { "'\($0.name)'" }
    guard labels.count <= 1 else {
      throw TensorError(.value, "fit", "there is one label, and \(labels.joined(separator: ", ")) are described as one")
    }
  }
}
