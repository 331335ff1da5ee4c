import ApusCore
import ApusFunctional

/// A loss of vectors of texts, under the names of `sentence-transformers`.
///
///     let loss = MultipleNegativesRankingLoss(scale: 20)
///     loss([encoder(anchors), encoder(positives)]).backward()
public protocol EmbeddingLoss: Sendable {
  /// How many columns of texts it compares.
  var columns: ClosedRange<Int> { get }
  /// What the rows are labelled with: scores, 0 and 1, vectors; nil where it takes no labels.
  var labels: String? { get }
  /// The loss of vectors that have the form that is asked for.
  func value(_ embeddings: [Tensor], _ labels: Tensor) -> Tensor
}

extension EmbeddingLoss {
  public var labels: String? { nil }

  /// The loss, a tensor with one element.
  /// - Parameters:
  ///   - embeddings: the vectors of the texts column by column, each `[rows, features]`: anchors, positives, columns of negatives; or
  ///     the two sentences of each row.
  ///   - labels: what is known of the rows, `[rows]` unless the loss says otherwise.
  public func callAsFunction(_ embeddings: [Tensor], _ labels: Tensor? = nil) -> Tensor {
    let name = "\(Self.self)"
    guard columns.contains(embeddings.count) else {
      let asked =
        columns.lowerBound == columns.upperBound
        ? "\(columns.lowerBound)" : columns.upperBound == .max ? "\(columns.lowerBound) or more" : "\(columns)"
      return fail(TensorError(.value, name, "needs \(asked) columns of texts, and found \(embeddings.count)"))
    }
    if let failed = embeddings.first(where: \.hasFailed) { return failed }
    guard let first = embeddings.first, first.rank == 2, first.size(0) > 0,
      embeddings.allSatisfy({ $0.shape == first.shape })
    else {
      return fail(
        TensorError(.shape, name, "needs vectors [rows, features] of one shape, and found \(embeddings.map(\.shape))"))
    }
    guard let asked = self.labels else { return value(embeddings, Tensor(0.0)) }
    guard let labels, labels.rank > 0, labels.size(0) == first.size(0) else {
      let found = labels.map { "those of shape \($0.shape)" } ?? "none"
      return fail(
        TensorError(.value, name, "needs a label for each of \(first.size(0)) rows (\(asked)), and found \(found)"))
    }
    return value(embeddings, labels)
  }
}

/// How alike vectors are.
public enum EmbeddingSimilarity: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
  /// The cosine of the angle between them.
  case cosine
  /// Their product.
  case dot

  /// All rows of `x` with all of `y`: `[rows of x, rows of y]`.
  public func matrix(_ x: Tensor, _ y: Tensor) -> Tensor {
    switch self {
    case .cosine: matmul(normalize(x), normalize(y).mT)
    case .dot: matmul(x, y.mT)
    }
  }

  /// Each row of `x` with that of `y`: `[rows]`.
  public func pairs(_ x: Tensor, _ y: Tensor) -> Tensor {
    switch self {
    case .cosine: (normalize(x) * normalize(y)).sum([1])
    case .dot: (x * y).sum([1])
    }
  }
}

/// How far vectors are from each other.
public enum EmbeddingDistance: String, Sendable, Hashable, CaseIterable, SettingFieldValue {
  /// 1 minus the cosine of the angle between them.
  case cosine
  /// The length of their difference.
  case euclidean
  /// The sum of the magnitudes of their difference.
  case manhattan

  /// Each row of `x` from that of `y`: `[rows]`.
  /// - Parameter eps: added to each difference of the lengths.
  public func pairs(_ x: Tensor, _ y: Tensor, eps: Double = 0) -> Tensor {
    switch self {
    case .cosine: 1 - cosineSimilarity(x, y)
    case .euclidean: pairwiseDistance(x, y, p: 2, eps: eps)
    case .manhattan: pairwiseDistance(x, y, p: 1, eps: eps)
    }
  }
}
