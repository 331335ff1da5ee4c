import CKernels

// Reading and writing through a list of indices.

extension Tensor {
  /// The part of the tensor that `indices` name, as a subscript with any number of them.
  public subscript(indices indices: [TensorIndex]) -> Tensor {
    get { read(at: indices) }
    set { write(newValue, at: indices) }
  }

  func read(at indices: [TensorIndex]) -> Tensor {
    attempt(self, indices.poisoned) { () throws(TensorError) in
      let plan = try IndexPlan(indices, for: shape).placed(with: self)
      var part = plan.isWhole && plan.counts == shape ? self : apply(plan.slice, self)
      if part.shape != plan.shape { part = apply(Reshape(shape: plan.shape), part) }
      if plan.tensors.isEmpty { return part.body === body ? part : part.titled(indices.viewTitle) }
      return part.takePositions(plan.tensors).titled("IndexBackward0")
    }
  }

  mutating func write(_ value: Tensor, at indices: [TensorIndex]) {
    if hasFailed { return }
    if let bad = value.hasFailed ? value : indices.poisoned {
      self = bad
      return
    }
    do throws(TensorError) {
      let plan = try IndexPlan(indices, for: shape).placed(with: self)
      let target = plan.resultShape
      guard broadcastShapes(target, value.shape) == target || dropLeadingOnes(value.shape, target) else {
        throw TensorError(
          .shape, "subscript", "cannot store a tensor of shape \(value.shape) in a part of shape \(target)")
      }
      try checkStored(value, "subscript")
      if body.flags.contains(.variable) {
        try checkChangeable("subscript")
        let plain = value.resolved.detach()
        if Tracer.current != nil || variable.device != .cpu || variable.substitute != nil {
          let plain = plain.placed(with: self)
          variable.replace(with: try noGrad { () throws(TensorError) in try replacing(plain.to(dtype), plan) })
          return
        }
        try variable.update { content throws(TensorError) in
          var holder = Tensor(content)
          content = noElements
          defer { content = holder.body }
          try holder.store(plain, plan)
        }
      } else if (Context.isGradientEnabled && (requiresGrad || value.requiresGrad)) || isInterpreted
        || value.isInterpreted
      {
        let value = value.to(device)
        self = try replacing(value.to(dtype), plan)
      } else {
        try store(value.resolved, plan)
      }
    } catch {
      self = fail(error)
    }
  }

  /// The tensor with a part replaced, through operations that are recorded.
  private func replacing(_ value: Tensor, _ plan: IndexPlan) throws(TensorError) -> Tensor {
    let source = value.droppingLeadingOnes(to: plan.resultShape).expand(plan.resultShape)
    guard !plan.tensors.isEmpty else {
      return apply(ReplaceSlice(slice: plan.slice), self, source.reshape(plan.counts))
    }
    let whole = plan.isWhole && plan.counts == shape
    let part = (whole ? self : apply(plan.slice, self)).reshape(plan.shape)
    let changed = part.putPositions(plan.tensors, source, accumulate: false).reshape(plan.counts)
    return whole ? changed : apply(ReplaceSlice(slice: plan.slice), self, changed)
  }

  /// Writes a part where the elements lie; copies them first if somebody else holds them.
  private mutating func store(_ value: Tensor, _ plan: IndexPlan) throws(TensorError) {
    let positions =
      plan.tensors.isEmpty
      ? nil
      : try LinearIndex(sizes: plan.tensors.map { plan.shape[$0.dim] }).offsets(plan.tensors.map(\.index.resolved))
    body = body.flags.isEmpty ? body : TensorBody(sharing: body)
    try makeWritable()
    let source = value.droppingLeadingOnes(to: plan.resultShape).expand(plan.resultShape)
    let window = plan.slice.window(of: self)
    let strides = plan.origin.map { $0.map { window.body.strides[$0] } ?? 0 }
    let part = window.view(plan.shape, strides: strides)
    guard let positions else {
      copyElements(from: source.resolved.body, to: part.body)
      return
    }
    scatterWindows(source.to(dtype), positions, plan, into: part)
  }

  /// Makes this the only holder of its elements, each of which has a place of its own.
  private mutating func makeWritable() throws(TensorError) {
    let isUnique = TensorBody.isUnique(&body)
    if isUnique && memoryOrder(body.shape, body.strides) != nil { return }
    try checkMemory(type, "subscript")
    self = contiguousCopy()
  }

  /// Whether `shape` without leading ones can be broadcast: PyTorch allows them when storing.
  private func dropLeadingOnes(_ shape: [Int], _ target: [Int]) -> Bool {
    let trimmed = Array(shape.drop { $0 == 1 })
    return broadcastShapes(target, trimmed) == target
  }

