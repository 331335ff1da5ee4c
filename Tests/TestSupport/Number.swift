import ApusCore

/// The name of a ``Number``'s element type.
package protocol ElementName: Sendable {
  static var text: String { get }
}

/// An element type that is one number with its ordinary arithmetic, under a name of its own.
package struct Number<Name: ElementName>: CustomElement {
  package let value: Double
  package init(_ value: Double) { self.value = value }
  package var double: Double { value }
  package static var elementName: String { Name.text }
  package static var zero: Number { Number(0) }
  package static var one: Number { Number(1) }
  package static func + (a: Number, b: Number) -> Number { Number(a.value + b.value) }
  package static func * (a: Number, b: Number) -> Number { Number(a.value * b.value) }
}
