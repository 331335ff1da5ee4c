import ApusCore

/// Calls `module` with other tensors in place of its parameters and buffers, PyTorch's `torch.func.functional_call`.
///
///     let parameters = Dictionary(uniqueKeysWithValues: model.namedParameters().map { ($0.name, $0.tensor.detach()) })
///     let gradients = grad { (p: [String: Tensor], x: Tensor) in functionalCall(model, p, x).sum() }(parameters, x)
///
/// Gradients flow to the tensors of the dictionary; those that are not named there are the module's own. What the module stores in a
/// variable that is replaced (running statistics) does not reach the module. Other tasks that use the module meanwhile see
/// nothing of it.
///
/// - Parameters:
///   - parameters: by the names of the state dictionary, of the same shapes and types.
///   - inputs: what the module is called with.
public func functionalCall<M: Layer>(_ module: M, _ parameters: [String: Tensor], _ input: Tensor) -> Tensor {
  substituting(module, parameters) { module(input) }
}

/// ``functionalCall(_:_:_:)-swift.function`` for a module of two inputs.
public func functionalCall<M: BinaryLayer>(
  _ module: M, _ parameters: [String: Tensor], _ first: Tensor, _ second: Tensor
) -> Tensor {
  substituting(module, parameters) { module(first, second) }
}

/// Calls `body`, which uses `module` in any way, with other tensors in place of its parameters and buffers.
///
///     functionalCall(model, parameters) { model(tokens, mask: mask) }
public func functionalCall<M: Module, Result>(
  _ module: M, _ parameters: [String: Tensor], _ body: () -> Result
) -> Result {
  substituting(module, parameters, body)
}

private func substituting<Result>(
  _ module: some Module, _ parameters: [String: Tensor], _ body: () -> Result
) -> Result {
  let variables = module.namedParameters() + module.namedBuffers()
  let known = Dictionary(variables.map { ($0.name, $0.tensor) }) { first, _ in first }
  let substitutes = Context.current?.substitutes.map(Substitutes.init(copying:)) ?? Substitutes()
  for (name, tensor) in parameters.sorted(by: { $0.key < $1.key }) {
    guard let variable = known[name] else {
      let guess = nearest(to: name, among: Array(known.keys))
      report(
        TensorError(
          .state, "functionalCall",
          "\(type(of: module).typeName) has no parameter or buffer \(name)"
            + (guess.map { "; did you mean \($0)?" } ?? "")))
      continue
    }
    if tensor.hasFailed { continue }
    guard tensor.type == variable.type else {
      report(
        TensorError(
          .shape, "functionalCall", "\(name) is \(variable.type) in the module, and is to be replaced by \(tensor.type)"
        ))
      continue
    }
    substitutes.use(tensor, for: variable)
  }
  return Context.with(substitutes: substitutes, body)
}
