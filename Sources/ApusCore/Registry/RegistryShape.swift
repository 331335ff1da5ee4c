extension Registry {
  /// Views, joining and indexing.
  static let shape: [Operation] = []
}
