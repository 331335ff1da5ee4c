import ApusCore

/// How the processes along a dimension of a mesh hold a tensor: PyTorch's `Placement`.
public enum Placement: Sendable, Hashable, CustomStringConvertible {
  /// Each has a part along this dimension of the tensor, cut as `chunk` does; a negative one counts from the end.
  case shard(Int)
  /// Each has all of it.
  case replicate
  /// Each has something of its shape, whose sum over the processes it is.
  case partial

  public var description: String {
    switch self {
    case .shard(let dim): "shard(\(dim))"
    case .replicate: "replicate"
    case .partial: "partial"
    }
  }

  /// The dimension of the tensor that is cut.
  var shardDim: Int? { if case .shard(let dim) = self { dim } else { nil } }

  /// With the dimension counted from the front.
  func checked(_ shape: [Int], _ operation: String) throws(TensorError) -> Placement {
    guard case .shard(let dim) = self else { return self }
    return .shard(try Cut.checked(dim, shape, operation))
  }
}

/// Where the parts of a tensor of `shape` lie in a mesh.
struct MeshLayout: Sendable {
  let mesh: DeviceMesh
  let shape: [Int]
  let placements: [Placement]

  /// How mesh dimension `axis`, which cuts `dim`, cuts it: of what the mesh dimensions before it left to this process.
  func cut(_ axis: Int, _ dim: Int) -> Cut {
    var length = shape[dim]
    for outer in 0..<axis where placements[outer] == .shard(dim) {
      length = Cut.chunks(length, mesh.axes[outer].size)[mesh.axes[outer].group.rank]
    }
    return Cut(dim: dim, sizes: Cut.chunks(length, mesh.axes[axis].size))
  }

  /// The shape of this process's part.
  var localShape: [Int] {
    var local = shape
    for (axis, placement) in placements.enumerated() {
      if case .shard(let dim) = placement { local[dim] = cut(axis, dim).sizes[mesh.axes[axis].group.rank] }
    }
    return local
  }

  /// Where this process's part of dimension `dim` begins in the whole.
  func start(_ dim: Int) -> Int {
    placements.enumerated().reduce(0) { start, entry in
      guard entry.element == .shard(dim) else { return start }
      return start + cut(entry.offset, dim).start(mesh.axes[entry.offset].group.rank)
    }
  }
}
