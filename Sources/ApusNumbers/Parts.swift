import ApusCore

// Elements that lie in memory as several floating point numbers of one type: put together from tensors of their parts, and
// taken apart.

/// Elements of `dtype` whose parts, in the order of memory, are those of `parts` (broadcast to one shape), of `partType`. There
/// is no gradient through it.
func joinedParts(
  _ parts: [Tensor], _ partType: DType, as dtype: DType, _ operation: String
) throws(TensorError) -> Tensor {
  if let x = parts.first(where: { $0.requiresGrad && Context.isGradientEnabled }) {
    throw TensorError(
      .autograd, operation, "there is no gradient from \(dtype) to its parts of shape \(x.shape); use detach() first")
  }
  var shape = parts[0].shape
  for part in parts.dropFirst() {
    guard let both = broadcastShapes(shape, part.shape) else {
      throw TensorError(
        .shape, operation,
        "the shapes \(parts.map(\.shape)) of the parts of \(dtype) elements cannot be broadcast to one")
    }
    shape = both
  }
  let together = stack(parts.map { $0.to(partType).expand(shape) }, dim: -1)
  if together.hasFailed { return together }
  return Tensor(together.contiguousBody()).part(
    at: 0, TensorType(shape, dtype), strides: rowMajorStrides(shape)
  ).contiguousCopy()
}

/// Part number `i` of each element of `x`, of `partType`.
func elementPart(_ i: Int, of x: Tensor, _ partType: DType, _ operation: String) throws(TensorError) -> Tensor {
  guard !(x.requiresGrad && Context.isGradientEnabled) else {
    throw TensorError(.autograd, operation, "there is no gradient through the parts of \(x.dtype); use detach() first")
  }
  let count = x.dtype.size / partType.size
  let strides = rowMajorStrides(x.shape).map { $0 * count }
  return Tensor(x.contiguousBody()).part(
    at: i * partType.size, TensorType(x.shape, partType), strides: strides
  ).contiguousCopy()
}
