import ApusCore

// Dropout: elements or channels set to zero at random, drawn as PyTorch draws them.

/// A tensor of `shape` with 1 at probability `p` and 0 elsewhere, from `generator`'s stream: factors of elements of `dtype`, which are
/// numbers for registered types too.
private func coins(_ shape: [Int], _ dtype: DType, _ p: Double, _ generator: Generator) -> Tensor {
  Draw.tensor("dropout", TensorType(shape, dtype.isCustom ? .float64 : dtype.realType)) {
    try generator.fillBernoulli($0, count: $1, dtype: $2, p: p)
  }
}

/// Zeroes elements at probability `p` and multiplies the others by `1 / (1 - p)`; `x` itself where `training` is false.
public func dropout(
  _ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default
) -> Tensor {
  drop(x, x.shape, p, training, generator, "dropout")
}

/// What `body` makes of `x`, but where nothing or everything is dropped.
private func dropping(
  _ x: Tensor, _ p: Double, _ training: Bool, _ operation: String, _ body: () throws(TensorError) -> Tensor
) -> Tensor {
  attempt(x) { () throws(TensorError) in
    guard p >= 0, p <= 1 else {
      throw TensorError(.value, operation, "the probability must be from 0 to 1, and found \(p)")
    }
    if !training || p == 0 || x.count == 0 { return x }
    if p == 1 { return x * Tensor.zeros([], dtype: x.dtype) }
    return try body()
  }
}

/// Zeroes where the mask of `maskShape` says so.
private func drop(
  _ x: Tensor, _ maskShape: [Int], _ p: Double, _ training: Bool, _ generator: Generator, _ operation: String
) -> Tensor {
  dropping(x, p, training, operation) { () throws(TensorError) in
    guard x.dtype.isInexact else {
      throw TensorError(.dtype, operation, "needs a floating point tensor, and found \(x.dtype)")
    }
    var mask = coins(maskShape, x.dtype, 1 - p, generator)
    mask /= 1 - p
    return x * mask
  }
}

/// The shape of a mask with one element for each channel: `[N, C, 1, ...]`.
private func channelShape(_ x: Tensor) -> [Int] {
  Array(x.shape.prefix(2)) + [Int](repeating: 1, count: max(0, x.rank - 2))
}

/// ``dropout(_:p:training:generator:)`` of whole channels of `[N, C, ...]`, the mask shared by all elements of one.
public func featureDropout(
  _ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default
) -> Tensor {
  if x.hasFailed { return x }
  guard x.rank >= 2 || !training else {
    return fail(
      TensorError(.shape, "feature_dropout", "needs an input with at least 2 dimensions, and found \(x.shape)"))
  }
  return drop(x, channelShape(x), p, training, generator, "feature_dropout")
}

/// Zeroes channels of `[N, C, L]` (or `[C, L]`) at random.
public func dropout1d(
  _ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default
) -> Tensor {
  channels(x, 1, p, training, generator, featureDropout)
}

/// Zeroes channels of `[N, C, H, W]` at random.
public func dropout2d(
  _ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default
) -> Tensor {
  // As in PyTorch, three dimensions count as batch, channel and one spatial dimension.
  if x.rank == 3 {
    warn(
      "dropout2d",
      "Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted "
        + "as shape (N, C, L), where C is the channel dim. To maintain the 1D channel-wise dropout behavior, please switch to "
        + "using dropout1d instead.")
  } else if x.rank != 4, !x.isPoisoned {
    warn(
      "dropout2d",
      "Received a \(x.rank)-D input to dropout2d, which is meant for 2 spatial dimensions, a channel dimension, and an "
        + "optional batch dimension (i.e. 3D or 4D inputs). To retain the behavior and silence this warning, please use "
        + "featureDropout instead.")
  }
  return featureDropout(x, p: p, training: training, generator: generator)
}

/// Zeroes channels of `[N, C, D, H, W]` (or `[C, D, H, W]`) at random.
public func dropout3d(
  _ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default
) -> Tensor {
  channels(x, 3, p, training, generator, featureDropout)
}

/// Gives an unbatched input a batch dimension for the time of `body`.
private func channels(
  _ x: Tensor, _ rank: Int, _ p: Double, _ training: Bool, _ generator: Generator,
  _ body: (Tensor, Double, Bool, Generator) -> Tensor
) -> Tensor {
  if x.hasFailed { return x }
  guard x.rank == rank + 1 || x.rank == rank + 2 else {
    return fail(
      TensorError(
        .shape, "dropout\(rank)d", "needs an input of \(rank + 1) or \(rank + 2) dimensions, and found \(x.shape)"))
  }
  if x.rank == rank + 2 { return body(x, p, training, generator) }
  let result = body(x.unsqueeze(0), p, training, generator)
  return result.hasFailed ? result : result.squeeze([0])
}

