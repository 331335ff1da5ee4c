import ApusCore

extension Registry {
  /// The families of this module.
  package static let numerics: [[Operation]] = [
    elementwise, arithmetic, specialFunctions, creation, random, shape, reductions, sorting,
  ]
}
