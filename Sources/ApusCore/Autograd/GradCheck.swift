/// Compares the gradients of `function` with numerical derivatives, PyTorch's `torch.autograd.gradcheck`.
///
///     let x = randn(3, 4, dtype: .float64).requiresGrad_()
///     gradcheck({ x in Cube.apply(x) }, x)
///
/// - Parameters:
///   - inputs: the argument, or a tuple of them. Those that require a gradient are checked; they should be float64.
///   - eps: the step of the central differences.
///   - atol, rtol: the difference allowed: `atol + rtol * |numerical|` for each element.
///   - raiseException: report what differs as a mistake; otherwise the result tells that something does.
/// - Returns: whether the gradients agree.
@discardableResult
public func gradcheck<each Argument: TensorTree>(
  _ function: @escaping (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), eps: Double = 1e-6,
  atol: Double = 1e-5, rtol: Double = 1e-3, raiseException: Bool = true
) -> Bool {
  let leaves = Leaves(nil, repeat each inputs)
  return GradientCheck(eps: eps, atol: atol, rtol: rtol, operation: "gradcheck").run(
    leaves.tensors, raiseException: raiseException
  ) { tensors in
    var handed = leaves
    handed.hand(out: tensors)
    let seen = (repeat handed.take(each inputs))
    return [function(repeat each seen)]
  }
}

/// ``gradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function`` of a function of one tensor.
@discardableResult
public func gradcheck(
  _ function: @escaping (Tensor) -> Tensor, _ x: Tensor, eps: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
  raiseException: Bool = true
) -> Bool {
  GradientCheck(eps: eps, atol: atol, rtol: rtol, operation: "gradcheck").run([x], raiseException: raiseException) {
    [function($0[0])]
  }
}

/// Compares the second derivatives of `function` with numerical derivatives of its gradients, for fixed gradients of the result:
/// PyTorch's `torch.autograd.gradgradcheck`. The parameters are those of
/// ``gradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function``.
@discardableResult
public func gradgradcheck<each Argument: TensorTree>(
  _ function: @escaping (repeat each Argument) -> Tensor, _ inputs: (repeat each Argument), eps: Double = 1e-6,
  atol: Double = 1e-5, rtol: Double = 1e-3, raiseException: Bool = true
) -> Bool {
  let leaves = Leaves(nil, repeat each inputs)
  return GradientCheck(eps: eps, atol: atol, rtol: rtol, operation: "gradgradcheck").runTwice(
    leaves.tensors, raiseException: raiseException
  ) { tensors in
    var handed = leaves
    handed.hand(out: tensors)
    let seen = (repeat handed.take(each inputs))
    return function(repeat each seen)
  }
}

/// ``gradgradcheck(_:_:eps:atol:rtol:raiseException:)-swift.function`` of a function of one tensor.
@discardableResult
public func gradgradcheck(
  _ function: @escaping (Tensor) -> Tensor, _ x: Tensor, eps: Double = 1e-6, atol: Double = 1e-5, rtol: Double = 1e-3,
  raiseException: Bool = true
) -> Bool {
  GradientCheck(eps: eps, atol: atol, rtol: rtol, operation: "gradgradcheck").runTwice(
    [x], raiseException: raiseException
  ) { function($0[0]) }
}

private struct GradientCheck {
  let eps: Double
  let atol: Double
  let rtol: Double
  let operation: String

  func run(_ inputs: [Tensor], raiseException: Bool, _ function: ([Tensor]) -> [Tensor]) -> Bool {
    if poisoned(among: inputs) != nil { return false }
    do throws(TensorError) {
      try check(inputs, function)
      return true
    } catch {
      if raiseException { report(error) }
      return false
    }
  }

  /// The check of the function that gives the gradients for a fixed cotangent, which is an input too.
  func runTwice(_ inputs: [Tensor], raiseException: Bool, _ function: ([Tensor]) -> Tensor) -> Bool {
    if poisoned(among: inputs) != nil { return false }
    let watched = inputs.indices.filter { inputs[$0].requiresGrad }
    let output = noGrad { function(inputs) }
    if output.hasFailed { return false }
    let own = Generator(seed: 0)
    let cotangent = Tensor(randn(output.shape, dtype: output.dtype, generator: own), requiresGrad: true)
    return run(inputs + [cotangent], raiseException: raiseException) { tensors in
      enableGrad {
        let inputs = Array(tensors.dropLast())
        let leaves = inputs.map { watchedLeaf($0) }
        let output = function(leaves)
        guard output.requiresGrad else { return watched.map { zerosLike(inputs[$0]) } }
        let found = gradients(
          of: [output], wrt: watched.map { leaves[$0] }, cotangents: [tensors[inputs.count]], createGraph: true,
          allowUnused: true)
        return zip(watched, found).map { $1 ?? zerosLike(inputs[$0]) }
      }
    }
  }

