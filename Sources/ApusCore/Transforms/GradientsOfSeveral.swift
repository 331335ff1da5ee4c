// Gradients for several arguments and for trees of tensors. Functions that take functions of other functions need real function
// types, which parameter packs do not give, so there is one for each number of arguments, a line each.

/// Value and gradients for the tensors of the arguments that `argnums` names.
private func parts<each Argument: TensorTree, Extra>(
  _ argnums: [Int], _ operation: String, _ function: (repeat each Argument) -> (Tensor, Extra),
  _ argument: repeat each Argument
) -> (value: Tensor, extra: Extra, gradients: [Tensor], leaves: Leaves) {
  let leaves = Leaves(argnums, repeat each argument)
  let result = differentiated(leaves.tensors, operation) { tensors in
    var handed = leaves
    handed.hand(out: tensors)
    let seen = (repeat handed.take(each argument))
    return function(repeat each seen)
  }
  return (result.value, result.extra, result.gradients, leaves)
}

/// The function that gives the gradient of a scalar-valued `function` of one argument, PyTorch's `torch.func.grad`. It has the form of the
/// argument: a tensor, an array, a dictionary, any ``TensorTree``.
///
/// - Parameter argnums: for which argument, the first if not given; another one is of the first one's type.
@_disfavoredOverload
public func grad<A: TensorTree>(
  _ function: @escaping (A) -> Tensor, argnums: Int = 0
) -> (A) -> A {
  { (a: A) -> A in
    let made = parts([argnums], "grad", { (a: A) in (function(a), ()) }, a)
    return made.leaves.part(argnums, of: made.gradients, like: a, among: a, in: "grad")
  }
}

/// The function that gives the gradient of a scalar-valued `function` of one argument that gives something else besides, and that.
@_disfavoredOverload
public func grad<A: TensorTree, Extra>(
  _ function: @escaping (A) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A) -> (A, Extra) {
  { (a: A) -> (A, Extra) in
    let made = parts([argnums], "grad", function, a)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, in: "grad"), made.extra)
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of one argument. See ``grad(_:argnums:)-swift.function``.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree>(
  _ function: @escaping (A) -> Tensor, argnums: Int = 0
) -> (A) -> (value: Tensor, gradient: A) {
  { (a: A) -> (value: Tensor, gradient: A) in
    let made = parts([argnums], "valueAndGrad", { (a: A) in (function(a), ()) }, a)
    return (made.value, made.leaves.part(argnums, of: made.gradients, like: a, among: a, in: "valueAndGrad"))
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of one argument that gives something else besides, and that.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree, Extra>(
  _ function: @escaping (A) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A) -> (value: (Tensor, Extra), gradient: A) {
  { (a: A) -> (value: (Tensor, Extra), gradient: A) in
    let made = parts([argnums], "valueAndGrad", function, a)
    return (
      (made.value, made.extra), made.leaves.part(argnums, of: made.gradients, like: a, among: a, in: "valueAndGrad")
    )
  }
}

/// The function that gives gradient and value of a scalar-valued `function` of one argument, in the order of PyTorch's `torch.func.grad_and_value`.
public func gradAndValue<A: TensorTree>(
  _ function: @escaping (A) -> Tensor, argnums: Int = 0
) -> (A) -> (gradient: A, value: Tensor) {
  { (a: A) -> (gradient: A, value: Tensor) in
    let made = parts([argnums], "gradAndValue", { (a: A) in (function(a), ()) }, a)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, in: "gradAndValue"), made.value)
  }
}

/// The function that gives the gradient of a scalar-valued `function` of two arguments, PyTorch's `torch.func.grad`. It has the form of the
/// argument: a tensor, an array, a dictionary, any ``TensorTree``.
///
/// - Parameter argnums: for which argument, the first if not given; another one is of the first one's type.
@_disfavoredOverload
public func grad<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: Int = 0
) -> (A, B) -> A {
  { (a: A, b: B) -> A in
    let made = parts([argnums], "grad", { (a: A, b: B) in (function(a, b), ()) }, a, b)
    return made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, in: "grad")
  }
}

