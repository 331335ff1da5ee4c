import ApusCore

// Functions that layers stand on and that are made of other operations.

/// `y[o] = a @ weight[o] @ b + bias[o]`, PyTorch's `nn.functional.bilinear`.
///
/// - Parameters:
///   - a: `[..., in1]`; b: `[..., in2]` with the same leading dimensions.
///   - weight: `[out, in1, in2]`.
///   - bias: `[out]`.
public func bilinear(_ a: Tensor, _ b: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
  guard weight.rank == 3, let first = a.shape.last, let second = b.shape.last,
    a.shape.dropLast() == b.shape.dropLast(), [first, second] == Array(weight.shape[1...])
  else {
    if !a.isPoisoned && !b.isPoisoned && !weight.isPoisoned {
      report(
        TensorError(
          .shape, "bilinear",
          "a weight of shape \(weight.shape) takes inputs [..., in1] and [..., in2] that agree but for the last "
            + "dimension, and found \(a.shape) and \(b.shape)"))
    }
    return a
  }
  let out = weight.shape[0]
  let rows = a.shape.dropLast().reduce(1, *)
  // a @ weight as one product over all outputs, then the sums with b.
  let left = matmul(a.reshape([rows, first]), weight.permute([1, 0, 2]).reshape([first, out * second]))
  let sums = (left.reshape([rows, out, second]) * b.reshape([rows, 1, second])).sum([2])
  let result = sums.reshape(Array(a.shape.dropLast()) + [out])
  return bias.map { result + $0 } ?? result
}

private func requireSameSize(_ a: Tensor, _ b: Tensor, _ operation: String) -> Bool {
  if a.isPoisoned || b.isPoisoned { return true }
  if a.shape == b.shape { return true }
  report(
    TensorError(.shape, operation, "input and target must have one shape, and found \(a.shape) and \(b.shape)"))
  return false
}

/// The squares of the differences, reduced. Shapes broadcast.
public func mseLoss(_ input: Tensor, _ target: Tensor, reduction: LossReduction = .mean) -> Tensor {
  (input - target).square().reduced(reduction)
}
