import CKernels

// Reductions over dimensions: sum, mean, products and extremes.

/// What a reduction computes of a run of elements.
package enum Reduction: String, Sendable {
  case sum, prod, max, min
}

/// A reduction over `dims`, which stay as size 1 if `keepDim`.
package struct Reduce: Primitive, Hashable {
  package let reduction: Reduction
  package let dims: [Int]
  package let keepDim: Bool
  /// The type of the result, and the least to accumulate in.
  package let dtype: DType
  /// Whether the elements that are NaN take the gradient of an extreme that is.
  package var sharesAmongNaN = false

  package var name: String { reduction.rawValue.prefix(1).uppercased() + reduction.rawValue.dropFirst() }
  package var takesCustomElements: Bool { true }
  package var saves: Saves { reduction == .sum ? .nothing : [.inputs, .outputs] }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = inputs[0].shape
    if reduction == .max || reduction == .min {
      let operation = reduction == .max ? "amax" : "amin"
      if !dtype.isCustom { _ = try dtype.orderType(operation) }
      if let empty = dims.first(where: { shape[$0] == 0 }) {
        throw TensorError(
          .shape, operation, "dimension \(empty) of \(shape) has no elements, so there is no extreme value")
      }
    }
    return [TensorType(reducedShape(shape, dims, keepDim: keepDim), dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = dtype.accumulateType
    let source = try inputs[0].converted(compute)
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      if compute.isCustom { return try reduceCustom(reduction, source, dims, into: result.data) }
      try compute.accumulate(Task(reduction: reduction, source: source, dims: dims, output: result.data))
    }
  }

  private struct Task: AccumulationTask {
    let reduction: Reduction
    let source: TensorBody
    let dims: [Int]
    let output: UnsafeMutableRawPointer
    func run<T: ScanElement>(_: T.Type) throws(TensorError) {
      reduceElements(T.self, reduction, source, dims, into: output)
    }
  }

  package var isLinear: Bool { reduction == .sum }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    var samples = Reduce(reduction: reduction, dims: dims.map { $0 + 1 }, keepDim: keepDim, dtype: dtype)
    samples.sharesAmongNaN = sharesAmongNaN
    return apply(samples, inputs)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    let shape = x.type.shape
    let kept = shape.indices.filter { !dims.contains($0) }
    let wide = y.type.dtype.isInexact ? y : x
    let accumulator = y.accumulator(of: dims.reduce(1) { $0 * shape[$1] })
    func extreme(_ sign: String) -> (String) -> String {
      { "{ \(accumulator) v = \($0); result = ((result \(sign) v) | (result != result)) ? result : v; }" }
    }
    let (start, step): (String, (String) -> String) =
      switch reduction {
      case .sum: ("0", { "result += \($0);" })
      case .prod: ("1", { "result *= \($0);" })
      case .max: (wide.lowest, extreme(">"))
      case .min: (wide.highest, extreme("<"))
      }
    return cLoops(kept.map { shape[$0] }) { outer in
      let inner = cLoops(dims.map { shape[$0] }, prefix: "r") { reduced in
        let all = shape.indices.map { d in
          dims.firstIndex(of: d).map { reduced[$0] } ?? outer[kept.firstIndex(of: d) ?? 0]
        }
        return step(x(all))
      }
      let place = keepDim ? shape.indices.map { d in kept.firstIndex(of: d).map { outer[$0] } ?? "0" } : outer
      let value = y.type.dtype == .bool ? "result != 0" : "(\(y.element))result"
      return "\(accumulator) result = \(start);\n\(inner)\n\(y(place)) = \(value);"
    }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let type = node.inputType(0)
    let kept = reducedShape(type.shape, dims, keepDim: true)
    let g = single(node, cotangents).reshape(kept)
    switch reduction {
    case .sum: return [g.expand(type.shape).to(type.dtype)]
    case .max, .min:
      let (x, y) = (node.input(0), node.output(0).reshape(kept))
      return [g.shared(by: x, equal: y, dims, andNaN: sharesAmongNaN).to(type.dtype)]
    case .prod:
      // The product of all others, from both sides: right with any number of zeros.
      let x = node.input(0).conj().widened
      let order = type.shape.indices.filter { !dims.contains($0) } + dims
      let lanes = x.permute(order).reshape(
        type.shape.indices.filter { !dims.contains($0) }.map { type.shape[$0] } + [-1])
      let others = lanes.exclusiveCumprod() * lanes.flip([-1]).exclusiveCumprod().flip([-1])
      var inverse = order
      for (i, d) in order.enumerated() { inverse[d] = i }
      return [(g.widened * others.reshape(order.map { type.shape[$0] }).permute(inverse)).to(type.dtype)]
    }
  }
}

/// `shape` with `dims` reduced.
package func reducedShape(_ shape: [Int], _ dims: [Int], keepDim: Bool) -> [Int] {
  shape.indices.compactMap { dims.contains($0) ? (keepDim ? 1 : nil) : shape[$0] }
}

