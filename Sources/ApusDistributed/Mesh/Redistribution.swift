import ApusCore

// From one placement to another: what has to be sent for it, forward and in the backward pass.

extension DTensor {
  /// The same tensor with other placements: PyTorch's `redistribute`. Cut to whole gathers, a sum that is left open is reduced, cut to
  /// cut in another dimension exchanges, whole to cut sends nothing; gradients go the other way.
  ///
  /// - Parameter placements: one for each dimension of the mesh.
  public func redistribute(_ placements: [Placement]) -> DTensor {
    do throws(TensorError) {
      return Redistribution(self, try DTensor.checked(placements, mesh, shape, "redistribute")).result
    } catch { return DTensor(fail(error), layout) }
  }
}

private struct Redistribution {
  var local: Tensor
  var layout: MeshLayout
  let target: [Placement]

  init(_ x: DTensor, _ target: [Placement]) { (local, layout, self.target) = (x.local, x.layout, target) }

  var result: DTensor {
    var moving = self
    moving.run()
    return DTensor(moving.local, moving.layout)
  }

  private mutating func run() {
    // Where several dimensions of the mesh cut one of the tensor, the inner ones cut what the outer ones left: inner ones are
    // joined first and cut last.
    for axis in target.indices.reversed() where needsWhole(axis) { move(axis, to: .replicate) }
    for axis in target.indices { move(axis, to: target[axis]) }
  }

  /// Whether mesh dimension `axis` has to be joined before others change.
  private func needsWhole(_ axis: Int) -> Bool {
    guard let dim = layout.placements[axis].shardDim else { return false }
    let isAlone = layout.placements.indices.allSatisfy {
      $0 == axis || (layout.placements[$0] != .shard(dim) && target[$0] != .shard(dim))
    }
    if isAlone {
      guard let other = target[axis].shardDim, other != dim else { return false }
      // Straight across, unless the other dimension is cut too.
      return !layout.placements.indices.allSatisfy {
        $0 == axis || (layout.placements[$0] != .shard(other) && target[$0] != .shard(other))
      }
    }
    // As it is where neither this one nor one around it changes.
    return layout.placements.indices.contains {
      $0 <= axis && (layout.placements[$0] == .shard(dim) || target[$0] == .shard(dim))
        && layout.placements[$0] != target[$0]
    }
  }

  private mutating func move(_ axis: Int, to placement: Placement) {
    let present = layout.placements[axis]
    guard present != placement else { return }
    let group = layout.mesh.axes[axis].group
    let f = group.functional
    var placements = layout.placements
    placements[axis] = placement
    let next = MeshLayout(mesh: layout.mesh, shape: layout.shape, placements: placements)
    switch (present, placement) {
    case (.replicate, .shard(let dim)): local = f.scatterToGroup(local, dim: dim, sizes: next.cut(axis, dim).sizes)
    case (.replicate, .partial): local = apply(Share(isFirst: group.rank == 0), local)
    case (.shard(let dim), .replicate):
      local = f.gatherFromGroup(local, dim: dim, sizes: layout.cut(axis, dim).sizes)
    case (.shard(let from), .shard(let to)):
      local = f.allToAll(
        local, splitDim: to, joinDim: from, splitSizes: next.cut(axis, to).sizes,
        joinSizes: layout.cut(axis, from).sizes)
    case (.shard, .partial):
      move(axis, to: .replicate)
      return move(axis, to: .partial)
    case (.partial, .replicate): local = f.reduceFromGroup(local)
    case (.partial, .shard(let dim)): local = f.reduceScatter(local, dim: dim, sizes: next.cut(axis, dim).sizes)
    case (.replicate, .replicate), (.partial, .partial): break
    }
    layout = next
  }
}

/// The tensor on one process and zeros on the others, whose sum it is. Each has the whole gradient.
private struct Share: LinearPrimitive {
  let isFirst: Bool
  var name: String { "Share" }
  var takesComplexElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try results[0].fill(from: isFirst ? inputs[0] : Tensor.zeros(inputs[0].shape, dtype: inputs[0].dtype))
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [single(node, cotangents)] }
}