/// Dropout that keeps mean and variance of self-normalising activations (SELU): dropped elements become the negative
/// saturation value, and the result is scaled and shifted.
public func alphaDropout(
  _ x: Tensor, p: Double = 0.5, training: Bool = false, generator: Generator = .default
) -> Tensor {
  alphaDrop(x, x.shape, p, training, generator, "alpha_dropout")
}

/// ``alphaDropout(_:p:training:generator:)`` of whole channels of `[N, C, ...]`.
public func featureAlphaDropout(
  _ x: Tensor, p: Double = 0.5, training: Bool = false, generator: Generator = .default
) -> Tensor {
  alphaDrop(x, channelShape(x), p, training, generator, "feature_alpha_dropout")
}

private func alphaDrop(
  _ x: Tensor, _ maskShape: [Int], _ p: Double, _ training: Bool, _ generator: Generator, _ operation: String
) -> Tensor {
  dropping(x, p, training, operation) {
    let alpha = 1.7580993408473766
    let scale = 1 / ((alpha * alpha * p + 1) * (1 - p)).squareRoot()
    let mask = coins(maskShape, x.dtype, 1 - p, generator)
    // Dropped: -alpha scale + alpha scale p; kept: scale x + alpha scale p.
    let shift = (mask - 1) * (alpha * scale) + alpha * scale * p
    return x * (mask * scale) + shift
  }
}

extension Tensor {
  /// A new tensor of `shape` whose elements `fill` writes, in row-major order, told their type: initialisers and random
  /// draws. Elements of registered types are made of numbers of type float64.
  package static func filled(
    _ shape: [Int], _ dtype: DType, _ fill: (UnsafeMutableRawPointer, Int, DType) throws -> Void
  ) rethrows -> Tensor {
    let result = Tensor.uninitialized(shape, dtype.isCustom ? .float64 : dtype)
    try withExtendedLifetime(result) { try fill(result.body.data, result.count, result.dtype) }
    return noGrad { result.to(dtype) }
  }
}

/// `x`, times a slope where it is not positive: drawn from [lower, upper) for each such element in training, their mean
/// otherwise.
public func rrelu(
  _ x: Tensor, lower: Double = 1.0 / 8, upper: Double = 1.0 / 3, training: Bool = false,
  generator: Generator = .default
) -> Tensor {
  if x.hasFailed { return x }
  guard lower <= upper else {
    return fail(
      TensorError(.value, "rrelu", "lower must not exceed upper, and found \(lower) and \(upper)"))
  }
  if !training { return x.leakyRelu(negativeSlope: (lower + upper) / 2) }
  return attempt(x) { () throws(TensorError) in
    x * apply(RandomSlopes(lower: lower, upper: upper, generator: generator), x.detach())
  }
}

/// 1 where an element is positive, and a number drawn from [lower, upper) elsewhere, in row-major order.
private struct RandomSlopes: Primitive {
  let lower: Double
  let upper: Double
  let generator: Generator
  var name: String { "rrelu" }
  var isRandom: Bool { true }
  var takesCustomElements: Bool { true }
  var takesComplexElements: Bool { false }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].dtype.isFloatingPoint else {
      throw TensorError(.dtype, name, "needs a floating point tensor, and found \(inputs[0].dtype)")
    }
    return inputs
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let values = try inputs[0].dense(.float64)
    try results[0].fill(as: .float64) { (out) throws(TensorError) in
      let (from, to) = (values.data.f64, out.data.f64)
      withExtendedLifetime(values) {
        generator.withEngine { engine in
          for i in 0..<values.count { to[i] = from[i] <= 0 ? lower + (upper - lower) * engine.uniform() : 1 }
        }
      }
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil] }
}

extension Registry {
  /// Operations that draw what they drop.
  static let dropouts: [Operation] = [
    dropping("dropout", training: true, dropout),
    dropping("dropout1d", training: true, dropout1d),
    dropping("dropout2d", training: true, dropout2d),
    dropping("dropout3d", training: true, dropout3d),
    .tensor("nn.functional.rrelu rrelu", "input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False")
    {
      try rrelu(
        $0.tensor("input"), lower: $0.double("lower"), upper: $0.double("upper"), training: $0.bool("training"))
    },
    dropping("alpha_dropout", training: false, alphaDropout),
    dropping("feature_alpha_dropout", training: false, featureAlphaDropout),
    .tensor("native_dropout_backward aten.native_dropout_backward", "grad_output, mask, scale") {
      try $0.tensor("grad_output") * $0.tensor("mask") * $0.double("scale")
    },
  ]

  private static func dropping(
    _ name: String, training: Bool, _ function: @escaping @Sendable (Tensor, Double, Bool, Generator) -> Tensor
  ) -> Operation {
    .tensor("nn.functional.\(name)", "input, p=0.5, training=\(training ? "True" : "False"), inplace=False") {
      try function($0.tensor("input"), $0.double("p"), $0.bool("training"), .default)
    }
  }
}