extension Tensor {
  /// The sum over `dims` (all if nil or empty). Integers and bool sum in int64.
  public func sum(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    reduce(.sum, dims, keepDim, dtype ?? (self.dtype.isInexact ? self.dtype : .int64), "sum").titled(
      dims == nil ? "SumBackward0" : "SumBackward1")
  }
  public func sum(_ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    sum([dim], keepDim: keepDim, dtype: dtype)
  }

  /// The mean over `dims` (all if nil or empty) of a floating point tensor.
  public func mean(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let type = dtype ?? self.dtype
      guard type.isInexact else {
        throw TensorError(
          .dtype, "mean",
          dtype == nil
            ? "needs a floating point or complex tensor, and found \(type); pass dtype: .float32"
            : "the mean is a floating point or complex number, and dtype \(type) was asked for; convert it with .to")
      }
      let chosen = try normalize(dims: dims, rank: rank, "mean")
      let n = chosen.reduce(1) { $0 * shape[$1] }
      return (to(type.meanType).sum(chosen, keepDim: keepDim) / Double(n)).to(type).titled(
        dims == nil ? "MeanBackward0" : "MeanBackward1")
    }
  }
  public func mean(_ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    mean([dim], keepDim: keepDim, dtype: dtype)
  }

  /// The largest element over `dims` (all if nil or empty); NaN wins. Equal ones share the gradient.
  public func amax(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    reduce(.max, dims, keepDim, dtype, "amax").titled("AmaxBackward0")
  }
  /// The smallest element over `dims` (all if nil or empty); NaN wins. Equal ones share the gradient.
  public func amin(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    reduce(.min, dims, keepDim, dtype, "amin").titled("AminBackward0")
  }

  /// The product over `dims` (all if nil or empty). Integers and bool multiply in int64.
  public func prod(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    if let autocast = Autocast.active {
      return autocast.run(.float32, self) {
        $0.prod(dims, keepDim: keepDim, dtype: dtype)
      }
    }
    return reduce(.prod, dims, keepDim, dtype ?? (self.dtype.isInexact ? self.dtype : .int64), "prod").titled(
      dims == nil ? "ProdBackward0" : "ProdBackward1")
  }
  public func prod(_ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    prod([dim], keepDim: keepDim, dtype: dtype)
  }

  package func reduce(
    _ reduction: Reduction, _ dims: [Int]?, _ keepDim: Bool, _ type: DType, _ operation: String,
    sharesAmongNaN: Bool = false
  ) -> Tensor {
    do throws(TensorError) {
      let chosen = try normalize(dims: dims, rank: rank, operation)
      let primitive = Reduce(
        reduction: reduction, dims: chosen, keepDim: keepDim, dtype: type, sharesAmongNaN: sharesAmongNaN)
      return apply(primitive, to(type))
    } catch { return hasFailed ? self : fail(error) }
  }

  /// The sum over all dimensions along which `shape` was broadcast to this tensor's: the gradient of broadcasting.
  public func sum(toShape shape: [Int]) -> Tensor {
    if shape == self.shape { return self }
    let lead = rank - shape.count
    let dims = (0..<rank).filter { $0 < lead || (shape[$0 - lead] == 1 && self.shape[$0] != 1) }
    let reduced = dims.isEmpty ? self : sum(dims, keepDim: true)
    return reduced.shape == shape ? reduced : reduced.reshape(shape)
  }
}

extension Tensor {
  /// This gradient of an extreme, divided evenly over `dims` among the elements of `x` that equal it.
  /// - Parameter andNaN: whether NaN equals NaN; if not, the gradient is NaN where the extreme is.
  package func shared(by x: Tensor, equal extreme: Tensor, _ dims: [Int]?, andNaN: Bool) -> Tensor {
    var isEqual = x.eq(extreme)
    if andNaN { isEqual = isEqual.logicalOr(x.isnan().logicalAnd(extreme.isnan())) }
    let count = isEqual.to(dtype.accumulateType).sum(dims, keepDim: true)
    return (`where`(isEqual, self, Tensor.zeros([], dtype: dtype)) / count).to(dtype)
  }
}

extension Registry {
  /// An operation on dimensions, with the type of its result.
  static func reduction(
    _ name: String, _ body: @escaping @Sendable (Tensor, _ dims: [Int]?, _ keepDim: Bool, DType?) -> Tensor
  ) -> Operation {
    .tensor(name, "input, dim=None, keepdim=False, *, dtype=None") {
      body(
        try $0.tensor("input"), try $0.optionalInts("dim"), try $0.bool("keepdim"), try $0.optionalDType("dtype"))
    }
  }

  /// Sums, products and extremes over dimensions.
  static let reductions: [Operation] = [
    reduction("sum") { $0.sum($1, keepDim: $2, dtype: $3) },
    reduction("mean") { $0.mean($1, keepDim: $2, dtype: $3) },
    reduction("prod") { $0.prod($1, keepDim: $2, dtype: $3) },
    .tensor("amax", "input, dim=[], keepdim=False") {
      try $0.tensor("input").amax(try $0.ints("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("amin", "input, dim=[], keepdim=False") {
      try $0.tensor("input").amin(try $0.ints("dim"), keepDim: try $0.bool("keepdim"))
    },
  ]
}
