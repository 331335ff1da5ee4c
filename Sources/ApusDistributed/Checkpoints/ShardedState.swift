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

  /// The part of a distributed tensor that this rank has, under a name of its own.
  /// - Throws: `TensorError` for a sum that nobody has formed.
  public mutating func add(_ tensor: DTensor, name: String) throws(TensorError) {
    guard !tensor.placements.contains(.partial) else {
      throw TensorError(
        .value, "ShardedState",
        "'\(name)' is placed as \(tensor.placements): a sum that is left open cannot be saved; redistribute it first")
    }
    let local = tensor.local.detach().resolved.detach()
    pieces.append(
      TensorPiece(
        name: name, wholeShape: tensor.shape, offset: tensor.shape.indices.map { tensor.layout.start($0) },
        tensor: local))
  }

  /// The parameters and buffers of a module under `prefix` and their names in its state dictionary. Where it is sharded, divided by
  /// ``parallelize(_:_:plan:)``, or both, each rank adds the pieces that it has.
  public mutating func add(_ module: any Module, prefix: String = "model") {
    add(module.namedState(), prefix)
  }

  /// The stages of this rank, under the names that they have in the whole model; what several stages have goes under one name.
  public mutating func add(_ schedule: PipelineSchedule, prefix: String = "model") {
    add(schedule.namedState(), prefix)
  }

  private mutating func add(_ named: [(name: String, tensor: Tensor)], _ prefix: String) {
    for (name, tensor) in named {
      pieces += StateLayout(of: tensor).pieces(join(prefix, name), tensor.detach().resolved.detach())
    }
  }

  /// The states of an optimiser under the names of the parameters: `optimizer.state.blocks.0.weight.exp_avg`; and its options.
  ///
  /// States that have the shape of a divided parameter's part are parts of the whole state; single numbers are the same for all.
  /// - Parameter module: what has the parameters.
  /// - Throws: `TensorError` for a parameter that the module does not have, and for states that are neither, which cannot be put together.
  public mutating func add(
    _ optimizer: Optimizer, of module: any Module, prefix: String = "optimizer"
  ) throws(TensorError) {
    try add(optimizer, module.namedState(), prefix)
  }

  /// ``add(_:of:prefix:)-(_,any_Module,_)`` of the parameters of this rank's stages.
  public mutating func add(
    _ optimizer: Optimizer, of schedule: PipelineSchedule, prefix: String = "optimizer"
  ) throws(TensorError) {
    try add(optimizer, schedule.namedState(), prefix)
  }

  private mutating func add(
    _ optimizer: Optimizer, _ named: [(name: String, tensor: Tensor)], _ prefix: String
  ) throws(TensorError) {
    let names = try optimizer.parameterNames(in: named)
    let parameters = optimizer.parameters
    let state = (optimizer as? ZeroRedundancyOptimizer)?.ownState() ?? optimizer.stateDict()
    for (name, tensor) in state {
      // The numbers of parameters are those of this rank's: names stand in their place.
      if name.hasPrefix("param_groups."), name.hasSuffix(".params") { continue }
      let parts = name.split(separator: ".", maxSplits: 2)
      guard parts.count == 3, parts[0] == "state", let i = Int(parts[1]), names.indices.contains(i) else {
        pieces.append(TensorPiece(name: join(prefix, name), whole: tensor))
        continue
      }
      let whole = join(prefix, "state.\(names[i]).\(parts[2])")
      let layout = StateLayout(of: parameters[i])
      if tensor.shape == parameters[i].shape {
        pieces += layout.pieces(whole, tensor)
      } else if tensor.count == 1 || !layout.isDivided {
        pieces.append(TensorPiece(name: whole, whole: tensor))
      } else {
        throw TensorError(
          .unsupported, "ShardedState",
          "the state '\(parts[2])' of \(names[i]) has the shape \(tensor.shape), which is not that of the part \(parameters[i].shape): it "
            + "cannot be put together with those of other ranks; save it with add(_:prefix:) under a name of this rank's own"
        )
      }
    }
  }
}

/// Where what a variable holds lies in the whole that ranks share: in boxes, of which a matrix of several fused layers has one for each.
struct StateLayout {
  let wholeShape: [Int]
  /// What this rank has; none where it has nothing.
  let boxes: [DividedParameter.Box]
  /// The shape of what the variable holds.
  private let shape: [Int]
  /// The dimension along which the boxes lie behind each other.
  private let dim: Int
  /// Whether others have other parts.
  let isDivided: Bool

  init(of variable: Tensor) {
    let sharding = ShardedParameter.of(variable)
    let divided = DividedParameter.of(variable)
    let part = sharding?.type.shape ?? variable.shape
    let all = DividedParameter.Box(place: part.map { _ in 0 }, offset: part.map { _ in 0 }, extent: part)
    var (whole, boxes, dim) = divided?.boxes(part) ?? (part, [all], 0)
    if let range = sharding?.ownRange {
      // The rows of this rank are rows of that part.
      boxes = boxes.compactMap { box in
        guard !part.isEmpty else { return range.isEmpty ? nil : box }
        let (low, high) = (max(box.place[0], range.lowerBound), min(box.place[0] + box.extent[0], range.upperBound))
        guard low < high else { return nil }
        var own = box
        own.offset[0] += low - box.place[0]
        own.place[0] = low - range.lowerBound
        own.extent[0] = high - low
        return own
      }
    }
    isDivided = sharding != nil || divided?.groups.isEmpty == false
    if isDivided, !whole.contains(0) { boxes.removeAll { $0.extent.contains(0) } }
    (wholeShape, self.boxes, self.dim, shape) = (whole, boxes, dim, variable.shape)
  }

  /// The pieces of these elements.
  func pieces(_ name: String, _ tensor: Tensor) -> [TensorPiece] {
    noGrad {
      boxes.map { box in
        var piece = box.extent.isEmpty ? tensor.reshape([]) : tensor
        for (d, extent) in box.extent.enumerated() where piece.size(d) != extent {
          piece = piece.narrow(d, box.place[d], extent)
        }
        return TensorPiece(name: name, wholeShape: wholeShape, offset: box.offset, tensor: piece)
      }
    }
  }

  /// What the variable is to hold, of the boxes that `read` gives; nil where this rank has nothing.
  func joined(_ read: (DividedParameter.Box) throws(TensorError) -> Tensor) throws(TensorError) -> Tensor? {
    var parts: [Tensor] = []
    for box in boxes { parts.append(try read(box)) }
    guard let first = parts.first else { return nil }
    return noGrad { (parts.count == 1 ? first : cat(parts, dim: dim)).reshape(shape) }
  }
}

extension Module {
  /// Parameters and buffers that are saved, with their names.
  func namedState() -> [(name: String, tensor: Tensor)] {
    (namedParameters() + namedBuffers()).filter { !$0.tensor.isUnsavedBuffer }
  }
}

extension Optimizer {
  /// The names of its parameters among those of a model.
  func parameterNames(in named: [(name: String, tensor: Tensor)]) throws(TensorError) -> [String] {
    var known: [ObjectIdentifier: String] = [:]
    for (name, tensor) in named {
      if let identity = tensor.variableIdentity { known[identity] = name }
    }
    var names: [String] = []
    for (i, parameter) in parameters.enumerated() {
      guard let name = parameter.variableIdentity.flatMap({ known[$0] }) else {
        throw TensorError(
          .state, "ShardedState",
          "parameter \(i) of the optimiser, of shape \(parameter.shape), is not in the model given")
      }
      names.append(name)
    }
    return names
  }
}

/// A path of names: either part may be empty.
func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : name.isEmpty ? path : path + "." + name }
