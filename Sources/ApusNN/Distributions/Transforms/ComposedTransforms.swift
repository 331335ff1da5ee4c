import ApusCore

// Transforms made of others.

/// Transforms one after the other.
public struct ComposeTransform: DistributionTransform {
  public let parts: [any DistributionTransform]

  /// - Parameter parts: the first one is applied first; none leaves values as they are.
  public init(_ parts: [any DistributionTransform]) { self.parts = parts }
  /// ``init(_:)`` with a name.
  public init(parts: [any DistributionTransform]) { self.init(parts) }

  public var domain: Constraint {
    guard let first = parts.first, let last = parts.last else { return constraints.real }
    var dims = last.codomain.eventDim
    for part in parts.reversed() {
      dims = max(dims + part.domain.eventDim - part.codomain.eventDim, part.domain.eventDim)
    }
    return widened(first.domain, dims)
  }
  public var codomain: Constraint {
    guard let first = parts.first, let last = parts.last else { return constraints.real }
    var dims = first.domain.eventDim
    for part in parts {
      dims = max(dims + part.codomain.eventDim - part.domain.eventDim, part.codomain.eventDim)
    }
    return widened(last.codomain, dims)
  }
  public var bijective: Bool { parts.allSatisfy(\.bijective) }
  public var sign: Tensor { parts.reduce(Tensor(1.0)) { $0 * $1.sign } }
  public var inv: any DistributionTransform { ComposeTransform(parts.reversed().map(\.inv)) }

  public func forward(_ x: Tensor) -> Tensor { parts.reduce(x) { $1.forward($0) } }
  public func inverse(_ y: Tensor) -> Tensor { parts.reversed().reduce(y) { $1.inverse($0) } }

  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    if let failed = x.failed ?? y.failed { return failed }
    guard !parts.isEmpty else { return zerosLike(x) }
    var dims = domain.eventDim
    var (input, sum): (Tensor, Tensor?) = (x, nil)
    for (i, part) in parts.enumerated() {
      let output = i == parts.count - 1 ? y : part.forward(input)
      let term = sumRightmost(part.logAbsDetJacobian(input, output), dims - part.domain.eventDim)
      sum = sum.map { $0 + term } ?? term
      dims += part.codomain.eventDim - part.domain.eventDim
      input = output
    }
    return sum ?? zerosLike(x)
  }

  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    var shape = shape
    for part in parts { shape = try part.forwardShape(shape) }
    return shape
  }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] {
    var shape = shape
    for part in parts.reversed() { shape = try part.inverseShape(shape) }
    return shape
  }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    (other as? ComposeTransform).map { areEqual(parts, $0.parts) } ?? false
  }
  public var description: String {
    "ComposeTransform(\n    " + parts.map { "\($0)" }.joined(separator: ",\n    ") + "\n)"
  }
}

/// The transform that leaves values as they are.
public let identityTransform = ComposeTransform([])

/// `constraint` for events of `dims` dimensions.
private func widened(_ constraint: Constraint, _ dims: Int) -> Constraint {
  dims > constraint.eventDim ? constraints.independent(constraint, dims - constraint.eventDim) : constraint
}

/// Whether two lists of transforms compute the same.
func areEqual(_ a: [any DistributionTransform], _ b: [any DistributionTransform]) -> Bool {
  // Either one may be the other one inside a ``ConstraintTransform``, which knows that.
  a.count == b.count && zip(a, b).allSatisfy { $0.isEqual(to: $1) || $1.isEqual(to: $0) }
}

/// A transform with more dimensions in one event, over which the logarithm of the determinant is summed.
public struct IndependentTransform: DistributionTransform {
  public let baseTransform: any DistributionTransform
  public let reinterpretedBatchNdims: Int

  /// - Parameters:
  ///   - baseTransform: the transform of the parts.
  ///   - reinterpretedBatchNdims: how many more dimensions an event has.
  public init(_ baseTransform: any DistributionTransform, _ reinterpretedBatchNdims: Int) {
    (self.baseTransform, self.reinterpretedBatchNdims) = (baseTransform, max(0, reinterpretedBatchNdims))
  }
  /// ``init(_:_:)`` with names.
  public init(baseTransform: any DistributionTransform, reinterpretedBatchNdims: Int) {
    self.init(baseTransform, reinterpretedBatchNdims)
  }

  public var domain: Constraint { constraints.independent(baseTransform.domain, reinterpretedBatchNdims) }
  public var codomain: Constraint { constraints.independent(baseTransform.codomain, reinterpretedBatchNdims) }
  public var bijective: Bool { baseTransform.bijective }
  public var sign: Tensor { baseTransform.sign }

  public func forward(_ x: Tensor) -> Tensor { checked(x, domain) { baseTransform.forward($0) } }
  public func inverse(_ y: Tensor) -> Tensor { checked(y, codomain) { baseTransform.inverse($0) } }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    sumRightmost(baseTransform.logAbsDetJacobian(x, y), reinterpretedBatchNdims)
  }
  public func forwardShape(_ shape: [Int]) throws(TensorError) -> [Int] { try baseTransform.forwardShape(shape) }
  public func inverseShape(_ shape: [Int]) throws(TensorError) -> [Int] { try baseTransform.inverseShape(shape) }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    guard let other = other as? IndependentTransform else { return false }
    return other.reinterpretedBatchNdims == reinterpretedBatchNdims
      && areEqual([baseTransform], [other.baseTransform])
  }
  public var description: String { "IndependentTransform(\(baseTransform), \(reinterpretedBatchNdims))" }

  private func checked(_ x: Tensor, _ constraint: Constraint, _ body: (Tensor) -> Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard x.rank >= constraint.eventDim else {
        throw tooFewDimensions("IndependentTransform", x.shape, constraint.eventDim)
      }
      return body(x)
    }
  }
}