/// The function that gives the gradient of a scalar-valued `function` of two arguments that gives something else besides, and that.
@_disfavoredOverload
public func grad<A: TensorTree, B: TensorTree, Extra>(
  _ function: @escaping (A, B) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A, B) -> (A, Extra) {
  { (a: A, b: B) -> (A, Extra) in
    let made = parts([argnums], "grad", function, a, b)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, in: "grad"), made.extra)
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of two arguments. See ``grad(_:argnums:)-swift.function``.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: Int = 0
) -> (A, B) -> (value: Tensor, gradient: A) {
  { (a: A, b: B) -> (value: Tensor, gradient: A) in
    let made = parts([argnums], "valueAndGrad", { (a: A, b: B) in (function(a, b), ()) }, a, b)
    return (made.value, made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, in: "valueAndGrad"))
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of two arguments that gives something else besides, and that.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree, B: TensorTree, Extra>(
  _ function: @escaping (A, B) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A, B) -> (value: (Tensor, Extra), gradient: A) {
  { (a: A, b: B) -> (value: (Tensor, Extra), gradient: A) in
    let made = parts([argnums], "valueAndGrad", function, a, b)
    return (
      (made.value, made.extra), made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, in: "valueAndGrad")
    )
  }
}

/// The function that gives gradient and value of a scalar-valued `function` of two arguments, in the order of PyTorch's `torch.func.grad_and_value`.
public func gradAndValue<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: Int = 0
) -> (A, B) -> (gradient: A, value: Tensor) {
  { (a: A, b: B) -> (gradient: A, value: Tensor) in
    let made = parts([argnums], "gradAndValue", { (a: A, b: B) in (function(a, b), ()) }, a, b)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, in: "gradAndValue"), made.value)
  }
}

/// The function that gives the gradients of a scalar-valued `function` of two arguments for two of them.
public func grad<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: (Int, Int)
) -> (A, B) -> (A, B) {
  { (a: A, b: B) -> (A, B) in
    let made = parts([argnums.0, argnums.1], "grad", { (a: A, b: B) in (function(a, b), ()) }, a, b)
    return (
      made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, in: "grad"),
      made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, in: "grad")
    )
  }
}

/// The function that gives value and gradients of a scalar-valued `function` of two arguments for two of them.
public func valueAndGrad<A: TensorTree, B: TensorTree>(
  _ function: @escaping (A, B) -> Tensor, argnums: (Int, Int)
) -> (A, B) -> (value: Tensor, gradients: (A, B)) {
  { (a: A, b: B) -> (value: Tensor, gradients: (A, B)) in
    let made = parts([argnums.0, argnums.1], "valueAndGrad", { (a: A, b: B) in (function(a, b), ()) }, a, b)
    return (
      made.value,
      (
        made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, in: "valueAndGrad"),
        made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, in: "valueAndGrad")
      )
    )
  }
}

/// The function that gives the gradient of a scalar-valued `function` of three arguments, PyTorch's `torch.func.grad`. It has the form of the
/// argument: a tensor, an array, a dictionary, any ``TensorTree``.
///
/// - Parameter argnums: for which argument, the first if not given; another one is of the first one's type.
@_disfavoredOverload
public func grad<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: Int = 0
) -> (A, B, C) -> A {
  { (a: A, b: B, c: C) -> A in
    let made = parts([argnums], "grad", { (a: A, b: B, c: C) in (function(a, b, c), ()) }, a, b, c)
    return made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, in: "grad")
  }
}

/// The function that gives the gradient of a scalar-valued `function` of three arguments that gives something else besides, and that.
@_disfavoredOverload
public func grad<A: TensorTree, B: TensorTree, C: TensorTree, Extra>(
  _ function: @escaping (A, B, C) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A, B, C) -> (A, Extra) {
  { (a: A, b: B, c: C) -> (A, Extra) in
    let made = parts([argnums], "grad", function, a, b, c)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, in: "grad"), made.extra)
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of three arguments. See ``grad(_:argnums:)-swift.function``.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: Int = 0
) -> (A, B, C) -> (value: Tensor, gradient: A) {
  { (a: A, b: B, c: C) -> (value: Tensor, gradient: A) in
    let made = parts([argnums], "valueAndGrad", { (a: A, b: B, c: C) in (function(a, b, c), ()) }, a, b, c)
    return (made.value, made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, in: "valueAndGrad"))
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of three arguments that gives something else besides, and that.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree, Extra>(
  _ function: @escaping (A, B, C) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A, B, C) -> (value: (Tensor, Extra), gradient: A) {
  { (a: A, b: B, c: C) -> (value: (Tensor, Extra), gradient: A) in
    let made = parts([argnums], "valueAndGrad", function, a, b, c)
    return (
      (made.value, made.extra),
      made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, in: "valueAndGrad")
    )
  }
}

