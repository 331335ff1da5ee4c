import ApusCore
import Synchronization

/// A bound on the rounds of all loops together that run while it is ``current``: what comes from strangers may hold a loop without end.
package final class RoundLimit: Sendable {
  /// The bound for what the calling thread runs; nil: there is none.
  @TaskLocal package static var current: RoundLimit?

  private let most: Int
  private let count = Atomic<Int>(0)

  /// - Parameter most: how many rounds may run.
  package init(_ most: Int) { self.most = most }

  /// Counts a round; the error as a poisoned tensor if there may be no further one, nil otherwise.
  static func exceeded(_ operation: String) -> Tensor? {
    guard let current else { return nil }
    let (before, _) = current.count.add(1, ordering: .relaxed)
    if before < current.most { return nil }
    return fail(
      TensorError(
        .value, operation,
        "the loops have not ended after \(current.most) rounds, the limit that the caller set; a larger one lets them go on"
      ))
  }
}
