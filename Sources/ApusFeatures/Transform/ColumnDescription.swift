import ApusCore
import ApusMedia

/// What is asked of a column, before it is fitted.
enum ColumnDescription: Sendable, Hashable {
  case numeric(NumericDescription)
  case category(CategoryDescription)
  case crossed(CrossDescription)
  case text(TextDescription)

  var name: String {
    switch self {
    case .numeric(let it): it.name
    case .category(let it): it.name
    case .crossed(let it): it.name
    case .text(let it): it.name
    }
  }

  var isFeature: Bool {
    switch self {
    case .numeric(let it): it.role == .feature
    case .category(let it): it.role == .feature
    case .crossed, .text: true
    }
  }

  /// - Throws: where the description makes no sense, whatever the data are.
  func check() throws(TensorError) {
    switch self {
    case .numeric(let it): try it.check()
    case .category(let it): try it.check()
    case .crossed(let it): try it.check()
    case .text(let it): try it.check()
    }
  }

  /// What gathers the training data of the column.
  func fitting() -> any ColumnFit {
    switch self {
    case .numeric(let it): NumericFit(it)
    case .category(let it): CategoryFit(it)
    case .crossed(let it): CrossFit(description: it)
    case .text(let it): TextFit(it)
    }
  }
}

/// Gathers the training data of a column, part by part.
protocol ColumnFit {
  mutating func add(_ table: Table) throws(TensorError)
  /// What became of it.
  /// - Parameter known: the columns that were described before.
  func fitted(_ known: [FittedColumn]) throws(TensorError) -> FittedColumn
}

func described(_ name: String, _ message: String) -> TensorError {
  TensorError(.value, "fit", "the column '\(name)' \(message)")
}

struct NumericDescription: Sendable, Hashable {
  let name: String
  let steps: [NumericStep]
  let missing: MissingNumber
  let hasIndicator: Bool
  let dtype: DType?
  let role: ColumnRole

  func check() throws(TensorError) {
    if let dtype, dtype != .float32, dtype != .float64 {
      throw described(name, "is to be \(dtype); numbers are float32 or float64")
    }
    if role == .label, !steps.isEmpty || hasIndicator || missing != .refused {
      throw described(name, "is a label, which takes no steps; change its numbers in the table")
    }
    if case .value(let value) = missing, !value.isFinite {
      throw described(name, "is to be \(value) where it is missing; give a finite number")
    }
    if steps.filter(\.isFitted).count > 1 {
      throw described(name, "has more than one step that is fitted: \(steps.filter(\.isFitted)); leave one")
    }
    for (i, step) in steps.enumerated() {
      if step.givesBuckets, i + 1 < steps.count { throw described(name, "has steps behind its buckets") }
      if let mistake = step.mistake { throw described(name, mistake) }
    }
  }
}

extension NumericStep {
  /// Whether it depends on the training data.
  var isFitted: Bool {
    switch self {
    case .log1p, .clipped, .buckets: false
    case .standardised, .scaled, .robust, .uniform, .bucketised: true
    }
  }

  var givesBuckets: Bool {
    switch self {
    case .bucketised, .buckets: true
    default: false
    }
  }

  /// What is wrong with its numbers; nil where nothing is.
  var mistake: String? {
    switch self {
    case .clipped(let range), .scaled(to: let range):
      range.lowerBound.isFinite && range.upperBound.isFinite ? nil : "has a range that is not finite: \(range)"
    case .uniform(let count): 2...100_000 ~= count ? nil : "asks for \(count) quantiles; 2 to 100000 work"
    case .bucketised(let count, _): 2...100_000 ~= count ? nil : "asks for \(count) buckets; 2 to 100000 work"
    case .buckets(let bounds, _):
      bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 } && !bounds.isEmpty
        ? nil : "has boundaries \(bounds); give finite ones in rising order"
    case .log1p, .standardised, .robust: nil
    }
  }
}

struct CategoryDescription: Sendable, Hashable {
  let name: String
  let encoding: CategoryEncoding
  let vocabulary: VocabularyRule
  let unknown: UnknownCategories
  let missing: MissingCategory
  let role: ColumnRole

  /// How many numbers unknown categories have.
  var buckets: Int {
    if role == .feature, case .buckets(let count) = unknown { count } else { 0 }
  }

  func check() throws(TensorError) {
    if case .buckets(let count) = unknown, !(1...encoding.mostBuckets ~= count) {
      throw described(name, "has \(count) buckets for unknown categories; 1 to \(encoding.mostBuckets) work")
    }
    if encoding == .index, role == .feature, unknown == .ignored {
      throw described(name, "gives numbers, and unknown categories need one too: unknown: .buckets(1)")
    }
    try vocabulary.check(name)
  }
}

extension CategoryEncoding {
  /// How many buckets there may be: each is a feature of its own in ``oneHot``.
  var mostBuckets: Int { self == .oneHot ? 1 << 20 : 1 << 24 }
}

extension VocabularyRule {
  func check(_ name: String) throws(TensorError) {
    switch self {
    case .all, .given: break
    case .most(let count):
      guard count > 0 else { throw described(name, "has a vocabulary of \(count) words; give 1 or more") }
    case .atLeast(let count):
      guard count > 0 else { throw described(name, "takes words that are there \(count) times; give 1 or more") }
    }
  }
}

struct CrossDescription: Sendable, Hashable {
  let members: [String]
  let buckets: Int
  let encoding: CategoryEncoding

  var name: String { members.joined(separator: " x ") }

  func check() throws(TensorError) {
    guard members.count >= 2, Set(members).count == members.count else {
      throw TensorError(.value, "fit", "crossed(\(members)): give two or more different columns")
    }
    guard 1...encoding.mostBuckets ~= buckets else {
      throw TensorError(.value, "fit", "crossed(\(members)): \(buckets) buckets; 1 to \(encoding.mostBuckets) work")
    }
    guard encoding != .crossedOnly else {
      throw TensorError(.value, "fit", "crossed(\(members)): a cross is no part of another; use .oneHot or .index")
    }
  }
}

struct TextDescription: Sendable, Hashable {
  let name: String
  let features: TextFeatures
  let vocabulary: VocabularyRule
  let ngrams: Int
  let buckets: Int
  let length: Int

  func check() throws(TensorError) {
    guard 0...1 << 20 ~= buckets else { throw described(name, "has \(buckets) features for other words") }
    guard 1...8 ~= ngrams else { throw described(name, "takes runs of up to \(ngrams) words; 1 to 8 work") }
    guard 1...1 << 16 ~= length else { throw described(name, "looks at \(length) words of a text; 1 to 65536 work") }
    try vocabulary.check(name)
  }
}