/// The function that gives gradient and value of a scalar-valued `function` of three arguments, in the order of PyTorch's `torch.func.grad_and_value`.
public func gradAndValue<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: Int = 0
) -> (A, B, C) -> (gradient: A, value: Tensor) {
  { (a: A, b: B, c: C) -> (gradient: A, value: Tensor) in
    let made = parts([argnums], "gradAndValue", { (a: A, b: B, c: C) in (function(a, b, c), ()) }, a, b, c)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, in: "gradAndValue"), made.value)
  }
}

/// The function that gives the gradients of a scalar-valued `function` of three arguments for two of them.
public func grad<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: (Int, Int)
) -> (A, B, C) -> (A, B) {
  { (a: A, b: B, c: C) -> (A, B) in
    let made = parts([argnums.0, argnums.1], "grad", { (a: A, b: B, c: C) in (function(a, b, c), ()) }, a, b, c)
    return (
      made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, c, in: "grad"),
      made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, c, in: "grad")
    )
  }
}

/// The function that gives value and gradients of a scalar-valued `function` of three arguments for two of them.
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: (Int, Int)
) -> (A, B, C) -> (value: Tensor, gradients: (A, B)) {
  { (a: A, b: B, c: C) -> (value: Tensor, gradients: (A, B)) in
    let made = parts(
      [argnums.0, argnums.1], "valueAndGrad", { (a: A, b: B, c: C) in (function(a, b, c), ()) }, a, b, c)
    return (
      made.value,
      (
        made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, c, in: "valueAndGrad"),
        made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, c, in: "valueAndGrad")
      )
    )
  }
}

/// The function that gives the gradients of a scalar-valued `function` of three arguments for three of them.
public func grad<A: TensorTree, B: TensorTree, C: TensorTree>(
  _ function: @escaping (A, B, C) -> Tensor, argnums: (Int, Int, Int)
) -> (A, B, C) -> (A, B, C) {
  { (a: A, b: B, c: C) -> (A, B, C) in
    let chosen = [argnums.0, argnums.1, argnums.2]
    let made = parts(chosen, "grad", { (a: A, b: B, c: C) in (function(a, b, c), ()) }, a, b, c)
    return (
      made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, c, in: "grad"),
      made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, c, in: "grad"),
      made.leaves.part(argnums.2, of: made.gradients, like: c, among: a, b, c, in: "grad")
    )
  }
}

/// The function that gives the gradient of a scalar-valued `function` of four arguments, PyTorch's `torch.func.grad`. It has the form of the
/// argument: a tensor, an array, a dictionary, any ``TensorTree``.
///
/// - Parameter argnums: for which argument, the first if not given; another one is of the first one's type.
@_disfavoredOverload
public func grad<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree>(
  _ function: @escaping (A, B, C, D) -> Tensor, argnums: Int = 0
) -> (A, B, C, D) -> A {
  { (a: A, b: B, c: C, d: D) -> A in
    let made = parts([argnums], "grad", { (a: A, b: B, c: C, d: D) in (function(a, b, c, d), ()) }, a, b, c, d)
    return made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, d, in: "grad")
  }
}

