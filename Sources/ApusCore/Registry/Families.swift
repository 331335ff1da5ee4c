extension Registry {
  /// The families of this module.
  package static let core: [[Operation]] = [
    activations
  ]
}
