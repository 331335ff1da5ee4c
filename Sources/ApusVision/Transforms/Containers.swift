import ApusCore

/// Transforms one after the other, torchvision's `Compose`.
public struct Compose: Transform {
  public let transforms: [any Transform]

  /// At least one transform.
  public init(_ transforms: [any Transform]) { self.transforms = someTransforms(transforms, "Compose") }

  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    try inTurn(transforms, inputs)
  }
  public var extraRepresentation: String { lines(transforms) }
}

/// Transforms one after the other, or none, torchvision's `RandomApply`.
public struct RandomApply: Transform {
  public let transforms: [any Transform]
  public let p: Double

  /// - Parameter p: the probability that they are applied.
  public init(_ transforms: [any Transform], p: Double = 0.5) {
    self.transforms = someTransforms(transforms, "RandomApply")
    self.p = checkedProbability(p, "RandomApply")
  }

  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    Draws.uniform() >= Float(p) ? inputs : try inTurn(transforms, inputs)
  }
  public var extraRepresentation: String { lines(transforms) }
}

/// One of several transforms, torchvision's `RandomChoice`.
public struct RandomChoice: Transform {
  public let transforms: [any Transform]
  /// The probability of each; they add up to 1.
  public let p: [Double]

  /// - Parameter p: how probable each is, in any unit; nil for equally so.
  public init(_ transforms: [any Transform], p: [Double]? = nil) {
    self.transforms = someTransforms(transforms, "RandomChoice")
    var chances = p ?? [Double](repeating: 1, count: transforms.count)
    if chances.count != transforms.count {
      report(
        TensorError(
          .value, "RandomChoice",
          "Length of p doesn't match the number of transforms: \(chances.count) != \(transforms.count)"))
      chances = [Double](repeating: 1, count: transforms.count)
    }
    let total = chances.reduce(0, +)
    self.p = chances.map { $0 / total }
  }

  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    let place = multinomial(Tensor(p, shape: [p.count], dtype: .float32), 1)
    if place.hasFailed { return inputs }
    return try transforms[place.item(as: Int.self)].forward(inputs)
  }
  public var extraRepresentation: String { "transforms=\(list(transforms)), p=\(pythonList(p))" }
}

/// Transforms in random order, torchvision's `RandomOrder`.
public struct RandomOrder: Transform {
  public let transforms: [any Transform]

  /// At least one transform.
  public init(_ transforms: [any Transform]) { self.transforms = someTransforms(transforms, "RandomOrder") }

  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    try inTurn(Generator.default.permutation(transforms.count).map { transforms[$0] }, inputs)
  }
  public var extraRepresentation: String { "transforms=\(list(transforms))" }
}

private func someTransforms(_ transforms: [any Transform], _ name: String) -> [any Transform] {
  if transforms.isEmpty { report(TensorError(.value, name, "Pass at least one transform")) }
  return transforms
}

private func inTurn(
  _ transforms: [any Transform], _ inputs: [TransformValue]
) throws(TensorError) -> [TransformValue] {
  var values = inputs
  for transform in transforms { values = try transform.forwardingCrops(values) }
  return values
}

extension Transform {
  /// ``forward(_:)`` of samples in which pictures may have become several: each of them is a picture then.
  fileprivate func forwardingCrops(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    guard inputs.contains(where: { if case .crops = $0 { true } else { false } }), !(self is any TakingCrops) else {
      return try forward(inputs)
    }
    var parts: [TransformValue] = []
    for input in inputs { input.parts(into: &parts) }
    // Crops of a plain tensor are pictures, all of them.
    let pure = parts.map(\.isPureTensor)
    let marked = zip(parts, pure).map { $1 ? .image(Image($0.stacked)) : $0 }
    let results = try forward(marked)
    var changed = zip(results, pure).map { value, pure in
      if pure, case .image(let x) = value { return TransformValue.tensor(x.tensor) }
      return value
    }[...]
    return inputs.map { $0.replacing(&changed) }
  }
}

/// A transform that takes several pictures made of one as one value.
protocol TakingCrops {}

private func lines(_ transforms: [any Transform]) -> String {
  transforms.map { "    \($0)" }.joined(separator: "\n")
}

private func list(_ transforms: [any Transform]) -> String {
  "[" + transforms.map(\.description).joined(separator: ", ") + "]"
}
