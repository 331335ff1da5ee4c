import ApusCore
import ApusFunctional
import ApusNumerics

extension Registry {
  /// The operations of all modules, by family.
  package static var families: [[Operation]] { core + numerics + functional }

  /// All operations that can be called by name.
  package static let standard = Registry(families)
}
