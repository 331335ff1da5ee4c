// Writing rows and elements by position: index_add, index_copy, index_fill, index_put, put and their relatives.

extension Tensor {
  /// The tensor with rows (along `dim`) of `source`, times `alpha`, added at the positions of the vector `index`.
  public func indexAdd(_ dim: Int, _ index: Tensor, _ source: Tensor, alpha: some ScalarConvertible) -> Tensor {
    indexAdd(dim, index, source * alpha)
  }
  /// The tensor with rows (along `dim`) of `source` added at the positions of the vector `index`.
  public func indexAdd(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor {
    putRows("indexAdd", dim, index, source, accumulate: true)
  }
  /// The tensor with rows (along `dim`) replaced by those of `source` at the positions of the vector `index`.
  public func indexCopy(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor {
    putRows("indexCopy", dim, index, source, accumulate: false)
  }
  /// The tensor with rows (along `dim`) at the positions of `index` filled with one number.
  public func indexFill(_ dim: Int, _ index: Tensor, _ value: some ScalarConvertible) -> Tensor {
    indexFill(dim, index, Tensor.full([], value, dtype: hasFailed ? nil : dtype))
  }
  /// The tensor with rows (along `dim`) at the positions of `index` filled with the only element of `value`.
  public func indexFill(_ dim: Int, _ index: Tensor, _ value: Tensor) -> Tensor {
    attempt(self, index, value) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "indexFill")
      guard value.rank == 0 else {
        throw TensorError(.shape, "indexFill", "the value must be a scalar, and found a tensor of \(value.shape)")
      }
      try checkPositions(index, "indexFill")
      // A mask, so that a position named twice takes the value, and gives its gradient, once.
      let n = rank == 0 ? 1 : shape[d]
      let rows = Tensor.zeros([1, n, 1], dtype: .bool)
      let mask = apply(
        PutRows(accumulate: false, wrap: true), rows, index, Tensor.ones([1, index.count, 1], dtype: .bool))
      if mask.hasFailed { return mask }
      return `where`(mask.reshape(shape.indices.map { $0 == d ? n : 1 }), value.to(dtype), self)
    }
  }

  /// The tensor with rows (along `dim`) of `source` combined into the rows at the positions of the vector `index`.
  public func indexReduce(
    _ dim: Int, _ index: Tensor, _ source: Tensor, reduce: ScatterReduction, includeSelf: Bool = true
  ) -> Tensor {
    attempt(self, index, source) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "indexReduce")
      try checkPositions(index, "indexReduce")
      let rows = source.atleast1d()
      var view = rows.shape.map { _ in 1 }
      guard d < view.count, rows.shape[d] == index.count else {
        throw TensorError(
          .shape, "indexReduce",
          "\(index.count) positions do not fit a source of shape \(source.shape) along dimension \(dim)")
      }
      view[d] = index.count
      return scatterReduce(dim, index.reshape(view).expand(rows.shape), rows, reduce: reduce, includeSelf: includeSelf)
    }
  }

  /// The tensor with elements at `indices` (as in a subscript, nil for a whole dimension) replaced by `values`, or
  /// increased by them with `accumulate`.
  public func indexPut(_ indices: [Tensor?], _ values: Tensor, accumulate: Bool = false) -> Tensor {
    attempt(poisoned(among: [self, values] + indices.compactMap { $0 })) { () throws(TensorError) in
      guard values.dtype == dtype else {
        throw TensorError(.dtype, "indexPut", "the values must be \(dtype) as the tensor, and found \(values.dtype)")
      }
      let plan = try IndexPlan(
        indices.map { $0.map { TensorIndex.tensor($0) } ?? .range(start: nil, stop: nil, step: 1) }, for: shape)
      guard broadcastShapes(plan.resultShape, values.shape) == plan.resultShape else {
        throw TensorError(
          .shape, "indexPut", "cannot store a tensor of shape \(values.shape) in a part of shape \(plan.resultShape)")
      }
      if plan.tensors.isEmpty { return accumulate ? self + values : values.expand(shape).clone() }
      return putPositions(plan.tensors, values.expand(plan.resultShape), accumulate: accumulate)
    }
  }

  /// The tensor with the elements of `source` at positions in the tensor seen as a vector, or added there.
  public func put(_ index: Tensor, _ source: Tensor, accumulate: Bool = false) -> Tensor {
    attempt(self, index, source) { () throws(TensorError) in
      try checkPositions(index, "put", anyRank: true)
      guard index.count == source.count else {
        throw TensorError(
          .shape, "put", "needs as many positions as elements, and found \(index.count) and \(source.count)")
      }
      guard source.dtype == dtype else {
        throw TensorError(.dtype, "put", "the source must be \(dtype) as the tensor, and found \(source.dtype)")
      }
      let changed = apply(
        PutRows(accumulate: accumulate, wrap: true), reshape([1, count, 1]), index.reshape([index.count]),
        source.reshape([1, source.count, 1]))
      return changed.hasFailed ? changed : changed.reshape(shape)
    }
  }

  private func putRows(
    _ operation: String, _ dim: Int, _ index: Tensor, _ source: Tensor, accumulate: Bool, wrap: Bool = false
  ) -> Tensor {
    attempt(self, index, source) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, operation)
      try checkPositions(index, operation)
      guard source.dtype == dtype else {
        throw TensorError(
          .dtype, operation, "the source must be \(dtype) as the tensor, and found \(source.dtype); convert with .to")
      }
      if rank == 0 {
        let row = source.reshape([source.count])
        return atleast1d().putRows(operation, 0, index, row, accumulate: accumulate, wrap: wrap).reshape([])
      }
      var expected = shape
      expected[d] = index.count
      guard source.shape == expected || (source.rank == 0 && elementCount(expected) == 1) else {
        throw TensorError(
          .shape, operation,
          "a source of shape \(source.shape) does not fit: \(index.count) positions along dimension \(dim) of \(shape) need "
            + "\(expected)")
      }
      let lanes = Lanes(shape, d)
      let flat = reshape([lanes.outer, lanes.size, lanes.inner])
      let changed = apply(
        PutRows(accumulate: accumulate, wrap: wrap), flat, index,
        source.reshape([lanes.outer, index.count, lanes.inner]))
      return changed.hasFailed ? changed : changed.reshape(shape)
    }
  }
}