/// The function that gives the gradient of a scalar-valued `function` of four arguments that gives something else besides, and that.
@_disfavoredOverload
public func grad<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, Extra>(
  _ function: @escaping (A, B, C, D) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A, B, C, D) -> (A, Extra) {
  { (a: A, b: B, c: C, d: D) -> (A, Extra) in
    let made = parts([argnums], "grad", function, a, b, c, d)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, d, in: "grad"), made.extra)
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of four arguments. See ``grad(_:argnums:)-swift.function``.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree>(
  _ function: @escaping (A, B, C, D) -> Tensor, argnums: Int = 0
) -> (A, B, C, D) -> (value: Tensor, gradient: A) {
  { (a: A, b: B, c: C, d: D) -> (value: Tensor, gradient: A) in
    let made = parts([argnums], "valueAndGrad", { (a: A, b: B, c: C, d: D) in (function(a, b, c, d), ()) }, a, b, c, d)
    return (made.value, made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, d, in: "valueAndGrad"))
  }
}

/// The function that gives value and gradient of a scalar-valued `function` of four arguments that gives something else besides, and that.
@_disfavoredOverload
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, Extra>(
  _ function: @escaping (A, B, C, D) -> (Tensor, Extra), argnums: Int = 0, hasAux: Bool = true
) -> (A, B, C, D) -> (value: (Tensor, Extra), gradient: A) {
  { (a: A, b: B, c: C, d: D) -> (value: (Tensor, Extra), gradient: A) in
    let made = parts([argnums], "valueAndGrad", function, a, b, c, d)
    return (
      (made.value, made.extra),
      made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, d, in: "valueAndGrad")
    )
  }
}

/// The function that gives gradient and value of a scalar-valued `function` of four arguments, in the order of PyTorch's `torch.func.grad_and_value`.
public func gradAndValue<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree>(
  _ function: @escaping (A, B, C, D) -> Tensor, argnums: Int = 0
) -> (A, B, C, D) -> (gradient: A, value: Tensor) {
  { (a: A, b: B, c: C, d: D) -> (gradient: A, value: Tensor) in
    let made = parts([argnums], "gradAndValue", { (a: A, b: B, c: C, d: D) in (function(a, b, c, d), ()) }, a, b, c, d)
    return (made.leaves.part(argnums, of: made.gradients, like: a, among: a, b, c, d, in: "gradAndValue"), made.value)
  }
}

/// The function that gives the gradients of a scalar-valued `function` of four arguments for two of them.
public func grad<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree>(
  _ function: @escaping (A, B, C, D) -> Tensor, argnums: (Int, Int)
) -> (A, B, C, D) -> (A, B) {
  { (a: A, b: B, c: C, d: D) -> (A, B) in
    let made = parts(
      [argnums.0, argnums.1], "grad", { (a: A, b: B, c: C, d: D) in (function(a, b, c, d), ()) }, a, b, c, d)
    return (
      made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, c, d, in: "grad"),
      made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, c, d, in: "grad")
    )
  }
}

/// The function that gives value and gradients of a scalar-valued `function` of four arguments for two of them.
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree>(
  _ function: @escaping (A, B, C, D) -> Tensor, argnums: (Int, Int)
) -> (A, B, C, D) -> (value: Tensor, gradients: (A, B)) {
  { (a: A, b: B, c: C, d: D) -> (value: Tensor, gradients: (A, B)) in
    let made = parts(
      [argnums.0, argnums.1], "valueAndGrad", { (a: A, b: B, c: C, d: D) in (function(a, b, c, d), ()) }, a, b, c, d)
    return (
      made.value,
      (
        made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, c, d, in: "valueAndGrad"),
        made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, c, d, in: "valueAndGrad")
      )
    )
  }
}

/// The function that gives the gradients of a scalar-valued `function` of four arguments for three of them.
public func grad<A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree>(
  _ function: @escaping (A, B, C, D) -> Tensor, argnums: (Int, Int, Int)
) -> (A, B, C, D) -> (A, B, C) {
  { (a: A, b: B, c: C, d: D) -> (A, B, C) in
    let chosen = [argnums.0, argnums.1, argnums.2]
    let made = parts(chosen, "grad", { (a: A, b: B, c: C, d: D) in (function(a, b, c, d), ()) }, a, b, c, d)
    return (
      made.leaves.part(argnums.0, of: made.gradients, like: a, among: a, b, c, d, in: "grad"),
      made.leaves.part(argnums.1, of: made.gradients, like: b, among: a, b, c, d, in: "grad"),
      made.leaves.part(argnums.2, of: made.gradients, like: c, among: a, b, c, d, in: "grad")
    )
  }
}
