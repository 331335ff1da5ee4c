import ApusCore
import ApusNumerics

/// What counts for a query without any relevant document (of the fall-out: without any other).
public enum EmptyTargetAction: String, Sendable, Hashable, NamedChoice {
  /// A value of 0, a value of 1; it is left out; it is a mistake.
  case neg, pos, skip, error
}

/// How the values of queries become one.
public enum RetrievalAggregation: Sendable, ExpressibleByStringLiteral {
  /// Their mean, their median, the smallest, the largest.
  case mean, median, min, max
  /// By a function of the values along a dimension (the only one, or the first of several).
  case custom(@Sendable (Tensor, Int) -> Tensor)

  /// One of `"mean"`, `"median"`, `"min"`, `"max"`; another text is reported as a mistake.
  public init(stringLiteral name: String) {
    guard let known = RetrievalAggregation(name: name) else {
      report(
        TensorError(.value, "RetrievalAggregation", "has no choice \"\(name)\"; there are mean, median, min and max"))
      self = .mean
      return
    }
    self = known
  }

  init?(name: String) {
    switch name {
    case "mean": self = .mean
    case "median": self = .median
    case "min": self = .min
    case "max": self = .max
    default: return nil
    }
  }

  /// Of values along the first dimension.
  func callAsFunction(_ values: Tensor) -> Tensor {
    switch self {
    case .mean: values.mean([0])
    case .median: values.median(0).values
    case .min: values.amin([0])
    case .max: values.amax([0])
    case .custom(let function): function(values, 0)
    }
  }
}

/// One query's documents, as scores and relevance.
struct Ranking {
  var scores: [Double]
  var relevance: [Double]

  var count: Int { scores.count }
  var relevant: Double { relevance.reduce(0, +) }

  /// The relevance of the documents from the largest score down.
  var ranked: [Double] { order.map { relevance[$0] } }

  /// The documents from the largest score down, equal ones in their order.
  var order: [Int] {
    scores.indices.sorted { scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1 }
  }

  /// Without the relevance of documents that have no positive score.
  var withoutUnscored: Ranking {
    Ranking(scores: scores, relevance: zip(scores, relevance).map { $0 > 0 ? $1 : 0 })
  }
}

/// What the metrics of retrieval share: documents with scores and relevance, and the query each belongs to.
public class RetrievalMetric: Metric {
  let emptyTargetAction: EmptyTargetAction
  let ignoreIndex: Int?
  let aggregation: RetrievalAggregation
  let topK: Int?
  private let indexes = MetricState.list()
  private let preds = MetricState.list()
  private let target = MetricState.list()

  init(
    _ emptyTargetAction: EmptyTargetAction, _ ignoreIndex: Int?, _ topK: Int?, _ aggregation: RetrievalAggregation
  ) {
    self.emptyTargetAction = emptyTargetAction
    self.ignoreIndex = ignoreIndex
    self.topK = topK
    self.aggregation = aggregation
    super.init()
    if let topK { expect(topK >= 1, "needs a topK of 1 or more, and found \(topK)") }
  }

  public override var higherIsBetter: Bool? { true }

  /// Whether relevance may be other than 0 and 1.
  var takesGraded: Bool { false }

  /// Adds scores, relevance (0 and 1, integer or bool) and the numbers of the queries, all of one shape.
  public func update(_ preds: Tensor, _ target: Tensor, indexes: Tensor) {
    updating(preds, target, indexes) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard indexes.shape == preds.shape else {
        throw mistake(
          .shape, "indexes have the shape of the predictions, and found \(indexes.shape) and \(preds.shape)")
      }
      guard !indexes.dtype.isFloatingPoint, indexes.dtype != .bool else {
        throw mistake(.dtype, "indexes are integers, and found \(indexes.dtype)")
      }
      guard preds.dtype.isFloatingPoint else {
        throw mistake(.dtype, "predictions are floating point numbers, and found \(preds.dtype)")
      }
      guard takesGraded || !target.dtype.isFloatingPoint else {
        throw mistake(.dtype, "targets are integers or bool, and found \(target.dtype)")
      }
      var parts = [indexes.reshape([-1]).to(.int64), preds.reshape([-1]), target.reshape([-1])]
      if let ignoreIndex {
        let counts = parts[2].ne(ignoreIndex)
        parts = parts.map { $0.kept(counts) }
      }
      guard parts[0].count > 0 else { throw mistake(.shape, "needs documents, and found none") }
      guard takesGraded || parts[2].ge(0).logicalAnd(parts[2].le(1)).all().item(as: Bool.self) else {
        throw mistake(.value, "targets are 0 and 1, and found others")
      }
      self.indexes.append(parts[0])
      self.preds.append(parts[1].to(.float32))
      self.target.append(parts[2])
    }
  }

  /// The documents of each query, in the order of the queries' numbers; nil where there is nothing.
  func rankings() -> [Ranking]? {
    if indexes.isEmpty { return nil }
    let (numbers, scores, relevance) = (indexes.value.integers, preds.value.doubles, target.value.doubles)
    var found: [Int: Ranking] = [:]
    for (i, number) in numbers.enumerated() {
      found[number, default: Ranking(scores: [], relevance: [])].scores.append(scores[i])
      found[number]?.relevance.append(relevance[i])
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Whether a query lacks what the metric looks for.
  func isEmpty(_ query: Ranking) -> Bool { query.relevant == 0 }

  /// What a query without targets counts as; nil to leave it out.
  func emptyValue() throws(TensorError) -> Double? {
    switch emptyTargetAction {
    case .neg: return 0
    case .pos: return 1
    case .skip: return nil
    case .error: throw mistake(.value, "met a query without targets; emptyTargetAction says what it counts as")
    }
  }
}

/// A metric of retrieval that has a value for each query.
public class RetrievalQueryMetric: RetrievalMetric {
  /// The value of one query.
  func value(_ query: Ranking) -> Double { 0 }

  /// The values of all queries as one.
  public func compute() -> Tensor {
    attempt { () throws(TensorError) in
      guard let queries = rankings() else { throw mistake(.state, "has seen no samples; call update before compute") }
      var values: [Double] = []
      for query in queries {
        if isEmpty(query) {
          if let value = try emptyValue() { values.append(value) }
        } else {
          values.append(value(query))
        }
      }
      if values.isEmpty { return Tensor(0.0) }
      return aggregation(Tensor(values, shape: [values.count], dtype: .float32))
    }
  }
}

/// A metric of documents that belong to queries.
public protocol QueryMetric: ComputedMetric {
  /// Adds scores, relevance and the numbers of the queries.
  func update(_ preds: Tensor, _ target: Tensor, indexes: Tensor)
}

extension QueryMetric {
  /// Adds a batch and gives its value alone.
  @discardableResult
  public func callAsFunction(_ preds: Tensor, _ target: Tensor, indexes: Tensor) -> Value {
    forward { update(preds, target, indexes: indexes) }
  }
}
