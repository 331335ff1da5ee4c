extension Registry {
  /// Sorting, searching and counting.
  static let sorting: [Operation] = []
}
