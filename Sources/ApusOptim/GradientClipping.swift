import ApusCore

/// Scales the gradients of `parameters` down so that the norm of all of them together is at most `maxNorm`, as
/// `torch.nn.utils.clip_grad_norm_`.
///
/// - Parameters:
///   - normType: p of the norm; infinity for the largest magnitude, -infinity for the smallest. 0 counts the gradients that
///     are not zero. The norm is that of the norms of all gradients, as PyTorch's.
///   - errorIfNonfinite: report a norm that is infinite or not a number as a mistake.
///   - foreach: how PyTorch computes it; there is one way here, and it changes nothing.
/// - Returns: the norm before scaling, a tensor with one element.
@discardableResult
public func clipGradNorm(
  _ parameters: [Tensor], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false,
  foreach: Bool? = nil
) -> Tensor {
  if parameters.isEmpty { warn("clip_grad_norm", "`parameters` is empty, no gradient clipping will occur.") }
  guard let dtype = parameters.lazy.compactMap(\.grad).first?.dtype else { return Tensor(0.0) }
  if Tracer.current != nil && !errorIfNonfinite {
    return clipCaptured(parameters, parameters.compactMap(\.grad), maxNorm, normType)
  }
  return noGrad {
    // Nobody holds the gradients afterwards, so that they are scaled where they lie.
    let wide = gradientNorm(parameters.compactMap(\.grad), normType)
    let norm = wide.item()
    if errorIfNonfinite && !norm.isFinite {
      return fail(
        TensorError(
          .value, "clipGradNorm",
          "the norm of the gradients is \(norm); look for an overflow, or pass errorIfNonfinite: false"))
    }
    let factor = norm.isNaN ? Double.nan : min(1, maxNorm / (norm + 1e-6))
    if factor != 1 { scaleGradients(parameters, by: factor) }
    return wide.to(dtype)
  }
}

/// `clipGradNorm(parameters, 1.0)`.
@discardableResult
public func clipGradNorm(
  _ parameters: [Tensor], _ maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false,
  foreach: Bool? = nil
) -> Tensor {
  clipGradNorm(parameters, maxNorm: maxNorm, normType: normType, errorIfNonfinite: errorIfNonfinite)
}

/// ``clipGradNorm(_:maxNorm:normType:errorIfNonfinite:)`` under PyTorch's name.
@discardableResult
public func clipGradNorm_(
  _ parameters: [Tensor], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false,
  foreach: Bool? = nil
) -> Tensor {
  clipGradNorm(parameters, maxNorm: maxNorm, normType: normType, errorIfNonfinite: errorIfNonfinite)
}

/// `clipGradNorm_(parameters, 1.0)`.
@discardableResult
public func clipGradNorm_(
  _ parameters: [Tensor], _ maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false,
  foreach: Bool? = nil
) -> Tensor {
  clipGradNorm(parameters, maxNorm: maxNorm, normType: normType, errorIfNonfinite: errorIfNonfinite)
}

/// `clipGradNorm_(parameter, 1.0)` for a single parameter.
@discardableResult
public func clipGradNorm_(
  _ parameter: Tensor, _ maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false,
  foreach: Bool? = nil
) -> Tensor {
  clipGradNorm([parameter], maxNorm: maxNorm, normType: normType, errorIfNonfinite: errorIfNonfinite)
}

/// The norm of all `tensors` together, mostly gradients: the norm of their norms, as PyTorch's `get_total_norm`.
///
/// - Parameters:
///   - normType: p of the norm, see ``clipGradNorm(_:maxNorm:normType:errorIfNonfinite:foreach:)``.
///   - errorIfNonfinite: report a norm that is infinite or not a number as a mistake.
///   - foreach: how PyTorch computes it; there is one way here, and it changes nothing.
/// - Returns: a tensor with one element, 0 where there are no tensors.
public func getTotalNorm(
  _ tensors: [Tensor], normType: Double = 2, errorIfNonfinite: Bool = false, foreach: Bool? = nil
) -> Tensor {
  guard let first = tensors.first else { return Tensor(0.0) }
  return noGrad {
    let norm = gradientNorm(tensors, normType)
    if errorIfNonfinite && !norm.item().isFinite {
      return fail(
        TensorError(
          .value, "getTotalNorm",
          "the norm of the tensors is \(norm.item()); look for an overflow, or pass errorIfNonfinite: false"))
    }
    return norm.to(first.dtype)
  }
}

/// Scales the gradients of `parameters` down by `maxNorm / (totalNorm + 1e-6)` where that is below 1: the second half of
/// ``clipGradNorm(_:maxNorm:normType:errorIfNonfinite:foreach:)``, with a norm that is known already.
public func clipGradsWithNorm(_ parameters: [Tensor], maxNorm: Double, totalNorm: Tensor, foreach: Bool? = nil) {
  if totalNorm.hasFailed { return }
  guard totalNorm.count == 1 else {
    report(
      TensorError(.shape, "clipGradsWithNorm", "totalNorm must have one element, and has shape \(totalNorm.shape)"))
    return
  }
  noGrad {
    if Tracer.current != nil {
      let factor = (maxNorm / (totalNorm + 1e-6)).clamp(max: 1.0)
      for parameter in parameters {
        if let gradient = parameter.grad { parameter.grad = (gradient * factor).to(gradient.dtype) }
      }
      return
    }
    let norm = totalNorm.detach().to(.float64).item()
    let factor = norm.isNaN ? Double.nan : min(1, maxNorm / (norm + 1e-6))
    if factor != 1 { scaleGradients(parameters, by: factor) }
  }
}