  private func watchedLeaf(_ x: Tensor) -> Tensor {
    x.requiresGrad ? x : x.dtype.isInexact ? Tensor(x, requiresGrad: true) : x
  }

  private func check(_ inputs: [Tensor], _ function: ([Tensor]) -> [Tensor]) throws(TensorError) {
    let watched = inputs.indices.filter { inputs[$0].requiresGrad }
    guard !watched.isEmpty else {
      throw TensorError(
        .autograd, operation,
        "no input requires a gradient, so there is nothing to check; create one with requiresGrad: true")
    }
    for i in watched {
      guard !inputs[i].dtype.isComplex else {
        throw TensorError(.dtype, operation, "checks real inputs, and input \(i) is \(inputs[i].dtype)")
      }
      if inputs[i].dtype != .float64 {
        warn(
          operation, "input \(i) is \(inputs[i].dtype), and numerical derivatives need float64 to be of use")
      }
    }
    let plain = inputs.map { $0.detach() }
    let pullback = Pullback(plain, operation, function)
    if let failed = pullback.outputs.first(where: \.isPoisoned), let error = failed.body.failure { throw error }
    for i in watched {
      let numerical = try differences(plain, i, function)
      for (k, output) in pullback.outputs.enumerated() where output.dtype.isInexact {
        var rows: [Tensor] = []
        for row in 0..<output.count {
          var unit = [Double](repeating: 0, count: output.count)
          unit[row] = 1
          let cotangent = Tensor(unit, shape: output.shape, dtype: output.dtype)
          let found = pullback(pullback.outputs.indices.map { $0 == k ? cotangent : nil })[i]
          if let error = found.body.failure { throw error }
          rows.append(found.detach().to(.float64).reshape([plain[i].count]))
        }
        if rows.isEmpty || plain[i].count == 0 { continue }
        // PyTorch's layout: a row for each element of the input.
        let analytical = noGrad { stack(rows, dim: 1) }
        if !noGrad({ agree(numerical[k], analytical) }) {
          throw TensorError(
            .autograd, operation,
            "the Jacobian of output \(k) with respect to input \(i) differs from its numerical derivative\n"
              + "numerical: \(numerical[k])\nanalytical: \(analytical)")
        }
      }
    }
  }

  /// Central differences: for each output a matrix with a row for each element of input `i`.
  private func differences(
    _ inputs: [Tensor], _ i: Int, _ function: ([Tensor]) -> [Tensor]
  ) throws(TensorError) -> [Tensor] {
    let values = inputs[i].array(as: Double.self)
    func at(_ element: Int, _ step: Double) throws(TensorError) -> [Tensor] {
      var moved = values
      moved[element] += step
      var changed = inputs
      changed[i] = Tensor(moved, shape: inputs[i].shape, dtype: inputs[i].dtype)
      let outputs = function(changed).map { $0.detach() }
      if let error = outputs.first(where: \.isPoisoned)?.body.failure { throw error }
      return outputs
    }
    var rows: [[Tensor]] = []
    for element in values.indices {
      let (above, below) = (try at(element, eps), try at(element, -eps))
      rows.append(
        noGrad {
          zip(above, below).map { above, below in
            ((above.to(.float64) - below.to(.float64)) / (2 * eps)).reshape([above.count])
          }
        })
    }
    guard let first = rows.first else { return [] }
    return noGrad { first.indices.map { k in stack(rows.map { $0[k] }, dim: 0) } }
  }

  private func agree(_ numerical: Tensor, _ analytical: Tensor) -> Bool {
    let difference = (numerical - analytical).abs()
    return (difference - (numerical.abs() * rtol + atol)).array(as: Double.self).allSatisfy { $0 <= 0 }
  }
}
