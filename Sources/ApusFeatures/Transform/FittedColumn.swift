import ApusCore

/// What was fitted of a column: all that is saved.
enum FittedColumn: Sendable, Hashable {
  case numeric(FittedNumeric)
  case category(FittedCategory)
  case crossed(FittedCross)
  case text(FittedText)

  var name: String {
    switch self {
    case .numeric(let it): it.name
    case .category(let it): it.name
    case .crossed(let it): it.name
    case .text(let it): it.name
    }
  }

  var isLabel: Bool {
    switch self {
    case .numeric(let it): it.role == .label
    case .category(let it): it.role == .label
    case .crossed, .text: false
    }
  }

  /// How many categories it has; nil where it has none.
  var categoryCount: Int? {
    switch self {
    case .numeric(let it):
      if case .buckets(let bounds, _)? = it.operations.last { bounds.count + 1 } else { nil }
    case .category(let it): it.role == .feature ? it.count : nil
    case .crossed, .text: nil
    }
  }

  /// The words of its vocabulary, which is a file; nil where it has none.
  var fileWords: [String]? {
    switch self {
    case .numeric, .crossed: nil
    case .category(let it): it.isWhole ? nil : it.words
    case .text(let it): it.words
    }
  }
}

/// A step with its numbers.
enum NumericOperation: Sendable, Hashable {
  case log1p
  case clip(Double, Double)
  /// (x - shift) / divisor + offset.
  case linear(shift: Double, divisor: Double, offset: Double)
  /// From rising marks at equal distances of rank, the place between them from 0 to 1.
  case interpolate([Double])
  case buckets([Double], CategoryEncoding)
}

struct FittedNumeric: Sendable, Hashable {
  let name: String
  let dtype: DType
  /// What stands for a missing number.
  let fill: Double?
  let hasIndicator: Bool
  let operations: [NumericOperation]
  let role: ColumnRole
}

struct FittedCategory: Sendable, Hashable {
  let name: String
  /// The categories in the order of their numbers; whole numbers as they are written.
  let words: [String]
  let isWhole: Bool
  /// How many numbers unknown categories share.
  let buckets: Int
  /// Whether a missing one is a category of its own.
  let hasOwnMissing: Bool
  /// The number of a missing one, -1 for none.
  let missing: Int
  let encoding: CategoryEncoding
  let role: ColumnRole

  /// How many numbers there are.
  var count: Int { words.count + buckets + (hasOwnMissing ? 1 : 0) }
}

struct FittedCross: Sendable, Hashable {
  let members: [String]
  /// How many numbers each member has, with one for none.
  let sizes: [Int]
  let buckets: Int
  let encoding: CategoryEncoding

  var name: String { members.joined(separator: " x ") }
  var combinations: Int { sizes.reduce(1, *) }
}

struct FittedText: Sendable, Hashable {
  let name: String
  let words: [String]
  /// Up to how many words that follow each other count as one.
  let ngrams: Int
  /// How many features other words share.
  let buckets: Int
  /// How many words of a text are looked at.
  let length: Int
  let features: TextFeatures
}
