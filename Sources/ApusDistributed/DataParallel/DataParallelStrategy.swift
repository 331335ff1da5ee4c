import ApusCore
import ApusNN
import ApusOptim
import ApusTrain

extension TrainingStrategy {
  /// Trains on all processes at once, each on its part of the data, with the means of their gradients: one line makes
  /// a ``Trainer`` data-parallel.
  ///
  ///     trainer.strategy = .dataParallel
  ///
  /// Started by `apus launch -n 4 PROGRAM`. Losses are those of one process with batches as large as all processes'
  /// together.
  public static var dataParallel: TrainingStrategy { dataParallel() }

  /// ``dataParallel`` with the settings of ``DistributedDataParallel``.
  ///
  /// - Parameters:
  ///   - group: the processes that train; all of them, which are joined where that has not been done, if nil.
  ///   - syncBatchNorm: whether batch norms take the statistics of all processes (``SyncBatchNorm/convert(_:group:)``).
  ///   - hook: how gradients are reduced; by their means if nil.
  public static func dataParallel(
    group: ProcessGroup? = nil, bucketCapMB: Double = 25, findUnusedParameters: Bool = false,
    broadcastBuffers: Bool = true, gradientAsBucketView: Bool = true, staticGraph: Bool = false,
    syncBatchNorm: Bool = false, hook: CommunicationHook? = nil
  ) -> TrainingStrategy {
    TrainingStrategy { model in
      if group == nil, !ProcessGroup.isInitialized { try initProcessGroup() }
      let parts = try DataParallelParts(
        model, group, bucketCapMB: bucketCapMB, findsUnused: findUnusedParameters, broadcastsBuffers: broadcastBuffers,
        keepsViews: gradientAsBucketView, isStatic: staticGraph)
      if let hook { parts.reducer.hook = hook }
      func convert(_ model: some Module) throws { try SyncBatchNorm.convert(model, group: parts.group) }
      if syncBatchNorm { try convert(model) }
      return DataParallelProcesses(parts, model)
    }
  }
}

/// The processes of a data-parallel run, for a trainer.
class DataParallelProcesses: TrainingProcesses, GroupProcesses {
  private let parts: DataParallelParts
  private let model: any Module

  init(_ parts: DataParallelParts, _ model: any Module) {
    self.parts = parts
    self.model = model
  }

  var group: ProcessGroup { parts.group }
  var isDivided: Bool { false }
  var needsAllInForward: Bool {
    size > 1 && model.modules().contains { $0.state.sharedStatistics != nil || $0 is SyncBatchNorm }
  }

  var reducedPasses: Int { parts.reducer.passes }

  func beginForward() throws { try parts.sendBuffersOfFirst() }

  func withoutReducing<Result>(_ body: () throws -> Result) rethrows -> Result {
    try parts.withoutReducing(body)
  }

  func reduceCollected() throws { try parts.reducer.contributeCollected() }
  func completeFailedPass() throws { try parts.reducer.completeFailedPass() }

  // What a class that divides more changes.

  func adopt(_ optimizers: [Optimizer]) throws {}
  func beginStep(_ optimizers: [Optimizer]) throws {}
  func endStep(_ optimizers: [Optimizer]) throws {}
  /// The numbers of the parameters whose states this process has; nil: all.
  func ownedParameters(of optimizer: Optimizer) -> Set<Int>? { nil }
}
