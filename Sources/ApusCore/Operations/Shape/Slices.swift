// Parts of a tensor along its dimensions: views, and tensors with such a part replaced.

extension Tensor {
  /// `length` elements of dimension `dim` from `start` on.
  public func narrow(_ dim: Int, _ start: Int, _ length: Int) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "narrow")
      guard rank > 0 else { throw TensorError(.dimension, "narrow", "a scalar cannot be narrowed") }
      let from = start < 0 ? start + shape[d] : start
      guard from >= 0, from <= shape[d], length >= 0, length <= shape[d] - from else {
        throw TensorError(
          .index, "narrow",
          "\(length) elements from \(start) on do not lie in dimension \(dim) of size \(shape[d])")
      }
      return slice(dim: d, start: from, count: length, step: 1)
    }
  }

  /// ``narrow(_:_:_:)-(Int,Int,_)`` from where the only element of `start`, an integer, says.
  public func narrow(_ dim: Int, _ start: Tensor, _ length: Int) -> Tensor {
    if let failed = failed ?? start.failed { return failed }
    guard start.rank == 0, start.dtype.isInteger else {
      return fail(
        TensorError(.dtype, "narrow", "start must be an integer tensor without dimensions, and found \(start.type)"))
    }
    return narrow(dim, start.itemScalar().int, length)
  }

  /// One index of dimension `dim`, which is removed.
  public func select(_ dim: Int, _ index: Int) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard rank > 0 else { throw TensorError(.dimension, "select", "a scalar has no dimension to select from") }
      let d = try normalize(dim: dim, rank: rank, "select")
      guard index >= -shape[d], index < shape[d] else {
        throw TensorError(
          .index, "select",
          "index \(index) is out of range for dimension \(dim) of size \(shape[d]) of a tensor of shape \(shape)")
      }
      var target = shape
      target.remove(at: d)
      let part = slice(dim: d, start: index < 0 ? index + shape[d] : index, count: 1, step: 1)
      return apply(Reshape(shape: target), part).titled("SelectBackward0")
    }
  }

  /// Every `step`-th element of dimension `dim` from `start` before `end`: a view.
  public func slice(_ dim: Int = 0, _ start: Int? = nil, _ end: Int? = nil, _ step: Int = 1) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "slice")
      guard rank > 0, let (first, count) = sliceBounds(start, end, step, shape[d]) else {
        throw TensorError(.value, "slice", "needs a step that is not 0 and at least one dimension")
      }
      return slice(dim: d, start: first, count: count, step: step)
    }
  }

  /// The tensor with index `index` of dimension `dim` replaced by `src`.
  public func selectScatter(_ src: Tensor, _ dim: Int, _ index: Int) -> Tensor {
    attempt(self, src) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "selectScatter")
      guard rank > 0, index >= -shape[d], index < shape[d] else {
        throw TensorError(.index, "selectScatter", "index \(index) is out of range for dimension \(dim) of \(shape)")
      }
      return replacingSlice(src.unsqueeze(d), d, index < 0 ? index + shape[d] : index, 1, 1)
    }
  }

  /// The tensor with a slice of dimension `dim` replaced by `src`.
  public func sliceScatter(_ src: Tensor, dim: Int = 0, start: Int? = nil, end: Int? = nil, step: Int = 1) -> Tensor {
    attempt(self, src) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "sliceScatter")
      guard rank > 0, step > 0, let (first, count) = sliceBounds(start, end, step, shape[d]) else {
        throw TensorError(.value, "sliceScatter", "needs a positive step and at least one dimension")
      }
      return replacingSlice(src, d, first, count, step)
    }
  }

  private func replacingSlice(_ src: Tensor, _ d: Int, _ start: Int, _ count: Int, _ step: Int) -> Tensor {
    var slice = Slice(starts: shape.map { _ in 0 }, counts: shape, steps: shape.map { _ in 1 })
    var (starts, counts, steps) = (slice.starts, slice.counts, slice.steps)
    (starts[d], counts[d], steps[d]) = (start, count, step)
    slice = Slice(starts: starts, counts: counts, steps: steps)
    return apply(ReplaceSlice(slice: slice), self, src.to(dtype))
  }

  /// `count` elements of dimension `dim` (normalised, in range) at `start`, `start + step` ...
  package func slice(dim: Int, start: Int, count: Int, step: Int) -> Tensor {
    var starts = [Int](repeating: 0, count: rank)
    var counts = shape
    var steps = [Int](repeating: 1, count: rank)
    starts[dim] = start
    counts[dim] = count
    steps[dim] = step
    return apply(Slice(starts: starts, counts: counts, steps: steps), self)
  }
}

