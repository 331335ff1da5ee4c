// Special functions, under PyTorch's names in `torch.special`.

enum SpecialFunction {
  static let i0 = Formula("I0", .floating) { x in x(.i0) }
  static let i0e = Formula("SpecialI0E", .floating) { x in x(.i0e) }
  static let i1 = Formula("SpecialI1", .floating) { x in x(.i1) }
  static let i1e = Formula("SpecialI1E", .floating) { x in x(.i1e) }
  static let k0 = Formula("SpecialModifiedBesselK0", .floating) { x in x(.k0) }
  static let k0e = Formula("SpecialScaledModifiedBesselK0", .floating) { x in x(.k0e) }
  static let k1 = Formula("SpecialModifiedBesselK1", .floating) { x in x(.k1) }
  static let k1e = Formula("SpecialScaledModifiedBesselK1", .floating) { x in x(.k1e) }
  static let j0 = Formula("SpecialBesselJ0", .floating) { x in x(.j0) }
  static let j1 = Formula("SpecialBesselJ1", .floating) { x in x(.j1) }
  static let y0 = Formula("SpecialBesselY0", .floating) { x in x(.y0) }
  static let y1 = Formula("SpecialBesselY1", .floating) { x in x(.y1) }
  static let sphericalJ0 = Formula("SpecialSphericalBesselJ0", .floating) { x in x(.sphericalJ0) }
  static let airy = Formula(
    "SpecialAiryAi", inputs: 1, .floating, withoutGradient: 1, outputs: [Expression.input(0)(.airy)])
  static let erfcx = Formula("SpecialErfcx", .floating) { x in x(.erfcx) }
  static let ndtr = Formula("SpecialNdtr", .floating) { x in 0.5 * (x * -0.70710678118654752440)(.erfc) }
  static let ndtri = Formula("SpecialNdtri", .floating) { x in x(.ndtri) }
  /// Below -1 through the scaled error function, which does not underflow; each branch sees only its own side.
  static let logNdtr = Formula("SpecialLogNdtr", .floating) { x in
    let isLow = x.isLess(.constant(-1))
    let low = x.when(isLow, else: .constant(-1))
    let high = Expression.constant(-1).when(isLow, else: x)
    let tail = ((low * -0.70710678118654752440)(.erfcx) * 0.5)(.log) - 0.5 * low.squared
    return tail.when(isLow, else: (-0.5 * (high * 0.70710678118654752440)(.erfc))(.log1p))
  }
  static let entr: Formula = {
    let x = Expression.input(0)
    let value = Expression.constant(-.infinity).when(
      x.isLess(.zero), else: .zero.when(x.isEqual(.zero), else: -(x * x(.log))))
    return Formula("SpecialEntr", inputs: 1, .floating, slopes: [-1 - x(.log)], outputs: [value])
  }()
  static let sinc: Formula = {
    let angle = Expression.input(0) * Double.pi
    let value = Expression.one.when(angle.isEqual(.zero), else: angle(.sin) / angle)
    return Formula(
      "Sinc", inputs: 1, .floating, slopes: [angle.sphericalSlope(value) * Double.pi], outputs: [value])
  }()
  static let logit = logit(of: .input(0), from: .zero, to: .one, beyond: .constant(.nan))
  /// Limited to parameter 0...1 first; the lower limit wins.
  static let logitLimited = logit(
    of: Expression.parameter(0).when(
      .input(0).isLess(.parameter(0)),
      else: Expression.parameter(1).when(.input(0).isGreater(.parameter(1)), else: .input(0))),
    from: .parameter(0), to: .parameter(1), beyond: .zero)

  private static func logit(
    of z: Expression, from low: Expression, to high: Expression, beyond: Expression
  ) -> Formula {
    let x = Expression.input(0)
    let slope = beyond.when(x.isLess(low).or(x.isGreater(high)), else: 1 / (x * (1 - x)))
    return Formula("Logit", inputs: 1, .floating, slopes: [slope], outputs: [(z / (1 - z))(.log)])
  }
  static let xlogy = BinaryFormula("Xlogy", .floating) { x, y in .binary(.xlogy, x, y) }
  static let xlog1py = BinaryFormula("SpecialXlog1Py", .floating) { x, y in
    let vanishes = x.isEqual(.zero).and(y.isAtMost(.constant(-1)).or(y.isEqual(.constant(.infinity))))
    return x * .zero.when(vanishes, else: Expression.zero.when(vanishes, else: y)(.log1p))
  }
  static let zeta = BinaryFormula("SpecialZeta", .floating, withoutGradient: 1) { x, y in .binary(.zeta, x, y) }
  static let polygamma = Formula("Polygamma", .floating) { x in .binary(.polygamma, .parameter(0), x) }
  static let igamma = Formula(
    "Igamma", inputs: 2, withoutGradient: 1, outputs: [.binary(.igamma, .input(0), .input(1))])
  static let igammac = Formula(
    "Igammac", inputs: 2, withoutGradient: 1, outputs: [.binary(.igammac, .input(0), .input(1))])

