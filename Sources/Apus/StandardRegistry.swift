import ApusCore
import ApusFunctional
import ApusNumerics

extension Registry {
  /// All operations that can be called by name.
  package static let standard = Registry(numerics + functional)
}
