// Written by scripts/make-layer-spellings.py.

import ApusCore
import ApusFunctional
import ApusNumerics

/// PyTorch's `torch.nn.functional`, which its users import as `F`: the functions of the library under that name.
public enum F {
  /// ``Tensor/relu``, as a function of one argument.
  public static func relu(_ input: Tensor) -> Tensor { input.relu() }
  /// ``Tensor/relu``; `inplace` has no effect on a value.
  public static func relu(_ input: Tensor, inplace: Bool = false) -> Tensor { input.relu() }
  /// ``Tensor/relu``; `inplace` has no effect on a value.
  public static func relu(_ input: Tensor, _ inplace: Bool) -> Tensor { input.relu() }
  /// ``Tensor/leakyRelu``, as a function of one argument.
  public static func leakyRelu(_ input: Tensor) -> Tensor { input.leakyRelu() }
  /// ``Tensor/leakyRelu``; `inplace` has no effect on a value.
  public static func leakyRelu(_ input: Tensor, negativeSlope: Double = 0.01, inplace: Bool = false) -> Tensor {
    input.leakyRelu(negativeSlope: negativeSlope)
  }
  /// ``Tensor/leakyRelu``; `inplace` has no effect on a value.
  public static func leakyRelu(_ input: Tensor, _ negativeSlope: Double, inplace: Bool = false) -> Tensor {
    input.leakyRelu(negativeSlope: negativeSlope)
  }
  /// ``Tensor/leakyRelu``; `inplace` has no effect on a value.
  public static func leakyRelu(_ input: Tensor, _ negativeSlope: Double, _ inplace: Bool) -> Tensor {
    input.leakyRelu(negativeSlope: negativeSlope)
  }
  /// ``Tensor/elu``, as a function of one argument.
  public static func elu(_ input: Tensor) -> Tensor { input.elu() }
  /// ``Tensor/elu``; `inplace` has no effect on a value.
  public static func elu(_ input: Tensor, alpha: Double = 1, inplace: Bool = false) -> Tensor {
    input.elu(alpha: alpha)
  }
  /// ``Tensor/elu``; `inplace` has no effect on a value.
  public static func elu(_ input: Tensor, _ alpha: Double, inplace: Bool = false) -> Tensor { input.elu(alpha: alpha) }
  /// ``Tensor/elu``; `inplace` has no effect on a value.
  public static func elu(_ input: Tensor, _ alpha: Double, _ inplace: Bool) -> Tensor { input.elu(alpha: alpha) }
  /// ``Tensor/celu``, as a function of one argument.
  public static func celu(_ input: Tensor) -> Tensor { input.celu() }
  /// ``Tensor/celu``; `inplace` has no effect on a value.
  public static func celu(_ input: Tensor, alpha: Double = 1, inplace: Bool = false) -> Tensor {
    input.celu(alpha: alpha)
  }
  /// ``Tensor/celu``; `inplace` has no effect on a value.
  public static func celu(_ input: Tensor, _ alpha: Double, inplace: Bool = false) -> Tensor {
    input.celu(alpha: alpha)
  }
  /// ``Tensor/celu``; `inplace` has no effect on a value.
  public static func celu(_ input: Tensor, _ alpha: Double, _ inplace: Bool) -> Tensor { input.celu(alpha: alpha) }
  /// ``Tensor/softplus``, as a function of one argument.
  public static func softplus(_ input: Tensor) -> Tensor { input.softplus() }
  /// ``Tensor/softplus``.
  public static func softplus(_ input: Tensor, beta: Double = 1, threshold: Double = 20) -> Tensor {
    input.softplus(beta: beta, threshold: threshold)
  }
  /// ``Tensor/softplus``.
  public static func softplus(_ input: Tensor, _ beta: Double, threshold: Double = 20) -> Tensor {
    input.softplus(beta: beta, threshold: threshold)
  }
  /// ``Tensor/softplus``.
  public static func softplus(_ input: Tensor, _ beta: Double, _ threshold: Double) -> Tensor {
    input.softplus(beta: beta, threshold: threshold)
  }
  /// ``Tensor/gelu``, as a function of one argument.
  public static func gelu(_ input: Tensor) -> Tensor { input.gelu() }
  /// ``Tensor/gelu``.
  public static func gelu(_ input: Tensor, approximate: GELUApproximation = .none) -> Tensor {
    input.gelu(approximate: approximate)
  }
  /// ``Tensor/gelu``.
  public static func gelu(_ input: Tensor, _ approximate: GELUApproximation) -> Tensor {
    input.gelu(approximate: approximate)
  }
  /// ``Tensor/hardtanh``, as a function of one argument.
  public static func hardtanh(_ input: Tensor) -> Tensor { input.hardtanh() }
  /// ``Tensor/hardtanh``; `inplace` has no effect on a value.
  public static func hardtanh(_ input: Tensor, minVal: Double = -1, maxVal: Double = 1, inplace: Bool = false) -> Tensor
  { input.hardtanh(minVal: minVal, maxVal: maxVal) }
  /// ``Tensor/hardtanh``; `inplace` has no effect on a value.
  public static func hardtanh(_ input: Tensor, _ minVal: Double, maxVal: Double = 1, inplace: Bool = false) -> Tensor {
    input.hardtanh(minVal: minVal, maxVal: maxVal)
  }
  /// ``Tensor/hardtanh``; `inplace` has no effect on a value.
  public static func hardtanh(_ input: Tensor, _ minVal: Double, _ maxVal: Double, inplace: Bool = false) -> Tensor {
    input.hardtanh(minVal: minVal, maxVal: maxVal)
  }
  /// ``Tensor/hardtanh``; `inplace` has no effect on a value.
  public static func hardtanh(_ input: Tensor, _ minVal: Double, _ maxVal: Double, _ inplace: Bool) -> Tensor {
    input.hardtanh(minVal: minVal, maxVal: maxVal)
  }
  /// ``Tensor/hardshrink``, as a function of one argument.
  public static func hardshrink(_ input: Tensor) -> Tensor { input.hardshrink() }
  /// ``Tensor/hardshrink``.
  public static func hardshrink(_ input: Tensor, lambd: Double = 0.5) -> Tensor { input.hardshrink(lambd: lambd) }
  /// ``Tensor/hardshrink``.
  public static func hardshrink(_ input: Tensor, _ lambd: Double) -> Tensor { input.hardshrink(lambd: lambd) }
  /// ``Tensor/softshrink``, as a function of one argument.
  public static func softshrink(_ input: Tensor) -> Tensor { input.softshrink() }
  /// ``Tensor/softshrink``.
  public static func softshrink(_ input: Tensor, lambd: Double = 0.5) -> Tensor { input.softshrink(lambd: lambd) }
  /// ``Tensor/softshrink``.
  public static func softshrink(_ input: Tensor, _ lambd: Double) -> Tensor { input.softshrink(lambd: lambd) }
  /// ``Tensor/glu``, as a function of one argument.
  public static func glu(_ input: Tensor) -> Tensor { input.glu() }
  /// ``Tensor/glu``.
  public static func glu(_ input: Tensor, dim: Int = -1) -> Tensor { input.glu(dim: dim) }
  /// ``Tensor/glu``.
  public static func glu(_ input: Tensor, _ dim: Int) -> Tensor { input.glu(dim: dim) }
  /// ``Tensor/relu6``, as a function of one argument.
  public static func relu6(_ input: Tensor) -> Tensor { input.relu6() }
  /// ``Tensor/relu6``; `inplace` has no effect on a value.
  public static func relu6(_ input: Tensor, inplace: Bool = false) -> Tensor { input.relu6() }
  /// ``Tensor/relu6``; `inplace` has no effect on a value.
  public static func relu6(_ input: Tensor, _ inplace: Bool) -> Tensor { input.relu6() }
  /// ``Tensor/selu``, as a function of one argument.
  public static func selu(_ input: Tensor) -> Tensor { input.selu() }
  /// ``Tensor/selu``; `inplace` has no effect on a value.
  public static func selu(_ input: Tensor, inplace: Bool = false) -> Tensor { input.selu() }
  /// ``Tensor/selu``; `inplace` has no effect on a value.
  public static func selu(_ input: Tensor, _ inplace: Bool) -> Tensor { input.selu() }
  /// ``Tensor/silu``, as a function of one argument.
  public static func silu(_ input: Tensor) -> Tensor { input.silu() }
  /// ``Tensor/silu``; `inplace` has no effect on a value.
  public static func silu(_ input: Tensor, inplace: Bool = false) -> Tensor { input.silu() }
  /// ``Tensor/silu``; `inplace` has no effect on a value.
  public static func silu(_ input: Tensor, _ inplace: Bool) -> Tensor { input.silu() }
  /// ``Tensor/mish``, as a function of one argument.
  public static func mish(_ input: Tensor) -> Tensor { input.mish() }
  /// ``Tensor/mish``; `inplace` has no effect on a value.
  public static func mish(_ input: Tensor, inplace: Bool = false) -> Tensor { input.mish() }
  /// ``Tensor/mish``; `inplace` has no effect on a value.
  public static func mish(_ input: Tensor, _ inplace: Bool) -> Tensor { input.mish() }
  /// ``Tensor/sigmoid``.
  public static func sigmoid(_ input: Tensor) -> Tensor { input.sigmoid() }
  /// ``Tensor/tanh``.
  public static func tanh(_ input: Tensor) -> Tensor { input.tanh() }
  /// ``Tensor/logSigmoid``.
  public static func logSigmoid(_ input: Tensor) -> Tensor { input.logSigmoid() }
  /// ``Tensor/softsign``.
  public static func softsign(_ input: Tensor) -> Tensor { input.softsign() }
  /// ``Tensor/tanhshrink``.
  public static func tanhshrink(_ input: Tensor) -> Tensor { input.tanhshrink() }
  /// ``Tensor/hardsigmoid``, as a function of one argument.
  public static func hardsigmoid(_ input: Tensor) -> Tensor { input.hardsigmoid() }
  /// ``Tensor/hardsigmoid``; `inplace` has no effect on a value.
  public static func hardsigmoid(_ input: Tensor, inplace: Bool = false) -> Tensor { input.hardsigmoid() }
  /// ``Tensor/hardsigmoid``; `inplace` has no effect on a value.
  public static func hardsigmoid(_ input: Tensor, _ inplace: Bool) -> Tensor { input.hardsigmoid() }
  /// ``Tensor/hardswish``, as a function of one argument.
  public static func hardswish(_ input: Tensor) -> Tensor { input.hardswish() }
  /// ``Tensor/hardswish``; `inplace` has no effect on a value.
  public static func hardswish(_ input: Tensor, inplace: Bool = false) -> Tensor { input.hardswish() }
  /// ``Tensor/hardswish``; `inplace` has no effect on a value.
  public static func hardswish(_ input: Tensor, _ inplace: Bool) -> Tensor { input.hardswish() }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, attnMask: Tensor? = nil, dropoutP: Double = 0,
    isCausal: Bool = false, scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil,
    softCap: Double? = nil, position: Int = 0, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, dropoutP: Double = 0, isCausal: Bool = false,
    scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, isCausal: Bool = false,
    scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool,
    scale: Double? = nil, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool,
    _ scale: Double?, enableGQA: Bool = false, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool,
    _ scale: Double?, _ enableGQA: Bool, slidingWindow: Int? = nil, softCap: Double? = nil, position: Int = 0,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool,
    _ scale: Double?, _ enableGQA: Bool, _ slidingWindow: Int?, softCap: Double? = nil, position: Int = 0,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool,
    _ scale: Double?, _ enableGQA: Bool, _ slidingWindow: Int?, _ softCap: Double?, position: Int = 0,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``scaledDotProductAttention`` of the library.
  public static func scaledDotProductAttention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ attnMask: Tensor?, _ dropoutP: Double, _ isCausal: Bool,
    _ scale: Double?, _ enableGQA: Bool, _ slidingWindow: Int?, _ softCap: Double?, _ position: Int,
    generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.scaledDotProductAttention(
      query, key, value, attnMask: attnMask, dropoutP: dropoutP, isCausal: isCausal, scale: scale, enableGQA: enableGQA,
      slidingWindow: slidingWindow, softCap: softCap, position: position, generator: generator)
  }
  /// The function ``dropout`` of the library.
  public static func dropout(_ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.dropout(x, p: p, training: training, generator: generator) }
  /// The function ``dropout`` of the library.
  public static func dropout(_ x: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default) -> Tensor
  { ApusFunctional.dropout(x, p: p, training: training, generator: generator) }
  /// The function ``dropout`` of the library.
  public static func dropout(_ x: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor {
    ApusFunctional.dropout(x, p: p, training: training, generator: generator)
  }
  /// The function ``featureDropout`` of the library.
  public static func featureDropout(
    _ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default
  ) -> Tensor { ApusFunctional.featureDropout(x, p: p, training: training, generator: generator) }
  /// The function ``featureDropout`` of the library.
  public static func featureDropout(_ x: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.featureDropout(x, p: p, training: training, generator: generator) }
  /// The function ``featureDropout`` of the library.
  public static func featureDropout(_ x: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.featureDropout(x, p: p, training: training, generator: generator) }
  /// The function ``dropout1d`` of the library.
  public static func dropout1d(_ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.dropout1d(x, p: p, training: training, generator: generator) }
  /// The function ``dropout1d`` of the library.
  public static func dropout1d(_ x: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.dropout1d(x, p: p, training: training, generator: generator) }
  /// The function ``dropout1d`` of the library.
  public static func dropout1d(_ x: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor {
    ApusFunctional.dropout1d(x, p: p, training: training, generator: generator)
  }
  /// The function ``dropout2d`` of the library.
  public static func dropout2d(_ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.dropout2d(x, p: p, training: training, generator: generator) }
  /// The function ``dropout2d`` of the library.
  public static func dropout2d(_ x: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.dropout2d(x, p: p, training: training, generator: generator) }
  /// The function ``dropout2d`` of the library.
  public static func dropout2d(_ x: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor {
    ApusFunctional.dropout2d(x, p: p, training: training, generator: generator)
  }
  /// The function ``dropout3d`` of the library.
  public static func dropout3d(_ x: Tensor, p: Double = 0.5, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.dropout3d(x, p: p, training: training, generator: generator) }
  /// The function ``dropout3d`` of the library.
  public static func dropout3d(_ x: Tensor, _ p: Double, training: Bool = true, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.dropout3d(x, p: p, training: training, generator: generator) }
  /// The function ``dropout3d`` of the library.
  public static func dropout3d(_ x: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor {
    ApusFunctional.dropout3d(x, p: p, training: training, generator: generator)
  }
  /// The function ``alphaDropout`` of the library.
  public static func alphaDropout(_ x: Tensor, p: Double = 0.5, training: Bool = false, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.alphaDropout(x, p: p, training: training, generator: generator) }
  /// The function ``alphaDropout`` of the library.
  public static func alphaDropout(_ x: Tensor, _ p: Double, training: Bool = false, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.alphaDropout(x, p: p, training: training, generator: generator) }
  /// The function ``alphaDropout`` of the library.
  public static func alphaDropout(_ x: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default) -> Tensor
  { ApusFunctional.alphaDropout(x, p: p, training: training, generator: generator) }
  /// The function ``featureAlphaDropout`` of the library.
  public static func featureAlphaDropout(
    _ x: Tensor, p: Double = 0.5, training: Bool = false, generator: Generator = .default
  ) -> Tensor { ApusFunctional.featureAlphaDropout(x, p: p, training: training, generator: generator) }
  /// The function ``featureAlphaDropout`` of the library.
  public static func featureAlphaDropout(
    _ x: Tensor, _ p: Double, training: Bool = false, generator: Generator = .default
  ) -> Tensor { ApusFunctional.featureAlphaDropout(x, p: p, training: training, generator: generator) }
  /// The function ``featureAlphaDropout`` of the library.
  public static func featureAlphaDropout(_ x: Tensor, _ p: Double, _ training: Bool, generator: Generator = .default)
    -> Tensor
  { ApusFunctional.featureAlphaDropout(x, p: p, training: training, generator: generator) }
  /// The function ``rrelu`` of the library.
  public static func rrelu(
    _ x: Tensor, lower: Double = 1.0 / 8, upper: Double = 1.0 / 3, training: Bool = false,
    generator: Generator = .default
  ) -> Tensor { ApusFunctional.rrelu(x, lower: lower, upper: upper, training: training, generator: generator) }
  /// The function ``rrelu`` of the library.
  public static func rrelu(
    _ x: Tensor, _ lower: Double, upper: Double = 1.0 / 3, training: Bool = false, generator: Generator = .default
  ) -> Tensor { ApusFunctional.rrelu(x, lower: lower, upper: upper, training: training, generator: generator) }
  /// The function ``rrelu`` of the library.
  public static func rrelu(
    _ x: Tensor, _ lower: Double, _ upper: Double, training: Bool = false, generator: Generator = .default
  ) -> Tensor { ApusFunctional.rrelu(x, lower: lower, upper: upper, training: training, generator: generator) }
  /// The function ``rrelu`` of the library.
  public static func rrelu(
    _ x: Tensor, _ lower: Double, _ upper: Double, _ training: Bool, generator: Generator = .default
  ) -> Tensor { ApusFunctional.rrelu(x, lower: lower, upper: upper, training: training, generator: generator) }
  /// The function ``embedding`` of the library.
  public static func embedding(
    _ indices: Tensor, _ weight: Tensor, paddingIdx: Int? = nil, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false
  ) -> Tensor {
    ApusFunctional.embedding(
      indices, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      sparse: sparse)
  }
  /// The function ``embedding`` of the library.
  public static func embedding(
    _ indices: Tensor, _ weight: Tensor, _ paddingIdx: Int?, maxNorm: Double? = nil, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false
  ) -> Tensor {
    ApusFunctional.embedding(
      indices, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      sparse: sparse)
  }
  /// The function ``embedding`` of the library.
  public static func embedding(
    _ indices: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, normType: Double = 2,
    scaleGradByFreq: Bool = false, sparse: Bool = false
  ) -> Tensor {
    ApusFunctional.embedding(
      indices, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      sparse: sparse)
  }
  /// The function ``embedding`` of the library.
  public static func embedding(
    _ indices: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double,
    scaleGradByFreq: Bool = false, sparse: Bool = false
  ) -> Tensor {
    ApusFunctional.embedding(
      indices, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      sparse: sparse)
  }
  /// The function ``embedding`` of the library.
  public static func embedding(
    _ indices: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double,
    _ scaleGradByFreq: Bool, sparse: Bool = false
  ) -> Tensor {
    ApusFunctional.embedding(
      indices, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      sparse: sparse)
  }
  /// The function ``embedding`` of the library.
  public static func embedding(
    _ indices: Tensor, _ weight: Tensor, _ paddingIdx: Int?, _ maxNorm: Double?, _ normType: Double,
    _ scaleGradByFreq: Bool, _ sparse: Bool
  ) -> Tensor {
    ApusFunctional.embedding(
      indices, weight, paddingIdx: paddingIdx, maxNorm: maxNorm, normType: normType, scaleGradByFreq: scaleGradByFreq,
      sparse: sparse)
  }
  /// The function ``oneHot`` of the library.
  public static func oneHot(_ indices: Tensor, numClasses: Int = -1) -> Tensor {
    ApusFunctional.oneHot(indices, numClasses: numClasses)
  }
  /// The function ``oneHot`` of the library.
  public static func oneHot(_ indices: Tensor, _ numClasses: Int) -> Tensor {
    ApusFunctional.oneHot(indices, numClasses: numClasses)
  }
  /// The function ``gumbelSoftmax`` of the library.
  public static func gumbelSoftmax(
    _ logits: Tensor, tau: Double = 1, hard: Bool = false, dim: Int = -1, generator: Generator = .default
  ) -> Tensor { ApusFunctional.gumbelSoftmax(logits, tau: tau, hard: hard, dim: dim, generator: generator) }
  /// The function ``gumbelSoftmax`` of the library.
  public static func gumbelSoftmax(
    _ logits: Tensor, _ tau: Double, hard: Bool = false, dim: Int = -1, generator: Generator = .default
  ) -> Tensor { ApusFunctional.gumbelSoftmax(logits, tau: tau, hard: hard, dim: dim, generator: generator) }
  /// The function ``gumbelSoftmax`` of the library.
  public static func gumbelSoftmax(
    _ logits: Tensor, _ tau: Double, _ hard: Bool, dim: Int = -1, generator: Generator = .default
  ) -> Tensor { ApusFunctional.gumbelSoftmax(logits, tau: tau, hard: hard, dim: dim, generator: generator) }
  /// The function ``gumbelSoftmax`` of the library.
  public static func gumbelSoftmax(
    _ logits: Tensor, _ tau: Double, _ hard: Bool, _ dim: Int, generator: Generator = .default
  ) -> Tensor { ApusFunctional.gumbelSoftmax(logits, tau: tau, hard: hard, dim: dim, generator: generator) }
  /// The function ``multiHeadAttentionForward`` of the library.
  public static func multiHeadAttentionForward(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ embedDimToCheck: Int, _ numHeads: Int, _ inProjWeight: Tensor?,
    _ inProjBias: Tensor?, _ biasK: Tensor?, _ biasV: Tensor?, _ addZeroAttn: Bool, _ dropoutP: Double,
    _ outProjWeight: Tensor, _ outProjBias: Tensor?, training: Bool = true, keyPaddingMask: Tensor? = nil,
    needWeights: Bool = true, attnMask: Tensor? = nil, useSeparateProjWeight: Bool = false, qProjWeight: Tensor? = nil,
    kProjWeight: Tensor? = nil, vProjWeight: Tensor? = nil, staticK: Tensor? = nil, staticV: Tensor? = nil,
    averageAttnWeights: Bool = true, isCausal: Bool = false
  ) -> (Tensor, Tensor?) {
    ApusFunctional.multiHeadAttentionForward(
      query, key, value, embedDimToCheck, numHeads, inProjWeight, inProjBias, biasK, biasV, addZeroAttn, dropoutP,
      outProjWeight, outProjBias, training: training, keyPaddingMask: keyPaddingMask, needWeights: needWeights,
      attnMask: attnMask, useSeparateProjWeight: useSeparateProjWeight, qProjWeight: qProjWeight,
      kProjWeight: kProjWeight, vProjWeight: vProjWeight, staticK: staticK, staticV: staticV,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), _ groups: Int
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    _ dilation: (repeat each Dilation), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv1d`` of the library.
  public static func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    _ dilation: (repeat each Dilation), _ groups: Int
  ) -> Tensor {
    ApusFunctional.conv1d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), _ groups: Int
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    _ dilation: (repeat each Dilation), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv2d`` of the library.
  public static func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    _ dilation: (repeat each Dilation), _ groups: Int
  ) -> Tensor {
    ApusFunctional.conv2d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ dilation: (repeat each Dilation), _ groups: Int
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    dilation: (repeat each Dilation) = (), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    _ dilation: (repeat each Dilation), groups: Int = 1
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``conv3d`` of the library.
  public static func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
    _ dilation: (repeat each Dilation), _ groups: Int
  ) -> Tensor {
    ApusFunctional.conv3d(
      x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
      groups: groups)
  }
  /// The function ``convTranspose1d`` of the library.
  public static func convTranspose1d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1,
    dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose1d`` of the library.
  public static func convTranspose1d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1,
    dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose1d`` of the library.
  public static func convTranspose1d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose1d`` of the library.
  public static func convTranspose1d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose1d`` of the library.
  public static func convTranspose1d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose1d`` of the library.
  public static func convTranspose1d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), _ groups: Int, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose1d`` of the library.
  public static func convTranspose1d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), _ groups: Int, _ dilation: (repeat each Dilation)
  ) -> Tensor {
    ApusFunctional.convTranspose1d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose2d`` of the library.
  public static func convTranspose2d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1,
    dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose2d`` of the library.
  public static func convTranspose2d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1,
    dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose2d`` of the library.
  public static func convTranspose2d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose2d`` of the library.
  public static func convTranspose2d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose2d`` of the library.
  public static func convTranspose2d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose2d`` of the library.
  public static func convTranspose2d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), _ groups: Int, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose2d`` of the library.
  public static func convTranspose2d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), _ groups: Int, _ dilation: (repeat each Dilation)
  ) -> Tensor {
    ApusFunctional.convTranspose2d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose3d`` of the library.
  public static func convTranspose3d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1,
    dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose3d`` of the library.
  public static func convTranspose3d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: (repeat each Stride) = (),
    padding: (repeat each Margin) = (), outputPadding: (repeat each Extra) = (), groups: Int = 1,
    dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose3d`` of the library.
  public static func convTranspose3d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
    outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose3d`` of the library.
  public static func convTranspose3d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose3d`` of the library.
  public static func convTranspose3d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), groups: Int = 1, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose3d`` of the library.
  public static func convTranspose3d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), _ groups: Int, dilation: (repeat each Dilation) = ()
  ) -> Tensor {
    ApusFunctional.convTranspose3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``convTranspose3d`` of the library.
  public static func convTranspose3d<
    each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
    _ outputPadding: (repeat each Extra), _ groups: Int, _ dilation: (repeat each Dilation)
  ) -> Tensor {
    ApusFunctional.convTranspose3d(
      x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
      outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
  }
  /// The function ``gridSample`` of the library.
  public static func gridSample(
    _ input: Tensor, _ grid: Tensor, mode: GridSampleMode = .bilinear, paddingMode: GridPaddingMode = .zeros,
    alignCorners: Bool = false
  ) -> Tensor {
    ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners)
  }
  /// The function ``gridSample`` of the library.
  public static func gridSample(
    _ input: Tensor, _ grid: Tensor, _ mode: GridSampleMode, paddingMode: GridPaddingMode = .zeros,
    alignCorners: Bool = false
  ) -> Tensor {
    ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners)
  }
  /// The function ``gridSample`` of the library.
  public static func gridSample(
    _ input: Tensor, _ grid: Tensor, _ mode: GridSampleMode, _ paddingMode: GridPaddingMode, alignCorners: Bool = false
  ) -> Tensor {
    ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners)
  }
  /// The function ``gridSample`` of the library.
  public static func gridSample(
    _ input: Tensor, _ grid: Tensor, _ mode: GridSampleMode, _ paddingMode: GridPaddingMode, _ alignCorners: Bool
  ) -> Tensor {
    ApusFunctional.gridSample(input, grid, mode: mode, paddingMode: paddingMode, alignCorners: alignCorners)
  }
  /// The function ``affineGrid`` of the library.
  public static func affineGrid(_ theta: Tensor, size: [Int], alignCorners: Bool = false) -> Tensor {
    ApusFunctional.affineGrid(theta, size, alignCorners: alignCorners)
  }
  /// The function ``affineGrid`` of the library.
  public static func affineGrid(_ theta: Tensor, _ size: [Int], alignCorners: Bool = false) -> Tensor {
    ApusFunctional.affineGrid(theta, size, alignCorners: alignCorners)
  }
  /// The function ``affineGrid`` of the library.
  public static func affineGrid(_ theta: Tensor, _ size: [Int], _ alignCorners: Bool) -> Tensor {
    ApusFunctional.affineGrid(theta, size, alignCorners: alignCorners)
  }
  /// The function ``pixelShuffle`` of the library.
  public static func pixelShuffle(_ x: Tensor, upscaleFactor: Int) -> Tensor {
    ApusFunctional.pixelShuffle(x, upscaleFactor)
  }
  /// The function ``pixelShuffle`` of the library.
  public static func pixelShuffle(_ x: Tensor, _ upscaleFactor: Int) -> Tensor {
    ApusFunctional.pixelShuffle(x, upscaleFactor)
  }
  /// The function ``pixelUnshuffle`` of the library.
  public static func pixelUnshuffle(_ x: Tensor, downscaleFactor: Int) -> Tensor {
    ApusFunctional.pixelUnshuffle(x, downscaleFactor)
  }
  /// The function ``pixelUnshuffle`` of the library.
  public static func pixelUnshuffle(_ x: Tensor, _ downscaleFactor: Int) -> Tensor {
    ApusFunctional.pixelUnshuffle(x, downscaleFactor)
  }
  /// The function ``channelShuffle`` of the library.
  public static func channelShuffle(_ x: Tensor, groups: Int) -> Tensor { ApusFunctional.channelShuffle(x, groups) }
  /// The function ``channelShuffle`` of the library.
  public static func channelShuffle(_ x: Tensor, _ groups: Int) -> Tensor { ApusFunctional.channelShuffle(x, groups) }
  /// The function ``unfold`` of the library.
  public static func unfold<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
  >(
    _ x: Tensor, kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
    padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.unfold(
      x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The function ``unfold`` of the library.
  public static func unfold<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
    padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.unfold(
      x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The function ``unfold`` of the library.
  public static func unfold<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
    padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.unfold(
      x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The function ``unfold`` of the library.
  public static func unfold<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
    _ padding: (repeat each Padding), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.unfold(
      x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The function ``unfold`` of the library.
  public static func unfold<
    each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
    _ padding: (repeat each Padding), _ stride: (repeat each Stride)
  ) -> Tensor {
    ApusFunctional.unfold(
      x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
      stride: (repeat each stride))
  }
  /// The function ``fold`` of the library.
  public static func fold<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
    each Stride: SpatialSize
  >(
    _ x: Tensor, outputSize: (repeat each Size), kernelSize: (repeat each Kernel),
    dilation: (repeat each Dilation) = (), padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.fold(
      x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The function ``fold`` of the library.
  public static func fold<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
    each Stride: SpatialSize
  >(
    _ x: Tensor, _ outputSize: (repeat each Size), kernelSize: (repeat each Kernel),
    dilation: (repeat each Dilation) = (), padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.fold(
      x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The function ``fold`` of the library.
  public static func fold<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
    each Stride: SpatialSize
  >(
    _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel),
    dilation: (repeat each Dilation) = (), padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.fold(
      x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The function ``fold`` of the library.
  public static func fold<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
    each Stride: SpatialSize
  >(
    _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel),
    _ dilation: (repeat each Dilation), padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.fold(
      x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The function ``fold`` of the library.
  public static func fold<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
    each Stride: SpatialSize
  >(
    _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel),
    _ dilation: (repeat each Dilation), _ padding: (repeat each Padding), stride: (repeat each Stride) = ()
  ) -> Tensor {
    ApusFunctional.fold(
      x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The function ``fold`` of the library.
  public static func fold<
    each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
    each Stride: SpatialSize
  >(
    _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel),
    _ dilation: (repeat each Dilation), _ padding: (repeat each Padding), _ stride: (repeat each Stride)
  ) -> Tensor {
    ApusFunctional.fold(
      x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
      padding: (repeat each padding), stride: (repeat each stride))
  }
  /// The function ``interpolate`` of the library.
  public static func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ x: Tensor, size: (repeat each Size) = (), scaleFactor: (repeat each Scale) = (),
    mode: InterpolationMode = .nearest, alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false,
    antialias: Bool = false
  ) -> Tensor {
    ApusFunctional.interpolate(
      x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
      recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
  }
  /// The function ``interpolate`` of the library.
  public static func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ x: Tensor, _ size: (repeat each Size), scaleFactor: (repeat each Scale) = (), mode: InterpolationMode = .nearest,
    alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false, antialias: Bool = false
  ) -> Tensor {
    ApusFunctional.interpolate(
      x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
      recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
  }
  /// The function ``interpolate`` of the library.
  public static func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), mode: InterpolationMode = .nearest,
    alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false, antialias: Bool = false
  ) -> Tensor {
    ApusFunctional.interpolate(
      x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
      recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
  }
  /// The function ``interpolate`` of the library.
  public static func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
    alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false, antialias: Bool = false
  ) -> Tensor {
    ApusFunctional.interpolate(
      x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
      recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
  }
  /// The function ``interpolate`` of the library.
  public static func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
    _ alignCorners: Bool?, recomputeScaleFactor: Bool = false, antialias: Bool = false
  ) -> Tensor {
    ApusFunctional.interpolate(
      x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
      recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
  }
  /// The function ``interpolate`` of the library.
  public static func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
    _ alignCorners: Bool?, _ recomputeScaleFactor: Bool, antialias: Bool = false
  ) -> Tensor {
    ApusFunctional.interpolate(
      x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
      recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
  }
  /// The function ``interpolate`` of the library.
  public static func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
    _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
    _ alignCorners: Bool?, _ recomputeScaleFactor: Bool, _ antialias: Bool
  ) -> Tensor {
    ApusFunctional.interpolate(
      x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
      recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, inputLengths: [Int], targetLengths: [Int], blank: Int = 0,
    reduction: LossReduction = .mean, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: [Int], targetLengths: [Int], blank: Int = 0,
    reduction: LossReduction = .mean, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], blank: Int = 0,
    reduction: LossReduction = .mean, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], _ blank: Int,
    reduction: LossReduction = .mean, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], _ blank: Int,
    _ reduction: LossReduction, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int], _ blank: Int,
    _ reduction: LossReduction, _ zeroInfinity: Bool
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, blank: Int = 0,
    reduction: LossReduction = .mean, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, _ blank: Int,
    reduction: LossReduction = .mean, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, _ blank: Int,
    _ reduction: LossReduction, zeroInfinity: Bool = false
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``ctcLoss`` of the library.
  public static func ctcLoss(
    _ logProbs: Tensor, _ targets: Tensor, _ inputLengths: Tensor, _ targetLengths: Tensor, _ blank: Int,
    _ reduction: LossReduction, _ zeroInfinity: Bool
  ) -> Tensor {
    ApusFunctional.ctcLoss(
      logProbs, targets, inputLengths, targetLengths, blank: blank, reduction: reduction, zeroInfinity: zeroInfinity)
  }
  /// The function ``crossEntropy`` of the library.
  public static func crossEntropy(
    _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean,
    labelSmoothing: Double = 0
  ) -> Tensor {
    ApusFunctional.crossEntropy(
      x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
  /// The function ``crossEntropy`` of the library.
  public static func crossEntropy(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, ignoreIndex: Int = -100, reduction: LossReduction = .mean,
    labelSmoothing: Double = 0
  ) -> Tensor {
    ApusFunctional.crossEntropy(
      x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
  /// The function ``crossEntropy`` of the library.
  public static func crossEntropy(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, reduction: LossReduction = .mean,
    labelSmoothing: Double = 0
  ) -> Tensor {
    ApusFunctional.crossEntropy(
      x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
  /// The function ``crossEntropy`` of the library.
  public static func crossEntropy(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction,
    labelSmoothing: Double = 0
  ) -> Tensor {
    ApusFunctional.crossEntropy(
      x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
  /// The function ``crossEntropy`` of the library.
  public static func crossEntropy(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction,
    _ labelSmoothing: Double
  ) -> Tensor {
    ApusFunctional.crossEntropy(
      x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
  /// The function ``nllLoss`` of the library.
  public static func nllLoss(
    _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.nllLoss(x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }
  /// The function ``nllLoss`` of the library.
  public static func nllLoss(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, ignoreIndex: Int = -100, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.nllLoss(x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }
  /// The function ``nllLoss`` of the library.
  public static func nllLoss(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.nllLoss(x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }
  /// The function ``nllLoss`` of the library.
  public static func nllLoss(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: LossReduction
  ) -> Tensor { ApusFunctional.nllLoss(x, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction) }
  /// The function ``pairwiseDistance`` of the library.
  public static func pairwiseDistance(
    _ x1: Tensor, _ x2: Tensor, p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false
  ) -> Tensor { ApusFunctional.pairwiseDistance(x1, x2, p: p, eps: eps, keepDim: keepDim) }
  /// The function ``pairwiseDistance`` of the library.
  public static func pairwiseDistance(
    _ x1: Tensor, _ x2: Tensor, _ p: Double, eps: Double = 1e-6, keepDim: Bool = false
  ) -> Tensor { ApusFunctional.pairwiseDistance(x1, x2, p: p, eps: eps, keepDim: keepDim) }
  /// The function ``pairwiseDistance`` of the library.
  public static func pairwiseDistance(_ x1: Tensor, _ x2: Tensor, _ p: Double, _ eps: Double, keepDim: Bool = false)
    -> Tensor
  { ApusFunctional.pairwiseDistance(x1, x2, p: p, eps: eps, keepDim: keepDim) }
  /// The function ``pairwiseDistance`` of the library.
  public static func pairwiseDistance(_ x1: Tensor, _ x2: Tensor, _ p: Double, _ eps: Double, _ keepDim: Bool) -> Tensor
  { ApusFunctional.pairwiseDistance(x1, x2, p: p, eps: eps, keepDim: keepDim) }
  /// The function ``cosineSimilarity`` of the library.
  public static func cosineSimilarity(_ x1: Tensor, _ x2: Tensor, dim: Int = 1, eps: Double = 1e-8) -> Tensor {
    ApusFunctional.cosineSimilarity(x1, x2, dim: dim, eps: eps)
  }
  /// The function ``cosineSimilarity`` of the library.
  public static func cosineSimilarity(_ x1: Tensor, _ x2: Tensor, _ dim: Int, eps: Double = 1e-8) -> Tensor {
    ApusFunctional.cosineSimilarity(x1, x2, dim: dim, eps: eps)
  }
  /// The function ``cosineSimilarity`` of the library.
  public static func cosineSimilarity(_ x1: Tensor, _ x2: Tensor, _ dim: Int, _ eps: Double) -> Tensor {
    ApusFunctional.cosineSimilarity(x1, x2, dim: dim, eps: eps)
  }
  /// The function ``cdist`` of the library.
  public static func cdist(
    _ x1: Tensor, _ x2: Tensor, p: Double = 2, computeMode: DistanceMode = .useMMForEuclidDistIfNecessary
  ) -> Tensor { ApusFunctional.cdist(x1, x2, p: p, computeMode: computeMode) }
  /// The function ``cdist`` of the library.
  public static func cdist(
    _ x1: Tensor, _ x2: Tensor, _ p: Double, computeMode: DistanceMode = .useMMForEuclidDistIfNecessary
  ) -> Tensor { ApusFunctional.cdist(x1, x2, p: p, computeMode: computeMode) }
  /// The function ``cdist`` of the library.
  public static func cdist(_ x1: Tensor, _ x2: Tensor, _ p: Double, _ computeMode: DistanceMode) -> Tensor {
    ApusFunctional.cdist(x1, x2, p: p, computeMode: computeMode)
  }
  /// The function ``pdist`` of the library.
  public static func pdist(_ x: Tensor, p: Double = 2) -> Tensor { ApusFunctional.pdist(x, p: p) }
  /// The function ``pdist`` of the library.
  public static func pdist(_ x: Tensor, _ p: Double) -> Tensor { ApusFunctional.pdist(x, p: p) }
  /// The function ``mseLoss`` of the library.
  public static func mseLoss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil)
    -> Tensor
  { ApusFunctional.mseLoss(x, target, reduction: reduction, weight: weight) }
  /// The function ``mseLoss`` of the library.
  public static func mseLoss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, weight: Tensor? = nil) -> Tensor
  { ApusFunctional.mseLoss(x, target, reduction: reduction, weight: weight) }
  /// The function ``mseLoss`` of the library.
  public static func mseLoss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, _ weight: Tensor?) -> Tensor {
    ApusFunctional.mseLoss(x, target, reduction: reduction, weight: weight)
  }
  /// The function ``l1Loss`` of the library.
  public static func l1Loss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, weight: Tensor? = nil)
    -> Tensor
  { ApusFunctional.l1Loss(x, target, reduction: reduction, weight: weight) }
  /// The function ``l1Loss`` of the library.
  public static func l1Loss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, weight: Tensor? = nil) -> Tensor
  { ApusFunctional.l1Loss(x, target, reduction: reduction, weight: weight) }
  /// The function ``l1Loss`` of the library.
  public static func l1Loss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, _ weight: Tensor?) -> Tensor {
    ApusFunctional.l1Loss(x, target, reduction: reduction, weight: weight)
  }
  /// The function ``smoothL1Loss`` of the library.
  public static func smoothL1Loss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, beta: Double = 1)
    -> Tensor
  { ApusFunctional.smoothL1Loss(x, target, reduction: reduction, beta: beta) }
  /// The function ``smoothL1Loss`` of the library.
  public static func smoothL1Loss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, beta: Double = 1) -> Tensor
  { ApusFunctional.smoothL1Loss(x, target, reduction: reduction, beta: beta) }
  /// The function ``smoothL1Loss`` of the library.
  public static func smoothL1Loss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, _ beta: Double) -> Tensor {
    ApusFunctional.smoothL1Loss(x, target, reduction: reduction, beta: beta)
  }
  /// The function ``huberLoss`` of the library.
  public static func huberLoss(
    _ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, delta: Double = 1, weight: Tensor? = nil
  ) -> Tensor { ApusFunctional.huberLoss(x, target, reduction: reduction, delta: delta, weight: weight) }
  /// The function ``huberLoss`` of the library.
  public static func huberLoss(
    _ x: Tensor, _ target: Tensor, _ reduction: LossReduction, delta: Double = 1, weight: Tensor? = nil
  ) -> Tensor { ApusFunctional.huberLoss(x, target, reduction: reduction, delta: delta, weight: weight) }
  /// The function ``huberLoss`` of the library.
  public static func huberLoss(
    _ x: Tensor, _ target: Tensor, _ reduction: LossReduction, _ delta: Double, weight: Tensor? = nil
  ) -> Tensor { ApusFunctional.huberLoss(x, target, reduction: reduction, delta: delta, weight: weight) }
  /// The function ``huberLoss`` of the library.
  public static func huberLoss(
    _ x: Tensor, _ target: Tensor, _ reduction: LossReduction, _ delta: Double, _ weight: Tensor?
  ) -> Tensor { ApusFunctional.huberLoss(x, target, reduction: reduction, delta: delta, weight: weight) }
  /// The function ``binaryCrossEntropy`` of the library.
  public static func binaryCrossEntropy(
    _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.binaryCrossEntropy(x, target, weight: weight, reduction: reduction) }
  /// The function ``binaryCrossEntropy`` of the library.
  public static func binaryCrossEntropy(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.binaryCrossEntropy(x, target, weight: weight, reduction: reduction) }
  /// The function ``binaryCrossEntropy`` of the library.
  public static func binaryCrossEntropy(_ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ reduction: LossReduction)
    -> Tensor
  { ApusFunctional.binaryCrossEntropy(x, target, weight: weight, reduction: reduction) }
  /// The function ``binaryCrossEntropyWithLogits`` of the library.
  public static func binaryCrossEntropyWithLogits(
    _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean, posWeight: Tensor? = nil
  ) -> Tensor {
    ApusFunctional.binaryCrossEntropyWithLogits(x, target, weight: weight, reduction: reduction, posWeight: posWeight)
  }
  /// The function ``binaryCrossEntropyWithLogits`` of the library.
  public static func binaryCrossEntropyWithLogits(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, reduction: LossReduction = .mean, posWeight: Tensor? = nil
  ) -> Tensor {
    ApusFunctional.binaryCrossEntropyWithLogits(x, target, weight: weight, reduction: reduction, posWeight: posWeight)
  }
  /// The function ``binaryCrossEntropyWithLogits`` of the library.
  public static func binaryCrossEntropyWithLogits(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ reduction: LossReduction, posWeight: Tensor? = nil
  ) -> Tensor {
    ApusFunctional.binaryCrossEntropyWithLogits(x, target, weight: weight, reduction: reduction, posWeight: posWeight)
  }
  /// The function ``binaryCrossEntropyWithLogits`` of the library.
  public static func binaryCrossEntropyWithLogits(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ reduction: LossReduction, _ posWeight: Tensor?
  ) -> Tensor {
    ApusFunctional.binaryCrossEntropyWithLogits(x, target, weight: weight, reduction: reduction, posWeight: posWeight)
  }
  /// The function ``klDiv`` of the library.
  public static func klDiv(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, logTarget: Bool = false)
    -> Tensor
  { ApusFunctional.klDiv(x, target, reduction: reduction, logTarget: logTarget) }
  /// The function ``klDiv`` of the library.
  public static func klDiv(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, logTarget: Bool = false) -> Tensor
  { ApusFunctional.klDiv(x, target, reduction: reduction, logTarget: logTarget) }
  /// The function ``klDiv`` of the library.
  public static func klDiv(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, _ logTarget: Bool) -> Tensor {
    ApusFunctional.klDiv(x, target, reduction: reduction, logTarget: logTarget)
  }
  /// The function ``klDivLoss`` of the library.
  public static func klDivLoss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean, logTarget: Bool = false)
    -> Tensor
  { ApusFunctional.klDivLoss(x, target, reduction: reduction, logTarget: logTarget) }
  /// The function ``klDivLoss`` of the library.
  public static func klDivLoss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, logTarget: Bool = false)
    -> Tensor
  { ApusFunctional.klDivLoss(x, target, reduction: reduction, logTarget: logTarget) }
  /// The function ``klDivLoss`` of the library.
  public static func klDivLoss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction, _ logTarget: Bool) -> Tensor {
    ApusFunctional.klDivLoss(x, target, reduction: reduction, logTarget: logTarget)
  }
  /// The function ``poissonNLLLoss`` of the library.
  public static func poissonNLLLoss(
    _ x: Tensor, _ target: Tensor, logInput: Bool = true, full: Bool = false, eps: Double = 1e-8,
    reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.poissonNLLLoss(x, target, logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The function ``poissonNLLLoss`` of the library.
  public static func poissonNLLLoss(
    _ x: Tensor, _ target: Tensor, _ logInput: Bool, full: Bool = false, eps: Double = 1e-8,
    reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.poissonNLLLoss(x, target, logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The function ``poissonNLLLoss`` of the library.
  public static func poissonNLLLoss(
    _ x: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, eps: Double = 1e-8, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.poissonNLLLoss(x, target, logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The function ``poissonNLLLoss`` of the library.
  public static func poissonNLLLoss(
    _ x: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, _ eps: Double, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.poissonNLLLoss(x, target, logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The function ``poissonNLLLoss`` of the library.
  public static func poissonNLLLoss(
    _ x: Tensor, _ target: Tensor, _ logInput: Bool, _ full: Bool, _ eps: Double, _ reduction: LossReduction
  ) -> Tensor {
    ApusFunctional.poissonNLLLoss(x, target, logInput: logInput, full: full, eps: eps, reduction: reduction)
  }
  /// The function ``gaussianNLLLoss`` of the library.
  public static func gaussianNLLLoss(
    _ x: Tensor, _ target: Tensor, _ variance: Tensor, full: Bool = false, eps: Double = 1e-6,
    reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.gaussianNLLLoss(x, target, variance, full: full, eps: eps, reduction: reduction) }
  /// The function ``gaussianNLLLoss`` of the library.
  public static func gaussianNLLLoss(
    _ x: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, eps: Double = 1e-6,
    reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.gaussianNLLLoss(x, target, variance, full: full, eps: eps, reduction: reduction) }
  /// The function ``gaussianNLLLoss`` of the library.
  public static func gaussianNLLLoss(
    _ x: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, _ eps: Double, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.gaussianNLLLoss(x, target, variance, full: full, eps: eps, reduction: reduction) }
  /// The function ``gaussianNLLLoss`` of the library.
  public static func gaussianNLLLoss(
    _ x: Tensor, _ target: Tensor, _ variance: Tensor, _ full: Bool, _ eps: Double, _ reduction: LossReduction
  ) -> Tensor { ApusFunctional.gaussianNLLLoss(x, target, variance, full: full, eps: eps, reduction: reduction) }
  /// The function ``linearCrossEntropy`` of the library.
  public static func linearCrossEntropy(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, linearBias: Tensor? = nil, weight: Tensor? = nil,
    reduction: LossReduction = .mean, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) -> Tensor {
    ApusFunctional.linearCrossEntropy(
      x, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex,
      labelSmoothing: labelSmoothing, options: options)
  }
  /// The function ``linearCrossEntropy`` of the library.
  public static func linearCrossEntropy(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ linearBias: Tensor?, weight: Tensor? = nil,
    reduction: LossReduction = .mean, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) -> Tensor {
    ApusFunctional.linearCrossEntropy(
      x, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex,
      labelSmoothing: labelSmoothing, options: options)
  }
  /// The function ``linearCrossEntropy`` of the library.
  public static func linearCrossEntropy(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ linearBias: Tensor?, _ weight: Tensor?,
    reduction: LossReduction = .mean, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) -> Tensor {
    ApusFunctional.linearCrossEntropy(
      x, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex,
      labelSmoothing: labelSmoothing, options: options)
  }
  /// The function ``linearCrossEntropy`` of the library.
  public static func linearCrossEntropy(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ linearBias: Tensor?, _ weight: Tensor?,
    _ reduction: LossReduction, ignoreIndex: Int? = nil, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) -> Tensor {
    ApusFunctional.linearCrossEntropy(
      x, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex,
      labelSmoothing: labelSmoothing, options: options)
  }
  /// The function ``linearCrossEntropy`` of the library.
  public static func linearCrossEntropy(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ linearBias: Tensor?, _ weight: Tensor?,
    _ reduction: LossReduction, _ ignoreIndex: Int?, labelSmoothing: Double = 0,
    options: LinearCrossEntropyOptions? = nil
  ) -> Tensor {
    ApusFunctional.linearCrossEntropy(
      x, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex,
      labelSmoothing: labelSmoothing, options: options)
  }
  /// The function ``linearCrossEntropy`` of the library.
  public static func linearCrossEntropy(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ linearBias: Tensor?, _ weight: Tensor?,
    _ reduction: LossReduction, _ ignoreIndex: Int?, _ labelSmoothing: Double, options: LinearCrossEntropyOptions? = nil
  ) -> Tensor {
    ApusFunctional.linearCrossEntropy(
      x, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex,
      labelSmoothing: labelSmoothing, options: options)
  }
  /// The function ``linearCrossEntropy`` of the library.
  public static func linearCrossEntropy(
    _ x: Tensor, _ linearWeight: Tensor, _ target: Tensor, _ linearBias: Tensor?, _ weight: Tensor?,
    _ reduction: LossReduction, _ ignoreIndex: Int?, _ labelSmoothing: Double, _ options: LinearCrossEntropyOptions?
  ) -> Tensor {
    ApusFunctional.linearCrossEntropy(
      x, linearWeight, target, linearBias: linearBias, weight: weight, reduction: reduction, ignoreIndex: ignoreIndex,
      labelSmoothing: labelSmoothing, options: options)
  }
  /// The function ``linearLogProbabilities`` of the library.
  public static func linearLogProbabilities(_ x: Tensor, _ weight: Tensor, _ targets: Tensor, ignoreIndex: Int = -100)
    -> Tensor
  { ApusFunctional.linearLogProbabilities(x, weight, targets, ignoreIndex: ignoreIndex) }
  /// The function ``linearLogProbabilities`` of the library.
  public static func linearLogProbabilities(_ x: Tensor, _ weight: Tensor, _ targets: Tensor, _ ignoreIndex: Int)
    -> Tensor
  { ApusFunctional.linearLogProbabilities(x, weight, targets, ignoreIndex: ignoreIndex) }
  /// The function ``hingeEmbeddingLoss`` of the library.
  public static func hingeEmbeddingLoss(
    _ x: Tensor, _ target: Tensor, margin: Double = 1, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.hingeEmbeddingLoss(x, target, margin: margin, reduction: reduction) }
  /// The function ``hingeEmbeddingLoss`` of the library.
  public static func hingeEmbeddingLoss(
    _ x: Tensor, _ target: Tensor, _ margin: Double, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.hingeEmbeddingLoss(x, target, margin: margin, reduction: reduction) }
  /// The function ``hingeEmbeddingLoss`` of the library.
  public static func hingeEmbeddingLoss(_ x: Tensor, _ target: Tensor, _ margin: Double, _ reduction: LossReduction)
    -> Tensor
  { ApusFunctional.hingeEmbeddingLoss(x, target, margin: margin, reduction: reduction) }
  /// The function ``marginRankingLoss`` of the library.
  public static func marginRankingLoss(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.marginRankingLoss(x1, x2, target, margin: margin, reduction: reduction) }
  /// The function ``marginRankingLoss`` of the library.
  public static func marginRankingLoss(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.marginRankingLoss(x1, x2, target, margin: margin, reduction: reduction) }
  /// The function ``marginRankingLoss`` of the library.
  public static func marginRankingLoss(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, _ reduction: LossReduction
  ) -> Tensor { ApusFunctional.marginRankingLoss(x1, x2, target, margin: margin, reduction: reduction) }
  /// The function ``softMarginLoss`` of the library.
  public static func softMarginLoss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean) -> Tensor {
    ApusFunctional.softMarginLoss(x, target, reduction: reduction)
  }
  /// The function ``softMarginLoss`` of the library.
  public static func softMarginLoss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction) -> Tensor {
    ApusFunctional.softMarginLoss(x, target, reduction: reduction)
  }
  /// The function ``cosineEmbeddingLoss`` of the library.
  public static func cosineEmbeddingLoss(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, margin: Double = 0, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.cosineEmbeddingLoss(x1, x2, target, margin: margin, reduction: reduction) }
  /// The function ``cosineEmbeddingLoss`` of the library.
  public static func cosineEmbeddingLoss(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.cosineEmbeddingLoss(x1, x2, target, margin: margin, reduction: reduction) }
  /// The function ``cosineEmbeddingLoss`` of the library.
  public static func cosineEmbeddingLoss(
    _ x1: Tensor, _ x2: Tensor, _ target: Tensor, _ margin: Double, _ reduction: LossReduction
  ) -> Tensor { ApusFunctional.cosineEmbeddingLoss(x1, x2, target, margin: margin, reduction: reduction) }
  /// The function ``tripletMarginLoss`` of the library.
  public static func tripletMarginLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2, eps: Double = 1e-6,
    swap: Bool = false, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginLoss(
      anchor, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginLoss`` of the library.
  public static func tripletMarginLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, p: Double = 2, eps: Double = 1e-6,
    swap: Bool = false, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginLoss(
      anchor, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginLoss`` of the library.
  public static func tripletMarginLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, eps: Double = 1e-6,
    swap: Bool = false, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginLoss(
      anchor, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginLoss`` of the library.
  public static func tripletMarginLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, _ eps: Double,
    swap: Bool = false, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginLoss(
      anchor, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginLoss`` of the library.
  public static func tripletMarginLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, _ eps: Double,
    _ swap: Bool, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginLoss(
      anchor, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginLoss`` of the library.
  public static func tripletMarginLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ margin: Double, _ p: Double, _ eps: Double,
    _ swap: Bool, _ reduction: LossReduction
  ) -> Tensor {
    ApusFunctional.tripletMarginLoss(
      anchor, positive, negative, margin: margin, p: p, eps: eps, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginWithDistanceLoss`` of the library.
  public static func tripletMarginWithDistanceLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor,
    distanceFunction: (Tensor, Tensor) -> Tensor = { pairwiseDistance($0, $1) }, margin: Double = 1, swap: Bool = false,
    reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginWithDistanceLoss(
      anchor, positive, negative, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginWithDistanceLoss`` of the library.
  public static func tripletMarginWithDistanceLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ distanceFunction: (Tensor, Tensor) -> Tensor,
    margin: Double = 1, swap: Bool = false, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginWithDistanceLoss(
      anchor, positive, negative, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginWithDistanceLoss`` of the library.
  public static func tripletMarginWithDistanceLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ distanceFunction: (Tensor, Tensor) -> Tensor,
    _ margin: Double, swap: Bool = false, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginWithDistanceLoss(
      anchor, positive, negative, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction)
  }
  /// The function ``tripletMarginWithDistanceLoss`` of the library.
  public static func tripletMarginWithDistanceLoss(
    _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, _ distanceFunction: (Tensor, Tensor) -> Tensor,
    _ margin: Double, _ swap: Bool, reduction: LossReduction = .mean
  ) -> Tensor {
    ApusFunctional.tripletMarginWithDistanceLoss(
      anchor, positive, negative, distanceFunction: distanceFunction, margin: margin, swap: swap, reduction: reduction)
  }
  /// The function ``multiMarginLoss`` of the library.
  public static func multiMarginLoss(
    _ x: Tensor, _ target: Tensor, p: Int = 1, margin: Double = 1, weight: Tensor? = nil,
    reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.multiMarginLoss(x, target, p: p, margin: margin, weight: weight, reduction: reduction) }
  /// The function ``multiMarginLoss`` of the library.
  public static func multiMarginLoss(
    _ x: Tensor, _ target: Tensor, _ p: Int, margin: Double = 1, weight: Tensor? = nil, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.multiMarginLoss(x, target, p: p, margin: margin, weight: weight, reduction: reduction) }
  /// The function ``multiMarginLoss`` of the library.
  public static func multiMarginLoss(
    _ x: Tensor, _ target: Tensor, _ p: Int, _ margin: Double, weight: Tensor? = nil, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.multiMarginLoss(x, target, p: p, margin: margin, weight: weight, reduction: reduction) }
  /// The function ``multiMarginLoss`` of the library.
  public static func multiMarginLoss(
    _ x: Tensor, _ target: Tensor, _ p: Int, _ margin: Double, _ weight: Tensor?, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.multiMarginLoss(x, target, p: p, margin: margin, weight: weight, reduction: reduction) }
  /// The function ``multiMarginLoss`` of the library.
  public static func multiMarginLoss(
    _ x: Tensor, _ target: Tensor, _ p: Int, _ margin: Double, _ weight: Tensor?, _ reduction: LossReduction
  ) -> Tensor { ApusFunctional.multiMarginLoss(x, target, p: p, margin: margin, weight: weight, reduction: reduction) }
  /// The function ``multilabelMarginLoss`` of the library.
  public static func multilabelMarginLoss(_ x: Tensor, _ target: Tensor, reduction: LossReduction = .mean) -> Tensor {
    ApusFunctional.multilabelMarginLoss(x, target, reduction: reduction)
  }
  /// The function ``multilabelMarginLoss`` of the library.
  public static func multilabelMarginLoss(_ x: Tensor, _ target: Tensor, _ reduction: LossReduction) -> Tensor {
    ApusFunctional.multilabelMarginLoss(x, target, reduction: reduction)
  }
  /// The function ``multilabelSoftMarginLoss`` of the library.
  public static func multilabelSoftMarginLoss(
    _ x: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.multilabelSoftMarginLoss(x, target, weight: weight, reduction: reduction) }
  /// The function ``multilabelSoftMarginLoss`` of the library.
  public static func multilabelSoftMarginLoss(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, reduction: LossReduction = .mean
  ) -> Tensor { ApusFunctional.multilabelSoftMarginLoss(x, target, weight: weight, reduction: reduction) }
  /// The function ``multilabelSoftMarginLoss`` of the library.
  public static func multilabelSoftMarginLoss(
    _ x: Tensor, _ target: Tensor, _ weight: Tensor?, _ reduction: LossReduction
  ) -> Tensor { ApusFunctional.multilabelSoftMarginLoss(x, target, weight: weight, reduction: reduction) }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, runningMean: Tensor? = nil, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
    training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
    training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, weight: Tensor? = nil, bias: Tensor? = nil,
    training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, bias: Tensor? = nil,
    training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?,
    training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ training: Bool,
    momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ training: Bool,
    _ momentum: Double, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``batchNorm`` of the library.
  public static func batchNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ training: Bool,
    _ momentum: Double, _ eps: Double
  ) -> Tensor {
    ApusFunctional.batchNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, training: training,
      momentum: momentum, eps: eps)
  }
  /// The function ``groupNorm`` of the library.
  public static func groupNorm(
    _ x: Tensor, numGroups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor { ApusFunctional.groupNorm(x, numGroups, weight: weight, bias: bias, eps: eps) }
  /// The function ``groupNorm`` of the library.
  public static func groupNorm(
    _ x: Tensor, _ numGroups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor { ApusFunctional.groupNorm(x, numGroups, weight: weight, bias: bias, eps: eps) }
  /// The function ``groupNorm`` of the library.
  public static func groupNorm(
    _ x: Tensor, _ numGroups: Int, _ weight: Tensor?, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor { ApusFunctional.groupNorm(x, numGroups, weight: weight, bias: bias, eps: eps) }
  /// The function ``groupNorm`` of the library.
  public static func groupNorm(_ x: Tensor, _ numGroups: Int, _ weight: Tensor?, _ bias: Tensor?, eps: Double = 1e-5)
    -> Tensor
  { ApusFunctional.groupNorm(x, numGroups, weight: weight, bias: bias, eps: eps) }
  /// The function ``groupNorm`` of the library.
  public static func groupNorm(_ x: Tensor, _ numGroups: Int, _ weight: Tensor?, _ bias: Tensor?, _ eps: Double)
    -> Tensor
  { ApusFunctional.groupNorm(x, numGroups, weight: weight, bias: bias, eps: eps) }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, runningMean: Tensor? = nil, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
    useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
    useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, weight: Tensor? = nil, bias: Tensor? = nil,
    useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, bias: Tensor? = nil,
    useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?,
    useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?,
    _ useInputStats: Bool, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?,
    _ useInputStats: Bool, _ momentum: Double, eps: Double = 1e-5
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``instanceNorm`` of the library.
  public static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?,
    _ useInputStats: Bool, _ momentum: Double, _ eps: Double
  ) -> Tensor {
    ApusFunctional.instanceNorm(
      x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, useInputStats: useInputStats,
      momentum: momentum, eps: eps)
  }
  /// The function ``layerNorm`` of the library.
  public static func layerNorm(
    _ x: Tensor, normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor { ApusFunctional.layerNorm(x, normalizedShape, weight: weight, bias: bias, eps: eps) }
  /// The function ``layerNorm`` of the library.
  public static func layerNorm(
    _ x: Tensor, _ normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor { ApusFunctional.layerNorm(x, normalizedShape, weight: weight, bias: bias, eps: eps) }
  /// The function ``layerNorm`` of the library.
  public static func layerNorm(
    _ x: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor { ApusFunctional.layerNorm(x, normalizedShape, weight: weight, bias: bias, eps: eps) }
  /// The function ``layerNorm`` of the library.
  public static func layerNorm(
    _ x: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, _ bias: Tensor?, eps: Double = 1e-5
  ) -> Tensor { ApusFunctional.layerNorm(x, normalizedShape, weight: weight, bias: bias, eps: eps) }
  /// The function ``layerNorm`` of the library.
  public static func layerNorm(_ x: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, _ bias: Tensor?, _ eps: Double)
    -> Tensor
  { ApusFunctional.layerNorm(x, normalizedShape, weight: weight, bias: bias, eps: eps) }
  /// The function ``rmsNorm`` of the library.
  public static func rmsNorm(_ x: Tensor, normalizedShape: [Int], weight: Tensor? = nil, eps: Double? = nil) -> Tensor {
    ApusFunctional.rmsNorm(x, normalizedShape, weight: weight, eps: eps)
  }
  /// The function ``rmsNorm`` of the library.
  public static func rmsNorm(_ x: Tensor, _ normalizedShape: [Int], weight: Tensor? = nil, eps: Double? = nil) -> Tensor
  { ApusFunctional.rmsNorm(x, normalizedShape, weight: weight, eps: eps) }
  /// The function ``rmsNorm`` of the library.
  public static func rmsNorm(_ x: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, eps: Double? = nil) -> Tensor {
    ApusFunctional.rmsNorm(x, normalizedShape, weight: weight, eps: eps)
  }
  /// The function ``rmsNorm`` of the library.
  public static func rmsNorm(_ x: Tensor, _ normalizedShape: [Int], _ weight: Tensor?, _ eps: Double?) -> Tensor {
    ApusFunctional.rmsNorm(x, normalizedShape, weight: weight, eps: eps)
  }
  /// The function ``localResponseNorm`` of the library.
  public static func localResponseNorm(_ x: Tensor, size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1)
    -> Tensor
  { ApusFunctional.localResponseNorm(x, size, alpha: alpha, beta: beta, k: k) }
  /// The function ``localResponseNorm`` of the library.
  public static func localResponseNorm(
    _ x: Tensor, _ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1
  ) -> Tensor { ApusFunctional.localResponseNorm(x, size, alpha: alpha, beta: beta, k: k) }
  /// The function ``localResponseNorm`` of the library.
  public static func localResponseNorm(_ x: Tensor, _ size: Int, _ alpha: Double, beta: Double = 0.75, k: Double = 1)
    -> Tensor
  { ApusFunctional.localResponseNorm(x, size, alpha: alpha, beta: beta, k: k) }
  /// The function ``localResponseNorm`` of the library.
  public static func localResponseNorm(_ x: Tensor, _ size: Int, _ alpha: Double, _ beta: Double, k: Double = 1)
    -> Tensor
  { ApusFunctional.localResponseNorm(x, size, alpha: alpha, beta: beta, k: k) }
  /// The function ``localResponseNorm`` of the library.
  public static func localResponseNorm(_ x: Tensor, _ size: Int, _ alpha: Double, _ beta: Double, _ k: Double) -> Tensor
  { ApusFunctional.localResponseNorm(x, size, alpha: alpha, beta: beta, k: k) }
  /// The function ``normalize`` of the library.
  public static func normalize(_ x: Tensor, p: Double = 2, dim: Int = 1, eps: Double = 1e-12) -> Tensor {
    ApusFunctional.normalize(x, p: p, dim: dim, eps: eps)
  }
  /// The function ``normalize`` of the library.
  public static func normalize(_ x: Tensor, _ p: Double, dim: Int = 1, eps: Double = 1e-12) -> Tensor {
    ApusFunctional.normalize(x, p: p, dim: dim, eps: eps)
  }
  /// The function ``normalize`` of the library.
  public static func normalize(_ x: Tensor, _ p: Double, _ dim: Int, eps: Double = 1e-12) -> Tensor {
    ApusFunctional.normalize(x, p: p, dim: dim, eps: eps)
  }
  /// The function ``normalize`` of the library.
  public static func normalize(_ x: Tensor, _ p: Double, _ dim: Int, _ eps: Double) -> Tensor {
    ApusFunctional.normalize(x, p: p, dim: dim, eps: eps)
  }
  /// The function ``softmax`` of the library.
  public static func softmax(_ x: Tensor, dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.softmax(x, dim: dim, dtype: dtype)
  }
  /// The function ``softmax`` of the library.
  public static func softmax(_ x: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.softmax(x, dim: dim, dtype: dtype)
  }
  /// The function ``logSoftmax`` of the library.
  public static func logSoftmax(_ x: Tensor, dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.logSoftmax(x, dim: dim, dtype: dtype)
  }
  /// The function ``logSoftmax`` of the library.
  public static func logSoftmax(_ x: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.logSoftmax(x, dim: dim, dtype: dtype)
  }
  /// The function ``softmin`` of the library.
  public static func softmin(_ x: Tensor, dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.softmin(x, dim: dim, dtype: dtype)
  }
  /// The function ``softmin`` of the library.
  public static func softmin(_ x: Tensor, _ dim: Int, dtype: DType? = nil) -> Tensor {
    ApusFunctional.softmin(x, dim: dim, dtype: dtype)
  }
  /// The function ``adaptiveAvgPool1d`` of the library.
  public static func adaptiveAvgPool1d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
    ApusFunctional.adaptiveAvgPool1d(x, (repeat each outputSize))
  }
  /// The function ``adaptiveAvgPool1d`` of the library.
  public static func adaptiveAvgPool1d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor
  { ApusFunctional.adaptiveAvgPool1d(x, (repeat each outputSize)) }
  /// The function ``adaptiveAvgPool2d`` of the library.
  public static func adaptiveAvgPool2d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
    ApusFunctional.adaptiveAvgPool2d(x, (repeat each outputSize))
  }
  /// The function ``adaptiveAvgPool2d`` of the library.
  public static func adaptiveAvgPool2d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor
  { ApusFunctional.adaptiveAvgPool2d(x, (repeat each outputSize)) }
  /// The function ``adaptiveAvgPool3d`` of the library.
  public static func adaptiveAvgPool3d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
    ApusFunctional.adaptiveAvgPool3d(x, (repeat each outputSize))
  }
  /// The function ``adaptiveAvgPool3d`` of the library.
  public static func adaptiveAvgPool3d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor
  { ApusFunctional.adaptiveAvgPool3d(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool1dWithIndices`` of the library.
  public static func adaptiveMaxPool1dWithIndices<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size))
    -> (output: Tensor, indices: Tensor)
  { ApusFunctional.adaptiveMaxPool1dWithIndices(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool1dWithIndices`` of the library.
  public static func adaptiveMaxPool1dWithIndices<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size))
    -> (output: Tensor, indices: Tensor)
  { ApusFunctional.adaptiveMaxPool1dWithIndices(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool2dWithIndices`` of the library.
  public static func adaptiveMaxPool2dWithIndices<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size))
    -> (output: Tensor, indices: Tensor)
  { ApusFunctional.adaptiveMaxPool2dWithIndices(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool2dWithIndices`` of the library.
  public static func adaptiveMaxPool2dWithIndices<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size))
    -> (output: Tensor, indices: Tensor)
  { ApusFunctional.adaptiveMaxPool2dWithIndices(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool3dWithIndices`` of the library.
  public static func adaptiveMaxPool3dWithIndices<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size))
    -> (output: Tensor, indices: Tensor)
  { ApusFunctional.adaptiveMaxPool3dWithIndices(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool3dWithIndices`` of the library.
  public static func adaptiveMaxPool3dWithIndices<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size))
    -> (output: Tensor, indices: Tensor)
  { ApusFunctional.adaptiveMaxPool3dWithIndices(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool1d`` of the library.
  public static func adaptiveMaxPool1d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
    ApusFunctional.adaptiveMaxPool1d(x, (repeat each outputSize))
  }
  /// The function ``adaptiveMaxPool1d`` of the library.
  public static func adaptiveMaxPool1d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor
  { ApusFunctional.adaptiveMaxPool1d(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool2d`` of the library.
  public static func adaptiveMaxPool2d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
    ApusFunctional.adaptiveMaxPool2d(x, (repeat each outputSize))
  }
  /// The function ``adaptiveMaxPool2d`` of the library.
  public static func adaptiveMaxPool2d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor
  { ApusFunctional.adaptiveMaxPool2d(x, (repeat each outputSize)) }
  /// The function ``adaptiveMaxPool3d`` of the library.
  public static func adaptiveMaxPool3d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
    ApusFunctional.adaptiveMaxPool3d(x, (repeat each outputSize))
  }
  /// The function ``adaptiveMaxPool3d`` of the library.
  public static func adaptiveMaxPool3d<each Size: SpatialSize>(_ x: Tensor, _ outputSize: (repeat each Size)) -> Tensor
  { ApusFunctional.adaptiveMaxPool3d(x, (repeat each outputSize)) }
  /// The function ``avgPool1d`` of the library.
  public static func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true
  ) -> Tensor {
    ApusFunctional.avgPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }
  /// The function ``avgPool1d`` of the library.
  public static func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true
  ) -> Tensor {
    ApusFunctional.avgPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }
  /// The function ``avgPool1d`` of the library.
  public static func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true
  ) -> Tensor {
    ApusFunctional.avgPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }
  /// The function ``avgPool1d`` of the library.
  public static func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    ceilMode: Bool = false, countIncludePad: Bool = true
  ) -> Tensor {
    ApusFunctional.avgPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }
  /// The function ``avgPool1d`` of the library.
  public static func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, countIncludePad: Bool = true
  ) -> Tensor {
    ApusFunctional.avgPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }
  /// The function ``avgPool1d`` of the library.
  public static func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, _ countIncludePad: Bool
  ) -> Tensor {
    ApusFunctional.avgPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad)
  }
  /// The function ``avgPool2d`` of the library.
  public static func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true,
    divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool2d`` of the library.
  public static func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true,
    divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool2d`` of the library.
  public static func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true,
    divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool2d`` of the library.
  public static func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool2d`` of the library.
  public static func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool2d`` of the library.
  public static func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, _ countIncludePad: Bool, divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool2d`` of the library.
  public static func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, _ countIncludePad: Bool, _ divisorOverride: Int?
  ) -> Tensor {
    ApusFunctional.avgPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool3d`` of the library.
  public static func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true,
    divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool3d`` of the library.
  public static func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true,
    divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool3d`` of the library.
  public static func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), ceilMode: Bool = false, countIncludePad: Bool = true,
    divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool3d`` of the library.
  public static func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool3d`` of the library.
  public static func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, countIncludePad: Bool = true, divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool3d`` of the library.
  public static func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, _ countIncludePad: Bool, divisorOverride: Int? = nil
  ) -> Tensor {
    ApusFunctional.avgPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``avgPool3d`` of the library.
  public static func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ ceilMode: Bool, _ countIncludePad: Bool, _ divisorOverride: Int?
  ) -> Tensor {
    ApusFunctional.avgPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
      countIncludePad: countIncludePad, divisorOverride: divisorOverride)
  }
  /// The function ``lpPool1d`` of the library.
  public static func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool1d`` of the library.
  public static func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool1d`` of the library.
  public static func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool1d`` of the library.
  public static func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool1d`` of the library.
  public static func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ ceilMode: Bool
  ) -> Tensor {
    ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool2d`` of the library.
  public static func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool2d`` of the library.
  public static func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool2d`` of the library.
  public static func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool2d`` of the library.
  public static func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool2d`` of the library.
  public static func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ ceilMode: Bool
  ) -> Tensor {
    ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool3d`` of the library.
  public static func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool3d`` of the library.
  public static func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool3d`` of the library.
  public static func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool3d`` of the library.
  public static func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``lpPool3d`` of the library.
  public static func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
    _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ ceilMode: Bool
  ) -> Tensor {
    ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
  }
  /// The function ``fractionalMaxPool2d`` of the library.
  public static func fractionalMaxPool2d<each Kernel: SpatialSize>(
    _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool2d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2d`` of the library.
  public static func fractionalMaxPool2d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool2d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2d`` of the library.
  public static func fractionalMaxPool2d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool2d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2d`` of the library.
  public static func fractionalMaxPool2d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool2d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2d`` of the library.
  public static func fractionalMaxPool2d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    _ randomSamples: Tensor?, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool2d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2dWithIndices`` of the library.
  public static func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool2dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2dWithIndices`` of the library.
  public static func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool2dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2dWithIndices`` of the library.
  public static func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool2dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2dWithIndices`` of the library.
  public static func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool2dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool2dWithIndices`` of the library.
  public static func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    _ randomSamples: Tensor?, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool2dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3d`` of the library.
  public static func fractionalMaxPool3d<each Kernel: SpatialSize>(
    _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool3d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3d`` of the library.
  public static func fractionalMaxPool3d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool3d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3d`` of the library.
  public static func fractionalMaxPool3d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool3d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3d`` of the library.
  public static func fractionalMaxPool3d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool3d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3d`` of the library.
  public static func fractionalMaxPool3d<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    _ randomSamples: Tensor?, generator: Generator = .default
  ) -> Tensor {
    ApusFunctional.fractionalMaxPool3d(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3dWithIndices`` of the library.
  public static func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool3dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3dWithIndices`` of the library.
  public static func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool3dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3dWithIndices`` of the library.
  public static func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool3dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3dWithIndices`` of the library.
  public static func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    randomSamples: Tensor? = nil, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool3dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``fractionalMaxPool3dWithIndices`` of the library.
  public static func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
    _ randomSamples: Tensor?, generator: Generator = .default
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.fractionalMaxPool3dWithIndices(
      x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
      generator: generator)
  }
  /// The function ``maxPool1d`` of the library.
  public static func maxPool1d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1d`` of the library.
  public static func maxPool1d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1d`` of the library.
  public static func maxPool1d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1d`` of the library.
  public static func maxPool1d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1d`` of the library.
  public static func maxPool1d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1d`` of the library.
  public static func maxPool1d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), _ ceilMode: Bool
  ) -> Tensor {
    ApusFunctional.maxPool1d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2d`` of the library.
  public static func maxPool2d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2d`` of the library.
  public static func maxPool2d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2d`` of the library.
  public static func maxPool2d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2d`` of the library.
  public static func maxPool2d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2d`` of the library.
  public static func maxPool2d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2d`` of the library.
  public static func maxPool2d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), _ ceilMode: Bool
  ) -> Tensor {
    ApusFunctional.maxPool2d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3d`` of the library.
  public static func maxPool3d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3d`` of the library.
  public static func maxPool3d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3d`` of the library.
  public static func maxPool3d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3d`` of the library.
  public static func maxPool3d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3d`` of the library.
  public static func maxPool3d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), ceilMode: Bool = false
  ) -> Tensor {
    ApusFunctional.maxPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3d`` of the library.
  public static func maxPool3d<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), _ ceilMode: Bool
  ) -> Tensor {
    ApusFunctional.maxPool3d(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1dWithIndices`` of the library.
  public static func maxPool1dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool1dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1dWithIndices`` of the library.
  public static func maxPool1dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool1dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1dWithIndices`` of the library.
  public static func maxPool1dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool1dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1dWithIndices`` of the library.
  public static func maxPool1dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool1dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1dWithIndices`` of the library.
  public static func maxPool1dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool1dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool1dWithIndices`` of the library.
  public static func maxPool1dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), _ ceilMode: Bool
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool1dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2dWithIndices`` of the library.
  public static func maxPool2dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool2dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2dWithIndices`` of the library.
  public static func maxPool2dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool2dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2dWithIndices`` of the library.
  public static func maxPool2dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool2dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2dWithIndices`` of the library.
  public static func maxPool2dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool2dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2dWithIndices`` of the library.
  public static func maxPool2dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool2dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool2dWithIndices`` of the library.
  public static func maxPool2dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), _ ceilMode: Bool
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool2dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3dWithIndices`` of the library.
  public static func maxPool3dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool3dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3dWithIndices`` of the library.
  public static func maxPool3dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool3dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3dWithIndices`` of the library.
  public static func maxPool3dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool3dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3dWithIndices`` of the library.
  public static func maxPool3dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    dilation: (repeat each Dilation) = (), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool3dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3dWithIndices`` of the library.
  public static func maxPool3dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), ceilMode: Bool = false
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool3dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxPool3dWithIndices`` of the library.
  public static func maxPool3dWithIndices<
    each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
  >(
    _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
    _ dilation: (repeat each Dilation), _ ceilMode: Bool
  ) -> (output: Tensor, indices: Tensor) {
    ApusFunctional.maxPool3dWithIndices(
      x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      dilation: (repeat each dilation), ceilMode: ceilMode)
  }
  /// The function ``maxUnpool1d`` of the library.
  public static func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool1d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool1d`` of the library.
  public static func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool1d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool1d`` of the library.
  public static func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool1d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool1d`` of the library.
  public static func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Padding), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool1d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool1d`` of the library.
  public static func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Padding), _ outputSize: [Int]?
  ) -> Tensor {
    ApusFunctional.maxUnpool1d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool2d`` of the library.
  public static func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool2d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool2d`` of the library.
  public static func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool2d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool2d`` of the library.
  public static func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool2d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool2d`` of the library.
  public static func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Padding), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool2d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool2d`` of the library.
  public static func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Padding), _ outputSize: [Int]?
  ) -> Tensor {
    ApusFunctional.maxUnpool2d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool3d`` of the library.
  public static func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool3d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool3d`` of the library.
  public static func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool3d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool3d`` of the library.
  public static func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    padding: (repeat each Padding) = (), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool3d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool3d`` of the library.
  public static func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Padding), outputSize: [Int]? = nil
  ) -> Tensor {
    ApusFunctional.maxUnpool3d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``maxUnpool3d`` of the library.
  public static func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
    _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
    _ padding: (repeat each Padding), _ outputSize: [Int]?
  ) -> Tensor {
    ApusFunctional.maxUnpool3d(
      x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
      outputSize: outputSize)
  }
  /// The function ``linear`` of the library.
  public static func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor? = nil) -> Tensor {
    ApusFunctional.linear(x, weight, bias)
  }
  /// The function ``linear`` of the library.
  public static func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    ApusFunctional.linear(x, weight, bias)
  }
  /// The function ``bilinear`` of the library.
  public static func bilinear(_ a: Tensor, _ b: Tensor, _ weight: Tensor, bias: Tensor? = nil) -> Tensor {
    ApusFunctional.bilinear(a, b, weight, bias)
  }
  /// The function ``bilinear`` of the library.
  public static func bilinear(_ a: Tensor, _ b: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
    ApusFunctional.bilinear(a, b, weight, bias)
  }
  /// ``Tensor/pad(_:mode:value:)``.
  public static func pad(_ input: Tensor, _ pad: [Int], mode: PadMode = .constant, value: Double = 0) -> Tensor {
    input.pad(pad, mode: mode, value: value)
  }
  /// ``Tensor/prelu(_:)``.
  public static func prelu(_ input: Tensor, _ weight: Tensor) -> Tensor { input.prelu(weight) }
}

