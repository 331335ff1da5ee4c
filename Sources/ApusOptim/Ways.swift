import ApusCore

// PyTorch's options that say how a step is computed, which has one way here, and numbers that come as tensors.

extension Optimizer {
  /// Refuses what PyTorch refuses among the ways of computing a step, and what there is none of here.
  func checkWays(foreach: Bool? = nil, fused: Bool? = nil, differentiable: Bool = false) {
    if fused == true && foreach == true {
      report(TensorError(.value, name, "fused and foreach are two ways of one step; pass one of them"))
    }
    if differentiable {
      report(
        TensorError(
          .autograd, name,
          "a step is not recorded for gradients; to differentiate through steps, write them with grad(_:) and functionalCall"
        ))
    }
  }
}

/// The number in a tensor that an optimiser takes in place of one, such as its learning rate.
/// - Parameter owner: whose option it is, for the message.
package func tensorOption(
  _ tensor: Tensor, _ option: String, of owner: String, foreach: Bool? = nil, capturable: Bool = false
) -> Double {
  if tensor.hasFailed { return .nan }
  guard tensor.count == 1, !tensor.dtype.isComplex else {
    report(
      TensorError(
        .value, owner,
        "\(option) as a tensor must have one real element, and it is \(tensor.dtype) of shape \(tensor.shape)"
      ))
    return .nan
  }
  if foreach == true && !capturable {
    report(TensorError(.value, owner, "\(option) as a tensor needs capturable: true where foreach is true"))
  }
  return tensor.detach().to(.float64).item()
}

/// Two numbers in tensors, see ``tensorOption(_:_:of:foreach:capturable:)``.
package func tensorOption(
  _ tensors: (Tensor, Tensor), _ option: String, of owner: String, foreach: Bool? = nil, capturable: Bool = false
) -> (Double, Double) {
  (
    tensorOption(tensors.0, "\(option).0", of: owner, foreach: foreach, capturable: capturable),
    tensorOption(tensors.1, "\(option).1", of: owner, foreach: foreach, capturable: capturable)
  )
}
