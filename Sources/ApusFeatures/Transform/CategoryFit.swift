import ApusCore
import ApusFormats
import ApusMedia

/// How often words are there.
struct WordCounts {
  private var known = Vocabulary()
  private var counts: [Int] = []

  /// - Throws: where the word is no text.
  mutating func add(_ word: UnsafeRawBufferPointer, _ name: String) throws(TensorError) {
    let number = known.insert(word)
    guard number == counts.count else {
      counts[number] += 1
      return
    }
    guard isUTF8(word) else {
      throw described(name, "has a text that is not UTF-8; read its file with the encoding that it has")
    }
    counts.append(1)
  }

  /// The words that a rule keeps. Words with line breaks are never kept: vocabularies are files with a word a line.
  func kept(_ rule: VocabularyRule, sorted: Bool) -> [String] {
    if case .given(let words) = rule { return words }
    var order = (0..<known.count).map { (word: known[$0], count: counts[$0]) }
    order.removeAll { word, _ in word.utf8.contains { $0 == 10 || $0 == 13 } }
    order.sort { a, b in
      (sorted || a.count == b.count) ? a.word.utf8.lexicographicallyPrecedes(b.word.utf8) : a.count > b.count
    }
    switch rule {
    case .all, .given: break
    case .most(let most): order = Array(order.sorted { $0.count > $1.count }.prefix(most))
    case .atLeast(let least): order.removeAll { $0.count < least }
    }
    return order.map(\.word)
  }

  /// The most frequent of these words.
  func mostFrequent(_ words: [String]) -> Int? {
    let found = words.map { word in Array(word.utf8).withUnsafeBytes { known.number(of: $0) }.map { counts[$0] } ?? 0 }
    guard let most = found.max(), most > 0 else { return nil }
    return found.firstIndex(of: most)
  }
}

/// Gathers a column of categories.
struct CategoryFit: ColumnFit {
  private let description: CategoryDescription
  private var words = WordCounts()
  /// Whether the categories are whole numbers; nil before the first part that has a type.
  private var isWhole: Bool?
  private var missing = 0
  private var rows = 0

  init(_ description: CategoryDescription) { self.description = description }

  mutating func add(_ table: Table) throws(TensorError) {
    let name = description.name
    let column = try table.column(name, "fit")
    rows += column.count
    guard column.type.decoded != .null else {
      missing += column.count
      return
    }
    guard column.isWhole || column.type.isText else {
      throw TensorError(
        .dtype, "fit",
        "the column '\(name)' holds \(column.type), and categories are texts, whole numbers or truth values; describe it "
          + "with numeric()")
    }
    let known = isWhole ?? column.isWhole
    guard known == column.isWhole else {
      throw TensorError(
        .dtype, "fit",
        "the column '\(name)' holds \(known ? "whole numbers" : "texts") in one part and \(column.type) in another; tell "
          + "the reader its type")
    }
    isWhole = known
    if known {
      for number in try column.wholes(name, "fit") {
        guard number != .min else {
          missing += 1
          continue
        }
        try Array("\(number)".utf8).withBytes { bytes throws(TensorError) in try words.add(bytes, name) }
      }
      return
    }
    try column.forEachText(name, "fit") { text throws(TensorError) in
      if let text { try words.add(text, name) } else { missing += 1 }
    }
  }