// Functions that take sizes, with their arguments in their places.

/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ dilation: (repeat each Dilation), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ dilation: (repeat each Dilation), _ groups: Int
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  _ dilation: (repeat each Dilation), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv1d`` with other arguments in their places.
public func conv1d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  _ dilation: (repeat each Dilation), _ groups: Int
) -> Tensor {
  ApusFunctional.conv1d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ dilation: (repeat each Dilation), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ dilation: (repeat each Dilation), _ groups: Int
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  _ dilation: (repeat each Dilation), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv2d`` with other arguments in their places.
public func conv2d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  _ dilation: (repeat each Dilation), _ groups: Int
) -> Tensor {
  ApusFunctional.conv2d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ dilation: (repeat each Dilation), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Margin: ConvolutionPadding, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ dilation: (repeat each Dilation), _ groups: Int
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding), dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  dilation: (repeat each Dilation) = (), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  _ dilation: (repeat each Dilation), groups: Int = 1
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``conv3d`` with other arguments in their places.
public func conv3d<each Stride: SpatialSize, each Dilation: SpatialSize>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: PaddingName,
  _ dilation: (repeat each Dilation), _ groups: Int
) -> Tensor {
  ApusFunctional.conv3d(
    x, weight, bias, stride: (repeat each stride), padding: padding.paddingMode, dilation: (repeat each dilation),
    groups: groups)
}
/// The function ``convTranspose1d`` with other arguments in their places.
public func convTranspose1d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose1d`` with other arguments in their places.
public func convTranspose1d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose1d`` with other arguments in their places.
public func convTranspose1d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose1d`` with other arguments in their places.
public func convTranspose1d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose1d`` with other arguments in their places.
public func convTranspose1d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), _ groups: Int, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose1d`` with other arguments in their places.
public func convTranspose1d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), _ groups: Int, _ dilation: (repeat each Dilation)
) -> Tensor {
  ApusFunctional.convTranspose1d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose2d`` with other arguments in their places.
public func convTranspose2d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose2d`` with other arguments in their places.
public func convTranspose2d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose2d`` with other arguments in their places.
public func convTranspose2d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose2d`` with other arguments in their places.
public func convTranspose2d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose2d`` with other arguments in their places.
public func convTranspose2d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), _ groups: Int, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose2d`` with other arguments in their places.
public func convTranspose2d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), _ groups: Int, _ dilation: (repeat each Dilation)
) -> Tensor {
  ApusFunctional.convTranspose2d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose3d`` with other arguments in their places.
public func convTranspose3d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: (repeat each Stride) = (), padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose3d`` with other arguments in their places.
public func convTranspose3d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), padding: (repeat each Margin) = (),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose3d`` with other arguments in their places.
public func convTranspose3d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  outputPadding: (repeat each Extra) = (), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose3d`` with other arguments in their places.
public func convTranspose3d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), groups: Int = 1, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose3d`` with other arguments in their places.
public func convTranspose3d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), _ groups: Int, dilation: (repeat each Dilation) = ()
) -> Tensor {
  ApusFunctional.convTranspose3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``convTranspose3d`` with other arguments in their places.
public func convTranspose3d<
  each Stride: SpatialSize, each Margin: SpatialSize, each Extra: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ stride: (repeat each Stride), _ padding: (repeat each Margin),
  _ outputPadding: (repeat each Extra), _ groups: Int, _ dilation: (repeat each Dilation)
) -> Tensor {
  ApusFunctional.convTranspose3d(
    x, weight, bias, stride: (repeat each stride), padding: (repeat each padding),
    outputPadding: (repeat each outputPadding), groups: groups, dilation: (repeat each dilation))
}
/// The function ``unfold`` with other arguments in their places.
public func unfold<
  each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
