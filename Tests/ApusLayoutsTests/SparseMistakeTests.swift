import Apus
import TestSupport
import Testing

private let i = tensor([[0, 1, 1], [2, 0, 2]])
private let values = tensor([3.0, 4.0, 5.0])
private var a: SparseTensor { sparseCooTensor(i, values, size: [2, 3]) }
private var nested: NestedTensor { nestedTensor([ones(2, 3), ones(4, 3)]) }

/// What goes wrong is said in words that tell what would work.
private let mistakes: [Mistake] = [
  .init("positions outside", .index, "sparseCooTensor", "index 1 of element 1", "size 1") {
    sparseCooTensor(i, values, size: [1, 3])
  },
  .init("negative positions", .index, "sparseCooTensor", "-1") { sparseCooTensor(i - 1, values, size: [2, 3]) },
  .init("too few values", .shape, "sparseCooTensor", "3 columns", "[2]") { sparseCooTensor(i, tensor([1.0, 2.0])) },
  .init("floating point positions", .dtype, "sparseCooTensor", ".to(.int64)") { sparseCooTensor(i.float(), values) },
  .init("too few sizes", .shape, "sparseCooTensor", "2 dimensions") { sparseCooTensor(i, values, size: [2]) },
  .init("not coalesced though said", .value, "sparseCooTensor", "isCoalesced") {
    sparseCooTensor(tensor([[1, 0]]), tensor([1.0, 2.0]), size: [2], isCoalesced: true)
  },
  .init("rows that fall", .value, "sparse", "do not fall") {
    sparseCsrTensor(tensor([0, 2, 1]), tensor([0]), tensor([1.0]), size: [2, 3])
  },
  .init("columns outside", .index, "sparse", "columns are from 0 to 2", "found 5") {
    sparseCsrTensor(tensor([0, 1, 1]), tensor([5]), tensor([1.0]), size: [2, 3])
  },
  .init("columns that do not rise", .value, "sparseCsrTensor", "must rise") {
    sparseCsrTensor(tensor([0, 2, 2]), tensor([1, 0]), tensor([1.0, 2.0]), size: [2, 3])
  },
  .init("indices of repeated positions", .state, "indices", "coalesce()") { a.indices() },
  .init("rows of coordinates", .state, "crowIndices", ".sparseCsr") { a.crowIndices() },
  .init("inner sizes", .shape, "sparse.mm", "[2, 3] by [2, 2]", "3 and 2") { a.matmul(ones(2, 2)) },
  .init("types of factors", .dtype, "sparse.mm", "float32 and float64") { a.matmul(ones(3, 2, dtype: .float64)) },
  .init("integers", .dtype, "sparse.mm", "floating point") { a.to(.int64).matmul(ones(3, 2, dtype: .int64)) },
  .init("sizes of a sum", .shape, "add", "[2, 3]", "[3, 2]") { a + a.t() },
  .init("a power without a zero", .value, "pow", "toDense()") { a.pow(-1) },
  .init("compressed rows of three dimensions", .shape, "to", "matrices") { ones(2, 2, 2).toSparse().toSparseCsr() },
  .init("a mask of another size", .shape, "sparseMask", "[2, 3]", "[3, 3]") { ones(3, 3).sparseMask(a) },
  .init("a position outside", .index, "indexSelect", "7") { a.indexSelect(1, tensor([7])) },
  .init("sparse maxima of bags", .value, "embedding_bag", "max") {
    embeddingBag(tensor([[0, 1]]), ones(3, 2), mode: .max, sparse: true)
  },
  .init("sequences of other widths", .shape, "nestedTensor", "[2, 3] and [2, 4]") {
    nestedTensor([ones(2, 3), ones(2, 4)])
  },
  .init("offsets that fall", .value, "nestedTensorFromJagged", "must not fall") {
    nestedTensorFromJagged(ones(4, 2), offsets: tensor([0, 3, 2]))
  },
  .init("lengths beyond offsets", .value, "nestedTensorFromJagged", "pass the next offset") {
    nestedTensorFromJagged(ones(4, 2), offsets: tensor([0, 2, 4]), lengths: tensor([3, 1]))
  },
  .init("other lengths", .shape, "add", "same lengths", "[2, 4]") { nested + nestedTensor([ones(3, 3), ones(3, 3)]) },
  .init("a softmax over sequences", .dimension, "softmax", "0 counts the sequences") { nested.softmax(0) },
  .init("a dense result over features", .dimension, "sum", "let y: NestedTensor") { nested.sum(2) as Tensor },
  .init("a layer that mixes positions", .unsupported, "Sequential", "toPadded()") {
    Sequential(Conv1d(3, 3, kernelSize: 1))(nested)
  },
  .init("a padded size too small", .shape, "toPadded", "[2, 3, 3]") { nested.toPadded(0, outputSize: [2, 3, 3]) },
  .init("neither lengths nor offsets", .value, "segmentReduce", "lengths or offsets") { ones(3).segmentReduce(.sum) },
  .init("lengths that leave something", .value, "segmentReduce", "add up to 2", "unsafe") {
    ones(3).segmentReduce(.sum, lengths: tensor([2]))
  },
  .init("negative lengths", .value, "segmentReduce", "-1") { ones(3).segmentReduce(.sum, lengths: tensor([-1, 4])) },
  .init("offsets beyond the end", .value, "segmentReduce", "from 0 to 3") {
    ones(3).segmentReduce(.sum, offsets: tensor([0, 9]))
  },
  .init("a scale of zero", .value, "quantizePerTensor", "positive") {
    quantizePerTensor(ones(3), scale: 0, zeroPoint: 0, dtype: .quint8).intRepr()
  },
  .init("a zero point outside", .value, "fakeQuantizePerTensorAffine", "between quantMin 0") {
    fakeQuantizePerTensorAffine(ones(3), scale: 1, zeroPoint: -1, quantMin: 0, quantMax: 255)
  },
  .init("doubles", .dtype, "quantize", ".to(.float32)") {
    quantizePerTensor(ones(3, dtype: .float64), scale: 1, zeroPoint: 0, dtype: .quint8).intRepr()
  },
]

@Suite struct LayoutMistakeTests {
  @Test(arguments: mistakes) func isReported(_ mistake: Mistake) {
    #expect(mistake.complaint() == nil)
  }
}
