// A tensor as the sequence of its parts along the first dimension.

extension Tensor: Sequence {
  /// The parts along the first dimension, one after the other: `for row in x`.
  /// - Precondition: it has at least one dimension.
  public func makeIterator() -> IndexingIterator<[Tensor]> {
    guard rank > 0 || isPoisoned else {
      report(
        TensorError(
          .dimension, "iteration", "a tensor without dimensions has no rows to go through; item() gives its number"))
      return [].makeIterator()
    }
    return hasFailed ? [].makeIterator() : unbind(0).makeIterator()
  }

  /// The number of rows.
  public var underestimatedCount: Int { shape.first ?? 0 }
}
