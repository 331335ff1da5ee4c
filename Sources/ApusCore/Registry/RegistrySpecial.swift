extension Registry {
  /// Special functions.
  static let special: [Operation] = []
}
