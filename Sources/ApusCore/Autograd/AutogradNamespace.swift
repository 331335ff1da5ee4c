/// PyTorch's `torch.autograd` by its names: the same functions as without the prefix.
public enum autograd {
  /// A function with a gradient of one's own.
  public typealias Function = ApusCore.Function

  /// The gradients of `outputs` for `inputs`, without touching any ``Tensor/grad``: PyTorch's `torch.autograd.grad`.
  ///
  /// - Parameters:
  ///   - gradOutputs: a cotangent for each output; may be left out where outputs have one element.
  ///   - retainGraph: keep what the graph has saved; as `createGraph` if nil.
  ///   - createGraph: record the backward pass, so that the result can be differentiated again.
  ///   - materializeGrads: zeros for an input that no output depends on, where this is an error otherwise.
  public static func grad(
    outputs: [Tensor], inputs: [Tensor], gradOutputs: [Tensor?]? = nil, retainGraph: Bool? = nil,
    createGraph: Bool = false, materializeGrads: Bool = false
  ) -> [Tensor] {
    let found = gradients(
      of: outputs, wrt: inputs, cotangents: gradOutputs, retainGraph: retainGraph, createGraph: createGraph,
      allowUnused: materializeGrads)
    return zip(found, inputs).map { $0 ?? zerosLike($1) }
  }

  /// ``grad(outputs:inputs:gradOutputs:retainGraph:createGraph:materializeGrads:)`` with nil for an input that no output
  /// depends on.
  public static func grad(
    outputs: [Tensor], inputs: [Tensor], gradOutputs: [Tensor?]? = nil, retainGraph: Bool? = nil,
    createGraph: Bool = false, allowUnused: Bool
  ) -> [Tensor?] {
    gradients(
      of: outputs, wrt: inputs, cotangents: gradOutputs, retainGraph: retainGraph, createGraph: createGraph,
      allowUnused: allowUnused)
  }

  /// The gradients of one output for `inputs`.
  public static func grad(
    outputs: Tensor, inputs: [Tensor], gradOutputs: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false,
    materializeGrads: Bool = false
  ) -> [Tensor] {
    grad(
      outputs: [outputs], inputs: inputs, gradOutputs: [gradOutputs], retainGraph: retainGraph, createGraph: createGraph,
      materializeGrads: materializeGrads)
  }

  /// The gradients of one output for one input, in a list.
  public static func grad(
    outputs: Tensor, inputs: Tensor, gradOutputs: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false,
    materializeGrads: Bool = false
  ) -> [Tensor] {
    grad(
      outputs: [outputs], inputs: [inputs], gradOutputs: [gradOutputs], retainGraph: retainGraph,
      createGraph: createGraph, materializeGrads: materializeGrads)
  }

  /// ``grad(outputs:inputs:gradOutputs:retainGraph:createGraph:allowUnused:)`` of one output.
  public static func grad(
    outputs: Tensor, inputs: [Tensor], gradOutputs: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false,
    allowUnused: Bool
  ) -> [Tensor?] {
    grad(
      outputs: [outputs], inputs: inputs, gradOutputs: [gradOutputs], retainGraph: retainGraph, createGraph: createGraph,
      allowUnused: allowUnused)
  }

  /// ``grad(outputs:inputs:gradOutputs:retainGraph:createGraph:materializeGrads:)`` without labels.
  public static func grad(
    _ outputs: [Tensor], _ inputs: [Tensor], _ gradOutputs: [Tensor?]? = nil, retainGraph: Bool? = nil,
    createGraph: Bool = false, materializeGrads: Bool = false
  ) -> [Tensor] {
    grad(
      outputs: outputs, inputs: inputs, gradOutputs: gradOutputs, retainGraph: retainGraph, createGraph: createGraph,
      materializeGrads: materializeGrads)
  }

  /// The gradients of one output for `inputs`, without labels.
  public static func grad(
    _ outputs: Tensor, _ inputs: [Tensor], _ gradOutputs: Tensor? = nil, retainGraph: Bool? = nil,
    createGraph: Bool = false, materializeGrads: Bool = false
  ) -> [Tensor] {
    grad(
      outputs: outputs, inputs: inputs, gradOutputs: gradOutputs, retainGraph: retainGraph, createGraph: createGraph,
      materializeGrads: materializeGrads)
  }

  /// The gradients of one output for `inputs`, without labels, nil where it does not depend on one.
  public static func grad(
    _ outputs: Tensor, _ inputs: [Tensor], _ gradOutputs: Tensor? = nil, retainGraph: Bool? = nil,
    createGraph: Bool = false, allowUnused: Bool
  ) -> [Tensor?] {
    grad(
      outputs: outputs, inputs: inputs, gradOutputs: gradOutputs, retainGraph: retainGraph, createGraph: createGraph,
      allowUnused: allowUnused)
  }

