extension Registry {
  /// Functional layers and losses.
  static let neuralNetwork: [Operation] = []
}
