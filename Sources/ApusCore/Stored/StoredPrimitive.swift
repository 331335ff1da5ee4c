// Operations in files of programs: their attributes as data, and the check of what a file says of them.

/// An operation that a program file can hold: its attributes can be written down and read again, and operands that a file
/// gives to it are checked.
///
/// The name of an operation in files stands in the table of its module (`StoredOperations.core` and the like), the names of
/// its attributes in ``StoredRecord/attributes``. Both are the format: they do not change any more.
package protocol StoredPrimitive: Primitive, StoredRecord {
  /// Refuses operands that the operation cannot compute with: all that ``Primitive/outputTypes(_:)`` and
  /// ``Primitive/evaluate(_:into:)`` take for granted, since the functions that usually call them have seen to it. A file can
  /// say anything.
  func check(_ operands: StoredOperands) throws(TensorError)
}

/// What is stored as several values with names.
package protocol StoredRecord: AttributeValue {
  /// The values, in the order in which they are written.
  var attributes: KeyValuePairs<String, any AttributeValue> { get }

  /// From what a file holds.
  /// - Throws: what is missing or of another kind.
  init(_ attributes: StoredAttributes) throws(TensorError)
}

extension StoredRecord {
  package var attribute: Attribute {
    .record(Dictionary(attributes.map { ($0.key, $0.value.attribute) }) { first, _ in first })
  }

  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .record(let values) = attribute else { throw attribute.isNot("a record of named values") }
    try self.init(StoredAttributes(values))
  }
}

/// The operations of a module that files can hold, each with its name in the format.
package typealias StoredTable = KeyValuePairs<String, any StoredPrimitive.Type>

/// The operations that program files can hold, a table for each module.
package enum StoredOperations {}

/// A value as a file holds it: the kinds of JSON.
package indirect enum Attribute: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([Attribute])
  case record([String: Attribute])

  /// The error for a value of another kind than was expected.
  package func isNot(_ expected: String) -> TensorError {
    let found =
      switch self {
      case .none: "null"
      case .bool(let value): "\(value)"
      case .int(let value): "\(value)"
      case .double(let value): "\(value)"
      case .string(let value): "\"\(value.prefix(40))\""
      case .list(let items): "a list of \(items.count)"
      case .record: "a record"
      }
    return TensorError(.format, "", "expected \(expected), and found \(found)")
  }
}

extension Attribute: Hashable {
  /// Numbers are told apart by their bits: -0 is not 0, and NaN is itself.
  package static func == (a: Attribute, b: Attribute) -> Bool {
    switch (a, b) {
    case (.none, .none): true
    case (.bool(let x), .bool(let y)): x == y
    case (.int(let x), .int(let y)): x == y
    case (.double(let x), .double(let y)): x.bitPattern == y.bitPattern
    case (.string(let x), .string(let y)): x == y
    case (.list(let x), .list(let y)): x == y
    case (.record(let x), .record(let y)): x == y
    case (.none, _), (.bool, _), (.int, _), (.double, _), (.string, _), (.list, _), (.record, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .none: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .double(let value): hasher.combine(value.bitPattern)
    case .string(let value): hasher.combine(value)
    case .list(let items): hasher.combine(items)
    case .record(let parts): hasher.combine(parts)
    }
  }
}

/// A value that can be an attribute of a stored operation.
package protocol AttributeValue: Sendable {
  var attribute: Attribute { get }
  init(_ attribute: Attribute) throws(TensorError)
}

/// The attributes of one operation as a file holds them.
package struct StoredAttributes: Sendable {
  private let values: [String: Attribute]

  package init(_ values: [String: Attribute]) { self.values = values }

  /// The attribute called `name`.
  package subscript<Value: AttributeValue>(_ name: String) -> Value {
    get throws(TensorError) {
      guard let value = values[name] else {
        throw TensorError(.format, "", "the attribute '\(name)' is missing")
      }
      do { return try Value(value) } catch {
        throw TensorError(.format, "", "attribute '\(name)': \(error.message)")
      }
    }
  }

  /// The attribute called `name`, or `standard` where an older file lacks it.
  package subscript<Value: AttributeValue>(_ name: String, default standard: Value) -> Value {
    get throws(TensorError) { values[name] == nil ? standard : try self[name] }
  }
}

/// An enumeration without values of its own, stored by the names of its cases.
package protocol StoredChoice: AttributeValue {
  static var choices: [Self] { get }
}

extension StoredChoice {
  package var attribute: Attribute { .string("\(self)") }

  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .string(let name) = attribute, let found = Self.choices.first(where: { "\($0)" == name }) else {
      throw attribute.isNot("one of \(Self.choices.map { "\"\($0)\"" }.joined(separator: ", "))")
    }
    self = found
  }
}

