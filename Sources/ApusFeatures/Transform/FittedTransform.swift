import ApusCore
import ApusFormats
import ApusFunctional
import ApusMedia
import ApusNN

/// What a ``FittedTransform`` gives a model.
public struct TableFeatures: TensorTree, Sendable {
  /// All features that are numbers, beside each other: shape [rows, features], float32. See ``FittedTransform/featureNames``.
  public let dense: Tensor
  /// The numbers of categories by column, for embeddings: shape [rows], int64. See ``FittedTransform/categoryCounts``.
  public let ids: [String: Tensor]

  /// The numbers of the categories of a column.
  /// - Precondition: it is described with `.index`; else the tensor is a failed one, whose error names the columns that are.
  public subscript(_ column: String) -> Tensor {
    ids[column]
      ?? fail(
        TensorError(
          .value, "TableFeatures",
          "there are no numbers of '\(column)'; the columns with .index are \(ids.keys.sorted())"))
  }

  public func mapTensors(_ transform: (Tensor) -> Tensor) -> TableFeatures {
    TableFeatures(dense: transform(dense), ids: ids.mapTensors(transform))
  }

  public var signatureParts: [AnyHashable] { ids.signatureParts }
}

/// A ``TableTransform`` with all that was computed on training data. It is a module without parameters, whose numbers are buffers: what
/// `export` writes of it and a model behind it is one program, whose inputs are the raw columns.
///
///     let fitted = try transform.fit(table)
///     let logits = model(try fitted(table).dense)
///     try exportServed(model, transform: fitted, to: "models/penguins")
public final class FittedTransform: Module {
  /// A column as the model takes it: a tensor whose first dimension counts rows.
  public struct Input: Sendable, Hashable {
    /// The name of the column.
    public let name: String
    /// float32 or float64 for numbers, in which NaN is a missing one; int64 for categories: the numbers of texts, -1 for a missing
    /// one, or the whole numbers that they are, of which the least (-2^63) stands for a missing one.
    public let dtype: DType
    /// How many words of a text there are, -1 behind the last; nil where a row has one number.
    public let length: Int?
    /// Up to how many words that follow each other count as one.
    let ngrams: Int
    /// How many numbers unknown texts share; nil where the column has no texts.
    public let buckets: Int?

    /// The shape for so many rows.
    public func shape(rows: Int) -> [Int] { [rows] + (length.map { [$0] } ?? []) }
  }

  /// What the model takes, in the order of the description.
  public let inputs: [Input]
  /// The names of the features in ``TableFeatures/dense``: `flipper_length_mm`, `island=Biscoe`, `sex missing`.
  public let featureNames: [String]
  /// How many numbers each column of ``TableFeatures/ids`` has: the rows of its embedding.
  public let categoryCounts: [String: Int]
  /// The name of the column that is the label.
  public let label: String?
  let fitted: [FittedColumn]
  private let columns: [any ColumnModule]
  private let vocabularies: [String: Vocabulary]

  public static var stateNames: [String: String] { ["columns": ""] }
  public var extraRepresentation: String { "\(inputs.count) columns, \(featureNames.count) features" }

  init(_ fitted: [FittedColumn]) {
    self.fitted = fitted
    let features = fitted.filter { !$0.isLabel }
    label = fitted.first(where: \.isLabel)?.name
    inputs = features.compactMap(\.input)
    featureNames = features.flatMap(\.featureNames)
    columns = features.map { column -> any ColumnModule in
      switch column {
      case .numeric(let it): NumericColumn(it)
      case .category(let it): CategoryColumn(it)
      case .crossed(let it): CrossColumn(it)
      case .text(let it): TextColumn(it)
      }
    }
    categoryCounts = Dictionary(features.compactMap { column in column.idCount.map { (column.name, $0) } }) { a, _ in a
    }
    // The words differ: fitting and loading have checked it.
    vocabularies = Dictionary(
      fitted.compactMap { column in
        column.fileWords.flatMap { words in (try? Vocabulary(words, name: column.name)).map { (column.name, $0) } }
      }
    ) { a, _ in a }
  }

  // MARK: From raw columns to features