>(
  _ x: Tensor, kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
  padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
) -> Tensor {
  ApusFunctional.unfold(
    x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
    stride: (repeat each stride))
}
/// The function ``unfold`` with other arguments in their places.
public func unfold<
  each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
  padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
) -> Tensor {
  ApusFunctional.unfold(
    x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
    stride: (repeat each stride))
}
/// The function ``unfold`` with other arguments in their places.
public func unfold<
  each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation), _ padding: (repeat each Padding),
  stride: (repeat each Stride) = ()
) -> Tensor {
  ApusFunctional.unfold(
    x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
    stride: (repeat each stride))
}
/// The function ``unfold`` with other arguments in their places.
public func unfold<
  each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize, each Stride: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation), _ padding: (repeat each Padding),
  _ stride: (repeat each Stride)
) -> Tensor {
  ApusFunctional.unfold(
    x, (repeat each kernelSize), dilation: (repeat each dilation), padding: (repeat each padding),
    stride: (repeat each stride))
}
/// The function ``fold`` with other arguments in their places.
public func fold<
  each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
  each Stride: SpatialSize
>(
  _ x: Tensor, outputSize: (repeat each Size), kernelSize: (repeat each Kernel), dilation: (repeat each Dilation) = (),
  padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
) -> Tensor {
  ApusFunctional.fold(
    x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
    padding: (repeat each padding), stride: (repeat each stride))
}
/// The function ``fold`` with other arguments in their places.
public func fold<
  each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
  each Stride: SpatialSize
