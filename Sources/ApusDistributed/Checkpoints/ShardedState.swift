import ApusCore
import ApusNN
import ApusOptim

/// A part of a tensor that several processes hold together: a box of its elements.
public struct TensorPiece: Sendable {
  /// The name of the whole tensor.
  public var name: String
  /// The shape of the whole tensor.
  public var wholeShape: [Int]
  /// Where the piece begins, one number for each dimension.
  public var offset: [Int]
  /// The elements of the piece, whose shape is the extent of the box.
  public var tensor: Tensor

  /// A piece of a tensor.
  public init(name: String, wholeShape: [Int], offset: [Int], tensor: Tensor) {
    (self.name, self.wholeShape, self.offset, self.tensor) = (name, wholeShape, offset, tensor)
  }

  /// A whole tensor, which all ranks may have: it is saved once.
  public init(name: String, whole tensor: Tensor) {
    self.init(name: name, wholeShape: tensor.shape, offset: tensor.shape.map { _ in 0 }, tensor: tensor)
  }
}

/// Where the tensor that a variable holds (before ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)``) lies in a larger one that
/// ranks share: what tensor parallelism says of its weights.
public struct TensorPlacement: Sendable {
  /// The shape of the whole tensor.
  public var wholeShape: [Int]
  /// Where this rank's part begins.
  public var offset: [Int]

  /// A place in a tensor of this shape.
  public init(wholeShape: [Int], offset: [Int]) { (self.wholeShape, self.offset) = (wholeShape, offset) }
}

/// What a rank has of a training, for ``saveSharded(_:to:group:)``: pieces of tensors under names that do not depend on how they are divided, and
/// texts. It is a copy: what is trained later does not change it.
///
///     var state = ShardedState()
///     state.add(model)
///     state.add(optimizer, of: model)
///     state.texts["epoch"] = "3"
///     try saveSharded(state, to: "checkpoints")
public struct ShardedState: Sendable {
  /// Pieces of tensors.
  public var pieces: [TensorPiece] = []
  /// Whatever else is to be known: epoch, step, settings. The first rank's are saved.
  public var texts: [String: String] = [:]

  /// Nothing yet.
  public init() {}

  /// Tensors that all ranks have alike, or that no other has under these names: the states of a sampler, of a random generator
  /// (`rank.3.random`).
  public mutating func add(_ state: StateDict, prefix: String) {
    for (name, tensor) in state { pieces.append(TensorPiece(name: join(prefix, name), whole: tensor.detach())) }
  }

  /// The parameters and buffers of a module, sharded or not, under `prefix` and their names in its state dictionary.
  ///
  /// - Parameter placement: where a tensor is a part of a larger one for another reason than ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)``;
  ///   nil: it is not.
  public mutating func add(
    _ module: any Module, prefix: String = "model",
    placement: (_ name: String, _ tensor: Tensor) -> TensorPlacement? = { _, _ in nil }
  ) {
    for (name, tensor) in module.namedParameters() + module.namedBuffers() where !tensor.isUnsavedBuffer {
      let layout = StateLayout(of: tensor, placement(name, tensor))
      if let piece = layout.piece(join(prefix, name), tensor.detach().resolved.detach()) { pieces.append(piece) }
    }
  }

  /// The states of an optimiser under the names of the parameters: `optimizer.state.blocks.0.weight.exp_avg`; and its options.
  ///
  /// States that have the shape of a sharded parameter's rows are rows of the whole state; single numbers are the same for all.
  /// - Parameters:
  ///   - module: what has the parameters.
  ///   - placement: as for the module.
  /// - Throws: `TensorError` for a parameter that the module does not have, and for states that are neither, which cannot be put together.
  public mutating func add(
    _ optimizer: Optimizer, of module: any Module, prefix: String = "optimizer",
    placement: (_ name: String, _ tensor: Tensor) -> TensorPlacement? = { _, _ in nil }
  ) throws(TensorError) {
    let names = try optimizer.parameterNames(in: module)
    let parameters = optimizer.parameters
    let state = (optimizer as? ZeroRedundancyOptimizer)?.ownState() ?? optimizer.stateDict()
    for (name, tensor) in state {
      let parts = name.split(separator: ".", maxSplits: 2)
      guard parts.count == 3, parts[0] == "state", let i = Int(parts[1]), names.indices.contains(i) else {
        pieces.append(TensorPiece(name: join(prefix, name), whole: tensor))
        continue
      }
      let whole = join(prefix, "state.\(names[i]).\(parts[2])")
      let layout = StateLayout(of: parameters[i], placement(names[i], parameters[i]))
      if tensor.shape == parameters[i].shape {
        if let piece = layout.piece(whole, tensor) { pieces.append(piece) }
      } else if tensor.count == 1 || !layout.isDivided {
        pieces.append(TensorPiece(name: whole, whole: tensor))
      } else {
        throw TensorError(
          .unsupported, "ShardedState",
          "the state '\(parts[2])' of \(names[i]) has the shape \(tensor.shape), which is not that of the rows \(parameters[i].shape): it "
            + "cannot be put together with those of other ranks; save it with add(_:prefix:) under a name of this rank's own"
        )
      }
    }
  }
}

/// Where what a variable holds lies in the whole that ranks share.
struct StateLayout {
  let wholeShape: [Int]
  let offset: [Int]
  /// The extent of this rank's part.
  let extent: [Int]
  /// Whether others have other parts.
  let isDivided: Bool
  /// Whether this rank has any of it.
  let isHere: Bool

  init(of tensor: Tensor, _ placement: TensorPlacement?) {
    let sharding = ShardedParameter.of(tensor)
    let local = sharding?.type.shape ?? tensor.shape
    wholeShape = placement?.wholeShape ?? local
    var offset = placement?.offset ?? local.map { _ in 0 }
    var extent = local
    var isHere = true
    if let sharding {
      isHere = !sharding.ownRange.isEmpty
      if !local.isEmpty, !offset.isEmpty {
        offset[0] += sharding.ownRange.lowerBound
        extent[0] = sharding.ownRange.count
      }
    }
    (self.offset, self.extent, self.isHere) = (offset, extent, isHere)
    isDivided = sharding != nil || placement != nil
  }

  /// The piece of these elements; nil where this rank has none of a whole that has some.
  func piece(_ name: String, _ tensor: Tensor) -> TensorPiece? {
    guard isHere || !isDivided else { return nil }
    return TensorPiece(name: name, wholeShape: wholeShape, offset: offset, tensor: noGrad { tensor.reshape(extent) })
  }
}

extension Optimizer {
  /// The names of its parameters in a module.
  func parameterNames(in module: any Module) throws(TensorError) -> [String] {
    var known: [ObjectIdentifier: String] = [:]
    for (name, tensor) in module.namedParameters() {
      if let identity = tensor.variableIdentity { known[identity] = name }
    }
    var names: [String] = []
    for (i, parameter) in parameters.enumerated() {
      guard let name = parameter.variableIdentity.flatMap({ known[$0] }) else {
        throw TensorError(
          .state, "ShardedState",
          "parameter \(i) of the optimiser, of shape \(parameter.shape), is not in the module given")
      }
      names.append(name)
    }
    return names
  }
}

/// A path of names: either part may be empty.
func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : name.isEmpty ? path : path + "." + name }
