// Views: other shapes and strides over the same elements. Nothing is copied unless a shape cannot be had without.

/// Dimensions in another order.
struct Permute: ViewPrimitive, Rearrangement, Hashable {
  let order: [Int]
  var name: String { "Permute" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(order.map { inputs[0].shape[$0] }, inputs[0].dtype)]
  }

  func view(of input: Tensor, type: TensorType) throws(TensorError) -> View {
    let strides = input.body.strides
    return View(strides: order.map { strides[$0] })
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Permute(order: [0] + order.map { $0 + 1 }), inputs)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var inverse = order
    for (i, d) in order.enumerated() { inverse[d] = i }
    return [apply(Permute(order: inverse), single(node, cotangents))]
  }
}

/// Repetition without copying: dimensions of size 1 get stride 0.
struct Expand: ViewPrimitive, Rearrangement, Hashable {
  package let shape: [Int]
  var name: String { "Expand" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard broadcastShapes(inputs[0].shape, shape) == shape else {
      throw TensorError(
        .shape, "expand",
        "cannot expand \(inputs[0].shape) to \(shape): only dimensions of size 1 can be repeated, and new dimensions "
          + "stand in front")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  func view(of input: Tensor, type: TensorType) throws(TensorError) -> View {
    View(strides: broadcastStrides(input.shape, input.body.strides, to: shape))
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Expand(shape: [size] + shape), [alignedSamples(inputs[0], rank: shape.count)])
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [single(node, cotangents).sum(toShape: node.inputType(0).shape)]
  }
}

/// The same elements in row-major order under another shape: a view where strides allow it, a copy otherwise.
package struct Reshape: Rearrangement, Hashable {
  package let shape: [Int]

  package init(shape: [Int]) {
    self.shape = shape
  }

  package var name: String { "View" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard elementCount(shape) == inputs[0].count else {
      throw TensorError(
        .shape, "reshape",
        "cannot see \(inputs[0].shape) (\(inputs[0].count) elements) as \(shape) (\(elementCount(shape)) elements)")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  package func view(_ inputs: [Tensor], type: TensorType) throws(TensorError) -> View? {
    if let strides = viewStrides(inputs[0].shape, inputs[0].body.strides, to: shape) { return View(strides: strides) }
    try checkMemory(type, "reshape")
    return nil
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let rows = View(strides: rowMajorStrides(inputs[0].shape))
    results[0].seen(rows, inputs[0].type).fill(with: inputs[0])
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Reshape(shape: [size] + shape), inputs)
  }

  /// Where it cannot be a view: the same elements one by one.
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let counter = "long n = 0;\n"
    let strides = rowMajorStrides(shape)
    let place = shape.indices.map { "n / \(strides[$0]) % \(shape[$0])" }
    return counter + cLoops(inputs[0].type.shape) { "\(outputs[0](place)) = \(inputs[0]($0));\nn++;" }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(Reshape(shape: node.inputType(0).shape), single(node, cotangents))]
  }
}

/// The strides under which `shape` can be seen as `target` without moving elements, or nil.
func viewStrides(_ shape: [Int], _ strides: [Int], to target: [Int]) -> [Int]? {
  if isRowMajor(shape, strides) { return rowMajorStrides(target) }
  var result = [Int](repeating: 1, count: target.count)
  // Walk both shapes from the back in groups of the same number of elements; a group must be evenly strided.
  let kept = shape.indices.filter { shape[$0] != 1 }
  var i = kept.count - 1
  var j = target.count - 1
  while i >= 0 {
    var inner = shape[kept[i]]
    let base = strides[kept[i]]
    var outer = 1
    var last = j
    while outer != inner {
      if outer < inner {
        guard j >= 0 else { return nil }
        outer *= target[j]
        j -= 1
      } else {
        guard i > 0, strides[kept[i - 1]] == strides[kept[i]] * shape[kept[i]] else { return nil }
        i -= 1
        inner *= shape[kept[i]]
      }
    }
    var step = base
    while last > j {
      result[last] = step
      step *= target[last]
      last -= 1
    }
    i -= 1
  }
  return result
}

/// The elements in row-major order in memory of their own.
package struct Contiguous: Rearrangement, Hashable {
  package var name: String { "Clone" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: inputs[0])
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cLoops(inputs[0].type.shape) { "\(outputs[0]($0)) = \(inputs[0]($0));" }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { cotangents }
}

/// A recorded tensor of the same elements: a node of its own in the graph.
package struct Alias: ViewPrimitive, Rearrangement, Hashable {

  package init() {}
  package var name: String { "Alias" }
  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }
  package func view(of input: Tensor, type: TensorType) throws(TensorError) -> View {
    View(strides: input.body.strides)
  }
  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }
  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { cotangents }
}

/// The same elements as a result of its own, so that a gradient can be asked for it.
package func alias(_ x: Tensor) -> Tensor { apply(Alias(), x) }

