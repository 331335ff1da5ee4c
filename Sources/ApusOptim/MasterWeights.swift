import ApusCore

/// The numbers behind parameters of registered types that round them (``ElementGradient/straightThrough(_:)``): steps are
/// smaller than what such elements can tell apart, so they are made on numbers of the type of the gradients, and the parameters
/// follow (Courbariaux et al., 2015).
struct MasterWeights: Sendable {
  /// The name of the numbers in the state of an optimiser.
  static let name = "master_weight"

  private struct Pair: Sendable {
    let parameter, master: Tensor
    /// What the parameter held when the numbers were last its own.
    var known: Tensor
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
      own[i] = Pair(parameter: parameter, master: master, known: parameter.detach().resolved)
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
  mutating func takeGradients() {
    forEach { pair in
      let held = pair.parameter.detach().resolved
      // What is held lives on here, so that other elements lie elsewhere.
      if held.body.data != pair.known.body.data {
        if !pair.master.detach().to(held.dtype).equal(held) { pair.master.store(held.to(pair.master.dtype)) }
        pair.known = held
      }
      pair.master.grad = pair.parameter.grad
    }
  }

  /// Gives the numbers, rounded, to the parameters.
  mutating func giveElements() {
    forEach { pair in
      if pair.master.grad != nil {
        pair.parameter.store(pair.master.detach().to(pair.parameter.dtype))
        pair.known = pair.parameter.detach().resolved
      }
      pair.master.grad = nil
    }
  }

  private mutating func forEach(_ body: (inout Pair) -> Void) {
    noGrad {
      for group in pairs.indices {
        for (i, pair) in pairs[group] {
          var pair = pair
          body(&pair)
          pairs[group][i] = pair
        }
      }
    }
  }
}