extension Bool: AttributeValue {
  package var attribute: Attribute { .bool(self) }
  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .bool(let value) = attribute else { throw attribute.isNot("true or false") }
    self = value
  }
}

extension Int: AttributeValue {
  package var attribute: Attribute { .int(self) }
  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .int(let value) = attribute else { throw attribute.isNot("an integer") }
    self = value
  }
}

extension Double: AttributeValue {
  package var attribute: Attribute { .double(self) }
  package init(_ attribute: Attribute) throws(TensorError) {
    switch attribute {
    case .double(let value): self = value
    case .int(let value): self = Double(value)
    case .string("nan"): self = .nan
    case .string("inf"): self = .infinity
    case .string("-inf"): self = -.infinity
    default: throw attribute.isNot("a number")
    }
  }
}

extension Float: AttributeValue {
  package var attribute: Attribute { .double(Double(self)) }
  package init(_ attribute: Attribute) throws(TensorError) { self.init(try Double(attribute)) }
}

extension String: AttributeValue {
  package var attribute: Attribute { .string(self) }
  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .string(let value) = attribute else { throw attribute.isNot("a text") }
    self = value
  }
}

extension Array: AttributeValue where Element: AttributeValue {
  package var attribute: Attribute { .list(map(\.attribute)) }
  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .list(let items) = attribute else { throw attribute.isNot("a list") }
    self = []
    reserveCapacity(items.count)
    for item in items { append(try Element(item)) }
  }
}

extension Optional: AttributeValue where Wrapped: AttributeValue {
  package var attribute: Attribute { self?.attribute ?? .none }
  package init(_ attribute: Attribute) throws(TensorError) {
    self = if case .none = attribute { nil } else { try Wrapped(attribute) }
  }
}

extension Range: AttributeValue where Bound == Int {
  package var attribute: Attribute { .list([.int(lowerBound), .int(upperBound)]) }
  package init(_ attribute: Attribute) throws(TensorError) {
    let bounds = try [Int](attribute)
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw attribute.isNot("a first number and an end behind it")
    }
    self = bounds[0]..<bounds[1]
  }
}

extension DType: AttributeValue {
  package var attribute: Attribute { .string(name) }
  package init(_ attribute: Attribute) throws(TensorError) {
    guard case .string(let name) = attribute, let found = DType.allCases.first(where: { $0.name == name }) else {
      throw attribute.isNot("the name of an element type (\(DType.allCases.map(\.name).joined(separator: ", ")))")
    }
    self = found
  }
}

/// A number as JSON has it: true, an integer, a number with a point; a complex one is a list of two.
extension Scalar: AttributeValue {
  package var attribute: Attribute {
    switch self {
    case .bool(let value): value.attribute
    case .int(let value): value.attribute
    case .float(let value): .record(["float": value.attribute])
    case .complex(let value): .record(["complex": [value.real, value.imaginary].attribute])
    }
  }

  package init(_ attribute: Attribute) throws(TensorError) {
    switch attribute {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .record(let parts):
      if let value = parts["float"] {
        self = .float(try Double(value))
      } else if let value = parts["complex"] {
        let parts = try [Double](value)
        guard parts.count == 2 else { throw value.isNot("a real and an imaginary part") }
        self = .complex(Complex(parts[0], parts[1]))
      } else {
        throw attribute.isNot("a number")
      }
    default: throw attribute.isNot("true, false, an integer, {\"float\": x} or {\"complex\": [x, y]}")
    }
  }
}
