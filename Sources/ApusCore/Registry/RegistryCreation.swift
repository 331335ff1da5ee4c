extension Registry {
  /// New tensors.
  static let creation: [Operation] = []
}
