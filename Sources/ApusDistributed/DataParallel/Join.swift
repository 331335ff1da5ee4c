import ApusCore
import ApusNN

// Ranks with different numbers of batches, as torch.distributed.algorithms.Join has them.

extension DistributedDataParallel {
  /// Runs `body`, a loop over batches of which ranks may have different numbers: PyTorch's `join`. A rank whose
  /// `body` is over takes part in the collectives of the others, with gradients of zeros, until all are. At the end
  /// all have the parameters and buffers of a rank that was last.
  ///
  /// - Parameters:
  ///   - divideByInitialWorldSize: whether gradients are sums divided by the number of ranks, so that each example
  ///     weighs the same to the end; else by the number of those that have data.
  ///   - body: the loop; a step is one forward and one backward pass.
  /// - Throws: what `body` throws, and mistakes of the collectives.
  public func join(divideByInitialWorldSize: Bool = true, _ body: () throws -> Void) throws {
    guard parts.joining == nil else {
      throw TensorError(.state, "join", "the model is inside of a join already")
    }
    let joining = Joining(parts, dividesByAll: divideByInitialWorldSize)
    parts.joining = joining
    defer {
      parts.joining = nil
      parts.reducer.factor = 1
    }
    try body()
    try joining.shadowOthers()
  }
}

/// What ranks tell each other at each forward pass of a ``DistributedDataParallel/join(divideByInitialWorldSize:_:)``.
final class Joining {
  private let parts: DataParallelParts
  private let dividesByAll: Bool
  /// A rank that had data at the last step.
  private var lastActive: Int?

  private enum Told: Int { case over, forward, step }

  init(_ parts: DataParallelParts, dividesByAll: Bool) {
    self.parts = parts
    self.dividesByAll = dividesByAll
  }

  /// Tells that this rank has data.
  func tellForward(isReduced: Bool) throws(TensorError) { _ = try tell(isReduced ? .step : .forward) }

  /// Takes part in what the others do, until all are here.
  func shadowOthers() throws(TensorError) {
    while let told = try tell(.over) {
      if told == .step { try parts.reducer.shadow() }
    }
    if let lastActive { try parts.sendState(from: lastActive) }
  }

  /// - Returns: what those do who have data; nil: none has.
  private func tell(_ own: Told) throws(TensorError) -> Told? {
    let all = try parts.group.allGather(Tensor([own.rawValue], dtype: .int32), dim: 0).array(as: Int.self)
    guard let root = all.lastIndex(where: { $0 != Told.over.rawValue }) else { return nil }
    lastActive = root
    let active = all.count { $0 != Told.over.rawValue }
    parts.reducer.factor = dividesByAll ? 1 : Double(parts.group.size) / Double(active)
    try parts.sendBuffers(from: root)
    return Told(rawValue: all[root])
  }
}
