import ApusCore

/// The numbers behind parameters of registered types that round them (``ElementGradient/straightThrough(_:)``): steps are
/// smaller than what such elements can tell apart, so they are made on numbers of the type of the gradients, and the parameters
/// follow (Courbariaux et al., 2015).
struct MasterWeights: Sendable {
  /// The name of the numbers in the state of an optimiser.
  static let name = "master_weight"

  private struct Pair: Sendable {
    let parameter, master: Tensor
  }
  private var pairs: [[Int: Pair]] = []

  /// The tensors that steps are made on, for the parameters of a new group.
  mutating func start(_ parameters: [Tensor]) -> [Tensor] {
    var own: [Int: Pair] = [:]
    let stepped = parameters.enumerated().map { i, parameter in
      guard !parameter.hasFailed, let type = parameter.dtype.gradientType, type != parameter.dtype else {
        return parameter
      }
      let master = Tensor(noGrad { parameter.detach().to(type) }, requiresGrad: true)
      own[i] = Pair(parameter: parameter, master: master)
      return master
    }
    pairs.append(own)
    return stepped
  }

  var isEmpty: Bool { pairs.allSatisfy(\.isEmpty) }

  /// The numbers of parameter `i` of a group, if it has such.
  func master(_ group: Int, _ i: Int) -> Tensor? { pairs[group][i]?.master }

  /// Gives the gradients of the parameters to the numbers. A parameter that was given other elements since the last step
  /// tells what the numbers are now.
  func takeGradients() {
    forEach { parameter, master in
      if !master.detach().to(parameter.dtype).equal(parameter.detach()) {
        master.store(parameter.detach().to(master.dtype))
      }
      master.grad = parameter.grad
    }
  }

  /// Gives the numbers, rounded, to the parameters.
  func giveElements() {
    forEach { parameter, master in
      if master.grad != nil { parameter.store(master.detach().to(parameter.dtype)) }
      master.grad = nil
    }
  }

  private func forEach(_ body: (Tensor, Tensor) -> Void) {
    noGrad { for pair in pairs.lazy.flatMap(\.values) { body(pair.parameter, pair.master) } }
  }
}