/// ``clipGradsWithNorm(_:maxNorm:totalNorm:foreach:)`` under PyTorch's name.
public func clipGradsWithNorm_(
  _ parameters: [Tensor], _ maxNorm: Double, _ totalNorm: Tensor, foreach: Bool? = nil
) {
  clipGradsWithNorm(parameters, maxNorm: maxNorm, totalNorm: totalNorm)
}

/// `clipGradValue_(parameter, 0.5)` for a single parameter.
public func clipGradValue_(_ parameter: Tensor, _ clipValue: Double) {
  clipGradValue([parameter], clipValue: clipValue)
}

/// `clipGradValue(parameters, 0.5)`.
public func clipGradValue(_ parameters: [Tensor], _ clipValue: Double, foreach: Bool? = nil) {
  clipGradValue(parameters, clipValue: clipValue)
}

/// ``clipGradValue(_:clipValue:)`` under PyTorch's name.
public func clipGradValue_(_ parameters: [Tensor], clipValue: Double, foreach: Bool? = nil) {
  clipGradValue(parameters, clipValue: clipValue)
}

/// `clipGradValue_(parameters, 0.5)`.
public func clipGradValue_(_ parameters: [Tensor], _ clipValue: Double, foreach: Bool? = nil) {
  clipGradValue(parameters, clipValue: clipValue)
}

/// All parameters in a row, as one vector.
public func parametersToVector(_ parameters: [Tensor]) -> Tensor {
  parameters.isEmpty ? Tensor.zeros([0]) : cat(parameters.map { $0.reshape([-1]) }, dim: 0)
}

/// Gives parameters the numbers of `vector`, the row of all of them.
public func vectorToParameters(_ vector: Tensor, _ parameters: [Tensor]) {
  let wanted = parameters.reduce(0) { $0 + $1.count }
  guard vector.rank == 1, vector.count == wanted else {
    if !vector.hasFailed {
      report(
        TensorError(
          .shape, "vectorToParameters",
          "the parameters have \(wanted) elements in all, and the vector has shape \(vector.shape)"))
    }
    return
  }
  noGrad {
    var start = 0
    for parameter in parameters {
      var target = parameter
      target.assign(vector.detach().narrow(0, start, parameter.count).reshape(parameter.shape))
      start += parameter.count
    }
  }
}

/// Cuts every element of the gradients of `parameters` to -clipValue ... clipValue, as `clip_grad_value_`.
public func clipGradValue(_ parameters: [Tensor], clipValue: Double, foreach: Bool? = nil) {
  noGrad {
    for parameter in parameters {
      guard let gradient = parameter.grad else { continue }
      let limit = Tensor(clipValue, dtype: gradient.dtype)
      let above = `where`(gradient.gt(clipValue), limit, gradient)
      parameter.grad = `where`(above.lt(-clipValue), -limit, above)
    }
  }
}

/// The p-norm of the gradients' p-norms, in float64: that of all elements together, but for p = 0. Norms of 16-bit gradients
/// are not rounded to 16 bits.
private func gradientNorm(_ gradients: [Tensor], _ p: Double) -> Tensor {
  let norms = gradients.filter { $0.count > 0 || p.isFinite }.map { gradient in
    let isNarrow = gradient.dtype == .float16 || gradient.dtype == .bfloat16
    return gradient.norm(p, dtype: isNarrow ? .float32 : nil).to(.float64)
  }
  return norms.isEmpty ? Tensor(0.0, dtype: .float64) : stack(norms).norm(p)
}

/// ``clipGradNorm(_:maxNorm:normType:errorIfNonfinite:)`` in a function that is being captured: the norm stays a tensor, and
/// all gradients are multiplied in every call.
private func clipCaptured(
  _ parameters: [Tensor], _ gradients: [Tensor], _ maxNorm: Double, _ p: Double
) -> Tensor {
  noGrad {
    let total = gradientNorm(gradients, p)
    let factor = (maxNorm / (total + 1e-6)).clamp(max: 1.0)
    for parameter in parameters {
      if let gradient = parameter.grad { parameter.grad = (gradient * factor).to(gradient.dtype) }
    }
    return total.to(gradients[0].dtype)
  }
}

/// Multiplies the gradients of `parameters` by `factor`.
package func scaleGradients(_ parameters: [Tensor], by factor: Double) {
  for parameter in parameters {
    guard var gradient = parameter.grad else { continue }
    // The variable gives its gradient up first, so that it is scaled where it lies.
    parameter.grad = nil
    gradient *= factor
    parameter.grad = gradient
  }
}
