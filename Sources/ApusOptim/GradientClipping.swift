import ApusCore

/// Scales the gradients of `parameters` down so that the norm of all of them together is at most `maxNorm`, as
/// `torch.nn.utils.clip_grad_norm_`.
///
/// - Parameters:
///   - normType: p of the norm; infinity for the largest magnitude.
///   - errorIfNonfinite: report a norm that is infinite or not a number as a mistake.
/// - Returns: the norm before scaling, a tensor with one element.
@discardableResult
public func clipGradNorm(
  _ parameters: [Tensor], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false
) -> Tensor {
  let gradients = parameters.compactMap(\.grad)
  guard let first = gradients.first else { return Tensor(0.0) }
  if Tracer.current != nil && !errorIfNonfinite { return clipCaptured(parameters, gradients, maxNorm, normType) }
  return noGrad {
    let total = gradientNorm(gradients, normType).to(first.dtype)
    if errorIfNonfinite && !total.item().isFinite {
      return fail(
        TensorError(
          .value, "clipGradNorm",
          "the norm of the gradients is \(total.item()); look for an overflow, or pass errorIfNonfinite: false"))
    }
    let factor = total.item().isNaN ? Double.nan : min(1, maxNorm / (total.item() + 1e-6))
    if factor != 1 { scaleGradients(parameters, by: factor) }
    return total
  }
}

/// Cuts every element of the gradients of `parameters` to -clipValue ... clipValue, as `clip_grad_value_`.
public func clipGradValue(_ parameters: [Tensor], clipValue: Double) {
  noGrad {
    for parameter in parameters {
      guard let gradient = parameter.grad else { continue }
      let limit = Tensor(clipValue, dtype: gradient.dtype)
      let above = `where`(gradient.gt(clipValue), limit, gradient)
      parameter.grad = `where`(above.lt(-clipValue), -limit, above)
    }
  }
}

/// The p-norm of all elements together. Squares are summed tensor by tensor, as PyTorch does.
func gradientNorm(_ gradients: [Tensor], _ p: Double) -> Tensor {
  if p == .infinity {
    return Tensor(
      gradients.filter { $0.count > 0 }.map { $0.abs().amax().item() }.reduce(0) { $1.isNaN ? $1 : max($0, $1) },
      dtype: .float64)
  }
  var sum = 0.0
  for gradient in gradients {
    let powers = p == 2 ? gradient.square() : p == 1 ? gradient.abs() : (gradient.abs().log() * p).exp()
    sum += powers.sum().item()
  }
  return Tensor(p == 2 ? sum.squareRoot() : power(sum, 1 / p), dtype: .float64)
}

/// ``clipGradNorm(_:maxNorm:normType:errorIfNonfinite:)`` in a function that is being captured: the norm stays a tensor, and
/// all gradients are multiplied in every call.
private func clipCaptured(
  _ parameters: [Tensor], _ gradients: [Tensor], _ maxNorm: Double, _ p: Double
) -> Tensor {
  noGrad {
    let total: Tensor
    if p == .infinity {
      total = stack(gradients.filter { $0.count > 0 }.map { $0.abs().amax().to(gradients[0].dtype) }).amax()
    } else {
      let powers = gradients.map { gradient in
        (p == 2 ? gradient.square() : p == 1 ? gradient.abs() : gradient.abs().pow(p)).sum().to(gradients[0].dtype)
      }
      let sum = stack(powers).sum()
      total = p == 2 ? sum.sqrt() : p == 1 ? sum : sum.pow(1 / p)
    }
    let factor = (maxNorm / (total + 1e-6)).clamp(max: 1.0)
    for parameter in parameters {
      if let gradient = parameter.grad { parameter.grad = gradient * factor.to(gradient.dtype) }
    }
    return total
  }
}

private func scaleGradients(_ parameters: [Tensor], by factor: Double) {
  for parameter in parameters {
    guard var gradient = parameter.grad else { continue }
    // The variable gives its gradient up first, so that it is scaled where it lies.
    parameter.grad = nil
    gradient *= factor
    parameter.grad = gradient
  }
}
