import ApusCore

extension Registry {
  /// Special functions.
  static let specialFunctions: [Operation] = [
    .unary("special.i0e") { special.i0e($0) },
    .unary("special.i1") { special.i1($0) },
    .unary("special.i1e") { special.i1e($0) },
    .unary("special.modified_bessel_i0") { special.i0($0) },
    .unary("special.modified_bessel_i1") { special.i1($0) },
    .unary("special.modified_bessel_k0") { special.modifiedBesselK0($0) },
    .unary("special.modified_bessel_k1") { special.modifiedBesselK1($0) },
    .unary("special.scaled_modified_bessel_k0") { special.scaledModifiedBesselK0($0) },
    .unary("special.scaled_modified_bessel_k1") { special.scaledModifiedBesselK1($0) },
    .unary("special.bessel_j0") { special.besselJ0($0) },
    .unary("special.bessel_j1") { special.besselJ1($0) },
    .unary("special.bessel_y0") { special.besselY0($0) },
    .unary("special.bessel_y1") { special.besselY1($0) },
    .unary("special.spherical_bessel_j0") { special.sphericalBesselJ0($0) },
    .unary("special.airy_ai") { special.airyAi($0) },
    .unary("special.erfcx") { special.erfcx($0) },
    .unary("special.ndtr") { special.ndtr($0) },
    .unary("special.log_ndtr") { special.logNdtr($0) },
    .unary("special.ndtri") { special.ndtri($0) },
    .unary("special.entr") { special.entr($0) },
    .binary("igamma special.gammainc") { $0.igamma($1) },
    .binary("igammac special.gammaincc") { $0.igammac($1) },
    .tensor("mvlgamma special.multigammaln", "input, p") { try $0.tensor("input").mvlgamma($0.int("p")) },
    .tensor("Tensor.polygamma", "input, n") { Tensor.polygamma(try $0.int("n"), try $0.tensor("input")) },
    .tensor("polygamma special.polygamma", "n, input") { Tensor.polygamma(try $0.int("n"), try $0.tensor("input")) },
    .ofTwo("xlogy special.xlogy") { $0.xlogy($1) },
    .ofTwo("special.xlog1py") { special.xlog1py($0, $1) },
    .ofTwo("special.zeta") { special.zeta($0, $1) },
    .polynomial("special.chebyshev_polynomial_t") { special.chebyshevPolynomialT($0, $1) },
    .polynomial("special.chebyshev_polynomial_u") { special.chebyshevPolynomialU($0, $1) },
    .polynomial("special.chebyshev_polynomial_v") { special.chebyshevPolynomialV($0, $1) },
    .polynomial("special.chebyshev_polynomial_w") { special.chebyshevPolynomialW($0, $1) },
    .polynomial("special.shifted_chebyshev_polynomial_t") { special.shiftedChebyshevPolynomialT($0, $1) },
    .polynomial("special.shifted_chebyshev_polynomial_u") { special.shiftedChebyshevPolynomialU($0, $1) },
    .polynomial("special.shifted_chebyshev_polynomial_v") { special.shiftedChebyshevPolynomialV($0, $1) },
    .polynomial("special.shifted_chebyshev_polynomial_w") { special.shiftedChebyshevPolynomialW($0, $1) },
    .polynomial("special.hermite_polynomial_h") { special.hermitePolynomialH($0, $1) },
    .polynomial("special.hermite_polynomial_he") { special.hermitePolynomialHe($0, $1) },
    .polynomial("special.laguerre_polynomial_l") { special.laguerrePolynomialL($0, $1) },
    .polynomial("special.legendre_polynomial_p") { special.legendrePolynomialP($0, $1) },
  ]
}

extension Operation {
  /// A function of two tensors, either of which may be a number.
  fileprivate static func ofTwo(
    _ names: String, parameters: String = "input, other", _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> Operation {
    Operation.tensor(names, parameters) { a in
      switch (a.values[0], a.values[1]) {
      case (.tensor(let x), .tensor(let y)): return body(x, y)
      case (.tensor(let x), _): return body(x, x.operand(try a.scalar(a.parameters[1].name)))
      case (_, .tensor(let y)): return body(y.operand(try a.scalar(a.parameters[0].name)), y)
      default: throw a.mismatch(a.parameters[0].name, "a tensor")
      }
    }
  }

  fileprivate static func polynomial(
    _ name: String, _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> Operation {
    ofTwo(name, parameters: "input, n", body)
  }
}
