import ApusCore
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A place for a value that can be changed while tasks share it: what stands behind a settable property of a module, and what
/// ``Changeable()`` makes of a `var`.
///
///     private let _weight: Changeable<Tensor>
///     public var weight: Tensor {
///       get { _weight.value }
///       set { _weight.value = newValue }
///     }
///
/// A module finds what is inside under the property's name, as if the property held it itself.
public final class Changeable<Value: Sendable>: @unchecked Sendable {
  // A change in place holds the lock from the beginning to the end of the access, which the standard library's `Mutex` cannot
  // do. The lock is recursive so that an access inside of another one is found by the check for exclusive access.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private var stored: Value
  /// What gives the value in place of the one that is stored.
  private var origin: (any ValueSource)?

  /// A place that holds `value`, which can be replaced.
  public init(_ value: Value) {
    stored = value
    lock = .allocate(capacity: 1)
    lock.initialize(to: pthread_mutex_t())
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(lock, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// The value at this moment. A change in place (`value += 1`, `value.append(x)`) is one step for all others.
  public var value: Value {
    get {
      pthread_mutex_lock(lock)
      if let origin {
        pthread_mutex_unlock(lock)
        return given(by: origin)
      }
      defer { pthread_mutex_unlock(lock) }
      return stored
    }
    set {
      if let source { return source.assign(newValue as Any as? Tensor) }
      // What was there before is released outside of the lock: its end may run code that comes back here.
      var newValue = newValue
      pthread_mutex_lock(lock)
      swap(&stored, &newValue)
      pthread_mutex_unlock(lock)
    }
    _modify {
      if let source {
        var value = given(by: source)
        defer { source.assign(value as Any as? Tensor) }
        yield &value
        return
      }
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      yield &stored
    }
  }

  /// What gives the value at present, if it is not stored.
  var source: (any ValueSource)? {
    get {
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      return origin
    }
    set {
      pthread_mutex_lock(lock)
      let before = origin
      origin = newValue
      pthread_mutex_unlock(lock)
      withExtendedLifetime(before) {}
    }
  }

  /// Computed outside of the lock: it may read other properties, and take its time.
  private func given(by source: any ValueSource) -> Value {
    if let value = source.value() as Any as? Value { return value }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return stored
  }
}

/// A ``Changeable`` of any type, for those who look into modules.
protocol AnyChangeable: AnyObject {
  /// The value at this moment.
  var currentValue: Any { get }
  /// Stores a value of the right type; false if it is of another one.
  func setCurrentValue(_ value: Any) -> Bool
  /// What gives the value in place of the one that is stored.
  var source: (any ValueSource)? { get set }
  /// A place of its own for a copy of the value.
  func copied(by rebuilder: some Rebuilder) -> AnyObject
}

extension Changeable: AnyChangeable {
  var currentValue: Any { value }

  func setCurrentValue(_ value: Any) -> Bool {
    guard let value = value as? Value else { return false }
    self.value = value
    return true
  }

  func copied(by rebuilder: some Rebuilder) -> AnyObject {
    guard let source else { return Changeable(rebuilder.rebuild(value)) }
    let copy = Changeable(rebuilder.rebuild(stored))
    copy.source = rebuilder.object(source) as? any ValueSource
    return copy
  }
}
