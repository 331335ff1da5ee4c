import ApusCore
import ApusFunctional

// Weights divided by their largest singular value, which is followed by power iterations (Miyato et al., 2018).

/// The estimate of the singular vectors of a weight, and the weight over the singular value.
private struct PowerIteration: Sendable {
  let u: Tensor
  let v: Tensor
  let dim: Int
  let eps: Double

  /// Vectors drawn for `weight`, of more than one dimension: `dim` becomes the rows of the matrix.
  init(_ weight: Tensor, _ dim: Int, _ eps: Double) {
    (self.dim, self.eps) = (dim, eps)
    let matrix = noGrad { Self.matrix(weight.detach(), dim) }
    func drawn(_ count: Int) -> Tensor {
      let numbers = Init.normal(Tensor.zeros([count], dtype: weight.dtype, device: weight.device))
      return buffer(normalize(numbers, dim: 0, eps: eps))
    }
    u = drawn(matrix.size(0))
    v = drawn(matrix.size(1))
  }

  static func matrix(_ weight: Tensor, _ dim: Int) -> Tensor {
    let front = dim == 0 ? weight : weight.permute([dim] + (0..<weight.rank).filter { $0 != dim })
    return front.flatten(1)
  }

  /// - Parameter rightFirst: whether each iteration begins with the right vector, as in PyTorch's older form.
  func step(_ weight: Tensor, count: Int, rightFirst: Bool = false) {
    noGrad {
      let matrix = Self.matrix(weight.detach(), dim)
      var (left, right) = (u.detach(), v.detach())
      for _ in 0..<count {
        if rightFirst { right = normalize(matrix.mH.mv(left), dim: 0, eps: eps) }
        left = normalize(matrix.mv(right), dim: 0, eps: eps)
        if !rightFirst { right = normalize(matrix.mH.mv(left), dim: 0, eps: eps) }
      }
      var (keptU, keptV) = (u, v)
      keptU.assign(left)
      keptV.assign(right)
    }
  }

  func normalised(_ weight: Tensor) -> Tensor {
    let (left, right) = (u.detach(), v.detach())
    return weight / left.vdot(Self.matrix(weight, dim).mv(right))
  }
}

final class SpectralNormalisation: Parametrization {
  let state = ModuleState()
  private let u: Tensor?
  private let v: Tensor?
  private let dim: Int
  private let eps: Double
  private let iterations: Int
  static var typeName: String { "_SpectralNorm" }
  static var stateNames: [String: String] { ["u": "_u", "v": "_v"] }

  init(_ weight: Tensor, _ iterations: Int, _ dim: Int, _ eps: Double) {
    (self.iterations, self.dim, self.eps) = (iterations, dim, eps)
    let power = weight.rank > 1 ? PowerIteration(weight, dim, eps) : nil
    power?.step(weight, count: 15)
    (u, v) = (power?.u, power?.v)
  }

  func forward(_ x: Tensor) -> Tensor {
    guard let u, let v else { return normalize(x, dim: 0, eps: eps) }
    let power = PowerIteration(u: u, v: v, dim: dim, eps: eps)
    if isTraining { power.step(x, count: iterations) }
    return power.normalised(x)
  }

  func rightInverse(_ value: Tensor) -> Tensor { value }
}

extension PowerIteration {
  fileprivate init(u: Tensor, v: Tensor, dim: Int, eps: Double) {
    (self.u, self.v, self.dim, self.eps) = (u, v, dim, eps)
  }
}

/// The older form: `weight_orig`, and the vectors as buffers `weight_u` and `weight_v` of the module itself.
final class SpectralWeight: ValueSource {
  private let original: Tensor
  private let u: Tensor
  private let v: Tensor
  private let dim: Int
  private let eps: Double
  private let iterations: Int
  private let state: ModuleState
  let order = nextSourceOrder()

  init(_ weight: Tensor, _ iterations: Int, _ dim: Int, _ eps: Double, _ state: ModuleState) {
    (original, self.iterations, self.dim, self.eps, self.state) = (weight, iterations, dim, eps, state)
    let power = PowerIteration(weight, dim, eps)
    (u, v) = (power.u, power.v)
  }

