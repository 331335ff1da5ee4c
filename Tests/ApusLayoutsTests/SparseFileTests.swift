import Apus
import Foundation
import TestSupport
import Testing

/// Sparse and quantised tensors in PyTorch's files.
@Suite struct LayoutFileTests {
  @Test func roundTrip() throws {
    let folder = TemporaryFolder()
    let path = folder.file("tensors.pt")
    let a = sparseCooTensor(tensor([[0, 1, 1], [2, 0, 2]]), tensor([3.0, 4.0, 5.0]), size: [2, 3])
    let tree: PickledValue = [
      "coo": PickledValue(a), "single": PickledValue(a.coalesce()), "csr": PickledValue(a.toSparseCsr()),
      "csc": PickledValue(a.toSparseCsc()),
    ]
    try writePyTorch(tree, to: path)
    let root = try PyTorchFile(path: path).root
    for (name, expected) in [("coo", a), ("single", a.coalesce()), ("csr", a.toSparseCsr()), ("csc", a.toSparseCsc())] {
      let found = try SparseTensor(root[name])
      #expect("\(found)" == "\(expected)" && found.isCoalesced == expected.isCoalesced)
    }
    let error = #expect(throws: TensorError.self) { try SparseTensor(root["nothing"]) }
    #expect(error?.message.contains("expected a sparse tensor") == true)
  }

  /// What scripts/record-layouts.py saved with PyTorch.
  @Test func filesOfPyTorch() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    let root = try PyTorchFile(path: folder + "/Recorded/layouts.pt").root
    let a = sparseCooTensor(tensor([[0, 1, 1], [2, 0, 2]]), tensor([3.0, 4.0, 5.0]), size: [2, 3])
    for (name, expected) in [("coo", a), ("single", a.coalesce()), ("csr", a.toSparseCsr()), ("csc", a.toSparseCsc())] {
      #expect("\(try SparseTensor(root[name]))" == "\(expected)")
    }
    let x = tensor([[0.5, 1.5], [-2.0, 3.0]])
    let q = try QuantizedTensor(root["quint8"])
    #expect(q.intRepr().equal(quantizePerTensor(x, scale: 0.5, zeroPoint: 10, dtype: .quint8).intRepr()))
    #expect(q.qScale() == 0.5 && q.qZeroPoint() == 10 && q.dequantize().equal(x))
    let channels = try QuantizedTensor(root["channels"])
    #expect(channels.qPerChannelScales().array(as: Double.self) == [0.5, 0.25] && channels.dequantize().equal(x))
    let error = #expect(throws: TensorError.self) { try SparseTensor(root["bsr"]) }
    #expect(error?.message.contains("sparse_bsr") == true)
  }
}
