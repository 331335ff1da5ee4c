extension Registry {
  /// Reductions over dimensions.
  static let reductions: [Operation] = []
}
