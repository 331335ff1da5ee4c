import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Metrics of single queries: a value for each, averaged.

/// The mean average precision: for each relevant document the share of relevant ones up to it.
public final class RetrievalMAP: RetrievalQueryMetric, QueryMetric {
  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, topK: Int? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  override func value(_ query: Ranking) -> Double {
    let ranked = query.withoutUnscored.ranked.prefix(topK ?? query.count)
    var (hits, sum) = (0.0, 0.0)
    for (i, relevance) in ranked.enumerated() where relevance > 0 {
      hits += 1
      sum += hits / Double(i + 1)
    }
    return hits == 0 ? 0 : sum / hits
  }
}

/// The mean reciprocal rank: one over the place of the first relevant document.
public final class RetrievalMRR: RetrievalQueryMetric, QueryMetric {
  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, topK: Int? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  override func value(_ query: Ranking) -> Double {
    let ranked = query.withoutUnscored.ranked.prefix(topK ?? query.count)
    return ranked.firstIndex { $0 != 0 }.map { 1 / Double($0 + 1) } ?? 0
  }
}

/// The share of relevant documents among the first.
public final class RetrievalPrecision: RetrievalQueryMetric, QueryMetric {
  private let adaptiveK: Bool

  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - adaptiveK: whether queries with fewer documents than topK are measured by what they have.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, topK: Int? = nil, adaptiveK: Bool = false,
    aggregation: RetrievalAggregation = .mean
  ) {
    self.adaptiveK = adaptiveK
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  override func value(_ query: Ranking) -> Double {
    let k = topK.map { adaptiveK ? min($0, query.count) : $0 } ?? query.count
    return query.withoutUnscored.ranked.prefix(k).reduce(0, +) / Double(k)
  }
}

/// The share of the relevant documents that are among the first.
public final class RetrievalRecall: RetrievalQueryMetric, QueryMetric {
  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, topK: Int? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  override func value(_ query: Ranking) -> Double {
    query.withoutUnscored.ranked.prefix(topK ?? query.count).reduce(0, +) / query.relevant
  }
}

/// The share of the documents that are not relevant which are among the first.
public final class RetrievalFallOut: RetrievalQueryMetric, QueryMetric {
  /// - Parameters:
  ///   - emptyTargetAction: what a query without any other document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .pos, ignoreIndex: Int? = nil, topK: Int? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  public override var higherIsBetter: Bool? { false }
  override func isEmpty(_ query: Ranking) -> Bool { query.relevant == Double(query.count) }

  override func value(_ query: Ranking) -> Double {
    let others = Double(query.count) - query.relevant
    return query.ranked.prefix(topK ?? query.count).reduce(0) { $0 + 1 - $1 } / others
  }
}

/// The share of queries with a relevant document among the first.
public final class RetrievalHitRate: RetrievalQueryMetric, QueryMetric {
  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, topK: Int? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  override func value(_ query: Ranking) -> Double {
    query.ranked.prefix(topK ?? query.count).contains { $0 > 0 } ? 1 : 0
  }
}

/// Of as many documents as are relevant, the share that is.
public final class RetrievalRPrecision: RetrievalQueryMetric, QueryMetric {
  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, aggregation: RetrievalAggregation = .mean
  ) {
    super.init(emptyTargetAction, ignoreIndex, nil, aggregation)
  }

  override func value(_ query: Ranking) -> Double {
    query.ranked.prefix(Int(query.relevant)).reduce(0, +) / query.relevant
  }
}

/// The area under the receiver operating characteristic of the first documents.
public final class RetrievalAUROC: RetrievalQueryMetric, QueryMetric {
  private let maxFpr: Double?

  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - maxFpr: the area up to this rate of false positives; nil for all of it.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, topK: Int? = nil, maxFpr: Double? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    self.maxFpr = maxFpr
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  override func value(_ query: Ranking) -> Double {
    let first = query.order.prefix(topK ?? query.count)
    let relevance = first.map { query.relevance[$0] }
    guard relevance.contains(0), relevance.contains(1) else { return 0 }
    let scores = Tensor(first.map { query.scores[$0] }, shape: [first.count], dtype: .float32)
    let targets = Tensor(relevance, shape: [first.count], dtype: .int64)
    let curve = CurveSource.scores(scores, targets, positive: 1).roc()
    return (maxFpr.map { partialArea(curve, $0) } ?? curve.area).item()
  }
}

/// The normalised discounted cumulative gain: relevance over the logarithm of the place, over that of the best order.
public final class RetrievalNormalizedDCG: RetrievalQueryMetric, QueryMetric {
  /// - Parameters:
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - topK: how many documents count; nil for all.
  ///   - aggregation: how the values of queries become one.
  public init(
    emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil, topK: Int? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    super.init(emptyTargetAction, ignoreIndex, topK, aggregation)
  }

  override var takesGraded: Bool { true }

  override func value(_ query: Ranking) -> Double {
    let k = topK ?? query.count
    let discounts = (0..<query.count).map { $0 < k ? 1 / log2(Double($0) + 2) : 0 }
    let best = zip(query.relevance.sorted(by: >), discounts).reduce(0) { $0 + $1.0 * $1.1 }
    if best == 0 { return 0 }
    // Documents of one score share the mean of their places.
    let order = query.order
    var (gain, start) = (0.0, 0)
    while start < order.count {
      var end = start + 1
      while end < order.count, query.scores[order[end]] == query.scores[order[start]] { end += 1 }
      let relevance = order[start..<end].reduce(0) { $0 + query.relevance[$1] } / Double(end - start)
      gain += relevance * discounts[start..<end].reduce(0, +)
      start = end
    }
    return gain / best
  }
}
