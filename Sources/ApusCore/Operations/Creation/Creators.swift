// Creators as PyTorch has them, free functions, under the labels of its parameters.

/// `size` filled with zeros: `zeros(2, 3)`, `zeros([2, 3], requiresGrad: true)`.
public func zeros(
  _ size: [Int], dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  .zeros(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func zeros(
  _ size: Int..., dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  .zeros(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// `size` filled with ones.
public func ones(
  _ size: [Int], dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  .ones(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func ones(
  _ size: Int..., dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  .ones(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// `size` with elements of no particular value.
public func empty(
  _ size: [Int], dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  .empty(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func empty(
  _ size: Int..., dtype: DType = .default, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  .empty(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// `size` filled with one number, whose kind gives the type if none is given.
public func full(
  _ size: [Int], _ fillValue: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  .full(size, fillValue, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func full(
  _ size: [Int], fillValue: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  .full(size, fillValue, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
/// A tensor of the shape and, unless given, the type of another, filled with one number.
public func fullLike(
  _ tensor: Tensor, fillValue: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil,
  requiresGrad: Bool = false
) -> Tensor {
  fullLike(tensor, fillValue, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// A tensor of a number, a Boolean or nested arrays of them, PyTorch's `torch.tensor`: ``Tensor/init(_:dtype:requiresGrad:device:)``.
public func tensor<Value: TensorLiteral>(
  _ data: Value, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  Tensor(data, dtype: dtype, requiresGrad: requiresGrad, device: device)
}
/// The elements of another tensor, cut from its history.
@_disfavoredOverload
public func tensor(
  _ data: Tensor, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  Tensor(data, dtype: dtype, requiresGrad: requiresGrad, device: device)
}
/// A vector of the numbers that tensors of one element hold.
@_disfavoredOverload
public func tensor(
  _ data: [Tensor], dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  Tensor(data, dtype: dtype, requiresGrad: requiresGrad, device: device)
}

/// A tensor of numbers, PyTorch's `torch.as_tensor`.
public func asTensor<Value: TensorLiteral>(_ data: Value, dtype: DType? = nil, device: Device? = nil) -> Tensor {
  Tensor(data, dtype: dtype, device: device)
}
/// `data` itself, with its history, in another type or place where one is given.
@_disfavoredOverload
public func asTensor(_ data: Tensor, dtype: DType? = nil, device: Device? = nil) -> Tensor {
  data.to(dtype ?? data.dtype).to(device ?? data.device)
}

/// A tensor without dimensions; of type ``DType/default`` whatever the kind of number.
public func scalarTensor(_ s: some ScalarConvertible, dtype: DType = .default, device: Device? = nil) -> Tensor {
  .full([], s, dtype: dtype, device: device)
}

// Ranges under labels.

/// `start`, `start + step` ... up to but without `end`: `arange(0, 10, step: 2)`.
public func arange(
  _ start: some ScalarConvertible, _ end: some ScalarConvertible, step: some ScalarConvertible,
  dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  arange(start, end, step, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func arange(
  start: some ScalarConvertible, end: some ScalarConvertible, step: some ScalarConvertible = 1,
  dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  arange(start, end, step, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func arange(
  end: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  arange(end, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// `steps` numbers from `start` to `end`, both included: `linspace(0, 1, steps: 5)`.
public func linspace(
  _ start: some ScalarConvertible, _ end: some ScalarConvertible, steps: Int, dtype: DType? = nil,
  device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  linspace(start, end, steps, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func linspace(
  _ start: Double, _ end: Double, steps: Int, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  linspace(start, end, steps, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func linspace(
  start: some ScalarConvertible, end: some ScalarConvertible, steps: Int, dtype: DType? = nil,
  device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  linspace(start, end, steps, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

/// `base` to the power of `steps` evenly spaced numbers from `start` to `end`: `logspace(0, 2, steps: 3)`.
public func logspace(
  _ start: some ScalarConvertible, _ end: some ScalarConvertible, steps: Int, base: Double = 10,
  dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  logspace(start, end, steps, base: base, dtype: dtype, device: device, requiresGrad: requiresGrad)
}
public func logspace(
  start: some ScalarConvertible, end: some ScalarConvertible, steps: Int, base: Double = 10,
  dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  logspace(start, end, steps, base: base, dtype: dtype, device: device, requiresGrad: requiresGrad)
}

// Random numbers under labels.

/// Integers in [0, high): `randint(10, [2, 3])`.
public func randint(
  _ high: Int, _ size: [Int], dtype: DType = .int64, generator: Generator = .default, device: Device? = nil
) -> Tensor {
  randint(0, high, size, dtype: dtype, generator: generator, device: device)
}
public func randint(
  _ high: Int, size: [Int], dtype: DType = .int64, generator: Generator = .default, device: Device? = nil
) -> Tensor {
  randint(0, high, size, dtype: dtype, generator: generator, device: device)
}
/// Integers in [low, high): `randint(0, 10, size: [2, 3])`.
public func randint(
  _ low: Int, _ high: Int, size: [Int], dtype: DType = .int64, generator: Generator = .default, device: Device? = nil
) -> Tensor {
  randint(low, high, size, dtype: dtype, generator: generator, device: device)
}
public func randint(
  low: Int = 0, high: Int, size: [Int], dtype: DType = .int64, generator: Generator = .default, device: Device? = nil
) -> Tensor {
  randint(low, high, size, dtype: dtype, generator: generator, device: device)
}
/// Integers in [0, high) in the shape of `tensor`.
public func randintLike(
  _ tensor: Tensor, high: Int, dtype: DType? = nil, generator: Generator = .default
) -> Tensor {
  randintLike(tensor, 0, high, dtype: dtype, generator: generator)
}
public func randintLike(
  _ tensor: Tensor, _ high: Int, dtype: DType? = nil, generator: Generator = .default
) -> Tensor {
  randintLike(tensor, 0, high, dtype: dtype, generator: generator)
}
public func randintLike(
  _ tensor: Tensor, low: Int, high: Int, dtype: DType? = nil, generator: Generator = .default
) -> Tensor {
  randintLike(tensor, low, high, dtype: dtype, generator: generator)
}

/// Normal numbers with one mean and standard deviation: `normal(0, 1, size: [2])`.
public func normal(
  _ mean: Double, _ std: Double, size: [Int], dtype: DType = .default, generator: Generator = .default,
  device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  normal(mean, std, size, dtype: dtype, generator: generator, device: device, requiresGrad: requiresGrad)
}
public func normal(
  mean: Double, std: Double, size: [Int], dtype: DType = .default, generator: Generator = .default,
  device: Device? = nil, requiresGrad: Bool = false
) -> Tensor {
  normal(mean, std, size, dtype: dtype, generator: generator, device: device, requiresGrad: requiresGrad)
}
/// Normal numbers with a mean and a standard deviation for each element, broadcast.
public func normal(mean: Tensor, std: Tensor, generator: Generator = .default) -> Tensor {
  normal(mean, std, generator: generator)
}
public func normal(mean: Tensor, std: Double = 1, generator: Generator = .default) -> Tensor {
  normal(mean, std, generator: generator)
}
public func normal(mean: Double, std: Tensor, generator: Generator = .default) -> Tensor {
  normal(mean, std, generator: generator)
}

/// Seeds the default generator from the system's entropy and returns that seed, as `torch.seed()`.
@discardableResult
public func seed() -> UInt64 { Generator.default.seed() }
/// The seed that the default generator started from, as `torch.initial_seed()`.
public func initialSeed() -> UInt64 { Generator.default.initialSeed }

// Like another tensor.

extension Tensor {
  /// Zeros of `size` with this tensor's type and place, unless others are given: PyTorch's `new_zeros`.
  public func newZeros(
    _ size: [Int], dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    attempt(self) {
      .zeros(size, dtype: dtype ?? self.dtype, device: device ?? deviceIfUsed, requiresGrad: requiresGrad)
    }
  }
  public func newZeros(
    _ size: Int..., dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    newZeros(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// Ones of `size` with this tensor's type and place, unless others are given: `new_ones`.
  public func newOnes(
    _ size: [Int], dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    attempt(self) {
      .ones(size, dtype: dtype ?? self.dtype, device: device ?? deviceIfUsed, requiresGrad: requiresGrad)
    }
  }
  public func newOnes(
    _ size: Int..., dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    newOnes(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// `size` with elements of no particular value, with this tensor's type and place, unless others are given: `new_empty`.
  public func newEmpty(
    _ size: [Int], dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    attempt(self) {
      .empty(size, dtype: dtype ?? self.dtype, device: device ?? deviceIfUsed, requiresGrad: requiresGrad)
    }
  }
  public func newEmpty(
    _ size: Int..., dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    newEmpty(size, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// `size` filled with one number, with this tensor's type and place, unless others are given: `new_full`.
  public func newFull(
    _ size: [Int], _ fillValue: some ScalarConvertible, dtype: DType? = nil, device: Device? = nil,
    requiresGrad: Bool = false
  ) -> Tensor {
    attempt(self) {
      .full(size, fillValue, dtype: dtype ?? self.dtype, device: device ?? deviceIfUsed, requiresGrad: requiresGrad)
    }
  }

  /// A tensor of numbers with this tensor's type and place, unless others are given: `new_tensor`.
  public func newTensor<Value: TensorLiteral>(
    _ data: Value, dtype: DType? = nil, device: Device? = nil, requiresGrad: Bool = false
  ) -> Tensor {
    attempt(self) {
      Tensor(data, dtype: dtype ?? self.dtype, requiresGrad: requiresGrad, device: device ?? deviceIfUsed)
    }
  }
}
