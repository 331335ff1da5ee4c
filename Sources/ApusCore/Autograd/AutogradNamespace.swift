/// PyTorch's `torch.autograd` by its names: the same functions as without the prefix.
// swift-format-ignore: TypeNamesShouldBeCapitalized
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
      outputs: [outputs], inputs: inputs, gradOutputs: [gradOutputs], retainGraph: retainGraph,
      createGraph: createGraph,
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
      outputs: [outputs], inputs: inputs, gradOutputs: [gradOutputs], retainGraph: retainGraph,
      createGraph: createGraph,
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
  public static func gradcheck(
    _ function: @escaping (Tensor) -> Tensor, _ x: Tensor, eps: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
    raiseException: Bool = true
  ) -> Bool {
    ApusCore.gradcheck(function, x, eps: eps, atol: atol, rtol: rtol, raiseException: raiseException)
  }

  /// ``ApusCore/gradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function`` of two inputs.
  @discardableResult
  public static func gradcheck(
    _ function: @escaping (Tensor, Tensor) -> Tensor, _ inputs: (Tensor, Tensor), eps: Double = 1e-6,
    atol: Double = 1e-5, rtol: Double = 1e-3, raiseException: Bool = true
  ) -> Bool {
    ApusCore.gradcheck(function, inputs, eps: eps, atol: atol, rtol: rtol, raiseException: raiseException)
  }

  /// ``ApusCore/gradgradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function``.
  @discardableResult
  public static func gradgradcheck(
    _ function: @escaping (Tensor) -> Tensor, _ x: Tensor, eps: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
    raiseException: Bool = true
  ) -> Bool {
    ApusCore.gradgradcheck(function, x, eps: eps, atol: atol, rtol: rtol, raiseException: raiseException)
  }

  /// ``ApusCore/gradgradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function`` of two inputs.
  @discardableResult
  public static func gradgradcheck(
    _ function: @escaping (Tensor, Tensor) -> Tensor, _ inputs: (Tensor, Tensor), eps: Double = 1e-6,
    atol: Double = 1e-5, rtol: Double = 1e-3, raiseException: Bool = true
  ) -> Bool {
    ApusCore.gradgradcheck(function, inputs, eps: eps, atol: atol, rtol: rtol, raiseException: raiseException)
  }

  /// PyTorch's `torch.autograd.functional`.
  // swift-format-ignore: TypeNamesShouldBeCapitalized
  public enum functional {
    /// ``ApusCore/jacobian(_:_:vectorize:)-swift.function``.
    public static func jacobian(_ function: (Tensor) -> Tensor, _ x: Tensor, vectorize: Bool = false) -> Tensor {
      ApusCore.jacobian(function, x, vectorize: vectorize)
    }

    /// ``ApusCore/jacobian(_:_:vectorize:)-swift.function`` of two inputs.
    public static func jacobian(
      _ function: (Tensor, Tensor) -> Tensor, _ inputs: (Tensor, Tensor), vectorize: Bool = false
    ) -> (Tensor, Tensor) {
      ApusCore.jacobian(function, inputs, vectorize: vectorize)
    }

    /// ``ApusCore/hessian(_:_:)-swift.function``.
    public static func hessian(_ function: @escaping (Tensor) -> Tensor, _ x: Tensor) -> Tensor {
      ApusCore.hessian(function, x)
    }

    /// ``ApusCore/hessian(_:_:)-swift.function`` of two inputs.
    public static func hessian(
      _ function: @escaping (Tensor, Tensor) -> Tensor, _ inputs: (Tensor, Tensor)
    ) -> ((Tensor, Tensor), (Tensor, Tensor)) {
      ApusCore.hessian(function, inputs)
    }

    /// ``ApusCore/hvp(_:_:_:)``.
    public static func hvp(_ function: (Tensor) -> Tensor, _ x: Tensor, _ v: Tensor) -> (value: Tensor, product: Tensor)
    {
      ApusCore.hvp(function, x, v)
    }

    /// ``ApusCore/vhp(_:_:_:)``.
    public static func vhp(_ function: (Tensor) -> Tensor, _ x: Tensor, _ v: Tensor) -> (value: Tensor, product: Tensor)
    {
      ApusCore.vhp(function, x, v)
    }

    /// ``ApusCore/vjp(_:_:_:)``.
    public static func vjp(_ function: (Tensor) -> Tensor, _ x: Tensor, _ v: Tensor) -> (output: Tensor, vjp: Tensor) {
      ApusCore.vjp(function, x, v)
    }

    /// ``ApusCore/jvp(_:_:_:)``.
    public static func jvp(_ function: (Tensor) -> Tensor, _ x: Tensor, _ v: Tensor) -> (value: Tensor, tangent: Tensor)
    {
      ApusCore.jvp(function, x, v)
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
