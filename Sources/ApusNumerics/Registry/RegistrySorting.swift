import ApusCore

extension Registry {
  /// Sorting, searching and counting.
  static let sorting: [Operation] = [
    .tensors("sort", "input, dim=-1, descending=False, *, stable=False") {
      try $0.tensor("input").sort(try $0.int("dim"), descending: try $0.bool("descending")).both
    },
    .tensor("argsort", "input, dim=-1, descending=False, *, stable=False") {
      try $0.tensor("input").argsort(try $0.int("dim"), descending: try $0.bool("descending"))
    },
    .unary("msort") { $0.msort() },
    .tensors("topk", "input, k, dim=-1, largest=True, sorted=True") {
      try $0.tensor("input").topk(
        try $0.int("k"), dim: try $0.int("dim"), largest: try $0.bool("largest"), sorted: try $0.bool("sorted")
      ).both
    },
    .tensors("kthvalue", "input, k, dim=-1, keepdim=False") {
      try $0.tensor("input").kthvalue(
        try $0.int("k"), dim: try $0.int("dim"), keepDim: try $0.bool("keepdim")
      ).both
    },
    .tensors("mode", "input, dim=-1, keepdim=False") {
      try $0.tensor("input").mode(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .tensors("unique", "input, sorted=True, return_inverse=False, return_counts=False, dim=None") {
      let found = try $0.tensor("input").unique(sorted: try $0.bool("sorted"), dim: try $0.optionalInt("dim"))
      return try chosen(found, $0)
    },
    .tensors("unique_consecutive", "input, return_inverse=False, return_counts=False, dim=None") {
      try chosen(try $0.tensor("input").uniqueConsecutive(dim: try $0.optionalInt("dim")), $0)
    },
    .tensor("searchsorted", "sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None") {
      let (sequence, values) = (try $0.tensor("sorted_sequence"), try number("input", $0))
      let isRight = try $0.bool("right") || (try $0.optionalString("side") == "right")
      if try $0.bool("right"), try $0.optionalString("side") == "left" {
        throw TensorError(.value, "searchsorted", "side and right contradict each other: 'left' and true")
      }
      return searchsorted(
        sequence, values, right: isRight, outInt32: try $0.bool("out_int32"), sorter: try $0.optionalTensor("sorter"))
    },
    .tensor("bucketize", "input, boundaries, *, out_int32=False, right=False") {
      bucketize(
        try number("input", $0), try $0.tensor("boundaries"), right: try $0.bool("right"),
        outInt32: try $0.bool("out_int32"))
    },
    .tensor("bincount", "input, weights=None, minlength=0") {
      try $0.tensor("input").bincount(weights: try $0.optionalTensor("weights"), minlength: try $0.int("minlength"))
    },
    .tensor("histc", "input, bins=100, min=0, max=0") {
      try $0.tensor("input").histc(try $0.int("bins"), min: try $0.double("min"), max: try $0.double("max"))
    },
    .tensors("histogram", "input, bins: tensor, *, weight=None, density=False") {
      let (counts, edges) = try $0.tensor("input").histogram(
        edges: try $0.tensor("bins"), weight: try $0.optionalTensor("weight"), density: try $0.bool("density"))
      return [counts, edges]
    },
    .tensors("histogram", "input, bins=100, *, range=None, weight=None, density=False") {
      let (counts, edges) = try $0.tensor("input").histogram(
        bins: try $0.int("bins"), range: try ranges($0)?.first, weight: try $0.optionalTensor("weight"),
        density: try $0.bool("density"))
      return [counts, edges]
    },
    Operation("histogramdd", "input, bins, range=None, weight=None, density=False") {
      let x = try $0.tensor("input")
      let (weight, density) = (try $0.optionalTensor("weight"), try $0.bool("density"))
      let found: (hist: Tensor, binEdges: [Tensor])
      if case .list(let items) = try $0.value("bins"), items.contains(where: \.isTensor) {
        found = x.histogramdd(edges: try $0.tensors("bins"), weight: weight, density: density)
      } else {
        var bins = try $0.ints("bins")
        if case .int(let n) = try $0.value("bins"), x.rank > 0 { bins = [Int](repeating: n, count: x.size(-1)) }
        found = x.histogramdd(bins: bins, range: try ranges($0), weight: weight, density: density)
      }
      return [.tensor(found.hist), .list(found.binEdges.map { .tensor($0) })]
    },
    .tensor("isin", "elements, test_elements, *, assume_unique=False, invert=False") {
      isin(try number("elements", $0), try number("test_elements", $0), invert: try $0.bool("invert"))
    },
  ]

  private static func chosen(_ found: UniqueResult, _ arguments: OperationArguments) throws -> [Tensor] {
    var results = [found.values]
    if try arguments.bool("return_inverse") { results.append(found.inverse) }
    if try arguments.bool("return_counts") { results.append(found.counts) }
    return results
  }

  /// A tensor, or a number as one.
  private static func number(_ name: String, _ arguments: OperationArguments) throws -> Tensor {
    switch try arguments.operand(name) {
    case .tensor(let t): t
    case .scalar(let s): Tensor.full([], s)
    }
  }

  /// Pairs of numbers: one range for each dimension.
  private static func ranges(_ arguments: OperationArguments) throws -> [(Double, Double)]? {
    if try arguments.isNone("range") { return nil }
    let flat = try arguments.doubles("range")
    return stride(from: 0, to: flat.count - 1, by: 2).map { (flat[$0], flat[$0 + 1]) }
  }
}