extension OperationArguments {
  /// Positions along the leading dimensions, none where all are taken.
  fileprivate func indices() throws -> [Tensor?] {
    guard case .list(let items) = try value("indices") else { throw mismatch("indices", "a list of tensors") }
    return items.map { if case .tensor(let t) = $0 { t } else { nil } }
  }
}

extension Tensor {
  /// Positions moved to the nearest that the dimension has.
  fileprivate func clamped(_ indices: [Tensor?]) -> [Tensor?] {
    zip(indices, shape).map { index, n in index?.clamp(min: -n, max: n - 1) }
  }
}

extension Registry {
  /// Writing rows and elements by position.
  static let indexedWrites: [Operation] = [
    .tensor("index_add", "input, dim, index, source, *, alpha=1") {
      let (x, dim, index, source) = (
        try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"), try $0.tensor("source")
      )
      let alpha = try $0.scalar("alpha")
      return alpha == .int(1) ? x.indexAdd(dim, index, source) : x.indexAdd(dim, index, source, alpha: alpha)
    },
    .tensor("index_copy", "input, dim, index, source") {
      try $0.tensor("input").indexCopy(try $0.int("dim"), try $0.tensor("index"), try $0.tensor("source"))
    },
    .tensor("index_fill", "input, dim, index, value") {
      let (x, dim, index) = (try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"))
      switch try $0.operand("value") {
      case .tensor(let value): return x.indexFill(dim, index, value)
      case .scalar(let value): return x.indexFill(dim, index, value)
      }
    },
    .tensor("index_reduce", "input, dim, index, source, reduce, *, include_self=True") {
      try $0.tensor("input").indexReduce(
        try $0.int("dim"), try $0.tensor("index"), try $0.tensor("source"), reduce: try $0.scatterReduction(),
        includeSelf: try $0.bool("include_self"))
    },
    .tensor("index_put", "input, indices, values, accumulate=False") {
      try $0.tensor("input").indexPut(
        try $0.indices(), try $0.tensor("values"), accumulate: try $0.bool("accumulate"))
    },
    .tensor("_unsafe_masked_index", "input, mask, indices, fill") {
      let (x, mask) = (try $0.tensor("input"), try $0.tensor("mask"))
      let read = x.read(
        at: x.clamped(try $0.indices()).map { $0.map { .tensor($0) } ?? .range(start: nil, stop: nil, step: 1) })
      return read.maskedFill(mask.logicalNot(), try $0.scalar("fill"))
    },
    .tensor("_unsafe_masked_index_put_accumulate", "input, mask, indices, values") {
      let (x, mask) = (try $0.tensor("input"), try $0.tensor("mask"))
      let values = try $0.tensor("values").maskedFill(mask.logicalNot(), 0)
      return x.indexPut(x.clamped(try $0.indices()), values, accumulate: true)
    },
    .tensor("put", "input, index, source, accumulate=False") {
      try $0.tensor("input").put(
        try $0.tensor("index"), try $0.tensor("source"), accumulate: try $0.bool("accumulate"))
    },
  ]
}
