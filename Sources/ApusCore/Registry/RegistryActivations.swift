extension Registry {
  /// Pointwise activation functions.
  static let activations: [Operation] = []
}
