extension Registry {
  /// Functions of one tensor.
  static let elementwise: [Operation] = []
}