  static func polynomial(_ name: String, _ function: BinaryFunction, shifted: Bool = false) -> BinaryFormula {
    BinaryFormula("Special" + name, .floating, withoutGradient: 3) { x, degree in
      .binary(function, shifted ? x * 2 - 1 : x, degree)
    }
  }
  static let chebyshevT = polynomial("ChebyshevPolynomialT", .chebyshevT)
  static let chebyshevU = polynomial("ChebyshevPolynomialU", .chebyshevU)
  static let chebyshevV = polynomial("ChebyshevPolynomialV", .chebyshevV)
  static let chebyshevW = polynomial("ChebyshevPolynomialW", .chebyshevW)
  static let shiftedT = polynomial("ShiftedChebyshevPolynomialT", .chebyshevT, shifted: true)
  static let shiftedU = polynomial("ShiftedChebyshevPolynomialU", .chebyshevU, shifted: true)
  static let shiftedV = polynomial("ShiftedChebyshevPolynomialV", .chebyshevV, shifted: true)
  static let shiftedW = polynomial("ShiftedChebyshevPolynomialW", .chebyshevW, shifted: true)
  static let hermiteH = polynomial("HermitePolynomialH", .hermiteH)
  static let hermiteHe = polynomial("HermitePolynomialHe", .hermiteHe)
  static let laguerre = polynomial("LaguerrePolynomialL", .laguerre)
  static let legendre = polynomial("LegendrePolynomialP", .legendre)
}

extension Tensor {
  /// sin(pi x) / (pi x), 1 at 0.
  public func sinc() -> Tensor { pointwise(SpecialFunction.sinc, self) }
  /// The logarithm of x / (1 - x); with `eps` x is limited to eps...1 - eps first.
  public func logit(eps: Double? = nil) -> Tensor {
    let source = dtype.isInexact || hasFailed ? self : to(.default)
    guard let eps else { return pointwise(SpecialFunction.logit, source) }
    return pointwise(SpecialFunction.logitLimited, [source], [.float(eps), .float(1 - eps)])
  }
  /// self * log(other), 0 where self is 0.
  public func xlogy(_ other: Tensor) -> Tensor { SpecialFunction.xlogy(self, other) }
  public func xlogy(_ other: some ScalarConvertible) -> Tensor { SpecialFunction.xlogy(self, other) }
  /// The derivative of the digamma function of order `n`.
  public static func polygamma(_ n: Int, _ x: Tensor) -> Tensor {
    guard n >= 0 else {
      return x.hasFailed ? x : fail(TensorError(.value, "polygamma", "the order must not be negative, and found \(n)"))
    }
    return n == 0 ? x.digamma() : pointwise(SpecialFunction.polygamma, x, scalar: .int(n))
  }
  /// The logarithm of the multivariate gamma function of dimension `p`; elements must be greater than (p - 1) / 2.
  public func mvlgamma(_ p: Int) -> Tensor {
    attempt(self) { () throws(TensorError) in
      guard p >= 1 else {
        throw TensorError(.value, "mvlgamma", "p must be at least 1, and found \(p)")
      }
      if dtype == .bool { throw TensorError(.dtype, "mvlgamma", "is not defined for bool tensors") }
      try checkedCount(p, "p", "mvlgamma")
      let source = dtype.isInexact ? self : to(.default)
      var sum = source.lgamma()
      for k in 1..<p { sum = sum + (source - Double(k) / 2).lgamma() }
      return sum + Double(p) * Double(p - 1) / 4 * 1.14472988584940017414
    }
  }
  /// The regularised lower incomplete gamma function of shape self at `other`.
  public func igamma(_ other: Tensor) -> Tensor { floatingOnly(SpecialFunction.igamma, other) }
  /// The regularised upper incomplete gamma function of shape self at `other`.
  public func igammac(_ other: Tensor) -> Tensor { floatingOnly(SpecialFunction.igammac, other) }
}

