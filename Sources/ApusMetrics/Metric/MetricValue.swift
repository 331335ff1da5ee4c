import ApusCore

/// The value of a metric whose type is not known: what collections, trackers and loggers see.
public indirect enum MetricValue: Sendable, CustomStringConvertible {
  /// A tensor of any shape.
  case tensor(Tensor)
  /// Several values in order, such as the three parts of a curve.
  case list([MetricValue])
  /// Values by their names.
  case dictionary([String: MetricValue])

  /// Tensors, numbers, and arrays, tuples, dictionaries and optionals of them.
  public init(reflecting value: Any) {
    switch value {
    case let value as MetricValue: self = value
    case let tensor as Tensor: self = .tensor(tensor)
    case let number as any ScalarConvertible: self = .tensor(Tensor(number.scalar.double))
    case let parts as PerClass: self = parts.value
    case let values as [String: Tensor]: self = .dictionary(values.mapValues { .tensor($0) })
    case let values as [String: MetricValue]: self = .dictionary(values)
    default: self = .list(Mirror(reflecting: value).children.map { MetricValue(reflecting: $0.value) })
    }
  }

  /// The tensor, where it is one.
  public var tensor: Tensor? {
    if case .tensor(let tensor) = self { tensor } else { nil }
  }

  /// The number, where it is one.
  public var number: Double? {
    guard let tensor, !tensor.isPoisoned, tensor.count == 1 else { return nil }
    return tensor.item()
  }

  /// The numbers in it with names: of one number the empty name, else `[i]` and the keys of dictionaries.
  public var numbers: [(name: String, value: Double)] {
    switch self {
    case .tensor(let tensor):
      if tensor.isPoisoned { return [] }
      if tensor.count == 1 { return [("", tensor.item())] }
      return tensor.reshape([-1]).array(as: Double.self).enumerated().map { ("[\($0)]", $1) }
    case .list(let values):
      return values.enumerated().flatMap { i, value in value.numbers.map { ("[\(i)]" + $0.name, $0.value) } }
    case .dictionary(let values):
      return values.sorted { $0.key < $1.key }.flatMap { key, value in
        value.numbers.map { ("[\(key)]" + $0.name, $0.value) }
      }
    }
  }

  public var description: String {
    switch self {
    case .tensor(let tensor): "\(tensor)"
    case .list(let values): "\(values)"
    case .dictionary(let values):
      "[" + values.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ") + "]"
    }
  }
}

/// A tensor for each class or label: rows of one tensor, where all have one length, or tensors of their own.
public enum PerClass: Sendable {
  /// One tensor, whose first dimension is that of the classes (or the only one, shared by all classes).
  case together(Tensor)
  /// A tensor for each class.
  case each([Tensor])

  /// That of class `i`.
  public subscript(i: Int) -> Tensor {
    switch self {
    case .together(let tensor): tensor.rank > 1 ? tensor.select(0, i) : tensor
    case .each(let tensors): tensors[i]
    }
  }

  /// The only tensor: of curves that were averaged over the classes, or with given thresholds.
  public var tensor: Tensor? {
    if case .together(let tensor) = self { tensor } else { nil }
  }

  var value: MetricValue {
    switch self {
    case .together(let tensor): .tensor(tensor)
    case .each(let tensors): .list(tensors.map { .tensor($0) })
    }
  }
}
