// Tuples where PyTorch's hand writes them: `zeros((2, 3))`, `cat((a, b), 1)`.

import ApusCore
import ApusFunctional
import ApusNumerics

private func list<each Size: SpatialSize>(_ size: (repeat each Size)) -> [Int] {
  var sizes: [Int] = []
  repeat sizes += (each size).spatialSizes
  return sizes
}

private func list<each Part: TensorHandle>(_ parts: (repeat each Part)) -> [Tensor] {
  var tensors: [Tensor] = []
  func add(_ part: some TensorHandle) {
    if let tensor = part as? Tensor { tensors.append(tensor) }
  }
  repeat add(each parts)
  return tensors
}

/// ``zeros`` of a size that is written as a tuple.
@_disfavoredOverload
public func zeros<each Size: SpatialSize>(
  _ size: (repeat each Size), dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  zeros(list((repeat each size)), dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// ``ones`` of a size that is written as a tuple.
@_disfavoredOverload
public func ones<each Size: SpatialSize>(
  _ size: (repeat each Size), dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  ones(list((repeat each size)), dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// ``empty`` of a size that is written as a tuple.
@_disfavoredOverload
public func empty<each Size: SpatialSize>(
  _ size: (repeat each Size), dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  empty(list((repeat each size)), dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// ``rand`` of a size that is written as a tuple.
@_disfavoredOverload
public func rand<each Size: SpatialSize>(
  _ size: (repeat each Size), dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  rand(list((repeat each size)), dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// ``randn`` of a size that is written as a tuple.
@_disfavoredOverload
public func randn<each Size: SpatialSize>(
  _ size: (repeat each Size), dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  randn(list((repeat each size)), dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// ``full`` of a size that is written as a tuple.
@_disfavoredOverload
public func full<each Size: SpatialSize>(
  _ size: (repeat each Size), _ value: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  full(list((repeat each size)), value, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// ``randint`` of a size that is written as a tuple.
@_disfavoredOverload
public func randint<each Size: SpatialSize>(
  _ low: Int, _ high: Int, _ size: (repeat each Size), dtype: DType = .int64
) -> Tensor {
  randint(low, high, list((repeat each size)), dtype: dtype)
}

/// ``randint`` from 0 of a size that is written as a tuple.
@_disfavoredOverload
public func randint<each Size: SpatialSize>(_ high: Int, _ size: (repeat each Size), dtype: DType = .int64) -> Tensor {
  randint(0, high, list((repeat each size)), dtype: dtype)
}

/// ``cat`` of tensors in a tuple.
@_disfavoredOverload
public func cat<each Part: TensorHandle>(_ tensors: (repeat each Part), dim: Int = 0) -> Tensor {
  cat(list((repeat each tensors)), dim: dim)
}

/// ``cat`` of tensors in a tuple.
@_disfavoredOverload
public func cat<each Part: TensorHandle>(_ tensors: (repeat each Part), _ dim: Int) -> Tensor {
  cat(list((repeat each tensors)), dim: dim)
}

/// ``concat`` of tensors in a tuple.
@_disfavoredOverload
public func concat<each Part: TensorHandle>(_ tensors: (repeat each Part), dim: Int = 0) -> Tensor {
  concat(list((repeat each tensors)), dim: dim)
}

/// ``concat`` of tensors in a tuple.
@_disfavoredOverload
public func concat<each Part: TensorHandle>(_ tensors: (repeat each Part), _ dim: Int) -> Tensor {
  concat(list((repeat each tensors)), dim: dim)
}

/// ``stack`` of tensors in a tuple.
@_disfavoredOverload
public func stack<each Part: TensorHandle>(_ tensors: (repeat each Part), dim: Int = 0) -> Tensor {
  stack(list((repeat each tensors)), dim: dim)
}

/// ``stack`` of tensors in a tuple.
@_disfavoredOverload
public func stack<each Part: TensorHandle>(_ tensors: (repeat each Part), _ dim: Int) -> Tensor {
  stack(list((repeat each tensors)), dim: dim)
}

/// ``hstack`` of tensors in a tuple.
@_disfavoredOverload
public func hstack<each Part: TensorHandle>(_ tensors: (repeat each Part)) -> Tensor {
  hstack(list((repeat each tensors)))
}

/// ``vstack`` of tensors in a tuple.
@_disfavoredOverload
public func vstack<each Part: TensorHandle>(_ tensors: (repeat each Part)) -> Tensor {
  vstack(list((repeat each tensors)))
}

/// ``dstack`` of tensors in a tuple.
@_disfavoredOverload
public func dstack<each Part: TensorHandle>(_ tensors: (repeat each Part)) -> Tensor {
  dstack(list((repeat each tensors)))
}

extension Tensor {
  /// ``pad`` with the margins of the last dimension as a tuple.
  public func pad(_ margins: (Int, Int), mode: PadMode = .constant, value: Double = 0) -> Tensor {
    pad([margins.0, margins.1], mode: mode, value: value)
  }
  /// ``pad`` with the margins of the last two dimensions, the last one first, as a tuple.
  public func pad(_ margins: (Int, Int, Int, Int), mode: PadMode = .constant, value: Double = 0) -> Tensor {
    pad([margins.0, margins.1, margins.2, margins.3], mode: mode, value: value)
  }
}

/// ``pad`` with the margins of the last dimension as a tuple.
public func pad(_ input: Tensor, _ margins: (Int, Int), mode: PadMode = .constant, value: Double = 0) -> Tensor {
  input.pad(margins, mode: mode, value: value)
}
/// ``pad`` with the margins of the last two dimensions, the last one first, as a tuple.
public func pad(
  _ input: Tensor, _ margins: (Int, Int, Int, Int), mode: PadMode = .constant, value: Double = 0
) -> Tensor {
  input.pad(margins, mode: mode, value: value)
}
