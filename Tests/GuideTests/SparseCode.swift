import Apus
import TestSupport
import Testing

@Suite struct SparseCode {
  @Test func sparseTensors() throws {
    let indices = tensor([[0, 1, 1], [2, 0, 2]])
    let a = sparseCooTensor(indices, tensor([3.0, 4.0, 5.0]), size: [2, 3])
    print(a)
    // tensor(indices=tensor([[0, 1, 1],
    //                        [2, 0, 2]]),
    //        values=tensor([3., 4., 5.]),
    //        size=(2, 3), nnz=3, layout=torch.sparse_coo)
    let rows = a.toSparseCsr()  // compressed rows: sparseCsrTensor(crowIndices, colIndices, values, size:)
    let back = a.toDense()
    let fromDense = back.toSparse()
    #expect(fromDense.nnz == 3)

    let x = randn(3, 4)
    let y = sparse.mm(a, x)  // or a.matmul(x), dense: [2, 4]
    let z = sparse.mm(a, a.t())  // sparse: [2, 2]
    let w = sparse.addmm(y, a, x, beta: 0.5, alpha: 2)
    let sums = sparse.sum(a, dim: 0)
    let weights = sparse.softmax(a, dim: 1)  // of what is there
    let scores = sparse.sampledAddmm(rows, randn(2, 8), randn(8, 3), beta: 0)  // a product at some positions only
    let mixed = (a * 2 + a * a) * x.t().narrow(0, 0, 1).narrow(1, 0, 3)
    #expect(y.shape == w.shape && z.shape == [2, 2] && sums.shape == [3] && mixed.nnz == 3)
    #expect(weights.sum(1).toDense().allclose(ones(2)) && scores.shape == [2, 3])

    let values = tensor([3.0, 4.0, 5.0], requiresGrad: true)
    let adjacency = sparseCooTensor(indices, values, size: [2, 3])
    adjacency.matmul(x).pow(2).sum().backward()
    print(values.grad)
    #expect(values.grad != nil)

    let folder = TemporaryFolder()
    let path = folder.file("graph.pt")
    try writePyTorch(["adjacency": PickledValue(a)], to: path)
    let loaded = try SparseTensor(PyTorchFile(path: path).root["adjacency"])
    #expect(loaded.toDense().equal(a.toDense()))
  }

  @Test func tables() {
    let table = Embedding(1_000, 16, sparse: true)
    let optimizer = SparseAdam(table.parameters(), lr: 0.01)
    table(tensor([3, 5, 3])).pow(2).sum().backward()
    let used = table.weight.sparseGrad  // a SparseTensor with 3 rows
    optimizer.step()
    #expect(used?.nnz == 3)
  }

  @Test func sequences() {
    let batch = nestedTensor([randn(2, 16), randn(5, 16), randn(3, 16)])
    print(batch.shape)  // [Optional(3), nil, Optional(16)]
    let hidden = Sequential(Linear(16, 16), GELU(), LayerNorm(16))(batch)
    let means = hidden.mean(1)  // [3, 16]
    let padded = hidden.toPadded(0)  // [3, 5, 16]
    let again = padded.toNested(lengths: batch.lengths())
    let parts = again.unbind()
    #expect(means.shape == [3, 16] && padded.shape == [3, 5, 16] && parts[1].shape == [5, 16])

    let heads = batch.unflatten(-1, [4, 4]).transpose(1, 2)  // [3, 4, length, 4]
    let attended = scaledDotProductAttention(heads, heads, heads, isCausal: true)
    let encoder = TransformerEncoder(TransformerEncoderLayer(16, 4, 32, batchFirst: true), 2)
    let encoded = encoder(batch)
    #expect(attended.shape == [3, 4, nil, 4] && encoded.shape == batch.shape)

    let totals = segmentReduce(arange(6.0), .sum, lengths: tensor([2, 0, 4]))  // [1, 0, 14]
    #expect(totals.array(as: Double.self) == [1, 0, 14])
  }

  @Test func quantised() {
    let x = randn(3, 4)
    let q = quantizePerTensor(x, scale: 0.1, zeroPoint: 10, dtype: .quint8)
    let integers = q.intRepr()
    let near = q.dequantize()
    let channels = quantizePerChannel(
      x, scales: tensor([0.1, 0.2, 0.1]), zeroPoints: tensor([0, 0, 0]), axis: 0, dtype: .qint8)
    #expect(integers.dtype == .uint8 && near.allclose(x.clamp(min: -1), atol: 0.051) && channels.shape == x.shape)

    let rounded = FakeQuantize(MovingAverageMinMaxObserver(dtype: .qint8))
    let out = rounded(Linear(4, 2)(x))
    let (scale, zeroPoint) = rounded.calculateQparams()
    #expect(out.shape == [3, 2] && scale.count == 1 && zeroPoint.count == 1)
  }
}