  fileprivate func droppingLeadingOnes(to target: [Int]) -> Tensor {
    rank <= target.count ? self : reshape(Array(shape[(rank - target.count)...]))
  }
}

/// Stands in a variable while its elements are changed.
let noElements = Tensor.uninitialized([0], .float32).body

extension [TensorIndex] {
  /// A tensor among the indices that is the result of a failed operation.
  fileprivate var poisoned: Tensor? {
    for case .tensor(let t) in self where t.hasFailed { return t }
    return nil
  }
}

extension IndexPlan {
  /// Dimensions of `shape` that tensors index, and where their positions go in the result.
  var placement: (dims: [Int], rest: [Int], at: Int) {
    let dims = tensors.map(\.dim)
    let rest = shape.indices.filter { !dims.contains($0) }
    let isTogether = zip(dims, dims.dropFirst()).allSatisfy { $1 == $0 + 1 }
    return (dims, rest, isTogether ? dims.first ?? 0 : 0)
  }

  var resultShape: [Int] {
    if tensors.isEmpty { return shape }
    let positions = (try? broadcastShapes(tensors.map(\.index.shape), "subscript")) ?? []
    let (_, rest, at) = placement
    let sizes = rest.map { shape[$0] }
    return sizes[..<at] + positions + sizes[at...]
  }
}

extension Tensor {
  /// Advanced indexing: positions of some dimensions by tensors that are broadcast together.
  func takePositions(_ tensors: [(dim: Int, index: Tensor)]) -> Tensor {
    guard let (flat, outer, inner, order) = flattened(tensors.map(\.dim)) else { return self }
    let sizes = tensors.map { shape[$0.dim] }
    let linear = apply(LinearIndex(sizes: sizes), tensors.map(\.index))[0]
    if linear.hasFailed { return linear }
    let rows = apply(TakeRows(wrap: false), flat, linear.reshape([linear.count]))
    _ = order
    return rows.reshape(outer + linear.shape + inner)
  }

  /// The tensor with elements replaced (or, with `accumulate`, added to) at positions.
  func putPositions(_ tensors: [(dim: Int, index: Tensor)], _ value: Tensor, accumulate: Bool) -> Tensor {
    guard let (flat, outer, inner, order) = flattened(tensors.map(\.dim)) else { return self }
    let sizes = tensors.map { shape[$0.dim] }
    let linear = apply(LinearIndex(sizes: sizes), tensors.map(\.index))[0]
    if linear.hasFailed { return linear }
    let rows = value.expand(outer + linear.shape + inner).reshape([flat.shape[0], linear.count, flat.shape[2]])
    let changed = apply(PutRows(accumulate: accumulate), flat, linear.reshape([linear.count]), rows)
    var inverse = order
    for (i, d) in order.enumerated() { inverse[d] = i }
    let permuted = changed.reshape(order.map { shape[$0] })
    return order == Array(0..<rank) ? permuted : permuted.permute(inverse)
  }

  /// The tensor as [outer, indexed, inner]: indexed dimensions merged, in front if they do not lie together.
  private func flattened(_ dims: [Int]) -> (flat: Tensor, outer: [Int], inner: [Int], order: [Int])? {
    if hasFailed { return nil }
    let isTogether = zip(dims, dims.dropFirst()).allSatisfy { $1 == $0 + 1 }
    let rest = (0..<rank).filter { !dims.contains($0) }
    let at = isTogether ? dims[0] : 0
    let order = Array(rest[..<at]) + dims + Array(rest[at...])
    let (outer, inner) = (rest[..<at].map { shape[$0] }, rest[at...].map { shape[$0] })
    let source = order == Array(0..<rank) ? self : permute(order)
    let flat = source.reshape([elementCount(outer), dims.reduce(1) { $0 * shape[$1] }, elementCount(inner)])
    return (flat, outer, inner, order)
  }
}

/// A tensor with the elements that ``Slice`` reads replaced by the second input.
package struct ReplaceSlice: Rearrangement, Hashable {
  package let slice: Slice

  package init(slice: Slice) {
    self.slice = slice
  }

  package var name: String { "SliceScatter" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[1].shape == slice.counts else {
      throw TensorError(
        .shape, "sliceScatter",
        "a part of shape \(slice.counts) cannot be replaced by a tensor of shape \(inputs[1].shape)")
    }
    return [inputs[0]]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: inputs[0])
    slice.window(of: results[0]).fill(with: inputs[1])
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cCopy(inputs[0]) { outputs[0]($0) } + "\n" + cCopy(inputs[1]) { outputs[0](slice.place($0)) }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(ReplaceSlice(slice: slice.wider(size)), everySample(inputs, isBatched, size))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    return [
      node.needs(0) ? apply(self, g, Tensor.zeros(slice.counts, dtype: g.dtype)) : nil,
      node.needs(1) ? apply(slice, g).to(node.inputType(1).dtype) : nil,
    ]
  }
}