  /// The features of raw columns: what a program of the model computes.
  /// - Parameter raw: a tensor for each of ``inputs``, in their order.
  public func forward(_ raw: [Tensor]) -> TableFeatures {
    guard raw.count == inputs.count else {
      let failed = fail(
        TensorError(
          .value, "FittedTransform",
          "takes \(inputs.count) columns (\(inputs.map(\.name).joined(separator: ", "))), and found \(raw.count)"))
      return TableFeatures(dense: failed, ids: [:])
    }
    for (tensor, input) in zip(raw, inputs) {
      if let failed = tensor.failedOrWrong(input) { return TableFeatures(dense: failed, ids: [:]) }
    }
    var rest = raw[...]
    var dense: [Tensor] = []
    var ids: [String: Tensor] = [:]
    var known: [String: Tensor] = [:]
    for (column, module) in zip(fitted.filter { !$0.isLabel }, columns) {
      let output = module.output(column.input == nil ? nil : rest.popFirst(), known)
      if let part = output.dense { dense.append(part) }
      ids[column.name] = output.ids
      known[column.name] = output.numbers
    }
    let all = dense.isEmpty ? Tensor.zeros([raw[0].shape[0], 0]) : dense.count == 1 ? dense[0] : cat(dense, dim: 1)
    return TableFeatures(dense: all, ids: ids)
  }

  /// The features of raw columns, see ``forward(_:)``.
  public func callAsFunction(_ raw: [Tensor]) -> TableFeatures { callModule(self, raw) { forward($0) } }

  /// The features of the rows of a table.
  /// - Throws: `TensorError` that names the column which is missing or of another type.
  public func callAsFunction(_ table: Table) throws -> TableFeatures {
    let raw = try raw(table)
    return try withErrors { self(raw) }
  }

  // MARK: From tables to raw columns

  /// The columns of a table as the model takes them: numbers, with NaN for missing ones, and the numbers of categories.
  /// - Returns: a tensor for each of ``inputs``.
  /// - Throws: `TensorError` that names the column which is missing or of another type.
  public func raw(_ table: Table) throws -> [Tensor] {
    try inputs.map { input in
      let column = try table.column(input.name, "transform")
      guard input.dtype == .int64 else {
        let numbers = try column.numbers(input.name, "transform")
        return Tensor(numbers, shape: [column.count], dtype: .float64).to(input.dtype)
      }
      guard let vocabulary = vocabularies[input.name] else {
        return Tensor(try column.wholes(input.name, "transform"), shape: [column.count], dtype: .int64)
      }
      let buckets = input.buckets ?? 0
      var numbers: [Int64] = []
      numbers.reserveCapacity(column.count * (input.length ?? 1))
      let none = [Int64](repeating: -1, count: input.length ?? 1)
      try column.forEachText(input.name, "transform") { text throws(TensorError) in
        switch (text, input.length) {
        case (nil, _): numbers += none
        case (let text?, nil): numbers.append(Int64(vocabulary.number(of: text, buckets: buckets)))
        case (let text?, let length?):
          numbers += vocabulary.numbers(inText: text, upTo: input.ngrams, length: length, buckets: buckets)
        }
      }
      return Tensor(numbers, shape: input.shape(rows: column.count), dtype: .int64)
    }
  }

  /// The targets in a table: the number of the class of each row, int64, or the number of the label, float32. Shape [rows].
  /// - Throws: `TensorError` where there is no label, or a row has none or one that the training data did not have.
  public func targets(of table: Table) throws -> Tensor {
    guard let column = fitted.first(where: \.isLabel) else {
      throw TensorError(.value, "targets", "no column is described as the label; describe one with role: .label")
    }
    let found = try table.column(column.name, "targets")
    switch column {
    case .numeric:
      let numbers = try found.numbers(column.name, "targets")
      let missing = numbers.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
      guard missing == 0 else { throw Self.missingLabels(column.name, missing, numbers.count) }
      return Tensor(numbers, shape: [numbers.count], dtype: .float64).to(.float32)
    case .category(let it):
      var numbers: [Int64] = []
      var (missing, row) = (0, 0)
      var unknown: (row: Int, text: String)?
      func add(_ word: UnsafeRawBufferPointer?) {
        defer { row += 1 }
        guard let word else {
          missing += 1
          return
        }
        if let number = classes.number(of: word) {
          numbers.append(Int64(number))
        } else if unknown == nil {
          unknown = (row, String(decoding: word, as: UTF8.self))
        }
      }
      if it.isWhole {
        for number in try found.wholes(column.name, "targets") {
          if number == .min { add(nil) } else { Array("\(number)".utf8).withUnsafeBytes { add($0) } }
        }
      } else {
        try found.forEachText(column.name, "targets") { text in add(text) }
      }
      if missing > 0 { throw Self.missingLabels(column.name, missing, found.count) }
      if let unknown {
        throw TensorError(
          .value, "targets",
          "row \(unknown.row) has the label '\(unknown.text)' in '\(column.name)', which the training data did not have; "
            + "there are \(it.words.prefix(8).joined(separator: ", "))\(it.words.count > 8 ? ", ..." : "")")
      }
      return Tensor(numbers, shape: [numbers.count], dtype: .int64)
    case .crossed, .text: throw TensorError(.value, "targets", "'\(column.name)' is no label")
    }
  }

