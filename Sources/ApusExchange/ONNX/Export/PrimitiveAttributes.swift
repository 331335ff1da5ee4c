import ApusCore
import ApusNN

/// The attributes of an operation, read from the stored properties of the primitive: those of each captured call side by side.
///
/// Primitives belong to the modules that define them; a lowering asks for the properties by their names, and what is not there is an
/// error that names it.
struct PrimitiveAttributes {
  private let mirrors: [Mirror]

  init(_ values: [Any]) { mirrors = values.map { Mirror(reflecting: $0) } }

  private func values(_ name: String) throws -> [Any] {
    try mirrors.map { mirror in
      guard let child = mirror.children.first(where: { $0.label == name }) else {
        throw TensorError(.unsupported, "", "it has no attribute '\(name)'")
      }
      return child.value
    }
  }

  private func value<Value>(_ name: String, as type: Value.Type) throws -> [Value] {
    try values(name).map {
      guard let value = $0 as? Value else {
        throw TensorError(.unsupported, "", "its attribute '\(name)' is no \(type)")
      }
      return value
    }
  }

  /// A value that must not depend on the sizes of inputs.
  private func one<Value: Equatable>(_ name: String, as type: Value.Type) throws -> Value {
    let all = try value(name, as: type)
    guard all.allSatisfy({ $0 == all[0] }) else { throw depends(name, all) }
    return all[0]
  }

  private func depends<Value>(_ name: String, _ all: [Value]) -> TensorError {
    TensorError(
      .unsupported, "",
      "its '\(name)' depends on the size of an open dimension: \(all.map { "\($0)" }.joined(separator: " or "))")
  }

  func int(_ name: String) throws -> Int { try one(name, as: Int.self) }
  func ints(_ name: String) throws -> [Int] { try one(name, as: [Int].self) }
  func bool(_ name: String) throws -> Bool { try one(name, as: Bool.self) }
  func double(_ name: String) throws -> Double { try one(name, as: Double.self) }
  func dtype(_ name: String) throws -> DType { try one(name, as: DType.self) }
  func optionalInt(_ name: String) throws -> Int? { try one(name, as: Int?.self) }
  func optionalDouble(_ name: String) throws -> Double? { try one(name, as: Double?.self) }

  /// A number that may depend on the sizes of inputs.
  func size(_ name: String) throws -> Size { Size(try value(name, as: Int.self)) }

  /// Numbers that may depend on the sizes of inputs.
  func sizes(_ name: String) throws -> [Size] {
    let all = try value(name, as: [Int].self)
    guard all.allSatisfy({ $0.count == all[0].count }) else { throw depends(name, all) }
    return all[0].indices.map { i in Size(all.map { $0[i] }) }
  }

  /// A value of any type, which must not depend on the sizes of inputs.
  func constant<Value: Equatable>(_ name: String, as type: Value.Type) throws -> Value { try one(name, as: type) }

  /// A value of any type of the first call.
  func first<Value>(_ name: String, as type: Value.Type) throws -> Value { try value(name, as: type)[0] }

  /// The name of an enumeration's case, without what it carries.
  func choice(_ name: String) throws -> String {
    let all = try values(name).map { value in
      Mirror(reflecting: value).children.first?.label ?? "\(value)"
    }
    guard all.allSatisfy({ $0 == all[0] }) else { throw depends(name, all) }
    return all[0]
  }

  /// What an enumeration's case carries, by position: `.top(3, largest: true)` carries 3 and true.
  func payload(_ name: String) throws -> [Any] {
    let all = try values(name)
    guard let carried = Mirror(reflecting: all[0]).children.first?.value else { return [] }
    let parts = Mirror(reflecting: carried)
    return parts.displayStyle == .tuple ? parts.children.map(\.value) : [carried]
  }

  /// The attributes of an attribute.
  func inside(_ name: String) throws -> PrimitiveAttributes { PrimitiveAttributes(try values(name)) }

  /// Whether an optional attribute has a value.
  func isThere(_ name: String) throws -> Bool {
    let value = try values(name)[0]
    let mirror = Mirror(reflecting: value)
    return mirror.displayStyle != .optional || !mirror.children.isEmpty
  }
}
