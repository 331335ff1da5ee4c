import ApusCore
import ApusNN
import ApusOptim

/// A module whose layers are divided among processes: what ``parallelize(_:_:plan:)`` gives.
public final class TensorParallel<Root: Module>: Sendable {
  /// The module, which is called as it always was. Its parameters are this process's.
  public let module: Root
  /// The processes that share it.
  public let group: ProcessGroup
  private let tensors: DividedTensors

  init(_ module: Root, _ group: ProcessGroup, _ tensors: DividedTensors) {
    (self.module, self.group, self.tensors) = (module, group, tensors)
  }

  /// The state of one process that has all: names and shapes are those before the module was divided. All processes call it, and all
  /// get it.
  public func fullStateDict() throws(TensorError) -> StateDict {
    var state = module.stateDict()
    for (name, tensor) in state {
      guard let cut = tensors.cuts[name] else { continue }
      state[name] = noGrad {
        cut.whole(group.functional.allGather(tensor, dim: cut.dim, sizes: cut.lengths))
      }
    }
    return state
  }

  /// Stores the state of one process that has all: each keeps its part.
  public func loadFullStateDict(_ state: StateDict) throws(TensorError) {
    var own = StateDict()
    for (name, tensor) in state {
      guard let cut = tensors.cuts[name], cut.dim < tensor.rank else {
        own[name] = tensor
        continue
      }
      guard tensor.size(cut.dim) == cut.lengths.reduce(0, +) else {
        throw TensorError(
          .state, "loadFullStateDict",
          "'\(name)' of \(tensor.shape) does not fit: dimension \(cut.dim) has \(cut.lengths.reduce(0, +)) in the module"
        )
      }
      own[name] = noGrad { cut.part(tensor, group.rank) }
    }
    try module.loadStateDict(own)
  }

  /// The gradients of all parameters as one process would have them, by name. All processes call it.
  public func fullGradients() throws(TensorError) -> StateDict {
    var gradients = StateDict()
    for (name, parameter) in module.namedParameters() {
      guard let gradient = parameter.grad else { continue }
      let whole = tensors.cuts[name].map { cut in
        noGrad { cut.whole(group.functional.allGather(gradient, dim: cut.dim, sizes: cut.lengths)) }
      }
      gradients[name] = whole ?? gradient
    }
    return gradients
  }

  /// Scales the gradients down so that the norm of all of them, those of other processes too, is at most `maxNorm`: PyTorch's
  /// `clip_grad_norm_`. What all processes have counts once. All processes call it.
  ///
  /// - Parameter normType: p of the norm, more than 0; infinity for the largest magnitude.
  /// - Returns: the norm before scaling.
  @discardableResult
  public func clipGradNorm(maxNorm: Double, normType: Double = 2) throws(TensorError) -> Tensor {
    guard normType > 0 else {
      throw TensorError(.value, "clipGradNorm", "the norm's p must be more than 0, and was \(normType)")
    }
    let total = try noGrad { () throws(TensorError) -> Tensor in
      var (own, common): ([Tensor], [Tensor]) = ([], [])
      for (name, parameter) in module.namedParameters() {
        guard let gradient = parameter.grad else { continue }
        if tensors.cuts[name] != nil { own.append(gradient) } else { common.append(gradient) }
      }
      let (a, b) = (
        getTotalNorm(own, normType: normType).to(.float64), getTotalNorm(common, normType: normType).to(.float64)
      )
      if normType == .infinity { return try group.allReduce(a, .max).maximum(b) }
      return try (group.allReduce(a.pow(normType)) + b.pow(normType)).pow(1 / normType)
    }
    clipGradsWithNorm(module.parameters(), maxNorm: maxNorm, totalNorm: total)
    return total
  }
}

/// The parameters that are cut, by their names in the whole module.
struct DividedTensors: Sendable {
  private(set) var cuts: [String: DividedDimension] = [:]
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
        parts[identity] = parameter(noGrad { cut.part(tensor.detach(), group.rank) }, requiresGrad: tensor.requiresGrad)
      }
    }
    // Every name in the module, a shared parameter's too, and who holds it.
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
        guard let identity = tensor.variableIdentity, let cut = known[identity] else { continue }
        guard holders[identity]?.contains(ObjectIdentifier(held)) == true else {
          throw TensorError(
            .value, "parallelize",
            "'\(path)' shares '\(name)' with a layer that the plan divides, and is not in the plan; add it")
        }
        cuts[path.isEmpty ? name : "\(path).\(name)"] = cut
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
    let children = namedChildren().map { $0.name + "." }
    return namedParameters().filter { held in !children.contains { held.name.hasPrefix($0) } }
  }
}
