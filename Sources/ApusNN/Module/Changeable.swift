import ApusCore

/// A place for a value that can be changed while tasks share it: what stands behind a settable property of a module.
///
///     private let _weight: Changeable<Tensor>
///     public var weight: Tensor {
///       get { _weight.value }
///       set { _weight.value = newValue }
///     }
///
/// A module finds what is inside under the property's name, as if the property held it itself.
public final class Changeable<Value: Sendable>: Sendable {
  private let place: Lock<Value>

  public init(_ value: Value) { place = Lock(value) }

  /// The value at this moment.
  public var value: Value {
    get { place.withLock { $0 } }
    set { place.withLock { $0 = newValue } }
  }

  /// Runs `body` on the value while nobody else reads or changes it. `body` must not use this place otherwise.
  public func withValue<Result: Sendable>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    try place.withLock { try body(&$0) }
  }
}

/// A ``Changeable`` of any type, for those who look into modules.
public protocol AnyChangeable: AnyObject {
  /// The value at this moment.
  var currentValue: Any { get }
}

extension Changeable: AnyChangeable {
  public var currentValue: Any { value }
}
