import ApusCore
import ApusFunctional

// Layers of matrix products.

/// A parameter of `shape` drawn as PyTorch's layers draw their weights: `kaimingUniform` with a = sqrt 5, which is
/// uniform in `1 / sqrt(fanIn)` to both sides.
func initialWeight(_ shape: [Int], _ dtype: DType) -> Tensor {
  parameter(Init.kaimingUniform(Tensor.zeros(shape, dtype: dtype), a: 5.0.squareRoot()))
}

/// A parameter of `shape` uniform in `1 / sqrt(fanIn)` to both sides.
func initialBias(_ shape: [Int], fanIn: Int, _ dtype: DType) -> Tensor {
  let bound = fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0
  return parameter(Init.uniform(Tensor.zeros(shape, dtype: dtype), a: -bound, b: bound))
}

/// `x @ weight^T + bias`: `[..., inFeatures]` to `[..., outFeatures]`.
public final class Linear: Layer {
  public let state = ModuleState()
  /// `[outFeatures, inFeatures]`.
  public let weight: Tensor
  /// `[outFeatures]`.
  public let bias: Tensor?
  public let inFeatures: Int
  public let outFeatures: Int

  public init(_ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, dtype: DType = .float32) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    weight = initialWeight([outFeatures, inFeatures], dtype)
    self.bias = bias ? initialBias([outFeatures], fanIn: inFeatures, dtype) : nil
  }

  public func forward(_ x: Tensor) -> Tensor { linear(x, weight, bias) }
}

/// `y[o] = a @ weight[o] @ b + bias[o]`: `[..., in1Features]` and `[..., in2Features]` to `[..., outFeatures]`.
public final class Bilinear: BinaryLayer {
  public let state = ModuleState()
  /// `[outFeatures, in1Features, in2Features]`.
  public let weight: Tensor
  /// `[outFeatures]`.
  public let bias: Tensor?

  public init(
    _ in1Features: Int, _ in2Features: Int, _ outFeatures: Int, bias: Bool = true, dtype: DType = .float32
  ) {
    let shape = [outFeatures, in1Features, in2Features]
    let bound = in1Features > 0 ? 1 / Double(in1Features).squareRoot() : 0
    weight = parameter(Init.uniform(Tensor.zeros(shape, dtype: dtype), a: -bound, b: bound))
    self.bias = bias ? initialBias([outFeatures], fanIn: in1Features, dtype) : nil
  }

  public func forward(_ a: Tensor, _ b: Tensor) -> Tensor { bilinear(a, b, weight, bias) }
}

/// The input itself; takes any arguments, so that it can stand in for another layer.
public final class Identity: Layer {
  public let state = ModuleState()
  public init(_: any Sendable...) {}
  public func forward(_ x: Tensor) -> Tensor { x }
}

/// The dimensions from `startDim` to `endDim` merged into one: by default all but the batch.
public final class Flatten: Layer {
  public let state = ModuleState()
  public let startDim: Int
  public let endDim: Int

  public init(startDim: Int = 1, endDim: Int = -1) {
    self.startDim = startDim
    self.endDim = endDim
  }

  public func forward(_ x: Tensor) -> Tensor { x.flatten(startDim, endDim) }
}

/// Dimension `dim` split into `sizes`, one of which may be -1.
public final class Unflatten: Layer {
  public let state = ModuleState()
  public let dim: Int
  public let sizes: [Int]

  public init(_ dim: Int, _ sizes: [Int]) {
    self.dim = dim
    self.sizes = sizes
  }

  public func forward(_ x: Tensor) -> Tensor { x.unflatten(dim, sizes) }
}
