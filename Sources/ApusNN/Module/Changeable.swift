import ApusCore

/// A value that several threads may read and replace: what ``Changeable()`` makes of a `var`.
public final class Changeable<Value: Sendable>: Sendable {
  private let lock: Lock<Value>
  public init(_ value: Value) { lock = Lock(value) }
  /// The value.
  public var value: Value {
    get { lock.withLock { $0 } }
    set { lock.withLock { $0 = newValue } }
  }
}

protocol AnyChangeable: AnyObject {
  var currentValue: Any { get }
  func setCurrentValue(_ value: Any) -> Bool
  func copied(by rebuilder: some Rebuilder) -> AnyObject
}
extension Changeable: AnyChangeable {
  var currentValue: Any { value }
  func setCurrentValue(_ value: Any) -> Bool {
    guard let value = value as? Value else { return false }
    self.value = value
    return true
  }
  func copied(by rebuilder: some Rebuilder) -> AnyObject { Changeable(rebuilder.rebuild(value)) }
}