  func value() -> Tensor {
    if state.isTraining { power.step(original, count: iterations, rightFirst: true) }
    return settled()
  }

  private var power: PowerIteration { PowerIteration(u: u, v: v, dim: dim, eps: eps) }

  /// The value without another iteration.
  func settled() -> Tensor { power.normalised(original) }

  func assign(_ value: Tensor?) {
    if let value { _ = stored(value.detach(), in: original) }
  }

  func variables(_ name: String) -> [(name: String, tensor: Tensor)] {
    [("\(name)_orig", original), ("\(name)_u", u), ("\(name)_v", v)]
  }
}

/// A layer whose weight has its results in the second dimension, which a spectral norm takes as rows.
protocol ResultsInSecondDimension {}

/// The checked dimension: 1 for transposed convolutions and 0 for others unless given.
private func rows(
  _ module: some Module, _ weight: Tensor, _ dim: Int?, _ iterations: Int
) throws(TensorError) -> Int {
  guard iterations > 0 else {
    throw TensorError(.value, "spectral_norm", "nPowerIterations must be positive, and found \(iterations)")
  }
  return try normalize(
    dim: dim ?? (module is any ResultsInSecondDimension ? 1 : 0), rank: weight.rank, "spectral_norm")
}

extension parametrizations {
  /// Divides the parameter `name` by its largest singular value. In training each read of it makes `nPowerIterations` steps of the
  /// power iteration, whose vectors are buffers.
  ///
  /// - Parameters:
  ///   - eps: the least length of a vector in normalisations.
  ///   - dim: the dimension that is the rows of the matrix; 0 unless given, and 1 for transposed convolutions.
  @discardableResult
  public static func spectralNorm<M: Module>(
    _ module: M, name: String = "weight", nPowerIterations: Int = 1, eps: Double = 1e-12, dim: Int? = nil
  ) -> M {
    do throws(TensorError) {
      let weight = try tensor(module, name, "spectral_norm")
      if weight.hasFailed { return module }
      let dim = try rows(module, weight, dim, nPowerIterations)
      return parametrize.registerParametrization(
        module, name, SpectralNormalisation(weight, nPowerIterations, dim, eps))
    } catch {
      report(error)
      return module
    }
  }
}

/// ``parametrizations/spectralNorm(_:name:nPowerIterations:eps:dim:)`` in PyTorch's older form, with a parameter `weight_orig` and
/// buffers `weight_u` and `weight_v` in place of `weight`.
@discardableResult
public func spectralNorm<M: Module>(
  _ module: M, name: String = "weight", nPowerIterations: Int = 1, eps: Double = 1e-12, dim: Int? = nil
) -> M {
  do throws(TensorError) {
    let (property, place) = try module.place(name, "spectral_norm")
    guard place.source == nil, let weight = place.currentValue as? Tensor, weight.isParameter, weight.rank > 1 else {
      throw TensorError(
        .state, "spectral_norm",
        "'\(property)' of \(M.typeName) is no parameter of two or more dimensions, or normalised already")
    }
    let dim = try rows(module, weight, dim, nPowerIterations)
    place.source = SpectralWeight(weight, nPowerIterations, dim, eps, module.state)
  } catch {
    report(error)
  }
  return module
}

/// Ends ``spectralNorm(_:name:nPowerIterations:eps:dim:)``: the parameter keeps its present value.
@discardableResult
public func removeSpectralNorm<M: Module>(_ module: M, name: String = "weight") -> M {
  guard let found = module.changeable(name), let source = found.place.source as? SpectralWeight else {
    report(TensorError(.state, "remove_spectral_norm", "'\(name)' of \(M.typeName) has no spectral norm"))
    return module
  }
  let value = noGrad { source.settled().detach() }
  if value.hasFailed { return module }
  found.place.source = nil
  _ = found.place.setCurrentValue(parameter(value))
  return module
}
