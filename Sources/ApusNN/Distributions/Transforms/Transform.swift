import ApusCore

/// A function of random values with an inverse and the density that it gives: PyTorch's `torch.distributions.transforms.Transform`.
///
///     let transform = ComposeTransform([AffineTransform(1.0, 2.0), ExpTransform()])
///     let y = transform(x)
///     let density = base.logProb(x) - transform.logAbsDetJacobian(x, y)
public protocol DistributionTransform: Sendable, CustomStringConvertible {
  /// The values that it takes.
  var domain: Constraint { get }
  /// The values that it gives.
  var codomain: Constraint { get }
  /// Whether each value of the codomain comes from exactly one of the domain.
  var bijective: Bool { get }
  /// 1 where a function of numbers grows, -1 where it falls.
  var sign: Tensor { get }
  /// The transform in the other direction.
  var inv: any DistributionTransform { get }

  /// The value at `x`.
  func forward(_ x: Tensor) -> Tensor
  /// The value at which the transform gives `y`; one of them where there are several.
  func inverse(_ y: Tensor) -> Tensor
  /// The logarithm of the size of the determinant of the derivative at `x`, where the transform gives `y`.
  func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor
  /// The shape of the values at inputs of `shape`.
  func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int]
  /// The shape of inputs whose values have `shape`.
  func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int]
  /// Whether `other` computes the same.
  func isEqual(to other: any DistributionTransform) -> Bool
}

extension DistributionTransform {
  public var bijective: Bool { true }
  public var sign: Tensor { lacking("sign", "it is defined for monotone functions of numbers") }
  public var inv: any DistributionTransform { InverseTransform(self) }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    lacking("logAbsDetJacobian", "several inputs give the same value")
  }
  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] { shape }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] { shape }
  public func isEqual(to other: any DistributionTransform) -> Bool { other is Self }
  public var description: String { "\(Self.self)()" }

  /// The value at `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { forward(x) }

  /// How many last dimensions one value has, of the domain and the codomain alike.
  public var eventDim: Int { max(domain.eventDim, codomain.eventDim) }

  func lacking(_ what: String, _ reason: String) -> Tensor {
    fail(TensorError(.unsupported, "\(Self.self)", "\(what) is not defined: \(reason)"))
  }
}

/// The type of errors about too few dimensions.
func tooFewDimensions(_ transform: String, _ shape: [Int], _ least: Int) -> TensorError {
  TensorError(.shape, transform, "too few dimensions: expected at least \(least), and found \(shape)")
}

/// A transform in the other direction.
struct InverseTransform: DistributionTransform {
  let base: any DistributionTransform
  init(_ base: any DistributionTransform) { self.base = base }

  var domain: Constraint { base.codomain }
  var codomain: Constraint { base.domain }
  var bijective: Bool { base.bijective }
  var sign: Tensor { base.sign }
  var inv: any DistributionTransform { base }
  func forward(_ x: Tensor) -> Tensor { base.inverse(x) }
  func inverse(_ y: Tensor) -> Tensor { base.forward(y) }
  func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor { -base.logAbsDetJacobian(y, x) }
  func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] { try base.inverseShape(shape) }
  func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] { try base.forwardShape(shape) }
  func isEqual(to other: any DistributionTransform) -> Bool {
    (other as? InverseTransform).map { base.isEqual(to: $0.base) } ?? false
  }
  var description: String { "_InverseTransform(\(base))" }
}
