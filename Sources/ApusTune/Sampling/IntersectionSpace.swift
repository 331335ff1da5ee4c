import ApusCore

/// The parameters that all complete trials of a study have with one and the same distribution, by name.
final class IntersectionSpace: Sendable {
  private struct State: Sendable {
    var reader = FinishedTrialReader()
    /// nil before the first complete trial.
    var space: [String: ParameterDistribution]?
  }

  private let state = GatheredByPart(State())
  private let includesPruned: Bool

  /// - Parameter includesPruned: whether pruned trials count, too.
  init(includesPruned: Bool = false) { self.includesPruned = includesPruned }

  /// The parameters now, sorted by name.
  func callAsFunction(_ study: StudyView) throws -> NamedValues<ParameterDistribution> {
    try state.withLock(study) { state in
      let (areAll, trials, _) = try state.reader.read(study)
      if areAll { state.space = nil }
      for trial in trials where trial.state == .complete || (includesPruned && trial.state == .pruned) {
        guard let known = state.space else {
          state.space = trial.parameters.dictionary.mapValues(\.distribution)
          continue
        }
        if known.isEmpty { break }
        let own = trial.parameters.dictionary
        state.space = known.filter { own[$0.key]?.distribution == $0.value }
      }
      return NamedValues(sortedByName(state.space ?? [:]))
    }
  }

  /// Those of them that have more than one possible value.
  func varying(_ study: StudyView) throws -> NamedValues<ParameterDistribution> {
    NamedValues(try self(study).lazy.filter { !$0.value.isSingle }.map { ($0.name, $0.value) })
  }
}