/// Transforms of parts of given lengths along a dimension.
public struct CatTransform: DistributionTransform {
  /// The transforms of the parts, in order.
  public let transforms: [any DistributionTransform]
  public let dim: Int
  public let lengths: [Int]

  /// - Parameters:
  ///   - tseq: the transform of each part.
  ///   - dim: the dimension along which they lie.
  ///   - lengths: how many elements each has; 1 each if not given.
  public init(_ tseq: [any DistributionTransform], dim: Int = 0, lengths: [Int]? = nil) {
    (transforms, self.dim) = (tseq, dim)
    self.lengths = matched(lengths, tseq.count, "CatTransform")
  }
  /// ``init(_:dim:lengths:)`` with names.
  public init(tseq: [any DistributionTransform], dim: Int = 0, lengths: [Int]? = nil) {
    self.init(tseq, dim: dim, lengths: lengths)
  }

  public var domain: Constraint { constraints.cat(transforms.map(\.domain), dim: dim, lengths: lengths) }
  public var codomain: Constraint { constraints.cat(transforms.map(\.codomain), dim: dim, lengths: lengths) }
  public var bijective: Bool { transforms.allSatisfy(\.bijective) }
  private var dims: Int { transforms.map(\.eventDim).max() ?? 0 }

  /// The parts of `x`.
  private func parts(_ x: Tensor) throws(TensorError) -> [Tensor] {
    let starts = partialSums(lengths)
    guard dim >= -x.rank, dim < x.rank, starts.last == x.size(dim), !transforms.isEmpty else {
      throw TensorError(
        .shape, "CatTransform", "expected \(starts.last ?? 0) elements along dimension \(dim), and found \(x.shape)")
    }
    return lengths.indices.map { x.narrow(dim, starts[$0], lengths[$0]) }
  }

  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in cat(zip(transforms, try parts(x)).map { $0.forward($1) }, dim: dim) }
  }
  public func inverse(_ y: Tensor) -> Tensor {
    attempt(y) { () throws(TensorError) in cat(zip(transforms, try parts(y)).map { $0.inverse($1) }, dim: dim) }
  }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    attempt(x, y) { () throws(TensorError) in
      let (inputs, outputs) = (try parts(x), try parts(y))
      let terms = transforms.indices.map { i in
        sumRightmost(transforms[i].logAbsDetJacobian(inputs[i], outputs[i]), dims - transforms[i].eventDim)
      }
      let place = (dim >= 0 ? dim - x.rank : dim) + dims
      return place < 0 ? cat(terms, dim: place) : terms.dropFirst().reduce(terms[0]) { $0 + $1 }
    }
  }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    (other as? CatTransform).map {
      $0.dim == dim && $0.lengths == lengths && areEqual(transforms, $0.transforms)
    } ?? false
  }
}

/// Transforms of the slices along a dimension.
public struct StackTransform: DistributionTransform {
  /// The transforms of the parts, in order.
  public let transforms: [any DistributionTransform]
  public let dim: Int

  /// - Parameters:
  ///   - tseq: the transform of each slice.
  ///   - dim: the dimension along which they lie.
  public init(_ tseq: [any DistributionTransform], dim: Int = 0) { (transforms, self.dim) = (tseq, dim) }
  /// ``init(_:dim:)`` with names.
  public init(tseq: [any DistributionTransform], dim: Int = 0) { self.init(tseq, dim: dim) }

  public var domain: Constraint { constraints.stack(transforms.map(\.domain), dim: dim) }
  public var codomain: Constraint { constraints.stack(transforms.map(\.codomain), dim: dim) }
  public var bijective: Bool { transforms.allSatisfy(\.bijective) }

  /// The slices of `x`.
  private func slices(_ x: Tensor) throws(TensorError) -> [Tensor] {
    guard dim >= -x.rank, dim < x.rank, transforms.count == x.size(dim), !transforms.isEmpty else {
      throw TensorError(
        .shape, "StackTransform", "expected \(transforms.count) elements along dimension \(dim), and found \(x.shape)")
    }
    return transforms.indices.map { x.select(dim, $0) }
  }

  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in stack(zip(transforms, try slices(x)).map { $0.forward($1) }, dim: dim) }
  }
  public func inverse(_ y: Tensor) -> Tensor {
    attempt(y) { () throws(TensorError) in stack(zip(transforms, try slices(y)).map { $0.inverse($1) }, dim: dim) }
  }
  public func logAbsDetJacobian(_ x: Tensor, _ y: Tensor) -> Tensor {
    attempt(x, y) { () throws(TensorError) in
      let (inputs, outputs) = (try slices(x), try slices(y))
      return stack(
        transforms.indices.map { transforms[$0].logAbsDetJacobian(inputs[$0], outputs[$0]) }, dim: dim)
    }
  }
  public func isEqual(to other: any DistributionTransform) -> Bool {
    (other as? StackTransform).map { $0.dim == dim && areEqual(transforms, $0.transforms) } ?? false
  }
}
