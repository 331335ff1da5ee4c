import ApusCore

extension Registry {
  /// The families of this module.
  package static let functional: [[Operation]] = [activations, neuralNetwork]
}
