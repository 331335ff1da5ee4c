extension Registry {
  /// Arithmetic, comparison and logic of two tensors.
  static let arithmetic: [Operation] = []
}
