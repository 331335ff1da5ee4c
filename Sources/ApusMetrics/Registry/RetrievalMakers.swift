import ApusCore

// Metrics of retrieval by their names.

extension MetricArguments {
  fileprivate func empty(_ standard: EmptyTargetAction = .neg) throws(TensorError) -> EmptyTargetAction {
    try choice("empty_target_action", standard)
  }
  fileprivate func ignore() throws(TensorError) -> Int? { try optionalInt("ignore_index") }
  fileprivate func topK() throws(TensorError) -> Int? { try optionalInt("top_k") }
  fileprivate func aggregation() throws(TensorError) -> RetrievalAggregation {
    let name = try text("aggregation", "mean")
    guard let known = RetrievalAggregation(name: name) else {
      throw TensorError(.value, metric, "aggregation is mean, median, min or max, and found \(name)")
    }
    return known
  }
}

extension Metric {
  static let retrievalMakers: [String: Maker] = [
    "RetrievalMAP": { a throws(TensorError) in
      RetrievalMAP(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), topK: try a.topK(),
        aggregation: try a.aggregation())
    },
    "RetrievalMRR": { a throws(TensorError) in
      RetrievalMRR(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), topK: try a.topK(),
        aggregation: try a.aggregation())
    },
    "RetrievalPrecision": { a throws(TensorError) in
      RetrievalPrecision(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), topK: try a.topK(),
        adaptiveK: try a.bool("adaptive_k", false), aggregation: try a.aggregation())
    },
    "RetrievalRecall": { a throws(TensorError) in
      RetrievalRecall(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), topK: try a.topK(),
        aggregation: try a.aggregation())
    },
    "RetrievalFallOut": { a throws(TensorError) in
      RetrievalFallOut(
        emptyTargetAction: try a.empty(.pos), ignoreIndex: try a.ignore(), topK: try a.topK(),
        aggregation: try a.aggregation())
    },
    "RetrievalHitRate": { a throws(TensorError) in
      RetrievalHitRate(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), topK: try a.topK(),
        aggregation: try a.aggregation())
    },
    "RetrievalRPrecision": { a throws(TensorError) in
      RetrievalRPrecision(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), aggregation: try a.aggregation())
    },
    "RetrievalAUROC": { a throws(TensorError) in
      RetrievalAUROC(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), topK: try a.topK(),
        maxFpr: try a.optionalDouble("max_fpr"), aggregation: try a.aggregation())
    },
    "RetrievalNormalizedDCG": { a throws(TensorError) in
      RetrievalNormalizedDCG(
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), topK: try a.topK(),
        aggregation: try a.aggregation())
    },
    "RetrievalPrecisionRecallCurve": { a throws(TensorError) in
      RetrievalPrecisionRecallCurve(
        maxK: try a.optionalInt("max_k"), adaptiveK: try a.bool("adaptive_k", false),
        emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(), aggregation: try a.aggregation())
    },
    "RetrievalRecallAtFixedPrecision": { a throws(TensorError) in
      RetrievalRecallAtFixedPrecision(
        minPrecision: try a.double("min_precision", 0), maxK: try a.optionalInt("max_k"),
        adaptiveK: try a.bool("adaptive_k", false), emptyTargetAction: try a.empty(), ignoreIndex: try a.ignore(),
        aggregation: try a.aggregation())
    },
  ]
}