extension Tensor {
  /// Dimensions in the given order; negative ones count from the end.
  public func permute(_ dims: [Int]) -> Tensor {
    do throws(TensorError) {
      guard dims.count == rank else {
        throw TensorError(
          .dimension, "permute", "a tensor of rank \(rank) needs \(rank) dimensions, and \(dims) has \(dims.count)")
      }
      return apply(Permute(order: try normalize(dims: dims, rank: rank, "permute")), self)
    } catch { return hasFailed ? self : fail(error) }
  }
  public func permute(_ dims: Int...) -> Tensor { permute(dims) }

  /// Two dimensions exchanged.
  public func transpose(_ dim0: Int, _ dim1: Int) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      let (a, b) = (
        try normalize(dim: dim0, rank: rank, "transpose"), try normalize(dim: dim1, rank: rank, "transpose")
      )
      if rank == 0 { return self }
      var order = Array(0..<rank)
      order.swapAt(a, b)
      return apply(Permute(order: order), self).titled("TransposeBackward0")
    } catch { return fail(error) }
  }

  /// A matrix transposed; a vector or scalar as it is.
  public func t() -> Tensor {
    guard rank <= 2 else {
      return fail(TensorError(.dimension, "t", "needs at most 2 dimensions, and found \(shape); use transpose"))
    }
    return rank < 2 && !hasFailed ? self : transpose(0, 1).titled("TBackward0")
  }
  /// The last two dimensions exchanged.
  public var mT: Tensor {
    rank < 2
      ? hasFailed ? self : fail(TensorError(.dimension, "mT", "needs at least 2 dimensions, and found \(shape)"))
      : transpose(-2, -1)
  }

  /// Dimensions of size 1 repeated to `shape`; -1 keeps a size.
  public func expand(_ shape: [Int]) -> Tensor {
    if hasFailed { return self }
    var target = shape
    let lead = target.count - rank
    for i in target.indices where target[i] == -1 && i >= lead { target[i] = self.shape[i - lead] }
    if target == self.shape { return self }
    if let bad = target.first(where: { $0 < 0 }) {
      return fail(
        TensorError(.shape, "expand", "size \(bad) is not possible in \(shape) for a tensor of \(self.shape)"))
    }
    return apply(Expand(shape: target), self)
  }
  public func expand(_ shape: Int...) -> Tensor { expand(shape) }

  /// The elements in row-major order under another shape; one size may be -1 and is computed.
  public func reshape(_ shape: [Int]) -> Tensor {
    if hasFailed { return self }
    do throws(TensorError) {
      let target = try inferredShape(shape, count: count, "reshape", from: self.shape)
      if target == self.shape { return self }
      return apply(Reshape(shape: target), self).titled(viewTitle(target))
    } catch { return fail(error) }
  }
  public func reshape(_ shape: Int...) -> Tensor { reshape(shape) }

  /// PyTorch's name of a view, or of a copy where the strides need one. Its images lie row-major where ours lie
  /// channels-last.
  private func viewTitle(_ target: [Int]) -> String {
    let body = resolved.body
    let isView =
      viewStrides(body.shape, body.strides, to: target) != nil || isChannelsLast(body.shape, body.strides)
    return isView ? "ViewBackward0" : "UnsafeViewBackward0"
  }

  /// ``reshape(_:)`` that does not copy: an error where the strides do not allow it, as PyTorch's `view`. Only images that
  /// lie channels-last are copied.
  public func view(_ shape: [Int]) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let target = try inferredShape(shape, count: count, "view", from: self.shape)
      let body = resolved.body
      // Results of convolutions lie channels-last where PyTorch's lie row-major: they may be seen anew by a copy.
      guard
        viewStrides(body.shape, body.strides, to: target) != nil || body.count == 0
          || isChannelsLast(body.shape, body.strides)
      else {
        throw TensorError(
          .shape, "view",
          "\(self.shape) with strides \(body.strides) cannot be seen as \(target) without a copy; use reshape")
      }
      return apply(Reshape(shape: target), self)
    }
  }
  public func view(_ shape: Int...) -> Tensor { view(shape) }

  /// The dimensions from `startDim` to `endDim` merged into one.
  public func flatten(_ startDim: Int = 0, _ endDim: Int = -1) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let (a, b) = (
        try normalize(dim: startDim, rank: rank, "flatten"), try normalize(dim: endDim, rank: rank, "flatten")
      )
      if rank == 0 { return reshape([1]) }
      guard a <= b else {
        throw TensorError(.dimension, "flatten", "startDim \(startDim) lies behind endDim \(endDim)")
      }
      return reshape(Array(shape[..<a]) + [elementCount(Array(shape[a...b]))] + Array(shape[(b + 1)...]))
    }
  }

  /// A new dimension of size 1 at `dim`.
  public func unsqueeze(_ dim: Int) -> Tensor {
    do throws(TensorError) {
      let d = try normalize(dim: dim, rank: rank + 1, "unsqueeze")
      var target = shape
      target.insert(1, at: d)
      return apply(Reshape(shape: target), self).titled("UnsqueezeBackward0")
    } catch { return hasFailed ? self : fail(error) }
  }

  /// Dimensions of size 1 removed: all of them, or those named (others are left as they are).
  public func squeeze(_ dims: Int...) -> Tensor { squeeze(dims) }
  public func squeeze(_ dims: [Int]) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let chosen = dims.isEmpty ? Array(0..<rank) : try normalize(dims: dims, rank: rank, "squeeze")
      let target = shape.indices.filter { shape[$0] != 1 || !chosen.contains($0) }.map { shape[$0] }
      return target == shape
        ? self : apply(Reshape(shape: target), self).titled("SqueezeBackward\(Swift.min(dims.count, 2))")
    }
  }

  /// The elements in row-major order: itself where they are already.
  public func contiguous() -> Tensor {
    hasFailed || resolved.body.isContiguous ? self : apply(Contiguous(), self)
  }

  /// A copy with memory of its own, recorded for gradients.
  public func clone() -> Tensor { apply(Contiguous(), self) }

  /// The elements in row-major order in new memory, without history.
  package func contiguousCopy() -> Tensor {
    let source = resolved.body
    if source.flags.contains(.device) {
      return attempt { () throws(TensorError) in
        try perform(Contiguous(), [Tensor(TensorBody(sharing: source, marked: false))], types: [source.type])[0]
      }
    }
    let result = Tensor.uninitialized(source.shape, source.dtype)
    copyElements(from: source, to: result.body)
    return result
  }
}

