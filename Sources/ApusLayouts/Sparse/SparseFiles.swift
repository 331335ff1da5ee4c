import ApusCore
import ApusFormats

// Sparse tensors in PyTorch's files.

extension SparseTensor {
  /// A sparse tensor of a PyTorch file:
  ///
  ///     let a = try SparseTensor(PyTorchFile(path: "graph.pt").root["adjacency"])
  ///
  /// - Throws: `TensorError` of kind `format` if it is none or its positions lie outside of its size, of kind `unsupported` for
  ///   layouts of blocks.
  public init(_ value: PickledValue?) throws(TensorError) {
    guard case .sparse(let pickled)? = value else {
      throw TensorError(
        .format, "SparseTensor", "expected a sparse tensor, and found \(value?.typeName ?? "nothing")")
    }
    guard let layout = Layout(rawValue: pickled.layout) else {
      throw TensorError(
        .unsupported, "SparseTensor",
        "tensors of layout \(pickled.layout) are not made; save it as sparse_coo, sparse_csr or sparse_csc")
    }
    var positions: [Tensor] = []
    for part in pickled.indices { positions.append(try part.tensor()) }
    let values = try pickled.values.tensor()
    var found: SparseTensor
    switch layout {
    case .sparseCoo: found = try cooTensor(positions[0], values, pickled.shape)
    case .sparseCsr, .sparseCsc:
      found = try compressedTensor(layout, positions[0], positions[1], values, pickled.shape)
    }
    if layout == .sparseCoo, pickled.isCoalesced == true {
      let single = found.coalesce()
      if single.nnz == found.nnz { found = single }
    }
    self = pickled.values.requiresGrad ? found.with(Tensor(found.elements, requiresGrad: true)) : found
  }
}

extension PickledValue {
  /// A sparse tensor, which `torch.load` gives back as one.
  public init(_ tensor: SparseTensor) {
    self = .sparse(
      PickledSparseTensor(
        layout: tensor.layout.rawValue, shape: tensor.shape, indices: tensor.positions.map { PickledTensor($0) },
        values: PickledTensor(tensor.elements), isCoalesced: tensor.layout == .sparseCoo ? tensor.isCoalesced : nil))
  }
}
