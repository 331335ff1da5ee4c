import ApusCore

/// What an operation does along one dimension of a mesh: how it needs its operands, and how its result then lies.
struct Rule {
  var operands: [Placement]
  var result: Placement
}

extension DTensor {
  /// Runs an operation on the parts of `operands`.
  ///
  /// - Parameters:
  ///   - shape: that of the whole result.
  ///   - rule: of a dimension of the mesh and the placements that the operands have along it.
  ///   - body: of parts, placed as the rules say.
  static func apply(
    _ operands: [DTensor], shape: [Int], _ operation: String, rule: (_ axis: Int, [Placement]) -> Rule,
    body: ([Tensor]) -> Tensor
  ) -> DTensor {
    let mesh = operands[0].mesh
    guard operands.allSatisfy({ $0.mesh == mesh }) else {
      return DTensor(
        fail(
          TensorError(
            .value, operation,
            "the operands lie in meshes of their own, \(operands.map(\.mesh)); distribute them over one")),
        operands[0].layout)
    }
    let rules = mesh.axes.indices.map { axis in rule(axis, operands.map { $0.placements[axis] }) }
    let parts = operands.indices.map { i -> Tensor in
      var part = operands[i].redistribute(rules.map { $0.operands[i] }).local
      // What all have and each uses for its own part of the result gets its gradient from all.
      for (axis, rule) in zip(mesh.axes, rules) where rule.operands[i] == .replicate && rule.result != .replicate {
        if part.requiresGrad { part = axis.group.functional.copyToGroup(part) }
      }
      return part
    }
    let result = DTensor(body(parts), mesh, shape, rules.map(\.result))
    guard result.local.hasFailed || result.local.shape == result.layout.localShape else {
      return DTensor(
        fail(
          TensorError(
            .shape, operation,
            "the part of this process should be \(result.layout.localShape), and is \(result.local.shape)")),
        result.layout)
    }
    return result
  }

  /// How an operation element by element takes sums that are left open.
  enum Openness {
    /// They have to be added up first.
    case none
    /// The sum of results is the result of sums, in all operands together.
    case additive
    /// In each operand by itself, for those at these places.
    case multiplicative([Int])
  }

  /// An operation element by element, whose operands broadcast.
  static func pointwise(
    _ operands: [DTensor], _ operation: String, _ openness: Openness = .none, _ body: ([Tensor]) -> Tensor
  ) -> DTensor {
    var shape = operands[0].shape
    for operand in operands.dropFirst() {
      guard let common = broadcastShapes(shape, operand.shape) else {
        return DTensor(
          fail(TensorError(.shape, operation, "cannot broadcast \(shape) and \(operand.shape)")), operands[0].layout)
      }
      shape = common
    }
    let rank = shape.count
    return apply(operands, shape: shape, operation) { _, given in
      for (operand, placement) in zip(operands, given) {
        guard let dim = placement.shardDim, operand.shape[dim] == shape[dim + rank - operand.rank] else { continue }
        let result = dim + rank - operand.rank
        let needed = operands.map { other -> Placement in
          let own = result - rank + other.rank
          return own >= 0 && other.shape[own] == shape[result] ? .shard(own) : .replicate
        }
        return Rule(operands: needed, result: .shard(result))
      }
      let whole = Rule(operands: given.map { _ in .replicate }, result: .replicate)
      guard given.contains(.partial) else { return whole }
      switch openness {
      case .none: return whole
      case .additive: return Rule(operands: given.map { _ in .partial }, result: .partial)
      case .multiplicative(let places):
        guard let place = places.first(where: { given[$0] == .partial }) else { return whole }
        return Rule(operands: given.indices.map { $0 == place ? .partial : .replicate }, result: .partial)
      }
    } body: {
      body($0)
    }
  }

  /// An operation along some dimensions, which each process must have whole, and on the others apart.
  func along(_ dims: [Int], shape: [Int]? = nil, _ operation: String, _ body: (Tensor) -> Tensor) -> DTensor {
    DTensor.apply([self], shape: shape ?? self.shape, operation) { _, given in
      guard let dim = given[0].shardDim, !dims.contains(dim) else {
        return Rule(operands: [.replicate], result: .replicate)
      }
      return Rule(operands: given, result: given[0])
    } body: {
      body($0[0])
    }
  }

  /// A dimension counted from the front; nil, and a report, where there is none.
  func checkedDims(_ dims: [Int], _ operation: String) -> [Int]? {
    do throws(TensorError) {
      var result: [Int] = []
      for dim in dims { result.append(try Cut.checked(dim, shape, operation)) }
      return result
    } catch {
      report(error)
      return nil
    }
  }

  /// This tensor as the result of what went wrong.
  func failing(_ kind: TensorError.Kind, _ operation: String, _ text: String) -> DTensor {
    DTensor(fail(TensorError(kind, operation, text)), layout)
  }
}
