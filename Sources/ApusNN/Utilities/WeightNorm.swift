import ApusCore
import ApusFunctional

// Weights as a length and a direction: w = g v / |v| (Salimans and Kingma, 2016).

/// The 2-norms of `v` over all dimensions but `dim`, which stay with size 1; over all of it for nil.
private func norms(_ v: Tensor, except dim: Int?) -> Tensor {
  guard let dim else { return v.norm(2) }
  return v.norm(2, (0..<v.rank).filter { $0 != dim }, keepDim: true)
}

/// `dim` from the front. PyTorch takes -1 for the whole tensor, as nil.
private func checked(_ dim: Int?, _ tensor: Tensor, _ operation: String) throws(TensorError) -> Int? {
  guard let dim, dim != -1 else { return nil }
  return try normalize(dim: dim, rank: tensor.rank, operation)
}

/// `original0` is the length, `original1` the direction.
final class WeightNormalisation: JointParametrization {
  let state = ModuleState()
  let dim: Int?
  static var typeName: String { "_WeightNorm" }

  init(_ dim: Int?) { self.dim = dim }

  func forward(_ originals: [Tensor]) -> Tensor {
    guard originals.count == 2 else {
      return fail(
        TensorError(.state, "weight_norm", "needs a length and a direction, and found \(originals.count) tensors"))
    }
    return originals[1] * (originals[0] / norms(originals[1], except: dim))
  }

  func rightInverse(_ value: Tensor) -> [Tensor] { [norms(value, except: dim), value] }
}

/// The older form, with parameters `weight_g` and `weight_v` of the module itself.
final class LengthAndDirection: ValueSource {
  let g: Tensor
  let v: Tensor
  let dim: Int?
  let order = nextSourceOrder()

  init(_ weight: Tensor, _ dim: Int?) {
    self.dim = dim
    g = parameter(noGrad { norms(weight.detach(), except: dim) })
    v = parameter(weight.detach())
  }

  func value() -> Tensor { v * (g / norms(v, except: dim)) }

  func assign(_ value: Tensor?) {
    guard let value, !value.hasFailed else { return }
    noGrad {
      var (length, direction) = (g, v)
      length.assign(norms(value.detach(), except: dim))
      direction.assign(value.detach())
    }
  }

  func variables(_ name: String) -> [(name: String, tensor: Tensor)] { [("\(name)_g", g), ("\(name)_v", v)] }
}

extension parametrizations {
  /// Splits the parameter `name` into its length for each index of `dim`, `parametrizations.weight.original0`, and its direction,
  /// `original1`: w = g v / |v|.
  ///
  /// - Parameter dim: the dimension whose indices have a length each; nil: one length for all.
  @discardableResult
  public static func weightNorm<M: Module>(_ module: M, name: String = "weight", dim: Int? = 0) -> M {
    do throws(TensorError) {
      let dim = try checked(dim, try tensor(module, name, "weight_norm"), "weight_norm")
      return parametrize.registerParametrization(module, name, WeightNormalisation(dim), unsafe: true)
    } catch {
      report(error)
      return module
    }
  }

  /// The present value of the parameter or buffer `name`.
  static func tensor(_ module: some Module, _ name: String, _ operation: String) throws(TensorError) -> Tensor {
    let (property, place) = try module.place(name, operation)
    if let source = place.source { return noGrad { source.value() } }
    guard let tensor = place.currentValue as? Tensor else {
      throw TensorError(.state, operation, "'\(property)' of \(type(of: module).typeName) is no tensor")
    }
    return tensor
  }
}

/// ``parametrizations/weightNorm(_:name:dim:)`` in PyTorch's older form, with the parameters `weight_g` and `weight_v` in place of
/// `weight`.
@discardableResult
public func weightNorm<M: Module>(_ module: M, name: String = "weight", dim: Int? = 0) -> M {
  do throws(TensorError) {
    let (property, place) = try module.place(name, "weight_norm")
    guard place.source == nil, let weight = place.currentValue as? Tensor, weight.isParameter else {
      throw TensorError(.state, "weight_norm", "'\(property)' of \(M.typeName) is no parameter, or normalised already")
    }
    place.source = LengthAndDirection(weight, try checked(dim, weight, "weight_norm"))
  } catch {
    report(error)
  }
  return module
}

/// Ends ``weightNorm(_:name:dim:)``: the parameter keeps its present value.
@discardableResult
public func removeWeightNorm<M: Module>(_ module: M, name: String = "weight") -> M {
  guard let found = module.changeable(name), let source = found.place.source as? LengthAndDirection else {
    report(TensorError(.state, "remove_weight_norm", "'\(name)' of \(M.typeName) has no weight norm"))
    return module
  }
  let value = noGrad { source.value().detach() }
  if value.hasFailed { return module }
  found.place.source = nil
  _ = found.place.setCurrentValue(parameter(value))
  return module
}

extension Module {
  /// `state` with the names of the older weight norm, `weight_g` and `weight_v`, as those of the parametrisation where this
  /// model has one.
  func renamed(_ state: StateDict) -> StateDict {
    var state = state
    for (path, module) in namedModules() {
      guard let dict = ParametrizationDict.of(module) else { continue }
      for name in dict.names where dict[name]?.isWeightNorm == true {
        let (g, v) = (joined(path, "\(name)_g"), joined(path, "\(name)_v"))
        guard let length = state[g], let direction = state[v] else { continue }
        state[g] = nil
        state[v] = nil
        state[joined(path, "parametrizations.\(name).original0")] = length
        state[joined(path, "parametrizations.\(name).original1")] = direction
      }
    }
    return state
  }
}

extension ParametrizationList {
  /// Whether it is what ``parametrizations/weightNorm(_:name:dim:)`` makes.
  var isWeightNorm: Bool { count > 0 && self[0] is WeightNormalisation }
}
