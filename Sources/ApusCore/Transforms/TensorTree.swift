/// What functions that are transformed (``vmap(inDims:outDim:_:)``, ``jvp(_:primals:tangents:)``) or compiled take and
/// give: tensors, and containers of them.
///
/// Tensors are what a call brings along; everything else in a tree (numbers, flags, names, the length of an array) is part
/// of a compiled function's signature, and another value is another compilation. A type of one's own conforms by passing its
/// tensors through:
///
///     struct Batch: TensorTree {
///       var images: Tensor
///       var labels: Tensor
///       func mapTensors(_ transform: (Tensor) -> Tensor) -> Batch {
///         Batch(images: transform(images), labels: transform(labels))
///       }
///     }
public protocol TensorTree {
  /// The same tree with every tensor replaced, in a fixed order.
  func mapTensors(_ transform: (Tensor) -> Tensor) -> Self

  /// What else tells one tree from another: numbers, flags, lengths.
  var signatureParts: [AnyHashable] { get }
}

extension TensorTree {
  public var signatureParts: [AnyHashable] { [] }
}

extension Tensor: TensorTree {
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> Tensor { transform(self) }
}

extension Array: TensorTree where Element: TensorTree {
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> [Element] { map { $0.mapTensors(transform) } }
  public var signatureParts: [AnyHashable] { [AnyHashable(count)] + flatMap(\.signatureParts) }
}

extension Optional: TensorTree where Wrapped: TensorTree {
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> Wrapped? { map { $0.mapTensors(transform) } }
  public var signatureParts: [AnyHashable] { [AnyHashable(self != nil)] + (self?.signatureParts ?? []) }
}

extension Dictionary: TensorTree where Key: Comparable, Value: TensorTree {
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> [Key: Value] {
    var result: [Key: Value] = [:]
    for (key, value) in sorted(by: { $0.key < $1.key }) { result[key] = value.mapTensors(transform) }
    return result
  }
  public var signatureParts: [AnyHashable] {
    sorted { $0.key < $1.key }.flatMap { [exactIdentity($0.key)] + $0.value.signatureParts }
  }
}

/// A value that is no tensor: every other value is another signature. Numbers in it are told apart by their bits, whatever
/// `==` says of them: -0.0 is not 0.0, and NaN is itself.
public protocol StaticArgument: TensorTree, Hashable {}

extension StaticArgument {
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> Self { self }
  public var signatureParts: [AnyHashable] { [exactIdentity(self)] }
}

extension Int: StaticArgument {
  public var signatureParts: [AnyHashable] { [AnyHashable(self)] }
}
extension Double: StaticArgument {
  public var signatureParts: [AnyHashable] { [AnyHashable(NumberBits(self))] }
}
extension Float: StaticArgument {
  public var signatureParts: [AnyHashable] { [AnyHashable(NumberBits(Double(self)))] }
}
extension Complex: StaticArgument {
  public var signatureParts: [AnyHashable] { [AnyHashable([NumberBits(real), NumberBits(imaginary)])] }
}
extension Bool: StaticArgument {
  public var signatureParts: [AnyHashable] { [AnyHashable(self)] }
}
extension String: StaticArgument {
  public var signatureParts: [AnyHashable] { [AnyHashable(self)] }
}
