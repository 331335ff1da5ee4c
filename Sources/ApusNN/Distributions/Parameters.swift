import ApusCore

/// A parameter of a distribution: a tensor, or a number.
public protocol DistributionParameter: Sendable {
  /// The parameter as a tensor; of a number one without dimensions.
  var parameterTensor: Tensor { get }
}

extension Tensor: DistributionParameter {
  public var parameterTensor: Tensor { dtype.isInexact || isPoisoned ? self : to(.default) }
}
extension Double: DistributionParameter {
  public var parameterTensor: Tensor { Tensor(self, dtype: .default) }
}
extension Float: DistributionParameter {
  public var parameterTensor: Tensor { Tensor(self, dtype: .default) }
}
extension Int: DistributionParameter {
  public var parameterTensor: Tensor { Tensor(Double(self), dtype: .default) }
}

/// The parameters of a new distribution: of one type, in their common shape, and checked.
struct Parameters {
  /// In the order of the constraints.
  let values: [Tensor]
  let validateArgs: Bool

  /// - Parameters:
  ///   - distribution: its name in messages.
  ///   - constraints: PyTorch's names of the parameters, with what they must satisfy.
  ///   - validateArgs: whether they are checked; nil: the default.
  ///   - given: the parameters. Numbers take the type of the first tensor.
  init(
    _ distribution: String, _ constraints: KeyValuePairs<String, Constraint>, _ validateArgs: Bool?,
    _ given: any DistributionParameter...
  ) {
    self.validateArgs = validateArgs ?? Validation.isDefault
    let first = given.lazy.compactMap { $0 as? Tensor }.first?.parameterTensor
    let tensors = given.map { value -> Tensor in
      guard !(value is Tensor), let first, !first.hasFailed else { return value.parameterTensor }
      return value.parameterTensor.to(first.dtype).placed(with: first)
    }
    var values = broadcastParameters(tensors, distribution)
    if self.validateArgs {
      for (i, (name, constraint)) in constraints.enumerated() where i < values.count {
        let others = zip(constraints, values).map { ($0.key, $1) }
        let checked = Validation.parameter(values[i], name, constraint, "\(distribution)(\(parameterText(others)))")
        if checked.hasFailed { values = values.map { _ in checked } }
      }
    }
    self.values = values
  }

  subscript(i: Int) -> Tensor { values[i] }
}

/// Checks of parameters and samples.
enum Validation {
  private static let standard = Lock(true)

  /// Whether distributions check their parameters and what is asked of them unless they are told otherwise.
  static var isDefault: Bool {
    get { standard.withLock { $0 } }
    set { standard.withLock { $0 = newValue } }
  }

  /// Whether elements may be read: what an interpreter follows is not.
  static var canRead: Bool { Context.tracer == nil && Context.current?.isBatching != true }

  /// `x`, or an error that names the parameter where an element of it does not satisfy the constraint.
  static func parameter(_ x: Tensor, _ name: String, _ constraint: Constraint, _ distribution: String) -> Tensor {
    guard !x.hasFailed, !constraint.isDependent, canRead else { return x }
    let valid = constraint.check(x)
    if valid.hasFailed { return valid }
    if noGrad({ valid.all().item() != 0 }) { return x }
    return fail(
      TensorError(
        .value, String(distribution.prefix { $0 != "(" }),
        "expected parameter \(name) (Tensor of shape \(tupleText(x.shape))) of distribution \(distribution) to satisfy the "
          + "constraint \(constraint), but found invalid values:\n\(valueText(x))"))
  }
}

extension Distribution {
  /// `value`, or an error where its shape does not fit the batch and the event, or it lies outside of the support.
  func validated(_ value: Tensor) -> Tensor {
    guard validateArgs, !value.hasFailed else { return value }
    let (batch, event) = (batchShape, eventShape)
    guard value.rank >= event.count, Array(value.shape.suffix(event.count)) == event else {
      return fail(
        TensorError(
          .shape, name,
          "the right-most sizes of a value must match the event: found \(value.shape), and events have \(event)"))
    }
    guard broadcastShapes(value.shape, batch + event) != nil else {
      return fail(
        TensorError(
          .shape, name, "a value of shape \(value.shape) does not broadcast with batch and event, \(batch + event)"))
    }
    let support = support
    guard Validation.canRead, !support.isDependent else { return value }
    let valid = support.check(value)
    if valid.hasFailed { return valid }
    if noGrad({ valid.all().item() != 0 }) { return value }
    return fail(
      TensorError(
        .value, name,
        "expected value argument (Tensor of shape \(tupleText(value.shape))) to be within the support (\(support)) of the "
          + "distribution \(self), but found invalid values:\n\(valueText(value))"))
  }
}

/// Parameters with their common shape.
func broadcastParameters(_ parameters: [Tensor], _ distribution: String) -> [Tensor] {
  if let failed = poisoned(among: parameters) { return parameters.map { _ in failed } }
  do throws(TensorError) {
    let shape = try broadcastShapes(parameters.map(\.shape), distribution)
    let dtype = resultType(parameters.map(\.type))
    return parameters.map { $0.to(dtype).expand(shape) }
  } catch {
    let failed = fail(error)
    return parameters.map { _ in failed }
  }
}

/// PyTorch's text of parameters: single numbers as they are, others by their shape.
func parameterText(_ parameters: [(String, Tensor)]) -> String {
  parameters.map { name, value in
    guard value.count == 1, !value.hasFailed else { return "\(name): torch.Size(\(value.shape))" }
    return "\(name): " + (value.rank == 0 ? "\(value.detach().item())" : "\(value.detach())")
  }.joined(separator: ", ")
}

/// Values in messages: single numbers without the frame of a tensor.
private func valueText(_ x: Tensor) -> String { x.rank == 0 ? "\(x.detach().item())" : "\(x.detach())" }

/// A shape as a tuple of Python.
func tupleText(_ shape: [Int]) -> String {
  shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
}

/// The sum over the last `count` dimensions.
func sumRightmost(_ x: Tensor, _ count: Int) -> Tensor {
  count <= 0 || x.hasFailed ? x : x.sum(lastDims(min(count, x.rank)))
}

/// log(2 pi) / 2.
let halfLogTwoPi = 0.91893853320467274178
/// log(2).
let logTwo = 0.69314718055994530942
/// log(pi).
let logPi = 1.14472988584940017414
/// Euler's constant.
let eulerGamma = 0.57721566490153286061

extension DType {
  /// The distance between 1 and the next larger number.
  var roundoff: Double {
    self == .float64 ? 0x1p-52 : self == .float16 ? 0x1p-10 : self == .bfloat16 ? 0x1p-7 : 0x1p-23
  }
  /// The smallest normal number above 0.
  var smallestNormal: Double { self == .float64 ? 0x1p-1022 : self == .float16 ? 0x1p-14 : 0x1p-126 }
}
