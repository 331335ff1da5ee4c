import ApusCore

extension Tensor {
  /// The gradient of a variable of which rows were looked up with `sparse: true`, as PyTorch's `grad` of such a table: a sparse
  /// tensor with a coordinate for each lookup, not coalesced. Nil if there is none, or where it is a tensor (``grad``), which it
  /// becomes when somebody asks for that.
  public var sparseGrad: SparseTensor? {
    get {
      guard let (indices, values) = rowGradient?.all else { return nil }
      return SparseTensor(.sparseCoo, [indices.unsqueeze(0)], values, shape, isCoalesced: false)
    }
    nonmutating set {
      if hasFailed || newValue?.failed != nil { return }
      guard let newValue else {
        rowGradient = nil
        return
      }
      guard isVariable, newValue.shape == shape, newValue.layout == .sparseCoo, newValue.sparseDim == 1,
        newValue.dtype == dtype, dtype == .float32 || dtype == .float64
      else {
        report(
          TensorError(
            .shape, "sparseGrad",
            "needs a variable of float32 or float64 and a gradient of its size \(shape) with one sparse dimension, and found "
              + "\(newValue.shape) with \(newValue.sparseDim), of \(newValue.dtype)"))
        return
      }
      grad = nil
      rowGradient = RowGradient(newValue.positions[0].select(0, 0), newValue.elements.detach())
    }
  }
}