/// `shape` with a size of -1 computed from the number of elements.
func inferredShape(_ shape: [Int], count: Int, _ operation: String, from: [Int]) throws(TensorError) -> [Int] {
  var shape = shape
  let unknown = shape.indices.filter { shape[$0] == -1 }
  if unknown.count > 1 {
    throw TensorError(.shape, operation, "only one size can be -1, and \(shape) has \(unknown.count)")
  }
  if let bad = shape.first(where: { $0 < -1 }) {
    throw TensorError(.shape, operation, "size \(bad) in \(shape) is not possible")
  }
  if let i = unknown.first {
    let known = checkedElementCount(shape.filter { $0 != -1 }) ?? .max
    guard known > 0, known < .max, count % known == 0 else {
      throw TensorError(
        .shape, operation, "cannot see \(from) (\(count) elements) as \(shape): \(count) is not a multiple of \(known)")
    }
    shape[i] = count / known
  } else if checkedElementCount(shape) != count {
    let asked = checkedElementCount(shape).map(String.init) ?? "more than \(Int.max)"
    throw TensorError(
      .shape, operation, "cannot see \(from) (\(count) elements) as \(shape) (\(asked) elements)")
  }
  return shape
}

extension Registry {
  /// The same elements under other shapes, also under the names of the forms that copy: results are values here.
  static let views: [Operation] = [
    .unary("resolve_conj resolve_neg positive detach") { $0.hasFailed ? $0 : alias($0) },
    .tensor("clone", "input, *, memory_format=None") { try $0.tensor("input").clone() },
    .unary("alias_copy") { $0.clone() },
    .tensor("contiguous", "input, memory_format=None") { try $0.tensor("input").contiguous() },
    .unary("mT") { $0.mT },
    .tensor("expand expand_copy", "input, *size") { try $0.tensor("input").expand(try $0.ints("size")) },
    .tensor("reshape", "input, *shape") { try $0.tensor("input").reshape(try $0.ints("shape")) },
    .tensor("flatten", "input, start_dim=0, end_dim=-1") {
      try $0.tensor("input").flatten(try $0.int("start_dim"), try $0.int("end_dim"))
    },
    .tensor("view view_copy", "input, dtype: string") { throw $0.mismatch("dtype", "a shape") },
    .tensor("view view_copy", "input, *size") { try $0.tensor("input").view(try $0.ints("size")) },
    .tensor("permute permute_copy", "input, *dims") { try $0.tensor("input").permute(try $0.ints("dims")) },
    .tensor("transpose transpose_copy swapaxes swapdims", "input, dim0, dim1") {
      try $0.tensor("input").transpose(try $0.int("dim0"), try $0.int("dim1"))
    },
    .unary("t t_copy") { $0.t() },
    .tensor("unsqueeze unsqueeze_copy", "input, dim") { try $0.tensor("input").unsqueeze(try $0.int("dim")) },
    .tensor("squeeze squeeze_copy", "input, dim=None") {
      let x = try $0.tensor("input")
      guard let dims = try $0.optionalInts("dim") else { return x.squeeze() }
      return dims.isEmpty ? x.reshape(x.shape) : x.squeeze(dims)
    },
  ]
}
