import Apus
import Testing

/// The texts of sparse tensors are PyTorch's, character for character.
@Suite struct SparseTextTests {
  private let indices = tensor([[0, 1, 1], [2, 0, 2]])

  private func expect(_ value: SparseTensor, _ lines: String...) {
    #expect("\(value)" == lines.joined(separator: "\n"))
  }

  @Test func coordinates() {
    expect(
      sparseCooTensor(indices, tensor([3.0, 4.0, 5.0]), size: [2, 3]),
      "tensor(indices=tensor([[0, 1, 1],",
      "                       [2, 0, 2]]),",
      "       values=tensor([3., 4., 5.]),",
      "       size=(2, 3), nnz=3, layout=torch.sparse_coo)")
    expect(
      sparseCooTensor(indices, tensor([3.0, 4.0, 5.0], dtype: .float64), size: [2, 3]),
      "tensor(indices=tensor([[0, 1, 1],",
      "                       [2, 0, 2]]),",
      "       values=tensor([3., 4., 5.]),",
      "       size=(2, 3), nnz=3, dtype=torch.float64, layout=torch.sparse_coo)")
    expect(
      sparseCooTensor(indices, tensor([1, 2, 3]), size: [2, 3]),
      "tensor(indices=tensor([[0, 1, 1],",
      "                       [2, 0, 2]]),",
      "       values=tensor([1, 2, 3]),",
      "       size=(2, 3), nnz=3, layout=torch.sparse_coo)")
    expect(
      sparseCooTensor(
        indices, tensor([[1.5410, -0.2934], [-2.1788, 0.5684], [-1.0845, -1.3986]]), size: [2, 3, 2]),
      "tensor(indices=tensor([[0, 1, 1],",
      "                       [2, 0, 2]]),",
      "       values=tensor([[ 1.5410, -0.2934],",
      "                      [-2.1788,  0.5684],",
      "                      [-1.0845, -1.3986]]),",
      "       size=(2, 3, 2), nnz=3, layout=torch.sparse_coo)")
  }

  @Test func emptyOnes() {
    expect(
      sparseCooTensor(size: [2, 3]),
      "tensor(indices=tensor([], size=(2, 0)),",
      "       values=tensor([], size=(0,)),",
      "       size=(2, 3), nnz=0, layout=torch.sparse_coo)")
  }

  @Test func compressedOnes() {
    let a = sparseCooTensor(indices, tensor([3.0, 4.0, 5.0]), size: [2, 3])
    expect(
      a.toSparseCsr(),
      "tensor(crow_indices=tensor([0, 1, 3]),",
      "       col_indices=tensor([2, 0, 2]),",
      "       values=tensor([3., 4., 5.]), size=(2, 3), nnz=3,",
      "       layout=torch.sparse_csr)")
    expect(
      a.toSparseCsc(),
      "tensor(ccol_indices=tensor([0, 1, 1, 3]),",
      "       row_indices=tensor([1, 0, 1]),",
      "       values=tensor([4., 3., 5.]), size=(2, 3), nnz=3,",
      "       layout=torch.sparse_csc)")
  }

  @Test func gradients() {
    let values = tensor([3.0, 4.0, 5.0], requiresGrad: true)
    expect(
      sparseCooTensor(indices, values, size: [2, 3]) * 2,
      "tensor(indices=tensor([[0, 1, 1],",
      "                       [2, 0, 2]]),",
      "       values=tensor([ 6.,  8., 10.]),",
      "       size=(2, 3), nnz=3, layout=torch.sparse_coo, grad_fn=<MulBackward0>)")
  }
}
