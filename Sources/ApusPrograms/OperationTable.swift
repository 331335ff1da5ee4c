import ApusAudio
import ApusCore
import ApusFunctional
import ApusLayouts
import ApusModels
import ApusNumerics
import ApusVision

/// The operations that program files can hold, by their names in the format.
///
/// Each module has a table of its own (`StoredOperations.core` and the like), since most operations are known to their module
/// alone. A name stays what it is; where an operation gets a new one, the old one becomes an alias.
package enum OperationTable {
  private static let tables: [StoredTable] = [
    StoredOperations.core, StoredOperations.functional, StoredOperations.quantized, StoredOperations.gradients,
    StoredOperations.matrices, StoredOperations.numerics, StoredOperations.vision, StoredOperations.audio,
    StoredOperations.layouts, StoredOperations.models,
  ]

  /// Names that older files have, and what they are called now.
  private static let aliases: [String: String] = [:]

  private static let types: [String: any StoredPrimitive.Type] = {
    Formula.storedLoops.withLock { $0 += StoredOperations.functionalLoops }
    return Dictionary(uniqueKeysWithValues: tables.flatMap { table in table.map { ($0.key, $0.value) } })
  }()

  private static let names: [ObjectIdentifier: String] = Dictionary(
    uniqueKeysWithValues: types.map { (ObjectIdentifier($0.value), $0.key) })

  /// All names, in alphabetical order, those of branches and loops among them.
  package static var all: [String] { (types.keys + ControlName.all).sorted() }

  /// The operation called `name`; nil where there is none.
  package static func type(_ name: String) -> (any StoredPrimitive.Type)? { types[aliases[name] ?? name] }

  /// The name of an operation and the operation as one that files can hold; nil where they cannot.
  package static func stored(_ primitive: any Primitive) -> (name: String, operation: any StoredPrimitive)? {
    guard let operation = primitive as? any StoredPrimitive,
      let name = names[ObjectIdentifier(Swift.type(of: primitive))]
    else { return nil }
    if let pointwise = operation as? Pointwise, !pointwise.isStorable { return nil }
    return (name, operation)
  }
}
