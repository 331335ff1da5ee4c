import ApusCore
import ApusFunctional

// Weights that stay orthogonal while they are trained.

/// How an orthogonal matrix comes from the numbers that are trained.
public enum OrthogonalMap: String, Sendable, Hashable, NamedChoice {
  /// exp(A) of a skew-symmetric A.
  case matrixExp = "matrix_exp"
  /// (I + A/2) (I - A/2)⁻¹ of a skew-symmetric A.
  case cayley
  /// A product of Householder reflections.
  case householder
}

/// The matrix of orthonormal columns of a tall matrix, the diagonal of whose triangular factor is not negative.
private func orthonormalised(_ a: Tensor) -> Tensor {
  let (reflections, tau) = geqrf(a)
  return linalg.householderProduct(reflections, tau) * reflections.diagonal(dim1: -2, dim2: -1).sgn().unsqueeze(-2)
}

final class Orthogonality: Parametrization {
  let state = ModuleState()
  /// What the map's result is multiplied with, so that training begins at the identity; nil before the first value.
  @Changeable var base: Tensor?
  private let shape: [Int]
  private let map: OrthogonalMap
  private let isTrivialised: Bool
  static var typeName: String { "_Orthogonal" }

  init(_ shape: [Int], _ map: OrthogonalMap, isTrivialised: Bool) {
    (self.shape, self.map, self.isTrivialised) = (shape, map, isTrivialised)
  }

  var hasRightInverse: Bool { isTrivialised || map == .householder }

  func forward(_ x: Tensor) -> Tensor {
    guard !x.hasFailed, x.rank >= 2 else { return x }
    let isWide = x.size(-2) < x.size(-1)
    var x = isWide ? x.mT : x
    let (n, k) = (x.size(-2), x.size(-1))
    var q: Tensor
    if map == .householder {
      let a = x.tril(-1)
      let tau = 2 / (1 + (a * a).sum([-2]))
      q = linalg.householderProduct(a, tau)
      q = q * x.detach().diagonal(dim1: -2, dim2: -1).trunc().unsqueeze(-2)
    } else {
      x = x.tril()
      if n != k {
        x = cat([x, Tensor.zeros(Array(x.shape.dropLast()) + [n - k], dtype: x.dtype, device: x.device)], dim: -1)
      }
      let a = x - x.mH
      if map == .matrixExp {
        q = a.matrixExp()
      } else {
        let identity = eye(n, dtype: a.dtype, device: a.device)
        q = linalg.solve(identity - a * 0.5, identity + a * 0.5)
      }
      if n != k { q = q.narrow(-1, 0, k) }
    }
    if let base { q = matmul(base, q) }
    return isWide ? q.mT : q
  }

  func rightInverse(_ value: Tensor) -> Tensor {
    attempt(value) { () throws(TensorError) in
      guard value.shape == shape else {
        throw TensorError(
          .shape, "orthogonal", "needs a matrix or matrices of shape \(shape), and found \(value.shape)")
      }
      let isWide = value.size(-2) < value.size(-1)
      let q = isWide ? value.mT : value
      let (n, k) = (q.size(-2), q.size(-1))
      if !isTrivialised {
        let (factors, tau) = geqrf(q)
        let diagonal = factors.diagonal(dim1: -2, dim2: -1)
        let signs = `where`(tau.eq(0), -diagonal.sign(), diagonal.sign())
        let a = factors + (signs - diagonal).diagEmbed(k, n)
        return isWide ? a.mT : a
      }
      base = buffer(completed(q, n, k))
      let identity = eye(shape[shape.count - 2], shape[shape.count - 1], dtype: value.dtype, device: value.device)
      return (-identity).expand(shape).contiguous()
    }
  }

  /// A square orthogonal matrix that begins with the columns of `q`.
  private func completed(_ q: Tensor, _ n: Int, _ k: Int) -> Tensor {
    if n == k { return isOrthonormal(q) ? q : orthonormalised(q) }
    let others = randn(Array(q.shape.dropLast()) + [n - k], dtype: q.dtype).to(q.device)
    return orthonormalised(cat([q, others], dim: -1))
  }

  private func isOrthonormal(_ q: Tensor) -> Bool {
    let epsilon = 10 * Double(q.size(-2)) * (q.dtype.realType == .float64 ? 0x1p-52 : 0x1p-23)
    let product = matmul(q.mH, q)
    return product.allclose(eye(q.size(-1), dtype: q.dtype, device: q.device).expand(product.shape), atol: epsilon)
  }
}

extension Tensor {
  /// A diagonal `[..., k]` in matrices `[..., n, k]` of zeros.
  fileprivate func diagEmbed(_ k: Int, _ n: Int) -> Tensor {
    unsqueeze(-2) * eye(n, k, dtype: dtype, device: device)
  }
}

extension parametrizations {
  /// Keeps the parameter `name`, a matrix or matrices `[..., m, n]`, orthonormal in its columns, or in its rows where it has more
  /// columns than rows.
  ///
  /// - Parameters:
  ///   - orthogonalMap: `matrixExp` for square and complex matrices and `householder` for others unless given.
  ///   - useTrivialization: whether a base matrix is kept so that training starts from the identity (Lezcano Casado, 2019); the
  ///     parameter keeps its value then if it is orthogonal, and is made so otherwise.
  @discardableResult
  public static func orthogonal<M: Module>(
    _ module: M, name: String = "weight", orthogonalMap: OrthogonalMap? = nil, useTrivialization: Bool = true
  ) -> M {
    do throws(TensorError) {
      let weight = try tensor(module, name, "orthogonal")
      if weight.hasFailed { return module }
      guard weight.rank >= 2, weight.dtype.isInexact else {
        throw TensorError(.shape, "orthogonal", "needs a matrix or matrices, and '\(name)' is \(weight.type)")
      }
      let isSquare = weight.size(-2) == weight.size(-1)
      let map = orthogonalMap ?? (isSquare || weight.isComplex ? .matrixExp : .householder)
      guard map != .householder || !weight.isComplex else {
        throw TensorError(.dtype, "orthogonal", "Householder reflections do not serve complex matrices")
      }
      let entry = Orthogonality(weight.shape, map, isTrivialised: useTrivialization)
      return parametrize.registerParametrization(module, name, entry, unsafe: true)
    } catch {
      report(error)
      return module
    }
  }
}

/// ``parametrizations/orthogonal(_:name:orthogonalMap:useTrivialization:)``.
@discardableResult
public func orthogonal<M: Module>(
  _ module: M, name: String = "weight", orthogonalMap: OrthogonalMap? = nil, useTrivialization: Bool = true
) -> M {
  parametrizations.orthogonal(
    module, name: name, orthogonalMap: orthogonalMap, useTrivialization: useTrivialization)
}
