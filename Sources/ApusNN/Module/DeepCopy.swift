import ApusCore

/// A copy of `model` that shares nothing with it: parameters and buffers with their gradients, all modules inside, training
/// modes. What the model shares within itself (tied weights) its copy shares likewise. Hooks are not copied, and objects that
/// are no modules are shared.
///
/// PyTorch's `copy.deepcopy(model)`.
/// - Precondition: what the modules hold can be copied: a weak or unowned reference, a lock, or parameters in the case of an
///   enum are reported.
public func deepCopy<Model: Module>(_ model: Model) -> Model {
  let copier = Copier()
  let copy = copier.object(model) as? Model
  if let failure = copier.failure { report(failure) }
  return copy ?? model
}

/// A copy of `tensor` with memory of its own; of a variable a new one of its kind.
public func deepCopy(_ tensor: Tensor) -> Tensor { Copier().tensor(tensor) }

private final class Copier: Rebuilder {
  private(set) var failure: TensorError?
  private var objects: [ObjectIdentifier: AnyObject] = [:]
  private var variables: [ObjectIdentifier: Tensor] = [:]

  func tensor(_ tensor: Tensor) -> Tensor {
    guard let identity = tensor.variableIdentity else { return tensor }
    if let known = variables[identity] { return known }
    let copy = tensor.copiedVariable()
    variables[identity] = copy
    return copy
  }

  func object(_ object: AnyObject) -> AnyObject {
    let identity = ObjectIdentifier(object)
    if let known = objects[identity] { return known }
    switch object {
    case let module as any Module: return copied(module)
    case let state as ModuleState: objects[identity] = state.copied(by: self)
    case let value as any AnyChangeable: objects[identity] = value.copied(by: self)
    case let source as any ValueSource: objects[identity] = copiedSource(source)
    default: return object
    }
    return objects[identity] ?? object
  }

  private func copied<Model: Module>(_ module: Model) -> Model {
    do throws(TensorError) {
      let copy = try copy(module) { objects[ObjectIdentifier(module)] = $0 }
      if copy.state !== module.state { copy.state.take(module.state, by: self) }
      return copy
    } catch {
      failure = failure ?? error
      return module
    }
  }

  private func copiedSource<Source: AnyObject>(_ source: Source) -> Source {
    do throws(TensorError) {
      return try copy(source) { objects[ObjectIdentifier(source)] = $0 }
    } catch {
      failure = failure ?? error
      return source
    }
  }

  func enumeration(_ value: Any) {
    for (_, held) in Mirror(reflecting: value).children {
      let isVariable = (held as? Tensor)?.variableIdentity != nil
      guard isVariable || held is any Module else { continue }
      failure =
        failure
        ?? TensorError(
          .state, "deepCopy",
          "parameters or modules in a case of \(type(of: value)) cannot be copied: hold them in a struct")
    }
  }
}