/// Functions of `torch.special` that are no methods of tensors.
public enum special {
  /// The modified Bessel functions of the first kind, of order 0 and 1; `e`: times exp(-|x|).
  public static func i0(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.i0, x) }
  /// exp(-|x|) times ``i0(_:)``.
  public static func i0e(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.i0e, x) }
  /// The modified Bessel function of the first kind, order 1.
  public static func i1(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.i1, x) }
  /// exp(-|x|) times ``i1(_:)``.
  public static func i1e(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.i1e, x) }
  /// The modified Bessel functions of the second kind; scaled: times exp(x).
  public static func modifiedBesselK0(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.k0, x) }
  /// The modified Bessel function of the second kind, order 1.
  public static func modifiedBesselK1(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.k1, x) }
  /// exp(x) times that of the second kind, order 0.
  public static func scaledModifiedBesselK0(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.k0e, x) }
  /// exp(x) times that of the second kind, order 1.
  public static func scaledModifiedBesselK1(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.k1e, x) }
  /// The Bessel functions of the first and second kind.
  public static func besselJ0(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.j0, x) }
  /// The Bessel function of the first kind, order 1.
  public static func besselJ1(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.j1, x) }
  /// The Bessel function of the second kind, order 0.
  public static func besselY0(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.y0, x) }
  /// The Bessel function of the second kind, order 1.
  public static func besselY1(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.y1, x) }
  /// sin(x) / x.
  public static func sphericalBesselJ0(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.sphericalJ0, x) }
  /// The Airy function Ai; it has no gradient.
  public static func airyAi(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.airy, x) }
  /// exp(x²) erfc(x), without overflow.
  public static func erfcx(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.erfcx, x) }
  /// The distribution function of the standard normal distribution, its logarithm, and its inverse.
  public static func ndtr(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.ndtr, x) }
  /// The logarithm of the normal distribution function, accurate far below 0.
  public static func logNdtr(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.logNdtr, x) }
  /// The number at which the normal distribution function is x; NaN beyond 0 ... 1.
  public static func ndtri(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.ndtri, x) }
  /// The entropy -x log(x), 0 at 0 and -inf below.
  public static func entr(_ x: Tensor) -> Tensor { pointwise(SpecialFunction.entr, x) }
  /// x * log(1 + y), 0 where x is 0.
  public static func xlog1py(_ x: Tensor, _ y: Tensor) -> Tensor { SpecialFunction.xlog1py(x, y) }
  /// The Hurwitz zeta function: the sum of (q + k)^-x over k >= 0.
  public static func zeta(_ x: Tensor, _ q: Tensor) -> Tensor { SpecialFunction.zeta(x, q) }
  /// Orthogonal polynomials of degree `n`; they have no gradient.
  public static func chebyshevPolynomialT(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.chebyshevT(x, n) }
  /// The Chebyshev polynomial of the second kind of degree `n` at `x`.
  public static func chebyshevPolynomialU(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.chebyshevU(x, n) }
  /// The Chebyshev polynomial of the third kind of degree `n` at `x`.
  public static func chebyshevPolynomialV(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.chebyshevV(x, n) }
  /// The Chebyshev polynomial of the fourth kind of degree `n` at `x`.
  public static func chebyshevPolynomialW(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.chebyshevW(x, n) }
  /// The Chebyshev polynomials of 2x - 1.
  public static func shiftedChebyshevPolynomialT(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.shiftedT(x, n) }
  /// The Chebyshev polynomial of the second kind of degree `n` at 2 x - 1.
  public static func shiftedChebyshevPolynomialU(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.shiftedU(x, n) }
  /// The Chebyshev polynomial of the third kind of degree `n` at 2 x - 1.
  public static func shiftedChebyshevPolynomialV(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.shiftedV(x, n) }
  /// The Chebyshev polynomial of the fourth kind of degree `n` at 2 x - 1.
  public static func shiftedChebyshevPolynomialW(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.shiftedW(x, n) }
  /// Hermite polynomials of the physicists (H) and of probability theory (He).
  public static func hermitePolynomialH(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.hermiteH(x, n) }
  /// The probabilists' Hermite polynomial of degree `n` at `x`.
  public static func hermitePolynomialHe(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.hermiteHe(x, n) }
  /// The Laguerre polynomial of degree `n` at `x`.
  public static func laguerrePolynomialL(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.laguerre(x, n) }
  /// The Legendre polynomial of degree `n` at `x`.
  public static func legendrePolynomialP(_ x: Tensor, _ n: Tensor) -> Tensor { SpecialFunction.legendre(x, n) }
}

extension Registry {
  /// Special functions.
  static let specialFunctions: [Operation] = [
    .unary("i0 special.i0") { special.i0($0) },
    .unary("sinc special.sinc") { $0.sinc() },
    .tensor("logit special.logit", "input, eps=None") {
      try $0.tensor("input").logit(eps: $0.optionalDouble("eps"))
    },
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
