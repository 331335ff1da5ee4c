extension Registry {
  /// Random tensors.
  static let random: [Operation] = []
}
