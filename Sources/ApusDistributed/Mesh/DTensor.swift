import ApusCore

/// A tensor whose parts lie on the processes of a mesh: PyTorch's `DTensor`.
///
///     let mesh = try DeviceMesh([2, 2], names: ["data", "tensor"])
///     let x = try distribute(input, mesh, [.shard(0), .replicate])
///     let weight = try distribute(matrix, mesh, [.replicate, .shard(1)])
///     let y = matmul(x, weight)              // [.shard(0), .shard(1)]: nothing is sent
///     let loss = y.square().mean()           // [.partial, .partial]
///     loss.backward()                        // the gradient of weight has its placements
///
/// It is a type of its own beside ``Tensor``: what it computes with are tensors, its ``local`` parts, by the library's usual
/// operations, gradients and all, so that no kernel has to know of it and what it does not offer does not compile. An operation says how
/// the placements of its result follow from those of its operands, and moves what has to be moved first (``redistribute(_:)``).
///
/// The gradient of a replicated tensor is whole on every process, that of a cut one is cut alike. All processes of the mesh call the
/// same operations in the same order. Operations report mistakes, as those of ``Tensor`` do.
public struct DTensor: Sendable {
  /// This process's part.
  public let local: Tensor
  let layout: MeshLayout

  init(_ local: Tensor, _ layout: MeshLayout) { (self.local, self.layout) = (local, layout) }
  init(_ local: Tensor, _ mesh: DeviceMesh, _ shape: [Int], _ placements: [Placement]) {
    self.init(local, MeshLayout(mesh: mesh, shape: shape, placements: placements))
  }

  /// Where the parts lie.
  public var mesh: DeviceMesh { layout.mesh }
  /// How each dimension of the mesh holds it.
  public var placements: [Placement] { layout.placements }
  /// The shape of the whole.
  public var shape: [Int] { layout.shape }
  /// The number of dimensions.
  public var rank: Int { layout.shape.count }
  /// The element type.
  public var dtype: DType { local.dtype }
  /// Whether gradients are collected for it.
  public var requiresGrad: Bool { local.requiresGrad }

  /// A tensor of the parts that the processes have: PyTorch's `DTensor.from_local`. Nothing is sent.
  ///
  /// - Parameters:
  ///   - local: this process's part; of cut dimensions, one that `chunk` would give it.
  ///   - placements: one for each dimension of the mesh.
  ///   - shape: that of the whole; nil: cut dimensions are as often as long as there are processes.
  public static func fromLocal(
    _ local: Tensor, _ mesh: DeviceMesh, _ placements: [Placement], shape: [Int]? = nil
  ) throws(TensorError) -> DTensor {
    var whole = local.shape
    let placements = try checked(placements, mesh, shape ?? local.shape, "fromLocal")
    for (axis, placement) in zip(mesh.axes, placements) {
      if let dim = placement.shardDim { whole[dim] *= axis.size }
    }
    let layout = MeshLayout(mesh: mesh, shape: shape ?? whole, placements: placements)
    guard layout.localShape == local.shape else {
      throw TensorError(
        .shape, "fromLocal",
        "the part of this process in a tensor of \(layout.shape) with \(placements) is \(layout.localShape), and it has "
          + "\(local.shape)")
    }
    return DTensor(local, layout)
  }

  /// The part of this process, through which gradients go back as they are: PyTorch's `to_local`.
  public func toLocal() -> Tensor { local }

  /// All of it, on every process.
  public func fullTensor() -> Tensor {
    redistribute(Array(repeating: .replicate, count: mesh.rank)).local
  }

  /// The gradient that ``backward()`` left, with the placements of the tensor.
  public var grad: DTensor? { local.grad.map { DTensor($0, layout) } }

  /// The same elements as a tensor that asks for gradients.
  ///
  /// ``local`` is then a variable that optimisers take, and of which norms of gradients and checkpoints know that it is a part.
  public func requiresGrad_(_ value: Bool = true) -> DTensor {
    let result = DTensor(local.requiresGrad_(value), layout)
    if layout.placements.contains(where: { $0.shardDim != nil }) {
      DividedParameter.register([result.local], .placed(layout))
    }
    return result
  }

  /// The same elements without history.
  public func detach() -> DTensor { DTensor(local.detach(), layout) }

  /// The gradients of everything that this one value depends on. All processes call it.
  public func backward() {
    redistribute(Array(repeating: .replicate, count: mesh.rank)).local.backward()
  }

  /// The one element of a tensor of one.
  public func item() -> Double { noGrad { fullTensor() }.item() }

  static func checked(
    _ placements: [Placement], _ mesh: DeviceMesh, _ shape: [Int], _ operation: String
  ) throws(TensorError) -> [Placement] {
    guard placements.count == mesh.rank else {
      throw TensorError(
        .value, operation,
        "a mesh of \(mesh.described) needs \(mesh.rank) placements, one for each dimension, and got \(placements)")
    }
    var result: [Placement] = []
    for placement in placements { result.append(try placement.checked(shape, operation)) }
    return result
  }
}

extension DTensor: CustomStringConvertible {
  public var description: String { "DTensor(\(dtype)\(shape), \(placements) of \(mesh.described))" }
}

/// Lays `tensor` out in a mesh: PyTorch's `distribute_tensor`.
///
/// - Parameters:
///   - tensor: the whole; that of rank 0 along each dimension of the mesh counts, which is sent where `isShared` is false.
///   - placements: one for each dimension of the mesh.
///   - isShared: whether all processes are known to have the same tensor, so that nothing need be sent.
public func distribute(
  _ tensor: Tensor, _ mesh: DeviceMesh, _ placements: [Placement], isShared: Bool = false
) throws(TensorError) -> DTensor {
  let placements = try DTensor.checked(placements, mesh, tensor.shape, "distribute")
  var whole = tensor.detach()
  if !isShared { for axis in mesh.axes { whole = try axis.group.broadcast(whole, from: 0) } }
  let layout = MeshLayout(mesh: mesh, shape: tensor.shape, placements: placements)
  var local = whole
  noGrad {
    for (i, placement) in placements.enumerated() {
      let rank = mesh.axes[i].group.rank
      switch placement {
      case .shard(let dim):
        let cut = layout.cut(i, dim)
        local = local.narrow(dim, cut.start(rank), cut.sizes[rank])
      case .partial: if rank != 0 { local = Tensor.zeros(local.shape, dtype: local.dtype) }
      case .replicate: break
      }
    }
    // A part of its own, not a view that keeps all of it.
    local = local.clone()
  }
  let laid = DTensor(local, layout)
  return tensor.requiresGrad ? laid.requiresGrad_() : laid
}