  func fitted(_ known: [FittedColumn]) throws(TensorError) -> FittedColumn {
    let name = description.name
    guard missing < rows else { throw described(name, "has no value in \(rows) rows; leave it out") }
    let isLabel = description.role == .label
    let isWhole = isWhole ?? false
    var kept = words.kept(description.vocabulary, sorted: isLabel)
    if isLabel, isWhole, case .all = description.vocabulary {
      kept.sort { (Int64($0) ?? 0) < (Int64($1) ?? 0) }
    }
    guard !kept.isEmpty || description.buckets > 0 else {
      throw described(
        name, "keeps no category: \(description.vocabulary); take more of them, or buckets for unknown ones")
    }
    if isWhole, let wrong = kept.first(where: { Int64($0) == nil }) {
      throw described(name, "holds whole numbers, and the vocabulary has '\(wrong)'")
    }
    if let wrong = kept.first(where: { $0.isEmpty || $0.utf8.contains { $0 == 10 || $0 == 13 } }) {
      throw described(name, "has a vocabulary with an empty word or one with line breaks: \(quotedJSON(wrong))")
    }
    if isWhole, description.buckets > 1 {
      throw described(
        name, "holds whole numbers, whose unknown ones share one bucket, and \(description.buckets) are asked for")
    }
    if isLabel, missing > 0 {
      throw described(
        name, "is the label and misses \(missing) of \(rows) values; leave these rows out with droppingNulls(in:)")
    }
    _ = try Vocabulary(kept, name: "the vocabulary of '\(name)'")
    let buckets = description.buckets
    let number: Int
    switch description.missing {
    case .unknown: number = buckets > 0 ? kept.count : -1
    case .ownCategory: number = kept.count + buckets
    case .mostFrequent:
      guard let most = words.mostFrequent(kept) else {
        throw described(
          name, "has no category of its vocabulary in the training data, so that none is the most frequent")
      }
      number = most
    }
    return .category(
      FittedCategory(
        name: name, words: kept, isWhole: isWhole, buckets: buckets, hasOwnMissing: description.missing == .ownCategory,
        missing: number, encoding: description.encoding, role: description.role))
  }
}

extension [UInt8] {
  /// ``withUnsafeBytes(_:)`` with a typed error.
  fileprivate func withBytes(
    _ body: (UnsafeRawBufferPointer) throws(TensorError) -> Void
  ) throws(TensorError) {
    var failure: TensorError?
    withUnsafeBytes { bytes in
      do throws(TensorError) { try body(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}

/// Gathers the words of a column of texts.
struct TextFit: ColumnFit {
  private let description: TextDescription
  private var words = WordCounts()
  private var rows = 0
  private var missing = 0

  init(_ description: TextDescription) { self.description = description }

  mutating func add(_ table: Table) throws(TensorError) {
    let name = description.name
    let column = try table.column(name, "fit")
    rows += column.count
    try column.forEachText(name, "fit") { text throws(TensorError) in
      guard let text else {
        missing += 1
        return
      }
      var failure: TensorError?
      Vocabulary.forEachGram(text, upTo: description.ngrams) { word in
        do throws(TensorError) { try words.add(word, name) } catch { failure = error }
        return failure == nil
      }
      if let failure { throw failure }
    }
  }

  func fitted(_ known: [FittedColumn]) throws(TensorError) -> FittedColumn {
    guard missing < rows else { throw described(description.name, "has no text in \(rows) rows; leave it out") }
    let kept = words.kept(description.vocabulary, sorted: false)
    guard kept.count + description.buckets > 0 else {
      throw described(description.name, "keeps no word: \(description.vocabulary); take more of them, or hashed: 64")
    }
    _ = try Vocabulary(kept, name: "the vocabulary of '\(description.name)'")
    return .text(
      FittedText(
        name: description.name, words: kept, ngrams: description.ngrams, buckets: description.buckets,
        length: description.length,
        features: description.features))
  }
}

/// Nothing is gathered for a cross.
struct CrossFit: ColumnFit {
  let description: CrossDescription

  mutating func add(_ table: Table) {}

  func fitted(_ known: [FittedColumn]) throws(TensorError) -> FittedColumn {
    var sizes: [Int] = []
    for member in description.members {
      guard let column = known.first(where: { $0.name == member }), let size = column.categoryCount else {
        throw TensorError(
          .value, "fit",
          "crossed(\(description.members)): '\(member)' is no column of categories or buckets that is described before; "
            + "describe it with category(\"\(member)\", .crossedOnly)")
      }
      // One more stands for what is none of them.
      sizes.append(size + 1)
    }
    let combinations = sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard sizes.reduce(1.0, { $0 * Double($1) }) < 0x1p31 else {
      throw TensorError(
        .value, "fit", "crossed(\(description.members)) has more than 2^31 combinations; keep fewer categories of each")
    }
    return .crossed(
      FittedCross(
        members: description.members, sizes: sizes, buckets: min(description.buckets, combinations),
        encoding: description.encoding))
  }
}