/// Several position tensors, broadcast together, as one position in the merged dimensions; negative ones count from the
/// end.
package struct LinearIndex: Primitive, Hashable {
  package let sizes: [Int]
  /// Whether negative positions count from the end.
  package var wrap = true
  /// What the user called: its name stands in messages.
  package var operation = "subscript"
  package var name: String { "Index" }
  package var takesCustomElements: Bool { true }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(try broadcastShapes(inputs.map(\.shape), operation), .int64)]
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cLoops(outputs[0].type.shape) { i in
      let steps = zip(inputs, sizes).map { "place = place * \($1) + apus_index(\($0.broadcast(i)), \($1));" }
      return "long long place = 0;\n\(steps.joined(separator: "\n"))\n\(outputs[0](i)) = place;"
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, alignedSamples(inputs, isBatched))
  }

  /// The positions of index tensors that nothing follows.
  package func offsets(_ inputs: [Tensor]) throws(TensorError) -> Tensor {
    try perform(self, inputs, types: outputTypes(inputs.map(\.type)))[0]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let out = results[0].body.data.assumingMemoryBound(to: Int64.self)
    for (k, input) in inputs.enumerated() {
      let shape = results[0].shape
      let dense = try input.view(shape, strides: broadcastStrides(input.shape, input.body.strides, to: shape)).dense(
        .int64)
      let from = UnsafePointer(dense.data.assumingMemoryBound(to: Int64.self))
      let size = Int64(sizes[k])
      for i in 0..<dense.count {
        let raw = from[i]
        let position = raw < 0 && wrap ? raw &+ size : raw
        guard position >= 0 && position < size else {
          throw TensorError(.index, operation, "index \(raw) is out of range for a dimension of size \(size)")
        }
        out[i] = k == 0 ? position : out[i] * size + position
      }
    }
  }
}

/// Writes `source` (broadcast already, in the order of the result of the indexing) into the window `part`.
private func scatterWindows(_ source: Tensor, _ positions: Tensor, _ plan: IndexPlan, into part: Tensor) {
  let (dims, rest, at) = plan.placement
  // Source with the positions in front, so that row m goes to position m.
  let lead = positions.rank
  let order = Array(at..<(at + lead)) + Array(0..<at) + Array((at + lead)..<source.rank)
  let rows = source.permute(order).resolved.body
  let restShape = rest.map { part.shape[$0] }
  let restStrides = rest.map { part.body.strides[$0] }
  let linear = positions.contiguousBody()
  let index = UnsafePointer(linear.data.assumingMemoryBound(to: Int64.self))
  let indexed = Walk(sizes: dims.map { part.shape[$0] }, strides: dims.map { part.body.strides[$0] })
  let size = part.dtype.size
  let rowCount = elementCount(restShape)
  if rowCount == 0 || linear.count == 0 { return }
  let values = Tensor(rows).view(rows.shape, strides: rows.strides)
  let isUniform = rows.strides.indices.allSatisfy { rows.strides[$0] == 0 || rows.shape[$0] == 1 }
  let dense = isUniform ? rows : values.contiguousBody()
  let walk = Walk(Array(restShape.indices), restShape, restStrides)
  var outer = walk
  let run = outer.dropLast()
  let runs = outer.count
  withExtendedLifetime((dense, linear)) {
    for m in 0..<linear.count {
      let base = part.body.data + indexed.offset(Int(index[m])) * size
      let from = UnsafeRawPointer(dense.data) + (isUniform ? 0 : m * rowCount * size)
      for r in 0..<runs {
        let target = base + outer.offset(r) * size
        if isUniform {
          for j in 0..<run.size { (target + j * run.stride * size).copyMemory(from: from, byteCount: size) }
        } else if run.size == 1 {
          target.copyMemory(from: from + r * size, byteCount: size)
        } else {
          ck_scatter_strided(target, run.stride, from + r * run.size * size, run.size, Int32(size))
        }
      }
    }
  }
}

extension Walk {
  /// A walk over sizes and strides as they are.
  package init(sizes: [Int], strides: [Int]) {
    self.sizes = sizes
    self.strides = strides
  }
}
