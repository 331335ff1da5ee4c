import ApusCore

// Dimensions exchanged, chosen, joined and resized.

extension SparseTensor {
  /// Two dimensions exchanged. Compressed rows become compressed columns, and the other way round.
  public func transpose(_ dim0: Int, _ dim1: Int) -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      let (a, b) = (
        try normalize(dim: dim0, rank: rank, "transpose"), try normalize(dim: dim1, rank: rank, "transpose")
      )
      if a == b { return self }
      var order = Array(0..<rank)
      order.swapAt(a, b)
      return try permuted(order, "transpose")
    }
  }

  /// A matrix with rows and columns exchanged.
  public func t() -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      guard rank <= 2 else {
        throw TensorError(.dimension, "t", "needs at most 2 dimensions, and found \(shape); name them in transpose")
      }
      return rank < 2 ? self : transpose(0, 1)
    }
  }

  /// The dimensions in another order; sparse ones stay in front.
  public func permute(_ dims: [Int]) -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      var order: [Int] = []
      for dim in dims { order.append(try normalize(dim: dim, rank: rank, "permute")) }
      guard order.sorted() == Array(0..<rank) else {
        throw TensorError(.dimension, "permute", "needs each of the \(rank) dimensions once, and found \(dims)")
      }
      return try permuted(order, "permute")
    }
  }

  private func permuted(_ order: [Int], _ operation: String) throws(TensorError) -> SparseTensor {
    let sizes = order.map { shape[$0] }
    if layout.isCompressed {
      if order == [0, 1] { return self }
      return SparseTensor(
        layout == .sparseCsr ? .sparseCsc : .sparseCsr, positions, elements, sizes, isCoalesced: true, memo: memo)
    }
    let outer = Array(order.prefix(sparseDim))
    guard outer.allSatisfy({ $0 < sparseDim }) else {
      throw TensorError(
        .dimension, operation,
        "exchanges a sparse dimension with a dense one: of \(rank) the first \(sparseDim) are sparse; use toDense()")
    }
    let inner = order.dropFirst(sparseDim).map { $0 - sparseDim + 1 }
    let moved = inner == Array(1..<(denseDim + 1)) ? elements : elements.permute([0] + inner)
    let isSame = outer == Array(0..<sparseDim)
    let rows =
      isSame
      ? positions[0] : noGrad { positions[0].indexSelect(0, indexVector(outer.map(Int64.init), beside: elements)) }
    let made = SparseTensor(.sparseCoo, [rows], moved, sizes, isCoalesced: isCoalesced && isSame)
    return made
  }

  /// The slices of a dimension at `index`, in that order; one that is named twice comes twice.
  public func indexSelect(_ dim: Int, _ index: Tensor) -> SparseTensor {
    attemptSparse([failed, index]) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "indexSelect")
      guard index.rank <= 1, index.dtype.isInteger else {
        throw TensorError(.dtype, "indexSelect", "needs a vector of integers, and found \(index.type)")
      }
      let wanted = index.reshape([-1]).array(as: Int.self)
      if let bad = wanted.first(where: { $0 < 0 || $0 >= shape[d] }) {
        throw TensorError(
          .index, "indexSelect", "index \(bad) is out of range for dimension \(d) of size \(shape[d])")
      }
      let source = to(layout: .sparseCoo)
      if let failed = source.failed { return SparseTensor(failed: failed) }
      var sizes = shape
      sizes[d] = wanted.count
      if d >= sparseDim {
        let values = elements.indexSelect(d - sparseDim + 1, index.reshape([-1]))
        return SparseTensor(.sparseCoo, source.positions, values, sizes, isCoalesced: isCoalesced)
      }
      // The elements of each slice.
      var places = [Int: [Int64]]()
      for (i, slice) in source.positions[0].select(0, d).array(as: Int.self).enumerated() {
        places[slice, default: []].append(Int64(i))
      }
      var (chosen, moved): ([Int64], [Int64]) = ([], [])
      for (i, slice) in wanted.enumerated() {
        for place in places[slice] ?? [] {
          chosen.append(place)
          moved.append(Int64(i))
        }
      }
      let order = indexVector(chosen, beside: elements)
      let old = source.positions[0].indexSelect(1, order)
      let rows = noGrad {
        stack((0..<sparseDim).map { $0 == d ? indexVector(moved, beside: elements) : old.select(0, $0) }, dim: 0)
      }
      let made = SparseTensor(
        .sparseCoo, [rows], source.elements.indexSelect(0, order), sizes, isCoalesced: false)
      return source.isCoalesced ? made.coalesce().to(layout: layout) : made.to(layout: layout)
    }
  }

  /// One slice of a dimension, without it.
  public func select(_ dim: Int, _ index: Int) -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "select")
      guard index >= -shape[d], index < shape[d] else {
        throw TensorError(.index, "select", "index \(index) is out of range for dimension \(d) of size \(shape[d])")
      }
      let chosen = indexSelect(d, Tensor([index < 0 ? index + shape[d] : index])).to(layout: .sparseCoo)
      return chosen.sum(d)
    }
  }

  /// A new dimension of size 1, among the sparse ones where it stands before their end.
  public func unsqueeze(_ dim: Int) -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank + 1, "unsqueeze")
      let source = to(layout: .sparseCoo)
      if let failed = source.failed { return SparseTensor(failed: failed) }
      var sizes = shape
      sizes.insert(1, at: d)
      if d > sparseDim {
        return SparseTensor(
          .sparseCoo, source.positions, source.elements.unsqueeze(d - sparseDim + 1), sizes,
          isCoalesced: source.isCoalesced)
      }
      var rows = (0..<sparseDim).map { source.positions[0].select(0, $0) }
      rows.insert(Tensor.zeros([nnz], dtype: .int64).placed(with: elements), at: d)
      return SparseTensor(
        .sparseCoo, [noGrad { stack(rows, dim: 0) }], source.elements, sizes, isCoalesced: source.isCoalesced)
    }
  }

  /// The same elements in a tensor of other sizes, none of which may be too small for them: PyTorch's `sparse_resize_`.
  public func resize(_ size: [Int]) -> SparseTensor {
    attemptSparse([failed]) { () throws(TensorError) in
      let source = to(layout: .sparseCoo)
      guard size.count == rank, Array(size[sparseDim...]) == innerSizes else {
        throw TensorError(
          .shape, "resize", "keeps the number of dimensions and dense sizes, and was asked for \(size) from \(shape)")
      }
      return sparseCooTensor(source.positions[0], source.elements, size: size, isCoalesced: isCoalesced)
        .to(layout: layout)
    }
  }

  /// The elements of this tensor at the positions of `mask`: PyTorch's `sparse_mask`.
  public func sparseMask(_ mask: SparseTensor) -> SparseTensor {
    attemptSparse([failed, mask.failed]) { () throws(TensorError) in
      guard shape == mask.shape else {
        throw TensorError(.shape, "sparseMask", "a mask of size \(mask.shape) does not fit a tensor of size \(shape)")
      }
      return self
        * mask.coalesce().with(Tensor.ones(mask.coalesce().elements.shape, dtype: dtype).placed(with: elements))
    }
  }
}