>(
  _ x: Tensor, _ outputSize: (repeat each Size), kernelSize: (repeat each Kernel),
  dilation: (repeat each Dilation) = (), padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
) -> Tensor {
  ApusFunctional.fold(
    x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
    padding: (repeat each padding), stride: (repeat each stride))
}
/// The function ``fold`` with other arguments in their places.
public func fold<
  each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
  each Stride: SpatialSize
>(
  _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
  padding: (repeat each Padding) = (), stride: (repeat each Stride) = ()
) -> Tensor {
  ApusFunctional.fold(
    x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
    padding: (repeat each padding), stride: (repeat each stride))
}
/// The function ``fold`` with other arguments in their places.
public func fold<
  each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
  each Stride: SpatialSize
>(
  _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
  _ padding: (repeat each Padding), stride: (repeat each Stride) = ()
) -> Tensor {
  ApusFunctional.fold(
    x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
    padding: (repeat each padding), stride: (repeat each stride))
}
/// The function ``fold`` with other arguments in their places.
public func fold<
  each Size: SpatialSize, each Kernel: SpatialSize, each Dilation: SpatialSize, each Padding: SpatialSize,
  each Stride: SpatialSize
>(
  _ x: Tensor, _ outputSize: (repeat each Size), _ kernelSize: (repeat each Kernel), _ dilation: (repeat each Dilation),
  _ padding: (repeat each Padding), _ stride: (repeat each Stride)
) -> Tensor {
  ApusFunctional.fold(
    x, (repeat each outputSize), (repeat each kernelSize), dilation: (repeat each dilation),
    padding: (repeat each padding), stride: (repeat each stride))
}
/// The function ``interpolate`` with other arguments in their places.
public func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
  _ x: Tensor, _ size: (repeat each Size), scaleFactor: (repeat each Scale) = (), mode: InterpolationMode = .nearest,
  alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false, antialias: Bool = false
) -> Tensor {
  ApusFunctional.interpolate(
    x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
    recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
}
/// The function ``interpolate`` with other arguments in their places.
public func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
  _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), mode: InterpolationMode = .nearest,
  alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false, antialias: Bool = false
) -> Tensor {
  ApusFunctional.interpolate(
    x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
    recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
}
/// The function ``interpolate`` with other arguments in their places.
public func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
  _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
  alignCorners: Bool? = nil, recomputeScaleFactor: Bool = false, antialias: Bool = false
) -> Tensor {
  ApusFunctional.interpolate(
    x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
    recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
}
/// The function ``interpolate`` with other arguments in their places.
public func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
  _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
  _ alignCorners: Bool?, recomputeScaleFactor: Bool = false, antialias: Bool = false
) -> Tensor {
  ApusFunctional.interpolate(
    x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
    recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
}
/// The function ``interpolate`` with other arguments in their places.
public func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
  _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
  _ alignCorners: Bool?, _ recomputeScaleFactor: Bool, antialias: Bool = false
) -> Tensor {
  ApusFunctional.interpolate(
    x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
    recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
}
/// The function ``interpolate`` with other arguments in their places.
public func interpolate<each Size: SpatialSize, each Scale: ScaleFactor>(
  _ x: Tensor, _ size: (repeat each Size), _ scaleFactor: (repeat each Scale), _ mode: InterpolationMode,
  _ alignCorners: Bool?, _ recomputeScaleFactor: Bool, _ antialias: Bool
) -> Tensor {
  ApusFunctional.interpolate(
    x, size: (repeat each size), scaleFactor: (repeat each scaleFactor), mode: mode, alignCorners: alignCorners,
    recomputeScaleFactor: recomputeScaleFactor, antialias: antialias)
}
/// The function ``adaptiveAvgPool1d`` with other arguments in their places.
public func adaptiveAvgPool1d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
  ApusFunctional.adaptiveAvgPool1d(x, (repeat each outputSize))
}
/// The function ``adaptiveAvgPool2d`` with other arguments in their places.
public func adaptiveAvgPool2d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
  ApusFunctional.adaptiveAvgPool2d(x, (repeat each outputSize))
}
/// The function ``adaptiveAvgPool3d`` with other arguments in their places.
public func adaptiveAvgPool3d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
  ApusFunctional.adaptiveAvgPool3d(x, (repeat each outputSize))
}
/// The function ``adaptiveMaxPool1dWithIndices`` with other arguments in their places.
public func adaptiveMaxPool1dWithIndices<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> (
  output: Tensor, indices: Tensor
) { ApusFunctional.adaptiveMaxPool1dWithIndices(x, (repeat each outputSize)) }
/// The function ``adaptiveMaxPool2dWithIndices`` with other arguments in their places.
public func adaptiveMaxPool2dWithIndices<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> (
  output: Tensor, indices: Tensor
) { ApusFunctional.adaptiveMaxPool2dWithIndices(x, (repeat each outputSize)) }
/// The function ``adaptiveMaxPool3dWithIndices`` with other arguments in their places.
public func adaptiveMaxPool3dWithIndices<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> (
  output: Tensor, indices: Tensor
) { ApusFunctional.adaptiveMaxPool3dWithIndices(x, (repeat each outputSize)) }
/// The function ``adaptiveMaxPool1d`` with other arguments in their places.
public func adaptiveMaxPool1d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
  ApusFunctional.adaptiveMaxPool1d(x, (repeat each outputSize))
}
/// The function ``adaptiveMaxPool2d`` with other arguments in their places.
public func adaptiveMaxPool2d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
  ApusFunctional.adaptiveMaxPool2d(x, (repeat each outputSize))
}
/// The function ``adaptiveMaxPool3d`` with other arguments in their places.
public func adaptiveMaxPool3d<each Size: SpatialSize>(_ x: Tensor, outputSize: (repeat each Size)) -> Tensor {
  ApusFunctional.adaptiveMaxPool3d(x, (repeat each outputSize))
}
/// The function ``avgPool1d`` with other arguments in their places.
public func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true
) -> Tensor {
  ApusFunctional.avgPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad)
}
/// The function ``avgPool1d`` with other arguments in their places.
public func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true
) -> Tensor {
  ApusFunctional.avgPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad)
}
/// The function ``avgPool1d`` with other arguments in their places.
public func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  ceilMode: Bool = false, countIncludePad: Bool = true
) -> Tensor {
  ApusFunctional.avgPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad)
}
/// The function ``avgPool1d`` with other arguments in their places.
public func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, countIncludePad: Bool = true
) -> Tensor {
  ApusFunctional.avgPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad)
}
/// The function ``avgPool1d`` with other arguments in their places.
public func avgPool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, _ countIncludePad: Bool
) -> Tensor {
  ApusFunctional.avgPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad)
}
/// The function ``avgPool2d`` with other arguments in their places.
public func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool2d`` with other arguments in their places.
public func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool2d`` with other arguments in their places.
public func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool2d`` with other arguments in their places.
public func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool2d`` with other arguments in their places.
public func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, _ countIncludePad: Bool, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool2d`` with other arguments in their places.
public func avgPool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, _ countIncludePad: Bool, _ divisorOverride: Int?
) -> Tensor {
  ApusFunctional.avgPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool3d`` with other arguments in their places.
public func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool3d`` with other arguments in their places.
public func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool3d`` with other arguments in their places.
public func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  ceilMode: Bool = false, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool3d`` with other arguments in their places.
public func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, countIncludePad: Bool = true, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool3d`` with other arguments in their places.
public func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, _ countIncludePad: Bool, divisorOverride: Int? = nil
) -> Tensor {
  ApusFunctional.avgPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``avgPool3d`` with other arguments in their places.
public func avgPool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ ceilMode: Bool, _ countIncludePad: Bool, _ divisorOverride: Int?
) -> Tensor {
  ApusFunctional.avgPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding), ceilMode: ceilMode,
    countIncludePad: countIncludePad, divisorOverride: divisorOverride)
}
/// The function ``lpPool1d`` with other arguments in their places.
public func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool1d`` with other arguments in their places.
public func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool1d`` with other arguments in their places.
public func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool1d`` with other arguments in their places.
public func lpPool1d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ ceilMode: Bool
) -> Tensor {
  ApusFunctional.lpPool1d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool2d`` with other arguments in their places.
public func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool2d`` with other arguments in their places.
public func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool2d`` with other arguments in their places.
public func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool2d`` with other arguments in their places.
public func lpPool2d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ ceilMode: Bool
) -> Tensor {
  ApusFunctional.lpPool2d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool3d`` with other arguments in their places.
public func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool3d`` with other arguments in their places.
public func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool3d`` with other arguments in their places.
public func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``lpPool3d`` with other arguments in their places.
public func lpPool3d<each Kernel: SpatialSize, each Stride: SpatialSize>(
  _ x: Tensor, _ normType: Double, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ ceilMode: Bool
) -> Tensor {
  ApusFunctional.lpPool3d(x, normType, (repeat each kernelSize), stride: (repeat each stride), ceilMode: ceilMode)
}
/// The function ``fractionalMaxPool2d`` with other arguments in their places.
public func fractionalMaxPool2d<each Kernel: SpatialSize>(
  _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool2d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool2d`` with other arguments in their places.
public func fractionalMaxPool2d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool2d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool2d`` with other arguments in their places.
public func fractionalMaxPool2d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool2d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool2d`` with other arguments in their places.
public func fractionalMaxPool2d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  _ randomSamples: Tensor?, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool2d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool2dWithIndices`` with other arguments in their places.
public func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool2dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool2dWithIndices`` with other arguments in their places.
public func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool2dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool2dWithIndices`` with other arguments in their places.
public func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool2dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool2dWithIndices`` with other arguments in their places.
public func fractionalMaxPool2dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  _ randomSamples: Tensor?, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool2dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3d`` with other arguments in their places.
public func fractionalMaxPool3d<each Kernel: SpatialSize>(
  _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool3d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3d`` with other arguments in their places.
public func fractionalMaxPool3d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool3d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3d`` with other arguments in their places.
public func fractionalMaxPool3d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool3d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3d`` with other arguments in their places.
public func fractionalMaxPool3d<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  _ randomSamples: Tensor?, generator: Generator = .default
) -> Tensor {
  ApusFunctional.fractionalMaxPool3d(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3dWithIndices`` with other arguments in their places.
public func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, kernelSize: (repeat each Kernel), outputSize: [Int]? = nil, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool3dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3dWithIndices`` with other arguments in their places.
public func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, outputRatio: [Double]? = nil,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool3dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3dWithIndices`` with other arguments in their places.
public func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  randomSamples: Tensor? = nil, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool3dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``fractionalMaxPool3dWithIndices`` with other arguments in their places.
public func fractionalMaxPool3dWithIndices<each Kernel: SpatialSize>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ outputSize: [Int]?, _ outputRatio: [Double]?,
  _ randomSamples: Tensor?, generator: Generator = .default
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.fractionalMaxPool3dWithIndices(
    x, (repeat each kernelSize), outputSize: outputSize, outputRatio: outputRatio, randomSamples: randomSamples,
    generator: generator)
}
/// The function ``maxPool1d`` with other arguments in their places.
public func maxPool1d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1d`` with other arguments in their places.
public func maxPool1d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1d`` with other arguments in their places.
public func maxPool1d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1d`` with other arguments in their places.
public func maxPool1d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1d`` with other arguments in their places.
public func maxPool1d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), _ ceilMode: Bool
) -> Tensor {
  ApusFunctional.maxPool1d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2d`` with other arguments in their places.
public func maxPool2d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2d`` with other arguments in their places.
public func maxPool2d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2d`` with other arguments in their places.
public func maxPool2d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2d`` with other arguments in their places.
public func maxPool2d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2d`` with other arguments in their places.
public func maxPool2d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), _ ceilMode: Bool
) -> Tensor {
  ApusFunctional.maxPool2d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3d`` with other arguments in their places.
public func maxPool3d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3d`` with other arguments in their places.
public func maxPool3d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3d`` with other arguments in their places.
public func maxPool3d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3d`` with other arguments in their places.
public func maxPool3d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), ceilMode: Bool = false
) -> Tensor {
  ApusFunctional.maxPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3d`` with other arguments in their places.
public func maxPool3d<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), _ ceilMode: Bool
) -> Tensor {
  ApusFunctional.maxPool3d(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1dWithIndices`` with other arguments in their places.
public func maxPool1dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool1dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1dWithIndices`` with other arguments in their places.
public func maxPool1dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool1dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1dWithIndices`` with other arguments in their places.
public func maxPool1dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool1dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1dWithIndices`` with other arguments in their places.
public func maxPool1dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool1dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool1dWithIndices`` with other arguments in their places.
public func maxPool1dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), _ ceilMode: Bool
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool1dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2dWithIndices`` with other arguments in their places.
public func maxPool2dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool2dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2dWithIndices`` with other arguments in their places.
public func maxPool2dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool2dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2dWithIndices`` with other arguments in their places.
public func maxPool2dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool2dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2dWithIndices`` with other arguments in their places.
public func maxPool2dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool2dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool2dWithIndices`` with other arguments in their places.
public func maxPool2dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), _ ceilMode: Bool
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool2dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3dWithIndices`` with other arguments in their places.
public func maxPool3dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool3dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3dWithIndices`` with other arguments in their places.
public func maxPool3dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), padding: (repeat each Padding) = (),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool3dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3dWithIndices`` with other arguments in their places.
public func maxPool3dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  dilation: (repeat each Dilation) = (), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool3dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3dWithIndices`` with other arguments in their places.
public func maxPool3dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), ceilMode: Bool = false
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool3dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxPool3dWithIndices`` with other arguments in their places.
public func maxPool3dWithIndices<
  each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize, each Dilation: SpatialSize