  private static func missingLabels(_ name: String, _ missing: Int, _ rows: Int) -> TensorError {
    TensorError(
      .value, "targets",
      "the label '\(name)' misses \(missing) of \(rows) values; leave these rows out with droppingNulls(in: [\"\(name)\"])"
    )
  }

  /// The categories of a column in the order of their numbers, without those of unknown ones; nil where it has none.
  public func vocabulary(_ column: String) -> [String]? {
    for case .category(let it) in fitted where it.name == column { return it.words }
    for case .text(let it) in fitted where it.name == column { return it.words }
    return nil
  }

  /// The classes of the label in the order of their numbers; empty where the label is a number, or there is none.
  public var classNames: [String] {
    if let label, let words = vocabulary(label) { words } else { [] }
  }

  private var classes: Vocabulary {
    if let label, let known = vocabularies[label] { return known }
    return (try? Vocabulary(classNames, name: "label")) ?? Vocabulary()
  }

  /// Raw columns that a call may be captured with.
  func example(rows: Int) -> [Tensor] { inputs.map { Tensor.zeros($0.shape(rows: rows), dtype: $0.dtype) } }
}

extension Tensor {
  /// A failed tensor where this is one, or no column of `input`.
  fileprivate func failedOrWrong(_ input: FittedTransform.Input) -> Tensor? {
    if hasFailed { return self }
    let rank = input.length == nil ? 1 : 2
    guard dtype == input.dtype, self.rank == rank, input.length == nil || shape[1] == input.length else {
      let expected = "[rows\(input.length.map { ", \($0)" } ?? "")]"
      return fail(
        TensorError(
          .dtype, "FittedTransform",
          "the column '\(input.name)' is \(input.dtype)\(expected), and found \(dtype)\(shape); raw(table) gives it"))
    }
    return nil
  }
}

extension FittedColumn {
  /// What the model takes of it; nil for a cross.
  var input: FittedTransform.Input? {
    switch self {
    case .numeric(let it): FittedTransform.Input(name: it.name, dtype: it.dtype, length: nil, ngrams: 1, buckets: nil)
    case .category(let it):
      FittedTransform.Input(
        name: it.name, dtype: .int64, length: nil, ngrams: 1, buckets: it.isWhole ? nil : it.buckets)
    case .crossed: nil
    case .text(let it):
      FittedTransform.Input(name: it.name, dtype: .int64, length: it.length, ngrams: it.ngrams, buckets: it.buckets)
    }
  }

  /// How many numbers it has for an embedding; nil where it gives none.
  var idCount: Int? {
    switch self {
    case .numeric(let it):
      // One more for a missing number.
      if case .buckets(let bounds, .index)? = it.operations.last { bounds.count + 2 } else { nil }
    case .category(let it): it.encoding == .index ? it.count : nil
    case .crossed(let it): it.encoding == .index ? it.buckets : nil
    case .text: nil
    }
  }

  /// The names of its features.
  var featureNames: [String] {
    switch self {
    case .numeric(let it):
      var names = [it.name]
      if case .buckets(let bounds, let encoding)? = it.operations.last {
        let edges = ["-inf"] + bounds.map { "\(Float($0))" } + ["inf"]
        names = encoding == .oneHot ? zip(edges, edges.dropFirst()).map { "\(it.name)=[\($0), \($1))" } : []
      }
      return names + (it.hasIndicator ? ["\(it.name) missing"] : [])
    case .category(let it):
      guard it.encoding == .oneHot else { return [] }
      let unknown = (0..<it.buckets).map { it.buckets == 1 ? "\(it.name) unknown" : "\(it.name) unknown \($0)" }
      return it.words.map { "\(it.name)=\($0)" } + unknown + (it.hasOwnMissing ? ["\(it.name) missing"] : [])
    case .crossed(let it): return it.encoding == .oneHot ? (0..<it.buckets).map { "\(it.name) \($0)" } : []
    case .text(let it):
      return it.words.map { "\(it.name): \($0)" } + (0..<it.buckets).map { "\(it.name) other \($0)" }
    }
  }
}
