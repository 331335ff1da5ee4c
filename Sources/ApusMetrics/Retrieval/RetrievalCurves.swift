import ApusCore

/// What the metrics of precision and recall by the number of documents share.
public class RetrievalCurveMetric: RetrievalMetric {
  private let adaptiveK: Bool

  init(
    _ maxK: Int?, _ adaptiveK: Bool, _ emptyTargetAction: EmptyTargetAction, _ ignoreIndex: Int?,
    _ aggregation: RetrievalAggregation
  ) {
    self.adaptiveK = adaptiveK
    super.init(emptyTargetAction, ignoreIndex, maxK, aggregation)
  }

  /// Precision and recall among the first 1 ... k documents.
  fileprivate func curve() throws(TensorError) -> (precision: Tensor, recall: Tensor, topK: Tensor) {
    guard let queries = rankings() else { throw mistake(.state, "has seen no samples; call update before compute") }
    let k = topK ?? queries.map(\.count).max() ?? 1
    var (precisions, recalls): ([Double], [Double]) = ([], [])
    var count = 0
    for query in queries {
      if query.relevant == 0 {
        guard let value = try emptyValue() else { continue }
        precisions += [Double](repeating: value, count: k)
        recalls += [Double](repeating: value, count: k)
      } else {
        var hits = 0.0
        let ranked = query.ranked
        for i in 0..<k {
          if i < ranked.count { hits += ranked[i] }
          precisions.append(hits / Double(adaptiveK ? min(i + 1, query.count) : i + 1))
          recalls.append(hits / query.relevant)
        }
      }
      count += 1
    }
    let numbers = Tensor((1...k).map { $0 })
    if count == 0 { return (Tensor.zeros([k]), Tensor.zeros([k]), numbers) }
    func mean(_ values: [Double]) -> Tensor { aggregation(Tensor(values, shape: [count, k], dtype: .float32)) }
    return (mean(precisions), mean(recalls), numbers)
  }
}

/// Precision and recall among the first 1 ... k documents.
public final class RetrievalPrecisionRecallCurve: RetrievalCurveMetric, QueryMetric {
  /// - Parameters:
  ///   - maxK: the largest number of documents; nil for that of the largest query.
  ///   - adaptiveK: whether queries with fewer documents are measured by what they have.
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - aggregation: how the values of queries become one.
  public init(
    maxK: Int? = nil, adaptiveK: Bool = false, emptyTargetAction: EmptyTargetAction = .neg, ignoreIndex: Int? = nil,
    aggregation: RetrievalAggregation = .mean
  ) {
    super.init(maxK, adaptiveK, emptyTargetAction, ignoreIndex, aggregation)
  }

  public func compute() -> (precision: Tensor, recall: Tensor, topK: Tensor) {
    do throws(TensorError) { return try curve() } catch {
      let failed = fail(error)
      return (failed, failed, failed)
    }
  }
}

/// The largest recall with a precision of at least `minPrecision`, and the number of documents for it.
public final class RetrievalRecallAtFixedPrecision: RetrievalCurveMetric, QueryMetric {
  private let minPrecision: Double

  /// - Parameters:
  ///   - minPrecision: the least precision.
  ///   - maxK: the largest number of documents; nil for that of the largest query.
  ///   - adaptiveK: whether queries with fewer documents are measured by what they have.
  ///   - emptyTargetAction: what a query without any relevant document counts as.
  ///   - ignoreIndex: documents with this relevance do not count.
  ///   - aggregation: how the values of queries become one.
  public init(
    minPrecision: Double = 0, maxK: Int? = nil, adaptiveK: Bool = false, emptyTargetAction: EmptyTargetAction = .neg,
    ignoreIndex: Int? = nil, aggregation: RetrievalAggregation = .mean
  ) {
    self.minPrecision = minPrecision
    super.init(maxK, adaptiveK, emptyTargetAction, ignoreIndex, aggregation)
    expect((0...1).contains(minPrecision), "minPrecision lies between 0 and 1, and found \(minPrecision)")
  }

  public func compute() -> (recall: Tensor, topK: Tensor) {
    do throws(TensorError) {
      let (precision, recall, numbers) = try curve()
      let (values, reached) = (recall.doubles, precision.ge(minPrecision).to(.int64).integers)
      var best: (Double, Int)?
      for i in values.indices where reached[i] != 0 {
        if best.map({ (values[i], i + 1) > $0 }) ?? true { best = (values[i], i + 1) }
      }
      guard let best, best.0 != 0 else { return (Tensor(0.0), Tensor(numbers.count)) }
      return (Tensor(best.0), Tensor(best.1))
    } catch {
      let failed = fail(error)
      return (failed, failed)
    }
  }
}