>(
  _ x: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride), _ padding: (repeat each Padding),
  _ dilation: (repeat each Dilation), _ ceilMode: Bool
) -> (output: Tensor, indices: Tensor) {
  ApusFunctional.maxPool3dWithIndices(
    x, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    dilation: (repeat each dilation), ceilMode: ceilMode)
}
/// The function ``maxUnpool1d`` with other arguments in their places.
public func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool1d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool1d`` with other arguments in their places.
public func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool1d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool1d`` with other arguments in their places.
public func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  _ padding: (repeat each Padding), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool1d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool1d`` with other arguments in their places.
public func maxUnpool1d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  _ padding: (repeat each Padding), _ outputSize: [Int]?
) -> Tensor {
  ApusFunctional.maxUnpool1d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool2d`` with other arguments in their places.
public func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool2d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool2d`` with other arguments in their places.
public func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool2d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool2d`` with other arguments in their places.
public func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  _ padding: (repeat each Padding), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool2d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool2d`` with other arguments in their places.
public func maxUnpool2d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  _ padding: (repeat each Padding), _ outputSize: [Int]?
) -> Tensor {
  ApusFunctional.maxUnpool2d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool3d`` with other arguments in their places.
public func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, kernelSize: (repeat each Kernel), stride: (repeat each Stride) = (),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool3d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool3d`` with other arguments in their places.
public func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  padding: (repeat each Padding) = (), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool3d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool3d`` with other arguments in their places.
public func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  _ padding: (repeat each Padding), outputSize: [Int]? = nil
) -> Tensor {
  ApusFunctional.maxUnpool3d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
/// The function ``maxUnpool3d`` with other arguments in their places.
public func maxUnpool3d<each Kernel: SpatialSize, each Stride: SpatialSize, each Padding: SpatialSize>(
  _ x: Tensor, _ indices: Tensor, _ kernelSize: (repeat each Kernel), _ stride: (repeat each Stride),
  _ padding: (repeat each Padding), _ outputSize: [Int]?
) -> Tensor {
  ApusFunctional.maxUnpool3d(
    x, indices, (repeat each kernelSize), stride: (repeat each stride), padding: (repeat each padding),
    outputSize: outputSize)
}
