import ApusCore
import ApusFormats
import ApusNumerics

extension ONNXOperator {
  /// Sums, extremes and norms along dimensions, and running sums.
  static let reducing: [ONNXOperator] = [
    reduction("ReduceSum", axesSince: 13) { x, dims in x.sum(dims, keepDim: true, dtype: x.dtype) },
    reduction("ReduceMean") { x, dims in
      x.dtype.isInexact
        ? x.mean(dims, keepDim: true)
        : x.to(.float64).mean(dims, keepDim: true).trunc().to(x.dtype)
    },
    reduction("ReduceProd") { x, dims in x.prod(dims, keepDim: true, dtype: x.dtype) },
    reduction("ReduceMax") { x, dims in extreme(x, dims, isMax: true) },
    reduction("ReduceMin") { x, dims in extreme(x, dims, isMax: false) },
    reduction("ReduceSumSquare") { x, dims in (x * x).sum(dims, keepDim: true, dtype: x.dtype) },
    reduction("ReduceL1") { x, dims in
      (x.dtype.kind == .unsigned ? x : x.abs()).sum(dims, keepDim: true, dtype: x.dtype)
    },
    reduction("ReduceL2") { x, dims in
      let wide = x.dtype.isFloatingPoint ? x : x.to(.float64)
      return (wide * wide).sum(dims, keepDim: true).sqrt().to(x.dtype)
    },
    reduction("ReduceLogSum") { x, dims in
      x.dtype.isFloatingPoint
        ? x.sum(dims, keepDim: true).log() : x.to(.float64).sum(dims, keepDim: true).log().to(x.dtype)
    },
    reduction("ReduceLogSumExp") { x, dims in
      x.dtype.isFloatingPoint
        ? x.logsumexp(dims, keepDim: true) : x.to(.float64).logsumexp(dims, keepDim: true).to(x.dtype)
    },
    place("ArgMax", isMax: true),
    place("ArgMin", isMax: false),
    running("CumSum", since: 11) { x, d in x.cumsum(d, dtype: x.dtype) },
    running("CumProd", since: 26) { x, d in x.cumprod(d, dtype: x.dtype) },
  ]

  /// `reduce` keeps the dimensions, at size 1.
  private static func reduction(
    _ name: String, axesSince: Int = 18, _ reduce: @escaping @Sendable (Tensor, [Int]) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, inputs: 1...2) { node in
      let axes = try axes(input: 1, since: axesSince, node)
      let keeps = try node.flag("keepdims", default: true)
      let isIdle = try node.flag("noop_with_empty_axes")
      return { call in
        let x = try call.tensor(0)
        var dims = Array(Set(try (try axes(call) ?? []).map { try call.axis($0, rank: x.rank) })).sorted()
        // Without axes all dimensions are meant, or none, with the elements treated all the same.
        if dims.isEmpty, isIdle { return [.tensor(reduce(x.unsqueeze(-1), [x.rank]).squeeze([x.rank]))] }
        if dims.isEmpty { dims = Array(0..<x.rank) }
        if x.rank == 0 { return [.tensor(reduce(x.reshape([1]), [0]).reshape([]))] }
        let result = reduce(x, dims)
        return [.tensor(keeps || result.rank != x.rank ? result : result.squeeze(dims))]
      }
    }
  }

  private static func extreme(_ x: Tensor, _ dims: [Int], isMax: Bool) -> Tensor {
    if x.dtype == .bool { return isMax ? x.any(dims, keepDim: true) : x.all(dims, keepDim: true) }
    guard dims.contains(where: { x.shape[$0] == 0 }) else {
      return isMax ? x.amax(dims, keepDim: true) : x.amin(dims, keepDim: true)
    }
    // Of no elements it is the end of the type's range.
    let shape = x.shape.indices.map { dims.contains($0) ? 1 : x.shape[$0] }
    if x.dtype.isFloatingPoint { return Tensor.full(shape, isMax ? -Double.infinity : .infinity, dtype: x.dtype) }
    let bits = x.dtype.size * 8
    let isSigned = x.dtype.kind == .signed
    let low = isSigned ? Tensor(Int64.min >> (64 - bits)) : Tensor(0)
    let high = isSigned ? Tensor(Int64.max >> (64 - bits)) : Tensor(UInt64.max >> UInt64(64 - bits))
    return (isMax ? low.to(x.dtype) : high.to(x.dtype)).expand(shape)
  }

  private static func place(_ name: String, isMax: Bool) -> ONNXOperator {
    ONNXOperator(name, inputs: 1...1) { node in
      let axis = try node.int("axis", default: 0)
      let keeps = try node.flag("keepdims", default: true)
      let isLast = try node.flag("select_last_index")
      return { call in
        let x = try call.tensor(0)
        let d = try call.axis(axis, rank: x.rank)
        let searched = isLast ? x.flip([d]) : x
        let place = isMax ? searched.argmax(d, keepDim: keeps) : searched.argmin(d, keepDim: keeps)
        return [.tensor(isLast ? x.shape[d] - 1 - place : place)]
      }
    }
  }

  private static func running(
    _ name: String, since: Int, _ compute: @escaping @Sendable (Tensor, Int) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, since: since, inputs: 2...2) { node in
      let (excludes, isReverse) = (try node.flag("exclusive"), try node.flag("reverse"))
      return { call in
        let x = try call.tensor(0)
        let d = try call.axis(try call.int(1), rank: x.rank)
        var sums = compute(isReverse ? x.flip([d]) : x, d)
        if excludes, x.shape[d] > 0 {
          // The result of no elements comes first: 0 for sums, 1 for products.
          var shape = x.shape
          shape[d] = 1
          let first = name == "CumSum" ? Tensor.zeros(shape, dtype: x.dtype) : Tensor.ones(shape, dtype: x.dtype)
          sums = cat([first, sums.narrow(d, 0, x.shape[d] - 1)], dim: d)
        }
        return [.tensor(isReverse ? sums.flip([d]) : sums)]
      }
    }
  }
}