  /// The gradients of one output for one input, in a list, without labels.
  public static func grad(
    _ outputs: Tensor, _ inputs: Tensor, _ gradOutputs: Tensor? = nil, retainGraph: Bool? = nil,
    createGraph: Bool = false, materializeGrads: Bool = false
  ) -> [Tensor] {
    grad(
      outputs: outputs, inputs: inputs, gradOutputs: gradOutputs, retainGraph: retainGraph, createGraph: createGraph,
      materializeGrads: materializeGrads)
  }

  /// Adds the gradients of `tensors` to the ``Tensor/grad`` of the variables that they were made from.
  public static func backward(
    _ tensors: [Tensor], gradTensors: [Tensor?]? = nil, retainGraph: Bool = false, createGraph: Bool = false,
    inputs: [Tensor]? = nil
  ) {
    ApusCore.backward(tensors, gradTensors, retainGraph: retainGraph, createGraph: createGraph, inputs: inputs)
  }

  /// Adds the gradient of `tensor` to the ``Tensor/grad`` of the variables that it was made from.
  public static func backward(
    _ tensor: Tensor, gradTensors: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false,
    inputs: [Tensor]? = nil
  ) {
    ApusCore.backward([tensor], [gradTensors], retainGraph: retainGraph, createGraph: createGraph, inputs: inputs)
  }

  /// ``ApusCore/gradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function``.
  @discardableResult
  public static func gradcheck<each Argument: TensorTree>(
    _ function: @escaping (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), eps: Double = 1e-6,
    atol: Double = 1e-5, rtol: Double = 1e-3, raiseException: Bool = true
  ) -> Bool {
    ApusCore.gradcheck(function, inputs, eps: eps, atol: atol, rtol: rtol, raiseException: raiseException)
  }

  /// ``ApusCore/gradgradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function``.
  @discardableResult
  public static func gradgradcheck<each Argument: TensorTree>(
    _ function: @escaping (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), eps: Double = 1e-6,
    atol: Double = 1e-5, rtol: Double = 1e-3, raiseException: Bool = true
  ) -> Bool {
    ApusCore.gradgradcheck(function, inputs, eps: eps, atol: atol, rtol: rtol, raiseException: raiseException)
  }

  /// PyTorch's `torch.autograd.functional`.
  public enum functional {
    /// ``ApusCore/jacobian(_:_:vectorize:)-swift.function``.
    public static func jacobian<each Argument: TensorTree>(
      _ function: (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), vectorize: Bool = false
    ) -> (repeat each Argument) {
      ApusCore.jacobian(function, inputs, vectorize: vectorize)
    }

    /// ``ApusCore/hessian(_:_:)-swift.function``.
    public static func hessian(_ function: @escaping (Tensor) -> Tensor, _ x: Tensor) -> Tensor {
      ApusCore.hessian(function, x)
    }

    /// ``ApusCore/hvp(_:_:_:)``.
    public static func hvp<each Argument: TensorTree>(
      _ function: (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), _ v: (repeat each Argument)
    ) -> (value: Tensor, product: (repeat each Argument)) {
      ApusCore.hvp(function, inputs, v)
    }

    /// ``ApusCore/vhp(_:_:_:)``.
    public static func vhp<each Argument: TensorTree>(
      _ function: (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), _ v: (repeat each Argument)
    ) -> (value: Tensor, product: (repeat each Argument)) {
      ApusCore.vhp(function, inputs, v)
    }

    /// ``ApusCore/vjp(_:_:v:)``.
    public static func vjp<each Argument: TensorTree, Output: TensorTree>(
      _ function: (repeat each Argument) -> Output, _ inputs: (repeat each Argument), _ v: Output
    ) -> (output: Output, vjp: (repeat each Argument)) {
      ApusCore.vjp(function, inputs, v: v)
    }

    /// ``ApusCore/jvp(_:_:_:)``.
    public static func jvp<each Argument: TensorTree, Output: TensorTree>(
      _ function: (repeat each Argument) -> Output, _ inputs: (repeat each Argument), _ v: (repeat each Argument)
    ) -> (value: Output, tangent: Output) {
      ApusCore.jvp(function, inputs, v)
    }
  }
}

/// The gradients of `outputs` for `inputs`, as ``autograd/grad(_:_:_:retainGraph:createGraph:materializeGrads:)``.
public func grad(
  _ outputs: Tensor, _ inputs: [Tensor], _ gradOutputs: Tensor? = nil, retainGraph: Bool? = nil,
  createGraph: Bool = false
) -> [Tensor] {
  autograd.grad(outputs, inputs, gradOutputs, retainGraph: retainGraph, createGraph: createGraph)
}

/// The gradients of `outputs` for `inputs`, as ``autograd/grad(_:_:_:retainGraph:createGraph:materializeGrads:)``.
public func grad(
  outputs: Tensor, inputs: [Tensor], gradOutputs: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false
) -> [Tensor] {
  autograd.grad(outputs, inputs, gradOutputs, retainGraph: retainGraph, createGraph: createGraph)
}