/// Every `step`-th element of a range of each dimension.
package struct Slice: ViewPrimitive, Rearrangement, Hashable {
  package let starts: [Int]
  package let counts: [Int]
  package let steps: [Int]

  package init(starts: [Int], counts: [Int], steps: [Int]) {
    self.starts = starts
    self.counts = counts
    self.steps = steps
  }

  package var name: String { "Slice" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(counts, inputs[0].dtype)]
  }

  package func view(of input: Tensor, type: TensorType) throws(TensorError) -> View { view(of: input) }

  private func view(of x: Tensor) -> View {
    let strides = x.body.strides
    let offset = counts.contains(0) ? 0 : starts.indices.reduce(0) { $0 + starts[$1] * strides[$1] }
    // One element is not stepped from, and the step may be any number.
    return View(strides: counts.indices.map { counts[$0] > 1 ? strides[$0] * steps[$0] : strides[$0] }, offset: offset)
  }

  /// The part of `x` as it lies there.
  package func window(of x: Tensor) -> Tensor { x.seen(view(of: x), TensorType(counts, x.dtype)) }

  /// Where an element of the slice stands, as C expressions.
  package func place(_ i: [String]) -> [String] {
    i.indices.map { steps[$0] == 1 ? "\(starts[$0]) + \(i[$0])" : "\(starts[$0]) + \(i[$0]) * \(steps[$0])" }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(wider(size), inputs)
  }

  /// The same of every sample.
  package func wider(_ size: Int) -> Slice { Slice(starts: [0] + starts, counts: [size] + counts, steps: [1] + steps) }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(PlaceSlice(shape: node.inputType(0).shape, slice: self), single(node, cotangents))]
  }
}

/// Zeros with the input placed where ``Slice`` reads: the gradient of a slice.
package struct PlaceSlice: Rearrangement, Hashable {
  package let shape: [Int]
  package let slice: Slice

  package init(shape: [Int], slice: Slice) {
    self.shape = shape
    self.slice = slice
  }

  package var name: String { "SliceScatter" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(shape, inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fillZero()
    slice.window(of: results[0]).fill(with: inputs[0])
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cFill(outputs[0], "0") + "\n" + cCopy(inputs[0]) { outputs[0](slice.place($0)) }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(PlaceSlice(shape: [size] + shape, slice: slice.wider(size)), inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(slice, single(node, cotangents))]
  }
}

extension Registry {
  /// Parts along a dimension.
  static let slices: [Operation] = [
    .tensor("select", "input, dim, index") { try $0.tensor("input").select(try $0.int("dim"), try $0.int("index")) },
    .tensor("narrow narrow_copy", "input, dim, start, length") {
      let (x, dim, length) = (try $0.tensor("input"), try $0.int("dim"), try $0.int("length"))
      return try $0.isTensor("start")
        ? x.narrow(dim, try $0.tensor("start"), length) : x.narrow(dim, try $0.int("start"), length)
    },
    .tensor("slice aten.slice.Tensor", "input, dim=0, start=None, end=None, step=1") {
      try $0.tensor("input").slice(
        try $0.int("dim"), try $0.optionalInt("start"), try $0.optionalInt("end"), try $0.int("step"))
    },
    .tensor("select_scatter", "input, src, dim, index") {
      try $0.tensor("input").selectScatter(try $0.tensor("src"), try $0.int("dim"), try $0.int("index"))
    },
    .tensor("slice_scatter", "input, src, dim=0, start=None, end=None, step=1") {
      try $0.tensor("input").sliceScatter(
        try $0.tensor("src"), dim: try $0.int("dim"), start: try $0.optionalInt("start"),
        end: try $0.optionalInt("end"), step: try $0.int("step"))
    },
  ]
}
