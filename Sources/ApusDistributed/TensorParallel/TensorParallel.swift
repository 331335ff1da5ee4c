import ApusCore
import ApusNN

/// A module whose layers are divided among processes: what ``parallelize(_:_:plan:)`` gives.
public final class TensorParallel<Root: Module>: Sendable {
  /// The module, which is called as it always was. Its parameters are this process's.
  public let module: Root
  /// The processes that share it.
  public let group: ProcessGroup

  init(_ module: Root, _ group: ProcessGroup) { (self.module, self.group) = (module, group) }

  /// The state of one process that has all: names and shapes are those before the module was divided, also where it has been sharded since
  /// (``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)``). All processes call it, and all get it.
  public func fullStateDict() throws(TensorError) -> StateDict {
    try wholeStateDict(of: module) ?? StateDict()
  }

  /// Stores the state of one process that has all: each keeps its part.
  /// - Throws: `TensorError` where a name is missing or a shape is another; nothing has been stored then.
  public func loadFullStateDict(_ state: StateDict) throws(TensorError) {
    try loadWholeState(state, into: module)
  }

  /// The gradients of all parameters as one process would have them, by name. All processes call it.
  public func fullGradients() throws(TensorError) -> StateDict {
    var gradients = StateDict()
    for (name, parameter) in module.namedParameters() {
      if let gradient = parameter.grad { gradients[name] = try DividedParameter.whole(of: parameter, gradient) }
    }
    return gradients
  }

  /// Scales the gradients down so that the norm of all of them, those of other processes too, is at most `maxNorm`: PyTorch's
  /// `clip_grad_norm_`. What all processes have counts once, and what is sharded beside it with all its rows. All processes call it.
  ///
  /// - Parameter normType: p of the norm, more than 0; infinity for the largest magnitude.
  /// - Returns: the norm before scaling.
  @discardableResult
  public func clipGradNorm(maxNorm: Double, normType: Double = 2) throws(TensorError) -> Tensor {
    try clipShardedGradNorm(module.parameters(), maxNorm: maxNorm, normType: normType)
  }
}

/// The parameters that are cut.
struct DividedTensors: Sendable {
  /// The new parameters, by what they replace.
  private var parts: [ObjectIdentifier: Tensor] = [:]
  // The wholes live until the parts are stored, so that no other variable gets the identity of one.

  /// Cuts the parameters of `layers`. Nothing is stored yet.
  init(_ module: any Module, _ layers: [DividedLayer], _ group: ProcessGroup) throws(TensorError) {
    var known: [ObjectIdentifier: DividedDimension] = [:]
    for layer in layers {
      for ((name, cut), tensor) in zip(layer.cuts, layer.wholes) {
        guard let identity = tensor.variableIdentity else { continue }
        if let other = known[identity] {
          guard other.dim == cut.dim, other.sizes == cut.sizes else {
            throw TensorError(
              .value, "parallelize",
              "'\(layer.name).\(name)' is shared with a layer that the plan divides otherwise; divide both alike")
          }
          continue
        }
        known[identity] = cut
        let part = parameter(noGrad { cut.part(tensor.detach(), group.rank) }, requiresGrad: tensor.requiresGrad)
        DividedParameter.register([part], .part(cut, group))
        parts[identity] = part
      }
    }
    // Whoever holds a parameter that is cut has to be in the plan.
    var holders: [ObjectIdentifier: Set<ObjectIdentifier>] = [:]
    for layer in layers {
      for tensor in layer.wholes {
        if let identity = tensor.variableIdentity {
          holders[identity, default: []].insert(ObjectIdentifier(layer.module))
          if let attention = layer.module as? MultiheadAttention {
            holders[identity, default: []].insert(ObjectIdentifier(attention.outProj))
          }
        }
      }
    }
    for (path, held) in module.namedModules() {
      for (name, tensor) in held.ownParameters() {
        guard let identity = tensor.variableIdentity, known[identity] != nil else { continue }
        guard holders[identity]?.contains(ObjectIdentifier(held)) == true else {
          throw TensorError(
            .value, "parallelize",
            "'\(path)' shares '\(name)' with a layer that the plan divides, and is not in the plan; add it")
        }
      }
    }
  }

  /// Puts the parts in the places of the wholes.
  mutating func store(_ layers: [DividedLayer]) {
    for layer in layers {
      for ((parameter, _), tensor) in zip(layer.cuts, layer.wholes) {
        if let identity = tensor.variableIdentity, let part = parts[identity] { layer.replace(parameter, with: part) }
      }
    }
    for layer in layers { layer.forgetWholes() }
    parts = [:]
  }
}

extension Module {
  /// The parameters that this module holds itself, and none inside it does.
  fileprivate func ownParameters() -> [(name: String, tensor: Tensor)] {
    let inside = Set(
      namedChildren().flatMap { child in child.module.namedParameters().map { join(child.name, $0.name) } })
    return namedParameters().filter { !inside.contains($0.name) }
  }
}
