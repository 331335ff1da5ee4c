import CKernels

// Values taken apart and put together again with other parts, whatever their type: what copies a model, and what passes a
// module's inputs and results through its hooks.

/// Rebuilds values: tensors and objects become what ``tensor(_:)`` and ``object(_:)`` say, wherever they are held in arrays,
/// dictionaries, optionals, tuples and the fields of structs; everything else stays.
package protocol Rebuilder: AnyObject {
  /// What takes the place of a tensor.
  func tensor(_ tensor: Tensor) -> Tensor
  /// What takes the place of an object, of the same class: itself unless said otherwise.
  func object(_ object: AnyObject) -> AnyObject
  /// Hears of the case of an enum that holds something: it cannot be rebuilt and stays.
  func enumeration(_ value: Any)
}

extension Rebuilder {
  package func object(_ object: AnyObject) -> AnyObject { object }
  package func enumeration(_ value: Any) {}

  /// `value` with its parts replaced.
  package func rebuild<Value>(_ value: Value) -> Value {
    if let tensor = value as? Tensor { return self.tensor(tensor) as? Value ?? value }
    if let parts = value as? any Rebuilt { return parts.rebuilt(by: self) as? Value ?? value }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .class:
      return object(value as AnyObject) as? Value ?? value
    case .enum where !mirror.children.isEmpty:
      enumeration(value)
      return value
    case .struct where mirror.children.isEmpty:
      return value
    case .struct, .tuple:
      func rebuildFields<Dynamic>(_ value: Dynamic) -> Any {
        var value = value
        withUnsafeMutablePointer(to: &value) { pointer in
          for field in Field.all(of: Dynamic.self) where field.isOrdinary {
            field.replace(in: UnsafeMutableRawPointer(pointer), by: self)
          }
        }
        return value
      }
      return _openExistential(value as Any, do: rebuildFields) as? Value ?? value
    default:
      return value
    }
  }

  /// A new object of the same class as `original`, its fields rebuilt. `known` hears of it before they are, since they may refer
  /// to it.
  /// - Throws: where a field cannot be copied: the type does not allow it, or the reference is weak or unowned.
  package func copy<Object: AnyObject>(
    _ original: Object, known: (Object) -> Void
  ) throws(TensorError) -> Object {
    let fields = Field.all(of: type(of: original))
    if let odd = fields.first(where: { !$0.isOrdinary }) {
      throw TensorError(
        .state, "deepCopy",
        "\(type(of: original)) holds '\(odd.name)', which cannot be copied: it is a weak or unowned reference, or of a type "
          + "without copies (a lock, an atomic value)")
    }
    let source = UnsafeMutableRawPointer(Unmanaged.passUnretained(original).toOpaque())
    let memory = allocateObject(like: original)
    withExtendedLifetime(original) {
      for field in fields { field.initialize(memory, from: source) }
    }
    let made = Unmanaged<Object>.fromOpaque(memory).takeRetainedValue()
    known(made)
    for field in fields { field.replace(in: memory, by: self) }
    return made
  }
}

/// A value whose parts can be replaced without looking at its memory.
private protocol Rebuilt {
  func rebuilt(by rebuilder: some Rebuilder) -> Self
}

extension Optional: Rebuilt {
  fileprivate func rebuilt(by rebuilder: some Rebuilder) -> Self { map { rebuilder.rebuild($0) } }
}
extension Array: Rebuilt {
  fileprivate func rebuilt(by rebuilder: some Rebuilder) -> Self {
    Element.self is any Numeric.Type || Element.self is any StringProtocol.Type ? self : map { rebuilder.rebuild($0) }
  }
}
extension Dictionary: Rebuilt {
  fileprivate func rebuilt(by rebuilder: some Rebuilder) -> Self { mapValues { rebuilder.rebuild($0) } }
}
extension String: Rebuilt {
  fileprivate func rebuilt(by rebuilder: some Rebuilder) -> Self { self }
}

/// A field of a struct, tuple or class, as the runtime's reflection tells of it.
private struct Field {
  let name: String
  let type: Any.Type
  let offset: Int
  /// Whether it is a plain value or reference: not weak or unowned, nor of a type that cannot be copied.
  let isOrdinary: Bool

  static func all(of type: Any.Type) -> [Field] {
    (0..<fieldCount(type)).map { index in
      var details = FieldDetails()
      let fieldType = fieldMetadata(type, index: index, &details)
      defer { details.free?(details.name) }
      // The runtime shows a type without copies as the empty tuple.
      return Field(
        name: details.name.map { String(cString: $0) } ?? "\(index)", type: fieldType,
        offset: fieldOffset(type, index: index), isOrdinary: details.isStrong && fieldType != Void.self)
    }
  }

  func replace(in memory: UnsafeMutableRawPointer, by rebuilder: some Rebuilder) {
    func body<Value>(_: Value.Type) {
      let place = (memory + offset).assumingMemoryBound(to: Value.self)
      place.pointee = rebuilder.rebuild(place.pointee)
    }
    _openExistential(type, do: body)
  }

  func initialize(_ memory: UnsafeMutableRawPointer, from source: UnsafeMutableRawPointer) {
    func body<Value>(_: Value.Type) {
      let value = (source + offset).assumingMemoryBound(to: Value.self)
      (memory + offset).initializeMemory(as: Value.self, from: value, count: 1)
    }
    _openExistential(type, do: body)
  }
}

// The runtime's reflection, which the standard library's Mirror stands on (swift/Runtime/ReflectionMirror).

private struct FieldDetails {
  var name: UnsafePointer<CChar>?
  var free: (@convention(c) (UnsafePointer<CChar>?) -> Void)?
  var isStrong = false
  var isVariable = false
}

@_silgen_name("swift_reflectionMirror_recursiveCount")
private func fieldCount(_: Any.Type) -> Int

@_silgen_name("swift_reflectionMirror_recursiveChildMetadata")
private func fieldMetadata(_: Any.Type, index: Int, _ details: UnsafeMutablePointer<FieldDetails>) -> Any.Type

@_silgen_name("swift_reflectionMirror_recursiveChildOffset")
private func fieldOffset(_: Any.Type, index: Int) -> Int

/// The memory of a new object of the class of `original`, with one reference and fields that are not initialised.
private func allocateObject(like original: AnyObject) -> UnsafeMutableRawPointer {
  let metadata = unsafeBitCast(type(of: original) as AnyClass, to: UnsafeRawPointer.self)
  // Behind kind and superclass, and what the Objective-C runtime keeps, come flags, address point and size of an instance
  // (swift/ABI/Metadata.h).
  #if canImport(ObjectiveC)
    let sizePlace = 48
  #else
    let sizePlace = 24
  #endif
  let size = metadata.load(fromByteOffset: sizePlace, as: UInt32.self)
  let alignmentMask = metadata.load(fromByteOffset: sizePlace + 4, as: UInt16.self)
  return ck_object_make(metadata, Int(size), Int(alignmentMask))
}
