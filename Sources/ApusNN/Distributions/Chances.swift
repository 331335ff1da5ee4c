import ApusCore
import ApusFunctional
import ApusNumerics

/// Probabilities, given as such or as logits; what is not given follows.
struct Chances: Sendable {
  let isLogits: Bool
  let given: Tensor
  /// Whether they are those of one event, or of several categories in the last dimension.
  let isBinary: Bool

  /// PyTorch's names and constraints of the chance of one event.
  static var ofEvent: KeyValuePairs<String, Constraint> {
    ["probs": constraints.unitInterval, "logits": constraints.real]
  }
  /// PyTorch's names and constraints of those of categories.
  static var ofCategories: KeyValuePairs<String, Constraint> {
    ["probs": constraints.simplex, "logits": constraints.realVector]
  }

  var probs: Tensor {
    if !isLogits { return given }
    return isBinary ? given.sigmoid() : softmax(given, dim: -1)
  }

  var logits: Tensor {
    if isLogits { return given }
    let inner = clampedChances(given)
    return isBinary ? inner.log() - (-inner).log1p() : inner.log()
  }

  func expand(_ shape: [Int]) -> Chances { Chances(isLogits: isLogits, given: given.expand(shape), isBinary: isBinary) }

  /// Normalised chances of categories.
  static func categories(_ given: Tensor, isLogits: Bool, _ distribution: String, _ validateArgs: Bool?) -> Chances {
    if given.hasFailed { return Chances(isLogits: isLogits, given: given, isBinary: false) }
    guard given.rank > 0, given.size(-1) > 0 else {
      let failed = fail(
        TensorError(.shape, distribution, "needs a dimension of categories, and found \(given.shape)"))
      return Chances(isLogits: isLogits, given: failed, isBinary: false)
    }
    // Weights need not sum to 1: what is checked are the probabilities that they give.
    let normalised = isLogits ? given - given.logsumexp([-1], keepDim: true) : given / given.sum([-1], keepDim: true)
    guard validateArgs ?? Validation.isDefault else {
      return Chances(isLogits: isLogits, given: normalised, isBinary: false)
    }
    let name = isLogits ? "logits" : "probs"
    let checked = Validation.parameter(
      normalised, name, isLogits ? constraints.realVector : constraints.simplex,
      "\(distribution)(\(parameterText([(name, normalised)])))")
    return Chances(isLogits: isLogits, given: checked, isBinary: false)
  }

  /// The chance of one event.
  static func event(
    _ given: Tensor, isLogits: Bool, _ distribution: String, _ validateArgs: Bool?,
    _ constraint: Constraint = constraints.unitInterval
  ) -> Chances {
    guard validateArgs ?? Validation.isDefault else {
      return Chances(isLogits: isLogits, given: given, isBinary: true)
    }
    let name = isLogits ? "logits" : "probs"
    let checked = Validation.parameter(
      given, name, isLogits ? constraints.real : constraint, "\(distribution)(\(parameterText([(name, given)])))")
    return Chances(isLogits: isLogits, given: checked, isBinary: true)
  }
}

/// Chances that stay away from 0 and 1.
func clampedChances(_ probs: Tensor) -> Tensor {
  let eps = probs.dtype.roundoff
  return probs.clamp(min: eps, max: 1 - eps)
}
