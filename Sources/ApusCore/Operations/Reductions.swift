import CKernels

// Reductions over dimensions: sum, mean, products and extremes.

/// What a reduction computes of a run of elements.
enum Reduction: String, Sendable {
  case sum, prod, max, min
}

/// A reduction over `dims`, which stay as size 1 if `keepDim`.
struct Reduce: Primitive, Hashable {
  let reduction: Reduction
  let dims: [Int]
  let keepDim: Bool
  /// The type of the result, and the least to accumulate in.
  let dtype: DType

  var name: String { reduction.rawValue.prefix(1).uppercased() + reduction.rawValue.dropFirst() }
  var takesCustomElements: Bool { true }
  var saves: Saves { reduction == .sum ? .nothing : [.inputs, .outputs] }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = inputs[0].shape
    if reduction == .max || reduction == .min, let empty = dims.first(where: { shape[$0] == 0 }) {
      throw TensorError(
        .shape, reduction == .max ? "amax" : "amin",
        "dimension \(empty) of \(shape) has no elements, so there is no extreme value")
    }
    return [TensorType(reducedShape(shape, dims, keepDim: keepDim), dtype)]
  }

  func evaluate(_ inputs: [Tensor], types: [TensorType]) throws(TensorError) -> [Tensor] {
    let input = inputs[0]
    if dtype.isCustom {
      let result = Tensor.uninitialized(types[0].shape, dtype)
      try reduceCustom(reduction, input.to(dtype).body, dims, into: result.body.data)
      return [result]
    }
    let compute = dtype.accumulateType
    let source = input.to(compute).body
    let result = Tensor.uninitialized(types[0].shape, compute)
    switch compute {
    case .float32: reduceElements(Float.self, reduction, source, dims, into: result.body.data)
    case .float64: reduceElements(Double.self, reduction, source, dims, into: result.body.data)
    default: reduceElements(Int64.self, reduction, source, dims, into: result.body.data)
    }
    return [compute == dtype ? result : result.to(dtype)]
  }

  var isLinear: Bool { reduction == .sum }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Reduce(reduction: reduction, dims: dims.map { $0 + 1 }, keepDim: keepDim, dtype: dtype), inputs)
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    let shape = x.type.shape
    let kept = shape.indices.filter { !dims.contains($0) }
    let (start, step): (String, (String) -> String) =
      switch reduction {
      case .sum: ("0", { "result += \($0);" })
      case .prod: ("1", { "result *= \($0);" })
      case .max:
        ("-__builtin_inff()", { "{ float v = \($0); result = ((result > v) | (result != result)) ? result : v; }" })
      case .min:
        ("__builtin_inff()", { "{ float v = \($0); result = ((result < v) | (result != result)) ? result : v; }" })
      }
    return cLoops(kept.map { shape[$0] }) { outer in
      let inner = cLoops(dims.map { shape[$0] }, prefix: "r") { reduced in
        let all = shape.indices.map { d in
          dims.firstIndex(of: d).map { reduced[$0] } ?? outer[kept.firstIndex(of: d) ?? 0]
        }
        return step(x(all))
      }
      let place = keepDim ? shape.indices.map { d in kept.firstIndex(of: d).map { outer[$0] } ?? "0" } : outer
      return "float result = \(start);\n\(inner)\n\(y(place)) = result;"
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let type = node.inputType(0)
    let kept = reducedShape(type.shape, dims, keepDim: true)
    let g = single(node, cotangents).reshape(kept)
    switch reduction {
    case .sum: return [g.expand(type.shape).to(type.dtype)]
    case .max, .min:
      // Equal extremes share the gradient evenly, as PyTorch's amax and amin.
      let mask = node.input(0).eq(node.output(0).reshape(kept)).to(type.dtype)
      let share = g.widened / mask.widened.sum(dims, keepDim: true)
      return [mask * share.to(type.dtype)]
    case .prod:
      // The product of all others, from both sides: right with any number of zeros.
      let x = node.input(0).widened
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
func reducedShape(_ shape: [Int], _ dims: [Int], keepDim: Bool) -> [Int] {
  shape.indices.compactMap { dims.contains($0) ? (keepDim ? 1 : nil) : shape[$0] }
}

extension Tensor {
  /// The sum over `dims` (all if nil or empty). Integers and bool sum in int64.
  public func sum(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    reduce(.sum, dims, keepDim, dtype ?? (self.dtype.isFloatingPoint ? self.dtype : .int64), "sum")
  }
  public func sum(_ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    sum([dim], keepDim: keepDim, dtype: dtype)
  }

  /// The mean over `dims` (all if nil or empty) of a floating point tensor.
  public func mean(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    let type = dtype ?? self.dtype
    guard type.isFloatingPoint || isPoisoned else {
      return fail(
        TensorError(.dtype, "mean", "needs a floating point tensor, and found \(self.dtype); pass dtype: .float32"))
    }
    do throws(TensorError) {
      let chosen = try normalize(dims: dims, rank: rank, "mean")
      let n = chosen.reduce(1) { $0 * shape[$1] }
      return (to(type.accumulateType).sum(chosen, keepDim: keepDim) / Double(n)).to(type)
    } catch { return isPoisoned ? self : fail(error) }
  }
  public func mean(_ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    mean([dim], keepDim: keepDim, dtype: dtype)
  }

  /// The largest element over `dims` (all if nil or empty); NaN wins. Equal ones share the gradient.
  public func amax(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor { reduce(.max, dims, keepDim, dtype, "amax") }
  /// The smallest element over `dims` (all if nil or empty); NaN wins. Equal ones share the gradient.
  public func amin(_ dims: [Int]? = nil, keepDim: Bool = false) -> Tensor { reduce(.min, dims, keepDim, dtype, "amin") }

  /// The product over `dims` (all if nil or empty). Integers and bool multiply in int64.
  public func prod(_ dims: [Int]? = nil, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    reduce(.prod, dims, keepDim, dtype ?? (self.dtype.isFloatingPoint ? self.dtype : .int64), "prod")
  }
  public func prod(_ dim: Int, keepDim: Bool = false, dtype: DType? = nil) -> Tensor {
    prod([dim], keepDim: keepDim, dtype: dtype)
  }

  private func reduce(
    _ reduction: Reduction, _ dims: [Int]?, _ keepDim: Bool, _ type: DType, _ operation: String
  ) -> Tensor {
    do throws(TensorError) {
      let chosen = try normalize(dims: dims, rank: rank, operation)
      return apply(Reduce(reduction: reduction, dims: chosen, keepDim: keepDim, dtype: type), to(type))
    } catch { return isPoisoned ? self : fail(error) }
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
