import ApusCore

/// The von Mises distribution of angles from -π to π.
public struct VonMises: Distribution {
  public let loc: Tensor
  public let concentration: Tensor
  public let validateArgs: Bool

  public static var argConstraints: KeyValuePairs<String, Constraint> {
    ["loc": constraints.real, "concentration": constraints.positive]
  }

  /// - Parameters:
  ///   - loc: the angle in the middle.
  ///   - concentration: how close angles are to it, above 0.
  public init(
    _ loc: some DistributionParameter, _ concentration: some DistributionParameter, validateArgs: Bool? = nil
  ) {
    let all = Parameters("VonMises", Self.argConstraints, validateArgs, loc, concentration)
    (self.loc, self.concentration, self.validateArgs) = (all[0], all[1], all.validateArgs)
  }
  /// ``init(_:_:validateArgs:)`` with names.
  public init(
    loc: some DistributionParameter, concentration: some DistributionParameter, validateArgs: Bool? = nil
  ) { self.init(loc, concentration, validateArgs: validateArgs) }

  public var batchShape: [Int] { loc.shape }
  public var support: Constraint { constraints.real }
  public var mean: Tensor { loc }
  public var mode: Tensor { loc }
  /// The circular variance, 1 - I1(κ) / I0(κ).
  public var variance: Tensor { 1 - special.i1e(concentration) / special.i0e(concentration) }

  public func logProb(_ value: Tensor) -> Tensor {
    let value = validated(value)
    let logBessel = special.i0e(concentration).log() + concentration
    return concentration * (value - loc).cos() - 2 * halfLogTwoPi - logBessel
  }

  /// Samples in double precision by the rejection of Best and Fisher (1979). They have no gradient.
  public func sample(_ shape: [Int]) -> Tensor {
    noGrad {
      if let failed = loc.failed { return failed }
      let shape = extended(shape)
      let (middle, kappa) = (loc.detach().to(.float64), concentration.detach().to(.float64))
      let tau = 1 + (1 + 4 * kappa.square()).sqrt()
      let rho = (tau - (2 * tau).sqrt()) / (2 * kappa)
      let r = `where`(kappa.lt(1e-5), kappa.reciprocal() + kappa, (1 + rho.square()) / (2 * rho))
      var x = Tensor.zeros(shape, dtype: .float64).placed(with: loc)
      var isDone = Tensor.full(shape, false, dtype: .bool).placed(with: loc)
      // Most proposals are accepted; what never is comes from parameters that are no numbers.
      for _ in 0..<1000 {
        let u = rand([3] + shape, dtype: .float64).placed(with: loc)
        if u.hasFailed { return u }
        let z = (Double.pi * u.select(0, 0)).cos()
        let f = (1 + r * z) / (r + z)
        let c = kappa * (r - f)
        let second = u.select(0, 1)
        let isAccepted = (c * (2 - c) - second).gt(0) | ((c / second).log() + 1 - c).ge(0)
        x = `where`(isAccepted, (u.select(0, 2) - 0.5).sign() * f.acos(), x)
        isDone = isDone | isAccepted
        if isDone.hasFailed { return isDone }
        if isDone.all().item() != 0 { break }
      }
      return ((x + Double.pi + middle).remainder(2 * Double.pi) - Double.pi).to(loc.dtype)
    }
  }

  public func expand(_ batchShape: [Int]) -> VonMises {
    VonMises(loc.expand(batchShape), concentration.expand(batchShape), validateArgs: validateArgs)
  }
}
