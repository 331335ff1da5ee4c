import ApusCore

/// What the processes of a group have of a parameter that they do not have alike: what tensor parallelism, experts and distributed tensors
/// say of their variables, so that norms of gradients, checkpoints and sharding find it by the variable alone.
///
/// A parameter may be sharded beside it (``ShardedParameter``), along another dimension of a mesh: then its rows are those of this part.
struct DividedParameter: Sendable {
  /// Who has what.
  enum Kind: Sendable {
    /// Each process of the group has its part of one dimension.
    case part(DividedDimension, ProcessGroup)
    /// Each process of the group has what the others do not have: an expert.
    case own(ProcessGroup)
    /// All have the same, and each computes a part of its gradient.
    case summed(ProcessGroup)
    /// The part of a distributed tensor.
    case placed(MeshLayout)
  }
  let kind: Kind

  /// The groups over whose processes the parameter is divided.
  var groups: [ProcessGroup] {
    switch kind {
    case .part(_, let group), .own(let group): [group]
    case .summed: []
    case .placed(let layout):
      zip(layout.mesh.axes, layout.placements).filter { $1.shardDim != nil }.map(\.0.group)
    }
  }

  /// The processes that each have a part of the gradient.
  var summing: ProcessGroup? { if case .summed(let group) = kind { group } else { nil } }

  /// A box of the part of this process, and where it lies in the whole.
  struct Box: Sendable {
    /// Where it begins in the part.
    var place: [Int]
    /// Where it begins in the whole.
    var offset: [Int]
    var extent: [Int]
  }

  /// The shape of the whole, the boxes of this process's part of `shape`, and the dimension along which they lie behind each other.
  func boxes(_ shape: [Int]) -> (whole: [Int], boxes: [Box], dim: Int) {
    let all = Box(place: shape.map { _ in 0 }, offset: shape.map { _ in 0 }, extent: shape)
    switch kind {
    case .own, .summed: return (shape, [all], 0)
    case .placed(let layout):
      var box = all
      for dim in shape.indices { box.offset[dim] = layout.start(dim) }
      return (layout.shape, [box], 0)
    case .part(let cut, let group):
      var boxes: [Box] = []
      var (place, start) = (0, 0)
      for sizes in cut.sizes {
        var box = all
        box.place[cut.dim] = place
        box.offset[cut.dim] = start + sizes[..<group.rank].reduce(0, +)
        box.extent[cut.dim] = sizes[group.rank]
        boxes.append(box)
        place += sizes[group.rank]
        start += sizes.reduce(0, +)
      }
      return (shape.with(start, at: cut.dim), boxes, cut.dim)
    }
  }
}

/// By the identity of the variable.
private let dividedParameters = Lock<[ObjectIdentifier: Entry]>([:])

/// An entry lasts as long as its variable: afterwards another one may have its identity.
private struct Entry: Sendable {
  weak var body: TensorBody?
  let divided: DividedParameter
}

extension DividedParameter {
  /// How the parameter behind `variable` is divided; nil where all processes have it alike.
  static func of(_ variable: Tensor) -> DividedParameter? {
    guard let identity = variable.variableIdentity else { return nil }
    return dividedParameters.withLock { known in known[identity].flatMap { $0.body == nil ? nil : $0.divided } }
  }

  /// Lets ``of(_:)`` find `kind` by these variables.
  static func register(_ variables: [Tensor], _ kind: Kind) {
    dividedParameters.withLock { known in
      known = known.filter { $0.value.body != nil }
      for variable in variables {
        guard let identity = variable.variableIdentity else { continue }
        known[identity] = Entry(body: variable.body, divided: DividedParameter(kind: kind))
      }
    }
  }
}

// MARK: - From parts to wholes

extension DividedParameter {
  /// The shape of the whole of what a variable holds a part of.
  static func wholeShape(of variable: Tensor) -> [Int] {
    let shape = ShardedParameter.of(variable)?.type.shape ?? variable.shape
    return of(variable)?.boxes(shape).whole ?? shape
  }

  /// The whole of what a variable holds a part of. All processes that have parts call it.
  ///
  /// - Parameter value: in the place of what the variable holds, its gradient for instance.
  static func whole(of variable: Tensor, _ value: Tensor? = nil) throws(TensorError) -> Tensor {
    var whole = value ?? variable.detach().resolved.detach()
    if let sharding = ShardedParameter.of(variable) { whole = try sharding.gathered(whole) }
    switch of(variable)?.kind {
    case .part(let cut, let group)?:
      return noGrad { cut.whole(group.functional.allGather(whole, dim: cut.dim, sizes: cut.lengths)) }
    case .placed(let layout)?: return noGrad { DTensor(whole, layout).fullTensor() }
    case .own?, .summed?, nil: return whole
    }
  }

  /// What a variable holds of a whole.
  static func part(of whole: Tensor, for variable: Tensor) -> Tensor {
    var part = whole.detach()
    noGrad {
      switch of(variable)?.kind {
      case .part(let cut, let group)?: part = cut.part(part, group.rank)
      case .placed(let layout)?:
        for (dim, length) in layout.localShape.enumerated() { part = part.narrow(dim, layout.start(dim), length) }
        part = part.clone()
      case .own?, .summed?, nil: break
      }
    }
    return ShardedParameter.of(variable)?.own(of: part) ?? part
  }
}
