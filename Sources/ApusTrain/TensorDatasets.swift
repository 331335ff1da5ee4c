// Datasets of one tensor and of more than two under the name of the one of two. They are functions: the number of tensors
// decides the type of the examples.

import ApusCore
import ApusData

/// The rows of a tensor: example i is row i.
public func TensorDataset(_ tensor: Tensor) -> TensorRows<Tensor> { TensorRows([tensor]) { $0[0] } }

/// The rows of three tensors with the same size of the first dimension: example i is row i of each.
public func TensorDataset(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> TensorRows<(Tensor, Tensor, Tensor)> {
  TensorRows([a, b, c]) { ($0[0], $0[1], $0[2]) }
}

/// The rows of four tensors with the same size of the first dimension: example i is row i of each.
public func TensorDataset(
  _ a: Tensor, _ b: Tensor, _ c: Tensor, _ d: Tensor
) -> TensorRows<(Tensor, Tensor, Tensor, Tensor)> {
  TensorRows([a, b, c, d]) { ($0[0], $0[1], $0[2], $0[3]) }
}
