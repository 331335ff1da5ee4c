import ApusCore

/// Left and right exchanged with a probability.
public struct RandomHorizontalFlip: RandomTransform {
  public let p: Double
  /// - Parameter p: the probability.
  public init(p: Double = 0.5) { self.p = checkedProbability(p, "RandomHorizontalFlip") }
  /// ``init(p:)`` without the label.
  public init(_ p: Double) { self.init(p: p) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, HorizontalFlip())
  }
  public var extraRepresentation: String { "p=\(python(p))" }
}

/// Top and bottom exchanged with a probability.
public struct RandomVerticalFlip: RandomTransform {
  public let p: Double
  /// - Parameter p: the probability.
  public init(p: Double = 0.5) { self.p = checkedProbability(p, "RandomVerticalFlip") }
  /// ``init(p:)`` without the label.
  public init(_ p: Double) { self.init(p: p) }
  public func transform(_ input: TransformValue, _ params: NoParams) throws(TensorError) -> TransformValue {
    try applied(input, VerticalFlip())
  }
  public var extraRepresentation: String { "p=\(python(p))" }
}
