import ApusCore

extension Registry {
  /// Reductions over dimensions.
  static let reductions: [Operation] = sums + extremes + spread + scans + comparisons

  private static let sums: [Operation] = [
    .tensor("sum", "input, dim=None, keepdim=False, *, dtype=None") {
      try $0.tensor("input").sum(
        try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("nansum", "input, dim=None, keepdim=False, *, dtype=None") {
      try $0.tensor("input").nansum(
        try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("mean", "input, dim=None, keepdim=False, *, dtype=None") {
      try $0.tensor("input").mean(
        try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("nanmean", "input, dim=None, keepdim=False, *, dtype=None") {
      try $0.tensor("input").nanmean(
        try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("prod", "input, dim=None, keepdim=False, *, dtype=None") {
      try $0.tensor("input").prod(
        try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("all", "input, dim=None, keepdim=False") {
      try $0.tensor("input").all(try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("any", "input, dim=None, keepdim=False") {
      try $0.tensor("input").any(try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("count_nonzero", "input, dim=None") { try $0.tensor("input").countNonzero(try $0.optionalInts("dim")) },
    .tensor("logsumexp special.logsumexp", "input, dim, keepdim=False") {
      try $0.tensor("input").logsumexp(try $0.ints("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("sum_to_size", "input, *size") { try $0.tensor("input").sumToSize(try $0.ints("size")) },
    .tensor("norm", "input, p='fro', dim=None, keepdim=False, *, dtype=None") {
      var p = 2.0
      if case .string(let name) = try $0.value("p") {
        guard name == "fro" else { throw TensorError(.unsupported, "norm", "p = '\(name)' is a matrix norm") }
      } else {
        p = try $0.optionalDouble("p") ?? 2
      }
      return try $0.tensor("input").norm(
        p, try $0.optionalInts("dim"), keepDim: try $0.bool("keepdim"), dtype: try $0.optionalDType("dtype"))
    },
  ]

  private static let extremes: [Operation] = [
    .tensor("amax", "input, dim=[], keepdim=False") {
      try $0.tensor("input").amax(try $0.ints("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("amin", "input, dim=[], keepdim=False") {
      try $0.tensor("input").amin(try $0.ints("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensors("aminmax", "input, *, dim=None, keepdim=False") {
      let (low, high) = try $0.tensor("input").aminmax(dim: try $0.optionalInt("dim"), keepDim: try $0.bool("keepdim"))
      return [low, high]
    },
    .tensors("max", "input, dim: int, keepdim=False") {
      try $0.tensor("input").max(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .tensors("min", "input, dim: int, keepdim=False") {
      try $0.tensor("input").min(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .unary("max") { $0.max() },
    .unary("min") { $0.min() },
    .tensor("max", "input, other: tensor") { try $0.tensor("input").maximum(try $0.tensor("other")) },
    .tensor("min", "input, other: tensor") { try $0.tensor("input").minimum(try $0.tensor("other")) },
    .tensor("argmax", "input, dim=None, keepdim=False") {
      try $0.tensor("input").argmax(try $0.optionalInt("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("argmin", "input, dim=None, keepdim=False") {
      try $0.tensor("input").argmin(try $0.optionalInt("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensors("median", "input, dim: int, keepdim=False") {
      try $0.tensor("input").median(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .unary("median") { $0.median() },
    .tensors("nanmedian", "input, dim: int, keepdim=False") {
      try $0.tensor("input").nanmedian(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .unary("nanmedian") { $0.nanmedian() },
    .tensor("quantile", "input, q, dim=None, keepdim=False, *, interpolation='linear'") {
      try quantile($0) { x in { x.quantile($0, dim: $1, keepDim: $2, interpolation: $3) } }
    },
    .tensor("nanquantile", "input, q, dim=None, keepdim=False, *, interpolation='linear'") {
      try quantile($0) { x in { x.nanquantile($0, dim: $1, keepDim: $2, interpolation: $3) } }
    },
  ]

  private static let spread: [Operation] = [
    .tensors("var_mean", unbiasedSignature) { try spread($0) { [$0.0, $0.1] } },
    .tensors("var_mean", spreadSignature) { try spread($0) { [$0.0, $0.1] } },
    .tensors("std_mean", unbiasedSignature) { try spread($0, root: true) { [$0.0, $0.1] } },
    .tensors("std_mean", spreadSignature) { try spread($0, root: true) { [$0.0, $0.1] } },
    .tensors("var", unbiasedSignature) { try spread($0) { [$0.0] } },
    .tensors("var", spreadSignature) { try spread($0) { [$0.0] } },
    .tensors("std", unbiasedSignature) { try spread($0, root: true) { [$0.0] } },
    .tensors("std", spreadSignature) { try spread($0, root: true) { [$0.0] } },
    .tensor("cov", "input, *, correction=1, fweights=None, aweights=None") {
      try $0.tensor("input").cov(
        correction: try $0.int("correction"), fweights: try $0.optionalTensor("fweights"),
        aweights: try $0.optionalTensor("aweights"))
    },
    .unary("corrcoef") { $0.corrcoef() },
    .tensor("renorm", "input, p, dim, maxnorm") {
      try $0.tensor("input").renorm(p: try $0.double("p"), dim: try $0.int("dim"), maxnorm: try $0.double("maxnorm"))
    },
  ]
  /// `unbiased` alone as the second argument is an overload of its own.
  private static let unbiasedSignature = "input, unbiased: bool"
  private static let spreadSignature = "input, dim=None, unbiased=None, keepdim=False, *, correction=None"

  private static let scans: [Operation] = [
    .tensor("cumsum", "input, dim, *, dtype=None") {
      try $0.tensor("input").cumsum(try $0.int("dim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("cumprod", "input, dim, *, dtype=None") {
      try $0.tensor("input").cumprod(try $0.int("dim"), dtype: try $0.optionalDType("dtype"))
    },
    .tensor("logcumsumexp", "input, dim") { try $0.tensor("input").logcumsumexp(try $0.int("dim")) },
    .tensors("cummax", "input, dim") { try $0.tensor("input").cummax(try $0.int("dim")).both },
    .tensors("cummin", "input, dim") { try $0.tensor("input").cummin(try $0.int("dim")).both },
    .tensor("diff", "input, n=1, dim=-1, prepend=None, append=None") {
      try $0.tensor("input").diff(
        try $0.int("n"), dim: try $0.int("dim"), prepend: try $0.optionalTensor("prepend"),
        append: try $0.optionalTensor("append"))
    },
    .tensor("trapezoid trapz", "y, x: tensor, *, dim=-1") {
      try $0.tensor("y").trapezoid(try $0.tensor("x"), dim: try $0.int("dim"))
    },
    .tensor("trapezoid trapz", "y, *, dx=1, dim=-1") {
      try $0.tensor("y").trapezoid(dx: try $0.double("dx"), dim: try $0.int("dim"))
    },
    .tensor("cumulative_trapezoid", "y, x: tensor, *, dim=-1") {
      try $0.tensor("y").cumulativeTrapezoid(try $0.tensor("x"), dim: try $0.int("dim"))
    },
    .tensor("cumulative_trapezoid", "y, *, dx=1, dim=-1") {
      try $0.tensor("y").cumulativeTrapezoid(dx: try $0.double("dx"), dim: try $0.int("dim"))
    },
    .tensors("gradient", "input, *, spacing=None, dim=None, edge_order=1") {
      let (x, dims, order) = (try $0.tensor("input"), try $0.optionalInts("dim"), try $0.int("edge_order"))
      if try $0.isNone("spacing") { return x.gradient(dims: dims, edgeOrder: order) }
      if case .list(let items) = try $0.value("spacing"), items.contains(where: \.isTensor) {
        return x.gradient(coordinates: try $0.tensors("spacing"), dims: dims, edgeOrder: order)
      }
      if case .list = try $0.value("spacing") {
        return x.gradient(spacing: try $0.doubles("spacing"), dims: dims, edgeOrder: order)
      }
      return x.gradient(spacing: try $0.double("spacing"), dims: dims, edgeOrder: order)
    },
  ]

  private static let comparisons: [Operation] = [
    .tensor("dist", "input, other, p=2") { try $0.tensor("input").dist(try $0.tensor("other"), p: try $0.double("p")) },
    Operation("equal", "input, other") { [.bool(try $0.tensor("input").equal(try $0.tensor("other")))] },
  ]

  private static func spread(
    _ arguments: OperationArguments, root: Bool = false, _ results: ((Tensor, Tensor)) -> [Tensor]
  ) throws -> [Tensor] {
    let x = try arguments.tensor("input")
    let isShort = !arguments.parameters.contains { $0.name == "dim" }
    let dims = isShort ? nil : try arguments.optionalInts("dim")
    var correction = 1.0
    if try !arguments.isNone("unbiased") { correction = try arguments.bool("unbiased") ? 1 : 0 }
    if !isShort { correction = try arguments.optionalDouble("correction") ?? correction }
    let keepDim = isShort ? false : try arguments.bool("keepdim")
    return results(
      root
        ? x.stdMean(dims, correction: correction, keepDim: keepDim)
        : x.varMean(dims, correction: correction, keepDim: keepDim))
  }

  private static func quantile(
    _ arguments: OperationArguments,
    _ function: (Tensor) -> (Tensor, Int?, Bool, QuantileInterpolation) -> Tensor
  ) throws -> Tensor {
    let x = try arguments.tensor("input")
    let q =
      try arguments.isTensor("q")
      ? try arguments.tensor("q") : Tensor.full([], try arguments.double("q"), dtype: x.dtype)
    let name = try arguments.string("interpolation")
    guard let interpolation = QuantileInterpolation(rawValue: name) else {
      throw TensorError(
        .value, "quantile", "interpolation must be linear, lower, higher, midpoint or nearest, and found '\(name)'")
    }
    return function(x)(q, try arguments.optionalInt("dim"), try arguments.bool("keepdim"), interpolation)
  }
}

extension ValuesIndices {
  /// Values and positions as a list.
  var both: [Tensor] { [values, indices] }
}