/// Sparse tensors one after the other along a dimension.
@_disfavoredOverload
public func cat(_ tensors: [SparseTensor], dim: Int = 0) -> SparseTensor {
  attemptSparse(tensors.map(\.failed)) { () throws(TensorError) in
    guard let first = tensors.first else {
      throw TensorError(.value, "cat", "needs at least one tensor, and got none")
    }
    let d = try normalize(dim: dim, rank: first.rank, "cat")
    for tensor in tensors {
      var (a, b) = (tensor.shape, first.shape)
      if a.count == b.count { (a[d], b[d]) = (0, 0) }
      guard a == b, tensor.sparseDim == first.sparseDim else {
        throw TensorError(
          .shape, "cat",
          "sizes may differ in dimension \(d) only, and found \(first.shape) and \(tensor.shape), with \(first.sparseDim) and "
            + "\(tensor.sparseDim) sparse dimensions")
      }
    }
    guard d < first.sparseDim else {
      throw TensorError(
        .dimension, "cat", "joins along sparse dimensions, the first \(first.sparseDim), and \(d) is dense")
    }
    let parts = tensors.map { $0.to(layout: .sparseCoo) }
    var (offset, rows): (Int64, [Tensor]) = (0, [])
    for part in parts {
      let steps = (0..<part.sparseDim).map { $0 == d ? offset : 0 }
      rows.append(noGrad { part.positions[0] + indexVector(steps, beside: part.elements).unsqueeze(1) })
      offset += Int64(part.shape[d])
    }
    var sizes = first.shape
    sizes[d] = Int(offset)
    let type = resultType(parts.map { TensorType($0.elements.shape, $0.dtype) })
    return SparseTensor(
      .sparseCoo, [cat(rows, dim: 1)], cat(parts.map { $0.elements.to(type) }, dim: 0), sizes,
      isCoalesced: d == 0 && parts.allSatisfy(\.isCoalesced)
    ).to(layout: first.layout)
  }
}
