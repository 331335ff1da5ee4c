import ApusCore
import ApusFunctional

/// How the states of a text's tokens become one vector.
public enum Pooling: String, Sendable, Hashable {
  /// The mean of all tokens.
  case mean
  /// The first token.
  case cls
  /// The largest value of each feature.
  case max
  /// The last token.
  case lastToken
  /// The sum of all tokens, divided by the root of their number.
  case meanOverRoot
  /// The mean of all tokens, each weighted by its place from 1 on.
  case weightedMean

  /// - Parameters:
  ///   - states: `[batch, length, features]`.
  ///   - mask: 1 where there is a token and 0 where there is padding, `[batch, length]`; nil: everywhere.
  /// - Returns: `[batch, features]`.
  public func callAsFunction(_ states: Tensor, _ mask: Tensor?) -> Tensor {
    switch self {
    case .mean: return states.maskedMean(mask)
    case .cls: return states.select(1, 0)
    case .max:
      guard let mask else { return states.amax([1]) }
      return `where`(mask.ne(0).unsqueeze(-1), states, Tensor.full([], -Double.infinity, dtype: states.dtype)).amax([1])
    case .meanOverRoot:
      let (sum, count) = Self.sums(states, mask.map { $0.ne(0).to(states.dtype) })
      return sum / count.sqrt()
    case .weightedMean:
      let places = (arange(states.size(1)) + 1).to(states.dtype)
      let weights = (mask.map { $0.ne(0).to(states.dtype) } ?? Tensor.ones([1, states.size(1)])) * places
      let (sum, count) = Self.sums(states, weights)
      return sum / count
    case .lastToken:
      guard let mask else { return states.select(1, states.size(1) - 1) }
      let places = (mask.ne(0).to(.int64) * (arange(states.size(1)) + 1)).amax([1]).clamp(min: 1) - 1
      let index = places.reshape([-1, 1, 1]).expand([states.size(0), 1, states.size(2)])
      return states.gather(1, index).squeeze(1)
    }
  }

  /// The sum of the states, each times its weight, and the sum of the weights.
  fileprivate static func sums(_ states: Tensor, _ weights: Tensor?) -> (sum: Tensor, count: Tensor) {
    guard let weights else {
      return (states.sum(1), Tensor.full([1, 1], Double(states.size(1)), dtype: states.dtype))
    }
    // A product of matrices, which reads the states once.
    let sum = matmul(weights.unsqueeze(1), states).squeeze(1)
    return (sum, weights.sum(1, keepDim: true).clamp(min: 1e-9))
  }
}

extension Tensor {
  /// The mean of the states `[batch, length, features]` where `mask` `[batch, length]` is not 0.
  func maskedMean(_ mask: Tensor?) -> Tensor {
    let (sum, count) = Pooling.sums(self, mask.map { $0.ne(0).to(dtype).expand([size(0), size(1)]) })
    return sum / count
  }
}
